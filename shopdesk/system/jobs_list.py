"""Background work as people see it: what waits, runs and failed, and what they may do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.jobs import JOBS, JobState
from shopdesk.system.models import User
from shopdesk.system.records import audit_office

JOB_STATE_NAMES: dict[str, str] = {
    "queued": N_("Queued"),
    "running": N_("Running"),
    "done": N_("Done"),
    "failed": N_("Failed"),
    "cancelled": N_("Cancelled"),
}
OPEN_STATES = ("queued", "running", "failed")


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as lists show it. ``retry_at`` is when a queued one may begin; ``ended_at`` when it was done or given up."""

    id: int
    kind: str
    title: str
    state: JobState
    attempts: int
    max_attempts: int
    done: int
    total: int
    said: str
    error: str | None
    cancel_wanted: bool
    by: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    retry_at: datetime
    result: Mapping[str, object] | None

    @property
    def state_name(self) -> str:
        """The state in words."""
        if self.state == "queued" and self.attempts:
            return _("Waits to be tried again")
        if self.state == "running" and self.cancel_wanted:
            return _("Stopping")
        return _(JOB_STATE_NAMES[self.state])

    @property
    def progress(self) -> str:
        """How far it is, in words; empty for what does not run."""
        if self.state != "running":
            return ""
        if not self.total:
            return self.said
        share = _("{percent} %").format(percent=min(100, 100 * self.done // self.total))
        return f"{share}  {self.said}".rstrip()


@dataclass(frozen=True, slots=True)
class PickJobs:
    """Jobs that a person points at."""

    job_ids: tuple[int, ...]


SORTS = Sorts({"newest": (JOBS.c.id,)}, "newest")
_COLUMNS = (
    JOBS.c.id,
    JOBS.c.type,
    JOBS.c.title,
    JOBS.c.status,
    JOBS.c.attempts,
    JOBS.c.max_attempts,
    JOBS.c.progress_done,
    JOBS.c.progress_total,
    JOBS.c.progress_said,
    JOBS.c.error,
    JOBS.c.cancel_wanted,
    User.username,
    JOBS.c.created_at,
    JOBS.c.started_at,
    JOBS.c.completed_at,
    JOBS.c.failed_at,
    JOBS.c.retry_at,
    JOBS.c.result,
)


def jobs_page(reader: Reader, request: PageRequest) -> Page[JobRow]:
    """Jobs, newest first; filter ``state`` is one of the states, or ``open`` for what is not over well."""
    select = _select()
    state = request.filter("state")
    if state == "open":
        select = select.where(JOBS.c.status.in_(OPEN_STATES))
    elif state is not None:
        select = select.where(JOBS.c.status == state)
    return keyset_page(reader, select, SORTS, request, _row)


def job_row(reader: Reader, job_id: int) -> JobRow:
    """One job; raises NotFound."""
    found = reader.connection.execute(_select().where(JOBS.c.id == job_id)).one_or_none()
    if found is None:
        raise NotFound(_("Background work"), job_id)
    return _row(found)


def failed_jobs(reader: Reader) -> int:
    """How many jobs were given up and not repeated yet."""
    count = sa.select(sa.func.count()).select_from(JOBS).where(JOBS.c.status == "failed")
    return int(reader.connection.execute(count).scalar_one())


def retry_jobs(uow: UnitOfWork, command: PickJobs) -> int:
    """Begin failed and cancelled jobs anew, and let waiting ones begin at once; returns how many. They act as whoever asked."""
    uow.require(Permission.JOB_VIEW)
    now = uow.clock.now()
    ended = ("failed", "cancelled")
    fresh = sa.case((JOBS.c.status.in_(ended), 0), else_=JOBS.c.attempts)
    changed = _change(
        uow,
        command,
        (*ended, "queued"),
        status="queued",
        attempts=fresh,
        retry_at=now,
        failed_at=None,
        cancel_wanted=False,
        error=None,
    )
    _note(uow, "job.retried", changed)
    return len(changed)


def cancel_jobs(uow: UnitOfWork, command: PickJobs) -> int:
    """Cancel queued jobs at once and ask running ones to stop; returns how many."""
    uow.require(Permission.JOB_VIEW)
    waiting = _change(uow, command, ("queued",), status="cancelled", cancel_wanted=True, error=_("Cancelled."))
    running = _change(uow, command, ("running",), cancel_wanted=True)
    _note(uow, "job.cancelled", waiting | running)
    return len(waiting | running)


def _change(uow: UnitOfWork, command: PickJobs, states: tuple[str, ...], **values: object) -> set[int]:
    chosen = sa.update(JOBS).where(JOBS.c.id.in_(command.job_ids), JOBS.c.status.in_(states))
    return set(uow.connection.execute(chosen.values(**values).returning(JOBS.c.id)).scalars())


def _note(uow: UnitOfWork, action: str, job_ids: set[int]) -> None:
    for job_id in sorted(job_ids):
        audit_office(uow, action, target_type="job", target_id=str(job_id))
    uow.changed("Job")


def _select() -> sa.Select[Any]:  # Any: the columns of a Core table
    return sa.select(*_COLUMNS).join_from(JOBS, User, User.id == JOBS.c.user_id)


def _row(found: Any) -> JobRow:  # Any: a row of _select
    return JobRow(
        id=found.id,
        kind=found.type,
        title=found.title,
        state=found.status,
        attempts=found.attempts,
        max_attempts=found.max_attempts,
        done=found.progress_done,
        total=found.progress_total,
        said=found.progress_said,
        error=found.error,
        cancel_wanted=found.cancel_wanted,
        by=found.username,
        created_at=found.created_at,
        started_at=found.started_at,
        ended_at=found.completed_at or found.failed_at,
        retry_at=found.retry_at,
        result=None if found.result is None else json.loads(found.result),
    )
