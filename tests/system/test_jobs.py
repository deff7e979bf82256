"""Work in the background is done once, whatever happens to who does it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import DatabaseBusy, NotPermitted
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.jobs import FIRST_WAIT_S, JOBS, JobKeyTaken, back_off_s, enqueue, ready_jobs
from shopdesk.system.jobs_list import JobRow, PickJobs, cancel_jobs, failed_jobs, job_row, jobs_page, retry_jobs
from shopdesk.system.jobs_run import JobAtWork, JobTakenOver, JobWorker
from shopdesk.system.settings import ChangeSettings, change_settings
from shopdesk.system.users import SetUserActive, set_user_active
from tests.support.small_shop import actor_of

WORKER_CHILD = "tests.support.job_child"


@dataclass(frozen=True)
class Ask:
    kind: str = "count"
    key: str = "one"
    payload: Mapping[str, object] | None = None
    most: int = 5


def ask_for(uow: UnitOfWork, command: Ask) -> int:
    return enqueue(
        uow, command.kind, command.payload or {}, key=command.key, title="Counting", max_attempts=command.most
    )


def do(shop: Shop, runner, kind: str = "count") -> int:
    return JobWorker(shop, {kind: runner}).run_due()


def row_of(shop: Shop, job_id: int) -> JobRow:
    return shop.ask(job_row, job_id)


def test_a_job_is_done_once_with_its_payload_as_the_person_who_asked(shop: Shop, actor: Actor) -> None:
    seen: list[tuple[str, object, int]] = []

    def count(job: JobAtWork) -> Mapping[str, object]:
        seen.append((job.actor.username, job.payload["rows"], job.attempt))
        return {"rows": job.payload["rows"]}

    job_id = shop.execute(ask_for, Ask(payload={"rows": 3}), actor)
    assert shop.execute(ask_for, Ask(payload={"rows": 3}), actor) == job_id  # the same key is the same work
    with pytest.raises(JobKeyTaken):
        shop.execute(ask_for, Ask(payload={"rows": 4}), actor)
    assert (do(shop, count), do(shop, count)) == (1, 0)
    assert seen == [("olga", 3, 1)]
    row = row_of(shop, job_id)
    assert (row.state, row.result, row.by, row.attempts) == ("done", {"rows": 3}, "olga", 1)
    assert shop.execute(ask_for, Ask(payload={"rows": 3}), actor) == job_id
    assert do(shop, count) == 0


def test_a_transaction_that_fails_leaves_no_job(shop: Shop, actor: Actor) -> None:
    def broken(uow: UnitOfWork, command: Ask) -> None:
        ask_for(uow, command)
        raise NotPermitted("sell")

    with pytest.raises(NotPermitted):
        shop.execute(broken, Ask(), actor)
    assert shop.ask(ready_jobs, ("count",)) == ()


def test_what_fails_for_a_while_is_tried_again_later_and_later_and_then_given_up(
    shop: Shop, actor: Actor, clock: ManualClock
) -> None:
    tries: list[int] = []

    def never(job: JobAtWork) -> Mapping[str, object]:
        tries.append(job.attempt)
        raise DatabaseBusy("it is busy.")

    job_id = shop.execute(ask_for, Ask(most=3), actor)
    assert do(shop, never) == 1
    row = row_of(shop, job_id)
    assert row.state == "queued"
    assert "busy" in (row.error or "")
    assert 0.75 * FIRST_WAIT_S <= (row.retry_at - clock.now()).total_seconds() <= 1.25 * FIRST_WAIT_S
    assert do(shop, never) == 0  # not before its time
    for _attempt in range(2):
        clock.advance(hours=2)
        assert do(shop, never) == 1
    assert tries == [1, 2, 3]
    row = row_of(shop, job_id)
    assert (row.state, row.attempts) == ("failed", 3)
    assert shop.ask(failed_jobs) == 1
    events = sa.text("SELECT count(*) FROM event_log WHERE event_type = 'job_failed'")
    assert shop.ask(lambda reader: reader.connection.execute(events).scalar()) == 1
    clock.advance(days=1)
    assert do(shop, never) == 0


def test_waits_double_and_differ() -> None:
    assert len({back_off_s(3) for _number in range(20)}) > 1
    assert all(15 <= back_off_s(3) <= 25 for _number in range(200))
    assert back_off_s(40) <= 3600 * 1.25


def test_a_refusal_is_not_repeated_by_itself_but_a_person_may(shop: Shop, actor: Actor) -> None:
    def refused(job: JobAtWork) -> Mapping[str, object]:
        job.execute(change_settings, ChangeSettings({"nonsense": 1}))
        return {}

    job_id = shop.execute(ask_for, Ask(), actor)
    do(shop, refused)
    assert row_of(shop, job_id).state == "failed"
    assert "nonsense" in (row_of(shop, job_id).error or "")
    assert shop.execute(retry_jobs, PickJobs((job_id,)), actor) == 1
    assert do(shop, lambda _job: {}) == 1
    assert row_of(shop, job_id).state == "done"
    assert shop.execute(retry_jobs, PickJobs((job_id,)), actor) == 0  # what is done is not done again


def test_an_unexpected_error_names_the_log(shop: Shop, actor: Actor, allow_log) -> None:
    allow_log("ZeroDivisionError in job count")
    job_id = shop.execute(ask_for, Ask(most=1), actor)
    do(shop, lambda _job: {"share": 1 // 0})
    assert "log tells more" in (row_of(shop, job_id).error or "")
    assert "ZeroDivision" not in (row_of(shop, job_id).error or "")


@pytest.mark.parametrize("poison", ["", "{", "[1]", '"text"'])
def test_a_payload_that_cannot_be_read_fails_at_once(shop: Shop, actor: Actor, poison: str) -> None:
    job_id = shop.execute(ask_for, Ask(), actor)
    with shop.database.writing() as connection, connection.begin():
        connection.execute(sa.update(JOBS).values(payload=poison))
    ran: list[JobAtWork] = []
    assert do(shop, lambda job: ran.append(job) or {}) == 1
    assert ran == []
    assert row_of(shop, job_id).state == "failed"


def test_the_rights_are_those_of_now(shop: Shop, actor: Actor, manager: Actor) -> None:
    job_id = shop.execute(ask_for, Ask(), manager)
    shop.execute(set_user_active, SetUserActive(manager.user_id, False), actor)
    assert do(shop, lambda _job: {}) == 1
    assert row_of(shop, job_id).state == "failed"


def test_a_narrowed_key_stays_narrowed(shop: Shop, actor: Actor) -> None:
    from dataclasses import replace

    narrow = replace(actor, scopes=frozenset({Permission.CATALOGUE_VIEW.value}))
    job_id = shop.execute(ask_for, Ask(), narrow)
    may: list[bool] = []
    do(shop, lambda job: may.append(job.actor.may(Permission.SETTINGS_EDIT)) or {})
    assert may == [False]
    assert row_of(shop, job_id).state == "done"


def test_only_known_kinds_are_taken(shop: Shop, actor: Actor) -> None:
    job_id = shop.execute(ask_for, Ask(kind="of_a_newer_program"), actor)
    assert do(shop, lambda _job: {}) == 0
    assert row_of(shop, job_id).state == "queued"


def test_cancel_what_waits(shop: Shop, actor: Actor, clerk: Actor) -> None:
    job_id = shop.execute(ask_for, Ask(), actor)
    with pytest.raises(NotPermitted):
        shop.execute(cancel_jobs, PickJobs((job_id,)), clerk)
    assert shop.execute(cancel_jobs, PickJobs((job_id,)), actor) == 1
    assert do(shop, lambda _job: {}) == 0
    assert row_of(shop, job_id).state == "cancelled"
    page = shop.ask(jobs_page, PageRequest(sort="newest", descending=True, filters=(("state", "cancelled"),)))
    assert [row.id for row in page.rows] == [job_id]


def test_cancel_what_runs(shop: Shop, actor: Actor) -> None:
    begun = threading.Event()

    def long(job: JobAtWork) -> Mapping[str, object]:
        begun.set()
        for number in range(2000):
            job.stop_if_cancelled()
            job.progress(number, 2000, "counting")
            time.sleep(0.01)
        return {}

    job_id = shop.execute(ask_for, Ask(), actor)
    thread = threading.Thread(target=do, args=(shop, long))
    thread.start()
    assert begun.wait(10)
    shop.execute(cancel_jobs, PickJobs((job_id,)), actor)
    assert row_of(shop, job_id).state_name in {"Stopping", "Cancelled"}
    thread.join(15)
    assert row_of(shop, job_id).state == "cancelled"


def test_a_closed_window_hands_its_job_back(shop: Shop, actor: Actor) -> None:
    worker = JobWorker(shop, {})

    def long(job: JobAtWork) -> Mapping[str, object]:
        worker.stop()
        job.stop_if_cancelled()
        raise AssertionError

    worker = JobWorker(shop, {"count": long})
    job_id = shop.execute(ask_for, Ask(), actor)
    assert worker.run_due() == 1
    row = row_of(shop, job_id)
    assert (row.state, row.attempts) == ("queued", 0)
    assert do(shop, lambda _job: {}) == 1


def test_who_fell_silent_is_taken_over_and_writes_nothing_any_more(
    shop: Shop, actor: Actor, clock: ManualClock
) -> None:
    outcome: list[object] = []

    def sleeper(job: JobAtWork) -> Mapping[str, object]:
        clock.advance(seconds=31)
        assert do(shop, lambda other: {"attempt": other.attempt}) == 1
        with pytest.raises(JobTakenOver):
            job.execute(change_settings, ChangeSettings({"name": "Twice"}))
        outcome.append("stopped")
        return {"attempt": job.attempt}

    job_id = shop.execute(ask_for, Ask(), actor)
    do(shop, sleeper)
    assert outcome == ["stopped"]
    row = row_of(shop, job_id)
    assert (row.state, row.result, row.attempts) == ("done", {"attempt": 2}, 2)


def test_what_stops_the_program_each_time_is_given_up(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    job_id = shop.execute(ask_for, Ask(most=2), actor)
    for _crash in range(2):
        with pytest.raises(KeyboardInterrupt):
            do(shop, _die)
        with shop.database.writing() as connection, connection.begin():  # as after kill -9: nobody said goodbye
            connection.execute(sa.update(JOBS).values(status="running", worker="gone"))
            connection.execute(sa.update(JOBS).values(lease_until=clock.now()))
        clock.advance(minutes=1)
    assert do(shop, lambda _job: {}) == 0
    row = row_of(shop, job_id)
    assert (row.state, row.attempts) == ("failed", 2)
    assert "stopped in the middle" in (row.error or "")


def _die(_job: JobAtWork) -> Mapping[str, object]:
    raise KeyboardInterrupt


def test_many_workers_do_each_job_once(shop: Shop, actor: Actor) -> None:
    jobs = [shop.execute(ask_for, Ask(key=f"job {number}"), actor) for number in range(12)]
    ran: list[int] = []

    def note(job: JobAtWork) -> Mapping[str, object]:
        ran.append(job.id)
        return {}

    threads = [threading.Thread(target=do, args=(shop, note)) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ran) == jobs


def _child(url: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", WORKER_CHILD, url, *words], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )


def test_two_processes_share_the_work(shop: Shop, shop_url: str, actor: Actor) -> None:
    jobs = [shop.execute(ask_for, Ask(key=f"job {number}"), actor) for number in range(10)]
    children = [_child(shop_url, "quick"), _child(shop_url, "quick")]
    said = [child.communicate(timeout=60)[0].split() for child in children]
    assert sorted(int(word) for words in said for word in words) == jobs
    assert all(row_of(shop, job_id).attempts == 1 for job_id in jobs)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_a_killed_process_leaves_its_job_to_the_next(
    shop: Shop, shop_url: str, actor: Actor, clock: ManualClock
) -> None:
    job_id = shop.execute(ask_for, Ask(), actor)
    child = _child(shop_url, "forever")
    assert child.stdout is not None
    assert child.stdout.readline().split() == [str(job_id)]
    child.send_signal(signal.SIGKILL)
    child.communicate(timeout=20)
    assert row_of(shop, job_id).state == "running"
    clock.set(_now())
    assert do(shop, lambda _job: {}) == 0  # it might still be at work
    clock.advance(seconds=31)
    assert do(shop, lambda job: {"attempt": job.attempt}) == 1
    assert row_of(shop, job_id).result == {"attempt": 2}


def _now():
    from datetime import UTC, datetime

    return datetime.now(UTC) + timedelta(milliseconds=1)


def test_a_long_job_keeps_its_lease(shop: Shop, actor: Actor) -> None:
    from shopdesk.core.clock import SystemClock

    shop.clock = SystemClock()
    job_id = shop.execute(ask_for, Ask(), actor)
    lease = timedelta(seconds=1)
    begun = threading.Event()

    def long(job: JobAtWork) -> Mapping[str, object]:
        begun.set()
        time.sleep(3)
        return {"attempt": job.attempt}

    thread = threading.Thread(target=JobWorker(shop, {"count": long}, lease=lease).run_due)
    thread.start()
    assert begun.wait(10)
    taken = 0
    while thread.is_alive():
        taken += len(shop.ask(ready_jobs, ("count",)))
        time.sleep(0.05)
    thread.join()
    assert taken == 0
    assert row_of(shop, job_id).result == {"attempt": 1}


def test_people_of_the_shop_see_the_work(shop: Shop) -> None:
    assert actor_of(shop, "bo").may(Permission.JOB_VIEW)
    assert not actor_of(shop, "ann").may(Permission.JOB_VIEW)
