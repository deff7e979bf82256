"""The prices that everybody pays at a moment, and when they change next: what tiles and hits show before a sale is priced."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shopdesk.core.clock import from_micros, to_micros
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader

# For one piece of the variant ``v``, as ``Sellable.price_at`` answers it for nobody in particular.
_OFFER: Final = """(SELECT i.price_cents FROM price_list_items i JOIN price_lists l ON l.id = i.price_list_id
  WHERE i.variant_id = v.id AND i.min_quantity <= 1000 AND l.for_everybody AND l.is_active
    AND coalesce(l.starts_at, 0) <= :now AND coalesce(l.ends_at, 9223372036854775807) > :now
  ORDER BY l.priority DESC, l.id, i.min_quantity DESC LIMIT 1)"""
PRICE_NOW: Final = f"coalesce({_OFFER}, v.price_cents)"
"""SQL: the price of variant ``v`` at ``:now`` (microseconds)."""

_MOMENTS: Final = """SELECT min(at) FROM (
  SELECT min(starts_at) AS at FROM price_lists WHERE is_active AND starts_at > :now
  UNION ALL SELECT min(ends_at) FROM price_lists WHERE is_active AND ends_at > :now
  UNION ALL SELECT min(valid_from) FROM tax_rates WHERE is_active AND valid_from > :now
  UNION ALL SELECT min(valid_to) FROM tax_rates WHERE is_active AND valid_to > :now) moments"""
_NEXT: Final = Prepared(sqlite=_MOMENTS, postgresql=_MOMENTS)


def next_price_change(reader: Reader) -> datetime | None:
    """The next moment at which a price list or a tax begins or ends, None when none is set; one statement."""
    batch = reader.batch()
    found = batch.add(_NEXT, {"now": to_micros(reader.clock.now())})
    batch.send()
    at = found.rows[0][0]
    return None if at is None else from_micros(at)
