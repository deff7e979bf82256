"""Everything about one return, for its paper, the screens and the headless face; two statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import from_micros, iso_utc
from shopdesk.core.money import plain_quantity
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader
from shopdesk.sales.models import Order, PaymentType, Till
from shopdesk.sales.return_models import Refund, Return, ReturnItem, ReturnTax
from shopdesk.sales.void import UnknownSale
from shopdesk.system.models import JournalEntry, User


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A line that came back; amounts are positive, ``line`` is the sold line's number."""

    line: int
    name: str
    sku: str
    unit: str
    quantity_milli: int
    unit_price_cents: int
    gross_cents: int
    discount_cents: int
    tax_cents: int
    total_cents: int
    condition: str


@dataclass(frozen=True, slots=True)
class RefundMade:
    """Money given back through a tender; ``status`` is pending while a card terminal owes its answer."""

    type: str
    name: str
    kind: str
    amount_cents: int
    status: str


@dataclass(frozen=True, slots=True)
class ReturnedTax:
    """A rate of a return, positive."""

    name: str
    rate_ppm: int
    net_cents: int
    tax_cents: int


@dataclass(frozen=True, slots=True)
class ReturnDetail:
    """A return. ``refund_cents`` = lines - ``fee_cents`` + ``rounding_cents``; all amounts positive but for the rounding."""

    number: str
    sale: str
    till: str
    clerk: str
    reason: str
    currency: str
    prices_include_tax: bool
    gross_cents: int
    discount_cents: int
    tax_cents: int
    fee_cents: int
    rounding_cents: int
    refund_cents: int
    returned_at: datetime
    head: str
    lines: tuple[ReturnedLine, ...]
    taxes: tuple[ReturnedTax, ...]
    refunds: tuple[RefundMade, ...]


_number: sa.BindParameter[Any] = sa.bindparam("number")  # Any: a parameter has no type of its own
_HEAD = Prepared(
    sa.select(
        Return.id,
        Return.number,
        Order.number,
        Till.code,
        User.username,
        Return.reason,
        Return.currency,
        Return.prices_include_tax,
        Return.gross_cents,
        Return.discount_cents,
        Return.tax_cents,
        Return.fee_cents,
        Return.rounding_cents,
        Return.total_cents,
        Return.created_at,
        JournalEntry.seq,
        JournalEntry.hash,
    )
    .join_from(Return, Order, Order.id == Return.order_id)
    .join(Till, Till.id == Return.till_id)
    .join(User, User.id == Return.user_id)
    .outerjoin(JournalEntry, sa.and_(JournalEntry.kind == "return", JournalEntry.number == Return.number))
    .where(Return.number == _number)
)
_LINES = Prepared(
    sa.select(
        ReturnItem.line,
        ReturnItem.product_name,
        ReturnItem.variant_name,
        ReturnItem.sku,
        ReturnItem.unit,
        ReturnItem.quantity,
        ReturnItem.unit_price_cents,
        ReturnItem.gross_cents,
        ReturnItem.discount_cents,
        ReturnItem.tax_cents,
        ReturnItem.total_cents,
        ReturnItem.condition,
    )
    .join(Return, Return.id == ReturnItem.return_id)
    .where(Return.number == _number)
    .order_by(ReturnItem.line)
)
_TAXES = Prepared(
    sa.select(ReturnTax.name, ReturnTax.rate_ppm, ReturnTax.taxable_cents, ReturnTax.tax_cents)
    .join(Return, Return.id == ReturnTax.return_id)
    .where(Return.number == _number)
    .order_by(ReturnTax.tax_rate_id)
)
_REFUNDS = Prepared(
    sa.select(Refund.type, PaymentType.name, Refund.kind, Refund.amount_cents, Refund.status)
    .join(PaymentType, PaymentType.id == Refund.payment_type_id)
    .join(Return, Return.id == Refund.return_id)
    .where(Return.number == _number)
    .order_by(Refund.id)
)


def return_detail(reader: Reader, number: str) -> ReturnDetail:
    """A return by its number; raises UnknownSale."""
    batch, values = reader.batch(), {"number": number}
    head, lines = batch.add(_HEAD, values), batch.add(_LINES, values)
    taxes, refunds = batch.add(_TAXES, values), batch.add(_REFUNDS, values)
    batch.send()
    if head.one is None:
        raise UnknownSale(number[:64])
    _id, number, sale, till, clerk, reason, currency, inclusive, *figures, created, seq, hashed = head.one
    gross, discount, tax, fee, rounding, total = figures
    return ReturnDetail(
        number=number,
        sale=sale,
        till=till,
        clerk=clerk,
        reason=reason,
        currency=currency,
        prices_include_tax=bool(inclusive),
        gross_cents=gross,
        discount_cents=discount,
        tax_cents=tax,
        fee_cents=fee,
        rounding_cents=rounding,
        refund_cents=-total,
        returned_at=from_micros(created),
        head=f"{till}:{seq}:{hashed}",
        lines=tuple(ReturnedLine(row[0], f"{row[1]}, {row[2]}" if row[2] else row[1], *row[3:]) for row in lines.rows),
        taxes=tuple(ReturnedTax(*row) for row in taxes.rows),
        refunds=tuple(RefundMade(*row) for row in refunds.rows),
    )


def return_told(reader: Reader, number: str) -> dict[str, object]:
    """A return in the words of the headless face; raises UnknownSale."""
    told = return_detail(reader, number)
    return {
        "number": told.number,
        "sale": told.sale,
        "total_cents": -told.refund_cents,
        "refund_cents": told.refund_cents,
        "restocking_fee_cents": told.fee_cents,
        "rounding_cents": told.rounding_cents,
        "discount_cents": told.discount_cents,
        "tax_cents": told.tax_cents,
        "reason": told.reason,
        "lines": [
            {
                "line": line.line,
                "sku": line.sku,
                "qty": plain_quantity(line.quantity_milli),
                "total_cents": line.total_cents,
                "condition": line.condition,
            }
            for line in told.lines
        ],
        "refunds": [{"type": refund.type, "amount_cents": refund.amount_cents} for refund in told.refunds],
        "head": told.head,
        "kind": "return",
        "till": told.till,
        "created_at": iso_utc(told.returned_at),
    }
