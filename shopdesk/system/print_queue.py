"""Print jobs as rows: taken one by one, sent, and finished; what waits and why is shown to the clerk.

Whoever ordered the paper had the right to; taking and finishing a job only carries that out and asks for none. A till's
papers come out in the order of their documents; its drawer does not wait behind them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

import sqlalchemy as sa

from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.printing.spool import (
    FRESH,
    JobLife,
    JobState,
    asked_again,
    hopeless,
    may_start,
    printed,
    refused,
    skipped,
    started,
    too_late,
    unsent,
)
from shopdesk.system.models import PrintJob

Ending = Literal["printed", "refused", "hopeless", "unsent"]

PRINT_JOB_NAMES = {
    "receipt": N_("Receipt"),
    "gift_receipt": N_("Gift receipt"),
    "void": N_("Void"),
    "return": N_("Return"),
    "shift_report": N_("Shift report"),
    "training": N_("Training receipt"),
    "drawer": N_("Cash drawer"),
    "test_page": N_("Test page"),
}
JOBS = cast("sa.Table", PrintJob.__table__)
_UNFINISHED = ("queued", "printing")


@dataclass(frozen=True, slots=True)
class PrintJobRow:
    """A print job as lists and the printing thread see it; ``options`` says how the document is to be drawn."""

    id: int
    uid: str
    document: str
    number: str
    options: Mapping[str, object]
    till_id: int
    state: JobState
    attempts: int
    next_try_at: datetime
    leased_until: datetime | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def life(self) -> JobLife:
        """Where the job stands, for the rules of the spool."""
        return JobLife(
            document=self.document,
            state=self.state,
            attempts=self.attempts,
            next_try_at=self.next_try_at,
            leased_until=self.leased_until,
            error=self.error,
            finished_at=self.finished_at,
        )

    @property
    def title(self) -> str:
        """What is printed, in words."""
        return f"{_(PRINT_JOB_NAMES[self.document])} {self.number}"


@dataclass(frozen=True, slots=True)
class PrintStatus:
    """What the status area says: jobs waiting, jobs failed for good, and the trouble of the first that waits (or failed)."""

    waiting: int
    failed: int
    trouble: str | None


@dataclass(frozen=True, slots=True)
class TakePrintJob:
    """Take a job into hand: its row as it was last seen."""

    job_id: int


@dataclass(frozen=True, slots=True)
class EndPrintJob:
    """How the attempt ``attempt`` at a job ended; ``error`` is the sentence shown."""

    job_id: int
    attempt: int
    ending: Ending
    error: str | None = None


@dataclass(frozen=True, slots=True)
class PickPrintJobs:
    """Jobs that a person points at."""

    job_ids: tuple[int, ...]


def startable_print_job(reader: Reader, till_ids: Sequence[int]) -> PrintJobRow | None:
    """The job to be printed next at one of these tills, or None; one statement.

    A till's head of queue blocks what comes after it until it is printed, skipped or given up.
    """
    drawer = JOBS.c.document == "drawer"
    heads = (
        sa.select(sa.func.min(JOBS.c.id))
        .where(JOBS.c.state.in_(_UNFINISHED), JOBS.c.till_id.in_(till_ids))
        .group_by(JOBS.c.till_id, drawer)
    )
    rows = _rows(reader, sa.select(JOBS).where(JOBS.c.id.in_(heads)).order_by(JOBS.c.id))
    now = reader.clock.now()
    ready = [row for row in rows if may_start(row.life, now)]
    return min(ready, key=lambda row: (not row.life.is_drawer, row.id), default=None)


def take_print_job(uow: UnitOfWork, command: TakePrintJob) -> PrintJobRow | None:
    """Lease a job for printing; None if another process was quicker.

    A drawer kick is recorded as done here, before it is sent: whatever happens then, it is not sent again. One that comes
    too late is skipped, and None returned.
    """
    found = _find(uow, command.job_id)
    now = uow.clock.now()
    if found is None or not may_start(found.life, now):
        return None
    life = started(found.life, now)
    late = too_late(found.life, found.created_at, now)
    if late:
        life = unsent(life, _("The drawer was not opened: the printer was away for too long."), now)
    if not _store(uow, found, life) or late:
        return None
    return _find(uow, command.job_id)


def end_print_job(uow: UnitOfWork, command: EndPrintJob) -> None:
    """Record how an attempt ended; an attempt whose lease ran out and was taken over changes nothing."""
    found = _find(uow, command.job_id)
    if found is None or found.attempts != command.attempt:
        return
    if found.state == "printing" or (found.state == "done" and found.life.is_drawer):
        _store(uow, found, _ended(found.life, command, uow.clock.now()))


def _ended(life: JobLife, command: EndPrintJob, now: datetime) -> JobLife:
    reason = command.error or ""
    match command.ending:
        case "printed":
            return printed(life, now)
        case "refused":
            return refused(life, reason, now)
        case "hopeless":
            return hopeless(life, reason, now)
        case "unsent":
            return unsent(life, reason, now)


def retry_print_jobs(uow: UnitOfWork, command: PickPrintJobs) -> int:
    """Make jobs due at once, whatever their waits and failures; returns how many. A drawer kick is never repeated."""
    uow.require(Permission.SELL)
    now = uow.clock.now()
    return sum(_store(uow, row, asked_again(row.life, now)) for row in _found(uow, command.job_ids))


def skip_print_jobs(uow: UnitOfWork, command: PickPrintJobs) -> int:
    """Give up jobs that are not printed yet; returns how many."""
    uow.require(Permission.SELL)
    now, reason = uow.clock.now(), _("Given up by {name}.").format(name=uow.actor.username)
    return sum(_store(uow, row, skipped(row.life, reason, now)) for row in _found(uow, command.job_ids))


def open_print_jobs(reader: Reader, till_ids: Sequence[int], limit: int = 50) -> tuple[PrintJobRow, ...]:
    """Jobs that wait, print or failed, newest first: what the status area lists."""
    query = sa.select(JOBS).where(*_open(reader, till_ids)).order_by(JOBS.c.id.desc()).limit(limit)
    return _rows(reader, query)


def print_jobs_of(reader: Reader, number: str) -> tuple[PrintJobRow, ...]:
    """Everything that was printed or is to be printed for a document, oldest first."""
    return _rows(reader, sa.select(JOBS).where(JOBS.c.number == number).order_by(JOBS.c.id))


def print_status(reader: Reader, till_ids: Sequence[int]) -> PrintStatus:
    """How many jobs wait or failed, and what ails the printer; one statement."""
    query = sa.select(JOBS.c.state, JOBS.c.error).where(*_open(reader, till_ids)).order_by(JOBS.c.id)
    rows = reader.connection.execute(query).all()
    waiting = [row for row in rows if row.state != "failed"]
    troubles = [row.error for row in (*waiting, *reversed(rows)) if row.error]
    return PrintStatus(len(waiting), len(rows) - len(waiting), troubles[0] if troubles else None)


def _open(reader: Reader, till_ids: Sequence[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """Not finished, at these tills; a kick that failed is news for two minutes only, since nothing can be done about it."""
    news = sa.or_(JOBS.c.document != "drawer", JOBS.c.created_at > reader.clock.now() - FRESH)
    return JOBS.c.state.in_((*_UNFINISHED, "failed")), JOBS.c.till_id.in_(till_ids), news


def _store(uow: UnitOfWork, found: PrintJobRow, life: JobLife) -> bool:
    """Write a job's new life if nobody else touched the row since it was read."""
    if life == found.life:
        return False
    change = (
        sa.update(JOBS)
        .where(JOBS.c.id == found.id, JOBS.c.state == found.state, JOBS.c.attempts == found.attempts)
        .values(
            state=life.state,
            attempts=life.attempts,
            next_try_at=life.next_try_at,
            leased_until=life.leased_until,
            error=life.error,
            finished_at=life.finished_at,
        )
    )
    uow.changed("PrintJob")
    return bool(uow.connection.execute(change).rowcount == 1)


def _find(reader: Reader, job_id: int) -> PrintJobRow | None:
    return next(iter(_rows(reader, sa.select(JOBS).where(JOBS.c.id == job_id))), None)


def _found(reader: Reader, job_ids: Sequence[int]) -> tuple[PrintJobRow, ...]:
    rows = _rows(reader, sa.select(JOBS).where(JOBS.c.id.in_(job_ids)).order_by(JOBS.c.id))
    if len(rows) < len(set(job_ids)):
        raise NotFound(_("Print job"), sorted(set(job_ids) - {row.id for row in rows})[0])
    return rows


def _rows(reader: Reader, query: sa.Select[Any]) -> tuple[PrintJobRow, ...]:  # Any: the columns of a Core table
    rows = reader.connection.execute(query).mappings()
    return tuple(PrintJobRow(**{**row, "options": json.loads(row["options"])}) for row in rows)
