"""Any order of what can happen at two counters, against a till roll kept by hand; at the end the doctor looks (T01)."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shopdesk.app import open_shop
from shopdesk.books.doctor import run_doctor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.sales.drawer import OpenDrawer, open_drawer
from shopdesk.sales.queries import all_documents
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.sales.shift_report import shift_totals
from shopdesk.sales.training import sell_training
from tests.support.counter_day import close, one, open_drawer_with, pay, put_in, rows, sell, take_out, void
from tests.support.small_shop import OPENING, actor_of, found

PRICES = {"TEA": 350, "MUG": 799, "SOAP": 249, "LAST": 500}
STOCK = {"TEA": 1000, "MUG": 10, "SOAP": 3, "LAST": 1}
MAY_GO_BELOW = {"SOAP"}
TILLS = ("T1", "T2")
_template: list[Path] = []


def template() -> Path:
    """The corner shop, made once for all examples."""
    if not _template:
        path = Path(tempfile.mkdtemp(prefix="counter")) / "shop.db"
        found(f"sqlite:///{path}", ManualClock(OPENING))
        _template.append(path)
    return _template[0]


class TwoCounters(RuleBasedStateMachine):
    """The shop beside plain arithmetic: drawers, stock, numbers, turnover."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="counter"))
        shutil.copyfile(template(), self.folder / "shop.db")
        self.clock = ManualClock(OPENING)
        self.latest = OPENING
        self.shop = open_shop(f"sqlite:///{self.folder / 'shop.db'}", clock=self.clock)
        self.people = {till: actor_of(self.shop, "olga", till) for till in TILLS}
        self.stock = dict(STOCK)
        self.drawer: dict[str, int | None] = dict.fromkeys(TILLS)
        self.left: dict[str, int] = {}
        self.numbers: Counter[tuple[str, str]] = Counter()
        self.turnover: Counter[str] = Counter()
        self.shift_turnover: Counter[str] = Counter()
        self.sales: dict[str, dict[str, Any]] = {}
        self.last: tuple[str, str, str, int, str] | None = None

    def teardown(self) -> None:
        self.clock.set(self.latest)  # by now the clock is right again
        report = run_doctor(self.shop.database, clock=self.clock)
        wrong = {finding.id: finding.samples for finding in report.findings if finding.violations}
        self.shop.close()
        shutil.rmtree(self.folder)
        assert wrong == {}

    def number(self, till: str, series: str) -> str:
        self.numbers[till, series] += 1
        return f"{till}-{series}{self.numbers[till, series]:06d}"

    def refused(self, code: str, call: Any, *args: Any, **more: Any) -> None:
        with pytest.raises(ShopError) as caught:
            call(self.shop, *args, **more)
        assert caught.value.code == code

    @rule(minutes=st.integers(-30, 300))
    def time_passes_or_the_clock_is_set_back(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)
        self.latest = max(self.latest, self.clock.now())

    @rule(till=st.sampled_from(TILLS), cents=st.integers(0, 20_000))
    def open_a_shift(self, till: str, cents: int) -> None:
        who = self.people[till]
        if self.drawer[till] is not None:
            self.refused("shift_already_open", open_drawer_with, who, cents)
            return
        self.numbers[till, "SHIFT"] += 1
        assert open_drawer_with(self.shop, who, cents) == self.numbers[till, "SHIFT"]
        difference = one(self.shop, "SELECT opening_difference_cents FROM shifts ORDER BY id DESC LIMIT 1")
        assert difference == cents - self.left.get(till, cents)
        self.drawer[till] = cents
        self.shift_turnover[till] = 0

    @rule(
        till=st.sampled_from(TILLS),
        sku=st.sampled_from(sorted(PRICES)),
        qty=st.integers(1, 4),
        card=st.integers(0, 2_000),
        over=st.integers(0, 700),
    )
    def sell_something(self, till: str, sku: str, qty: int, card: int, over: int) -> None:
        total = PRICES[sku] * qty
        by_card = min(card, total)
        cash = total - by_card + over if by_card < total else 0
        tenders = pay(**{name: cents for name, cents in (("card", by_card), ("cash", cash)) if cents})
        who, key = self.people[till], uuid7()
        if self.stock[sku] < qty and sku not in MAY_GO_BELOW:
            self.refused("out_of_stock", sell, who, sku, qty, key=key, payments=tenders)
            return
        answer = sell(self.shop, who, sku, qty, key=key, payments=tenders)
        number = self.number(till, "S")
        assert (answer.number, answer.total_cents) == (number, total)
        assert answer.change_cents == (over if by_card < total else 0)
        self.stock[sku] -= qty
        kept = total - by_card
        in_shift = self.drawer[till] is not None
        if in_shift:
            self.drawer[till] += kept  # type: ignore[operator]
            self.shift_turnover[till] += total
        self.turnover[till] += total
        shift = (till, self.numbers[till, "SHIFT"]) if in_shift else None
        self.sales[number] = {"sku": sku, "qty": qty, "total": total, "cash": kept, "shift": shift, "void": None}
        self.last = (key, till, sku, qty, number) if not card and not over else self.last

    @precondition(lambda self: self.last is not None)
    @rule()
    def send_the_last_cash_sale_again(self) -> None:
        assert self.last is not None
        key, till, sku, qty, number = self.last
        tenders = pay(cash=PRICES[sku] * qty)
        assert sell(self.shop, self.people[till], sku, qty, key=key, payments=tenders).number == number
        self.refused("key_reused", sell, self.people[till], sku, qty + 1, key=key, payments=tenders)

    @precondition(lambda self: self.sales)
    @rule(till=st.sampled_from(TILLS), place=st.integers(0, 50))
    def void_a_sale(self, till: str, place: int) -> None:
        number = sorted(self.sales)[place % len(self.sales)]
        sale, who = self.sales[number], self.people[till]
        if sale["void"]:
            self.refused("already_voided", void, who, number)
            return
        if sale["shift"] is not None and sale["shift"] in self.closed_shifts():
            self.refused("shift_closed", void, who, number)
            return
        sale["void"] = self.number(till, "V")
        assert void(self.shop, who, number) == sale["void"]
        self.stock[sale["sku"]] += sale["qty"]
        self.turnover[till] -= sale["total"]
        if self.drawer[till] is not None:
            self.drawer[till] -= sale["cash"]  # type: ignore[operator]
            self.shift_turnover[till] -= sale["total"]

    def closed_shifts(self) -> set[tuple[str, int]]:
        return {
            (till, shift)
            for till in TILLS
            for shift in range(1, self.numbers[till, "SHIFT"] + (self.drawer[till] is None))
        }

    @rule(till=st.sampled_from(TILLS), cents=st.integers(1, 5_000), out=st.booleans())
    def move_cash(self, till: str, cents: int, out: bool) -> None:
        call, who = (take_out if out else put_in), self.people[till]
        if self.drawer[till] is None:
            self.refused("shift_not_open", call, who, cents)
            return
        call(self.shop, who, cents)
        self.number(till, "C")
        self.drawer[till] += -cents if out else cents  # type: ignore[operator]

    @rule(till=st.sampled_from(TILLS))
    def open_the_drawer(self, till: str) -> None:
        made = self.shop.execute(open_drawer, OpenDrawer(uuid7(), "a note for the bus"), self.people[till])
        assert made.number == self.number(till, "N")

    @rule(till=st.sampled_from(TILLS), qty=st.integers(1, 99))
    def practise(self, till: str, qty: int) -> None:
        command = CommitSale(key=uuid7(), lines=(SaleLine(qty * 1000, sku="LAST"),))
        answer = self.shop.execute(sell_training, command, self.people[till])
        assert (answer.number, answer.total_cents) == (self.number(till, "TR"), 500 * qty)

    @rule(till=st.sampled_from(TILLS), off=st.integers(-200, 200), leave=st.integers(0, 30_000))
    def close_the_shift(self, till: str, off: int, leave: int) -> None:
        who, due = self.people[till], self.drawer[till]
        if due is None:
            self.refused("shift_not_open", close, who, 0)
            return
        counted = max(0, due + off)
        left = min(leave, counted)
        if counted != due:
            self.refused("reason_needed", close, who, counted, left_cents=left)
        z = close(self.shop, who, counted, left_cents=left, reason="counted twice")
        assert (z.z, z.expected_cents, z.difference_cents) == (self.number(till, "Z"), due, counted - due)
        shift_id = one(self.shop, "SELECT shift_id FROM z_reports WHERE number = :z", z=z.z)
        assert self.shop.ask(shift_totals, shift_id).turnover_cents == self.shift_turnover[till]
        self.drawer[till], self.left[till] = None, left

    @invariant()
    def the_books_say_what_the_till_roll_says(self) -> None:
        on_hand = rows(
            self.shop,
            "SELECT sku, on_hand FROM stock_levels l JOIN product_variants v ON v.id = l.variant_id "
            "WHERE sku IN ('TEA', 'MUG', 'SOAP', 'LAST')",
        )
        assert dict(on_hand) == {sku: 1000 * pieces for sku, pieces in self.stock.items()}
        perpetual = dict(rows(self.shop, "SELECT scope, perpetual_cents FROM counters WHERE series = 'journal'"))
        assert perpetual == {till: self.turnover[till] for till in TILLS}
        told = self.shop.ask(lambda reader: sum(row.total_cents for row in all_documents(reader)))
        assert told == sum(self.turnover.values())


TestTwoCounters = TwoCounters.TestCase
TestTwoCounters.settings = settings(max_examples=15, stateful_step_count=25)
