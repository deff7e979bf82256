"""Paints the cells of every table: one ground and one string each, straight from the row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font, text_font
from shopdesk.ui.theme.icons import pixmap

if TYPE_CHECKING:
    from shopdesk.ui.kit.table_view import TableView


_WIDEST = 14  # pixels; no letter of the text is wider


class CellDelegate(QStyledItemDelegate):
    """Paints a cell as one ground and one string straight from the row: a jump is painted within a frame."""

    def __init__(self, view: TableView, formats: Formats) -> None:
        super().__init__(view)
        self._view = view
        self.formats = formats
        self.hovered = -1
        self._fonts = {True: number_font(), False: text_font()}
        self._metrics = {kind: QFontMetrics(font) for kind, font in self._fonts.items()}
        self.take_colours()

    def take_colours(self) -> None:
        """Use the colours of the moment."""
        named_colours = appearance.scheme().colours()
        self._colours = {name: QColor(value) for name, value in named_colours.items()}
        self._pictures: dict[tuple[str, str, float], QPixmap] = {}

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = self._view.paged
        at, rect = index.row(), option.rect
        if at >= len(model.rows):
            return
        row, column = model.rows[at], model.columns[index.column()]
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, self._colours["selected"])
        elif at == self.hovered:
            painter.fillRect(rect, self._colours["hover"])
        painter.setPen(self._colours["border"])
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        shown = column.show(row, self.formats)
        if not shown:
            return
        inner = rect.adjusted(tokens.SPACE_8, 0, -tokens.SPACE_8, 0)
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        colour = "text"
        if (look := column.state(row)) is not None:
            colour = look.tone or "text"
            if look.glyph:
                size = tokens.ICON_TABLE
                top = inner.top() + (inner.height() - size) // 2
                left = inner.right() - size if mirrored else inner.left()
                painter.drawPixmap(left, top, self._picture(painter, look.glyph, colour))
                room = size + tokens.SPACE_4
                inner.adjust(0 if mirrored else room, 0, -room if mirrored else 0, 0)
        if not self._view.fresh:
            colour = "secondary"
        elif chosen:
            colour = "text"
        painter.setPen(self._colours[colour])
        painter.setFont(self._fonts[column.right])
        side = Qt.AlignmentFlag.AlignRight if column.right or mirrored else Qt.AlignmentFlag.AlignLeft
        if len(shown) * _WIDEST > inner.width():  # measuring is dear; most cells cannot be too long
            shown = self._metrics[column.right].elidedText(shown, Qt.TextElideMode.ElideRight, inner.width())
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        if mirrored and column.right:  # a figure is read from the left everywhere: its minus stands before it
            painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        painter.drawText(inner, int(flags), shown)
        if mirrored and column.right:
            painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    def _picture(self, painter: QPainter, glyph: str, colour: str) -> QPixmap:
        ratio = painter.device().devicePixelRatioF()
        key = (glyph, colour, ratio)
        if key not in self._pictures:
            self._pictures[key] = pixmap(glyph, tokens.ICON_TABLE, colour, ratio)
        return self._pictures[key]
