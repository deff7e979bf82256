"""Copies of a shop taken while it sells, put back whole or refused with a reason.

A plain backup is an ordinary SQLite file (or pg_dump archive) with a manifest and a checksum behind its last byte, which
those programs pass over; an encrypted one is the same inside ``shopdesk.db.backup_cipher``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

from shopdesk.core.clock import SystemClock, iso_utc
from shopdesk.core.errors import DatabaseDamaged, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.db import backup_cipher, backup_postgres, backup_sqlite
from shopdesk.db.database import Database, is_driver_error, trouble

_END = b"SDBKEND1"
_TAIL = 8 + 32 + len(_END)  # length of the manifest, SHA-256 of everything before it, magic
_CHUNK = 1 << 20
_PREFIX = ".shopdesk-"
_LONGEST_MANIFEST = 1 << 20
_REVISION = sa.text("SELECT version_num FROM alembic_version")


class BackupRefused(ShopError):
    """A backup file cannot be used; the reason is in the sentence."""

    code = "backup_refused"
    sentence = N_("{file} cannot be used as a backup: {problem}")

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(file=file.name, problem=problem)


class BackupFailed(ShopError):
    """No backup was made; the place where it was to go is as it was."""

    code = "backup_failed"
    sentence = N_("No backup was made: {problem}")

    def __init__(self, problem: str) -> None:
        super().__init__(problem=problem)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: its kind of database, schema, moment (ISO 8601 UTC), the journals' heads by till.

    ``broken`` names the invariants that did not hold when it was taken.
    """

    dialect: str
    schema: str
    taken_at: str
    heads: Mapping[str, str] = field(default_factory=dict)
    shop: str = ""
    broken: Sequence[str] = ()


def dump(database: Database, target: Path) -> None:
    """A backup without any proof, of a shop in whatever state it is (before an upgrade, before a restore)."""

    def describe(connection: sa.Connection) -> Manifest:
        revision = connection.execute(_REVISION).scalar()
        return Manifest(database.dialect, str(revision), iso_utc(SystemClock().now()))

    write_backup(database, target, describe)


def write_backup(
    database: Database, target: Path, describe: Callable[[sa.Connection], Manifest], *, passphrase: str | None = None
) -> Manifest:
    """Copy the shop while it sells and put the backup in place at once when it is complete.

    ``describe`` reads the very moment that was copied: it proves it and returns the manifest; what it raises leaves no file.
    An older backup of the same name is replaced only by a complete one; the shop's own files never are.
    """
    _refuse_own_files(database, target)
    if passphrase is None:
        with _fresh_file(target) as work:
            manifest = _described(database, work, describe)
            _to_disk(work)
        return manifest
    # What is readable stays beside the shop; only what is sealed goes where the backup goes (a stick, a share).
    with working_folder(database.file) as folder, _fresh_file(target) as work:
        manifest = _described(database, folder / "plain", describe)
        with (folder / "plain").open("rb") as source, _create(work) as sink:
            backup_cipher.seal(source, sink, passphrase)
        _to_disk(work)
    return manifest


def _refuse_own_files(database: Database, target: Path) -> None:
    """A copy put in the place of the file that tills are writing to would lose what they write."""
    if database.file is not None:
        shop = database.file.resolve()
        if target.resolve() in {shop.with_name(shop.name + suffix) for suffix in ("", "-wal", "-shm", "-queue")}:
            raise BackupFailed(_("this is the shop's own file."))


def _described(database: Database, work: Path, describe: Callable[[sa.Connection], Manifest]) -> Manifest:
    with _copied(database, work) as connection:
        manifest = describe(connection)
    _append_manifest(work, manifest)
    return manifest


def read_backup(file: Path, target: Path, *, passphrase: str | None = None) -> Manifest:
    """Unpack a backup to ``target`` (a new file) and return its manifest; raises BackupRefused with the reason.

    Every byte is checked against the checksum, an encrypted one also against its key.
    """
    try:
        with file.open("rb") as source, _create(target) as sink:
            if backup_cipher.is_sealed(source):
                if not passphrase:
                    raise BackupRefused(file, _("it is encrypted; give the passphrase in SHOPDESK_PASSPHRASE."))
                backup_cipher.unseal(source, sink, passphrase)
            else:
                for chunk in iter(lambda: source.read(_CHUNK), b""):
                    sink.write(chunk)
        return _take_manifest(file, target)
    except backup_cipher.Unreadable as error:
        target.unlink(missing_ok=True)
        raise BackupRefused(file, str(error)) from error
    except FileNotFoundError as error:
        raise BackupRefused(file, _("it does not exist.")) from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def put_back(copy: Path, manifest: Manifest, database: Database, *, replace: bool) -> Path | None:
    """Make an unpacked copy the shop at an address; the path where the shop that stood there is kept, None if none did.

    Nobody else may have the shop open. Raises RestoreRefused, BackupRefused for the wrong kind of database.
    """
    if manifest.dialect != database.dialect:
        problem = _("it holds a shop of {found}, the address is one of {wanted}.")
        raise BackupRefused(copy, problem.format(found=manifest.dialect, wanted=database.dialect))
    if database.dialect == "sqlite":
        return backup_sqlite.put_back(copy, database, replace=replace)
    return backup_postgres.put_back(copy, database, replace=replace, keep=dump)


@contextlib.contextmanager
def working_folder(near: Path | None = None) -> Iterator[Path]:
    """A private folder for an unpacked copy, beside a file (so that it can be renamed there) or in the temporary one."""
    parent = Path(tempfile.gettempdir()) if near is None else near.parent
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(parent)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent) as name:
        yield Path(name)


def _sweep(parent: Path) -> None:
    """Remove what a killed backup or restore left behind: copies that nobody has touched for a day."""
    for left in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if left.stat().st_mtime < time.time() - 86400:
                shutil.rmtree(left, ignore_errors=True)


# ------------------------------------------------------------------ bytes


@contextlib.contextmanager
def _copied(database: Database, work: Path) -> Iterator[sa.Connection]:
    """The shop copied to ``work``, and a connection that reads what was copied."""
    copy = backup_sqlite.copied if database.dialect == "sqlite" else backup_postgres.copied
    try:
        with copy(database, work) as connection:
            yield connection
    except ShopError:
        raise
    except OSError as error:
        raise BackupFailed(error.strerror or str(error)) from error
    except Exception as error:
        known = trouble(error) if is_driver_error(error) else None
        if known is None:
            raise
        raise known from error


@contextlib.contextmanager
def _fresh_file(target: Path) -> Iterator[Path]:
    """A private file that takes the target's place when the block ends well, and is gone when it does not."""
    try:
        with working_folder(target) as folder:
            work = folder / "copy"
            yield work
            work.chmod(0o600)
            work.replace(target)
            _sync_folder(target.parent)
    except OSError as error:
        raise BackupFailed(error.strerror or str(error)) from error


def _create(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600), "wb")


def _to_disk(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # a folder cannot be opened there; the rename is journalled by the file system
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _append_manifest(path: Path, manifest: Manifest) -> None:
    body = {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}
    text = json.dumps(body, sort_keys=True, default=dict).encode()
    hashed = hashlib.sha256()
    with path.open("rb+") as handle:
        for chunk in iter(lambda: handle.read(_CHUNK), b""):
            hashed.update(chunk)
        tail = text + len(text).to_bytes(8, "big")
        hashed.update(tail)
        handle.write(tail + hashed.digest() + _END)


def _take_manifest(file: Path, copy: Path) -> Manifest:
    """Check the whole copy, cut the manifest off its end and return it."""
    size = copy.stat().st_size
    with copy.open("rb+") as handle:
        if size < _TAIL:
            raise BackupRefused(file, _("it is cut off, or no ShopDesk backup."))
        handle.seek(size - _TAIL)
        tail = handle.read(_TAIL)
        if not tail.endswith(_END):
            raise BackupRefused(file, _("it is cut off, or no ShopDesk backup."))
        handle.seek(0)
        hashed, left = hashlib.sha256(), size - 32 - len(_END)
        while left:
            chunk = handle.read(min(_CHUNK, left))
            hashed.update(chunk)
            left -= len(chunk)
        if hashed.digest() != tail[8:40]:
            raise BackupRefused(file, _("it is damaged: its checksum does not fit."))
        length = int.from_bytes(tail[:8], "big")
        if length > min(_LONGEST_MANIFEST, size - _TAIL):
            raise BackupRefused(file, _("it is damaged: its manifest does not fit."))
        handle.seek(size - _TAIL - length)
        values: dict[str, Any] = json.loads(handle.read(length))
        handle.truncate(size - _TAIL - length)
    try:
        return Manifest(**{**values, "broken": tuple(values.get("broken", ()))})
    except TypeError as error:
        raise BackupRefused(file, _("it was made by a newer ShopDesk.")) from error


def check_copy(copy: Path) -> None:
    """Raise DatabaseDamaged unless SQLite finds every page and index of an unpacked shop file sound."""
    problem = backup_sqlite.integrity_problem(copy)
    if problem:
        raise DatabaseDamaged(_("the copy is damaged ({problem}).").format(problem=problem))
