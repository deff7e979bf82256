"""Prices that begin while the till stands open: nobody restarts, presses or scans anything for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from shopdesk.catalogue.price_lists import SavePriceList, SetListPrice, save_price_list, set_list_price
from tests.ui.till.conftest import TEA, Clerk
from tests.ui.till.test_paying import open_pay, sold


def sale(clerk: Clerk, actor, cents: int = 199, *, hours: int = 1, **more: object) -> None:
    """A list for everybody that begins in some hours and ends an hour later."""
    begins = clerk.desk.clock.now() + timedelta(hours=hours)
    facts = {"starts_at": begins, "ends_at": begins + timedelta(hours=1), "for_everybody": True, **more}
    list_id = clerk.shop.execute(save_price_list, SavePriceList(code="sale", name="Sale", **facts), actor)
    clerk.shop.execute(set_list_price, SetListPrice(list_id, "TEA", cents), actor)
    clerk.settle()


def tile(clerk: Clerk) -> str:
    """The price on tea's tile, as shown."""
    return next(one.price for one in clerk.screen.goods.tiles.model.tiles if one.name == "Green tea")


def tick(clerk: Clerk, clock, hours: float) -> None:
    """Time passes; the till looks at its clock as it does every few seconds."""
    clock.advance(hours=hours)
    clerk.screen.view.header._ticks.timeout.emit()
    clerk.settle()


@pytest.fixture
def drinks(ann) -> Clerk:
    """Ann at an open till that shows the drinks."""
    page = next(key for key, chip in ann.screen.goods.tiles._chips.items() if chip.text() == "Drinks")
    ann.screen.goods.open(page)
    ann.settle()
    return ann


def test_an_open_till_takes_a_future_price_by_itself(drinks, actor, clock) -> None:
    sale(drinks, actor)
    drinks.scan(TEA)
    assert (tile(drinks), drinks.lines) == ("3.50", [("1", "Green tea", "3.50")])
    tick(drinks, clock, 0.5)
    assert (tile(drinks), drinks.total) == ("3.50", "€3.50")
    tick(drinks, clock, 0.5)
    assert (tile(drinks), drinks.lines, drinks.total) == ("1.99", [("1", "Green tea", "1.99")], "€1.99")
    drinks.scan(TEA)
    assert drinks.lines == [("2", "Green tea", "3.98")]
    tick(drinks, clock, 1)
    assert (tile(drinks), drinks.total) == ("3.50", "€7.00")


def test_a_page_of_tiles_that_was_shown_before_is_read_anew(drinks, actor, clock) -> None:
    page = drinks.screen.goods.tiles.page
    sale(drinks, actor)
    drinks.screen.goods.open("favourites")
    drinks.settle()
    tick(drinks, clock, 1)
    drinks.screen.goods.open(page)
    drinks.settle()
    assert tile(drinks) == "1.99"


def test_a_list_that_is_switched_on_in_the_office_is_taken_at_once(drinks, actor) -> None:
    drinks.scan(TEA)
    sale(drinks, actor, hours=0)
    assert (tile(drinks), drinks.total) == ("1.99", "€1.99")


def test_a_sale_that_is_being_paid_keeps_its_prices_on_the_glass_and_the_checkout_says_that_they_are_over(
    drinks, actor, clock, qtbot
) -> None:
    """The moment passes under the clerk's hands: nothing moves, nothing is sold wrongly, one button shows the new prices."""
    sale(drinks, actor)
    drinks.scan(TEA)
    open_pay(drinks)
    tick(drinks, clock, 1)
    assert drinks.lines == [("1", "Green tea", "3.50")]
    drinks.press(Qt.Key.Key_Return)
    assert "Prices changed" in drinks.told
    assert sold(drinks) == []
    qtbot.mouseClick(drinks.see("look_again"), Qt.MouseButton.LeftButton)
    drinks.settle()
    assert drinks.total == "€1.99"
    open_pay(drinks)
    drinks.press(Qt.Key.Key_Return)
    assert sold(drinks) == [("sale", 199)]
