"""The office: navigation at the left, the opened place at the right; places are imported in a thread when first wanted."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from shopdesk.core.i18n import _
from shopdesk.core.permissions import PERMISSION_NAMES
from shopdesk.ui.finder import Finder
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import MessageBar
from shopdesk.ui.kit.widgets import Label, hbox, named, vbox
from shopdesk.ui.navigation import Entry, Maker, Navigation
from shopdesk.ui.theme import tokens

_log = logging.getLogger(__name__)
TILL = "till"


class Office(QWidget):
    """All places but the till. ``till_wanted`` is sent when the person goes there; ``shown`` with each opened key."""

    till_wanted = Signal()
    shown = Signal(str)

    def __init__(self, entries: Sequence[Entry], desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "office", _("Office"))
        self._desk = desk
        self._memory = memory
        self._entries = {entry.key: entry for entry in entries}
        self._opening = ""
        self.pages: dict[str, QWidget] = {}
        self.navigation = Navigation(entries, desk, memory, self)
        self.navigation.wanted.connect(self.open)
        self.messages = MessageBar(self)
        self._stack = named(QStackedWidget(), "places", _("Opened place"))
        self._waiting = Label(_("Loading..."), "loading", tone="secondary")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self._waiting)
        row = hbox(self, spacing=0)
        row.addWidget(self.navigation)
        column = vbox(spacing=0)
        inset = hbox()
        inset.setContentsMargins(tokens.SPACE_24, tokens.SPACE_8, tokens.SPACE_24, 0)
        inset.addWidget(self.messages)
        column.addLayout(inset)
        column.addWidget(self._stack, 1)
        row.addLayout(column, 1)
        for entry in entries:
            if entry.shortcut:
                shortcut = QShortcut(QKeySequence(entry.shortcut), self)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(lambda key=entry.key: self.open(key))
        finder = QShortcut(QKeySequence("Ctrl+K"), self)
        finder.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        finder.activated.connect(self.find_anything)
        desk.actor_changed.connect(self._leave_forbidden)

    @property
    def opened(self) -> str:
        """The key of the place that is shown, empty at first."""
        current = self._stack.currentWidget()
        return next((key for key, page in self.pages.items() if page is current), "")

    def open(self, key: str) -> bool:
        """Show a place, importing it first if need be; False, and said why, if the person may not."""
        entry = self._entries[key]
        if not self._desk.may(entry.needs):
            self.messages.refuse(
                _("Your role does not include: {permission}.").format(permission=_(PERMISSION_NAMES[entry.needs]))
            )
            self.navigation.choose(self.opened)
            return False
        self.messages.clear()
        if key == TILL:
            self.navigation.choose(self.opened)
            self.till_wanted.emit()
            return True
        self.navigation.choose(key)
        if key in self.pages:
            self._show(key)
            return True
        self._opening = key
        self._stack.setCurrentWidget(self._waiting)
        self._desk.lanes.read(entry.load, lambda make: self._made(key, make), owner=self, key="place")
        return True

    def open_first(self) -> None:
        """Show where the person left off, else the first place they may see."""
        last = str(self._memory.get("office.last", ""))
        wanted = last if last in self._entries and self.navigation.may_open(last) else ""
        wanted = wanted or next((key for key in self._entries if key != TILL and self.navigation.may_open(key)), "")
        if wanted:
            self.open(wanted)

    def forget_pages(self) -> None:
        """Drop what another person had open."""
        for page in self.pages.values():
            self._stack.removeWidget(page)
            page.deleteLater()
        self.pages.clear()
        self._stack.setCurrentWidget(self._waiting)

    def find_anything(self) -> None:
        """Ctrl+K: every place and every command of the shown list, by typing."""
        Finder(self, self._findings()).open()

    def _findings(self) -> list[tuple[str, str, str, object]]:
        found: list[tuple[str, str, str, object]] = []
        page = self.pages.get(self.opened)
        if isinstance(page, ListView):
            for command, usable, _why in page.offered(page.chosen):
                if usable:
                    words = _(command.title)
                    found.append((words, command.shortcut, command.glyph, lambda key=command.key: page.run(key)))
        for entry in self._entries.values():
            if self._desk.may(entry.needs):
                found.append((_(entry.title), entry.shortcut, entry.glyph, lambda key=entry.key: self.open(key)))
        return found

    def _made(self, key: str, make: Maker) -> None:
        if key not in self.pages:
            self.pages[key] = make(self._desk, self._memory, self)
            self._stack.addWidget(self.pages[key])
        if self._opening == key:
            self._show(key)

    def _show(self, key: str) -> None:
        self._opening = ""
        page = self.pages[key]
        self._stack.setCurrentWidget(page)
        self._memory.put("office.last", key)
        if isinstance(page, ListView):
            page.table.setFocus()
        else:
            page.setFocus()
        self.shown.emit(key)

    def _leave_forbidden(self) -> None:
        if self._desk.signed_in and self.opened and not self.navigation.may_open(self.opened):
            self.forget_pages()
            self.open_first()
