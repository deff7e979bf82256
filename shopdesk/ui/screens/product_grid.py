"""The variants of a product as a grid that is edited in place: by keyboard, filled down, pasted, checked as it is typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHeaderView, QTableView, QWidget

from shopdesk.catalogue.product_fields import VariantFields
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.ui.kit.widgets import named, plain_tip
from shopdesk.ui.screens.product_cells import CELLS, Cell, Context, is_ticked, sentence_of
from shopdesk.ui.screens.product_paint import GridDelegate
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole


class VariantModel(QAbstractTableModel):
    """Variants being edited. What was typed wrong stays in its cell, with a sentence, until it is right.

    ``edited`` is sent after each change; ``stored`` variants keep their ids, new ones have none.
    """

    edited = Signal()

    def __init__(self, context: Context, *, costs: bool, may_edit: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.cells: tuple[Cell, ...] = tuple(cell for cell in CELLS if costs or not cell.cost)
        self._may_edit = may_edit
        self._all: list[VariantFields] = []
        self._shown: list[int] = []
        self.retired_too = False
        self._wrong: dict[tuple[int, str], tuple[str, str]] = {}
        self._refused: dict[tuple[int, str], str] = {}
        self._known: dict[tuple[int, str], str] | None = None
        self._together = 0

    # What the editor uses

    @property
    def variants(self) -> tuple[VariantFields, ...]:
        """All of them as they stand, those that are hidden too."""
        return tuple(self._all)

    @property
    def problems(self) -> dict[tuple[int, str], str]:
        """The sentence of each cell that is wrong, by place and field."""
        if self._known is None:
            wrong = {place: sentence for place, (_text, sentence) in self._wrong.items()}
            self._known = self._twice() | self._refused | wrong
        return self._known

    def put(self, variants: Iterable[VariantFields]) -> None:
        """Show other variants."""
        self.beginResetModel()
        self._all = list(variants)
        self._wrong.clear()
        self._refused.clear()
        self._known = None
        self._lay_out()
        self.endResetModel()

    def show_retired(self, shown: bool) -> None:
        """Show or hide those that are off sale."""
        self.beginResetModel()
        self.retired_too = shown
        self._lay_out()
        self.endResetModel()

    def refresh(self, context: Context) -> None:
        """Reckon margins anew: the tax or the way of writing figures is another one."""
        self.context = context
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(self.cells) - 1))

    def refuse(self, place: int, key: str, sentence: str) -> bool:
        """Mark a cell as refused by the shop; False if there is no such cell."""
        if not 0 <= place < len(self._all) or key not in {cell.key for cell in self.cells}:
            return False
        self._refused[place, key] = sentence
        self._known = None
        if place not in self._shown:
            self.show_retired(True)
        self.refresh(self.context)
        return True

    def clear_refusals(self) -> None:
        """Forget what the shop refused."""
        self._refused.clear()
        self._known = None
        self.refresh(self.context)

    def index_of(self, place: int, key: str) -> QModelIndex:
        """The cell of a variant's field; invalid if it is not shown."""
        columns = [cell.key for cell in self.cells]
        if place not in self._shown or key not in columns:
            return QModelIndex()
        return self.index(self._shown.index(place), columns.index(key))

    def place(self, row: int) -> int:
        """The place among all variants of a shown row."""
        return self._shown[row]

    def take_out(self, rows: Iterable[int]) -> None:
        """Remove variants; a product keeps at least one."""
        gone = {self._shown[row] for row in rows}
        left = [variant for place, variant in enumerate(self._all) if place not in gone]
        if gone and left:
            self.put(left)
            self.edited.emit()

    def write(self, row: int, column: int, text: str) -> bool:
        """Put a text into a cell as if it had been typed; False for a cell that cannot be written."""
        cell, place = self.cells[column], self._shown[row]
        if cell.write is None or not self._may_edit:
            return False
        before = self._all[place]
        self._refused.pop((place, cell.key), None)
        try:
            after = cell.write(before, text, self.context)
        except ShopError as error:
            self._wrong[place, cell.key] = (text, sentence_of(error))
        else:
            self._wrong.pop((place, cell.key), None)
            self._all[place] = after
        self._known = None
        self._tell()
        return True

    @contextmanager
    def together(self) -> Iterator[None]:
        """Many cells written as one: what follows a change is done once."""
        self._together += 1
        try:
            yield
        finally:
            self._together -= 1
            self._tell()

    def _tell(self) -> None:
        if not self._together:
            self.refresh(self.context)  # the whole grid: a code that is there twice marks the other one as well
            self.edited.emit()

    def text(self, row: int, column: int) -> str:
        """What stands in a cell, as it is typed."""
        cell, place = self.cells[column], self._shown[row]
        if (place, cell.key) in self._wrong:
            return self._wrong[place, cell.key][0]
        return cell.show(self._all[place], self.context)

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.cells)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        cell = self.cells[section]
        if role == _ROLE.DisplayRole:
            return cell.head(self.context.formats)
        if role == _ROLE.ToolTipRole and cell.tip:
            return plain_tip(_(cell.tip))
        if role == _ROLE.TextAlignmentRole:
            return int(
                (Qt.AlignmentFlag.AlignRight if cell.right else Qt.AlignmentFlag.AlignLeft)
                | Qt.AlignmentFlag.AlignVCenter
            )
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        cell = self.cells[index.column()]
        if cell.write is None or not self._may_edit:
            return flags
        return flags | (Qt.ItemFlag.ItemIsUserCheckable if cell.check else Qt.ItemFlag.ItemIsEditable)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell, place = self.cells[index.column()], self._shown[index.row()]
        variant = self._all[place]
        if role == _ROLE.CheckStateRole and cell.check:
            return Qt.CheckState.Checked if is_ticked(variant, cell) else Qt.CheckState.Unchecked
        if role in (_ROLE.DisplayRole, _ROLE.EditRole):
            return "" if cell.check else self.text(index.row(), index.column())
        if role == _ROLE.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if cell.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == _ROLE.AccessibleTextRole:
            words = cell.show(variant, self.context)
            return f"{cell.head(self.context.formats)}: {words}"
        return self._look(role, cell, place, variant)

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        if role == _ROLE.CheckStateRole:
            ticked = Qt.CheckState(value) is Qt.CheckState.Checked
            return self.write(index.row(), index.column(), "1" if ticked else "0")
        if role == _ROLE.EditRole:
            if str(value) == self.text(index.row(), index.column()):
                return True
            return self.write(index.row(), index.column(), str(value))
        return False

    def _look(self, role: int, cell: Cell, place: int, variant: VariantFields) -> Any:
        colours = appearance.scheme().colours()
        problem = self.problems.get((place, cell.key))
        if role == _ROLE.ToolTipRole:
            shown = cell.show(variant, self.context) if cell.key in {"name", "sku", "barcodes"} else ""
            return plain_tip(problem or shown or (_(cell.tip) if cell.tip else ""))
        if role == _ROLE.ForegroundRole:
            loss = cell.key.startswith("margin") and cell.show(variant, self.context).startswith("-")
            quiet = cell.write is None or not variant.is_active
            name = "danger" if problem or loss else "secondary" if quiet else "text"
            return QColor(colours[name])
        if role == _ROLE.BackgroundRole and problem:
            return QColor(colours["hover"])
        if role == _ROLE.FontRole and cell.right:
            return number_font(tokens.OFFICE_TEXT)
        if role == _ROLE.FontRole and problem:
            font = QFont()
            font.setUnderline(True)  # not by its colour alone
            return font
        return None

    def _twice(self) -> dict[tuple[int, str], str]:
        skus = Counter(variant.sku for variant in self._all)
        codes = Counter(code.barcode for variant in self._all for code in variant.barcodes)
        found: dict[tuple[int, str], str] = {}
        for place, variant in enumerate(self._all):
            if skus[variant.sku] > 1:
                found[place, "sku"] = _("{value} is there twice.").format(value=variant.sku)
            for code in variant.barcodes:
                if codes[code.barcode] > 1:
                    found[place, "barcodes"] = _("{value} is there twice.").format(value=code.barcode)
        return found

    def _lay_out(self) -> None:
        some = any(variant.is_active for variant in self._all)
        self._shown = [
            place
            for place, variant in enumerate(self._all)
            if self.retired_too or variant.is_active or variant.variant_id is None or not some
        ]


class VariantTable(QTableView):
    """The grid on the glass. Typing writes into the cell, Enter goes down, Tab goes on, Ctrl+D fills down."""

    def __init__(self, model: VariantModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "variant_grid", _("Variants"))
        self.setModel(model)
        self.model_ = model
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)  # Tab leaves the grid unless somebody is typing
        self.setShowGrid(False)
        self.setItemDelegate(GridDelegate(self))
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(tokens.ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(48)
        for column, cell in enumerate(model.cells):
            self.setColumnWidth(column, cell.width)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        model.modelReset.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        rows = max(1, min(self.model_.rowCount(), 14))
        head = self.horizontalHeader().sizeHint().height()
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(rows * tokens.ROW_HEIGHT + head + bar + 4)

    # Filling and pasting

    def chosen_rows(self) -> list[int]:
        """The rows in which a cell is chosen, else the current one."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        return rows or ([self.currentIndex().row()] if self.currentIndex().isValid() else [])

    def fill_down(self) -> None:
        """Put the uppermost chosen cell's value into the chosen ones below it; a single cell fills all below."""
        current = self.currentIndex()
        if not current.isValid():
            return
        chosen: dict[int, list[int]] = {}
        for index in self.selectedIndexes():
            chosen.setdefault(index.column(), []).append(index.row())
        if sum(map(len, chosen.values())) <= 1:
            chosen = {current.column(): list(range(current.row(), self.model_.rowCount()))}
        for column, rows in chosen.items():
            self._fill(column, min(rows), sorted(rows)[1:])

    def set_all(self) -> None:
        """Put the current cell's value into every shown row."""
        current = self.currentIndex()
        if current.isValid():
            rows = [row for row in range(self.model_.rowCount()) if row != current.row()]
            self._fill(current.column(), current.row(), rows)

    def _fill(self, column: int, source: int, rows: Sequence[int]) -> None:
        cell = self.model_.cells[column]
        if cell.key in {"sku", "barcodes"}:
            return  # codes belong to one
        text = self.model_.text(source, column)
        with self.model_.together():
            for row in rows:
                self.model_.write(row, column, text)

    def copied(self) -> str:
        """The chosen cells as lines of fields."""
        cells = {(index.row(), index.column()) for index in self.selectedIndexes()}
        if not cells:
            return ""
        rows, columns = sorted({row for row, _c in cells}), sorted({column for _r, column in cells})
        return "\n".join(
            "\t".join(self.model_.text(row, column) if (row, column) in cells else "" for column in columns)
            for row in rows
        )

    def paste(self, text: str) -> None:
        """Put lines of fields into the cells from the current one on; a single field fills every chosen cell."""
        current = self.currentIndex()
        lines = [line.split("\t") for line in text.rstrip("\n").replace("\r", "").split("\n")]
        if not current.isValid() or not text.strip():
            return
        with self.model_.together():
            if len(lines) == 1 and len(lines[0]) == 1:
                for index in self.selectedIndexes() or [current]:
                    self.model_.write(index.row(), index.column(), lines[0][0])
                return
            for down, fields in enumerate(lines):
                for right, field in enumerate(fields):
                    row, column = current.row() + down, current.column() + right
                    if row < self.model_.rowCount() and column < self.model_.columnCount():
                        self.model_.write(row, column, field)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        current = self.currentIndex()
        if control and key == Qt.Key.Key_D:
            self.set_all() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else self.fill_down()
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.copied())
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste(QGuiApplication.clipboard().text())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control and current.isValid():
            if self.state() != QAbstractItemView.State.EditingState:  # the field in the cell hands its Enter on
                self.edit(current)
        elif key == Qt.Key.Key_Delete and control:
            self.model_.take_out(self.chosen_rows())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and current.isValid():
            with self.model_.together():
                for index in self.selectedIndexes() or [current]:
                    cell = self.model_.cells[index.column()]
                    if not cell.check and cell.key not in {"sku", "price_cents"}:
                        self.model_.write(index.row(), index.column(), "")
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        row, column = self.currentIndex().row(), self.currentIndex().column()
        super().closeEditor(editor, hint)
        down = self.model_.index(row + 1, column) if row + 1 < self.model_.rowCount() else QModelIndex()
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache and down.isValid():
            self.setCurrentIndex(down)
