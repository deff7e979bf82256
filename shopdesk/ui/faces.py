"""What stands behind the door: the till and the office, made when first needed, and the way between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.system.enrolment import ThisTill
from shopdesk.system.languages import SetOwnLanguage, set_own_language
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import ask, tell
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.shortcuts import KeyMap
from shopdesk.ui.kit.sounds import Sounds
from shopdesk.ui.opening import Opened, people_of
from shopdesk.ui.paper_thread import PaperThread
from shopdesk.ui.presence import Presence
from shopdesk.ui.theme import appearance

if TYPE_CHECKING:
    from shopdesk.ui.main_window import MainWindow
    from shopdesk.ui.office import Office
    from shopdesk.ui.till.screen import TillScreen
    from shopdesk.ui.windows import Windows

LAST_FACE = "window.face"


class Faces(QObject):
    """Makes and shows the till and the office for whoever is signed in."""

    def __init__(self, window: MainWindow, desk: Desk, opened: Opened, presence: Presence) -> None:
        super().__init__(window)
        self.setObjectName("faces")
        self._window = window
        self._desk = desk
        self._opened = opened
        self._presence = presence
        self._closing = False
        self._windows_of = ""
        self.sounds = Sounds(enabled=bool(window.memory.get("sounds", True)))
        self.paper = PaperThread(opened.shop, presence.till)
        opened.shop.changes.subscribe(self.paper.wake)
        self.paper.start()
        self.keys: KeyMap | None = None
        self.till: TillScreen | None = None
        self.office: Office | None = None
        self.windows: Windows | None = None
        presence.locked.connect(self._cover_windows)
        desk.changed.connect(self._something_changed)

    def show_for_person(self, *, another: bool) -> None:
        """Show the face that fits the person who came in: the one they had, the till at a till, else the office."""
        if another:
            self._read_people()
        if self.windows is not None and another:
            if self._windows_of != self._desk.actor.username:
                self._close_windows()
            self._reopen_windows()
        elif self.windows is not None:
            self.windows.uncover()
        at_till = self._window.memory.get(LAST_FACE) == "till"
        if not another and at_till and self.till is not None:
            self._window.show_page(self.till)
            self.till.take_focus()
        elif not another and not at_till and self.office is not None:
            self._window.show_page(self.office)
        elif self._desk.may(Permission.SELL) and (self._presence.till is not None or self._desk.actor.role == "clerk"):
            self.show_till()
        else:
            self.show_office()
        session = self._presence.session
        if session is not None and session.must_change_password:
            self._change_password(required=True)

    def show_till(self) -> None:
        """Go to the till."""
        self._window.memory.put(LAST_FACE, "till")
        if self.till is not None:
            self._window.show_page(self.till)
            self.till.take_focus()
            return
        self._load(load_till, self._made_till)

    def show_office(self) -> None:
        """Go to the office."""
        self._window.memory.put(LAST_FACE, "office")
        if self.office is not None:
            self._window.show_page(self.office)
            if not self.office.opened:
                self.office.open_first()
            return
        self._load(load_office, self._made_office)

    def forget_person(self) -> None:
        """Nobody is signed in: drop what they had open. A sale on the till is saved and comes back with the next one."""
        self._close_windows()
        if self.office is not None:
            self.office.forget_pages()
        if self.till is not None:
            self._window.stack.removeWidget(self.till)
            self.till.deleteLater()
            self.till = None

    def forget_faces(self) -> None:
        """The language changes: the till, the office and the other windows are made anew when they are next shown."""
        self._close_windows()
        if self.windows is not None:
            self.windows.deleteLater()
            self.windows = None
        if self.till is not None:
            self._window.stack.removeWidget(self.till)
            self.till.deleteLater()
            self.till = None
        if self.office is not None:
            self._window.stack.removeWidget(self.office)
            self.office.deleteLater()
            self.office = None
        if self.keys is not None:
            self.keys.deleteLater()
            self.keys = None

    def _unsaved(self) -> bool:
        here = self.office is not None and self.office.unsaved
        return here or (self.windows is not None and self.windows.unsaved)

    def _may_leave(self, then: Callable[[], object]) -> None:
        """Go on with ``then``, after asking in every window about what would be lost."""
        windows = self.windows

        def rest() -> None:
            if windows is not None:
                windows.may_leave(then)
            else:
                then()

        if self.office is not None and self.office.unsaved:
            self.show_office()
            self.office.may_leave(rest)
        else:
            rest()

    def others_stay(self) -> bool:
        """Whether other windows are open and in use, so that closing the first one only puts it away."""
        in_use = self._presence.session is not None and not self._presence.is_locked
        return self.windows is not None and bool(self.windows.all) and in_use

    def leave_windows(self) -> None:
        """The program ends: remember and close the other windows."""
        self._close_windows()

    def may_close(self) -> bool:
        """Whether the window may close now; asks when a sale stands on the till (it is saved all the same)."""
        if self._closing or self._presence.session is None:
            return True

        def close() -> None:
            self._closing = True
            self._window.close()

        if self._unsaved():
            if self._presence.is_locked:  # what is not saved is not shown to whoever stands here
                self._window.entry.set_status(_("Something has not been saved. Unlock first."))
            else:
                self._may_leave(close)
            return False
        if self.till is None or not self.till.busy_with_sale():
            return True

        ask(
            self._window,
            _("Close ShopDesk?"),
            _("A sale is on the till. It is kept and will be there when ShopDesk is opened again."),
            _("Close ShopDesk"),
            close,
        )
        return False

    def _load(self, load: Callable[[], Any], made: Callable[[Any], object]) -> None:
        self._window.entry.set_status(_("Loading..."))
        self._desk.lanes.read(load, made, owner=self, key="face")

    def _key_map(self, specs: Any) -> KeyMap:
        if self.keys is None:
            self.keys = KeyMap(specs, self._window.memory, self)
        return self.keys

    def _made_till(self, loaded: tuple[type[TillScreen], Any]) -> None:
        kind, specs = loaded
        self._window.entry.set_status("")
        if self.till is None:
            self.till = kind(self._desk, self._key_map(specs), self.sounds, self._window.memory)
            self.till.lock_wanted.connect(self._presence.lock)
            self.till.leave_wanted.connect(self.show_office)
            self.till.switch_wanted.connect(self._presence.lock)
        self._window.show_page(self.till)
        self.till.start()

    def _made_office(self, loaded: tuple[type[Office], Any, Any]) -> None:
        kind, entries, specs = loaded
        self._window.entry.set_status("")
        if not self._desk.signed_in:  # they left while it was imported
            return
        self._key_map(specs)
        if self.office is None:
            self.office = self._make_office(kind, entries)
        self._window.show_page(self.office)
        self.office.open_first()
        if self.windows is None:
            from shopdesk.ui.windows import Windows

            self.windows = Windows(lambda place: self._make_office(kind, entries, place), self._window.memory, self)
            self.windows.way_back_wanted.connect(self._come_forward)
            self.windows.last_closed.connect(self._last_closed)
        self.windows.shop_name = self._opened.settings.name
        self._reopen_windows()

    def _make_office(self, kind: type[Office], entries: Any, last_key: str = "office.last") -> Office:
        made = kind(entries(self._house()), self._desk, self._window.memory, last_key=last_key)
        made.till_wanted.connect(self._till_from_anywhere)
        made.window_wanted.connect(self.new_window)
        made.navigation.act.connect(lambda key: self._act(key, made.window()))
        made.navigation.language_wanted.connect(self._choose_language)
        made.navigation.set_shop_name(self._opened.settings.name)
        return made

    def _reopen_windows(self) -> None:
        """The windows that the person had open when they left, once they are here."""
        if self.windows is not None and self._desk.signed_in and self._windows_of != self._desk.actor.username:
            self._windows_of = self._desk.actor.username
            self.windows.reopen(self._windows_of)

    def new_window(self, place: str = "") -> None:
        """Open one more office window of the same session, on a place if one is named."""
        if self.windows is not None and self._desk.signed_in:
            self.windows.open(place)

    def _till_from_anywhere(self) -> None:
        self._come_forward()
        self.show_till()

    def _come_forward(self) -> None:
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def _last_closed(self) -> None:
        """The last other window closed while the first one is put away: the program ends, unless something holds it."""
        if self._window.isHidden() and not self._window.close():
            self._window.show()

    def _cover_windows(self) -> None:
        if self.windows is not None:
            self.windows.cover()

    def _close_windows(self) -> None:
        if self.windows is not None:
            if self._windows_of:
                self.windows.remember(self._windows_of)
            self.windows.close_all()
        self._windows_of = ""

    def _choose_language(self, code: str) -> None:
        def chosen(language: str) -> None:
            self._presence.language = language
            self._window.speak(language)

        operation = Operation(set_own_language, SetOwnLanguage(code or None), done=chosen)
        self._may_leave(lambda: operation.run(self._desk, self._window.stack))

    def _house(self) -> House:
        assert self.keys is not None
        return House(
            shop=self._opened.shop,
            secrets=self._opened.secrets,
            memory=self._window.memory,
            keys=self.keys,
            sounds=self.sounds,
            till=self._presence.till,
            set_till=self._set_till,
            set_appearance=self._window.set_appearance,
        )

    def _set_till(self, till: ThisTill | None) -> None:
        self._presence.till = till
        self.paper.till = till
        self._read_people()

    def _act(self, key: str, window: QWidget) -> None:
        match key:
            case "lock" | "switch":
                self._presence.lock()
            case "leave":
                self._presence.leave()
            case "appearance":
                self._window.set_appearance("light" if appearance.scheme().dark else "dark")
            case "help":
                from shopdesk.ui.dialogs.help import show_help

                show_help(window)
            case "password":
                self._change_password(required=False, window=window)
            case _:
                self._about(window)

    def _change_password(self, *, required: bool, window: QWidget | None = None) -> None:
        from shopdesk.ui.dialogs.own_secrets import change_own

        change_own(window or self._window, self._desk, required=required)

    def _about(self, window: QWidget) -> None:
        from shopdesk.ui.dialogs.about import about_text

        tell(window, _("About ShopDesk"), about_text(self._opened))

    def _something_changed(self, names: frozenset[str]) -> None:
        if names & {"User", "Role", "Session", "*"}:
            self._presence.renew_rights()
        if names & {"User", "*"} and self._desk.signed_in:
            self._read_people()

    def _read_people(self) -> None:
        till_id = self._presence.till.till_id if self._presence.till is not None else None

        def known(people: Any) -> None:
            self._window.people = people
            self._window.entry.set_people(people)

        self._desk.lanes.read(
            lambda: people_of(self._opened.shop, till_id), known, failed=lambda _error: None, owner=self, key="people"
        )


def load_till() -> tuple[Any, Any]:
    """Import the till: its class and its keys."""
    from shopdesk.ui.till.keys import KEYS
    from shopdesk.ui.till.screen import TillScreen

    return TillScreen, KEYS


def load_office() -> tuple[Any, Any, Any]:
    """Import the office: its class, the table of its places, and the keys that the settings edit."""
    from shopdesk.ui.office import Office
    from shopdesk.ui.screens.places import entries_for
    from shopdesk.ui.till.keys import KEYS

    return Office, entries_for, KEYS
