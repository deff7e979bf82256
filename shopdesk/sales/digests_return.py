"""Which columns of a return's rows the journal vouches for, in this order.

Left out is what a card terminal still adds to a refund (status, when it was processed, its transaction and answer).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopdesk.system.records import rows_digest

RETURN = (
    "id",
    "uid",
    "number",
    "order_id",
    "till_id",
    "shift_id",
    "reason",
    "currency",
    "prices_include_tax",
    "gross_cents",
    "discount_cents",
    "tax_cents",
    "shipping_cents",
    "fee_cents",
    "rounding_cents",
    "total_cents",
    "set_off_cents",
    "user_id",
    "approved_by",
    "created_at",
    "business_date",
)
RETURN_ITEM = (
    "id",
    "return_id",
    "line",
    "order_item_id",
    "variant_id",
    "product_name",
    "variant_name",
    "sku",
    "unit",
    "quantity",
    "unit_price_cents",
    "gross_cents",
    "discount_cents",
    "tax_cents",
    "tax_rates",
    "total_cents",
    "condition",
    "warehouse_id",
    "track_stock",
)
RETURN_TAX = ("return_id", "tax_rate_id", "name", "rate_ppm", "taxable_cents", "tax_cents")
REFUND = (
    "id",
    "uid",
    "order_id",
    "payment_id",
    "return_id",
    "payment_type_id",
    "type",
    "kind",
    "amount_cents",
    "reason",
    "staff_notes",
    "till_id",
    "shift_id",
    "user_id",
    "requested_at",
)
RETURN_TABLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("returns", RETURN),
    ("return_items", RETURN_ITEM),
    ("return_taxes", RETURN_TAX),
    ("refunds", REFUND),
)
"""Tables of a return in digest order: items by line, taxes by rate, refunds by id."""


def return_digest(rows: Mapping[str, Sequence[Mapping[str, object]]]) -> str:
    """The digest of a return's rows, given by table as mappings of at least the columns above, in the order told there."""
    return rows_digest(
        [(table, [[row[name] for name in columns] for row in rows[table]]) for table, columns in RETURN_TABLES]
    )
