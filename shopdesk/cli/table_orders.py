"""The use cases of orders and parcels by their headless names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from shopdesk.cli.commands import Doing, about, as_it_is
from shopdesk.cli.lines import Quantity, SellLine, line_quantity, sell_line
from shopdesk.fulfilment import shipping
from shopdesk.fulfilment.commands import CancelShipment, DeliverShipment, PackShipment, ShipShipment, TrackShipment
from shopdesk.orders import paying, placing, processing, quotes, shipping_options
from shopdesk.orders.commands import (
    AcceptQuote,
    AddressGiven,
    CancelOrder,
    ChangeOrder,
    CreateOrder,
    CreateQuote,
    DeclineQuote,
    OrderContent,
    ProcessOrder,
)
from shopdesk.returns.cancel_order import cancel_order
from shopdesk.sales.basket import Discount
from shopdesk.sales.sale_command import PaymentGiven


class OrderAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The headless ``create_order``; addresses as objects, ``promised_at`` and ``valid_until`` as ISO 8601."""

    key: str
    customer: int | str
    lines: list[SellLine]
    channel: str = "web"
    fulfilment: str = "ship"
    shipping: AddressGiven | None = None
    billing: AddressGiven | None = None
    shipping_option_id: int | None = None
    shipping_cents: int | None = None
    order_discount_cents: int = 0
    terms: str = "now"
    deposit_cents: int = 0
    promised_at: datetime | None = None
    customer_note: str = ""
    staff_note: str = ""
    warehouse: str | None = None
    till: str | None = None


class ChangeAsked(OrderAsked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The headless ``change_order``: the order, what was seen of it, its new content."""

    order: str
    version: int


class QuoteAsked(OrderAsked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The headless ``create_quote``."""

    valid_until: datetime | None = None


class OrderPayment(msgspec.Struct, frozen=True):
    """What was handed over."""

    type: str
    amount_cents: int


class PayAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The headless ``pay_order``."""

    key: str
    order: str
    payments: list[OrderPayment]
    amount_cents: int | None = None
    till: str | None = None


class ParcelLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the order and how much of it is packed."""

    line: int
    qty: Quantity


class ShipAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The headless ``pack``: everything that is left when no lines are named."""

    key: str
    order: str
    lines: list[ParcelLine] | None = None
    carrier: str = "manual"
    service: str = ""
    tracking: str | None = None
    weight_grams: int | None = None
    cost_cents: int = 0
    notes: str = ""
    till: str | None = None


def _content(asked: OrderAsked) -> OrderContent:
    return OrderContent(
        customer=asked.customer,
        lines=tuple(sell_line(number, line) for number, line in enumerate(asked.lines, 1)),
        channel=asked.channel,
        fulfilment=asked.fulfilment,
        shipping=asked.shipping,
        billing=asked.billing,
        shipping_option_id=asked.shipping_option_id,
        shipping_cents=asked.shipping_cents,
        order_discount=Discount(cents=asked.order_discount_cents) if asked.order_discount_cents else None,
        terms=asked.terms,
        deposit_cents=asked.deposit_cents,
        promised_at=asked.promised_at,
        customer_note=asked.customer_note,
        staff_note=asked.staff_note,
        warehouse=asked.warehouse,
    )


def _create(asked: OrderAsked, till: str | None) -> CreateOrder:
    return CreateOrder(key=asked.key, content=_content(asked), till=asked.till or till)


def _change(asked: ChangeAsked, till: str | None) -> ChangeOrder:
    return ChangeOrder(
        key=asked.key, order=asked.order, version=asked.version, content=_content(asked), till=asked.till or till
    )


def _quote(asked: QuoteAsked, till: str | None) -> CreateQuote:
    return CreateQuote(key=asked.key, content=_content(asked), valid_until=asked.valid_until, till=asked.till or till)


def _pay(asked: PayAsked, till: str | None) -> paying.PayOrder:
    given = tuple(PaymentGiven(one.type, one.amount_cents) for one in asked.payments)
    return paying.PayOrder(
        key=asked.key, order=asked.order, payments=given, amount_cents=asked.amount_cents, till=asked.till or till
    )


def _pack(asked: ShipAsked, till: str | None) -> PackShipment:
    return PackShipment(
        key=asked.key,
        order=asked.order,
        lines=tuple((line.line, line_quantity(line.line, line.qty)) for line in asked.lines or ()),
        carrier=asked.carrier,
        service=asked.service,
        tracking=asked.tracking,
        weight_grams=asked.weight_grams,
        cost_cents=asked.cost_cents,
        notes=asked.notes,
        till=asked.till or till,
    )


def _saved(_request: Any, done: Any) -> dict[str, object]:
    told: dict[str, object] = msgspec.to_builtins(done)
    # `status` of an answer says whether it was done
    if "status" in told:
        told["state"] = told.pop("status")
    return told


ORDERS: dict[str, Doing] = {
    "create_order": Doing(about(placing.create_order), OrderAsked, placing.create_order, _create, _saved),
    "change_order": Doing(about(placing.change_order), ChangeAsked, placing.change_order, _change, _saved),
    "create_quote": Doing(about(quotes.create_quote), QuoteAsked, quotes.create_quote, _quote, _saved),
    "accept_quote": Doing(
        about(quotes.accept_quote), AcceptQuote, quotes.accept_quote, lambda asked, _till: asked, _saved
    ),
    "decline_quote": as_it_is(quotes.decline_quote, DeclineQuote),
    "process_order": Doing(
        about(processing.process_order), ProcessOrder, processing.process_order, lambda asked, _till: asked, _saved
    ),
    "pay_order": Doing(about(paying.pay_order), PayAsked, paying.pay_order, _pay, _saved),
    "cancel_order": Doing(about(cancel_order), CancelOrder, cancel_order, lambda asked, _till: asked, _saved),
    "pack": Doing(about(shipping.pack_shipment), ShipAsked, shipping.pack_shipment, _pack, _saved),
    "ship": Doing(
        about(shipping.ship_shipment),
        ShipShipment,
        shipping.ship_shipment,
        lambda asked, _till: asked,
        _saved,
    ),
    "deliver": Doing(
        about(shipping.deliver_shipment),
        DeliverShipment,
        shipping.deliver_shipment,
        lambda asked, _till: asked,
        _saved,
    ),
    "unpack": as_it_is(shipping.cancel_shipment, CancelShipment),
    "save_shipping_option": as_it_is(shipping_options.save_shipping_option, shipping_options.SaveShippingOption),
    "retire_shipping_option": as_it_is(shipping_options.retire_shipping_option, shipping_options.RetireShippingOption),
    "track_parcel": as_it_is(shipping.track_shipment, TrackShipment),
}
