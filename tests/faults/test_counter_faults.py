"""An exception at every line of what a counter does beside selling: nothing half done, and the same request then does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from shopdesk.books.doctor import run_doctor
from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.sales.card import CardDesk
from shopdesk.sales.card_intents import intents_of_cart
from shopdesk.sales.cash import CashOut, cash_out
from shopdesk.sales.drawer import OpenDrawer, open_drawer
from shopdesk.sales.shifts import CloseShift, CountedPieces, OpenShift, close_shift, open_shift
from shopdesk.sales.terminal import TerminalAnswer
from shopdesk.sales.void import VoidSale, void_sale
from tests.faults.test_exception_at_every_line import Injected, failing_at
from tests.support.counter_day import close, one, open_drawer_with, put_in, rows, sell


def fails(call: Callable[[], object]) -> bool:
    """Whether the injected exception came out, as it is or wrapped by SQLAlchemy."""
    try:
        call()
    except Injected:
        return True
    except sa.exc.StatementError as error:
        if not isinstance(error.orig, Injected):
            raise
        return True
    return False


def fail_through(shop: Shop, actor: Actor, use_case: Any, prepare: Callable[[], Any], table: str, step: int) -> int:
    """Fail at every ``step``-th line of a use case, then send the same command again; returns how many lines it has."""
    line = 1
    while True:
        command = prepare()
        before = one(shop, f"SELECT count(*) FROM {table}")
        journal = one(shop, "SELECT count(*) FROM journal")
        with failing_at(line) as seen:
            failed = fails(lambda command=command: shop.execute(use_case, command, actor))
        half = one(shop, f"SELECT count(*) FROM {table}") - before
        assert half == one(shop, "SELECT count(*) FROM journal") - journal, line
        assert half in (0, 1)
        first = shop.execute(use_case, command, actor)
        assert shop.execute(use_case, command, actor) == first
        assert one(shop, f"SELECT count(*) FROM {table}") == before + 1, line
        assert one(shop, "SELECT count(*) FROM journal") == journal + 1, line
        if seen[0] < line:
            assert not failed
            return seen[0]
        line += step


def sound(shop: Shop) -> None:
    report = run_doctor(shop.database, clock=shop.clock)
    assert report.ok, [finding for finding in report.findings if finding.violations]


STEPS = [
    pytest.param(53, id="sample"),
    pytest.param(1, id="every", marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
]


@pytest.mark.parametrize("step", STEPS)
def test_a_void(sqlite_shop: Shop, actor: Actor, step: int) -> None:
    open_drawer_with(sqlite_shop, actor, 0)

    def prepare() -> VoidSale:
        return VoidSale(uuid7(), sell(sqlite_shop, actor).number, "wrong")

    assert fail_through(sqlite_shop, actor, void_sale, prepare, "voids", step) > 100
    close(sqlite_shop, actor, 0)
    sound(sqlite_shop)


@pytest.mark.parametrize("step", STEPS)
def test_a_close(sqlite_shop: Shop, actor: Actor, step: int) -> None:
    def prepare() -> CloseShift:
        open_drawer_with(sqlite_shop, actor, 1_000)
        sell(sqlite_shop, actor, "SOAP")  # may be sold below zero, as often as there are lines
        put_in(sqlite_shop, actor, 100)
        return CloseShift(uuid7(), counts=(CountedPieces(100, 14),), left_cents=1_000, reason="lost a coin")

    assert fail_through(sqlite_shop, actor, close_shift, prepare, "z_reports", step) > 100
    sound(sqlite_shop)


@pytest.mark.parametrize("step", STEPS)
def test_an_opening(sqlite_shop: Shop, actor: Actor, step: int) -> None:
    def prepare() -> OpenShift:
        if one(sqlite_shop, "SELECT count(*) FROM shifts WHERE status = 'open'"):
            close(sqlite_shop, actor, 1_000)
        return OpenShift(uuid7(), 1_000, counts=(CountedPieces(1_000, 1),))

    assert fail_through(sqlite_shop, actor, open_shift, prepare, "shifts", step) > 60
    close(sqlite_shop, actor, 1_000)
    sound(sqlite_shop)


@pytest.mark.parametrize("step", STEPS)
def test_cash_out_and_a_drawer_opening(sqlite_shop: Shop, actor: Actor, step: int) -> None:
    open_drawer_with(sqlite_shop, actor, 1_000)
    out = lambda: CashOut(uuid7(), 1, "stamps")  # noqa: E731 - a command, made anew
    assert fail_through(sqlite_shop, actor, cash_out, out, "cash_movements", step) > 60
    opened = lambda: OpenDrawer(uuid7(), "change")  # noqa: E731
    assert fail_through(sqlite_shop, actor, open_drawer, opened, "drawer_openings", step) > 60
    sound(sqlite_shop)


@dataclass
class Terminal:
    """A device of its own: what it charged stays charged, whatever becomes of the till."""

    charged: dict[str, int] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)

    def charge(self, reference: str, amount_cents: int, currency: str) -> TerminalAnswer:
        if reference in self.forgotten:
            return TerminalAnswer("cancelled")
        self.charged.setdefault(reference, amount_cents)
        return self.lookup(reference)

    def lookup(self, reference: str) -> TerminalAnswer:
        if reference in self.charged:
            return TerminalAnswer("approved", f"T-{reference}", "Visa", "4242")
        return TerminalAnswer("cancelled" if reference in self.forgotten else "unknown")

    def cancel(self, reference: str) -> TerminalAnswer:
        if reference not in self.charged:
            self.forgotten.add(reference)
        return self.lookup(reference)

    def reverse(self, reference: str) -> TerminalAnswer:
        self.charged.pop(reference, None)
        self.forgotten.add(reference)
        return TerminalAnswer("reversed")


@pytest.mark.parametrize("step", [pytest.param(29, id="sample"), STEPS[1]])
def test_the_till_dies_anywhere_in_a_card_payment_and_no_cent_is_lost(
    sqlite_shop: Shop, actor: Actor, step: int
) -> None:
    """After the restart the books know of every charge, and no payment is open that the terminal could still make."""
    terminal, line = Terminal(), 1
    while True:
        cart, intent = uuid7(), uuid7()
        with failing_at(line) as seen:
            failed = fails(lambda: CardDesk(sqlite_shop, terminal).charge(actor, cart, 350, intent))  # noqa: B023
        restarted = CardDesk(sqlite_shop, terminal)
        restarted.recover(actor, 1)
        statuses = {row.uid: row.status for row in sqlite_shop.ask(intents_of_cart, cart)}
        if intent in terminal.charged:
            assert statuses == {intent: "approved"}, line
        else:
            assert statuses in ({}, {intent: "cancelled"}), line
            assert failed
        if seen[0] < line:
            break
        line += step
    assert line > 100
    known = {uid for (uid,) in rows(sqlite_shop, "SELECT uid FROM card_intents WHERE status = 'approved'")}
    assert known == set(terminal.charged)


@pytest.mark.parametrize("step", [pytest.param(23, id="sample"), STEPS[1]])
def test_the_till_dies_anywhere_while_giving_money_back(sqlite_shop: Shop, actor: Actor, step: int) -> None:
    terminal, line = Terminal(), 1
    while True:
        cart, intent = uuid7(), uuid7()
        CardDesk(sqlite_shop, terminal).charge(actor, cart, 350, intent)
        with failing_at(line) as seen:
            fails(lambda: CardDesk(sqlite_shop, terminal).reverse(actor, intent))  # noqa: B023
        restarted = CardDesk(sqlite_shop, terminal)
        restarted.recover(actor, 1)
        status = next(row.status for row in sqlite_shop.ask(intents_of_cart, cart))
        expected = "approved" if intent in terminal.charged else ("reversed", "cancelled")
        assert status in expected, (line, status)
        if seen[0] < line:
            break
        line += step
    assert line > 60
