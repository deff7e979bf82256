"""A declared report: parameters, rows in any order, totals under their columns, bars, and what else tables have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.permissions import Permission
from shopdesk.core.report import Report
from shopdesk.ui.kit import columns, specs
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.report_screen import Chart, ReportScreen
from shopdesk.ui.kit.report_view import ReportView


@dataclass(frozen=True, slots=True)
class Value:
    """What a shelf is worth."""

    id: int
    name: str
    quantity_milli: int
    value_cents: int


class Shelves:
    """Answers the report and remembers what it was asked."""

    def __init__(self, count: int = 3) -> None:
        self.asked: list[dict[str, object]] = []
        self.rows = [Value(n, f"Shelf {n}", n * 1_000, {1: 500, 2: 900, 3: 100}.get(n, n)) for n in range(1, count + 1)]

    def report(self, _reader: object, *, least_cents: int | None, word: str | None) -> Report[Value]:
        """The rows above a value."""
        self.asked.append({"least_cents": least_cents, "word": word})
        rows = [row for row in self.rows if row.value_cents >= (least_cents or 0)]
        totals = {
            "quantity_milli": sum(row.quantity_milli for row in rows),
            "value_cents": sum(r.value_cents for r in rows),
        }
        return Report(rows, totals, said="As of now." if rows else "")


@pytest.fixture
def shelves() -> Shelves:
    return Shelves()


@pytest.fixture
def opened() -> list[int]:
    return []


@pytest.fixture
def spec(shelves: Shelves, opened: list[int]) -> ReportScreen:
    return ReportScreen(
        key="test.values",
        title="Value of stock",
        needs=Permission.SALES_VIEW,
        report=shelves.report,
        row=Value,
        columns=(
            columns.text("name", "Name", stretch=True),
            columns.quantity("quantity_milli", "On hand"),
            columns.money("value_cents", "Value"),
        ),
        parameters=(Field("least_cents", "At least", Holds.MONEY), Field("word", "Word")),
        defaults={"least_cents": 0},
        chart=Chart("name", "value_cents"),
        commands=(specs.Command("open", "Open", lambda _view, rows: opened.append(rows[0].id)),),
        on_open="open",
        refresh_on={"StockLevel"},
    )


@pytest.fixture
def view(spec: ReportScreen, desk: Desk, memory: Memory, qtbot: QtBot) -> ReportView:
    made = ReportView(spec, desk, memory)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    qtbot.waitUntil(lambda: len(made.rows) == 3)
    return made


def by_name(view: QWidget, name: str) -> Any:
    found = view.findChild(QWidget, name)
    assert found is not None, name
    return found


def test_rows_totals_and_bars_are_shown(view: ReportView) -> None:
    assert [row.id for row in view.model.rows] == [1, 2, 3]
    assert view.totals.texts == {"quantity_milli": "6", "value_cents": "15.00"}
    assert "15.00" in view.totals.accessibleName()
    assert [(words, value) for words, value, _figure in view.bars.bars] == [
        ("Shelf 2", 900),
        ("Shelf 1", 500),
        ("Shelf 3", 100),
    ]
    assert "9.00" in view.bars.bars[0][2]
    assert by_name(view, "report_said").text() == "As of now."
    assert by_name(view, "count").text() == "3 entries"


def test_every_column_sorts_in_memory(view: ReportView, shelves: Shelves, qtbot: QtBot) -> None:
    asked = len(shelves.asked)
    view.table.horizontalHeader().sectionClicked.emit(2)
    assert [row.id for row in view.model.rows] == [3, 1, 2]
    view.table.horizontalHeader().sectionClicked.emit(2)
    assert [row.id for row in view.model.rows] == [2, 1, 3]
    view.table.horizontalHeader().sectionClicked.emit(2)
    assert [row.id for row in view.model.rows] == [3, 1, 2]
    assert len(shelves.asked) == asked


def test_a_parameter_asks_again_and_an_unreadable_one_does_not(
    view: ReportView, shelves: Shelves, qtbot: QtBot
) -> None:
    line = view.form.input("least_cents")
    line.setText("4")
    line.textEdited.emit("4")
    qtbot.waitUntil(lambda: [row.id for row in view.rows] == [1, 2])
    assert shelves.asked[-1] == {"least_cents": 400, "word": None}
    asked = len(shelves.asked)
    line.setText("four")
    line.textEdited.emit("four")
    qtbot.waitUntil(lambda: bool(view.form.error("least_cents")))
    assert len(shelves.asked) == asked
    assert len(view.rows) == 2


def test_nothing_found_says_so_and_hides_the_totals(view: ReportView, qtbot: QtBot) -> None:
    line = view.form.input("least_cents")
    line.setText("1000")
    line.textEdited.emit("1000")
    qtbot.waitUntil(lambda: not view.rows)
    assert view.totals.isHidden()
    assert by_name(view, "empty_text").isVisible()
    assert not by_name(view, "report_chart").isVisible()


def test_a_change_makes_it_anew_and_enter_opens(
    view: ReportView, shelves: Shelves, opened: list[int], qtbot: QtBot
) -> None:
    shelves.rows.append(Value(4, "Shelf 4", 1, 2))
    view.desk.changed.emit(frozenset({"StockLevel"}))
    qtbot.waitUntil(lambda: len(view.rows) == 4)
    view.table.selectRow(1)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert opened == [2]


def test_a_long_report_is_paged_in_memory_and_walked_for_export(
    spec: ReportScreen, shelves: Shelves, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    shelves.rows = Shelves(2_500).rows
    view = ReportView(spec, desk, memory)
    qtbot.addWidget(view)
    view.resize(1100, 700)
    view.show()
    qtbot.waitUntil(lambda: len(view.rows) == 2_500)
    assert len(view.model.rows) <= 200
    qtbot.keyClick(view.table, Qt.Key.Key_End)
    assert view.model.rows[-1].id == 2_500
    source = view.export_source()
    request, walked = source.request, []
    while True:
        page = source.page(None, request, **source.fixed)
        walked += [row.id for row in page.rows]
        if page.next is None:
            break
        request = replace(request, after=page.next)
    assert walked == [row.id for row in view.rows]


def test_chosen_rows_are_copied_as_text(view: ReportView, qtbot: QtBot) -> None:
    view.table.selectAll()
    assert by_name(view, "chosen_count").text() == "3 chosen"
    view.activateWindow()
    view.table.setFocus()
    qtbot.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QApplication.clipboard().text()
    assert text.splitlines()[0].startswith("Name\tOn hand\tValue")
    assert len(text.splitlines()) == 4


def test_declarations_that_do_not_fit_are_refused(spec: ReportScreen) -> None:
    with pytest.raises(ValueError, match="has no nothing"):
        replace(spec, columns=(columns.text("nothing", "Nothing"),), chart=None)
    with pytest.raises(ValueError, match="the chart shows columns"):
        replace(spec, chart=Chart("name", "weight"))
    with pytest.raises(ValueError, match="no command"):
        replace(spec, on_open="fly")
