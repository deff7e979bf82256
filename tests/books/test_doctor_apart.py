"""A big shop's sales are examined by a second process at the same moment, with the same findings."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import pytest

from shopdesk.books import doctor, doctor_apart
from shopdesk.books.doctor import run_doctor
from tests.support.busy_day import busy_day


@pytest.fixture(autouse=True)
def always_apart(monkeypatch):
    monkeypatch.setattr(doctor_apart, "WORTH_IT", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.fixture
def here(monkeypatch):
    """How often sales were examined in this process after all."""
    calls = []
    walk = doctor.walk_sales
    monkeypatch.setattr(doctor, "walk_sales", lambda *arguments: (calls.append(1), walk(*arguments))[1])
    return calls


def wrong(report) -> set[str]:
    return {finding.id for finding in report.findings if finding.violations}


def test_an_honest_shop_is_sound_and_a_tampered_one_is_found(shop, clock, here):
    busy_day(shop, clock)
    assert wrong(run_doctor(shop.database, clock=clock)) == set()
    on = "" if shop.database.dialect == "sqlite" else " ON orders"
    with shop.database.writing() as connection, connection.begin():
        connection.exec_driver_sql(f"DROP TRIGGER guard_orders_update{on}")
        connection.exec_driver_sql("UPDATE orders SET subtotal_cents = subtotal_cents + 1")
        orders = connection.exec_driver_sql("SELECT count(*) FROM orders").scalar()
    report = run_doctor(shop.database, clock=clock)
    found = {finding.id: finding.violations for finding in report.findings}
    assert found["I07"] == found["I19"] == orders
    assert here == []


def test_another_moment_is_not_taken_for_the_same_one(shop, clock, actor):
    from shopdesk.core.ids import uuid7
    from shopdesk.sales.checkout import commit_sale
    from shopdesk.sales.sale_command import CommitSale, SaleLine

    with doctor_apart.snapshot(shop.database) as connection:
        before = doctor_apart.moment(connection)
        shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),)), actor)
        assert doctor_apart.moment(connection) == before
    with doctor_apart.snapshot(shop.database) as connection:
        assert doctor_apart.moment(connection) != before


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_second_process_that_dies_leaves_the_work_to_the_first(sqlite_shop, clock, here, monkeypatch):
    busy_day(sqlite_shop, clock)
    begin = doctor_apart.Apart.begin

    def killed(self, scope) -> None:
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        begin(self, scope)

    monkeypatch.setattr(doctor_apart.Apart, "begin", killed)
    assert wrong(run_doctor(sqlite_shop.database, clock=clock)) == set()
    assert here == [1]


@pytest.mark.parametrize("worth_it", [0, 10**9])
def test_a_shop_that_sells_meanwhile_is_seen_at_one_moment(shop, clock, actor, monkeypatch, worth_it):
    from shopdesk.core.ids import uuid7
    from shopdesk.sales.checkout import commit_sale
    from shopdesk.sales.sale_command import CommitSale, SaleLine

    monkeypatch.setattr(doctor_apart, "WORTH_IT", worth_it)
    stop, sold = threading.Event(), []

    def trade() -> None:
        while not stop.is_set():
            answer = shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="SOAP"),)), actor)
            sold.append(str(answer.fields["head"]))

    till = threading.Thread(target=trade)
    till.start()
    try:
        while not sold:
            time.sleep(0.01)
        for fast in (False, True, False):
            report = run_doctor(shop.database, fast=fast, anchors=(sold[-1],), clock=clock)
            assert [finding for finding in report.findings if finding.violations] == []
    finally:
        stop.set()
        till.join()
