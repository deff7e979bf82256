"""Keeping the shop safe: backups that prove themselves, put back with a trace, and verified by restoring them aside (D8, S42)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from shopdesk.books.doctor import DoctorReport, examine, run_doctor
from shopdesk.core.actor import Actor
from shopdesk.core.clock import Clock, SystemClock, iso_utc
from shopdesk.core.errors import DatabaseDamaged, NotPermitted
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.backup import BackupRefused, Manifest, check_copy, put_back, read_backup, working_folder, write_backup
from shopdesk.db.backup_postgres import scratch_database
from shopdesk.db.database import Database
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.db.upkeep import HEAD, SchemaState, schema_state
from shopdesk.system.models import User
from shopdesk.system.records import audit_office
from shopdesk.system.settings import shop_settings


@dataclass(frozen=True, slots=True)
class Restored:
    """A shop that was put back: where the one before is kept (None: there was none), its heads, and what the doctor says."""

    kept: Path | None
    heads: dict[str, str]
    manifest: Manifest
    report: DoctorReport


@dataclass(frozen=True, slots=True)
class NoteBackup:
    """A backup that was taken, for the audit log."""

    file: str
    manifest: Manifest


def back_up(shop: Shop, file: Path, actor: Actor, *, passphrase: str | None = None) -> Manifest:
    """Copy the shop to a file while it sells: proven by the doctor's fast run, sealed when a passphrase is given, audited.

    What did not hold when it was taken is in the manifest's ``broken``: a copy of a troubled shop is better than none. Raises
    NotPermitted, BackupFailed, ProgramMissing (PostgreSQL without pg_dump) and DatabaseTrouble.
    """
    if not actor.may(Permission.BACKUP):
        raise NotPermitted(Permission.BACKUP.value)
    manifest = write_backup(
        shop.database,
        file,
        lambda connection: _describe(connection, shop.clock, shop.database.dialect),
        passphrase=passphrase,
    )
    shop.execute(note_backup, NoteBackup(file.name, manifest), actor)
    return manifest


def note_backup(uow: UnitOfWork, command: NoteBackup) -> None:
    """Write down that a backup was taken, with the heads that it holds."""
    uow.require(Permission.BACKUP)
    details = {"heads": dict(command.manifest.heads), "broken": list(command.manifest.broken)}
    audit_office(uow, "backup.taken", target_type="backup", target_id=command.file, details=details)


def verify_backup(
    file: Path,
    *,
    passphrase: str | None = None,
    anchors: Sequence[str] = (),
    database: Database | None = None,
    clock: Clock | None = None,
) -> DoctorReport:
    """Unpack a backup aside, prove it in full and throw it away. Raises BackupRefused with the reason.

    A PostgreSQL backup needs ``database``, a shop's address whose login may make a scratch database beside it. The heads of
    the backup's own manifest are anchors too.
    """
    with working_folder() as folder:
        copy = folder / "shop"
        manifest = read_backup(file, copy, passphrase=passphrase)
        with _opened(file, copy, manifest, database) as aside:
            return _proven(file, aside, manifest, anchors, clock)


def restore_backup(
    database: Database,
    file: Path,
    *,
    passphrase: str | None = None,
    replace: bool = False,
    anchors: Sequence[str] = (),
    by: str = "",
    clock: Clock | None = None,
) -> Restored:
    """Put a backup in place of the shop at an address, proven first; what stood there is kept.

    Raises BackupRefused for a file that is cut, changed, damaged or of another kind, RestoreRefused over a shop unless
    ``replace``, ShopInUse. An older copy than ``anchors`` know is put back, too, and told: the report has I21. ``by`` is who
    did it, for the audit log of the restored shop.
    """
    with working_folder(database.file) as folder:
        copy = folder / "shop"
        manifest = read_backup(file, copy, passphrase=passphrase)
        report = None
        if database.dialect == "sqlite":
            with _opened(file, copy, manifest, None) as aside:
                report = _proven(file, aside, manifest, anchors, clock)
        kept = put_back(copy, manifest, database, replace=replace)
    if report is None:
        report = _proven(file, database, manifest, anchors, clock)
    _note_restored(database, file, manifest, kept, by, clock or SystemClock())
    return Restored(kept, report.heads, manifest, report)


def _describe(connection: sa.Connection, clock: Clock, dialect: str) -> Manifest:
    report = examine(connection, fast=True, clock=clock)
    broken = tuple(finding.id for finding in report.findings if finding.violations)
    name = shop_settings(Reader(connection, clock)).name
    return Manifest(dialect, HEAD, iso_utc(clock.now()), dict(report.heads), name, broken)


@contextmanager
def _opened(file: Path, copy: Path, manifest: Manifest, beside: Database | None) -> Iterator[Database]:
    """The unpacked copy as a database, its pages looked at."""
    if manifest.dialect == "postgresql":
        if beside is None or beside.dialect != "postgresql":
            raise BackupRefused(
                file, _("it holds a PostgreSQL shop; name a PostgreSQL address with --db to check it at.")
            )
        with scratch_database(beside, copy) as scratch:
            yield scratch
        return
    try:
        check_copy(copy)
    except DatabaseDamaged as error:
        raise BackupRefused(file, str(error)) from error
    database = Database(str(copy))
    try:
        yield database
    finally:
        database.close()


def _proven(
    file: Path, database: Database, manifest: Manifest, anchors: Sequence[str], clock: Clock | None
) -> DoctorReport:
    """The doctor's word on an unpacked backup; one of an older or newer program is proven after its upgrade."""
    state = schema_state(database)
    if state is not SchemaState.CURRENT:
        problem = {
            SchemaState.OLDER: _("it was taken with an older ShopDesk; restore it with that one, then upgrade."),
            SchemaState.NEWER: _("it was taken with a newer ShopDesk; update this program first."),
        }
        raise BackupRefused(file, problem.get(state, _("it holds no ShopDesk shop.")))
    return run_doctor(database, anchors=(*manifest.heads.values(), *anchors), clock=clock)


def _note_restored(
    database: Database, file: Path, manifest: Manifest, kept: Path | None, by: str, clock: Clock
) -> None:
    """The restored shop knows that it was restored, from what and by whom."""
    local = sa.select(User.id, User.username).where(User.is_builtin).order_by(User.id).limit(1)
    details = {"taken_at": manifest.taken_at, "kept": kept.name if kept else "", "by": by}
    with database.writing() as connection, connection.begin():
        found = connection.execute(local).first()
        actor = Actor(found[0] if found else 0, found[1] if found else "", "owner", frozenset(), None)
        work = UnitOfWork(connection, clock, actor, {})
        audit_office(work, "backup.restored", target_type="backup", target_id=file.name, details=details)
