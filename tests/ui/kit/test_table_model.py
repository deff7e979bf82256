"""The paged model: honest to Qt, each row once, no answer that is no longer wanted, a window that stays small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from shopdesk.db.paging import Page, PageRequest
from shopdesk.ui.kit import columns
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.table_model import ROW, PagedModel
from shopdesk.ui.kit.tasks import Ticket
from tests.ui.kit.shelf import Good, Shelf, goods

COLUMNS = (
    columns.text("sku", "SKU", sort=True),
    columns.text("name", "Name", stretch=True),
    columns.money("price_cents", "Price", sort="price"),
    columns.quantity("stock_milli", "Stock"),
    columns.state("status", "State", {"void": columns.State("Voided", "danger", "cancel")}),
    columns.moment("at", "Time", sort=True),
)
NOWHERE = QModelIndex()


class Counter:
    """Answers pages when it is told to, so that a test decides who is late."""

    def __init__(self, shelf: Shelf, *, at_once: bool = True) -> None:
        self.shelf = shelf
        self.at_once = at_once
        self.waiting: list[tuple[Ticket, PageRequest, Callable[[Page[Any]], object]]] = []

    def __call__(
        self,
        request: PageRequest,
        done: Callable[[Page[Any]], object],
        failed: Callable[[BaseException], object],
    ) -> Ticket:
        ticket = Ticket(1, done, failed, None, "")
        if self.at_once:
            ticket.deliver(self.shelf.page(None, request), None)
        else:
            self.waiting.append((ticket, request, done))
        return ticket

    def answer(self, place: int = 0) -> None:
        """Answer one of the waiting requests."""
        ticket, request, _done = self.waiting.pop(place)
        ticket.deliver(self.shelf.page(None, request), None)

    def break_down(self, error: BaseException) -> None:
        """Fail the oldest waiting request."""
        self.waiting.pop(0)[0].deliver(None, error)


def paged(
    rows: list[Good], *, page_rows: int = 10, max_pages: int = 4, at_once: bool = True
) -> tuple[PagedModel, Counter]:
    counter = Counter(Shelf(rows), at_once=at_once)
    return PagedModel(COLUMNS, counter, Formats(), page_rows=page_rows, max_pages=max_pages), counter


def walk_down(model: PagedModel) -> list[int]:
    """Every id from the top to the end, reading on as a scroll bar does."""
    seen: list[int] = []
    while True:
        seen += [row.id for row in model.rows if row.id not in set(seen)]
        if not model.canFetchMore(NOWHERE):
            return seen
        model.fetchMore(NOWHERE)


def test_qt_finds_nothing_to_complain_about(dressed: object) -> None:
    model, _counter = paged(goods(95))
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.load()
    walk_down(model)
    model.jump_to_end()
    while model.can_fetch_above():
        model.fetch_above()
    model.ask_for(PageRequest(sort="price", descending=True))
    model.ask_for(PageRequest(search="nothing like this"))
    model.refresh()
    assert model.is_empty


@given(
    count=st.integers(0, 90),
    page_rows=st.integers(1, 12),
    max_pages=st.integers(2, 5),
    sort=st.sampled_from(["", "sku", "price", "at"]),
    descending=st.booleans(),
)
def test_a_page_walk_visits_each_row_once(
    count: int, page_rows: int, max_pages: int, sort: str, descending: bool
) -> None:
    model, counter = paged(goods(count), page_rows=page_rows, max_pages=max_pages)
    model.ask_for(PageRequest(sort=sort, descending=descending))
    down = walk_down(model)
    expected = [good.id for good in sorted(counter.shelf.rows, key=Shelf.orders[sort], reverse=descending)]
    assert down == expected
    assert len(model.rows) <= max_pages * page_rows
    while model.can_fetch_above():
        model.fetch_above()
    top = [row.id for row in model.rows]
    assert top == expected[: len(top)]


@given(count=st.integers(1, 90), page_rows=st.integers(1, 12), max_pages=st.integers(2, 5))
def test_a_walk_from_the_end_visits_each_row_once(count: int, page_rows: int, max_pages: int) -> None:
    model, _counter = paged(goods(count), page_rows=page_rows, max_pages=max_pages)
    model.load()
    model.jump_to_end()
    assert model.rows[-1].id == count
    seen: list[int] = []
    while True:
        seen = [row.id for row in model.rows if row.id not in set(seen)] + seen
        if not model.can_fetch_above():
            break
        model.fetch_above()
    assert seen == list(range(1, count + 1))
    while model.canFetchMore(NOWHERE):
        model.fetchMore(NOWHERE)
    assert model.rows[-1].id == count


def test_the_end_of_a_long_list_costs_one_page(dressed: object) -> None:
    model, counter = paged(goods(500))
    model.load()
    counter.shelf.asked.clear()
    model.jump_to_end()
    assert [row.id for row in model.rows] == list(range(491, 501))
    assert len(counter.shelf.asked) == 1


def test_fetch_more_guards_itself(dressed: object) -> None:
    model, counter = paged(goods(50), at_once=False)
    model.fetchMore(NOWHERE)
    assert counter.waiting == []
    model.load()
    model.fetchMore(NOWHERE)
    assert len(counter.waiting) == 1
    counter.answer()
    model.fetchMore(NOWHERE)
    model.fetchMore(NOWHERE)
    assert len(counter.waiting) == 1
    counter.answer()
    assert len(model.rows) == 20


def test_a_late_answer_to_an_old_question_is_dropped(dressed: object) -> None:
    model, counter = paged(goods(50), at_once=False)
    model.load()
    counter.answer()
    model.ask_for(PageRequest(sort="price"))
    model.ask_for(PageRequest(sort="price", descending=True))
    counter.answer(1)
    wanted = [row.id for row in model.rows]
    counter.answer(0)
    assert [row.id for row in model.rows] == wanted
    assert wanted == [good.id for good in sorted(goods(50), key=Shelf.orders["price"], reverse=True)][:10]


def test_the_old_rows_stay_until_the_new_ones_are_here(dressed: object) -> None:
    model, counter = paged(goods(50), at_once=False)
    model.load()
    counter.answer()
    model.ask_for(PageRequest(search="tea 4"))
    assert len(model.rows) == 10
    assert model.is_loading
    counter.answer()
    assert all("4" in row.name for row in model.rows)


def test_a_page_that_cannot_be_read_stops_the_walk_and_is_told(dressed: object) -> None:
    model, counter = paged(goods(50), at_once=False)
    told: list[BaseException] = []
    model.failed.connect(told.append)
    model.load()
    counter.answer()
    model.fetchMore(NOWHERE)
    counter.break_down(OSError("gone"))
    model.fetchMore(NOWHERE)
    assert counter.waiting == []
    assert len(told) == 1
    assert len(model.rows) == 10
    model.load()
    counter.answer()
    model.fetchMore(NOWHERE)
    assert len(counter.waiting) == 1


def test_refresh_keeps_the_window_and_drops_what_is_gone(dressed: object) -> None:
    model, counter = paged(goods(50))
    model.load()
    model.fetchMore(NOWHERE)
    counter.shelf.rows = [good for good in counter.shelf.rows if good.id != 5]
    model.refresh()
    ids = [row.id for row in model.rows]
    assert 5 not in ids
    assert ids == [number for number in range(1, 22) if number != 5]


def test_a_row_that_moved_across_pages_is_shown_once(dressed: object) -> None:
    model, counter = paged(goods(30))
    model.ask_for(PageRequest(sort="price"))
    first = model.rows[0]
    counter.shelf.rows = [
        Good(first.id, first.sku, first.name, 99_999, 0, "open", first.at) if good.id == first.id else good
        for good in counter.shelf.rows
    ]
    seen = walk_down(model)
    assert sorted(seen) == list(range(1, 31))
    assert len({row.id for row in model.rows}) == len(model.rows)


@given(
    steps=st.lists(
        st.one_of(
            st.sampled_from(["above", "below", "start", "end", "refresh"]),
            st.integers(-1, 9_100),
        ),
        max_size=40,
    ),
    page_rows=st.integers(1, 9),
    max_pages=st.integers(2, 5),
    descending=st.booleans(),
)
def test_wherever_one_jumps_the_window_is_a_stretch_of_the_list(
    steps: list[Any], page_rows: int, max_pages: int, descending: bool
) -> None:
    model, counter = paged(goods(70), page_rows=page_rows, max_pages=max_pages)
    model.ask_for(PageRequest(sort="price", descending=descending))
    place = counter.shelf.orders["price"]
    whole = [good.id for good in sorted(goods(70), key=place, reverse=descending)]

    def here() -> list[int]:
        ids = [row.id for row in model.rows]
        start = whole.index(ids[0])
        assert ids == whole[start : start + len(ids)]
        assert model.can_fetch_above() or start == 0
        assert model.canFetchMore(NOWHERE) or start + len(ids) == 70
        return ids

    for step in steps:
        if step == "above":
            model.fetch_above()
        elif step == "below":
            model.fetchMore(NOWHERE)
        elif step == "start":
            model.jump_to_start()
            assert here()[0] == whole[0]
        elif step == "end":
            model.jump_to_end()
            assert here()[-1] == whole[-1]
        elif step == "refresh":
            model.refresh()
        else:
            model.jump_to((step, 10**9 if descending else -1))
            in_order = sorted(goods(70), key=place, reverse=descending)
            rest = [
                good.id for good in in_order if (good.price_cents <= step if descending else good.price_cents >= step)
            ]
            if rest:
                assert here()[0] == rest[0]
        assert len(here()) <= 3 * max_pages * page_rows
    seen = set(here())
    while model.can_fetch_above():
        model.fetch_above()
        seen |= set(here())
    while model.canFetchMore(NOWHERE):
        model.fetchMore(NOWHERE)
        seen |= set(here())
    assert seen == set(whole)


def test_a_jump_past_the_end_shows_the_end(dressed: object) -> None:
    model, _counter = paged(goods(50))
    model.ask_for(PageRequest(sort="sku"))
    model.jump_to(("ZZZ", 0))
    assert model.rows[-1].id == 50
    assert not model.canFetchMore(NOWHERE)
    assert model.can_fetch_above()


def test_many_refreshes_do_not_make_the_window_grow(dressed: object) -> None:
    model, _counter = paged(goods(3_000), page_rows=20, max_pages=4)
    model.load()
    longest = 0
    for _round in range(60):
        for _step in range(6):
            model.fetchMore(NOWHERE)
            longest = max(longest, len(model.rows))
        model.refresh()
        longest = max(longest, len(model.rows))
    assert longest <= 3 * 4 * 20


def test_memory_stays_flat_over_a_long_walk(dressed: object) -> None:
    model, _counter = paged(goods(2_000), page_rows=50, max_pages=4)
    model.load()
    longest = 0
    while model.canFetchMore(NOWHERE):
        model.fetchMore(NOWHERE)
        longest = max(longest, len(model.rows))
    assert longest <= 200
    assert model.rows[-1].id == 2_000


def test_cells_are_written_for_people(dressed: object) -> None:
    model, _counter = paged(goods(12))
    model.load()
    good = model.rows[2]
    shown = [model.data(model.index(2, column)) for column in range(len(COLUMNS))]
    assert shown == [good.sku, good.name, "4.11", "0.75", "Voided", "Nov 20, 2026 12:00"]
    assert model.headerData(2, Qt.Orientation.Horizontal) == "Price (€)"
    assert model.data(model.index(2, 0), ROW) is good
    right = Qt.AlignmentFlag.AlignRight
    assert model.data(model.index(2, 2), Qt.ItemDataRole.TextAlignmentRole) & right
    assert not model.data(model.index(2, 1), Qt.ItemDataRole.TextAlignmentRole) & right


def test_markup_in_a_tooltip_is_shown_as_it_is_written(dressed: object) -> None:
    model, _counter = paged(goods(12))
    model.load()
    tip = model.data(model.index(2, 1), Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip
    assert "&lt;img" in tip


@pytest.mark.parametrize("bad", [-1, 10])
def test_an_index_outside_gives_nothing(dressed: object, bad: int) -> None:
    model, _counter = paged(goods(10))
    model.load()
    assert model.data(model.index(bad, 0)) is None
    assert model.headerData(99, Qt.Orientation.Horizontal) is None
