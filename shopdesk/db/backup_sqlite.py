"""Backups of shop files: VACUUM INTO from a connection of its own, and the exchange of a file nobody has open."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.db.database import Database


class RestoreRefused(ShopError):
    """There is a shop already."""

    code = "restore_refused"
    sentence = N_("{place} already holds a shop. Restore to another place, or say that it is to be replaced.")


class ShopInUse(ShopError):
    """Somebody has the shop open, so that it cannot be exchanged under them."""

    code = "shop_in_use"
    sentence = N_("{place} is open in another window or till. Close it there first; nothing was changed.")


@contextlib.contextmanager
def copied(database: Database, work: Path) -> Iterator[sa.Connection]:
    """A consistent copy of the shop file, and a connection to it; sales go on meanwhile (WAL readers block nobody)."""
    assert database.file is not None
    os.close(os.open(work, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # VACUUM INTO takes an empty file
    with _connection(database.file) as connection:
        connection.execute("VACUUM INTO ?", (str(work),))
    copy = Database(str(work))
    try:
        with copy.reading() as connection:
            yield connection
    finally:
        copy.close()


def integrity_problem(file: Path) -> str:
    """SQLite's first complaint about a file nobody writes, "" when every page and index is sound."""
    with _connection(file) as connection:
        try:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except Exception as error:  # the driver's own, for a file too broken to look into
            return str(error)
    return "" if found == "ok" else str(found)


def put_back(copy: Path, database: Database, *, replace: bool) -> Path | None:
    """Rename the copy into the shop's place; the shop that was there is kept beside it under a dated name."""
    target = database.file
    assert target is not None
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = target.exists() and target.stat().st_size > 0
    if there and not replace:
        raise RestoreRefused(place=target)
    database.close()
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    kept = target.with_name(f"{target.stem}-before-restore-{stamp}{target.suffix}")
    copy.chmod(0o600)
    with _alone(target) if there else contextlib.nullcontext():
        if there:
            os.link(target, kept)  # the old shop gets a second name before it loses its first
        for suffix in ("-wal", "-shm", "-journal"):
            # Left over by a shop too damaged to be closed; beside the new file it would be played into that.
            side = target.with_name(target.name + suffix)
            if side.exists():
                side.replace(kept.with_name(kept.name + suffix))
        copy.replace(target)
    return kept if there else None


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Hold the only connection to a shop file, its log folded in; raises ShopInUse when there are others."""
    with _connection(file, busy_ms=1000) as connection:
        try:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            if mode != "delete":
                raise ShopInUse(place=file)
            connection.execute("BEGIN EXCLUSIVE")
        except Exception as error:
            if isinstance(error, ShopError):
                raise
            if "locked" in str(error):
                raise ShopInUse(place=file) from error
            # Anything else means that it is too damaged to be locked: it is exchanged as it stands.
        yield


@contextlib.contextmanager
def _connection(file: Path, *, busy_ms: int = 5000) -> Iterator[Any]:  # Any: the driver has no types
    import sqlcipher3.dbapi2 as driver

    connection = driver.connect(str(file), isolation_level=None, timeout=busy_ms / 1000)
    try:
        connection.execute("PRAGMA mmap_size=0")
        connection.execute("PRAGMA trusted_schema=OFF")
        yield connection
    finally:
        connection.close()
