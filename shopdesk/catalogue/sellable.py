"""What can be sold, as the till and the checkout need it: one frozen value with price, tax, stock and how it was read."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from shopdesk.core.money import MAX_MILLI, MILLI, extend, round_half_away

TaxPart = tuple[int, str, int, bool]
"""A rate of a product: id, name, parts per million, whether it is compound (taken of net plus the taxes before it)."""


class ListPrice(msgspec.Struct, frozen=True):
    """A price of a price list from a quantity upwards (thousandths)."""

    min_quantity_milli: int
    price_cents: int
    label: str
    price_list_id: int


class Sellable(msgspec.Struct, frozen=True, kw_only=True):
    """A variant ready to become a line.

    ``code`` is what was scanned or asked for. ``quantity_milli`` comes from a pack's barcode or an embedded weight (else one
    unit). With an embedded price ``fixed_total_cents`` is the printed price, and ``quantity_milli`` and ``fixed_unit_cents``
    are such that round(quantity x unit) is that price exactly. ``available_milli`` = on hand - reserved in the asked
    warehouse. ``doubtful`` marks a code whose check digit was wrong and only warned about.
    """

    code: str
    variant_id: int
    product_id: int
    sku: str
    product_name: str
    variant_name: str
    unit: str
    is_weighed: bool
    price_cents: int
    cost_cents: int | None
    track_stock: bool
    inventory_policy: str
    taxes: tuple[TaxPart, ...]
    list_prices: tuple[ListPrice, ...]
    on_hand_milli: int
    reserved_milli: int
    barcode: str | None = None
    quantity_milli: int = MILLI
    fixed_total_cents: int | None = None
    fixed_unit_cents: int | None = None
    lot: str = ""
    expires_on: str = ""
    doubtful: bool = False

    @property
    def available_milli(self) -> int:
        """What is free to sell in the asked warehouse; may be negative."""
        return self.on_hand_milli - self.reserved_milli

    @property
    def name(self) -> str:
        """Product and variant as one text."""
        return f"{self.product_name}, {self.variant_name}" if self.variant_name else self.product_name

    @property
    def tax_rate_ppm(self) -> int:
        """The rates added up, for the snapshot on a line."""
        return sum(part[2] for part in self.taxes)

    def price_at(self, quantity_milli: int) -> tuple[int, ListPrice | None]:
        """The unit price for a quantity before discounts, and the price list it comes from (None: the list price).

        ``list_prices`` stand in order of precedence: the customer's own list, lists of their groups, lists for everybody; then
        priority, then the larger quantity.
        """
        for offer in self.list_prices:
            if offer.min_quantity_milli <= quantity_milli:
                return offer.price_cents, offer
        return self.price_cents, None


@lru_cache(maxsize=1024)
def tax_parts(text: str | None) -> tuple[TaxPart, ...]:
    """The rates of a line from the statement's JSON; few distinct texts exist, so parsing is remembered."""
    if not text:
        return ()
    return tuple((row[0], row[1], row[2], bool(row[3])) for row in msgspec.json.decode(text))


@lru_cache(maxsize=1024)
def list_prices(text: str | None) -> tuple[ListPrice, ...]:
    """The offers of price lists from the statement's JSON, in order of precedence."""
    if not text:
        return ()
    rows = sorted(msgspec.json.decode(text), key=lambda row: precedence(row[0], row[1], row[5], row[2], row[3]))
    return tuple(ListPrice(row[2], row[3], row[4], row[5]) for row in rows)


def precedence(
    meant: int, priority: int, price_list_id: int, min_quantity_milli: int, price_cents: int
) -> tuple[int, ...]:
    """By which offers are put in order, the first that fits the quantity holds. ``meant``: 2 own, 1 group's, 0 everybody's."""
    return -meant, -priority, price_list_id, -min_quantity_milli, price_cents


def fit_total(total_cents: int, unit_price_cents: int) -> tuple[int, int]:
    """Quantity (thousandths) and unit price for which round(quantity x unit) is a printed price exactly.

    The unit price stays where it can; where thousandths are too coarse it moves by the fewest cents that fit.
    """
    if unit_price_cents <= 0 or total_cents <= 0:
        return MILLI, total_cents
    nearest = min(max(1, round_half_away(total_cents * MILLI, unit_price_cents)), MAX_MILLI)
    if extend(nearest, unit_price_cents) == total_cents:
        return nearest, unit_price_cents
    for distance in range(1, 100):
        for quantity in (nearest, nearest - 1, nearest + 1):
            for unit in (unit_price_cents - distance, unit_price_cents + distance):
                if quantity > 0 and unit > 0 and extend(quantity, unit) == total_cents:
                    return quantity, unit
    if nearest < MILLI:
        unit = round_half_away(total_cents * MILLI, nearest)
        if extend(nearest, unit) == total_cents:
            return nearest, unit
    return MILLI, total_cents
