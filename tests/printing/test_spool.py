"""A print job is tried until its paper is out; a drawer kick is sent at most once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.printing.spool import (
    FRESH,
    LEASE,
    MOST_ATTEMPTS,
    WAITS,
    JobLife,
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

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def waiting(document: str = "receipt") -> JobLife:
    """A job just written."""
    return JobLife(document=document, state="queued", attempts=0, next_try_at=NOW)


def test_a_job_goes_from_waiting_over_printing_to_done() -> None:
    job = started(waiting(), NOW)
    assert (job.state, job.attempts) == ("printing", 1)
    done = printed(job, NOW)
    assert (done.state, done.finished_at, done.error) == ("done", NOW, None)
    assert not may_start(done, NOW + timedelta(days=1))


def test_each_failure_waits_longer_up_to_half_a_minute() -> None:
    job, now, waits = waiting(), NOW, []
    for _ in range(len(WAITS) + 2):
        job = refused(started(job, now), "off", now)
        assert not may_start(job, now)
        waits.append((job.next_try_at - now).total_seconds())
        now = job.next_try_at
        assert may_start(job, now)
    assert waits == [1, 2, 5, 10, 15, 30, 30, 30]
    assert job.error == "off"


def test_after_many_tries_a_person_is_asked_and_may_say_again() -> None:
    job = waiting()
    for _ in range(MOST_ATTEMPTS):
        job = refused(started(job, job.next_try_at), "off", job.next_try_at)
    assert job.state == "failed"
    assert not may_start(job, NOW + timedelta(days=9))
    again = asked_again(job, NOW)
    assert may_start(again, NOW)
    assert again.attempts == 0


def test_a_job_whose_process_died_is_taken_over_after_its_lease() -> None:
    job = started(waiting(), NOW)
    assert not may_start(job, NOW + LEASE - timedelta(microseconds=1))
    assert started(job, NOW + LEASE).attempts == 2


def test_a_drawer_kick_is_done_before_it_is_sent_and_never_comes_back() -> None:
    kick = started(waiting("drawer"), NOW)
    assert kick.state == "done"
    for later in (kick, refused(kick, "off", NOW), asked_again(refused(kick, "off", NOW), NOW)):
        assert not may_start(later, NOW + timedelta(days=9))
    assert refused(kick, "off", NOW).error == "off"


def test_a_drawer_is_not_kicked_when_nobody_stands_there_any_more() -> None:
    assert not too_late(waiting("drawer"), NOW, NOW + FRESH)
    assert too_late(waiting("drawer"), NOW, NOW + FRESH + timedelta(seconds=1))
    assert not too_late(waiting(), NOW, NOW + timedelta(days=1))
    gone = unsent(started(waiting("drawer"), NOW), "too late", NOW)
    assert (gone.state, gone.error) == ("skipped", "too late")
    assert not may_start(asked_again(gone, NOW), NOW)


def test_what_cannot_be_drawn_fails_at_once_and_can_be_asked_for_again() -> None:
    job = hopeless(started(waiting(), NOW), "no such sale", NOW)
    assert (job.state, job.error) == ("failed", "no such sale")
    assert may_start(asked_again(job, NOW), NOW)


def test_what_is_finished_is_not_skipped_and_what_is_skipped_can_be_asked_for_again() -> None:
    assert skipped(printed(started(waiting(), NOW), NOW), "no printer", NOW).state == "done"
    gone = skipped(waiting(), "no printer", NOW)
    assert (gone.state, gone.error) == ("skipped", "no printer")
    assert may_start(asked_again(gone, NOW), NOW)


def test_starting_what_may_not_start_is_a_bug() -> None:
    with pytest.raises(ValueError, match="may not be started"):
        started(printed(started(waiting(), NOW), NOW), NOW)


@given(st.lists(st.sampled_from(["start", "fail", "print", "skip", "again", "wait"]), max_size=60), st.booleans())
def test_whatever_happens_a_drawer_is_kicked_at_most_once_and_paper_comes_out_at_most_once(
    steps: list[str], drawer: bool
) -> None:
    job, now, sent, papers, in_hand = waiting("drawer" if drawer else "receipt"), NOW, 0, 0, False
    for step in steps:
        if step == "start" and may_start(job, now):
            job, in_hand, sent = started(job, now), True, sent + 1
        elif step == "fail" and in_hand:
            job, in_hand = refused(job, "off", now), False
        elif step == "print" and in_hand:
            job, in_hand, papers = printed(job, now), False, papers + 1
        elif step == "skip" and not in_hand:
            job = skipped(job, None, now)
        elif step == "again":
            job = asked_again(job, now)
        elif step == "wait":
            now += timedelta(seconds=61)
    assert papers <= 1
    if drawer:
        assert sent <= 1
