"""The table itself: even rows, one string a cell, a header with a menu, and a scroll bar that asks for pages."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.cells import CellDelegate
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.table_columns import ColumnedTable
from shopdesk.ui.kit.table_model import PagedModel
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.theme import appearance, tokens

_FETCH_WITHIN = 60


class TableView(ColumnedTable):
    """A paged table. ``opened`` is sent for a double click or Enter on a row, ``chosen`` with the chosen rows, ``letters``
    with what was typed in one go while the table had the keyboard.

    ``fresh`` is False while the rows shown belong to the question before: they are dimmed, never blanked. A chosen row stays
    chosen when its page leaves the window of pages that is kept.
    """

    opened = Signal(object)
    chosen = Signal(list)
    letters = Signal(str)

    def __init__(
        self,
        model: PagedModel,
        formats: Formats,
        memory: Memory,
        key: str,
        parent: QWidget,
        *,
        minor: Sequence[str] = (),
    ) -> None:
        super().__init__(model, memory, key, parent, minor=minor)
        named(self, "table", _("Table"))
        self.fresh = True
        self._keep: tuple[list[object], object, int] | None = None
        self._away: dict[object, object] = {}  # chosen rows whose pages are not in the window, by id
        self._asked: object = None
        self._typed = ""
        self._choose_first = False
        self._typed_at = QElapsedTimer()
        self.cells = CellDelegate(self, formats)
        self.setItemDelegate(self.cells)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(tokens.ROW_HEIGHT)
        model.modelAboutToBeReset.connect(self._remember_place)
        model.modelReset.connect(self._take_place)
        model.shifted.connect(self._shift)
        model.leaving.connect(self._keep_chosen)
        model.rowsInserted.connect(self._choose_again)
        self.verticalScrollBar().valueChanged.connect(self._near_an_edge)
        self.doubleClicked.connect(lambda index: self.opened.emit(model.row(index)))
        self.selectionModel().selectionChanged.connect(self._tell_choice)
        appearance.notice().changed.connect(self._recolour)

    @property
    def chosen_rows(self) -> list[object]:
        """The rows chosen now, from top to bottom; first those that scrolled out of the window."""
        return [*self._away.values(), *self._here()]

    def _here(self) -> list[object]:
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.paged.row(place) for place in places if place < len(self.paged.rows)]

    def choose_none(self) -> None:
        """Choose nothing."""
        self._away.clear()
        self.clearSelection()
        self._tell_choice()

    def forget_away(self) -> None:
        """What scrolled out of the window is not chosen any more."""
        getattr(self, "_away", {}).clear()  # Qt asks while the table is being made

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        flags = super().selectionCommand(index, event)
        if flags & QItemSelectionModel.SelectionFlag.Clear:
            self.forget_away()
        return flags

    def set_formats(self, formats: Formats) -> None:
        """Write figures another way."""
        self.cells.formats = formats
        self.paged.set_formats(formats)

    def set_fresh(self, fresh: bool) -> None:
        """Dim the rows while their successors are awaited."""
        if fresh != self.fresh:
            self.fresh = fresh
            self.viewport().update()

    def selectRow(self, row: int) -> None:
        # Qt's own asks which column is at the right edge, and finds none in a mirrored table that just fits.
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self._away.clear()
        first = self._visible()[0]
        self.selectionModel().setCurrentIndex(self.paged.index(row, first), flags)

    def choose(self, row_id: object) -> bool:
        """Select the row with an id if it is in the window."""
        place = self.paged.position_of(row_id)
        if place >= 0:
            self.selectRow(place)
        return place >= 0

    def as_text(self) -> str:
        """The chosen rows as shown, one line each, tabs between the visible columns, the titles first."""
        columns = [self.paged.columns[at] for at in self._in_order() if not self.isColumnHidden(at)]
        formats = self.cells.formats
        lines = ["\t".join(column.head(formats) for column in columns)]
        lines += ["\t".join(_one_line(column.show(row, formats)) for column in columns) for row in self.chosen_rows]
        return "\n".join(lines)

    # Keys and pointer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.matches(QKeySequence.StandardKey.Copy):
            if self.chosen_rows:
                QApplication.clipboard().setText(self.as_text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control and self.currentIndex().isValid():
            self.opened.emit(self.paged.row(self.currentIndex()))
        elif event.key() == Qt.Key.Key_End and not self.paged.complete:
            self._keep = ([], None, -1)
            self.paged.jump_to_end()
        elif event.key() == Qt.Key.Key_Home and self.paged.can_fetch_above():
            self._keep = ([], None, 0)
            self.paged.jump_to_start()
        else:
            if event.key() == Qt.Key.Key_Home or event.key() == Qt.Key.Key_End:
                event = QKeyEvent(event.type(), event.key(), Qt.KeyboardModifier.ControlModifier)
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        # Qt's own looks through every row that is here; the list's index finds it among all of them.
        late = not self._typed_at.isValid() or self._typed_at.elapsed() > QApplication.keyboardInputInterval() * 2
        self._typed = search if late else self._typed + search
        self._typed_at.restart()
        if self._typed.strip():
            self.letters.emit(self._typed)

    def show_first(self) -> None:
        """What comes next is shown from its first row, which is chosen."""
        self._keep = ([], None, 0)
        self._choose_first = True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.indexAt(event.position().toPoint()).row())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, place: int) -> None:
        if place != self.cells.hovered:
            self.cells.hovered = place
            self.viewport().update()

    # Keeping the place

    def _remember_place(self) -> None:
        if self._keep is not None:
            return
        ids = [self.paged.id_of(row) for row in self._here()]
        current = self.currentIndex()
        here = self.paged.id_of(self.paged.row(current)) if current.isValid() else None
        self._keep = (ids, here, self.verticalScrollBar().value())

    def _take_place(self) -> None:
        ids, here, value = self._keep or ([], None, 0)
        self._keep = None
        request = self.paged.request
        if (asked := (request.search, request.filters)) != self._asked:
            self._asked = asked
            self._away.clear()
        self.updateGeometries()
        if value == -1:
            self.scrollToBottom()
        elif value == 0:
            self.scrollToTop()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for row_id in ids:
            if (place := self.paged.position_of(row_id)) >= 0:
                self.selectionModel().select(self.paged.index(place, 0), flags)
        if here is not None and (place := self.paged.position_of(here)) >= 0:
            self.selectionModel().setCurrentIndex(
                self.paged.index(place, 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        if value > 0:
            self.verticalScrollBar().setValue(value)
        if self._choose_first and self.paged.rows:
            self._choose_first = False
            self.selectRow(0)
        self._tell_choice()

    def _shift(self, rows: int) -> None:
        bar = self.verticalScrollBar()
        value = bar.value()
        self.executeDelayedItemsLayout()
        self.updateGeometries()
        bar.setValue(max(0, value + rows * tokens.ROW_HEIGHT))

    def _keep_chosen(self, first: int, last: int) -> None:
        for index in self.selectionModel().selectedRows():
            if first <= index.row() <= last:
                row = self.paged.row(index)
                self._away[self.paged.id_of(row)] = row

    def _choose_again(self, _parent: QModelIndex, first: int, last: int) -> None:
        if not self._away:
            return
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for place in range(first, last + 1):
            if self._away.pop(self.paged.id_of(self.paged.row(place)), None) is not None:
                self.selectionModel().select(self.paged.index(place, 0), flags)

    def _near_an_edge(self, value: int) -> None:
        bar = self.verticalScrollBar()
        reach = _FETCH_WITHIN * tokens.ROW_HEIGHT // 2
        if value < reach and self.paged.can_fetch_above():
            self.paged.fetch_above()
        elif bar.maximum() - value < reach and self.paged.canFetchMore(QModelIndex()):
            self.paged.fetchMore(QModelIndex())

    def _tell_choice(self, *_args: object) -> None:
        self.chosen.emit(self.chosen_rows)

    def _recolour(self) -> None:
        self.cells.take_colours()
        self.viewport().update()


def _one_line(text: str) -> str:
    return " ".join(text.split())
