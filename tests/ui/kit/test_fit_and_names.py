"""The kit's pages and dialogs: nothing clipped, light and dark, mirrored, at twice the size; every control has a name."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.core.bulk_report import BulkRefusal, BulkReport
from shopdesk.core.permissions import Permission
from shopdesk.system.history import Change, HistoryRow
from shopdesk.ui.kit.bulk_dialog import BulkDialog, RefusedDialog
from shopdesk.ui.kit.conflict import Clash, ConflictDialog
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.export_dialog import ExportDialog
from shopdesk.ui.kit.form_view import Field, FormView, Holds
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.history_view import entry
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import Action, Voice
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.report_view import ReportView
from shopdesk.ui.kit.specs import BulkEdit
from shopdesk.ui.theme.appearance import dress
from tests.ui.clipping import misfits
from tests.ui.kit import test_list_view, test_record_page, test_report_view
from tests.ui.kit.shelf import NOON, PaperShop, Shelf, goods

EVE = Actor(3, "eve", "owner", frozenset(Permission))
LONG = (
    "A name of a thing that is so long that nobody would ever print it on a label, not even on the widest one there is"
)
FIELDS = (
    Field("name", "Name", required=True),
    Field("price_cents", "Price", Holds.MONEY),
    Field("on", "On", Holds.YES),
)


def made(fixture: Any, *given: Any) -> Any:
    """What a fixture of another file makes of given things."""
    return fixture.__wrapped__(*given) if hasattr(fixture, "__wrapped__") else fixture.__pytest_wrapped__.obj(*given)


@pytest.fixture(params=["light", "dark", "mirrored"])
def look(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """An appearance or a direction of reading."""
    dress(qapp, "dark" if request.param == "dark" else "light")
    if request.param == "mirrored":
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield str(request.param)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    dress(qapp, "light")


@pytest.fixture
def list_view(look: str, desk: Desk, memory: Memory, qtbot: QtBot) -> ListView:
    desk.set_actor(EVE)
    spec = made(test_list_view.spec, Shelf(goods(250)), test_list_view.Ran([]))
    bulk = BulkEdit(
        "Change several goods", FIELDS[1:], lambda _u, _c: BulkReport(0), lambda _r, _v: None, Permission.SELL
    )
    view = ListView(replace(spec, bulk=bulk), desk, memory)
    qtbot.addWidget(view)
    view.resize(1150, 700)
    view.show()
    qtbot.waitUntil(lambda: bool(view.model.rows) and desk.lanes.busy == 0)
    return view


def check(widget: QWidget) -> None:
    """Nothing is clipped, and what can be used or read has a name and is plain text."""
    QApplication.processEvents()
    assert misfits(widget) == []
    for one in widget.findChildren(QWidget):
        if isinstance(one, (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView)) and one.isVisibleTo(widget):
            inside = one.parentWidget()
            if isinstance(inside, (QLineEdit, QAbstractItemView)) or "qt_" in one.objectName():
                continue  # a part that Qt makes
            words = one.text() if isinstance(one, QAbstractButton) else ""
            assert one.accessibleName() or words, f"{type(one).__name__} {one.objectName()}"
        if isinstance(one, QLabel):
            assert one.textFormat() == Qt.TextFormat.PlainText or not one.objectName()


def test_a_list_with_chosen_rows_and_a_message(list_view: ListView, qtbot: QtBot) -> None:
    list_view.table.selectAll()
    list_view.messages.say("One hundred rows were changed.", Voice.WARNING, [Action("Show which and why", print)])
    check(list_view)


def test_a_record_page_with_a_long_name(look: str, desk: Desk, memory: Memory, qtbot: QtBot) -> None:
    desk.set_actor(EVE)
    kettles = test_record_page.Kettles()
    kettles.rows[1] = replace(kettles.rows[1], name=LONG)
    page = RecordView(made(test_record_page.spec, kettles, []), 1, desk, memory)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    qtbot.waitUntil(lambda: page.record is not None)
    for key in ("words", "form", "goods"):
        page.open_tab(key)
        qtbot.waitUntil(lambda: desk.lanes.busy == 0)
        check(page)


def test_a_report(look: str, desk: Desk, memory: Memory, qtbot: QtBot) -> None:
    view = ReportView(made(test_report_view.spec, test_report_view.Shelves(9), []), desk, memory)
    qtbot.addWidget(view)
    view.resize(1100, 700)
    view.show()
    qtbot.waitUntil(lambda: len(view.rows) == 9)
    check(view)


def test_the_dialogs(list_view: ListView, desk: Desk, qtbot: QtBot) -> None:
    bulk = list_view.spec.bulk
    assert bulk is not None
    form = FormView(FIELDS, desk, {"name": "Tea"})
    qtbot.addWidget(form)
    clashes = [
        Clash(FIELDS[0], "Tea", LONG, "Green tea", touched=True),
        Clash(FIELDS[1], 100, 123_456, None, touched=False),
    ]
    last = HistoryRow(1, NOON, "olga", "product.edit", (), {})
    dialogs = (
        BulkDialog(list_view, bulk, list_view.model.rows[:3]),
        RefusedDialog(list_view, BulkReport(1, (BulkRefusal(LONG, "It is void."),))),
        ConflictDialog(list_view, form, Formats(), clashes, last, print),
        ExportDialog(list_view, "test.goods", "Goods"),
        list_view.tools.choose_columns(),
    )
    for dialog in dialogs:
        dialog.open()
        check(dialog)
    for dialog in dialogs:
        dialog.reject()


def test_an_entry_of_the_history(look: str, qtbot: QtBot) -> None:
    changes = (
        Change("price_cents", 350, 400, "TEA"),
        Change("title", "Tea", LONG),
        Change("email", veiled=True),
        Change("is_active", True, False),
        Change("rate_ppm", None, 190_000),
    )
    shown = entry(HistoryRow(1, NOON, "olga", "product.edit", changes, {"skus": ["A", "B"]}), Formats())
    qtbot.addWidget(shown)
    shown.resize(600, 320)
    shown.show()
    check(shown)
    said = [label.text() for label in shown.findChildren(QLabel)]
    assert {
        "Price of TEA",
        "€3.50",
        "€4.00",
        "Name",
        "E-mail",
        "changed",
        "yes",
        "no",
        "nothing",
        "19 %",
        "A, B",
    } <= set(said)
    assert ("\N{LEFTWARDS ARROW}" if look == "mirrored" else "\N{RIGHTWARDS ARROW}") in said


def test_what_was_done_is_undone_by_its_button_and_by_its_keys(
    list_view: ListView, shop: PaperShop, qtbot: QtBot
) -> None:
    done: list[str] = []
    Operation(
        lambda _uow, command: done.append(f"delete {command}"),
        "tea",
        said="Tea was deleted.",
        undo=(lambda _uow, command: done.append(f"restore {command}"), "tea"),
    ).run(list_view.desk, list_view)
    qtbot.waitUntil(lambda: list_view.messages.text == "Tea was deleted.")
    qtbot.waitUntil(list_view.isActiveWindow)
    qtbot.keyClick(list_view.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: done == ["delete tea", "restore tea"])
    qtbot.waitUntil(lambda: list_view.messages.text == "It is as it was before.")


def test_all_of_it_fits_at_twice_the_size() -> None:
    here = Path(__file__)
    if os.environ.get("QT_SCALE_FACTOR") == "2":
        return  # this is the second run
    environment = {**os.environ, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", str(here)]
    run = subprocess.run(
        command, cwd=here.parents[3], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stdout[-4_000:]
