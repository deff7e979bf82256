"""What the doctor's checks are made of: a question whose every row is a violation, streamed rows, and what was found."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from shopdesk.db.batch import Prepared

SAMPLES = 5
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError)
"""What a value raises that is not of its column's kind: SQLite takes anything in any column."""
LOWEST = -(2**63)
_PAGE = 2000
_names = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Check:
    """An invariant of INVARIANTS.md as SQL that returns a row for each violation.

    ``says`` is what such a row means; the row's columns are shown beside it. ``fast`` marks a question whose cost depends on
    recent documents only (it uses the floors of ``Scope``) or on small tables.
    """

    id: str
    says: str
    sql: Prepared
    fast: bool = True


def query(sql: str, *, postgresql: str = "") -> Prepared:
    """A statement of fixed words, its own ones for PostgreSQL where the two differ; values come as ``:name``."""
    return Prepared(sqlite=sql, postgresql=postgresql or sql)


def check(id: str, says: str, sql: str, *, postgresql: str = "", fast: bool = True) -> Check:
    """A Check from SQL that both databases read, or with its own text for PostgreSQL."""
    return Check(id, says, query(sql, postgresql=postgresql), fast)


@dataclass(frozen=True, slots=True)
class Scope:
    """How far back to look: rows with higher ids than these floors (all of them in a full run)."""

    fast: bool
    order_floor: int = LOWEST
    ledger_floor: int = LOWEST
    journal_floor: int = LOWEST
    audit_floor: int = LOWEST
    now: int = 0

    @property
    def values(self) -> Mapping[str, object]:
        """The parameters that a check's SQL may name."""
        return {
            "order_floor": self.order_floor,
            "ledger_floor": self.ledger_floor,
            "journal_floor": self.journal_floor,
            "audit_floor": self.audit_floor,
            "now": self.now,
        }


@dataclass(slots=True)
class Found:
    """Violations by invariant: how many, and the first few in words."""

    counts: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, id: str, text: str) -> None:
        """Note one violation."""
        self.counts[id] = self.counts.get(id, 0) + 1
        kept = self.samples.setdefault(id, [])
        if len(kept) < SAMPLES:
            kept.append(text)

    def merge(self, other: Found) -> None:
        """Add what was found elsewhere."""
        for id, count in other.counts.items():
            self.counts[id] = self.counts.get(id, 0) + count
            self.samples[id] = [*self.samples.get(id, []), *other.samples.get(id, [])][:SAMPLES]


def ask(connection: sa.Connection, one: Check, scope: Scope, found: Found) -> None:
    """Note every row that a check returns."""
    names: list[str] = []
    for row in stream(connection, one.sql, scope.values, names):
        shown = ", ".join(f"{name} {value}" for name, value in zip(names, row, strict=True))
        found.add(one.id, f"{one.says}: {shown}")


def stream(
    connection: sa.Connection, statement: Prepared, values: Mapping[str, object], names: list[str] | None = None
) -> Iterator[tuple[Any, ...]]:  # Any: rows as the driver gives them
    """Rows as plain tuples, some thousands in memory at a time, from a cursor on the server on PostgreSQL.

    ``names`` is filled with the columns' names.
    """
    text, bind = statement.compiled(connection.dialect)
    driver: Any = connection.connection.driver_connection  # Any: two drivers, no common type
    named = connection.dialect.name == "postgresql"
    cursor = driver.cursor(name=f"doctor_{next(_names)}") if named else driver.cursor()
    cursor.execute(text, bind(values))
    if names is not None:
        names.extend(column[0] for column in cursor.description)
    opened: dict[int, Any] = connection.info.setdefault("doctor_cursors", {})
    opened[id(cursor)] = cursor
    # No generator of our own between the driver and the loop: it would cost as much as the row.
    pages = iter(partial(cursor.fetchmany, _PAGE), [])
    return itertools.chain(itertools.chain.from_iterable(pages), _closing(opened, cursor))


def _closing(opened: dict[int, Any], cursor: Any) -> Iterator[tuple[Any, ...]]:
    """No row; the cursor is closed when the rows before are through."""
    opened.pop(id(cursor), None)
    cursor.close()
    yield from ()


def close_streams(connection: sa.Connection) -> None:
    """Close the cursors of streams that were not read to their end."""
    for cursor in connection.info.pop("doctor_cursors", {}).values():
        with contextlib.suppress(Exception):  # it may have ended with a transaction that failed
            cursor.close()


class Rows:
    """A stream in the order of a leading key, taken group by group beside another one (a merge join)."""

    __slots__ = ("_group", "_groups", "_key")

    def __init__(self, rows: Iterator[tuple[Any, ...]], key: int = 0) -> None:
        self._groups = itertools.groupby(rows, itemgetter(key))
        self._key: Any = None  # Any: the key's own type
        self._group: Iterator[tuple[Any, ...]] | None = None
        self._forward()

    def of(self, key: int) -> list[tuple[Any, ...]]:
        """The rows of a key, which must rise from call to call; rows of keys in between are passed over."""
        while self._group is not None and self._key < key:
            self._forward()
        if self._group is None or self._key != key:
            return []
        rows = list(self._group)
        self._forward()
        return rows

    def _forward(self) -> None:
        self._key, self._group = next(self._groups, (None, None))
