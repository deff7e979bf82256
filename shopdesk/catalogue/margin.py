"""What is left of a price: net of tax, less the cost; in minor units and as a share of the net price."""

from __future__ import annotations

import json
from dataclasses import dataclass

from shopdesk.core.clock import to_micros
from shopdesk.core.money import PPM, round_half_away
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader

Parts = tuple[tuple[int, bool], ...]
"""The rates of a tax class in their order: parts per million, and whether one is taken of the net plus those before it."""


@dataclass(frozen=True, slots=True)
class Margin:
    """``cents`` of a unit; ``ppm`` of the net price, None for a price of nothing."""

    cents: int
    ppm: int | None


@dataclass(frozen=True, slots=True)
class TaxesNow:
    """What taxes are in the prices now: the rates of each tax class, and whether shelf prices include them at all."""

    included: bool
    by_class: dict[int, Parts]

    def net_cents(self, price_cents: int, tax_class_id: int | None) -> int:
        """A shelf price without the tax in it."""
        if not self.included or tax_class_id is None:
            return price_cents
        top, below = 1, 1  # gross is net x top / below
        for rate_ppm, compound in self.by_class.get(tax_class_id, ()):
            if compound:
                top, below = top * (PPM + rate_ppm), below * PPM
            else:
                top, below = top * PPM + rate_ppm * below, below * PPM
        return round_half_away(price_cents * below, top)

    def margin(self, price_cents: int, cost_cents: int | None, tax_class_id: int | None) -> Margin | None:
        """What is left of a price; None while the cost is not known."""
        if cost_cents is None:
            return None
        net = self.net_cents(price_cents, tax_class_id)
        left = net - cost_cents
        return Margin(left, round_half_away(left * PPM, net) if net > 0 else None)


_RATES_TEXT = """
SELECT c.tax_class_id, CAST({list}({array}(t.rate_ppm, c.is_compound) ORDER BY c.position, t.id) AS text)
FROM tax_class_rates c JOIN tax_rates t ON t.id = c.tax_rate_id
WHERE t.is_active AND coalesce(t.valid_from, 0) <= :now AND coalesce(t.valid_to, 9223372036854775807) > :now
  AND (t.region IS NULL OR t.region = (SELECT {text} FROM settings s WHERE s.key = 'country'))
GROUP BY c.tax_class_id
"""
_RATES = Prepared(
    sqlite=_RATES_TEXT.format(list="json_group_array", array="json_array", text="json_extract(s.value, '$')"),
    postgresql=_RATES_TEXT.format(list="json_agg", array="json_build_array", text="CAST(s.value AS json) #>> '{}'"),
)
_INCLUDED = Prepared(
    sqlite="SELECT value FROM settings WHERE key = 'prices_include_tax'",
    postgresql="SELECT value FROM settings WHERE key = 'prices_include_tax'",
)


def taxes_now(reader: Reader) -> TaxesNow:
    """The taxes in shelf prices at this moment, in the shop's own country; two statements."""
    batch = reader.batch()
    rates = batch.add(_RATES, {"now": to_micros(reader.clock.now())})
    included = batch.add(_INCLUDED)
    batch.send()
    by_class = {row[0]: tuple((rate, bool(compound)) for rate, compound in json.loads(row[1])) for row in rates.rows}
    return TaxesNow(included.one is None or json.loads(included.one[0]) is True, by_class)
