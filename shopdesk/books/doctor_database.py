"""What must hold of the database itself: references, keys without holes, shipped schema and guards, sound pages (I33, I42)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from shopdesk.core.free_text import holds_card_number
from shopdesk.core.i18n import N_
from shopdesk.db.database import Database, wal_is_safe
from shopdesk.db.guards import guard_faults
from shopdesk.db.invariants import Found, Scope, check, query, stream
from shopdesk.db.invariants import ask as ask_check
from shopdesk.db.upkeep import HEAD
from shopdesk.schema import METADATA

_WITHOUT_HOLES = (
    "orders",
    "order_items",
    "price_steps",
    "order_adjustments",
    "order_taxes",
    "order_status_history",
    "payments",
    "voids",
    "training_sales",
    "shifts",
    "cash_movements",
    "cash_counts",
    "drawer_openings",
    "z_reports",
    "inventory_ledger",
    "oversell_exceptions",
    "stock_adjustments",
    "stock_adjustment_lines",
    "stock_transfers",
    "stock_transfer_lines",
    "transfer_documents",
    "transfer_document_lines",
    "transfer_receipts",
    "transfer_receipt_lines",
    "stock_counts",
    "stock_count_entries",
    "stock_count_recounts",
    "stock_count_lines",
    "cost_changes",
    "reservations",
    "journal",
    "audit_log",
    "customer_consents",
)
"""History tables: nothing is ever deleted there, so that on SQLite their ids run from 1 without holes."""

_VERSIONS = sa.text("SELECT version_num FROM alembic_version")
_NOT_VALID = check(
    "I33",
    N_("constraint or trigger switched off"),
    "",
    postgresql="SELECT c.conrelid::regclass::text AS of_table, c.conname AS name FROM pg_constraint c "
    "WHERE c.connamespace = current_schema()::regnamespace AND NOT c.convalidated "
    "UNION ALL SELECT t.tgrelid::regclass::text, t.tgname FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid "
    "WHERE r.relnamespace = current_schema()::regnamespace AND t.tgenabled NOT IN ('O', 'A')",
)


def compare_schema(connection: sa.Connection, found: Found) -> None:
    """The newest revision, every table and guard as shipped (I42)."""
    versions = list(connection.execute(_VERSIONS).scalars())
    if versions != [HEAD]:
        found.add("I42", f"schema {', '.join(map(str, versions)) or 'unknown'}, this program knows {HEAD}")
    for fault in guard_faults(connection, METADATA):
        found.add("I42", fault)
    missing = METADATA.tables.keys() - set(sa.inspect(connection).get_table_names())
    for name in sorted(missing):
        found.add("I42", f"table {name} is missing")
    if connection.dialect.name == "sqlite":
        version = str(connection.exec_driver_sql("SELECT sqlite_version()").scalar())
        mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
        if mode == "wal" and not wal_is_safe(tuple(int(part) for part in version.split("."))):
            found.add("I42", f"SQLite {version} may lose data in WAL mode")


def compare_references(connection: sa.Connection, scope: Scope, found: Found) -> None:
    """Every reference leads somewhere (I33); on PostgreSQL the constraints themselves are looked at."""
    if connection.dialect.name == "postgresql":
        ask_check(connection, _NOT_VALID, scope, found)
        return
    driver: Any = connection.connection.driver_connection  # Any: the driver has no types
    for table, rowid, parent, _place in driver.execute("PRAGMA foreign_key_check"):
        found.add("I33", f"{table} row {rowid}: what it refers to in {parent} does not exist")


def find_holes(connection: sa.Connection, found: Found) -> None:
    """Rows of history counted against their ids (I33); PostgreSQL's sequences have holes by right."""
    if connection.dialect.name != "sqlite":
        return
    for table in _WITHOUT_HOLES:
        if "id" not in METADATA.tables[table].columns:
            continue  # its key is what it belongs to
        statement = query(f"SELECT count(*), coalesce(min(id), 1), coalesce(max(id), 0) FROM {table}")
        for count, lowest, highest in stream(connection, statement, {}):
            if lowest != 1 or count != highest:
                found.add("I33", f"{table}: {count} rows, ids from {lowest} to {highest}")


def check_pages(database: Database, found: Found) -> None:
    """SQLite's own look at every page and index (I42).

    On a connection made for it: one that has searched before keeps FTS5's map of the index in memory, and this check, unlike
    a search, does not ask whether somebody has written the index anew since. It would call a sound file damaged.
    """
    pool = database.read_engine.pool.recreate()
    connection = pool.connect()
    try:
        driver: Any = connection.driver_connection  # Any: the driver has no types
        for (line,) in driver.execute("PRAGMA integrity_check(100)"):
            if line != "ok":
                found.add("I42", f"the file is damaged: {line}")
    finally:
        connection.close()
        pool.dispose()


# ------------------------------------------------------------------ text that people type

_FREE_TEXT = (
    ("orders", ("customer_note", "staff_note"), "id > :order_floor"),
    ("payments", ("raw_response",), "order_id > :order_floor"),
    ("voids", ("reason",), ""),
    ("cash_movements", ("reason",), ""),
    ("drawer_openings", ("reason",), ""),
    ("shifts", ("difference_reason",), ""),
    ("stock_adjustments", ("reason", "notes"), ""),
    ("stock_transfers", ("notes",), ""),
    ("suppliers", ("name", "contact_name", "line1", "line2", "city", "payment_terms", "notes"), ""),
    ("purchase_orders", ("supplier_reference", "notes", "staff_notes", "sent_to"), ""),
    ("receipts", ("delivery_note", "reason", "notes"), ""),
    ("supplier_returns", ("reason", "notes"), ""),
    ("transfer_documents", ("notes",), ""),
    ("transfer_receipts", ("notes",), ""),
    ("transfer_receipt_lines", ("reason",), ""),
    ("stock_counts", ("name", "notes"), ""),
    ("reservations", ("note",), ""),
    ("carts", ("label", "note"), ""),
    ("customers", ("first_name", "last_name", "company", "email", "card_number", "notes", "block_reason"), ""),
    ("addresses", ("line1", "line2", "city", "postal_code", "state"), ""),
    ("customer_notes", ("text",), ""),
    ("reviews", ("title", "text"), ""),
    ("customer_groups", ("code", "name"), ""),
    ("payment_methods", ("token", "card_type", "holder"), ""),
    ("sellers", ("store_name", "slug", "description", "business_email"), ""),
    ("users", ("first_name", "last_name"), ""),
    ("products", ("title", "description"), ""),
    ("product_variants", ("name",), ""),
)
_LAST_FOUR = check(
    "I39",
    N_("last four digits that are not four digits"),
    "SELECT uid AS payment FROM payments WHERE order_id > :order_floor AND card_last4 IS NOT NULL "
    "AND (length(card_last4) <> 4 OR card_last4 GLOB '*[^0-9]*')",
    postgresql="SELECT uid AS payment FROM payments WHERE order_id > :order_floor "
    "AND card_last4 IS NOT NULL AND card_last4 !~ '^[0-9]{4}$'",
)


def find_card_numbers(connection: sa.Connection, scope: Scope, found: Found) -> None:
    """No text that somebody typed holds a payment card's full number (I39)."""
    for table, columns, recent in _FREE_TEXT:
        if scope.fast and not recent:
            continue
        for column in columns:
            # Only text long enough and with digits in it is brought here for the Luhn check.
            since = f" AND {recent}" if recent else ""
            long = f"SELECT id, {column} FROM {table} WHERE length({column}) >= 13{since} AND {column} "
            statement = query(long + "GLOB '*[0-9]*[0-9]*'", postgresql=long + "~ '[0-9].*[0-9]'")
            for id, text in stream(connection, statement, scope.values):
                if isinstance(text, str) and holds_card_number(text):
                    found.add("I39", f"{table} row {id}: {column} holds what looks like a card number")
    ask_check(connection, _LAST_FOUR, scope, found)
