"""The yardstick: the least SQL that sells five lines, hand-written, prepared, in one transaction (SPEED.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

LINES = 5
_TABLES = """
CREATE TABLE raw_products (id INTEGER PRIMARY KEY, barcode TEXT UNIQUE, name TEXT, price INTEGER, tax INTEGER);
CREATE TABLE raw_stock (product_id INTEGER PRIMARY KEY, on_hand INTEGER);
CREATE TABLE raw_orders (id {serial}, number TEXT UNIQUE, total INTEGER, tax INTEGER, at BIGINT);
CREATE TABLE raw_lines (id {serial}, order_id BIGINT, product_id BIGINT, quantity INTEGER, price INTEGER, total INTEGER);
CREATE INDEX raw_lines_order ON raw_lines (order_id);
CREATE TABLE raw_payments (id {serial}, order_id BIGINT, type TEXT, amount INTEGER);
CREATE TABLE raw_ledger (id {serial}, product_id BIGINT, change INTEGER, after INTEGER, order_id BIGINT);
CREATE TABLE raw_audit (id {serial}, actor BIGINT, action TEXT, at BIGINT);
"""


class RawSqlite:
    """The yardstick on a SQLite file through the same driver, WAL and synchronous=FULL."""

    def __init__(self, path: Path, products: int) -> None:
        import sqlcipher3.dbapi2 as driver

        self.connection: Any = driver.connect(str(path), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.executescript(_TABLES.format(serial="INTEGER PRIMARY KEY"))
        self.connection.execute("BEGIN")
        self.connection.executemany(
            "INSERT INTO raw_products VALUES (?, ?, ?, 350, 190000)",
            ((number, f"{number:013d}", f"Product {number}") for number in range(1, products + 1)),
        )
        self.connection.execute("INSERT INTO raw_stock SELECT id, 1000000000 FROM raw_products")
        self.connection.execute("COMMIT")
        self._count = 0

    def sell(self, numbers: list[int]) -> None:
        """One sale of these products, durable when it returns."""
        execute = self.connection.execute
        self._count += 1
        execute("BEGIN IMMEDIATE")
        found = [
            execute("SELECT id, price, tax FROM raw_products WHERE barcode = ?", (f"{number:013d}",)).fetchone()
            for number in numbers
        ]
        total = sum(price for _, price, _ in found)
        order = execute(
            "INSERT INTO raw_orders (number, total, tax, at) VALUES (?, ?, ?, ?)", (f"R{self._count}", total, 0, 0)
        ).lastrowid
        for product, price, _ in found:
            execute(
                "INSERT INTO raw_lines (order_id, product_id, quantity, price, total) VALUES (?, ?, 1, ?, ?)",
                (order, product, price, price),
            )
        execute("INSERT INTO raw_payments (order_id, type, amount) VALUES (?, 'cash', ?)", (order, total))
        for product, _, _ in sorted(found):
            after = execute(
                "UPDATE raw_stock SET on_hand = on_hand - 1 WHERE product_id = ? AND on_hand >= 1 RETURNING on_hand",
                (product,),
            ).fetchone()[0]
            execute(
                "INSERT INTO raw_ledger (product_id, change, after, order_id) VALUES (?, -1, ?, ?)",
                (product, after, order),
            )
        execute("INSERT INTO raw_audit (actor, action, at) VALUES (1, 'sale', 0)")
        execute("COMMIT")

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()


class RawPostgres:
    """The yardstick on PostgreSQL, statement by statement."""

    def __init__(self, url: str, products: int) -> None:
        import psycopg

        self.connection: Any = psycopg.connect(url)
        with self.connection.transaction():
            for statement in _TABLES.format(serial="BIGSERIAL PRIMARY KEY").split(";"):
                if statement.strip():
                    self.connection.execute(statement)
            self.connection.execute(
                "INSERT INTO raw_products SELECT n, lpad(n::text, 13, '0'), 'Product', 350, 190000 "
                "FROM generate_series(1, %s) n",
                (products,),
            )
            self.connection.execute("INSERT INTO raw_stock SELECT id, 1000000000 FROM raw_products")
        self._count = 0

    def sell(self, numbers: list[int]) -> None:
        """One sale of these products, durable when it returns."""
        execute = self.connection.execute
        self._count += 1
        with self.connection.transaction():
            found = [
                execute("SELECT id, price, tax FROM raw_products WHERE barcode = %s", (f"{number:013d}",)).fetchone()
                for number in numbers
            ]
            total = sum(price for _, price, _ in found)
            order = execute(
                "INSERT INTO raw_orders (number, total, tax, at) VALUES (%s, %s, 0, 0) RETURNING id",
                (f"R{self._count}", total),
            ).fetchone()[0]
            for product, price, _ in found:
                execute(
                    "INSERT INTO raw_lines (order_id, product_id, quantity, price, total) VALUES (%s, %s, 1, %s, %s)",
                    (order, product, price, price),
                )
            execute("INSERT INTO raw_payments (order_id, type, amount) VALUES (%s, 'cash', %s)", (order, total))
            for product, _, _ in sorted(found):
                after = execute(
                    "UPDATE raw_stock SET on_hand = on_hand - 1 WHERE product_id = %s AND on_hand >= 1 "
                    "RETURNING on_hand",
                    (product,),
                ).fetchone()[0]
                execute(
                    "INSERT INTO raw_ledger (product_id, change, after, order_id) VALUES (%s, -1, %s, %s)",
                    (product, after, order),
                )
            execute("INSERT INTO raw_audit (actor, action, at) VALUES (1, 'sale', 0)")

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()
