"""The table itself: even rows, one string a cell, a header with a menu, and a scroll bar that asks for pages."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QTableView,
    QWidget,
)

from shopdesk.core.i18n import _
from shopdesk.ui.kit.cells import CellDelegate
from shopdesk.ui.kit.columns import Column
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.table_model import PagedModel
from shopdesk.ui.kit.widgets import caption, named
from shopdesk.ui.theme import appearance, tokens

_FETCH_WITHIN = 60
_REMEMBER_MS = 400


class TableView(QTableView):
    """A paged table. ``opened`` is sent for a double click or Enter on a row, ``sort_asked`` by the header.

    ``fresh`` is False while the rows shown belong to the question before: they are dimmed, never blanked.
    """

    opened = Signal(object)
    sort_asked = Signal(str, bool)
    chosen = Signal(list)

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
        super().__init__(parent)
        named(self, "table", _("Table"))
        self.paged = model
        self.fresh = True
        self._memory = memory
        self._key = f"table.{key}"
        self._minor = tuple(minor)
        self._put_away: set[str] = set()
        self._remember_timer = QTimer(self)
        self._remember_timer.setSingleShot(True)
        self._remember_timer.setInterval(_REMEMBER_MS)
        self._remember_timer.timeout.connect(self._remember_columns)
        self._fitting = False
        self._keep: tuple[list[object], object, int] | None = None
        self.setModel(model)
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
        self._dress_header()
        model.modelAboutToBeReset.connect(self._remember_place)
        model.modelReset.connect(self._take_place)
        model.shifted.connect(self._shift)
        self.verticalScrollBar().valueChanged.connect(self._near_an_edge)
        self.doubleClicked.connect(lambda index: self.opened.emit(model.row(index)))
        self.selectionModel().selectionChanged.connect(self._tell_choice)
        appearance.notice().changed.connect(self._recolour)

    @property
    def chosen_rows(self) -> list[object]:
        """The rows chosen now, from top to bottom."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.paged.row(place) for place in places if place < len(self.paged.rows)]

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
        header = self.horizontalHeader()
        visible = [header.logicalIndex(place) for place in range(header.count())]
        columns = [self.paged.columns[at] for at in visible if not self.isColumnHidden(at)]
        formats = self.cells.formats
        lines = ["\t".join(column.head(formats) for column in columns)]
        lines += ["\t".join(_one_line(column.show(row, formats)) for column in columns) for row in self.chosen_rows]
        return "\n".join(lines)

    def mark_sorted(self, sort: str, descending: bool) -> None:
        """Show the arrow on the column that gives an order."""
        header = self.horizontalHeader()
        place = next((at for at, column in enumerate(self.paged.columns) if column.sort and column.sort == sort), -1)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        header.blockSignals(True)
        header.setSortIndicator(place, order)
        header.blockSignals(False)

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

    # The header and its menu

    def _dress_header(self) -> None:
        header = self.horizontalHeader()
        named(header, "table_header", _("Columns"))
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(48)
        header.setStretchLastSection(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_header_menu)
        header.sectionClicked.connect(self._sort_by)
        widths = self._memory.get(f"{self._key}.widths", {})
        hidden = self._memory.get(f"{self._key}.hidden", None)
        for at, column in enumerate(self.paged.columns):
            if column.hidden if hidden is None else column.key in hidden:
                self._put_away.add(column.key)
            self.setColumnWidth(at, int(widths.get(column.key, column.width)))
        self._fit()
        header.sectionResized.connect(lambda *_args: self._resized())

    def header_actions(self, at: int) -> list[tuple[str, str, bool, bool]]:
        """What the header's menu offers for a column: (key, words, can be used, is checked); data, for tests as well."""
        columns = self.paged.columns
        offered: list[tuple[str, str, bool, bool]] = []
        if 0 <= at < len(columns):
            column = columns[at]
            offered.append(("ascending", _("Sort ascending"), bool(column.sort), False))
            offered.append(("descending", _("Sort descending"), bool(column.sort), False))
            offered.append(("hide", _("Hide this column"), len(self._visible()) > 1, False))
        offered += [
            (f"show:{column.key}", _(column.title), True, column.key not in self._put_away) for column in columns
        ]
        offered.append(("default", _("Usual columns"), True, False))
        return offered

    def use_header_action(self, key: str, at: int) -> None:
        """Do what a line of the header's menu says."""
        columns = self.paged.columns
        if key in ("ascending", "descending"):
            self.sort_asked.emit(columns[at].sort, key == "descending")
        elif key == "hide":
            self._show_column(columns[at], False)
        elif key == "default":
            for column in columns:
                self._show_column(column, not column.hidden)
        else:
            column = next(one for one in columns if one.key == key.removeprefix("show:"))
            self._show_column(column, column.key in self._put_away)

    def _show_header_menu(self, point: QPoint) -> None:
        at = self.horizontalHeader().logicalIndexAt(point)
        menu = named(QMenu(self), "header_menu", _("Columns"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, words, usable, checked in self.header_actions(at):
            action = QAction(caption(words), menu)
            action.setObjectName(f"header_{key}")
            action.setEnabled(usable)
            action.setCheckable(key.startswith("show:"))
            action.setChecked(checked)
            action.triggered.connect(lambda _on=False, key=key: self.use_header_action(key, at))
            if key.startswith("show:") and menu.actions() and not menu.actions()[-1].isCheckable():
                menu.addSeparator()
            menu.addAction(action)
        menu.popup(self.horizontalHeader().mapToGlobal(point))

    def _show_column(self, column: Column, shown: bool) -> None:
        if not shown and len(self._visible()) == 1 and column.key not in self._put_away:
            return
        if shown:
            self._put_away.discard(column.key)
        else:
            self._put_away.add(column.key)
        self._fit()
        self._remember_columns()

    def _visible(self) -> list[int]:
        return [at for at, column in enumerate(self.paged.columns) if column.key not in self._put_away]

    def _fit(self) -> None:
        """Give the stretching column what is left; where that is too little, minor columns give way in their order."""
        columns = self.paged.columns
        shown = {columns[at].key: at for at in self._visible()}
        space = self.viewport().width()
        stretch = next((key for key, at in shown.items() if columns[at].stretch), "")

        def needed() -> int:
            return sum(columns[at].width if key == stretch else self._width_of(at) for key, at in shown.items())

        for key in self._minor:
            if space > 0 and needed() > space and key in shown and key != stretch:
                del shown[key]
        self._fitting = True
        for at, column in enumerate(columns):
            self.setColumnHidden(at, column.key not in shown)
        if stretch:
            others = sum(self._width_of(at) for key, at in shown.items() if key != stretch)
            self.setColumnWidth(shown[stretch], max(columns[shown[stretch]].width, space - others))
        self._fitting = False

    def _width_of(self, at: int) -> int:
        column = self.paged.columns[at]
        return self.columnWidth(at) or int(self._memory.get(f"{self._key}.widths", {}).get(column.key, column.width))

    def _resized(self) -> None:
        if not self._fitting:
            self._remember_timer.start()  # a drag is many small changes, and each would write the file
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _remember_columns(self) -> None:
        columns = self.paged.columns
        hidden = [column.key for column in columns if column.key in self._put_away]
        usual = [column.key for column in columns if column.hidden]
        self._memory.put(f"{self._key}.hidden", None if hidden == usual else hidden)
        widths = {
            column.key: self.columnWidth(at)
            for at, column in enumerate(columns)
            if not column.stretch and not self.isColumnHidden(at) and self.columnWidth(at) != column.width
        }
        self._memory.put(f"{self._key}.widths", widths or None)

    def _sort_by(self, at: int) -> None:
        column = self.paged.columns[at]
        if not column.sort:
            return
        request = self.paged.request
        self.sort_asked.emit(column.sort, request.sort == column.sort and not request.descending)

    # Keeping the place

    def _remember_place(self) -> None:
        if self._keep is not None:
            return
        ids = [self.paged.id_of(row) for row in self.chosen_rows]
        current = self.currentIndex()
        here = self.paged.id_of(self.paged.row(current)) if current.isValid() else None
        self._keep = (ids, here, self.verticalScrollBar().value())

    def _take_place(self) -> None:
        ids, here, value = self._keep or ([], None, 0)
        self._keep = None
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
        self._tell_choice()

    def _shift(self, rows: int) -> None:
        bar = self.verticalScrollBar()
        value = bar.value()
        self.executeDelayedItemsLayout()
        self.updateGeometries()
        bar.setValue(max(0, value + rows * tokens.ROW_HEIGHT))

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
