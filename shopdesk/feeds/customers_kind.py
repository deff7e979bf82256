"""Customer files at work: people matched by id, mail or card, their addresses added, nothing of them taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shopdesk.core.errors import BadAmount, BadField
from shopdesk.core.free_text import CardNumberRefused
from shopdesk.core.i18n import _
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.feeds.customers_read import CustomerReader, customer_parses
from shopdesk.feeds.customers_state import CustomerState, People, find_people
from shopdesk.feeds.customers_write import insert_people, take_people_back, update_person
from shopdesk.feeds.entries import Change, Done, Entry, Fault, Values, Verdict
from shopdesk.feeds.setup import FeedOptions, Known
from shopdesk.feeds.table import Row
from shopdesk.parties.customer_fields import CustomerFields, checked_customer

COLUMNS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "company": "company",
    "email": "email",
    "phone": "phone",
    "card_number": "card_number",
    "language": "language",
    "notes": "notes",
    "price_list": "price_list_id",
    "tax_exempt": "tax_exempt",
    "account_limit": "account_limit_cents",
}


class CustomersKind:
    """One customer file."""

    entities: tuple[str, ...] = ("Customer",)

    def __init__(
        self,
        header: Sequence[str],
        mapping: Mapping[str, str],
        _options: FeedOptions,
        known: Known,
        *,
        mark: str,
        since: datetime | None,
    ) -> None:
        parses = customer_parses(known.places, mark, known.groups, known.price_lists, known.countries)
        self._reader = CustomerReader(header, mapping, parses, known.country)
        self._columns = self._reader.columns
        self._states = known.states
        self._since = since

    def entries(self, rows: Iterator[Row]) -> Iterator[Entry]:
        """Customers in the order of the file."""
        return self._reader.entries(rows)

    def compare(self, reader: Reader, entries: Sequence[Entry], *, lock: bool) -> list[Verdict]:
        """Who is new and what changes."""
        people = find_people(reader, [entry for entry in entries if not entry.faults], lock=lock)
        return [None if entry.faults else self._one(entry, people) for entry in entries]

    def _one(self, entry: Entry, people: People) -> Verdict:
        state = self._matched(entry, people)
        for row, address in entry.parts:
            self._check_state(entry, row, address)
        if entry.faults:
            return None
        try:
            fields = _fields(entry.values, state)
            checked_customer(fields)
        except (BadField, BadAmount, CardNumberRefused) as error:
            problem = str(error.values.get("problem", error)) if isinstance(error, BadField) else str(error)
            self._tell(entry, entry.row, str(error.field or ""), problem)
            return None
        if state is None:
            return Change(entry, None, None, (None, fields))
        entry.title = entry.title or state.name
        pairs = {
            key: (state.values[key], value)
            for key, value in entry.values.items()
            if key in COLUMNS and state.values[key] != value
        }
        groups: tuple[int, ...] = entry.values.get("groups", ())  # type: ignore[assignment]
        joined = [group for group in groups if group not in state.groups]
        addresses = [found for _row, part in entry.parts if (found := state.address_change(part)) is not None]
        if not (pairs or joined or addresses):
            return None
        details: list[list[object]] = [["", key, *pair] for key, pair in pairs.items()]
        details += [["", "groups", list(state.groups), [*state.groups, *joined]]] if joined else []
        details += [
            ["address", key, before, after] for _id, values in addresses for key, (before, after) in values.items()
        ]
        return Change(entry, state.id, details, (state, pairs, joined, addresses))

    def _matched(self, entry: Entry, people: People) -> CustomerState | None:
        """The customer that a row is about; faults where its id, mail address and card are different people's."""
        found: CustomerState | None = None
        for key, known in (("customer", people.by_uid), ("email", people.by_mail), ("card_number", people.by_card)):
            state = known.get(str(entry.values.get(key, "")))
            if state is None:
                continue
            if state.gone:
                if key == "customer":
                    self._tell(entry, entry.row, key, _("this customer was deleted, merged or erased."))
                continue
            if found is not None and state is not found:
                told = _("“{value}” belongs to another customer, {name}.")
                self._tell(entry, entry.row, key, told.format(value=entry.values[key], name=state.name))
            found = found or state
        return found or people.alike(entry.values)

    def _check_state(self, entry: Entry, row: int, address: Values) -> None:
        state, offered = address.get("state"), self._states.get(str(address.get("country")), {})
        if state and offered:
            code = offered.get(str(state).casefold())
            if code is None:
                self._tell(entry, row, "state", _("is no state of this country."))
            else:
                address["state"] = code

    def _tell(self, entry: Entry, row: int, key: str, message: str) -> None:
        entry.faults.append(Fault(row, self._columns.get(key, ""), "bad_cell", message))

    def write(self, uow: UnitOfWork, changes: Sequence[Change]) -> None:
        """Write people and addresses."""
        insert_people(uow, [change for change in changes if change.is_new])
        for change in changes:
            if not change.is_new:
                update_person(uow, change, COLUMNS)

    def take_back(self, uow: UnitOfWork, changes: Sequence[Done]) -> list[str]:
        """Take new people out again and give others back what they had, unless somebody sold to them or changed them since."""
        reasons = take_people_back(uow, changes, COLUMNS, self._since)
        return reasons


def _fields(values: Values, state: CustomerState | None) -> CustomerFields:
    """The customer as it will be."""
    given: dict[str, Any] = dict(state.values) if state is not None else {}  # Any: values by column
    given.update({key: value for key, value in values.items() if key in COLUMNS})
    return CustomerFields(**{COLUMNS[key]: value for key, value in given.items() if value is not None})
