"""A day at the corner shop with every kind of document, through the use cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.fulfilment.commands import PackShipment, ShipShipment
from shopdesk.fulfilment.shipping import pack_shipment, ship_shipment
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.inventory.transfer import TransferStock, transfer_stock
from shopdesk.inventory.watch import SetThreshold, set_threshold
from shopdesk.orders.commands import AddressGiven, ChangeOrder, CreateOrder, OrderContent, ProcessOrder
from shopdesk.orders.paying import PayOrder, pay_order
from shopdesk.orders.placing import change_order, create_order
from shopdesk.orders.processing import process_order
from shopdesk.returns.return_sale import ReturnSale, return_sale
from shopdesk.returns.returnable import ReturnLine
from shopdesk.sales.basket import Discount
from shopdesk.sales.cash import CashIn, CashOut, cash_in, cash_out
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.drawer import OpenDrawer, open_drawer
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleLine
from shopdesk.sales.shifts import CloseShift, CountedPieces, OpenShift, close_shift, open_shift
from shopdesk.sales.training import sell_training
from shopdesk.sales.void import VoidSale, void_sale
from tests.support.small_shop import actor_of


def busy_day(shop: Shop, clock: ManualClock) -> None:
    """Two shifts at T1 (one still open), sales of all sorts at T1 and T2, voids, cash, stock, training."""
    owner, clerk, other = actor_of(shop, "olga"), actor_of(shop, "ann"), actor_of(shop, "olga", "T2")
    do = shop.execute

    def sell(*lines: SaleLine, by=owner, **more: object) -> str:
        clock.advance(minutes=3)
        return do(commit_sale, CommitSale(key=uuid7(), lines=lines, **more), by).number

    sell(SaleLine(2000, sku="TEA"), by=clerk)  # before any shift
    counts = (CountedPieces(5000, 1), CountedPieces(100, 50))
    do(open_shift, OpenShift(uuid7(), 10000, counts=counts), owner)
    first = sell(SaleLine(2000, sku="TEA"), SaleLine(barcode="4002385002017"), by=clerk, customer="kim@example.org")
    sell(SaleLine(350, sku="APPLE"), SaleLine(sku="BOOK"), payments=(PaymentGiven("cash", 2000),))
    party = sell(
        SaleLine(3000, sku="MUG", discount=Discount(cents=100, label="scratched")),
        SaleLine(1000, sku="TEA", price_cents=300, note="wrap it"),
        order_discount=Discount(ppm=50_000, label="friends"),
        payments=(PaymentGiven("card", 1500), PaymentGiven("voucher", 300), PaymentGiven("cash", 1000)),
        note="for the party",
    )
    sell(SaleLine(4000, sku="SOAP"))  # sold below zero
    do(void_sale, VoidSale(uuid7(), first, "wrong goods"), owner)
    do(cash_in, CashIn(uuid7(), 5000, "change"), owner)
    do(cash_out, CashOut(uuid7(), 2000, "stamps"), owner)
    do(open_drawer, OpenDrawer(uuid7(), "change for the bus"), owner)
    do(adjust_stock, AdjustStock(uuid7(), "TEA", "Main", -5000, "Broken"), owner)
    do(adjust_stock, AdjustStock(uuid7(), "MUG", "Cellar", 7000, "Goods received", notes="pallet 4"), owner)
    do(transfer_stock, TransferStock(uuid7(), "TEA", "Main", "Cellar", 20_000), owner)
    do(set_threshold, SetThreshold(1, 1, 20_000), owner)
    back = (ReturnLine(1, 1000), ReturnLine(2, 1000, "gone"))
    do(return_sale, ReturnSale(uuid7(), party, back, "the party is off", fee_cents=50), owner)
    _an_order(do, owner)
    do(sell_training, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),)), owner)
    clock.advance(hours=5)
    do(
        close_shift,
        CloseShift(uuid7(), counts=(CountedPieces(5000, 3), CountedPieces(1, 7)), reason="miscounted"),
        owner,
    )
    clock.advance(hours=12)
    do(open_shift, OpenShift(uuid7(), 9000), owner)
    second = sell(SaleLine(sku="MUG"), by=clerk)
    sell(SaleLine(sku="TEA"), by=other)
    do(void_sale, VoidSale(uuid7(), second, "changed her mind"), owner)
    sell(SaleLine(2000, sku="BOOK"), by=clerk, payments=(PaymentGiven("card", 2000),))


def _an_order(do: Callable[..., Any], owner: Actor) -> None:
    """An order by telephone, changed, part paid, part sent."""
    home = AddressGiven("Lime Street 4", "DE", city="Berlin", postal_code="10115")
    content = OrderContent(
        customer="zoe@example.org", lines=(SaleLine(2000, sku="TEA"), SaleLine(sku="MUG")), shipping=home
    )
    number = do(create_order, CreateOrder(key=uuid7(), content=content), owner).number
    other = replace(content, lines=(SaleLine(3000, sku="TEA"), SaleLine(sku="MUG")), shipping_cents=490)
    do(change_order, ChangeOrder(key=uuid7(), order=number, version=1, content=other), owner)
    do(process_order, ProcessOrder(key=uuid7(), order=number), owner)
    paid = (PaymentGiven("cash", 1000),)
    do(pay_order, PayOrder(key=uuid7(), order=number, payments=paid, amount_cents=900), owner)
    parcel = do(pack_shipment, PackShipment(key=uuid7(), order=number, lines=((1, 2000),), tracking="0034"), owner)
    do(ship_shipment, ShipShipment(key=uuid7(), shipment=parcel.number), owner)
