"""The table of places in the navigation; each imports its screen only when it is first opened, in a thread."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.specs import ListScreen
from shopdesk.ui.navigation import Entry, Maker

SELLING = N_("Selling")
GOODS = N_("Goods")
PEOPLE = N_("People")
SYSTEM = N_("System")


def entries_for(house: House) -> tuple[Entry, ...]:
    """Every place of the office, the till first."""
    may = Permission

    def settings() -> Maker:
        from shopdesk.ui.dialogs.settings import SettingsPage

        return lambda desk, memory, parent: SettingsPage(house, desk, memory, parent)

    return (
        Entry("till", N_("Till"), "cash-register", SELLING, may.SELL, _nothing, "Ctrl+T"),
        Entry("sales", N_("Sales"), "receipt-text-outline", SELLING, may.SALES_VIEW, _sales),
        Entry("shifts", N_("Shifts and Z reports"), "clock-outline", SELLING, may.SHIFT_REPORT, _shifts),
        Entry("products", N_("Products"), "package-variant-closed", GOODS, may.CATALOGUE_VIEW, _products),
        Entry("variants", N_("Variants and prices"), "tag-outline", GOODS, may.CATALOGUE_VIEW, _variants),
        Entry("categories", N_("Categories"), "folder-outline", GOODS, may.CATALOGUE_VIEW, _categories),
        Entry("stock", N_("Stock"), "warehouse", GOODS, may.STOCK_VIEW, _stock),
        Entry(
            "oversold",
            N_("Sold below zero"),
            "alert-outline",
            GOODS,
            may.STOCK_VIEW,
            _oversold,
            waiting=_open_oversold,
            waits_on=frozenset({"OversellException", "StockLevel"}),
        ),
        Entry("customers", N_("Customers"), "account-group-outline", PEOPLE, may.CUSTOMER_LIST, _customers),
        Entry("users", N_("Users"), "badge-account-outline", PEOPLE, may.USER_VIEW, _users),
        Entry("sessions", N_("Sessions"), "monitor", PEOPLE, may.SESSION_END, _sessions),
        Entry("audit", N_("Audit log"), "history", SYSTEM, may.AUDIT_VIEW, _audit),
        Entry(
            "print_jobs",
            N_("Print jobs"),
            "printer-outline",
            SYSTEM,
            may.SELL,
            _print_jobs,
            waiting=_waiting_papers,
            waits_on=frozenset({"PrintJob"}),
        ),
        Entry("api_keys", N_("API keys"), "key-outline", SYSTEM, may.API_KEY, _api_keys),
        Entry("settings", N_("Settings"), "cog-outline", SYSTEM, may.SETTINGS_EDIT, settings, "Ctrl+,"),
    )


def _open_oversold(reader: Reader) -> int:
    from shopdesk.db.paging import PageRequest
    from shopdesk.inventory.queries import oversold_page

    asked = PageRequest(sort="newest", descending=True, filters=(("state", "open"),))
    return len(oversold_page(reader, asked).rows)


def _waiting_papers(reader: Reader) -> int:
    from shopdesk.ui.screens.printing import unfinished_jobs

    return len(unfinished_jobs(reader))


def of_list(spec: ListScreen) -> Maker:
    """What builds the view of a declared list."""

    def make(desk: Desk, memory: Memory, parent: QWidget) -> QWidget:
        return ListView(spec, desk, memory, parent)

    return make


def _nothing() -> Maker:
    raise LookupError("the till is no page of the office")


def _sales() -> Maker:
    from shopdesk.ui.screens.sales import SALES

    return of_list(SALES)


def _shifts() -> Maker:
    from shopdesk.ui.screens.shifts import SHIFTS

    return of_list(SHIFTS)


def _products() -> Maker:
    from shopdesk.ui.screens.catalogue import PRODUCTS

    return of_list(PRODUCTS)


def _variants() -> Maker:
    from shopdesk.ui.screens.catalogue import VARIANTS

    return of_list(VARIANTS)


def _categories() -> Maker:
    from shopdesk.ui.screens.categories import CATEGORIES

    return of_list(CATEGORIES)


def _stock() -> Maker:
    from shopdesk.ui.screens.stock import STOCK

    return of_list(STOCK)


def _oversold() -> Maker:
    from shopdesk.ui.screens.stock import OVERSOLD

    return of_list(OVERSOLD)


def _customers() -> Maker:
    from shopdesk.ui.screens.customers import CUSTOMERS

    return of_list(CUSTOMERS)


def _users() -> Maker:
    from shopdesk.ui.screens.people import USERS

    return of_list(USERS)


def _sessions() -> Maker:
    from shopdesk.ui.screens.people import SESSIONS

    return of_list(SESSIONS)


def _audit() -> Maker:
    from shopdesk.ui.screens.audit import AUDIT

    return of_list(AUDIT)


def _api_keys() -> Maker:
    from shopdesk.ui.screens.api_keys import API_KEYS

    return of_list(API_KEYS)


def _print_jobs() -> Maker:
    from shopdesk.ui.screens.printing import PRINT_JOBS

    return of_list(PRINT_JOBS)
