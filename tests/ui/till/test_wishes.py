"""Wishes and favourites at the till: one tap while the sale has a customer, their favourites as tiles."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from shopdesk.marketing.wish_favourites import FavouriteMark, favourites_of, mark_favourite
from shopdesk.marketing.wish_lists import wishes_of
from shopdesk.ui.till.goods_pages import FAVOURITES, THEIRS
from tests.support.small_shop import actor_of
from tests.ui.till.conftest import MUG, TEA, Clerk


def chips(clerk: Clerk) -> list[str]:
    return list(clerk.screen.goods.tiles._chips)


def serve(clerk: Clerk, customer_id: int | None) -> None:
    clerk.screen.customers.take(customer_id)
    clerk.settle()


def test_without_a_customer_it_is_said_what_is_missing(ann: Clerk) -> None:
    ann.scan(TEA)
    for key in ("till.wish", "till.favourite"):
        ann.screen.messages.clear()
        ann.screen.run(key)
        assert "Choose the customer first" in ann.told
    assert THEIRS not in chips(ann)


def test_a_line_is_wished_for_and_liked(ann: Clerk) -> None:
    serve(ann, 1)
    assert chips(ann)[0] == THEIRS
    ann.scan(MUG)
    ann.screen.run("till.wish")
    ann.settle()
    assert ann.told == "Mug is on the wish list of Kim Lee."
    ann.screen.run("till.favourite")
    ann.settle()
    assert [(row.product, row.variant_id) for row in ann.shop.ask(wishes_of, 1)] == [("Mug", 2)]
    assert [row.sku for row in ann.shop.ask(favourites_of, 1)] == ["MUG"]
    ann.screen.goods.open(THEIRS)
    ann.settle()
    assert [tile.name for tile in ann.screen.goods.tiles.model.tiles] == ["Mug"]


def test_the_customers_favourites_are_tiles_that_sell_with_one_tap(ann: Clerk) -> None:
    ann.shop.execute(mark_favourite, FavouriteMark(1, 1, is_favourite=True), actor_of(ann.shop, "ann"))
    serve(ann, 1)
    ann.screen.goods.open(THEIRS)
    ann.settle()
    tiles = ann.screen.goods.tiles
    tiles.pressed.emit(tiles.model.tiles[0])
    ann.settle()
    assert [name for _quantity, name, _total in ann.lines] == ["Green tea"]
    serve(ann, 2)
    assert tiles.page == THEIRS
    assert tiles.model.tiles == []
    serve(ann, None)
    assert tiles.page == FAVOURITES
    assert THEIRS not in chips(ann)


def test_the_menu_of_a_tile_offers_the_customers_lists(ann: Clerk) -> None:
    goods = ann.screen.goods
    goods.open(chips(ann)[2])
    ann.settle()
    tile = goods.tiles.model.tiles[0]
    assert goods.open_menu(tile, QPoint(0, 0)) is None
    serve(ann, 1)
    menu = goods.open_menu(tile, QPoint(0, 0))
    assert menu is not None
    wish, like = menu.actions()
    wish.trigger()
    like.trigger()
    ann.settle()
    assert len(ann.shop.ask(wishes_of, 1)) == 1
    assert len(ann.shop.ask(favourites_of, 1)) == 1
    menu.close()
    again = goods.open_menu(tile, QPoint(0, 0))
    assert again is not None
    again.actions()[1].trigger()
    ann.settle()
    assert ann.shop.ask(favourites_of, 1) == ()
    again.close()


def test_a_customer_typed_twice_at_the_till_is_the_one_who_is_there(ann: Clerk) -> None:
    ann.screen.run("till.customer")
    dialog = ann.dialog("customer_dialog")
    ann.type("Kim Lee")
    ann.settle()
    dialog.show_form()
    dialog.fields["email"].set_value("kim@example.org")
    dialog.fields["email"].edited.emit()
    ann.qtbot.waitUntil(lambda: "already has this e-mail" in dialog.messages.text)
    dialog.messages.findChild(QWidget, "open_double").click()
    ann.settle()
    assert ann.see("buyer_name").text().startswith("Kim Lee")
