"""The named permissions and what each role starts with; roles are editable in the shop."""

from __future__ import annotations

from enum import StrEnum

from shopdesk.core.i18n import N_


class Permission(StrEnum):
    """One thing a person may do; every use case names exactly one."""

    SELL = "sell"
    CART_HOLD = "cart.hold"
    PRICE_OVERRIDE = "price.override"
    DISCOUNT = "discount"
    DISCOUNT_OVER_CAP = "discount.over_cap"
    VOID = "void"
    RETURN = "return"
    ORDER_EDIT = "order.edit"
    ORDER_SHIP = "order.ship"
    ORDER_ACCOUNT = "order.account"
    SHIPPING_EDIT = "shipping.edit"
    REPRINT = "reprint"
    NO_SALE = "drawer.no_sale"
    SHIFT_OPEN = "shift.open"
    SHIFT_CLOSE = "shift.close"
    SHIFT_DIFFERENCE = "shift.difference"
    SHIFT_REPORT = "shift.report"
    CASH_IN = "cash.in"
    CASH_OUT = "cash.out"
    TRAINING = "training"
    SALES_VIEW = "sales.view"
    CUSTOMER_VIEW = "customer.view"
    CUSTOMER_EDIT = "customer.edit"
    CUSTOMER_LIST = "customer.list"
    CUSTOMER_MERGE = "customer.merge"
    CUSTOMER_ERASE = "customer.erase"
    CATALOGUE_VIEW = "catalogue.view"
    CATALOGUE_EDIT = "catalogue.edit"
    CATALOGUE_APPROVE = "catalogue.approve"
    STOCK_VIEW = "stock.view"
    STOCK_ADJUST = "stock.adjust"
    STOCK_TRANSFER = "stock.transfer"
    STOCK_COUNT = "stock.count"
    STOCK_COUNT_APPROVE = "stock.count_approve"
    STOCK_RESERVE = "stock.reserve"
    COST_VIEW = "cost.view"
    EAT_RESERVED = "stock.eat_reserved"
    SUPPLIER_VIEW = "supplier.view"
    SUPPLIER_EDIT = "supplier.edit"
    PURCHASE = "purchase"
    RECEIVE = "receive"
    SUPPLIER_RETURN = "supplier.return"
    REPORT_VIEW = "report.view"
    USER_VIEW = "user.view"
    USER_EDIT = "user.edit"
    ROLE_EDIT = "role.edit"
    SESSION_END = "session.end"
    TILL_EDIT = "till.edit"
    SETTINGS_EDIT = "settings.edit"
    AUDIT_VIEW = "audit.view"
    DOCTOR = "doctor"
    BACKUP = "backup"
    RESTORE = "restore"
    EXPORT = "export"
    IMPORT = "import"
    JOB_VIEW = "job.view"
    API_KEY = "api_key"
    APPROVE = "approve"


PERMISSION_NAMES: dict[Permission, str] = {
    Permission.SELL: N_("Ring up sales"),
    Permission.CART_HOLD: N_("Hold and recall sales"),
    Permission.PRICE_OVERRIDE: N_("Change a price at the till"),
    Permission.DISCOUNT: N_("Give discounts up to the role's cap"),
    Permission.DISCOUNT_OVER_CAP: N_("Give discounts above the cap"),
    Permission.VOID: N_("Void a sale"),
    Permission.RETURN: N_("Take goods back and give money back"),
    Permission.ORDER_EDIT: N_("Take and change orders and quotes"),
    Permission.ORDER_SHIP: N_("Pack and send orders"),
    Permission.ORDER_ACCOUNT: N_("Sell on account above a customer's limit"),
    Permission.SHIPPING_EDIT: N_("Edit ways of sending"),
    Permission.REPRINT: N_("Print a receipt again"),
    Permission.NO_SALE: N_("Open the drawer without a sale"),
    Permission.SHIFT_OPEN: N_("Open a shift"),
    Permission.SHIFT_CLOSE: N_("Close a shift (Z)"),
    Permission.SHIFT_DIFFERENCE: N_("Book a cash difference above the limit"),
    Permission.SHIFT_REPORT: N_("See the X report"),
    Permission.CASH_IN: N_("Put cash in the drawer"),
    Permission.CASH_OUT: N_("Take cash out of the drawer"),
    Permission.TRAINING: N_("Use training mode"),
    Permission.SALES_VIEW: N_("See sales"),
    Permission.CUSTOMER_VIEW: N_("Find customers at the till"),
    Permission.CUSTOMER_EDIT: N_("Add and edit customers"),
    Permission.CUSTOMER_LIST: N_("List all customers with full details"),
    Permission.CUSTOMER_MERGE: N_("Merge two customers into one"),
    Permission.CUSTOMER_ERASE: N_("Erase a customer's personal data"),
    Permission.CATALOGUE_VIEW: N_("See the catalogue"),
    Permission.CATALOGUE_EDIT: N_("Edit the catalogue"),
    Permission.CATALOGUE_APPROVE: N_("Approve and reject products"),
    Permission.STOCK_VIEW: N_("See stock"),
    Permission.STOCK_ADJUST: N_("Adjust stock"),
    Permission.STOCK_TRANSFER: N_("Transfer stock"),
    Permission.STOCK_COUNT: N_("Count stock"),
    Permission.STOCK_COUNT_APPROVE: N_("Approve the difference of a count"),
    Permission.STOCK_RESERVE: N_("Set stock aside for a customer"),
    Permission.COST_VIEW: N_("See costs, margins and the value of stock"),
    Permission.EAT_RESERVED: N_("Sell pieces reserved for another customer"),
    Permission.SUPPLIER_VIEW: N_("See suppliers and purchase orders"),
    Permission.SUPPLIER_EDIT: N_("Add and edit suppliers"),
    Permission.PURCHASE: N_("Make, send and cancel purchase orders"),
    Permission.RECEIVE: N_("Receive goods"),
    Permission.SUPPLIER_RETURN: N_("Send goods back to a supplier"),
    Permission.REPORT_VIEW: N_("Read reports"),
    Permission.USER_VIEW: N_("See users"),
    Permission.USER_EDIT: N_("Add, disable and re-role users"),
    Permission.ROLE_EDIT: N_("Edit what roles may do"),
    Permission.SESSION_END: N_("See and end sessions"),
    Permission.TILL_EDIT: N_("Edit tills and printers"),
    Permission.SETTINGS_EDIT: N_("Edit the shop's settings"),
    Permission.AUDIT_VIEW: N_("Read the audit log"),
    Permission.DOCTOR: N_("Run the doctor"),
    Permission.BACKUP: N_("Make backups"),
    Permission.RESTORE: N_("Restore a backup"),
    Permission.EXPORT: N_("Export data"),
    Permission.IMPORT: N_("Import files"),
    Permission.JOB_VIEW: N_("See and repeat background work"),
    Permission.API_KEY: N_("Issue and revoke API keys"),
    Permission.APPROVE: N_("Approve for others with a PIN"),
}

ROLE_NAMES: dict[str, str] = {
    "owner": N_("Owner"),
    "manager": N_("Manager"),
    "back_office": N_("Back office"),
    "clerk": N_("Clerk"),
    "seller": N_("Seller"),
}

_CLERK = {
    Permission.SELL,
    Permission.CART_HOLD,
    Permission.DISCOUNT,
    Permission.SHIFT_OPEN,
    Permission.SHIFT_CLOSE,
    Permission.CASH_IN,
    Permission.TRAINING,
    Permission.SALES_VIEW,
    Permission.CUSTOMER_VIEW,
    Permission.CUSTOMER_EDIT,
    Permission.CATALOGUE_VIEW,
    Permission.STOCK_VIEW,
    Permission.STOCK_COUNT,
    Permission.SHIFT_REPORT,
}
_BACK_OFFICE = {
    Permission.SALES_VIEW,
    Permission.CUSTOMER_VIEW,
    Permission.CUSTOMER_EDIT,
    Permission.CUSTOMER_LIST,
    Permission.CATALOGUE_VIEW,
    Permission.CATALOGUE_EDIT,
    Permission.STOCK_VIEW,
    Permission.STOCK_ADJUST,
    Permission.STOCK_TRANSFER,
    Permission.REPORT_VIEW,
    Permission.REPRINT,
    Permission.EXPORT,
    Permission.IMPORT,
    Permission.JOB_VIEW,
    Permission.ORDER_EDIT,
    Permission.ORDER_SHIP,
    Permission.STOCK_COUNT,
    Permission.STOCK_RESERVE,
    Permission.COST_VIEW,
    Permission.SUPPLIER_VIEW,
    Permission.SUPPLIER_EDIT,
    Permission.PURCHASE,
    Permission.RECEIVE,
    Permission.SUPPLIER_RETURN,
    Permission.CUSTOMER_MERGE,
}
_MANAGER = set(Permission) - {Permission.ROLE_EDIT, Permission.RESTORE, Permission.API_KEY}

ROLE_DEFAULTS: dict[str, frozenset[Permission]] = {
    "owner": frozenset(Permission),
    "manager": frozenset(_MANAGER),
    "back_office": frozenset(_BACK_OFFICE),
    "clerk": frozenset(_CLERK),
    "seller": frozenset({Permission.CATALOGUE_VIEW}),
}
"""What each role may do in a new shop."""

ROLE_DISCOUNT_CAP_PPM: dict[str, int | None] = {
    "owner": None,
    "manager": None,
    "back_office": 100_000,
    "clerk": 100_000,
    "seller": 100_000,
}
"""The largest discount a role gives alone, in parts per million; None is no cap."""
