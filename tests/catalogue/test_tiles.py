"""What the till shows to tap, and the favourites' places."""

from __future__ import annotations

import pytest

from shopdesk.catalogue.categories import CreateCategory, create_category
from shopdesk.catalogue.favourites import ArrangeFavourites, SetFavourite, arrange_favourites, set_favourite
from shopdesk.catalogue.product_fields import VariantFields
from shopdesk.catalogue.products import CreateProduct, SetProductActive, create_product, set_product_active
from shopdesk.catalogue.tiles import (
    category_tiles,
    favourite_tiles,
    recent_tiles,
    tile_categories,
    variant_choices,
)
from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, NotFound
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from tests.support.statements import counted


def test_categories_without_goods_are_not_shown(shop: Shop, actor: Actor) -> None:
    empty = shop.execute(create_category, CreateCategory("Empty"), actor)
    parent = shop.execute(create_category, CreateCategory("Food"), actor)
    child = shop.execute(create_category, CreateCategory("Nuts", parent), actor)
    variant = VariantFields(sku="NUT", price_cents=250)
    product = CreateProduct(title="Walnuts", variants=(variant,), category_ids=(child,))
    shop.execute(create_product, product, actor)
    shown = {row.id for row in shop.ask(tile_categories)}
    assert {parent, child} <= shown
    assert empty not in shown
    assert [tile.name for tile in shop.ask(category_tiles, parent, 1)] == ["Walnuts"]


def test_a_tile_with_variants_asks_which(shop: Shop, actor: Actor) -> None:
    sizes = tuple(
        VariantFields(sku=f"TEE-{size}", price_cents=1000 + extra, traits=(("Size", size),), inventory_policy=policy)
        for size, extra, policy in (("S", 0, "deny"), ("L", 200, "continue"))
    )
    shelf = shop.execute(create_category, CreateCategory("Wear"), actor)
    shop.execute(create_product, CreateProduct(title="Tee", variants=sizes, category_ids=(shelf,)), actor)
    (tile,) = shop.ask(category_tiles, shelf, 1)
    assert (tile.price_from_cents, tile.price_to_cents, tile.variants, tile.variant_id) == (1000, 1200, 2, None)
    assert tile.in_stock
    choices = shop.ask(variant_choices, tile.product_id, 1)
    assert [(choice.sku, choice.traits, choice.may_sell) for choice in choices] == [
        ("TEE-S", (("Size", "S"),), False),
        ("TEE-L", (("Size", "L"),), True),
    ]


def test_what_is_sold_out_or_retired_shows(shop: Shop, actor: Actor) -> None:
    kitchen = next(row.id for row in shop.ask(tile_categories) if row.name == "Kitchen")
    shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="LAST"),)), actor)
    tiles = {tile.name: tile for tile in shop.ask(category_tiles, kitchen, 1)}
    assert (tiles["Last piece"].in_stock, tiles["Mug"].in_stock) == (False, True)
    shop.execute(set_product_active, SetProductActive(tiles["Mug"].product_id, False), actor)
    assert [tile.name for tile in shop.ask(category_tiles, kitchen, 1)] == ["Last piece"]


def test_recent_goods_begin_with_the_last_sale_of_the_till(shop: Shop, actor: Actor) -> None:
    for sku in ("TEA", "SOAP", "TEA", "BOOK"):
        shop.clock.advance(minutes=1)  # type: ignore[attr-defined]
        shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku=sku),)), actor)
    assert [tile.name for tile in shop.ask(recent_tiles, 1, 1)] == ["Untaxed book", "Green tea", "Soap"]
    assert shop.ask(recent_tiles, 2, 1) == ()


def test_favourites_stay_in_their_places(shop: Shop, actor: Actor) -> None:
    for product in (2, 1, 3, 1):
        shop.execute(set_favourite, SetFavourite(product, True), actor)
    assert [tile.product_id for tile in shop.ask(favourite_tiles, 1)] == [2, 1, 3]
    shop.execute(set_favourite, SetFavourite(2, False), actor)
    shop.execute(arrange_favourites, ArrangeFavourites((3, 1)), actor)
    assert [tile.product_id for tile in shop.ask(favourite_tiles, 1)] == [3, 1]
    for wrong in ((3,), (3, 1, 1), (3, 1, 2)):
        with pytest.raises(BadField):
            shop.execute(arrange_favourites, ArrangeFavourites(wrong), actor)
    with pytest.raises(NotFound):
        shop.execute(set_favourite, SetFavourite(99, True), actor)


def test_one_statement_each(shop: Shop) -> None:
    for question in (
        tile_categories,
        lambda reader: category_tiles(reader, 1, 1),
        lambda reader: favourite_tiles(reader, 1),
        lambda reader: recent_tiles(reader, 1, 1),
        lambda reader: variant_choices(reader, 1, 1),
    ):
        with counted(shop) as statements:
            shop.ask(question)
        assert len(statements) == 1
