"""What a customer is made of and which values can be stored: the one check behind forms, files and headless requests (S35)."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from shopdesk.core.errors import BadField
from shopdesk.core.free_text import CardNumberRefused, checked_text, holds_card_number
from shopdesk.core.i18n import _
from shopdesk.core.money import checked_cents
from shopdesk.parties.customer_search import customer_words

_MAIL = re.compile(r"[^@\s<>\"(),:;\\]+@[^@\s<>\"(),:;\\.]+(\.[^@\s<>\"(),:;\\.]+)+")
_PHONE = re.compile(r"\+?[0-9]{4,15}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_NAMES = ("first_name", "last_name", "company")


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


OFFICE_ONLY = ("price_list_id", "tax_exempt", "account_limit_cents")
"""What changes a customer's prices and credit is for the office, not for the till."""


def checked_customer(customer: CustomerFields, addresses: str = "") -> dict[str, object]:
    """The columns of a customer from a form; raises BadField, BadAmount or CardNumberRefused for what cannot be stored.

    ``addresses`` are the words of the customer's addresses, which search finds them by, too.
    """
    for field in _NAMES:
        one_line(getattr(customer, field), field=field, longest=100)
    checked_text(customer.notes, field="notes", longest=2_000)
    one_line(customer.card_number or "", field="card_number", longest=40)
    if checked_cents(customer.account_limit_cents, field="account_limit_cents") < 0:
        raise BadField("account_limit_cents", _("must not be negative."))
    if customer.language and not LANGUAGE.fullmatch(customer.language):
        raise BadField("language", _("is no language's code: two letters as in en or de."))
    values = customer_values(customer, addresses)
    values["email"] = checked_mail(customer.email, field="email")
    values["phone"] = checked_phone(customer.phone, field="phone")
    if not any(values[name] for name in (*_NAMES, "email", "phone")):
        raise BadField("last_name", _("give a name, a company, a mail address or a phone number."))
    return values


def customer_values(customer: CustomerFields, addresses: str = "") -> dict[str, object]:
    """Trimmed columns: mail in lower case, phone as digits, nothing instead of empty codes; and the words for search."""
    values: dict[str, object] = {field.name: getattr(customer, field.name) for field in fields(CustomerFields)}
    for name in (*_NAMES, "notes"):
        values[name] = str(values[name]).strip()
    values["email"] = (customer.email or "").strip().lower() or None
    values["phone"] = _dialled(customer.phone)
    values["card_number"] = (customer.card_number or "").strip() or None
    values["language"] = customer.language or None
    values["search_text"] = customer_words(
        customer.first_name,
        customer.last_name,
        customer.company,
        customer.email,
        str(values["phone"] or ""),
        customer.card_number,
        addresses,
    )
    return values


def one_line(text: str, *, field: str, longest: int, required: bool = False) -> str:
    """Free text (``checked_text``) without line breaks."""
    checked = checked_text(text, field=field, longest=longest, required=required)
    if "\n" in checked:
        raise BadField(field, _("must be one line."))
    return checked


def checked_mail(email: str | None, *, field: str) -> str | None:
    """A mail address in lower case, or None; raises BadField and CardNumberRefused."""
    mail = (email or "").strip().lower()
    if not mail:
        return None
    if not (len(mail) <= 254 and _MAIL.fullmatch(mail)):
        raise BadField(field, _("is no mail address."))
    if holds_card_number(mail):
        raise CardNumberRefused(field=field)
    return mail


def checked_phone(phone: str | None, *, field: str) -> str | None:
    """A phone number as digits, with the + it was given, or None; raises BadField and CardNumberRefused.

    A number with + or 00 before it is no card's: a tenth of all mobile numbers would pass the check of card numbers.
    """
    dialled = _dialled(phone)
    if dialled is None:
        return None
    if not dialled.startswith(("+", "00")) and holds_card_number(dialled):
        raise CardNumberRefused(field=field)
    if not _PHONE.fullmatch(dialled):
        raise BadField(field, _("is no phone number: 4 to 15 digits, with + before a country's code."))
    return dialled


def _dialled(phone: str | None) -> str | None:
    return re.sub(r"[\s()/.-]", "", phone or "") or None


def name_of(first_name: str, last_name: str, company: str = "") -> str:
    """A person's name, else the company."""
    return f"{first_name} {last_name}".strip() or company
