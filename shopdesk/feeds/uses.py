"""What somebody has used since a file brought it: sales, and for new goods every other document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shopdesk.core.clock import to_micros
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader

_SOLD_TEXT = (
    "SELECT DISTINCT i.variant_id FROM orders o JOIN order_items i ON i.order_id = o.id "
    "WHERE o.placed_at >= :since AND i.variant_id IN {ids}"
)
_USED_TEXT = "SELECT DISTINCT variant_id FROM {table} WHERE variant_id IN {ids}"
_USED_TABLES = (
    "cart_items",
    "reservations",
    "purchase_order_lines",
    "receipt_lines",
    "stock_transfer_lines",
    "transfer_document_lines",
    "transfer_receipt_lines",
    "stock_count_goods",
    "stock_count_entries",
)
"""Rows of these name a variant for good: goods that a file made stay when one of them speaks of it."""


def _both(text: str, **parts: str) -> Prepared:
    return Prepared(
        sqlite=text.format(ids="(SELECT value FROM json_each(:ids))", **parts),
        postgresql=text.format(ids="(SELECT unnest(CAST(:ids AS bigint[])))", **parts),
    )


_SOLD = _both(_SOLD_TEXT)
_USED = tuple(_both(_USED_TEXT, table=table) for table in _USED_TABLES)


def sold_since(reader: Reader, variant_ids: Sequence[int], since: datetime) -> set[int]:
    """Those of some variants that were sold since a moment."""
    batch = reader.batch()
    found = batch.add(_SOLD, {"ids": array(reader.dialect, variant_ids), "since": to_micros(since)})
    batch.send()
    return {row[0] for row in found.rows}


def used_elsewhere(reader: Reader, variant_ids: Sequence[int]) -> set[int]:
    """Those of some variants that another document than a sale speaks of."""
    batch = reader.batch()
    found = [batch.add(statement, {"ids": array(reader.dialect, variant_ids)}) for statement in _USED]
    batch.send()
    return {row[0] for outcome in found for row in outcome.rows}
