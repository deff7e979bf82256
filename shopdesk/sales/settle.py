"""How a sale is paid, pure: tenders against what is due, cash rounding (R10), change."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.core.money import MAX_CENTS, round_to_step


class NotPaid(ShopError):
    """Less was given than is due; ``values`` holds ``missing`` in cents."""

    code = "not_paid"
    sentence = N_("The sale is not paid in full.")

    def __init__(self, missing: int) -> None:
        super().__init__(missing=missing)


class Overpaid(ShopError):
    """More than the total on a tender that gives no change; ``values`` holds ``over`` in cents."""

    code = "overpaid"
    sentence = N_("Only cash can be given above the total.")

    def __init__(self, over: int) -> None:
        super().__init__(over=over)


class BadPayment(ShopError):
    """A payment of nothing, or out of bounds."""

    code = "bad_payment"
    sentence = N_("A payment must be more than nothing.")


class Tender(msgspec.Struct, frozen=True):
    """Something handed over: the code of its payment type, its kind (``cash``, ``card``, ``other``), how much."""

    type: str
    kind: str
    amount_cents: int


class Kept(msgspec.Struct, frozen=True):
    """What became of a tender: what was handed over, what went back as change."""

    tender: Tender
    change_cents: int

    @property
    def amount_cents(self) -> int:
        """What the shop kept of it."""
        return self.tender.amount_cents - self.change_cents


class Settlement(msgspec.Struct, frozen=True):
    """A paid sale: the rounding of its cash part, the total with it, the change, and each tender."""

    rounding_cents: int
    total_cents: int
    change_cents: int
    kept: tuple[Kept, ...]


def cash_due(due_cents: int, others_cents: int, step_cents: int) -> int:
    """What is to be paid in cash once the other tenders are taken off, rounded to the shop's step."""
    return round_to_step(due_cents - others_cents, step_cents)


def settle(due_cents: int, tenders: Sequence[Tender] | None, step_cents: int, cash_type: str = "cash") -> Settlement:
    """Pay what is due. None means exact cash. Raises NotPaid, Overpaid, BadPayment.

    Rounding falls on the cash part alone and only where cash is taken; change comes from cash, from the last given first.
    """
    if tenders is None:
        exact = cash_due(due_cents, 0, step_cents)
        tenders = (Tender(cash_type, "cash", exact),) if exact else ()
        if not exact:
            return Settlement(-due_cents, 0, 0, ())
    for tender in tenders:
        if not 0 <= tender.amount_cents <= MAX_CENTS:
            raise BadPayment(field="payments")
    others = sum(tender.amount_cents for tender in tenders if tender.kind != "cash")
    cash = sum(tender.amount_cents for tender in tenders if tender.kind == "cash")
    if others > due_cents:
        raise Overpaid(others - due_cents)
    if not any(tender.kind == "cash" for tender in tenders):
        if others < due_cents:
            raise NotPaid(due_cents - others)
        _refuse_nothing(tenders)
        return Settlement(0, due_cents, 0, tuple(Kept(tender, 0) for tender in tenders))
    wanted = cash_due(due_cents, others, step_cents)
    if cash < wanted:
        raise NotPaid(wanted - cash)
    _refuse_nothing(tenders)
    change = left = cash - wanted
    kept: list[Kept] = []
    for tender in reversed(tenders):
        back = min(left, tender.amount_cents) if tender.kind == "cash" else 0
        left -= back
        kept.append(Kept(tender, back))
    rounding = wanted - (due_cents - others)
    return Settlement(rounding, due_cents + rounding, change, tuple(reversed(kept)))


def _refuse_nothing(tenders: Sequence[Tender]) -> None:
    """A payment of nothing beside enough of others; where there is not enough, that is the thing to say."""
    if not all(tender.amount_cents for tender in tenders):
        raise BadPayment(field="payments")
