"""How the cells of an edited grid are painted: hairlines, ticks as icons, and a field that fills its cell."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.icons import draw_icon

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole


class GridDelegate(QStyledItemDelegate):
    """Paints a cell in the colours of the moment. A tick is turned by a click anywhere in its cell, or by the space bar."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = appearance.scheme().colours()
        rect = option.rect
        state = option.state
        ground = index.data(_ROLE.BackgroundRole)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(colours["selected"]))
        elif isinstance(ground, QColor):
            painter.fillRect(rect, ground)
        painter.setPen(QColor(colours["border"]))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        tick = index.data(_ROLE.CheckStateRole)
        pen = index.data(_ROLE.ForegroundRole)
        if tick is not None:
            ticked = Qt.CheckState(tick) is Qt.CheckState.Checked
            side = tokens.ICON_BUTTON
            mirrored = option.direction is Qt.LayoutDirection.RightToLeft
            left = rect.right() - tokens.SPACE_8 - side if mirrored else rect.left() + tokens.SPACE_8
            place = QRect(left, rect.center().y() - side // 2, side, side)
            glyph = "checkbox-marked-outline" if ticked else "checkbox-blank-outline"
            draw_icon(painter, place, glyph, "accent" if ticked else "secondary")
        else:
            font = index.data(_ROLE.FontRole)
            painter.setFont(font if isinstance(font, QFont) else option.font)
            painter.setPen(pen if isinstance(pen, QColor) else QColor(colours["text"]))
            inner = rect.adjusted(tokens.SPACE_8, 0, -tokens.SPACE_8, 0)
            text = QFontMetrics(painter.font()).elidedText(
                str(index.data(_ROLE.DisplayRole) or ""), Qt.TextElideMode.ElideRight, inner.width()
            )
            if not any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in text):
                painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # codes and figures are never turned round
            wanted = Qt.AlignmentFlag(int(index.data(_ROLE.TextAlignmentRole) or Qt.AlignmentFlag.AlignVCenter))
            painter.drawText(inner, int(QStyle.visualAlignment(option.direction, wanted)), text)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours["accent"]))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        head = str(index.model().headerData(index.column(), Qt.Orientation.Horizontal) or "")
        line = named(QLineEdit(parent), "cell_editor", _("Edit {field}").format(field=head))
        line.setStyleSheet("QLineEdit { border-radius: 0; padding: 0 6px; min-height: 0; }")
        line.setProperty("ring", False)
        alignment = index.data(_ROLE.TextAlignmentRole)
        line.setAlignment(Qt.AlignmentFlag(int(alignment)) if alignment is not None else Qt.AlignmentFlag.AlignLeft)
        font = index.data(_ROLE.FontRole)
        if isinstance(font, QFont):
            line.setFont(font)
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(_ROLE.EditRole) or ""))
            editor.selectAll()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        editor.setGeometry(option.rect)

    def editorEvent(self, event: QEvent, model: object, option: QStyleOptionViewItem, index: Index) -> bool:
        tick = index.data(_ROLE.CheckStateRole)
        if tick is None:
            return super().editorEvent(event, model, option, index)  # type: ignore[arg-type]
        clicked = (
            event.type() == QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and event.button() is Qt.MouseButton.LeftButton
            and not event.modifiers()
        )
        pressed = (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select)
        )
        if not (clicked or pressed) or not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        ticked = Qt.CheckState(tick) is Qt.CheckState.Checked
        turned = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
        return bool(index.model().setData(index, turned, _ROLE.CheckStateRole))
