"""Saved views and columns of a list: they belong to the person, come back on any machine, and open first if wished."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QMenu, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.ui.kit import columns, specs
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from tests.ui.kit.shelf import ANN, Good, PaperShop, Shelf, goods

STATES = {"open": columns.State("Paid"), "void": columns.State("Voided")}


@pytest.fixture
def spec() -> specs.ListScreen:
    return specs.ListScreen(
        key="test.goods",
        title="Goods",
        page=Shelf(goods(250)).page,
        row=Good,
        columns=(
            columns.text("sku", "SKU", sort=True),
            columns.text("name", "Name", stretch=True),
            columns.money("price_cents", "Price", sort="price"),
            columns.state("status", "State", STATES),
            columns.moment("at", "Time", sort=True, hidden=True),
        ),
        filters=(
            specs.choice("status", "State", (("open", "Paid"), ("void", "Voided"))),
            specs.period("at", "Day"),
        ),
        sort="sku",
    )


def opened(spec: specs.ListScreen, desk: Desk, memory: Memory, qtbot: QtBot) -> ListView:
    view = ListView(spec, desk, memory)
    qtbot.addWidget(view)
    view.resize(1100, 700)
    view.show()
    settled(view, qtbot)
    return view


def settled(view: ListView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.desk.lanes.busy == 0 and not view.model.is_loading)


@pytest.fixture
def view(spec: specs.ListScreen, desk: Desk, memory: Memory, qtbot: QtBot) -> ListView:
    return opened(spec, desk, memory, qtbot)


def choose(view: ListView, key: str) -> None:
    next(run for at, _words, run, _usable, _checked in view.views.actions_offered() if at == key)()


def save(view: ListView, name: str, qtbot: QtBot) -> None:
    choose(view, "save_as")
    line = view.findChild(QWidget, "text_answer")
    assert line is not None
    qtbot.keyClicks(line, name)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.views.shown is not None and view.views.shown.name == name)
    settled(view, qtbot)


def keys(view: ListView) -> list[str]:
    return [column.key for column in view.table.shown_columns()]


def test_a_view_brings_back_search_filters_order_and_columns(view: ListView, qtbot: QtBot) -> None:
    view.search_for("tea 1")
    view.filters.set("status", "void", "Voided")
    view.sort_by("price", True)
    view.table.put(["name", "sku"])
    settled(view, qtbot)
    shown = [row.id for row in view.model.rows]
    save(view, "Void teas", qtbot)
    assert view._view_name.text() == "Void teas"
    choose(view, "usual")
    settled(view, qtbot)
    assert view.search.text() == ""
    assert len(view.model.rows) == 100
    assert keys(view) == ["sku", "name", "price_cents", "status"]
    choose(view, f"view_{view.views.mine.views[0].id}")
    settled(view, qtbot)
    assert [row.id for row in view.model.rows] == shown
    assert keys(view) == ["name", "sku"]
    assert view.search.text() == "tea 1"
    assert view.filters.values == (("status", "void"),)
    assert view.order == ("price", True)


def test_a_default_view_opens_first_on_any_machine(
    view: ListView, spec: specs.ListScreen, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    view.filters.set("status", "void", "Voided")
    settled(view, qtbot)
    save(view, "Void", qtbot)
    choose(view, "default")
    settled(view, qtbot)
    elsewhere = opened(spec, desk, Memory(tmp_path / "another-machine.json"), qtbot)
    assert elsewhere.filters.values == (("status", "void"),)
    assert {row.status for row in elsewhere.model.rows} == {"void"}
    assert elsewhere._view_name.text() == "Void"


def test_columns_follow_the_person_to_another_machine(
    view: ListView, spec: specs.ListScreen, shop: PaperShop, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    view.table.setColumnWidth(0, 222)
    view.table.put(["status", "sku", "name"])
    qtbot.waitUntil(lambda: "test.goods" in shop.layouts)
    settled(view, qtbot)
    elsewhere = opened(spec, desk, Memory(tmp_path / "another-machine.json"), qtbot)
    assert keys(elsewhere) == ["status", "sku", "name"]
    assert elsewhere.table.columnWidth(0) == 222
    elsewhere.table.usual()
    qtbot.waitUntil(lambda: shop.layouts["test.goods"] == "{}")


def test_a_period_of_the_calendar_moves_with_the_calendar(view: ListView, shop: PaperShop, qtbot: QtBot) -> None:
    words, stretch = view.filters.periods()[0]
    view.filters.set("at", stretch, words)
    settled(view, qtbot)
    save(view, "Today", qtbot)
    shop.clock.advance(days=1)
    choose(view, "usual")
    settled(view, qtbot)
    choose(view, f"view_{view.views.mine.views[0].id}")
    settled(view, qtbot)
    assert dict(view.filters.values)["since"] == view.filters.periods()[0][1][0]
    assert dict(view.filters.values)["since"] > stretch[0]


def test_a_view_is_changed_renamed_and_deleted_with_a_way_back(view: ListView, shop: PaperShop, qtbot: QtBot) -> None:
    save(view, "Mine", qtbot)
    offered = {key: usable for key, _words, _run, usable, _checked in view.views.actions_offered()}
    assert not offered["save"]
    view.sort_by("price", False)
    settled(view, qtbot)
    offered = {key: usable for key, _words, _run, usable, _checked in view.views.actions_offered()}
    assert offered["save"]
    choose(view, "save")
    settled(view, qtbot)
    assert '"price"' in next(iter(shop.views.values()))[1].content
    choose(view, "rename")
    line = view.findChild(QWidget, "text_answer")
    assert line is not None
    qtbot.keyClicks(line, "Cheap first")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view._view_name.text() == "Cheap first")
    choose(view, "delete")
    qtbot.waitUntil(lambda: not shop.views)
    undo = view.findChild(QWidget, "undo")
    assert undo is not None
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [row.name for _at, row in shop.views.values()] == ["Cheap first"])


def test_damage_in_a_view_shows_the_usual_list(view: ListView, shop: PaperShop, qtbot: QtBot) -> None:
    save(view, "Broken", qtbot)
    row = view.views.mine.views[0]
    for content in ("not json", "[]", '{"sort": 3, "filters": [[1]], "columns": {"order": 5, "widths": {"sku": -1}}}'):
        view.views._apply(type(row)(row.id, row.name, content, False))
        view.ask_now()
        settled(view, qtbot)
        assert keys(view) == ["sku", "name", "price_cents", "status"]
        assert len(view.model.rows) == 100


def test_the_menu_and_the_chooser_work_by_keyboard(view: ListView, qtbot: QtBot) -> None:
    view.activateWindow()
    view.table.setFocus()
    qtbot.keyClick(view.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    menu = view.findChild(QMenu, "views_menu")
    assert menu is not None
    menu.close()
    chooser = view.tools.choose_columns()
    listed = chooser.findChild(QListWidget, "column_list")
    assert listed is not None
    chooser.activateWindow()
    listed.setFocus()
    qtbot.keyClick(listed, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [listed.item(at).text() for at in range(2)] == ["Name", "SKU"]
    qtbot.keyClick(listed, Qt.Key.Key_Space)
    act = chooser.findChild(QWidget, "act")
    assert act is not None
    qtbot.mouseClick(act, Qt.MouseButton.LeftButton)
    assert keys(view) == ["name", "price_cents", "status"]


def test_the_chooser_keeps_one_column(view: ListView, qtbot: QtBot) -> None:
    chooser = view.tools.choose_columns()
    listed = chooser.findChild(QListWidget, "column_list")
    assert listed is not None
    for at in range(listed.count()):
        listed.item(at).setCheckState(Qt.CheckState.Unchecked)
    act = chooser.findChild(QWidget, "act")
    assert act is not None
    qtbot.mouseClick(act, Qt.MouseButton.LeftButton)
    assert chooser.isVisible()
    assert chooser.messages.text == "At least one column is needed."
    chooser.reject()


def test_another_person_at_the_same_window_has_views_of_their_own(
    view: ListView, shop: PaperShop, desk: Desk, qtbot: QtBot
) -> None:
    view.sort_by("price", True)
    view.table.put(["name", "sku"])
    qtbot.waitUntil(lambda: "test.goods" in shop.layouts)
    settled(view, qtbot)
    save(view, "Of Ann", qtbot)
    mine, shop.layouts, shop.views = (shop.layouts, shop.views), {}, {}
    desk.set_actor(Actor(2, "bob", "clerk", ANN.permissions))
    settled(view, qtbot)
    assert view.views.mine.views == ()
    assert view._view_name.isHidden()
    assert keys(view) == ["sku", "name", "price_cents", "status"]
    assert view.order == ("sku", False)
    shop.layouts, shop.views = mine
    desk.set_actor(ANN)
    settled(view, qtbot)
    assert keys(view) == ["name", "sku"]
    assert view.order == ("price", True)
    assert [row.name for row in view.views.mine.views] == ["Of Ann"]
