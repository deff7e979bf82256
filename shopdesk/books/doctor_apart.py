"""The longest part of a full examination in a process of its own, on the other core, seeing the same moment of the shop."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import sqlalchemy as sa

from shopdesk.db.database import Database
from shopdesk.db.invariants import Found, Scope, close_streams, query, stream
from shopdesk.sales.invariants import walk_sales

WORTH_IT = 50_000
"""Orders from which a second process is worth its half second of start."""
_PATIENCE_SECONDS = 60
_COUNTERS = query("SELECT c.scope, c.series, c.value, c.hash FROM counters c ORDER BY c.scope, c.series")
_NEWEST_ORDER = sa.text("SELECT coalesce(max(id), 0) FROM orders")


class Apart:
    """Sales examined by another process. ``join`` adds what it found; False when it could not and all is still to do."""

    def __init__(self, database: Database) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        address = database.url.render_as_string(hide_password=False)
        self._process = context.Process(target=_examine_sales, args=(address, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def agree(self, connection: sa.Connection) -> bool:
        """Make the other process look at the moment that a connection's snapshot shows; False if it shows another."""
        try:
            if connection.dialect.name == "postgresql":
                self._say(str(connection.execute(sa.select(sa.func.pg_export_snapshot())).scalar()))
            else:
                self._say("")
            return bool(self._hear() == moment(connection))
        except (OSError, EOFError):
            return False

    def begin(self, scope: Scope) -> None:
        """Let it work."""
        with contextlib.suppress(OSError):
            self._say(scope)

    def join(self, found: Found) -> bool:
        """Wait for it and take over what it found."""
        try:
            theirs = self._pipe.recv()
        except (OSError, EOFError):
            return False
        finally:
            self.close()
        if not isinstance(theirs, Found):
            return False
        found.merge(theirs)
        return True

    def close(self) -> None:
        """End it, whatever it does."""
        self._pipe.close()
        if self._process.is_alive():
            self._process.terminate()
        self._process.join()

    def _say(self, words: object) -> None:
        self._pipe.send(words)

    def _hear(self) -> Any:  # Any: what was agreed upon
        if not self._pipe.poll(_PATIENCE_SECONDS):
            raise EOFError
        return self._pipe.recv()


def start_apart(database: Database, *, fast: bool) -> Apart | None:
    """Another process for the sales, if there are enough of them and a core to spare."""
    if fast or (os.cpu_count() or 1) < 2 or getattr(sys, "frozen", False):  # a frozen program would start its window
        return None
    try:
        with database.reading() as connection:
            orders = int(connection.execute(_NEWEST_ORDER).scalar() or 0)
    except sa.exc.SQLAlchemyError:
        return None  # a damaged shop is examined as far as it goes
    return Apart(database) if orders >= WORTH_IT else None


def moment(connection: sa.Connection) -> list[tuple[Any, ...]]:
    """What tells one state of the books from any other: every write of history raises a counter."""
    return list(stream(connection, _COUNTERS, {}))


@contextmanager
def snapshot(database: Database, exported: str = "") -> Iterator[sa.Connection]:
    """A read transaction that sees one moment, however long it takes; ``exported`` is PostgreSQL's name of another's."""
    if database.dialect == "sqlite":
        with database.reading() as connection:
            yield connection
        return
    with database.read_engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        transaction = connection.begin()
        try:
            if exported:
                name = exported.replace("'", "")  # it has letters, digits and dashes, and takes no parameter
                connection.exec_driver_sql("SET TRANSACTION SNAPSHOT '{}'".replace("{}", name))
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            connection.execute(sa.text("SET LOCAL cursor_tuple_fraction = 1"))
            yield connection
        finally:
            transaction.rollback()


def _examine_sales(address: str, pipe: Connection) -> None:
    """The other process: agrees on a moment, then walks the sales."""
    database = Database(address)
    with contextlib.suppress(EOFError, OSError):
        word = pipe.recv()
        while isinstance(word, str):
            with snapshot(database, word) as connection:
                pipe.send(moment(connection))
                word = pipe.recv()
                if isinstance(word, Scope):
                    found = Found()
                    walk_sales(connection, word, found)
                    close_streams(connection)
                    pipe.send(found)
    database.close()
