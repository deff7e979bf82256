"""The widget of the category tree: dragged, or moved with Alt and the arrow keys; the shop moves, the tree shows it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from shopdesk.core.i18n import _
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font
from shopdesk.ui.theme.icons import draw_icon

Index = QModelIndex | QPersistentModelIndex
ID = Qt.ItemDataRole.UserRole
"""Where an item keeps its category's id."""
_ROLE = Qt.ItemDataRole


class BranchDelegate(QStyledItemDelegate):
    """A row of a tree in the office's height, its tick or icon in the colours of the moment."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + tokens.SPACE_24, tokens.ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = appearance.scheme().colours()
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(colours["selected"]))
        side, left = tokens.ICON_BUTTON, rect.left() + tokens.SPACE_4
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        if index.column() == 0:
            tick = index.data(_ROLE.CheckStateRole)
            glyph, colour = "folder-outline", "secondary"
            if tick is not None:
                ticked = Qt.CheckState(tick) is Qt.CheckState.Checked
                glyph = "checkbox-marked-outline" if ticked else "checkbox-blank-outline"
                colour = "accent" if ticked else "secondary"
            x = rect.right() - tokens.SPACE_4 - side if mirrored else left
            draw_icon(painter, QRect(x, rect.center().y() - side // 2, side, side), glyph, colour)
            inset = tokens.SPACE_8 + side + tokens.SPACE_4
            inner = (
                rect.adjusted(tokens.SPACE_8, 0, -inset, 0) if mirrored else rect.adjusted(inset, 0, -tokens.SPACE_8, 0)
            )
        else:
            inner = rect.adjusted(tokens.SPACE_8, 0, -tokens.SPACE_8, 0)
        painter.setFont(number_font(tokens.OFFICE_TEXT) if index.column() else option.font)
        painter.setPen(QColor(colours["text"]))
        alignment = index.data(_ROLE.TextAlignmentRole)
        leading = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        flags = QStyle.visualAlignment(
            option.direction, Qt.AlignmentFlag(int(alignment)) if alignment is not None else leading
        )
        words = painter.fontMetrics().elidedText(
            str(index.data(_ROLE.DisplayRole) or ""), Qt.TextElideMode.ElideRight, inner.width()
        )
        painter.drawText(inner, int(flags), words)

    def editorEvent(self, event: QEvent, model: object, option: QStyleOptionViewItem, index: Index) -> bool:
        tick = index.data(_ROLE.CheckStateRole)
        clicked = (
            event.type() == QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and event.button() is Qt.MouseButton.LeftButton
        )
        pressed = (
            event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
        )
        if tick is None or not (clicked or pressed):
            return False if tick is not None else super().editorEvent(event, model, option, index)  # type: ignore[arg-type]
        ticked = Qt.CheckState(tick) is Qt.CheckState.Checked
        turned = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
        return bool(index.model().setData(index, turned, _ROLE.CheckStateRole))


class CategoryTree(QTreeWidget):
    """The tree on the glass. ``moved`` is sent with a category, its wanted parent (0: the top) and the following sibling."""

    moved = Signal(int, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "categories_tree", _("Categories"))
        self.setColumnCount(3)
        self.setHeaderLabels([_("Category"), _("Products"), _("With those below")])
        self.setUniformRowHeights(True)
        self.setItemDelegate(BranchDelegate(self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setIndentation(tokens.SPACE_24)
        head = self.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def dropEvent(self, event: QDropEvent) -> None:
        source = self.currentItem()
        target = self.itemAt(event.position().toPoint())
        where = self.dropIndicatorPosition()
        event.setDropAction(Qt.DropAction.IgnoreAction)  # the shop moves it; the tree shows what came of it
        event.accept()
        if source is not None and target is not source:
            parent, before = self.wanted_place(target, where)
            self.moved.emit(int(source.data(0, ID)), parent, before)

    def wanted_place(
        self, target: QTreeWidgetItem | None, where: QAbstractItemView.DropIndicatorPosition
    ) -> tuple[int, int]:
        """The parent and the following sibling that a drop means; 0 is the top, or the end."""
        if target is None or where == QAbstractItemView.DropIndicatorPosition.OnViewport:
            return 0, 0
        if where == QAbstractItemView.DropIndicatorPosition.OnItem:
            return int(target.data(0, ID)), 0
        if where == QAbstractItemView.DropIndicatorPosition.AboveItem:
            return id_of(target.parent()), id_of(target)
        following = self.itemBelow(target)
        if following is not None and following.parent() is target:
            return id_of(target), id_of(following)  # under an open category: before its first
        return id_of(target.parent()), id_of(_sibling(self, target, 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        keys = {Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down", Qt.Key.Key_Left: "out", Qt.Key.Key_Right: "in"}
        step = keys.get(Qt.Key(event.key()))
        held = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if item is not None and step is not None and held:
            self.shift(item, step)
        else:
            super().keyPressEvent(event)

    def shift(self, item: QTreeWidgetItem, step: str) -> None:
        """Move by a key: up or down among its siblings, in below the one above it, out behind its parent."""
        above, below = _sibling(self, item, -1), _sibling(self, item, 1)
        parent = item.parent()
        if step == "up" and above is not None:
            self.moved.emit(id_of(item), id_of(parent), id_of(above))
        elif step == "down" and below is not None:
            self.moved.emit(id_of(item), id_of(parent), id_of(_sibling(self, below, 1)))
        elif step == "in" and above is not None:
            self.moved.emit(id_of(item), id_of(above), 0)
        elif step == "out" and parent is not None:
            self.moved.emit(id_of(item), id_of(parent.parent()), id_of(_sibling(self, parent, 1)))


def id_of(item: QTreeWidgetItem | None) -> int:
    return 0 if item is None else int(item.data(0, ID))


def _sibling(tree: QTreeWidget, item: QTreeWidgetItem, step: int) -> QTreeWidgetItem | None:
    parent = item.parent() or tree.invisibleRootItem()
    at = parent.indexOfChild(item) + step
    return parent.child(at) if 0 <= at < parent.childCount() else None
