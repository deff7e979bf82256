"""What people do on the lists: void, print, adjust, move, add, retire, edit; each through the real use cases."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.inventory.queries import stock_rows
from shopdesk.sales.sale_detail import sale_detail
from shopdesk.sales.tenders import tenders_list
from shopdesk.sales.tills import tills_list
from shopdesk.system.actors import actor_from_api_key
from shopdesk.system.people import users_page
from shopdesk.system.print_queue import print_jobs_of
from shopdesk.system.roles import roles_list
from shopdesk.ui.dialogs.settings_roles import ROLES
from shopdesk.ui.dialogs.settings_taxes import TAX_CLASSES
from shopdesk.ui.dialogs.settings_tenders import TENDERS
from shopdesk.ui.dialogs.settings_tills import TILLS
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.specs import ListScreen
from shopdesk.ui.screens.api_keys import API_KEYS
from shopdesk.ui.screens.people import USERS
from shopdesk.ui.screens.printing import PRINT_JOBS
from shopdesk.ui.screens.sales import SALES
from shopdesk.ui.screens.stock import OVERSOLD, STOCK
from tests.ui.screens.test_every_list import opened, settled


class Office:
    """Somebody in the office, and the list in front of them."""

    def __init__(self, desk: Desk, memory: Memory, qtbot: QtBot) -> None:
        self.desk, self.memory, self.qtbot = desk, memory, qtbot
        self.view: ListView

    def open(self, spec: ListScreen, find: str = "") -> Any:
        """Open a list and choose the row whose texts hold ``find``; the row."""
        self.view = opened(spec, self.desk, self.memory, self.qtbot)
        rows = self.view.model.rows
        texts = [" ".join(str(column.value(row)) for column in spec.columns) for row in rows]
        if not find:
            return None
        place = next(at for at, text in enumerate(texts) if find in text)
        self.view.table.selectRow(place)
        return rows[place]

    def run(self, key: str) -> Any:
        """Run a command on the chosen row; the dialog it opened, if any."""
        assert self.view.run(key), self.view.messages.text
        self.settle()
        return self.dialog()

    def dialog(self) -> Any:
        """The dialog on top."""
        return next((one for one in self.view.findChildren(QDialog) if one.isVisible()), None)

    def fill(self, dialog: Any, **values: object) -> None:
        """Fill the fields of a form."""
        for key, value in values.items():
            dialog.view.input(key).set_value(value)

    def press(self, dialog: Any) -> None:
        """Press the act of a dialog and wait until it is done."""
        button = dialog.findChild(QWidget, "act")
        button.click()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way."""
        settled(self.view, self.qtbot)

    @property
    def told(self) -> str:
        """The sentence in the bar."""
        return self.view.messages.text


@pytest.fixture
def office(desk: Desk, memory: Memory, qtbot: QtBot) -> Office:
    return Office(desk, memory, qtbot)


def test_a_closed_shifts_sale_cannot_be_voided_and_it_is_said(office: Office) -> None:
    office.open(SALES, "T1-S000001")
    dialog = office.run("void")
    dialog.findChild(QWidget, "text_answer").setText("wrong size")
    office.press(dialog)
    assert "T1" in office.told or "shift" in office.told.lower()
    assert office.desk.shop.ask(sale_detail, "T1-S000001").void is None


def test_a_sale_is_shown_as_the_very_paper_and_printed_again(office: Office, busy_shop: Shop) -> None:
    office.open(SALES, "T1-S000001")
    dialog = office.run("preview")
    page = dialog.findChild(QWidget, "page_1")
    assert page.pixmap().height() > page.pixmap().width() / 2
    office.press(dialog)
    receipts = [job for job in busy_shop.ask(print_jobs_of, "T1-S000001") if job.document == "receipt"]
    assert [job.options.get("copy") for job in receipts] == [None, 1]
    office.run("gift")
    assert busy_shop.ask(print_jobs_of, "T1-S000001")[-1].document == "gift_receipt"


def test_a_clerk_needs_a_manager_to_print_again(office: Office, busy_shop: Shop, clerk: Actor) -> None:
    office.desk.set_actor(clerk)
    office.open(SALES, "T1-S000001")
    dialog = office.run("copy")
    assert dialog.objectName() == "approval_dialog"
    assert all(job.options.get("copy") is None for job in busy_shop.ask(print_jobs_of, "T1-S000001"))


def test_stock_is_adjusted_and_moved(office: Office, busy_shop: Shop) -> None:
    office.open(STOCK, "MUG")
    dialog = office.run("adjust")
    office.fill(dialog, quantity_change_milli=4_000, reason="found in the cellar")
    office.press(dialog)
    assert office.told == "The stock is adjusted."
    dialog = office.run("transfer")
    office.fill(dialog, to_warehouse="Cellar", quantity_milli=5_000)
    office.press(dialog)
    rows = {row.warehouse: row.on_hand_milli for row in busy_shop.ask(lambda reader: tuple(stock_rows(reader, "MUG")))}
    assert rows == {"Main": 8_000, "Cellar": 5_000}


def test_an_adjustment_without_a_reason_is_refused_beside_the_field(office: Office) -> None:
    office.open(STOCK, "MUG")
    dialog = office.run("adjust")
    office.fill(dialog, quantity_change_milli=4_000)
    office.press(dialog)
    assert dialog.view.error("reason") == "Please fill in: Reason"


def test_what_was_sold_below_zero_is_settled(office: Office) -> None:
    row = office.open(OVERSOLD, "SOAP")
    assert row.quantity_after_milli == -2_000
    office.run("settle")
    office.qtbot.waitUntil(lambda: office.view.model.rows[0].state == "resolved")


def test_a_user_is_added_with_a_password_shown_once(office: Office, busy_shop: Shop) -> None:
    office.open(USERS)
    dialog = office.run("new")
    office.fill(dialog, username="Nina", role="clerk", first_name="Nina")
    office.press(dialog)
    notice = office.dialog()
    assert notice.objectName() == "notice"
    password = notice.findChild(QWidget, "notice_text").text().split("\n\n")[1]
    assert len(password) >= 15
    notice.close()
    office.open(USERS, "nina")
    office.run("active")
    nina = busy_shop.ask(users_page, PageRequest(search="nina")).rows[0]
    assert (nina.role, nina.is_active) == ("clerk", False)


def test_a_weak_pin_is_refused_beside_its_field(office: Office) -> None:
    office.open(USERS, "ann")
    dialog = office.run("pin")
    office.fill(dialog, pin="111111")
    office.press(dialog)
    assert dialog.view.error("pin") or dialog.messages.text
    office.fill(dialog, pin="204817")
    office.press(dialog)
    assert office.told == "The PIN is set."


def test_papers_that_wait_can_be_given_up(office: Office, busy_shop: Shop) -> None:
    row = office.open(PRINT_JOBS, "T1-S000003")
    office.run("again")
    assert office.told == "Tried again at once."
    office.run("give_up")
    states = {job.id: job.state for job in busy_shop.ask(print_jobs_of, "T1-S000003")}
    assert states[row.id] == "skipped"


def test_a_till_is_added_and_given_a_printer(office: Office, busy_shop: Shop) -> None:
    office.open(TILLS)
    dialog = office.run("new")
    office.fill(dialog, code="T9", name="Market stall", warehouse="Cellar")
    office.press(dialog)
    office.open(TILLS, "T9")
    dialog = office.run("printer")
    office.fill(dialog, kind="network", address="no good!")
    office.press(dialog)
    assert dialog.view.error("address")
    office.fill(dialog, address="10.0.0.7:9100", dots=384, opens_drawer=True)
    office.press(dialog)
    till = next(till for till in busy_shop.ask(tills_list) if till.code == "T9")
    assert till.printer is not None
    assert (till.printer.address, till.printer.columns, till.printer.opens_drawer) == ("10.0.0.7:9100", 32, True)


def test_ways_to_pay_are_added_and_put_in_order(office: Office, busy_shop: Shop) -> None:
    office.open(TENDERS)
    dialog = office.run("new")
    office.fill(dialog, code="meal", name="Meal voucher")
    office.press(dialog)
    office.open(TENDERS, "Meal voucher")
    office.run("earlier")
    names = [row.name for row in sorted(busy_shop.ask(tenders_list), key=lambda row: row.position)]
    assert names.index("Meal voucher") == len(names) - 2


def test_a_tax_class_takes_its_rate(office: Office) -> None:
    office.open(TAX_CLASSES)
    dialog = office.run("new")
    first = dialog.view.input("first_rate")
    office.fill(dialog, code="both", name="Both", first_rate=first._options[0][0], second_rate=first._options[1][0])
    office.press(dialog)
    row = office.open(TAX_CLASSES, "both")
    assert " + " in row.rates


def test_a_role_loses_a_permission(office: Office, busy_shop: Shop) -> None:
    from shopdesk.core.permissions import Permission

    office.open(ROLES, "clerk")
    dialog = office.run("edit")
    assert dialog.ticks[Permission.SELL].isChecked()
    dialog.ticks[Permission.DISCOUNT].setChecked(False)
    dialog.form.input("discount_cap_ppm").set_value(50_000)
    office.press(dialog)
    role = next(role for role in busy_shop.ask(roles_list) if role.code == "clerk")
    assert Permission.DISCOUNT not in role.permissions
    assert role.discount_cap_ppm == 50_000


def test_a_key_is_issued_shown_once_and_ended(office: Office, busy_shop: Shop) -> None:
    from shopdesk.core.permissions import Permission

    office.open(API_KEYS)
    dialog = office.run("new")
    office.fill(dialog, name="Nightly export", **{Permission.SALES_VIEW.value: True})
    office.press(dialog)
    notice = office.dialog()
    assert notice.objectName() == "notice"
    key = notice.findChild(QWidget, "notice_text").text().split("\n\n")[1]
    notice.close()
    assert actor_from_api_key(busy_shop, key).effective == {Permission.SALES_VIEW}
    row = office.open(API_KEYS, "Nightly export")
    assert row.scopes == (Permission.SALES_VIEW.value,)
    office.press(office.run("revoke"))
    assert office.open(API_KEYS, "Nightly export").revoked_at is not None
