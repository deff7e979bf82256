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
from shopdesk.sales.return_models import Refund, Return, ReturnTax
from shopdesk.system.models import JournalEntry


@dataclass(frozen=True, slots=True)
class TenderSum:
    """A tender of a shift, what voids and returns gave back taken off; ``count`` is its payments, voided ones included."""

    type: str
    name: str
    kind: str
    count: int
    cents: int


@dataclass(frozen=True, slots=True)
class TaxSum:
    """A tax rate of a shift, voids and returns taken off."""

    name: str
    rate_ppm: int
    net_cents: int
    tax_cents: int


@dataclass(frozen=True, slots=True)
class ShiftTotals:
    """Everything a shift adds up to. ``voids_cents`` and ``returns_cents`` are negative; the last four are None while it is open.

    ``expected_cents`` = float + cash taken - cash given back by voids and returns + ins - outs; change never counted as taken.
    """

    sales_count: int = 0
    sales_cents: int = 0
    voids_count: int = 0
    voids_cents: int = 0
    returns_count: int = 0
    returns_cents: int = 0
    fees_cents: int = 0
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
        """Sales less voids and returns."""
        return self.sales_cents + self.voids_cents + self.returns_cents

    @property
    def expected_cents(self) -> int:
        """What should lie in the drawer."""
        return self.float_cents + self.cash_taken_cents - self.cash_back_cents + self.in_cents - self.out_cents


_shift: sa.BindParameter[Any] = sa.bindparam("shift_id")  # Any: a parameter has no type of its own
_count = sa.func.count()
_none: sa.ColumnElement[int] = sa.literal_column("0")


def _sum(column: Any) -> sa.ColumnElement[Any]:
    return sa.cast(sa.func.coalesce(sa.func.sum(column), 0), sa.BigInteger)


def _word(text: str) -> sa.ColumnElement[str]:
    return sa.cast(sa.literal_column(f"'{text}'"), sa.Text)


def _part(name: str, *figures: sa.ColumnElement[Any]) -> sa.Select[Any]:  # Any: the arms have columns of many tables
    """An arm of the union: its name, no words, four figures."""
    four = [*figures, _none, _none, _none][:4]
    return sa.select(_word(name).label("part"), _word(""), _word(""), _word(""), *four)


def _tenders(name: str, sign: int) -> sa.Select[Any]:
    """Kind of a tender with its id, count and sum; names come from an arm of their own, not once a payment."""
    kept = sign * _sum(Payment.amount_cents)
    return sa.select(
        _word(name), Payment.kind, _word(""), _word(""), Payment.payment_type_id, _count, kept, _none
    ).group_by(Payment.payment_type_id, Payment.kind)


def _given_back() -> sa.Select[Any]:
    """Kind of a tender with its id, count and what refunds took from it."""
    back = -1 * _sum(Refund.amount_cents)
    return sa.select(
        _word("given_back"), Refund.kind, _word(""), _word(""), Refund.payment_type_id, _count, back, _none
    ).group_by(Refund.payment_type_id, Refund.kind)


def _taxes(sign: int, source: Any, of: Any = OrderTax) -> sa.Select[Any]:  # Any: two tables of the same columns
    """Name of a rate with its parts per million, net and tax."""
    net, tax = sign * _sum(of.taxable_cents), sign * _sum(of.tax_cents)
    return (
        sa.select(_word("tax"), sa.func.min(of.name), _word(""), _word(""), of.rate_ppm, net, tax, _none)
        .select_from(source)
        .group_by(of.tax_rate_id, of.rate_ppm)
    )


_PARTS = Prepared(
    sa.union_all(
        _part("sales", _count, _sum(Order.total_cents), _sum(Order.discount_cents), _sum(Order.rounding_cents)).where(
            Order.shift_id == _shift
        ),
        _part("voids", _count, _sum(Void.total_cents), _sum(Order.discount_cents), _sum(Order.rounding_cents))
        .join_from(Void, Order, Order.id == Void.order_id)
        .where(Void.shift_id == _shift),
        _part("back", _count, _sum(Void.cash_cents)).where(Void.shift_id == _shift),
        _part(
            "returns", _count, _sum(Return.total_cents), _sum(Return.discount_cents), _sum(Return.rounding_cents)
        ).where(Return.shift_id == _shift),
        _part("fees", _count, _sum(Return.fee_cents)).where(Return.shift_id == _shift),
        _part("refunds", _count, _sum(Refund.amount_cents))
        .join_from(Return, Refund, Refund.return_id == Return.id)
        .where(Return.shift_id == _shift, Refund.kind == "cash"),
        # of orders that were cancelled before they became turnover
        _part("deposits_back", _count, _sum(Refund.amount_cents)).where(
            Refund.shift_id == _shift, Refund.return_id.is_(None), Refund.kind == "cash"
        ),
        _part("in", _count, _sum(CashMovement.amount_cents)).where(
            CashMovement.shift_id == _shift, CashMovement.type == "in"
        ),
        _part("out", _count, _sum(CashMovement.amount_cents)).where(
            CashMovement.shift_id == _shift, CashMovement.type == "out"
        ),
        _part("no_sales", _count).select_from(DrawerOpening).where(DrawerOpening.shift_id == _shift),
        _part("float", _count, _sum(Shift.opening_float_cents)).where(Shift.id == _shift),
        _tenders("taken", 1)
        .join_from(Order, Payment, Payment.order_id == Order.id)
        .where(Order.shift_id == _shift, Payment.number.is_(None)),
        _tenders("taken", 1).where(Payment.shift_id == _shift, Payment.number.is_not(None)),
        _tenders("given_back", -1)
        .join_from(Void, Payment, Payment.order_id == Void.order_id)
        .where(Void.shift_id == _shift),
        _given_back().join_from(Return, Refund, Refund.return_id == Return.id).where(Return.shift_id == _shift),
        _given_back().where(Refund.shift_id == _shift, Refund.return_id.is_(None)),
        sa.select(
            _word("type"),
            PaymentType.code,
            PaymentType.name,
            _word(""),
            PaymentType.id,
            PaymentType.position,
            _none,
            _none,
        ),
        _taxes(1, sa.join(Order, OrderTax, OrderTax.order_id == Order.id)).where(Order.shift_id == _shift),
        _taxes(-1, sa.join(Void, OrderTax, OrderTax.order_id == Void.order_id)).where(Void.shift_id == _shift),
        _taxes(-1, sa.join(Return, ReturnTax, ReturnTax.return_id == Return.id), ReturnTax).where(
            Return.shift_id == _shift
        ),
    )
)


def running_totals(reader: Reader, shift_id: int) -> ShiftTotals:
    """The sums of a shift from its documents; one statement whatever their number."""
    batch = reader.batch()
    found = batch.add(_PARTS, {"shift_id": shift_id})
    batch.send()
    figures = {row[0]: row[4:] for row in found.rows}
    types = {row[4]: (row[5], row[4], row[1], row[2]) for row in found.rows if row[0] == "type"}
    tenders: dict[tuple[int, int, str, str, str], list[int]] = {}
    taxes: dict[tuple[int, str], list[int]] = {}
    cash_taken = 0
    for part, word, _two, _three, first, second, third, _fourth in found.rows:
        if part in ("taken", "given_back"):
            total = tenders.setdefault((*types[first], word), [0, 0])
            total[0] += second if part == "taken" else 0
            total[1] += third
            if part == "taken" and word == "cash":
                cash_taken += third
        elif part == "tax":
            total = taxes.setdefault((first, word), [0, 0])
            total[0] += second
            total[1] += third
    sales, voids, returns = figures["sales"], figures["voids"], figures["returns"]
    return ShiftTotals(
        sales_count=sales[0],
        sales_cents=sales[1],
        voids_count=voids[0],
        voids_cents=voids[1],
        returns_count=returns[0],
        returns_cents=returns[1],
        fees_cents=figures["fees"][1],
        discounts_cents=sales[2] - voids[2] - returns[2],
        rounding_cents=sales[3] - voids[3] - returns[3],
        no_sales=figures["no_sales"][0],
        tenders=tuple(
            TenderSum(code, name, kind, *sums) for (_pos, _id, code, name, kind), sums in sorted(tenders.items())
        ),
        taxes=tuple(TaxSum(name, rate, *sums) for (rate, name), sums in sorted(taxes.items())),
        float_cents=figures["float"][1],
        cash_taken_cents=cash_taken,
        cash_back_cents=figures["back"][1] + figures["refunds"][1] + figures["deposits_back"][1],
        in_cents=figures["in"][1],
        out_cents=figures["out"][1],
    )


NO_RETURNS = {"count": 0, "cents": 0, "fees": 0}
"""What a Z says of returns that was made before there were any."""


def totals_json(totals: ShiftTotals, currency: str, journal: dict[str, object]) -> dict[str, object]:
    """What ``z_reports.totals`` keeps of a closed shift; every figure is minor units of ``currency``."""
    return {
        "currency": currency,
        "sales": {"count": totals.sales_count, "cents": totals.sales_cents},
        "voids": {"count": totals.voids_count, "cents": totals.voids_cents},
        "returns": {"count": totals.returns_count, "cents": totals.returns_cents, "fees": totals.fees_cents},
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
    returns: dict[str, int] = kept.get("returns", NO_RETURNS)
    return ShiftTotals(
        sales_count=kept["sales"]["count"],
        sales_cents=kept["sales"]["cents"],
        voids_count=kept["voids"]["count"],
        voids_cents=kept["voids"]["cents"],
        returns_count=returns["count"],
        returns_cents=returns["cents"],
        fees_cents=returns["fees"],
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
