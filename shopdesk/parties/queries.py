"""Customers as screens see them: the till's search with shortened contacts, the office's list, one customer whole (S31)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from shopdesk.core.actor import Actor
from shopdesk.core.clock import from_micros
from shopdesk.core.errors import NotFound, ShopError
from shopdesk.core.folding import folded_words
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Outcome, Prepared, array
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.parties.addresses import AddressRow, addresses_of
from shopdesk.parties.customer_fields import CustomerFields, name_of
from shopdesk.parties.customer_search import searched_words
from shopdesk.parties.groups import groups_of
from shopdesk.parties.models import Customer, CustomerGroupMember

FEWEST_LETTERS = 3
MOST_FOUND = 20
_MOST_WORDS = 6


class TooFewLetters(ShopError):
    """A search for people needs three letters or digits in one word."""

    code = "too_few_letters"
    sentence = N_("Type at least three letters of a name, mail address, phone or card number.")


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A customer at the till; mail and phone are shortened unless the person may list customers."""

    id: int
    name: str
    company: str
    email: str
    phone: str
    status: str


@dataclass(frozen=True, slots=True)
class CustomerAtTill:
    """A customer as a sale needs them: contacts shortened, and whether taxes are left off."""

    id: int
    name: str
    company: str
    email: str
    phone: str
    status: str
    tax_exempt: bool


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer of the office's list."""

    id: int
    name: str
    company: str
    email: str
    phone: str
    card_number: str
    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """A customer whole, as page and form show them; ``turnover_cents`` is what their sales come to, without voided ones."""

    id: int
    uid: str
    version: int
    status: str
    block_reason: str
    created_at: datetime
    consent_at: datetime | None
    price_list: str
    sales: int
    turnover_cents: int
    last_sale_at: datetime | None
    customer: CustomerFields
    addresses: tuple[AddressRow, ...]
    groups: tuple[tuple[int, str], ...]

    @property
    def name(self) -> str:
        """How the customer is addressed: the person, else the company, else what is known of them."""
        person = self.customer
        known = name_of(person.first_name, person.last_name, person.company) or person.email or person.phone
        return known or _("Customer {number}").format(number=self.id)


_FOUND = "c.id, c.first_name, c.last_name, c.company, c.email, c.phone, c.status"
_SQLITE = Prepared(
    sqlite=f"SELECT {_FOUND} FROM customer_trigrams_fts f CROSS JOIN customers c ON c.id = f.rowid "
    "WHERE customer_trigrams_fts MATCH :match AND c.deleted_at IS NULL AND NOT EXISTS "
    "(SELECT 1 FROM json_each(:short) k WHERE instr(c.search_text, k.value) = 0) LIMIT :most"
)
_SQLITE_IDS = "SELECT rowid FROM customer_trigrams_fts WHERE customer_trigrams_fts MATCH :match"
_BY_NUMBER_TEXT = (
    f"SELECT {_FOUND} FROM orders o JOIN customers c ON c.id = o.customer_id "
    "WHERE o.number = CAST(:number AS text) AND c.deleted_at IS NULL"
)
_BY_NUMBER = Prepared(sqlite=_BY_NUMBER_TEXT, postgresql=_BY_NUMBER_TEXT)
_PLACED: sa.ColumnClause[int] = sa.column("placed_at", sa.BigInteger)
_VOIDS = sa.table("voids", sa.column("order_id", sa.BigInteger))
_ORDERS = sa.table(
    "orders",
    sa.column("id", sa.BigInteger),
    sa.column("number", sa.Text),
    sa.column("customer_id", sa.BigInteger),
    sa.column("status", sa.Text),
    sa.column("total_cents", sa.BigInteger),
    _PLACED,
)
"""What of a higher area's sales tells about their customer."""
_LISTS = sa.table("price_lists", sa.column("id"), sa.column("name", sa.Text))
_NUMBER = re.compile(r"\S+-[A-Z]+\d{6,}")
"""A sale's number: T1-S000012."""
CUSTOMER_SORTS = Sorts(
    {"name": (Customer.last_name, Customer.first_name, Customer.id), "newest": (Customer.id,)}, default="name"
)


def find_customers(reader: Reader, text: str, actor: Actor, limit: int = MOST_FOUND) -> tuple[FoundCustomer, ...]:
    """At most 20 customers whose name, mail, phone, card or town hold every word of a text, or to whom the sale of that number
    was made; one statement (two for a number).

    Raises TooFewLetters, and NotPermitted for who may not see customers. Whose name begins with the text comes first.
    """
    actor.require(Permission.CUSTOMER_VIEW)
    words = _words(text)
    batch = reader.batch()
    number = text.strip().upper()
    of_sale = batch.add(_BY_NUMBER, {"number": number}) if _NUMBER.fullmatch(number) else Outcome()
    most = min(limit, MOST_FOUND)
    if reader.dialect == "sqlite":
        long = [word for word in words if len(word) >= FEWEST_LETTERS]
        short = [word for word in words if len(word) < FEWEST_LETTERS]
        values: dict[str, object] = {"match": _match(long), "short": array("sqlite", short), "most": most}
        found = batch.add(_SQLITE, values)
    else:
        values = {f"word{index}": f"%{word}%" for index, word in enumerate(words)}
        found = batch.add(_pg_search(len(words)), {**values, "most": most})
    batch.send()
    whole = actor.may(Permission.CUSTOMER_LIST)
    rows = {row[0]: row for row in (*of_sale.rows, *found.rows)}
    people = [shown_contacts(row, whole=whole) for row in rows.values()][:most]
    return tuple(sorted(people, key=lambda person: (not _begins(person, words), person.name.casefold(), person.id)))


def customer_at_till(reader: Reader, customer_id: int, actor: Actor) -> CustomerAtTill | None:
    """The customer of a sale in hand, who may be another one's part by now; None when deleted meanwhile. One statement."""
    actor.require(Permission.CUSTOMER_VIEW)
    row = reader.connection.execute(
        sa.select(
            Customer.id,
            Customer.first_name,
            Customer.last_name,
            Customer.company,
            Customer.email,
            Customer.phone,
            Customer.status,
            Customer.tax_exempt,
        ).where(Customer.id == who_now(customer_id), Customer.deleted_at.is_(None))
    ).first()
    if row is None:
        return None
    found = shown_contacts(tuple(row[:7]), whole=actor.may(Permission.CUSTOMER_LIST))
    return CustomerAtTill(found.id, found.name, found.company, found.email, found.phone, found.status, bool(row[7]))


def customers_page(reader: Reader, request: PageRequest, actor: Actor) -> Page[CustomerRow]:
    """All customers with full details by name or newest, for who may list them. Filters: ``status``, ``group``,
    ``price_list``. One statement a page."""
    actor.require(Permission.CUSTOMER_LIST)
    selected: Any = sa.select(
        Customer.id,
        Customer.first_name,
        Customer.last_name,
        Customer.company,
        Customer.email,
        Customer.phone,
        Customer.card_number,
        Customer.status,
        Customer.created_at,
    ).where(Customer.deleted_at.is_(None))
    if (status := request.filter("status")) is not None:
        selected = selected.where(Customer.status == status)
    if (group := request.filter("group")) is not None:
        members = sa.select(CustomerGroupMember.customer_id).where(CustomerGroupMember.group_id == group)
        selected = selected.where(Customer.id.in_(members))
    if (price_list := request.filter("price_list")) is not None:
        selected = selected.where(Customer.price_list_id == price_list)
    number = request.search.strip().upper()
    if _NUMBER.fullmatch(number):
        selected = selected.where(Customer.id.in_(sa.select(_ORDERS.c.customer_id).where(_ORDERS.c.number == number)))
    elif number:
        words = searched_words(request.search, _MOST_WORDS)
        long = [word for word in words if len(word) >= FEWEST_LETTERS]
        if reader.dialect == "sqlite" and long:
            found = sa.text(_SQLITE_IDS).bindparams(match=_match(long)).columns(id=sa.BigInteger)
            selected = selected.where(Customer.id.in_(found))
            words = tuple(word for word in words if len(word) < FEWEST_LETTERS)
        for word in words:
            selected = selected.where(Customer.search_text.contains(word, autoescape=True))
    return keyset_page(reader, selected, CUSTOMER_SORTS, request, _customer_row)


def customer_card(reader: Reader, customer_id: int, actor: Actor) -> CustomerCard:
    """A customer with addresses and groups, for who may list customers; three statements. One who was merged is shown as the
    customer they are part of. Raises NotFound."""
    actor.require(Permission.CUSTOMER_LIST)
    names = CustomerFields.__dataclass_fields__
    facts = ("id", "uid", "version", "status", "block_reason", "created_at", "consent_at")
    sold = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(_ORDERS.c.total_cents), 0), sa.func.max(_PLACED))
    sold = sold.where(_ORDERS.c.customer_id == who_now(customer_id), _ORDERS.c.status != "cancelled")
    sold = sold.where(~sa.exists().where(_VOIDS.c.order_id == _ORDERS.c.id))
    sums = sold.subquery("sums")
    row = reader.connection.execute(
        sa.select(
            *(getattr(Customer, name) for name in (*facts, *names)),
            sa.func.coalesce(_LISTS.c.name, "").label("price_list"),
            *sums.columns,
        )
        .select_from(Customer)
        .join(sums, sa.true())
        .outerjoin(_LISTS, _LISTS.c.id == Customer.price_list_id)
        .where(Customer.id == who_now(customer_id), Customer.deleted_at.is_(None))
    ).first()
    if row is None:
        raise NotFound(_("Customer"), customer_id)
    known = row._mapping
    last = row[-1]
    return CustomerCard(
        **{name: known[name] for name in facts},
        price_list=known["price_list"],
        sales=row[-3],
        turnover_cents=int(row[-2]),
        last_sale_at=None if last is None else from_micros(last),
        customer=CustomerFields(**{name: known[name] for name in names}),
        addresses=addresses_of(reader, known["id"]),
        groups=groups_of(reader, known["id"]),
    )


def who_now(customer_id: int) -> sa.ScalarSelect[int]:
    """The number under which a customer goes now: their own, or the one they were merged into."""
    known = aliased(Customer)
    return sa.select(sa.func.coalesce(known.merged_into, known.id)).where(known.id == customer_id).scalar_subquery()


def short_mail(email: str | None) -> str:
    """A mail address that one recognises but cannot copy: ``k…@example.org``."""
    if not email or "@" not in email:
        return ""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"


def short_phone(phone: str | None) -> str:
    """The last three digits of a phone number: ``…567``."""
    return f"…{phone[-3:]}" if phone else ""


def shown_contacts(row: tuple[Any, ...], *, whole: bool) -> FoundCustomer:  # Any: rows as the driver gives them
    """A customer (id, first, last name, company, mail, phone, status) with whole or shortened contacts (S31)."""
    customer_id, first, last, company, email, phone, status = row
    return FoundCustomer(
        id=customer_id,
        name=f"{first} {last}".strip(),
        company=company,
        email=(email or "") if whole else short_mail(email),
        phone=(phone or "") if whole else short_phone(phone),
        status=status,
    )


@lru_cache(maxsize=8)
def _pg_search(count: int) -> Prepared:
    condition = " AND ".join(f"c.search_text LIKE :word{index}" for index in range(count))
    text = f"SELECT {_FOUND} FROM customers c WHERE {condition} AND c.deleted_at IS NULL LIMIT :most"
    return Prepared(replan=True, postgresql=text)


def _words(text: str) -> tuple[str, ...]:
    words = searched_words(text, _MOST_WORDS)
    if not any(len(word) >= FEWEST_LETTERS for word in words):
        raise TooFewLetters
    return words


def _match(words: list[str]) -> str:
    return " ".join(f'"{word}"' for word in words)


def _begins(person: FoundCustomer, words: tuple[str, ...]) -> bool:
    own = folded_words(f"{person.name} {person.company}")
    return all(any(part.startswith(word) for part in own) for word in words)


def _customer_row(row: Any) -> CustomerRow:  # Any: SQLAlchemy's row
    customer_id, first, last, company, email, phone, card, status, created_at = row[:9]
    name = f"{first} {last}".strip()
    return CustomerRow(customer_id, name, company, email or "", phone or "", card or "", status, created_at)
