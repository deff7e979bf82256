"""The schema of a shop: made, looked at when a shop is opened, and brought up to date.

Alembic is imported only where a schema is made or changed: opening a current shop costs one SELECT.
"""

from __future__ import annotations

import contextlib
import enum
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from shopdesk.core.errors import DatabaseDamaged, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.paths import migrations_path
from shopdesk.db.database import Database, is_driver_error, trouble

HEAD = "0010"
"""The newest revision in ``migrations/versions``."""


class SchemaState(enum.Enum):
    """What an address holds, seen from this program."""

    NEW = "new"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    FOREIGN = "foreign"


class NoShop(ShopError):
    """The database is empty."""

    code = "no_shop"
    sentence = N_("There is no shop at {place} yet. Create one with 'shopdesk init'.")


class ShopExists(ShopError):
    """A shop was to be made where one is."""

    code = "shop_exists"
    sentence = N_("{place} already holds a shop; nothing was changed.")


class SchemaOlder(ShopError):
    """The shop was made by an older program."""

    code = "schema_older"
    sentence = N_(
        "{place} was made by an older ShopDesk. Bring it up to date with 'shopdesk migrate' (it backs up first)."
    )


class SchemaNewer(ShopError):
    """The shop was changed by a newer program."""

    code = "schema_newer"
    sentence = N_(
        "{place} was changed by a newer ShopDesk (schema {found}, this program knows {known}). Update this program."
    )


class SchemaForeign(ShopError):
    """The database belongs to another program."""

    code = "schema_foreign"
    sentence = N_("{place} holds something that is not a ShopDesk shop; it was left alone.")


class BackupNeeded(ShopError):
    """An upgrade without a way back."""

    code = "backup_needed"
    sentence = N_("No backup could be made before the upgrade ({problem}). Make one and repeat with '--no-backup'.")


def schema_state(database: Database) -> SchemaState:
    """What the address holds; one SELECT for a current shop. Raises DatabaseTrouble for what cannot be read."""
    return _look(database)[0]


def check_schema(database: Database) -> None:
    """Return if the shop may be opened; else raise NoShop, SchemaOlder, SchemaNewer or SchemaForeign."""
    state, found = _look(database)
    place = place_of(database)
    if state is SchemaState.NEW:
        raise NoShop(place=place)
    if state is SchemaState.OLDER:
        raise SchemaOlder(place=place)
    _refuse_strangers(state, place, found)


def create_schema(database: Database) -> None:
    """Create every table, index and guard in an empty database, in one transaction.

    A new shop file belongs to its owner alone. Raises ShopExists for a database that holds a shop, SchemaForeign or
    SchemaNewer for one that holds something else.
    """
    state, found = _look(database)
    _refuse_strangers(state, place_of(database), found)
    if state is not SchemaState.NEW:
        raise ShopExists(place=place_of(database))
    if database.file is not None:
        _own_file(database.file)
    with _schema_change(database) as connection:
        if _revision(connection):
            raise ShopExists(place=place_of(database))
        _to_head(connection)


def upgrade(database: Database, *, backup_folder: Path | None = None, no_backup: bool = False) -> Path | None:
    """Back up, then bring the schema to the newest in one transaction; the backup's path, None when nothing was to do.

    The backup lies in ``backup_folder`` (default: ``backups`` beside the shop file, the data folder for PostgreSQL). Killed
    at any point the shop is as before or up to date. Raises BackupNeeded when no backup can be made, unless ``no_backup``.
    """
    from shopdesk.db.backup import dump

    state, found = _look(database)
    _refuse_strangers(state, place_of(database), found)
    if state is SchemaState.NEW:
        raise NoShop(place=place_of(database))
    if state is SchemaState.CURRENT:
        return None
    kept: Path | None = None
    if not no_backup:
        kept = _backup_name(database, backup_folder, found)
        try:
            dump(database, kept)
        except ShopError as error:
            raise BackupNeeded(problem=str(error)) from error
    with _schema_change(database) as connection:
        if _revision(connection) != HEAD:  # another process may have been first
            _to_head(connection)
    return kept


def place_of(database: Database) -> str:
    """The address for sentences, without its password."""
    return str(database.file) if database.file is not None else database.url.render_as_string(hide_password=True)


def _refuse_strangers(state: SchemaState, place: str, found: str) -> None:
    if state is SchemaState.NEWER:
        raise SchemaNewer(place=place, found=found, known=HEAD)
    if state is SchemaState.FOREIGN:
        raise SchemaForeign(place=place)


# ------------------------------------------------------------------ looking

_OURS = frozenset({"journal", "counters", "settings", "orders"})
_VERSION = sa.text("SELECT version_num FROM alembic_version WHERE (SELECT count(*) FROM counters) >= 0")


def _look(database: Database) -> tuple[SchemaState, str]:
    """The state and the revision found."""
    if not database.exists:
        return SchemaState.NEW, ""
    try:
        with database.reading() as connection:
            found = _quick_version(connection)
            if found == HEAD:
                return SchemaState.CURRENT, found
        with database.reading() as connection:
            return _classify(connection)
    except ShopError:
        raise
    except Exception as error:
        if not is_driver_error(error):
            raise
        known = trouble(error)
        if isinstance(known, DatabaseDamaged) and _is_no_database(database.file):
            return SchemaState.FOREIGN, ""
        if known is None:
            raise
        raise known from error


def _quick_version(connection: sa.Connection) -> str | None:
    """The revision of a shop, None when the tables that would tell are not there."""
    try:
        rows = connection.execute(_VERSION).scalars().all()
    except sa.exc.SQLAlchemyError as error:
        if trouble(error) is not None:
            raise
        return None  # the tables are missing: look closer
    return str(rows[0]) if len(rows) == 1 else None


def _classify(connection: sa.Connection) -> tuple[SchemaState, str]:
    tables = set(sa.inspect(connection).get_table_names())
    if not tables:
        return SchemaState.NEW, ""
    if "alembic_version" not in tables or not tables >= _OURS:
        return SchemaState.FOREIGN, ""
    found = _revision(connection)
    if not found.isdecimal():
        return SchemaState.FOREIGN, found
    return (SchemaState.NEWER if int(found) > int(HEAD) else SchemaState.OLDER), found


def _revision(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return ",".join(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars())


def _is_no_database(file: Path | None) -> bool:
    if file is None:
        return False
    with file.open("rb") as handle:
        return not handle.read(16).startswith(b"SQLite format 3")


# ------------------------------------------------------------------ changing

_ADVISORY_LOCK = sa.text("SELECT pg_advisory_xact_lock(7165498231)")


@contextlib.contextmanager
def _schema_change(database: Database) -> Iterator[sa.Connection]:
    """One write transaction for a change of the schema, alone; foreign keys are proven before it commits."""
    try:
        with database.writing() as connection:
            lite = database.dialect == "sqlite"
            driver: Any = connection.connection.driver_connection  # Any: two drivers
            if lite:
                driver.execute("PRAGMA foreign_keys=OFF")  # has no effect inside a transaction
            try:
                with connection.begin():
                    if not lite:
                        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
                        connection.execute(_ADVISORY_LOCK)
                    yield connection
                    if lite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise DatabaseDamaged(_("the upgrade would break references between its tables."))
            finally:
                if lite:
                    driver.execute("PRAGMA foreign_keys=ON")
    except ShopError:
        raise
    except Exception as error:
        known = trouble(error) if is_driver_error(error) else None
        if known is None:
            raise
        raise known from error


def _to_head(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_path()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _own_file(file: Path) -> None:
    """Make the shop file readable by its owner alone before SQLite does it for everybody (S32)."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    file.chmod(0o600)  # an empty file may have been there with other rights


def _backup_name(database: Database, folder: Path | None, revision: str) -> Path:
    from shopdesk.core.paths import data_folder

    base = database.file
    home = folder or (base.parent if base is not None else data_folder()) / "backups"
    name = base.stem if base is not None else database.url.database or "shop"
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    suffix = "db" if base is not None else "dump"
    return home / f"{name}-before-upgrade-from-{revision}-{stamp}.{suffix}"
