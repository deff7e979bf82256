"""Lists and streams of the books: every document once, in order, found by its number, at a fixed number of statements."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.sales.basket import Discount
from shopdesk.sales.cart_queries import held_carts
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.documents import receipt_document
from shopdesk.sales.queries import SALE_SORTS, SaleRow, all_documents, journal_entries, sales_page
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.sales.sale_detail import sale_detail
from shopdesk.sales.shift_paper import shift_report_document
from shopdesk.sales.shift_queries import current_shift, denominations, last_left_cents, shift_row, shifts_page
from shopdesk.sales.shift_report import shift_totals
from shopdesk.sales.tenders import pay_panel
from shopdesk.sales.tills import tills_list
from tests.support.counter_day import close, open_drawer_with, pay, rows, sell, void
from tests.support.small_shop import actor_of
from tests.support.statements import counted


@pytest.fixture
def busy(shop: Shop, actor: Actor, clock: ManualClock) -> Shop:
    """Two tills, a dozen sales, some of them in the same moment, four voids."""
    other = actor_of(shop, "max", "T2")
    chance = random.Random(7)
    for place in range(12):
        who = (actor, other)[place % 2]
        sale = sell(shop, who, chance.choice(["TEA", "APPLE"]), chance.randint(1, 4), customer=1 if place % 3 else None)
        if place % 3 == 0:
            void(shop, actor, sale.number)
        if place % 4:
            clock.advance(minutes=1)
    return shop


def walk(shop: Shop, **request: Any) -> list[SaleRow]:
    """Every page from the first to the last."""
    found: list[SaleRow] = []
    after = None
    while True:
        page = shop.ask(sales_page, PageRequest(after=after, **request))
        found += page.rows
        after = page.next
        if after is None:
            return found


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", SALE_SORTS)
def test_a_walk_over_pages_meets_each_document_once_in_order(busy: Shop, sort: str, descending: bool) -> None:
    whole = walk(busy, sort=sort, descending=descending, limit=1000)
    assert len({row.number for row in whole}) == len(whole) == 16
    for limit in (1, 3, 5, 16):
        assert walk(busy, sort=sort, descending=descending, limit=limit) == whole
    value: Callable[[SaleRow], Any] = {
        "placed": lambda row: row.placed_at,
        "number": lambda row: row.number,
        "total": lambda row: row.total_cents,
    }[sort]
    values = [value(row) for row in whole]
    assert values == sorted(values, reverse=descending)


def test_the_totals_of_the_list_add_up_to_turnover(busy: Shop) -> None:
    turnover = rows(busy, "SELECT sum(perpetual_cents) FROM counters WHERE series = 'journal'")[0][0]
    assert sum(row.total_cents for row in walk(busy)) == turnover
    assert sum(row.total_cents for row in busy.ask(lambda reader: list(all_documents(reader)))) == turnover


def test_a_void_knows_its_sale_and_a_sale_its_void(busy: Shop) -> None:
    by_number = {row.number: row for row in walk(busy)}
    void_row = by_number["T1-V000001"]
    sale = by_number[void_row.undoes]
    assert (void_row.kind, void_row.total_cents, sale.voided_by) == ("void", -sale.total_cents, "T1-V000001")


def test_filters_narrow_the_list(busy: Shop, clock: ManualClock) -> None:
    everything = walk(busy)
    assert walk(busy, filters=(("kind", "void"),)) == [row for row in everything if row.kind == "void"]
    assert walk(busy, filters=(("till", "T2"),)) == [row for row in everything if row.till == "T2"]
    assert walk(busy, filters=(("till", "T9"),)) == []
    since, until = clock.now() - timedelta(minutes=6), clock.now() - timedelta(minutes=2)
    wanted = [row for row in everything if since <= row.placed_at < until]
    assert walk(busy, filters=(("since", since), ("until", until)), limit=2) == wanted
    assert 0 < len(wanted) < 16
    assert {row.customer for row in walk(busy, filters=(("customer_id", 1),))} == {"Kim Lee"}


def test_a_number_is_found_whole_by_its_beginning_and_by_its_digits(busy: Shop) -> None:
    def numbers(search: str) -> list[str]:
        return [row.number for row in walk(busy, search=search, sort="number")]

    assert numbers("T1-S000003") == ["T1-S000003"]
    assert numbers(" T1-V000002 ") == ["T1-V000002"]
    assert numbers("3") == ["T1-S000003", "T1-V000003", "T2-S000003"]
    assert numbers("T2-") == [f"T2-S{place:06d}" for place in range(1, 7)]
    assert numbers("T1-S000099") == numbers("nothing") == numbers("%") == numbers("'; DROP TABLE orders") == []


def test_what_is_not_offered_is_refused(busy: Shop) -> None:
    for request in (PageRequest(sort="customer"), PageRequest(filters=(("kind", "gift"),))):
        with pytest.raises(ShopError):
            busy.ask(sales_page, request)
    with pytest.raises(ShopError):
        busy.ask(shifts_page, PageRequest(sort="till"))


def test_every_document_once_oldest_first(busy: Shop) -> None:
    told = busy.ask(lambda reader: list(all_documents(reader)))
    assert [fact.created_at for fact in told] == sorted(fact.created_at for fact in told)
    assert len({fact.number for fact in told}) == 16
    keys = dict(rows(busy, "SELECT number, uid FROM orders UNION ALL SELECT number, uid FROM voids"))
    assert {fact.number: fact.key for fact in told} == keys
    for fact in told:
        if fact.kind == "void":
            assert fact.total_cents < 0


def test_the_journal_is_told_as_it_was_hashed(busy: Shop) -> None:
    last = hashlib.sha256(b"T2").hexdigest()
    entries = busy.ask(lambda reader: list(journal_entries(reader, "T2")))
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    for entry in entries:
        assert entry.prev == last
        last = hashlib.sha256(bytes.fromhex(entry.prev) + entry.payload.encode()).hexdigest()
        assert entry.hash == last
    with pytest.raises(ShopError) as caught:
        busy.ask(lambda reader: list(journal_entries(reader, "T9")))
    assert caught.value.code == "unknown_till"


def test_a_sale_answers_why_this_price(shop: Shop, actor: Actor, clerk: Actor) -> None:
    command = CommitSale(
        key=uuid7(),
        lines=(
            SaleLine(2_000, sku="TEA", price_cents=400, discount=Discount(cents=100, label="Dented"), note="wrap it"),
            SaleLine(sku="BOOK"),
        ),
        order_discount=Discount(cents=85),
        customer=2,
        payments=pay(card=500, cash=1_500),
    )
    number = shop.execute(commit_sale, command, actor).number
    detail = shop.ask(sale_detail, number)
    tea = detail.lines[0]
    assert [(step.kind, step.before_cents, step.amount_cents, step.after_cents) for step in tea.steps] == [
        ("override", 700, 100, 800),
        ("line_discount", 800, -100, 700),
        ("order_discount", 700, -35, 665),
    ]
    assert tea.steps[-1].after_cents == tea.total_cents
    assert (tea.note, tea.list_price_cents, tea.unit_price_cents) == ("wrap it", 350, 400)
    assert detail.lines[1].total_cents == 950
    assert [(row.type, row.amount_cents, row.change_cents) for row in detail.payments] == [
        ("card", 500, 0),
        ("cash", 1115, 385),
    ]
    assert detail.change_cents == 385
    assert [(row.status, row.by) for row in detail.history] == [("delivered", "olga")]
    assert detail.customer == "Zoë Müller"
    assert (detail.void, detail.shift, detail.z_number) == (None, None, None)
    with pytest.raises(ShopError) as caught:
        shop.ask(sale_detail, "T1-S000099")
    assert caught.value.code == "unknown_sale"


def test_the_detail_of_a_void_is_its_sale(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor, 0)
    number = void(shop, actor, sell(shop, actor).number, "too hot")
    close(shop, actor, 0)
    detail = shop.ask(sale_detail, number)
    assert (detail.asked, detail.number) == (number, "T1-S000001")
    assert detail.void is not None
    assert (detail.void.number, detail.void.reason, detail.void.by, detail.void.cash_cents) == (
        number,
        "too hot",
        "olga",
        350,
    )
    assert (detail.shift, detail.shift_is_open, detail.z_number) == (1, False, "T1-Z000001")


def test_shifts_are_listed_and_the_open_one_is_known(shop: Shop, actor: Actor) -> None:
    assert shop.ask(current_shift, 1) is None
    assert shop.ask(last_left_cents, 1) is None
    for _ in range(3):
        open_drawer_with(shop, actor, 1_000)
        close(shop, actor, 900, reason="lost", left_cents=500)
    open_drawer_with(shop, actor, 400)
    now = shop.ask(current_shift, 1)
    assert now is not None
    assert (now.number, now.till, now.opened_by, now.opening_difference_cents) == (4, "T1", "olga", -100)
    assert shop.ask(last_left_cents, 1) == 500
    first = shop.ask(shifts_page, PageRequest(descending=True, limit=3))
    assert [row.number for row in first.rows] == [4, 3, 2]
    second = shop.ask(shifts_page, PageRequest(descending=True, limit=3, after=first.next))
    assert [(row.number, row.z_number, row.difference_cents) for row in second.rows] == [(1, "T1-Z000001", -100)]
    assert second.next is None
    found = shop.ask(shifts_page, PageRequest(search="T1-Z000002"))
    assert [row.number for row in found.rows] == [2]
    assert [row.number for row in shop.ask(shifts_page, PageRequest(filters=(("status", "open"),))).rows] == [4]
    assert shop.ask(shifts_page, PageRequest(filters=(("till", "T2"),))).rows == ()
    one_row = shop.ask(shift_row, now.id)
    assert one_row is not None
    assert (one_row.status, one_row.z_number) == ("open", "")


def test_no_screen_costs_more_than_three_statements(busy: Shop, actor: Actor) -> None:
    open_drawer_with(busy, actor)
    screens: dict[str, tuple[Callable[..., object], tuple[object, ...], int]] = {
        "sales": (sales_page, (PageRequest(search="1"),), 1),
        "sale": (sale_detail, ("T1-S000001",), 3),
        "shifts": (shifts_page, (PageRequest(),), 1),
        "held": (held_carts, (), 1),
        "tenders": (pay_panel, (), 1),
        "tills": (tills_list, (), 1),
        "current": (current_shift, (1,), 1),
        "receipt": (receipt_document, ("T1-S000001",), 3),
        "shift": (shift_totals, (1,), 2),
        "X": (shift_report_document, (1, "X"), 3),
    }
    for name, (query, arguments, most) in screens.items():
        with counted(busy) as seen:
            busy.ask(query, *arguments)
        assert 0 < len(seen) <= most, (name, seen)


def test_pages_are_served_by_an_index(busy: Shop) -> None:
    """No sort of the whole table on SQLite: each arm walks an index as far as its page."""
    if busy.database.dialect != "sqlite":
        return
    for sort in SALE_SORTS:
        with counted(busy) as seen:
            busy.ask(sales_page, PageRequest(sort=sort, descending=True))
        with busy.database.reading() as connection:
            driver: Any = connection.connection.driver_connection
            parameters = seen[0].count("?")
            plan = driver.execute(f"EXPLAIN QUERY PLAN {seen[0]}", [101] * parameters).fetchall()
        details = [str(row[3]) for row in plan]
        for table in ("orders", "voids"):
            assert any(line.startswith(f"SCAN {table} USING INDEX") for line in details), (sort, details)


@pytest.mark.parametrize("currency", ["EUR", "USD", "JPY", "KWD", "XOF", "MXN"])
def test_denominations_can_count_any_sum(currency: str) -> None:
    ladder = denominations(currency)
    assert list(ladder) == sorted(set(ladder), reverse=True)
    assert all(worth > 0 for worth in ladder)
    assert one_by_one(ladder, 123_456 * ladder[-1]) == 0


def one_by_one(ladder: tuple[int, ...], cents: int) -> int:
    for worth in ladder:
        cents %= worth
    return cents
