"""Everything the shop holds about one customer, as JSON for machines and as a PDF for people (GDPR 15 and 20, S30)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import iso_utc, shop_time
from shopdesk.core.errors import BadField
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.base import Base
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.marketing.wish_favourites import favourites_of
from shopdesk.marketing.wish_lists import wishes_of
from shopdesk.parties.addresses import addresses_of
from shopdesk.parties.customer_fields import name_of
from shopdesk.parties.merging import customer_references
from shopdesk.parties.notes import consents_of, notes_of
from shopdesk.parties.payment_methods import payment_methods_of
from shopdesk.parties.people_rows import locked_customer, note_change
from shopdesk.parties.postal import postal_lines
from shopdesk.parties.queries import CustomerCard, customer_card
from shopdesk.printing.figures import Figures, figures, words
from shopdesk.printing.office_document import (
    OfficeDocument,
    PaperColumn,
    PaperTable,
    Party,
    Section,
    office_pdf,
)
from shopdesk.printing.whole_file import save_whole
from shopdesk.sales.shift_paper import letterhead
from shopdesk.system.audit_names import ACTION_NAMES
from shopdesk.system.history import HistoryRow, history_page
from shopdesk.system.settings import ShopSettings, shop_settings

FORMATS = ("json", "pdf")
_INTERNAL = frozenset({"salt", "search_text", "version", "token"})
"""Columns that say nothing about the person, or are the shop's own secrets."""
_OF_ORDERS = (
    *("order_items", "order_taxes", "order_adjustments", "payments", "voids", "order_addresses", "order_events"),
    *("shipments", "invoices", "returns", "refunds"),
)
_PARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "orders": tuple((table, "order_id") for table in _OF_ORDERS),
    "order_plans": (("order_plan_lines", "plan_id"), ("quote_addresses", "plan_id")),
    "carts": (("cart_items", "cart_id"),),
    "wishlists": (("wishlist_items", "wishlist_id"),),
}
"""Tables whose rows belong to rows that name a customer: (table, the column that leads there)."""


@dataclass(frozen=True, slots=True)
class ExportCustomer:
    """Whose data to write, and into which file: ``format`` is json or pdf."""

    customer_id: int
    path: str
    format: str = "json"


def note_export(uow: UnitOfWork, command: ExportCustomer) -> None:
    """Write down that somebody took a customer's data along; raises BadField, NotFound."""
    uow.require(Permission.EXPORT)
    if command.format not in FORMATS:
        raise BadField("format", _("must be json or pdf."))
    if not command.path.strip():
        raise BadField("path", _("must not be empty."))
    customer = locked_customer(uow, command.customer_id)
    note_change(uow, "customer.export", customer, format=command.format)


def export_customer(shop: Shop, command: ExportCustomer, actor: Actor) -> str:
    """Write the file and return its path; it is written down before. Raises FileNotWritten, NotFound, NotPermitted."""
    shop.execute(note_export, command, actor)
    return write_export(shop, command, actor)


def write_export(shop: Shop, command: ExportCustomer, actor: Actor) -> str:
    """The file itself, whole or not at all."""
    build = customer_pdf if command.format == "pdf" else customer_json
    content = shop.ask(build, command.customer_id, actor)
    save_whole(Path(command.path), content)
    return command.path


def customer_json(reader: Reader, customer_id: int, actor: Actor) -> bytes:
    """Every row of every table that names the customer, with what belongs to it, and what the audit log tells of them."""
    actor.require(Permission.EXPORT)
    card = customer_card(reader, customer_id, actor)
    told: dict[str, object] = {"exported_at": iso_utc(reader.clock.now()), "customer_id": card.id}
    told["customers"] = _rows(reader, "customers", "id", [card.id])
    for table, column in customer_references():
        rows = _rows(reader, table, column, [card.id])
        if not rows:
            continue
        name = "merged_customers" if table == "customers" else table
        told[name] = [*told.get(name, []), *rows]  # type: ignore[misc]  # only lists stand there
        for part, leads in _PARTS.get(table, ()):
            found = _rows(reader, part, leads, [row["id"] for row in rows])
            if found:
                told[part] = found
    told["audit"] = [
        {
            "at": iso_utc(row.created_at),
            "by": row.actor,
            "action": row.action,
            "changes": [
                {"field": change.field, "before": change.before, "after": change.after} for change in row.changes
            ],
            "facts": row.facts,
        }
        for row in _mentions(reader, card.id, actor)
    ]
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"


def _rows(reader: Reader, table: str, column: str, keys: Iterable[object]) -> list[dict[str, Any]]:
    mapped = Base.metadata.tables[table]
    shown = [one for one in mapped.columns if one.name not in _INTERNAL]
    order = list(mapped.primary_key.columns)
    found: list[dict[str, Any]] = []
    wanted = list(keys)
    for start in range(0, len(wanted), 500):
        chosen = mapped.columns[column].in_(wanted[start : start + 500])
        for row in reader.connection.execute(sa.select(*shown).where(chosen).order_by(*order)):
            found.append({name: _plain(value) for name, value in row._mapping.items()})
    return found


def _ids(rows: Iterable[Mapping[str, Any]], column: str) -> list[object]:
    return sorted({row[column] for row in rows if row[column] is not None})


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return iso_utc(value)
    return value.hex() if isinstance(value, bytes) else value


def _mentions(reader: Reader, customer_id: int, actor: Actor) -> list[HistoryRow]:
    """What the audit log says of the customer, oldest first."""
    rows: list[HistoryRow] = []
    request = PageRequest(limit=500)
    while True:
        page = history_page(reader, request, target_type="customer", target_id=str(customer_id), actor=actor)
        rows += page.rows
        if page.next is None:
            return rows
        request = replace(request, after=page.next)


# ------------------------------------------------------------------ for people


def customer_pdf(reader: Reader, customer_id: int, actor: Actor) -> bytes:
    """The same as a paper in the customer's language, else the shop's."""
    actor.require(Permission.EXPORT)
    card = customer_card(reader, customer_id, actor)
    return office_pdf(_Paper(reader, card, shop_settings(reader), actor).document())


class _Paper:
    """The paper's parts, labelled in its language."""

    def __init__(self, reader: Reader, card: CustomerCard, settings: ShopSettings, actor: Actor) -> None:
        self.reader = reader
        self.card = card
        self.settings = settings
        self.actor = actor
        self.language = card.customer.language or settings.language
        self.say: Callable[[str], str] = words(self.language)
        self.figures: Figures = figures(self.language, settings.currency)

    def document(self) -> OfficeDocument:
        """Head, person and every section that has something to say."""
        say, card = self.say, self.card
        sections = (
            self._person(),
            self._merged(),
            self._addresses(),
            self._methods(),
            self._consents(),
            self._notes(),
            self._wishes(),
            self._sales(),
            self._lines(),
            self._held(),
            self._set_aside(),
            self._audit(),
        )
        return OfficeDocument(
            letterhead=letterhead(self.settings),
            title=say(N_("What we hold about you")),
            language=self.language,
            parties=(Party(say(N_("Customer")), tuple(filter(None, (card.name, card.customer.company)))),),
            facts=(
                (say(N_("Number")), str(card.id)),
                (say(N_("Date")), self._moment(self.reader.clock.now())),
            ),
            sections=tuple(one for one in sections if one is not None),
        )

    def _moment(self, at: datetime) -> str:
        return self.figures.moment(shop_time(at, self.settings.timezone))

    def _person(self) -> Section:
        say, card, person = self.say, self.card, self.card.customer
        pairs = (
            (N_("E-mail"), person.email),
            (N_("Phone"), person.phone),
            (N_("Customer card"), person.card_number),
            (N_("Language"), person.language),
            (N_("Price list"), card.price_list),
            (N_("Groups"), ", ".join(name for _id, name in card.groups)),
            (N_("Account limit"), self.figures.money(person.account_limit_cents) if person.account_limit_cents else ""),
            (N_("Tax"), say(N_("buys without tax")) if person.tax_exempt else ""),
            (N_("Blocked"), card.block_reason),
            (N_("Since"), self._moment(card.created_at)),
        )
        facts = tuple((say(label), str(value)) for label, value in pairs if value)
        return Section(title=say(N_("Person")), facts=facts, text=person.notes)

    def _table(
        self, title: str, columns: tuple[tuple[str, int], ...], rows: Iterable[tuple[str, ...]], figures_last: int = 0
    ) -> Section | None:
        """A table with its title, nothing when it has no rows; the last ``figures_last`` columns are figures."""
        kept = tuple(rows)
        if not kept:
            return None
        first_figure = len(columns) - figures_last
        heads = tuple(
            PaperColumn(self.say(head), "end" if place >= first_figure else "start", share)
            for place, (head, share) in enumerate(columns)
        )
        return Section(title=self.say(title), table=PaperTable(heads, kept))

    def _addresses(self) -> Section | None:
        names = {"shipping": N_("Shipping"), "billing": N_("Billing")}
        return self._table(
            N_("Addresses"),
            ((N_("Kind"), 1), (N_("Address"), 4)),
            (
                (self.say(names[row.type]), ", ".join((*postal_lines(row), row.country_code)))
                for row in addresses_of(self.reader, self.card.id)
            ),
        )

    def _methods(self) -> Section | None:
        return self._table(
            N_("Payment methods"),
            ((N_("Payment type"), 1), (N_("Card"), 1), (N_("Holder"), 2)),
            (
                (row.payment_type, " ".join(filter(None, (row.card_type, row.last4))), row.holder)
                for row in payment_methods_of(self.reader, self.card.id)
            ),
        )

    def _consents(self) -> Section | None:
        kinds = {
            "news_by_mail": N_("News by e-mail"),
            "news_by_phone": N_("News by phone"),
            "profile": N_("Suggestions from what they bought"),
        }
        return self._table(
            N_("Consents"),
            ((N_("What for"), 2), (N_("Said"), 1), (N_("When"), 1)),
            (
                (
                    self.say(kinds[row.kind]),
                    self.say(N_("Given") if row.is_given else N_("Withdrawn")),
                    self._moment(row.at),
                )
                for row in consents_of(self.reader, self.card.id)
            ),
        )

    def _notes(self) -> Section | None:
        return self._table(
            N_("Notes"),
            ((N_("When"), 1), (N_("Note"), 4)),
            ((self._moment(row.created_at), row.text) for row in notes_of(self.reader, self.card.id)),
        )

    def _wishes(self) -> Section | None:
        wishes = [
            (self.say(N_("Wish")), f"{row.product} {row.variant}".strip())
            for row in wishes_of(self.reader, self.card.id)
        ]
        liked = [
            (self.say(N_("Favourite")), f"{row.product} {row.variant}".strip())
            for row in favourites_of(self.reader, self.card.id)
        ]
        return self._table(N_("Wishes and favourites"), ((N_("Kind"), 1), (N_("Article"), 4)), [*wishes, *liked])

    def _merged(self) -> Section | None:
        rows = _rows(self.reader, "customers", "merged_into", [self.card.id])
        return self._table(
            N_("Earlier entries that became one with this"),
            ((N_("Name"), 2), (N_("E-mail"), 2), (N_("Phone"), 1)),
            (
                (
                    name_of(row["first_name"], row["last_name"], row["company"]),
                    row["email"] or "",
                    row["phone"] or "",
                )
                for row in rows
            ),
        )

    def _sales(self) -> Section | None:
        rows = _rows(self.reader, "orders", "customer_id", [self.card.id])
        return self._table(
            N_("Sales"),
            ((N_("Number"), 2), (N_("Time"), 2), (N_("Total"), 1)),
            (
                (
                    row["number"],
                    self._moment(datetime.fromisoformat(row["placed_at"])),
                    self.figures.money(row["total_cents"]),
                )
                for row in rows
            ),
            figures_last=1,
        )

    def _set_aside(self) -> Section | None:
        rows = _rows(self.reader, "reservations", "customer_id", [self.card.id])
        names = {
            row["id"]: row["sku"] for row in _rows(self.reader, "product_variants", "id", _ids(rows, "variant_id"))
        }
        return self._table(
            N_("Set aside"),
            ((N_("When"), 1), (N_("Article"), 1), (N_("Note"), 2), (N_("Quantity"), 1)),
            (
                (
                    self._moment(datetime.fromisoformat(row["created_at"])),
                    str(names.get(row["variant_id"], "")),
                    row["note"],
                    self.figures.quantity(row["quantity"]),
                )
                for row in rows
            ),
            figures_last=1,
        )

    def _lines(self) -> Section | None:
        orders = {row["id"]: row["number"] for row in _rows(self.reader, "orders", "customer_id", [self.card.id])}
        rows = _rows(self.reader, "order_items", "order_id", orders)
        return self._table(
            N_("What was bought"),
            ((N_("Number"), 2), (N_("Article"), 4), (N_("Quantity"), 1), (N_("Total"), 1)),
            (
                (
                    orders[row["order_id"]],
                    f"{row['product_name']} {row['variant_name']}".strip(),
                    self.figures.quantity(row["quantity"], row["unit"]),
                    self.figures.money(row["total_cents"]),
                )
                for row in rows
            ),
            figures_last=2,
        )

    def _held(self) -> Section | None:
        rows = [
            row for row in _rows(self.reader, "carts", "customer_id", [self.card.id]) if row["label"] or row["note"]
        ]
        return self._table(
            N_("Held sales"),
            ((N_("Label"), 1), (N_("Note"), 3)),
            ((row["label"], row["note"]) for row in rows),
        )

    def _audit(self) -> Section | None:
        return self._table(
            N_("What was done with this data"),
            ((N_("When"), 1), (N_("What"), 2)),
            (
                (self._moment(row.created_at), self.say(ACTION_NAMES.get(row.action, row.action)))
                for row in _mentions(self.reader, self.card.id, self.actor)
            ),
        )
