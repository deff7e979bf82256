"""Money in and out of the drawer without a sale, and the drawer opened for nothing: each numbered, each with its reason."""

from __future__ import annotations

import json

import pytest

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.sales.digests_counter import document_rows
from shopdesk.sales.drawer import DrawerOpened, OpenDrawer, open_drawer
from shopdesk.sales.shift_queries import cash_movements
from shopdesk.sales.shift_report import shift_totals
from shopdesk.system.records import rows_digest
from tests.support.counter_day import approval, at_once, one, open_drawer_with, put_in, rows, take_out
from tests.support.small_shop import actor_of


def refusal(call: object, *args: object, **more: object) -> str:
    with pytest.raises(ShopError) as caught:
        call(*args, **more)  # type: ignore[operator]
    return caught.value.code


def kick(shop: Shop, actor: Actor, reason: str = "change for a note", **more: object) -> DrawerOpened:
    return shop.execute(open_drawer, OpenDrawer(key=str(more.pop("key", uuid7())), reason=reason, **more), actor)  # type: ignore[arg-type]


def test_cash_moves_need_an_open_shift(shop: Shop, actor: Actor) -> None:
    assert refusal(put_in, shop, actor, 100) == "shift_not_open"
    assert refusal(take_out, shop, actor, 100) == "shift_not_open"
    assert one(shop, "SELECT count(*) FROM idempotency_keys") == 0  # a refused key may be tried again


def test_they_are_numbered_journalled_and_open_the_drawer(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor)
    put_in(shop, actor, 2_000, "change")
    take_out(shop, actor, 1_500, "stamps")
    moved = shop.ask(cash_movements, 1)
    assert [(row.number, row.amount_cents, row.reason, row.by) for row in moved] == [
        ("T1-C000001", 2_000, "change", "olga"),
        ("T1-C000002", -1_500, "stamps", "olga"),
    ]
    for kind, number, amount in (("cash_in", "T1-C000001", 2_000), ("cash_out", "T1-C000002", 1_500)):
        entry = json.loads(one(shop, "SELECT payload FROM journal WHERE kind = :kind", kind=kind))
        assert (entry["doc"], entry["amount"], entry["gross"], entry["shift"]) == (number, amount, 0, 1)
        assert entry["rows"] == shop.ask(lambda reader, k=kind, n=number: rows_digest(document_rows(reader, k, n)))
    assert rows(shop, "SELECT number FROM print_jobs WHERE document = 'drawer'") == [("T1-C000001",), ("T1-C000002",)]
    assert "stamps" not in str(rows(shop, "SELECT payload FROM journal"))  # reasons are no journal matter


@pytest.mark.parametrize("cents", [0, -5, 10**12 + 1, True, 1.5, "5"])
def test_only_whole_positive_sums_move(sqlite_shop: Shop, actor: Actor, cents: object) -> None:
    open_drawer_with(sqlite_shop, actor)
    assert refusal(put_in, sqlite_shop, actor, cents) == "bad_amount"


@pytest.mark.parametrize(("reason", "code"), [("", "reason_needed"), ("\x1b@", "bad_field"), ("x" * 501, "bad_field")])
def test_a_reason_is_needed_and_printable(sqlite_shop: Shop, actor: Actor, reason: str, code: str) -> None:
    open_drawer_with(sqlite_shop, actor)
    assert refusal(take_out, sqlite_shop, actor, 100, reason) == code
    assert refusal(kick, sqlite_shop, actor, reason) == code


def test_a_clerk_puts_cash_in_but_takes_it_out_with_a_yes(shop: Shop, clerk: Actor, manager: Actor) -> None:
    open_drawer_with(shop, clerk)
    put_in(shop, clerk, 500)
    key = uuid7()
    assert refusal(take_out, shop, clerk, 500, key=key) == "not_permitted"
    yes = approval(shop, manager, clerk, Permission.CASH_OUT, key, 500)
    assert refusal(take_out, shop, clerk, 501, key=key, approvals=(yes,)) == "not_permitted"
    take_out(shop, clerk, 500, key=key, approvals=(yes,))
    take_out(shop, clerk, 500, key=key, approvals=(yes,))  # the answer of before, not a second yes
    assert rows(shop, "SELECT type, amount_cents, approved_by FROM cash_movements ORDER BY id") == [
        ("in", 500, None),
        ("out", 500, manager.user_id),
    ]


def test_the_same_key_moves_cash_once_even_at_once(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor)
    key = uuid7()
    at_once(*[lambda: put_in(shop, actor, 500, key=key)] * 4)
    assert one(shop, "SELECT count(*) FROM cash_movements") == 1
    assert refusal(take_out, shop, actor, 500, key=key) == "key_reused"
    assert refusal(put_in, shop, actor, 501, key=key) == "key_reused"


def test_many_tills_and_threads_leave_no_gap(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor)
    results = at_once(*[lambda: put_in(shop, actor, 100)] * 6)
    assert results == [None] * 6
    numbers = rows(shop, "SELECT number FROM cash_movements ORDER BY number")
    assert numbers == [(f"T1-C{place:06d}",) for place in range(1, 7)]
    assert shop.ask(shift_totals, 1).in_cents == 600


def test_a_drawer_opened_for_nothing_is_on_record(shop: Shop, actor: Actor, clerk: Actor, manager: Actor) -> None:
    assert kick(shop, actor).number == "T1-N000001"  # also without a shift
    open_drawer_with(shop, actor)
    key = uuid7()
    assert refusal(kick, shop, clerk, key=key) == "not_permitted"
    yes = approval(shop, manager, clerk, Permission.NO_SALE, key)
    assert kick(shop, clerk, key=key, approvals=(yes,)).number == "T1-N000002"
    assert kick(shop, clerk, key=key, approvals=(yes,)).number == "T1-N000002"
    assert rows(shop, "SELECT shift_id, user_id, approved_by FROM drawer_openings ORDER BY id") == [
        (None, actor.user_id, None),
        (1, clerk.user_id, manager.user_id),
    ]
    assert shop.ask(shift_totals, 1).no_sales == 1
    entry = json.loads(one(shop, "SELECT payload FROM journal WHERE number = 'T1-N000002'"))
    assert (entry["kind"], entry["gross"], entry["approver"]) == ("no_sale", 0, manager.user_id)
    assert rows(shop, "SELECT action FROM audit_log WHERE action = 'drawer.opened'") == [("drawer.opened",)] * 2


def test_a_till_of_its_own_has_a_drawer_of_its_own(shop: Shop, actor: Actor) -> None:
    other = actor_of(shop, "olga", "T2")
    open_drawer_with(shop, actor)
    assert refusal(put_in, shop, other, 100) == "shift_not_open"
    assert kick(shop, other).number == "T2-N000001"
