"""The doctor on an honest shop: a busy day proves itself, on both databases, fast and in full."""

from __future__ import annotations

import json

import pytest

from shopdesk.books.doctor import run_doctor
from shopdesk.books.doctor_words import HINTS, IDS, NAMES, NOT_YET
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
