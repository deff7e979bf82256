"""What the till says when a rule says no, and the one or two things that can be done about it; data, no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shopdesk.core.errors import DatabaseTrouble, NotPermitted, ShopError
from shopdesk.core.i18n import _
from shopdesk.core.money import format_quantity


class Remedy(StrEnum):
    """What can be done about a refusal."""

    SELL_LEFT = "sell_left"
    ASK_MANAGER = "ask_manager"
    SEARCH = "search"
    TRY_AGAIN = "try_again"
    OPEN_SHIFT = "open_shift"
    LOOK_AGAIN = "look_again"
    NEXT_SALE = "next_sale"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A sentence and its remedies, each with the words of its button."""

    sentence: str
    remedies: tuple[tuple[Remedy, str], ...] = ()
    left_milli: int = 0


def refusal_of(error: ShopError) -> Refusal:
    """What to say and offer for an error."""
    remedies: list[tuple[Remedy, str]] = []
    left = 0
    if error.code == "out_of_stock":
        left = int(str(error.values.get("left_milli", 0)))
        on_hand = int(str(error.values.get("on_hand_milli", left)))
        if left > 0:
            remedies.append((Remedy.SELL_LEFT, _("Sell {left}").format(left=format_quantity(left))))
        if on_hand > left or int(str(error.values.get("reserved_milli", 0))) > 0:
            remedies.append((Remedy.ASK_MANAGER, _("Ask manager")))
    elif error.code == "unknown_product":
        remedies.append((Remedy.SEARCH, _("Search")))
    elif error.code == "shift_not_open":
        remedies.append((Remedy.OPEN_SHIFT, _("Open shift")))
    elif error.code == "total_changed":
        remedies.append((Remedy.LOOK_AGAIN, _("Show the new prices")))
    elif error.code in ("cart_closed", "key_reused"):
        remedies.append((Remedy.NEXT_SALE, _("Begin the next sale")))
    elif isinstance(error, DatabaseTrouble):
        remedies.append((Remedy.TRY_AGAIN, _("Try again")))
    elif isinstance(error, NotPermitted) or error.code == "discount_too_large":
        remedies.append((Remedy.ASK_MANAGER, _("Ask manager")))
    return Refusal(error.message, tuple(remedies), left)
