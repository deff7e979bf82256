"""Orders, quotes and parcels in lists and as cards."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.db.paging import Page, PageRequest, begins_with
from shopdesk.db.unit import Reader
from shopdesk.orders.commands import AddressGiven, UnknownOrder
from shopdesk.orders.models import (
    Invoice,
    OrderAddress,
    OrderEvent,
    OrderPlan,
    OrderPlanLine,
    Shipment,
    ShipmentItem,
)
from shopdesk.orders.owed import OPEN, PAID, REFUNDED
from shopdesk.parties.models import Customer
from shopdesk.sales.models import Order, OrderItem, OrderStatusStep, Payment
from shopdesk.system.models import User

ORDER_SORTS = ("placed", "number", "total")
"""An index of ``orders`` stands behind each."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list; ``open_cents`` is what is still to be paid of it."""

    id: int
    number: str
    placed_at: datetime
    promised_at: datetime | None
    customer: str
    channel: str
    fulfilment: str
    status: str
    total_cents: int
    open_cents: int


def orders_page(reader: Reader, request: PageRequest) -> Page[OrderRow]:
    """A page of orders; one statement.

    Filters: ``status``, ``channel``, ``fulfilment``, ``customer_id``, ``unpaid`` (true), ``to_pack`` (true: processing),
    ``late`` (true: promised before now and not sent), ``since`` and ``until``. Search: a number or its beginning.
    """
    sort = request.sort or "placed"
    if sort not in ORDER_SORTS:
        raise BadField("sort", _("this list cannot be sorted by {name}.").format(name=sort))
    by = {"placed": Order.placed_at, "number": Order.number, "total": Order.total_cents}[sort]
    name = sa.func.coalesce(sa.func.nullif(Customer.company, ""), Customer.first_name + " " + Customer.last_name)
    asked = (
        sa.select(
            Order.id,
            Order.number,
            Order.placed_at,
            Order.expected_ship_at,
            sa.func.coalesce(name, ""),
            Order.channel,
            Order.fulfilment,
            Order.status,
            Order.total_cents,
            sa.case((Order.status == "cancelled", sa.literal(0)), else_=OPEN),
            by,
        )
        .outerjoin(Customer, Customer.id == Order.customer_id)
        # said in words, not by a parameter: the condition of the indexes that leave the counter's sales out
        .where(Order.fulfilment != sa.literal_column("'counter'"), *_filters(reader, request))
    )
    if request.after is not None:
        here = sa.tuple_(by, Order.id)
        there = sa.tuple_(sa.literal(request.after[0], by.type), sa.literal(request.after[1], Order.id.type))
        asked = asked.where(here < there if request.descending else here > there)
    order = [by, Order.id]
    asked = asked.order_by(*(column.desc() if request.descending else column for column in order))
    found = reader.connection.execute(asked.limit(request.limit + 1)).all()
    rows = found[: request.limit]
    cursor = (rows[-1][10], rows[-1][0]) if len(found) > request.limit else None
    plain: Any = rows  # Any: columns of many types
    return Page(
        tuple(
            OrderRow(row[0], row[1], row[2], row[3], str(row[4]).strip(), row[5], row[6], row[7], row[8], row[9])
            for row in plain
        ),
        cursor,
    )


def _filters(reader: Reader, request: PageRequest) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    for column in ("status", "channel", "fulfilment", "customer_id"):
        if (value := request.filter(column)) is not None:
            where.append(getattr(Order, column) == value)
    if isinstance(since := request.filter("since"), datetime):
        where.append(Order.placed_at >= since)
    if isinstance(until := request.filter("until"), datetime):
        where.append(Order.placed_at < until)
    if request.filter("unpaid"):
        where.append(sa.and_(Order.status != "cancelled", OPEN > 0))
    if request.filter("to_pack"):
        where.append(Order.status == "processing")
    if request.filter("late"):
        where += [Order.status.in_(("pending", "processing")), Order.expected_ship_at < reader.clock.now()]
    if text := request.search.strip():
        where.append(begins_with(Order.number, text))
    return where


@dataclass(frozen=True, slots=True)
class CardLine:
    """A line as agreed; ``line_total_cents`` and ``item_id`` only once it is invoiced. Quantities in thousandths."""

    line: int
    item_id: int | None
    variant_id: int
    name: str
    sku: str
    quantity_milli: int
    unit_price_cents: int
    discount_cents: int
    discount_ppm: int
    note: str
    sent_milli: int
    line_total_cents: int | None


@dataclass(frozen=True, slots=True)
class CardPayment:
    """A payment of an order."""

    number: str
    type: str
    amount_cents: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CardParcel:
    """A parcel of an order."""

    number: str
    status: str
    carrier: str
    tracking: str
    created_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class CardPaper:
    """An invoice or credit note."""

    number: str
    kind: str
    total_cents: int
    due_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CardEvent:
    """Something that happened to the order; ``details`` as they were kept."""

    kind: str
    details: dict[str, Any]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderCard:
    """Everything about an order; ``version`` is what a change must name."""

    id: int
    plan_id: int
    version: int
    number: str
    status: str
    channel: str
    fulfilment: str
    terms: str
    customer_id: int
    customer: str
    placed_at: datetime
    promised_at: datetime | None
    subtotal_cents: int
    discount_cents: int
    tax_cents: int
    shipping_cents: int
    total_cents: int
    paid_cents: int
    open_cents: int
    deposit_cents: int
    order_discount_cents: int
    order_discount_ppm: int
    shipping_option_id: int | None
    customer_note: str
    staff_note: str
    shipping: AddressGiven | None
    billing: AddressGiven | None
    lines: tuple[CardLine, ...]
    payments: tuple[CardPayment, ...]
    parcels: tuple[CardParcel, ...]
    papers: tuple[CardPaper, ...]
    history: tuple[tuple[str, datetime, str], ...]
    events: tuple[CardEvent, ...]


_HEAD = tuple(one.name for one in fields(OrderCard))[:25]


def order_card(reader: Reader, number: str) -> OrderCard:
    """An order by its number; raises UnknownOrder."""
    ask = reader.connection.execute
    head = ask(
        sa.select(
            Order.id,
            OrderPlan.id,
            OrderPlan.version,
            Order.number,
            Order.status,
            Order.channel,
            Order.fulfilment,
            OrderPlan.terms,
            OrderPlan.customer_id,
            Customer.first_name + " " + Customer.last_name,
            Order.placed_at,
            OrderPlan.promised_at,
            Order.subtotal_cents,
            Order.discount_cents,
            Order.tax_cents,
            Order.shipping_cents,
            Order.total_cents,
            PAID - REFUNDED,
            sa.case((Order.status == "cancelled", sa.literal(0)), else_=OPEN),
            OrderPlan.deposit_cents,
            OrderPlan.discount_cents,
            OrderPlan.discount_ppm,
            OrderPlan.shipping_option_id,
            Order.customer_note,
            Order.staff_note,
        )
        .join(OrderPlan, OrderPlan.order_id == Order.id)
        .join(Customer, Customer.id == OrderPlan.customer_id)
        .where(Order.number == number)
    ).first()
    if head is None:
        raise UnknownOrder(number)
    order_id, plan_id = head[0], head[1]
    addresses = {
        row.kind: AddressGiven(**{name: row._mapping[name] for name in AddressGiven.__slots__})
        for row in ask(sa.select(OrderAddress.__table__).where(OrderAddress.order_id == order_id))
    }
    payments = ask(
        sa.select(Payment.number, Payment.type, Payment.amount_cents, Payment.created_at)
        .where(Payment.order_id == order_id, Payment.status == "succeeded")
        .order_by(Payment.id)
    )
    parcels = ask(
        sa.select(
            Shipment.number,
            Shipment.status,
            Shipment.carrier,
            sa.func.coalesce(Shipment.tracking, ""),
            Shipment.created_at,
            Shipment.shipped_at,
            Shipment.delivered_at,
        )
        .where(Shipment.order_id == order_id)
        .order_by(Shipment.id)
    )
    papers = ask(
        sa.select(Invoice.number, Invoice.kind, Invoice.total_cents, Invoice.due_at, Invoice.created_at)
        .where(Invoice.order_id == order_id)
        .order_by(Invoice.id)
    )
    history = ask(
        sa.select(OrderStatusStep.status, OrderStatusStep.at, User.username)
        .join(User, User.id == OrderStatusStep.user_id)
        .where(OrderStatusStep.order_id == order_id)
        .order_by(OrderStatusStep.position)
    )
    events = ask(
        sa.select(OrderEvent.kind, OrderEvent.details, User.username, OrderEvent.at)
        .join(User, User.id == OrderEvent.user_id)
        .where(OrderEvent.order_id == order_id)
        .order_by(OrderEvent.id)
    )
    values: dict[str, Any] = dict(zip(_HEAD, head, strict=True))  # Any: columns of many types
    values["customer"] = str(values["customer"]).strip()
    return OrderCard(
        **values,
        shipping=addresses.get("shipping"),
        billing=addresses.get("billing"),
        lines=_lines(reader, plan_id, order_id),
        payments=tuple(CardPayment(row[0] or "", row[1], row[2], row[3]) for row in payments),
        parcels=tuple(CardParcel(*row) for row in parcels),
        papers=tuple(CardPaper(*row) for row in papers),
        history=tuple((row[0], row[1], row[2]) for row in history),
        events=tuple(CardEvent(row[0], json.loads(row[1]), row[2], row[3]) for row in events),
    )


def _lines(reader: Reader, plan_id: int, order_id: int) -> tuple[CardLine, ...]:
    from shopdesk.catalogue.models import Product, ProductVariant

    sent = (
        sa.select(sa.func.coalesce(sa.func.sum(ShipmentItem.quantity), 0))
        .join(Shipment, Shipment.id == ShipmentItem.shipment_id)
        .where(ShipmentItem.order_item_id == OrderItem.id, Shipment.status.in_(("shipped", "delivered")))
        .correlate(OrderItem)
        .scalar_subquery()
    )
    asked = (
        sa.select(
            OrderPlanLine.line,
            OrderItem.id,
            OrderPlanLine.variant_id,
            Product.title,
            ProductVariant.name,
            ProductVariant.sku,
            OrderPlanLine.quantity,
            OrderPlanLine.unit_price_cents,
            OrderPlanLine.discount_cents,
            OrderPlanLine.discount_ppm,
            OrderPlanLine.note,
            sa.func.coalesce(sent, 0),
            OrderItem.total_cents,
        )
        .join(ProductVariant, ProductVariant.id == OrderPlanLine.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .outerjoin(OrderItem, sa.and_(OrderItem.order_id == order_id, OrderItem.line == OrderPlanLine.line))
        .where(OrderPlanLine.plan_id == plan_id)
        .order_by(OrderPlanLine.line)
    )
    rows: Any = reader.connection.execute(asked).all()  # Any: columns of many types
    return tuple(_card_line(row) for row in rows)


def _card_line(row: Any) -> CardLine:  # Any: columns of many types
    name = f"{row[3]}, {row[4]}" if row[4] else row[3]
    return CardLine(
        line=row[0],
        item_id=row[1],
        variant_id=row[2],
        name=name,
        sku=row[5],
        quantity_milli=row[6],
        unit_price_cents=row[7],
        discount_cents=row[8],
        discount_ppm=row[9],
        note=row[10],
        sent_milli=row[11],
        line_total_cents=row[12],
    )
