"""Shifts as screens ask for them: the one that is open, what the last one left, lists of shifts and Zs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.core.money import decimals
from shopdesk.db.paging import Page, PageRequest
from shopdesk.db.unit import Reader
from shopdesk.sales.models import CashMovement, Shift, Till, ZReport
from shopdesk.system.models import User


@dataclass(frozen=True, slots=True)
class ShiftNow:
    """The open shift of a till."""

    id: int
    uid: str
    number: int
    till: str
    opened_at: datetime
    opened_by: str
    float_cents: int
    opening_difference_cents: int
    business_date: str


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift in the list; the figures of the close are None while it is open."""

    id: int
    uid: str
    till: str
    number: int
    status: str
    business_date: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str
    float_cents: int
    opening_difference_cents: int
    expected_cents: int | None
    counted_cents: int | None
    difference_cents: int | None
    difference_reason: str
    left_cents: int | None
    z_number: str


@dataclass(frozen=True, slots=True)
class MovementRow:
    """Cash put in (positive) or taken out (negative) in a shift."""

    number: str
    amount_cents: int
    reason: str
    by: str
    at: datetime


def current_shift(reader: Reader, till_id: int) -> ShiftNow | None:
    """The open shift of a till, None for none; one statement."""
    found = reader.connection.execute(
        sa.select(
            Shift.id,
            Shift.uid,
            Shift.number,
            Till.code,
            Shift.opened_at,
            User.username,
            Shift.opening_float_cents,
            Shift.opening_difference_cents,
            Shift.business_date,
        )
        .join_from(Shift, Till, Till.id == Shift.till_id)
        .join(User, User.id == Shift.opened_by)
        .where(Shift.till_id == till_id, Shift.status == "open")
    ).first()
    return None if found is None else ShiftNow(*found)


def last_left_cents(reader: Reader, till_id: int) -> int | None:
    """What the last closed shift left in a till's drawer, None before the first close; one statement."""
    left: int | None = reader.connection.execute(
        sa.select(Shift.left_cents)
        .where(Shift.till_id == till_id, Shift.status == "closed")
        .order_by(Shift.number.desc())
        .limit(1)
    ).scalar()
    return left


def shifts_page(reader: Reader, request: PageRequest) -> Page[ShiftRow]:
    """A page of shifts in the order of their opening; one statement.

    Sort ``opened`` (a shift's id rises with its opening). Filters: ``till`` (code), ``status`` (open, closed). Search: a Z's
    number.
    """
    if request.sort not in ("", "opened"):
        raise BadField("sort", _("this list cannot be sorted by {name}.").format(name=request.sort))
    statement = _SHIFTS
    if (till := request.filter("till")) is not None:
        statement = statement.where(Shift.till_id == sa.select(Till.id).where(Till.code == till).scalar_subquery())
    if (status := request.filter("status")) is not None:
        statement = statement.where(Shift.status == status)
    if number := request.search.strip():
        statement = statement.where(ZReport.number == number)
    if request.after is not None:
        last = request.after[0]
        statement = statement.where(Shift.id < last if request.descending else Shift.id > last)
    statement = statement.order_by(Shift.id.desc() if request.descending else Shift.id).limit(request.limit + 1)
    found = reader.connection.execute(statement).all()
    rows = tuple(_shift_row(row) for row in found[: request.limit])
    return Page(rows, (rows[-1].id,) if len(found) > request.limit else None)


def shift_row(reader: Reader, shift_id: int) -> ShiftRow | None:
    """One shift, None if there is none with this id; one statement."""
    found = reader.connection.execute(_SHIFTS.where(Shift.id == shift_id)).first()
    return None if found is None else _shift_row(found)


def cash_movements(reader: Reader, shift_id: int) -> tuple[MovementRow, ...]:
    """Cash put in and taken out in a shift, in order; one statement."""
    rows = reader.connection.execute(
        sa.select(
            CashMovement.number,
            sa.case((CashMovement.type == "in", CashMovement.amount_cents), else_=-CashMovement.amount_cents),
            CashMovement.reason,
            User.username,
            CashMovement.created_at,
        )
        .join_from(CashMovement, User, User.id == CashMovement.user_id)
        .where(CashMovement.shift_id == shift_id)
        .order_by(CashMovement.id)
    )
    return tuple(MovementRow(*row) for row in rows)


_COINS: dict[str, tuple[int, ...]] = {
    "EUR": (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "USD": (10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1),
    "GBP": (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "CHF": (100000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5),
    "JPY": (10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1),
    "SEK": (100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100),
    "NOK": (100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 100),
    "DKK": (100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50),
    "PLN": (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "KWD": (20000, 10000, 5000, 1000, 500, 250, 100, 50, 20, 10, 5),
}
_STEPS = (500, 200, 100, 50, 20, 10, 5, 2, 1)


def denominations(currency: str) -> tuple[int, ...]:
    """Notes and coins of a currency in minor units, the largest first; for others a plain 5-2-1 ladder."""
    known = _COINS.get(currency)
    if known is not None:
        return known
    units: int = 10 ** decimals(currency)
    whole = [step * units for step in _STEPS]
    parts = [units // 10 * step for step in (5, 2, 1)] if units >= 10 else []
    small = [step for step in (5, 2, 1) if units >= 100]
    return tuple(sorted({*whole, *parts, *small}, reverse=True))


_opener, _closer = aliased(User), aliased(User)
_SHIFTS = (
    sa.select(
        Shift.id,
        Shift.uid,
        Till.code,
        Shift.number,
        Shift.status,
        Shift.business_date,
        Shift.opened_at,
        _opener.username,
        Shift.closed_at,
        sa.func.coalesce(_closer.username, ""),
        Shift.opening_float_cents,
        Shift.opening_difference_cents,
        Shift.expected_cents,
        Shift.counted_cents,
        Shift.difference_cents,
        sa.func.coalesce(Shift.difference_reason, ""),
        Shift.left_cents,
        sa.func.coalesce(ZReport.number, ""),
    )
    .outerjoin_from(Shift, Till, Till.id == Shift.till_id)
    .outerjoin(_opener, _opener.id == Shift.opened_by)
    .outerjoin(_closer, _closer.id == Shift.closed_by)
    .outerjoin(ZReport, ZReport.shift_id == Shift.id)
)


def _shift_row(row: Sequence[Any]) -> ShiftRow:
    return ShiftRow(*row)
