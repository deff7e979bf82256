"""The people who buy here: found by any scrap, opened as pages, changed many at once, and who may be one person twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from shopdesk.core.actor import Actor
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest
from shopdesk.db.unit import Reader
from shopdesk.parties.customers import (
    ChangeCustomers,
    CustomerChosen,
    change_customers,
    delete_customer,
    restore_customer,
)
from shopdesk.parties.doubles import DistinctPair, DoubleRow, doubles_page, forget_distinct, set_distinct
from shopdesk.parties.groups import group_choices, price_list_choices
from shopdesk.parties.postal import postal_lines
from shopdesk.parties.queries import CUSTOMER_SORTS, CustomerCard, CustomerRow, customer_card, customers_page
from shopdesk.ui.dialogs.customer_erase import ask_erasure
from shopdesk.ui.dialogs.customer_merge import open_merge
from shopdesk.ui.dialogs.customer_new import open_new_customer
from shopdesk.ui.kit.columns import State, moment, number, state, text
from shopdesk.ui.kit.detail_pane import facts, later
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_view import open_record
from shopdesk.ui.kit.specs import BulkEdit, Command, Empty, ListScreen, Pick, choice
from shopdesk.ui.screens.customer_page import CUSTOMER
from shopdesk.ui.screens.customer_words import LANGUAGES, REASONS, STATES


def show(view: QWidget, customer_id: int) -> None:
    """Open a customer's page."""
    open_record(view, CUSTOMER, customer_id)


def new(view: ListView, _rows: Sequence[Any]) -> None:
    """Add a customer and open their page."""
    open_new_customer(view, view.desk, show=lambda known: show(view, known), done=lambda made: show(view, made))


def open_page(view: ListView, rows: Sequence[CustomerRow]) -> None:
    """Open the chosen customer's page."""
    show(view, rows[0].id)


def merge(view: ListView, rows: Sequence[CustomerRow]) -> None:
    """Make one customer of two chosen ones."""
    if len(rows) != 2:
        view.messages.refuse(_("Choose exactly two customers who are one person."))
        return
    open_merge(view, view.desk, rows[0].id, rows[1].id, lambda survivor: show(view, survivor))


def delete(view: ListView, rows: Sequence[CustomerRow]) -> None:
    """Take a customer out of the lists; documents keep what they say."""
    command = CustomerChosen(rows[0].id)
    said = N_("The customer was deleted. Sales keep what they say.")
    Operation(delete_customer, command, said=said, undo=(restore_customer, command)).run(view.desk, view)


def erase(view: ListView, rows: Sequence[CustomerRow]) -> None:
    """Forget who a customer is."""
    ask_erasure(view, view.desk, rows[0].id, view.refresh)


def detail(view: ListView, row: CustomerRow) -> QWidget:
    """A customer with addresses."""

    def fill(card: CustomerCard, column: QVBoxLayout) -> None:
        person, formats = card.customer, view.desk.formats
        pairs = [
            (_("Company"), person.company),
            (_("E-mail"), person.email or ""),
            (_("Phone"), person.phone or ""),
            (_("Customer card"), person.card_number or ""),
            (_("Blocked"), card.block_reason if card.status == "blocked" else ""),
            (_("Groups"), ", ".join(name for _id, name in card.groups)),
            (_("Price list"), card.price_list),
            (_("Tax"), _("buys without tax") if person.tax_exempt else ""),
            (_("Account limit"), formats.money(person.account_limit_cents) if person.account_limit_cents else ""),
            (_("Sales"), f"{card.sales} · {formats.money(card.turnover_cents)}" if card.sales else ""),
            (_("Remark"), person.notes),
            (_("Since"), formats.full_moment(card.created_at)),
        ]
        for address in card.addresses:
            pairs.append((_("Address"), "\n".join((*postal_lines(address), address.country_code))))
        column.addWidget(facts([pair for pair in pairs if pair[1]], "customer_facts"))

    return later(view, customer_card, row.id, view.desk.actor, fill=fill)


CUSTOMERS = ListScreen(
    key="customers.customers",
    title=N_("Customers"),
    glyph="account-group-outline",
    needs=Permission.CUSTOMER_LIST,
    page=customers_page,
    row=CustomerRow,
    as_actor=True,
    sorts=CUSTOMER_SORTS,
    sort="name",
    search=N_("Name, mail, phone, card, town or sale number"),
    columns=(
        text("name", N_("Name"), stretch=True, sort="name"),
        text("company", N_("Company"), width=176),
        text("email", N_("E-mail"), width=216),
        text("phone", N_("Phone"), width=136),
        text("card_number", N_("Customer card"), width=128, hidden=True),
        state("status", N_("State"), STATES, width=112),
        moment("created_at", N_("Since"), hidden=True, sort="newest"),
    ),
    filters=(
        choice("status", N_("State"), (("active", N_("Active")), ("blocked", N_("Blocked")))),
        choice("group", N_("Group"), group_choices),
        choice("price_list", N_("Price list"), price_list_choices),
    ),
    commands=(
        Command(
            "new",
            N_("New customer"),
            new,
            "account-plus-outline",
            Permission.CUSTOMER_EDIT,
            "Ctrl+N",
            Pick.NONE,
            primary=True,
        ),
        Command("open", N_("Open"), open_page, "account-outline", Permission.CUSTOMER_LIST, "Ctrl+E"),
        Command("merge", N_("Merge two"), merge, "account-switch-outline", Permission.CUSTOMER_MERGE, on=Pick.MANY),
        Command("delete", N_("Delete"), delete, "delete-outline", Permission.CUSTOMER_LIST, "Ctrl+Del"),
        Command("erase", N_("Erase"), erase, "shield-account-outline", Permission.CUSTOMER_ERASE, danger=True),
    ),
    refresh_on={"Customer"},
    detail=detail,
    minor=("company", "phone", "status"),
    empty=Empty("account-group-outline", N_("Customers can be added here or at the till."), "new"),
    page_of=(CUSTOMER, "id"),
    bulk=BulkEdit(
        title=N_("Change several customers"),
        needs=Permission.CUSTOMER_LIST,
        fields=(
            Field("group_id", N_("Put into group"), Holds.CHOICE, query=group_choices),
            Field("price_list_id", N_("Own price list"), Holds.CHOICE, query=price_list_choices),
            Field("tax_exempt", N_("Buys without tax"), Holds.YES),
            Field("language", N_("Language of their papers"), Holds.CHOICE, options=LANGUAGES[1:]),
        ),
        use_case=change_customers,
        make=lambda rows, values: ChangeCustomers(customer_ids=tuple(row.id for row in rows), **values),
    ),
)

# ------------------------------------------------------------------ likely doubles


def doubles(reader: Reader, request: PageRequest, actor: Actor) -> Page[DoubleRow]:
    """Pairs of customers who look like one, the likeliest first."""
    return doubles_page(reader, request, actor)


def merge_pair(view: ListView, rows: Sequence[DoubleRow]) -> None:
    """Make one customer of the pair."""
    open_merge(view, view.desk, rows[0].first_id, rows[0].second_id, lambda _survivor: view.refresh())


def two_people(view: ListView, rows: Sequence[DoubleRow]) -> None:
    """The two are two people: not shown again."""
    pair = DistinctPair(rows[0].first_id, rows[0].second_id)
    said = N_("They are two people and are not shown again.")
    Operation(set_distinct, pair, said=said, undo=(forget_distinct, pair)).run(view.desk, view)


def open_first(view: ListView, rows: Sequence[DoubleRow]) -> None:
    """Open the older one of the two."""
    show(view, rows[0].first_id)


def open_second(view: ListView, rows: Sequence[DoubleRow]) -> None:
    """Open the newer one of the two."""
    show(view, rows[0].second_id)


DOUBLES = ListScreen(
    key="customers.doubles",
    title=N_("Likely doubles"),
    glyph="account-switch-outline",
    needs=Permission.CUSTOMER_LIST,
    page=doubles,
    row=DoubleRow,
    as_actor=True,
    search=N_("Name"),
    columns=(
        text("first", N_("Customer"), stretch=True),
        text("first_contact", N_("Reached by"), width=184),
        text("second", N_("Looks like"), width=184),
        text("second_contact", N_("Reached by"), width=184),
        state("reason", N_("Why"), {key: State(words) for key, words in REASONS.items()}, width=216),
        number("likeness", N_("Likeness"), width=88),
    ),
    commands=(
        Command(
            "merge",
            N_("Merge"),
            merge_pair,
            "account-switch-outline",
            Permission.CUSTOMER_MERGE,
            "Ctrl+M",
            primary=True,
        ),
        Command(
            "distinct", N_("Two people"), two_people, "account-group-outline", Permission.CUSTOMER_MERGE, "Ctrl+Del"
        ),
        Command("first", N_("Open the first"), open_first, "account-outline"),
        Command("second", N_("Open the second"), open_second, "account-outline"),
    ),
    refresh_on={"Customer"},
    empty=Empty("account-group-outline", N_("No two customers look like one person.")),
    minor=("first_contact", "second_contact", "likeness"),
    on_open="merge",
)
