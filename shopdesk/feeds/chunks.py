"""The transactions of an import: some entries compared, written and counted together with the place in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared, insert_into
from shopdesk.db.unit import UnitOfWork
from shopdesk.feeds.entries import Change, Done, Entry, Kind
from shopdesk.feeds.kinds import NEEDS
from shopdesk.feeds.models import FeedChange, FeedError, ProductFeed
from shopdesk.feeds.names import CHANGED_MEANWHILE, LOST_BARCODE, PRICE_JUMP
from shopdesk.feeds.row_maker import RowMaker
from shopdesk.feeds.states import FeedMoved

_ADD_CHANGE = RowMaker(
    FeedChange,
    "feed_id",
    "position",
    "rows",
    "target_id",
    "name",
    "title",
    "flags",
    "mark",
    defaults={"action": "new", "state": "applied", "details": "", "before": None, "note": ""},
)
_OTHERWISE = ("action", "state", "details", "before")
"""What a change is given besides unless it is something new that was not checked before."""
_ADD_ERROR = insert_into(
    FeedError, "feed_id", "row", "place", "first_row", "last_row", "column_name", "code", "message"
)
_CLAIM_TEXT = "UPDATE product_feeds SET cursor = :after WHERE id = :feed_id AND cursor = :before AND status = :status"
_CLAIM = Prepared(sqlite=_CLAIM_TEXT, postgresql=_CLAIM_TEXT)
"""Goes on to a chunk's end before anything is written: a second worker waits here and finds the place taken."""
_ADVANCE_TEXT = (
    "UPDATE product_feeds SET rows_processed = rows_processed + :good + :bad, "
    "rows_total = CASE WHEN rows_total < rows_processed + :good + :bad THEN rows_processed + :good + :bad ELSE rows_total END, "
    "rows_good = rows_good + :good, rows_bad = rows_bad + :bad, made = made + :made, changed = changed + :changed, "
    "unchanged = unchanged + :unchanged, jumps = jumps + :jumps, lost_codes = lost_codes + :lost, "
    "meanwhile = meanwhile + :meanwhile WHERE id = :feed_id"
)
_ADVANCE = Prepared(sqlite=_ADVANCE_TEXT, postgresql=_ADVANCE_TEXT)
_PLANNED_TEXT = (
    "SELECT position, details FROM feed_changes WHERE feed_id = :feed_id AND position BETWEEN :first AND :last"
)
_PLANNED = Prepared(sqlite=_PLANNED_TEXT, postgresql=_PLANNED_TEXT)
_FORGET_TEXT = "DELETE FROM {table} WHERE feed_id = :feed_id AND {column} BETWEEN :first AND :last"
_FORGET_CHANGES, _FORGET_ERRORS = (
    Prepared(sqlite=text, postgresql=text)
    for text in (
        _FORGET_TEXT.format(table="feed_changes", column="position"),
        _FORGET_TEXT.format(table="feed_errors", column="first_row"),
    )
)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Chunk:
    """Entries that one transaction deals with; ``before`` and ``after`` are the feed's place in the file.

    ``was_checked``: what the dry run said is compared with what is found now. ``tell``: other windows are to look again.
    """

    feed_id: int
    kind_name: str
    kind: Kind
    entries: Sequence[Entry]
    before: int
    after: int
    was_checked: bool = False
    tell: bool = True


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of a chunk, in rows and in things."""

    good: int = 0
    bad: int = 0
    made: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Refusals:
    """Refused entries of a file that is to be taken whole or not at all."""

    feed_id: int
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class UndoChunk:
    """Some applied changes of an import to take back, the last ones first."""

    feed_id: int
    kind_name: str
    kind: Kind
    limit: int


def apply_chunk(uow: UnitOfWork, chunk: Chunk) -> Counted:
    """Write what some entries change; raises FeedMoved when the import was taken further by somebody else."""
    uow.require(Permission.IMPORT)
    uow.require(NEEDS[chunk.kind_name])
    _claim(uow, chunk, "applying")
    changes = _compared(uow, chunk, lock=True)
    chunk.kind.write(uow, changes)
    planned = _forget_plan(uow, chunk) if chunk.was_checked else None
    if planned is not None:
        _note_meanwhile(changes, planned)
    return _note(uow, chunk, changes, "applied", planned)


def plan_chunk(uow: UnitOfWork, chunk: Chunk) -> Counted:
    """List what some entries would change; the shop's goods stay as they are."""
    uow.require(Permission.IMPORT)
    _claim(uow, chunk, "checking")
    changes = _compared(uow, chunk, lock=False)
    _forget_plan(uow, chunk)
    return _note(uow, chunk, changes, "planned", None)


def pass_chunk(uow: UnitOfWork, chunk: Chunk) -> Counted:
    """Go past entries that were compared before and change nothing."""
    uow.require(Permission.IMPORT)
    _claim(uow, chunk, "applying")
    planned = _forget_plan(uow, chunk) if chunk.was_checked else None
    return _note(uow, chunk, [], "applied", planned)


def note_refusals(uow: UnitOfWork, command: Refusals) -> None:
    """List what is refused of a file that is not taken because of it."""
    uow.require(Permission.IMPORT)
    batch = uow.batch()
    for entry in command.entries:
        batch.add(_FORGET_ERRORS, {"feed_id": command.feed_id, "first": entry.row, "last": entry.last})
    batch.add(_ADD_ERROR, [row for entry in command.entries for row in _fault_rows(command.feed_id, entry)])
    batch.send()


def undo_chunk(uow: UnitOfWork, command: UndoChunk) -> int:
    """Take some changes back; returns how many were looked at, none when all are done."""
    uow.require(Permission.IMPORT)
    uow.require(NEEDS[command.kind_name])
    rows = uow.connection.execute(
        sa.select(FeedChange)
        .where(FeedChange.feed_id == command.feed_id, FeedChange.state == "applied")
        .order_by(FeedChange.position.desc())
        .limit(command.limit)
    ).all()
    if not rows:
        return 0
    done = [
        Done(
            row.position,
            row.target_id,
            row.action,
            row.name,
            row.title,
            msgspec.json.decode(row.before) if row.before else None,
            msgspec.json.decode(row.mark) if row.mark else None,
        )
        for row in rows
    ]
    reasons = command.kind.take_back(uow, done)
    kept = 0
    for change, reason in zip(done, reasons, strict=True):
        kept += bool(reason)
        uow.connection.execute(
            sa.update(FeedChange)
            .where(FeedChange.feed_id == command.feed_id, FeedChange.position == change.position)
            .values(state="kept" if reason else "undone", note=reason)
        )
    uow.connection.execute(
        sa.update(ProductFeed)
        .where(ProductFeed.id == command.feed_id)
        .values(undone=ProductFeed.undone + len(done) - kept, kept=ProductFeed.kept + kept)
    )
    uow.changed("Feed", *command.kind.entities)
    return len(done)


def _claim(uow: UnitOfWork, chunk: Chunk, status: str) -> None:
    batch = uow.batch()
    place = {"feed_id": chunk.feed_id, "before": chunk.before, "after": chunk.after, "status": status}
    moved = batch.add(_CLAIM, place)
    batch.send()
    if moved.rowcount != 1:
        raise FeedMoved


def _compared(uow: UnitOfWork, chunk: Chunk, *, lock: bool) -> list[Change]:
    for entry in chunk.entries:
        del entry.faults[entry.sound :]  # of an attempt that was rolled back
    verdicts = chunk.kind.compare(uow, chunk.entries, lock=lock)
    return [verdict for verdict in verdicts if verdict is not None and not verdict.entry.faults]


def _forget_plan(uow: UnitOfWork, chunk: Chunk) -> dict[int, str]:
    """Take away what the dry run listed of these rows, and return its differences by position."""
    place = {"feed_id": chunk.feed_id, "first": chunk.before + 1, "last": chunk.after}
    batch = uow.batch()
    planned = batch.add(_PLANNED, place)
    batch.add(_FORGET_CHANGES, place)
    batch.add(_FORGET_ERRORS, place)
    batch.send()
    return dict(planned.rows)


def _note_meanwhile(changes: Sequence[Change], planned: dict[int, str]) -> None:
    """Flag what differs from the dry run: somebody changed the same goods in between."""
    for change in changes:
        if planned.pop(change.entry.row, None) != _details(change):
            change.flags |= CHANGED_MEANWHILE


def _note(
    uow: UnitOfWork, chunk: Chunk, changes: Sequence[Change], state: str, planned: dict[int, str] | None
) -> Counted:
    """Write changes and faults down and move the feed on; ``planned`` is what was listed and did not come about."""
    feed_id = chunk.feed_id
    good = bad = sound = 0
    faults: list[tuple[object, ...]] = []
    for entry in chunk.entries:
        if entry.faults:
            bad += entry.rows
            faults += _fault_rows(feed_id, entry)
        else:
            good += entry.rows
            sound += 1
    plain = state == "applied" and not chunk.was_checked  # what is new speaks for itself and lies in the stored file
    made = sum(change.is_new for change in changes)
    simple: list[tuple[object, ...]] = []
    told: list[tuple[object, ...]] = []
    for change in changes:
        entry = change.entry
        mark = None if change.mark is None else _encode(change.mark).decode()
        row = (feed_id, entry.row, entry.rows, change.target_id, entry.name, entry.title, change.flags, mark)
        if plain and change.is_new and change.before is None:
            simple.append(row)
            continue
        before = None if change.before is None else _encode(change.before).decode()
        told.append((*row, "new" if change.is_new else "changed", state, _details(change), before))
    flags = [change.flags for change in changes if change.flags]
    gone = len(planned) if planned else 0
    batch = uow.batch()
    _ADD_CHANGE.add(batch, simple)
    _ADD_CHANGE.add(batch, told, *_OTHERWISE)
    batch.add(_ADD_ERROR, faults)
    batch.add(
        _ADVANCE,
        {
            "feed_id": feed_id,
            "good": good,
            "bad": bad,
            "made": made,
            "changed": len(changes) - made,
            "unchanged": sound - len(changes),
            "jumps": sum(1 for flag in flags if flag & PRICE_JUMP),
            "lost": sum(1 for flag in flags if flag & LOST_BARCODE),
            "meanwhile": sum(1 for flag in flags if flag & CHANGED_MEANWHILE) + gone,
        },
    )
    batch.send()
    if chunk.tell:
        uow.changed("Feed", *(chunk.kind.entities if state == "applied" and changes else ()))
    return Counted(good, bad, made, len(changes) - made)


def _fault_rows(feed_id: int, entry: Entry) -> list[tuple[object, ...]]:
    return [
        (feed_id, fault.row, place, entry.row, entry.last, fault.column, fault.code, _begun(fault.message))
        for place, fault in enumerate(entry.faults)
    ]


def _details(change: Change) -> str:
    """The difference as JSON: a list of [part, field, before, after], or the values of something new and of its parts."""
    if change.details is not None:
        return _encode(change.details).decode()
    entry = change.entry
    return _encode({"new": entry.values, "parts": [part for _row, part in entry.parts]}).decode()


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
