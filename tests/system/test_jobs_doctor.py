"""The doctor finds what cannot be of a job (I31), and nothing wrong with jobs as they are."""

from __future__ import annotations

import pytest

from shopdesk.books.doctor import examine
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import NotFound
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.jobs import TakeJob, enqueue, take_job
from shopdesk.system.jobs_list import PickJobs, cancel_jobs
from shopdesk.system.jobs_run import JobWorker
from tests.support.tampering import Tampering, drop_guards

FAULTS = (
    "UPDATE jobs SET attempts = max_attempts + 1 WHERE status = 'done'",
    "UPDATE jobs SET result = NULL WHERE status = 'done'",
    "UPDATE jobs SET completed_at = NULL WHERE status = 'done'",
    "UPDATE jobs SET attempts = 0 WHERE status = 'done'",
    "UPDATE jobs SET result = '{}' WHERE status = 'queued'",
    "UPDATE jobs SET failed_at = NULL WHERE status = 'failed'",
    "UPDATE jobs SET error = NULL WHERE status = 'failed'",
    "UPDATE jobs SET failed_at = created_at WHERE status = 'done'",
    "UPDATE jobs SET status = 'done' WHERE status = 'failed'",
    "UPDATE jobs SET lease_until = NULL WHERE status = 'running'",
    "UPDATE jobs SET worker = NULL WHERE status = 'running'",
    "UPDATE jobs SET worker = 'somebody' WHERE status = 'cancelled'",
    "UPDATE jobs SET lease_until = lease_until - 3600000000 WHERE status = 'running'",
)


def _ask(uow: UnitOfWork, names: PickJobs) -> list[int]:
    return [enqueue(uow, f"kind{at}", {}, key=f"k{at}", title="Work", max_attempts=1) for at in range(5)]


@pytest.fixture
def jobs(shop: Shop, actor: Actor) -> Shop:
    """One job in each state."""

    def refuse(_job: object) -> dict[str, object]:
        raise NotFound("File", "x")

    ids = shop.execute(_ask, PickJobs(()), actor)
    JobWorker(shop, {"kind0": lambda _job: {}, "kind1": refuse}).run_due()
    shop.execute(take_job, TakeJob(ids[2], 0, "till2:1:abc"), actor)
    shop.execute(cancel_jobs, PickJobs((ids[3],)), actor)
    return shop


def _doubts(shop: Shop, clock: ManualClock) -> set[str]:
    with shop.database.reading() as connection:
        return {finding.id for finding in examine(connection, clock=clock).findings if finding.violations}


def test_jobs_as_they_are_raise_no_doubt(jobs: Shop, clock: ManualClock) -> None:
    assert "I31" not in _doubts(jobs, clock)
    clock.advance(hours=1)
    assert "I31" in _doubts(jobs, clock)  # nobody took the running one over: no window is open


@pytest.mark.parametrize("statement", FAULTS)
def test_what_cannot_be_is_found(jobs: Shop, clock: ManualClock, statement: str) -> None:
    drop_guards(jobs.database)
    with Tampering((jobs.database, (), clock)) as tampering:
        noticed = tampering.noticed_after(statement, {})
    assert noticed is not None
    assert "I31" in noticed
