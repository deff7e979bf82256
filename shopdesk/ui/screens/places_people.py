"""Places of customers and of those who work here."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.ui.navigation import Entry
from shopdesk.ui.screens.place import PEOPLE, listed


def _pending_reviews(reader: Reader) -> int:
    from shopdesk.marketing.reviews import pending_reviews

    return pending_reviews(reader)


PLACES = (
    Entry(
        "customers",
        N_("Customers"),
        "account-group-outline",
        PEOPLE,
        Permission.CUSTOMER_LIST,
        listed("customers", "CUSTOMERS"),
    ),
    Entry(
        "customer_groups",
        N_("Customer groups"),
        "tag-multiple-outline",
        PEOPLE,
        Permission.CUSTOMER_LIST,
        listed("groups", "GROUPS"),
    ),
    Entry(
        "customer_doubles",
        N_("Likely doubles"),
        "account-switch-outline",
        PEOPLE,
        Permission.CUSTOMER_MERGE,
        listed("customers", "DOUBLES"),
    ),
    Entry(
        "reviews",
        N_("Reviews"),
        "star-outline",
        PEOPLE,
        Permission.CATALOGUE_APPROVE,
        listed("customer_reviews", "REVIEWS"),
        waiting=_pending_reviews,
        waits_on=frozenset({"Review"}),
    ),
    Entry(
        "sellers",
        N_("Sellers"),
        "storefront-outline",
        PEOPLE,
        Permission.CATALOGUE_EDIT,
        listed("sellers", "SELLERS"),
    ),
    Entry("users", N_("Users"), "badge-account-outline", PEOPLE, Permission.USER_VIEW, listed("people", "USERS")),
    Entry("sessions", N_("Sessions"), "monitor", PEOPLE, Permission.SESSION_END, listed("people", "SESSIONS")),
)
