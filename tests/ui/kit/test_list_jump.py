"""Jumping within a long list: by letters typed on the table, and by a value asked for, at the cost of a page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from shopdesk.ui.kit import columns, specs
from shopdesk.ui.kit.columns import Kind
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.places_in_order import highest, place_of
from tests.ui.kit.shelf import Good, Shelf, goods


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(goods(250))


@pytest.fixture
def spec(shelf: Shelf) -> specs.ListScreen:
    return specs.ListScreen(
        key="test.goods",
        title="Goods",
        page=shelf.page,
        row=Good,
        columns=(
            columns.text("sku", "SKU", sort=True),
            columns.text("name", "Name", stretch=True),
            columns.money("price_cents", "Price", sort="price"),
            columns.moment("at", "Time", sort=True),
        ),
        sort="sku",
    )


@pytest.fixture
def view(spec: specs.ListScreen, desk: Desk, memory: Memory, qtbot: QtBot) -> ListView:
    made = ListView(spec, desk, memory)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    qtbot.waitUntil(lambda: bool(made.model.rows))
    return made


def by_name(view: QWidget, name: str) -> Any:
    found = view.findChild(QWidget, name)
    assert found is not None, name
    return found


@pytest.mark.parametrize(
    ("words", "like", "kind", "found"),
    [
        ("Te", ("Green", 7), Kind.TEXT, ("Te", -1)),
        ("Te", ("Green",), Kind.TEXT, ("Td\U0010ffff",)),
        ("\ue000", ("Green",), Kind.TEXT, ("\ud7ff\U0010ffff",)),
        ("12.50", (1, 7), Kind.MONEY, (1_250, -1)),
        ("1.5", (1, "x"), Kind.QUANTITY, (1_500, "")),
        ("12", (1,), Kind.NUMBER, (11,)),
        ("2026-11-20", (date(2026, 1, 1), 7), Kind.DAY, (date(2026, 11, 20), -1)),
        ("2026-11-20", (datetime(2026, 1, 1, tzinfo=UTC), 7), Kind.MOMENT, (datetime(2026, 11, 20, tzinfo=UTC), -1)),
        ("twelve", (1, 7), Kind.MONEY, None),
        ("", ("Green", 7), Kind.TEXT, None),
        ("Te", (1, 7), Kind.TEXT, None),
        ("2026-11-20", (17,), Kind.MOMENT, None),
        ("Te", None, Kind.TEXT, None),
    ],
)
def test_words_become_a_place_in_the_order(
    words: str, like: tuple[object, ...] | None, kind: Kind, found: tuple[object, ...] | None
) -> None:
    assert place_of(words, like, kind, Formats()) == found


def test_downwards_the_place_lies_after_all_that_begin_so() -> None:
    assert highest(("Te", -1)) == ("Te\U0010ffff", 2**62)
    assert highest((1_250, -1)) == (1_250, 2**62)
    assert highest((11,)) == (13,)


def test_typed_letters_and_values_jump_into_the_middle_of_a_long_list(
    desk: Desk, memory: Memory, spec: specs.ListScreen, shelf: Shelf, qtbot: QtBot
) -> None:
    shelf.rows = goods(5_000)
    view = ListView(spec, desk, memory)
    qtbot.addWidget(view)
    view.resize(1100, 700)
    view.show()
    qtbot.waitUntil(lambda: bool(view.model.rows))
    asked = len(shelf.asked)
    qtbot.keyClicks(view.table, "SKU-025")
    qtbot.waitUntil(lambda: bool(view.chosen) and view.chosen[0].sku == "SKU-02500")
    qtbot.waitUntil(lambda: not view.model.is_loading)
    assert len(view.model.rows) <= 400
    assert len(shelf.asked) - asked <= 12  # a page a letter, and what lies around
    view.sort_by("price", True)
    qtbot.waitUntil(lambda: not view.model.is_loading and view.model.rows[0].price_cents > 8_000)
    assert view.jump.to("45.00")
    qtbot.waitUntil(lambda: bool(view.chosen) and view.chosen[0].price_cents <= 4_500)
    assert view.chosen[0].price_cents > 4_300
    assert not view.jump.to("forty")
    view.jump.ask()
    dialog = by_name(view, "text_question")
    assert by_name(dialog, "text_label").text() == "Beginning of: Price"
    dialog.reject()


def test_a_list_without_places_says_so(view: ListView, qtbot: QtBot) -> None:
    view.sort_by("at", False)
    qtbot.waitUntil(lambda: not view.model.is_loading)
    assert view.jump.to("2026-11-20")
    view.search_for("tea 24")
    qtbot.waitUntil(lambda: view.model.complete)
    view.jump.ask()
    assert "no places to jump to" in view.messages.text
