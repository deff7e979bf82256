"""Hits of a search, dropped over the tiles: the first is chosen, and none is taken that has just moved."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from shopdesk.core.i18n import _, ngettext
from shopdesk.ui.kit.widgets import Label, named, vbox
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font, text_font
from shopdesk.ui.till.mirror import Mirror

Index = QModelIndex | QPersistentModelIndex
HIT = Qt.ItemDataRole.UserRole + 1
HIT_HEIGHT = 60
SETTLED_MS = 250
"""How long hits must have stood still before a finger may take one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit as it is shown: what to add, and its words already written."""

    variant_id: int
    name: str
    second: str
    price: str


class HitsModel(QAbstractListModel):
    """The hits of the last answer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hits: list[Hit] = []

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # Any: Qt's variant
        if not index.isValid() or not 0 <= index.row() < len(self.hits):
            return None
        hit = self.hits[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{hit.name}, {hit.second}, {hit.price}"
        return hit if role == HIT else None

    def show(self, hits: Sequence[Hit]) -> None:
        """Put another answer in place of this one."""
        self.beginResetModel()
        self.hits = list(hits)
        self.endResetModel()


class _HitView(QListView):
    pressed_hit = Signal(int)

    def __init__(self, still: Callable[[], bool]) -> None:
        super().__init__()
        self._still = still

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self._still():
            self.setCurrentIndex(index)
            self.pressed_hit.emit(index.row())


class SearchDrop(QFrame):
    """The list. ``taken`` carries the hit that was touched; Enter asks for ``chosen``."""

    taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "search_drop", _("Hits"))
        self.setProperty("card", "true")
        self.setAutoFillBackground(True)
        self._changed_at = 0.0
        self.asked = ""
        layout = vbox(self, margin=tokens.SPACE_8, spacing=tokens.SPACE_4)
        self.head = Label("", "search_head", tone="secondary", font=text_font(tokens.OFFICE_TEXT))
        layout.addWidget(self.head)
        self.view = named(_HitView(self._still), "search_hits", _("Hits"))
        self.model = HitsModel(self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(_HitDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.pressed_hit.connect(lambda at: self.taken.emit(self.model.hits[at]))
        layout.addWidget(self.view, 1)
        self.hide()

    @property
    def chosen(self) -> Hit | None:
        """The hit that Enter takes."""
        at = self.view.currentIndex().row()
        return self.model.hits[at] if not self.isHidden() and 0 <= at < len(self.model.hits) else None

    def show_hits(self, asked: str, hits: Sequence[Hit]) -> None:
        """Show the answer to what was typed; the first hit is chosen."""
        self.asked = asked
        before = [hit.variant_id for hit in self.model.hits]
        self.model.show(hits)
        if before != [hit.variant_id for hit in hits]:
            self._changed_at = time.monotonic()
        count = len(hits)
        self.head.setText(
            ngettext("{count} hit · Enter adds it", "{count} hits · Enter adds the chosen one", count).format(
                count=count
            )
            if hits
            else _("Nothing found for {words}.").format(words=asked)
        )
        if hits:
            self.view.setCurrentIndex(self.model.index(0))
        self.show()
        self.raise_()

    def step(self, step: int) -> None:
        """Choose a hit further down or up."""
        if self.model.hits:
            at = max(0, min(len(self.model.hits) - 1, self.view.currentIndex().row() + step))
            self.view.setCurrentIndex(self.model.index(at))

    def put_away(self) -> None:
        """Hide and forget the hits."""
        self.hide()
        self.asked = ""
        self.model.show(())

    def _still(self) -> bool:
        return (time.monotonic() - self._changed_at) * 1000 >= SETTLED_MS


class _HitDelegate(QStyledItemDelegate):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._main = text_font(tokens.TILL_LINE)
        self._second = text_font(tokens.OFFICE_TEXT)
        self._price = number_font(tokens.TILL_LINE, tokens.SEMIBOLD)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, HIT_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        hit: Hit | None = index.data(HIT)
        if hit is None:
            return
        colours = appearance.scheme().colours()
        rect: QRect = option.rect
        place = Mirror(option.direction, rect)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(colours["selected"]))
            edge = place(QRect(rect.left(), rect.top(), tokens.SPACE_4, rect.height()))
            painter.fillRect(edge, QColor(colours["accent"]))
        inner = rect.adjusted(tokens.SPACE_12, tokens.SPACE_8, -tokens.SPACE_12, -tokens.SPACE_8)
        painter.setFont(self._price)
        painter.setPen(QColor(colours["text"]))
        painter.drawText(place(inner), place.end, hit.price)
        room = inner.width() - QFontMetrics(self._price).horizontalAdvance(hit.price) - tokens.SPACE_12
        upper = QRect(inner.left(), inner.top(), room, inner.height() // 2 + 4)
        lower = QRect(inner.left(), upper.bottom(), room, inner.bottom() - upper.bottom())
        painter.setFont(self._main)
        name = QFontMetrics(self._main).elidedText(hit.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(place(upper), place.start, name)
        painter.setFont(self._second)
        painter.setPen(QColor(colours["secondary"]))
        second = QFontMetrics(self._second).elidedText(hit.second, Qt.TextElideMode.ElideRight, room)
        painter.drawText(place(lower), place.start, second)
