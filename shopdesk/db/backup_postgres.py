"""Backups of PostgreSQL shops with its own pg_dump and pg_restore, where they are found."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import URL

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.core.paths import data_folder
from shopdesk.db.backup_sqlite import RestoreRefused
from shopdesk.db.database import Database

_HOURS = 6 * 3600
_PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")


class ProgramMissing(ShopError):
    """PostgreSQL's own tool is needed and is not there."""

    code = "program_missing"
    sentence = N_(
        "PostgreSQL's {program} was not found. Install the PostgreSQL client programs, version {version} or newer."
    )


class ProgramFailed(ShopError):
    """PostgreSQL's own tool gave up."""

    code = "program_failed"
    sentence = N_("{program} failed: {problem}")


def find_program(name: str, server: int = 0) -> Path | None:
    """The newest of PostgreSQL's programs of this name that is at least as new as a server's major version."""
    suffix = ".exe" if os.name == "nt" else ""
    found = [Path(folder) / f"{name}{suffix}" for folder in os.get_exec_path()]
    for pattern in _PLACES:
        found += [folder / name for folder in Path("/").glob(pattern)]
    if programs := os.environ.get("PROGRAMFILES"):
        found += [folder / f"{name}{suffix}" for folder in Path(programs).glob("PostgreSQL/*/bin")]
    versions = [(_major(path), path) for path in found if shutil.which(str(path))]
    fitting = [(version, path) for version, path in versions if version >= server]
    return max(fitting, key=lambda item: item[0])[1] if fitting else None


@contextmanager
def copied(database: Database, work: Path) -> Iterator[sa.Connection]:
    """pg_dump's own format (-Fc) of one snapshot, and a connection that reads the same one; sales go on meanwhile."""
    with database.read_engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        transaction = connection.begin()
        try:
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            snapshot = connection.execute(sa.select(sa.func.pg_export_snapshot())).scalar()
            made = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={work}"]
            _run("pg_dump", database, made)
            yield connection
        finally:
            transaction.rollback()


def put_back(copy: Path, database: Database, *, replace: bool, keep: Callable[[Database, Path], None]) -> Path | None:
    """Restore into the database in one transaction; what stood there is dumped first and replaced only when told."""
    with database.reading() as connection:
        there = bool(sa.inspect(connection).get_table_names())
    if there and not replace:
        raise RestoreRefused(place=database.url.database)
    kept: Path | None = None
    if there:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        kept = data_folder() / "backups" / f"{database.url.database}-before-restore-{stamp}.dump"
        keep(database, kept)
    clean = ["--clean", "--if-exists"] if there else []
    _run("pg_restore", database, ["--single-transaction", "--exit-on-error", "--no-owner", *clean, str(copy)])
    database.reconnect()
    return kept


@contextmanager
def scratch_database(database: Database, copy: Path) -> Iterator[Database]:
    """A database beside the shop's with an unpacked backup in it, dropped afterwards; the login must be allowed to make one."""
    name = f"shopdesk_verify_{uuid4().hex[:12]}"
    scratch = Database(database.url.set(database=name))
    _say(database, f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        _run("pg_restore", scratch, ["--single-transaction", "--exit-on-error", "--no-owner", str(copy)])
        yield scratch
    finally:
        scratch.close()
        _say(database, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _say(database: Database, statement: str) -> None:
    import psycopg

    address = _plain(database.url)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(program: str, database: Database, arguments: list[str]) -> None:
    with database.reading() as connection:
        server = int(str(connection.exec_driver_sql("SHOW server_version_num").scalar())) // 10000
    path = find_program(program, server)
    if path is None:
        raise ProgramMissing(program=program, version=server)
    password = database.url.password
    address = _plain(database.url.set(password=None))  # a password on the command line would show in the process list
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    done = subprocess.run(
        [str(path), f"--dbname={address}", "--no-password", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=_HOURS,
        check=False,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    if done.returncode:
        raise ProgramFailed(program=program, problem=(done.stderr.strip().splitlines() or ["?"])[-1])


def _major(program: Path) -> int:
    done = subprocess.run([str(program), "--version"], capture_output=True, text=True, timeout=20, check=False)
    words = [word for word in done.stdout.split() if word[0].isdigit()]
    return int(words[0].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz")) if words else 0
