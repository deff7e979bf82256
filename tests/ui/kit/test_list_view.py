"""A declared list: search, chips, order, details, commands, by pointer and by keyboard, and always plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QTableView, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.errors import DatabaseBusy
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import PageRequest, Sorts
from shopdesk.ui.kit import columns, specs
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from tests.ui.kit.shelf import Good, Shelf, goods

STATES = {
    "open": columns.State("Paid", "success", "check-circle-outline"),
    "void": columns.State("Voided", "danger", "cancel"),
}


@dataclass
class Ran:
    """What the commands of a screen were called with."""

    calls: list[tuple[str, list[int]]]

    def note(self, name: str) -> Any:
        return lambda _view, rows: self.calls.append((name, [row.id for row in rows]))


@pytest.fixture
def ran() -> Ran:
    return Ran([])


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(goods(250))


@pytest.fixture
def spec(shelf: Shelf, ran: Ran) -> specs.ListScreen:
    return specs.ListScreen(
        key="test.goods",
        title="Goods",
        page=shelf.page,
        row=Good,
        needs=Permission.SALES_VIEW,
        columns=(
            columns.text("sku", "SKU", sort=True),
            columns.text("name", "Name", stretch=True),
            columns.money("price_cents", "Price", sort="price"),
            columns.state("status", "State", STATES),
            columns.moment("at", "Time", sort=True, hidden=True),
        ),
        filters=(
            specs.choice("status", "State", (("open", "Paid"), ("void", "Voided"))),
            specs.period("at", "Day"),
            specs.only("low", "Low stock"),
        ),
        commands=(
            specs.Command(
                "new", "New good", ran.note("new"), "plus", on=specs.Pick.NONE, primary=True, shortcut="Ctrl+N"
            ),
            specs.Command("open", "Open", ran.note("open")),
            specs.Command("drop", "Void", ran.note("drop"), needs=Permission.VOID),
            specs.Command("tag", "Print labels", ran.note("tag"), on=specs.Pick.MANY, shortcut="Ctrl+P"),
            specs.Command("mend", "Mend", ran.note("mend"), ready=lambda good: good.status == "void"),
        ),
        sort="sku",
        refresh_on={"Variant"},
        empty=specs.Empty(command="new"),
        on_open="open",
    )


@pytest.fixture
def view(spec: specs.ListScreen, desk: Desk, memory: Memory, qtbot: QtBot) -> ListView:
    made = ListView(spec, desk, memory)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    qtbot.waitUntil(lambda: len(made.model.rows) == 100)
    return made


def by_name(view: QWidget, name: str) -> Any:
    found = view.findChild(QWidget, name)
    assert found is not None, name
    return found


def test_typing_searches_once_after_the_fingers_rest(view: ListView, shelf: Shelf, qtbot: QtBot) -> None:
    shelf.asked.clear()
    assert view._search_timer.interval() == 150
    view._search_timer.setInterval(1_000)  # fingers on a busy machine
    qtbot.keyClicks(view.search, "tea 24", delay=5)
    qtbot.waitUntil(lambda: bool(view.model.rows) and all("24" in row.name for row in view.model.rows))
    assert [request.search for request in shelf.asked] == ["tea 24"]


def test_a_click_on_a_head_sorts_and_a_second_one_turns_it_round(view: ListView, qtbot: QtBot) -> None:
    header = view.table.horizontalHeader()
    header.sectionClicked.emit(2)
    qtbot.waitUntil(lambda: view.model.rows[0].price_cents == min(good.price_cents for good in goods(250)))
    header.sectionClicked.emit(2)
    qtbot.waitUntil(lambda: view.model.rows[0].price_cents == max(good.price_cents for good in goods(250)))
    assert header.sortIndicatorSection() == 2


def test_a_head_without_an_index_does_not_sort(view: ListView, shelf: Shelf, qtbot: QtBot) -> None:
    shelf.asked.clear()
    view.table.horizontalHeader().sectionClicked.emit(1)
    qtbot.wait(30)
    assert shelf.asked == []


def test_the_order_is_remembered(
    view: ListView, spec: specs.ListScreen, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    view.sort_by("price", True)
    again = ListView(spec, desk, memory)
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: bool(again.model.rows))
    assert (again.model.request.sort, again.model.request.descending) == ("price", True)


def test_a_chip_filters_says_its_value_and_is_pressed_off(view: ListView, qtbot: QtBot) -> None:
    view.filters.set("status", "void", "Voided")
    qtbot.waitUntil(lambda: all(row.status == "void" for row in view.model.rows))
    chip = by_name(view, "filter_status")
    assert chip.text() == "State: Voided"
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(view.model.rows) == 100 and any(row.status == "open" for row in view.model.rows))
    assert chip.text() == "State"


def test_a_flag_chip_goes_on_and_off_with_a_click(view: ListView, qtbot: QtBot) -> None:
    chip = by_name(view, "filter_low")
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert view.filters.values == (("low", True),)
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert view.filters.values == ()


def test_periods_are_whole_days_of_the_shop(view: ListView, desk: Desk) -> None:
    from shopdesk.ui.kit.formats import Formats

    desk.set_formats(Formats(timezone="Europe/Berlin"))
    words, (begin, end) = view.filters.periods()[0]
    assert words == "Today"
    assert begin.isoformat() == "2026-11-20T00:00:00+01:00"
    assert end.isoformat() == "2026-11-21T00:00:00+01:00"


def test_nothing_found_is_said_and_cleared_with_one_button(view: ListView, qtbot: QtBot) -> None:
    view.search_for("no such thing")
    qtbot.waitUntil(lambda: view.model.is_empty)
    assert by_name(view, "empty_text").text() == "Nothing fits this search."
    assert by_name(view, "empty_text").isVisible()
    qtbot.mouseClick(by_name(view, "clear_filters"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(view.model.rows) == 100)
    assert view.table.isVisible()


def test_an_empty_list_offers_what_starts_it(
    spec: specs.ListScreen, shelf: Shelf, ran: Ran, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    shelf.rows = []
    view = ListView(spec, desk, memory)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: view.model.is_empty)
    assert not by_name(view, "clear_filters").isVisible()
    qtbot.mouseClick(by_name(view, "empty_action"), Qt.MouseButton.LeftButton)
    assert ran.calls == [("new", [])]


def test_details_open_with_the_choice_and_close_with_escape(view: ListView, qtbot: QtBot) -> None:
    view.table.selectRow(2)
    qtbot.waitUntil(view.detail.isVisible)
    assert by_name(view.detail, "detail_title").text() == view.model.rows[2].sku
    assert not view.table.isColumnHidden(0)
    shown = [label.text() for label in view.detail.findChildren(QLabel)]
    assert "Friday, November 20, 2026, 12:00:00\u202fPM" in shown
    qtbot.keyClick(view.table, Qt.Key.Key_Escape)
    assert not view.detail.isVisible()
    assert view.chosen == []


def test_commands_fit_rows_and_rights(view: ListView, ran: Ran, qtbot: QtBot) -> None:
    open_row = next(row for row in view.model.rows if row.status == "open")
    offered = {command.key: (usable, why) for command, usable, why in view.offered([open_row])}
    assert offered["open"] == (True, "")
    assert offered["mend"] == (False, "")
    assert offered["drop"] == (False, "Your role does not include: Void a sale.")
    assert not view.run("drop", [open_row])
    assert view.messages.text == "Your role does not include: Void a sale."
    assert ran.calls == []
    assert view.run("open", [open_row])
    assert view.messages.text == ""
    assert ran.calls == [("open", [open_row.id])]


def test_enter_opens_and_shortcuts_work_from_the_table(view: ListView, ran: Ran, qtbot: QtBot) -> None:
    view.activateWindow()
    view.table.setFocus()
    view.table.selectRow(4)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert ran.calls == [("open", [5])]
    qtbot.keyClick(view.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(view.table, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert ran.calls[1] == ("tag", [5, 6])


def test_several_chosen_rows_are_counted_and_copied_as_text(view: ListView, qtbot: QtBot) -> None:
    view.table.selectRow(0)
    qtbot.keyClick(view.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert by_name(view, "chosen_count").text() == "2 chosen"
    qtbot.mouseClick(by_name(view, "copy_chosen"), Qt.MouseButton.LeftButton)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0] == "SKU\tName\tPrice (€)\tState"
    assert lines[1] == "SKU-00001\tGreen tea 1\t1.37\tPaid"
    assert len(lines) == 3


def test_columns_are_hidden_shown_and_remembered(
    view: ListView, spec: specs.ListScreen, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    table = view.table
    assert table.isColumnHidden(4)
    table.use_header_action("show:at", 0)
    table.use_header_action("hide", 2)
    again = ListView(spec, desk, memory)
    qtbot.addWidget(again)
    assert (again.table.isColumnHidden(2), again.table.isColumnHidden(4)) == (True, False)
    again.table.use_header_action("default", 0)
    assert (again.table.isColumnHidden(2), again.table.isColumnHidden(4)) == (False, True)


def test_the_last_column_cannot_be_hidden(view: ListView) -> None:
    for place in range(3):
        view.table.use_header_action("hide", place)
    assert ("hide", "Hide this column", False, False) in view.table.header_actions(3)
    view.table.use_header_action("show:status", 3)
    assert not view.table.isColumnHidden(3)


def test_a_change_elsewhere_is_shown_and_the_choice_kept(
    view: ListView, desk: Desk, shelf: Shelf, qtbot: QtBot
) -> None:
    view.table.selectRow(9)
    shelf.rows = [good for good in shelf.rows if good.id not in (1, 2)]
    desk.changed.emit(frozenset({"Customer"}))
    qtbot.wait(20)
    assert view.model.rows[0].id == 1
    desk.changed.emit(frozenset({"Variant"}))
    qtbot.waitUntil(lambda: view.model.rows[0].id == 3)
    assert [row.id for row in view.chosen] == [10]


def test_a_hidden_list_reads_again_when_it_is_seen(view: ListView, desk: Desk, shelf: Shelf, qtbot: QtBot) -> None:
    view.hide()
    shelf.asked.clear()
    shelf.rows = shelf.rows[1:]
    desk.changed.emit(frozenset({"*"}))
    qtbot.wait(300)
    assert shelf.asked == []
    view.show()
    qtbot.waitUntil(lambda: view.model.rows[0].id == 2)


def test_scrolling_reads_on_without_a_jump_and_end_and_home_work(view: ListView, shelf: Shelf, qtbot: QtBot) -> None:
    bar = view.table.verticalScrollBar()
    bar.setValue(bar.maximum())
    at = view.table.rowAt(10)
    qtbot.waitUntil(lambda: len(view.model.rows) == 200)
    assert view.table.rowAt(10) == at
    qtbot.keyClick(view.table, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: view.model.rows[-1].id == 250)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    qtbot.keyClick(view.table, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: view.model.rows[0].id == 1 and bar.value() == 0)


def test_pages_taken_out_above_do_not_move_what_one_reads(
    desk: Desk, memory: Memory, spec: specs.ListScreen, shelf: Shelf, qtbot: QtBot
) -> None:
    shelf.rows = goods(2_000)
    view = ListView(spec, desk, memory)
    qtbot.addWidget(view)
    view.resize(1100, 700)
    view.show()
    qtbot.waitUntil(lambda: bool(view.model.rows))
    bar = view.table.verticalScrollBar()
    reached = 0
    for _step in range(40):
        qtbot.waitUntil(lambda: not view.model.is_loading)
        bar.setValue(bar.maximum())
        top = view.model.rows[view.table.rowAt(5)].id
        assert top >= reached
        reached = top
    qtbot.waitUntil(lambda: not view.model.is_loading)
    assert view.model.rows[0].id > 1
    assert reached > 1_500


def test_a_busy_database_is_told_with_a_button_to_try_again(view: ListView, shelf: Shelf, qtbot: QtBot) -> None:
    usual = shelf.page

    def busy(_reader: object, _request: PageRequest) -> Any:
        raise DatabaseBusy("Other tills are writing.")

    object.__setattr__(view.spec, "page", busy)
    view.sort_by("price", False)
    qtbot.waitUntil(lambda: "Other tills are writing." in view.messages.text)
    assert len(view.model.rows) == 100
    object.__setattr__(view.spec, "page", usual)
    qtbot.mouseClick(by_name(view, "try_again"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.model.rows[0].price_cents == min(good.price_cents for good in shelf.rows))
    assert view.messages.text == ""


def test_everything_has_a_name_and_nothing_reads_markup(view: ListView, qtbot: QtBot) -> None:
    place = next(at for at, row in enumerate(view.model.rows) if "<img" in row.name)
    view.table.selectRow(place)
    qtbot.waitUntil(view.detail.isVisible)
    view.messages.refuse(view.model.rows[place].name)
    for widget in [view, *view.findChildren(QWidget)]:
        if isinstance(widget, QLabel):
            assert widget.textFormat() == Qt.TextFormat.PlainText, widget.objectName()
        assert not isinstance(widget, QTextEdit)
        assert "<img" not in widget.toolTip()
        inside = isinstance(widget.parentWidget(), QLineEdit | QTableView)
        if isinstance(widget, QLabel | QAbstractButton | QLineEdit) and not inside:
            assert widget.objectName(), widget
            assert widget.accessibleName(), widget.objectName()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"columns": (columns.text("nope", "Nope"),)}, "Good has no nope"),
        ({"columns": (columns.text("sku", "A"), columns.text("sku", "B"))}, "stands there twice"),
        ({"glyph": "no-such-icon"}, "no such icon"),
        ({"on_open": "nope"}, "no command nope"),
        ({"row": Sorts}, "have no id"),
        ({"sorts": Sorts({"sku": ()})}, "no order at, price"),
        (
            {
                "commands": (
                    specs.Command("a", "A", lambda _v, _r: None, shortcut="F3"),
                    specs.Command("b", "B", lambda _v, _r: None, shortcut="F3"),
                ),
                "on_open": "",
                "empty": specs.Empty(),
            },
            "shortcut F3",
        ),
    ],
)
def test_a_declaration_that_does_not_fit_is_refused_at_import(
    spec: specs.ListScreen, change: dict[str, Any], problem: str
) -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match=problem):
        replace(spec, **change)
