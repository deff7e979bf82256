"""Which columns of a sale's rows the journal vouches for, and in which order.

Left out are what the rules let change on a finished order (status, actual dates, staff note, customer link) and the ids of rows
that nothing refers to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopdesk.system.records import rows_digest

ORDER = (
    "id",
    "number",
    "uid",
    "channel",
    "till_id",
    "shift_id",
    "user_id",
    "currency",
    "prices_include_tax",
    "tax_rounding",
    "subtotal_cents",
    "discount_cents",
    "tax_cents",
    "shipping_cents",
    "rounding_cents",
    "total_cents",
    "customer_note",
    "placed_at",
    "business_date",
    "expected_ship_at",
    "expected_delivery_at",
)
ITEM = (
    "id",
    "order_id",
    "line",
    "product_id",
    "variant_id",
    "product_name",
    "variant_name",
    "sku",
    "barcode",
    "unit",
    "quantity",
    "list_price_cents",
    "unit_price_cents",
    "discount_cents",
    "tax_rate_ppm",
    "tax_rates",
    "tax_cents",
    "total_cents",
    "cost_cents",
    "warehouse_id",
    "track_stock",
    "metadata",
)
STEP = (
    "order_item_id",
    "position",
    "kind",
    "label",
    "before_cents",
    "amount_cents",
    "after_cents",
    "approved_by",
)
ADJUSTMENT = (
    "order_id",
    "order_item_id",
    "description",
    "amount_cents",
    "source_type",
    "source_id",
    "approved_by",
)
TAX = ("order_id", "tax_rate_id", "name", "rate_ppm", "taxable_cents", "tax_cents")
PAYMENT = (
    "uid",
    "order_id",
    "payment_type_id",
    "type",
    "kind",
    "amount_cents",
    "tendered_cents",
    "change_cents",
    "status",
    "transaction_id",
    "card_brand",
    "card_last4",
    "raw_response",
    "till_id",
    "shift_id",
    "user_id",
    "created_at",
)
SALE_TABLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("orders", ORDER),
    ("order_items", ITEM),
    ("price_steps", STEP),
    ("order_adjustments", ADJUSTMENT),
    ("order_taxes", TAX),
    ("payments", PAYMENT),
)
"""Tables of a sale in digest order. Rows: items by line, steps by item and position, the others in the order they were
written (by id), taxes by rate."""


def sale_digest(rows: Mapping[str, Sequence[Mapping[str, object]]]) -> str:
    """The digest of a sale's rows given by table as mappings from column to raw value, in the order told above."""
    return rows_digest(
        (table, [[row[column] for column in columns] for row in rows.get(table, ())]) for table, columns in SALE_TABLES
    )
