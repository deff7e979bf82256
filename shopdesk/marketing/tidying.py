"""The daily tidying: jobs and events that are long over, and news that is old."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.marketing.notifications import forget_old_news
from shopdesk.system.jobs_routines import forget_old_work
from shopdesk.system.jobs_run import JobAtWork


@dataclass(frozen=True, slots=True)
class Tidy:
    """Everything that is kept for a while only."""


def tidy_up(uow: UnitOfWork, command: Tidy) -> int:  # noqa: ARG001 - the shape of a use case
    """Delete what is older than it is kept; returns how many rows."""
    uow.require(Permission.SETTINGS_EDIT)
    return forget_old_work(uow) + forget_old_news(uow)


def run_tidying(job: JobAtWork) -> Mapping[str, object]:
    """The job."""
    return {"rows": job.execute(tidy_up, Tidy())}
