"""Places of stock."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.ui.navigation import Entry
from shopdesk.ui.screens.place import STOCK, listed, page, reported

_VIEW = Permission.STOCK_VIEW


def _open_oversold(reader: Reader) -> int:
    from shopdesk.db.paging import PageRequest
    from shopdesk.inventory.queries import oversold_page

    asked = PageRequest(sort="newest", descending=True, filters=(("state", "open"),))
    return len(oversold_page(reader, asked).rows)


def _low(reader: Reader) -> int:
    from shopdesk.inventory.queries import count_low

    return count_low(reader)


def _under_way(reader: Reader) -> int:
    from shopdesk.inventory.document_pages import count_under_way

    return count_under_way(reader)


def _being_counted(reader: Reader) -> int:
    from shopdesk.inventory.count_pages import count_open

    return count_open(reader)


PLACES = (
    Entry("stock", N_("Stock"), "view-grid-outline", STOCK, _VIEW, page("screens.stock_matrix", "MatrixPage")),
    Entry("stock_levels", N_("Stock by warehouse"), "warehouse", STOCK, _VIEW, listed("stock", "STOCK")),
    Entry(
        "low_stock",
        N_("Low stock"),
        "bell-outline",
        STOCK,
        _VIEW,
        listed("stock", "LOW"),
        waiting=_low,
        waits_on=frozenset({"StockLevel", "Reservation"}),
    ),
    Entry("set_aside", N_("Set aside"), "archive-outline", STOCK, _VIEW, listed("set_aside", "SET_ASIDE")),
    Entry(
        "transfers",
        N_("Transfers"),
        "swap-horizontal",
        STOCK,
        _VIEW,
        listed("transfers", "TRANSFERS"),
        waiting=_under_way,
        waits_on=frozenset({"TransferDocument"}),
    ),
    Entry(
        "counts",
        N_("Counts"),
        "clipboard-list-outline",
        STOCK,
        Permission.STOCK_COUNT,
        listed("counts", "COUNTS"),
        waiting=_being_counted,
        waits_on=frozenset({"StockCount"}),
    ),
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
    Entry(
        "valuation",
        N_("Value of stock"),
        "cash-multiple",
        STOCK,
        Permission.COST_VIEW,
        reported("stock_reports", "VALUATION"),
    ),
    Entry(
        "dead_stock",
        N_("Dead stock"),
        "archive-outline",
        STOCK,
        Permission.COST_VIEW,
        reported("stock_reports", "DEAD_STOCK"),
    ),
)
