"""The database's own refusal to change history: append-only triggers for SQLite and PostgreSQL (DATA-MODEL rule 12).

On SQLite a BEFORE INSERT trigger stands beside those on UPDATE and DELETE: INSERT OR REPLACE deletes the old row without
asking the DELETE trigger unless the client has switched recursive triggers on, and any client may not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

FUNCTION = "shopdesk_refuse"
PREFIX = "guard_"


@dataclass(frozen=True, slots=True)
class Guard:
    """What may still happen to the rows of a table once they are written; DELETE never may.

    ``changeable`` are the columns that UPDATE may set, and only while ``while_sql`` holds (SQL over OLD). ``refuse_sql`` is
    SQL over OLD and NEW that refuses an UPDATE besides, ``free_sql`` SQL over OLD that lets every UPDATE through but of the
    keys. ``replace_sql`` is what a row in the way must fulfil for an INSERT of its key to be refused (SQL over the row and NEW;
    by default any row in the way).
    """

    table: str
    changeable: frozenset[str] = frozenset()
    while_sql: str = ""
    refuse_sql: str = ""
    free_sql: str = ""
    replace_sql: str = ""


_FROZEN = (
    "order_items",
    "order_taxes",
    "order_adjustments",
    "price_steps",
    "order_status_history",
    "voids",
    "returns",
    "return_items",
    "return_taxes",
    "invoices",
    "order_events",
    "shipment_items",
    "tracking_steps",
    "training_sales",
    "cash_movements",
    "cash_counts",
    "drawer_openings",
    "z_reports",
    "inventory_ledger",
    "stock_adjustments",
    "stock_adjustment_lines",
    "stock_transfers",
    "stock_transfer_lines",
    "transfer_receipts",
    "transfer_receipt_lines",
    "stock_count_entries",
    "stock_count_recounts",
    "stock_count_lines",
    "cost_changes",
    "purchase_order_history",
    "purchase_order_papers",
    "receipts",
    "receipt_lines",
    "supplier_returns",
    "supplier_return_lines",
    "journal",
    "audit_log",
    "idempotency_keys",
)
_CLOSING = (
    "status",
    "closed_at",
    "closed_by",
    "expected_cents",
    "counted_cents",
    "left_cents",
    "difference_cents",
    "difference_reason",
    "approved_by",
)
ORDER_CHANGES = ("status", "actual_ship_at", "actual_delivery_at", "staff_note", "customer_id")
"""The columns of a finished order that later steps may set; everything else on it never changes."""


def _changed(columns: Iterable[str]) -> str:
    return " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)


GUARDS: tuple[Guard, ...] = (
    *(Guard(table) for table in _FROZEN),
    Guard(
        "stock_levels",
        changeable=frozenset({"on_hand", "reserved", "low_stock_threshold", "ledger_seq", "ledger_hash", "updated_at"}),
        # Like the counters below: a move is INSERT ... ON CONFLICT DO UPDATE with a later place in the ledger.
        replace_sql="ledger_seq >= NEW.ledger_seq",
    ),
    Guard("customer_consents", changeable=frozenset({"customer_id"})),  # merged customers become one
    Guard(
        "reservations",
        changeable=frozenset({"state", "expires_at", "note", "customer_id", "closed_at", "closed_by"}),
        refuse_sql="OLD.state <> 'open' AND (OLD.state <> NEW.state OR OLD.closed_at IS DISTINCT FROM NEW.closed_at)",
    ),
    Guard(
        "transfer_documents",
        changeable=frozenset({"*"}),
        while_sql="OLD.state = 'draft' OR OLD.state = 'sent'",
        refuse_sql="OLD.state = 'sent' AND (NEW.state <> 'received' OR "
        + _changed(("uid", "number", "from_warehouse_id", "to_warehouse_id", "till_id", "notes", "sent_at", "sent_by"))
        + ")",
    ),
    Guard(
        "transfer_document_lines",
        changeable=frozenset({"quantity", "is_sent"}),
        while_sql="NOT OLD.is_sent",
    ),
    Guard("stock_counts", changeable=frozenset({"*"}), while_sql="OLD.state = 'open'"),
    # Until it is processed an order may be changed: then it becomes turnover, and fixed.
    Guard("orders", changeable=frozenset(ORDER_CHANGES), free_sql="OLD.status = 'pending'"),
    Guard(
        "shipments",
        changeable=frozenset(
            {
                "status",
                "tracking",
                "service",
                "address",
                "weight_grams",
                "cost_cents",
                "label_blob_id",
                "notes",
                "shipped_at",
                "estimated_at",
                "delivered_at",
            }
        ),
    ),
    Guard("payments", changeable=frozenset({"*"}), while_sql="OLD.status = 'pending'"),
    Guard(
        "refunds",
        changeable=frozenset({"status", "processed_at", "transaction_id", "raw_response"}),
        while_sql="OLD.status = 'pending'",
    ),
    Guard("shifts", changeable=frozenset(_CLOSING), while_sql="OLD.status = 'open'"),
    Guard("approvals", changeable=frozenset({"used_at", "used_by_ref"}), while_sql="OLD.used_at IS NULL"),
    Guard(
        "counters",
        changeable=frozenset({"value", "hash", "perpetual_cents", "last_at"}),
        refuse_sql="NEW.value < OLD.value OR NEW.value = OLD.value AND (NEW.hash IS DISTINCT FROM OLD.hash "
        "OR NEW.perpetual_cents <> OLD.perpetual_cents)",
        # It is raised by INSERT ... ON CONFLICT DO UPDATE, which wakes this trigger too.
        replace_sql="value >= NEW.value",
    ),
)
_BY_TABLE = {guard.table: guard for guard in GUARDS}


def guard_statements(metadata: sa.MetaData, dialect: str) -> dict[str, str]:
    """Every guard's CREATE TRIGGER by the trigger's name, for the guarded tables that the metadata has."""
    tables = [(metadata.tables[guard.table], guard) for guard in GUARDS if guard.table in metadata.tables]
    make = _for_sqlite if dialect == "sqlite" else _for_postgres
    return {name: text for table, guard in tables for name, text in make(table, guard)}


def function_statement() -> str:
    """PostgreSQL's trigger function that refuses."""
    return f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $guard${_BODY}$guard$"


_BODY = """
BEGIN
  RAISE EXCEPTION '% on % is refused: its rows are never changed', TG_OP, TG_TABLE_NAME USING ERRCODE = '23001';
END
"""


def install_guards(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Drop whatever guards there are and create the shipped ones, inside the caller's transaction."""
    dialect = connection.dialect.name
    for name, table in _present(connection):
        run(connection, f"DROP TRIGGER {name}" if dialect == "sqlite" else f"DROP TRIGGER {name} ON {table}")
    if dialect == "postgresql":
        run(connection, function_statement())
    for name, text in guard_statements(metadata, dialect).items():
        run(connection, text)
        if dialect == "postgresql":  # also under session_replication_role = replica
            table = _table_of(text)
            run(connection, f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def guard_faults(connection: sa.Connection, metadata: sa.MetaData) -> list[str]:
    """What differs from the shipped guards, a sentence each; empty when all stand (I42)."""
    shipped = guard_statements(metadata, connection.dialect.name)
    if connection.dialect.name == "sqlite":
        found = dict(_sqlite_triggers(connection))
        wrong = {name for name, text in found.items() if name in shipped and text != shipped[name]}
        foreign = {name for name, text in found.items() if name not in shipped and _table_of(text) in _BY_TABLE}
    else:
        rows = connection.exec_driver_sql(_PG_TRIGGERS).all()
        found = {name: text for name, _table, text, _enabled in rows}
        wrong = {
            name
            for name, _table, text, enabled in rows
            if name in shipped and (_plain(text) != _plain(shipped[name]) or enabled != "A")
        }
        foreign = {name for name, table, _text, _enabled in rows if name not in shipped and table in _BY_TABLE}
        body = connection.exec_driver_sql(_PG_FUNCTION).scalars().all()
        if body != [_BODY]:
            wrong.add(FUNCTION)
    return sorted(
        [f"trigger {name} is missing" for name in shipped.keys() - found.keys()]
        + [f"trigger {name} was changed or switched off" for name in wrong]
        + [f"trigger {name} on a guarded table is not ShopDesk's" for name in foreign]
    )


def run(connection: sa.Connection, statement: str) -> None:
    """Hand one statement of the shipped schema to the driver as it stands (no parameters, ``%`` is a plain sign)."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement)
    finally:
        cursor.close()


# ------------------------------------------------------------------ the texts


def _for_sqlite(table: sa.Table, guard: Guard) -> Iterator[tuple[str, str]]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'history is never changed: {table.name}'); END"
    also = f" AND ({guard.replace_sql})" if guard.replace_sql else ""
    in_the_way = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table.name} WHERE "
        + " AND ".join(f"{column} = NEW.{column}" for column in columns)
        + (f" AND {where} AND NEW.{where}" if where else "")
        + f"{also})"
        for columns, where in _unique_keys(table)
    )
    for event, condition in (("insert", in_the_way), ("update", _refused_update(table, guard)), ("delete", "")):
        name = f"{PREFIX}{table.name}_{event}"
        when = f" WHEN {condition}" if condition else ""
        yield name, f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table.name} FOR EACH ROW{when} {refuse}"


def _for_postgres(table: sa.Table, guard: Guard) -> Iterator[tuple[str, str]]:
    for event, each, condition in (
        ("update", "ROW", _refused_update(table, guard)),
        ("delete", "ROW", ""),
        ("truncate", "STATEMENT", ""),
    ):
        name = f"{PREFIX}{table.name}_{event}"
        when = f" WHEN ({condition})" if condition else ""
        yield (
            name,
            f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table.name} FOR EACH {each}{when} "
            f"EXECUTE FUNCTION {FUNCTION}()",
        )


def _refused_update(table: sa.Table, guard: Guard) -> str:
    """When an UPDATE is refused, as SQL that both databases read alike; empty for always.

    Old and new values are compared instead of naming columns in UPDATE OF, which SQLite overlooks for ``SET rowid = ...``.
    """
    if not guard.changeable:
        return ""
    parts = []
    if "*" not in guard.changeable:
        fixed = [column.name for column in table.columns if column.name not in guard.changeable]
        parts += [f"OLD.{_quoted(name)} IS DISTINCT FROM NEW.{_quoted(name)}" for name in fixed]
    if guard.while_sql:
        parts.append(f"NOT ({guard.while_sql})")
    if guard.refuse_sql:
        parts.append(guard.refuse_sql)
    refused = " OR ".join(parts)
    if guard.free_sql:
        keys = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in ("id", "uid", "number"))
        refused = f"({refused}) AND NOT ({guard.free_sql}) OR {keys}"
    return refused


def _unique_keys(table: sa.Table) -> list[tuple[tuple[str, ...], str]]:
    """The columns of the primary key and of each unique key, with the condition of a partial one."""
    keys = {(tuple(column.name for column in table.primary_key.columns), "")}
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            keys.add((tuple(column.name for column in constraint.columns), ""))
    for index in table.indexes:
        if index.unique:
            where = index.dialect_options["sqlite"]["where"]
            keys.add((tuple(column.name for column in index.columns), "" if where is None else str(where)))
    return sorted(keys, key=lambda key: (len(key[0]), key))


def _quoted(name: str) -> str:
    return f'"{name}"' if name in {"metadata"} else name


# ------------------------------------------------------------------ what stands in a database

_PG_TRIGGERS = """
SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid), t.tgenabled
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
"""
_PG_FUNCTION = (
    f"SELECT prosrc FROM pg_proc WHERE proname = '{FUNCTION}' AND pronamespace = current_schema()::regnamespace"
)


def _sqlite_triggers(connection: sa.Connection) -> Iterable[tuple[str, str]]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return [(name, text) for name, text in rows]


def _present(connection: sa.Connection) -> list[tuple[str, str]]:
    """Name and table of the guards that stand."""
    if connection.dialect.name == "sqlite":
        found = [(name, _table_of(text)) for name, text in _sqlite_triggers(connection)]
    else:
        found = [(row[0], row[1]) for row in connection.exec_driver_sql(_PG_TRIGGERS)]
    return [(name, table) for name, table in found if name.startswith(PREFIX)]


def _table_of(statement: str) -> str:
    found = re.search(r"\bON\s+[\"\[`]?(\w+)", statement, re.IGNORECASE)
    return found.group(1) if found else ""


def _plain(definition: str) -> str:
    """A trigger's definition without what PostgreSQL adds when it prints one: casts, schema, brackets, quotes."""
    text = re.sub(r"::(text|character varying|bigint|integer|boolean)", "", definition.lower())
    text = re.sub(r"\bon \w+\.", "on ", text)
    return re.sub(r"[\s()\"]+", "", text)
