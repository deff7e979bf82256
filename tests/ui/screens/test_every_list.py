"""Every declared list of the office: opened, sorted, filtered, searched, walked, and never reading data as markup."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QTableView
from pytestqt.qtbot import QtBot

from shopdesk.catalogue.product_fields import VariantFields
from shopdesk.catalogue.products import CreateProduct, create_product
from shopdesk.core.actor import Actor
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.ui.dialogs.settings_roles import ROLES
from shopdesk.ui.dialogs.settings_taxes import TAX_CLASSES, TAX_RATES
from shopdesk.ui.dialogs.settings_tenders import TENDERS
from shopdesk.ui.dialogs.settings_tills import TILLS
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.specs import FilterKind, ListScreen
from shopdesk.ui.screens.api_keys import API_KEYS
from shopdesk.ui.screens.audit import AUDIT
from shopdesk.ui.screens.catalogue import PRODUCTS, VARIANTS
from shopdesk.ui.screens.customers import CUSTOMERS, DOUBLES
from shopdesk.ui.screens.groups import GROUPS
from shopdesk.ui.screens.people import SESSIONS, USERS
from shopdesk.ui.screens.places import entries_for
from shopdesk.ui.screens.printing import PRINT_JOBS
from shopdesk.ui.screens.sales import SALES
from shopdesk.ui.screens.sellers import SELLERS
from shopdesk.ui.screens.shifts import SHIFTS
from shopdesk.ui.screens.stock import OVERSOLD, STOCK

LISTS = (
    SALES,
    SHIFTS,
    PRODUCTS,
    VARIANTS,
    STOCK,
    OVERSOLD,
    CUSTOMERS,
    DOUBLES,
    GROUPS,
    SELLERS,
    USERS,
    SESSIONS,
    AUDIT,
    PRINT_JOBS,
    TILLS,
    TENDERS,
    TAX_RATES,
    TAX_CLASSES,
    ROLES,
    API_KEYS,
)
NOBODY_THERE = {SESSIONS.key, API_KEYS.key, DOUBLES.key, GROUPS.key, SELLERS.key}


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
    assert bool(view.model.rows) == (spec.key not in NOBODY_THERE)
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
        else:
            value, words = view.filters.options(one.key)[0]
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


def test_every_list_has_a_permission_and_stands_in_the_navigation(house: House) -> None:
    assert all(isinstance(spec.needs, Permission) for spec in LISTS)
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
