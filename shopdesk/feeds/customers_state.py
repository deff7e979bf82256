"""People that a customer file speaks of, as the shop has them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from shopdesk.db.unit import Reader
from shopdesk.feeds.entries import Entry, Values
from shopdesk.parties.customer_fields import name_of
from shopdesk.parties.models import Address, Country, Customer, CustomerGroup, CustomerGroupMember

ADDRESS_COLUMNS = {
    "line2": "line2",
    "postal_code": "postal_code",
    "city": "city",
    "state": "state",
    "country": "country_code",
    "default": "is_default",
}
_FIELDS = (
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
)
_KEYS = (*_FIELDS[:8], "price_list", "tax_exempt", "account_limit")
Pair = tuple[object, object]


class CustomerState:
    """A customer with groups and addresses."""

    __slots__ = ("addresses", "gone", "groups", "id", "salt", "uid", "values", "version")

    def __init__(self, row: sa.Row[*tuple[object, ...]]) -> None:
        known = row._mapping
        self.id = int(str(known["id"]))
        self.uid = str(known["uid"])
        self.version = int(str(known["version"]))
        self.gone = known["deleted_at"] is not None or known["status"] in {"merged", "erased"}
        self.values: Values = {key: known[field] for key, field in zip(_KEYS, _FIELDS, strict=True)}
        self.groups: list[int] = []
        self.addresses: list[tuple[int, Values]] = []

    @property
    def name(self) -> str:
        """How people call them."""
        values = self.values
        name = name_of(str(values["first_name"]), str(values["last_name"]), str(values["company"]))
        return name or str(values["email"] or values["phone"] or "")

    def address_change(self, given: Values) -> tuple[int | None, dict[str, Pair]] | None:
        """What an address of the file changes: the id of the one it is (None for a new one), and each field before and after."""
        for address_id, known in self.addresses:
            if _place(known) == _place(given):
                pairs = {
                    key: (known[key], given[key])
                    for key in ADDRESS_COLUMNS
                    if key in given and known[key] != given[key]
                }
                if pairs.get("default") == (True, False):
                    del pairs["default"]  # one of each kind is the usual one; another takes its place, nobody leaves it
                return (address_id, pairs) if pairs else None
        return None, {key: (None, value) for key, value in given.items()}


class People:
    """Customers by what tells them apart."""

    def __init__(self) -> None:
        self.by_uid: dict[str, CustomerState] = {}
        self.by_mail: dict[str, CustomerState] = {}
        self.by_card: dict[str, CustomerState] = {}
        self.by_name: dict[tuple[object, ...], list[CustomerState]] = {}

    def alike(self, values: Values) -> CustomerState | None:
        """The one customer of the same name, company and phone, for rows that name nobody more surely."""
        if any(values.get(key) for key in ("customer", "email", "card_number")):
            return None
        found = self.by_name.get(_alike_key(values), [])
        return found[0] if len(found) == 1 else None


def find_people(reader: Reader, entries: Sequence[Entry], *, lock: bool = False) -> People:
    """The customers that some rows may be about; four statements."""

    def given(key: str) -> list[object]:
        return [value for entry in entries if (value := entry.values.get(key)) is not None]

    unsure = [
        entry.values
        for entry in entries
        if not any(entry.values.get(key) for key in ("customer", "email", "card_number"))
    ]
    matching = sa.or_(
        Customer.uid.in_(given("customer")),
        Customer.email.in_(given("email")),
        Customer.card_number.in_(given("card_number")),
        Customer.last_name.in_([values.get("last_name", "") for values in unsure]) & Customer.deleted_at.is_(None),
    )
    return read_people(reader, matching, lock=lock)


def read_people(reader: Reader, matching: sa.ColumnElement[bool], *, lock: bool = False) -> People:
    """Customers with groups and addresses."""
    columns = [getattr(Customer, name) for name in ("id", "uid", "version", "deleted_at", "status", *_FIELDS)]
    chosen = sa.select(*columns).where(matching).order_by(Customer.id)
    rows = reader.connection.execute(chosen.with_for_update() if lock else chosen).all()
    people = People()
    by_id: dict[int, CustomerState] = {}
    for row in rows:
        state = by_id[row.id] = CustomerState(row)
        people.by_uid[state.uid] = state
        if row.email:
            people.by_mail[row.email] = state
        if row.card_number:
            people.by_card[row.card_number] = state
        if not state.gone:
            people.by_name.setdefault(_alike_key(state.values), []).append(state)
    members = sa.select(CustomerGroupMember.customer_id, CustomerGroupMember.group_id).where(
        CustomerGroupMember.customer_id.in_(list(by_id))
    )
    for customer_id, group_id in reader.connection.execute(members.order_by(CustomerGroupMember.group_id)):
        by_id[customer_id].groups.append(group_id)
    where = sa.select(Address).where(Address.customer_id.in_(list(by_id))).order_by(Address.id)
    for address in reader.connection.execute(where):
        values: Values = {key: getattr(address, column) for key, column in ADDRESS_COLUMNS.items()}
        by_id[address.customer_id].addresses.append(
            (address.id, {**values, "address_type": address.type, "line1": address.line1})
        )
    return people


def people_by_id(reader: Reader, ids: Sequence[int], *, lock: bool = False) -> dict[int, CustomerState]:
    """Customers by their ids."""
    found = read_people(reader, Customer.id.in_(ids), lock=lock)
    return {state.id: state for state in found.by_uid.values()}


def group_codes(reader: Reader) -> dict[str, int]:
    """Groups by name and by code."""
    rows = reader.connection.execute(sa.select(CustomerGroup.code, CustomerGroup.name, CustomerGroup.id)).all()
    return {**{row.name: row.id for row in rows}, **{row.code: row.id for row in rows}}


def state_names(reader: Reader) -> dict[str, dict[str, str]]:
    """The states of each country that has some, by name and code folded."""
    found = {}
    for code, text in reader.connection.execute(sa.select(Country.code, Country.states).where(Country.states != "[]")):
        states = json.loads(text)
        found[code] = {
            **{name.casefold(): short for short, name in states},
            **{short.casefold(): short for short, _ in states},
        }
    return found


def _place(address: Values) -> tuple[str, ...]:
    parts = (address.get("address_type"), address.get("line1"), address.get("postal_code"))
    return tuple(str(part or "").casefold() for part in parts)


def _alike_key(values: Values) -> tuple[object, ...]:
    return tuple(values.get(key) or "" for key in ("first_name", "last_name", "company", "phone"))
