"""What must hold of customers: erased means gone, merged leads on, one default of a kind (I34, I41)."""

from __future__ import annotations

from collections.abc import Iterator

from shopdesk.core.i18n import N_
from shopdesk.db.invariants import Check, check

_BLANK = (
    "c.first_name <> '' OR c.last_name <> '' OR c.company <> '' OR c.email IS NOT NULL OR c.phone IS NOT NULL "
    "OR c.card_number IS NOT NULL OR c.notes <> '' OR c.block_reason <> '' OR c.search_text <> '' OR c.salt IS NOT NULL "
    "OR c.user_id IS NOT NULL OR c.consent_at IS NOT NULL OR c.deleted_at IS NULL"
)
_OWNED = ("addresses", "payment_methods", "customer_notes", "customer_group_members", "wishlists", "favorites")
_LEFT = (
    "SELECT '{table}' AS kept_in, t.customer_id FROM {table} t JOIN customers c ON c.id = t.customer_id "
    "WHERE c.status = 'erased'"
)


def party_checks() -> Iterator[Check]:
    """Questions about customers and what belongs to them."""
    yield check(
        "I41",
        N_("erased customer whose data is still there"),
        f"SELECT c.id FROM customers c WHERE c.status = 'erased' AND ({_BLANK})",
    )
    yield check(
        "I41",
        N_("something of an erased customer is still there"),
        " UNION ALL ".join(_LEFT.format(table=table) for table in _OWNED),
    )
    yield check(
        "I41",
        N_("words about or of an erased customer on a sale in hand, a reservation or a review"),
        "SELECT 'carts' AS kept_in, t.id FROM carts t JOIN customers c ON c.id = t.customer_id "
        "WHERE c.status = 'erased' AND (t.label <> '' OR t.note <> '') "
        "UNION ALL SELECT 'reservations', t.id FROM reservations t JOIN customers c ON c.id = t.customer_id "
        "WHERE c.status = 'erased' AND t.note <> '' "
        "UNION ALL SELECT 'reviews', t.id FROM reviews t JOIN customers c ON c.id = t.customer_id "
        "WHERE c.status = 'erased' AND (t.title <> '' OR t.text <> '')",
    )
    yield check(
        "I41",
        N_("erased customer who is told apart from somebody"),
        "SELECT t.first_id, t.second_id FROM distinct_customers t JOIN customers c ON c.id IN (t.first_id, t.second_id) "
        "WHERE c.status = 'erased'",
    )
    yield check(
        "I41",
        N_("deleted or erased customer whom search still knows"),
        "SELECT f.id FROM customer_trigrams_fts_docsize f LEFT JOIN customers c ON c.id = f.id "
        "WHERE c.id IS NULL OR c.deleted_at IS NOT NULL",
        postgresql="SELECT c.id FROM customers c WHERE c.status = 'erased' AND c.search_text <> ''",
        fast=False,
    )
    yield check(
        "I41",
        N_("order that still says where an erased customer lives"),
        "SELECT a.order_id FROM order_addresses a JOIN orders o ON o.id = a.order_id JOIN customers c ON c.id = o.customer_id "
        "WHERE c.status = 'erased' AND (a.first_name <> '' OR a.last_name <> '' OR a.line1 <> '' OR a.phone <> '') "
        "UNION ALL SELECT s.order_id FROM shipments s JOIN orders o ON o.id = s.order_id "
        "JOIN customers c ON c.id = o.customer_id WHERE c.status = 'erased' AND (s.address <> '{}' OR s.notes <> '') "
        "UNION ALL SELECT a.plan_id FROM quote_addresses a JOIN order_plans p ON p.id = a.plan_id "
        "JOIN customers c ON c.id = p.customer_id WHERE c.status = 'erased' AND (a.last_name <> '' OR a.line1 <> '')",
        fast=False,
    )
    yield check(
        "I41",
        N_("import that still names an erased customer"),
        "SELECT t.feed_id, t.position FROM feed_changes t JOIN product_feeds f ON f.id = t.feed_id "
        "JOIN customers c ON c.id = t.target_id WHERE f.kind = 'customers' AND c.status = 'erased' "
        "AND (t.name <> '' OR t.title <> '' OR t.before IS NOT NULL)",
        fast=False,
    )
    yield check(
        "I41",
        N_("erased customer with a consent that still holds"),
        "SELECT t.customer_id, t.kind FROM customer_consents t JOIN customers c ON c.id = t.customer_id "
        "WHERE c.status = 'erased' AND t.is_given AND NOT EXISTS (SELECT 1 FROM customer_consents w WHERE "
        "w.customer_id = t.customer_id AND w.kind = t.kind AND NOT w.is_given AND w.id > t.id)",
    )
    yield check(
        "I34",
        N_("merged customer who leads nowhere, or somebody who leads on without having been merged"),
        "SELECT c.id FROM customers c LEFT JOIN customers s ON s.id = c.merged_into "
        "WHERE (c.status = 'merged' AND (s.id IS NULL OR s.status = 'merged' OR s.id = c.id OR c.deleted_at IS NULL)) "
        "OR (c.status NOT IN ('merged', 'erased') AND c.merged_into IS NOT NULL)",
    )
    for table in ("orders", *_OWNED, "customer_consents", "reviews"):
        yield check(
            "I34",
            N_("something belongs to a customer who was merged into another"),
            f"SELECT '{table}' AS kept_in, t.customer_id FROM customers c JOIN {table} t ON t.customer_id = c.id "
            "WHERE c.status = 'merged'",
            fast=False,
        )
    yield check(
        "I34",
        N_("two default addresses of a type"),
        "SELECT a.customer_id, a.type FROM addresses a WHERE a.is_default GROUP BY a.customer_id, a.type HAVING count(*) > 1",
        fast=False,
    )
    yield check(
        "I34",
        N_("addresses of a type without a default one"),
        "SELECT a.customer_id, a.type FROM addresses a GROUP BY a.customer_id, a.type "
        "HAVING sum(CASE WHEN a.is_default THEN 1 ELSE 0 END) <> 1",
        fast=False,
    )
    yield check(
        "I34",
        N_("stored payment methods without one default among the active, or an inactive default"),
        "SELECT m.customer_id FROM payment_methods m GROUP BY m.customer_id HAVING "
        "sum(CASE WHEN m.is_default THEN 1 ELSE 0 END) <> max(CASE WHEN m.is_active THEN 1 ELSE 0 END) "
        "OR sum(CASE WHEN m.is_default AND NOT m.is_active THEN 1 ELSE 0 END) > 0",
    )
    yield check(
        "I34",
        N_("wish for a variant of another product"),
        "SELECT i.id FROM wishlist_items i JOIN product_variants v ON v.id = i.variant_id "
        "WHERE v.product_id <> i.product_id",
    )
    yield check(
        "I34",
        N_("payment method billed to somebody else's address"),
        "SELECT m.id FROM payment_methods m JOIN addresses a ON a.id = m.billing_address_id "
        "WHERE a.customer_id <> m.customer_id",
    )
    yield check(
        "I39",
        N_("last four digits that are not four digits"),
        "SELECT m.id AS payment_method FROM payment_methods m WHERE m.last4 IS NOT NULL "
        "AND (length(m.last4) <> 4 OR m.last4 GLOB '*[^0-9]*')",
        postgresql="SELECT m.id AS payment_method FROM payment_methods m WHERE m.last4 IS NOT NULL "
        "AND m.last4 !~ '^[0-9]{4}$'",
    )
