"""Two customers who are one person become one: nothing that belongs to either is lost (R19)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa

from shopdesk.core.errors import BadField, ChangedMeanwhile
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.base import Base
from shopdesk.db.unit import UnitOfWork
from shopdesk.parties.customer_search import refresh_customer_search, respell
from shopdesk.parties.models import Customer, CustomerNote
from shopdesk.parties.notes import refresh_consent
from shopdesk.parties.people_rows import locked_customer, note_change

MERGEABLE = (
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
    "card_number",
    "language",
    "notes",
    "price_list_id",
    "tax_exempt",
    "account_limit_cents",
    "status",
)
"""The fields for which somebody says whose value stays; the reason of a block goes with ``status``."""
_PERSONAL = ("first_name", "last_name", "company", "email", "phone", "card_number", "notes", "block_reason")
_UNIQUE = ("email", "card_number")
_LOSERS_LIST = "(SELECT id FROM wishlists WHERE customer_id = :loser)"
_SURVIVORS_LIST = "(SELECT id FROM wishlists WHERE customer_id = :survivor)"
CLASHES: dict[str, tuple[str, ...]] = {
    "addresses": (
        "UPDATE addresses SET is_default = false WHERE customer_id = :loser AND is_default AND EXISTS (SELECT 1 FROM "
        "addresses s WHERE s.customer_id = :survivor AND s.type = addresses.type AND s.is_default)",
    ),
    "payment_methods": (
        "UPDATE payment_methods SET is_default = false WHERE customer_id = :loser AND is_default AND EXISTS "
        "(SELECT 1 FROM payment_methods s WHERE s.customer_id = :survivor AND s.is_default)",
    ),
    "customer_group_members": (
        "DELETE FROM customer_group_members WHERE customer_id = :loser AND group_id IN "
        "(SELECT s.group_id FROM customer_group_members s WHERE s.customer_id = :survivor)",
    ),
    "favorites": (
        "DELETE FROM favorites WHERE customer_id = :loser AND variant_id IN "
        "(SELECT s.variant_id FROM favorites s WHERE s.customer_id = :survivor)",
    ),
    "wishlists": (
        f"DELETE FROM wishlist_items WHERE wishlist_id IN {_LOSERS_LIST} AND EXISTS (SELECT 1 FROM wishlist_items s "
        f"WHERE s.wishlist_id IN {_SURVIVORS_LIST} AND s.product_id = wishlist_items.product_id "
        "AND coalesce(s.variant_id, 0) = coalesce(wishlist_items.variant_id, 0))",
        f"UPDATE wishlist_items SET wishlist_id = {_SURVIVORS_LIST} WHERE wishlist_id IN {_LOSERS_LIST} "
        f"AND EXISTS {_SURVIVORS_LIST}",
        f"DELETE FROM wishlists WHERE customer_id = :loser AND EXISTS {_SURVIVORS_LIST}",
    ),
    "distinct_customers": (
        "INSERT INTO distinct_customers (first_id, second_id, said_at, said_by) "
        "SELECT CASE WHEN o.id < :survivor THEN o.id ELSE :survivor END, "
        "CASE WHEN o.id < :survivor THEN :survivor ELSE o.id END, o.said_at, o.said_by FROM "
        "(SELECT CASE WHEN first_id = :loser THEN second_id ELSE first_id END AS id, said_at, said_by "
        "FROM distinct_customers WHERE first_id = :loser OR second_id = :loser) o WHERE o.id <> :survivor "
        "ON CONFLICT DO NOTHING",
        "DELETE FROM distinct_customers WHERE first_id = :loser OR second_id = :loser",
    ),
}
"""What is done before the rows of a table move, where both customers may have what only one may have."""
_LOCK_TILLS = sa.text("SELECT 1 FROM counters WHERE scope <> 'office' ORDER BY scope, series FOR UPDATE")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCustomers:
    """Who stays and who becomes part of them; ``take`` names the fields whose value is the loser's (``MERGEABLE``).

    The versions are the ones that were shown.
    """

    survivor_id: int
    loser_id: int
    survivor_version: int
    loser_version: int
    take: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """How many rows of each table moved to the survivor."""

    survivor_id: int
    moved: dict[str, int]


def merge_customers(uow: UnitOfWork, command: MergeCustomers) -> CustomersMerged:
    """Make one customer of two: sales, carts, addresses and everything else of the loser becomes the survivor's.

    The loser stays as a row that leads to the survivor, with the values that were not chosen: their old mail address and card
    still find the survivor at the till. A sale that is being rung up ends before, or finds the survivor. Raises BadField,
    NotFound and ChangedMeanwhile.
    """
    uow.require(Permission.CUSTOMER_MERGE)
    if command.survivor_id == command.loser_id:
        raise BadField("loser_id", _("must be another customer."))
    if unknown := set(command.take) - set(MERGEABLE):
        raise BadField("take", _("there is no field {name}.").format(name=min(unknown)))
    if uow.dialect == "postgresql":
        # A sale locks its till before it reads its customer: nobody is between the two now. SQLite's writers wait anyway.
        uow.connection.execute(_LOCK_TILLS)
    rows = {id: locked_customer(uow, id) for id in sorted((command.survivor_id, command.loser_id))}
    survivor, loser = rows[command.survivor_id], rows[command.loser_id]
    stale = (
        survivor._mapping["version"] != command.survivor_version or loser._mapping["version"] != command.loser_version
    )
    if stale:
        raise ChangedMeanwhile(_("One of these customers"))
    moved = _move(uow, command.survivor_id, command.loser_id)
    after = _after(command, survivor, loser)
    _write(uow, command, survivor, loser, after)
    for customer_id in rows:
        refresh_consent(uow, customer_id)
    if loser._mapping["notes"] and "notes" not in command.take:
        uow.connection.execute(
            sa.insert(CustomerNote).values(
                customer_id=command.survivor_id,
                text=loser._mapping["notes"],
                created_at=uow.clock.now(),
                created_by=uow.actor.user_id or None,
            )
        )
    was = dict(survivor._mapping)
    plain = {name: value for name, value in after.items() if name not in _PERSONAL}
    personal = {name: value for name, value in after.items() if name in _PERSONAL}
    facts = {"merged": command.loser_id, "moved": moved}
    note_change(uow, "customer.merge", survivor, plain=(was, plain), personal=(was, personal), **facts)
    note_change(uow, "customer.merged", loser, into=command.survivor_id)
    uow.changed("Customer", "Order", "Cart", "Wishlist", "Favorite", "CustomerGroup")
    return CustomersMerged(command.survivor_id, moved)


@lru_cache(maxsize=1)
def customer_references() -> tuple[tuple[str, str], ...]:
    """Every column of the schema that names a customer: (table, column). Later tables are among them by themselves."""
    found = []
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if any(key.target_fullname == "customers.id" for key in column.foreign_keys):
                found.append((table.name, column.name))
    return tuple(sorted(found))


def _move(uow: UnitOfWork, survivor_id: int, loser_id: int) -> dict[str, int]:
    both = {"survivor": survivor_id, "loser": loser_id}
    moved: dict[str, int] = {}
    for statements in CLASHES.values():
        for statement in statements:
            uow.connection.execute(sa.text(statement).bindparams(*_whole(statement)), both)
    for table, column in customer_references():
        mapped = Base.metadata.tables[table]
        named = mapped.columns[column]
        change = sa.update(mapped).where(named == loser_id).values({named: survivor_id})
        count = uow.connection.execute(change).rowcount
        if count:
            moved[table] = moved.get(table, 0) + count
    return moved


def _whole(statement: str) -> list[sa.BindParameter[int]]:
    """Both numbers as whole numbers: PostgreSQL takes a parameter beside CASE for a text otherwise."""
    return [sa.bindparam(name, type_=sa.BigInteger) for name in ("survivor", "loser") if f":{name}" in statement]


def _after(
    command: MergeCustomers, survivor: sa.Row[*tuple[object, ...]], loser: sa.Row[*tuple[object, ...]]
) -> dict[str, object]:
    """The survivor's fields as they will be."""
    after = {name: (loser if name in command.take else survivor)._mapping[name] for name in MERGEABLE}
    after["block_reason"] = (loser if "status" in command.take else survivor)._mapping["block_reason"]
    if not any(after[name] for name in ("first_name", "last_name", "company", "email", "phone")):
        raise BadField("last_name", _("give a name, a company, a mail address or a phone number."))
    checked_text(str(after["notes"]), field="notes", longest=2_000)
    return after


def _write(
    uow: UnitOfWork,
    command: MergeCustomers,
    survivor: sa.Row[*tuple[object, ...]],
    loser: sa.Row[*tuple[object, ...]],
    after: dict[str, object],
) -> None:
    """Both rows; what only one may have is swapped, so that nothing is lost."""
    now, user = uow.clock.now(), uow.actor.user_id or None
    stamps = {"updated_at": now, "updated_by": user, "version": Customer.version + 1}
    swapped = {name: (survivor if name in command.take else loser)._mapping[name] for name in _UNIQUE}
    ids = (command.survivor_id, command.loser_id)
    uow.connection.execute(sa.update(Customer).where(Customer.id.in_(ids)).values(dict.fromkeys(_UNIQUE)))
    uow.connection.execute(sa.update(Customer).where(Customer.id == command.survivor_id).values(**after, **stamps))
    uow.connection.execute(
        sa.update(Customer)
        .where(Customer.id == command.loser_id)
        .values(
            **swapped,
            **stamps,
            status="merged",
            block_reason="",
            merged_into=command.survivor_id,
            user_id=None if survivor._mapping["user_id"] is None else loser._mapping["user_id"],
            deleted_at=now,
            deleted_by=user,
        )
    )
    if survivor._mapping["user_id"] is None and loser._mapping["user_id"] is not None:
        uow.connection.execute(
            sa.update(Customer).where(Customer.id == command.survivor_id).values(user_id=loser._mapping["user_id"])
        )
    respell(uow, command.survivor_id)
    refresh_customer_search(uow, [command.loser_id])
