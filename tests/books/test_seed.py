"""The seed: as much as asked for, the same for the same seed, and every invariant kept."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from shopdesk.app import open_shop
from shopdesk.books.doctor import run_doctor
from shopdesk.books.founding import found_shop
from shopdesk.books.seed import ShiftsOpen, seed_shop
from shopdesk.books.spec import parse_spec
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.sales.shifts import OpenShift, open_shift
from tests.support.small_shop import OPENING

HEADS = sa.text("SELECT scope, value, hash FROM counters WHERE series = 'journal' ORDER BY scope")


def count(shop: Shop, table: str) -> int:
    with shop.database.reading() as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def heads(shop: Shop) -> list[tuple[object, ...]]:
    with shop.database.reading() as connection:
        return [tuple(row) for row in connection.execute(HEADS)]


def test_it_makes_what_was_asked_for_and_keeps_every_invariant(shop: Shop) -> None:
    told: list[tuple[str, int, int]] = []
    done = seed_shop(
        shop, products=60, customers=25, orders=120, days=6, seed=3, progress=lambda *step: told.append(step)
    )
    assert done == {"products": 60, "customers": 25, "orders": 120, "days": 6}
    assert (count(shop, "orders"), count(shop, "products"), count(shop, "customers")) == (120, 66, 27)
    assert {what for what, _done, _all in told} == {"products", "customers", "orders"}
    assert told[-1] == ("orders", 120, 120)
    report = run_doctor(shop.database, clock=shop.clock)
    assert [(finding.id, finding.samples) for finding in report.findings if finding.violations] == []


def test_the_history_is_plausible(shop: Shop) -> None:
    seed_shop(shop, products=40, customers=20, orders=300, days=10)
    ask = """
    SELECT count(DISTINCT business_date), count(DISTINCT till_id), min(placed_at), max(placed_at), count(DISTINCT customer_id),
      (SELECT count(*) FROM z_reports), (SELECT count(*) FROM shifts WHERE status = 'open'),
      (SELECT count(DISTINCT type) FROM payments), (SELECT count(*) FROM stock_levels WHERE on_hand < 0),
      (SELECT count(*) FROM order_items WHERE discount_cents > 0), (SELECT count(*) FROM print_jobs WHERE state = 'queued')
    FROM orders
    """
    with shop.database.reading() as connection:
        days, tills, first, last, people, closed, still_open, tenders, below, discounts, paper = connection.execute(
            sa.text(ask)
        ).one()
    now = int(shop.clock.now().timestamp() * 1_000_000)
    assert (days, tills, still_open, below, paper) == (10, 2, 0, 0, 0)
    assert closed == 20
    assert now - 11 * 86_400_000_000 < first < last < now
    assert people > 5
    assert tenders == 2
    assert discounts > 0


def test_the_same_seed_makes_the_same_journal(shop_copies: Callable[[], Shop]) -> None:
    first, second, third = shop_copies(), shop_copies(), shop_copies()
    for shop, seed in ((first, 7), (second, 7), (third, 8)):
        seed_shop(shop, products=20, customers=5, orders=40, days=3, seed=seed)
    assert heads(first) == heads(second)
    assert heads(first) != heads(third)
    before = heads(first)
    seed_shop(first, products=20, customers=5, orders=40, days=3, seed=7)
    assert heads(first) != before
    assert run_doctor(first.database, clock=first.clock).ok


@pytest.fixture
def shop_copies(
    request: pytest.FixtureRequest, sqlite_shop_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Shop]:
    """The corner shop as often as wanted, each in a file of its own."""
    import shutil

    def copy() -> Shop:
        file = tmp_path_factory.mktemp("copy") / "shop.db"
        shutil.copyfile(str(make_url(sqlite_shop_url).database), file)
        shop = open_shop(str(file), clock=ManualClock(OPENING + timedelta(hours=1)))
        request.addfinalizer(shop.close)
        return shop

    return copy


def test_the_shop_sells_on_afterwards(shop: Shop, actor: Actor) -> None:
    seed_shop(shop, products=10, customers=5, orders=30, days=2)
    answer = shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),)), actor)
    assert answer.total_cents == 350
    assert run_doctor(shop.database, clock=shop.clock).ok
    made = uuid7()
    assert abs(int(made[:8] + made[9:13], 16) - time.time_ns() // 1_000_000) < 60_000, "ids come from the machine again"


def test_an_open_drawer_gets_no_made_up_sales(shop: Shop, actor: Actor) -> None:
    shop.execute(open_shift, OpenShift(key=uuid7(), float_cents=100, till="T1"), actor)
    seed_shop(shop, products=10, customers=0, orders=10, days=2)
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM orders WHERE till_id = 1")).scalar() == 0
    shop.execute(open_shift, OpenShift(key=uuid7(), float_cents=100, till="T2"), actor)
    with pytest.raises(ShiftsOpen):
        seed_shop(shop, products=0, customers=0, orders=10, days=2)


def test_goods_alone_and_nothing_at_all(shop: Shop) -> None:
    assert seed_shop(shop, products=0, customers=0, orders=0, days=1)["orders"] == 0
    assert seed_shop(shop, products=5, customers=0, orders=0, days=1)["products"] == 5
    assert count(shop, "orders") == 0


@pytest.mark.parametrize(
    "settings",
    [
        {"prices_include_tax": False, "tax_rounding": "order", "cash_rounding_cents": 5, "currency": "CHF"},
        {"prices_include_tax": False, "tax_rounding": "line", "currency": "KWD", "timezone": "Pacific/Auckland"},
        {"tax_rounding": "order", "cash_rounding_cents": 10, "currency": "JPY", "timezone": "America/St_Johns"},
        {"tax_rates": [], "tills": [{"code": "A"}, {"code": "B"}, {"code": "C"}]},
    ],
    ids=["CHF net by order", "KWD net by line", "JPY gross by order", "no tax, three tills"],
)
def test_every_kind_of_shop_can_be_filled(sqlite_url: str, settings: dict[str, object]) -> None:
    rates = [{"code": "std", "name": "VAT", "rate": "0.19"}, {"code": "red", "name": "Reduced", "rate": "0.0815"}]
    clock = ManualClock(OPENING)
    found_shop(sqlite_url, parse_spec(json.dumps({"tax_rates": rates, **settings})), clock=clock)
    shop = open_shop(sqlite_url, clock=clock)
    assert seed_shop(shop, products=40, customers=10, orders=150, days=4)["orders"] == 150
    report = run_doctor(shop.database, clock=clock)
    assert [(finding.id, finding.samples) for finding in report.findings if finding.violations] == []
    shop.close()
