"""The navigation: counts where something waits, locks where the role ends, and folding."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.inventory.queries import oversold_page
from shopdesk.inventory.watch import ResolveOversold, resolve_oversold
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.office import Office
from shopdesk.ui.screens.places import entries_for


def office_of(house: House, desk: Desk, memory: Memory, qtbot: QtBot) -> Office:
    made = Office(entries_for(house), desk, memory)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    qtbot.waitUntil(lambda: desk.lanes.busy == 0)
    return made


def awake(office: Office) -> bool:
    """Whether the office has the keyboard, as shortcuts need it; gives it the keyboard if not."""
    if QApplication.activeWindow() is office.window() and QApplication.focusWidget() is not None:
        return True
    office.window().activateWindow()
    (office.top or office).setFocus()
    return False


def test_a_place_says_how_much_waits_there(
    house: House, desk: Desk, memory: Memory, busy_shop: Shop, actor: Actor, qtbot: QtBot
) -> None:
    office = office_of(house, desk, memory, qtbot)
    made: Any = office.navigation.buttons["oversold"]
    assert made.count == 1
    assert made.accessibleName() == "Sold below zero, 1 waiting"
    row = busy_shop.ask(oversold_page, PageRequest(sort="newest")).rows[0]
    busy_shop.execute(resolve_oversold, ResolveOversold(row.id), actor)
    qtbot.waitUntil(lambda: made.count == 0)
    assert made.accessibleName() == "Sold below zero"


def test_a_place_behind_a_lock_is_told_and_not_opened(
    house: House, desk: Desk, memory: Memory, clerk: Actor, qtbot: QtBot
) -> None:
    office = office_of(house, desk, memory, qtbot)
    desk.set_actor(clerk)
    assert office.open("sales")
    qtbot.waitUntil(lambda: office.opened == "sales")
    assert not office.open("users")
    assert "See users" in office.messages.text
    assert office.opened == "sales"


def test_a_place_that_is_taken_away_is_left(
    house: House, desk: Desk, memory: Memory, clerk: Actor, qtbot: QtBot
) -> None:
    office = office_of(house, desk, memory, qtbot)
    office.open("users")
    qtbot.waitUntil(lambda: office.opened == "users")
    desk.set_actor(clerk)
    qtbot.waitUntil(lambda: office.opened == "sales")
    assert "users" not in office.pages


def test_the_navigation_folds_and_remembers_it(house: House, desk: Desk, memory: Memory, qtbot: QtBot) -> None:
    office = office_of(house, desk, memory, qtbot)
    wide = office.navigation.width()
    office.navigation._fold.click()
    assert office.navigation.width() < wide / 2
    again = office_of(house, desk, memory, qtbot)
    assert again.navigation.width() < wide / 2
