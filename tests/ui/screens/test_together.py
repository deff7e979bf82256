"""Two people at the same thing, on a real shop: the second sees what the first changed, chooses, and reads who did what."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.catalogue.taxes import SaveTaxRate, save_tax_rate, tax_rates
from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.ui.dialogs.settings_taxes import TAX_RATES
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_dialog import FormDialog
from shopdesk.ui.kit.history_view import HistoryDialog, HistoryView
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import Dialog
from tests.support.small_shop import actor_of


@pytest.fixture
def view(desk: Desk, memory: Memory, qtbot: QtBot) -> ListView:
    made = ListView(TAX_RATES, desk, memory)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    qtbot.waitUntil(lambda: bool(made.model.rows) and desk.lanes.busy == 0)
    return made


def by_name(widget: QWidget, name: str) -> Any:
    found = widget.findChild(QWidget, name)
    assert found is not None, name
    return found


def edit(view: ListView, qtbot: QtBot) -> FormDialog:
    view.table.selectRow(0)
    assert view.run("edit")
    qtbot.waitUntil(lambda: view.findChild(FormDialog) is not None)
    found = view.findChild(FormDialog)
    assert found is not None
    return found


def test_the_second_sees_who_changed_what_and_both_changes_stand(view: ListView, busy_shop: Shop, qtbot: QtBot) -> None:
    dialog = edit(view, qtbot)
    row = view.chosen[0]
    dialog.view.set_values({"name": "VAT of mine"})
    dialog.view.dirty = True
    other = actor_of(busy_shop, "olga")
    theirs = SaveTaxRate(
        code=row.code, name="VAT of theirs", rate_ppm=row.rate_ppm + 10_000, rate_id=row.id, version=row.version
    )
    busy_shop.execute(save_tax_rate, theirs, other)
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.findChild(Dialog, "conflict") is not None)
    conflict = dialog.findChild(Dialog, "conflict")
    assert conflict is not None
    assert by_name(conflict, "conflict_text").text().startswith("olga saved it on")
    assert by_name(conflict, "name_theirs").text() == "VAT of theirs"
    assert by_name(conflict, "name_mine").isChecked()
    assert by_name(conflict, "rate_ppm_theirs").isChecked()
    qtbot.mouseClick(by_name(conflict, "act"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.messages.text == "Saved.")
    now = next(rate for rate in busy_shop.ask(tax_rates) if rate.id == row.id)
    assert (now.name, now.rate_ppm) == ("VAT of mine", row.rate_ppm + 10_000)


def test_taking_all_of_theirs_keeps_theirs(view: ListView, busy_shop: Shop, actor: Actor, qtbot: QtBot) -> None:
    dialog = edit(view, qtbot)
    row = view.chosen[0]
    dialog.view.set_values({"name": "VAT of mine"})
    dialog.view.dirty = True
    theirs = SaveTaxRate(code=row.code, name="Theirs", rate_ppm=row.rate_ppm, rate_id=row.id, version=row.version)
    busy_shop.execute(save_tax_rate, theirs, actor)
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.findChild(Dialog, "conflict") is not None)
    conflict: Any = dialog.findChild(Dialog, "conflict")
    conflict.choose("name", theirs=True)
    qtbot.mouseClick(by_name(conflict, "act"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.messages.text == "Saved.")
    assert next(rate for rate in busy_shop.ask(tax_rates) if rate.id == row.id).name == "Theirs"


def test_a_change_that_does_not_meet_mine_is_saved_over_without_a_word(
    view: ListView, busy_shop: Shop, actor: Actor, qtbot: QtBot
) -> None:
    dialog = edit(view, qtbot)
    row = view.chosen[0]
    dialog.view.set_values({"name": "Same idea"})
    dialog.view.dirty = True
    theirs = SaveTaxRate(code=row.code, name="Same idea", rate_ppm=row.rate_ppm, rate_id=row.id, version=row.version)
    busy_shop.execute(save_tax_rate, theirs, actor)
    dialog.submit()
    qtbot.waitUntil(lambda: view.messages.text == "Saved.")
    now = next(rate for rate in busy_shop.ask(tax_rates) if rate.id == row.id)
    assert (now.name, now.version) == ("Same idea", row.version + 2)


def test_the_history_tells_who_when_before_and_after(
    view: ListView, busy_shop: Shop, actor: Actor, qtbot: QtBot
) -> None:
    row = view.model.rows[0]
    for version, rate in enumerate((50_000, 60_000), start=row.version):
        change = SaveTaxRate(code=row.code, name=row.name, rate_ppm=rate, rate_id=row.id, version=version)
        busy_shop.execute(save_tax_rate, change, actor)
    dialog = edit(view, qtbot)
    qtbot.mouseClick(by_name(dialog, "history"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.findChild(HistoryView) is not None)
    history = dialog.findChild(HistoryView)
    assert history is not None
    qtbot.waitUntil(lambda: len(history.rows) >= 2)
    assert [row.changes[0].after for row in history.rows][:2] == [60_000, 50_000]
    said = [label.text() for label in history.findChildren(QLabel) if label.text()]
    assert "5 %" in said
    assert "6 %" in said
    assert "olga" in said
    assert "Rate" in said
    assert "Tax rate saved" in said
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in history.findChildren(QLabel))
    overlay = dialog.findChild(HistoryDialog)
    assert overlay is not None
    overlay.accept()
    dialog.reject()
