"""Places of purchasing."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.ui.navigation import Entry
from shopdesk.ui.screens.place import BUYING, listed

_VIEW = Permission.SUPPLIER_VIEW


def _late(reader: Reader) -> int:
    from shopdesk.purchasing.order_queries import late_orders

    return late_orders(reader)


PLACES = (
    Entry(
        "purchase_orders",
        N_("Purchase orders"),
        "clipboard-text-outline",
        BUYING,
        _VIEW,
        listed("purchase_orders", "ORDERS"),
        waiting=_late,
        waits_on=frozenset({"PurchaseOrder"}),
    ),
    Entry("deliveries", N_("Deliveries"), "truck-outline", BUYING, _VIEW, listed("receiving", "RECEIPTS")),
    Entry("suggestions", N_("Suggested orders"), "chart-line", BUYING, _VIEW, listed("suggestions", "SUGGESTIONS")),
    Entry("suppliers", N_("Suppliers"), "domain", BUYING, _VIEW, listed("suppliers", "SUPPLIERS")),
    Entry("supplier_returns", N_("Sent back"), "undo", BUYING, _VIEW, listed("purchase_returns", "RETURNS")),
)
