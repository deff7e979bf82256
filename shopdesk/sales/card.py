"""Card payments at a terminal: the intent is stored, then the terminal is called, then its answer is stored (D3).

Never call these on the GUI thread: a terminal waits for a person. No transaction is open while it does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.sales.card_intents import (
    BeginReversal,
    CardIntentRow,
    DecideIntent,
    StoreIntent,
    begin_reversal,
    decide_intent,
    intents_of_cart,
    intents_to_reverse,
    store_intent,
    undecided_intents,
)
from shopdesk.sales.card_refunds import CardRefundRow, DecideRefund, decide_refund, pending_refunds
from shopdesk.sales.terminal import CardTerminal, TerminalAnswer
from shopdesk.system.settings import shop_settings


class CardDesk:
    """A till's card terminal and the shop's books brought together."""

    def __init__(self, shop: Shop, terminal: CardTerminal) -> None:
        self._shop = shop
        self._terminal = terminal
        self._busy = threading.Lock()  # one payment at a time: a second click must not settle the first one's charge

    def charge(
        self, actor: Actor, cart_uid: str, amount_cents: int, intent_uid: str, till: str | None = None
    ) -> CardIntentRow:
        """Ask for a card payment and wait for it; give the uid of the row that comes back to the checkout.

        The same ``intent_uid`` again never charges twice: the terminal is asked what became of it. Nor does a new one while
        an earlier payment of the cart is undecided (the till crashed, the terminal kept silent): that one is settled first,
        and if it was approved for the same amount it is what comes back. A terminal that did not answer is asked once more;
        one that never heard of a payment is told to forget it.
        """
        with self._busy:
            return self._charge(actor, cart_uid, amount_cents, intent_uid, till)

    def cancel(self, intent_uid: str) -> TerminalAnswer:
        """Stop waiting for the card; from another thread than the one that waits in ``charge``, which then returns."""
        return self._heard(lambda: self._terminal.cancel(intent_uid))

    def recover(self, actor: Actor, till_id: int) -> tuple[CardIntentRow, ...]:
        """After a restart: ask what became of every payment of a till that was left open; the rows as they are now."""
        with self._busy:
            return tuple(self._settle(actor, row) for row in self._shop.ask(undecided_intents, till_id))

    def tidy(self, actor: Actor, till_id: int) -> tuple[CardIntentRow, ...]:
        """What a till does when it starts: find out what was left open, then give back what is due."""
        self.recover(actor, till_id)
        self.refund_due(actor, till_id)
        return self.reverse_due(actor, till_id)

    def approved_for(self, cart_uid: str) -> tuple[CardIntentRow, ...]:
        """Payments that a cart may still use."""
        return tuple(row for row in self._shop.ask(intents_of_cart, cart_uid) if row.is_approved)

    def reverse(self, actor: Actor, intent_uid: str) -> CardIntentRow:
        """Give a payment back that no sale uses (or whose sale was voided); ``reversed`` in the row once that worked."""
        with self._busy:
            return self._reverse(actor, intent_uid)

    def reverse_due(self, actor: Actor, till_id: int | None = None) -> tuple[CardIntentRow, ...]:
        """Give back what is due: payments of voided sales, and approved ones that no sale used for half an hour."""
        return tuple(self.reverse(actor, row.uid) for row in self._shop.ask(intents_to_reverse, till_id))

    def refund_due(self, actor: Actor, till_id: int | None = None) -> tuple[CardRefundRow, ...]:
        """Let the terminal give back what posted returns owe; the rows as they are then, pending where it did not.

        A refund has a reference of its own for ever: asked again after a crash or a silence it is never given twice.
        """
        with self._busy:
            return tuple(self._refund(actor, row) for row in self._shop.ask(pending_refunds, till_id))

    def _refund(self, actor: Actor, row: CardRefundRow) -> CardRefundRow:
        currency = self._shop.ask(shop_settings).currency
        answer = self._heard(lambda: self._terminal.refund(row.uid, row.reference, row.amount_cents, currency))
        return self._shop.execute(decide_refund, DecideRefund(row.uid, answer), actor)

    def _charge(
        self, actor: Actor, cart_uid: str, amount_cents: int, intent_uid: str, till: str | None
    ) -> CardIntentRow:
        asked = self._shop.ask(intents_of_cart, cart_uid)
        known = any(row.uid == intent_uid for row in asked)
        for earlier in asked:
            if earlier.is_undecided and earlier.uid != intent_uid:
                settled = self._settle(actor, earlier)
                if settled.is_approved and settled.amount_cents == amount_cents:
                    return settled
        row = self._shop.execute(store_intent, StoreIntent(intent_uid, cart_uid, amount_cents, till), actor)
        if not row.is_undecided:
            return row
        if known:
            return self._settle(actor, row)
        currency = self._shop.ask(shop_settings).currency
        answer = self._heard(lambda: self._terminal.charge(row.uid, row.amount_cents, currency))
        if answer.outcome == "timed_out":
            return self._settle(actor, row)
        return self._decide(actor, row, answer)

    def _reverse(self, actor: Actor, intent_uid: str) -> CardIntentRow:
        row = self._shop.execute(begin_reversal, BeginReversal(intent_uid), actor)
        if row.status != "pending" and not (row.status == "used" and row.voided):
            return row
        answer = self._heard(lambda: self._terminal.reverse(row.uid))
        return self._decide(actor, row, answer)

    def _settle(self, actor: Actor, row: CardIntentRow) -> CardIntentRow:
        """Find out what became of a payment without charging anything."""
        answer = self._heard(lambda: self._terminal.lookup(row.uid))
        if answer.outcome == "unknown":  # told to forget it, so that a request still under way cannot charge later
            answer = self._heard(lambda: self._terminal.cancel(row.uid))
        return self._decide(actor, row, answer)

    def _decide(self, actor: Actor, row: CardIntentRow, answer: TerminalAnswer) -> CardIntentRow:
        return self._shop.execute(decide_intent, DecideIntent(row.uid, answer), actor)

    @staticmethod
    def _heard(call: Callable[[], TerminalAnswer]) -> TerminalAnswer:
        try:
            return call()
        except OSError as error:  # a terminal on the network that went away
            return TerminalAnswer("timed_out", message=type(error).__name__)
