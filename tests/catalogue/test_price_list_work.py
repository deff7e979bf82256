"""Many list prices at once, copies, taking back; and every price explains itself as the till would take it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopdesk.catalogue.categories import category_tree
from shopdesk.catalogue.lookup import Counter, find_goods
from shopdesk.catalogue.models import PriceListItem, ProductVariant
from shopdesk.catalogue.price_list_bulk import (
    ROUNDINGS,
    CopyPriceList,
    PutListPrices,
    PutPrice,
    SetListPrices,
    changed_price,
    copy_price_list,
    put_list_prices,
    set_list_prices,
)
from shopdesk.catalogue.price_list_queries import (
    PriceExplained,
    explain_price,
    list_holders,
    price_list_card,
    price_lists_page,
)
from shopdesk.catalogue.price_lists import SavePriceList, SetListPrice, save_price_list, set_list_price
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import BadField, NotFound, NotPermitted
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.parties.customers import EditCustomer, edit_customer
from shopdesk.parties.groups import Membership, SaveGroup, join_group, save_group
from tests.support.statements import counted

BY_SKU = sa.select(ProductVariant.sku, PriceListItem.min_quantity, PriceListItem.price_cents).join(
    ProductVariant, ProductVariant.id == PriceListItem.variant_id
)


def make(shop: Shop, actor: Actor, code: str = "vip", **more: object) -> int:
    """A list."""
    return shop.execute(save_price_list, SavePriceList(code=code, name=code.title(), **more), actor)


def prices(shop: Shop, list_id: int) -> dict[tuple[str, int], int]:
    """Every price of a list by SKU and quantity."""
    found = BY_SKU.where(PriceListItem.price_list_id == list_id)
    return {
        (sku, least): cents for sku, least, cents in shop.ask(lambda reader: reader.connection.execute(found).all())
    }


def shelf(shop: Shop) -> dict[str, tuple[int, int | None]]:
    """Price and cost of everything on sale."""
    found = sa.select(ProductVariant.sku, ProductVariant.price_cents, ProductVariant.cost_cents)
    return {row[0]: (row[1], row[2]) for row in shop.ask(lambda reader: reader.connection.execute(found).all())}


def variant(shop: Shop, sku: str) -> int:
    """The id of a variant."""
    return shop.ask(
        lambda reader: reader.connection.execute(
            sa.select(ProductVariant.id).where(ProductVariant.sku == sku)
        ).scalar_one()
    )


@pytest.mark.parametrize(
    ("base", "ppm", "rounding", "cents"),
    [
        (350, -150_000, "none", 298), (350, -150_000, "5", 300), (350, -150_000, "10", 300), (350, -150_000, "50", 300),
        (350, -150_000, "9", 299), (350, -150_000, "99", 299), (350, 100_000, "99", 399), (3, -990_000, "none", 0),
        (3, -990_000, "9", 9), (10, 0, "99", 99), (1005, 0, "10", 1010), (10**12, 10_000_000, "none", 10**12), (0, 0, "5", 0),
        (1999, 0, "99", 1999), (1999, 0, "9", 1999), (333, 333_333, "none", 444),
    ],
)  # fmt: skip
def test_prices_are_changed_and_rounded_as_said(base: int, ppm: int, rounding: str, cents: int) -> None:
    assert changed_price(base, ppm, rounding) == cents


@given(st.integers(0, 10**9), st.integers(-999_999, 10_000_000), st.sampled_from(ROUNDINGS))
def test_rounding_moves_a_price_by_less_than_its_step(base: int, ppm: int, rounding: str) -> None:
    exact = (base * (1_000_000 + ppm)) / 1_000_000
    got = changed_price(base, ppm, rounding)
    step = {"none": 1, "9": 10, "99": 100}.get(rounding) or int(rounding)
    assert got >= 0
    if exact >= step:
        assert abs(got - exact) <= step / 2 + 1
    if rounding in {"9", "99"}:
        assert str(got).endswith(rounding)


def test_all_goods_by_percent_of_their_price_and_again_changes_nothing(shop: Shop, actor: Actor) -> None:
    list_id = make(shop, actor)
    command = SetListPrices(price_list_id=list_id, change_ppm=-100_000, rounding="9")
    done = shop.execute(set_list_prices, command, actor)
    known = {sku: changed_price(price, -100_000, "9") for sku, (price, _cost) in shelf(shop).items()}
    found = prices(shop, list_id)
    assert done.written == len(found)
    assert all(found[sku, 0] == known[sku] for sku, _least in found)
    again = shop.execute(set_list_prices, command, actor)
    assert (again.written, again.unchanged) == (0, done.written)


def test_prices_from_cost_leave_out_goods_without_one(shop: Shop, actor: Actor, manager: Actor, clerk: Actor) -> None:
    list_id = make(shop, actor)
    with_cost = {sku: cost for sku, (_price, cost) in shelf(shop).items() if cost is not None}
    done = shop.execute(set_list_prices, SetListPrices(price_list_id=list_id, base="cost", change_ppm=300_000), actor)
    found = prices(shop, list_id)
    assert {sku for sku, _least in found} <= set(with_cost)
    assert done.left_out > 0
    assert all(cents == changed_price(with_cost[sku], 300_000, "none") for (sku, _least), cents in found.items())
    with pytest.raises(NotPermitted):
        shop.execute(set_list_prices, SetListPrices(price_list_id=list_id), clerk)


def test_only_a_category_only_what_is_listed_and_from_a_quantity(shop: Shop, actor: Actor) -> None:
    list_id = make(shop, actor)
    drinks = next(row for row in shop.ask(category_tree) if row.name == "Drinks")
    shop.execute(
        set_list_prices, SetListPrices(price_list_id=list_id, category_id=drinks.id, change_ppm=-500_000), actor
    )
    inside = set(prices(shop, list_id))
    assert ("TEA", 0) in inside
    assert ("MUG", 0) not in inside
    shop.execute(set_list_prices, SetListPrices(price_list_id=list_id, only_listed=True, rounding="99"), actor)
    assert set(prices(shop, list_id)) == inside
    assert prices(shop, list_id)["TEA", 0] == 399
    shop.execute(set_list_prices, SetListPrices(price_list_id=list_id, base="list", change_ppm=-500_000), actor)
    assert prices(shop, list_id)["TEA", 0] == 200
    step = SetListPrices(price_list_id=list_id, category_id=drinks.id, change_ppm=-600_000, min_quantity_milli=6000)
    shop.execute(set_list_prices, step, actor)
    assert {least for _sku, least in prices(shop, list_id)} == {0, 6000}
    assert prices(shop, list_id)["TEA", 6000] == 140


@pytest.mark.parametrize(
    "wrong",
    [{"change_ppm": -1_000_000}, {"change_ppm": 10_000_001}, {"rounding": "7"}, {"base": "magic"}, {"min_quantity_milli": -1},
     {"change_ppm": 0.5}],
)  # fmt: skip
def test_impossible_wishes_are_refused_by_field(shop: Shop, actor: Actor, wrong: dict[str, object]) -> None:
    list_id = make(shop, actor)
    with pytest.raises(BadField) as refusal:
        shop.execute(set_list_prices, SetListPrices(price_list_id=list_id, **wrong), actor)
    assert refusal.value.field == next(iter(wrong))
    assert prices(shop, list_id) == {}


def test_a_list_that_is_not_there_is_refused(shop: Shop, actor: Actor) -> None:
    for use_case, command in (
        (set_list_prices, SetListPrices(price_list_id=99)),
        (copy_price_list, CopyPriceList(price_list_id=99, code="x", name="X")),
        (put_list_prices, PutListPrices(99, ())),
    ):
        with pytest.raises(NotFound):
            shop.execute(use_case, command, actor)


def test_a_copy_has_the_same_steps_other_prices_and_sleeps(shop: Shop, actor: Actor) -> None:
    list_id = make(shop, actor, for_everybody=True, priority=4)
    shop.execute(set_list_price, SetListPrice(list_id, "TEA", 300), actor)
    shop.execute(set_list_price, SetListPrice(list_id, "TEA", 280, 6000), actor)
    copy = shop.execute(
        copy_price_list,
        CopyPriceList(price_list_id=list_id, code="next", name="Next", change_ppm=100_000, rounding="10"),
        actor,
    )
    assert prices(shop, copy) == {("TEA", 0): 330, ("TEA", 6000): 310}
    card = shop.ask(price_list_card, copy)
    assert (card.standing, card.for_everybody, card.priority, card.prices) == ("off", True, 4, 2)
    with pytest.raises(BadField) as refusal:
        shop.execute(copy_price_list, CopyPriceList(price_list_id=list_id, code="next", name="Again"), actor)
    assert refusal.value.field == "code"


def test_what_was_put_is_taken_back(shop: Shop, actor: Actor) -> None:
    list_id = make(shop, actor)
    shop.execute(set_list_price, SetListPrice(list_id, "TEA", 300), actor)
    before = prices(shop, list_id)
    tea, mug = variant(shop, "TEA"), variant(shop, "MUG")
    put = PutListPrices(list_id, (PutPrice(tea, 0, None), PutPrice(mug, 0, 500), PutPrice(tea, 6000, 250)))
    back = shop.execute(put_list_prices, put, actor)
    assert prices(shop, list_id) == {("MUG", 0): 500, ("TEA", 6000): 250}
    forth = shop.execute(put_list_prices, back, actor)
    assert prices(shop, list_id) == before
    shop.execute(put_list_prices, forth, actor)
    assert prices(shop, list_id) == {("MUG", 0): 500, ("TEA", 6000): 250}
    assert shop.execute(put_list_prices, forth, actor).prices == ()
    for wrong in (PutPrice(tea, -1, 5), PutPrice(tea, 0, -5), PutPrice(999_999, 0, 5)):
        with pytest.raises((BadField, NotFound)):
            shop.execute(put_list_prices, PutListPrices(list_id, (wrong,)), actor)


def test_lists_say_how_they_stand_and_for_whom(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    now = clock.now()
    make(shop, actor, "now", starts_at=now, ends_at=now + timedelta(days=1))
    make(shop, actor, "later", starts_at=now + timedelta(days=1))
    make(shop, actor, "over", ends_at=now)
    off = make(shop, actor, "off", is_active=False, starts_at=now + timedelta(days=1))
    group_id = shop.execute(save_group, SaveGroup(code="g", name="Regulars", price_list_id=off), actor)
    shop.execute(join_group, Membership(1, group_id), actor)
    kim = EditCustomer(
        customer_id=1, version=1, first_name="Kim", last_name="Lee", email="kim@example.org", price_list_id=off
    )
    shop.execute(edit_customer, kim, actor)
    with counted(shop) as statements:
        page = shop.ask(price_lists_page, PageRequest())
    assert len(statements) == 1
    assert {row.code: row.standing for row in page.rows} == {code: code for code in ("now", "later", "over", "off")}
    assert [row.code for row in shop.ask(price_lists_page, PageRequest(filters=(("standing", "later"),))).rows] == [
        "later"
    ]
    assert [row.code for row in shop.ask(price_lists_page, PageRequest(search="OVE")).rows] == ["over"]
    card = shop.ask(price_list_card, off)
    assert (card.groups, card.customers) == (1, 1)
    holders = shop.ask(list_holders, off)
    assert [(row.kind, row.name, row.members) for row in holders] == [
        ("group", "Regulars", 1),
        ("customer", "Kim Lee", None),
    ]
    assert shop.ask(price_list_card, 99) is None


def test_a_price_says_why(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    now = clock.now()
    tea = variant(shop, "TEA")
    for code, cents, least, more in (
        ("sale", 300, 0, {"for_everybody": True}),
        ("top", 290, 0, {"for_everybody": True, "priority": 5}),
        ("six", 250, 6000, {"for_everybody": True, "priority": 9}),
        ("soon", 200, 0, {"for_everybody": True, "starts_at": now + timedelta(days=1)}),
        ("past", 100, 0, {"for_everybody": True, "ends_at": now}),
        ("dead", 90, 0, {"for_everybody": True, "is_active": False}),
        ("vip", 50, 0, {}),
    ):
        shop.execute(set_list_price, SetListPrice(make(shop, actor, code, **more), "TEA", cents, least), actor)

    def why(**more: object) -> PriceExplained:
        return shop.ask(explain_price, tea, **{"at": now, **more})

    told = why()
    assert (told.price_cents, told.shelf_price_cents, told.sku) == (290, 350, "TEA")
    assert [(reason.name, reason.verdict) for reason in told.reasons] == [
        ("Top", "holds"), ("Sale", "beaten"), ("Six", "quantity"), ("Soon", "later"), ("Vip", "not_given"), ("Past", "over"),
        ("Dead", "off"),
    ]  # fmt: skip
    assert why(quantity_milli=6000).price_cents == 250
    assert why(at=now + timedelta(days=1)).reasons[0].name == "Top"
    with counted(shop) as statements:
        why(customer_id=1)
    assert len(statements) == 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["everybody", "own", "group", "nobody"]),
            st.integers(0, 2),
            st.sampled_from([0, 1000, 2000, 6000]),
            st.integers(1, 900),
            st.sampled_from([None, -1, 0, 1]),
            st.sampled_from([None, -1, 0, 1]),
            st.booleans(),
        ),
        max_size=6,
    ),
    st.sampled_from([1000, 2000, 7000]),
)
def test_the_explanation_is_always_the_till_s_price(
    sqlite_shop: Shop, actor: Actor, lists: list[tuple[str, int, int, int, int | None, int | None, bool]], quantity: int
) -> None:
    """Whatever lists there are: the preview says what the look-up of the sale says, for Kim and for nobody."""
    shop = sqlite_shop
    now = shop.clock.now()
    own, in_group = None, []
    with shop.database.writing() as connection, connection.begin():
        for table in ("price_list_items", "customer_group_members", "customer_groups"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql("UPDATE customers SET price_list_id = NULL")
        connection.exec_driver_sql("DELETE FROM price_lists")
        for number, (whose, priority, least, cents, starts, ends, active) in enumerate(lists):
            moment = [
                None if days is None else int((now + timedelta(days=days)).timestamp() * 1_000_000)
                for days in (starts, ends)
            ]
            connection.exec_driver_sql(
                "INSERT INTO price_lists (id, code, name, for_everybody, priority, starts_at, ends_at, is_active, version,"
                " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 0, 0)",
                (number + 1, f"l{number}", f"L{number}", whose == "everybody", priority, *moment, active),
            )
            connection.exec_driver_sql(
                "INSERT INTO price_list_items (price_list_id, variant_id, min_quantity, price_cents)"
                " SELECT ?, id, ?, ? FROM product_variants WHERE sku = 'TEA'",
                (number + 1, least, cents),
            )
            own = number + 1 if whose == "own" else own
            in_group += [number + 1] if whose == "group" else []
        connection.exec_driver_sql("UPDATE customers SET price_list_id = ? WHERE id = 1", (own,))
        for list_id in in_group:
            connection.exec_driver_sql(
                "INSERT INTO customer_groups (id, code, name, price_list_id, version, created_at, updated_at)"
                " VALUES (?, ?, 'G', ?, 1, 0, 0)",
                (list_id, f"g{list_id}", list_id),
            )
            connection.exec_driver_sql(
                "INSERT INTO customer_group_members (customer_id, group_id) VALUES (1, ?)", (list_id,)
            )
    tea = variant(shop, "TEA")
    for customer in (None, 1):
        counter = Counter(warehouse_id=1, now=now, country="DE", customer_id=customer)
        price, offer = shop.ask(find_goods, counter, variant_ids=[tea]).by_variant(tea).price_at(quantity)
        told = shop.ask(explain_price, tea, now, customer, quantity)
        assert told.price_cents == price
        held = [reason.price_list_id for reason in told.reasons if reason.verdict == "holds"]
        assert held == ([] if offer is None else [offer.price_list_id])
