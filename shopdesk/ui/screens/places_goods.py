"""Places of the catalogue."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.ui.navigation import Entry
from shopdesk.ui.screens.place import GOODS, listed, page

_VIEW = Permission.CATALOGUE_VIEW


def _waiting(reader: Reader) -> int:
    from shopdesk.catalogue.product_filters import products_waiting  # only once somebody is in the office

    return products_waiting(reader)


PLACES = (
    Entry(
        "products",
        N_("Products"),
        "package-variant-closed",
        GOODS,
        _VIEW,
        listed("catalogue", "PRODUCTS"),
        waiting=_waiting,
        waits_on=frozenset({"Product"}),
    ),
    Entry("variants", N_("Variants and prices"), "tag-outline", GOODS, _VIEW, listed("catalogue", "VARIANTS")),
    Entry("categories", N_("Categories"), "folder-outline", GOODS, _VIEW, page("screens.categories", "CategoryPage")),
    Entry("price_lists", N_("Price lists"), "tag-multiple-outline", GOODS, _VIEW, listed("price_lists", "PRICE_LISTS")),
    Entry("labels", N_("Labels"), "printer-outline", GOODS, _VIEW, page("screens.labels", "LabelsPage")),
    Entry(
        "favourites", N_("Till favourites"), "star-outline", GOODS, _VIEW, page("screens.favourites", "FavouritesPage")
    ),
    Entry("barcode_rules", N_("Barcode rules"), "barcode", GOODS, _VIEW, listed("barcode_rules", "RULES")),
)
