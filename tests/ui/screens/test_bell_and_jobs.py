"""The bell rings, its panel leads where the news is about, and background work is seen, repeated and cancelled."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.core.errors import NotFound
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.marketing.notifications import SetNewsWanted, notify
from shopdesk.system.jobs import enqueue
from shopdesk.system.jobs_list import job_row
from shopdesk.system.jobs_run import JobWorker
from shopdesk.ui.dialogs.news_kinds import NewsKinds
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.office import Office
from tests.ui.screens.test_navigation import awake, office_of


def _news(uow: UnitOfWork, told: SetNewsWanted) -> int:
    return notify(uow, "low_stock", "{what} is low.", details={"what": told.code}, target=("place", "stock"))


def _job(uow: UnitOfWork, told: SetNewsWanted) -> int:
    return enqueue(uow, "count", {}, key=told.code, title=f"Import of {told.code}", max_attempts=1)


@pytest.fixture
def office(house: House, desk: Desk, memory: Memory, qtbot: QtBot) -> Office:
    return office_of(house, desk, memory, qtbot)


def opened(office: Office, key: str, qtbot: QtBot) -> ListView:
    office.open(key)
    qtbot.waitUntil(lambda: office.opened == key)
    page = office.pages[key]
    assert isinstance(page, ListView)
    qtbot.waitUntil(lambda: office.desk.lanes.busy == 0)
    return page


def test_the_bell_counts_by_itself_and_leads_there(office: Office, busy_shop: Shop, actor: Actor, qtbot: QtBot) -> None:
    assert office.bell.unread == 0
    before = office.bell.accessibleName()
    busy_shop.execute(_news, SetNewsWanted("Tea", True), actor)
    qtbot.waitUntil(lambda: office.bell.unread == 1)
    assert office.bell.accessibleName() == "1 unread notification" != before
    qtbot.waitUntil(lambda: awake(office))
    qtbot.keyClick(office, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    panel = office.bell.panel
    assert panel is not None
    qtbot.waitUntil(lambda: panel.list.count() == 1)
    assert panel.list.item(0).text() == "Tea is low."
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: office.opened == "stock")
    qtbot.waitUntil(lambda: office.bell.unread == 0)


def test_all_is_marked_read_at_once(office: Office, busy_shop: Shop, actor: Actor, qtbot: QtBot) -> None:
    office.bell.open_panel()
    panel = office.bell.panel
    assert panel is not None
    qtbot.waitUntil(lambda: office.desk.lanes.busy == 0)
    assert panel.none.isVisible()
    busy_shop.execute(_news, SetNewsWanted("Tea", True), actor)
    qtbot.waitUntil(lambda: panel.list.count() == 1)  # an open panel follows too
    qtbot.mouseClick(panel.all_read, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: office.bell.unread == 0)
    panel.close()
    view = opened(office, "notifications", qtbot)
    assert [row.state for row in view.model.rows] == ["read"]


def test_background_work_is_repeated_and_cancelled_from_its_list(
    office: Office, busy_shop: Shop, actor: Actor, qtbot: QtBot
) -> None:
    def refuse(_job: object) -> Mapping[str, object]:
        raise NotFound("File", "goods.csv")

    failed = busy_shop.execute(_job, SetNewsWanted("goods.csv", True), actor)
    JobWorker(busy_shop, {"count": refuse}).run_due()
    waiting = busy_shop.execute(_job, SetNewsWanted("prices.csv", True), actor)
    view = opened(office, "jobs", qtbot)
    qtbot.waitUntil(lambda: len(view.model.rows) == 2)
    qtbot.waitUntil(lambda: office.navigation.buttons["jobs"].count == 1)
    by_id = {row.id: row for row in view.model.rows}
    assert by_id[failed].error == "File goods.csv does not exist."
    assert view.run("again", [by_id[failed]])
    qtbot.waitUntil(lambda: busy_shop.ask(job_row, failed).state == "queued")
    qtbot.waitUntil(lambda: office.navigation.buttons["jobs"].count == 0)
    assert view.run("cancel", [by_id[waiting]])
    qtbot.waitUntil(lambda: busy_shop.ask(job_row, waiting).state == "cancelled")
    JobWorker(busy_shop, {"count": lambda _job: {"rows": 3, "target": ["place", "products"]}}).run_due()
    qtbot.waitUntil(lambda: {row.state for row in view.model.rows} == {"done", "cancelled"})
    done = next(row for row in view.model.rows if row.state == "done")
    assert view.run("open", [done])
    qtbot.waitUntil(lambda: office.opened == "products")


def test_what_cannot_be_shown_is_said(office: Office) -> None:
    office.open_target("weather", "1")
    assert "no page to show" in office.messages.text


def test_areas_fold_and_stay_folded(office: Office, house: House, desk: Desk, memory: Memory, qtbot: QtBot) -> None:
    goods = office.navigation.buttons["products"]
    assert goods.isVisible()
    assert not office.navigation.buttons["audit"].isVisible()  # the shop's machinery is folded at first
    qtbot.mouseClick(office.navigation.heads["Goods"], Qt.MouseButton.LeftButton)
    assert not goods.isVisible()
    again = office_of(house, desk, memory, qtbot)
    assert not again.navigation.buttons["products"].isVisible()
    assert again.open("products")  # going there by another way unfolds it
    qtbot.waitUntil(again.navigation.buttons["products"].isVisible)


def test_a_folded_area_counts_for_its_places(office: Office, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: office.navigation.buttons["oversold"].count == 1)
    head = office.navigation.heads["Stock"]
    assert head.count == 0
    qtbot.mouseClick(head, Qt.MouseButton.LeftButton)
    assert head.count >= 1


def test_a_kind_of_news_is_switched_off(office: Office, busy_shop: Shop, actor: Actor, qtbot: QtBot) -> None:
    view = opened(office, "notifications", qtbot)
    assert view.run("kinds")
    dialog = view.findChild(NewsKinds)
    assert isinstance(dialog, NewsKinds)
    qtbot.waitUntil(lambda: set(dialog.boxes) == {"low_stock", "job_done", "job_failed"})
    qtbot.mouseClick(dialog.boxes["low_stock"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: busy_shop.execute(_news, SetNewsWanted("Tea", True), actor) == 0)
    dialog.reject()
