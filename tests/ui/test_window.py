"""The window as a person meets it: painted before the database is known, door, lock, another person, leaving, first run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.app import open_shop
from shopdesk.core.clock import ManualClock
from shopdesk.core.permissions import Permission
from shopdesk.core.secrets import secret_store
from shopdesk.sales.tills import tills_list
from shopdesk.system.enrolment import enrol_this_till
from shopdesk.system.roles import ChangeRole, change_role, roles_list
from shopdesk.system.sessions import live_sessions
from shopdesk.ui.theme.appearance import dress
from tests.support.small_shop import PINS, actor_of
from tests.ui.visitor import Person

ROOT = Path(__file__).parents[2]
TEA = "4006381333931"


@pytest.fixture
def till_here(sqlite_shop_url: str, clock: ManualClock) -> str:
    """The corner shop, with this machine enrolled as till T1; its address."""
    shop = open_shop(sqlite_shop_url, clock=clock)
    till = shop.ask(tills_list)[0]
    enrol_this_till(shop, secret_store(), till.id, actor_of(shop, "olga"))
    shop.close()
    return sqlite_shop_url


@pytest.fixture
def come(qtbot: QtBot, qapp: QApplication, clock: ManualClock) -> Iterator[Callable[[str], Person]]:
    """Makes people in front of windows, and sends them away at the end."""
    people: list[Person] = []
    dress(qapp, "light")
    quit_before = qapp.quitOnLastWindowClosed()
    qapp.setQuitOnLastWindowClosed(False)

    def make(address: str) -> Person:
        people.append(Person(qtbot, qapp, address, clock))
        return people[-1]

    yield make
    for person in people:
        person.leave()
    qapp.setQuitOnLastWindowClosed(quit_before)


def test_the_door_is_painted_before_the_database_is_known(tmp_path: Path) -> None:
    program = """
import sys
from PySide6.QtWidgets import QApplication
from shopdesk.ui.start import Start

app = QApplication([])
start = Start(app, "nowhere", lambda address: None, lambda address: None)
start.window.painted.disconnect(start._painted)
heavy = ("sqlalchemy", "alembic", "babel", "qtawesome", "psycopg", "sqlcipher3", "reportlab", "shopdesk.db", "keyring")

def look():
    print(sorted(name for name in heavy if name in sys.modules))
    app.quit()

start.window.painted.connect(look)
start.show()
app.exec()
"""
    environment = {
        **os.environ,
        "SHOPDESK_HOME": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_without_a_display_it_says_so_paints_once_and_ends(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "SHOPDESK_HOME": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "shopdesk"], check=False, capture_output=True, text=True, env=environment, timeout=60
    )
    assert done.returncode == 0
    assert "no display" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_clerk_comes_to_the_till_and_back_office_to_the_office(come: Any, sqlite_shop_url: str) -> None:
    person = come(sqlite_shop_url)
    person.enter("ann")
    person.wait(lambda: person.window.stack.currentWidget().objectName() == "till_screen")
    person.window.presence.leave()
    assert person.at_the_door()
    person.enter("bo")
    person.wait(lambda: person.window.stack.currentWidget().objectName() == "office")
    office = person.window.faces.office
    person.wait(lambda: office.opened == "sales")
    assert not office.open("settings")
    assert office.messages.text == "Your role does not include: Edit the shop's settings."


def test_a_wrong_password_is_told_and_forgotten(come: Any, sqlite_shop_url: str) -> None:
    person = come(sqlite_shop_url)
    person.sign_in("ann", "something else entirely")
    person.wait(lambda: person.entry.error == "The name or the secret is wrong.")
    assert person.entry._password.text() == ""
    assert person.entry._name.text() == "ann"
    assert person.at_the_door()
    person.enter("ann")


def test_the_lock_hides_everything_and_a_pin_brings_it_back(come: Any, till_here: str, clock: ManualClock) -> None:
    person = come(till_here)
    person.enter("max")
    person.window.presence.lock()
    assert person.at_the_door()
    assert person.entry._head.text() == "Locked: Max"
    person.pin("000001")
    person.wait(lambda: person.entry.error == "The name or the secret is wrong.")
    person.pin(PINS["max"])
    person.wait(lambda: not person.at_the_door())
    assert not person.window.presence.is_locked
    assert [session.locked for session in person.shop.ask(live_sessions)] == [False]


def test_an_idle_till_locks_after_two_minutes_and_keeps_its_cart(come: Any, till_here: str, clock: ManualClock) -> None:
    person = come(till_here)
    person.enter("ann")
    faces = person.window.faces
    person.wait(lambda: faces.till is not None and person.window.stack.currentWidget() is faces.till)
    till = faces.till
    person.wait(lambda: person.start.lanes.busy == 0)
    till.scanner.scanned.emit(TEA)
    person.wait(till.busy_with_sale)
    clock.advance(seconds=119)
    person.window.presence.look()
    assert not person.at_the_door()
    clock.advance(seconds=2)
    person.window.presence.look()
    assert person.at_the_door()
    person.pin(PINS["ann"])
    person.wait(lambda: person.window.stack.currentWidget() is till)
    assert till.busy_with_sale()


def test_a_sale_that_was_left_behind_is_there_for_the_next_sign_in(come: Any, till_here: str) -> None:
    person = come(till_here)
    person.enter("ann")
    faces = person.window.faces
    person.wait(lambda: faces.till is not None and person.window.stack.currentWidget() is faces.till)
    before = faces.till
    person.wait(lambda: person.start.lanes.busy == 0)
    before.scanner.scanned.emit(TEA)
    person.wait(before.busy_with_sale)
    person.window.presence.leave()
    assert person.at_the_door()
    person.enter("ben")
    person.wait(lambda: faces.till is not None and faces.till is not before and faces.till.busy_with_sale())


def test_another_person_takes_over_by_pin_and_dialogs_are_gone(come: Any, till_here: str) -> None:
    person = come(till_here)
    person.enter("max")
    person.window.presence.leave()
    person.enter("olga")
    office = person.window.faces.office or person.window.faces.till
    assert office is not None
    dialog = QDialog(person.window)
    dialog.open()
    person.window.presence.lock()
    assert not dialog.isVisible()
    person.wait(lambda: any(one.username == "max" and one.by_pin for one in person.entry._people))
    chip = next(one for one in person.entry.findChildren(QPushButton) if one.objectName() == "person_max")
    person.qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    person.pin(PINS["max"])
    person.wait(lambda: person.window.presence.session.actor.username == "max" and not person.at_the_door())
    assert not dialog.isVisible()
    assert [session.username for session in person.shop.ask(live_sessions)] == ["max"]


def test_a_session_ends_after_twelve_hours_whatever_happens(
    come: Any, sqlite_shop_url: str, clock: ManualClock
) -> None:
    person = come(sqlite_shop_url)
    person.enter("bo")
    for _minute in range(13 * 60):
        clock.advance(minutes=1)
        person.window.presence._watch.used()
    person.window.presence.look()
    assert person.at_the_door()
    assert person.entry._status.text() == "Your session is over. Sign in again to go on."
    assert not person.window.faces._desk.signed_in


def test_a_changed_role_holds_at_once_on_the_screen(come: Any, sqlite_shop_url: str) -> None:
    person = come(sqlite_shop_url)
    person.enter("bo")
    person.wait(lambda: person.window.faces.office is not None)
    desk = person.window.faces._desk
    assert desk.may(Permission.STOCK_ADJUST)
    role = next(role for role in person.shop.ask(roles_list) if role.code == "back_office")
    fewer = frozenset(role.permissions - {Permission.STOCK_ADJUST})
    command = ChangeRole(role.id, role.version, role.name, fewer, role.discount_cap_ppm)
    person.shop.execute(change_role, command, actor_of(person.shop, "olga"))
    person.wait(lambda: not desk.may(Permission.STOCK_ADJUST))


def test_a_kept_sign_in_comes_back_and_signing_out_ends_it(come: Any, sqlite_shop_url: str, clock: ManualClock) -> None:
    person = come(sqlite_shop_url)
    person.enter("bo", keep=True)
    person.leave()
    again = come(sqlite_shop_url)
    again.wait(lambda: again.window.presence is not None and not again.at_the_door())
    assert again.window.presence.session.actor.username == "bo"
    again.window.presence.leave()
    again.wait(lambda: again.start.lanes.busy == 0)
    again.leave()
    third = come(sqlite_shop_url)
    third.wait_for_the_door()
    third.qtbot.wait(50)
    assert third.at_the_door()


def test_a_kept_sign_in_that_idled_too_long_comes_back_locked(
    come: Any, sqlite_shop_url: str, clock: ManualClock
) -> None:
    person = come(sqlite_shop_url)
    person.enter("bo", keep=True)
    person.leave()
    clock.advance(minutes=11)
    again = come(sqlite_shop_url)
    again.wait(lambda: again.window.presence is not None and again.window.presence.is_locked)
    assert again.at_the_door()
    assert again.entry._head.text().startswith("Locked:")


def test_a_shop_that_cannot_be_opened_is_told_at_the_door(come: Any, tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"this is no database at all" * 200)
    person = come(str(tmp_path / "other.db"))
    person.wait(lambda: person.entry._status.text() not in ("", "Opening the shop..."))
    assert not person.entry._ready


def test_find_anything_goes_to_a_place_by_typing(come: Any, sqlite_shop_url: str) -> None:
    person = come(sqlite_shop_url)
    person.enter("bo")
    person.wait(lambda: person.window.faces.office is not None and person.window.faces.office.opened)
    office = person.window.faces.office
    office.find_anything()
    finder = office.findChild(QWidget, "finder")
    person.qtbot.keyClicks(finder.line, "prod")
    person.qtbot.keyClick(finder.line, Qt.Key.Key_Return)
    person.wait(lambda: office.opened == "products")


def test_the_look_changes_while_running_and_is_remembered(come: Any, sqlite_shop_url: str) -> None:
    from shopdesk.ui.theme import appearance

    person = come(sqlite_shop_url)
    person.wait_for_the_door()
    person.window.set_appearance("dark")
    assert appearance.scheme().dark
    assert person.start.memory.get("appearance") == "dark"
    person.window.set_appearance("light")
    assert not appearance.scheme().dark


def test_time_zone_days_do_not_depend_on_the_machine(clock: ManualClock) -> None:
    from shopdesk.ui.kit.formats import Formats

    moment = clock.now().replace(hour=23, minute=30)
    assert Formats(timezone="Europe/Berlin").moment(moment).endswith("00:30")
    assert Formats(timezone="America/New_York").moment(moment).endswith("18:30")


def test_a_key_or_a_click_anywhere_in_a_window_counts_as_use(
    come: Any, sqlite_shop_url: str, clock: ManualClock
) -> None:
    person = come(sqlite_shop_url)
    person.enter("bo")
    handle = person.window.windowHandle()
    clock.advance(minutes=9)
    QTest.keyClick(handle, Qt.Key.Key_Shift)
    clock.advance(minutes=9)
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton)
    clock.advance(minutes=9)
    person.window.presence.look()
    assert not person.at_the_door()
    clock.advance(minutes=2)
    person.window.presence.look()
    assert person.at_the_door()
