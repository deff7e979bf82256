"""What all parts of the till share: the sale in hand, the shop's standing, the voice, and a manager's yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.ui.dialogs.approval import ApprovalDialog, Asked, ask_approval
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import Action, MessageBar, Voice
from shopdesk.ui.kit.sounds import Sounds
from shopdesk.ui.till.cart_state import CartState
from shopdesk.ui.till.grants import Grants, Wish
from shopdesk.ui.till.keeper import CartKeeper
from shopdesk.ui.till.standing import Standing, till_standing


class TillDesk(QObject):
    """One till at work. ``stood`` is sent when its surroundings were read anew; ``standing`` is None before the first."""

    stood = Signal()

    def __init__(self, desk: Desk, page: QWidget, messages: MessageBar, sounds: Sounds, memory: Memory) -> None:
        super().__init__(page)
        self.setObjectName("till_desk")
        self.desk = desk
        self.page = page
        self.messages = messages
        self.sounds = sounds
        self.memory = memory
        self.state = CartState()
        self.standing: Standing | None = None
        self._after: list[Callable[[], object]] = []
        self.grants = Grants(desk.clock.monotonic)
        self.keeper = CartKeeper(desk, self.state, lambda: self.till_code, self)
        self.keeper.refused.connect(self._not_kept)

    @property
    def actor(self) -> Actor:
        """Who sells."""
        return self.desk.actor

    @property
    def formats(self) -> Formats:
        """How the shop writes figures."""
        return self.desk.formats

    @property
    def till_code(self) -> str | None:
        """The till's code, None before it is known."""
        return None if self.standing is None else self.standing.till.code

    def may(self, permission: Permission) -> bool:
        """Whether the person's role includes it; a marker only."""
        return self.desk.may(permission)

    # ------------------------------------------------------------------ the shop

    def look_around(self, then: Callable[[], object] | None = None) -> None:
        """Read the till's surroundings anew; ``then`` is called even if a later reading overtakes this one."""
        if then is not None:
            self._after.append(then)

        def done(standing: Standing) -> None:
            self.standing = standing
            self.state.rules = standing.rules
            self.stood.emit()
            after, self._after = self._after, []
            for call in after:
                call()

        self.desk.ask(till_standing, self.actor, done=done, failed=self.failed, owner=self.page, key="till_standing")

    def begin_sale(self) -> None:
        """A new sale under a new key; what was kept of the last one is done with."""
        self.grants.clear()
        self.state.start()
        self.keeper.begin(kept=False)

    def _not_kept(self, error: ShopError) -> None:
        """The cart could not be written for a reason that waiting does not mend: it was paid or taken up elsewhere."""
        closed = error.code == "cart_closed"
        action = Action(_("Begin the next sale"), self.begin_sale, "next_sale")
        self.refuse(error, [action] if closed else [])

    # ------------------------------------------------------------------ the voice

    def refuse(self, refusal: ShopError | str, actions: Sequence[Action] = ()) -> None:
        """Say why something was not done, aloud and in one sentence; nothing else changes."""
        self.sounds.error()
        self.messages.refuse(refusal if isinstance(refusal, str) else refusal.message, actions)

    def say(self, text: str, voice: Voice = Voice.SUCCESS, actions: Sequence[Action] = ()) -> None:
        """Say that something was done."""
        self.messages.say(text, voice, actions)

    def failed(self, error: BaseException) -> None:
        """Refusals are said; anything else is a bug and goes on to the crash dialog."""
        if not isinstance(error, ShopError):
            raise error
        self.refuse(error)

    # ------------------------------------------------------------------ a manager's yes

    def ask_manager(
        self, wishes: Sequence[Wish], then: Callable[[], object], on_no: Callable[[], object] | None = None
    ) -> ApprovalDialog | None:
        """Have a manager approve each wish for the sale in hand that is not approved yet, then go on."""
        missing = self.grants.missing(wishes)
        if not missing:
            then()
            return None
        wish = missing[0]

        def yes(uid: str) -> None:
            self.grants.give(wish, uid)
            self.ask_manager(wishes, then, on_no)

        asked = Asked(wish.permission, self.state.cart.uid, wish.amount_cents, wish.words)
        return ask_approval(self.page.window(), self.desk, asked, yes, on_no)

    def ask_manager_for(
        self, action: Permission, subject_uid: str, amount_cents: int, words: str, then: Callable[[str], Any]
    ) -> ApprovalDialog:
        """Have a manager approve something other than the sale in hand; ``then`` gets the approval's uid."""
        return ask_approval(self.page.window(), self.desk, Asked(action, subject_uid, amount_cents, words), then)
