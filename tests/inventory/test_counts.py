"""Counting while sales go on: scans, areas, two people, recounts, approval, late sales, and books that hold (R7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import BadAmount, BadField, NotPermitted, ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.inventory.count_posting import (
    PostCount,
    RecountNeeded,
    RestUndecided,
    SecondPersonNeeded,
    post_count,
    read_tallies,
)
from shopdesk.inventory.counting import (
    CancelCount,
    CountAgain,
    CountClosed,
    CountRecorded,
    NothingToUndo,
    RecordCount,
    StartCount,
    UndoScan,
    cancel_count,
    count_again,
    record_count,
    start_count,
    undo_scan,
)
from shopdesk.inventory.queries import variant_levels
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from tests.inventory.proof import sound
from tests.support.small_shop import actor_of
from tests.support.tampering import Tampering, drop_guards

TEA, MUG, SOAP = 1, 2, 3
Scanner = Callable[..., CountRecorded]


def begin(shop: Shop, actor: Actor, **more: Any) -> int:
    fields: dict[str, Any] = {"warehouse_id": 1, "scope": "free", "limit_cents": 100_000, **more}
    return shop.execute(start_count, StartCount(**fields), actor)


def scan(shop: Shop, actor: Actor, count: int, sku: str = "MUG", quantity: int | None = None, **more: Any) -> Any:
    command = RecordCount(key=uuid7(), count_id=count, code=sku, quantity_milli=quantity, **more)
    return shop.execute(record_count, command, actor)


def sell(shop: Shop, actor: Actor, quantity: int = 1_000, sku: str = "MUG") -> None:
    shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(quantity, sku=sku),)), actor)


def post(shop: Shop, actor: Actor, count: int, **more: Any) -> Any:
    return shop.execute(post_count, PostCount(key=uuid7(), count_id=count, **more), actor)


def on_hand(shop: Shop, variant: int = MUG) -> int:
    return next(row.on_hand_milli for row in shop.ask(variant_levels, variant) if row.warehouse_id == 1)


def test_late_sales_are_folded_in(shop: Shop, actor: Actor, clerk: Actor) -> None:
    """Ten by the books; eight are counted, one was sold before and two are sold after: 8 - 2 are left, one is missing."""
    count = begin(shop, clerk)
    sell(shop, clerk)
    for _ in range(8):
        scan(shop, clerk, count, "4002385002017")
    sell(shop, clerk, 2_000)
    done = post(shop, actor, count)
    assert (done.number, done.differences) == ("T1-K000001", 1)
    assert on_hand(shop) == 6_000
    with shop.database.reading() as connection:
        row = connection.execute(
            sa.text("SELECT type, quantity_change, reference_type FROM inventory_ledger ORDER BY id DESC LIMIT 1")
        ).one()
        line = connection.execute(sa.text("SELECT counted, expected, quantity_change FROM stock_count_lines")).one()
    assert tuple(row) == ("count", -1_000, "count")
    assert tuple(line) == (8_000, 9_000, -1_000)
    sound(shop)


def test_areas_are_added_and_packs_and_figures_count(shop: Shop, actor: Actor, clerk: Actor) -> None:
    count = begin(shop, clerk)
    assert scan(shop, clerk, count, quantity=4_000, area="Shelf").tally_milli == 4_000
    assert scan(shop, clerk, count, quantity=7_000, area="Store").tally_milli == 7_000
    assert scan(shop, clerk, count, quantity=6_000, area="Store", mode="set").added_milli == -1_000
    tally = shop.ask(read_tallies, count)[MUG]
    assert (tally.counted, tally.change, tally.differ) == (10_000, 0, False)
    assert post(shop, actor, count).differences == 0
    assert on_hand(shop) == 10_000
    sound(shop)


def test_two_people_in_one_area_must_agree(shop: Shop, actor: Actor, clerk: Actor) -> None:
    ben = actor_of(shop, "ben")
    count = begin(shop, clerk)
    scan(shop, clerk, count, quantity=9_000)
    scan(shop, ben, count, quantity=8_000)
    with pytest.raises(RecountNeeded, match="Mug"):
        post(shop, actor, count, despite_prompts=True)
    assert shop.execute(count_again, CountAgain(count, (MUG, TEA)), clerk) == 1
    with pytest.raises(RecountNeeded):
        post(shop, actor, count, despite_prompts=True)  # the recount waits
    assert scan(shop, ben, count, quantity=9_000).round == 2
    assert post(shop, actor, count).differences == 1
    assert on_hand(shop) == 9_000
    sound(shop)


def test_two_people_who_agree_need_no_recount(shop: Shop, actor: Actor, clerk: Actor) -> None:
    count = begin(shop, clerk, limit_cents=0)
    scan(shop, clerk, count, quantity=9_000)
    with pytest.raises(RecountNeeded):
        post(shop, actor, count)
    scan(shop, actor_of(shop, "ben"), count, quantity=9_000)
    post(shop, actor, count)
    sound(shop)


def test_a_large_difference_is_counted_again_or_accepted(shop: Shop, actor: Actor, clerk: Actor) -> None:
    count = begin(shop, clerk, limit_cents=500)
    scan(shop, clerk, count, quantity=9_000)  # one mug: 7.99 by its price, no cost is known
    with pytest.raises(RecountNeeded):
        post(shop, actor, count)
    post(shop, actor, count, despite_prompts=True)
    sound(shop)


def test_goods_sold_between_two_scans_are_counted_again(shop: Shop, actor: Actor, clerk: Actor) -> None:
    count = begin(shop, clerk)
    scan(shop, clerk, count, quantity=5_000, area="Shelf")
    sell(shop, clerk)
    scan(shop, clerk, count, quantity=5_000, area="Store")
    assert shop.ask(read_tallies, count)[MUG].prompt(0, 10**9) == "moved"
    with pytest.raises(RecountNeeded):
        post(shop, actor, count)
    shop.execute(count_again, CountAgain(count, (MUG,)), clerk)
    scan(shop, clerk, count, quantity=9_000)
    assert post(shop, actor, count).differences == 0
    sound(shop)


def test_the_last_scan_is_taken_back(shop: Shop, actor: Actor, clerk: Actor) -> None:
    count = begin(shop, clerk)
    scan(shop, clerk, count, "TEA", 5_000)
    scan(shop, clerk, count, quantity=3_000)
    scan(shop, actor, count, "SOAP", 1_000)
    command = UndoScan(uuid7(), count)
    undone = shop.execute(undo_scan, command, clerk)
    assert (undone.sku, undone.added_milli, undone.tally_milli) == ("MUG", -3_000, 0)
    assert shop.execute(undo_scan, command, clerk).added_milli == -3_000  # the same key again
    assert sorted(shop.ask(read_tallies, count)) == [TEA, SOAP]
    assert shop.execute(undo_scan, UndoScan(uuid7(), count), clerk).sku == "TEA"
    with pytest.raises(NothingToUndo):
        shop.execute(undo_scan, UndoScan(uuid7(), count), clerk)
    post(shop, actor, count)
    sound(shop)


def test_a_scan_counts_once_whatever_the_line_does(shop: Shop, clerk: Actor) -> None:
    count = begin(shop, clerk)
    command = RecordCount(key=uuid7(), count_id=count, code="MUG")
    first = shop.execute(record_count, command, clerk)
    assert shop.execute(record_count, command, clerk) == first
    with pytest.raises(ShopError):
        shop.execute(record_count, replace(command, code="TEA"), clerk)
    assert shop.ask(read_tallies, count)[MUG].counted == 1_000


def test_what_nobody_counted_is_asked_for(shop: Shop, actor: Actor, clerk: Actor) -> None:
    count = begin(shop, clerk, scope="all", limit_cents=10**9)
    scan(shop, clerk, count, quantity=10_000)
    with pytest.raises(RestUndecided) as refusal:
        post(shop, actor, count)
    assert refusal.value.values["count"] == 5
    sell(shop, clerk, 1_000, "SOAP")
    done = post(shop, actor, count, rest="zero")
    assert done.differences == 5
    assert [on_hand(shop, variant) for variant in (TEA, MUG, SOAP)] == [0, 10_000, 0]
    sound(shop)


def test_rest_that_stays_and_scopes(shop: Shop, actor: Actor, clerk: Actor) -> None:
    with shop.database.reading() as connection:
        kitchen = connection.execute(sa.text("SELECT id FROM categories WHERE name = 'Kitchen'")).scalar_one()
    count = begin(shop, clerk, scope="category", category_id=kitchen)
    scan(shop, clerk, count, quantity=10_000)
    with pytest.raises(RestUndecided) as refusal:
        post(shop, actor, count)
    assert refusal.value.values["count"] == 1  # LAST
    post(shop, actor, count, rest="leave")
    listed = begin(shop, clerk, scope="list", variant_ids=(TEA, SOAP))
    scan(shop, clerk, listed, "TEA", 1_000_000)
    with pytest.raises(RestUndecided):
        post(shop, actor, listed)
    post(shop, actor, listed, rest="leave")
    sound(shop)


def test_above_the_limit_nobody_approves_what_they_counted_alone(shop: Shop, actor: Actor, clerk: Actor) -> None:
    count = begin(shop, actor, limit_cents=500)
    scan(shop, actor, count, quantity=5_000)
    with pytest.raises(SecondPersonNeeded):
        post(shop, actor, count, despite_prompts=True)
    post(shop, actor_of(shop, "max"), count, despite_prompts=True)
    sound(shop)


def test_a_count_that_is_over_takes_no_more_scans(shop: Shop, actor: Actor, clerk: Actor) -> None:
    count = begin(shop, clerk)
    scan(shop, clerk, count, quantity=10_000)
    command = PostCount(key=uuid7(), count_id=count)
    assert shop.execute(post_count, command, actor) == shop.execute(post_count, command, actor)
    for call in (
        lambda: scan(shop, clerk, count),
        lambda: post(shop, actor, count),
        lambda: shop.execute(cancel_count, CancelCount(count), clerk),
        lambda: shop.execute(count_again, CountAgain(count, (MUG,)), clerk),
    ):
        with pytest.raises(CountClosed):
            call()
    given_up = begin(shop, clerk)
    scan(shop, clerk, given_up, quantity=1_000)
    shop.execute(cancel_count, CancelCount(given_up), clerk)
    assert on_hand(shop) == 10_000
    sound(shop)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"code": "NOPE"}, ShopError),
        ({"quantity_milli": -1_000}, BadField),
        ({"quantity_milli": 10**9 + 1}, BadAmount),
        ({"mode": "set", "quantity_milli": -1}, BadAmount),
        ({"key": "x"}, BadField),
        ({"area": "x" * 41}, BadField),
        ({"count_id": 99}, ShopError),
    ],
)
def test_refused_scans(sqlite_shop: Shop, actor: Actor, change: dict[str, Any], kind: type[Exception]) -> None:
    count = begin(sqlite_shop, actor)
    command = RecordCount(**{"key": uuid7(), "count_id": count, "code": "MUG", **change})
    with pytest.raises(kind):
        sqlite_shop.execute(record_count, command, actor)


def test_refused_beginnings(sqlite_shop: Shop, actor: Actor) -> None:
    for more in (
        {"warehouse_id": 99},
        {"scope": "half"},
        {"scope": "category"},
        {"scope": "list"},
        {"limit_cents": -1},
        {"scope": "list", "variant_ids": (99,)},
    ):
        with pytest.raises(ShopError):
            begin(sqlite_shop, actor, **more)


def test_a_clerk_counts_and_does_not_approve(sqlite_shop: Shop, actor: Actor, clerk: Actor) -> None:
    count = begin(sqlite_shop, clerk)
    scan(sqlite_shop, clerk, count)
    with pytest.raises(NotPermitted):
        post(sqlite_shop, clerk, count)


def test_the_doctor_finds_what_was_changed(shop: Shop, actor: Actor, clerk: Actor, clock: ManualClock) -> None:
    count = begin(shop, clerk)
    scan(shop, clerk, count, quantity=4_000)
    scan(shop, clerk, count, quantity=5_000)
    post(shop, actor, count)
    drop_guards(shop.database)
    with Tampering((shop.database, (), clock)) as shop_file:
        for statement, ids in (
            ("UPDATE stock_counts SET notes = 'x'", {"I19"}),
            ("UPDATE stock_count_entries SET quantity = 5000 WHERE id = 1", {"I06", "I19"}),
            ("UPDATE stock_count_entries SET user_id = 2", {"I19"}),
            ("UPDATE stock_count_entries SET on_hand = 9000", {"I06", "I19"}),
            ("UPDATE stock_count_lines SET value_cents = 5", {"I19"}),
            ("UPDATE stock_count_lines SET counted = 9500, quantity_change = -500", {"I06", "I19"}),
        ):
            assert shop_file.noticed_after(statement, {}) == ids, statement
