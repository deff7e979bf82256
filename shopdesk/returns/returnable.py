"""What of a sale may still come back, and what a return of some of it would do: the preview and the posting read the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import format_quantity
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader
from shopdesk.orders.models import Shipment, ShipmentItem
from shopdesk.orders.owed import OPEN
from shopdesk.returns.share import PaidPart, RefundPlan, ReturnedPart, SoldPart, plan_refund, take_back
from shopdesk.sales.models import Order, OrderItem, OrderTax, Payment, Void
from shopdesk.sales.return_models import Refund, Return, ReturnItem
from shopdesk.sales.void import AlreadyVoided, UnknownSale
from shopdesk.system.settings import ShopSettings, shop_settings


class NothingLeft(ShopError):
    """More of a line than may still come back. ``values``: ``line``, ``left_milli``."""

    code = "nothing_left_to_return"
    sentence = N_("Only {left} of {name} can still be returned.")


class BadReturnLine(ShopError):
    """A line of a return that cannot be read."""

    code = "bad_line"
    sentence = N_("Line {line}: {problem}")

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(field=f"lines[{line}]", line=line, problem=problem)


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """How much of a sold line comes back, in thousandths; ``condition`` is ``stock``, ``damaged`` or ``gone``."""

    line: int
    quantity_milli: int
    condition: str = "stock"


@dataclass(frozen=True, slots=True)
class SoldItem:
    """A sold line with what came back of it."""

    id: int
    part: SoldPart
    variant_id: int | None
    product_name: str
    variant_name: str
    sku: str
    barcode: str | None
    unit: str
    unit_price_cents: int
    track_stock: bool
    sent_milli: int

    @property
    def may_return_milli(self) -> int:
        """What the customer has of it: sold or sent, not come back yet."""
        return max(0, min(self.part.quantity_milli, self.sent_milli) - self.part.returned_milli)

    @property
    def name(self) -> str:
        """Product and variant."""
        return f"{self.product_name}, {self.variant_name}" if self.variant_name else self.product_name


@dataclass(frozen=True, slots=True)
class Returnable:
    """A sale or order as a return needs it. ``rounding_left_cents`` is its cash rounding that no return took back yet.

    ``open_cents`` is what is still to be paid of an order: what comes back pays that first. ``shipping_cents`` is what sending
    cost and was not given back yet.
    """

    order_id: int
    uid: str
    number: str
    currency: str
    prices_include_tax: bool
    total_cents: int
    rounding_left_cents: int
    customer_id: int | None
    items: tuple[SoldItem, ...]
    paid: tuple[PaidPart, ...]
    payment_types: dict[int, int]
    transactions: dict[int, str | None]
    tax_names: dict[int, str]
    is_order: bool = False
    open_cents: int = 0
    shipping_cents: int = 0


@dataclass(frozen=True, slots=True)
class ReturnPlan:
    """Everything that a return does to goods and money; the preview shows it, the posting does exactly it."""

    parts: tuple[tuple[SoldItem, ReturnedPart, str], ...]
    goods_cents: int
    fee_cents: int
    shipping_cents: int
    set_off_cents: int
    refund: RefundPlan
    taxes: tuple[tuple[int, str, int, int, int], ...]
    """Rate id, name, parts per million, taxed net and tax, all positive."""

    @property
    def total_cents(self) -> int:
        """What the customer gets."""
        return self.refund.total_cents

    @property
    def credit_cents(self) -> int:
        """What it is worth to the customer: what they get and what it pays of an order that was open."""
        return self.refund.total_cents + self.set_off_cents


_number: sa.BindParameter[Any] = sa.bindparam("number")  # Any: a parameter has no type of its own
_rounding_back = (
    sa.select(sa.cast(sa.func.coalesce(sa.func.sum(Return.rounding_cents), 0), sa.BigInteger))
    .where(Return.order_id == Order.id)
    .scalar_subquery()
)
_shipping_back = (
    sa.select(sa.cast(sa.func.coalesce(sa.func.sum(Return.shipping_cents), 0), sa.BigInteger))
    .where(Return.order_id == Order.id)
    .scalar_subquery()
)
LOCK_SALE = Prepared(postgresql="SELECT id FROM orders WHERE number = :number FOR NO KEY UPDATE")
_SALE = Prepared(
    sa.select(
        Order.id,
        Order.uid,
        Order.number,
        Order.currency,
        Order.prices_include_tax,
        Order.total_cents,
        Order.rounding_cents,
        _rounding_back,
        Order.customer_id,
        Void.number,
        Order.fulfilment,
        Order.shipping_cents - _shipping_back,
        OPEN,
    )
    .outerjoin(Void, Void.order_id == Order.id)
    .where(Order.number == _number)
)
_returned = (
    sa.select(sa.cast(sa.func.coalesce(sa.func.sum(ReturnItem.quantity), 0), sa.BigInteger))
    .where(ReturnItem.order_item_id == OrderItem.id)
    .scalar_subquery()
)
_sent = (
    sa.select(sa.cast(sa.func.coalesce(sa.func.sum(ShipmentItem.quantity), 0), sa.BigInteger))
    .join(Shipment, Shipment.id == ShipmentItem.shipment_id)
    .where(
        ShipmentItem.order_item_id == OrderItem.id, sa.or_(Shipment.status == "shipped", Shipment.status == "delivered")
    )
    .scalar_subquery()
)
_ITEMS = Prepared(
    sa.select(
        OrderItem.id,
        OrderItem.line,
        OrderItem.quantity,
        _returned,
        OrderItem.discount_cents,
        OrderItem.total_cents,
        OrderItem.tax_rates,
        OrderItem.variant_id,
        OrderItem.product_name,
        OrderItem.variant_name,
        OrderItem.sku,
        OrderItem.barcode,
        OrderItem.unit,
        OrderItem.unit_price_cents,
        OrderItem.track_stock,
        sa.case((Order.fulfilment == "counter", OrderItem.quantity), else_=_sent),
    )
    .join(Order, Order.id == OrderItem.order_id)
    .where(Order.number == _number)
    .order_by(OrderItem.line)
)
_given_back = (
    sa.select(sa.cast(sa.func.coalesce(sa.func.sum(Refund.amount_cents), 0), sa.BigInteger))
    .where(Refund.payment_id == Payment.id)
    .scalar_subquery()
)
_PAID = Prepared(
    sa.select(
        Payment.id,
        Payment.type,
        Payment.kind,
        Payment.amount_cents,
        _given_back,
        Payment.payment_type_id,
        Payment.transaction_id,
    )
    .join(Order, Order.id == Payment.order_id)
    .where(Order.number == _number, Payment.status == "succeeded")
    .order_by(Payment.id)
)
_TAXES = Prepared(
    sa.select(OrderTax.tax_rate_id, OrderTax.name)
    .join(Order, Order.id == OrderTax.order_id)
    .where(Order.number == _number)
)


def returnable(reader: Reader, number: str, *, lock: bool = False) -> Returnable:
    """A sale with what is left of it, in one round trip; ``lock`` holds it against another till.

    Raises UnknownSale, AlreadyVoided.
    """
    batch, values = reader.batch(), {"number": number}
    if lock and reader.dialect == "postgresql":
        batch.add(LOCK_SALE, values)
    found, items = batch.add(_SALE, values), batch.add(_ITEMS, values)
    paid, taxes = batch.add(_PAID, values), batch.add(_TAXES, values)
    batch.send()
    if found.one is None:
        raise UnknownSale(number[:64])
    order_id, uid, number, currency, inclusive, total, rounding, rounding_back, customer_id, void, *order = found.one
    is_order = order[0] != "counter"
    if void is not None:
        raise AlreadyVoided(field="sale", sale=number, void=void)
    return Returnable(
        order_id=order_id,
        uid=uid,
        number=number,
        currency=currency,
        prices_include_tax=bool(inclusive),
        total_cents=total,
        rounding_left_cents=rounding - rounding_back,
        customer_id=customer_id,
        items=tuple(_item(row, inclusive=bool(inclusive)) for row in items.rows),
        paid=tuple(PaidPart(*row[:5]) for row in paid.rows),
        payment_types={row[0]: row[5] for row in paid.rows},
        transactions={row[0]: row[6] for row in paid.rows},
        tax_names=dict(taxes.rows),
        is_order=is_order,
        open_cents=max(0, order[2]) if is_order else 0,
        shipping_cents=order[1],
    )


def _item(row: Sequence[Any], *, inclusive: bool) -> SoldItem:
    rates = tuple((int(id), int(ppm), int(compound), int(cents)) for id, ppm, compound, cents in json.loads(row[6]))
    part = SoldPart(row[1], row[2], row[3], row[4], row[5], rates, inclusive)
    return SoldItem(row[0], part, row[7], row[8], row[9], row[10], row[11], row[12], row[13], bool(row[14]), row[15])


def plan_return(
    sale: Returnable,
    lines: Sequence[ReturnLine],
    fee_cents: int,
    settings: ShopSettings,
    *,
    never_sent: bool = False,
    shipping_cents: int = 0,
) -> ReturnPlan:
    """Work a return out without writing anything. Raises BadReturnLine, NothingLeft, and BadField for a fee above the goods.

    ``never_sent`` is for an order that is cancelled: its goods have not left and so do not come back.
    """
    if not lines:
        raise BadReturnLine(0, _("a return needs at least one line."))
    by_line = {item.part.line: item for item in sale.items}
    parts: list[tuple[SoldItem, ReturnedPart, str]] = []
    taken: set[int] = set()
    for wanted in lines:
        item = by_line.get(wanted.line)
        if item is None or wanted.line in taken:
            raise BadReturnLine(wanted.line, _("the sale has no such line, or it is named twice."))
        if wanted.condition not in ("stock", "damaged", "gone"):
            raise BadReturnLine(wanted.line, _("the goods are back in stock, damaged or gone."))
        if type(wanted.quantity_milli) is not int or wanted.quantity_milli <= 0:
            raise BadReturnLine(wanted.line, _("the quantity must be more than nothing."))
        left = item.part.left_milli if never_sent else item.may_return_milli
        if wanted.quantity_milli > left:
            raise NothingLeft(
                field=f"lines[{wanted.line}]",
                line=wanted.line,
                name=item.name,
                left=format_quantity(left),
                left_milli=left,
            )
        taken.add(wanted.line)
        parts.append((item, take_back(item.part, wanted.quantity_milli), wanted.condition))
    parts.sort(key=lambda part: part[0].part.line)
    goods = sum(part.total_cents for _item, part, _condition in parts)
    if type(fee_cents) is not int or not 0 <= fee_cents <= goods:
        raise BadField("restocking_fee_cents", _("must not be more than the goods are worth."))
    going = {item.part.line: part.quantity_milli for item, part, _condition in parts}
    last = all(item.part.left_milli == going.get(item.part.line, 0) for item in sale.items)
    credit = goods + shipping_cents - fee_cents
    set_off = min(sale.open_cents, credit)
    refund = plan_refund(
        credit - set_off,
        sale.paid,
        0 if sale.is_order else settings.cash_rounding_cents,
        rounding_left_cents=sale.rounding_left_cents if last and not fee_cents and not sale.is_order else None,
    )
    return ReturnPlan(tuple(parts), goods, fee_cents, shipping_cents, set_off, refund, _taxes(sale, parts))


def preview_return(reader: Reader, number: str, lines: Sequence[ReturnLine], fee_cents: int = 0) -> ReturnPlan:
    """What ``return_sale`` would do now, for the screen."""
    return plan_return(returnable(reader, number), lines, fee_cents, shop_settings(reader))


def _taxes(
    sale: Returnable, parts: Sequence[tuple[SoldItem, ReturnedPart, str]]
) -> tuple[tuple[int, str, int, int, int], ...]:
    sums: dict[int, list[int]] = {}
    for _item, part, _condition in parts:
        for rate_id, ppm, _compound, cents in part.rates:
            of_rate = sums.setdefault(rate_id, [ppm, 0, 0])
            of_rate[1] += part.net_cents
            of_rate[2] += cents
    return tuple(
        (rate_id, sale.tax_names.get(rate_id, ""), ppm, net, tax) for rate_id, (ppm, net, tax) in sorted(sums.items())
    )
