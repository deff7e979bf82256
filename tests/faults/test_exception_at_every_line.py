"""An exception at every line of a sale: nothing half done, and the same key then makes the sale once (T03, S38)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import sqlalchemy as sa

import shopdesk
from shopdesk.books.doctor import run_doctor
from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.sales.basket import Discount
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleLine

LOCKING = ("_WriteQueue", "_lock_file", "_unlock_file", "Database.writing", "uuid7")
PACKAGE = str(Path(shopdesk.__file__).parent)


class Injected(Exception):
    """Raised where no exception was foreseen."""


@contextmanager
def failing_at(line: int) -> Iterator[list[int]]:
    """Raise at the n-th line that the program itself runs; yields the count of lines seen.

    Left out are the lines that take and give back the writers' lock: nothing in them can raise, and a test that made them
    would only wait for itself.
    """
    seen = [0]

    def local(frame: FrameType, event: str, _arg: object) -> Any:
        if event == "line":
            seen[0] += 1
            if seen[0] == line:
                raise Injected(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        return local

    def trace(frame: FrameType, _event: str, _arg: object) -> Any:
        code = frame.f_code
        if not code.co_filename.startswith(PACKAGE) or code.co_qualname.startswith(LOCKING):
            return None
        return local

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield seen
    finally:
        sys.settrace(before)


def a_sale() -> CommitSale:
    """A sale that goes through everything: discounts, a customer, two tenders, change."""
    return CommitSale(
        key=uuid7(),
        lines=(SaleLine(sku="TEA", discount=Discount(cents=5, label="old")), SaleLine(barcode="5000159407236")),
        customer="kim@example.org",
        order_discount=Discount(cents=7),
        payments=(PaymentGiven("card", 100), PaymentGiven("cash", 5000)),
    )


def count(shop: Shop, table: str) -> int:
    """How many rows a table has."""

    def question(reader: Any) -> int:
        return int(reader.connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar())

    return shop.ask(question)


def fail_through(shop: Shop, actor: Actor, step: int, first: int = 1) -> int:
    """Fail at every ``step``-th line of a sale, each time finishing it under its key; returns the lines a sale has."""
    sold = count(shop, "orders")
    line = first
    while True:
        command = a_sale()
        failed = False
        with failing_at(line) as seen:
            try:
                shop.execute(commit_sale, command, actor)
            except Injected:
                failed = True
        now = count(shop, "orders")
        assert now in (sold, sold + 1), line
        assert failed or now == sold + 1
        answer = shop.execute(commit_sale, command, actor)
        assert shop.execute(commit_sale, command, actor).fields == answer.fields
        sold += 1
        for table in ("orders", "order_status_history"):
            assert count(shop, table) == sold, (line, table)
        assert count(shop, "order_items") == 2 * sold
        if not failed:
            return seen[0]
        line += step


def test_a_sample_of_lines_may_fail(sqlite_shop: Shop, actor: Actor) -> None:
    lines = fail_through(sqlite_shop, actor, step=41)
    assert lines > 200, "the sale was not traced"
    report = run_doctor(sqlite_shop.database, clock=sqlite_shop.clock)
    assert report.ok, [finding for finding in report.findings if finding.violations]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_line_may_fail(shop: Shop, actor: Actor) -> None:
    shop.execute(adjust_stock, AdjustStock(uuid7(), "TEA", "Main", 9_000_000, "Goods received"), actor)
    fail_through(shop, actor, step=1)
    report = run_doctor(shop.database, clock=shop.clock)
    assert report.ok, [finding for finding in report.findings if finding.violations]
