"""Runs an import: the dry run, the import itself and taking it back, in short transactions, from where it stopped."""

from __future__ import annotations

import gc
import os
import time
from collections import Counter as Counted
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.i18n import _
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.feeds.chunks import (
    Chunk,
    Refusals,
    UndoChunk,
    apply_chunk,
    note_refusals,
    pass_chunk,
    plan_chunk,
    undo_chunk,
)
from shopdesk.feeds.endings import EndFeed, end_feed
from shopdesk.feeds.entries import Entry, Kind
from shopdesk.feeds.feed import (
    FeedCard,
    FeedChosen,
    MakeFeed,
    StartImport,
    feed_card,
    make_feed,
    remembered,
    start_check,
    start_import,
)
from shopdesk.feeds.files import keep_file, stored_file
from shopdesk.feeds.formats import TextFormat
from shopdesk.feeds.kinds import make_kind
from shopdesk.feeds.setup import FeedOptions, read_known
from shopdesk.feeds.table import Copied, Table, copied
from shopdesk.feeds.targets import guess_kind, guess_mapping
from shopdesk.system.models import Counter, SessionRow

FIRST_ROWS, MOST_ROWS, LEAST_ROWS = 200, 10_000, 25
WANTED_S, ALONE_S = 0.035, 0.5
"""How long a transaction is to take: while somebody works, for a till waits for one at most, and while nobody does."""
_AT_A_WINDOW, _SELLING = timedelta(minutes=15), timedelta(minutes=2)
_UNDO_ROWS = 100
_WRONG_FROM, _WRONG_SHARE = 5, 0.8
"""From how many of the first rows on, and from which share of them, one column's refusals stop the whole file."""
_TELL_S = 0.5
"""How often other windows are told to look again."""

Execute = Callable[[Callable[..., Any], Any], Any]
"""Runs a use case as the person who asked; Any because each has its own command and result."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken in: its feed, and the table while its private copy is there."""

    feed_id: int
    table: Table


@contextmanager
def taken_file(
    shop: Shop,
    path: str | os.PathLike[str],
    actor: Actor,
    *,
    kind: str = "",
    format: TextFormat | None = None,
    mapping: dict[str, str] | None = None,
    options: FeedOptions | None = None,
) -> Iterator[Taken]:
    """Take a file in: copied, looked through to its end, kept, its columns guessed or as they were chosen last.

    Raises BadFile, with the row where there is one; nothing was changed then.
    """
    with copied(path) as copy:
        table = Table(copy.path, format)
        rows = table.count()
        kind = kind or guess_kind(table.header)
        feed_id = _make(shop, copy, table, rows, actor, kind, mapping, options)
        yield Taken(feed_id, table)


def _make(
    shop: Shop,
    copy: Copied,
    table: Table,
    rows: int,
    actor: Actor,
    kind: str,
    mapping: dict[str, str] | None,
    options: FeedOptions | None,
) -> int:
    before = shop.ask(remembered, kind, table.header)
    if mapping is None:
        mapping = before[0] if before is not None else guess_mapping(kind, table.header)
    if options is None:
        options = before[1] if before is not None else FeedOptions()
    blob_id = keep_file(shop, copy, table.format.kind, actor)
    command = MakeFeed(blob_id, copy.name, kind, table.format, table.header, mapping, rows, options)
    return shop.execute(make_feed, command, actor)


def check_feed(
    shop: Shop,
    feed_id: int,
    execute: Execute,
    *,
    table: Table | None = None,
    progress: Progress | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> FeedCard:
    """The dry run: lists every difference and every refused row; goods, stock and people stay as they are."""
    execute(start_check, FeedChosen(feed_id))
    card = shop.ask(feed_card, feed_id)
    with few_collections(), _opened(shop, card, table) as source:
        kind = _kind(shop, card, source)
        pace = Pace(shop)
        for chunk in _chunks(card, kind, source, pace):
            if stopped():
                execute(end_feed, EndFeed(feed_id, "checking", "new"))
                return shop.ask(feed_card, feed_id)
            with pace.measured():
                execute(plan_chunk, chunk)
            _tell(progress, card, chunk)
    execute(end_feed, EndFeed(feed_id, "checking", "checked"))
    return shop.ask(feed_card, feed_id)


def import_feed(
    shop: Shop,
    feed_id: int,
    execute: Execute,
    *,
    table: Table | None = None,
    progress: Progress | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> FeedCard:
    """Apply an import that was started, or go on with one that was interrupted; returns it as it ended.

    All or nothing: refused rows, faults that turn up on the way and a cancelled import leave nothing applied. Good rows
    only: what was applied stays, and can be taken back.
    """
    card = shop.ask(feed_card, feed_id)
    if card.status == "undoing":
        return undo_feed(shop, feed_id, execute, progress=progress, ending="failed")
    with few_collections(), _opened(shop, card, table) as source:
        if card.options.all_or_nothing and not card.cursor and not _all_good(shop, card, source, execute):
            return shop.ask(feed_card, feed_id)
        kind = _kind(shop, card, source)
        pace = Pace(shop)
        looks = True
        for chunk in _chunks(card, kind, source, pace):
            if stopped():
                return _cancelled(shop, card, execute)
            changes = not looks or _changes_something(shop, chunk)
            if not chunk.before and (column := _wrong_column(chunk.entries)):
                return _refused_whole(shop, card, chunk, column, execute)
            if not changes:
                execute(pass_chunk, chunk)
                pace.missed()
            else:
                with pace.measured():
                    counted = execute(apply_chunk, chunk)
                looks = not (counted.made or counted.changed)
                if counted.bad and card.options.all_or_nothing:
                    return _rolled_back(shop, card, execute, _("Rows were refused that the check had found good."))
            _tell(progress, card, chunk)
    execute(end_feed, EndFeed(feed_id, "applying", "done"))
    return shop.ask(feed_card, feed_id)


def undo_feed(
    shop: Shop,
    feed_id: int,
    execute: Execute,
    *,
    progress: Progress | None = None,
    ending: str = "undone",
    error: str = "",
) -> FeedCard:
    """Take back what an import changed, the last changes first; what was used since stays and is listed."""
    card = shop.ask(feed_card, feed_id)
    known = shop.ask(read_known)
    reason = _("Taken back: {file}").format(file=card.file_name)
    kind = make_kind(
        card.kind,
        card.shape,
        card.header,
        card.mapping,
        card.options,
        known,
        card.format.decimal_mark,
        since=card.started_at,
        reason=reason,
    )
    done = 0
    while looked := execute(undo_chunk, UndoChunk(feed_id, card.kind, kind, _UNDO_ROWS)):
        done += looked
        if progress is not None:
            progress(min(done, card.made + card.changed), card.made + card.changed)
    execute(end_feed, EndFeed(feed_id, "undoing", ending, error or card.error))
    return shop.ask(feed_card, feed_id)


@contextmanager
def few_collections() -> Iterator[None]:
    """Many rows are made and none of them in circles: the collector of garbage looks less often meanwhile."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def somebody_works(reader: Reader) -> bool:
    """Whether somebody was at a window lately, or a till wrote a document just now. Whoever comes next waits once."""
    now = reader.clock.now()
    live = sa.exists().where(
        SessionRow.ended_at.is_(None), SessionRow.expires_at > now, SessionRow.last_activity_at > now - _AT_A_WINDOW
    )
    selling = sa.exists().where(Counter.series == "S", Counter.value > 0, Counter.last_at > now - _SELLING)
    return bool(reader.connection.execute(sa.select(sa.or_(live, selling))).scalar())


class Pace:
    """How many rows a transaction takes, so that it lasts as long as wanted on this machine at this moment."""

    def __init__(self, shop: Shop) -> None:
        self.rows = FIRST_ROWS
        self._shop = shop

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Time one transaction and set the next one's size."""
        start = time.perf_counter()
        yield
        took = time.perf_counter() - start
        wanted_s = WANTED_S if self._shop.ask(somebody_works) else ALONE_S
        wanted = int(self.rows * min(2.0, max(0.02, wanted_s / max(took, 1e-4))))
        self.rows = max(LEAST_ROWS, min(MOST_ROWS, wanted))

    def missed(self) -> None:
        """Nothing was written: the next chunk may be larger, it only reads."""
        self.rows = min(MOST_ROWS, self.rows * 2)


def _chunks(card: FeedCard, kind: Kind, table: Table, pace: Pace) -> Iterator[Chunk]:
    """The entries behind the feed's place, some at a time; earlier ones are read again, for what stands twice in the file."""
    part: list[Entry] = []
    rows, before, told = 0, card.cursor, 0.0
    checked = card.checked_at is not None

    def made() -> Chunk:
        nonlocal told
        tell = time.monotonic() - told > _TELL_S
        told = time.monotonic() if tell else told
        return Chunk(card.id, card.kind, kind, tuple(part), before, part[-1].last, checked, tell)

    for entry in kind.entries(table.rows()):
        if entry.last <= card.cursor:
            continue
        entry.sound = len(entry.faults)
        part.append(entry)
        rows += entry.rows
        if rows >= pace.rows:
            yield made()
            before, part, rows = part[-1].last, [], 0
    if part:
        yield made()


def _wrong_column(entries: Sequence[Entry]) -> str:
    """The column that nearly all of the first rows are refused for: two columns were swapped, or it was given a wrong meaning."""
    refused = Counted(fault.column for entry in entries for fault in entry.faults[:1] if fault.code == "bad_cell")
    column, count = max(refused.items(), key=lambda one: one[1], default=("", 0))
    return column if count >= _WRONG_FROM and count > _WRONG_SHARE * len(entries) else ""


def _refused_whole(shop: Shop, card: FeedCard, chunk: Chunk, column: str, execute: Execute) -> FeedCard:
    execute(note_refusals, Refusals(card.id, tuple(entry for entry in chunk.entries if entry.faults)))
    told = _("Nearly every row is refused for the column “{column}”: is it the right one? Nothing was changed.")
    execute(end_feed, EndFeed(card.id, "applying", "failed", told.format(column=column[:60])))
    return shop.ask(feed_card, card.id)


def _changes_something(shop: Shop, chunk: Chunk) -> bool:
    """Look from a read transaction, which keeps nobody waiting, whether a chunk would write anything."""
    verdicts = shop.ask(chunk.kind.compare, chunk.entries, lock=False)
    return any(verdict is not None for verdict in verdicts)


def _all_good(shop: Shop, card: FeedCard, table: Table, execute: Execute) -> bool:
    """For all or nothing: every row is looked at before the first is written; False, and told, when one is refused."""
    bad = 0
    for chunk in _chunks(card, _kind(shop, card, table), table, Pace(shop)):
        shop.ask(chunk.kind.compare, chunk.entries, lock=False)
        refused = [entry for entry in chunk.entries if entry.faults]
        if refused:
            execute(note_refusals, Refusals(card.id, tuple(refused)))
            bad += sum(entry.rows for entry in refused)
    if not bad:
        return True
    told = _("Rows are refused, and this file is to be taken whole or not at all. Nothing was changed.")
    execute(end_feed, EndFeed(card.id, "applying", "failed", told))
    return False


def _cancelled(shop: Shop, card: FeedCard, execute: Execute) -> FeedCard:
    if card.options.all_or_nothing:
        return _rolled_back(shop, card, execute, _("Cancelled; nothing of it stayed."), ending="cancelled")
    execute(end_feed, EndFeed(card.id, "applying", "cancelled"))
    return shop.ask(feed_card, card.id)


def _rolled_back(shop: Shop, card: FeedCard, execute: Execute, error: str, *, ending: str = "failed") -> FeedCard:
    execute(end_feed, EndFeed(card.id, "applying", "undoing", error))
    return undo_feed(shop, card.id, execute, ending=ending, error=error)


@contextmanager
def _opened(shop: Shop, card: FeedCard, table: Table | None) -> Iterator[Table]:
    """The table that is open already, else the stored file put together again."""
    context = nullcontext(Path()) if table is not None else stored_file(shop, card.blob_id)
    with context as path:
        yield table or Table(path, card.format)


def _kind(shop: Shop, card: FeedCard, table: Table) -> Kind:
    known = shop.ask(read_known)
    reason = _("Import of {file}").format(file=card.file_name)[:200]
    return make_kind(
        card.kind,
        card.shape,
        table.header,
        card.mapping,
        card.options,
        known,
        card.format.decimal_mark,
        since=card.started_at,
        reason=reason,
    )


def _tell(progress: Progress | None, card: FeedCard, chunk: Chunk) -> None:
    if progress is not None:
        progress(min(chunk.after, card.rows_total), card.rows_total)


def started(shop: Shop, feed_id: int, actor: Actor, *, again: bool = False) -> Execute:
    """Start an import here and now, without a job; returns what runs its transactions."""
    shop.execute(start_import, StartImport(feed_id, in_background=False, again=again), actor)
    return lambda use_case, command: shop.execute(use_case, command, actor)
