"""Shops that a released program left behind: upgraded they keep every row, the doctor is content, and they sell on."""

from __future__ import annotations

import base64
import json
import lzma
from pathlib import Path

import pytest
import sqlalchemy as sa

from shopdesk.app import open_shop
from shopdesk.books.doctor import run_doctor
from shopdesk.core.ids import uuid7
from shopdesk.core.paths import migrations_path
from shopdesk.core.permissions import ROLE_DEFAULTS
from shopdesk.db.database import Database
from shopdesk.db.migration_steps import SEPARATOR, run
from shopdesk.db.upkeep import SchemaState, schema_state, upgrade
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from tests.support.small_shop import actor_of

RELEASED = Path(__file__).parent / "support" / "released"


def left_behind(database: Database, revision: str) -> dict[str, list[list[object]]]:
    """Make the schema of the first release and fill it with the busy day that its program wrote; returns the rows by table."""
    text = lzma.decompress((RELEASED / f"{revision}.jsonl.xz").read_bytes()).decode()
    tables = [json.loads(line) for line in text.splitlines()]
    (script,) = (migrations_path() / "versions").glob(f"{revision}_*.{database.dialect}.sql")
    with database.writing() as connection, connection.begin():
        for statement in script.read_text(encoding="utf-8").split(SEPARATOR):
            if statement.strip():
                run(connection, statement)
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{revision}')")
        for table in tables:
            made = sa.table(table["table"], *[sa.column(name) for name in table["columns"]])
            rows = [
                {name: _value(value) for name, value in zip(table["columns"], row, strict=True)}
                for row in table["rows"]
            ]
            if rows:
                connection.execute(sa.insert(made), rows)
            if database.dialect == "postgresql" and "id" in table["columns"] and rows:
                name = table["table"]
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
                )
    return {table["table"]: [table["columns"], *table["rows"]] for table in tables}


def _value(value: object) -> object:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def _by_key(row: tuple[object, ...]) -> str:
    return str(row[:2])


@pytest.fixture
def database(database_url):
    opened = Database(database_url)
    yield opened
    opened.close()


def test_a_shop_of_the_first_release_is_brought_up_to_date_whole(database, database_url, clock):
    before = left_behind(database, "0001")
    assert schema_state(database) is SchemaState.OLDER
    upgrade(database, no_backup=True)
    assert schema_state(database) is SchemaState.CURRENT
    with database.reading() as connection:
        for table in ("orders", "order_items", "inventory_ledger", "journal", "audit_log", "customers", "payments"):
            columns, *rows = before[table]
            listed = ", ".join(f'"{name}"' for name in columns)
            found = connection.exec_driver_sql(f"SELECT {listed} FROM {table}").fetchall()
            expected = [tuple(map(_value, row)) for row in rows]
            assert sorted(map(tuple, found), key=_by_key) == sorted(expected, key=_by_key), table
    clock.advance(days=2)
    shop = open_shop(database_url, clock=clock)
    try:
        report = run_doctor(shop.database, clock=clock)
        assert [(one.id, one.samples) for one in report.findings if one.violations] == []
        owner = actor_of(shop, "olga")
        sold = shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),)), owner)
        assert sold.number == "T1-S000008"
        clock.advance(minutes=1)
        assert run_doctor(shop.database, clock=clock).ok
    finally:
        shop.close()


def test_an_older_shops_roles_get_the_permissions_that_a_new_shops_have(database, database_url, clock):
    left_behind(database, "0001")
    upgrade(database, no_backup=True)
    shop = open_shop(database_url, clock=clock)
    try:
        for username, role in (("ann", "clerk"), ("olga", "owner")):
            assert actor_of(shop, username).permissions == {str(code) for code in ROLE_DEFAULTS[role]}
    finally:
        shop.close()
