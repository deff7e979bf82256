"""Places of selling: the till, sales, shifts."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.ui.navigation import Entry, Maker
from shopdesk.ui.screens.place import SELLING, listed


def _nothing() -> Maker:
    raise LookupError("the till is no page of the office")


def _orders_to_pack(reader: Reader) -> int:
    from shopdesk.db.paging import PageRequest
    from shopdesk.orders.queries import orders_page

    return len(orders_page(reader, PageRequest(filters=(("to_pack", True),))).rows)


PLACES = (
    Entry("till", N_("Till"), "cash-register", SELLING, Permission.SELL, _nothing, "Ctrl+T"),
    Entry("sales", N_("Sales"), "receipt-text-outline", SELLING, Permission.SALES_VIEW, listed("sales", "SALES")),
    Entry(
        "orders",
        N_("Orders"),
        "clipboard-text-outline",
        SELLING,
        Permission.SALES_VIEW,
        listed("customer_orders", "ORDERS"),
        waiting=_orders_to_pack,
        waits_on=frozenset({"Order", "Shipment"}),
    ),
    Entry(
        "parcels", N_("Parcels"), "truck-outline", SELLING, Permission.SALES_VIEW, listed("customer_orders", "PARCELS")
    ),
    Entry(
        "shipping_options",
        N_("Ways of sending"),
        "truck-outline",
        SELLING,
        Permission.SHIPPING_EDIT,
        listed("shipping_options", "OPTIONS"),
    ),
    Entry(
        "shifts",
        N_("Shifts and Z reports"),
        "clock-outline",
        SELLING,
        Permission.SHIFT_REPORT,
        listed("shifts", "SHIFTS"),
    ),
)
