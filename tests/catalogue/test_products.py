"""The life of a product: made, edited, retired, deleted; what is refused and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from shopdesk.catalogue.bulk import NewProduct, insert_products
from shopdesk.catalogue.categories import (
    CategoryCycle,
    CreateCategory,
    EditCategory,
    category_tree,
    create_category,
    edit_category,
)
from shopdesk.catalogue.category_moves import CategoryInUse, RemoveCategory, remove_category
from shopdesk.catalogue.lookup import Counter, NotForSale, UnknownProduct, sellable_by_code
from shopdesk.catalogue.product_fields import BarcodeFields, CodeTaken, VariantFields
from shopdesk.catalogue.products import (
    CreateProduct,
    DeleteProduct,
    SetProductActive,
    as_edit,
    create_product,
    delete_product,
    edit_product,
    set_product_active,
)
from shopdesk.catalogue.queries import product_card, products_page, variants_page
from shopdesk.catalogue.search import search_goods
from shopdesk.catalogue.taxes import RemoveTaxClass, TaxClassInUse, remove_tax_class
from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadAmount, BadField, ChangedMeanwhile, NotFound, NotPermitted, ShopError
from shopdesk.core.free_text import CardNumberRefused
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.queries import levels_page
from tests.support.statements import counted

SHIRT = CreateProduct(
    title="Crème T-shirt",
    tax_class_id=1,
    description="Soft.",
    attributes=(("Fabric", "cotton", ""),),
    variants=(
        VariantFields(
            sku="SHIRT-S", price_cents=1999, traits=(("Size", "S"),), barcodes=(BarcodeFields("4012345000016"),)
        ),
        VariantFields(sku="SHIRT-M", price_cents=2199, cost_cents=900, traits=(("Size", "M"),)),
    ),
)


def found(shop: Shop, text: str) -> list[str]:
    return [goods.sku for goods in shop.ask(search_goods, text, 1).goods]


def test_a_product_is_made_shown_scanned_and_found(shop: Shop, actor: Actor) -> None:
    shelf = shop.execute(create_category, CreateCategory("Wear"), actor)
    saved = shop.execute(create_product, replace(SHIRT, category_ids=(shelf,)), actor)
    assert len(saved.variant_ids) == 2
    assert saved.doubts == ()
    card = shop.ask(product_card, saved.product_id)
    assert (card.version, card.product.title, card.product.category_ids) == (1, "Crème T-shirt", (shelf,))
    assert [variant.name for variant in card.product.variants] == ["S", "M"]
    assert card.product.attributes == (("Fabric", "cotton", ""),)
    assert shop.ask(sellable_by_code, "4012345000016", Counter(warehouse_id=1, now=shop.clock.now())).sku == "SHIRT-S"
    assert found(shop, "creme shirt") == ["SHIRT-M", "SHIRT-S"]
    assert found(shop, "40123450000") == ["SHIRT-S"]


def test_an_edit_writes_the_whole_product(shop: Shop, actor: Actor) -> None:
    saved = shop.execute(create_product, SHIRT, actor)
    card = shop.ask(product_card, saved.product_id)
    small, medium = card.product.variants
    changed = replace(
        card.product,
        title="Linen shirt",
        variants=(
            replace(medium, price_cents=2500),
            VariantFields(sku="SHIRT-L", price_cents=2600, traits=(("Size", "L"),)),
        ),
    )
    again = shop.execute(edit_product, as_edit(saved.product_id, card.version, changed), actor)
    after = shop.ask(product_card, saved.product_id)
    skus = {variant.sku: variant for variant in after.product.variants}
    assert after.version == 2
    assert skus["SHIRT-M"].price_cents == 2500
    assert skus["SHIRT-L"].variant_id == again.variant_ids[1]
    assert "SHIRT-S" not in skus  # nothing was ever done with it
    assert small.variant_id not in {variant.variant_id for variant in after.product.variants}
    assert found(shop, "linen") == ["SHIRT-L", "SHIRT-M"]
    assert found(shop, "creme") == []


def test_two_variants_may_swap_their_skus_and_barcodes(shop: Shop, actor: Actor) -> None:
    saved = shop.execute(create_product, SHIRT, actor)
    card = shop.ask(product_card, saved.product_id)
    small, medium = card.product.variants
    swapped = replace(
        card.product,
        variants=(
            replace(small, sku="SHIRT-M", barcodes=()),
            replace(medium, sku="SHIRT-S", barcodes=(BarcodeFields("4012345000016"),)),
        ),
    )
    shop.execute(edit_product, as_edit(saved.product_id, 1, swapped), actor)
    good = shop.ask(sellable_by_code, "4012345000016", Counter(warehouse_id=1, now=shop.clock.now()))
    assert (good.sku, good.variant_id) == ("SHIRT-S", medium.variant_id)


def test_somebody_elses_edit_is_not_overwritten(shop: Shop, actor: Actor) -> None:
    saved = shop.execute(create_product, SHIRT, actor)
    card = shop.ask(product_card, saved.product_id)
    shop.execute(edit_product, as_edit(saved.product_id, 1, replace(card.product, title="First")), actor)
    with pytest.raises(ChangedMeanwhile):
        shop.execute(edit_product, as_edit(saved.product_id, 1, replace(card.product, title="Second")), actor)
    assert shop.ask(product_card, saved.product_id).product.title == "First"


def test_a_code_that_belongs_to_others_is_refused_by_their_name(shop: Shop, actor: Actor) -> None:
    for variant in (
        VariantFields(sku="TEA", price_cents=1),
        VariantFields(sku="NEW", price_cents=1, barcodes=(BarcodeFields("4006381333931"),)),
    ):
        with pytest.raises(CodeTaken, match="Green tea"):
            shop.execute(create_product, CreateProduct(title="Other", variants=(variant,)), actor)


Bad = tuple[Callable[[CreateProduct], CreateProduct], type[ShopError], str]


def _first(**changes: object) -> Callable[[CreateProduct], CreateProduct]:
    return lambda product: replace(
        product,
        variants=(replace(product.variants[0], **changes), *product.variants[1:]),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("spoil", "error", "field"),
    [
        (lambda product: replace(product, title="  "), BadField, "title"),
        (lambda product: replace(product, title="x" * 201), BadField, "title"),
        (lambda product: replace(product, title="a\x1bb"), BadField, "title"),
        (lambda product: replace(product, description="card 4111 1111 1111 1111"), CardNumberRefused, "description"),
        (lambda product: replace(product, unit="stone"), BadField, "unit"),
        (lambda product: replace(product, variants=()), BadField, "variants"),
        (lambda product: replace(product, weight_grams=-1), BadField, "weight_grams"),
        (lambda product: replace(product, slug="---"), BadField, "slug"),
        (lambda product: replace(product, status="maybe"), BadField, "status"),
        (_first(price_cents=-1), BadField, "variants[0].price_cents"),
        (_first(price_cents=10**12 + 1), BadAmount, "variants[0].price_cents"),
        (_first(price_cents=1.5), BadAmount, "variants[0].price_cents"),
        (_first(sku=""), BadField, "variants[0].sku"),
        (_first(sku=" A"), BadField, "variants[0].sku"),
        (_first(sku="x" * 65), BadField, "variants[0].sku"),
        (_first(sku="SHIRT-M"), BadField, "variants[1].sku"),
        (_first(inventory_policy="maybe"), BadField, "variants[0].inventory_policy"),
        (_first(barcodes=(BarcodeFields("1", 0),)), BadField, "variants[0].pack_quantity_milli"),
        (_first(barcodes=(BarcodeFields("1"), BarcodeFields("1"))), BadField, "variants[0].barcodes"),
        (_first(traits=(("Size", "S"), ("Size", "M"))), BadField, "variants[0].traits"),
    ],
)
def test_bad_fields_are_named(
    sqlite_shop: Shop, actor: Actor, spoil: Callable[[CreateProduct], CreateProduct], error: type[ShopError], field: str
) -> None:
    with pytest.raises(error) as refusal:
        sqlite_shop.execute(create_product, spoil(SHIRT), actor)
    assert refusal.value.field == field
    assert not sqlite_shop.ask(variants_page, PageRequest(search="shirt")).rows


def test_unknown_tax_classes_and_categories_are_refused(sqlite_shop: Shop, actor: Actor) -> None:
    for product in (replace(SHIRT, tax_class_id=99), replace(SHIRT, category_ids=(99,))):
        with pytest.raises(NotFound):
            sqlite_shop.execute(create_product, product, actor)
    with pytest.raises(BadField):
        sqlite_shop.execute(create_product, replace(SHIRT, category_ids=(1, 1)), actor)


def test_a_wrong_check_digit_is_only_doubted(sqlite_shop: Shop, actor: Actor) -> None:
    wrong = VariantFields(sku="X", price_cents=1, barcodes=(BarcodeFields("4006381333932"),))
    saved = sqlite_shop.execute(create_product, CreateProduct(title="X", variants=(wrong,)), actor)
    assert len(saved.doubts) == 1


def test_a_retired_product_stays_and_comes_back(shop: Shop, actor: Actor) -> None:
    here = Counter(warehouse_id=1, now=shop.clock.now())
    shop.execute(set_product_active, SetProductActive(1, False), actor)
    with pytest.raises(NotForSale):
        shop.ask(sellable_by_code, "TEA", here)
    assert found(shop, "tea") == []
    assert [row.title for row in shop.ask(products_page, PageRequest(search="tea")).rows] == ["Green tea"]
    shop.execute(set_product_active, SetProductActive(1, True), actor)
    assert shop.ask(sellable_by_code, "TEA", here).sku == "TEA"


def test_a_deleted_products_codes_are_free_again(shop: Shop, actor: Actor) -> None:
    shop.execute(delete_product, DeleteProduct(1), actor)
    with pytest.raises(UnknownProduct):
        shop.ask(sellable_by_code, "4006381333931", Counter(warehouse_id=1, now=shop.clock.now()))
    assert found(shop, "tea") == []
    with pytest.raises(NotFound):
        shop.ask(product_card, 1)
    variant = VariantFields(sku="TEA", price_cents=400, barcodes=(BarcodeFields("4006381333931"),))
    shop.execute(create_product, CreateProduct(title="Other tea", variants=(variant,)), actor)
    assert found(shop, "tea") == ["TEA"]


def test_a_clerk_edits_no_catalogue(shop: Shop, clerk: Actor) -> None:
    for use_case, command in (
        (create_product, SHIRT),
        (set_product_active, SetProductActive(1, False)),
        (delete_product, DeleteProduct(1)),
        (create_category, CreateCategory("Mine")),
    ):
        with pytest.raises(NotPermitted):
            shop.execute(use_case, command, clerk)  # type: ignore[arg-type]


def test_pages_walk_every_product_once_in_order(shop: Shop, actor: Actor) -> None:
    for number in range(7):
        variant = VariantFields(sku=f"N{number}", price_cents=100)
        shop.execute(create_product, CreateProduct(title="Same title", variants=(variant,)), actor)
    for sort, descending in (("title", False), ("title", True), ("newest", True)):
        titles: list[tuple[str, int]] = []
        request = PageRequest(sort=sort, descending=descending, limit=3)
        while True:
            with counted(shop) as statements:
                page = shop.ask(products_page, request)
            assert len(statements) <= 3
            titles += [(row.title, row.id) for row in page.rows]
            if page.next is None:
                break
            request = replace(request, after=page.next)
        key = (lambda item: item) if sort == "title" else (lambda item: item[1])
        assert titles == sorted(titles, key=key, reverse=descending)
        assert len(set(titles)) == 13


@pytest.mark.parametrize("many", [1, 3_000])
def test_lists_find_the_same_whether_many_fit_or_few(
    shop: Shop, actor: Actor, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr("shopdesk.catalogue.search._MANY", many)
    monkeypatch.setattr("shopdesk.catalogue.queries._MANY", many)
    shelf = shop.execute(create_category, CreateCategory("Wear"), actor)
    shop.execute(create_product, replace(SHIRT, category_ids=(shelf,)), actor)
    for request, titles in (
        (PageRequest(search="shirt cre"), ["Crème T-shirt"]),
        (PageRequest(search="hirt"), []),
        (PageRequest(filters=(("category", shelf),)), ["Crème T-shirt"]),
        (PageRequest(search="t", descending=True), ["Green tea", "Crème T-shirt"]),
        (PageRequest(search="t", filters=(("category", shelf),)), ["Crème T-shirt"]),
    ):
        with counted(shop) as statements:
            rows = shop.ask(products_page, request).rows
        assert [row.title for row in rows] == titles
        assert len(statements) <= 3
    assert [row.sku for row in shop.ask(variants_page, PageRequest(search="shirt")).rows] == ["SHIRT-M", "SHIRT-S"]
    assert [row.sku for row in shop.ask(levels_page, PageRequest(search="t")).rows] == ["TEA"]


def test_lists_filter_and_refuse_unknown_columns(shop: Shop) -> None:
    drinks = next(row.id for row in shop.ask(category_tree) if row.name == "Drinks")
    page = shop.ask(products_page, PageRequest(filters=(("category", drinks),)))
    assert [row.title for row in page.rows] == ["Green tea"]
    assert [row.sku for row in shop.ask(variants_page, PageRequest(sort="price", limit=2)).rows] == ["SOAP", "APPLE"]
    assert shop.ask(variants_page, PageRequest(search="TEA")).rows[0].on_hand_milli == 1_000_000
    with pytest.raises(BadField):
        shop.ask(products_page, PageRequest(sort="title; DROP TABLE products"))


def test_the_category_tree_has_no_cycles_and_no_twins(shop: Shop, actor: Actor) -> None:
    food = shop.execute(create_category, CreateCategory("Food"), actor)
    fruit = shop.execute(create_category, CreateCategory("Dried fruit", food), actor)
    paths = {row.id: (row.path, row.depth) for row in shop.ask(category_tree)}
    assert paths[fruit] == ("Food > Dried fruit", 1)
    with pytest.raises(BadField):
        shop.execute(create_category, CreateCategory("Food"), actor)
    with pytest.raises(CategoryCycle):
        shop.execute(edit_category, EditCategory(food, 1, "Food", fruit), actor)
    with pytest.raises(CategoryInUse):
        shop.execute(remove_category, RemoveCategory(food), actor)
    shop.execute(edit_category, EditCategory(fruit, 1, "Fruit and nuts"), actor)
    shop.execute(remove_category, RemoveCategory(food), actor)
    with pytest.raises(ChangedMeanwhile):
        shop.execute(edit_category, EditCategory(fruit, 1, "Late"), actor)
    with pytest.raises(NotFound):
        shop.execute(remove_category, RemoveCategory(food), actor)


def test_a_tax_class_with_products_stays(shop: Shop, actor: Actor) -> None:
    with pytest.raises(TaxClassInUse):
        shop.execute(remove_tax_class, RemoveTaxClass(1), actor)


def test_the_bulk_path_names_the_row_and_writes_nothing_of_a_bad_lot(shop: Shop, actor: Actor) -> None:
    def lot(*variants: VariantFields) -> list[NewProduct]:
        return [
            NewProduct(title=f"Lot {place}", variants=(variant,), category="Food > Nuts", path=f"products[{place}].")
            for place, variant in enumerate(variants)
        ]

    good = VariantFields(sku="NUT-1", price_cents=100)
    for bad, path in (
        (VariantFields(sku="NUT-1", price_cents=5), "products[1].sku"),
        (VariantFields(sku="TEA", price_cents=5), "products[1].sku"),
        (VariantFields(sku="B", price_cents=-5), "products[1].variants[0].price_cents"),
    ):
        with pytest.raises(ShopError) as refusal:
            shop.execute(insert_products, lot(good, bad), actor)  # type: ignore[arg-type]
        assert refusal.value.field == path
    assert found(shop, "lot") == []


def test_the_bulk_path_is_found_filed_and_quick(shop: Shop, actor: Actor) -> None:
    rows = [
        NewProduct(
            title=f"Walnut {number}",
            variants=(VariantFields(sku=f"W{number:04d}", price_cents=number),),
            category="Food > Nuts",
        )
        for number in range(1, 301)
    ]

    def write(uow: UnitOfWork, _command: None) -> int:
        return len(insert_products(uow, rows))

    with counted(shop) as statements:
        assert shop.execute(write, None, actor) == 300
    assert len(statements) < 40
    assert found(shop, "walnut 217") == ["W0217"]
    assert [row.path for row in shop.ask(category_tree) if row.name == "Nuts"] == ["Food > Nuts"]
    with shop.database.reading() as connection:
        primaries = connection.execute(sa.text("SELECT count(*) FROM product_categories WHERE is_primary")).scalar()
    assert primaries == 306


def test_two_at_once_with_the_same_code_make_one_product(shop: Shop, actor: Actor) -> None:
    start, outcomes = Barrier(4), []

    def make() -> None:
        start.wait()
        try:
            outcomes.append(shop.execute(create_product, SHIRT, actor).product_id)
        except CodeTaken as error:
            outcomes.append(error.code)

    threads = [Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("code_taken") == 3
    assert found(shop, "creme shirt") == ["SHIRT-M", "SHIRT-S"]
