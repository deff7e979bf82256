"""The lines of the sale in hand, painted large; the one in focus larger, with keys for less, more and away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font, text_font
from shopdesk.ui.theme.icons import draw_icon
from shopdesk.ui.till.line_rows import LineRow
from shopdesk.ui.till.mirror import Mirror

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole + 1

PLAIN_HEIGHT = 44
FOCUS_HEIGHT = 64
UNDER_HEIGHT = 24
KEY = tokens.TARGET_TILL
QUANTITY_WIDTH = 72
PRICE_WIDTH = 96
TOTAL_WIDTH = 104


class LinesModel(QAbstractListModel):
    """The rows, changed where they differ, so that nothing else is painted again."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[LineRow] = []

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # Any: Qt's variant
        if not index.isValid() or not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken
        return row if role == ROW else None

    def show(self, rows: Sequence[LineRow]) -> None:
        """Put other rows in place of these."""
        new = list(rows)
        common = min(len(new), len(self.rows))
        if len(self.rows) > len(new):
            self.beginRemoveRows(QModelIndex(), common, len(self.rows) - 1)
            del self.rows[common:]
            self.endRemoveRows()
        for at in range(common):
            if self.rows[at] != new[at]:
                self.rows[at] = new[at]
                self.dataChanged.emit(self.index(at), self.index(at))
        if len(new) > common:
            self.beginInsertRows(QModelIndex(), common, len(new) - 1)
            self.rows.extend(new[common:])
            self.endInsertRows()


class LinesView(QListView):
    """The list. ``more``, ``less`` and ``away`` carry a line's id, ``chosen`` the line that was touched."""

    more = Signal(int)
    less = Signal(int)
    away = Signal(int)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "lines", _("Lines of this sale"))
        self.lines = LinesModel(self)
        self.setModel(self.lines)
        self.setItemDelegate(LineDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys of the list are the till's own: see keys.py
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(False)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        appearance.notice().changed.connect(self._recolour)

    def _recolour(self) -> None:
        self.viewport().update()

    def show_rows(self, rows: Sequence[LineRow]) -> None:
        """Show the lines and keep the one in focus in sight."""
        heights = [row_height(row) for row in self.lines.rows]
        self.lines.show(rows)
        if heights != [row_height(row) for row in self.lines.rows]:
            self.doItemsLayout()
        for at, row in enumerate(rows):
            if row.in_focus:
                self.setCurrentIndex(self.lines.index(at))
                self.scrollTo(self.lines.index(at))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        row = self.lines.data(index, ROW)
        if row is None:
            return
        if row.in_focus:
            rect = self.visualRect(index)
            for name, area in key_areas(rect, self.layoutDirection()).items():
                if area.contains(event.position().toPoint()):
                    getattr(self, name).emit(row.id)
                    return
        self.chosen.emit(row.id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)  # two quick touches on + are two pieces

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.doItemsLayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.lines.rows:
            return
        colours = appearance.scheme().colours()
        painter = QPainter(self.viewport())
        middle = self.viewport().rect().center()
        size = 2 * tokens.ICON_TILL
        draw_icon(painter, QRect(middle.x() - size // 2, middle.y() - size, size, size), "barcode-scan", "secondary")
        painter.setFont(text_font(tokens.TILL_TEXT))
        painter.setPen(QColor(colours["secondary"]))
        words = QRect(0, middle.y() + tokens.SPACE_16, self.viewport().width(), tokens.SPACE_32)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignHCenter), _("Scan, search or touch a tile to begin."))
        painter.end()

    def viewportEvent(self, event: QEvent) -> bool:
        return event.type() == QEvent.Type.ToolTip or super().viewportEvent(event)


def row_height(row: LineRow) -> int:
    """How tall a line is painted."""
    if row.in_focus:
        return FOCUS_HEIGHT + KEY + tokens.SPACE_12 + UNDER_HEIGHT * len(row.under)
    return PLAIN_HEIGHT + UNDER_HEIGHT * len(row.under)


def key_areas(rect: QRect, direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight) -> dict[str, QRect]:
    """Where the keys of the line in focus lie: less, more, away."""
    place = Mirror(direction, rect)
    top = rect.bottom() - KEY - tokens.SPACE_8 + 1
    left = rect.left() + tokens.SPACE_16
    wide = KEY + tokens.SPACE_16
    return {
        "less": place(QRect(left, top, wide, KEY)),
        "more": place(QRect(left + wide + tokens.SPACE_8, top, wide, KEY)),
        "away": place(QRect(rect.right() - wide - tokens.SPACE_12, top, wide, KEY)),
    }


_GLYPHS = {"less": "minus", "more": "plus", "away": "close"}


class LineDelegate(QStyledItemDelegate):
    """Paints a line; every figure stands in its column with digits of one width."""

    def __init__(self, parent: LinesView) -> None:
        super().__init__(parent)
        self._text = text_font(tokens.TILL_LINE)
        self._figure = number_font(tokens.TILL_LINE)
        self._text_focus = text_font(tokens.TILL_LINE, tokens.SEMIBOLD)
        self._total_focus = number_font(tokens.TILL_FOCUS, tokens.SEMIBOLD)
        self._small = text_font(tokens.TILL_TEXT)
        self._small_figure = number_font(tokens.TILL_TEXT)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row = index.data(ROW)
        return QSize(100, row_height(row) if row is not None else PLAIN_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: LineRow | None = index.data(ROW)
        if row is None:
            return
        colours = appearance.scheme().colours()
        rect: QRect = option.rect
        place = Mirror(option.direction, rect)
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # figures keep their sign; places are mirrored
        if row.in_focus:
            painter.fillRect(rect, QColor(colours["selected"]))
            edge = place(QRect(rect.left(), rect.top(), tokens.SPACE_4, rect.height()))
            painter.fillRect(edge, QColor(colours["accent"]))
        painter.setPen(QColor(colours["border"]))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        self._main(painter, place, rect, row, colours)
        self._below(painter, place, rect, row, colours)
        if row.in_focus:
            self._keys(painter, key_areas(rect, option.direction), colours)
        painter.restore()

    def _main(self, painter: QPainter, place: Mirror, rect: QRect, row: LineRow, colours: dict[str, str]) -> None:
        height = FOCUS_HEIGHT if row.in_focus else PLAIN_HEIGHT
        line = QRect(rect.left() + tokens.SPACE_16, rect.top(), rect.width() - tokens.SPACE_32, height)
        total_font = self._total_focus if row.in_focus else self._figure
        total_width = max(TOTAL_WIDTH, QFontMetrics(total_font).horizontalAdvance(row.total) + tokens.SPACE_4)
        quantity_width = max(QUANTITY_WIDTH, QFontMetrics(self._figure).horizontalAdvance(row.quantity) + 12)
        name = line.adjusted(quantity_width, 0, -total_width - PRICE_WIDTH - tokens.SPACE_12, 0)
        price = QRect(line.right() - total_width - PRICE_WIDTH, line.top(), PRICE_WIDTH, height)
        painter.setPen(QColor(colours["text"]))
        painter.setFont(self._figure)
        painter.drawText(place(line), place.start, row.quantity)
        font = self._text_focus if row.in_focus else self._text
        painter.setFont(font)
        shown = QFontMetrics(font).elidedText(row.name, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(place(name), place.start, shown)
        painter.setFont(total_font)
        painter.drawText(place(line), place.end, row.total)
        painter.setFont(self._small_figure)
        painter.setPen(QColor(colours["secondary"]))
        painter.drawText(place(price), place.end, row.unit_price)

    def _below(self, painter: QPainter, place: Mirror, rect: QRect, row: LineRow, colours: dict[str, str]) -> None:
        top = rect.top() + (FOCUS_HEIGHT if row.in_focus else PLAIN_HEIGHT) - tokens.SPACE_8
        for part in row.under:
            line = QRect(
                rect.left() + tokens.SPACE_16 + QUANTITY_WIDTH,
                top,
                rect.width() - tokens.SPACE_32 - QUANTITY_WIDTH,
                UNDER_HEIGHT,
            )
            painter.setPen(QColor(colours["secondary"]))
            painter.setFont(self._small)
            room = line.width() - (TOTAL_WIDTH if part.amount else 0)
            shown = QFontMetrics(self._small).elidedText(part.words, Qt.TextElideMode.ElideRight, room)
            painter.drawText(place(line), place.start, shown)
            painter.setFont(self._small_figure)
            painter.drawText(place(line), place.end, part.amount)
            top += UNDER_HEIGHT

    def _keys(self, painter: QPainter, areas: dict[str, QRect], colours: dict[str, str]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for name, area in areas.items():
            painter.setPen(QColor(colours["border"]))
            painter.setBrush(QColor(colours["surface"]))
            painter.drawRoundedRect(area, tokens.RADIUS, tokens.RADIUS)
            box = QRect(QPoint(0, 0), QSize(tokens.ICON_TILL, tokens.ICON_TILL))
            box.moveCenter(area.center())
            draw_icon(painter, box, _GLYPHS[name], "danger" if name == "away" else "text")
