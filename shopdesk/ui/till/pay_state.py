"""Paying, without a window: what is due, what was given, what is missing or goes back, which notes to offer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shopdesk.core.money import round_to_step
from shopdesk.sales.sale_command import PaymentGiven
from shopdesk.sales.settle import BadPayment, Overpaid, cash_due

_NOTES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000)
_UNIT_WITHOUT_DECIMALS = 100
"""Currencies without decimals count in hundreds: nobody gives 5 yen."""
_QUICK = 4


class Stage(StrEnum):
    """Where paying stands: money is being taken, the card terminal is asked, the sale is being written, it is done."""

    TAKING = "taking"
    CARD = "card"
    WRITING = "writing"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay that the shop has: its code, words, kind (``cash``, ``card``, ``other``)."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Given:
    """Something that was given; a card payment that a terminal approved names its intent and is not simply taken back."""

    way: Way
    amount_cents: int
    card_intent_uid: str | None = None
    card: str = ""


class PayState:
    """One payment of one sale. ``step_cents`` is the shop's cash rounding; it falls on the cash part alone."""

    def __init__(self, due_cents: int, step_cents: int = 0) -> None:
        self.due_cents = due_cents
        self.step_cents = step_cents
        self.given: list[Given] = []
        self.stage = Stage.TAKING
        self.answered_change_cents: int | None = None

    @property
    def others_cents(self) -> int:
        """What was given otherwise than in cash."""
        return sum(given.amount_cents for given in self.given if given.way.kind != "cash")

    @property
    def cash_cents(self) -> int:
        """What was given in cash."""
        return sum(given.amount_cents for given in self.given if given.way.kind == "cash")

    @property
    def missing_cents(self) -> int:
        """What is still to be paid, exact: for anything that is no cash. Not below nothing."""
        if self.cash_cents and self.cash_cents >= cash_due(self.due_cents, self.others_cents, self.step_cents):
            return 0
        return max(0, self.due_cents - self.others_cents - self.cash_cents)

    @property
    def missing_cash_cents(self) -> int:
        """What is still to be paid if it is paid in cash, rounded as the shop rounds."""
        return max(0, round_to_step(self.due_cents - self.others_cents, self.step_cents) - self.cash_cents)

    @property
    def rounding_cents(self) -> int:
        """What cash rounding adds (or takes) if the rest is paid in cash."""
        return cash_due(self.due_cents, self.others_cents, self.step_cents) - (self.due_cents - self.others_cents)

    @property
    def change_cents(self) -> int:
        """What goes back: reckoned here while money is taken, as the sale's own answer says once it was made."""
        if self.answered_change_cents is not None:
            return self.answered_change_cents
        over = self.cash_cents - cash_due(self.due_cents, self.others_cents, self.step_cents)
        return max(0, over) if self.cash_cents else 0

    @property
    def paid(self) -> bool:
        """Whether nothing is missing any more."""
        if self.due_cents == 0:
            return True
        return bool(self.given) and (self.missing_cents == 0 if not self.cash_cents else self.missing_cash_cents == 0)

    def give(self, way: Way, amount_cents: int | None = None) -> Given:
        """Take some money; without an amount, exactly what is missing. Raises BadPayment and Overpaid."""
        rest = self.missing_cash_cents if way.kind == "cash" else self.missing_cents
        amount = rest if amount_cents is None else amount_cents
        if amount <= 0:
            raise BadPayment(field="payments")
        if way.kind != "cash" and amount > self.missing_cents:
            raise Overpaid(amount - self.missing_cents)
        given = Given(way, amount)
        self.given.append(given)
        return given

    def give_card(self, way: Way, amount_cents: int, intent_uid: str, card: str) -> None:
        """A terminal approved a card payment."""
        self.given.append(Given(way, amount_cents, intent_uid, card))

    def take_back(self, given: Given) -> None:
        """Give something back before the sale is made."""
        if given in self.given:
            self.given.remove(given)

    def payments(self) -> tuple[PaymentGiven, ...]:
        """What was given, as the checkout asks for it."""
        return tuple(PaymentGiven(given.way.code, given.amount_cents, given.card_intent_uid) for given in self.given)

    def quick_notes(self, places: int) -> tuple[int, ...]:
        """Amounts of cash that customers are likely to hand over: the next 5, 10, 20, 50 ... above what is missing.

        For 17.35 euros these are 20, 50, 100 and 200, for 0.80 euros 1, 2, 5 and 10. The exact amount is not among them.
        """
        missing = self.missing_cash_cents
        unit = 10**places if places else _UNIT_WITHOUT_DECIMALS
        amounts: list[int] = []
        for note in (value * unit for value in _NOTES if value >= 5 or missing < 2 * unit):
            rounded = -(-missing // note) * note
            if rounded > missing > 0 and rounded not in amounts:
                amounts.append(rounded)
        return tuple(sorted(amounts)[:_QUICK])
