"""How much to order: sales speed, what is there and on its way, lead time, packs. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass

from shopdesk.core.money import MAX_MILLI, MILLI
from shopdesk.purchasing.costs import packs_up


@dataclass(frozen=True, slots=True)
class Habits:
    """How the shop orders: ``window_days`` of sales are looked at, a delivery shall last ``cover_days``, and goods come
    ``safety_days`` later than promised."""

    window_days: int = 28
    cover_days: int = 14
    safety_days: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a variant stands, in thousandths; ``sold_milli`` within the window, ``incoming_milli`` ordered and not here yet."""

    sold_milli: int
    on_hand_milli: int
    reserved_milli: int = 0
    incoming_milli: int = 0
    threshold_milli: int | None = None
    lead_days: int = 7
    pack_milli: int = MILLI
    minimum_milli: int = 0

    @property
    def available_milli(self) -> int:
        """What is there and free, with what is on its way."""
        return self.on_hand_milli - self.reserved_milli + self.incoming_milli


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to order, in whole packs. ``point_milli`` is the stock at which to order, ``target_milli`` what to fill up to.

    ``days_left`` is how long the free stock lasts at the present speed, None when nothing sells. ``why``: ``gone`` (nothing
    free), ``low`` (at the shop's own threshold) or ``runs_out`` (gone before a delivery would be here).
    """

    quantity_milli: int
    point_milli: int
    target_milli: int
    days_left: int | None
    why: str


def propose(standing: Standing, habits: Habits) -> Proposal | None:
    """What to order of a variant, None while there is enough.

    The stock at which to order covers the lead time and the safety days, and is never below the shop's threshold. An order
    fills up to what sells until the delivery after: lead, safety and cover days.
    """
    speed, days = max(standing.sold_milli, 0), habits.window_days
    waiting = standing.lead_days + habits.safety_days
    point = max(_sells(speed, waiting, days), standing.threshold_milli or 0)
    available = standing.available_milli
    watched = standing.threshold_milli is not None
    if available > point or (available == point == 0 and not (speed or watched)):
        return None
    target = _sells(speed, waiting + habits.cover_days, days)
    if watched:
        # A threshold without sales to go by: one pack above it, or the next sale would ask for more at once.
        target = max(target, (standing.threshold_milli or 0) + standing.pack_milli)
    needed = max(target - available, standing.minimum_milli)
    if needed <= 0:
        return None
    quantity = min(packs_up(needed, standing.pack_milli), MAX_MILLI // standing.pack_milli * standing.pack_milli)
    if quantity <= 0:
        return None
    free = standing.on_hand_milli - standing.reserved_milli
    days_left = None if not speed else max(0, free) * days // speed
    if free <= 0:
        why = "gone"
    elif watched and free <= (standing.threshold_milli or 0):
        why = "low"
    else:
        why = "runs_out"
    return Proposal(quantity, point, target, days_left, why)


def _sells(speed_milli: int, days: int, window_days: int) -> int:
    """What sells in some days at the speed of the window, rounded up to whole units."""
    return packs_up(-(-speed_milli * days // window_days), MILLI)
