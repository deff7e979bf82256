"""Two at once: the same code, the next article number, one product in two forms, two categories into each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from shopdesk.catalogue.categories import (
    CategoryCycle,
    CreateCategory,
    EditCategory,
    category_tree,
    create_category,
    edit_category,
)
from shopdesk.catalogue.category_moves import MoveCategory, RemoveCategory, move_category, remove_category
from shopdesk.catalogue.codes import check_digit
from shopdesk.catalogue.internal_codes import MakeBarcodes, make_barcodes
from shopdesk.catalogue.pictures import CleanPicture, PictureFields, picture
from shopdesk.catalogue.product_fields import BarcodeFields, CodeTaken, VariantFields
from shopdesk.catalogue.product_record import SaveProduct, save_product
from shopdesk.catalogue.products import CreateProduct, as_edit, create_product, edit_product
from shopdesk.catalogue.queries import product_card
from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, ShopError
from shopdesk.db.shop import Shop


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all at the same moment; each one's result, or the ShopError it ended in."""
    start = Barrier(len(works))
    outcomes: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        start.wait()
        try:
            outcomes[place] = work()
        except ShopError as error:
            outcomes[place] = error

    threads = [Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def kinds(outcomes: Sequence[object], kind: type) -> int:
    return sum(isinstance(one, kind) for one in outcomes)


def test_article_numbers_are_given_once_however_many_ask(shop: Shop, actor: Actor) -> None:
    outcomes = at_once(*[lambda: shop.execute(make_barcodes, MakeBarcodes(7), actor)] * 6)
    codes = [code for given in outcomes for code in given]  # type: ignore[attr-defined]
    assert len(codes) == len(set(codes)) == 42
    assert all(len(code) == 13 and code[:2] == "21" and check_digit(code[:-1]) == code[-1] for code in codes)


def test_one_of_two_forms_of_a_product_is_told_that_it_is_stale(shop: Shop, actor: Actor) -> None:
    product = shop.ask(product_card, 1)

    def save(title: str) -> Callable[[], object]:
        command = as_edit(1, product.version, replace(product.product, title=title))
        return lambda: shop.execute(save_product, SaveProduct(command), actor)

    outcomes = at_once(save("First"), save("Second"), save("Third"))
    assert kinds(outcomes, ChangedMeanwhile) == 2
    assert shop.ask(product_card, 1).version == product.version + 1


def test_one_of_several_products_gets_a_barcode_that_all_want(shop: Shop, actor: Actor) -> None:
    def make(number: int) -> Callable[[], object]:
        variant = VariantFields(sku=f"NEW-{number}", price_cents=1, barcodes=(BarcodeFields("4012345000016"),))
        command = CreateProduct(title=f"New {number}", variants=(variant,))
        return lambda: shop.execute(create_product, command, actor)

    outcomes = at_once(*[make(number) for number in range(4)])
    taken = [one for one in outcomes if isinstance(one, CodeTaken)]
    assert len(taken) == 3
    winner = next(one for one in outcomes if not isinstance(one, ShopError))
    assert {error.product_id for error in taken} == {winner.product_id}  # type: ignore[attr-defined]
    assert {error.field for error in taken} == {"variants[0].barcodes"}


def test_two_products_that_swap_a_code_at_once_leave_it_with_one(shop: Shop, actor: Actor) -> None:
    saved = [
        shop.execute(
            create_product,
            CreateProduct(title=name, variants=(VariantFields(sku=name, price_cents=1),)),
            actor,
        )
        for name in ("LEFT", "RIGHT")
    ]

    def take(product_id: int) -> Callable[[], object]:
        card = shop.ask(product_card, product_id)
        variant = replace(card.product.variants[0], sku="WANTED")
        command = as_edit(product_id, card.version, replace(card.product, variants=(variant,)))
        return lambda: shop.execute(edit_product, command, actor)

    assert kinds(at_once(*[take(one.product_id) for one in saved]), CodeTaken) == 1


def test_two_categories_cannot_be_put_below_each_other(shop: Shop, actor: Actor) -> None:
    for round in range(4):
        one, two = (shop.execute(create_category, CreateCategory(f"{name} {round}"), actor) for name in ("One", "Two"))
        outcomes = at_once(
            lambda one=one, two=two: shop.execute(move_category, MoveCategory(one, 1, two), actor),
            lambda one=one, two=two, name=f"Two {round}": shop.execute(
                edit_category, EditCategory(two, 1, name, one), actor
            ),
        )
        assert kinds(outcomes, CategoryCycle) == 1
        assert len({row.id for row in shop.ask(category_tree)} & {one, two}) == 2


def test_a_category_is_moved_among_its_siblings(shop: Shop, actor: Actor) -> None:
    top = shop.execute(create_category, CreateCategory("Top"), actor)
    ids = {name: shop.execute(create_category, CreateCategory(name, top), actor) for name in "CBA"}
    versions = {row.id: row.version for row in shop.ask(category_tree)}

    def order() -> str:
        return "".join(row.name for row in shop.ask(category_tree) if row.parent_id == top)

    assert order() == "CBA"  # in the order in which they were made
    shop.execute(move_category, MoveCategory(ids["A"], versions[ids["A"]], top, ids["C"]), actor)
    assert order() == "ACB"
    shop.execute(move_category, MoveCategory(ids["C"], versions[ids["C"]], top, None), actor)
    assert order() == "ABC"
    with pytest.raises(ChangedMeanwhile):
        shop.execute(move_category, MoveCategory(ids["A"], versions[ids["A"]], None, None), actor)
    with pytest.raises(NotFound):
        shop.execute(move_category, MoveCategory(ids["B"], versions[ids["B"]], top, 9_999), actor)
    shop.execute(create_category, CreateCategory("B"), actor)
    with pytest.raises(BadField):  # there is a B at the top already
        shop.execute(move_category, MoveCategory(ids["B"], versions[ids["B"]], None), actor)


def test_what_is_in_a_removed_category_goes_where_it_is_wanted(shop: Shop, actor: Actor) -> None:
    food, wear, sub = (
        shop.execute(create_category, command, actor)
        for command in (CreateCategory("Food"), CreateCategory("Wear"), CreateCategory("Hats"))
    )
    shop.execute(edit_category, EditCategory(sub, 1, "Hats", wear), actor)

    def product(name: str, *categories: int) -> int:
        command = CreateProduct(title=name, variants=(VariantFields(sku=name, price_cents=1),), category_ids=categories)
        return shop.execute(create_product, command, actor).product_id

    both, other, only = product("BOTH", wear, food), product("OTHER", food, wear), product("ONLY", wear)
    shop.execute(remove_category, RemoveCategory(wear, "move", food), actor)
    assert [shop.ask(product_card, one).product.category_ids for one in (both, other, only)] == [(food,)] * 3
    assert next(row.parent_id for row in shop.ask(category_tree) if row.id == sub) == food
    with pytest.raises(CategoryCycle):
        shop.execute(remove_category, RemoveCategory(food, "move", sub), actor)
    shop.execute(remove_category, RemoveCategory(food, "move"), actor)
    assert [shop.ask(product_card, one).product.category_ids for one in (both, other, only)] == [()] * 3
    assert next(row.parent_id for row in shop.ask(category_tree) if row.id == sub) is None


def test_the_primary_category_is_always_one(shop: Shop, actor: Actor) -> None:
    first, second, third = (
        shop.execute(create_category, CreateCategory(name), actor) for name in ("First", "Second", "Third")
    )
    command = CreateProduct(
        title="X", variants=(VariantFields(sku="X", price_cents=1),), category_ids=(first, second, third)
    )
    saved = shop.execute(create_product, command, actor)
    shop.execute(remove_category, RemoveCategory(first, "move"), actor)
    assert shop.ask(product_card, saved.product_id).product.category_ids == (second, third)
    with pytest.raises(ChangedMeanwhile):  # the form that still shows the category is stale
        shop.execute(edit_product, as_edit(saved.product_id, 1, command), actor)


def test_a_picture_that_two_share_is_not_lost_when_one_lets_it_go(shop: Shop, actor: Actor) -> None:
    clean = CleanPicture(b"RIFF\x00\x00\x00\x00WEBP" + b"x" * 40)
    shared = (PictureFields(picture=clean, alt_text="the same"),)

    def put(product_id: int, pictures: tuple[PictureFields, ...]) -> Callable[[], object]:
        card = shop.ask(product_card, product_id)
        command = SaveProduct(as_edit(card.id, card.version, card.product), pictures)
        return lambda: shop.execute(save_product, command, actor)

    put(1, shared)()
    for giver, taker in ((1, 2), (2, 1)) * 4:
        outcomes = at_once(put(giver, ()), put(taker, shared))
        assert kinds(outcomes, ShopError) == 0
        assert shop.ask(product_card, giver).images == ()
        ((_id, blob_id, _alt, primary, _variant),) = shop.ask(product_card, taker).images
        assert primary
        assert blob_id is not None
        assert shop.ask(picture, blob_id) == clean.content
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM blobs")).scalar() == 1
