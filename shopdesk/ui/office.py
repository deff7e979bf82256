"""The office: navigation at the left, the opened place at the right with the records opened from it on top."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from shopdesk.core.i18n import _
from shopdesk.core.permissions import PERMISSION_NAMES
from shopdesk.ui.bell import Bell
from shopdesk.ui.finder import OWN_WINDOW, Finder
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import MessageBar
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.record_window import in_own_window
from shopdesk.ui.kit.widgets import Label, hbox, named, vbox
from shopdesk.ui.navigation import Entry, Maker, Navigation
from shopdesk.ui.theme import tokens

_log = logging.getLogger(__name__)
TILL = "till"
LAST_PLACE = "office.last"


class Office(QWidget):
    """All places but the till. ``till_wanted`` is sent when the person goes there; ``shown`` with each opened key.

    Records opened from a place lie on top of it, and are found there again after a visit elsewhere. ``last_key`` is where
    the opened place is remembered: each window has its own. ``window_wanted`` asks for another window, on a place if one is
    named.
    """

    till_wanted = Signal()
    window_wanted = Signal(str)
    shown = Signal(str)

    def __init__(
        self,
        entries: Sequence[Entry],
        desk: Desk,
        memory: Memory,
        parent: QWidget | None = None,
        *,
        last_key: str = LAST_PLACE,
    ) -> None:
        super().__init__(parent)
        named(self, "office", _("Office"))
        self.desk = desk
        self.memory = memory
        self._last_key = last_key
        self._entries = {entry.key: entry for entry in entries}
        self._opening = ""
        self._when_open: Callable[[], object] | None = None
        self.pages: dict[str, QWidget] = {}
        self._trails: dict[str, list[RecordView]] = {}
        self.navigation = Navigation(entries, desk, memory, self)
        self.navigation.wanted.connect(self._go)
        self.navigation.window_wanted.connect(self.window_wanted)
        self.bell = Bell(desk, self)
        self.bell.target_wanted.connect(self.open_target)
        self.bell.list_wanted.connect(partial(self.open, "notifications"))
        self.navigation.add_to_head(self.bell)
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
                self._shortcut(entry.shortcut, partial(self.open, entry.key))
        self._shortcut("Ctrl+K", self.find_anything)
        self._shortcut(OWN_WINDOW, self.take_out)
        self._shortcut("Ctrl+Shift+N", lambda: self.window_wanted.emit(""))
        desk.actor_changed.connect(self._leave_forbidden)

    @property
    def opened(self) -> str:
        """The key of the place that is shown, or under the record that is; empty at first."""
        current = self._stack.currentWidget()
        for key, page in self.pages.items():
            if page is current or current in self._trails.get(key, ()):
                return key
        return ""

    @property
    def top(self) -> QWidget | None:
        """What is shown: a place, or a record on top of it."""
        return self._stack.currentWidget()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every place, in order."""
        return tuple(self._entries.values())

    def open(self, key: str, then: Callable[[], object] | None = None) -> bool:
        """Show a place, importing it first if need be; False, and said why, if the person may not.

        ``then`` is called when it is shown.
        """
        entry = self._entries[key]
        if entry.needs is not None and not self.desk.may(entry.needs):
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
        self._when_open = then
        if key in self.pages:
            self._show(key)
            return True
        self._opening = key
        self._stack.setCurrentWidget(self._waiting)
        self.desk.lanes.read(entry.load, lambda make: self._made(key, make), owner=self, key="place")
        return True

    def open_first(self) -> None:
        """Show where the person left off, else the first place they may see."""
        last = str(self.memory.get(self._last_key, ""))
        wanted = last if last in self._entries and self.navigation.may_open(last) else ""
        wanted = wanted or next((key for key in self._entries if key != TILL and self.navigation.may_open(key)), "")
        if wanted:
            self.open(wanted)

    def open_page(self, page: RecordView) -> None:
        """Show a record on top of the place that is open; when it is closed, what was before is shown again."""
        place = self.opened
        trail = self._trails.setdefault(place, [])
        for known in trail:
            if (known.spec.key, known.record_id) == (page.spec.key, page.record_id):
                page.deleteLater()
                self._stack.setCurrentWidget(known)
                known.take_focus()
                return
        trail.append(page)
        self._stack.addWidget(page)
        page.closed.connect(lambda: self._page_closed(place, page))
        self._stack.setCurrentWidget(page)
        page.take_focus()

    def take_out(self) -> None:
        """Show what is open in a window of its own: a record as it stands, with what is not saved; a place once more."""
        page, place = self.top, self.opened
        if isinstance(page, RecordView):
            trail = self._trails[place]
            trail.remove(page)
            self._stack.setCurrentWidget(trail[-1] if trail else self.pages.get(place, self._waiting))
            self._stack.removeWidget(page)
            in_own_window(page)
        elif place:
            self.window_wanted.emit(place)

    def open_target(self, kind: str, id: str, *, window: bool = False) -> None:
        """Show what a piece of news or a finding is about, in a window of its own if wanted."""
        from shopdesk.ui.screens.targets import open_target

        open_target(self, kind, id, window=window)

    @property
    def unsaved(self) -> bool:
        """Whether something on one of the pages is not saved."""
        return self._unsaved() is not None

    def may_leave(self, then: Callable[[], object]) -> None:
        """Go on with ``then``, after asking, page by page, about what would be lost."""
        found = self._unsaved()
        if found is None:
            then()
            return
        key, page = found
        self.navigation.choose(key)
        self._stack.setCurrentWidget(page)
        page.may_leave(lambda: self.may_leave(then))

    def _unsaved(self) -> tuple[str, Any] | None:
        for key, page in self.pages.items():
            for one in (*reversed(self._trails.get(key, ())), page):
                if getattr(one, "dirty", False) and hasattr(one, "may_leave"):
                    return key, one
        return None

    def forget_pages(self) -> None:
        """Drop what another person had open."""
        for page in (*self.pages.values(), *(one for trail in self._trails.values() for one in trail)):
            self._stack.removeWidget(page)
            page.deleteLater()
        self.pages.clear()
        self._trails.clear()
        self._stack.setCurrentWidget(self._waiting)

    def find_anything(self) -> None:
        """Ctrl+K: every place, every command of what is shown, goods, people and documents, by typing."""
        Finder(self).open()

    def _go(self, key: str) -> None:
        """The person pressed a place in the navigation; pressing the one that is open leads back to its list."""
        if key == self.opened and self.top is not self.pages.get(key):
            self._stack.setCurrentWidget(self.pages[key])
            self.navigation.choose(key)
            self._focus(self.pages[key])
            return
        self.open(key)

    def _shortcut(self, keys: str, run: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(run)

    def _made(self, key: str, make: Maker) -> None:
        if key not in self.pages:
            self.pages[key] = make(self.desk, self.memory, self)
            self._stack.addWidget(self.pages[key])
        if self._opening == key:
            self._show(key)

    def _show(self, key: str) -> None:
        self._opening = ""
        trail = self._trails.get(key)
        page = trail[-1] if trail else self.pages[key]
        self._stack.setCurrentWidget(page)
        self.memory.put(self._last_key, key)
        self._focus(page)
        self.shown.emit(key)
        then, self._when_open = self._when_open, None
        if then is not None:
            then()

    def _focus(self, page: QWidget) -> None:
        if isinstance(page, RecordView):
            page.take_focus()
        elif isinstance(page, ListView):
            page.table.setFocus()
        else:
            page.setFocus()

    def _page_closed(self, place: str, page: RecordView) -> None:
        trail = self._trails.get(place, [])
        if page not in trail:
            return
        was_shown = self.top is page
        trail.remove(page)
        if was_shown:
            before = trail[-1] if trail else self.pages.get(place, self._waiting)
            self._stack.setCurrentWidget(before)
            self._focus(before)
        self._stack.removeWidget(page)
        page.deleteLater()

    def _leave_forbidden(self) -> None:
        if self.desk.signed_in and self.opened and not self.navigation.may_open(self.opened):
            self.forget_pages()
            self.open_first()
