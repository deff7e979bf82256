"""Work in the background: asked for in a transaction, taken by one worker at a time, ended once.

Whoever asked had the right to; taking, holding and ending a job only carries that out and asks for none. The job itself acts
as that person, with the rights they hold while it runs.
"""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.events import JobDone, JobFailed
from shopdesk.system.jobs_models import Job
from shopdesk.system.models import EventLogEntry
from shopdesk.system.records import canonical

LEASE = timedelta(seconds=30)
"""How long a worker that says nothing is waited for."""
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 3600.0
"""Seconds until the second attempt; each further wait is twice as long, up to the longest."""
MAX_ATTEMPTS = 5

JOBS = cast("sa.Table", Job.__table__)
JobState = Literal["queued", "running", "done", "failed", "cancelled"]
Ending = Literal["done", "failed", "again", "cancelled", "paused"]


class JobKeyTaken(ShopError):
    """The key of other work: the same key always means the same work."""

    code = "job_key_taken"
    sentence = N_("This work was asked for before, with other content.")


@dataclass(frozen=True, slots=True)
class TakeJob:
    """Take a job that was seen ready, at its attempt ``seen``."""

    job_id: int
    seen: int
    worker: str
    lease: timedelta = LEASE


@dataclass(frozen=True, slots=True)
class TakenJob:
    """A job in a worker's hands; ``payload`` is the JSON text as it is stored."""

    id: int
    kind: str
    title: str
    payload: str
    attempt: int
    max_attempts: int
    user_id: int
    api_key_id: int | None
    scopes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class HoldJob:
    """Say that a worker still has its job, and how far it is."""

    job_id: int
    worker: str
    attempt: int
    done: int = 0
    total: int = 0
    said: str = ""
    lease: timedelta = LEASE


@dataclass(frozen=True, slots=True)
class EndJob:
    """How a worker's attempt ended: ``again`` tries later, ``paused`` hands it back untouched."""

    job_id: int
    worker: str
    attempt: int
    ending: Ending
    result: Mapping[str, object] | None = None
    error: str = ""


def enqueue(
    uow: UnitOfWork,
    kind: str,
    payload: Mapping[str, object],
    *,
    key: str,
    title: str,
    max_attempts: int = MAX_ATTEMPTS,
    after: datetime | None = None,
) -> int:
    """Ask for work in the caller's transaction and return the job's id.

    ``kind`` is a name of ``wiring.JOBS``, ``payload`` plain JSON for its runner, ``title`` what people see. The same ``key``
    with the same content again is the job there is; with another one JobKeyTaken is raised. ``after``: not before that moment.
    """
    now = uow.clock.now()
    actor = uow.actor
    stored = canonical(msgspec.to_builtins(dict(payload)))
    insert = (sqlite if uow.dialect == "sqlite" else postgresql).insert(JOBS)
    made = uow.connection.execute(
        insert.values(
            idempotency_key=key,
            type=kind,
            title=title,
            payload=stored,
            status="queued",
            max_attempts=max_attempts,
            user_id=actor.user_id,
            api_key_id=actor.api_key_id,
            scopes=None if actor.scopes is None else canonical(sorted(actor.scopes)),
            created_at=now,
            retry_at=after or now,
        )
        .on_conflict_do_nothing(index_elements=["idempotency_key"])
        .returning(JOBS.c.id)
    ).scalar()
    if made is not None:
        uow.changed("Job")
        return int(made)
    known = uow.connection.execute(
        sa.select(JOBS.c.id, JOBS.c.type, JOBS.c.payload).where(JOBS.c.idempotency_key == key)
    ).one()
    if (known.type, known.payload) != (kind, stored):
        raise JobKeyTaken
    return int(known.id)


def ready_jobs(reader: Reader, kinds: Collection[str], limit: int = 5) -> tuple[tuple[int, int], ...]:
    """Jobs (id, attempts) that may be begun now, the longest due first: queued ones, and those whose worker fell silent."""
    now = reader.clock.now()
    rows = reader.connection.execute(
        sa.select(JOBS.c.id, JOBS.c.attempts)
        .where(JOBS.c.status.in_(("queued", "running")), _is_ready(now), JOBS.c.type.in_(tuple(kinds)))
        .order_by(JOBS.c.retry_at, JOBS.c.id)
        .limit(limit)
    )
    return tuple((row.id, row.attempts) for row in rows)


def take_job(uow: UnitOfWork, command: TakeJob) -> TakenJob | None:
    """Begin an attempt at a job; None if another worker was quicker, or if it was given up here.

    A job whose worker fell silent at its last attempt is given up: it may be what stops the program each time.
    """
    now = uow.clock.now()
    taken = uow.connection.execute(
        sa.update(JOBS)
        .where(JOBS.c.id == command.job_id, JOBS.c.attempts == command.seen, _is_ready(now))
        .values(
            status="running",
            worker=command.worker,
            attempts=JOBS.c.attempts + 1,
            started_at=sa.func.coalesce(JOBS.c.started_at, sa.literal(now, JOBS.c.started_at.type)),
            lease_until=now + command.lease,
        )
        .returning(JOBS)
    ).one_or_none()
    if taken is None:
        return None
    uow.changed("Job")
    if taken.cancel_wanted:
        _store_end(uow, command.job_id, status="cancelled", completed_at=None, error=_("Cancelled."))
        return None
    if taken.attempts > taken.max_attempts:
        _store_end(uow, command.job_id, attempts=taken.max_attempts)
        _fail(uow, taken, _("The program stopped in the middle of this work, each time it was tried."))
        return None
    scopes = None if taken.scopes is None else frozenset(json.loads(taken.scopes))
    return TakenJob(
        taken.id,
        taken.type,
        taken.title,
        taken.payload,
        taken.attempts,
        taken.max_attempts,
        taken.user_id,
        taken.api_key_id,
        scopes,
    )


def hold_job(uow: UnitOfWork, command: HoldJob) -> bool:
    """Keep a job for another lease and store its progress; False if it is not this worker's any more."""
    held = uow.connection.execute(
        _mine(command)
        .values(
            lease_until=uow.clock.now() + command.lease,
            progress_done=command.done,
            progress_total=command.total,
            progress_said=command.said,
        )
        .returning(JOBS.c.id)
    ).one_or_none()
    uow.changed("Job")
    return held is not None


def end_job(uow: UnitOfWork, command: EndJob) -> bool:
    """Record how an attempt ended; False, and nothing done, if the job is not this worker's any more."""
    job = uow.connection.execute(
        _mine(command).values(worker=None, lease_until=None).returning(JOBS)  # nobody else ends it from here on
    ).one_or_none()
    if job is None:
        return False
    now = uow.clock.now()
    uow.changed("Job")
    match command.ending:
        case "done":
            result = msgspec.to_builtins(dict(command.result or {}))
            _store_end(uow, job.id, status="done", result=canonical(result), completed_at=now, error=None)
            uow.publish(JobDone(job.id, job.type, job.title, result, job.user_id))
        case "cancelled":
            _store_end(uow, job.id, status="cancelled", error=_("Cancelled."))
        case "paused":
            _store_end(uow, job.id, status="queued", attempts=job.attempts - 1, retry_at=now)
        case "again" if job.attempts < job.max_attempts and not job.cancel_wanted:
            wait = timedelta(seconds=back_off_s(job.attempts))
            _store_end(uow, job.id, status="queued", error=command.error, retry_at=now + wait)
        case _:
            _fail(uow, job, command.error)
    return True


def cancel_wanted(reader: Reader, job_id: int) -> bool:
    """Whether somebody asked for the job to stop."""
    found = reader.connection.execute(sa.select(JOBS.c.cancel_wanted).where(JOBS.c.id == job_id)).scalar()
    return bool(found)


def back_off_s(attempts: int) -> float:
    """Seconds to wait after so many attempts: twice as long each time, a quarter more or less so that not all come at once."""
    wait = min(FIRST_WAIT_S * 2.0 ** (attempts - 1), LONGEST_WAIT_S)
    return float(wait * random.uniform(0.75, 1.25))


def _is_ready(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(JOBS.c.status == "queued", JOBS.c.retry_at <= now),
        sa.and_(JOBS.c.status == "running", JOBS.c.lease_until < now),
    )


def _mine(command: HoldJob | EndJob) -> sa.Update:
    return sa.update(JOBS).where(
        JOBS.c.id == command.job_id,
        JOBS.c.status == "running",
        JOBS.c.worker == command.worker,
        JOBS.c.attempts == command.attempt,
    )


def _store_end(uow: UnitOfWork, job_id: int, **values: object) -> None:
    uow.connection.execute(sa.update(JOBS).where(JOBS.c.id == job_id).values(worker=None, lease_until=None, **values))


def _fail(uow: UnitOfWork, job: Any, error: str) -> None:  # Any: a row of the jobs table
    now = uow.clock.now()
    _store_end(uow, job.id, status="failed", failed_at=now, error=error)
    uow.connection.execute(
        sa.insert(EventLogEntry).values(
            event_type="job_failed",
            details=canonical({"job": job.id, "kind": job.type, "attempts": job.attempts, "error": error}),
            user_id=job.user_id,
            created_at=now,
        )
    )
    uow.publish(JobFailed(job.id, job.type, job.title, error, job.user_id))
