"""Customers: made on the spot or in the office, edited, deleted, erased (R19)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

import sqlalchemy as sa

from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import random_hex, uuid7
from shopdesk.core.money import checked_cents
from shopdesk.core.permissions import Permission
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.parties.customer_search import add_to_customer_search, customer_words, refresh_customer_search
from shopdesk.parties.models import Address, Customer
from shopdesk.system.records import audit_office

_MAIL = re.compile(r"[^@\s<>\"(),:;\\]+@[^@\s<>\"(),:;\\.]+(\.[^@\s<>\"(),:;\\.]+)+")
_PHONE = re.compile(r"\+?[0-9]{4,15}")


class CustomerTaken(ShopError):
    """A mail address or card number belongs to another customer."""

    code = "customer_taken"
    sentence = N_("{value} already belongs to {other}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFields:
    """A customer as a form gives it; at least a name, a company, a mail address or a phone number."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    email: str | None = None
    phone: str | None = None
    card_number: str | None = None
    language: str | None = None
    notes: str = ""
    price_list_id: int | None = None
    tax_exempt: bool = False
    account_limit_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCustomer(CustomerFields):
    """A new customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCustomer(CustomerFields):
    """A customer as it should be; ``version`` is the one that was shown. A blocked customer cannot be sold to."""

    customer_id: int
    version: int
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class CustomerChosen:
    """The customer to delete or erase."""

    customer_id: int


_OFFICE_ONLY = ("price_list_id", "tax_exempt", "account_limit_cents")


def create_customer(uow: UnitOfWork, command: CreateCustomer) -> int:
    """Make a customer and return the id. Price list, tax exemption and account limit need CUSTOMER_LIST as well.

    Raises BadField, CardNumberRefused, CustomerTaken.
    """
    uow.require(Permission.CUSTOMER_EDIT)
    _own_terms(uow, command, None)
    values = checked_customer(command)
    _free(uow, values, None)
    customer_id = insert_customers(uow, [command])[0]
    audit_office(uow, "customer.create", target_type="customer", target_id=str(customer_id))
    uow.changed("Customer")
    return customer_id


def edit_customer(uow: UnitOfWork, command: EditCustomer) -> None:
    """Write a customer as given; raises ChangedMeanwhile, NotFound, and what ``create_customer`` raises."""
    uow.require(Permission.CUSTOMER_EDIT)
    before = uow.connection.execute(
        sa.select(Customer).where(Customer.id == command.customer_id, Customer.deleted_at.is_(None))
    ).first()
    if before is None or before.status == "erased":
        raise NotFound(_("Customer"), command.customer_id)
    _own_terms(uow, command, before)
    values = checked_customer(command)
    _free(uow, values, command.customer_id)
    changed = uow.connection.execute(
        sa.update(Customer)
        .where(Customer.id == command.customer_id, Customer.version == command.version)
        .values(
            **values,
            status="blocked" if command.is_blocked else "active",
            updated_at=uow.clock.now(),
            updated_by=uow.actor.user_id or None,
            version=Customer.version + 1,
        )
    )
    if not changed.rowcount:
        raise ChangedMeanwhile(_("This customer"))
    refresh_customer_search(uow, [command.customer_id])
    audit_office(uow, "customer.edit", target_type="customer", target_id=str(command.customer_id))
    uow.changed("Customer")


def delete_customer(uow: UnitOfWork, command: CustomerChosen) -> None:
    """Take a customer out of every list; their documents stay, mail and card may be given to others."""
    uow.require(Permission.CUSTOMER_LIST)
    _close(uow, command.customer_id, {"email": None, "card_number": None})
    audit_office(uow, "customer.delete", target_type="customer", target_id=str(command.customer_id))


def erase_customer(uow: UnitOfWork, command: CustomerChosen) -> None:
    """Forget who a customer is: names, contacts, addresses and the salt go, documents stay and the journal still verifies."""
    uow.require(Permission.CUSTOMER_LIST)
    blank: dict[str, object] = {
        "first_name": "",
        "last_name": "",
        "company": "",
        "email": None,
        "phone": None,
        "card_number": None,
        "notes": "",
        "language": None,
        "salt": None,
        "search_text": "",
        "consent_at": None,
        "status": "erased",
    }
    _close(uow, command.customer_id, blank)
    uow.connection.execute(sa.delete(Address).where(Address.customer_id == command.customer_id))
    audit_office(uow, "customer.erase", target_type="customer", target_id=str(command.customer_id))


def insert_customers(uow: UnitOfWork, rows: Sequence[CustomerFields], *, trusted: bool = False) -> list[int]:
    """Write many customers and their search words; returns their ids. Asks for no permission: for founding and filling a shop.

    ``trusted`` skips the checks of rows that a generator made; uniqueness is the caller's then.
    """
    now, user = uow.clock.now(), uow.actor.user_id or None
    made, search = [], []
    ids = list(reserve_ids(uow, "customers", len(rows)))
    for customer_id, row in zip(ids, rows, strict=True):
        values = _values(row) if trusted else checked_customer(row)
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


def checked_customer(customer: CustomerFields) -> dict[str, object]:
    """The columns of a customer from a form; raises BadField, BadAmount or CardNumberRefused for what cannot be stored."""
    for field in ("first_name", "last_name", "company"):
        text = checked_text(getattr(customer, field), field=field, longest=100)
        if "\n" in text:
            raise BadField(field, _("must be one line."))
    checked_text(customer.notes, field="notes", longest=2_000)
    checked_text(customer.card_number or "", field="card_number", longest=40)
    if checked_cents(customer.account_limit_cents, field="account_limit_cents") < 0:
        raise BadField("account_limit_cents", _("must not be negative."))
    values = _values(customer)
    email, phone = values["email"], values["phone"]
    if email is not None and not (len(str(email)) <= 254 and _MAIL.fullmatch(str(email))):
        raise BadField("email", _("is no mail address."))
    if phone is not None and not _PHONE.fullmatch(str(phone)):
        raise BadField("phone", _("is no phone number: 4 to 15 digits, with + before a country's code."))
    if not any(values[name] for name in ("first_name", "last_name", "company", "email", "phone")):
        raise BadField("last_name", _("give a name, a company, a mail address or a phone number."))
    return values


def _values(customer: CustomerFields) -> dict[str, object]:
    """Trimmed columns: mail in lower case, phone as digits, nothing instead of empty codes; and the words for search."""
    values: dict[str, object] = {field.name: getattr(customer, field.name) for field in fields(CustomerFields)}
    for name in ("first_name", "last_name", "company", "notes"):
        values[name] = str(values[name]).strip()
    values["email"] = (customer.email or "").strip().lower() or None
    values["phone"] = re.sub(r"[\s()/.-]", "", customer.phone or "") or None
    values["card_number"] = (customer.card_number or "").strip() or None
    values["search_text"] = customer_words(
        customer.first_name,
        customer.last_name,
        customer.company,
        customer.email,
        str(values["phone"] or ""),
        customer.card_number,
    )
    return values


def _own_terms(uow: UnitOfWork, command: CustomerFields, before: sa.Row[*tuple[object, ...]] | None) -> None:
    """What changes a customer's prices is for the office, not for the till."""
    plain = CustomerFields()
    for name in _OFFICE_ONLY:
        known = getattr(plain, name) if before is None else before._mapping[name]
        if getattr(command, name) != known:
            uow.require(Permission.CUSTOMER_LIST)


def _free(uow: UnitOfWork, values: dict[str, object], own_id: int | None) -> None:
    for name in ("email", "card_number"):
        if values[name] is None:
            continue
        column = getattr(Customer, name)
        other = uow.connection.execute(
            sa.select(Customer.first_name, Customer.last_name).where(
                column == values[name], Customer.id != (own_id or 0)
            )
        ).first()
        if other is not None:
            name_of_other = f"{other.first_name} {other.last_name}".strip() or _("another customer")
            raise CustomerTaken(field=name, value=values[name], other=name_of_other)


def _close(uow: UnitOfWork, customer_id: int, values: dict[str, object]) -> None:
    changed = uow.connection.execute(
        sa.update(Customer)
        .where(Customer.id == customer_id, Customer.deleted_at.is_(None))
        .values(
            **values,
            deleted_at=uow.clock.now(),
            deleted_by=uow.actor.user_id or None,
            version=Customer.version + 1,
        )
    )
    if not changed.rowcount:
        raise NotFound(_("Customer"), customer_id)
    refresh_customer_search(uow, [customer_id])
    uow.changed("Customer")
