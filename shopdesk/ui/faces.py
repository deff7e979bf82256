"""What stands behind the door: the till and the office, made when first needed, and the way between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.system.enrolment import ThisTill
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import ask, tell
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
        self.sounds = Sounds(enabled=bool(window.memory.get("sounds", True)))
        self.paper = PaperThread(opened.shop, presence.till)
        opened.shop.changes.subscribe(self.paper.wake)
        self.paper.start()
        self.keys: KeyMap | None = None
        self.till: TillScreen | None = None
        self.office: Office | None = None
        desk.changed.connect(self._something_changed)

    def show_for_person(self, *, another: bool) -> None:
        """Show the face that fits the person who came in: the one they had, the till at a till, else the office."""
        if another:
            self._read_people()
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
        if self.office is not None:
            self.office.forget_pages()
        if self.till is not None:
            self._window.stack.removeWidget(self.till)
            self.till.deleteLater()
            self.till = None

    def may_close(self) -> bool:
        """Whether the window may close now; asks when a sale stands on the till (it is saved all the same)."""
        if self._closing or self.till is None or not self.till.busy_with_sale() or self._presence.session is None:
            return True

        def close() -> None:
            self._closing = True
            self._window.close()

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
        self._key_map(specs)
        if self.office is None:
            self.office = kind(entries(self._house()), self._desk, self._window.memory)
            self.office.till_wanted.connect(self.show_till)
            self.office.navigation.act.connect(self._act)
            self.office.navigation.set_shop_name(self._opened.settings.name)
        self._window.show_page(self.office)
        self.office.open_first()

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

    def _act(self, key: str) -> None:
        match key:
            case "lock" | "switch":
                self._presence.lock()
            case "leave":
                self._presence.leave()
            case "appearance":
                self._window.set_appearance("light" if appearance.scheme().dark else "dark")
            case "help":
                from shopdesk.ui.dialogs.help import show_help

                show_help(self._window)
            case "password":
                self._change_password(required=False)
            case _:
                self._about()

    def _change_password(self, *, required: bool) -> None:
        from shopdesk.ui.dialogs.own_secrets import change_own

        change_own(self._window, self._desk, required=required)

    def _about(self) -> None:
        from shopdesk.ui.dialogs.about import about_text

        tell(self._window, _("About ShopDesk"), about_text(self._opened))

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
