"""Who is at the window: signing in, the idle lock, taking over by PIN, signing out; all the waiting is done in lanes."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.core.secrets import SecretStore
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.system.enrolment import PinNotHere, ThisTill
from shopdesk.system.languages import language_of
from shopdesk.system.misses import PasswordNeeded
from shopdesk.system.proof import PIN
from shopdesk.system.refresh import forget_kept, keep_signed_in
from shopdesk.system.rights import SignedOut, rights_now
from shopdesk.system.sessions import SessionWatch, lock_session, sign_out, touch_session
from shopdesk.system.sign_in import SignedIn, SignIn, Unlock, sign_in, unlock
from shopdesk.ui.kit.desk import Desk

LOOK_EVERY_MS = 1000
_USED = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.TouchBegin)


def rights_of(reader: Reader, actor: Actor) -> Actor:
    """The actor with the rights of this moment; raises SignedOut."""
    return rights_now(reader.connection, actor, reader.clock)


def arrival_of(reader: Reader, actor: Actor) -> tuple[Actor, str]:
    """The actor with the rights of this moment, and the language they work in; raises SignedOut."""
    return rights_of(reader, actor), language_of(reader, actor.user_id)


class Presence(QObject):
    """The session of this window.

    ``entered`` is sent when somebody came in or came back (with whether it is another person than before; ``language`` is the one
    they work in), ``locked`` when the session was covered, ``left`` with a sentence (maybe empty) when it is over,
    ``refused`` and ``password_needed`` with why somebody was not let in.
    """

    entered = Signal(bool)
    locked = Signal()
    left = Signal(str)
    refused = Signal(str)
    password_needed = Signal(str)

    def __init__(self, desk: Desk, shop: Shop, secrets: SecretStore, till: ThisTill | None, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("presence")
        self.session: SignedIn | None = None
        self.language = ""
        self.is_locked = False
        self._trying = False
        self._desk = desk
        self._shop = shop
        self._secrets = secrets
        self.till = till
        self._watch: SessionWatch | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusWindowChanged.connect(self._watch_window)
            for window in app.topLevelWindows():
                self._watch_window(window)

    # Coming in

    def by_password(self, username: str, password: str, keep: bool) -> None:
        """Sign in, unlock, or take the window over from somebody else, by password."""
        self._try(self._proof(username, password, "password"), keep=keep)

    def by_pin(self, username: str, pin: str) -> None:
        """The same by PIN."""
        self._try(self._proof(username, pin, PIN), keep=False)

    def come_back(self, session: SignedIn) -> None:
        """Go on with a session that was kept; a locked one is shown covered."""
        self.session = session
        if session.locked:
            self._cover()
        else:
            self._find_rights(session, another=True)

    def _proof(self, username: str, secret: str, by: str) -> Callable[[], SignedIn]:
        known, till = self.session, self.till
        device = till.device if till is not None else None
        same = known is not None and self.is_locked and known.actor.username == username.strip().casefold()
        if known is not None and same:
            return lambda: unlock(self._shop, Unlock(known.token, secret, by, device))
        command = SignIn(
            username,
            secret,
            by,
            till.till_id if till is not None else None,
            device,
            socket.gethostname()[:60],
            known.token if known is not None else None,
        )
        return lambda: sign_in(self._shop, command)

    def _try(self, proof: Callable[[], SignedIn], *, keep: bool) -> None:
        self._trying = True  # a session that this ends is not missed: the next one is on its way

        def work() -> tuple[SignedIn, str]:
            session = proof()
            if keep:
                keep_signed_in(self._shop, session, self._secrets, device_info=socket.gethostname()[:60])
            actor, language = self._shop.ask(arrival_of, session.actor)
            return replace(session, actor=actor), language

        def arrived(answer: tuple[SignedIn, str]) -> None:
            session, self.language = answer
            self._let_in(session)

        def failed(error: BaseException) -> None:
            self._trying = False
            if not isinstance(error, ShopError):
                self.refused.emit(_("Something went wrong while signing in."))
                raise error
            if isinstance(error, SignedOut) and self.session is not None:
                self._over(error.message)
            elif isinstance(error, PasswordNeeded | PinNotHere):
                self.password_needed.emit(error.message)
            else:
                self.refused.emit(error.message)

        self._desk.lanes.read(work, arrived, failed=failed, owner=self)

    def _find_rights(self, session: SignedIn, *, another: bool) -> None:
        def known(answer: tuple[Actor, str]) -> None:
            actor, self.language = answer
            self._let_in(replace(session, actor=actor), another=another)

        def failed(error: BaseException) -> None:
            if not isinstance(error, ShopError):
                raise error
            self._over(error.message)

        self._desk.ask(arrival_of, session.actor, done=known, failed=failed, owner=self)

    def _let_in(self, session: SignedIn, *, another: bool | None = None) -> None:
        self._trying = False
        before = self.session
        if another is None:
            another = before is None or before.actor.user_id != session.actor.user_id
        self.session = session
        self.is_locked = False
        self._watch = SessionWatch(self._desk.clock, session.lock_seconds, session.expires_at)
        self._timer.start()
        self._desk.set_actor(session.actor)
        self.entered.emit(another)

    # Staying

    def look(self) -> None:
        """Lock or end the session when its time has come; called every second."""
        if self._watch is None:
            return
        match self._watch.state():
            case "expired":
                self.leave(_("Your session is over. Sign in again to go on."))
            case "lock":
                if not self.is_locked:
                    self.lock()
            case _:
                pass

    def renew_rights(self) -> None:
        """Read the rights again: somebody changed roles or users (S13)."""
        if self.session is None or self.is_locked:
            return

        asked = self.session  # somebody else may have taken over before the answer is here

        def failed(error: BaseException) -> None:
            if not isinstance(error, ShopError):
                raise error
            if isinstance(error, SignedOut) and self.session is asked and not self._trying:
                self._over(error.message)

        def known(actor: Actor) -> None:
            if self.session is asked and actor != asked.actor:
                self.session = replace(asked, actor=actor)
                self._desk.set_actor(actor)

        self._desk.ask(rights_of, self.session.actor, done=known, failed=failed, owner=self, key="rights")

    def _watch_window(self, window: QWindow | None) -> None:
        # Keys and clicks come to the window first, and little else does: a filter on the application would be asked about
        # every paint and timer.
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() in _USED
            and self._watch is not None
            and not self.is_locked
            and self._watch.state() == "open"
            and self._watch.used()
            and self.session is not None
        ):
            token = self.session.token
            self._write(lambda: touch_session(self._shop, token))
        return False

    # Leaving

    def lock(self) -> None:
        """Cover the window; what is on it is kept."""
        if self.session is None or self.is_locked:
            return
        token = self.session.token
        self._cover()
        self._write(lambda: lock_session(self._shop, token))

    def leave(self, sentence: str = "") -> None:
        """Sign out, and keep nobody signed in."""
        if self.session is None:
            return
        token = self.session.token

        def work() -> None:
            sign_out(self._shop, token)
            forget_kept(self._shop, self._secrets)

        self._write(work)
        self._over(sentence)

    def leave_by_hand(self) -> None:
        """Sign out because somebody pressed the button."""
        self.leave()

    def _cover(self) -> None:
        self.is_locked = True
        self.locked.emit()

    def _over(self, sentence: str) -> None:
        self._timer.stop()
        self._watch = None
        self.session = None
        self.is_locked = False
        self._desk.lanes.forget_answers()
        self.left.emit(sentence)
        self._desk.set_actor(None)

    def _write(self, work: Callable[[], None]) -> None:
        def failed(error: BaseException) -> None:
            if not isinstance(error, ShopError):
                raise error

        self._desk.lanes.write(work, lambda _nothing: None, failed=failed)
