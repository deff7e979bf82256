"""Favourites keep their places; barcode rules are tried in their order, and a code can be tried before a customer does."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from shopdesk.catalogue.barcode_rules import (
    ArrangeBarcodeRules,
    SaveBarcodeRule,
    arrange_barcode_rules,
    barcode_rules,
    save_barcode_rule,
    try_code,
)
from shopdesk.catalogue.favourites import (
    ArrangeFavourites,
    SetFavourite,
    arrange_favourites,
    favourites,
    set_favourite,
)
from shopdesk.catalogue.models import Product
from shopdesk.catalogue.products import DeleteProduct, delete_product
from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, NotFound, NotPermitted
from shopdesk.db.shop import Shop
from shopdesk.system.models import AuditEntry
from tests.support.statements import counted


def shown(shop: Shop) -> list[int]:
    """Product ids in their places."""
    return [row.product_id for row in shop.ask(favourites)]


def put(shop: Shop, actor: Actor, *products: int) -> None:
    """Make products favourites one after the other."""
    for product in products:
        shop.execute(set_favourite, SetFavourite(product, True), actor)


def audited(shop: Shop) -> list[str]:
    """Actions of favourites in the audit log."""
    found = sa.select(AuditEntry.action).where(AuditEntry.action.startswith("till_favourite"))
    return list(shop.ask(lambda reader: reader.connection.execute(found.order_by(AuditEntry.id)).scalars().all()))


def test_favourites_stand_in_their_places_with_their_prices(shop: Shop, actor: Actor) -> None:
    put(shop, actor, 3, 1, 2)
    with counted(shop) as statements:
        rows = shop.ask(favourites)
    assert len(statements) == 1
    assert [row.product_id for row in rows] == [3, 1, 2]
    assert all(row.on_sale and row.price_from_cents is not None for row in rows)


def test_what_is_taken_off_comes_back_to_its_place(shop: Shop, actor: Actor) -> None:
    put(shop, actor, 1, 2, 3)
    shop.execute(set_favourite, SetFavourite(2, False), actor)
    assert shown(shop) == [1, 3]
    shop.execute(set_favourite, SetFavourite(2, True, 1), actor)
    assert shown(shop) == [1, 2, 3]
    shop.execute(set_favourite, SetFavourite(3, False), actor)
    shop.execute(set_favourite, SetFavourite(3, True, 99), actor)
    assert shown(shop) == [1, 2, 3]


def test_saying_it_again_changes_and_tells_nothing(shop: Shop, actor: Actor) -> None:
    put(shop, actor, 1, 1)
    shop.execute(set_favourite, SetFavourite(2, False), actor)
    shop.execute(arrange_favourites, ArrangeFavourites((1,)), actor)
    assert shown(shop) == [1]
    assert audited(shop) == ["till_favourite.set"]


def test_arranging_answers_the_order_before(shop: Shop, actor: Actor, clerk: Actor) -> None:
    put(shop, actor, 1, 2, 3)
    before = shop.execute(arrange_favourites, ArrangeFavourites((3, 1, 2)), actor)
    assert before.product_ids == (1, 2, 3)
    assert shown(shop) == [3, 1, 2]
    shop.execute(arrange_favourites, before, actor)
    assert shown(shop) == [1, 2, 3]
    for wrong in ((1, 2), (1, 2, 2), (1, 2, 3, 4)):
        with pytest.raises(BadField):
            shop.execute(arrange_favourites, ArrangeFavourites(wrong), actor)
    with pytest.raises(NotPermitted):
        shop.execute(arrange_favourites, ArrangeFavourites((3, 2, 1)), clerk)


def test_a_deleted_product_keeps_its_place_and_is_not_on_sale(shop: Shop, actor: Actor) -> None:
    put(shop, actor, 1, 2)
    shop.execute(delete_product, DeleteProduct(1), actor)
    assert [row.on_sale for row in shop.ask(favourites) if row.product_id == 1] in ([False], [])
    shop.execute(set_favourite, SetFavourite(1, False), actor)
    assert shown(shop) == [2]
    with pytest.raises(NotFound):
        shop.execute(set_favourite, SetFavourite(1, True), actor)
    assert (
        shop.ask(lambda reader: reader.connection.execute(sa.select(Product.id).where(Product.id == 1)).scalar()) == 1
    )


def rule(shop: Shop, actor: Actor, name: str, **more: object) -> int:
    """A rule: 21, five digits of the article, five of the price."""
    facts = {"prefix": "21", "item_digits": 5, "value_digits": 5, "position": len(shop.ask(barcode_rules)), **more}
    return shop.execute(save_barcode_rule, SaveBarcodeRule(name=name, **facts), actor)


def test_rules_are_tried_in_their_order(shop: Shop, actor: Actor, clerk: Actor) -> None:
    known = [row.id for row in shop.ask(barcode_rules)]
    first, second = rule(shop, actor, "first"), rule(shop, actor, "second", kind="weight", value_decimals=3)
    before = shop.execute(arrange_barcode_rules, ArrangeBarcodeRules((second, first, *known)), actor)
    assert before.rule_ids == (*known, first, second)
    assert [row.name for row in shop.ask(barcode_rules)][:2] == ["second", "first"]
    shop.execute(arrange_barcode_rules, before, actor)
    assert [row.id for row in shop.ask(barcode_rules)] == [*known, first, second]
    for wrong in ((first,), (first, second, *known, 99)):
        with pytest.raises(BadField):
            shop.execute(arrange_barcode_rules, ArrangeBarcodeRules(wrong), actor)
    with pytest.raises(NotPermitted):
        shop.execute(arrange_barcode_rules, before, clerk)


def test_a_code_is_tried_as_the_till_reads_it(shop: Shop, actor: Actor) -> None:
    from shopdesk.catalogue.codes import check_digit

    rule(shop, actor, "mine", prefix="77", item_digits=3)
    rule(shop, actor, "asleep", prefix="77", item_digits=3, is_active=False)
    plain = shop.ask(try_code, "TEA", 2)
    assert plain.goods is not None
    assert (plain.goods.sku, plain.refusal) == ("TEA", "")
    body = "77" + "TEA"
    assert all(one.reading is None for one in shop.ask(try_code, body, 2).rules)
    digits = "77" + "123" + "00250"
    code = digits + check_digit(digits)
    with counted(shop) as statements:
        tried = shop.ask(try_code, code, 2)
    assert len(statements) <= 3
    assert tried.goods is None
    assert "Unknown product" in tried.refusal
    readings = {one.name: one.reading for one in tried.rules}
    assert readings["mine"] is not None
    assert (readings["mine"].item, readings["mine"].price_cents) == ("123", 250)
    assert "asleep" not in readings
    wrong = digits + str((int(check_digit(digits)) + 1) % 10)
    assert {one.name: one.reading for one in shop.ask(try_code, wrong, 2).rules}["mine"] is None
