"""Every declared list of the office, found by itself: opened, sorted, filtered, searched, walked, copied and exported.

A list that belongs inside the page of one thing (its query needs to know which) is tried with that page in its own tests.
"""

from __future__ import annotations

import csv
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel, QTableView
from pytestqt.qtbot import QtBot

import shopdesk.ui.dialogs
import shopdesk.ui.screens
from shopdesk.catalogue.product_fields import VariantFields
from shopdesk.catalogue.products import CreateProduct, create_product
from shopdesk.core.actor import Actor
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.export_dialog import ExportDialog
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.record_page import RecordPage
from shopdesk.ui.kit.report_screen import ReportScreen
from shopdesk.ui.kit.report_view import ReportView
from shopdesk.ui.kit.specs import FilterKind, ListScreen
from shopdesk.ui.screens.catalogue import PRODUCTS
from shopdesk.ui.screens.places import entries_for

Screen = ListScreen | ReportScreen | RecordPage


def declared() -> Iterator[Screen]:
    """Every screen that a module of the office declares, once."""
    seen: set[int] = set()
    for package in (shopdesk.ui.screens, shopdesk.ui.dialogs):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for one in vars(importlib.import_module(found.name)).values():
                if isinstance(one, (ListScreen, ReportScreen, RecordPage)) and id(one) not in seen:
                    seen.add(id(one))
                    yield one


def stands_alone(spec: ListScreen) -> bool:
    """Whether its query can be asked without knowing a thing that it belongs to."""
    asks = vars(spec.page).get("asks") if hasattr(spec.page, "__dict__") else None
    wanted = list(inspect.signature(asks or spec.page).parameters.values())[1 if asks else 2 :]
    given = set(spec.fixed) | ({"actor"} if spec.as_actor else set())
    return all(
        one.name in given or one.default is not inspect.Parameter.empty or one.kind is inspect.Parameter.VAR_KEYWORD
        for one in wanted
    )


SCREENS = sorted(declared(), key=lambda spec: spec.key)
LISTS = [spec for spec in SCREENS if isinstance(spec, ListScreen) and stands_alone(spec)]
REPORTS = [spec for spec in SCREENS if isinstance(spec, ReportScreen)]
FILLED = {
    "sales.sales",
    "shifts.shifts",
    "catalogue.products",
    "catalogue.variants",
    "stock.levels",
    "stock.oversold",
    "customers.customers",
    "people.users",
    "people.audit",
    "printing.jobs",
    "settings.tills",
    "settings.tenders",
    "settings.tax_rates",
    "settings.tax_classes",
    "settings.roles",
}
"""What the busy shop has rows for; the others may be empty there."""
FOR_EVERYBODY = {"system.notifications"}
"""One's own news need no permission."""


def opened(spec: ListScreen, desk: Desk, memory: Memory, qtbot: QtBot) -> ListView:
    view = ListView(spec, desk, memory)
    qtbot.addWidget(view)
    view.resize(1366, 768)
    view.show()
    settled(view, qtbot)
    return view


def settled(view: ListView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not view.model.is_loading and view.desk.lanes.busy == 0, timeout=10_000)


@pytest.mark.parametrize("spec", LISTS, ids=lambda spec: spec.key)
def test_a_list_opens_sorts_filters_searches_and_shows_details(
    spec: ListScreen, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    view = opened(spec, desk, memory, qtbot)
    QAbstractItemModelTester(view.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert view.messages.text == ""
    assert view.model.rows or spec.key not in FILLED
    everything = len(view.model.rows)
    for column in spec.columns:
        if column.sort:
            for descending in (True, False):
                view.sort_by(column.sort, descending)
                settled(view, qtbot)
                assert len(view.model.rows) == everything
    for one in spec.filters:
        settled(view, qtbot)
        if one.kind is FilterKind.PERIOD:
            words, value = view.filters.periods()[0]
        elif one.kind is FilterKind.FLAG:
            words, value = "", True
        elif view.filters.options(one.key):
            value, words = view.filters.options(one.key)[0]
        else:
            assert one.query is not None, f"{one.key} offers nothing"
            continue
        view.filters.set(one.key, value, words)
        settled(view, qtbot)
        assert len(view.model.rows) <= everything
        assert view.messages.text == ""
        view.filters.clear()
        settled(view, qtbot)
    if spec.search:
        view.search_for("no such thing anywhere 99999")
        settled(view, qtbot)
        assert view.model.is_empty
    assert view.search.isVisible() == bool(spec.search)
    view.search_for("")
    settled(view, qtbot)
    assert len(view.model.rows) == everything
    if everything:
        view.table.selectRow(0)
        qtbot.waitUntil(view.detail.isVisible)
        settled(view, qtbot)
        assert [label for label in view.detail.findChildren(QLabel) if label.text()]
    assert view.messages.text == ""


@pytest.mark.parametrize("spec", LISTS, ids=lambda spec: spec.key)
def test_a_page_walk_visits_each_row_once(spec: ListScreen, desk: Desk, memory: Memory, qtbot: QtBot) -> None:
    view = opened(spec, desk, memory, qtbot)
    whole = [view.model.id_of(row) for row in view.model.rows]
    view.model._request = replace(view.model._request, limit=2)  # as if the list were long
    view.model.load()
    settled(view, qtbot)
    while view.model.canFetchMore(QModelIndex()):
        view.model.fetchMore(QModelIndex())
        settled(view, qtbot)
    walked = [view.model.id_of(row) for row in view.model.rows]
    assert walked == whole
    assert len(set(walked)) == len(walked)


@pytest.mark.parametrize("spec", LISTS, ids=lambda spec: spec.key)
def test_what_is_shown_is_copied_and_exported_whole(
    spec: ListScreen, desk: Desk, memory: Memory, tmp_path: Path, qtbot: QtBot
) -> None:
    view = opened(spec, desk, memory, qtbot)
    view.table.selectAll()
    if view.model.rows:
        view.copy()
        assert len(QApplication.clipboard().text().splitlines()) == len(view.model.rows) + 1
    if not spec.export:
        return
    view.tools.export_shown()
    dialog = view.findChild(ExportDialog)
    assert dialog is not None
    dialog.format.set_value("csv")
    file = tmp_path / "list.csv"
    dialog.write(file)
    qtbot.waitUntil(lambda: "written to" in view.messages.text)
    with file.open(encoding="utf-8-sig", newline="") as read:
        lines = list(csv.reader(read))
    own_line = 1 if spec.key == "people.audit" else 0  # the export itself stands in the audit log
    assert len(lines) == 1 + len(view.model.rows) + own_line
    assert len(lines[0]) == len(view.table.shown_columns())
    assert all(not cell.startswith(("=", "+", "@")) for line in lines[1:] for cell in line)


@pytest.mark.parametrize("spec", REPORTS, ids=lambda spec: spec.key)
def test_a_report_opens_sorts_and_adds_up(spec: ReportScreen, desk: Desk, memory: Memory, qtbot: QtBot) -> None:
    view = ReportView(spec, desk, memory)
    qtbot.addWidget(view)
    view.resize(1366, 768)
    view.show()
    qtbot.waitUntil(lambda: desk.lanes.busy == 0, timeout=10_000)
    assert view.messages.text == ""
    everything = [view.model.id_of(row) for row in view.rows]
    assert len(set(everything)) == len(everything)
    for column in view.columns:
        for descending in (True, False):
            view.sort_by(column.key, descending)
            assert sorted(map(str, (view.model.id_of(row) for row in view.rows))) == sorted(map(str, everything))
    assert set(view.report.totals) <= {column.key for column in view.columns}


def test_the_readme_shows_a_screen_as_it_is() -> None:
    root = Path(__file__).resolve().parents[3]
    readme = (root / "README.md").read_text(encoding="utf-8")
    screen = (root / "shopdesk/ui/screens/approvals.py").read_text(encoding="utf-8")
    assert f"```python\n{screen}```" in readme
    assert len(screen.splitlines()) <= 45
    places = (root / "shopdesk/ui/screens/places_system.py").read_text(encoding="utf-8")
    assert 'listed("approvals", "APPROVALS")' in places
    assert 'listed("approvals", "APPROVALS")' in readme


def test_every_list_has_a_permission_and_stands_in_the_navigation(house: House) -> None:
    unguarded = {spec.key for spec in SCREENS if not isinstance(spec.needs, Permission)}
    assert unguarded <= FOR_EVERYBODY
    assert len({spec.key for spec in SCREENS}) == len(SCREENS)
    entries = {entry.key: entry for entry in entries_for(house)}
    assert len(entries) == len(entries_for(house))
    made = [entry.load() for key, entry in entries.items() if key != "till"]
    assert all(callable(make) for make in made)


def test_names_in_markup_are_shown_as_they_are_written(
    desk: Desk, actor: Actor, busy_shop: Shop, memory: Memory, qtbot: QtBot
) -> None:
    nasty = 'Tea <img src="file:///etc/passwd"><b>x</b>'
    variant = VariantFields(sku="NASTY", price_cents=100)
    busy_shop.execute(create_product, CreateProduct(title=nasty, variants=(variant,), description=nasty), actor)
    view = opened(PRODUCTS, desk, memory, qtbot)
    view.search_for("NASTY")
    settled(view, qtbot)
    view.table.selectRow(0)
    qtbot.waitUntil(view.detail.isVisible)
    settled(view, qtbot)
    shown = [label for label in view.findChildren(QLabel) if "<img" in label.text()]
    assert shown
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in view.findChildren(QLabel))
    tip = view.findChild(QTableView, "table").model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip


def test_a_clerk_sees_locks_and_is_told_why(
    busy_shop: Shop, desk: Desk, clerk: Actor, memory: Memory, qtbot: QtBot
) -> None:
    desk.set_actor(clerk)
    view = opened(PRODUCTS, desk, memory, qtbot)
    assert not view.run("new")
    assert view.messages.text == "Your role does not include: Edit the catalogue."
