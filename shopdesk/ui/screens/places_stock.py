"""Places of stock."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.ui.navigation import Entry
from shopdesk.ui.screens.place import STOCK, listed

_VIEW = Permission.STOCK_VIEW


def _open_oversold(reader: Reader) -> int:
    from shopdesk.db.paging import PageRequest
    from shopdesk.inventory.queries import oversold_page

    asked = PageRequest(sort="newest", descending=True, filters=(("state", "open"),))
    return len(oversold_page(reader, asked).rows)


PLACES = (
    Entry("stock", N_("Stock"), "warehouse", STOCK, _VIEW, listed("stock", "STOCK")),
    Entry(
        "oversold",
        N_("Sold below zero"),
        "alert-outline",
        STOCK,
        _VIEW,
        listed("stock", "OVERSOLD"),
        waiting=_open_oversold,
        waits_on=frozenset({"OversellException", "StockLevel"}),
    ),
)
