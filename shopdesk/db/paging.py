"""Keyset pages: the next page continues after the last row seen, so that the millionth row costs what the first does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.db.unit import Reader

PAGE_SIZE = 100
SortColumn: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]  # Any: columns of any type
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a list asks for: sort key by name, direction, search text, filters, and the cursor of the page before.

    ``after`` is the ``Page.next`` of the page before, or None for the first page.
    """

    sort: str = ""
    descending: bool = False
    search: str = ""
    filters: tuple[tuple[str, object], ...] = ()
    after: tuple[object, ...] | None = None
    limit: int = PAGE_SIZE

    def filter(self, name: str) -> object | None:
        """The chosen value of a filter, or None."""
        return dict(self.filters).get(name)


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Some rows and where the next ones begin; ``next`` is None on the last page."""

    rows: tuple[R, ...]
    next: tuple[object, ...] | None = None


@dataclass(frozen=True, slots=True)
class Sorts:
    """The columns a list may be sorted by, each with an index behind it: name to its columns, the last one unique."""

    columns: dict[str, tuple[SortColumn, ...]] = field(default_factory=dict)
    default: str = ""

    def pick(self, request: PageRequest) -> tuple[SortColumn, ...]:
        """The columns of the asked order; raises BadField for a name that is not offered."""
        name = request.sort or self.default
        if name not in self.columns:
            raise BadField("sort", _("this list cannot be sorted by {name}.").format(name=name))
        return self.columns[name]


def keyset_page(
    reader: Reader,
    select: sa.Select[*tuple[Any, ...]],
    sorts: Sorts,
    request: PageRequest,
    make: Callable[[sa.Row[*tuple[Any, ...]]], R],
) -> Page[R]:
    """One page of ``select`` in the asked order; one statement, never OFFSET.

    The order's columns are added to the selection under ``sort_0`` ...; none of them may be NULL.
    """
    columns = sorts.pick(request)
    descending = request.descending
    statement = select.add_columns(*(column.label(f"sort_{index}") for index, column in enumerate(columns)))
    if request.after is not None:
        statement = statement.where(_beyond(columns, request.after, descending))
    order = [column.desc() if descending else column.asc() for column in columns]
    rows: Sequence[sa.Row[*tuple[Any, ...]]] = reader.connection.execute(
        statement.order_by(*order).limit(request.limit + 1)
    ).all()
    more = len(rows) > request.limit
    rows = rows[: request.limit]
    cursor = tuple(rows[-1]._mapping[f"sort_{index}"] for index in range(len(columns))) if more else None
    return Page(tuple(make(row) for row in rows), cursor)


def _beyond(columns: tuple[SortColumn, ...], after: tuple[object, ...], descending: bool) -> ColumnElement[bool]:
    if len(columns) == 1:
        return columns[0] < after[0] if descending else columns[0] > after[0]
    left = sa.tuple_(*columns)
    right = sa.tuple_(*(sa.literal(value, column.type) for value, column in zip(after, columns, strict=True)))
    return left < right if descending else left > right


def begins_with(column: SortColumn, text: str) -> ColumnElement[bool]:
    """Rows whose column begins with a text, whatever the database's collation; the lower bound lets an index begin there."""
    return sa.and_(column >= text, sa.func.substr(column, 1, len(text)) == text)
