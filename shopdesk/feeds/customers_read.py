"""Rows of a customer file, one an address, grouped to customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shopdesk.core.errors import BadAmount, BadField
from shopdesk.core.free_text import CardNumberRefused
from shopdesk.core.i18n import _
from shopdesk.feeds.entries import Entry, Fault
from shopdesk.feeds.refusals import BadCell
from shopdesk.feeds.row_reader import RowReader, fitted
from shopdesk.feeds.table import Row
from shopdesk.feeds.values import Parse, apart, figure, one_of_words, plain, shown, words, yes_or_no
from shopdesk.parties.addresses import ADDRESS_TYPES
from shopdesk.parties.customer_fields import LANGUAGE, checked_mail, checked_phone

ADDRESS_KEYS = ("address_type", "line1", "line2", "postal_code", "city", "state", "country", "default")
WHO = ("customer", "email", "card_number")
"""What tells one customer from another, the surest first."""


def customer_parses(
    places: int,
    mark: str,
    groups: Mapping[str, int],
    price_lists: Mapping[str, int],
    countries: Mapping[str, str],
) -> dict[str, Parse]:
    """How each meaning of a customer file is read."""
    return {
        "customer": words("customer", 36, lines=False),
        "first_name": words("first_name", 100, lines=False),
        "last_name": words("last_name", 100, lines=False),
        "company": words("company", 100, lines=False),
        "email": _mail,
        "phone": _phone,
        "card_number": words("card_number", 40, lines=False),
        "language": _language,
        "notes": words("notes", 2_000),
        "groups": _groups(groups),
        "price_list": one_of_words(dict(price_lists)),
        "tax_exempt": yes_or_no,
        "account_limit": figure(places, mark),
        "address_type": one_of_words({name: name for name in ADDRESS_TYPES}),
        "line1": words("line1", 200, lines=False),
        "line2": words("line2", 200, lines=False),
        "postal_code": words("postal_code", 20, lines=False),
        "city": words("city", 100, lines=False),
        "state": words("state", 60, lines=False),
        "country": _country(countries),
        "default": yes_or_no,
    }


class CustomerReader:
    """Rows to customers; rows with the same id (else the same mail address) one below the other are one customer's addresses."""

    def __init__(
        self, header: Sequence[str], mapping: Mapping[str, str], parses: Mapping[str, Parse], country: str
    ) -> None:
        self._width = len(header)
        own = {name: key for name, key in mapping.items() if key not in ADDRESS_KEYS}
        self._own = RowReader(header, own, parses)
        self._addresses = RowReader(header, {name: key for name, key in mapping.items() if key in ADDRESS_KEYS}, parses)
        self.columns = {key: name for name, key in mapping.items()}
        self._same = next((key for key in ("customer", "email") if key in self._own.keys), None)
        self._place = list(header).index(self.columns[self._same]) if self._same else -1
        self._country = country

    def entries(self, rows: Iterator[Row]) -> Iterator[Entry]:
        """Customers in the order of the file."""
        seen: dict[tuple[str, object], int] = {}
        entry: Entry | None = None
        same = ""
        for row in rows:
            faults: list[Fault] = []
            fit = fitted(row, self._width, faults)
            mark = fit[1][self._place].strip().casefold() if fit is not None and self._place >= 0 else ""
            if entry is not None and fit is not None and mark and mark == same:
                entry.rows += 1
                entry.last = row[0]
                self._address(entry, fit)
                continue
            if entry is not None:
                yield self._finished(entry, seen)
            values = self._own.read(fit, faults) if fit is not None else {}
            entry, same = Entry(row[0], "", "", values), mark
            entry.faults = faults
            if fit is not None:
                self._address(entry, fit)
        if entry is not None:
            yield self._finished(entry, seen)

    def _address(self, entry: Entry, row: Row) -> None:
        values = self._addresses.read(row, entry.faults)
        if any(values.get(key) for key in ("line1", "postal_code", "city")):
            values.setdefault("address_type", "shipping")
            values.setdefault("country", self._country)
            if "line1" not in values:
                told = _("an address needs its street.")
                entry.faults.append(Fault(row[0], self.columns.get("line1", ""), "missing", told))
            entry.parts.append((row[0], values))

    def _finished(self, entry: Entry, seen: dict[tuple[str, object], int]) -> Entry:
        values = entry.values
        for key in WHO:
            if key in values and seen.setdefault((key, values[key]), entry.row) != entry.row:
                told = _("“{value}” was in row {row} already.")
                told = told.format(value=shown(str(values[key])), row=seen[key, values[key]])
                entry.faults.append(Fault(entry.row, self.columns.get(key, ""), "twice", told))
        names = [str(values[key]) for key in ("first_name", "last_name", "company") if values.get(key)]
        entry.title = " ".join(names) or str(values.get("email") or values.get("phone") or "")
        entry.name = str(values.get("customer") or values.get("email") or values.get("card_number") or "")
        return entry


def _checked(error: Exception) -> BadCell:
    if isinstance(error, BadField):
        return BadCell(str(error.values["problem"]))
    return BadCell(str(error))


def _mail(text: str) -> object:
    try:
        return checked_mail(text, field="email")
    except (BadField, CardNumberRefused, BadAmount) as error:
        raise _checked(error) from None


def _phone(text: str) -> object:
    try:
        return checked_phone(text, field="phone")
    except (BadField, CardNumberRefused, BadAmount) as error:
        raise _checked(error) from None


def _language(text: str) -> object:
    if not LANGUAGE.fullmatch(text):
        raise BadCell(_("is no language's code: two letters as in en or de."))
    return text


def _groups(known: Mapping[str, int]) -> Parse:
    one = one_of_words(dict(known))

    def parse(text: str) -> object:
        return tuple(sorted({int(str(one(plain(part)))) for part in apart(text)}))

    return parse


def _country(known: Mapping[str, str]) -> Parse:
    def parse(text: str) -> object:
        found = known.get(text.casefold())
        if found is None:
            raise BadCell(_("“{text}” is no country.").format(text=shown(text)))
        return found

    return parse
