"""The price of the moment: lists of groups, lists that begin and end by themselves, and what tiles and hits show of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from shopdesk.catalogue.lookup import Counter, find_goods
from shopdesk.catalogue.price_lists import SavePriceList, SetListPrice, save_price_list, set_list_price
from shopdesk.catalogue.price_now import next_price_change
from shopdesk.catalogue.search import search_goods
from shopdesk.catalogue.taxes import SaveTaxRate, save_tax_rate
from shopdesk.catalogue.tiles import category_tiles, favourite_tiles, tile_categories, variant_choices
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.db.shop import Shop
from shopdesk.parties.customers import EditCustomer, edit_customer
from shopdesk.parties.groups import Membership, SaveGroup, join_group, leave_group, save_group
from tests.support.statements import counted

KIM = "kim@example.org"


def price_list(shop: Shop, actor: Actor, code: str, cents: int, *, least: int = 0, **more: object) -> int:
    """A list with a price for tea."""
    list_id = shop.execute(save_price_list, SavePriceList(code=code, name=code.title(), **more), actor)
    shop.execute(set_list_price, SetListPrice(list_id, "TEA", cents, least), actor)
    return list_id


def group(shop: Shop, actor: Actor, code: str, list_id: int | None) -> int:
    """A group with a list, Kim in it."""
    group_id = shop.execute(save_group, SaveGroup(code=code, name=code.title(), price_list_id=list_id), actor)
    shop.execute(join_group, Membership(1, group_id), actor)
    return group_id


def tea(shop: Shop, customer: str = "", *, at: datetime | None = None, quantity: int = 1000) -> tuple[int, str]:
    """Price and list for Kim by id or mail, or for nobody."""
    whom = {"id": {"customer_id": 1}, "mail": {"customer_email": KIM}, "": {}}[customer]
    counter = Counter(warehouse_id=1, now=at or shop.clock.now(), country="DE", **whom)
    price, offer = shop.ask(find_goods, counter, skus=("TEA",)).by_sku("TEA").price_at(quantity)
    return price, "" if offer is None else offer.label


@pytest.mark.parametrize("how", ["id", "mail"])
def test_a_group_s_list_holds_for_its_members_alone(shop: Shop, actor: Actor, how: str) -> None:
    list_id = price_list(shop, actor, "staff", 280)
    assert tea(shop, how) == (350, "")
    group_id = group(shop, actor, "staff", list_id)
    assert tea(shop, how) == (280, "Staff")
    assert tea(shop) == (350, "")
    shop.execute(leave_group, Membership(1, group_id), actor)
    assert tea(shop, how) == (350, "")


@pytest.mark.parametrize("how", ["id", "mail"])
def test_the_customer_s_own_list_comes_first_then_the_group_s_then_everybody_s(
    shop: Shop, actor: Actor, how: str
) -> None:
    """Whatever the priorities and prices: who is meant more narrowly wins; among groups the priority."""
    price_list(shop, actor, "sale", 100, for_everybody=True, priority=9)
    assert tea(shop, how) == (100, "Sale")
    group(shop, actor, "club", price_list(shop, actor, "club", 330, priority=1))
    assert tea(shop, how) == (330, "Club")
    group(shop, actor, "gold", price_list(shop, actor, "gold", 320, priority=2))
    assert tea(shop, how) == (320, "Gold")
    group(shop, actor, "none", None)
    own = price_list(shop, actor, "kim", 340)
    kim = EditCustomer(customer_id=1, version=1, first_name="Kim", last_name="Lee", email=KIM, price_list_id=own)
    shop.execute(edit_customer, kim, actor)
    assert tea(shop, how) == (340, "Kim")
    assert tea(shop) == (100, "Sale")


def test_groups_cost_no_statement(sqlite_shop: Shop, actor: Actor) -> None:
    group(sqlite_shop, actor, "club", price_list(sqlite_shop, actor, "club", 330))
    with counted(sqlite_shop) as statements:
        assert tea(sqlite_shop, "id")[0] == 330
    assert len(statements) == 1


def shown(shop: Shop) -> set[int]:
    """The price of tea on the favourites, in its category, behind the tile and among the hits of a search."""
    drinks = next(one.id for one in shop.ask(tile_categories) if one.name == "Drinks")
    (in_category,) = [one for one in shop.ask(category_tiles, drinks, 1) if one.name == "Green tea"]
    (favourite,) = [one for one in shop.ask(favourite_tiles, 1) if one.name == "Green tea"]
    (variant,) = shop.ask(variant_choices, in_category.product_id, 1)
    (hit,) = [one for one in shop.ask(search_goods, "green", 1).goods if one.sku == "TEA"]
    return {in_category.price_from_cents, favourite.price_to_cents, variant.price_cents, hit.price_cents}


def favoured(shop: Shop, actor: Actor) -> None:
    """Tea among the favourites."""
    from shopdesk.catalogue.favourites import SetFavourite, set_favourite

    product = shop.ask(search_goods, "green", 1).goods[0].product_id
    shop.execute(set_favourite, SetFavourite(product, True), actor)


def test_tiles_and_hits_show_what_the_till_takes_as_the_clock_goes(
    shop: Shop, actor: Actor, clock: ManualClock
) -> None:
    favoured(shop, actor)
    begins = clock.now() + timedelta(hours=1)
    price_list(shop, actor, "sale", 199, for_everybody=True, starts_at=begins, ends_at=begins + timedelta(hours=2))
    price_list(shop, actor, "bulk", 150, least=6000, for_everybody=True)
    price_list(shop, actor, "staff", 10)
    for hours, price in ((0, 350), (1, 199), (2, 199), (3, 350)):
        clock.set(begins + timedelta(hours=hours - 1))
        assert shown(shop) == {price} == {tea(shop)[0]}
    assert tea(shop, quantity=6000)[0] == 150


def test_the_next_change_is_known(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    assert shop.ask(next_price_change) is None
    now = clock.now()
    price_list(shop, actor, "a", 1, starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=5))
    price_list(shop, actor, "off", 1, starts_at=now + timedelta(hours=1), is_active=False)
    assert shop.ask(next_price_change) == now + timedelta(days=3)
    rate = SaveTaxRate(code="new", name="New", rate_ppm=80_000, valid_from=now + timedelta(days=4))
    shop.execute(save_tax_rate, rate, actor)
    for day, then in ((3, 4), (4, 5)):
        clock.set(now + timedelta(days=day))
        assert shop.ask(next_price_change) == now + timedelta(days=then)
    clock.set(now + timedelta(days=5))
    assert shop.ask(next_price_change) is None
