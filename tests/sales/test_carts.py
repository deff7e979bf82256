"""Sales in hand: kept as the till works, held and recalled by one till, never lost in a crash."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.sales.cart_queries import held_carts, unfinished_cart
from shopdesk.sales.carts import (
    AbandonCart,
    AgeOutCarts,
    CartContent,
    CartLine,
    HoldCart,
    RecallCart,
    SaveCart,
    abandon_cart,
    age_out_carts,
    cart_content,
    hold_cart,
    recall_cart,
    save_cart,
)
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from tests.support.counter_day import at_once, one, rows, sell
from tests.support.small_shop import actor_of

TEA = CartLine(1, 1, 2_000, 350, "Green tea", {"discount": {"cents": 50}, "note": "gift"})
MUG = CartLine(2, 2, 1_000, 799, "Mug")


def save(shop: Shop, actor: Actor, uid: str, *changed: CartLine, **more: object) -> None:
    shop.execute(save_cart, SaveCart(uid, changed=changed, **more), actor)  # type: ignore[arg-type]


def content(shop: Shop, uid: str) -> CartContent:
    found = shop.ask(cart_content, uid)
    assert found is not None
    return found


def refusal(shop: Shop, use_case: object, command: object, actor: Actor) -> str:
    with pytest.raises(ShopError) as caught:
        shop.execute(use_case, command, actor)  # type: ignore[arg-type]
    return caught.value.code


def test_a_cart_is_kept_line_by_line(shop: Shop, actor: Actor) -> None:
    uid = uuid7()
    save(shop, actor, uid, TEA)
    save(shop, actor, uid, MUG, customer_id=1, note="for the kitchen", order_discount={"ppm": 100_000})
    kept = content(shop, uid)
    assert kept.lines == (TEA, MUG)
    assert (kept.customer_id, kept.note, kept.order_discount) == (1, "for the kitchen", {"ppm": 100_000})
    save(shop, actor, uid, replace(TEA, quantity_milli=3_000))
    assert [line.quantity_milli for line in content(shop, uid).lines] == [3_000, 1_000]
    save(shop, actor, uid, MUG, replace=True)
    assert content(shop, uid).lines == (MUG,)


def test_one_change_costs_three_statements_however_long_the_cart(shop: Shop, actor: Actor) -> None:
    uid = uuid7()
    save(shop, actor, uid, *(replace(MUG, position=place) for place in range(200)))
    seen: list[str] = []
    engine = shop.database.write_engine

    def listen(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        seen.append(text)

    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        save(shop, actor, uid, replace(MUG, position=7, quantity_milli=2_000))
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    own = [text for text in seen if "carts" in text or "cart_items" in text]
    assert len(own) == 3
    rights = [text for text in seen if "FROM users" in text]
    assert len(seen) - len(own) - len(rights) <= (shop.database.dialect == "postgresql")  # the note to other screens


def test_removed_and_reduced_lines_are_on_record_added_ones_are_not(shop: Shop, actor: Actor) -> None:
    uid = uuid7()
    save(shop, actor, uid, TEA, MUG)
    save(shop, actor, uid, replace(TEA, quantity_milli=5_000))
    audit = "SELECT action, metadata FROM audit_log WHERE action LIKE 'cart.%' ORDER BY id"
    assert rows(shop, audit) == []
    save(shop, actor, uid, replace(TEA, quantity_milli=1_000), removed=(2,))
    assert [(action, json.loads(text)) for action, text in rows(shop, audit)] == [
        ("cart.line_reduced", {"variant": 1, "quantity": 5_000, "left": 1_000, "price": 350}),
        ("cart.line_removed", {"variant": 2, "quantity": 1_000, "left": 0, "price": 799}),
    ]


def test_training_leaves_no_trace_in_the_audit(shop: Shop, actor: Actor) -> None:
    uid = uuid7()
    save(shop, actor, uid, TEA, is_training=True)
    save(shop, actor, uid, removed=(1,), is_training=True)
    assert one(shop, "SELECT count(*) FROM audit_log WHERE action LIKE 'cart.%'") == 0


def test_a_held_sale_is_listed_and_recalled_at_another_till(shop: Shop, actor: Actor) -> None:
    uid, other = uuid7(), actor_of(shop, "max", "T2")
    save(shop, actor, uid, TEA, MUG, customer_id=1)
    shop.execute(hold_cart, HoldCart(uid, " the blue coat "), actor)
    held = shop.ask(held_carts)
    assert [(row.uid, row.label, row.till, row.clerk, row.customer, row.lines, row.total_cents) for row in held] == [
        (uid, "the blue coat", "T1", "olga", "Kim Lee", 2, 1499)
    ]
    assert shop.ask(unfinished_cart, 1) is None
    recalled = shop.execute(recall_cart, RecallCart(uid), other)
    assert (recalled.lines, recalled.customer_id, recalled.label) == ((TEA, MUG), 1, "the blue coat")
    assert shop.ask(held_carts) == ()
    again = shop.ask(unfinished_cart, 2)
    assert again is not None
    assert again.uid == uid


def test_of_two_recalls_at_once_one_till_wins(shop: Shop, actor: Actor) -> None:
    uid = uuid7()
    save(shop, actor, uid, TEA)
    shop.execute(hold_cart, HoldCart(uid), actor)
    tills = [actor_of(shop, "olga", "T1"), actor_of(shop, "max", "T2")]
    results = at_once(*[lambda who=who: shop.execute(recall_cart, RecallCart(uid), who).uid for who in tills])
    assert sorted(results) == sorted([uid, "cart_taken"])  # type: ignore[type-var]


def test_what_is_held_paid_or_given_up_is_not_changed(shop: Shop, actor: Actor) -> None:
    held, paid, gone = uuid7(), uuid7(), uuid7()
    for uid in (held, paid, gone):
        save(shop, actor, uid, TEA)
    shop.execute(hold_cart, HoldCart(held), actor)
    sale = CommitSale(key=paid, lines=(SaleLine(2_000, sku="TEA"),), from_cart=True)
    shop.execute(commit_sale, sale, actor)
    shop.execute(abandon_cart, AbandonCart(gone, "customer left"), actor)
    for uid in (held, paid, gone):
        assert refusal(shop, save_cart, SaveCart(uid, changed=(MUG,)), actor) == "cart_closed"
        assert refusal(shop, hold_cart, HoldCart(uid), actor) == "cart_closed"
        assert content(shop, uid).lines == (TEA,)
    assert refusal(shop, abandon_cart, AbandonCart(paid), actor) == "cart_closed"
    assert refusal(shop, recall_cart, RecallCart(paid), actor) == "cart_taken"
    assert [content(shop, uid).status for uid in (held, paid, gone)] == ["active", "converted", "abandoned"]


def test_giving_up_twice_is_once_and_says_what_was_in_it(shop: Shop, actor: Actor) -> None:
    uid = uuid7()
    save(shop, actor, uid, TEA)
    for _ in range(2):
        shop.execute(abandon_cart, AbandonCart(uid, "customer left"), actor)
    shop.execute(abandon_cart, AbandonCart(uuid7()), actor)  # one that was never saved
    noted = rows(shop, "SELECT metadata FROM audit_log WHERE action = 'cart.abandoned'")
    assert [json.loads(text) for (text,) in noted] == [{"lines": [[1, 2_000, 350]], "reason": "customer left"}]


def test_after_a_crash_the_till_finds_its_cart(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    old, new = uuid7(), uuid7()
    save(shop, actor, old, TEA)
    clock.advance(minutes=1)
    save(shop, actor, new, MUG)
    save(shop, actor, uuid7())  # opened, nothing in it
    restored = shop.ask(unfinished_cart, 1)
    assert restored is not None
    assert (restored.uid, restored.lines) == (new, (MUG,))
    assert shop.ask(unfinished_cart, 2) is None


def test_old_carts_age_out(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    left, held, fresh = uuid7(), uuid7(), uuid7()
    save(shop, actor, left, TEA)
    save(shop, actor, held, TEA)
    shop.execute(hold_cart, HoldCart(held), actor)
    clock.advance(hours=25)
    save(shop, actor, fresh, TEA)
    assert shop.execute(age_out_carts, AgeOutCarts(), actor) == 1
    assert [content(shop, uid).status for uid in (left, held, fresh)] == ["abandoned", "active", "active"]
    clock.advance(days=30)
    assert shop.execute(age_out_carts, AgeOutCarts(), actor) == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (replace(TEA, quantity_milli=0), "bad_field"),
        (replace(TEA, quantity_milli=10**9 + 1), "bad_field"),
        (replace(TEA, price_cents=1.5), "bad_amount"),  # type: ignore[arg-type]
        (replace(TEA, details={"data": "x" * 9_000}), "bad_field"),
        (replace(TEA, details={"note": "x" * 501}), "bad_field"),
        (replace(TEA, details={"note": "4111 1111 1111 1111"}), "card_number"),
        (replace(TEA, details={"discount": {"label": "4111111111111111"}}), "card_number"),
    ],
)
def test_bad_lines_are_refused(sqlite_shop: Shop, actor: Actor, line: CartLine, code: str) -> None:
    assert refusal(sqlite_shop, save_cart, SaveCart(uuid7(), changed=(line,)), actor) == code


def test_a_cart_needs_a_uuid_and_tells_no_card_number(sqlite_shop: Shop, actor: Actor) -> None:
    assert refusal(sqlite_shop, save_cart, SaveCart("cart"), actor) == "bad_field"
    assert refusal(sqlite_shop, save_cart, SaveCart(uuid7(), note="4111111111111111"), actor) == "card_number"
    discount = {"label": "4111111111111111"}
    assert refusal(sqlite_shop, save_cart, SaveCart(uuid7(), order_discount=discount), actor) == "card_number"
    uid = uuid7()
    save(sqlite_shop, actor, uid, replace(TEA, details={"barcode": "4111111111111111"}))  # a code is no card
    assert refusal(sqlite_shop, hold_cart, HoldCart(uid, "4111-1111-1111-1111"), actor) == "card_number"


def test_holding_is_a_permission(sqlite_shop: Shop, actor: Actor) -> None:
    uid = uuid7()
    save(sqlite_shop, actor, uid, TEA)
    office = actor_of(sqlite_shop, "bo")
    assert refusal(sqlite_shop, hold_cart, HoldCart(uid), office) == "not_permitted"
    assert refusal(sqlite_shop, save_cart, SaveCart(uid), office) == "not_permitted"


def test_holding_consumes_nothing(shop: Shop, actor: Actor) -> None:
    uid = uuid7()
    save(shop, actor, uid, CartLine(1, 6, 1_000, 500, "Last piece"))
    shop.execute(hold_cart, HoldCart(uid), actor)
    assert sell(shop, actor, "LAST").number == "T1-S000001"


def test_a_crash_while_saving_keeps_the_cart_as_it_was(shop: Shop, actor: Actor) -> None:
    uid = uuid7()
    save(shop, actor, uid, TEA)

    def dies(uow: UnitOfWork, command: SaveCart) -> None:
        save_cart(uow, command)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shop.execute(dies, SaveCart(uid, changed=(MUG,), removed=(1,)), actor)
    assert content(shop, uid).lines == (TEA,)
