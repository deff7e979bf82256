"""Proving the books after what a test did."""

from __future__ import annotations

from shopdesk.books.doctor import run_doctor
from shopdesk.db.shop import Shop


def sound(shop: Shop) -> None:
    """The doctor finds nothing wrong with the shop's rows (I42, the schema itself, has tests of its own)."""
    report = run_doctor(shop.database, clock=shop.clock)
    assert [finding for finding in report.findings if finding.violations and finding.id != "I42"] == []
