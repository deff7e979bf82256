"""Groups of customers: their price list and who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.permissions import Permission
from shopdesk.parties.groups import (
    GROUP_SORTS,
    MEMBER_SORTS,
    GroupChosen,
    GroupRow,
    MemberRow,
    Membership,
    SaveGroup,
    group_card,
    groups_page,
    join_group,
    leave_group,
    members_page,
    remove_group,
    save_group,
)
from shopdesk.parties.queries import FEWEST_LETTERS, FoundCustomer, find_customers
from shopdesk.ui.kit.columns import number, state, text
from shopdesk.ui.kit.form_dialog import Form, Shown, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import Dialog, ask
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.pickers import Picker
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, form_tab, list_tab
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.screens.customer_page import CUSTOMER
from shopdesk.ui.screens.customer_words import STATES, list_or_none

_LIST = Permission.CUSTOMER_LIST
FORM = Form(
    key="groups.group",
    title=N_("Customer group"),
    command=SaveGroup,
    use_case=save_group,
    fields=(
        Field("code", N_("Code"), required=True, max_length=40, help=N_("Short, for files and headless requests.")),
        Field("name", N_("Name"), required=True, max_length=100),
        Field("price_list_id", N_("Price list"), Holds.CHOICE, query=list_or_none),
    ),
    given=("group_id", "version"),
    act=N_("Save group"),
    said=N_("The group was saved."),
)


def shown(_page: RecordView, group: GroupRow) -> Shown:
    """A group as the form shows it."""
    values = {field.key: getattr(group, field.key) for field in FORM.fields}
    return Shown(values, {"group_id": group.id, "version": group.version}, FORM)


def add(view: ListView, _rows: Sequence[Any]) -> None:
    """Make a group."""
    open_form(view, view.desk, FORM)


def remove(page: RecordView, group: GroupRow) -> None:
    """Remove a group; its members stay customers."""
    words = ngettext(
        "{count} customer leaves it and loses its prices.",
        "{count} customers leave it and lose its prices.",
        group.members,
    ).format(count=group.members)
    ask(
        page,
        _("Remove the group {name}?").format(name=group.name),
        words if group.members else _("Nobody is in it."),
        _("Remove group"),
        lambda: Operation(remove_group, GroupChosen(group.id), done=lambda _none: page.close_page()).run(
            page.desk, page
        ),
        danger=True,
    )


def put_in(view: ListView, _rows: Sequence[Any]) -> None:
    """Find a customer and put them into the group."""
    group_id = view.fixed["group_id"]
    assert isinstance(group_id, int)
    dialog = Dialog(view, "put_into_group", _("Put a customer into the group"))
    dialog.setMinimumSize(560, 420)
    actor = view.desk.actor
    picker = Picker(
        view.desk,
        lambda reader, text: find_customers(reader, text, actor),
        _words,
        "member_picker",
        _("Name, mail, phone, card or town"),
        least=FEWEST_LETTERS,
    )

    def take(found: FoundCustomer) -> None:
        dialog.accept()
        command = Membership(found.id, group_id)
        Operation(join_group, command, said=N_("The customer is in the group."), undo=(leave_group, command)).run(
            view.desk, view
        )

    picker.picked.connect(take)
    dialog.body.addWidget(picker)
    dialog.body.addStretch(1)
    dialog.add_cancel()
    dialog.open()
    picker.setFocus()


def take_out(view: ListView, rows: Sequence[MemberRow]) -> None:
    """Take a customer out of the group."""
    group_id = view.fixed["group_id"]
    assert isinstance(group_id, int)
    command = Membership(rows[0].id, group_id)
    Operation(leave_group, command, said=N_("Taken out of the group."), undo=(join_group, command)).run(view.desk, view)


def _words(found: FoundCustomer) -> tuple[str, str, str]:
    second = " · ".join(filter(None, (found.company if found.name else "", found.email, found.phone)))
    return found.name or found.company, second, ""


MEMBERS = ListScreen(
    key="groups.members",
    title=N_("Members"),
    glyph="account-group-outline",
    needs=_LIST,
    page=members_page,
    row=MemberRow,
    sorts=MEMBER_SORTS,
    sort="name",
    search="",
    columns=(
        text("name", N_("Name"), stretch=True, sort=True),
        text("company", N_("Company"), width=240),
        state("status", N_("State"), STATES, width=112),
    ),
    commands=(
        Command("put_in", N_("Put a customer in"), put_in, "plus", _LIST, "Ctrl+N", Pick.NONE, primary=True),
        Command("take_out", N_("Take out"), take_out, "delete-outline", _LIST, "Ctrl+Del"),
    ),
    refresh_on={"CustomerGroup", "Customer"},
    empty=Empty("account-group-outline", N_("Nobody is in this group yet."), "put_in"),
    page_of=(CUSTOMER, "id"),
)
GROUP = RecordPage(
    key="groups.page",
    title=N_("Customer group"),
    needs=_LIST,
    glyph="account-group-outline",
    load=group_card,
    head=lambda group, _formats: group.name,
    under=lambda group, _formats: group.code,
    tabs=(
        list_tab(
            "members",
            N_("Members"),
            MEMBERS,
            lambda group: {"group_id": group.id},
            count=lambda group: group.members,
        ),
        form_tab("details", N_("Details"), shown),
    ),
    commands=(RecordCommand("remove", N_("Remove group"), remove, "delete-outline", _LIST, danger=True),),
    refresh_on={"CustomerGroup"},
    entity="customer_group",
)
GROUPS = ListScreen(
    key="groups.groups",
    title=N_("Customer groups"),
    glyph="account-group-outline",
    needs=_LIST,
    page=groups_page,
    row=GroupRow,
    sorts=GROUP_SORTS,
    sort="name",
    search=N_("Code or name"),
    columns=(
        text("name", N_("Name"), stretch=True, sort=True),
        text("code", N_("Code"), width=136),
        text("price_list", N_("Price list"), width=200),
        number("members", N_("Members"), width=96),
    ),
    commands=(Command("new", N_("New group"), add, "plus", _LIST, "Ctrl+N", Pick.NONE, primary=True),),
    refresh_on={"CustomerGroup"},
    empty=Empty("account-group-outline", N_("Groups give many customers one price list."), "new"),
    page_of=(GROUP, "id"),
)
