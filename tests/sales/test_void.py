"""A sale taken back: a document of its own, once, before the shift is closed."""

from __future__ import annotations

import json

import pytest

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.sales.digests_counter import document_rows
from shopdesk.sales.shift_report import shift_totals
from shopdesk.system.records import rows_digest
from shopdesk.system.settings import ChangeSettings, change_settings
from tests.support.counter_day import approval, at_once, close, one, open_drawer_with, pay, rows, sell, void
from tests.support.small_shop import actor_of

ON_HAND = "SELECT on_hand FROM stock_levels l JOIN product_variants v ON v.id = l.variant_id WHERE sku = :sku"


def refusal(call: object, *args: object, **more: object) -> str:
    with pytest.raises(ShopError) as caught:
        call(*args, **more)  # type: ignore[operator]
    return caught.value.code


def test_a_void_puts_stock_and_cash_back_and_leaves_the_sale_as_it_was(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor, 0)
    sale = sell(shop, actor, "MUG", 2, payments=pay(cash=2000))
    before = rows(shop, "SELECT number, status, total_cents FROM orders")
    assert void(shop, actor, sale.number) == "T1-V000001"
    assert one(shop, ON_HAND, sku="MUG") == 10_000
    assert rows(shop, "SELECT number, status, total_cents FROM orders") == before
    kept = rows(shop, "SELECT total_cents, cash_cents, reason, approved_by FROM voids")
    assert kept == [(-1598, 1598, "wrong article", None)]
    ledger = rows(shop, "SELECT type, quantity_change, reference_type FROM inventory_ledger ORDER BY id DESC LIMIT 2")
    assert ledger == [("void", 2000, "void"), ("sale", -2000, "order")]
    assert close(shop, actor, 0).difference_cents == 0


def test_the_journal_takes_the_turnover_back(shop: Shop, actor: Actor) -> None:
    sale = sell(shop, actor, "MUG", payments=pay(card=500, cash=299))
    void(shop, actor, sale.number)
    entry = json.loads(one(shop, "SELECT payload FROM journal WHERE kind = 'void'"))
    assert (entry["gross"], entry["perpetual"], entry["sale"], entry["cash"]) == (-799, 0, sale.number, 299)
    assert entry["tenders"] == [["card", -500], ["cash", -299]]
    assert entry["tax"] == [[190_000, -671, -128]]
    assert entry["rows"] == shop.ask(lambda reader: rows_digest(document_rows(reader, "void", "T1-V000001")))
    assert one(shop, "SELECT perpetual_cents FROM counters WHERE scope = 'T1' AND series = 'journal'") == 0


def test_paper_and_drawer_follow(shop: Shop, actor: Actor) -> None:
    by_card = sell(shop, actor, payments=pay(card=350))
    void(shop, actor, by_card.number)
    cash = sell(shop, actor)
    void(shop, actor, cash.number)
    jobs = rows(shop, "SELECT document, number FROM print_jobs WHERE number LIKE '%V%' ORDER BY id")
    assert jobs == [("void", "T1-V000001"), ("void", "T1-V000002"), ("drawer", "T1-V000002")]


def test_a_sale_is_voided_once_and_only_if_it_exists(shop: Shop, actor: Actor) -> None:
    sale = sell(shop, actor)
    number = void(shop, actor, sale.number)
    assert refusal(void, shop, actor, sale.number) == "already_voided"
    assert refusal(void, shop, actor, "T1-S999999") == "unknown_sale"
    assert refusal(void, shop, actor, number) == "unknown_sale"  # a void is no sale
    assert refusal(void, shop, actor, sale.number, reason=" ") == "reason_needed"
    assert one(shop, "SELECT count(*) FROM voids") == 1


def test_a_repeated_request_is_answered_from_the_books(shop: Shop, actor: Actor) -> None:
    key = uuid7()
    sale = sell(shop, actor)
    assert void(shop, actor, sale.number, key=key) == void(shop, actor, sale.number, key=key)
    assert refusal(void, shop, actor, sale.number, reason="another", key=key) == "key_reused"
    assert one(shop, "SELECT count(*) FROM voids") == 1


def test_a_key_of_a_sale_is_no_key_for_its_void(shop: Shop, actor: Actor) -> None:
    key = uuid7()
    sale = sell(shop, actor, key=key)
    assert refusal(void, shop, actor, sale.number, key=key) == "key_reused"


@pytest.mark.parametrize("till", ["T1", "T2"])
def test_of_two_voids_at_once_one_wins(shop: Shop, actor: Actor, till: str) -> None:
    """At one till and at two: the till's lock decides the first, the sale's own the second."""
    sale = sell(shop, actor)
    before = one(shop, ON_HAND, sku="TEA")
    results = at_once(
        lambda: void(shop, actor, sale.number), lambda: void(shop, actor_of(shop, "max", till), sale.number)
    )
    assert sorted(str(result).split("-")[-1][0] for result in results) == ["V", "a"]
    assert "already_voided" in results
    assert one(shop, ON_HAND, sku="TEA") == before + 1000
    assert one(shop, "SELECT count(*) FROM journal WHERE kind = 'void'") == 1


def test_the_same_void_sent_three_times_at_once_is_one(shop: Shop, actor: Actor) -> None:
    key, sale = uuid7(), sell(shop, actor)
    assert at_once(*[lambda: void(shop, actor, sale.number, key=key)] * 3) == ["T1-V000001"] * 3


def test_after_the_z_a_sale_stays(shop: Shop, actor: Actor) -> None:
    outside = sell(shop, actor)
    open_drawer_with(shop, actor, 0)
    sale = sell(shop, actor)
    close(shop, actor, 350)
    open_drawer_with(shop, actor, 350)
    assert refusal(void, shop, actor, sale.number) == "shift_closed"
    assert void(shop, actor, outside.number) == "T1-V000001"  # belongs to no Z


def test_a_void_beside_the_close_is_in_the_z_or_refused(shop: Shop, actor: Actor) -> None:
    """The sale's shift closes at T1 while T2 voids: either the void came first, or it is refused."""
    open_drawer_with(shop, actor, 0)
    sale = sell(shop, actor)
    at_t2 = actor_of(shop, "max", "T2")
    results = at_once(lambda: close(shop, actor, 350).z, lambda: void(shop, at_t2, sale.number))
    assert results[0] == "T1-Z000001"
    assert results[1] in ("T2-V000001", "shift_closed")
    assert one(shop, "SELECT count(*) FROM voids") == (results[1] == "T2-V000001")


def test_cash_comes_out_of_the_drawer_where_the_void_is_made(shop: Shop, actor: Actor) -> None:
    other = actor_of(shop, "olga", "T2")
    open_drawer_with(shop, actor, 0)
    open_drawer_with(shop, other, 5_000)
    sale = sell(shop, actor)
    assert void(shop, other, sale.number) == "T2-V000001"
    assert close(shop, actor, 350).expected_cents == 350
    assert close(shop, other, 4_650).expected_cents == 4_650
    assert shop.ask(shift_totals, 2).tenders[0].cents == -350


def test_a_clerk_needs_a_managers_yes_for_this_sale_and_amount(shop: Shop, clerk: Actor, manager: Actor) -> None:
    sale, other = sell(shop, clerk), sell(shop, clerk)
    assert refusal(void, shop, clerk, sale.number) == "not_permitted"
    uids = dict(rows(shop, "SELECT number, uid FROM orders"))
    elsewhere = approval(shop, manager, clerk, Permission.VOID, uids[other.number], 350)
    assert refusal(void, shop, clerk, sale.number, approvals=(elsewhere,)) == "not_permitted"
    yes = approval(shop, manager, clerk, Permission.VOID, uids[sale.number], 350)
    void(shop, clerk, sale.number, approvals=(yes,))
    assert rows(shop, "SELECT user_id, approved_by FROM voids") == [(clerk.user_id, manager.user_id)]
    assert refusal(void, shop, clerk, other.number, approvals=(yes,)) == "not_permitted"  # used up


def test_where_selling_needs_a_shift_so_does_voiding(shop: Shop, actor: Actor) -> None:
    sale = sell(shop, actor)
    shop.execute(change_settings, ChangeSettings({"sell_without_shift": False}), actor)
    assert refusal(void, shop, actor, sale.number) == "shift_not_open"


def test_a_refused_void_leaves_nothing_but_the_note_that_it_was_tried(shop: Shop, clerk: Actor) -> None:
    sale = sell(shop, clerk)
    counts = (
        "SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM print_jobs), "
        "(SELECT sum(value) FROM counters WHERE series <> 'audit')"
    )
    before = rows(shop, counts)
    assert refusal(void, shop, clerk, sale.number) == "not_permitted"
    assert rows(shop, counts) == before


def test_rounded_cash_is_given_back_as_it_was_taken(shop: Shop, actor: Actor) -> None:
    shop.execute(change_settings, ChangeSettings({"cash_rounding_cents": 5}), actor)
    open_drawer_with(shop, actor, 0)
    sale = sell(shop, actor, "MUG")
    void(shop, actor, sale.number)
    assert rows(shop, "SELECT total_cents, cash_cents FROM voids") == [(-800, 800)]
    assert close(shop, actor, 0).difference_cents == 0
