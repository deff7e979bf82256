"""The bell of the office: how much news is unread, and the newest of it in a panel under it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from shopdesk.core.i18n import _, from_the_right, ngettext
from shopdesk.db.paging import Page, PageRequest
from shopdesk.marketing.notifications import (
    MarkAllRead,
    MarkRead,
    NotificationRow,
    mark_all_read,
    mark_read,
    notifications_page,
    unread_count,
)
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.widgets import Label, button, hbox, named, section, vbox
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font, text_font
from shopdesk.ui.theme.icons import draw_icon, icon

KEYS = "Ctrl+B"
NEWEST = 20
PANEL = QSize(400, 420)
_MOST_SHOWN = 99
_BADGE = 16
_ROW = 64
_GLYPHS = {
    "low_stock": ("alert-outline", "warning"),
    "job_failed": ("alert-circle-outline", "danger"),
    "job_done": ("check-circle-outline", "success"),
}


class Bell(QToolButton):
    """Rings without a sound: a number on the icon. ``target_wanted`` is sent with what a piece of news is about."""

    target_wanted = Signal(str, str)
    list_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "bell", _("Notifications"))
        self._desk = desk
        self.unread = 0
        self.panel: BellPanel | None = None
        self.setProperty("role", "quiet")
        self.setIcon(icon("bell-outline"))
        self.setIconSize(QSize(tokens.ICON_BUTTON, tokens.ICON_BUTTON))
        self.setFixedSize(tokens.TARGET_OFFICE, tokens.TARGET_OFFICE)
        self.setStyleSheet("padding: 0;")
        self.clicked.connect(self.open_panel)
        shortcut = QShortcut(QKeySequence(KEYS), parent)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.open_panel)
        desk.changed.connect(self._something_changed)
        desk.actor_changed.connect(self.count)
        appearance.notice().changed.connect(self._redraw)
        self._show(0)
        self.count()

    def count(self) -> None:
        """Ask how much is unread."""
        if self._desk.signed_in:
            user_id = self._desk.actor.user_id
            # Only a number on a bell: what is wrong with the shop is said elsewhere.
            self._desk.ask(unread_count, user_id, done=self._show, failed=lambda _e: None, owner=self, key="unread")

    def open_panel(self) -> None:
        """Show the newest news under the bell."""
        if not self._desk.signed_in:
            return
        self.panel = BellPanel(self, self._desk)
        self.panel.chosen.connect(self.target_wanted)
        self.panel.list_wanted.connect(self.list_wanted)
        corner = self.mapToGlobal(QPoint(0, self.height() + tokens.SPACE_4))
        screen = self.screen().availableGeometry()
        left = min(corner.x(), screen.right() - PANEL.width() - tokens.SPACE_8)
        self.panel.move(max(screen.left(), left), corner.y())
        self.panel.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.unread:
            return
        colours = appearance.scheme().colours()
        words = str(self.unread) if self.unread <= _MOST_SHOWN else f"{_MOST_SHOWN}+"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(10, tokens.SEMIBOLD))
        width = max(_BADGE, painter.fontMetrics().horizontalAdvance(words) + tokens.SPACE_8)
        spot = QRect(self.width() - width, 0, width, _BADGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours["danger"]))
        painter.drawRoundedRect(spot, _BADGE / 2, _BADGE / 2)
        painter.setPen(QColor(colours["accent_text"]))
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()

    def _redraw(self) -> None:
        self.setIcon(icon("bell-outline"))

    def _something_changed(self, names: frozenset[str]) -> None:
        if names & {"Notification", "*"}:
            self.count()

    def _show(self, unread: int) -> None:
        self.unread = unread
        news = ngettext("{count} unread notification", "{count} unread notifications", unread).format(count=unread)
        words = news if unread else _("No unread notifications")
        self.setAccessibleName(words)
        self.setToolTip(f"{words} ({KEYS})")
        self.update()


class BellPanel(QFrame):
    """The newest news; Enter opens what it is about and marks it read. Closes by itself."""

    chosen = Signal(str, str)
    list_wanted = Signal()

    def __init__(self, bell: QWidget, desk: Desk) -> None:
        super().__init__(bell, Qt.WindowType.Popup)
        named(self, "bell_panel", _("Notifications"))
        self.setProperty("card", True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedSize(PANEL)
        self._desk = desk
        column = vbox(self, spacing=tokens.SPACE_8)
        column.setContentsMargins(tokens.SPACE_12, tokens.SPACE_8, tokens.SPACE_12, tokens.SPACE_8)
        head = hbox()
        head.addWidget(section(_("Notifications"), "bell_title"))
        head.addStretch(1)
        self.all_read = button(_("Mark all read"), "all_read", self._mark_all, role="quiet")
        head.addWidget(self.all_read)
        column.addLayout(head)
        self.none = Label(_("Nothing new."), "no_news", tone="secondary")
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.none, 1)
        self.list = named(QListWidget(), "news", _("Notifications"))
        self.list.setItemDelegate(_NewsDelegate(desk, self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.itemActivated.connect(self._open)
        self.list.itemClicked.connect(self._open)
        self.list.hide()
        column.addWidget(self.list, 1)
        onwards = "arrow-left" if from_the_right() else "arrow-right"
        column.addWidget(button(_("All notifications"), "all_news", self._show_list, role="quiet", glyph=onwards))
        self.list.setFocus()
        desk.changed.connect(self._something_changed)
        self._read()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.currentItem() is not None:
            self._open(self.list.currentItem())
        else:
            super().keyPressEvent(event)

    def _read(self) -> None:
        asked = PageRequest(sort="newest", descending=True, limit=NEWEST)
        user_id = self._desk.actor.user_id
        self._desk.ask(
            notifications_page, asked, user_id, done=self._fill, failed=lambda _e: None, owner=self, key="news"
        )

    def _fill(self, page: Page[NotificationRow]) -> None:
        at = max(0, self.list.currentRow())
        self.list.clear()
        for row in page.rows:
            item = QListWidgetItem(row.text)
            item.setData(Qt.ItemDataRole.UserRole, row)
            item.setSizeHint(QSize(100, _ROW))
            item.setToolTip("")
            self.list.addItem(item)
        self.none.setVisible(not page.rows)
        self.list.setVisible(bool(page.rows))
        self.all_read.setEnabled(any(row.read_at is None for row in page.rows))
        if page.rows:
            self.list.setCurrentRow(min(at, len(page.rows) - 1))
            self.list.setFocus()

    def _open(self, item: QListWidgetItem) -> None:
        row: NotificationRow = item.data(Qt.ItemDataRole.UserRole)
        if row.read_at is None:
            # No owner: the panel is gone before this is written.
            self._desk.execute(mark_read, MarkRead((row.id,)), done=lambda _count: None)
        if row.target_type and row.target_id:
            self.close()
            self.chosen.emit(row.target_type, row.target_id)

    def _mark_all(self) -> None:
        self._desk.execute(mark_all_read, MarkAllRead(), done=lambda _count: None)

    def _show_list(self) -> None:
        self.close()
        self.list_wanted.emit()

    def _something_changed(self, names: frozenset[str]) -> None:
        if names & {"Notification", "*"} and self._desk.signed_in:
            self._read()


class _NewsDelegate(QStyledItemDelegate):
    """A piece of news on two lines with its time under it; unread ones are strong."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: NotificationRow = index.data(Qt.ItemDataRole.UserRole)
        place: Any = option  # its fields are missing from the stubs
        colours = appearance.scheme().colours()
        room: QRect = place.rect
        painter.save()
        if place.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, QColor(colours["selected"]))
        elif place.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(room, QColor(colours["hover"]))
        inner = room.adjusted(tokens.SPACE_8, tokens.SPACE_4, -tokens.SPACE_8, -tokens.SPACE_4)
        glyph, tone = _GLYPHS.get(row.type, ("bell-outline", "text"))
        side = tokens.ICON_BUTTON
        spot = QRect(inner.left(), inner.top() + 2, side, side)
        words = inner.adjusted(side + tokens.SPACE_8, 0, 0, 0)
        direction = place.direction
        draw_icon(
            painter, QStyle.visualRect(direction, inner, spot), glyph, tone if row.read_at is None else "secondary"
        )
        painter.setFont(text_font(tokens.OFFICE_TEXT, tokens.SEMIBOLD if row.read_at is None else tokens.REGULAR))
        painter.setPen(QColor(colours["text"]))
        text = words.adjusted(0, 0, 0, -tokens.SPACE_16)
        flags = Qt.TextFlag.TextWordWrap | QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft)
        painter.drawText(QStyle.visualRect(direction, inner, text), int(flags), row.text)
        painter.setFont(text_font(tokens.OFFICE_SECONDARY))
        painter.setPen(QColor(colours["secondary"]))
        foot = words.adjusted(0, words.height() - tokens.SPACE_16, 0, 0)
        when = self._desk.formats.moment(row.created_at)
        painter.drawText(
            QStyle.visualRect(direction, inner, foot),
            int(QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft)),
            when,
        )
        painter.restore()
