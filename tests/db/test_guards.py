"""History that the database itself refuses to change, on both databases and from any client."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from shopdesk.db.database import Database
from shopdesk.db.guards import GUARDS, guard_faults, guard_statements, install_guards
from shopdesk.db.upkeep import create_schema
from shopdesk.schema import METADATA

FROZEN = [guard.table for guard in GUARDS if not guard.changeable]
ODD = {
    "payments": {"status": "succeeded", "amount_cents": 5, "tendered_cents": 8, "change_cents": 3},
    "price_steps": {"before_cents": 2, "amount_cents": 5, "after_cents": 7},
    "orders": {"subtotal_cents": 9, "discount_cents": 1},
    "shifts": {"status": "open"},
    "stock_transfers": {"from_warehouse_id": 1, "to_warehouse_id": 2},
    "transfer_documents": {"from_warehouse_id": 1, "to_warehouse_id": 2},
    "stock_count_recounts": {"round": 2},
    "stock_count_lines": {"counted": 3, "expected": 1, "quantity_change": 2},
    "approvals": {"approver_id": 1, "actor_id": 2},
    "voids": {"total_cents": -5, "cash_cents": 5},
    "returns": {"total_cents": -5},
}


@pytest.fixture
def shop(database_url):
    database = Database(database_url)
    create_schema(database)
    yield database
    database.close()


@pytest.fixture
def raw(shop):
    """A client of its own without foreign keys and recursive triggers, each statement its own transaction."""
    if shop.dialect == "sqlite":
        import sqlcipher3.dbapi2 as driver

        connection = driver.connect(str(shop.file), isolation_level=None)
    else:
        import psycopg

        address = shop.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(address, autocommit=True)
        connection.execute("SET session_replication_role = replica")  # no foreign keys; guards are ENABLE ALWAYS
    yield connection
    connection.close()


def a_row(table: str, number: int = 1, **values: object) -> dict[str, object]:
    """A row that fulfils the table's CHECKs; different numbers give different keys."""
    made: dict[str, object] = {}
    for column in METADATA.tables[table].columns:
        kind = column.type.impl if isinstance(column.type, sa.TypeDecorator) else column.type
        words = [
            re.findall(r"'(\w+)'", str(check.sqltext))
            for check in METADATA.tables[table].constraints
            if isinstance(check, sa.CheckConstraint) and str(check.sqltext).startswith(f"{column.name} IN")
        ]
        if column.primary_key and isinstance(kind, sa.Integer):
            made[column.name] = number
        elif column.nullable:
            made[column.name] = None
        elif words:
            made[column.name] = words[0][0]
        elif isinstance(kind, sa.Boolean):
            made[column.name] = True
        elif isinstance(kind, sa.Integer):
            made[column.name] = number
        else:
            made[column.name] = f"{column.name[:20]}-{number}"[: getattr(kind, "length", None) or 99]
    if table == "receipt_lines":
        made |= {"reverses_line_id": number, "quantity": -number}  # its one unique key: most lines take nothing back
    return made | ODD.get(table, {}) | values


def put(raw, table: str, row: dict[str, object], verb: str = "INSERT") -> None:
    names = ", ".join(f'"{name}"' for name in row)
    mark = "?" if "sqlcipher3" in type(raw).__module__ else "%s"
    marks = ", ".join(mark for _ in row)
    raw.execute(f"{verb} INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


def refused(raw, statement: str, count_of: str = "") -> None:
    table = count_of or re.search(r"(?:FROM|UPDATE|TRUNCATE|REPLACE)\s+(?:INTO )?(\w+)", statement).group(1)
    before = raw.execute(f"SELECT * FROM {table}").fetchall()
    with pytest.raises(Exception, match=r"never changed"):
        raw.execute(statement)
    assert raw.execute(f"SELECT * FROM {table}").fetchall() == before


@pytest.mark.parametrize("table", FROZEN)
def test_history_is_neither_changed_nor_deleted(shop, raw, table):
    put(raw, table, a_row(table))
    for column in METADATA.tables[table].columns:
        refused(raw, f'UPDATE {table} SET "{column.name}" = "{column.name}"')
    refused(raw, f"DELETE FROM {table}")
    if shop.dialect == "postgresql":
        refused(raw, f"TRUNCATE {table} CASCADE", table)
    else:
        for name in ("rowid", "_rowid_", "oid"):
            if METADATA.tables[table].dialect_options["sqlite"]["with_rowid"]:
                refused(raw, f"UPDATE {table} SET {name} = 99")


@pytest.mark.parametrize("table", [guard.table for guard in GUARDS])
def test_replace_from_any_client_is_refused(sqlite_url, table):
    import sqlcipher3.dbapi2 as driver

    shop = Database(sqlite_url)
    create_schema(shop)
    shop.close()
    raw = driver.connect(str(shop.file), isolation_level=None)
    raw.execute("PRAGMA recursive_triggers = OFF")
    row = a_row(table)
    put(raw, table, row)
    keys = METADATA.tables[table].primary_key.columns.keys()
    before = raw.execute(f"SELECT * FROM {table}").fetchall()
    put_again = [row]
    if keys == ["id"]:  # the same document under a new id: caught by each unique key on its own
        if any(isinstance(key, sa.UniqueConstraint) for key in METADATA.tables[table].constraints):
            put_again.append(row | {"id": None})
        put_again.append({**a_row(table, 2), "id": 1})
    for attempt in put_again:
        with pytest.raises(Exception, match="never changed"):
            put(raw, table, attempt, "INSERT OR REPLACE")
        assert raw.execute(f"SELECT * FROM {table}").fetchall() == before
    put(raw, table, a_row(table, 2, till_id=7) if table == "shifts" else a_row(table, 2))
    assert len(raw.execute(f"SELECT * FROM {table}").fetchall()) == 2
    raw.close()


def test_a_second_open_shift_does_not_push_the_first_one_out(sqlite_url):
    import sqlcipher3.dbapi2 as driver

    shop = Database(sqlite_url)
    create_schema(shop)
    shop.close()
    raw = driver.connect(str(shop.file), isolation_level=None)
    put(raw, "shifts", a_row("shifts", 1, till_id=1))
    with pytest.raises(Exception, match="never changed"):
        put(raw, "shifts", a_row("shifts", 2, till_id=1), "INSERT OR REPLACE")
    raw.close()


def test_a_finished_order_changes_only_what_later_steps_may(raw):
    put(raw, "orders", a_row("orders"))
    raw.execute("UPDATE orders SET staff_note = 'call back', status = 'delivered', actual_delivery_at = 5")
    raw.execute("UPDATE orders SET customer_id = NULL")
    for column in ("total_cents", "id"):
        refused(raw, f"UPDATE orders SET {column} = {column} + 1")
    refused(raw, "UPDATE orders SET staff_note = 'x', number = 'T1-S000009'")
    refused(raw, "DELETE FROM orders")


def test_a_payment_is_settled_once(raw):
    put(raw, "payments", a_row("payments", 1, status="pending"))
    raw.execute("UPDATE payments SET status = 'succeeded'")
    refused(raw, "UPDATE payments SET status = 'failed'")
    refused(raw, "UPDATE payments SET amount_cents = 1, tendered_cents = 4")
    refused(raw, "DELETE FROM payments")


def test_a_shift_is_closed_once(raw):
    put(raw, "shifts", a_row("shifts"))
    refused(raw, "UPDATE shifts SET opening_float_cents = 7")
    raw.execute(
        "UPDATE shifts SET status = 'closed', closed_at = 9, closed_by = 1, expected_cents = 5, counted_cents = 4, "
        "left_cents = 0, difference_cents = -1, difference_reason = 'x'"
    )
    refused(raw, "UPDATE shifts SET difference_reason = 'y'")
    refused(raw, "UPDATE shifts SET status = 'open'")
    refused(raw, "DELETE FROM shifts")


def test_numbers_and_chains_only_go_up(raw):
    put(raw, "counters", a_row("counters", value=5, hash="a" * 64))
    raw.execute("UPDATE counters SET value = 6, hash = 'b'")
    refused(raw, "UPDATE counters SET value = 5")
    refused(raw, "UPDATE counters SET hash = 'c'")
    refused(raw, "UPDATE counters SET perpetual_cents = perpetual_cents + 1")
    refused(raw, "UPDATE counters SET series = 'V', value = 9")
    refused(raw, "DELETE FROM counters")


def test_an_approval_is_used_once(raw):
    put(raw, "approvals", a_row("approvals"))
    refused(raw, "UPDATE approvals SET amount_cents = 99")
    raw.execute("UPDATE approvals SET used_at = 5, used_by_ref = 'T1-V000001'")
    refused(raw, "UPDATE approvals SET used_at = NULL")
    refused(raw, "UPDATE approvals SET used_by_ref = 'T1-V000002'")
    refused(raw, "DELETE FROM approvals")


def test_stock_levels_move_and_carts_stay_open(shop, raw):
    put(raw, "stock_levels", a_row("stock_levels"))
    put(raw, "carts", a_row("carts"))
    raw.execute("UPDATE stock_levels SET on_hand = 3")
    raw.execute("DELETE FROM carts")
    refused(raw, "DELETE FROM stock_levels")
    refused(raw, "UPDATE stock_levels SET warehouse_id = warehouse_id + 1")
    if shop.dialect == "sqlite":
        refused(raw, "REPLACE INTO stock_levels SELECT * FROM stock_levels")
        refused(raw, "UPDATE OR REPLACE stock_levels SET variant_id = variant_id + 1", "stock_levels")


# ------------------------------------------------------------------ the guards themselves


def test_a_missing_changed_or_disabled_guard_is_found(shop, raw):
    on = " ON journal" if shop.dialect == "postgresql" else ""
    raw.execute(f"DROP TRIGGER guard_journal_delete{on}")
    assert _faults(shop) == ["trigger guard_journal_delete is missing"]
    if shop.dialect == "postgresql":
        raw.execute("ALTER TABLE voids DISABLE TRIGGER guard_voids_update")
        raw.execute("DROP TRIGGER guard_orders_update ON orders")
        raw.execute(
            "CREATE TRIGGER guard_orders_update BEFORE UPDATE ON orders FOR EACH ROW WHEN (OLD.id <> NEW.id) "
            "EXECUTE FUNCTION shopdesk_refuse()"
        )
        raw.execute(
            "CREATE OR REPLACE FUNCTION shopdesk_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
        )
        expected = ["guard_orders_update", "guard_voids_update", "shopdesk_refuse"]
    else:
        raw.execute("DROP TRIGGER guard_voids_update")
        raw.execute("CREATE TRIGGER guard_voids_update BEFORE UPDATE ON voids BEGIN SELECT 1; END")
        raw.execute("CREATE TRIGGER thief BEFORE INSERT ON voids BEGIN SELECT RAISE(IGNORE); END")
        expected = ["guard_voids_update", "thief"]
    assert all(any(name in fault for fault in _faults(shop)) for name in expected)
    with shop.writing() as connection, connection.begin():
        install_guards(connection, METADATA)
    assert [fault for fault in _faults(shop) if "thief" not in fault] == []


def test_every_guard_names_a_table_and_stands_for_delete_and_update():
    for dialect in ("sqlite", "postgresql"):
        names = guard_statements(METADATA, dialect)
        third = "insert" if dialect == "sqlite" else "truncate"
        assert set(names) == {f"guard_{g.table}_{event}" for g in GUARDS for event in ("update", "delete", third)}


def _faults(shop):
    with shop.reading() as connection:
        return guard_faults(connection, METADATA)
