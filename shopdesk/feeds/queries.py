"""What the screens of imports show: the imports, the differences of one and the rows it refuses; keyset pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.feeds.models import FeedChange, FeedError, ProductFeed
from shopdesk.feeds.names import CHANGED_MEANWHILE, LOST_BARCODE, PRICE_JUMP
from shopdesk.system.jobs_models import Job
from shopdesk.system.models import User


@dataclass(frozen=True, slots=True)
class FeedRow:
    """An import in the list; ``refused`` counts rows, ``made`` and ``changed`` things."""

    id: int
    created_at: datetime
    file_name: str
    kind: str
    status: str
    rows: int
    made: int
    changed: int
    unchanged: int
    refused: int
    kept: int
    by: str
    error: str
    job_id: int | None
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Something that an import makes or changes; ``before`` and ``after`` are its first difference in words."""

    position: int
    action: str
    state: str
    name: str
    title: str
    flags: int
    target_id: int | None
    note: str
    details: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A reason why rows were refused; the rows from ``first_row`` to ``last_row`` go together."""

    row: int
    column: str
    message: str
    first_row: int
    last_row: int
    place: int


_FEED_SORTS = Sorts({"newest": (ProductFeed.id,)}, default="newest")
_CHANGE_SORTS = Sorts({"row": (FeedChange.position,)}, default="row")
_ERROR_SORTS = Sorts({"row": (FeedError.row, FeedError.place)}, default="row")
_FLAGS = {"jump": PRICE_JUMP, "codes": LOST_BARCODE, "meanwhile": CHANGED_MEANWHILE}


def feeds_page(reader: Reader, request: PageRequest) -> Page[FeedRow]:
    """Imports, filtered by ``kind`` and ``status``."""
    selected = (
        sa.select(
            ProductFeed.id,
            ProductFeed.created_at,
            ProductFeed.file_name,
            ProductFeed.kind,
            ProductFeed.status,
            ProductFeed.rows_total,
            ProductFeed.made,
            ProductFeed.changed,
            ProductFeed.unchanged,
            ProductFeed.rows_bad,
            ProductFeed.kept,
            User.username,
            ProductFeed.error,
            ProductFeed.job_id,
            ProductFeed.rows_processed,
            sa.func.coalesce(Job.progress_total, 0),
        )
        .join(User, User.id == ProductFeed.created_by)
        .outerjoin(Job, Job.id == ProductFeed.job_id)
    )
    if kind := request.filter("kind"):
        selected = selected.where(ProductFeed.kind == kind)
    if status := request.filter("status"):
        selected = selected.where(ProductFeed.status == status)
    else:
        selected = selected.where(ProductFeed.status != "discarded")
    if request.search.strip():
        selected = selected.where(ProductFeed.file_name.icontains(request.search.strip(), autoescape=True))
    return keyset_page(reader, selected, _FEED_SORTS, request, lambda row: FeedRow(*row[:16]))


def changes_page(reader: Reader, request: PageRequest, feed_id: int) -> Page[ChangeRow]:
    """What an import makes and changes, in the order of the file; filters ``action``, ``flag`` and ``state``."""
    names = ("position", "action", "state", "name", "title", "flags", "target_id", "note", "details")
    columns = [getattr(FeedChange, name) for name in names]
    selected = sa.select(*columns).where(FeedChange.feed_id == feed_id)
    if action := request.filter("action"):
        selected = selected.where(FeedChange.action == action)
    if state := request.filter("state"):
        selected = selected.where(FeedChange.state == state)
    flag = _FLAGS.get(str(request.filter("flag") or ""))
    if flag is not None:
        selected = selected.where(FeedChange.flags != 0, FeedChange.flags.op("&")(flag) != 0)
    if words := request.search.strip():
        either = FeedChange.name.icontains(words, autoescape=True) | FeedChange.title.icontains(words, autoescape=True)
        selected = selected.where(either)
    return keyset_page(reader, selected, _CHANGE_SORTS, request, lambda row: ChangeRow(*row[:9]))


def errors_page(reader: Reader, request: PageRequest, feed_id: int) -> Page[RefusedRow]:
    """The rows that an import refuses, with column and reason; filter ``column``."""
    selected = sa.select(
        FeedError.row, FeedError.column, FeedError.message, FeedError.first_row, FeedError.last_row, FeedError.place
    ).where(FeedError.feed_id == feed_id)
    if column := request.filter("column"):
        selected = selected.where(FeedError.column == column)
    if words := request.search.strip():
        selected = selected.where(FeedError.message.icontains(words, autoescape=True))
    return keyset_page(reader, selected, _ERROR_SORTS, request, lambda row: RefusedRow(*row[:6]))


def refused_columns(reader: Reader, feed_id: int) -> tuple[tuple[str, int], ...]:
    """The columns in which rows were refused and how often, the worst first."""
    count = sa.func.count()
    rows = reader.connection.execute(
        sa.select(FeedError.column, count)
        .where(FeedError.feed_id == feed_id)
        .group_by(FeedError.column)
        .order_by(count.desc(), FeedError.column)
    )
    return tuple((row[0], row[1]) for row in rows)


def differences(details: str) -> tuple[tuple[str, str, object, object], ...]:
    """The differences of a change: (part, field, before, after); what is new has nothing before."""
    read = json.loads(details) if details else []
    if isinstance(read, dict):
        rows = [("", key, None, value) for key, value in read["new"].items() if key != "origin"]
        for part in read["parts"]:
            name = str(part.get("sku") or part.get("line1") or "")
            rows += [(name, key, None, value) for key, value in part.items() if key not in {"sku", "made"}]
        return tuple(rows)
    return tuple((part, key, before, after) for part, key, before, after in read)
