"""One way to get at a database: engines for SQLite and PostgreSQL with every safety set, and what their errors mean."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from shopdesk.core.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFull,
    DatabaseTrouble,
    DatabaseUnreachable,
    ShopError,
)
from shopdesk.core.i18n import _

_READ_PRAGMAS = ("foreign_keys=ON", "trusted_schema=OFF", "mmap_size=0", "busy_timeout=5000", "query_only=ON")
_WRITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=ON",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
    "mmap_size=0",
    "busy_timeout=5000",
    "wal_autocheckpoint=4000",
    "cache_size=-32768",  # the pages that sales touch stay in memory; SQLite's own 2 MB are read anew all the time
)
_SAFE_WAL = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""SQLite releases from which WAL is free of the WAL-reset bug: two back-ports and 3.51.3."""

_PG_WRITE = "-c lock_timeout=3000 -c statement_timeout=10000 -c idle_in_transaction_session_timeout=30000"
_PG_READ = "-c lock_timeout=3000 -c statement_timeout=600000 -c default_transaction_read_only=on"


def database_url(text: str) -> URL:
    """The address of a shop from what a person gives: a file, or a URL of SQLite or PostgreSQL."""
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser()))
    url = make_url(text)
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    return url


class Database:
    """Two engines on one address: one that writes, one that cannot.

    On SQLite writers of this process queue on a lock and writers of other processes behind a lock file, because SQLite's own
    busy handler polls and starves a till; each write begins IMMEDIATE, so nothing is ever upgraded from a read.
    """

    def __init__(self, address: str | URL) -> None:
        self.url = address if isinstance(address, URL) else database_url(address)
        self.dialect = self.url.get_backend_name()
        if self.dialect == "sqlite":
            self.write_engine = _sqlite_engine(self.url, _WRITE_PRAGMAS, "BEGIN IMMEDIATE", pool_size=1)
            self.read_engine = _sqlite_engine(self.url, _READ_PRAGMAS, "BEGIN", pool_size=6)
        elif self.dialect == "postgresql":
            self.write_engine = _postgres_engine(self.url, _PG_WRITE)
            self.read_engine = _postgres_engine(self.url, _PG_READ)
        else:
            raise DatabaseUnreachable(_("Only SQLite files and PostgreSQL can hold a shop."))
        self._queue = _WriteQueue(self.file) if self.file else None
        self._writer: sa.Connection | None = None

    @property
    def file(self) -> Path | None:
        """The shop file on SQLite, None on PostgreSQL."""
        if self.dialect != "sqlite" or not self.url.database:
            return None
        return Path(self.url.database)

    @property
    def exists(self) -> bool:
        """Whether there is something to open (a PostgreSQL address is taken at its word)."""
        return self.file is None or (self.file.exists() and self.file.stat().st_size > 0)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection in a write transaction; the caller commits, leaving without a commit rolls back."""
        if self._queue is None:
            with self.write_engine.connect() as connection:
                yield connection
            return
        with self._queue:
            # One connection for all writes of this process: taking it from the pool would cost a tenth of a sale.
            if self._writer is None or self._writer.closed or self._writer.invalidated:
                self._writer = self.write_engine.connect()
            try:
                yield self._writer
            except BaseException as error:
                # A refusal leaves a sound connection; whatever else broke in may have cut SQLAlchemy's own tidying short.
                if not isinstance(error, ShopError) or self._writer.in_transaction():
                    self._drop_writer()
                raise

    def _drop_writer(self) -> None:
        """Give the writing connection up after the driver complained: the next write begins with a sound one."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(Exception):
                writer.close()
            self.write_engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that cannot write, in one snapshot on SQLite; always rolled back."""
        with self.read_engine.connect() as connection:
            transaction = connection.begin()  # explicit: a batch speaks to the driver past SQLAlchemy's autobegin
            try:
                yield connection
            finally:
                with contextlib.suppress(Exception):
                    transaction.rollback()

    def writes(self) -> tuple[int, int] | None:
        """How many writes of this process and of all processes have ended on this shop file; None where nobody counts."""
        if self._queue is None:
            return None
        # Ours first: what ends in between counts as somebody else's, and is told once too often.
        mine = self._queue.mine
        ended = self._queue.writes()
        return None if ended is None else (mine, ended)

    def reconnect(self) -> None:
        """Drop pooled connections after one was found dead; new ones are made when needed."""
        self.read_engine.dispose()
        self.write_engine.dispose()

    def checkpoint(self) -> None:
        """Fold SQLite's log into the file between customers, so that no sale pays for it."""
        if self._queue is not None:
            with self.writing() as connection:
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Give every connection back."""
        self._drop_writer()
        self.read_engine.dispose()
        self.write_engine.dispose()


class _WriteQueue:
    """Writers of one shop file in order: threads by a lock, processes by an advisory lock on a file beside the shop."""

    def __init__(self, shop_file: Path) -> None:
        self._path = shop_file.with_name(shop_file.name + "-queue")
        self._threads = threading.Lock()
        self._handle: int | None = None
        self.mine = 0

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            if self._handle is None:
                self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            _lock_file(self._handle)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *_exc: object) -> None:
        try:
            if self._handle is not None:
                with contextlib.suppress(OSError):  # a full disk: others then learn of it from SQLite alone
                    _write_count(self._handle, _read_count(self._handle) + 1)
                    self.mine += 1
                _unlock_file(self._handle)
        finally:
            self._threads.release()

    def writes(self) -> int | None:
        """How many writes all processes have ended by now; None when that cannot be told."""
        try:
            handle = os.open(self._path, os.O_RDONLY)
        except OSError:
            return None
        try:
            return _read_count(handle)
        except OSError:
            return None
        finally:
            os.close(handle)


_COUNT_AT, _COUNT_BYTES = 16, 8
"""Where the lock file keeps the number of writes that have ended; its first byte is what Windows locks."""


if sys.platform == "win32":
    import msvcrt

    def _read_count(handle: int) -> int:
        os.lseek(handle, _COUNT_AT, os.SEEK_SET)
        return int.from_bytes(os.read(handle, _COUNT_BYTES), "little")

    def _write_count(handle: int, count: int) -> None:
        os.lseek(handle, _COUNT_AT, os.SEEK_SET)
        os.write(handle, count.to_bytes(_COUNT_BYTES, "little"))

    def _lock_file(handle: int) -> None:
        # The C runtime gives up after ten tries of a second each: keep asking, a sale takes milliseconds.
        while True:
            try:
                os.lseek(handle, 0, os.SEEK_SET)
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(0.001)
            else:
                return

    def _unlock_file(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _read_count(handle: int) -> int:
        return int.from_bytes(os.pread(handle, _COUNT_BYTES, _COUNT_AT), "little")

    def _write_count(handle: int, count: int) -> None:
        os.pwrite(handle, count.to_bytes(_COUNT_BYTES, "little"), _COUNT_AT)

    def _lock_file(handle: int) -> None:
        # The kernel wakes waiters in their order; a process that dies gives its lock back.
        fcntl.flock(handle, fcntl.LOCK_EX)

    def _unlock_file(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


def _sqlite_engine(url: URL, pragmas: tuple[str, ...], begin: str, *, pool_size: int) -> sa.Engine:
    import sqlcipher3.dbapi2 as driver  # the newest SQLite in a wheel, unlike the standard library's

    if not wal_is_safe(driver.sqlite_version_info):
        pragmas = tuple("journal_mode=TRUNCATE" if pragma == "journal_mode=WAL" else pragma for pragma in pragmas)
    engine = sa.create_engine(
        url.set(drivername="sqlite"),
        module=driver,
        poolclass=sa.pool.QueuePool,
        pool_size=pool_size,
        max_overflow=8,
        connect_args={"check_same_thread": False, "cached_statements": 512},
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # Any: the driver has no types
        connection.isolation_level = None  # SQLAlchemy's begin event below sends BEGIN
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        raw: Any = connection.connection.driver_connection
        raw.execute(begin)

    return engine


def wal_is_safe(version: tuple[int, ...]) -> bool:
    if version >= _SAFE_WAL[-1]:
        return True
    return any(version[:2] == fixed[:2] and version >= fixed for fixed in _SAFE_WAL)


def _postgres_engine(url: URL, options: str) -> sa.Engine:
    engine = sa.create_engine(
        url,
        pool_size=4,
        max_overflow=8,
        isolation_level="READ COMMITTED",
        connect_args={
            "options": options,
            "connect_timeout": 5,
            "tcp_user_timeout": 5000,
            "application_name": "shopdesk",
        },
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # Any: psycopg's connection
        connection.prepared_max = 400  # inserts are prepared for each usual number of rows

    return engine


RETRYABLE = frozenset({"40001", "40P01", "23505"})
"""PostgreSQL's serialization failure, deadlock and unique violation: nothing was done, the whole transaction may run again.

A unique violation means that somebody else wrote the same name or code between the use case's look and its write: run again, it
sees the other and refuses with a sentence.
"""


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's five-letter state of an error, also inside SQLAlchemy's wrapper."""
    state = getattr(getattr(error, "orig", None) or error, "sqlstate", None)
    return state if isinstance(state, str) else None


def is_driver_error(error: BaseException) -> bool:
    """Whether an exception comes from a database driver (wrapped by SQLAlchemy or not)."""
    if isinstance(error, sa.exc.SQLAlchemyError):
        return True
    return any(base.__name__ == "Error" and base.__module__ != "binascii" for base in type(error).__mro__)


def lost_connection(error: BaseException) -> bool:
    """Whether the server went away, so that the outcome of a COMMIT under way is unknown."""
    original = getattr(error, "orig", None) or error
    state = sqlstate(error)
    if state is not None:
        return state.startswith(("08", "57P0"))
    return type(original).__module__.startswith("psycopg") and type(original).__name__ in {
        "OperationalError",
        "InterfaceError",
    }


def trouble(error: BaseException) -> DatabaseTrouble | None:
    """The sentence for a driver's error that a person can do something about; None for a bug."""
    original = getattr(error, "orig", None) or error
    text = str(original).lower()
    state = sqlstate(error)
    if state in {"55P03", "57014"} or "database is locked" in text or "database table is locked" in text:
        return DatabaseBusy(_("other tills kept it busy for too long."))
    if state in {"53100", "53200"} or "disk is full" in text or "disk i/o error" in text or "readonly" in text:
        return DatabaseFull(_("the disk is full or does not answer."))
    if "malformed" in text or "not a database" in text or state in {"XX001", "XX002"}:
        return DatabaseDamaged(_("the shop file is damaged; restore a backup."))
    if lost_connection(error) or "unable to open database file" in text:
        return DatabaseUnreachable(_("it does not answer."))
    return None
