"""The settings: the shop's own, this machine's, and the keys."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.system.enrolment import this_till
from shopdesk.system.settings import ChangeSettings, change_settings, shop_settings
from shopdesk.ui.dialogs.own_secrets import change_own
from shopdesk.ui.dialogs.settings import SettingsPage
from shopdesk.ui.dialogs.settings_keys import KeysPage
from shopdesk.ui.dialogs.settings_machine import MachinePage
from shopdesk.ui.dialogs.settings_shop import ShopPage
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from tests.support.small_shop import password_of


@pytest.fixture
def page(house: House, desk: Desk, memory: Memory, qtbot: QtBot) -> SettingsPage:
    made = SettingsPage(house, desk, memory)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    qtbot.waitUntil(lambda: desk.lanes.busy == 0)
    return made


def test_every_part_opens(page: SettingsPage, desk: Desk, qtbot: QtBot) -> None:
    for key, made in page.buttons.items():
        qtbot.mouseClick(made, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: desk.lanes.busy == 0, timeout=10_000)
        part: Any = page.parts[key]
        assert part.isVisible()
        assert part.messages.text == ""
        for widget in part.findChildren(QWidget):
            inside = isinstance(
                widget.parentWidget(), QLineEdit | QComboBox | QAbstractSpinBox | QTableView | QKeySequenceEdit
            )
            if (
                isinstance(widget, QAbstractButton | QLineEdit | QComboBox | QTableView | QKeySequenceEdit)
                and not inside
            ):
                assert widget.objectName(), widget
                assert widget.accessibleName(), widget.objectName()


@pytest.fixture
def shop_page(desk: Desk, qtbot: QtBot) -> ShopPage:
    made = ShopPage(desk)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    qtbot.waitUntil(lambda: desk.lanes.busy == 0 and made.save.isEnabled())
    return made


def test_only_what_was_changed_is_written(shop_page: ShopPage, busy_shop: Shop, desk: Desk, qtbot: QtBot) -> None:
    shop_page.form.input("receipt_footer").set_value("See you soon")
    shop_page.form.input("difference_limit_cents").set_value(2_000)
    shop_page.submit()
    qtbot.waitUntil(lambda: shop_page.messages.text == "The settings are saved.")
    settings = busy_shop.ask(shop_settings)
    assert (settings.receipt_footer, settings.difference_limit_cents) == ("See you soon", 2_000)
    shop_page.submit()
    assert shop_page.messages.text == "Nothing was changed."


def test_what_documents_depend_on_is_refused_beside_its_field(shop_page: ShopPage, qtbot: QtBot) -> None:
    shop_page.form.input("currency").set_value("JPY")
    shop_page.submit()
    qtbot.waitUntil(lambda: bool(shop_page.form.error("currency")))
    assert "cannot be changed any more" in shop_page.form.error("currency")


@pytest.mark.parametrize(
    ("field", "seconds"), [("lock_till_seconds", 121), ("lock_till_seconds", 3), ("lock_office_seconds", 601)]
)
def test_the_lock_cannot_be_put_off_for_ever(shop_page: ShopPage, field: str, seconds: int) -> None:
    shop_page.form.input(field).set_value(seconds)
    shop_page.submit()
    assert "must be between 15 and" in shop_page.form.error(field)


def test_a_change_elsewhere_is_shown_unless_somebody_types(
    shop_page: ShopPage, busy_shop: Shop, actor: Actor, qtbot: QtBot
) -> None:
    name = shop_page.form.input("name")
    busy_shop.execute(change_settings, ChangeSettings({"name": "Other name"}), actor)
    qtbot.waitUntil(lambda: name.text() == "Other name")
    qtbot.keyClicks(name, "!")
    busy_shop.execute(change_settings, ChangeSettings({"name": "Third name"}), actor)
    qtbot.wait(100)
    assert name.text() == "Other name!"


def test_a_time_zone_changes_how_times_are_written_at_once(shop_page: ShopPage, desk: Desk, qtbot: QtBot) -> None:
    shop_page.form.input("timezone").set_value("America/New_York")
    shop_page.submit()
    qtbot.waitUntil(lambda: desk.formats.timezone == "America/New_York")


def test_keys_are_edited_refused_and_put_back(house: House, qtbot: QtBot) -> None:
    page = KeysPage(house.keys)
    qtbot.addWidget(page)
    page.show()
    assert page.set_key("till.pay", QKeySequence("F11"))
    assert house.keys.words("till.pay") == "F11"
    assert not page.set_key("till.hold", QKeySequence("F11"))
    assert page.messages.text == "F11 is already the key for: pay."
    assert page.edits["till.hold"].keySequence() == QKeySequence("F5")
    page.findChild(QPushButton, "reset_keys").click()
    page.findChild(QDialog, "question").findChild(QPushButton, "act").click()
    assert house.keys.words("till.pay") == "F12"
    assert page.edits["till.pay"].keySequence() == QKeySequence("F12")


def test_this_machine_becomes_a_till_and_stops_being_one(
    house: House, desk: Desk, busy_shop: Shop, qtbot: QtBot
) -> None:
    told: list[object] = []
    house.set_till = told.append
    page = MachinePage(house, desk)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: desk.lanes.busy == 0)
    page.enrol.click()
    assert page.messages.text == "Choose the till first."
    page.till.set_value(page.till._options[1][0])
    page.enrol.click()
    qtbot.waitUntil(lambda: len(told) == 1)
    here = this_till(busy_shop, house.secrets)
    assert here is not None
    assert here.code == "T2"
    assert "till T2" in page.standing.text()
    page.leave.click()
    qtbot.waitUntil(lambda: len(told) == 2)
    assert this_till(busy_shop, house.secrets) is None


def test_sounds_can_be_turned_off_and_it_is_remembered(house: House, desk: Desk, qtbot: QtBot) -> None:
    page = MachinePage(house, desk)
    qtbot.addWidget(page)
    page.show()
    page.sounds.click()
    assert not house.sounds.enabled
    assert house.memory.get("sounds") is False


def test_ones_own_password_is_changed_and_a_one_time_one_must_be(desk: Desk, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 700)
    window.show()
    dialog = change_own(window, desk, required=True)
    dialog.reject()
    assert dialog.isVisible()
    assert "one time" in dialog.messages.text
    dialog.view.set_values({"old": "wrong", "new": "a new long pass phrase", "again": "a new long pass phrase"})
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.messages.text == "The name or the secret is wrong.")
    dialog.view.set_values({"old": password_of("olga"), "again": "not the same at all"})
    dialog.submit()
    assert "not the same" in dialog.view.error("again")
    dialog.view.set_values({"again": "a new long pass phrase"})
    dialog.submit()
    qtbot.waitUntil(lambda: window.findChild(QDialog, "people_own_password") is None)
