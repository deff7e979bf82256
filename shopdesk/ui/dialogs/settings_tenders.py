"""The ways to pay that the shop takes, in the order of the pay panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.sales.tenders import (
    AddTender,
    EditTender,
    OrderTenders,
    TenderRow,
    add_tender,
    edit_tender,
    order_tenders,
    tenders_list,
)
from shopdesk.ui.kit.columns import State, flag, number, state, text
from shopdesk.ui.kit.form_dialog import Form, Fresh, Shown, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.kit.whole import one, whole

KINDS = {
    "cash": State(N_("Cash"), "", "cash"),
    "card": State(N_("Card"), "", "credit-card-outline"),
    "other": State(N_("Other"), "", "wallet-outline"),
}
ACTIVE = {"True": State(N_("Taken"), "success", "check"), "False": State(N_("Not taken"), "secondary", "cancel")}
_EDIT = Permission.SETTINGS_EDIT
_WORDS = (
    Field("name", N_("Name"), required=True, max_length=40),
    Field("description", N_("Description"), max_length=200),
    Field("opens_drawer", N_("Opens the drawer"), Holds.YES),
)
NEW = Form(
    key="settings.new_tender",
    title=N_("New way to pay"),
    command=AddTender,
    use_case=add_tender,
    fields=(Field("code", N_("Code"), required=True, max_length=20, help=N_("For scripts and reports.")), *_WORDS),
    act=N_("Add way to pay"),
    said=N_("The way to pay was added."),
)
EDIT = Form(
    key="settings.edit_tender",
    title=N_("Change way to pay"),
    command=EditTender,
    use_case=edit_tender,
    fields=(*_WORDS, Field("is_active", N_("The shop takes it"), Holds.YES)),
    given=("tender_id", "version"),
    act=N_("Save way to pay"),
    entity="payment_type",
)


def new(view: ListView, _rows: Sequence[Any]) -> None:
    """Add a tender of the shop's own."""
    open_form(view, view.desk, NEW)


def edit(view: ListView, rows: Sequence[TenderRow]) -> None:
    """Edit a tender."""
    now = _shown(rows[0])
    fresh = Fresh(one(tenders_list), (rows[0].id,), _shown)
    open_form(view, view.desk, EDIT, values=now.values, given=now.given, fresh=fresh, entity_id=rows[0].code)


def _shown(row: TenderRow) -> Shown:
    values = {field.key: getattr(row, field.key) for field in EDIT.fields}
    return Shown(values, {"tender_id": row.id, "version": row.version})


def _move(view: ListView, rows: Sequence[TenderRow], step: int) -> None:
    ids = [row.id for row in sorted(view.model.rows, key=lambda row: row.position)]
    at = ids.index(rows[0].id)
    to = min(max(at + step, 0), len(ids) - 1)
    ids.insert(to, ids.pop(at))
    Operation(order_tenders, OrderTenders(tuple(ids))).run(view.desk, view)


def earlier(view: ListView, rows: Sequence[TenderRow]) -> None:
    """Move a tender up in the pay panel."""
    _move(view, rows, -1)


def later(view: ListView, rows: Sequence[TenderRow]) -> None:
    """Move a tender down in the pay panel."""
    _move(view, rows, 1)


TENDERS = ListScreen(
    key="settings.tenders",
    title=N_("Ways to pay"),
    glyph="cash",
    needs=_EDIT,
    page=whole(tenders_list),
    row=TenderRow,
    sort="position",
    columns=(
        text("name", N_("Name"), width=200),
        number("position", N_("Place"), width=72, sort=True),
        text("description", N_("Description"), stretch=True),
        state("kind", N_("Kind"), KINDS),
        flag("opens_drawer", N_("Drawer")),
        state("is_active", N_("State"), ACTIVE),
        text("code", N_("Code"), width=112),
    ),
    commands=(
        Command("new", N_("New way to pay"), new, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("edit", N_("Edit"), edit, "pencil-outline", _EDIT, "Ctrl+E"),
        Command("earlier", N_("Further up"), earlier, "arrow-up", _EDIT, "Alt+Up"),
        Command("later", N_("Further down"), later, "arrow-down", _EDIT, "Alt+Down"),
    ),
    refresh_on={"PaymentType"},
    minor=("code", "description", "opens_drawer"),
    empty=Empty("cash", N_("Cash and card are there from the start."), "new"),
    on_open="edit",
)
