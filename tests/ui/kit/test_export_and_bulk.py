"""Export of what is shown, and changing many rows at once: whole walks, progress, ways to stop, reports of the refused."""

from __future__ import annotations

import csv
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QListWidget, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.core.bulk_report import BulkRefusal, BulkReport
from shopdesk.core.errors import BadField
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest
from shopdesk.system.exports import BeginExport
from shopdesk.ui.kit import columns, specs
from shopdesk.ui.kit.bulk_dialog import BulkDialog
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.export_dialog import ExportDialog
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from tests.ui.kit.shelf import Good, PaperShop, Shelf, goods

EVE = Actor(3, "eve", "owner", frozenset(Permission))


@dataclass(frozen=True, slots=True)
class ChangeGoods:
    """The command of the bulk edit."""

    ids: tuple[int, ...]
    values: dict[str, Any]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(goods(1_500))


def change(_uow: object, command: ChangeGoods) -> BulkReport:
    """Changes all but the void ones."""
    if command.values.get("price_ppm") == 990_000:
        raise BadField("price_ppm", "is too much.")
    refused = tuple(BulkRefusal(f"SKU-{n:05}", "It is void.") for n in command.ids if n % 3 == 0)
    return BulkReport(len(command.ids) - len(refused), refused)


@pytest.fixture
def spec(shelf: Shelf) -> specs.ListScreen:
    return specs.ListScreen(
        key="test.goods",
        title="Goods",
        page=shelf.page,
        row=Good,
        columns=(
            columns.text("sku", "SKU", sort=True),
            columns.text("name", "Name", stretch=True),
            columns.money("price_cents", "Price", sort="price"),
            columns.moment("at", "Time", sort=True, hidden=True),
        ),
        filters=(specs.choice("status", "State", (("open", "Paid"), ("void", "Voided"))),),
        sort="sku",
        bulk=specs.BulkEdit(
            "Change several goods",
            (Field("price_ppm", "Price change", Holds.PERCENT), Field("on", "On sale", Holds.YES)),
            change,
            lambda rows, values: ChangeGoods(tuple(row.id for row in rows), dict(values)),
            Permission.CATALOGUE_EDIT,
        ),
    )


@pytest.fixture
def view(spec: specs.ListScreen, desk: Desk, memory: Memory, qtbot: QtBot) -> ListView:
    desk.set_actor(EVE)
    made = ListView(spec, desk, memory)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    settled(made, qtbot)
    return made


def settled(view: ListView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.desk.lanes.busy == 0 and not view.model.is_loading)


def by_name(view: QWidget, name: str) -> Any:
    found = view.findChild(QWidget, name)
    assert found is not None, name
    return found


def exporter(view: ListView) -> ExportDialog:
    view.tools.export_shown()
    found = view.findChild(ExportDialog)
    assert found is not None
    return found


def test_every_row_of_the_narrowed_list_is_written_with_the_shown_columns(
    view: ListView, shop: PaperShop, tmp_path: Path, qtbot: QtBot
) -> None:
    view.filters.set("status", "void", "Voided")
    view.sort_by("price", True)
    view.table.put(["price_cents", "sku"])
    settled(view, qtbot)
    dialog = exporter(view)
    dialog.format.set_value("csv")
    file = tmp_path / "goods.csv"
    dialog.write(file)
    qtbot.waitUntil(lambda: view.messages.text.startswith("500 rows were written"))
    with file.open(encoding="utf-8-sig", newline="") as read:
        lines = list(csv.reader(read))
    assert len(lines) == 501
    assert lines[0][1] == "SKU"
    prices = [float(line[0]) for line in lines[1:]]
    assert prices == sorted(prices, reverse=True)
    assert shop.done == [BeginExport("test.goods", "csv", ("price_cents", "sku"), narrowed=True)]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "pdf"])
def test_each_kind_of_file_is_made(view: ListView, tmp_path: Path, qtbot: QtBot, ending: str) -> None:
    view.search_for("tea 77")
    settled(view, qtbot)
    dialog = exporter(view)
    dialog.format.set_value(ending)
    file = tmp_path / f"goods.{ending}"
    dialog.write(file)
    qtbot.waitUntil(lambda: "written to" in view.messages.text, timeout=15_000)
    assert file.stat().st_size > 100
    assert view.memory.get("export.format") == ending


def test_closing_the_dialog_stops_the_walk_and_leaves_no_file(
    view: ListView, shelf: Shelf, tmp_path: Path, qtbot: QtBot
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    whole = shelf.page

    def slow(reader: object, request: PageRequest) -> Page[Good]:
        begun.set()
        assert go_on.wait(10)
        return whole(reader, request)

    object.__setattr__(view.spec, "page", slow)
    dialog = exporter(view)
    dialog.format.set_value("csv")
    file = tmp_path / "goods.csv"
    dialog.write(file)
    qtbot.waitUntil(begun.is_set)
    dialog.reject()
    go_on.set()
    settled(view, qtbot)
    assert list(tmp_path.glob("goods*")) == []
    assert view.messages.text == ""


def test_who_may_not_export_is_told(view: ListView, qtbot: QtBot) -> None:
    view.desk.set_actor(Actor(4, "kim", "clerk", frozenset({Permission.SALES_VIEW})))
    view.tools.export_shown()
    assert view.findChild(ExportDialog) is None
    assert "Export data" in view.messages.text


def test_a_file_that_cannot_be_written_is_said_in_the_dialog(view: ListView, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = exporter(view)
    dialog.format.set_value("csv")
    dialog.write(tmp_path / "no such folder" / "goods.csv")
    qtbot.waitUntil(lambda: bool(dialog.messages.text))
    assert by_name(dialog, "act").isEnabled()
    dialog.reject()


def pick(view: ListView, places: range) -> None:
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for at in places:
        view.table.selectionModel().select(view.model.index(at, 0), flags)


def bulk(view: ListView) -> BulkDialog:
    assert view.run("bulk")
    found = view.findChild(BulkDialog)
    assert found is not None
    return found


def test_only_filled_fields_go_to_the_chosen_rows_and_the_refused_are_named(
    view: ListView, shop: PaperShop, qtbot: QtBot
) -> None:
    pick(view, range(4))
    dialog = bulk(view)
    dialog.view.input("price_ppm").setText("5")
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog.view.input("price_ppm"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(view.messages.text))
    assert shop.done == [ChangeGoods((1, 2, 3, 4), {"price_ppm": 50_000})]
    assert view.messages.text == "3 rows were changed. 1 stayed as it was."
    qtbot.mouseClick(by_name(view, "show_refused"), Qt.MouseButton.LeftButton)
    listed = view.findChild(QListWidget, "refused_list")
    assert listed is not None
    assert listed.item(0).text() == "SKU-00003: It is void."


def test_a_yes_or_no_may_stay_as_it_is(view: ListView, shop: PaperShop, qtbot: QtBot) -> None:
    pick(view, range(2))
    dialog = bulk(view)
    dialog.submit()
    assert dialog.messages.text == "Fill in at least one field."
    dialog.view.input("on").set_value(False)
    dialog.submit()
    qtbot.waitUntil(lambda: bool(view.messages.text))
    assert shop.done == [ChangeGoods((1, 2), {"on": False})]


def test_many_rows_go_a_hundred_at_a_time(view: ListView, shop: PaperShop, qtbot: QtBot) -> None:
    bar = view.table.verticalScrollBar()
    while len(view.model.rows) < 300:
        bar.setValue(bar.maximum())
        settled(view, qtbot)
    view.table.selectAll()
    count = len(view.chosen)
    dialog = bulk(view)
    dialog.view.input("on").set_value(True)
    dialog.submit()
    qtbot.waitUntil(lambda: "changed" in view.messages.text)
    assert [len(one.ids) for one in shop.done][:3] == [100, 100, 100]  # type: ignore[attr-defined]
    assert sum(len(one.ids) for one in shop.done) == count  # type: ignore[attr-defined]


def test_a_refused_value_is_said_beside_its_field(view: ListView, qtbot: QtBot) -> None:
    pick(view, range(2))
    dialog = bulk(view)
    dialog.view.input("price_ppm").setText("99")
    dialog.submit()
    qtbot.waitUntil(lambda: bool(dialog.view.error("price_ppm")))
    assert "too much" in dialog.view.error("price_ppm")
    assert by_name(dialog, "act").isEnabled()
    dialog.view.dirty = False
    dialog.reject()


def test_chosen_rows_stay_chosen_when_their_page_is_dropped(view: ListView, shelf: Shelf, qtbot: QtBot) -> None:
    pick(view, range(2))
    bar = view.table.verticalScrollBar()
    for _step in range(60):
        if view.model.rows[0].id > 2:
            break
        bar.setValue(bar.maximum())
        settled(view, qtbot)
    assert view.model.rows[0].id > 2
    pick(view, range(len(view.model.rows) - 1, len(view.model.rows)))
    assert [row.id for row in view.chosen][:2] == [1, 2]
    assert len(view.chosen) == 3
    assert by_name(view, "chosen_count").text() == "3 chosen"
    while view.model.rows[0].id > 1:
        bar.setValue(0)
        settled(view, qtbot)
    assert [row.id for row in view.table._here()][:2] == [1, 2]
    view.table.choose_none()
    assert view.chosen == []


def test_declarations_that_do_not_fit_are_refused(spec: specs.ListScreen) -> None:
    assert spec.bulk is not None
    with pytest.raises(ValueError, match="no field is required"):
        replace(spec.bulk, fields=(Field("x", "X", required=True),))
    with pytest.raises(ValueError, match="nothing to fill in"):
        replace(spec.bulk, fields=())
