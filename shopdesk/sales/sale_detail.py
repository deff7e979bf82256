"""Everything about one sale or void: lines with "why this price?", taxes, payments, history; three statements."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from shopdesk.core.clock import from_micros
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader
from shopdesk.parties.models import Customer
from shopdesk.sales.models import (
    Order,
    OrderItem,
    OrderStatusStep,
    OrderTax,
    Payment,
    PaymentType,
    PriceStep,
    Shift,
    Till,
    Void,
    ZReport,
)
from shopdesk.sales.return_models import Return
from shopdesk.sales.void import UnknownSale
from shopdesk.system.models import JournalEntry, Setting, User
from shopdesk.system.settings import ShopSettings, parse_settings


@dataclass(frozen=True, slots=True)
class DetailStep:
    """One step of a line's price, in cents of the whole line."""

    kind: str
    label: str
    before_cents: int
    amount_cents: int
    after_cents: int
    approved_by: str


@dataclass(frozen=True, slots=True)
class DetailLine:
    """A line as it was sold; quantity in thousandths, discount with its share of the order's."""

    line: int
    name: str
    variant: str
    sku: str
    barcode: str | None
    unit: str
    quantity_milli: int
    list_price_cents: int
    unit_price_cents: int
    discount_cents: int
    tax_rate_ppm: int
    tax_cents: int
    total_cents: int
    note: str
    steps: tuple[DetailStep, ...] = ()


@dataclass(frozen=True, slots=True)
class DetailTax:
    """A rate of the sale."""

    name: str
    rate_ppm: int
    net_cents: int
    tax_cents: int


@dataclass(frozen=True, slots=True)
class DetailPayment:
    """A tender: what was handed over, what went back, what was kept. ``card`` is brand and last four digits, if any."""

    type: str
    name: str
    kind: str
    amount_cents: int
    tendered_cents: int
    change_cents: int
    card: str


@dataclass(frozen=True, slots=True)
class DetailHistory:
    """A step of the order's life."""

    status: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class DetailVoid:
    """The void of a sale."""

    number: str
    reason: str
    at: datetime
    by: str
    till: str
    cash_cents: int
    head: str


@dataclass(frozen=True, slots=True)
class DetailReturn:
    """Goods of the sale that came back."""

    number: str
    reason: str
    at: datetime
    refund_cents: int


@dataclass(frozen=True, slots=True)
class SaleDetail:
    """A sale. ``asked`` is the number that was looked up: the sale's own, or its void's or return's."""

    asked: str
    id: int
    uid: str
    number: str
    status: str
    till: str
    till_id: int
    clerk: str
    customer_id: int | None
    customer: str
    currency: str
    prices_include_tax: bool
    subtotal_cents: int
    discount_cents: int
    tax_cents: int
    rounding_cents: int
    total_cents: int
    note: str
    staff_note: str
    placed_at: datetime
    business_date: str
    shift: int | None
    shift_is_open: bool
    z_number: str | None
    head: str
    void: DetailVoid | None
    lines: tuple[DetailLine, ...]
    taxes: tuple[DetailTax, ...]
    payments: tuple[DetailPayment, ...]
    history: tuple[DetailHistory, ...]
    returns: tuple[DetailReturn, ...] = ()

    @property
    def change_cents(self) -> int:
        """What went back to the customer."""
        return sum(payment.change_cents for payment in self.payments)


_number: sa.BindParameter[Any] = sa.bindparam("number")  # Any: a parameter has no type of its own
_order_id = sa.func.coalesce(
    sa.select(Order.id).where(Order.number == _number).scalar_subquery(),
    sa.select(Void.order_id).where(Void.number == _number).scalar_subquery(),
    sa.select(Return.order_id).where(Return.number == _number).scalar_subquery(),
)
_voider, _void_till, _approver = aliased(User), aliased(Till), aliased(User)
_sale_entry, _void_entry = aliased(JournalEntry), aliased(JournalEntry)
_HEADER = Prepared(
    sa.select(
        Order.id,
        Order.uid,
        Order.number,
        Order.status,
        Till.code,
        Order.till_id,
        User.username,
        Order.customer_id,
        sa.func.coalesce(Customer.first_name + " " + Customer.last_name, ""),
        Order.currency,
        Order.prices_include_tax,
        Order.subtotal_cents,
        Order.discount_cents,
        Order.tax_cents,
        Order.rounding_cents,
        Order.total_cents,
        Order.customer_note,
        Order.staff_note,
        Order.placed_at,
        Order.business_date,
        Shift.number,
        Shift.status == "open",
        ZReport.number,
        _sale_entry.hash,
        Void.number,
        Void.reason,
        Void.created_at,
        _voider.username,
        _void_till.code,
        Void.cash_cents,
        _void_entry.hash,
    )
    .join_from(Order, Till, Till.id == Order.till_id)
    .join(User, User.id == Order.user_id)
    .outerjoin(Customer, Customer.id == Order.customer_id)
    .outerjoin(Shift, Shift.id == Order.shift_id)
    .outerjoin(ZReport, ZReport.shift_id == Order.shift_id)
    .outerjoin(_sale_entry, sa.and_(_sale_entry.kind == "sale", _sale_entry.number == Order.number))
    .outerjoin(Void, Void.order_id == Order.id)
    .outerjoin(_voider, _voider.id == Void.user_id)
    .outerjoin(_void_till, _void_till.id == Void.till_id)
    .outerjoin(_void_entry, sa.and_(_void_entry.kind == "void", _void_entry.number == Void.number))
    .where(Order.id == _order_id)
)
_LINES = Prepared(
    sa.select(
        OrderItem.line,
        OrderItem.product_name,
        OrderItem.variant_name,
        OrderItem.sku,
        OrderItem.barcode,
        OrderItem.unit,
        OrderItem.quantity,
        OrderItem.list_price_cents,
        OrderItem.unit_price_cents,
        OrderItem.discount_cents,
        OrderItem.tax_rate_ppm,
        OrderItem.tax_cents,
        OrderItem.total_cents,
        OrderItem.details,
        PriceStep.kind,
        PriceStep.label,
        PriceStep.before_cents,
        PriceStep.amount_cents,
        PriceStep.after_cents,
        sa.func.coalesce(_approver.username, ""),
    )
    .outerjoin_from(OrderItem, PriceStep, PriceStep.order_item_id == OrderItem.id)
    .outerjoin(_approver, _approver.id == PriceStep.approved_by)
    .where(OrderItem.order_id == _order_id)
    .order_by(OrderItem.line, PriceStep.position)
)


def _word(text: str) -> sa.ColumnElement[str]:
    return sa.cast(sa.literal_column(f"'{text}'"), sa.Text)


_zero: sa.ColumnElement[int] = sa.literal_column("0")
_PARTS = Prepared(
    sa.union_all(
        sa.select(
            _word("tax").label("part"),
            OrderTax.tax_rate_id.label("place"),
            OrderTax.name,
            _word(""),
            _word(""),
            OrderTax.rate_ppm,
            OrderTax.taxable_cents,
            OrderTax.tax_cents,
        ).where(OrderTax.order_id == _order_id),
        sa.select(
            _word("payment"),
            Payment.id,
            PaymentType.name,
            Payment.type + " " + Payment.kind,
            sa.func.coalesce(Payment.card_brand, "") + " " + sa.func.coalesce(Payment.card_last4, ""),
            Payment.amount_cents,
            Payment.tendered_cents,
            Payment.change_cents,
        )
        .join_from(Payment, PaymentType, PaymentType.id == Payment.payment_type_id)
        .where(Payment.order_id == _order_id),
        sa.select(
            _word("history"),
            OrderStatusStep.position,
            OrderStatusStep.status,
            User.username,
            _word(""),
            sa.type_coerce(OrderStatusStep.at, sa.BigInteger),
            _zero,
            _zero,
        )
        .join_from(OrderStatusStep, User, User.id == OrderStatusStep.user_id)
        .where(OrderStatusStep.order_id == _order_id),
        sa.select(
            _word("return"),
            Return.id,
            Return.number,
            Return.reason,
            _word(""),
            sa.type_coerce(Return.created_at, sa.BigInteger),
            Return.total_cents,
            _zero,
        ).where(Return.order_id == _order_id),
        sa.select(_word("setting"), _zero, Setting.key, Setting.value, _word(""), _zero, _zero, _zero),
    ).order_by("part", "place")
)


def sale_detail(reader: Reader, number: str) -> SaleDetail:
    """A sale by its number, its void's or a return's; raises UnknownSale. Three statements."""
    return sale_and_settings(reader, number)[0]


def sale_and_settings(reader: Reader, number: str) -> tuple[SaleDetail, ShopSettings]:
    """A sale with the shop's settings, for its paper; the same three statements."""
    batch, values = reader.batch(), {"number": number}
    header = batch.add(_HEADER, values)
    lines = batch.add(_LINES, values)
    parts = batch.add(_PARTS, values)
    batch.send()
    row = header.one
    if row is None:
        raise UnknownSale(number[:64])
    void = None
    if row[24] is not None:
        void = DetailVoid(row[24], row[25], from_micros(row[26]), row[27], row[28], row[29], row[30] or "")
    settings = parse_settings(tuple((part[2], part[3]) for part in parts.rows if part[0] == "setting"))
    sale = SaleDetail(
        asked=number,
        id=row[0],
        uid=row[1],
        number=row[2],
        status=row[3],
        till=row[4],
        till_id=row[5],
        clerk=row[6],
        customer_id=row[7],
        customer=row[8].strip(),
        currency=row[9],
        prices_include_tax=bool(row[10]),
        subtotal_cents=row[11],
        discount_cents=row[12],
        tax_cents=row[13],
        rounding_cents=row[14],
        total_cents=row[15],
        note=row[16],
        staff_note=row[17],
        placed_at=from_micros(row[18]),
        business_date=row[19],
        shift=row[20],
        shift_is_open=bool(row[21]),
        z_number=row[22],
        head=row[23] or "",
        void=void,
        lines=_detail_lines(lines.rows),
        taxes=tuple(DetailTax(part[2], part[5], part[6], part[7]) for part in parts.rows if part[0] == "tax"),
        payments=tuple(_payment(part) for part in parts.rows if part[0] == "payment"),
        history=tuple(
            DetailHistory(part[2], from_micros(part[5]), part[3]) for part in parts.rows if part[0] == "history"
        ),
        returns=tuple(
            DetailReturn(part[2], part[3], from_micros(part[5]), -part[6]) for part in parts.rows if part[0] == "return"
        ),
    )
    return sale, settings


def _detail_lines(rows: Sequence[Sequence[Any]]) -> tuple[DetailLine, ...]:
    lines: dict[int, tuple[Sequence[Any], list[DetailStep]]] = {}
    for row in rows:
        _head, steps = lines.setdefault(row[0], (row, []))
        if row[14] is not None:
            steps.append(DetailStep(row[14], row[15], row[16], row[17], row[18], row[19]))
    return tuple(
        DetailLine(
            line=line,
            name=row[1],
            variant=row[2],
            sku=row[3],
            barcode=row[4],
            unit=row[5],
            quantity_milli=row[6],
            list_price_cents=row[7],
            unit_price_cents=row[8],
            discount_cents=row[9],
            tax_rate_ppm=row[10],
            tax_cents=row[11],
            total_cents=row[12],
            note=str(json.loads(row[13]).get("note", "")),
            steps=tuple(steps),
        )
        for line, (row, steps) in lines.items()
    )


def _payment(part: Sequence[Any]) -> DetailPayment:
    type_code, _, kind = part[3].rpartition(" ")
    return DetailPayment(type_code, part[2], kind, part[5], part[6], part[7], part[4].strip())
