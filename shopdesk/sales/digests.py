"""Which columns of a sale's rows the journal vouches for, and in which order.

Left out are what the rules let change on a finished order (status, actual dates, staff note, customer link) and the ids of rows
that nothing refers to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopdesk.system.records import canonical, digest

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


_TRUTHS = (("orders", ORDER.index("prices_include_tax")), ("order_items", ITEM.index("track_stock")))


def sale_digest(rows: Mapping[str, Sequence[tuple[object, ...]]]) -> str:
    """The digest of a sale's rows given by table as tuples of the columns above, in the order told there.

    The same as ``rows_digest``, which looks at each value for truth values; here it is known where they are.
    """
    plain = dict(rows)
    for table, place in _TRUTHS:
        plain[table] = [(*row[:place], int(bool(row[place])), *row[place + 1 :]) for row in rows.get(table, ())]
    return digest(canonical([[table, plain.get(table, ())] for table, _columns in SALE_TABLES]))
