"""Whatever the palette finds and news is about has a page, and the number of a document leads to it."""

from __future__ import annotations

from importlib import import_module

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.insight.numbers import _ROWS, row_of_number
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.record_page import RecordPage
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.record_window import RecordWindow
from shopdesk.ui.office import Office
from shopdesk.ui.screens.findings import DOCUMENT_KINDS, find_everywhere
from shopdesk.ui.screens.targets import TARGETS
from tests.ui.screens.test_navigation import office_of

RECORDS = {
    "product": ("product_page", "PRODUCT"),
    "variant": ("stock_record", "STOCK_RECORD"),
    "customer": ("customer_page", "CUSTOMER"),
    "supplier": ("suppliers", "SUPPLIER"),
    "purchase_order": ("purchase_order", "ORDER"),
}


@pytest.fixture
def office(house: House, desk: Desk, memory: Memory, qtbot: QtBot) -> Office:
    made = office_of(house, desk, memory, qtbot)
    made.open("sales")
    qtbot.waitUntil(lambda: made.opened == "sales")
    return made


def windows() -> set[RecordWindow]:
    """The windows with records that are open, whoever opened them."""
    return {one for one in QApplication.topLevelWidgets() if isinstance(one, RecordWindow) and one.isVisible()}


def shown(office: Office, qtbot: QtBot) -> RecordView:
    qtbot.waitUntil(lambda: isinstance(office.top, RecordView) and office.top.record is not None)
    page = office.top
    assert isinstance(page, RecordView)
    return page


def test_what_is_found_can_be_shown(busy_shop: Shop, actor: Actor) -> None:
    assert set(DOCUMENT_KINDS) <= set(TARGETS)
    found = [one for text in ("tea", "kim", "T1-", "T1-A0") for one in busy_shop.ask(find_everywhere, text, actor)]
    assert {one.kind for one in found} >= {"product", "customer", "stock_adjustment"}
    assert {one.kind for one in found} <= set(TARGETS)


@pytest.mark.parametrize("kind", sorted(RECORDS))
def test_record_pages_are_where_the_targets_say(kind: str) -> None:
    module, name = RECORDS[kind]
    assert isinstance(getattr(import_module(f"shopdesk.ui.screens.{module}"), name), RecordPage)
    assert kind in TARGETS


@pytest.mark.parametrize("kind", sorted(_ROWS))
def test_every_kind_of_number_is_looked_up_and_nothing_is_found_for_a_wrong_one(shop: Shop, kind: str) -> None:
    assert shop.ask(row_of_number, kind, "T1-X000000") is None


@pytest.mark.parametrize(("kind", "letter"), [("stock_adjustment", "A"), ("stock_transfer", "M")])
def test_stock_papers_open_by_number(
    office: Office, busy_shop: Shop, actor: Actor, qtbot: QtBot, kind: str, letter: str
) -> None:
    found = [one for one in busy_shop.ask(find_everywhere, f"T1-{letter}0", actor) if one.kind == kind]
    assert found
    office.open_target(kind, found[0].id)
    page = shown(office, qtbot)
    assert page.heading == found[0].id
    assert page.record.lines[0].sku == "TEA"
    page.close_page()
    assert office.top is office.pages["sales"]


def test_goods_and_people_open_on_top_of_where_one_is_and_in_their_own_window(
    office: Office, busy_shop: Shop, actor: Actor, qtbot: QtBot
) -> None:
    (tea,) = [one for one in busy_shop.ask(find_everywhere, "green tea", actor) if one.kind == "product"]
    office.open_target(tea.kind, tea.id)
    page = shown(office, qtbot)
    assert page.heading == "Green tea"
    assert office.opened == "sales"
    office.open("stock")
    qtbot.waitUntil(lambda: office.opened == "stock")
    office.open("sales")
    assert office.top is page  # it is found again where it was left
    office._go("sales")
    assert office.top is office.pages["sales"]  # pressed again, the place leads back to its list
    office.open_target(tea.kind, tea.id)
    qtbot.waitUntil(lambda: office.top is page)  # and the record is not opened twice
    (kim,) = [one for one in busy_shop.ask(find_everywhere, "kim lee", actor) if one.kind == "customer"]
    before = windows()
    office.open_target(kim.kind, kim.id, window=True)
    qtbot.waitUntil(lambda: len(windows() - before) == 1)
    (window,) = windows() - before
    assert window.pages[0].record_id == int(kim.id)
    window.close()


def test_what_is_open_is_taken_out_into_a_window(office: Office, busy_shop: Shop, actor: Actor, qtbot: QtBot) -> None:
    wanted: list[str] = []
    office.window_wanted.connect(wanted.append)
    office.take_out()
    assert wanted == ["sales"]
    (tea,) = [one for one in busy_shop.ask(find_everywhere, "green tea", actor) if one.kind == "product"]
    office.open_target(tea.kind, tea.id)
    page = shown(office, qtbot)
    office.take_out()
    assert office.top is office.pages["sales"]
    window = page.window()
    assert isinstance(window, RecordWindow)
    assert page.isVisible()
    page.close_page()
    qtbot.waitUntil(lambda: not window.isVisible())


def test_a_document_that_is_gone_is_said(office: Office, qtbot: QtBot) -> None:
    office.open_target("stock_adjustment", "T1-A999999")
    qtbot.waitUntil(lambda: "T1-A999999 is no longer there." in office.messages.text)
