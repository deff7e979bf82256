"""The prices that everybody pays at a moment, and when they change next: what tiles and hits show before a sale is priced."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shopdesk.core.clock import from_micros, to_micros
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader

_IN_FORCE: Final = """l.for_everybody AND l.is_active
    AND coalesce(l.starts_at, 0) <= :now AND coalesce(l.ends_at, 9223372036854775807) > :now"""
# For one piece, as ``Sellable.price_at`` answers it for nobody in particular. Whether there is any such list is asked once a
# statement, so that a shop without one does not look for its prices row by row.
_PRICE: Final = f"""CASE WHEN EXISTS (SELECT 1 FROM price_lists l WHERE {_IN_FORCE}) THEN coalesce((
  SELECT i.price_cents FROM price_list_items i JOIN price_lists l ON l.id = i.price_list_id
  WHERE i.variant_id = {{variant}} AND i.min_quantity <= 1000 AND {_IN_FORCE}
  ORDER BY l.priority DESC, l.id, i.min_quantity DESC LIMIT 1), {{price}}) ELSE {{price}} END"""
_MOMENTS: Final = """SELECT min(at) FROM (
  SELECT min(starts_at) AS at FROM price_lists WHERE is_active AND starts_at > :now
  UNION ALL SELECT min(ends_at) FROM price_lists WHERE is_active AND ends_at > :now
  UNION ALL SELECT min(valid_from) FROM tax_rates WHERE is_active AND valid_from > :now
  UNION ALL SELECT min(valid_to) FROM tax_rates WHERE is_active AND valid_to > :now) moments"""
_NEXT: Final = Prepared(sqlite=_MOMENTS, postgresql=_MOMENTS)


def price_now(variant: str = "v.id", price: str = "v.price_cents") -> str:
    """SQL for the price at ``:now`` (microseconds) of a variant, whose id and shelf price are such columns."""
    return _PRICE.format(variant=variant, price=price)


def next_price_change(reader: Reader) -> datetime | None:
    """The next moment at which a price list or a tax begins or ends, None when none is set; one statement."""
    batch = reader.batch()
    found = batch.add(_NEXT, {"now": to_micros(reader.clock.now())})
    batch.send()
    at = found.rows[0][0]
    return None if at is None else from_micros(at)
