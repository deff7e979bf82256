"""Writing many documents in one transaction: the checkout's own rows, grouped by statement, each at its own moment."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import ManualClock, to_micros
from shopdesk.db.batch import Batch, Outcome, Prepared, Row, Values
from shopdesk.db.database import Database
from shopdesk.inventory.stock import StockBook
from shopdesk.system.records import Book

_INSERT = re.compile(r"INSERT INTO (\w+) \(([^)]*)\) VALUES \([^)]*\)\s*\Z", re.DOTALL)


_USUAL = ("cache_size=-32768", "wal_autocheckpoint=4000")
_ROOMY = ("cache_size=-262144", "wal_autocheckpoint=40000")


@contextmanager
def roomy(database: Database) -> Iterator[None]:
    """Room for a long run of large transactions: a larger page cache on SQLite, and no search for cyclic garbage.

    What is committed is as durable as ever. Rows are plain dictionaries that are freed as soon as they are written; looking
    through a hundred thousand of them for cycles took a sixth of the time.
    """
    _tune(database, _ROOMY)
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
        _tune(database, _USUAL)


def refresh_statistics(database: Database) -> None:
    """Tell PostgreSQL's planner what the shop holds now, which it would notice by itself some minutes later."""
    if database.dialect == "postgresql":
        with database.writing() as connection, connection.begin():
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # a large shop takes longer than a sale may
            connection.exec_driver_sql("ANALYZE")


def _tune(database: Database, pragmas: Sequence[str]) -> None:
    if database.dialect == "sqlite":
        with database.writing() as connection:
            driver: Any = connection.connection.driver_connection  # Any: the driver behind SQLAlchemy
            for pragma in pragmas:
                driver.execute(f"PRAGMA {pragma}").fetchall()


class GroupedBatch(Batch):
    """Collects values by statement; ``send`` runs each statement once, in the order in which it first came.

    That order puts parents before children because every document adds its rows so. On PostgreSQL plain inserts are copied.
    """

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__(connection)
        self._groups: dict[Prepared, tuple[list[Any], Outcome]] = {}  # Any: mappings, or tuples in the columns' order

    def add(self, statement: Prepared, values: Values | Sequence[Values | Row] = MappingProxyType({})) -> Outcome:
        """Queue values of a statement."""
        group = self._groups.get(statement)
        if group is None:
            group = self._groups[statement] = ([], Outcome())
        if isinstance(values, Mapping):
            group[0].append(values)
        else:
            group[0].extend(values)
        return group[1]

    def add_each(self, *inserts: tuple[Prepared, Row]) -> None:
        """Each among its like: grouped, a statement costs less than its rows."""
        for statement, row in inserts:
            self.add(statement, [row])

    def send(self) -> None:
        """Write everything that was queued."""
        groups, self._groups = self._groups, {}
        for statement, (rows, outcome) in groups.items():
            if not rows:
                continue
            if self.dialect == "postgresql" and self._copied(statement, rows):
                outcome.rowcount = len(rows)
                continue
            done = super().add(statement, rows)
            super().send()
            outcome.rows, outcome.rowcount = done.rows, done.rowcount

    def _copied(self, statement: Prepared, rows: Sequence[Values | Row]) -> bool:
        text, _bind = statement.compiled(self._connection.dialect)
        found = _INSERT.match(text)
        if found is None:
            return False
        columns = [name.strip().strip('"') for name in found[2].split(",")]
        named = ", ".join(f'"{name}"' for name in columns)
        driver: Any = self._connection.connection.driver_connection  # Any: the driver behind SQLAlchemy
        with driver.cursor() as cursor, cursor.copy(f"COPY {found[1]} ({named}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row if isinstance(row, tuple) else [row[name] for name in columns])
        return True


class SeedBook(Book):
    """A till's book whose documents are written at different moments within one transaction."""

    def move_to(self, moment: datetime) -> None:
        """Write what follows at this moment."""
        clock = self.uow.clock
        assert isinstance(clock, ManualClock)
        clock.set(moment)
        self.now = moment
        self.micros = to_micros(moment)


class SeedStock(StockBook):
    """Stock whose moves carry different moments within one transaction."""

    def move_to(self, moment: datetime) -> None:
        """Move what follows at this moment."""
        self._at = to_micros(moment)
