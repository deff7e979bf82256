"""Orders of the demo shop: two ways of sending, orders by telephone and web in every state, parcels with their labels."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.core.money import MILLI
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.fulfilment.commands import PackShipment, ShipShipment
from shopdesk.fulfilment.parcel_labels import MakeLabels, make_labels
from shopdesk.fulfilment.shipping import pack_shipment, ship_shipment
from shopdesk.orders.commands import AddressGiven, CreateOrder, OrderContent, ProcessOrder
from shopdesk.orders.placing import create_order
from shopdesk.orders.processing import process_order
from shopdesk.orders.shipping_options import SaveShippingOption, save_shipping_option
from shopdesk.parties.models import Customer
from shopdesk.sales.sale_command import SaleLine
from shopdesk.sales.shifts import CloseShift, OpenShift, close_shift, open_shift

_OPTIONS: Final = (
    SaveShippingOption(
        name="Parcel",
        service="Insured parcel",
        basis="weight",
        rate_cents=490,
        steps=((5_000, 790), (10_000, 1_290)),
        free_from_cents=6_000,
        countries="DE",
        estimated_days="2-3 working days",
    ),
    SaveShippingOption(
        name="Europe", rate_cents=1_490, countries="AT BE DK FR NL PL", estimated_days="4-6 working days", position=1
    ),
)
_TILL: Final = "T2"
_BERLIN: Final = AddressGiven("Oranienstraße 25", "DE", city="Berlin", postal_code="10999")
_HAMBURG: Final = AddressGiven("Große Elbstraße 45", "DE", line2="2. OG", city="Hamburg", postal_code="22767")
_VIENNA: Final = AddressGiven("Neubaugasse 18/4", "AT", city="Wien", postal_code="1070")


def fill_orders(shop: Shop, actor: Actor) -> None:
    """One order that waits, one packed with its label, one sent on account; each with goods set aside or gone."""
    shop.execute(open_shift, OpenShift(key=uuid7(), float_cents=0, till=_TILL), actor)
    parcel, europe = (shop.execute(save_shipping_option, option, actor) for option in _OPTIONS)
    people = shop.ask(_people)
    promised = shop.clock.now() + timedelta(days=3)
    _take(
        shop,
        actor,
        OrderContent(
            customer=people[0],
            lines=(SaleLine(2 * MILLI, sku="REDWINE"), SaleLine(1 * MILLI, sku="CARD")),
            channel="web",
            shipping=_BERLIN,
            shipping_option_id=parcel,
            promised_at=promised,
            customer_note="Please leave it with the neighbours.",
        ),
    )
    packed = _take(
        shop,
        actor,
        OrderContent(
            customer=people[1],
            lines=(SaleLine(3 * MILLI, sku="WHITEWINE"),),
            shipping=_VIENNA,
            shipping_option_id=europe,
            promised_at=promised,
        ),
        fixed=True,
    )
    sent = _take(
        shop,
        actor,
        OrderContent(
            customer=people[2],
            lines=(SaleLine(4 * MILLI, sku="REDWINE"), SaleLine(2 * MILLI, sku="WHITEWINE")),
            shipping=_HAMBURG,
            shipping_option_id=parcel,
        ),
        fixed=True,
    )
    numbers = []
    for order, tracking, service in ((packed, None, "Europe"), (sent, "00340434161094015902", "Insured parcel")):
        command = PackShipment(
            key=uuid7(), till=_TILL, order=order, tracking=tracking, service=service, weight_grams=4_200
        )
        numbers.append(shop.execute(pack_shipment, command, actor).number)
    make_labels(shop, MakeLabels(shipments=tuple(numbers)), actor)
    shop.execute(ship_shipment, ShipShipment(key=uuid7(), till=_TILL, shipment=numbers[1]), actor)
    shop.execute(close_shift, CloseShift(key=uuid7(), counted_cents=0, till=_TILL), actor)


def _take(shop: Shop, actor: Actor, content: OrderContent, *, fixed: bool = False) -> str:
    number = shop.execute(create_order, CreateOrder(key=uuid7(), content=content, till=_TILL), actor).number
    if fixed:
        shop.execute(process_order, ProcessOrder(key=uuid7(), order=number, till=_TILL), actor)
    return number


def _people(reader: Reader) -> list[int]:
    asked = sa.select(Customer.id).where(Customer.status == "active", Customer.deleted_at.is_(None))
    return list(reader.connection.execute(asked.order_by(Customer.id).limit(3)).scalars())
