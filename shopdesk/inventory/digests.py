"""Which columns of stock documents the journal vouches for, in this order, as the database holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopdesk.system.records import rows_digest

ADJUSTMENT = ("id", "uid", "number", "warehouse_id", "till_id", "reason", "notes", "user_id", "created_at")
ADJUSTMENT_LINE = ("id", "adjustment_id", "variant_id", "quantity_change")
TRANSFER = ("id", "uid", "number", "from_warehouse_id", "to_warehouse_id", "till_id", "notes", "user_id", "created_at")
TRANSFER_LINE = ("id", "transfer_id", "variant_id", "quantity")
STOCK_TABLES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "stock_adjustment": (("stock_adjustments", ADJUSTMENT), ("stock_adjustment_lines", ADJUSTMENT_LINE)),
    "stock_transfer": (("stock_transfers", TRANSFER), ("stock_transfer_lines", TRANSFER_LINE)),
}
"""Journal kind to the tables of its documents in digest order: the document, then its lines by id."""


def stock_digest(kind: str, document: Mapping[str, object], lines: Sequence[Mapping[str, object]]) -> str:
    """The digest of a stock document's rows, given as mappings from column to raw value."""
    (head, head_columns), (rows, row_columns) = STOCK_TABLES[kind]
    return rows_digest(
        (
            (head, [[document[column] for column in head_columns]]),
            (rows, [[line[column] for column in row_columns] for line in lines]),
        )
    )
