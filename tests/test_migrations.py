"""The schema from its migrations: equal to the metadata, refused when strange, upgraded whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from shopdesk.core.errors import DatabaseDamaged, ShopError
from shopdesk.core.paths import migrations_path
from shopdesk.db import upkeep
from shopdesk.db.database import Database
from shopdesk.db.guards import guard_faults
from shopdesk.db.upkeep import (
    BackupNeeded,
    NoShop,
    SchemaForeign,
    SchemaNewer,
    SchemaOlder,
    SchemaState,
    ShopExists,
    check_schema,
    create_schema,
    schema_state,
    upgrade,
)
from shopdesk.schema import METADATA

ROOT = Path(__file__).resolve().parent.parent
PRESENT = upkeep.HEAD


@pytest.fixture
def database(database_url):
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def shop(database):
    create_schema(database)
    return database


@pytest.fixture(autouse=True)
def postgres_programs(request, monkeypatch):
    """The server's own pg_dump first on the path."""
    if "postgres_url" in request.fixturenames or "database_url" in request.fixturenames:
        programs = request.getfixturevalue("postgres").programs
        if programs is not None:
            monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


# ------------------------------------------------------------------ equal to the metadata


def test_the_models_have_no_circle_that_a_migration_would_have_to_break():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(METADATA.sorted_tables) == len(METADATA.tables)


def test_the_program_knows_its_newest_revision():
    script = ScriptDirectory(str(migrations_path()))
    assert script.get_current_head() == upkeep.HEAD


def test_migrated_from_empty_equals_the_metadata(shop, tmp_path, request):
    if shop.dialect == "sqlite":
        other = Database(tmp_path.joinpath("other.db").as_uri().replace("file://", "sqlite:///"))
    else:
        postgres = request.getfixturevalue("postgres")
        other = Database(postgres.create())
    with other.writing() as connection, connection.begin():
        METADATA.create_all(connection)
    with shop.reading() as migrated, other.reading() as made:
        assert _shape(migrated) == _shape(made)
    other.close()
    if shop.dialect == "postgresql":
        request.getfixturevalue("postgres").drop(other.url)


def _shape(connection: sa.Connection) -> list[tuple[object, ...]]:
    """Every table with its columns, constraints (CHECKs too), indexes and triggers, but for guards and alembic's own."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master")
        shape = [(kind, name, table, _parts(sql or "")) for kind, name, table, sql in rows]
        return sorted(row for row in shape if row[2] != "alembic_version" and not row[1].startswith("guard_"))
    rows = connection.exec_driver_sql(
        """
        SELECT 'column', table_name, column_name, data_type, is_nullable, column_default
          FROM information_schema.columns WHERE table_schema = current_schema()
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype::text, ''
          FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
        UNION ALL SELECT 'index', tablename, indexname, indexdef, '', ''
          FROM pg_indexes WHERE schemaname = current_schema()
        UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid), '', ''
          FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
          WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace AND left(tgname, 6) <> 'guard_'
        """
    )
    return sorted(tuple(map(str, row)) for row in rows if row[1] != "alembic_version")


def _parts(sql: str) -> tuple[str, ...]:
    """A statement's columns and constraints, in no order: a column that was added later stands behind the others."""
    parts, depth, begin = [], 0, 0
    for place, sign in enumerate(sql):
        depth += (sign == "(") - (sign == ")")
        if (sign in "(," and depth == 1) or (sign == ")" and depth == 0):
            parts.append(sql[begin:place].strip("(, \n\t"))
            begin = place
    spread = [one for part in parts for one in _without_reference(part)]
    return tuple(sorted(re.sub(r"[\s\"]+", "", part) for part in (*spread, sql[begin:])))


def _without_reference(part: str) -> list[str]:
    """An added column's reference stands beside it; here it becomes the constraint that it is in a new table."""
    if found := re.match(r"(\w+)\s(.*)CONSTRAINT\s+(\w+)\s+REFERENCES\s(.*)", part, re.DOTALL):
        column, kind, name, target = found.groups()
        if column != "CONSTRAINT":
            return [f"{column} {kind}", f"CONSTRAINT {name} FOREIGN KEY({column}) REFERENCES {target}"]
    return [part]


def test_guards_stand_after_the_migration(shop):
    with shop.reading() as connection:
        assert guard_faults(connection, METADATA) == []


def test_a_new_shop_file_belongs_to_its_owner_alone(tmp_path):
    database = Database(str(tmp_path / "new" / "shop.db"))
    create_schema(database)
    database.close()
    assert stat.S_IMODE((tmp_path / "new" / "shop.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


# ------------------------------------------------------------------ what an address holds


def test_an_empty_database_is_new_then_current(database):
    assert schema_state(database) is SchemaState.NEW
    with pytest.raises(NoShop):
        check_schema(database)
    create_schema(database)
    assert schema_state(database) is SchemaState.CURRENT
    check_schema(database)
    with pytest.raises(ShopExists):
        create_schema(database)


def test_opening_a_current_shop_asks_one_question_and_loads_no_alembic(shop):
    code = f"""
        import sys, sqlalchemy as sa
        from shopdesk.db.database import Database
        from shopdesk.db.upkeep import check_schema
        database = Database({shop.url.render_as_string(hide_password=False)!r})
        asked = []
        sa.event.listen(database.read_engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
        check_schema(database)
        assert [text for text in asked if text.startswith("SELECT")] == asked[-1:], asked
        assert not any(name.split(".")[0] in {{"alembic", "mako"}} for name in sys.modules)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, cwd=ROOT, timeout=60)


def test_a_newer_shop_is_refused_with_a_sentence(shop):
    _set_revision(shop, "0999")
    assert schema_state(shop) is SchemaState.NEWER
    for attempt in (check_schema, create_schema, upgrade):
        with pytest.raises(SchemaNewer, match="newer ShopDesk"):
            attempt(shop)


def test_somebody_elses_database_is_refused_and_left_alone(database):
    with database.writing() as connection, connection.begin():
        connection.exec_driver_sql("CREATE TABLE journal (note TEXT)")
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0001')")
    assert schema_state(database) is SchemaState.FOREIGN
    for attempt in (check_schema, create_schema, upgrade):
        with pytest.raises(SchemaForeign, match="not a ShopDesk shop"):
            attempt(database)
    with database.reading() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {"journal", "alembic_version"}


def test_a_file_that_is_no_database_is_foreign(tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_bytes(b"Dear Sirs, " * 1000)
    database = Database(str(letter))
    with pytest.raises(SchemaForeign):
        create_schema(database)
    database.close()
    assert letter.read_bytes() == b"Dear Sirs, " * 1000


def test_a_damaged_shop_file_is_told_as_damaged(tmp_path):
    database = Database(str(tmp_path / "shop.db"))
    create_schema(database)
    database.close()
    content = bytearray((tmp_path / "shop.db").read_bytes())
    content[100:4096] = bytes(3996)
    (tmp_path / "shop.db").write_bytes(content)
    with pytest.raises(DatabaseDamaged):
        check_schema(Database(str(tmp_path / "shop.db")))


# ------------------------------------------------------------------ upgrades

NEXT = '''
"""A change for the test."""
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "9999", "PRESENT", None, None
def upgrade():
    op.add_column("tills", sa.Column("colour", sa.Text()))
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("colour", sa.Text()))
    {then}
'''


@pytest.fixture
def next_version(tmp_path, monkeypatch):
    """A program one migration further on; ``then`` is what its migration does last."""

    def make(then: str = "pass", batch: str = "auto") -> Path:
        folder = tmp_path / "migrations"
        shutil.copytree(migrations_path(), folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        text = NEXT.format(then=then).replace("PRESENT", PRESENT).replace('"orders")', f'"orders", recreate="{batch}")')
        (folder / "versions" / "9999_colour.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(upkeep, "migrations_path", lambda: folder)
        monkeypatch.setattr(upkeep, "HEAD", "9999")
        return folder

    return make


def test_an_older_shop_is_refused_until_it_is_upgraded_with_a_backup(shop, next_version, tmp_path):
    _some_rows(shop)
    next_version()
    assert schema_state(shop) is SchemaState.OLDER
    with pytest.raises(SchemaOlder, match="shopdesk migrate"):
        check_schema(shop)
    kept = upgrade(shop, backup_folder=tmp_path / "kept")
    assert kept is not None
    assert kept.parent == tmp_path / "kept"
    assert kept.stat().st_size > 0
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert schema_state(shop) is SchemaState.CURRENT
    with shop.reading() as connection:
        assert "colour" in {column["name"] for column in sa.inspect(connection).get_columns("orders")}
        assert connection.exec_driver_sql("SELECT count(*) FROM warehouses").scalar() == 1
        faults = guard_faults(connection, METADATA)
        assert faults == []
    assert upgrade(shop) is None
    if shop.dialect == "sqlite":
        with Database(str(kept)).reading() as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == PRESENT


def test_a_rebuilt_table_gets_its_guards_back(sqlite_url, next_version):
    shop = Database(sqlite_url)
    create_schema(shop)
    next_version(batch="always")
    upgrade(shop)
    with shop.reading() as connection:
        assert guard_faults(connection, METADATA) == []
    shop.close()


def test_a_failing_upgrade_leaves_everything_as_it_was(shop, next_version):
    next_version('op.execute("INSERT INTO no_such_table VALUES (1)")')
    before = _schema_text(shop)
    with pytest.raises(sa.exc.SQLAlchemyError, match="no_such_table"):
        upgrade(shop)
    assert _schema_text(shop) == before
    assert schema_state(shop) is SchemaState.OLDER


def test_an_upgrade_that_breaks_a_reference_is_refused(sqlite_url, next_version):
    shop = Database(sqlite_url)
    create_schema(shop)
    _some_rows(shop)
    next_version('op.execute("INSERT INTO role_permissions VALUES (7, 7)")')
    before = _schema_text(shop)
    with pytest.raises(ShopError, match="references"):
        upgrade(shop)
    assert _schema_text(shop) == before
    shop.close()


def test_postgresql_without_pg_dump_needs_a_word(postgres_url, next_version, monkeypatch):
    shop = Database(postgres_url)
    create_schema(shop)
    next_version()
    monkeypatch.setattr("shopdesk.db.backup_postgres.find_program", lambda *_wanted: None)
    with pytest.raises(BackupNeeded, match="--no-backup"):
        upgrade(shop)
    assert schema_state(shop) is SchemaState.OLDER
    assert upgrade(shop, no_backup=True) is None
    assert schema_state(shop) is SchemaState.CURRENT
    shop.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from shopdesk.db import upkeep
from shopdesk.db.database import Database
import sqlalchemy as sa
url, folder, limit = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
upkeep.HEAD, upkeep.migrations_path = "9999", lambda: folder
database = Database(url)
count = 0
def stop(*_args):
    global count
    count += 1
    if count == limit:
        os.kill(os.getpid(), signal.SIGKILL)
sa.event.listen(database.write_engine, "before_cursor_execute", stop)
sa.event.listen(database.write_engine, "commit", stop)
upkeep.upgrade(database, no_backup=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_anywhere_an_upgrade_is_whole_or_not_at_all(shop, next_version, tmp_path):
    _some_rows(shop)
    folder = next_version(batch="always" if shop.dialect == "sqlite" else "auto")
    before = _schema_text(shop)
    url = shop.url.render_as_string(hide_password=False)
    shop.close()
    killed = 0
    for limit in range(1, 400, 16 if shop.dialect == "sqlite" else 4):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, url, str(folder), str(limit)],
            cwd=ROOT,
            capture_output=True,
            timeout=60,
            check=False,
        )
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
        killed += 1
        assert _schema_text(shop) == before
    assert killed > 1
    assert schema_state(shop) is SchemaState.CURRENT
    with shop.reading() as connection:
        assert guard_faults(connection, METADATA) == []


def _set_revision(database: Database, revision: str) -> None:
    with database.writing() as connection, connection.begin():
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def _schema_text(database: Database) -> object:
    with database.reading() as connection:
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        rows = connection.exec_driver_sql("SELECT count(*) FROM warehouses").scalar()
        return version, rows, _shape(connection), guard_faults(connection, METADATA)


def _some_rows(database: Database) -> None:
    with database.writing() as connection, connection.begin():
        connection.exec_driver_sql(
            "INSERT INTO warehouses (name, location, is_active, created_at, updated_at) VALUES ('Main', '', true, 1, 1)"
        )
