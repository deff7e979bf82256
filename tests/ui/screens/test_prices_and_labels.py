"""Price lists, favourites, labels and barcode rules worked with as people do: typed, dragged, undone, tried out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.catalogue.favourites import favourites
from shopdesk.catalogue.models import PriceList, PriceListItem, ProductVariant
from shopdesk.catalogue.price_list_queries import PriceListLine, price_lists_page
from shopdesk.catalogue.search import FoundGoods, search_goods
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import BadField
from shopdesk.db.paging import PageRequest
from shopdesk.ui.dialogs.price_check import PriceCheck
from shopdesk.ui.dialogs.price_list_work import AddPrices
from shopdesk.ui.dialogs.wall_moments import read_moment, show_moment
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import MessageBar
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.screens.barcode_rules import RULES, shape
from shopdesk.ui.screens.favourites import FavouritesPage
from shopdesk.ui.screens.labels import LabelsPage
from shopdesk.ui.screens.price_lists import PRICE_LIST, PRICE_LISTS

ZONE = "Europe/Berlin"


def settle(qtbot: QtBot, desk: Desk, ms: int = 20) -> None:
    """Wait until nothing is under way."""
    qtbot.wait(ms)
    qtbot.waitUntil(lambda: not desk.lanes.busy)
    qtbot.wait(ms)
    qtbot.waitUntil(lambda: not desk.lanes.busy)
    QApplication.processEvents()


@pytest.fixture
def opened(qtbot: QtBot, desk: Desk, memory: Memory) -> Callable[..., QWidget]:
    """Opens a page and waits for it."""

    def make(maker: Callable[..., QWidget], *args: object) -> QWidget:
        widget = maker(*args, desk, memory)
        qtbot.addWidget(widget)
        widget.resize(1120, 720)
        widget.show()
        qtbot.waitExposed(widget)
        settle(qtbot, desk)
        return widget

    return make


def dialog(name: str) -> QDialog:
    """The open dialog of that name."""
    found = [one for one in QApplication.topLevelWidgets() if one.objectName() == name and one.isVisible()]
    assert len(found) == 1, [one.objectName() for one in QApplication.topLevelWidgets() if one.isVisible()]
    assert isinstance(found[0], QDialog)
    return found[0]


def press(form: QDialog, words: str) -> None:
    """Press a button by its words."""
    (found,) = [one for one in form.findChildren(QPushButton) if one.text() == words]
    found.click()


def undo(bar: MessageBar) -> None:
    """Press the bar's Undo."""
    (found,) = [one for one in bar.findChildren(QPushButton) if one.text() == "Undo" and not one.isHidden()]
    found.click()


def found_goods(desk: Desk, text: str) -> FoundGoods:
    """The best hit."""
    return desk.shop.ask(search_goods, text, 0).goods[0]


def lists(desk: Desk) -> dict[str, PriceListLine]:
    """All lists by code."""
    return {row.code: row for row in desk.shop.ask(price_lists_page, PageRequest()).rows}


def prices(desk: Desk, code: str) -> dict[tuple[str, int], int]:
    """Prices of a list by SKU and quantity."""
    found = (
        sa.select(ProductVariant.sku, PriceListItem.min_quantity, PriceListItem.price_cents)
        .join(ProductVariant, ProductVariant.id == PriceListItem.variant_id)
        .join(PriceList, PriceList.id == PriceListItem.price_list_id)
        .where(PriceList.code == code)
    )
    return {
        (sku, least): cents
        for sku, least, cents in desk.shop.ask(lambda reader: reader.connection.execute(found).all())
    }


@pytest.fixture
def winter(opened: Callable[..., QWidget], desk: Desk, qtbot: QtBot) -> RecordView:
    """A list made by hand: for everybody, from tomorrow on; its page is open."""
    view = opened(ListView, PRICE_LISTS)
    view.run("new")
    form = dialog("price_lists_list")
    values = {
        "name": "Winter",
        "code": "winter",
        "for_everybody": True,
        "starts_at": "2030-12-01",
        "ends_at": "2030-12-24",
    }
    form.view.set_values(values)
    press(form, "Save list")
    settle(qtbot, desk)
    page = open_record(view, PRICE_LIST, lists(desk)["winter"].id, window=True)
    page.resize(1120, 720)
    settle(qtbot, desk)
    return page


@pytest.mark.parametrize(
    ("typed", "ends", "shown"),
    [("2026-12-01", False, "2026-12-01"), ("2026-12-01", True, "2026-12-01"), ("2026-12-1 6:05", False, "2026-12-01 06:05"),
     ("2026-12-01T06.05", True, "2026-12-01 06:05"), ("", False, ""), ("2026-03-29", True, "2026-03-29"),
     ("2026-10-25", True, "2026-10-25"), (" 2026-12-31 ", True, "2026-12-31")],
)  # fmt: skip
def test_moments_are_read_as_they_are_shown(typed: str, ends: bool, shown: str) -> None:
    at = read_moment(typed, ZONE, field="at", ends=ends)
    assert show_moment(at, ZONE, ends=ends) == shown
    assert read_moment(shown, ZONE, field="at", ends=ends) == at


@pytest.mark.parametrize(
    "typed", ["tomorrow", "2026-13-01", "2026-02-30", "2026-12-01 25:00", "01.12.2026", "0000-01-01", "9999-12-31"]
)
def test_what_is_no_moment_is_said(typed: str) -> None:
    with pytest.raises(BadField) as refusal:
        read_moment(typed, ZONE, field="ends_at", ends=True)
    assert refusal.value.field == "ends_at"


def test_a_list_is_made_for_days_of_the_shop_s_wall(winter: RecordView, desk: Desk) -> None:
    line = lists(desk)["winter"]
    assert (line.starts_at.isoformat(), line.ends_at.isoformat()) == (
        "2030-11-30T23:00:00+00:00",
        "2030-12-24T23:00:00+00:00",
    )
    assert line.standing == "later"


def test_a_wrong_day_is_said_beside_its_field(opened, desk, qtbot) -> None:
    view = opened(ListView, PRICE_LISTS)
    view.run("new")
    form = dialog("price_lists_list")
    form.view.set_values({"name": "Bad", "code": "bad", "ends_at": "at Christmas"})
    press(form, "Save list")
    settle(qtbot, desk)
    assert "2026-12-01" in form.view._errors["ends_at"].text()
    form.reject()
    assert "bad" not in lists(desk)


def test_prices_are_typed_in_one_after_the_other(winter: RecordView, desk: Desk, qtbot: QtBot) -> None:
    items = winter.tab("prices")
    items.run("add")
    adding = dialog("add_prices")
    assert isinstance(adding, AddPrices)
    for text, cents, least in (("green", 299, None), ("mug", 699, None), ("green", 279, 6000)):
        adding.picker.picked.emit(found_goods(desk, text))
        adding.form.set_values({"price_cents": cents, "min_quantity_milli": least})
        press(adding, "Save and next")
        settle(qtbot, desk)
    press(adding, "Save and next") if adding._save.isEnabled() else None
    adding.reject()
    assert prices(desk, "winter") == {("TEA", 0): 299, ("MUG", 0): 699, ("TEA", 6000): 279}


def test_prices_by_percent_then_one_changed_then_taken_out_and_back(
    winter: RecordView, desk: Desk, qtbot: QtBot
) -> None:
    winter.run("percent")
    form = dialog("price_lists_percent")
    form.view.set_values({"change_ppm": -100_000, "rounding": "9"})
    press(form, "Set prices")
    settle(qtbot, desk)
    all_of_it = prices(desk, "winter")
    assert all_of_it["TEA", 0] == 319
    assert "prices were set" in winter.messages.text
    items = winter.tab("prices")
    settle(qtbot, desk, 300)
    row = next(row for row in items.model.rows if row.sku == "TEA")
    items.run("change", [row])
    form = dialog("price_lists_price")
    form.view.set_values({"price_cents": 250, "min_quantity_milli": 3000})
    press(form, "Save price")
    settle(qtbot, desk, 300)
    changed = prices(desk, "winter")
    assert ("TEA", 0) not in changed
    assert changed["TEA", 3000] == 250
    items.run("remove", list(items.model.rows[:2]))
    settle(qtbot, desk)
    assert len(prices(desk, "winter")) == len(changed) - 2
    undo(items.messages)
    settle(qtbot, desk)
    assert prices(desk, "winter") == changed


def test_a_list_is_copied(winter: RecordView, desk: Desk, qtbot: QtBot) -> None:
    winter.run("copy")
    form = dialog("price_lists_copy")
    form.view.set_values({"code": "next", "name": "Next winter"})
    press(form, "Copy list")
    settle(qtbot, desk)
    assert lists(desk)["next"].standing == "off"
    assert lists(desk)["next"].for_everybody


def test_the_price_of_a_day_to_come_is_told_with_its_reason(
    winter: RecordView, desk: Desk, qtbot: QtBot, clock: ManualClock
) -> None:
    winter.run("percent")
    form = dialog("price_lists_percent")
    form.view.set_values({"change_ppm": -100_000, "rounding": "9"})
    press(form, "Set prices")
    settle(qtbot, desk)
    winter.run("check")
    check = dialog("price_check")
    assert isinstance(check, PriceCheck)
    check.picker.picked.emit(found_goods(desk, "green"))
    settle(qtbot, desk)
    assert check.price.text() == "€3.50"
    assert [label.text().split(",")[0] for label in check.said] == [
        "Winter: €3.19",
        "Shelf price: €3.50. No list changes it.",
    ]
    check.form.set_values({"at": "2030-12-24 18:00"})
    check._look()
    settle(qtbot, desk)
    assert check.price.text() == "€3.19"
    assert "This one holds" in check.said[0].text()
    check.form.set_values({"at": "Christmas"})
    check._look()
    assert "must be a day" in check.form._errors["at"].text()
    check.reject()


@pytest.fixture
def page(opened: Callable[..., QWidget], desk: Desk, qtbot: QtBot) -> FavouritesPage:
    """The favourites with tea, mug and soap in their places."""
    made = opened(FavouritesPage)
    for text in ("green", "mug", "soap"):
        made.picker.picked.emit(found_goods(desk, text))
        settle(qtbot, desk)
    return made


def names(desk: Desk) -> list[str]:
    """The favourites as the shop keeps them."""
    return [row.name for row in desk.shop.ask(favourites)]


def test_favourites_are_put_moved_by_keys_and_dragged(page: FavouritesPage, desk: Desk, qtbot: QtBot) -> None:
    first = names(desk)
    assert len(first) == 3
    page.places.setFocus()
    page.places.setCurrentRow(2)
    qtbot.keyClick(page.places, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, desk)
    assert names(desk) == [first[0], first[2], first[1]]
    assert page.places.currentRow() == 1
    undo(page.messages)
    settle(qtbot, desk)
    assert names(desk) == first
    item = page.places.takeItem(0)  # what a drop does, as Qt's drag loop cannot run in a test
    page.places.insertItem(2, item)
    page.arrange()
    settle(qtbot, desk)
    assert names(desk) == [first[1], first[2], first[0]]


def test_a_favourite_is_taken_off_and_comes_back_to_its_place(page: FavouritesPage, desk: Desk, qtbot: QtBot) -> None:
    before = names(desk)
    page.places.setFocus()
    page.places.setCurrentRow(1)
    qtbot.keyClick(page.places, Qt.Key.Key_Delete)
    settle(qtbot, desk)
    assert names(desk) == [before[0], before[2]]
    undo(page.messages)
    settle(qtbot, desk)
    assert names(desk) == before
    page.picker.picked.emit(found_goods(desk, "green"))
    settle(qtbot, desk)
    assert "already" in page.messages.text


def test_favourites_changed_elsewhere_are_shown(page: FavouritesPage, desk: Desk, qtbot: QtBot) -> None:
    from shopdesk.catalogue.favourites import SetFavourite, set_favourite

    gone = desk.shop.ask(favourites)[0]
    desk.shop.execute(set_favourite, SetFavourite(gone.product_id, False), desk.actor)
    settle(qtbot, desk)
    assert page.places.count() == 2


def test_labels_are_collected_by_scanning(opened, desk: Desk, qtbot: QtBot) -> None:
    page = opened(LabelsPage)
    for text in ("green", "mug", "green"):
        page.picker.picked.emit(found_goods(desk, text))
    assert [(line[2], line[3]) for line in page.lines()] == [("TEA", 2), ("MUG", 1)]
    page.table.item(1, 2).setText("10")
    assert page._said.text() == "12 labels"
    page.print_labels()
    settle(qtbot, desk, 200)
    shown = dialog("labels")
    assert shown.said.text().startswith("12 labels")
    shown.reject()
    page.table.selectRow(0)
    page.remove()
    assert [line[2] for line in page.lines()] == ["MUG"]
    undo(page.messages)
    assert [(line[2], line[3]) for line in page.lines()] == [("TEA", 2), ("MUG", 10)]
    page.clear()
    assert page.lines() == []
    assert not page._print.isEnabled()


def test_a_rule_is_made_moved_and_tried(opened, desk: Desk, qtbot: QtBot) -> None:
    from shopdesk.catalogue.barcode_rules import barcode_rules
    from shopdesk.catalogue.codes import check_digit

    view = opened(ListView, RULES)
    known = [row.name for row in desk.shop.ask(barcode_rules)]
    for name, prefix in (("Scale", "77"), ("Bakery", "78")):
        view.run("new")
        form = dialog("barcode_rules_rule")
        form.view.set_values({"name": name, "prefix": prefix, "item_digits": 3})
        press(form, "Save rule")
        settle(qtbot, desk, 300)
    assert [row.name for row in desk.shop.ask(barcode_rules)] == [*known, "Scale", "Bakery"]
    row = next(row for row in view.model.rows if row.name == "Bakery")
    assert shape(row) == "78 AAA PPPPP C"
    view.run("earlier", [row])
    settle(qtbot, desk, 300)
    assert [row.name for row in desk.shop.ask(barcode_rules)] == [*known, "Bakery", "Scale"]
    view.run("try")
    trying = dialog("try_code")
    digits = "77" + "123" + "00250"
    trying.code.setText(digits + check_digit(digits))
    settle(qtbot, desk, 200)
    assert "Unknown product" in trying.answer.text()
    assert "Scale: article 123, price €2.50." in [label.text() for label in trying.said]
    trying.code.setText("TEA")
    settle(qtbot, desk, 200)
    assert trying.answer.text() == "1 pc of Green tea at €3.50 each"
    trying.code.setText("")
    settle(qtbot, desk, 200)
    assert trying.answer.text() == ""
    trying.reject()
