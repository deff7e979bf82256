"""What the doctor's checks are made of: a question whose every row is a violation, streamed rows, and what was found."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from shopdesk.db.batch import Prepared

SAMPLES = 5
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
    try:
        if names is not None:
            names.extend(column[0] for column in cursor.description)
        while rows := cursor.fetchmany(_PAGE):
            yield from rows
    finally:
        cursor.close()


class Rows:
    """A stream in the order of a leading key, taken group by group beside another one (a merge join).

    ``passed`` collects the rows that no key asked for, when it is given a list.
    """

    def __init__(self, rows: Iterator[tuple[Any, ...]], key: int = 0) -> None:
        self._rows = rows
        self._key = key
        self._next = next(rows, None)
        self.passed: list[tuple[Any, ...]] | None = None

    def of(self, key: Any) -> list[tuple[Any, ...]]:  # Any: a number or a tuple of them
        """The rows of a key, which must rise from call to call; rows of keys in between are passed over."""
        group: list[tuple[Any, ...]] = []
        row, place = self._next, self._key
        while row is not None and row[place] < key:
            if self.passed is not None:
                self.passed.append(row)
            row = next(self._rows, None)
        while row is not None and row[place] == key:
            group.append(row)
            row = next(self._rows, None)
        self._next = row
        return group

    def rest(self) -> None:
        """Pass over what is left."""
        while self._next is not None:
            if self.passed is not None:
                self.passed.append(self._next)
            self._next = next(self._rows, None)
