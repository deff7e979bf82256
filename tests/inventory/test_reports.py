"""Reports of stock: its value now and then, and what nobody buys; movements with their documents."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.inventory.costing import ReceivedCost, receive_cost
from shopdesk.inventory.movements import level_curve, movements_page
from shopdesk.inventory.reports import dead_stock, stock_valuation
from shopdesk.inventory.transfer import TransferStock, transfer_stock
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from tests.support.statements import counted

MUG, SOAP = 2, 3


def receive(uow: UnitOfWork, line: ReceivedCost) -> None:
    receive_cost(uow, [line])


def buy(shop: Shop, actor: Actor, sku: str, pieces: int, cents: int) -> None:
    """Goods that come in at a cost."""
    variant = {"MUG": MUG, "SOAP": SOAP}[sku]
    shop.execute(receive, ReceivedCost(variant, pieces * 1_000, cents), actor)
    shop.execute(
        adjust_stock,
        AdjustStock(
            key=uuid7(), sku=sku, warehouse="Main", quantity_change_milli=pieces * 1_000, reason="Goods received"
        ),
        actor,
    )


def sell(shop: Shop, actor: Actor, sku: str) -> None:
    shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku=sku),)), actor)


def test_value_by_hand_now_and_at_the_end_of_an_earlier_day(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    """Ten mugs at 4.00; ten more for 50.00 make 4.50 each; a day later five for 60.00: (20 x 4.50 + 60) / 25 = 6.00."""
    with shop.database.writing() as connection, connection.begin():
        connection.execute(sa.text("UPDATE product_variants SET cost_cents = 400 WHERE id = 2"))
    first_day = clock.now().date()
    buy(shop, actor, "MUG", 10, 5_000)
    clock.advance(days=1)
    buy(shop, actor, "MUG", 5, 6_000)
    sell(shop, actor, "MUG")
    clock.advance(days=1)
    with counted(shop) as statements:
        now = shop.ask(stock_valuation)
    assert len(statements) <= 3
    (mug,) = [row for row in now.rows if row.sku == "MUG"]
    assert (mug.on_hand_milli, mug.average_cents, mug.value_cents) == (24_000, 600, 14_400)
    assert now.totals["value_cents"] == 14_400
    assert now.totals["without_cost"] == 5
    with counted(shop) as statements:
        then = shop.ask(stock_valuation, until=first_day)
    assert len(statements) <= 3
    (mug,) = [row for row in then.rows if row.sku == "MUG"]
    assert (mug.on_hand_milli, mug.average_cents, mug.value_cents) == (20_000, 450, 9_000)
    before = shop.ask(stock_valuation, until=first_day - timedelta(days=1))
    assert before.rows == ()


def test_value_by_category_and_warehouse(shop: Shop, actor: Actor) -> None:
    buy(shop, actor, "SOAP", 3, 600)
    shop.execute(transfer_stock, TransferStock(uuid7(), "SOAP", "Main", "Cellar", 2_000), actor)
    places = {row.name: row.value_cents for row in shop.ask(stock_valuation, by="warehouse").rows}
    assert places == {"Main": 800, "Cellar": 400}
    shelves = {row.name: row.value_cents for row in shop.ask(stock_valuation, by="category").rows}
    assert shelves["Bath"] == 1_200
    cellar = shop.ask(stock_valuation, warehouse_id=2)
    assert [(row.sku, row.value_cents) for row in cellar.rows] == [("SOAP", 400)]


def test_dead_stock_is_what_lay_there_and_was_not_sold(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    clock.advance(days=40)
    sell(shop, actor, "MUG")
    clock.advance(days=10)
    sell(shop, actor, "TEA")
    with counted(shop) as statements:
        report = shop.ask(dead_stock, days=30)
    assert len(statements) == 1
    assert [row.sku for row in report.rows] == ["APPLE", "BOOK", "LAST", "SOAP"]
    assert [row.sku for row in shop.ask(dead_stock, days=5).rows] == ["APPLE", "BOOK", "LAST", "MUG", "SOAP"]
    (mug,) = [row for row in shop.ask(dead_stock, days=5).rows if row.sku == "MUG"]
    assert mug.days == 10
    assert shop.ask(dead_stock, days=90).rows == ()
    assert shop.ask(dead_stock, days=5, warehouse_id=2).rows == ()


def test_movements_name_their_documents_and_draw_the_level(shop: Shop, actor: Actor) -> None:
    sell(shop, actor, "MUG")
    shop.execute(transfer_stock, TransferStock(uuid7(), "MUG", "Main", "Cellar", 2_000), actor)
    with counted(shop) as statements:
        page = shop.ask(movements_page, PageRequest(descending=True), variant_id=MUG, warehouse_id=1)
    assert len(statements) == 1
    assert [(row.type, row.number) for row in page.rows] == [
        ("transfer_out", "T1-M000001"),
        ("sale", "T1-S000001"),
        ("adjust", "T1-A000001"),
    ]
    kinds = shop.ask(movements_page, PageRequest(filters=(("type", "sale"),)), variant_id=MUG, warehouse_id=1)
    assert len(kinds.rows) == 1
    steps = shop.ask(level_curve, MUG, 1)
    assert [step.level_milli for step in steps] == [10_000, 9_000, 7_000]
    assert [step.level_milli for step in shop.ask(level_curve, MUG, 1, 2)] == [9_000, 7_000]
