"""The life of a print job, as pure rules: who may be tried, when again, and what is never sent twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

JobState = Literal["queued", "printing", "done", "failed", "skipped"]

DRAWER: Final = "drawer"
LEASE: Final = timedelta(seconds=90)  # longer than any print may take; after it the printing process is taken for dead
WAITS: Final = (1, 2, 5, 10, 15, 30)  # seconds before each next try; the last one repeats
MOST_ATTEMPTS: Final = 120  # about an hour, then a person must say "again"
FRESH: Final = timedelta(seconds=120)  # a drawer that opens later than this after the sale opens for a thief


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLife:
    """Where a job stands. A drawer kick is told apart by its document, because it may happen at most once."""

    document: str
    state: JobState
    attempts: int
    next_try_at: datetime
    leased_until: datetime | None = None
    error: str | None = None
    finished_at: datetime | None = None

    @property
    def is_drawer(self) -> bool:
        """Whether the job opens the cash drawer."""
        return self.document == DRAWER


def may_start(job: JobLife, now: datetime) -> bool:
    """Whether the job may be taken now: waiting and due, or left behind by a process that died."""
    if job.state == "queued":
        return job.next_try_at <= now
    return job.state == "printing" and job.leased_until is not None and job.leased_until <= now


def started(job: JobLife, now: datetime) -> JobLife:
    """The job in the hands of a printing process; a drawer kick counts as done before it is sent.

    Raises ValueError if the job may not start.
    """
    if not may_start(job, now):
        raise ValueError("this job may not be started")
    attempts = job.attempts + 1
    if job.is_drawer:
        return replace(job, state="done", attempts=attempts, leased_until=None, finished_at=now)
    return replace(job, state="printing", attempts=attempts, leased_until=now + LEASE)


def printed(job: JobLife, now: datetime) -> JobLife:
    """The job after its paper came out."""
    return replace(job, state="done", leased_until=None, error=None, finished_at=now)


def refused(job: JobLife, reason: str, now: datetime) -> JobLife:
    """The job after its printer failed: it waits longer each time; a drawer kick is never repeated."""
    if job.is_drawer or job.attempts >= MOST_ATTEMPTS:
        return replace(job, state="failed", leased_until=None, error=reason, finished_at=now)
    wait = WAITS[min(job.attempts, len(WAITS)) - 1] if job.attempts else WAITS[0]
    return replace(job, state="queued", leased_until=None, error=reason, next_try_at=now + timedelta(seconds=wait))


def skipped(job: JobLife, reason: str | None, now: datetime) -> JobLife:
    """The job that will not be printed: no printer, or a person gave it up. A finished job stays as it is."""
    if job.state in ("done", "skipped"):
        return job
    return replace(job, state="skipped", leased_until=None, error=reason, finished_at=now)


def unsent(job: JobLife, reason: str, now: datetime) -> JobLife:
    """The started job of which nothing was sent, because there is nothing to send it to or no time left for it."""
    return replace(job, state="skipped", leased_until=None, error=reason, finished_at=now)


def hopeless(job: JobLife, reason: str, now: datetime) -> JobLife:
    """The job that cannot be printed whatever the printer does: its document is missing or cannot be drawn."""
    return replace(job, state="failed", leased_until=None, error=reason, finished_at=now)


def too_late(job: JobLife, created_at: datetime, now: datetime) -> bool:
    """Whether a drawer kick has waited so long that nobody stands at the drawer for it any more."""
    return job.is_drawer and now - created_at > FRESH


def asked_again(job: JobLife, now: datetime) -> JobLife:
    """The job after a person said "again": due at once, with all its tries before it. A drawer kick stays as it is."""
    if job.is_drawer or job.state in ("done", "printing"):
        return job
    return replace(job, state="queued", attempts=0, next_try_at=now, leased_until=None, finished_at=None)
