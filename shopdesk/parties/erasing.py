"""Forgetting a customer: the person goes, documents stay and the journal still verifies (R19, S30)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import NotFound, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.parties.customer_fields import name_of
from shopdesk.parties.customer_search import refresh_customer_search, scrub_customer_search
from shopdesk.parties.customers import CustomerChosen
from shopdesk.parties.events import CustomersErased
from shopdesk.parties.models import Customer
from shopdesk.parties.notes import consents_in_force, write_consent
from shopdesk.system.records import audit_office

_ORDERS = sa.table("orders", sa.column("customer_id"), sa.column("status"))
KEPT = "kept"
"""A table whose rows name nobody but by the customer's number: they stay as what happened."""
_NOWHERE = (
    "first_name = '', last_name = '', company = '', phone = '', line1 = '', line2 = '', city = '', state = '', "
    "postal_code = ''"
)
ERASES: Mapping[str, tuple[str, ...] | str] = {
    "payment_methods": ("DELETE FROM payment_methods WHERE customer_id = :id",),
    "addresses": ("DELETE FROM addresses WHERE customer_id = :id",),
    "customer_notes": ("DELETE FROM customer_notes WHERE customer_id = :id",),
    "customer_group_members": ("DELETE FROM customer_group_members WHERE customer_id = :id",),
    "distinct_customers": ("DELETE FROM distinct_customers WHERE first_id = :id OR second_id = :id",),
    "wishlists": (
        "DELETE FROM wishlist_items WHERE wishlist_id IN (SELECT id FROM wishlists WHERE customer_id = :id)",
        "DELETE FROM wishlists WHERE customer_id = :id",
    ),
    "favorites": ("DELETE FROM favorites WHERE customer_id = :id",),
    "reviews": ("UPDATE reviews SET title = '', text = '' WHERE customer_id = :id",),
    # What somebody wrote on a sale in hand is often the customer's name.
    "carts": ("UPDATE carts SET label = '', note = '' WHERE customer_id = :id",),
    "reservations": ("UPDATE reservations SET note = '' WHERE customer_id = :id",),
    "order_plans": (
        "UPDATE order_plan_lines SET note = '' WHERE plan_id IN (SELECT id FROM order_plans WHERE customer_id = :id)",
        f"UPDATE quote_addresses SET {_NOWHERE} WHERE plan_id IN (SELECT id FROM order_plans WHERE customer_id = :id)",
        "UPDATE order_plans SET customer_note = '', staff_note = '' WHERE customer_id = :id",
    ),
    # What was printed stays; where it went and what was noted beside it does not (DATA-MODEL, rule 12).
    "orders": (
        f"UPDATE order_addresses SET {_NOWHERE} WHERE order_id IN (SELECT id FROM orders WHERE customer_id = :id)",
        "UPDATE shipments SET address = '{}', notes = '', label_blob_id = NULL "
        "WHERE order_id IN (SELECT id FROM orders WHERE customer_id = :id)",
        "UPDATE orders SET staff_note = '' WHERE customer_id = :id AND staff_note <> ''",
    ),
    "customer_consents": KEPT,
    "customers": KEPT,
}
"""What becomes of the rows that refer to an erased customer, by table, in this order."""
_BLANK: dict[str, object] = {
    "first_name": "",
    "last_name": "",
    "company": "",
    "email": None,
    "phone": None,
    "card_number": None,
    "notes": "",
    "block_reason": "",
    "language": None,
    "user_id": None,
    "salt": None,
    "search_text": "",
    "price_list_id": None,
    "tax_exempt": False,
    "account_limit_cents": 0,
    "status": "erased",
}


class OrdersOpen(ShopError):
    """Somebody to whom goods are still to be sent cannot be forgotten yet."""

    code = "orders_open"
    sentence = N_("This customer has orders that are not finished ({count}). Deliver or cancel them first.")


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What an erasure of this customer would do, in figures, for the question before it."""

    customer_id: int
    name: str
    also: tuple[str, ...]
    addresses: int
    payment_methods: int
    notes: int
    wishes: int
    favourites: int
    consents: int
    sales: int


_COUNTS = {
    "addresses": "SELECT count(*) FROM addresses WHERE customer_id = :id",
    "payment_methods": "SELECT count(*) FROM payment_methods WHERE customer_id = :id",
    "notes": "SELECT count(*) FROM customer_notes WHERE customer_id = :id",
    "wishes": "SELECT count(*) FROM wishlist_items i JOIN wishlists w ON w.id = i.wishlist_id "
    "WHERE w.customer_id = :id",
    "favourites": "SELECT count(*) FROM favorites WHERE customer_id = :id",
    "consents": "SELECT count(*) FROM customer_consents WHERE customer_id = :id",
    "sales": "SELECT count(*) FROM orders WHERE customer_id = :id",
}
_PLAN = sa.text(", ".join(f"({sql}) AS {name}" for name, sql in _COUNTS.items()).join(("SELECT ", "")))


def erasure_plan(reader: Reader, customer_id: int, actor: Actor) -> ErasurePlan:
    """What ``erase_customer`` would forget and what stays; two statements. Raises NotFound and NotPermitted."""
    actor.require(Permission.CUSTOMER_ERASE)
    people = reader.connection.execute(
        sa.select(Customer.id, Customer.first_name, Customer.last_name, Customer.company)
        .where(sa.or_(Customer.id == customer_id, Customer.merged_into == customer_id), Customer.status != "erased")
        .order_by(Customer.id)
    ).all()
    named = {row.id: name_of(row.first_name, row.last_name, row.company) for row in people}
    if customer_id not in named:
        raise NotFound(_("Customer"), customer_id)
    name = named.pop(customer_id)
    counts = reader.connection.execute(_PLAN, {"id": customer_id}).one()
    return ErasurePlan(customer_id, name, tuple(named.values()), **counts._mapping)


def erase_customer(uow: UnitOfWork, command: CustomerChosen) -> None:
    """Forget who a customer is, with everybody who was merged into them: names, contacts, addresses, stored methods, notes,
    wishes and the salt go, consents are withdrawn, documents stay and the journal still verifies. Raises NotFound and OrdersOpen.

    What the audit log says of them was sealed with the salt and can be read no more. Backups made before still hold the
    person until they are replaced.
    """
    uow.require(Permission.CUSTOMER_ERASE)
    people = uow.connection.execute(
        sa.select(Customer.id, Customer.status)
        .where(sa.or_(Customer.id == command.customer_id, Customer.merged_into == command.customer_id))
        .order_by(Customer.id)
        .with_for_update()
    ).all()
    status = {row.id: row.status for row in people}
    if status.get(command.customer_id, "erased") in ("erased", "merged"):
        raise NotFound(_("Customer"), command.customer_id)
    unfinished = uow.connection.execute(
        sa.select(sa.func.count())
        .select_from(_ORDERS)
        .where(_ORDERS.c.customer_id.in_(list(status)), _ORDERS.c.status.not_in(("delivered", "cancelled")))
    ).scalar_one()
    if unfinished:
        raise OrdersOpen(count=unfinished)
    for customer_id in status:
        for kind in consents_in_force(uow, customer_id):
            write_consent(uow, customer_id, kind, "in_person", is_given=False)
        for statements in ERASES.values():
            for statement in () if isinstance(statements, str) else statements:
                uow.connection.execute(sa.text(statement), {"id": customer_id})
    now, user = uow.clock.now(), uow.actor.user_id or None
    uow.connection.execute(
        sa.update(Customer)
        .where(Customer.id.in_(list(status)))
        .values(
            **_BLANK,
            consent_at=None,
            deleted_at=now,
            deleted_by=user,
            updated_at=now,
            updated_by=user,
            version=Customer.version + 1,
        )
    )
    refresh_customer_search(uow, status)
    scrub_customer_search(uow)
    uow.publish(CustomersErased(tuple(status)))
    merged = sorted(set(status) - {command.customer_id})
    audit_office(
        uow,
        "customer.erase",
        target_type="customer",
        target_id=str(command.customer_id),
        details={"merged": merged} if merged else {},
    )
    uow.changed("Customer", "Cart", "Wishlist", "Favorite", "CustomerGroup")
