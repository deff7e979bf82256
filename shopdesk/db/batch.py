"""Statements of the hot path: compiled once, sent together.

SQLAlchemy compiles each Core statement once a dialect; a batch then hands the text to the driver itself: one after the other on
SQLite, in one pipeline (one round trip) on PostgreSQL. Values go in and come out as the database holds them (times are
microseconds), because the processing of types would cost more than the statement. The engine's events see each statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from types import MappingProxyType
from typing import Any, cast

import msgspec
import sqlalchemy as sa

from shopdesk.db.base import Base

Values = Mapping[str, object]
Row = tuple[object, ...]
"""Values in the order of an insert's columns, which saves the naming of each on the hot path."""
Bind = Callable[[Any], Any]
"""From named values to what a driver takes: a tuple or a mapping."""


class Prepared:
    """A Core statement, or its hand-written text by dialect with ``:name`` parameters, compiled once a dialect.

    ``replan`` makes PostgreSQL plan it anew for each values: for searches, whose best plan depends on what is looked for.
    """

    numbered = False
    """Whether PostgreSQL's text has ``$1`` and so goes to the server as it is; the driver reads long texts with ``%s`` anew."""

    def __init__(self, statement: sa.ClauseElement | None = None, *, replan: bool = False, **by_dialect: str) -> None:
        self._statement = statement
        self.replan = replan
        self._by_dialect = by_dialect
        self._compiled: dict[str, tuple[str, Bind]] = {}

    def compiled(self, dialect: sa.Dialect) -> tuple[str, Bind]:
        """The statement's text, and what makes a driver's parameters of named values; a tuple of values passes as it is."""
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = self._compile(dialect)
        return known

    def _compile(self, dialect: sa.Dialect) -> tuple[str, Bind]:
        statement = self._statement
        if statement is None:
            statement = sa.text(self._by_dialect[dialect.name])
        made = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        positions = getattr(made, "positiontup", None)
        constants = {name: value for name, value in made.params.items() if value is not None}
        return str(made), _bind(positions, constants)


class _Insert(Prepared):
    """An INSERT with its columns in a given order, so that a row may also be handed over as a plain tuple in that order."""

    numbered = True

    def __init__(self, table: sa.Table, columns: Sequence[str], otherwise: str) -> None:
        super().__init__()
        self._table = table
        self._columns = columns
        self._otherwise = otherwise
        self._texts: dict[int, str] = {}

    def _compile(self, dialect: sa.Dialect) -> tuple[str, Bind]:
        return self.text(dialect), _bind(self._columns, {})

    @property
    def width(self) -> int:
        """How many values a row has."""
        return len(self._columns)

    def many_rows(self, dialect: sa.Dialect, count: int) -> str:
        """The text for so many rows at once."""
        known = self._texts.get(count)
        if known is None:
            known = self._texts[count] = self.text(dialect, count)
        return known

    def text(self, dialect: sa.Dialect, count: int = 1, first: int = 1) -> str:
        """The statement for so many rows, its parameters numbered from ``first``."""
        quote = dialect.identifier_preparer.quote
        named = ", ".join(quote(name) for name in self._columns)
        rows = ", ".join(f"({self._marks(dialect, first + row * self.width)})" for row in range(count))
        return f"INSERT INTO {quote(self._table.name)} ({named}) VALUES {rows}{self._otherwise}"

    def _marks(self, dialect: sa.Dialect, first: int) -> str:
        if dialect.name == "sqlite":
            return ", ".join("?" * self.width)
        return ", ".join(f"${number}" for number in range(first, first + self.width))


def _bind(positions: Sequence[str] | None, constants: dict[str, Any]) -> Bind:
    """By name where the driver takes names, else a tuple in the statement's order; constants only where there are any."""
    if positions is None:
        return (lambda values: {**constants, **values}) if constants else (lambda values: values)
    if constants:
        return lambda values: tuple(values[name] if name in values else constants[name] for name in positions)
    if len(positions) > 1:
        return itemgetter(*positions)
    return lambda values: tuple(values[name] for name in positions)


def insert_into(model: type[Base], *columns: str, otherwise: str = "") -> Prepared:
    """An INSERT of the named columns of a mapped table, values given under the same names or as tuples in this order.

    Columns with a default that Python knows are written with it when they are not named. ``otherwise`` is what follows the
    values: an ON CONFLICT clause.
    """
    table = cast("sa.Table", model.__table__)
    left_out = [column for column in table.columns if column.name not in columns and column.default is not None]
    if left_out and not otherwise:
        return Prepared(sa.insert(table).values({name: sa.bindparam(name) for name in columns}))
    return _Insert(table, columns, f" {otherwise}" if otherwise else "")


class _Together(Prepared):
    """Several inserts as one statement of PostgreSQL; a row is the tuple of all their values."""

    numbered = True

    def __init__(self, parts: Sequence[_Insert]) -> None:
        super().__init__()
        self._parts = parts

    def _compile(self, dialect: sa.Dialect) -> tuple[str, Bind]:
        texts, first = [], 1
        for part in self._parts:
            texts.append(part.text(dialect, 1, first))
            first += part.width
        *before, last = texts
        named = ", ".join(f"part{place} AS ({text})" for place, text in enumerate(before))
        return f"WITH {named} {last}", lambda row: row


@lru_cache(maxsize=64)
def _together(*parts: _Insert) -> Prepared:
    return _Together(parts)


def array(dialect: str, values: Sequence[object]) -> object:
    """A list as one parameter: JSON text for SQLite's json_each, the list itself for PostgreSQL's ANY and unnest."""
    return msgspec.json.encode(list(values)).decode() if dialect == "sqlite" else list(values)


_ROWS_AT_ONCE = 12
"""Up to so many rows PostgreSQL takes in one INSERT, each number of them prepared once; more are sent row by row."""


class Outcome:
    """What one statement of a batch brought: its rows as tuples, or how many rows it touched."""

    __slots__ = ("rowcount", "rows")

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []  # Any: rows as the driver gives them
        self.rowcount = 0

    @property
    def one(self) -> tuple[Any, ...] | None:
        """The first row, or None."""
        return self.rows[0] if self.rows else None


class Batch:
    """Statements added in order and sent by ``send``; their outcomes are filled then.

    ``add`` takes one mapping of values, or a sequence of mappings or tuples (executemany, one statement whatever their
    number). After ``send`` the batch is empty and can be used again.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._pending: list[tuple[Prepared, Values | Sequence[Values | Row], bool, Outcome]] = []

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._connection.dialect.name

    def add(self, statement: Prepared, values: Values | Sequence[Values | Row] = MappingProxyType({})) -> Outcome:
        """Queue a statement; an empty sequence of values queues nothing."""
        outcome = Outcome()
        many = type(values) is not dict and not isinstance(values, Mapping)
        if values or not many:
            self._pending.append((statement, values, many, outcome))
        return outcome

    def add_each(self, *inserts: tuple[Prepared, Row]) -> None:
        """Queue inserts of one row each: one statement on PostgreSQL, where a statement costs more than its rows."""
        plain = [statement for statement, _row in inserts if isinstance(statement, _Insert)]
        if self.dialect == "postgresql" and len(plain) == len(inserts) > 1:
            together = _together(*plain)
            self.add(together, [tuple(value for _statement, row in inserts for value in row)])
            return
        for statement, row in inserts:
            self.add(statement, [row])

    def send(self) -> None:
        """Run what was queued; raises the driver's own error of the first statement that failed."""
        pending, self._pending = self._pending, []
        if not pending:
            return
        connection = self._connection
        dialect = connection.dialect
        noted = connection.engine.dispatch.before_cursor_execute
        listeners = tuple(noted) if noted else ()
        driver: Any = connection.connection.driver_connection  # Any: two drivers, no common type
        if dialect.name == "sqlite":
            cursor = driver.cursor()
            for statement, values, many, outcome in pending:
                self._run(cursor, dialect, listeners, statement, values, many)
                if cursor.description is not None:
                    outcome.rows = cursor.fetchall()
                outcome.rowcount = cursor.rowcount
            cursor.close()
            return
        from psycopg import RawCursor  # the driver's own, here already

        with driver.pipeline() if len(pending) > 1 else nullcontext():
            cursors = [RawCursor(driver) if statement.numbered else driver.cursor() for statement, *_values in pending]
            for cursor, (statement, values, many, _outcome) in zip(cursors, pending, strict=True):
                self._run(cursor, dialect, listeners, statement, values, many)
        for cursor, (*_sent, outcome) in zip(cursors, pending, strict=True):
            if cursor.description is not None:
                outcome.rows = cursor.fetchall()
            outcome.rowcount = cursor.rowcount
            cursor.close()

    def _run(
        self,
        cursor: Any,
        dialect: sa.Dialect,
        listeners: Sequence[Callable[..., object]],
        statement: Prepared,
        values: Any,
        many: bool,
    ) -> None:
        text, bind = statement.compiled(dialect)
        bound: Any = [row if type(row) is tuple else bind(row) for row in values] if many else bind(values)
        if many and type(statement) is _Insert and dialect.name == "postgresql" and 1 < len(bound) <= _ROWS_AT_ONCE:
            text, bound, many = statement.many_rows(dialect, len(bound)), tuple(chain.from_iterable(bound)), False
        for listener in listeners:
            listener(self._connection, cursor, text, bound, None, many)
        if many and len(bound) > 1:
            cursor.executemany(text, bound)
            return
        if many:
            bound = bound[0]
        if statement.replan and dialect.name == "postgresql":
            cursor.execute(text, bound, prepare=False)
        else:
            cursor.execute(text, bound)
