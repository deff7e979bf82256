"""The parts of a customer's page that tell what happened: notes, consents, sales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest
from shopdesk.db.unit import Reader
from shopdesk.parties.notes import (
    AddNote,
    ConsentRow,
    NoteChosen,
    NoteRow,
    RecordConsent,
    add_note,
    consents_of,
    notes_of,
    record_consent,
    remove_note,
)
from shopdesk.sales.queries import SALE_SORTS, SaleRow, sales_page
from shopdesk.ui.kit.columns import State, moment, money, state, text
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.kit.whole import whole
from shopdesk.ui.screens.customer_tabs import owner_of
from shopdesk.ui.screens.customer_words import CONSENTS, SOURCES
from shopdesk.ui.screens.sales import STATES as SALE_STATES
from shopdesk.ui.screens.sales import preview, state_of

_EDIT = Permission.CUSTOMER_EDIT

# ------------------------------------------------------------------ notes

NOTE = Form(
    key="customers.note",
    title=N_("New note"),
    command=AddNote,
    use_case=add_note,
    fields=(Field("text", N_("Note"), Holds.LONG, required=True),),
    given=("customer_id",),
    act=N_("Add note"),
)


def _add_note(view: ListView, _rows: Sequence[Any]) -> None:
    open_form(view, view.desk, NOTE, given={"customer_id": owner_of(view)})


def _remove_note(view: ListView, rows: Sequence[NoteRow]) -> None:
    row = rows[0]
    ask(
        view,
        _("Remove this note?"),
        row.text,
        _("Remove note"),
        lambda: Operation(remove_note, NoteChosen(row.id)).run(view.desk, view),
        danger=True,
    )


NOTES = ListScreen(
    key="customers.notes",
    title=N_("Notes"),
    glyph="note-text-outline",
    needs=Permission.CUSTOMER_LIST,
    page=whole(notes_of),
    row=NoteRow,
    search=N_("Words of a note"),
    columns=(
        text("text", N_("Note"), stretch=True),
        moment("created_at", N_("Written")),
        text("author", N_("By"), width=104),
    ),
    commands=(
        Command("add", N_("Add note"), _add_note, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command(
            "remove", N_("Remove"), _remove_note, "delete-outline", Permission.CUSTOMER_LIST, "Ctrl+Del", danger=True
        ),
    ),
    empty=Empty("note-text-outline", N_("Nothing was noted yet."), "add"),
    export=False,
)

# ------------------------------------------------------------------ consents

CONSENT = Form(
    key="customers.consent",
    title=N_("Record a consent"),
    command=RecordConsent,
    use_case=record_consent,
    fields=(
        Field("kind", N_("What for"), Holds.CHOICE, required=True, options=tuple(CONSENTS.items())),
        Field(
            "is_given",
            N_("Said"),
            Holds.CHOICE,
            required=True,
            options=((True, N_("Yes, the consent is given")), (False, N_("No, the consent is withdrawn"))),
        ),
        Field("source", N_("How"), Holds.CHOICE, required=True, options=tuple(SOURCES.items())),
    ),
    given=("customer_id",),
    act=N_("Record consent"),
    said=N_("The consent was recorded."),
)


def _record(view: ListView, _rows: Sequence[Any]) -> None:
    values: dict[str, object] = {"is_given": True, "source": "in_person"}
    open_form(view, view.desk, CONSENT, values=values, given={"customer_id": owner_of(view)})


GIVEN = {
    "True": State(N_("Given"), "success", "check"),
    "False": State(N_("Withdrawn"), "secondary", "cancel"),
}
CONSENT_HISTORY = ListScreen(
    key="customers.consents",
    title=N_("Consents"),
    glyph="shield-check-outline",
    needs=Permission.CUSTOMER_LIST,
    page=whole(consents_of),
    row=ConsentRow,
    search="",
    columns=(
        state("kind", N_("What for"), {key: State(words) for key, words in CONSENTS.items()}, width=240),
        state("is_given", N_("Said"), GIVEN, width=128),
        state("source", N_("How"), {key: State(words) for key, words in SOURCES.items()}, width=120),
        moment("at", N_("When")),
        text("author", N_("Recorded by"), stretch=True),
    ),
    commands=(Command("record", N_("Record consent"), _record, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),),
    empty=Empty("shield-check-outline", N_("No consent was ever given or withdrawn."), "record"),
    minor=("source", "author"),
    export=False,
)

# ------------------------------------------------------------------ sales


def sales_of_customer(reader: Reader, request: PageRequest, customer_id: int) -> Page[SaleRow]:
    """The sales and voids of a customer, newest first."""
    return sales_page(reader, replace(request, filters=(*request.filters, ("customer_id", customer_id))))


ORDERS = ListScreen(
    key="customers.sales",
    title=N_("Sales"),
    glyph="receipt-text-outline",
    needs=Permission.SALES_VIEW,
    page=sales_of_customer,
    row=SaleRow,
    ident="number",
    sorts=SALE_SORTS,
    sort="placed",
    descending=True,
    search=N_("Number, or its last figures"),
    columns=(
        text("number", N_("Number"), width=136, sort=True),
        moment("placed_at", N_("Time"), sort="placed"),
        text("till", N_("Till"), width=72),
        text("clerk", N_("Clerk"), stretch=True),
        state("state", N_("State"), SALE_STATES, read=state_of),
        money("total_cents", N_("Total"), sort="total"),
    ),
    commands=(Command("preview", N_("Receipt"), preview, "receipt-text-outline", shortcut="Ctrl+P"),),
    refresh_on={"Order", "Void"},
    empty=Empty("receipt-text-outline", N_("Nothing was sold to this customer yet.")),
    on_open="preview",
    minor=("till", "clerk"),
)
