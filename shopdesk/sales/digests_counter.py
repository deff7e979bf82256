"""Which columns of the counter's documents the journal vouches for, in this order, as the database holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from shopdesk.db.base import Base
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader
from shopdesk.sales.models import CashCount, CashMovement, DrawerOpening, Shift, TrainingSale, Void, ZReport

SHIFT_OPENING = (
    "id",
    "uid",
    "till_id",
    "number",
    "business_date",
    "opened_at",
    "opened_by",
    "opening_float_cents",
    "opening_difference_cents",
)
"""What is fixed when a shift opens."""
SHIFT_CLOSED = (
    *SHIFT_OPENING,
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
"""A closed shift, all of it."""
CASH_COUNT = ("id", "shift_id", "kind", "denomination_cents", "pieces")
CASH_MOVEMENT = (
    "id",
    "uid",
    "number",
    "till_id",
    "shift_id",
    "type",
    "amount_cents",
    "reason",
    "user_id",
    "approved_by",
    "created_at",
)
DRAWER_OPENING = ("id", "uid", "number", "till_id", "shift_id", "reason", "user_id", "approved_by", "created_at")
VOID = (
    "id",
    "uid",
    "number",
    "order_id",
    "till_id",
    "shift_id",
    "reason",
    "total_cents",
    "cash_cents",
    "user_id",
    "approved_by",
    "created_at",
    "business_date",
)
Z_REPORT = (
    "id",
    "number",
    "shift_id",
    "till_id",
    "totals",
    "first_seq",
    "last_seq",
    "head",
    "perpetual_cents",
    "expected_cents",
    "counted_cents",
    "difference_cents",
    "created_at",
    "created_by",
)
TRAINING_SALE = ("id", "uid", "number", "till_id", "user_id", "total_cents", "answer", "created_at")


def _raw(model: type[Base], names: Sequence[str], *where: sa.ColumnElement[bool]) -> Prepared:
    table = model.__table__
    return Prepared(sa.select(*(table.c[name] for name in names)).where(*where).order_by(table.c.id))


_shift_id: sa.BindParameter[Any] = sa.bindparam("shift_id")  # Any: a parameter has no type of its own
SHIFT_OPENING_ROWS = _raw(Shift, SHIFT_OPENING, Shift.id == _shift_id)
SHIFT_CLOSED_ROWS = _raw(Shift, SHIFT_CLOSED, Shift.id == _shift_id)
COUNT_ROWS = _raw(CashCount, CASH_COUNT, CashCount.shift_id == _shift_id, CashCount.kind == sa.bindparam("kind"))
CASH_MOVEMENT_ROWS = _raw(CashMovement, CASH_MOVEMENT, CashMovement.number == sa.bindparam("number"))
DRAWER_OPENING_ROWS = _raw(DrawerOpening, DRAWER_OPENING, DrawerOpening.number == sa.bindparam("number"))
VOID_ROWS = _raw(Void, VOID, Void.number == sa.bindparam("number"))
Z_ROWS = _raw(ZReport, Z_REPORT, ZReport.shift_id == _shift_id)
TRAINING_ROWS = _raw(TrainingSale, TRAINING_SALE, TrainingSale.number == sa.bindparam("number"))

Table = tuple[str, list[tuple[Any, ...]]]


def opening_rows(reader: Reader, shift_id: int) -> list[Table]:
    """What a ``shift_open`` entry vouches for."""
    batch = reader.batch()
    shift = batch.add(SHIFT_OPENING_ROWS, {"shift_id": shift_id})
    counts = batch.add(COUNT_ROWS, {"shift_id": shift_id, "kind": "open"})
    batch.send()
    return [("shifts", shift.rows), ("cash_counts", counts.rows)]


def closing_rows(reader: Reader, shift_id: int) -> list[Table]:
    """What a ``z`` entry vouches for."""
    batch = reader.batch()
    shift = batch.add(SHIFT_CLOSED_ROWS, {"shift_id": shift_id})
    counts = batch.add(COUNT_ROWS, {"shift_id": shift_id, "kind": "close"})
    report = batch.add(Z_ROWS, {"shift_id": shift_id})
    batch.send()
    return [("shifts", shift.rows), ("cash_counts", counts.rows), ("z_reports", report.rows)]


def document_rows(reader: Reader, kind: str, number: str) -> list[Table]:
    """What the entry of a document of one row vouches for; ``kind`` is the journal's."""
    table, statement = ONE_ROW_DOCUMENTS[kind]
    batch = reader.batch()
    found = batch.add(statement, {"number": number})
    batch.send()
    return [(table, found.rows)]


ONE_ROW_DOCUMENTS = {
    "cash_in": ("cash_movements", CASH_MOVEMENT_ROWS),
    "cash_out": ("cash_movements", CASH_MOVEMENT_ROWS),
    "no_sale": ("drawer_openings", DRAWER_OPENING_ROWS),
    "void": ("voids", VOID_ROWS),
    "training": ("training_sales", TRAINING_ROWS),
}
"""Journal kind to the table and the statement that reads its row by number."""
