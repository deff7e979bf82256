"""Tills and their printers: where each stands, what it prints on, and the page that tries it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.printing.config import PrinterConfig
from shopdesk.printing.documents import Document
from shopdesk.sales.documents import test_page_document
from shopdesk.sales.reprint import PrintTestPage, print_test_page
from shopdesk.sales.tills import (
    CreateTill,
    EditTill,
    SetPrinter,
    TillRow,
    create_till,
    edit_till,
    set_printer,
    tills_list,
)
from shopdesk.ui.dialogs.preview import show_paper
from shopdesk.ui.kit.columns import State, state, text
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.form_dialog import Form, Fresh, Shown, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.kit.whole import one, whole

ACTIVE = {
    "True": State(N_("In use"), "success", "check"),
    "False": State(N_("Retired"), "secondary", "archive-outline"),
}
PRINTERS = {
    "network": State(N_("Network"), "", "wifi"),
    "device": State(N_("Device file"), "", "printer-outline"),
    "queue": State(N_("System queue"), "", "printer-outline"),
    "folder": State(N_("Folder"), "", "folder-outline"),
    "memory": State(N_("Demo"), "secondary", "printer-outline"),
    "none": State(N_("None"), "secondary", "printer-off-outline"),
}
_EDIT = Permission.TILL_EDIT
NEW = Form(
    key="settings.new_till",
    title=N_("New till"),
    command=CreateTill,
    use_case=create_till,
    fields=(
        Field(
            "code",
            N_("Code"),
            required=True,
            max_length=8,
            help=N_("Stands in every number of this till; never changes."),
        ),
        Field("name", N_("Name"), max_length=60),
        Field(
            "warehouse",
            N_("Sells from"),
            Holds.CHOICE,
            required=True,
            query=lambda reader: tuple((name, name) for _id, name in warehouse_choices(reader)),
        ),
    ),
    act=N_("Add till"),
    said=N_("The till was added."),
)
EDIT = Form(
    key="settings.edit_till",
    title=N_("Change till"),
    command=EditTill,
    use_case=edit_till,
    fields=(
        Field("name", N_("Name"), max_length=60),
        Field("warehouse_id", N_("Sells from"), Holds.CHOICE, required=True, query=warehouse_choices),
        Field("is_active", N_("In use"), Holds.YES),
    ),
    given=("till_id", "version"),
    act=N_("Save till"),
    entity="till",
)
WHERE, HOW = N_("Where it is"), N_("How it prints")
PRINTER_FIELDS = (
    Field(
        "kind",
        N_("Kind"),
        Holds.CHOICE,
        required=True,
        options=tuple((kind, look.word) for kind, look in PRINTERS.items() if kind not in ("none", "memory")),
        group=WHERE,
    ),
    Field(
        "address",
        N_("Address"),
        required=True,
        group=WHERE,
        help=N_("Host and port (10.0.0.7:9100), a device file, the name of a queue, or a folder."),
    ),
    Field("opens_drawer", N_("A cash drawer hangs on it"), Holds.YES, group=WHERE),
    Field("ask_status", N_("It tells when paper is out"), Holds.YES, group=WHERE),
    Field(
        "format",
        N_("Speaks"),
        Holds.CHOICE,
        required=True,
        options=(("escpos", N_("ESC/POS (receipt printers)")), ("pdf", N_("PDF (office printers, folders)"))),
        group=HOW,
    ),
    Field(
        "mode",
        N_("Receipts as"),
        Holds.CHOICE,
        required=True,
        options=(("raster", N_("picture: every script, any printer")), ("text", N_("text: fast, one code page"))),
        group=HOW,
    ),
    Field(
        "paper",
        N_("Paper of a PDF"),
        Holds.CHOICE,
        required=True,
        options=(("80mm", "80 mm"), ("58mm", "58 mm"), ("a4", "A4")),
        group=HOW,
    ),
    Field(
        "dots",
        N_("Width"),
        Holds.CHOICE,
        required=True,
        options=((576, N_("80 mm (576 dots, 48 letters)")), (384, N_("58 mm (384 dots, 32 letters)"))),
        group=HOW,
    ),
    Field(
        "code_page",
        N_("Code page of text"),
        Holds.CHOICE,
        required=True,
        options=tuple((page, page.upper()) for page in ("cp858", "cp437", "cp1252")),
        group=HOW,
    ),
    Field(
        "cut",
        N_("Cut"),
        Holds.CHOICE,
        required=True,
        options=(("partial", N_("partly")), ("full", N_("through")), ("none", N_("not at all"))),
        group=HOW,
    ),
)


def printer_config(values: dict[str, Any], before: PrinterConfig | None) -> PrinterConfig:
    """The printer that the form describes; raises BadField."""
    named = {field.key: values[field.key] for field in PRINTER_FIELDS}
    named["columns"] = 48 if named["dots"] == 576 else 32
    kept = asdict(before) if before is not None else {}
    return PrinterConfig(**{**kept, **named})


def _printer_form(row: TillRow) -> Form:
    def make(values: dict[str, Any]) -> SetPrinter:
        return SetPrinter(row.id, row.version, printer_config(values, row.printer))

    return Form(
        "settings.printer", N_("Printer"), SetPrinter, set_printer, PRINTER_FIELDS, N_("Save printer"), make=make
    )


def new(view: ListView, _rows: Sequence[Any]) -> None:
    """Add a till."""
    open_form(view, view.desk, NEW)


def edit(view: ListView, rows: Sequence[TillRow]) -> None:
    """Edit a till's name, warehouse and whether it is in use."""
    now = _shown(rows[0])
    fresh = Fresh(one(tills_list), (rows[0].id,), _shown)
    open_form(view, view.desk, EDIT, values=now.values, given=now.given, fresh=fresh, entity_id=rows[0].code)


def _shown(row: TillRow) -> Shown:
    values = {"name": row.name, "warehouse_id": row.warehouse_id, "is_active": row.is_active}
    return Shown(values, {"till_id": row.id, "version": row.version})


def printer(view: ListView, rows: Sequence[TillRow]) -> None:
    """Set a till's printer."""
    row = rows[0]
    known = asdict(row.printer or PrinterConfig(kind="memory", address="-"))
    values = {field.key: known[field.key] for field in PRINTER_FIELDS}
    if row.printer is None:
        values |= {"kind": "network", "address": ""}
    open_form(view, view.desk, _printer_form(row), values=values)


def no_printer(view: ListView, rows: Sequence[TillRow]) -> None:
    """Take a till's printer away."""
    row = rows[0]
    operation = Operation(set_printer, SetPrinter(row.id, row.version, None), said=N_("The till has no printer now."))
    ask(
        view,
        _("Remove the printer of {till}?").format(till=row.code),
        _("Its receipts are kept and can be printed later at another till."),
        _("Remove printer"),
        lambda: operation.run(view.desk, view),
    )


def try_printer(view: ListView, rows: Sequence[TillRow]) -> None:
    """Show the test page, with the button that prints it."""
    row = rows[0]

    def build(reader: Reader) -> tuple[Document, int]:
        return test_page_document(reader, row.id), row.id

    operation = Operation(print_test_page, PrintTestPage(row.code), said=N_("The test page is on its way."))
    show_paper(
        view,
        view.desk,
        _("Test page of {till}").format(till=row.code),
        build,
        act=_("Print the test page") if row.printer is not None else "",
        on_act=lambda: operation.run(view.desk, view),
    )


def detail(_view: ListView, row: TillRow) -> QWidget:
    """A till with its printer in full."""
    pairs = [(_("Name"), row.name), (_("Sells from"), row.warehouse)]
    if row.printer is not None:
        known = asdict(row.printer)
        pairs += [(_(field.label), _words(field, known[field.key])) for field in PRINTER_FIELDS]
    return facts([pair for pair in pairs if pair[1]], "till_facts")


def _words(field: Field, value: object) -> str:
    if field.holds is Holds.YES:
        return _("yes") if value else _("no")
    return next((_(words) for option, words in field.options if option == value), str(value))


def _printer_kind(row: TillRow) -> str:
    return row.printer.kind if row.printer is not None else "none"


def _has_printer(row: Any) -> bool:
    return row.printer is not None


TILLS = ListScreen(
    key="settings.tills",
    title=N_("Tills and printers"),
    glyph="cash-register",
    needs=_EDIT,
    page=whole(tills_list),
    row=TillRow,
    sort="code",
    columns=(
        text("code", N_("Code"), width=96, sort=True),
        text("name", N_("Name"), stretch=True, sort=True),
        text("warehouse", N_("Sells from"), width=160, sort=True),
        state("printer_kind", N_("Printer"), PRINTERS, width=152, read=_printer_kind),
        state("is_active", N_("State"), ACTIVE),
    ),
    commands=(
        Command("new", N_("New till"), new, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("edit", N_("Edit"), edit, "pencil-outline", _EDIT, "Ctrl+E"),
        Command("printer", N_("Printer"), printer, "printer-outline", _EDIT),
        Command("try", N_("Test page"), try_printer, "receipt-text-outline", _EDIT),
        Command(
            "no_printer",
            N_("No printer"),
            no_printer,
            "printer-off-outline",
            _EDIT,
            ready=lambda row: row.printer is not None,
        ),
    ),
    refresh_on={"Till"},
    detail=detail,
    empty=Empty("cash-register", N_("Every place where something is sold is a till."), "new"),
    on_open="edit",
)
