"""A feed's life: taken in, its columns chosen, checked, applied, undone, thrown away; each step a use case."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from shopdesk.core.errors import BadField, NotFound
from shopdesk.core.folding import folded
from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.feeds.formats import TextFormat, checked_format
from shopdesk.feeds.kinds import NEEDS, check_mapping, check_options, shape_of
from shopdesk.feeds.models import FeedChange, FeedError, FeedMapping, ProductFeed
from shopdesk.feeds.names import APPLY_JOB, CHECK_JOB, UNDO_JOB
from shopdesk.feeds.options_text import as_text, format_of, header_of, mapping_of, options_of
from shopdesk.feeds.setup import FeedOptions, read_known
from shopdesk.feeds.states import STATE_WORDS, AlreadyImported, FeedBusy
from shopdesk.feeds.targets import TARGETS
from shopdesk.system.jobs import enqueue
from shopdesk.system.jobs_models import Job
from shopdesk.system.models import Blob
from shopdesk.system.records import audit_office

REASON_COLUMN = "Why refused"
"""The column that files of refused rows have besides; it means nothing when they come back."""
OPEN_STATES = ("new", "checking", "checked")
"""States in which nothing of the shop was changed yet."""


@dataclass(frozen=True, slots=True)
class MakeFeed:
    """A stored file with its first look: how it is read, its header, and what its columns seem to mean."""

    blob_id: int
    file_name: str
    kind: str
    format: TextFormat
    header: tuple[str, ...]
    mapping: dict[str, str]
    rows: int
    options: FeedOptions = field(default_factory=FeedOptions)


@dataclass(frozen=True, slots=True)
class ChooseColumns:
    """What the file is, how it is read and what its columns mean, as a person wants it."""

    feed_id: int
    kind: str
    format: TextFormat
    header: tuple[str, ...]
    mapping: dict[str, str]
    options: FeedOptions = field(default_factory=FeedOptions)
    rows: int = 0


@dataclass(frozen=True, slots=True)
class FeedChosen:
    """An import."""

    feed_id: int


@dataclass(frozen=True, slots=True)
class StartImport:
    """Apply an import; ``in_background`` makes a job of it. ``again`` books a file of changes a second time."""

    feed_id: int
    in_background: bool = True
    again: bool = False


@dataclass(frozen=True, slots=True)
class FeedCard:
    """An import with all that is known of it."""

    id: int
    uid: str
    blob_id: int
    file_name: str
    kind: str
    shape: str
    format: TextFormat
    header: tuple[str, ...]
    mapping: dict[str, str]
    options: FeedOptions
    status: str
    rows_total: int
    rows_processed: int
    rows_good: int
    rows_bad: int
    made: int
    changed: int
    unchanged: int
    jumps: int
    lost_codes: int
    meanwhile: int
    undone: int
    kept: int
    cursor: int
    error: str
    job_id: int | None
    at_work: bool
    created_at: datetime
    checked_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None


def make_feed(uow: UnitOfWork, command: MakeFeed) -> int:
    """Take a stored file in as an import that nothing was done with yet; returns its id."""
    uow.require(Permission.IMPORT)
    _check_kind(command.kind)
    made = uow.connection.execute(
        sa.insert(ProductFeed).values(
            uid=uuid7(),
            blob_id=command.blob_id,
            file_name=command.file_name,
            kind=command.kind,
            shape=shape_of(command.kind, command.header),
            format=command.format.kind,
            reading=as_text(command.format),
            header=as_text(command.header),
            mapping=as_text(command.mapping),
            options=as_text(command.options),
            status="new",
            rows_total=command.rows,
            created_by=uow.actor.user_id,
            created_at=uow.clock.now(),
        )
    )
    assert made.inserted_primary_key is not None
    uow.changed("Feed")
    return int(made.inserted_primary_key[0])


def choose_columns(uow: UnitOfWork, command: ChooseColumns) -> None:
    """Say what a file is and what its columns mean; what was checked before counts no more. Remembered for this header.

    Raises BadField, FeedBusy once the import has begun.
    """
    uow.require(Permission.IMPORT)
    _check_kind(command.kind)
    format = checked_format(command.format)
    known = read_known(uow)
    check_mapping(command.kind, command.header, command.mapping, known)
    check_options(command.options, known)
    _move(
        uow,
        command.feed_id,
        OPEN_STATES,
        "new",
        kind=command.kind,
        shape=shape_of(command.kind, command.header),
        reading=as_text(format),
        header=as_text(command.header),
        mapping=as_text(command.mapping),
        options=as_text(command.options),
        checked_at=None,
        **({"rows_total": command.rows} if command.rows else {}),
        **_ZERO,
    )
    _remember(uow, command)
    uow.changed("Feed")


def check_columns(uow: UnitOfWork, command: ChooseColumns) -> int:
    """Say what a file is and have it checked in the background; returns the job's id. Raises what ``choose_columns`` raises."""
    uow.require(Permission.IMPORT)
    choose_columns(uow, command)
    card = feed_card(uow, command.feed_id)
    title = _("Check of {file}").format(file=card.file_name)
    job_id = enqueue(uow, CHECK_JOB, {"feed_id": card.id}, key=f"{CHECK_JOB}:{uuid7()}", title=title)
    _move(uow, card.id, OPEN_STATES, "checking", job_id=job_id)
    return job_id


def start_check(uow: UnitOfWork, command: FeedChosen) -> None:
    """Begin the dry run: afterwards the import lists what it would change and what it refuses."""
    uow.require(Permission.IMPORT)
    _move(uow, command.feed_id, OPEN_STATES, "checking", checked_at=None, error="", **_ZERO)
    uow.changed("Feed")


def start_import(uow: UnitOfWork, command: StartImport) -> int | None:
    """Begin to apply an import, or go on with a cancelled one; returns the job's id if it is done in the background.

    Raises FeedBusy; AlreadyImported for a file of stock changes that was applied before.
    """
    uow.require(Permission.IMPORT)
    card = feed_card(uow, command.feed_id)
    uow.require(NEEDS[card.kind])
    if not command.again:
        _refuse_twice(uow, card)
    known = read_known(uow)
    check_mapping(card.kind, card.header, card.mapping, known)
    # One that was broken off goes on; two workers at once are kept apart by the feed's place in its file.
    goes_on = card.status == "cancelled" or (card.status == "applying" and not card.at_work)
    values: dict[str, object] = {} if goes_on else {**_ZERO, "started_at": uow.clock.now()}
    before = ("new", "checked", "cancelled", *(("applying",) if goes_on else ()))
    _move(uow, card.id, before, "applying", error="", completed_at=None, **values)
    title = _("Import of {file}").format(file=card.file_name)
    job_id = None
    if command.in_background:
        job_id = enqueue(
            uow,
            APPLY_JOB,
            {"feed_id": card.id},
            key=f"{APPLY_JOB}:{uuid7()}",
            title=title,
        )
        _set(uow, card.id, job_id=job_id)
    details = {"kind": card.kind, "file": card.file_name, "rows": card.rows_total}
    audit_office(uow, "import.start", target_type="feed", target_id=str(card.id), details=details)
    uow.changed("Feed")
    return job_id


def start_undo(uow: UnitOfWork, command: StartImport) -> int | None:
    """Begin to take an import back; what was used or changed since stays and is listed. Returns the job's id, if one is made."""
    uow.require(Permission.IMPORT)
    card = feed_card(uow, command.feed_id)
    uow.require(NEEDS[card.kind])
    before = ("done", "failed", "cancelled", *(() if card.at_work else ("undoing", "applying")))
    again = {} if card.status == "undoing" else {"undone": 0, "kept": 0}
    _move(uow, card.id, before, "undoing", error="", **again)
    job_id = None
    if command.in_background:
        title = _("Taking back the import of {file}").format(file=card.file_name)
        job_id = enqueue(uow, UNDO_JOB, {"feed_id": card.id}, key=f"{UNDO_JOB}:{uuid7()}", title=title)
        _set(uow, card.id, job_id=job_id)
    audit_office(uow, "import.undo", target_type="feed", target_id=str(card.id), details={"file": card.file_name})
    uow.changed("Feed")
    return job_id


def discard_feed(uow: UnitOfWork, command: FeedChosen) -> None:
    """Throw away an import that changed nothing; its list of differences goes with it."""
    uow.require(Permission.IMPORT)
    _move(uow, command.feed_id, OPEN_STATES, "discarded", **_ZERO)
    uow.connection.execute(sa.delete(FeedChange).where(FeedChange.feed_id == command.feed_id))
    uow.connection.execute(sa.delete(FeedError).where(FeedError.feed_id == command.feed_id))
    uow.changed("Feed")


def feed_card(reader: Reader, feed_id: int) -> FeedCard:
    """An import by its id; raises NotFound."""
    names = [name for name in FeedCard.__dataclass_fields__ if name not in _READ]
    columns = [getattr(ProductFeed, name) for name in names]
    extra = (ProductFeed.reading, ProductFeed.header, ProductFeed.mapping, ProductFeed.options, Job.status)
    chosen = sa.select(*columns, *extra).outerjoin(Job, Job.id == ProductFeed.job_id).where(ProductFeed.id == feed_id)
    row = reader.connection.execute(chosen).first()
    if row is None:
        raise NotFound(_("Import"), feed_id)
    values = dict(zip(names, row, strict=False))
    reading, header, mapping, options, job = row[len(names) :]
    return FeedCard(
        **values,
        format=format_of(reading),
        header=header_of(header),
        mapping=mapping_of(mapping),
        options=options_of(options),
        at_work=job in {"queued", "running"},
    )


def interrupted_feed(reader: Reader, card: FeedCard) -> int | None:
    """An import of the same file with the same choices that was broken off outside of any job, to be gone on with."""
    older, newer = aliased(ProductFeed), aliased(ProductFeed)
    same = [
        getattr(older, name) == getattr(newer, name) for name in ("blob_id", "kind", "reading", "mapping", "options")
    ]
    chosen = (
        sa.select(older.id)
        .join(newer, sa.and_(*same))
        .where(newer.id == card.id, older.id != card.id, older.status == "applying", older.job_id.is_(None))
    )
    return reader.connection.execute(chosen.order_by(older.id.desc()).limit(1)).scalar()


def remembered(reader: Reader, kind: str, header: tuple[str, ...]) -> tuple[dict[str, str], FeedOptions] | None:
    """What was chosen last for a file with this header; None for a header that is new."""
    row = reader.connection.execute(
        sa.select(FeedMapping.mapping, FeedMapping.options).where(
            FeedMapping.kind == kind, FeedMapping.header_hash == header_hash(header)
        )
    ).first()
    return None if row is None else (mapping_of(row.mapping), options_of(row.options))


def header_hash(header: tuple[str, ...]) -> str:
    """What tells one shape of file from another: its columns in order, folded."""
    names = [folded(name) for name in header if name != REASON_COLUMN]
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()


_READ = frozenset({"format", "header", "mapping", "options", "at_work"})
_ZERO: dict[str, int] = dict.fromkeys(
    (
        "rows_processed",
        "rows_good",
        "rows_bad",
        "made",
        "changed",
        "unchanged",
        "jumps",
        "lost_codes",
        "meanwhile",
        "cursor",
    ),
    0,
)


def _check_kind(kind: str) -> None:
    if kind not in TARGETS:
        raise BadField("kind", _("must be one of {kinds}.").format(kinds=", ".join(TARGETS)))


def _move(uow: UnitOfWork, feed_id: int, before: tuple[str, ...], after: str, **values: object) -> None:
    """Go from one of some states to another; raises FeedBusy or NotFound."""
    moved = uow.connection.execute(
        sa.update(ProductFeed)
        .where(ProductFeed.id == feed_id, ProductFeed.status.in_(before))
        .values(status=after, **values)
    )
    if not moved.rowcount:
        state = feed_card(uow, feed_id).status
        raise FeedBusy(state=_(STATE_WORDS[state]))


def _set(uow: UnitOfWork, feed_id: int, **values: object) -> None:
    uow.connection.execute(sa.update(ProductFeed).where(ProductFeed.id == feed_id).values(**values))


def _refuse_twice(uow: UnitOfWork, card: FeedCard) -> None:
    if card.kind != "stock" or card.options.stock_mode != "change":
        return
    same = sa.select(Blob.checksum).where(Blob.id == card.blob_id).scalar_subquery()
    before = uow.connection.execute(
        sa.select(ProductFeed.started_at)
        .join(Blob, Blob.id == ProductFeed.blob_id)
        .where(
            ProductFeed.id != card.id,
            ProductFeed.kind == "stock",
            ProductFeed.status.in_(("applying", "done", "failed", "cancelled")),
            Blob.checksum == same,
        )
    ).scalar()
    if before is not None:
        raise AlreadyImported(day=f"{before:%Y-%m-%d}")


def _remember(uow: UnitOfWork, command: ChooseColumns) -> None:
    key = (FeedMapping.kind == command.kind, FeedMapping.header_hash == header_hash(command.header))
    values = {
        "mapping": as_text(command.mapping),
        "options": as_text(command.options),
        "updated_at": uow.clock.now(),
        "updated_by": uow.actor.user_id,
    }
    if not uow.connection.execute(sa.update(FeedMapping).where(*key).values(**values)).rowcount:
        names = {"kind": command.kind, "header_hash": header_hash(command.header)}
        uow.connection.execute(sa.insert(FeedMapping).values(**names, **values))
