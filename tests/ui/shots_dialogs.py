"""Which commands of the office open a dialog that belongs into the pictures: of lists, of pages, of the lists on pages."""

from __future__ import annotations

OF_LISTS: dict[str, tuple[str, ...]] = {
    "sales": ("return", "void"),
    "orders": ("new",),
    "parcels": ("scan", "deliver"),
    "products": ("reject",),
    "variants": ("own_barcodes",),
    "price_lists": ("copy", "check"),
    "barcode_rules": ("try",),
    "stock": ("adjust", "set_aside", "count"),
    "stock_levels": ("watch", "set_aside", "count"),
    "set_aside": ("longer",),
    "counts": ("start",),
    "deliveries": ("receive",),
    "customer_doubles": ("merge",),
    "reviews": ("reject",),
    "users": ("role", "pin", "reset"),
    "imports": ("export",),
    "notifications": ("kinds",),
}
"""By place, beside what every list's ``FORMS`` are."""

OF_PAGES: dict[str, tuple[str, ...]] = {
    "orders.order": ("process", "pack", "pay", "change", "print", "back", "cancel"),
    "catalogue.product": ("reject",),
    "price_lists.page": ("percent", "copy", "check"),
    "stock.variant": ("adjust", "set_aside"),
    "stock.transfer": ("receive", "edit", "print", "cancel"),
    "stock.count": ("post", "print", "cancel"),
    "purchasing.order": ("receive", "send", "notes", "print", "cancel"),
    "purchasing.receipt": ("send_back", "reverse"),
    "purchasing.return": ("print",),
    "customers.customer": ("merge", "export", "erase"),
    "groups.page": ("remove",),
    "imports.import": ("undo",),
}
"""By the page's key; the first row whose state allows a command is taken for it."""

OF_TABS: dict[str, tuple[str, ...]] = {
    "customers.addresses": ("add",),
    "customers.payment_methods": ("add",),
    "customers.notes": ("add",),
    "customers.consents": ("record",),
    "customers.favourites": ("mark",),
    "customers.wishes": ("add",),
    "customers.groups_of": ("join",),
    "customers.reviews": ("write",),
    "groups.members": ("put_in",),
    "price_lists.prices": ("add", "change"),
    "purchasing.items": ("new_item", "edit_item"),
}
"""By the key of a list on a page's tab."""

MOST_ROWS = 6
"""So many rows of a list are opened in search of one that allows a command."""
