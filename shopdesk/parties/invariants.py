"""What must hold of people's data: erased means gone, one default address a type (I34, I41)."""

from __future__ import annotations

from collections.abc import Iterator

from shopdesk.core.i18n import N_
from shopdesk.db.invariants import Check, check


def party_checks() -> Iterator[Check]:
    """Questions about customers and their addresses."""
    yield check(
        "I41",
        N_("erased customer whose data is still there"),
        "SELECT c.id FROM customers c WHERE c.status = 'erased' AND (c.first_name <> '' OR c.last_name <> '' "
        "OR c.company <> '' OR c.email IS NOT NULL OR c.phone IS NOT NULL OR c.card_number IS NOT NULL OR c.notes <> '' "
        "OR c.search_text <> '' OR c.salt IS NOT NULL OR EXISTS (SELECT 1 FROM addresses a WHERE a.customer_id = c.id))",
    )
    yield check(
        "I34",
        N_("two default addresses of a type"),
        "SELECT a.customer_id, a.type FROM addresses a WHERE a.is_default GROUP BY a.customer_id, a.type HAVING count(*) > 1",
        fast=False,
    )
