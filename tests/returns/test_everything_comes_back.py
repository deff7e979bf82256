"""Random sales, returned in random parts and order, leave nothing behind: turnover, tenders, taxes and stock at zero again."""

from __future__ import annotations

import random

import msgspec
import pytest

from shopdesk.app import open_shop
from shopdesk.books.doctor import run_doctor
from shopdesk.books.founding import found_shop
from shopdesk.books.spec import parse_spec
from shopdesk.core.ids import uuid7
from shopdesk.inventory.queries import stock_rows
from shopdesk.returns.return_sale import ReturnSale, return_sale
from shopdesk.returns.returnable import ReturnLine, returnable
from shopdesk.sales.basket import Discount
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.queries import all_documents
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleLine
from shopdesk.sales.settle import Overpaid
from shopdesk.sales.shift_report import running_totals
from shopdesk.sales.shifts import OpenShift, open_shift
from tests.support.small_shop import actor_of, corner_shop

WAYS = [
    {"prices_include_tax": True, "tax_rounding": "line", "cash_rounding_cents": 0},
    {"prices_include_tax": False, "tax_rounding": "line", "cash_rounding_cents": 5},
    {"prices_include_tax": True, "tax_rounding": "order", "cash_rounding_cents": 5},
    {"prices_include_tax": False, "tax_rounding": "order", "cash_rounding_cents": 10},
]


@pytest.mark.parametrize("way", range(len(WAYS)))
def test_after_everything_came_back_every_ledger_is_at_zero(database_url, clock, way):
    found_shop(database_url, parse_spec(msgspec.json.encode({**corner_shop(), **WAYS[way]})), clock=clock)
    shop = open_shop(database_url, clock=clock)
    try:
        rng = random.Random(f"returns {way}")
        actor = actor_of(shop, "olga")
        shop.execute(open_shift, OpenShift(uuid7(), 0), actor)
        shelf = stock(shop)
        numbers = [sell(shop, actor, clock, rng) for _sale in range(6)]
        open_sales, step = list(numbers), 0
        while open_sales:
            number = rng.choice(open_sales)
            give_back(shop, actor, clock, rng, number)
            if not any(item.part.left_milli for item in shop.ask(returnable, number).items):
                open_sales.remove(number)
            step += 1
            if step % 5 == 0:
                sound(shop, f"way {way}, step {step}")
        sound(shop, f"way {way}, all back")
        assert sum(row.total_cents for row in shop.ask(lambda reader: list(all_documents(reader)))) == 0
        totals = shop.ask(running_totals, 1)
        assert (totals.turnover_cents, totals.rounding_cents, totals.discounts_cents, totals.expected_cents) == (
            0,
            0,
            0,
            0,
        )
        assert {row.type: row.cents for row in totals.tenders} == dict.fromkeys((row.type for row in totals.tenders), 0)
        assert [
            (row.name, row.net_cents, row.tax_cents) for row in totals.taxes if row.net_cents or row.tax_cents
        ] == []
        assert stock(shop) == shelf
    finally:
        shop.close()


def sell(shop, actor, clock, rng) -> str:
    clock.advance(seconds=30)
    skus = rng.sample(["TEA", "MUG", "SOAP", "TEA", "BOOK"], rng.randint(1, 4))
    lines = tuple(
        SaleLine(
            1000 if sku in ("BOOK", "MUG") else rng.choice([1000, 2000, 3000]),
            sku=sku,
            price_cents=rng.choice([None, rng.randint(1, 999)]),
            discount=rng.choice([None, Discount(cents=rng.randint(0, 1)), Discount(ppm=rng.randint(0, 333_333))]),
        )
        for sku in skus
    )
    off = rng.choice([None, Discount(ppm=rng.randint(0, 250_000))])
    key = uuid7()
    split = (PaymentGiven("card", rng.randint(1, 40)), PaymentGiven("cash", 1_000_000))
    for payments in (split, None) if rng.random() < 0.6 else (None,):
        try:
            command = CommitSale(key=key, lines=lines, order_discount=off, payments=payments)
            return shop.execute(commit_sale, command, actor).number
        except Overpaid:  # the card alone is more than a discounted trifle costs: cash then
            continue
    raise AssertionError("exact cash is never refused")


def give_back(shop, actor, clock, rng, number: str) -> None:
    clock.advance(seconds=30)
    left = [item.part for item in shop.ask(returnable, number).items if item.part.left_milli]
    chosen = rng.sample(left, rng.randint(1, len(left)))
    lines = tuple(ReturnLine(part.line, rng.randrange(1000, part.left_milli + 1, 1000)) for part in chosen)
    still = sum(paid.left_cents for paid in shop.ask(returnable, number).paid)
    done = shop.execute(return_sale, ReturnSale(uuid7(), number, lines, "as the dice fell"), actor)
    assert done.refund_cents <= still
    assert all(paid.left_cents >= 0 for paid in shop.ask(returnable, number).paid)


def stock(shop) -> dict[tuple[str, str], int]:
    return {(row.sku, row.warehouse): row.on_hand_milli for row in shop.ask(lambda reader: list(stock_rows(reader)))}


def sound(shop, where: str) -> None:
    wrong = [(one.id, one.samples) for one in run_doctor(shop.database, clock=shop.clock).findings if one.violations]
    assert wrong == [], where
