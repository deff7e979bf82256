"""Imports as work in the background: each goes on from its place in the file, whoever begins it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from shopdesk.core.errors import DatabaseTrouble, ShopError
from shopdesk.system.jobs_run import JobAtWork

if TYPE_CHECKING:
    from shopdesk.feeds.feed import FeedCard


def run_import(job: JobAtWork) -> Mapping[str, object]:
    """Apply the import of a job."""
    from shopdesk.feeds.feed import feed_card  # heavy: not before there is one
    from shopdesk.feeds.run import import_feed

    feed_id = _feed(job)
    if job.shop.ask(feed_card, feed_id).status not in {"applying", "undoing"}:
        return _told(job.shop.ask(feed_card, feed_id))  # an earlier attempt ended it
    try:
        card = import_feed(job.shop, feed_id, job.execute, progress=job.progress, stopped=_stopped(job))
    except ShopError as error:
        if not isinstance(error, DatabaseTrouble):
            _failed(job, feed_id, str(error))
        raise
    job.stop_if_cancelled()
    return _told(card)


def run_check(job: JobAtWork) -> Mapping[str, object]:
    """The dry run of a job."""
    from shopdesk.feeds.run import check_feed

    card = check_feed(job.shop, _feed(job), job.execute, progress=job.progress, stopped=_stopped(job))
    job.stop_if_cancelled()
    return {**_told(card), "quiet": True}


def run_undo(job: JobAtWork) -> Mapping[str, object]:
    """Take the import of a job back."""
    from shopdesk.feeds.feed import feed_card
    from shopdesk.feeds.run import undo_feed

    feed_id = _feed(job)
    if job.shop.ask(feed_card, feed_id).status != "undoing":
        return _told(job.shop.ask(feed_card, feed_id))
    return _told(undo_feed(job.shop, feed_id, job.execute, progress=job.progress))


def _failed(job: JobAtWork, feed_id: int, sentence: str) -> None:
    """An import that cannot go on is over: what it did so far can be taken back."""
    from shopdesk.feeds.endings import EndFeed, end_feed
    from shopdesk.feeds.feed import feed_card

    status = job.shop.ask(feed_card, feed_id).status
    if status in {"applying", "undoing"}:
        job.execute(end_feed, EndFeed(feed_id, status, "failed", sentence))


def _feed(job: JobAtWork) -> int:
    return int(job.payload["feed_id"])


def _stopped(job: JobAtWork) -> Callable[[], bool]:
    """Whether somebody cancelled, which the import ends in its own way; a closed window or a lost lease ends the attempt."""

    def asked() -> bool:
        if job.lost.is_set() or job.pause.is_set():
            job.stop_if_cancelled()
        return job.cancel.is_set()

    return asked


def _told(card: FeedCard) -> Mapping[str, object]:
    return {
        "target": ["feed", card.id],
        "state": card.status,
        "made": card.made,
        "changed": card.changed,
        "unchanged": card.unchanged,
        "refused": card.rows_bad,
        "undone": card.undone,
        "kept": card.kept,
    }
