"""What must hold of work in the background (I31): attempts within bounds, one end each, nobody silent holding it."""

from __future__ import annotations

from collections.abc import Iterator

from shopdesk.core.i18n import N_
from shopdesk.db.invariants import Check, check

GRACE = 60 * 1_000_000
"""Microseconds after the end of a lease within which another worker takes the job over in an open shop."""


def job_checks() -> Iterator[Check]:
    """Questions about jobs (I31)."""
    yield check(
        "I31",
        N_("job with more attempts than it may have"),
        "SELECT id, type, attempts FROM jobs WHERE attempts > max_attempts OR attempts < 0",
    )
    yield check(
        "I31",
        N_("job that is done without a result, or ended twice or not at all"),
        "SELECT id, type, status FROM jobs WHERE "
        "(status = 'done') <> (result IS NOT NULL) OR (status = 'done') <> (completed_at IS NOT NULL) "
        "OR (status = 'failed') <> (failed_at IS NOT NULL) OR status = 'failed' AND error IS NULL "
        "OR status = 'done' AND attempts = 0",
    )
    yield check(
        "I31",
        N_("job held by nobody, or held though it does not run"),
        "SELECT id, type, status FROM jobs WHERE (status = 'running') <> (lease_until IS NOT NULL) "
        "OR (status = 'running') <> (worker IS NOT NULL)",
    )
    yield check(
        "I31",
        N_("job that runs past its lease"),
        f"SELECT id, type, worker FROM jobs WHERE status = 'running' AND lease_until < :now - {GRACE}",
    )
    yield check(
        "I31",
        N_("key of more than one job"),
        "SELECT idempotency_key AS key, count(*) AS jobs FROM jobs GROUP BY idempotency_key HAVING count(*) > 1",
        fast=False,
    )
