"""The people who buy here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.parties.customers import (
    CreateCustomer,
    CustomerChosen,
    EditCustomer,
    create_customer,
    delete_customer,
    edit_customer,
)
from shopdesk.parties.queries import CUSTOMER_SORTS, CustomerCard, CustomerRow, customer_card, customers_page
from shopdesk.ui.kit.columns import State, moment, state, text
from shopdesk.ui.kit.detail_pane import facts, later
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice

STATES = {
    "active": State(N_("Active"), "success", "check"),
    "blocked": State(N_("Blocked"), "warning", "cancel"),
    "deleted": State(N_("Deleted"), "secondary", "delete-outline"),
    "erased": State(N_("Erased"), "secondary", "delete-outline"),
}
PERSON = (
    Field("first_name", N_("First name"), group=N_("Person"), max_length=100),
    Field("last_name", N_("Last name"), group=N_("Person"), max_length=100),
    Field("company", N_("Company"), group=N_("Person"), max_length=200),
    Field("email", N_("E-mail"), group=N_("Reached by"), max_length=200, none_if_empty=True),
    Field("phone", N_("Phone"), group=N_("Reached by"), max_length=40, none_if_empty=True),
    Field("card_number", N_("Customer card"), group=N_("Reached by"), max_length=64, none_if_empty=True),
    Field("tax_exempt", N_("Buys without tax"), Holds.YES, group=N_("Terms")),
    Field("notes", N_("Notes"), Holds.LONG, group=N_("Terms")),
)
NEW = Form(
    key="customers.new",
    title=N_("New customer"),
    command=CreateCustomer,
    use_case=create_customer,
    fields=PERSON,
    act=N_("Add customer"),
    said=N_("The customer was added."),
)
EDIT = Form(
    key="customers.edit",
    title=N_("Change customer"),
    command=EditCustomer,
    use_case=edit_customer,
    fields=(*PERSON, Field("is_blocked", N_("Blocked: may not buy on account"), Holds.YES, group=N_("Terms"))),
    given=("customer_id", "version", "language", "price_list_id", "account_limit_cents"),
    act=N_("Save customer"),
)


def new(view: ListView, _rows: Sequence[Any]) -> None:
    """Add a customer."""
    open_form(view, view.desk, NEW)


def edit(view: ListView, rows: Sequence[CustomerRow]) -> None:
    """Edit a customer as they are now."""

    def ready(card: CustomerCard) -> None:
        person = card.customer
        values = {field.key: getattr(person, field.key, card.status == "blocked") for field in EDIT.fields}
        given = {
            "customer_id": card.id,
            "version": card.version,
            "language": person.language,
            "price_list_id": person.price_list_id,
            "account_limit_cents": person.account_limit_cents,
        }
        open_form(view, view.desk, EDIT, values=values, given=given)

    view.desk.ask(
        customer_card, rows[0].id, view.desk.actor, done=ready, failed=question_failed(view), owner=view, key="card"
    )


def delete(view: ListView, rows: Sequence[CustomerRow]) -> None:
    """Take a customer out of the lists; documents keep what they say."""
    row = rows[0]
    said = N_("The customer was deleted.")
    ask(
        view,
        _("Delete {name}?").format(name=row.name),
        _("{name} is no longer found. Receipts and reports keep what they say.").format(name=row.name),
        _("Delete customer"),
        lambda: Operation(delete_customer, CustomerChosen(row.id), said=said).run(view.desk, view),
        danger=True,
    )


def detail(view: ListView, row: CustomerRow) -> QWidget:
    """A customer with addresses."""

    def fill(card: CustomerCard, column: QVBoxLayout) -> None:
        person = card.customer
        pairs = [
            (_("Company"), person.company),
            (_("E-mail"), person.email or ""),
            (_("Phone"), person.phone or ""),
            (_("Customer card"), person.card_number or ""),
            (_("Tax"), _("buys without tax") if person.tax_exempt else ""),
            (_("Notes"), person.notes),
            (_("Since"), view.desk.formats.full_moment(card.created_at)),
        ]
        for address in card.addresses:
            lines = (
                address.line1,
                address.line2,
                f"{address.postal_code} {address.city}".strip(),
                address.country_code,
            )
            pairs.append((_("Address"), "\n".join(filter(None, lines))))
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
    search=N_("Name, mail, phone or card"),
    columns=(
        text("name", N_("Name"), stretch=True, sort="name"),
        text("company", N_("Company"), width=176),
        text("email", N_("E-mail"), width=216),
        text("phone", N_("Phone"), width=136),
        text("card_number", N_("Customer card"), width=128, hidden=True),
        state("status", N_("State"), STATES, width=112),
        moment("created_at", N_("Since"), hidden=True),
    ),
    filters=(choice("status", N_("State"), (("active", N_("Active")), ("blocked", N_("Blocked")))),),
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
        Command("edit", N_("Change"), edit, "pencil-outline", Permission.CUSTOMER_EDIT, "Ctrl+E"),
        Command("delete", N_("Delete"), delete, "delete-outline", Permission.CUSTOMER_EDIT, "Ctrl+Del", danger=True),
    ),
    refresh_on={"Customer"},
    detail=detail,
    minor=("company", "phone", "status"),
    empty=Empty("account-group-outline", N_("Customers can be added here or at the till."), "new"),
    on_open="edit",
)
