"""The port to a card terminal, and a simulator that does everything a real one does wrong."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from shopdesk.core.ids import uuid7

Outcome = Literal["approved", "declined", "cancelled", "timed_out", "reversed", "refunded", "unknown"]


@dataclass(frozen=True, slots=True)
class TerminalAnswer:
    """What a terminal says of a payment. ``unknown``: it never heard of the reference; ``timed_out``: it did not answer.

    Never holds a card number: brand and last four digits at most.
    """

    outcome: Outcome
    transaction_id: str | None = None
    brand: str | None = None
    last4: str | None = None
    auth_code: str = ""
    message: str = ""


class CardTerminal(Protocol):
    """A card terminal. A ``reference`` names one payment for ever: the same one is never charged twice by ``charge``.

    No method raises for what happens at the counter; each answers within the terminal's own time limit.
    """

    def charge(self, reference: str, amount_cents: int, currency: str) -> TerminalAnswer:
        """Ask the customer's card for an amount and wait for the answer."""

    def lookup(self, reference: str) -> TerminalAnswer:
        """What became of a payment."""

    def cancel(self, reference: str) -> TerminalAnswer:
        """Stop a payment that still waits for the card; answers what became of it."""

    def reverse(self, reference: str) -> TerminalAnswer:
        """Give an approved payment back; ``reversed`` also when it was given back before."""

    def refund(self, reference: str, payment: str, amount_cents: int, currency: str) -> TerminalAnswer:
        """Give part of an approved payment back: ``refunded``; the same reference again is answered as before."""


Behaviour = Literal["approve", "decline", "time_out", "answer_late", "answer_twice", "never_heard", "wait"]
BEHAVIOURS: tuple[Behaviour, ...] = (
    "approve",
    "decline",
    "time_out",
    "answer_late",
    "answer_twice",
    "never_heard",
    "wait",
)


@dataclass(slots=True)
class TerminalSimulator:
    """A terminal without cards. ``script`` gives the behaviour of the next charges; after it ``default`` holds.

    ``approve`` and ``decline`` answer at once. ``time_out`` declines behind a broken line: the till hears nothing, a look-up
    tells. ``answer_late`` approves behind a broken line: charged, though the till heard nothing. ``answer_twice`` answers and
    then tells the same again in ``late_answers``. ``never_heard``: the request got lost. ``wait`` waits for the card until
    ``cancel`` or ``present_card`` is called, at most ``patience_seconds``; ``waiting`` names such payments.
    ``reverse_fails`` makes so many reversals fail, ``refund_script`` says how the next refunds go: ``decline``, ``time_out``
    (nothing done), ``answer_late`` (done, though the till heard nothing).
    """

    script: deque[Behaviour] = field(default_factory=deque)
    default: Behaviour = "approve"
    brand: str = "Visa"
    last4: str = "4242"
    patience_seconds: float = 60.0
    reverse_fails: int = 0
    refund_script: deque[Behaviour] = field(default_factory=deque)
    refunded: dict[str, int] = field(default_factory=dict)
    payments: dict[str, TerminalAnswer] = field(default_factory=dict)
    charged: dict[str, int] = field(default_factory=dict)
    late_answers: list[tuple[str, TerminalAnswer]] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)
    _woken: threading.Condition = field(default_factory=threading.Condition)

    def behave(self, behaviours: Iterable[Behaviour]) -> None:
        """Add behaviours for the next charges."""
        self.script.extend(behaviours)

    def charge(self, reference: str, amount_cents: int, currency: str) -> TerminalAnswer:
        """Charge as scripted; a reference known already is answered as before, never charged again."""
        known = self.payments.get(reference)
        if known is not None:
            return known
        behaviour = self.script.popleft() if self.script else self.default
        heard = True
        if behaviour == "never_heard":
            return TerminalAnswer("timed_out", message="no answer")
        if behaviour == "wait":
            return self._wait(reference)
        if behaviour in ("decline", "time_out"):
            answer = TerminalAnswer("declined", message="declined by the issuer")
            heard = behaviour == "decline"
        else:
            answer = self._approved(reference, amount_cents, currency)
            heard = behaviour != "answer_late"
        self.payments[reference] = answer
        if behaviour == "answer_twice":
            self.late_answers.append((reference, answer))
        return answer if heard else TerminalAnswer("timed_out", message="no answer")

    def lookup(self, reference: str) -> TerminalAnswer:
        """What the terminal's own memory says."""
        return self.payments.get(reference, TerminalAnswer("unknown"))

    def cancel(self, reference: str) -> TerminalAnswer:
        """Stop a waiting payment; one that was decided stays as it is."""
        with self._woken:
            answer = self.payments.setdefault(reference, TerminalAnswer("cancelled", message="cancelled at the till"))
            self._woken.notify_all()
            return answer

    def reverse(self, reference: str) -> TerminalAnswer:
        """Give a payment back."""
        known = self.lookup(reference)
        if known.outcome not in ("approved", "reversed"):
            return known
        if self.reverse_fails > 0:
            self.reverse_fails -= 1
            return TerminalAnswer("timed_out", message="no answer")
        self.charged.pop(reference, None)
        answer = self.payments[reference] = replace(known, outcome="reversed")
        return answer

    def refund(self, reference: str, payment: str, amount_cents: int, currency: str) -> TerminalAnswer:
        """Give part of a payment back as scripted; never twice for a reference, never more than was charged."""
        known = self.payments.get(reference)
        if known is not None:
            return known
        behaviour = self.refund_script.popleft() if self.refund_script else "approve"
        if behaviour == "time_out":
            return TerminalAnswer("timed_out", message="no answer")
        if behaviour == "decline" or amount_cents > self.charged.get(payment, 0):
            return TerminalAnswer("declined", message="declined by the issuer")
        self.charged[payment] -= amount_cents
        self.refunded[reference] = amount_cents
        answer = TerminalAnswer(
            "refunded", f"SIM-{uuid7()}", self.brand, self.last4, message=f"refunded {currency}".strip()
        )
        self.payments[reference] = answer
        return TerminalAnswer("timed_out", message="no answer") if behaviour == "answer_late" else answer

    def present_card(self, reference: str, amount_cents: int, currency: str = "") -> None:
        """The customer holds the card to a waiting terminal."""
        with self._woken:
            if reference not in self.payments:
                self.payments[reference] = self._approved(reference, amount_cents, currency)
            self._woken.notify_all()

    def _wait(self, reference: str) -> TerminalAnswer:
        with self._woken:
            self.waiting.add(reference)
            if not self._woken.wait_for(lambda: reference in self.payments, self.patience_seconds):
                self.payments[reference] = TerminalAnswer("cancelled", message="no card was shown")
            self.waiting.discard(reference)
            return self.payments[reference]

    def _approved(self, reference: str, amount_cents: int, currency: str) -> TerminalAnswer:
        self.charged[reference] = amount_cents
        return TerminalAnswer(
            "approved",
            f"SIM-{uuid7()}",
            self.brand,
            self.last4,
            auth_code="A00001",
            message=f"approved {currency}".strip(),
        )
