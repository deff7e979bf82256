"""Erasing somebody who had goods sent: not before the order is finished, and then no paper of it says where they live."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from shopdesk.books.doctor import run_doctor
from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.fulfilment.shipping import (
    DeliverShipment,
    PackShipment,
    ShipShipment,
    deliver_shipment,
    pack_shipment,
    ship_shipment,
)
from shopdesk.orders.commands import AddressGiven, CreateOrder, OrderContent, ProcessOrder
from shopdesk.orders.paying import PayOrder, pay_order
from shopdesk.orders.placing import create_order
from shopdesk.orders.processing import process_order
from shopdesk.parties.customers import CustomerChosen
from shopdesk.parties.erasing import OrdersOpen, erase_customer
from shopdesk.sales.sale_command import PaymentGiven, SaleLine

KIM = 1
HOME = AddressGiven("Lime Street 4", "DE", first_name="Kim", last_name="Lee", city="Berlin", postal_code="10115")


def test_an_order_is_finished_first_and_then_says_nothing_of_the_person(shop: Shop, actor: Actor) -> None:
    content = OrderContent(
        customer="kim@example.org",
        lines=(SaleLine(1_000, sku="TEA"),),
        shipping=HOME,
        customer_note="ring at Lee",
        staff_note="Kim is deaf",
    )
    taken = shop.execute(create_order, CreateOrder(key=uuid7(), content=content), actor)
    with pytest.raises(OrdersOpen):
        shop.execute(erase_customer, CustomerChosen(KIM), actor)
    shop.execute(process_order, ProcessOrder(key=uuid7(), order=taken.number), actor)
    parcel = shop.execute(pack_shipment, PackShipment(key=uuid7(), order=taken.number, lines=()), actor)
    shop.execute(ship_shipment, ShipShipment(key=uuid7(), shipment=parcel.number), actor)
    shop.execute(deliver_shipment, DeliverShipment(key=uuid7(), shipment=parcel.number), actor)
    paid = (PaymentGiven("cash", taken.total_cents),)
    shop.execute(pay_order, PayOrder(key=uuid7(), order=taken.number, payments=paid), actor)
    shop.execute(erase_customer, CustomerChosen(KIM), actor)
    with shop.database.reading() as connection:
        left = " ".join(
            str(value)
            for table in ("order_addresses", "shipments", "order_plans", "order_plan_lines", "quote_addresses")
            for row in connection.execute(sa.text(f"SELECT * FROM {table}"))
            for value in row
        )
        staff_note = connection.execute(sa.text("SELECT staff_note FROM orders")).scalar()
    for trace in ("Lime", "Lee", "Kim", "10115", "Berlin"):
        assert trace not in left
    assert staff_note == ""
    report = run_doctor(shop.database, clock=shop.clock)
    assert [finding for finding in report.findings if finding.violations] == []
