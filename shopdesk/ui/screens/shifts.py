"""Shifts and their Z reports, with the paper of each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from shopdesk.core.errors import NotPermitted
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.printing.documents import Document
from shopdesk.sales.reprint import Reprint, reprint
from shopdesk.sales.shift_paper import shift_report_document
from shopdesk.sales.shift_queries import ShiftRow, shifts_page
from shopdesk.sales.shift_report import ShiftTotals, shift_totals
from shopdesk.sales.tills import till_at
from shopdesk.ui.dialogs.approval import Asked, ask_approval
from shopdesk.ui.dialogs.preview import show_paper
from shopdesk.ui.kit.columns import State, moment, money, number, state, text
from shopdesk.ui.kit.detail_pane import facts, later
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, choice
from shopdesk.ui.kit.widgets import section
from shopdesk.ui.screens.sales import till_choices

STATES = {
    "open": State(N_("Still open"), "success", "lock-open-outline"),
    "closed": State(N_("Closed"), "secondary", "lock-outline"),
}


def paper_of(reader: Reader, row: ShiftRow, *, with_expected: bool) -> tuple[Document, int]:
    """The Z of a closed shift, the X of an open one, and its till."""
    if row.status == "closed":
        document = shift_report_document(reader, row.id, "Z", copy=True, with_expected=True)
    else:
        document = shift_report_document(reader, row.id, "X", with_expected=with_expected)
    return document, till_at(reader, row.till).id


def preview(view: ListView, rows: Sequence[ShiftRow]) -> None:
    """Show the very bytes of the report; a Z can be printed again."""
    row = rows[0]
    open_too = view.desk.may(Permission.SHIFT_DIFFERENCE)
    title = _("Report {number}").format(number=row.z_number) if row.z_number else _("X report")
    act = _("Print a copy") if row.z_number else ""
    show_paper(
        view,
        view.desk,
        title,
        lambda reader: paper_of(reader, row, with_expected=open_too),
        act=act,
        on_act=lambda: print_copy(view, rows),
    )


def print_copy(view: ListView, rows: Sequence[ShiftRow], approvals: tuple[str, ...] = ()) -> None:
    """Print a Z again, marked COPY."""
    z_number = rows[0].z_number
    asked = Asked(Permission.REPRINT, z_number, 0, _("Print {number} again").format(number=z_number))

    def approve(_error: NotPermitted) -> bool:
        ask_approval(view, view.desk, asked, lambda uid: print_copy(view, rows, (uid,)))
        return not approvals

    said = N_("The copy is on its way to the printer.")
    Operation(reprint, Reprint(z_number, rows[0].till, approvals), said=said, approve=approve).run(view.desk, view)


def detail(view: ListView, row: ShiftRow) -> QWidget:
    """What a shift took, by tender and tax, and how its drawer came out."""
    shown = view.desk.formats
    return later(view, shift_totals, row.id, fill=lambda totals, column: _fill(row, totals, column, shown))


def _fill(row: ShiftRow, totals: ShiftTotals, column: QVBoxLayout, formats: Formats) -> None:
    amount = formats.amount
    column.addWidget(
        facts(
            [
                (_("Till"), row.till),
                (_("Opened"), f"{formats.moment(row.opened_at)}, {row.opened_by}"),
                (
                    _("Closed"),
                    f"{formats.moment(row.closed_at)}, {row.closed_by}" if row.closed_at else _("still open"),
                ),
                (_("Sales"), f"{totals.sales_count}: {amount(totals.sales_cents)}"),
                (_("Voids"), f"{totals.voids_count}: {amount(totals.voids_cents)}"),
                (_("Returns"), f"{totals.returns_count}: {amount(totals.returns_cents)}"),
                (_("Discounts"), amount(totals.discounts_cents)),
                (_("Drawer opened without a sale"), str(totals.no_sales)),
            ],
            "shift_facts",
        )
    )
    column.addWidget(section(_("Tenders"), "shift_tenders"))
    column.addWidget(facts([(one.name, f"{one.count}: {amount(one.cents)}") for one in totals.tenders], "tenders"))
    if totals.taxes:
        column.addWidget(section(_("Tax"), "shift_taxes"))
        rates = [(f"{one.name} {formats.percent(one.rate_ppm)}", amount(one.tax_cents)) for one in totals.taxes]
        column.addWidget(facts(rates, "taxes"))
    if row.closed_at is not None:
        column.addWidget(section(_("Drawer"), "shift_drawer"))
        drawer = [
            (_("Float"), row.float_cents),
            (_("Cash in"), totals.in_cents),
            (_("Cash out"), -totals.out_cents),
            (_("Expected"), row.expected_cents),
            (_("Counted"), row.counted_cents),
            (_("Difference"), row.difference_cents),
            (_("Left in the drawer"), row.left_cents),
        ]
        pairs = [(words, amount(cents)) for words, cents in drawer if cents is not None]
        if row.difference_reason:
            pairs.append((_("Reason"), row.difference_reason))
        column.addWidget(facts(pairs, "drawer"))


SHIFTS = ListScreen(
    key="sales.shifts",
    title=N_("Shifts and Z reports"),
    glyph="cash-register",
    needs=Permission.SHIFT_REPORT,
    page=shifts_page,
    row=ShiftRow,
    sorts=("opened",),
    sort="opened",
    descending=True,
    search=N_("Number of a Z report"),
    columns=(
        text("z_number", N_("Z report"), width=128),
        number("number", N_("Shift"), width=72),
        text("till", N_("Till"), width=72),
        state("status", N_("State"), STATES, width=104),
        moment("opened_at", N_("Opened"), sort="opened"),
        text("opened_by", N_("By"), width=96),
        moment("closed_at", N_("Closed")),
        money("float_cents", N_("Float"), hidden=True),
        money("expected_cents", N_("Expected")),
        money("counted_cents", N_("Counted")),
        money("difference_cents", N_("Difference")),
        text("difference_reason", N_("Reason"), stretch=True),
    ),
    filters=(
        choice("till", N_("Till"), till_choices),
        choice("status", N_("State"), (("open", N_("Still open")), ("closed", N_("Closed")))),
    ),
    commands=(
        Command("preview", N_("Report"), preview, "receipt-text-outline", shortcut="Ctrl+P"),
        Command(
            "copy",
            N_("Print a copy"),
            print_copy,
            "printer-outline",
            shortcut="Ctrl+Shift+P",
            ready=lambda row: bool(row.z_number),
        ),
    ),
    refresh_on={"Shift", "Order", "Void", "CashMovement"},
    detail=detail,
    empty=Empty("cash-register", N_("A shift appears here when somebody opens the drawer at a till.")),
    on_open="preview",
    minor=("difference_reason", "opened_by", "closed_at", "expected_cents", "counted_cents"),
)
