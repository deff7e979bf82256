"""Ctrl+K finds places, commands, goods, people and documents, and leaves out what the person may not see."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.ui.finder import Choice, Finder
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.office import Office
from shopdesk.ui.screens.findings import find_everywhere
from tests.support.small_shop import actor_of
from tests.support.statements import counted
from tests.ui.screens.test_navigation import awake, office_of


@pytest.fixture
def office(house: House, desk: Desk, memory: Memory, qtbot: QtBot) -> Office:
    return office_of(house, desk, memory, qtbot)


def finder_of(office: Office, qtbot: QtBot) -> Finder:
    qtbot.waitUntil(lambda: awake(office))
    qtbot.keyClick(office, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    finder = office.findChildren(Finder)[-1]
    qtbot.waitUntil(finder.isVisible)
    return finder


def typed(finder: Finder, text: str, qtbot: QtBot) -> list[Choice]:
    finder.line.clear()
    qtbot.keyClicks(finder.line, text)
    qtbot.waitUntil(lambda: not finder._wait.isActive() and finder._office.desk.lanes.busy == 0)
    return finder.choices


def test_a_place_by_its_first_letters_with_the_keyboard_alone(office: Office, qtbot: QtBot) -> None:
    finder = finder_of(office, qtbot)
    assert typed(finder, "cust", qtbot)[0].words == "Customers"
    qtbot.keyClick(finder.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: office.opened == "customers")


def test_the_commands_of_the_page_that_is_shown(office: Office, qtbot: QtBot) -> None:
    office.open("notifications")
    qtbot.waitUntil(lambda: office.opened == "notifications")
    finder = finder_of(office, qtbot)
    words = [choice.words for choice in typed(finder, "mark all", qtbot)]
    assert words == ["Mark all read"]


def test_goods_people_and_documents(office: Office, qtbot: QtBot) -> None:
    finder = finder_of(office, qtbot)
    assert ("Goods", "Green tea", "TEA") in [
        (one.group, one.words, one.second) for one in typed(finder, "green", qtbot)
    ]
    assert ("People", "Kim Lee") in [(one.group, one.words) for one in typed(finder, "kim lee", qtbot)]
    for text in ("T1-S000002", "s2", "2", "t1-s00000"):
        found = [(one.group, one.words, one.second) for one in typed(finder, text, qtbot) if one.group == "Documents"]
        if len(text) >= 2:
            assert ("Documents", "T1-S000002", "Sale") in found, text
    assert [one.words for one in typed(finder, "v1", qtbot) if one.group == "Documents"] == ["T1-V000001"]
    typed(finder, "T1-S000003", qtbot)
    qtbot.keyClick(finder.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: office.opened == "sales")
    page = office.pages["sales"]
    assert isinstance(page, ListView)
    qtbot.waitUntil(lambda: [row.number for row in page.model.rows] == ["T1-S000003"])


def test_arrows_skip_the_headings(office: Office, qtbot: QtBot) -> None:
    finder = finder_of(office, qtbot)
    typed(finder, "so", qtbot)
    seen = []
    for _step in range(len(finder.choices)):
        seen.append(finder.list.currentItem().data(Qt.ItemDataRole.UserRole))
        qtbot.keyClick(finder.line, Qt.Key.Key_Down)
    assert seen == finder.choices
    assert len({choice.group for choice in seen}) > 1
    assert typed(finder, "qqqq", qtbot) == []
    assert finder.nothing.isVisible()
    qtbot.keyClick(finder.line, Qt.Key.Key_Return)  # nothing to open: it stays
    assert finder.isVisible()
    qtbot.keyClick(finder.line, Qt.Key.Key_Escape)
    assert not finder.isVisible()


def test_what_the_person_may_not_see_is_not_found(
    office: Office, desk: Desk, busy_shop: Shop, clerk: Actor, qtbot: QtBot
) -> None:
    desk.set_actor(clerk)
    qtbot.waitUntil(lambda: desk.lanes.busy == 0)
    finder = finder_of(office, qtbot)
    assert [one.words for one in typed(finder, "audit", qtbot)] == []
    found = busy_shop.ask(find_everywhere, "kim lee", clerk)
    assert [(one.kind, one.words) for one in found] == [("customer", "Kim Lee")]
    assert "kim@example.org" not in found[0].second  # shortened, as at the till (S31)
    whole = busy_shop.ask(find_everywhere, "kim lee", actor_of(busy_shop, "olga"))
    assert whole[0].second == "kim@example.org"
    nobody = Actor(clerk.user_id, "ann", "clerk")
    assert busy_shop.ask(find_everywhere, "T1-S000002", nobody) == ()
    assert busy_shop.ask(find_everywhere, "green tea", nobody) == ()


def test_a_search_is_few_statements_and_quick(busy_shop: Shop, actor: Actor) -> None:
    busy_shop.ask(find_everywhere, "green tea", actor)
    with counted(busy_shop) as seen:
        busy_shop.ask(find_everywhere, "T1-S0000", actor)
    assert len(seen) <= 12, seen
    begun = time.perf_counter()
    for _time in range(10):
        busy_shop.ask(find_everywhere, "green tea", actor)
    assert (time.perf_counter() - begun) / 10 < 0.5
