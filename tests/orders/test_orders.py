"""An order from the telephone to the door: quoted, taken, changed, invoiced, paid, packed, sent, partly back; cancelled ones."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from shopdesk.books.doctor import run_doctor
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.fulfilment.commands import CancelShipment, DeliverShipment, PackShipment, ShipShipment
from shopdesk.fulfilment.shipping import cancel_shipment, deliver_shipment, pack_shipment, ship_shipment
from shopdesk.inventory.queries import stock_rows
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
from shopdesk.orders.models import OrderPlan
from shopdesk.orders.paying import PayOrder, pay_order
from shopdesk.orders.placing import change_order, create_order
from shopdesk.orders.processing import process_order
from shopdesk.orders.quotes import accept_quote, create_quote, decline_quote
from shopdesk.returns.cancel_order import cancel_order
from shopdesk.returns.return_sale import ReturnSale, return_sale
from shopdesk.returns.returnable import ReturnLine
from shopdesk.sales.basket import Discount
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.models import Order, OrderStatusStep
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleLine
from shopdesk.sales.shift_report import running_totals
from shopdesk.sales.shifts import CloseShift, OpenShift, close_shift, open_shift
from tests.support.small_shop import actor_of

HOME = AddressGiven("Lime Street 4", "DE", first_name="Kim", last_name="Lee", city="Berlin", postal_code="10115")


def content(*lines: SaleLine, **more) -> OrderContent:
    lines = lines or (SaleLine(3000, sku="TEA"), SaleLine(1000, sku="MUG"))
    return OrderContent(customer="kim@example.org", lines=lines, shipping=HOME, shipping_cents=490, **more)


def take(shop, actor, *lines: SaleLine, **more):
    return shop.execute(create_order, CreateOrder(key=uuid7(), content=content(*lines, **more)), actor)


def process(shop, actor, number):
    return shop.execute(process_order, ProcessOrder(key=uuid7(), order=number), actor)


def pay(shop, actor, number, *payments: tuple[str, int], amount=None):
    given = tuple(PaymentGiven(kind, cents) for kind, cents in payments)
    return shop.execute(pay_order, PayOrder(key=uuid7(), order=number, payments=given, amount_cents=amount), actor)


def pack(shop, actor, number, *lines, **more):
    return shop.execute(pack_shipment, PackShipment(key=uuid7(), order=number, lines=lines, **more), actor)


def send(shop, actor, parcel, **more):
    return shop.execute(ship_shipment, ShipShipment(key=uuid7(), shipment=parcel, **more), actor)


def arrive(shop, actor, parcel):
    return shop.execute(deliver_shipment, DeliverShipment(key=uuid7(), shipment=parcel), actor)


def refusal(call) -> str:
    with pytest.raises(ShopError) as caught:
        call()
    return caught.value.code


def level(shop, sku, warehouse="Main"):
    rows = shop.ask(lambda reader: list(stock_rows(reader, sku, warehouse)))
    return rows[0].on_hand_milli, rows[0].reserved_milli


def status(shop, number):
    asked = (
        sa.select(OrderStatusStep.status).join(Order).where(Order.number == number).order_by(OrderStatusStep.position)
    )
    return shop.ask(lambda reader: list(reader.connection.execute(asked).scalars()))


def version(shop, number):
    asked = sa.select(OrderPlan.version).join(Order, Order.id == OrderPlan.order_id).where(Order.number == number)
    return shop.ask(lambda reader: reader.connection.execute(asked).scalar_one())


def sound(shop):
    assert [
        (one.id, one.samples) for one in run_doctor(shop.database, clock=shop.clock).findings if one.violations
    ] == []


def test_a_phone_order_all_the_way(shop, actor, clock):
    shop.execute(open_shift, OpenShift(uuid7(), 10_000), actor)
    on_hand, _reserved = level(shop, "TEA")
    taken = take(shop, actor, deposit_cents=500)
    assert (taken.number, taken.status, taken.total_cents) == ("T1-O000001", "pending", 3 * 350 + 799 + 490)
    assert level(shop, "TEA") == (on_hand, 3000)
    sound(shop)
    clock.advance(minutes=5)
    assert pay(shop, actor, taken.number, ("cash", 1000), amount=500).change_cents == 500
    clock.advance(minutes=5)
    fixed = process(shop, actor, taken.number)
    assert (fixed.status, fixed.invoice, fixed.open_cents) == ("processing", "T1-I000001", taken.total_cents - 500)
    sound(shop)
    first = pack(shop, actor, taken.number, (1, 2000), tracking="JJD000390007777777")
    assert level(shop, "TEA") == (on_hand, 3000)
    clock.advance(minutes=5)
    assert send(shop, actor, "JJD000390007777777").order_status == "processing"
    assert level(shop, "TEA") == (on_hand - 2000, 1000)
    sound(shop)
    second = pack(shop, actor, taken.number)
    assert send(shop, actor, second.number).order_status == "shipped"
    assert level(shop, "TEA") == (on_hand - 3000, 0)
    clock.advance(days=1)
    assert arrive(shop, actor, first.number).order_status == "shipped"
    assert arrive(shop, actor, second.number).order_status == "delivered"
    assert status(shop, taken.number) == ["pending", "processing", "shipped", "delivered"]
    paid = pay(shop, actor, taken.number, ("card", 1000), ("cash", 5000))
    assert paid.open_cents == 0
    sound(shop)
    back = shop.execute(return_sale, ReturnSale(uuid7(), taken.number, (ReturnLine(1, 1000),), "too green"), actor)
    assert back.refunds == (("card", 350),)
    totals = shop.ask(running_totals, 1)
    assert totals.turnover_cents == taken.total_cents - 350
    assert totals.expected_cents == 10_000 + 500 + (taken.total_cents - 500 - 1000)
    clock.advance(minutes=5)
    shop.execute(close_shift, CloseShift(uuid7(), counted_cents=totals.expected_cents), actor)
    sound(shop)


def test_an_order_fixed_after_a_counter_sale_leaves_every_series_sound(shop, actor, clock):
    sale = CommitSale(key=uuid7(), lines=(SaleLine(1000, sku="TEA"),), payments=(PaymentGiven("cash", 350),))
    shop.execute(commit_sale, sale, actor)
    clock.advance(minutes=5)
    taken = take(shop, actor)
    clock.advance(minutes=5)
    process(shop, actor, taken.number)
    sound(shop)


def test_on_account_what_comes_back_pays_what_is_open_first(shop, actor):
    taken = take(shop, actor, terms="account")
    process(shop, actor, taken.number)
    parcel = pack(shop, actor, taken.number)
    send(shop, actor, parcel.number)
    back = shop.execute(return_sale, ReturnSale(uuid7(), taken.number, (ReturnLine(2, 1000),), "broken"), actor)
    assert (back.refund_cents, back.refunds) == (0, ())
    assert refusal(lambda: pay(shop, actor, taken.number, ("card", taken.total_cents))) == "overpaid"
    assert pay(shop, actor, taken.number, ("card", taken.total_cents - 799)).open_cents == 0
    sound(shop)


def test_more_than_a_customer_may_owe_is_refused(shop, actor, clerk):
    from dataclasses import replace

    from shopdesk.core.permissions import Permission

    office = replace(actor, permissions=actor.permissions - {Permission.ORDER_ACCOUNT.value}, role="back_office")
    assert isinstance(office, type(actor))
    assert refusal(lambda: take(shop, clerk)) == "not_permitted"


def test_a_pending_order_changes_and_its_goods_with_it(shop, actor):
    taken = take(shop, actor)
    change = ChangeOrder(
        key=uuid7(),
        order=taken.number,
        version=version(shop, taken.number),
        content=content(
            SaleLine(1000, sku="TEA"), SaleLine(2000, sku="BOOK"), order_discount=Discount(ppm=100_000, label="regular")
        ),
    )
    changed = shop.execute(change_order, change, actor)
    assert changed.subtotal_cents == 350 + 2000
    assert (level(shop, "TEA")[1], level(shop, "MUG")[1], level(shop, "BOOK")[1]) == (1000, 0, 2000)
    assert shop.execute(change_order, change, actor) == changed
    stale = ChangeOrder(key=uuid7(), order=taken.number, version=1, content=content())
    assert refusal(lambda: shop.execute(change_order, stale, actor)) == "changed_meanwhile"
    sound(shop)
    process(shop, actor, taken.number)
    late = ChangeOrder(key=uuid7(), order=taken.number, version=version(shop, taken.number), content=content())
    assert refusal(lambda: shop.execute(change_order, late, actor)) == "wrong_step"
    sound(shop)


def test_cancelled_before_and_after_it_is_invoiced(shop, actor):
    on_hand = level(shop, "TEA")
    for processed in (False, True):
        taken = take(shop, actor)
        pay(shop, actor, taken.number, ("card", 1000), amount=1000)
        if processed:
            process(shop, actor, taken.number)
        done = shop.execute(
            cancel_order, CancelOrder(key=uuid7(), order=taken.number, reason="changed their mind"), actor
        )
        assert (done.status, done.paid_cents) == ("cancelled", 0)
        assert level(shop, "TEA") == on_hand
        sound(shop)
    again = CancelOrder(key=uuid7(), order=taken.number, reason="twice")
    assert refusal(lambda: shop.execute(cancel_order, again, actor)) == "wrong_step"


def test_a_parcel_holds_no_more_than_was_sold_and_can_be_unpacked(shop, actor):
    taken = take(shop, actor)
    assert refusal(lambda: pack(shop, actor, taken.number)) == "wrong_step"
    process(shop, actor, taken.number)
    assert refusal(lambda: pack(shop, actor, taken.number, (1, 4000))) == "ships_too_much"
    parcel = pack(shop, actor, taken.number, tracking="ABC")
    assert refusal(lambda: pack(shop, actor, taken.number)) == "bad_field"
    cancel = CancelOrder(key=uuid7(), order=taken.number, reason="late")
    assert refusal(lambda: shop.execute(cancel_order, cancel, actor)) == "wrong_step"
    shop.execute(cancel_shipment, CancelShipment(parcel.number), actor)
    other = pack(shop, actor, taken.number, tracking="ABC")
    assert refusal(lambda: send(shop, actor, "T1-W000099")) == "unknown_shipment"
    send(shop, actor, other.number)
    assert refusal(lambda: send(shop, actor, other.number)) == "wrong_step"
    sound(shop)


def test_what_was_not_sent_does_not_come_back(shop, actor):
    taken = take(shop, actor)
    process(shop, actor, taken.number)
    parcel = pack(shop, actor, taken.number, (1, 1000))
    back = ReturnSale(uuid7(), taken.number, (ReturnLine(1, 1000),), "no")
    assert refusal(lambda: shop.execute(return_sale, back, actor)) == "nothing_left_to_return"
    send(shop, actor, parcel.number)
    shop.execute(return_sale, back, actor)
    sound(shop)


def test_a_quote_keeps_its_prices_until_its_time_is_over(shop, actor, clock):
    quote = shop.execute(create_quote, CreateQuote(key=uuid7(), content=content()), actor)
    assert (quote.number, quote.status) == ("T1-Q000001", "quoted")
    assert level(shop, "TEA")[1] == 0
    with shop.database.writing() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE product_variants SET price_cents = price_cents + 100")
    order = shop.execute(accept_quote, AcceptQuote(key=uuid7(), quote=quote.number), actor)
    assert (order.number, order.total_cents) == ("T1-O000001", quote.total_cents)
    assert level(shop, "TEA")[1] == 3000
    assert (
        refusal(lambda: shop.execute(accept_quote, AcceptQuote(key=uuid7(), quote=quote.number), actor)) == "quote_over"
    )
    process(shop, actor, order.number)
    sound(shop)
    late = shop.execute(create_quote, CreateQuote(key=uuid7(), content=content()), actor)
    clock.advance(days=31)
    assert (
        refusal(lambda: shop.execute(accept_quote, AcceptQuote(key=uuid7(), quote=late.number), actor)) == "quote_over"
    )
    shop.execute(decline_quote, DeclineQuote(late.number), actor)
    assert refusal(lambda: shop.execute(decline_quote, DeclineQuote(late.number), actor)) == "quote_over"


def test_two_orders_never_reserve_the_same_piece_and_the_till_may_not_eat_it(shop, actor, clerk):
    others = [actor_of(shop, "olga", "T1"), actor_of(shop, "olga", "T2")]
    results: list[object] = []

    def order(person):
        try:
            results.append(take(shop, person, SaleLine(1000, sku="LAST")).number)
        except ShopError as error:
            results.append(error.code)

    threads = [threading.Thread(target=order, args=(person,)) for person in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "out_of_stock" in results
    assert len([one for one in results if str(one).endswith("O000001")]) == 1
    sale = CommitSale(key=uuid7(), lines=(SaleLine(sku="LAST"),))
    assert refusal(lambda: shop.execute(commit_sale, sale, clerk)) == "out_of_stock"
    sound(shop)


def test_goods_to_be_sent_need_an_address(shop, actor):
    bare = OrderContent(customer="kim@example.org", lines=(SaleLine(sku="TEA"),))
    assert (
        refusal(lambda: shop.execute(create_order, CreateOrder(key=uuid7(), content=bare), actor)) == "address_needed"
    )
    pickup = OrderContent(customer="kim@example.org", lines=(SaleLine(sku="TEA"),), fulfilment="pickup")
    taken = shop.execute(create_order, CreateOrder(key=uuid7(), content=pickup), actor)
    process(shop, actor, taken.number)
    parcel = pack(shop, actor, taken.number, carrier="pickup")
    send(shop, actor, parcel.number)
    assert arrive(shop, actor, parcel.number).order_status == "delivered"
    sound(shop)
