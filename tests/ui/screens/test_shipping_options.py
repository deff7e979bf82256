"""Ways of sending through their form: steps as lines, a change told beside its field, one that is offered no longer."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QDialog

from shopdesk.core.errors import BadField
from shopdesk.orders.shipping_options import shipping_options
from shopdesk.ui.kit.form_dialog import FormDialog
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.screens.shipping_options import OPTIONS, read_steps


def rest(qtbot, desk) -> None:
    qtbot.wait(60)
    qtbot.waitUntil(lambda: not desk.lanes.busy)
    QApplication.processEvents()


@pytest.fixture
def view(qtbot, desk, memory):
    made = ListView(OPTIONS, desk, memory)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    rest(qtbot, desk)
    return made


def dialog() -> FormDialog:
    (found,) = [
        one
        for one in QApplication.topLevelWidgets()
        if isinstance(one, QDialog) and one.isVisible() and one.objectName() == "shipping_options_option"
    ]
    return found


def choose(qtbot, view, version: int) -> None:
    """Choose the one row once the list shows it as it is now."""
    qtbot.waitUntil(lambda: [row.version for row in view.model.rows] == [version])
    view.table.selectRow(0)


def test_a_way_of_sending_is_made_changed_and_retired(qtbot, desk, view):
    view.run("new")
    form = dialog()
    values = {
        "name": "Parcel",
        "basis": "weight",
        "rate_cents": 490,
        "steps": "2 = 6.90\n5,5 = 8,90",
        "countries": "de at",
    }
    form.view.set_values({**values, "free_from_cents": 5000})
    form.submit()
    rest(qtbot, desk)
    (row,) = desk.shop.ask(shipping_options)
    assert (row.rate_cents, row.steps, row.free_from_cents) == (490, ((2000, 690), (5500, 890)), 5000)
    assert (row.countries, row.is_active) == ("AT DE", True)
    choose(qtbot, view, 1)
    view.run("edit")
    form = dialog()
    assert form.view.values()["steps"] == "2 = 6.90\n5.5 = 8.90"
    form.view.set_values({"steps": "heavy"})
    form.submit()
    assert "heavy is no step" in form.view._errors["steps"].text()
    form.view.set_values({"steps": "", "basis": "flat"})
    form.submit()
    rest(qtbot, desk)
    (row,) = desk.shop.ask(shipping_options)
    assert (row.basis, row.steps, row.version) == ("flat", (), 2)
    choose(qtbot, view, 2)
    view.run("retire")
    qtbot.waitUntil(lambda: [row.is_active for row in desk.shop.ask(shipping_options)] == [False])
    rest(qtbot, desk)


def test_steps_are_read_in_kilograms_or_money(desk):
    assert read_steps("0.5=1\n\n 2 = 3,50 ", "weight", desk.formats) == ((500, 100), (2000, 350))
    assert read_steps("20 = 0", "value", desk.formats) == ((2000, 0),)
    for wrong in ("5", "a = 1", "1 = b", "= 3"):
        with pytest.raises(BadField):
            read_steps(wrong, "value", desk.formats)
