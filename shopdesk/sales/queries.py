"""Lists of sales, voids, shifts and Zs in keyset pages, and the whole of the books as streams, oldest first."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import from_micros, to_micros
from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.db.paging import Page, PageRequest, begins_with
from shopdesk.db.unit import Reader
from shopdesk.parties.models import Customer
from shopdesk.sales.models import Order, OrderItem, Till, Void
from shopdesk.sales.return_models import Return
from shopdesk.sales.tills import till_at
from shopdesk.system.models import JournalEntry, User

SALE_SORTS = ("placed", "number", "total")
"""What the sales list can be sorted by: an index of both tables stands behind each."""
KINDS = ("sale", "void", "return")
"""What adds up to turnover, in the order in which documents of one moment are told."""
_MODELS: tuple[Any, ...] = (Order, Void, Return)  # Any: three tables
_SERIES = "SVR"
_VOID_OF, _UNDONE = sa.orm.aliased(Void), sa.orm.aliased(Order)
"""A sale's void, and the sale of a void or return; made once, because their columns take longer to make than a page to read."""
_DIGITS = re.compile(r"\d{1,12}")
_WHOLE_NUMBER = re.compile(r".+-[A-Z]+\d{6,}")
_BATCH = 1000
SOLD = sa.or_(Order.fulfilment == "counter", sa.exists().where(OrderItem.order_id == Order.id))
"""What is turnover among orders: sales over the counter, and orders since they were processed."""


@dataclass(frozen=True, slots=True)
class SaleRow:
    """A sale, or a void or return with a negative total; ``voided_by`` is a sale's void, ``undoes`` the sale of the others."""

    id: int
    kind: str
    number: str
    till: str
    clerk: str
    customer: str
    total_cents: int
    placed_at: datetime
    status: str
    voided_by: str
    undoes: str


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document of turnover as ``ask sales`` tells it; the totals of all of them add up to turnover."""

    key: str
    number: str
    kind: str
    till: str
    total_cents: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class JournalFacts:
    """A journal entry as ``ask journal`` tells it; ``payload`` is the exact text that was hashed."""

    seq: int
    kind: str
    number: str
    payload: str
    prev: str
    hash: str
    perpetual_cents: int


def sales_page(reader: Reader, request: PageRequest) -> Page[SaleRow]:
    """A page of sales, voids and returns; one statement.

    Sorts: ``placed``, ``number``, ``total``. Filters: ``till`` (code), ``kind`` (one of KINDS), ``since`` and ``until`` (aware
    moments, the latter not included), ``shift_id``, ``customer_id``. Search: a number, its beginning, or its digits alone.
    """
    sort = request.sort or "placed"
    if sort not in SALE_SORTS:
        raise BadField("sort", _("this list cannot be sorted by {name}.").format(name=sort))
    wanted = request.filter("kind")
    arms = [_arm(rank, sort, request) for rank, kind in enumerate(KINDS) if wanted in (None, kind)]
    if not arms:
        raise BadField("kind", _("must be sale, void or return."))
    together = sa.union_all(*(sa.select(arm.subquery()) for arm in arms)).subquery()
    order = [together.c.sort_value, together.c.rank, together.c.id]
    statement = sa.select(together).order_by(*(column.desc() if request.descending else column for column in order))
    found = reader.connection.execute(statement.limit(request.limit + 1)).all()
    rows = found[: request.limit]
    last = rows[-1] if len(found) > request.limit else None
    cursor = None if last is None else (last.sort_value, last.rank, last.id)
    return Page(tuple(_sale_row(row) for row in rows), cursor)


def _arm(rank: int, sort: str, request: PageRequest) -> sa.Select[Any]:  # Any: columns of two tables
    """One kind's part of a page, in order and no longer than the page, so that an index serves it."""
    model = _MODELS[rank]
    moment = sa.type_coerce(model.placed_at if rank == 0 else model.created_at, sa.BigInteger)
    by = {"placed": moment, "number": model.number, "total": model.total_cents}[sort]
    customer_id = Order.customer_id if rank == 0 else _UNDONE.customer_id
    statement: sa.Select[Any] = (
        sa.select(
            by.label("sort_value"),
            sa.literal_column(str(rank)).label("rank"),
            model.id.label("id"),
            model.number.label("number"),
            Till.code.label("till"),
            User.username.label("clerk"),
            sa.func.coalesce(Customer.first_name + " " + Customer.last_name, "").label("customer"),
            model.total_cents.label("total_cents"),
            moment.label("moment"),
            (Order.status if rank == 0 else sa.literal_column("''")).label("status"),
            (sa.func.coalesce(_VOID_OF.number, "") if rank == 0 else sa.literal_column("''")).label("voided_by"),
            (sa.literal_column("''") if rank == 0 else _UNDONE.number).label("undoes"),
        )
        .select_from(model)
        # outer joins keep the sorted table outermost, so that the page stops early
        .outerjoin(Till, Till.id == model.till_id)
        .outerjoin(User, User.id == model.user_id)
    )
    if rank == 0:
        statement = statement.outerjoin(_VOID_OF, _VOID_OF.order_id == Order.id)
    else:
        statement = statement.outerjoin(_UNDONE, _UNDONE.id == model.order_id)
    statement = statement.outerjoin(Customer, Customer.id == customer_id)
    statement = statement.where(*_filters(rank, model, moment, customer_id, request))
    if request.after is not None:
        statement = statement.where(_beyond(rank, by, model.id, request))
    down = request.descending
    return statement.order_by(by.desc() if down else by, model.id.desc() if down else model.id).limit(request.limit + 1)


def _filters(
    rank: int, model: Any, moment: sa.ColumnElement[int], customer_id: Any, request: PageRequest
) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = [SOLD] if rank == 0 else []
    if (till := request.filter("till")) is not None:
        where.append(model.till_id == sa.select(Till.id).where(Till.code == till).scalar_subquery())
    if isinstance(since := request.filter("since"), datetime):
        where.append(moment >= to_micros(since))
    if isinstance(until := request.filter("until"), datetime):
        where.append(moment < to_micros(until))
    if (shift_id := request.filter("shift_id")) is not None:
        where.append(model.shift_id == shift_id)
    if (customer := request.filter("customer_id")) is not None:
        where.append(customer_id == customer)
    if text := request.search.strip():
        where.append(_number_matches(rank, model.number, text))
    return where


def _number_matches(rank: int, number: Any, text: str) -> sa.ColumnElement[bool]:
    """An indexed look-up: digits alone are tried at every till, a whole number is met exactly, else its beginning."""
    if _DIGITS.fullmatch(text):
        ending = f"-{_SERIES[rank]}{int(text):06d}"
        matches: sa.ColumnElement[bool] = number.in_(sa.select(Till.code + ending))
    elif _WHOLE_NUMBER.fullmatch(text):
        matches = number == text
    else:
        matches = begins_with(number, text)
    return matches


def _beyond(rank: int, by: Any, row_id: Any, request: PageRequest) -> sa.ColumnElement[bool]:
    """Where this kind's rows continue after the cursor (sort value, kind's rank, id)."""
    assert request.after is not None
    value, last_rank, last_id = request.after
    down = request.descending
    if rank == last_rank:
        here, there = sa.tuple_(by, row_id), sa.tuple_(sa.literal(value, by.type), sa.literal(last_id, row_id.type))
        return here < there if down else here > there
    comes_after_equals = (rank > int(str(last_rank))) != down
    if comes_after_equals:
        beyond: sa.ColumnElement[bool] = by <= value if down else by >= value
    else:
        beyond = by < value if down else by > value
    return beyond


def _sale_row(row: Any) -> SaleRow:  # Any: a row of the union of two tables
    return SaleRow(
        id=row.id,
        kind=KINDS[row.rank],
        number=row.number,
        till=row.till or "",
        clerk=row.clerk or "",
        customer=row.customer.strip(),
        total_cents=row.total_cents,
        placed_at=from_micros(row.moment),
        status=row.status,
        voided_by=row.voided_by,
        undoes=row.undoes or "",
    )


def all_documents(reader: Reader) -> Iterator[DocumentFacts]:
    """Every sale, void and return once, oldest first, streamed: three statements, little memory whatever the shop's size."""
    sales = _stream(reader, 0, Order.uid, Order.number, Till.code, Order.total_cents, Order.placed_at, Order.id, Order)
    voids = _stream(reader, 1, Void.uid, Void.number, Till.code, Void.total_cents, Void.created_at, Void.id, Void)
    back = _stream(
        reader, 2, Return.uid, Return.number, Till.code, Return.total_cents, Return.created_at, Return.id, Return
    )
    for moment, rank, _id, key, number, till, total_cents in heapq.merge(sales, voids, back):
        yield DocumentFacts(key, number, KINDS[rank], till, total_cents, from_micros(moment))


def _stream(
    reader: Reader, rank: int, uid: Any, number: Any, till: Any, total: Any, at: Any, row_id: Any, model: Any
) -> Iterator[tuple[Any, ...]]:
    moment = sa.type_coerce(at, sa.BigInteger)
    statement = (
        sa.select(moment, sa.literal_column(str(rank)), row_id, uid, number, till, total)
        .select_from(model)
        .outerjoin(Till, Till.id == model.till_id)
        .where(*([SOLD] if rank == 0 else []))
        .order_by(moment, row_id)
    )
    rows = reader.connection.execute(statement.execution_options(yield_per=_BATCH))
    yield from (tuple(row) for row in rows)


def journal_entries(reader: Reader, till: str | None = None) -> Iterator[JournalFacts]:
    """A till's journal from its first entry, streamed; raises UnknownTill."""
    place = till_at(reader, till)
    statement = (
        sa.select(
            JournalEntry.seq,
            JournalEntry.kind,
            JournalEntry.number,
            JournalEntry.payload,
            JournalEntry.prev_hash,
            JournalEntry.hash,
            JournalEntry.perpetual_cents,
        )
        .where(JournalEntry.till_id == place.id)
        .order_by(JournalEntry.seq)
        .execution_options(yield_per=_BATCH)
    )
    for row in reader.connection.execute(statement):
        yield JournalFacts(*row)
