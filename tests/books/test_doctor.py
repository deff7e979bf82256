"""The doctor on an honest shop: a busy day proves itself, on both databases, fast and in full."""

from __future__ import annotations

import json
import random

import pytest

from shopdesk.books.doctor import run_doctor
from shopdesk.books.doctor_words import HINTS, IDS, NAMES, NOT_YET
from shopdesk.core.ids import uuid7
from shopdesk.db.backup import dump
from shopdesk.db.database import Database
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from tests.support.busy_day import busy_day


def wrong(report):
    return {finding.id: finding.samples for finding in report.findings if finding.violations}


def test_a_new_shop_is_sound(shop):
    report = run_doctor(shop.database, clock=shop.clock)
    assert wrong(report) == {}
    assert report.ok


@pytest.mark.parametrize("fast", [False, True])
def test_a_busy_day_proves_itself(shop, clock, fast):
    busy_day(shop, clock)
    report = run_doctor(shop.database, fast=fast, clock=clock)
    assert wrong(report) == {}
    assert report.heads.keys() == {"T1", "T2"}
    again = run_doctor(shop.database, fast=fast, anchors=tuple(report.heads.values()), clock=clock)
    assert wrong(again) == {}
    assert again.heads == report.heads


def test_the_lines_are_those_of_the_headless_face(shop, clock):
    lines = list(run_doctor(shop.database, clock=clock).lines())
    assert [line["id"] for line in lines[:-1]] == [f"I{number:02d}" for number in range(1, 43)]
    assert {line["id"] for line in lines[:-1] if line.get("skipped")} == NOT_YET
    assert lines[-1].keys() == {"ok", "heads"}
    assert json.loads(json.dumps(lines)) == lines
    assert NAMES.keys() == HINTS.keys() == set(IDS)


def test_the_doctor_writes_nothing(sqlite_shop):
    before = sqlite_shop.database.file.read_bytes()
    run_doctor(sqlite_shop.database, clock=sqlite_shop.clock)
    assert sqlite_shop.database.file.read_bytes() == before


@pytest.mark.parametrize("anchor", ["T1:999999:" + "0" * 64, "T9:1:" + "0" * 64, "T1:1:" + "0" * 64, "nonsense", ""])
def test_a_head_that_is_not_in_the_journal_is_told(sqlite_shop, anchor):
    for fast in (False, True):
        report = run_doctor(sqlite_shop.database, fast=fast, anchors=(anchor,), clock=sqlite_shop.clock)
        assert set(wrong(report)) == {"I21"}


def test_a_damaged_file_gets_a_report_and_no_traceback(sqlite_shop, clock, tmp_path):
    """A page zeroed, a file cut: told as what it is, whatever page it was."""
    busy_day(sqlite_shop, clock)
    whole = tmp_path / "whole.db"
    dump(sqlite_shop.database, whole)
    with Database(str(whole)).reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar()
    content = whole.read_bytes()
    seed = 20261120
    dice = random.Random(seed)
    for page in [0, 1, *(dice.randrange(pages) for _ in range(25))]:
        damaged = bytearray(content)
        damaged[page * size : (page + 1) * size] = bytes(size)
        (tmp_path / "damaged.db").write_bytes(damaged)
        assert not _told(tmp_path / "damaged.db", clock).ok, f"page {page}, seed {seed}"
    for length in (100, size, size * 3 + 17, size * (pages // 2)):
        (tmp_path / "damaged.db").write_bytes(content[:length])
        assert "I42" in wrong(_told(tmp_path / "damaged.db", clock)), f"cut at {length}"


def _told(file, clock):
    database = Database(str(file))
    try:
        return run_doctor(database, clock=clock)
    finally:
        database.close()


def test_many_violations_are_counted_and_five_are_shown(sqlite_shop, clock):
    busy_day(sqlite_shop, clock)
    with sqlite_shop.database.writing() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER guard_orders_update")
        connection.exec_driver_sql("UPDATE orders SET subtotal_cents = subtotal_cents + 1")
        orders = connection.exec_driver_sql("SELECT count(*) FROM orders").scalar()
    report = run_doctor(sqlite_shop.database, clock=clock)
    found = {finding.id: finding for finding in report.findings}
    assert found["I07"].violations == orders > 5
    assert len(found["I07"].samples) == 5
    assert found["I07"].hint
    assert "subtotal" in found["I07"].samples[0]


def test_a_clock_that_ran_ahead_is_told_until_it_is_put_right(sqlite_shop, clock, actor):
    """Entries of the future are wrong as long as nothing explains them; once the clock went back, that does."""

    def sell() -> None:
        sqlite_shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),)), actor)

    now = clock.now()
    clock.advance(days=400)
    sell()
    clock.set(now)
    assert set(wrong(run_doctor(sqlite_shop.database, clock=clock))) == {"I38"}
    sell()
    assert wrong(run_doctor(sqlite_shop.database, clock=clock)) == {}
