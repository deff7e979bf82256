"""Work that comes again by itself: once in every stretch of time, whichever machine notices first; and what is tidied so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.i18n import _
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.jobs import JOBS, enqueue
from shopdesk.system.models import EventLogEntry

JOBS_KEPT = timedelta(days=90)
"""How long a job that is over stays in the list."""
ROUTINES_KEPT = timedelta(days=3)
"""How long regular work that was done does."""
EVENTS_KEPT = timedelta(days=400)
"""How long technical events stay."""
_PREFIX = "routine:"


@dataclass(frozen=True, slots=True)
class Routine:
    """Work to be done once in every stretch ``every``; ``title`` is translatable."""

    title: str
    every: timedelta


@dataclass(frozen=True, slots=True)
class AskForRoutines:
    """The regular work there is, by its kind of job."""

    routines: Mapping[str, Routine]


def missing_routines(reader: Reader, routines: Mapping[str, Routine]) -> Mapping[str, Routine]:
    """The regular work that nobody asked for yet in the stretch of now."""
    if not routines:
        return {}
    keys = {_key(kind, routine, reader.clock.now()): kind for kind, routine in routines.items()}
    known = set(
        reader.connection.execute(sa.select(JOBS.c.idempotency_key).where(JOBS.c.idempotency_key.in_(keys))).scalars()
    )
    return {kind: routines[kind] for key, kind in keys.items() if key not in known}


def ask_for_routines(uow: UnitOfWork, command: AskForRoutines) -> int:
    """Enqueue the regular work of this stretch; what somebody else asked for meanwhile is the same job. Returns how much."""
    now = uow.clock.now()
    for kind, routine in command.routines.items():
        enqueue(uow, kind, {}, key=_key(kind, routine, now), title=_(routine.title))
    return len(command.routines)


def forget_old_work(uow: UnitOfWork) -> int:
    """Delete jobs that are long over, and old technical events; returns how many rows."""
    now = uow.clock.now()
    over = JOBS.c.status.in_(("done", "cancelled"))
    regular = JOBS.c.idempotency_key.like(f"{_PREFIX}%")
    old = sa.or_(
        JOBS.c.created_at < now - JOBS_KEPT,
        sa.and_(regular, JOBS.c.created_at < now - ROUTINES_KEPT),
    )
    gone = uow.connection.execute(sa.delete(JOBS).where(over, old)).rowcount
    events = sa.delete(EventLogEntry).where(
        EventLogEntry.created_at < now - EVENTS_KEPT, EventLogEntry.event_type != "clock_anomaly"
    )
    gone += uow.connection.execute(events).rowcount
    if gone:
        uow.changed("Job")
    return gone


def _key(kind: str, routine: Routine, now: datetime) -> str:
    return f"{_PREFIX}{kind}:{to_micros(now) // (routine.every // timedelta(microseconds=1))}"
