"""What a shift adds up to (R11): a handful of aggregates whatever its number of sales, the same for X, Z and the doctor."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader
from shopdesk.sales.models import (
    CashMovement,
    DrawerOpening,
    Order,
    OrderTax,
    Payment,
    PaymentType,
    Shift,
    Void,
    ZReport,
)
from shopdesk.system.models import JournalEntry


@dataclass(frozen=True, slots=True)
class TenderSum:
    """A tender of a shift, what voids gave back taken off; ``count`` is its payments, voided ones included."""

    type: str
    name: str
    kind: str
    count: int
    cents: int


@dataclass(frozen=True, slots=True)
class TaxSum:
    """A tax rate of a shift, voids taken off."""

    name: str
    rate_ppm: int
    net_cents: int
    tax_cents: int


@dataclass(frozen=True, slots=True)
class ShiftTotals:
    """Everything a shift adds up to. ``voids_cents`` is negative; the last four are None while the shift is open.

    ``expected_cents`` = float + cash taken - cash given back by voids + ins - outs; change never counted as taken.
    """

    sales_count: int = 0
    sales_cents: int = 0
    voids_count: int = 0
    voids_cents: int = 0
    discounts_cents: int = 0
    rounding_cents: int = 0
    no_sales: int = 0
    tenders: tuple[TenderSum, ...] = ()
    taxes: tuple[TaxSum, ...] = ()
    float_cents: int = 0
    cash_taken_cents: int = 0
    cash_back_cents: int = 0
    in_cents: int = 0
    out_cents: int = 0
    counted_cents: int | None = None
    left_cents: int | None = None
    difference_cents: int | None = None
    perpetual_cents: int | None = None

    @property
    def turnover_cents(self) -> int:
        """Sales less voids."""
        return self.sales_cents + self.voids_cents

    @property
    def expected_cents(self) -> int:
        """What should lie in the drawer."""
        return self.float_cents + self.cash_taken_cents - self.cash_back_cents + self.in_cents - self.out_cents


_shift: sa.BindParameter[Any] = sa.bindparam("shift_id")  # Any: a parameter has no type of its own


def _sum(column: Any) -> sa.ColumnElement[Any]:
    return sa.cast(sa.func.coalesce(sa.func.sum(column), 0), sa.BigInteger)


_count = sa.func.count()
_none: sa.ColumnElement[int] = sa.literal_column("0")
_PARTS = Prepared(
    sa.union_all(
        sa.select(
            sa.literal_column("'sales'").label("part"),
            _count,
            _sum(Order.total_cents),
            _sum(Order.discount_cents),
            _sum(Order.rounding_cents),
        ).where(Order.shift_id == _shift),
        sa.select(
            sa.literal_column("'voids'"),
            _count,
            _sum(Void.total_cents),
            _sum(Order.discount_cents),
            _sum(Order.rounding_cents),
        )
        .join_from(Void, Order, Order.id == Void.order_id)
        .where(Void.shift_id == _shift),
        sa.select(sa.literal_column("'back'"), _count, _sum(Void.cash_cents), _none, _none).where(
            Void.shift_id == _shift
        ),
        sa.select(CashMovement.type, _count, _sum(CashMovement.amount_cents), _none, _none)
        .where(CashMovement.shift_id == _shift)
        .group_by(CashMovement.type),
        sa.select(sa.literal_column("'no_sales'"), _count, _none, _none, _none).where(DrawerOpening.shift_id == _shift),
        sa.select(sa.literal_column("'float'"), _count, _sum(Shift.opening_float_cents), _none, _none).where(
            Shift.id == _shift
        ),
    )
)
_TENDERS = Prepared(
    sa.union_all(
        sa.select(Payment.payment_type_id, Payment.kind, _count, _sum(Payment.amount_cents))
        .where(Payment.shift_id == _shift)
        .group_by(Payment.payment_type_id, Payment.kind),
        # what voids took back: rows without a count
        sa.select(Payment.payment_type_id, Payment.kind, _none, -_sum(Payment.amount_cents))
        .join_from(Void, Payment, Payment.order_id == Void.order_id)
        .where(Void.shift_id == _shift)
        .group_by(Payment.payment_type_id, Payment.kind),
    )
)
_TENDER_NAMES = Prepared(
    sa.select(PaymentType.id, PaymentType.code, PaymentType.name).order_by(PaymentType.position, PaymentType.id)
)


def _taxes(sign: int, source: Any) -> sa.Select[Any]:  # Any: the two arms join different tables
    return (
        sa.select(
            OrderTax.name, OrderTax.rate_ppm, sign * _sum(OrderTax.taxable_cents), sign * _sum(OrderTax.tax_cents)
        )
        .select_from(source)
        .group_by(OrderTax.name, OrderTax.rate_ppm)
    )


_TAXES = Prepared(
    sa.union_all(
        _taxes(1, sa.join(Order, OrderTax, OrderTax.order_id == Order.id)).where(Order.shift_id == _shift),
        _taxes(-1, sa.join(Void, OrderTax, OrderTax.order_id == Void.order_id)).where(Void.shift_id == _shift),
    )
)


def running_totals(reader: Reader, shift_id: int) -> ShiftTotals:
    """The sums of a shift from its documents; four statements whatever their number."""
    batch = reader.batch()
    parts = batch.add(_PARTS, {"shift_id": shift_id})
    tenders = batch.add(_TENDERS, {"shift_id": shift_id})
    names = batch.add(_TENDER_NAMES)
    taxes = batch.add(_TAXES, {"shift_id": shift_id})
    batch.send()
    by_part = {row[0]: row[1:] for row in parts.rows}
    nothing = (0, 0, 0, 0)
    sales, voids = by_part["sales"], by_part["voids"]
    by_type: dict[tuple[int, str], list[int]] = {}
    for type_id, kind, count, cents in tenders.rows:
        total = by_type.setdefault((type_id, kind), [0, 0])
        total[0] += count
        total[1] += cents
    by_rate: dict[tuple[int, str], list[int]] = {}
    for name, rate_ppm, net, tax in taxes.rows:
        total = by_rate.setdefault((rate_ppm, name), [0, 0])
        total[0] += net
        total[1] += tax
    cash_taken = sum(cents for _type, kind, count, cents in tenders.rows if kind == "cash" and count)
    return ShiftTotals(
        sales_count=sales[0],
        sales_cents=sales[1],
        voids_count=voids[0],
        voids_cents=voids[1],
        discounts_cents=sales[2] - voids[2],
        rounding_cents=sales[3] - voids[3],
        no_sales=by_part["no_sales"][0],
        tenders=tuple(
            TenderSum(code, name, kind, *sums)
            for type_id, code, name in names.rows
            for (known, kind), sums in sorted(by_type.items())
            if known == type_id
        ),
        taxes=tuple(TaxSum(name, rate, *sums) for (rate, name), sums in sorted(by_rate.items())),
        float_cents=by_part["float"][1],
        cash_taken_cents=cash_taken,
        cash_back_cents=by_part["back"][1],
        in_cents=by_part.get("in", nothing)[1],
        out_cents=by_part.get("out", nothing)[1],
    )


def totals_json(totals: ShiftTotals, currency: str, journal: dict[str, object]) -> dict[str, object]:
    """What ``z_reports.totals`` keeps of a closed shift; every figure is minor units of ``currency``."""
    return {
        "currency": currency,
        "sales": {"count": totals.sales_count, "cents": totals.sales_cents},
        "voids": {"count": totals.voids_count, "cents": totals.voids_cents},
        "turnover_cents": totals.turnover_cents,
        "discounts_cents": totals.discounts_cents,
        "rounding_cents": totals.rounding_cents,
        "no_sales": totals.no_sales,
        "tenders": [[row.type, row.name, row.kind, row.count, row.cents] for row in totals.tenders],
        "taxes": [[row.name, row.rate_ppm, row.net_cents, row.tax_cents] for row in totals.taxes],
        "cash": {
            "float": totals.float_cents,
            "taken": totals.cash_taken_cents,
            "given_back": totals.cash_back_cents,
            "in": totals.in_cents,
            "out": totals.out_cents,
            "expected": totals.expected_cents,
            "counted": totals.counted_cents,
            "difference": totals.difference_cents,
            "left": totals.left_cents,
        },
        "journal": journal,
    }


def totals_from_json(text: str, perpetual_cents: int) -> ShiftTotals:
    """The totals of a closed shift as its Z keeps them."""
    kept: dict[str, Any] = json.loads(text)
    cash: dict[str, Any] = kept["cash"]
    return ShiftTotals(
        sales_count=kept["sales"]["count"],
        sales_cents=kept["sales"]["cents"],
        voids_count=kept["voids"]["count"],
        voids_cents=kept["voids"]["cents"],
        discounts_cents=kept["discounts_cents"],
        rounding_cents=kept["rounding_cents"],
        no_sales=kept["no_sales"],
        tenders=tuple(TenderSum(*row) for row in kept["tenders"]),
        taxes=tuple(TaxSum(*row) for row in kept["taxes"]),
        float_cents=cash["float"],
        cash_taken_cents=cash["taken"],
        cash_back_cents=cash["given_back"],
        in_cents=cash["in"],
        out_cents=cash["out"],
        counted_cents=cash["counted"],
        left_cents=cash["left"],
        difference_cents=cash["difference"],
        perpetual_cents=perpetual_cents,
    )


def shift_totals(reader: Reader, shift_id: int) -> ShiftTotals:
    """The sums of a shift: of a closed one as its Z keeps them, of an open one from its documents."""
    kept = sa.select(ZReport.totals, ZReport.perpetual_cents).where(ZReport.shift_id == shift_id)
    found = reader.connection.execute(kept).first()
    if found is not None:
        return totals_from_json(found[0], found[1])
    return running_totals(reader, shift_id)


_OPENING_ENTRY = Prepared(
    sa.select(JournalEntry.seq, JournalEntry.perpetual_cents).where(
        JournalEntry.kind == "shift_open", JournalEntry.number == sa.bindparam("number")
    )
)


def opening_entry(reader: Reader, till_code: str, shift_number: int) -> tuple[int, int]:
    """Where a shift begins in its till's journal: seq of its opening, and the perpetual total then."""
    batch = reader.batch()
    found = batch.add(_OPENING_ENTRY, {"number": opening_number(till_code, shift_number)})
    batch.send()
    assert found.one is not None, "every shift is journalled when it opens"
    return found.one[0], found.one[1]


def opening_number(till_code: str, shift_number: int) -> str:
    """The journal number of a shift's opening: ``T1-SHIFT000001``."""
    return f"{till_code}-SHIFT{shift_number:06d}"
