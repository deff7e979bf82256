"""The parts of a customer's page that are lists: addresses, payment methods, groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.parties.addresses import AddressRow, RemoveAddress, addresses_of, remove_address
from shopdesk.parties.groups import Membership, group_choices, groups_of, join_group, leave_group
from shopdesk.parties.payment_methods import (
    MethodChosen,
    MethodRow,
    SavePaymentMethod,
    payment_methods_of,
    payment_type_choices,
    remove_payment_method,
    save_payment_method,
)
from shopdesk.parties.postal import postal_lines
from shopdesk.ui.dialogs.customer_address import open_address
from shopdesk.ui.kit.columns import Column, Kind, State, flag, state, text
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.kit.whole import whole
from shopdesk.ui.screens.customer_words import ADDRESS_TYPES

_EDIT = Permission.CUSTOMER_EDIT


def owner_of(view: ListView) -> int:
    """The customer whose page this list is on."""
    number = view.fixed["customer_id"]
    assert isinstance(number, int)
    return number


# ------------------------------------------------------------------ addresses


def _add_address(view: ListView, _rows: Sequence[Any]) -> None:
    open_address(view, view.desk, owner_of(view))


def _change_address(view: ListView, rows: Sequence[AddressRow]) -> None:
    open_address(view, view.desk, owner_of(view), rows[0])


def _remove_address(view: ListView, rows: Sequence[AddressRow]) -> None:
    row = rows[0]
    ask(
        view,
        _("Remove this address?"),
        "\n".join(postal_lines(row)),
        _("Remove address"),
        lambda: Operation(remove_address, RemoveAddress(row.id), said=N_("The address was removed.")).run(
            view.desk, view
        ),
        danger=True,
    )


def _written(row: AddressRow) -> str:
    return " · ".join(postal_lines(row))


ADDRESSES = ListScreen(
    key="customers.addresses",
    title=N_("Addresses"),
    glyph="map-marker-outline",
    needs=Permission.CUSTOMER_LIST,
    page=whole(addresses_of),
    row=AddressRow,
    search="",
    columns=(
        state("type", N_("Kind"), {key: State(words) for key, words in ADDRESS_TYPES.items()}, width=144),
        Column("line1", N_("Address"), Kind.TEXT, 240, stretch=True, read=_written),
        text("country_code", N_("Country"), width=72),
        flag("is_default", N_("Default"), width=88),
    ),
    commands=(
        Command("add", N_("Add address"), _add_address, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("change", N_("Edit"), _change_address, "pencil-outline", _EDIT, "Ctrl+E"),
        Command("remove", N_("Remove"), _remove_address, "delete-outline", _EDIT, "Ctrl+Del", danger=True),
    ),
    empty=Empty("map-marker-outline", N_("No address is known."), "add"),
    on_open="change",
    export=False,
)

# ------------------------------------------------------------------ payment methods


def _address_choices(reader: Reader, customer_id: int) -> tuple[tuple[int | None, str], ...]:
    return ((None, _("None")), *((row.id, _written(row)) for row in addresses_of(reader, customer_id)))


def method_form(customer_id: int) -> Form:
    """The form of a stored payment method; the addresses offered are this customer's."""
    return Form(
        key="customers.payment_method",
        title=N_("Payment method"),
        command=SavePaymentMethod,
        use_case=save_payment_method,
        fields=(
            Field("payment_type_id", N_("Payment type"), Holds.CHOICE, required=True, query=payment_type_choices),
            Field(
                "token",
                N_("Reference"),
                required=True,
                max_length=200,
                help=N_("What the payment provider calls it. Never the card's own number."),
            ),
            Field("last4", N_("Last four digits"), max_length=4),
            Field("card_type", N_("Kind of card"), max_length=40),
            Field("expiry_month", N_("Valid to: month"), Holds.COUNT),
            Field("expiry_year", N_("Valid to: year"), Holds.COUNT),
            Field("holder", N_("Holder"), max_length=100),
            Field(
                "billing_address_id",
                N_("Billing address"),
                Holds.CHOICE,
                query=partial(_address_choices, customer_id=customer_id),
            ),
            Field("is_default", N_("Used unless another one is chosen"), Holds.YES),
            Field("is_active", N_("In use"), Holds.YES),
        ),
        given=("customer_id", "payment_method_id", "version"),
        act=N_("Save payment method"),
    )


def _add_method(view: ListView, _rows: Sequence[Any]) -> None:
    customer_id = owner_of(view)
    values: dict[str, object] = {"is_active": True}
    open_form(view, view.desk, method_form(customer_id), values=values, given={"customer_id": customer_id})


def _change_method(view: ListView, rows: Sequence[MethodRow]) -> None:
    row, customer_id = rows[0], owner_of(view)
    form = method_form(customer_id)
    values = {field.key: getattr(row, field.key) for field in form.fields}
    given = {"customer_id": customer_id, "payment_method_id": row.id, "version": row.version}
    open_form(view, view.desk, form, values=values, given=given)


def _remove_method(view: ListView, rows: Sequence[MethodRow]) -> None:
    row = rows[0]
    ask(
        view,
        _("Remove this payment method?"),
        _("{kind} {card} is no longer kept. Payments that were made with it stay as they are.").format(
            kind=row.payment_type, card=_card(row)
        ),
        _("Remove payment method"),
        lambda: Operation(remove_payment_method, MethodChosen(row.id)).run(view.desk, view),
        danger=True,
    )


def _card(row: MethodRow) -> str:
    return " ".join(filter(None, (row.card_type, f"…{row.last4}" if row.last4 else "")))


def _expiry(row: MethodRow) -> str:
    return f"{row.expiry_month:02d}/{row.expiry_year}" if row.expiry_month and row.expiry_year else ""


METHODS = ListScreen(
    key="customers.payment_methods",
    title=N_("Payment methods"),
    glyph="credit-card-outline",
    needs=Permission.CUSTOMER_LIST,
    page=whole(payment_methods_of),
    row=MethodRow,
    search="",
    columns=(
        text("payment_type", N_("Payment type"), width=136),
        Column("card_type", N_("Card"), Kind.TEXT, 136, read=_card),
        Column("expiry_year", N_("Valid to"), Kind.TEXT, 88, read=_expiry),
        text("holder", N_("Holder"), stretch=True),
        flag("is_default", N_("Default"), width=88),
        flag("is_active", N_("In use"), width=80),
        text("token", N_("Reference"), width=160, hidden=True),
    ),
    commands=(
        Command("add", N_("Add payment method"), _add_method, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("change", N_("Edit"), _change_method, "pencil-outline", _EDIT, "Ctrl+E"),
        Command("remove", N_("Remove"), _remove_method, "delete-outline", _EDIT, "Ctrl+Del", danger=True),
    ),
    empty=Empty("credit-card-outline", N_("No payment method is kept. Full card numbers never are."), "add"),
    on_open="change",
    minor=("holder", "is_active"),
    export=False,
)

# ------------------------------------------------------------------ groups


@dataclass(frozen=True, slots=True)
class GroupOf:
    """A group that the customer is in."""

    id: int
    name: str


def memberships(reader: Reader, customer_id: int) -> tuple[GroupOf, ...]:
    """The groups of a customer as rows."""
    return tuple(GroupOf(group_id, name) for group_id, name in groups_of(reader, customer_id))


JOIN = Form(
    key="customers.join_group",
    title=N_("Put into a group"),
    command=Membership,
    use_case=join_group,
    fields=(Field("group_id", N_("Group"), Holds.CHOICE, required=True, query=group_choices),),
    given=("customer_id",),
    act=N_("Put into group"),
)


def _join(view: ListView, _rows: Sequence[Any]) -> None:
    open_form(view, view.desk, JOIN, given={"customer_id": owner_of(view)})


def _leave(view: ListView, rows: Sequence[GroupOf]) -> None:
    command = Membership(owner_of(view), rows[0].id)
    back = (join_group, command)
    Operation(leave_group, command, said=N_("Taken out of the group."), undo=back).run(view.desk, view)


GROUPS_OF = ListScreen(
    key="customers.groups_of",
    title=N_("Groups"),
    glyph="account-group-outline",
    needs=Permission.CUSTOMER_LIST,
    page=whole(memberships),
    row=GroupOf,
    search="",
    columns=(text("name", N_("Group"), stretch=True),),
    commands=(
        Command(
            "join", N_("Put into a group"), _join, "plus", Permission.CUSTOMER_LIST, "Ctrl+N", Pick.NONE, primary=True
        ),
        Command("leave", N_("Take out"), _leave, "delete-outline", Permission.CUSTOMER_LIST, "Ctrl+Del"),
    ),
    empty=Empty("account-group-outline", N_("This customer is in no group."), "join"),
    export=False,
)
