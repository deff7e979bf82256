"""The longest part of a full examination in a process of its own, on the other core, seeing the same moment of the shop."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from shopdesk.db.database import Database
from shopdesk.db.invariants import UNREADABLE, Found, Scope, close_streams, query, stream
from shopdesk.sales.invariants import walk_sales

WORTH_IT = 50_000
"""Orders from which a second process is worth its half second of start."""
_COUNTERS = query("SELECT c.scope, c.series, c.value, c.hash FROM counters c ORDER BY c.scope, c.series")
_NEWEST_ORDER = sa.text("SELECT coalesce(max(id), 0) FROM orders")


class Apart:
    """Sales examined by another process. ``join`` adds what it found; False when it could not and all is still to do.

    It is a process of its own words, not a copy of this one: what started the doctor (a script, a window) is not run again.
    They speak in lines of JSON over its standard streams; the address is the first of them, so that no password shows in a
    list of processes.
    """

    def __init__(self, database: Database) -> None:
        places = os.pathsep.join(place for place in sys.path if place)
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from shopdesk.books.doctor_apart import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what it cannot do is done, and told, here
            env={**os.environ, "PYTHONPATH": places},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        with contextlib.suppress(OSError):
            self._say(database.url.render_as_string(hide_password=False))

    def agree(self, connection: sa.Connection) -> bool:
        """Make the other process look at the moment that a connection's snapshot shows; False if it shows another."""
        exported = ""
        if connection.dialect.name == "postgresql":
            exported = str(connection.execute(sa.select(sa.func.pg_export_snapshot())).scalar())
        try:
            self._say(exported)
            return bool(self._hear() == [list(row) for row in moment(connection)])
        except (OSError, ValueError):
            return False

    def begin(self, scope: Scope) -> None:
        """Let it work."""
        with contextlib.suppress(OSError):
            self._say({"now": scope.now})

    def join(self, found: Found) -> bool:
        """Wait for it and take over what it found."""
        try:
            theirs = self._hear()
            found.merge(Found(theirs["counts"], theirs["samples"]))
        except (OSError, *UNREADABLE):
            return False
        finally:
            self.close()
        return True

    def close(self) -> None:
        """End it, whatever it does."""
        if self._process.poll() is None:
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()
        self._process.wait()

    def _say(self, words: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words).encode() + b"\n")
        self._process.stdin.flush()

    def _hear(self) -> Any:  # Any: what was agreed upon
        """The next line; ValueError when there is none any more."""
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


def start_apart(database: Database, *, fast: bool) -> Apart | None:
    """Another process for the sales, if there are enough of them and a core to spare."""
    if fast or (os.cpu_count() or 1) < 2 or getattr(sys, "frozen", False):  # a frozen program has no Python to call
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


def main() -> None:
    """The other process: agrees on a moment, then walks the sales."""
    words = (json.loads(line) for line in sys.stdin)
    database = Database(next(words))
    word = next(words, None)
    while isinstance(word, str):
        with snapshot(database, word) as connection:
            _answer(moment(connection))
            word = next(words, None)
            if isinstance(word, dict):
                found = Found()
                walk_sales(connection, Scope(fast=False, now=word["now"]), found)
                close_streams(connection)
                _answer({"counts": found.counts, "samples": found.samples})
    database.close()


def _answer(words: object) -> None:
    sys.stdout.write(json.dumps(words, default=list) + "\n")
    sys.stdout.flush()
