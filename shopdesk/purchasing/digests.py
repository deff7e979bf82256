"""Which columns of purchasing's documents the journal vouches for, in this order, as the database holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopdesk.system.records import rows_digest

PAPER = ("id", "purchase_order_id", "uid", "number", "till_id", "content", "user_id", "created_at")
RECEIPT = (
    "id",
    "uid",
    "number",
    "supplier_id",
    "purchase_order_id",
    "reverses_id",
    "warehouse_id",
    "till_id",
    "delivery_note",
    "reason",
    "notes",
    "total_cents",
    "user_id",
    "created_at",
)
RECEIPT_LINE = (
    "id",
    "receipt_id",
    "variant_id",
    "order_line_id",
    "reverses_line_id",
    "sku",
    "name",
    "track_stock",
    "quantity",
    "pack_quantity",
    "pack_cost_cents",
    "total_cents",
)
SENT_BACK = (
    "id",
    "uid",
    "number",
    "supplier_id",
    "receipt_id",
    "warehouse_id",
    "till_id",
    "reason",
    "notes",
    "total_cents",
    "user_id",
    "created_at",
)
SENT_BACK_LINE = (
    "id",
    "supplier_return_id",
    "variant_id",
    "receipt_line_id",
    "sku",
    "name",
    "track_stock",
    "quantity",
    "pack_quantity",
    "pack_cost_cents",
    "total_cents",
)
RECEIPT_TABLES = (("receipts", RECEIPT), ("receipt_lines", RECEIPT_LINE))
BUYING_TABLES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "purchase_order": (("purchase_order_papers", PAPER),),
    "receipt": RECEIPT_TABLES,
    "receipt_reversal": RECEIPT_TABLES,
    "supplier_return": (("supplier_returns", SENT_BACK), ("supplier_return_lines", SENT_BACK_LINE)),
}
"""Journal kind to the tables of its documents in digest order: the document, then its lines by id."""


def buying_digest(kind: str, document: Mapping[str, object], lines: Sequence[Mapping[str, object]] = ()) -> str:
    """The digest of a document's rows, given as mappings from column to raw value."""
    (head, head_columns), *rest = BUYING_TABLES[kind]
    tables = [(head, [[document[column] for column in head_columns]])]
    tables += [(name, [[line[column] for column in columns] for line in lines]) for name, columns in rest]
    return rows_digest(tables)
