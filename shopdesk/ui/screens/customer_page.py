"""The page of one customer: who they are, what is kept for them, what they bought; merging, exporting and erasing them."""

from __future__ import annotations

from typing import Any

from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.permissions import Permission
from shopdesk.parties.customers import (
    CustomerChosen,
    EditCustomer,
    delete_customer,
    edit_customer,
    restore_customer,
)
from shopdesk.parties.queries import CustomerCard, customer_card
from shopdesk.ui.dialogs.customer_erase import ask_erasure
from shopdesk.ui.dialogs.customer_export import export_of
from shopdesk.ui.dialogs.customer_merge import pick_and_merge
from shopdesk.ui.dialogs.customer_new import PERSON
from shopdesk.ui.kit.form_dialog import Form, Shown
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, form_tab, list_tab
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.screens.customer_reviews import REVIEWS_OF_CUSTOMER
from shopdesk.ui.screens.customer_story import CONSENT_HISTORY, NOTES, ORDERS
from shopdesk.ui.screens.customer_tabs import ADDRESSES, GROUPS_OF, METHODS
from shopdesk.ui.screens.customer_wishes import FAVOURITES, WISHES
from shopdesk.ui.screens.customer_words import LANGUAGES, STATES, list_or_none

_TERMS = N_("Terms")
EDIT = Form(
    key="customers.edit",
    title=N_("Customer"),
    command=EditCustomer,
    use_case=edit_customer,
    fields=(
        *PERSON,
        Field("notes", N_("Remark"), Holds.LONG, group=N_("Person")),
        Field("language", N_("Language of their papers"), Holds.CHOICE, group=N_("Reached by"), options=LANGUAGES),
        Field("price_list_id", N_("Own price list"), Holds.CHOICE, group=_TERMS, query=list_or_none),
        Field("account_limit_cents", N_("Account limit"), Holds.MONEY, group=_TERMS),
        Field("tax_exempt", N_("Buys without tax"), Holds.YES, group=_TERMS),
        Field("is_blocked", N_("Blocked: cannot be sold to"), Holds.YES, group=_TERMS),
        Field("block_reason", N_("Why blocked"), group=_TERMS, max_length=200),
    ),
    given=("customer_id", "version"),
    act=N_("Save customer"),
    said=N_("The customer was saved."),
    make=lambda values: EditCustomer(
        **{
            **values,
            "language": values["language"] or None,
            "account_limit_cents": values["account_limit_cents"] or 0,
        }
    ),
)


def shown(_page: RecordView, card: CustomerCard) -> Shown:
    """A customer as the form shows them."""
    person = card.customer
    values: dict[str, object] = {
        field.key: getattr(person, field.key, None)
        for field in EDIT.fields
        if field.key not in ("is_blocked", "block_reason")
    }
    values |= {
        "is_blocked": card.status == "blocked",
        "block_reason": card.block_reason,
        "language": person.language or "",
    }
    return Shown(values, {"customer_id": card.id, "version": card.version}, EDIT)


def under(card: CustomerCard, formats: Formats) -> str:
    """The line below the name: company, what they bought, since when."""
    bought = ngettext("{count} sale, {sum}", "{count} sales, {sum}", card.sales).format(
        count=card.sales, sum=formats.money(card.turnover_cents)
    )
    parts = [card.customer.company if card.customer.company != card.name else "", bought if card.sales else ""]
    if card.last_sale_at is not None:
        parts.append(_("last on {moment}").format(moment=formats.moment(card.last_sale_at)))
    parts.append(_("customer since {moment}").format(moment=formats.moment(card.created_at)))
    if card.status == "blocked" and card.block_reason:
        parts.append(_("blocked: {reason}").format(reason=card.block_reason))
    return " · ".join(filter(None, parts))


def merge(page: RecordView, card: CustomerCard) -> None:
    """Merge with another customer; the page shows whoever stayed."""
    pick_and_merge(page, page.desk, card.id, lambda _survivor: page.refresh())


def erase(page: RecordView, card: CustomerCard) -> None:
    """Forget who this is, after saying exactly what that means."""
    ask_erasure(page, page.desk, card.id, page.refresh)


def delete(page: RecordView, card: CustomerCard) -> None:
    """Take the customer out of the lists; can be undone."""
    command = CustomerChosen(card.id)
    Operation(
        delete_customer,
        command,
        done=lambda _result: page.refresh(),
        said=N_("The customer was deleted. Sales keep what they say."),
        undo=(restore_customer, command),
    ).run(page.desk, page)


def export(page: RecordView, card: CustomerCard) -> None:
    """Everything the shop holds about the customer, as a file."""
    export_of(page, page.desk, card)


def of_customer(card: CustomerCard) -> dict[str, Any]:
    """What the lists of the page are asked with."""
    return {"customer_id": card.id}


CUSTOMER = RecordPage(
    key="customers.customer",
    title=N_("Customer"),
    needs=Permission.CUSTOMER_LIST,
    glyph="account-outline",
    load=customer_card,
    as_actor=True,
    head=lambda card, _formats: card.name,
    under=under,
    state=lambda card: STATES[card.status],
    tabs=(
        form_tab("details", N_("Details"), shown),
        list_tab("addresses", N_("Addresses"), ADDRESSES, of_customer, count=lambda card: len(card.addresses)),
        list_tab("sales", N_("Sales"), ORDERS, of_customer, count=lambda card: card.sales),
        list_tab("wishes", N_("Wish list"), WISHES, of_customer),
        list_tab("favourites", N_("Favourites"), FAVOURITES, of_customer),
        list_tab("reviews", N_("Reviews"), REVIEWS_OF_CUSTOMER, of_customer),
        list_tab("notes", N_("Notes"), NOTES, of_customer),
        list_tab("payment_methods", N_("Payment methods"), METHODS, of_customer),
        list_tab("groups", N_("Groups"), GROUPS_OF, of_customer, count=lambda card: len(card.groups)),
        list_tab("consents", N_("Consents"), CONSENT_HISTORY, of_customer),
    ),
    commands=(
        RecordCommand("merge", N_("Merge"), merge, "account-switch-outline", Permission.CUSTOMER_MERGE),
        RecordCommand("export", N_("Export data"), export, "export", Permission.EXPORT),
        RecordCommand("delete", N_("Delete"), delete, "delete-outline", Permission.CUSTOMER_LIST, more=True),
        RecordCommand(
            "erase", N_("Erase"), erase, "shield-account-outline", Permission.CUSTOMER_ERASE, danger=True, more=True
        ),
    ),
    refresh_on={"Customer", "CustomerGroup"},
    entity="customer",
)
