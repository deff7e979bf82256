"""Approving and rejecting, deleting and bringing back, retiring what was used, changing many: rules of a product's life."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from shopdesk.catalogue.categories import category_tree
from shopdesk.catalogue.lookup import Counter, NotForSale, UnknownProduct, sellable_by_code
from shopdesk.catalogue.product_bulk import (
    ChangeProducts,
    ChangeVariants,
    DeleteProducts,
    RestoreProducts,
    change_products,
    change_variants,
    delete_products,
    restore_products,
)
from shopdesk.catalogue.product_fields import BarcodeFields, CodeTaken, ProductFields, VariantFields
from shopdesk.catalogue.product_filters import products_waiting
from shopdesk.catalogue.product_status import (
    ApproveProduct,
    RejectProduct,
    StepNotPossible,
    SubmitProduct,
    approve_product,
    reject_product,
    submit_product,
)
from shopdesk.catalogue.products import (
    CreateProduct,
    DeleteProduct,
    RestoreProduct,
    as_edit,
    create_product,
    delete_product,
    edit_product,
    restore_product,
)
from shopdesk.catalogue.queries import product_card, product_record, products_page, variants_page
from shopdesk.catalogue.search import search_goods
from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, NotPermitted
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.system.history import changes_of, history_page
from tests.support.small_shop import actor_of
from tests.support.statements import counted

SCARF = CreateProduct(
    title="Wool scarf",
    tax_class_id=1,
    variants=(
        VariantFields(
            sku="SCARF-R",
            price_cents=2990,
            cost_cents=1200,
            track_stock=False,
            traits=(("Colour", "red"),),
            barcodes=(BarcodeFields("4012345000016"), BarcodeFields("4012345000023", 6_000)),
        ),
        VariantFields(
            sku="SCARF-B", price_cents=2990, cost_cents=1200, track_stock=False, traits=(("Colour", "blue"),)
        ),
    ),
)


def counter(shop: Shop) -> Counter:
    return Counter(warehouse_id=1, now=shop.clock.now())


def sell(shop: Shop, actor: Actor, sku: str) -> None:
    shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku=sku),)), actor)


def product_of(shop: Shop, product_id: int) -> ProductFields:
    return shop.ask(product_card, product_id).product


def test_what_the_back_office_adds_waits_until_somebody_approves_it(shop: Shop, manager: Actor) -> None:
    office = actor_of(shop, "bo")
    saved = shop.execute(create_product, SCARF, office)
    assert saved.approval == "pending"
    assert shop.ask(products_waiting) == 1
    with pytest.raises(NotForSale):
        shop.ask(sellable_by_code, "SCARF-R", counter(shop))
    with pytest.raises(NotPermitted):
        shop.execute(approve_product, ApproveProduct(saved.product_id), office)
    shop.execute(approve_product, ApproveProduct(saved.product_id, version=1), manager)
    assert shop.ask(sellable_by_code, "SCARF-R", counter(shop)).sku == "SCARF-R"
    assert shop.ask(products_waiting) == 0
    with pytest.raises(StepNotPossible):
        shop.execute(approve_product, ApproveProduct(saved.product_id), manager)


def test_a_rejected_product_says_why_and_may_be_put_forward_again(shop: Shop, actor: Actor) -> None:
    office = actor_of(shop, "bo")
    saved = shop.execute(create_product, SCARF, actor)
    for reason in ("", "  "):
        with pytest.raises(BadField):
            shop.execute(reject_product, RejectProduct(saved.product_id, reason), actor)
    shop.execute(reject_product, RejectProduct(saved.product_id, "No picture."), actor)
    card = shop.ask(product_card, saved.product_id)
    assert (card.product.status, card.rejection_reason) == ("rejected", "No picture.")
    with pytest.raises(NotForSale):
        shop.ask(sellable_by_code, "SCARF-R", counter(shop))
    approved = replace(card.product, status="approved")
    with pytest.raises(NotPermitted):  # approving by way of the form
        shop.execute(edit_product, as_edit(saved.product_id, card.version, approved), office)
    shop.execute(edit_product, as_edit(saved.product_id, card.version, replace(card.product, badge="New")), office)
    assert shop.ask(product_card, saved.product_id).rejection_reason == "No picture."
    shop.execute(submit_product, SubmitProduct(saved.product_id), office)
    card = shop.ask(product_card, saved.product_id)
    assert (card.product.status, card.rejection_reason) == ("pending", None)
    with pytest.raises(ChangedMeanwhile):
        shop.execute(approve_product, ApproveProduct(saved.product_id, version=1), actor)


def test_a_deleted_product_comes_back_whole(shop: Shop, actor: Actor) -> None:
    saved = shop.execute(create_product, SCARF, actor)
    before = product_of(shop, saved.product_id)
    shop.execute(delete_product, DeleteProduct(saved.product_id), actor)
    with pytest.raises(UnknownProduct):
        shop.ask(sellable_by_code, "4012345000016", counter(shop))
    page = shop.ask(products_page, PageRequest(filters=(("deleted", True),)))
    assert [(row.title, row.state) for row in page.rows] == [("Wool scarf", "deleted")]
    assert [row.title for row in shop.ask(products_page, PageRequest(search="wool")).rows] == []
    searched = PageRequest(search="wOOl", filters=(("deleted", True),))
    assert [row.title for row in shop.ask(products_page, searched).rows] == ["Wool scarf"]
    shop.execute(restore_product, RestoreProduct(saved.product_id), actor)
    assert product_of(shop, saved.product_id) == before
    assert shop.ask(sellable_by_code, "4012345000023", counter(shop)).quantity_milli == 6_000
    assert [goods.sku for goods in shop.ask(search_goods, "wool scarf", 1).goods] == ["SCARF-B", "SCARF-R"]
    with pytest.raises(NotFound):
        shop.execute(restore_product, RestoreProduct(saved.product_id), actor)
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM freed_codes")).scalar() == 0


def test_several_are_deleted_and_brought_back_as_one(shop: Shop, actor: Actor) -> None:
    saved = shop.execute(create_product, SCARF, actor)
    before = shop.ask(products_page, PageRequest()).rows
    both = (1, saved.product_id)
    shop.execute(delete_products, DeleteProducts(both), actor)
    assert {row.id for row in before} - {row.id for row in shop.ask(products_page, PageRequest()).rows} == set(both)
    with pytest.raises(NotFound):  # all or none
        shop.execute(delete_products, DeleteProducts((2, 1)), actor)
    shop.execute(restore_products, RestoreProducts(both), actor)
    assert shop.ask(products_page, PageRequest()).rows == before


def test_a_code_that_was_given_to_another_is_named_when_a_deletion_is_undone(shop: Shop, actor: Actor) -> None:
    saved = shop.execute(create_product, SCARF, actor)
    shop.execute(delete_product, DeleteProduct(saved.product_id), actor)
    heir = VariantFields(sku="X", price_cents=1, barcodes=(BarcodeFields("4012345000016"),))
    other = shop.execute(create_product, CreateProduct(title="Heir", variants=(heir,)), actor)
    with pytest.raises(CodeTaken, match="4012345000016 already belongs to Heir") as refusal:
        shop.execute(restore_product, RestoreProduct(saved.product_id), actor)
    assert refusal.value.product_id == other.product_id
    assert shop.ask(products_page, PageRequest(filters=(("deleted", True),))).rows


def test_a_variant_left_out_is_removed_unless_it_was_sold(shop: Shop, actor: Actor) -> None:
    saved = shop.execute(create_product, SCARF, actor)
    sell(shop, actor, "SCARF-R")
    card = shop.ask(product_card, saved.product_id)
    only_new = replace(card.product, variants=(VariantFields(sku="SCARF-G", price_cents=3100),))
    shop.execute(edit_product, as_edit(saved.product_id, card.version, only_new), actor)
    left = {variant.sku: variant for variant in product_of(shop, saved.product_id).variants}
    assert set(left) == {"SCARF-R", "SCARF-G"}
    assert not left["SCARF-R"].is_active
    assert left["SCARF-R"].barcodes == SCARF.variants[0].barcodes
    with pytest.raises(NotForSale):
        shop.ask(sellable_by_code, "SCARF-R", counter(shop))
    with pytest.raises(UnknownProduct):
        shop.ask(sellable_by_code, "SCARF-B", counter(shop))
    assert [goods.sku for goods in shop.ask(search_goods, "scarf", 1).goods] == ["SCARF-G"]
    again = shop.ask(product_card, saved.product_id)
    taken = replace(again.product, variants=(VariantFields(sku="SCARF-R", price_cents=1),))
    with pytest.raises(CodeTaken):  # a retired variant keeps its codes: receipts carry them
        shop.execute(edit_product, as_edit(saved.product_id, again.version, taken), actor)


def test_costs_stay_for_who_may_not_see_them(shop: Shop, actor: Actor) -> None:
    saved = shop.execute(create_product, SCARF, actor)
    blind = replace(actor, scopes=actor.permissions - {Permission.COST_VIEW})
    card = shop.ask(product_record, saved.product_id, blind)
    assert [variant.cost_cents for variant in card.product.variants] == [None, None]
    shop.execute(edit_product, as_edit(saved.product_id, 1, replace(card.product, title="Warm scarf")), actor)
    assert [variant.cost_cents for variant in product_of(shop, saved.product_id).variants] == [1200, 1200]
    shown = shop.ask(product_record, saved.product_id, actor).product
    emptied = tuple(replace(variant, cost_cents=None) for variant in shown.variants)
    shop.execute(edit_product, as_edit(saved.product_id, 2, replace(shown, variants=emptied)), blind)
    assert [variant.cost_cents for variant in product_of(shop, saved.product_id).variants] == [1200, 1200]
    rows = {row.sku: row for row in shop.ask(variants_page, PageRequest(search="scarf"), blind).rows}
    assert (rows["SCARF-R"].cost_cents, rows["SCARF-R"].margin_cents) == (None, None)
    rows = {row.sku: row for row in shop.ask(variants_page, PageRequest(search="scarf"), actor).rows}
    assert rows["SCARF-R"].margin_cents == 2513 - 1200  # 29.90 with 19 % in it
    assert rows["SCARF-R"].margin_ppm == 522_483


def test_the_history_tells_before_and_after(shop: Shop, actor: Actor) -> None:
    saved = shop.execute(create_product, SCARF, actor)
    card = shop.ask(product_card, saved.product_id)
    red, blue = card.product.variants
    changed = replace(card.product, badge="Sale", variants=(replace(red, price_cents=1990), blue))
    shop.execute(edit_product, as_edit(saved.product_id, 1, changed), actor)
    rows = shop.ask(
        history_page,
        PageRequest(descending=True),
        target_type="product",
        target_id=str(saved.product_id),
        actor=actor,
    ).rows
    told = {(change.field, change.subject): (change.before, change.after) for change in rows[0].changes}
    assert told == {("badge", ""): (None, "Sale"), ("price_cents", "SCARF-R"): (2990, 1990)}
    assert [row.action for row in rows] == ["product.edit", "product.create"]
    tree = {row.name: row.id for row in shop.ask(category_tree)}
    moved = replace(changed, tax_class_id=2, category_ids=(tree["Bath"], tree["Fruit"]))
    stored = product_of(shop, saved.product_id).variants
    shop.execute(edit_product, as_edit(saved.product_id, 2, replace(moved, variants=stored)), actor)
    newest = shop.ask(
        history_page,
        PageRequest(descending=True, limit=1),
        target_type="product",
        target_id=str(saved.product_id),
        actor=actor,
    ).rows[0]
    names = {change.field: (change.before, change.after) for change in newest.changes}
    assert names == {"tax": ("VAT", "Reduced VAT"), "categories": ([], ["Bath", "Fruit"])}
    assert changes_of({"title": "x"}) == ()


def test_an_edit_of_nothing_but_the_title_writes_no_variant(shop: Shop, actor: Actor) -> None:
    saved = shop.execute(create_product, SCARF, actor)
    card = shop.ask(product_card, saved.product_id)
    with counted(shop) as statements:
        shop.execute(edit_product, as_edit(saved.product_id, 1, replace(card.product, title="Warm scarf")), actor)
    assert not [
        text
        for text in statements
        if text.startswith(("UPDATE product_variants", "DELETE", "INSERT INTO var"))
        and "search" not in text
        and "_fts" not in text
    ]
    assert [goods.name for goods in shop.ask(search_goods, "warm", 1).goods] != []


def test_many_products_are_changed_at_once_and_the_rest_is_named(shop: Shop, actor: Actor) -> None:
    saved = shop.execute(create_product, SCARF, actor)
    gone = shop.execute(
        create_product, CreateProduct(title="Gone", variants=(VariantFields(sku="G", price_cents=1),)), actor
    )
    shop.execute(delete_product, DeleteProduct(gone.product_id), actor)
    kitchen = next(row for row in shop.ask(products_page, PageRequest(search="mug")).rows).id
    shelf = product_of(shop, kitchen).category_ids[0]
    report = shop.execute(
        change_products,
        ChangeProducts(
            product_ids=(saved.product_id, kitchen, gone.product_id, 9_999),
            is_active=False,
            badge="Winter",
            category_id=shelf,
        ),
        actor,
    )
    assert report.changed == 2
    assert [refusal.name for refusal in report.refused] == ["Gone", "9999"]
    for product_id in (saved.product_id, kitchen):
        product = product_of(shop, product_id)
        assert (product.is_active, product.badge, product.category_ids[0]) == (False, "Winter", shelf)
    with pytest.raises(NotFound):
        shop.execute(change_products, ChangeProducts(product_ids=(kitchen,), tax_class_id=99), actor)


def test_prices_of_many_variants_rise_by_a_share(shop: Shop, actor: Actor) -> None:
    saved = shop.execute(create_product, SCARF, actor)
    first, second = saved.variant_ids
    report = shop.execute(
        change_variants, ChangeVariants(variant_ids=(first, second, 999), price_change_ppm=-100_000), actor
    )
    assert (report.changed, len(report.refused)) == (2, 1)
    assert [variant.price_cents for variant in product_of(shop, saved.product_id).variants] == [2691, 2691]
    for bad in (
        ChangeVariants(variant_ids=(first,), price_cents=-1),
        ChangeVariants(variant_ids=(first,), price_cents=1, price_change_ppm=1),
        ChangeVariants(variant_ids=(first,), price_change_ppm=-1_000_001),
        ChangeVariants(variant_ids=(first,), inventory_policy="maybe"),
    ):
        with pytest.raises(BadField):
            shop.execute(change_variants, bad, actor)
    blind = replace(actor, scopes=actor.permissions - {Permission.COST_VIEW})
    with pytest.raises(NotPermitted):
        shop.execute(change_variants, ChangeVariants(variant_ids=(first,), cost_cents=5), blind)


def test_the_list_is_narrowed_by_what_is_missing(shop: Shop, actor: Actor) -> None:
    described = replace(SCARF, attributes=(("Fabric", "wool", ""),))
    saved = shop.execute(create_product, described, actor)

    def titles(**filters: object) -> list[str]:
        with counted(shop) as statements:
            rows = shop.ask(products_page, PageRequest(filters=tuple(filters.items()))).rows
        assert len(statements) <= 3
        return [row.title for row in rows]

    everything = titles()
    assert titles(barcodes=False) == ["Wool scarf"]
    assert "Wool scarf" not in titles(barcodes=True)
    assert titles(pictures=True) == []
    assert titles(pictures=False) == everything
    assert titles(attribute=("Fabric", "wool")) == ["Wool scarf"]
    assert titles(margin=300_000) == []
    red, blue = product_of(shop, saved.product_id).variants
    cheap = replace(product_of(shop, saved.product_id), variants=(replace(red, price_cents=1_785), blue))
    shop.execute(edit_product, as_edit(saved.product_id, 1, cheap), actor)  # net 15.00, cost 12.00: 20 %
    assert titles(margin=200_000) == []
    assert titles(margin=300_000) == ["Wool scarf"]
    assert titles(status="pending") == []
    assert titles(seller=0) == everything
    with pytest.raises(BadField):
        titles(margin=-5)
