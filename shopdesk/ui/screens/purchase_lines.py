"""The lines of an order, a delivery or a return as an editable table: figures are typed in place, the total follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.core.money import MILLI, parse_quantity
from shopdesk.purchasing.costs import line_cost, unit_cost
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font, text_font

Index = QModelIndex | QPersistentModelIndex
_SHORTEST_SCAN = 8


@dataclass(slots=True)
class Line:
    """A line being edited, in thousandths and minor units; ``expected_milli`` is what it is measured against.

    ``before_milli`` came earlier; ``pack_cents`` is None while nobody knows the cost.
    """

    variant_id: int
    sku: str
    name: str
    unit: str = ""
    code: str = ""
    pack_milli: int = MILLI
    pack_cents: int | None = None
    quantity_milli: int = 0
    expected_milli: int = 0
    before_milli: int = 0
    price_cents: int = 0
    tax_class_id: int | None = None
    is_extra: bool = False
    touched: bool = field(default=False)

    @property
    def total_cents(self) -> int | None:
        """What the line costs, None while nobody knows."""
        return None if self.pack_cents is None else line_cost(self.quantity_milli, self.pack_milli, self.pack_cents)

    @property
    def unit_cents(self) -> int | None:
        """A unit's share of the pack's cost."""
        return None if self.pack_cents is None else unit_cost(self.pack_milli, self.pack_cents)


@dataclass(frozen=True, slots=True)
class LineColumn:
    """A column: ``show`` writes the cell, ``read`` puts what was typed into the line and raises a ShopError.

    ``tone`` gives a cell its colour beside its words. A ``stretch`` column takes what is left.
    """

    key: str
    title: str
    show: Callable[[Line, Formats], str]
    read: Callable[[Line, str, Formats], None] | None = None
    width: int = 96
    right: bool = True
    stretch: bool = False
    tone: Callable[[Line], str] | None = None


class LinesModel(QAbstractTableModel):
    """Lines in the order they were added. ``edited`` is sent after each change, ``refused`` with the sentence of a bad one.

    ``coded`` is sent with a scan that landed in a cell: no quantity and no cost has so many digits.
    """

    edited = Signal()
    refused = Signal(str)
    coded = Signal(str)

    def __init__(self, columns: Sequence[LineColumn], formats: Formats, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.formats = formats
        self.lines: list[Line] = []
        self.locked = False

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def place_of(self, variant_id: int) -> int:
        """The row of a variant, -1 if it has none."""
        return next((at for at, line in enumerate(self.lines) if line.variant_id == variant_id), -1)

    def add(self, line: Line) -> int:
        """Add a line at the end and return its row."""
        at = len(self.lines)
        self.beginInsertRows(QModelIndex(), at, at)
        self.lines.append(line)
        self.endInsertRows()
        self.edited.emit()
        return at

    def remove(self, at: int) -> None:
        """Take a line away."""
        self.beginRemoveRows(QModelIndex(), at, at)
        del self.lines[at]
        self.endRemoveRows()
        self.edited.emit()

    def count(self, at: int, milli: int) -> None:
        """Add to a line's quantity; it never falls below nothing."""
        line = self.lines[at]
        line.quantity_milli = max(0, line.quantity_milli + milli)
        line.touched = True
        self.changed_row(at)

    def changed_row(self, at: int) -> None:
        """Say that a line is another now."""
        self.dataChanged.emit(self.index(at, 0), self.index(at, len(self.columns) - 1))
        self.edited.emit()

    @property
    def total_cents(self) -> int:
        """What the lines come to, those without a known cost left out."""
        return sum(line.total_cents or 0 for line in self.lines)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            column = self.columns[section]
            if role == Qt.ItemDataRole.DisplayRole:
                return _(column.title)
            if role == Qt.ItemDataRole.TextAlignmentRole:
                figures = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute  # also in a mirrored table
                return (figures if column.right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line, column = self.lines[index.row()], self.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.show(line, self.formats)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return _(column.title)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or self.locked:
            return False
        line, column = self.lines[index.row()], self.columns[index.column()]
        if column.read is None or str(value).strip() == column.show(line, self.formats):
            return False
        if _is_scan(str(value).strip()):
            self.coded.emit(str(value).strip())
            return False
        try:
            column.read(line, str(value).strip(), self.formats)
        except ShopError as error:
            self.refused.emit(error.message)
            return False
        line.touched = True
        self.changed_row(index.row())
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        editable = index.isValid() and self.columns[index.column()].read is not None and not self.locked
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags


class _Cells(QStyledItemDelegate):
    """Paints like every other table; what can be typed into has a frame."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, LinesModel) or index.row() >= len(model.lines):
            return
        line, column = model.lines[index.row()], model.columns[index.column()]
        colours = appearance.scheme().colours()
        rect: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, QColor(colours["selected"]))
        painter.setPen(QColor(colours["border"]))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if column.read is not None and not model.locked:
            painter.setBrush(QColor(colours["background"]))
            painter.drawRoundedRect(rect.adjusted(2, 3, -3, -4), tokens.SPACE_4, tokens.SPACE_4)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        tone = column.tone(line) if column.tone is not None else ""
        painter.setPen(QColor(colours[tone or "text"]))
        painter.setFont(number_font() if column.right else text_font())
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # -10 stays -10 in a mirrored table
        inner = rect.adjusted(tokens.SPACE_8, 0, -tokens.SPACE_8, 0)
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if column.right or mirrored else Qt.AlignmentFlag.AlignLeft
        text = painter.fontMetrics().elidedText(
            column.show(line, model.formats), Qt.TextElideMode.ElideRight, inner.width()
        )
        painter.drawText(
            inner,
            int(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine),
            text,
        )

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        model = index.model()
        assert isinstance(model, LinesModel)
        column = model.columns[index.column()]
        editor = named(QLineEdit(parent), "line_editor", _(column.title))
        editor.setFrame(False)
        editor.setProperty("ring", False)
        editor.setStyleSheet("QLineEdit { min-height: 0; padding: 0 6px; border-radius: 4px; }")
        editor.setAlignment(Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft)
        editor.setFont(number_font() if column.right else text_font())
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(option.rect.adjusted(2, 2, -2, -2))


class LinesTable(QTableView):
    """The table of a ``LinesModel``. Digits begin typing, Delete takes a line away (``removed`` with its row)."""

    removed = Signal(int)

    def __init__(self, model: LinesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "lines_table", _("Lines"))
        self.lines = model
        self.setModel(model)
        self.setItemDelegate(_Cells(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked | triggers.SelectedClicked | triggers.AnyKeyPressed | triggers.EditKeyPressed
        )
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(tokens.ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(48)
        for at, column in enumerate(model.columns):
            if column.stretch:
                head.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
            else:
                self.setColumnWidth(at, column.width)
        model.rowsInserted.connect(lambda _parent, first, _last: self.show_row(first))

    def show_row(self, at: int) -> None:
        """Choose a row and bring it into sight; the keyboard stays where it is."""
        self.setCurrentIndex(self.lines.index(at, self._first_editable()))
        self.scrollTo(self.lines.index(at, 0))

    def _first_editable(self) -> int:
        return next((at for at, column in enumerate(self.lines.columns) if column.read is not None), 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self.currentIndex().row()
        if self.state() == QAbstractItemView.State.EditingState:
            event.accept()  # the Enter that ends a cell comes through to here; it does not open the cell again
        elif event.key() == Qt.Key.Key_Delete and at >= 0 and not self.lines.locked:
            self.removed.emit(at)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() and at >= 0:
            self.edit(self.lines.index(at, self._editable_here()))
        else:
            super().keyPressEvent(event)

    def _editable_here(self) -> int:
        column = self.currentIndex().column()
        return column if self.lines.columns[column].read is not None else self._first_editable()


def _is_scan(text: str) -> bool:
    return text.isdecimal() and len(text) >= _SHORTEST_SCAN


def read_quantity(line: Line, text: str, _formats: Formats) -> None:
    """Put a typed quantity into a line; empty is nothing."""
    milli = parse_quantity(text) if text else 0
    line.quantity_milli = max(0, milli)


def read_packs(line: Line, text: str, _formats: Formats) -> None:
    """Put a typed number of packs into a line."""
    packs = parse_quantity(text) if text else 0
    line.quantity_milli = max(0, packs * line.pack_milli // MILLI)


def read_cost(line: Line, text: str, formats: Formats) -> None:
    """Put a typed cost of a pack into a line; empty is not known."""
    cents = formats.parse_amount(text) if text else None
    line.pack_cents = None if cents is None else abs(cents)


def read_pack(line: Line, text: str, _formats: Formats) -> None:
    """Put a typed size of a pack into a line; the quantity stays."""
    milli = parse_quantity(text) if text else MILLI
    if milli > 0:
        line.pack_milli = milli


def shown_packs(line: Line, formats: Formats) -> str:
    """How many packs the quantity is, with a part of one as decimals; empty for goods that come singly."""
    if line.pack_milli == MILLI:
        return ""
    whole, rest = divmod(line.quantity_milli, line.pack_milli)
    return f"{whole}+" if rest else formats.quantity(whole * MILLI)


def shown_pack(line: Line, formats: Formats) -> str:
    """The size of a pack."""
    return formats.quantity(line.pack_milli)


def shown_quantity(line: Line, formats: Formats) -> str:
    """The quantity in units; empty for none."""
    return formats.quantity(line.quantity_milli) if line.quantity_milli else ""


def shown_cost(line: Line, formats: Formats) -> str:
    """The cost of a pack; empty while nobody knows it."""
    return "" if line.pack_cents is None else formats.amount(line.pack_cents)


def shown_total(line: Line, formats: Formats) -> str:
    """What the line comes to."""
    return "" if line.total_cents is None or not line.quantity_milli else formats.amount(line.total_cents)
