"""Rows of purchasing that were edited, deleted or cloned past the program are found, guards or no guards."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from shopdesk.books.doctor import run_doctor
from shopdesk.core.clock import ManualClock
from shopdesk.core.ids import uuid7
from shopdesk.db.database import Database
from shopdesk.purchasing.placing import CancelOrder, MarkSent, cancel_order, mark_sent
from shopdesk.purchasing.receive import ReceivedLine
from shopdesk.purchasing.reverse import ReverseReceipt, reverse_receipt
from shopdesk.purchasing.send_back import SendBack, SentBackLine, send_back
from shopdesk.schema import METADATA
from tests.books.test_doctor_tamper import cloned, named, others, where
from tests.purchasing.conftest import Buying
from tests.support.tampering import Tampering, drop_guards

KINDS = {
    "receipts": ("reverses_id", "purchase_order_id"),
    "receipt_lines": ("track_stock", "reverses_line_id", "order_line_id"),
    "supplier_returns": ("receipt_id",),
    "supplier_return_lines": ("receipt_line_id",),
    "purchase_order_papers": (),
    "purchase_order_history": ("event",),
    "purchase_order_lines": ("received", "cancelled"),
    "purchase_orders": ("status",),
}
_EDITED = "people note it on an order that was placed; the audit log tells"
MAY_CHANGE = {
    "purchase_orders": {
        **dict.fromkeys(("expected_on", "supplier_reference", "notes", "staff_notes"), _EDITED),
        **dict.fromkeys(("created_at", "updated_at", "created_by", "updated_by", "version"), "stamps of an edited row"),
        "uid": "the paper's own uid is the key that was answered",
        **dict.fromkeys(("ordered_by", "sent_at", "sent_to"), "repeats the step of the history for lists"),
    },
    "purchase_order_lines": {
        "cancelled": "what is no longer waited for is no part of the books unless it ends the order",
    },
    "purchase_order_history": {"created_at": "told within ten seconds by the audit log"},
}
EVERYWHERE = {"quantity", "received", "total_cents", "status", "number"}
"""The columns that are tried on PostgreSQL too, where each try takes a tenth of a second."""
Opened = tuple[Database, tuple[str, ...], ManualClock]


@pytest.fixture
def opened(buying: Buying, clock: ManualClock) -> Opened:
    """A shop that ordered, received in parts, too much, without an order and by mistake, and sent goods back."""
    with buying.shop.database.writing() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE product_variants SET track_stock = FALSE WHERE sku = 'BOOK'")
    order = buying.ordered(("TEA", 24_000), ("MUG", 5_000))
    buying.do(mark_sent, MarkSent(order, "orders@teahouse.example"))
    first = buying.receive(order, ("TEA", 12_000), ("MUG", 2_000))
    mistake = buying.receive(order, ("MUG", 3_000))
    buying.do(reverse_receipt, ReverseReceipt(key=uuid7(), receipt_id=mistake.receipt_id, reason="not ours"))
    full = buying.ordered(("MUG", 2_000))
    buying.receive(full, ("MUG", 3_000), accept_over=True)
    bags = (ReceivedLine(sku="BOOK", quantity_milli=2_000, pack_cost_cents=100),)
    buying.receive(None, lines=bags, supplier_id=buying.supplier, warehouse_id=1)
    goes = (SentBackLine(sku="TEA", quantity_milli=1_000),)
    buying.do(send_back, SendBack(key=uuid7(), lines=goes, reason="torn", receipt_id=first.receipt_id))
    free = SendBack(key=uuid7(), lines=goes, reason="old", supplier_id=buying.supplier, warehouse_id=1)
    buying.do(send_back, free)
    given_up = buying.ordered(("MUG", 1_000))
    version = buying.card(given_up).version
    buying.do(cancel_order, CancelOrder(order_id=given_up, version=version, reason="late"))
    buying.draft(("TEA", 12_000))
    buying.sound()
    anchors = tuple(run_doctor(buying.shop.database, clock=clock).heads.values())
    drop_guards(buying.shop.database)
    return buying.shop.database, anchors, clock


def one_of_each_kind(tampering: Tampering, table: str) -> list[dict[str, Any]]:
    """One row of each kind; of an order's own tables only those that were placed."""
    chosen = {
        "purchase_order_lines": "WHERE purchase_order_id IN (SELECT id FROM purchase_orders WHERE number IS NOT NULL)",
        "purchase_orders": "WHERE number IS NOT NULL",
    }.get(table, "")
    rows = [dict(row._mapping) for row in tampering.connection.exec_driver_sql(f"SELECT * FROM {table} {chosen}")]
    found = {tuple(row[name] for name in KINDS[table]): row for row in reversed(rows)}
    assert found
    return list(found.values())


def key_of(table: str, row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in METADATA.tables[table].primary_key.columns.keys()}  # noqa: SIM118


@pytest.mark.timeout(600)
@pytest.mark.parametrize("table", KINDS)
def test_edited_deleted_and_cloned_rows_are_found(opened: Opened, table: str) -> None:
    unnoticed: list[object] = []
    with Tampering(opened) as tampering:
        assert tampering.noticed() == set()
        for row in one_of_each_kind(tampering, table):
            key = key_of(table, row)
            for column in METADATA.tables[table].columns:
                if tampering.database.dialect == "postgresql" and column.name not in EVERYWHERE:
                    continue
                if column.name in MAY_CHANGE.get(table, {}) or _is_free(column, row, tampering):
                    continue
                for other in others(tampering, column, row[column.name]):
                    change = f'UPDATE {table} SET "{column.name}" = :other WHERE {where(key)}'
                    if tampering.noticed_after(change, {"other": other, **named(key)}) == set():
                        unnoticed.append((column.name, row[column.name], other, row))
            if tampering.noticed_after(f"DELETE FROM {table} WHERE {where(key)}", named(key)) == set():
                unnoticed.append(("deleted", row))
            blank = {name: 0 for name, value in row.items() if value is None}
            clone = {**cloned(table, {**row, **blank}), **dict.fromkeys(blank)}
            names, marks = ", ".join(f'"{name}"' for name in clone), ", ".join(f":{name}" for name in clone)
            if tampering.noticed_after(f"INSERT INTO {table} ({names}) VALUES ({marks})", clone) == set():
                unnoticed.append(("cloned", row))
    assert unnoticed == []


def _is_free(column: sa.Column[Any], row: dict[str, Any], tampering: Tampering) -> bool:
    """Ids of a placed order's lines are free while no delivery refers to them."""
    if column.table.name != "purchase_order_lines" or column.name != "id":
        return False
    return not row["received"]


@pytest.mark.parametrize("table", ["receipts", "receipt_lines", "supplier_returns", "supplier_return_lines"])
@pytest.mark.parametrize("change", ["UPDATE {table} SET id = id", "DELETE FROM {table}"])
def test_the_database_itself_refuses(buying: Buying, table: str, change: str) -> None:
    order = buying.ordered(("MUG", 5_000))
    receipt = buying.receive(order, ("MUG", 5_000))
    goes = (SentBackLine(sku="MUG", quantity_milli=1_000),)
    buying.do(send_back, SendBack(key=uuid7(), lines=goes, reason="torn", receipt_id=receipt.receipt_id))
    with buying.shop.database.writing() as connection, connection.begin(), pytest.raises(sa.exc.DBAPIError):
        connection.exec_driver_sql(change.format(table=table))
