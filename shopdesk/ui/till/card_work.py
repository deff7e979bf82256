"""The card terminal at the till: asked on a thread of its own, stopped from another, its answer put into words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.sales.card import CardDesk
from shopdesk.sales.card_intents import CardIntentRow
from shopdesk.sales.card_refunds import CardRefundRow
from shopdesk.ui.kit.messages import Action
from shopdesk.ui.kit.tasks import Lanes
from shopdesk.ui.till.pay_state import Way
from shopdesk.ui.till.till_desk import TillDesk

_UNKNOWN = N_("The terminal does not answer. Whether the card was charged is not known yet: try again to find out.")
_SENTENCES = {
    "declined": N_("The card was declined."),
    "cancelled": N_("The card payment was cancelled."),
    "timed_out": _UNKNOWN,
    "pending": _UNKNOWN,
}


class CardWork(QObject):
    """Card payments of the sale in hand.

    ``answered`` carries the way, the amount, the intent, the card's words and, unless it was approved, why not. A payment
    whose outcome is unknown is asked about under the same reference, so that trying again never charges twice.
    """

    answered = Signal(object, int, str, str, str)

    def __init__(self, till: TillDesk, card_desk: CardDesk | None) -> None:
        super().__init__(till)
        self._till = till
        self._desk = card_desk
        self._lanes = Lanes(readers=2)  # a terminal waits for a person: the shop's lanes are not for that
        till.page.destroyed.connect(partial(_end, self._lanes))
        self._running = ""
        self._undecided: tuple[str, str, int] | None = None

    @property
    def ready(self) -> bool:
        """Whether this till has a terminal; without one a card payment is only written down."""
        return self._desk is not None

    def use(self, card_desk: CardDesk | None) -> None:
        """Work with another terminal."""
        self._desk = card_desk

    def close(self) -> None:
        """Wait for what is under way."""
        self._lanes.close()

    def charge(self, cart_uid: str, way: Way, amount_cents: int) -> None:
        """Ask for an amount."""
        desk, actor, till = self._desk, self._till.actor, self._till.till_code
        if desk is None:
            return
        wanted = (cart_uid, amount_cents)
        known = self._undecided
        again = known is not None and (known[0], known[2]) == wanted
        uid = known[1] if again and known is not None else uuid7()
        self._running = uid

        def done(row: CardIntentRow) -> None:
            self._running = ""
            self._undecided = (cart_uid, uid, amount_cents) if row.is_undecided else None
            sentence = "" if row.is_approved else _(_SENTENCES.get(row.status, "The card payment was not made."))
            self.answered.emit(way, amount_cents, row.uid, _card_words(row), sentence)

        def failed(error: BaseException) -> None:
            self._running = ""
            self.answered.emit(way, amount_cents, uid, "", _("The card payment was not made."))
            self._till.failed(error)

        self._lanes.write(
            lambda: desk.charge(actor, cart_uid, amount_cents, uid, till), done, failed=failed, owner=self
        )

    def stop(self) -> None:
        """Stop waiting for the card; the answer to ``charge`` tells what became of it."""
        desk, uid = self._desk, self._running
        if desk is not None and uid:
            self._lanes.read(lambda: desk.cancel(uid), lambda _answer: None, failed=self._till.failed, owner=self)

    def reverse(self, intent_uid: str, then: Callable[[], object]) -> None:
        """Give an approved payment back; goes on once the terminal did."""
        desk, actor = self._desk, self._till.actor
        if desk is None:
            return

        def done(row: CardIntentRow) -> None:
            if row.status == "reversed":
                then()
            else:
                self._till.refuse(_("The terminal has not given the money back yet. Try again."))

        self._lanes.write(lambda: desk.reverse(actor, intent_uid), done, failed=self._till.failed, owner=self)

    def reverse_due(self) -> None:
        """Give back what voided sales paid by card; what does not work now is tried again later."""
        desk, actor = self._desk, self._till.actor
        standing = self._till.standing
        if desk is None or standing is None:
            return
        till_id = standing.till.id

        def done(rows: tuple[CardIntentRow, ...]) -> None:
            if any(row.status != "reversed" for row in rows):
                self._till.refuse(_("A card payment could not be given back yet. It is tried again."))

        self._lanes.write(lambda: desk.reverse_due(actor, till_id), done, failed=self._till.failed, owner=self)

    def refund_due(self) -> None:
        """Let the terminal give back what returns owe; what does not work now is tried again later."""
        desk, actor, standing = self._desk, self._till.actor, self._till.standing
        if desk is None or standing is None:
            return
        till_id = standing.till.id

        def done(rows: tuple[CardRefundRow, ...]) -> None:
            waiting = [row for row in rows if row.status != "processed"]
            if waiting:
                again = Action(_("Try again"), self.refund_due, "refund_again")
                self._till.refuse(_("The terminal has not given the card its money back yet."), [again])

        self._lanes.write(lambda: desk.refund_due(actor, till_id), done, failed=self._till.failed, owner=self)

    def recover(self) -> None:
        """After a start: ask the terminal what became of payments that were under way when the till stopped."""
        desk, standing = self._desk, self._till.standing
        if desk is None or standing is None:
            return
        actor, till_id = self._till.actor, standing.till.id

        def done(rows: tuple[CardIntentRow, ...]) -> None:
            if any(row.is_approved for row in rows):
                self._till.say(_("A card payment from before the restart was approved: pay that sale to use it."))

        self._lanes.write(lambda: desk.recover(actor, till_id), done, failed=self._till.failed, owner=self)

    def tidy(self) -> None:
        """When the till starts: find out what a crash left open at the terminal, and give back what no sale used."""
        desk, actor, standing = self._desk, self._till.actor, self._till.standing
        if desk is None or standing is None:
            return
        till_id = standing.till.id
        self._lanes.write(lambda: desk.tidy(actor, till_id), lambda _rows: None, failed=self._till.failed, owner=self)

    def find_approved(self, cart_uid: str, found: Callable[[str, int, str, str], object]) -> None:
        """Tell every payment that this sale may still use: way, amount, intent, card."""
        desk = self._desk
        if desk is None:
            return

        def done(rows: tuple[CardIntentRow, ...]) -> None:
            for row in rows:
                found("card", row.amount_cents, row.uid, _card_words(row))

        self._lanes.read(lambda: desk.approved_for(cart_uid), done, failed=self._till.failed, owner=self)


def _end(lanes: Lanes, _page: object = None) -> None:
    """The till went away: its threads end once what they are at is over."""
    lanes.close(0.0)


def _card_words(row: CardIntentRow) -> str:
    brand = row.card_brand or _("Card")
    return f"{brand} {row.card_last4 or ''}".strip()
