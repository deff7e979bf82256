"""Which columns of orders, invoices, payments and parcels the journal vouches for, in this order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopdesk.sales.digests import PAYMENT
from shopdesk.system.records import rows_digest

PLAN = (
    "id",
    "uid",
    "channel",
    "fulfilment",
    "terms",
    "till_id",
    "warehouse_id",
    "shipping_cents",
    "discount_cents",
    "discount_ppm",
    "discount_label",
    "subtotal_cents",
    "total_cents",
    "deposit_cents",
)
PLAN_LINE = (
    "id",
    "plan_id",
    "line",
    "variant_id",
    "quantity",
    "list_price_cents",
    "unit_price_cents",
    "price_source",
    "price_label",
    "discount_cents",
    "discount_ppm",
    "discount_label",
)
INVOICE = (
    "id",
    "uid",
    "number",
    "kind",
    "order_id",
    "return_id",
    "till_id",
    "total_cents",
    "due_at",
    "user_id",
    "created_at",
)
ORDER_PAYMENT = ("id", "number", *PAYMENT)
SHIPMENT = (
    "id",
    "uid",
    "number",
    "order_id",
    "till_id",
    "warehouse_id",
    "carrier",
    "user_id",
    "created_at",
)
SHIPMENT_ITEM = ("id", "shipment_id", "order_item_id", "quantity")
TABLES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "order": (("order_plans", PLAN), ("order_plan_lines", PLAN_LINE)),
    "order_change": (("order_plans", PLAN), ("order_plan_lines", PLAN_LINE)),
    "payment": (("payments", ORDER_PAYMENT),),
    "shipment": (("shipments", SHIPMENT), ("shipment_items", SHIPMENT_ITEM)),
}
"""Journal kind to its tables with their columns; rows by id."""


def order_digest(kind: str, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> str:
    """The digest of a document's rows, given by table as mappings of at least the columns above."""
    return rows_digest(
        [(table, [[row[name] for name in columns] for row in rows[table]]) for table, columns in TABLES[kind]]
    )
