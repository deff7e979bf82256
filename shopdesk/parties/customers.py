"""Customers: made on the spot or in the office, edited, blocked, deleted and put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.bulk_report import BulkRefusal, BulkReport
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import random_hex, uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.parties.customer_fields import OFFICE_ONLY, CustomerFields, checked_customer, customer_values, name_of
from shopdesk.parties.customer_search import add_to_customer_search, address_words, refresh_customer_search
from shopdesk.parties.groups import add_member
from shopdesk.parties.models import Customer, CustomerGroup
from shopdesk.parties.people_rows import check_price_list, locked_customer, note_change
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office

PERSONAL = ("first_name", "last_name", "company", "email", "phone", "card_number", "notes", "block_reason")
"""What says who a customer is: sealed in the audit log, blanked by an erasure."""
_PLAIN = ("status", "language", "price_list_id", "tax_exempt", "account_limit_cents")


class CustomerTaken(ShopError):
    """A mail address or card number belongs to another customer: ``values["customer_id"]``."""

    code = "customer_taken"
    sentence = N_("{value} already belongs to {other}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCustomer(CustomerFields):
    """A new customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCustomer(CustomerFields):
    """A customer as it should be; ``version`` is the one that was shown. A blocked customer cannot be sold to."""

    customer_id: int
    version: int
    is_blocked: bool = False
    block_reason: str = ""


@dataclass(frozen=True, slots=True)
class CustomerChosen:
    """The customer to delete, to put back or to erase."""

    customer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCustomers:
    """What several customers get alike; None leaves a thing as it is. ``group_id`` is a group they join."""

    customer_ids: tuple[int, ...]
    price_list_id: int | None = None
    group_id: int | None = None
    tax_exempt: bool | None = None
    language: str | None = None


def create_customer(uow: UnitOfWork, command: CreateCustomer) -> int:
    """Make a customer and return the id. Price list, tax exemption and account limit need CUSTOMER_LIST as well.

    Raises BadField, CardNumberRefused, CustomerTaken.
    """
    uow.require(Permission.CUSTOMER_EDIT)
    _own_terms(uow, command, None)
    check_price_list(uow, command.price_list_id)
    values = checked_customer(command)
    _free(uow, values, None)
    customer_id = insert_customers(uow, [command])[0]
    audit_office(uow, "customer.create", target_type="customer", target_id=str(customer_id))
    uow.changed("Customer")
    return customer_id


def edit_customer(uow: UnitOfWork, command: EditCustomer) -> None:
    """Write a customer as given; raises ChangedMeanwhile, NotFound, and what ``create_customer`` raises.

    To block or unblock somebody needs CUSTOMER_LIST: the till that was refused a sale does not lift the refusal.
    """
    uow.require(Permission.CUSTOMER_EDIT)
    before = locked_customer(uow, command.customer_id)
    _own_terms(uow, command, before)
    check_price_list(uow, command.price_list_id)
    values = checked_customer(command, address_words(uow, command.customer_id))
    values["status"] = "blocked" if command.is_blocked else "active"
    values["block_reason"] = checked_text(command.block_reason, field="block_reason", longest=200)
    if not command.is_blocked:
        values["block_reason"] = ""
    if (values["status"], values["block_reason"]) != (before.status, before.block_reason):
        uow.require(Permission.CUSTOMER_LIST)
    if command.is_blocked and before.status != "blocked" and not values["block_reason"]:
        raise BadField("block_reason", _("say why this customer is blocked."))
    _free(uow, values, command.customer_id)
    changed = uow.connection.execute(
        sa.update(Customer)
        .where(Customer.id == command.customer_id, Customer.version == command.version)
        .values(
            **values,
            updated_at=uow.clock.now(),
            updated_by=uow.actor.user_id or None,
            version=Customer.version + 1,
        )
    )
    if not changed.rowcount:
        raise ChangedMeanwhile(_("This customer"))
    refresh_customer_search(uow, [command.customer_id])
    was = dict(before._mapping)
    plain = {name: values[name] for name in _PLAIN}
    note_change(
        uow, "customer.edit", before, plain=(was, plain), personal=(was, {name: values[name] for name in PERSONAL})
    )
    uow.changed("Customer")


def change_customers(uow: UnitOfWork, command: ChangeCustomers) -> BulkReport:
    """Give several customers the same terms; whoever is gone meanwhile is named and the others are changed."""
    uow.require(Permission.CUSTOMER_LIST)
    given = {
        name: getattr(command, name)
        for name in ("price_list_id", "tax_exempt", "language")
        if getattr(command, name) is not None
    }
    if command.language:
        checked_customer(CustomerFields(last_name="-", language=command.language))
    check_price_list(uow, command.price_list_id)
    group = None
    if command.group_id is not None:
        group = uow.connection.execute(
            sa.select(CustomerGroup.id, CustomerGroup.code).where(CustomerGroup.id == command.group_id)
        ).first()
        if group is None:
            raise NotFound(_("Group"), command.group_id)
    changed, refused = 0, []
    for customer_id in sorted(set(command.customer_ids)):
        try:
            before = locked_customer(uow, customer_id)
        except NotFound as error:
            refused.append(BulkRefusal(_("Customer {number}").format(number=customer_id), str(error)))
            continue
        joined = group is not None and add_member(uow, customer_id, group.id)
        told = what_changed(dict(before._mapping), given)
        if told:
            uow.connection.execute(
                sa.update(Customer)
                .where(Customer.id == customer_id)
                .values(
                    **given,
                    updated_at=uow.clock.now(),
                    updated_by=uow.actor.user_id or None,
                    version=Customer.version + 1,
                )
            )
        if joined and group is not None:
            note_change(uow, "customer.group_joined", before, group=group.code)
        if told:
            note_change(uow, "customer.edit", before, plain=(dict(before._mapping), given))
        changed += 1
    uow.changed("Customer")
    return BulkReport(changed, tuple(refused))


def delete_customer(uow: UnitOfWork, command: CustomerChosen) -> None:
    """Take a customer out of every list; their documents stay, and ``restore_customer`` puts them back."""
    uow.require(Permission.CUSTOMER_LIST)
    locked_customer(uow, command.customer_id)
    _stamp(uow, command.customer_id, deleted_at=uow.clock.now(), deleted_by=uow.actor.user_id or None)
    audit_office(uow, "customer.delete", target_type="customer", target_id=str(command.customer_id))


def restore_customer(uow: UnitOfWork, command: CustomerChosen) -> None:
    """Put a deleted customer back into the lists; raises NotFound for one that was erased or merged."""
    uow.require(Permission.CUSTOMER_LIST)
    known = uow.connection.execute(
        sa.select(Customer.id).where(
            Customer.id == command.customer_id,
            Customer.deleted_at.is_not(None),
            Customer.status.in_(("active", "blocked")),
        )
    ).first()
    if known is None:
        raise NotFound(_("Customer"), command.customer_id)
    _stamp(uow, command.customer_id, deleted_at=None, deleted_by=None)
    audit_office(uow, "customer.restore", target_type="customer", target_id=str(command.customer_id))


def insert_customers(uow: UnitOfWork, rows: Sequence[CustomerFields], *, trusted: bool = False) -> list[int]:
    """Write many customers and their search words; returns their ids. Asks for no permission: for founding and filling a shop.

    ``trusted`` skips the checks of rows that a generator made; uniqueness is the caller's then.
    """
    now, user = uow.clock.now(), uow.actor.user_id or None
    made, search = [], []
    ids = list(reserve_ids(uow, "customers", len(rows)))
    for customer_id, row in zip(ids, rows, strict=True):
        values = customer_values(row) if trusted else checked_customer(row)
        search.append((customer_id, str(values["search_text"])))
        made.append(
            {
                **values,
                "id": customer_id,
                "uid": uuid7(),
                "salt": random_hex(16),
                "created_at": now,
                "updated_at": now,
                "created_by": user,
                "updated_by": user,
            }
        )
    if made:
        uow.connection.execute(sa.insert(Customer), made)
    add_to_customer_search(uow, search)
    return ids


def _own_terms(uow: UnitOfWork, command: CustomerFields, before: sa.Row[*tuple[object, ...]] | None) -> None:
    plain = CustomerFields()
    for name in OFFICE_ONLY:
        known = getattr(plain, name) if before is None else before._mapping[name]
        if getattr(command, name) != known:
            uow.require(Permission.CUSTOMER_LIST)


def _free(uow: UnitOfWork, values: dict[str, object], own_id: int | None) -> None:
    for name in ("email", "card_number"):
        if values[name] is None:
            continue
        column = getattr(Customer, name)
        other = uow.connection.execute(
            sa.select(
                Customer.id,
                Customer.merged_into,
                Customer.deleted_at,
                Customer.first_name,
                Customer.last_name,
                Customer.company,
            ).where(column == values[name], Customer.id != (own_id or 0))
        ).first()
        if other is None:
            continue
        gone = other.deleted_at is not None and other.merged_into is None
        if gone or (own_id is not None and other.merged_into == own_id):
            # What only a deleted customer, or one who is this very person by now, still holds is free again.
            uow.connection.execute(sa.update(Customer).where(Customer.id == other.id).values({name: None}))
            continue
        shown = name_of(other.first_name, other.last_name, other.company) or _("another customer")
        survivor = other.merged_into or other.id
        raise CustomerTaken(field=name, value=values[name], other=shown, customer_id=survivor)


def _stamp(uow: UnitOfWork, customer_id: int, **values: object) -> None:
    uow.connection.execute(
        sa.update(Customer).where(Customer.id == customer_id).values(**values, version=Customer.version + 1)
    )
    refresh_customer_search(uow, [customer_id])
    uow.changed("Customer")
