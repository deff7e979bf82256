"""What a returned part of a line is worth, and which tenders it goes back to; pure (R4, R5, R10)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shopdesk.core.money import round_half_away, round_to_step

Rate = tuple[int, int, int, int]
"""A tax of a line: rate id, parts per million, whether it is compound (0 or 1), its cents."""


class SoldPart(msgspec.Struct, frozen=True):
    """A line as it was sold, and how many thousandths of it came back before. Amounts are the whole line's."""

    line: int
    quantity_milli: int
    returned_milli: int
    discount_cents: int
    total_cents: int
    rates: tuple[Rate, ...]
    prices_include_tax: bool

    @property
    def left_milli(self) -> int:
        """What may still come back."""
        return self.quantity_milli - self.returned_milli


class ReturnedPart(msgspec.Struct, frozen=True):
    """What comes back of a line, in cents that the customer gets or the shop takes back; all of them positive.

    ``gross_cents`` is the share of the price before discount: total = gross - discount, plus tax where prices exclude it.
    """

    line: int
    quantity_milli: int
    gross_cents: int
    discount_cents: int
    tax_cents: int
    total_cents: int
    rates: tuple[Rate, ...]

    @property
    def net_cents(self) -> int:
        """The share without tax."""
        return self.total_cents - self.tax_cents


def take_back(sold: SoldPart, quantity_milli: int) -> ReturnedPart:
    """The share of a line for so many thousandths: what the whole is worth up to there, less what it was before (R4).

    So the parts of a line add up to the line in whatever pieces it comes back. Raises ValueError beyond what is left.
    """
    if not 0 < quantity_milli <= sold.left_milli:
        raise ValueError("more than is left")

    def part(cents: int) -> int:
        before = round_half_away(cents * sold.returned_milli, sold.quantity_milli)
        return round_half_away(cents * (sold.returned_milli + quantity_milli), sold.quantity_milli) - before

    rates = tuple((id, ppm, compound, part(cents)) for id, ppm, compound, cents in sold.rates)
    tax = sum(rate[3] for rate in rates)
    total, discount = part(sold.total_cents), part(sold.discount_cents)
    gross = total + discount - (0 if sold.prices_include_tax else tax)
    return ReturnedPart(sold.line, quantity_milli, gross, discount, tax, total, rates)


class PaidPart(msgspec.Struct, frozen=True):
    """A payment of the sale and what it gave back before, in cents."""

    payment_id: int
    type: str
    kind: str
    amount_cents: int
    refunded_cents: int

    @property
    def left_cents(self) -> int:
        """What it can still give back (R5)."""
        return self.amount_cents - self.refunded_cents


class MoneyBack(msgspec.Struct, frozen=True):
    """What a payment gives back."""

    payment_id: int
    type: str
    kind: str
    amount_cents: int


class RefundPlan(msgspec.Struct, frozen=True):
    """The refunds, and the rounding of the cash among them: their sum is goods - fee + rounding."""

    refunds: tuple[MoneyBack, ...]
    rounding_cents: int

    @property
    def total_cents(self) -> int:
        """What the customer gets."""
        return sum(refund.amount_cents for refund in self.refunds)


def plan_refund(
    due_cents: int, paid: Sequence[PaidPart], step_cents: int, *, rounding_left_cents: int | None = None
) -> RefundPlan:
    """Spread what is due back over the payments that brought it, cards and the like first, cash last (R5).

    Cash is rounded to the shop's step (R10). ``rounding_left_cents`` is given when the last of the goods come back whole: then
    exactly what is left of the sale's own rounding goes with them, so that all refunds make what was paid. Never more than a
    payment brought; what rounding would add beyond that is left out.
    """
    exact = rounding_left_cents is not None
    due = due_cents + (rounding_left_cents or 0)
    refunds: list[MoneyBack] = []
    left = due
    for payment in paid:
        if payment.kind != "cash" and (amount := min(left, payment.left_cents)) > 0:
            refunds.append(MoneyBack(payment.payment_id, payment.type, payment.kind, amount))
            left -= amount
    cash = [payment for payment in paid if payment.kind == "cash" and payment.left_cents > 0]
    wanted = left if exact else round_to_step(left, step_cents)
    wanted = min(wanted, sum(payment.left_cents for payment in cash))
    for payment in reversed(cash):  # the last given first, as change was
        if (amount := min(wanted, payment.left_cents)) > 0:
            refunds.append(MoneyBack(payment.payment_id, payment.type, payment.kind, amount))
            wanted -= amount
    return RefundPlan(tuple(refunds), sum(refund.amount_cents for refund in refunds) - due_cents)
