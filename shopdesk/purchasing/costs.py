"""What goods cost when a price is that of a pack: exact by the pack, rounded only for a whole line and for showing a unit."""

from __future__ import annotations

from shopdesk.core.errors import BadAmount
from shopdesk.core.money import MAX_CENTS, MAX_MILLI, MILLI, round_half_away


def line_cost(quantity_milli: int, pack_milli: int, pack_cents: int, *, field: str = "pack_cost_cents") -> int:
    """Minor units of a quantity at the price of a pack of ``pack_milli``; symmetric in the sign. Raises BadAmount when beyond
    what an amount may be."""
    cents = round_half_away(quantity_milli * pack_cents, pack_milli)
    if abs(cents) > MAX_CENTS:
        raise BadAmount(field)
    return cents


def unit_cost(pack_milli: int, pack_cents: int, *, field: str = "pack_cost_cents") -> int:
    """A unit's rounded share of a pack's price."""
    return line_cost(MILLI, pack_milli, pack_cents, field=field)


def checked_quantity(milli: int, field: str) -> int:
    """A quantity above nothing and within bounds; raises BadAmount."""
    if type(milli) is not int or not 0 < milli <= MAX_MILLI:
        raise BadAmount(field)
    return milli


def checked_cost(cents: int, field: str) -> int:
    """A cost that is not negative and within bounds; raises BadAmount."""
    if type(cents) is not int or not 0 <= cents <= MAX_CENTS:
        raise BadAmount(field)
    return cents


def packs_up(milli: int, pack_milli: int) -> int:
    """The smallest number of whole packs, in thousandths, that holds a quantity."""
    return -(-milli // pack_milli) * pack_milli
