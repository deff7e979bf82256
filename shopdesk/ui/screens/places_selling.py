"""Places of selling: the till, sales, shifts."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.ui.navigation import Entry, Maker
from shopdesk.ui.screens.place import SELLING, listed


def _nothing() -> Maker:
    raise LookupError("the till is no page of the office")


PLACES = (
    Entry("till", N_("Till"), "cash-register", SELLING, Permission.SELL, _nothing, "Ctrl+T"),
    Entry("sales", N_("Sales"), "receipt-text-outline", SELLING, Permission.SALES_VIEW, listed("sales", "SALES")),
    Entry(
        "shifts",
        N_("Shifts and Z reports"),
        "clock-outline",
        SELLING,
        Permission.SHIFT_REPORT,
        listed("shifts", "SHIFTS"),
    ),
)
