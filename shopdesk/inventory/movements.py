"""The ledger of a variant as people read it: its movements with their documents, and its level over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.inventory.models import LedgerEntry
from shopdesk.system.models import User

MOVEMENT_SORTS = Sorts({"seq": (LedgerEntry.seq,)}, default="seq")
CURVE_POINTS = 1_500
"""So many of the newest movements make the picture; it is wide enough for no more."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement with the number of its document; thousandths."""

    id: int
    seq: int
    at: datetime
    type: str
    change_milli: int
    after_milli: int
    reference_type: str
    reference_id: int
    number: str
    reason: str
    notes: str
    username: str


@dataclass(frozen=True, slots=True)
class Step:
    """The level from a moment on, and what made it so."""

    at: datetime
    level_milli: int
    change_milli: int
    type: str


# Documents of areas above this one are named by their tables; what has no number of its own shows none.
_NUMBERS = {
    "order": "orders",
    "void": "voids",
    "adjustment": "stock_adjustments",
    "transfer": "stock_transfers",
    "transfer_document": "transfer_documents",
    "transfer_receipt": "transfer_receipts",
    "receipt": "receipts",
    "supplier_return": "supplier_returns",
    "count": "stock_counts",
}


def _number() -> sa.ColumnElement[Any]:
    cases = []
    for kind, name in _NUMBERS.items():
        table = sa.table(name, sa.column("id"), sa.column("number"))
        number = sa.select(table.c.number).where(table.c.id == LedgerEntry.reference_id).scalar_subquery()
        cases.append((LedgerEntry.reference_type == kind, number))
    return sa.func.coalesce(sa.case(*cases), "")


def movements_page(reader: Reader, request: PageRequest, variant_id: int = 0, warehouse_id: int = 0) -> Page[Movement]:
    """The movements of a variant in a warehouse with their documents' numbers; one statement."""
    selected: Any = (
        sa.select(
            LedgerEntry.id,
            LedgerEntry.seq,
            LedgerEntry.created_at,
            LedgerEntry.type,
            LedgerEntry.quantity_change,
            LedgerEntry.quantity_after,
            LedgerEntry.reference_type,
            LedgerEntry.reference_id,
            _number(),
            LedgerEntry.reason,
            LedgerEntry.notes,
            User.username,
        )
        .join(User, User.id == LedgerEntry.user_id)
        .where(LedgerEntry.variant_id == variant_id, LedgerEntry.warehouse_id == warehouse_id)
    )
    if (kind := request.filter("type")) is not None:
        selected = selected.where(LedgerEntry.type == kind)
    return keyset_page(reader, selected, MOVEMENT_SORTS, request, lambda row: Movement(*row[:12]))


def level_curve(reader: Reader, variant_id: int, warehouse_id: int, limit: int = CURVE_POINTS) -> tuple[Step, ...]:
    """The newest steps of a level, the oldest of them first; one statement."""
    rows = reader.connection.execute(
        sa.select(LedgerEntry.created_at, LedgerEntry.quantity_after, LedgerEntry.quantity_change, LedgerEntry.type)
        .where(LedgerEntry.variant_id == variant_id, LedgerEntry.warehouse_id == warehouse_id)
        .order_by(LedgerEntry.seq.desc())
        .limit(limit)
    ).all()
    return tuple(Step(*row) for row in reversed(rows))
