"""Sales, voids and returns: what was sold, the paper of it, and taking it back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from shopdesk.core.errors import NotPermitted
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.printing.documents import Document
from shopdesk.sales.documents import receipt_document, return_document
from shopdesk.sales.queries import SALE_SORTS, SaleRow, sales_page
from shopdesk.sales.reprint import PrintGiftReceipt, Reprint, print_gift_receipt, reprint
from shopdesk.sales.sale_detail import DetailLine, SaleDetail, sale_detail
from shopdesk.sales.tills import tills_list
from shopdesk.sales.void import VoidSale, void_sale
from shopdesk.ui.dialogs.approval import Asked, ask_approval
from shopdesk.ui.dialogs.preview import show_paper
from shopdesk.ui.dialogs.returning import ask_return
from shopdesk.ui.kit.columns import State, moment, money, state, text
from shopdesk.ui.kit.detail_pane import facts, later
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import Voice, ask_text
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, choice, period
from shopdesk.ui.kit.widgets import Label, hairline, hbox, section, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

STATES = {
    "sale": State(N_("Sold"), "success", "check-circle-outline"),
    "voided": State(N_("Voided"), "secondary", "cancel"),
    "void": State(N_("Void"), "warning", "undo"),
    "return": State(N_("Return"), "warning", "undo"),
}


def state_of(row: SaleRow) -> str:
    """Whether a row is a sale, a sale that was voided, a void or a return."""
    return "voided" if row.voided_by else row.kind


def till_choices(reader: Reader) -> tuple[tuple[object, str], ...]:
    """Tills by code, for filters."""
    return tuple((till.code, f"{till.code} {till.name}".strip()) for till in tills_list(reader))


def paper_of(reader: Reader, number: str, *, copy: bool = False, gift: bool = False) -> tuple[Document, int]:
    """The receipt of a sale, void or return, and its till."""
    till_id = sale_detail(reader, number).till_id
    if re.search(r"-R\d+$", number):
        return return_document(reader, number, copy=copy), till_id
    return receipt_document(reader, number, copy=copy, gift=gift), till_id


def preview(view: ListView, rows: Sequence[SaleRow]) -> None:
    """Show the very bytes of a receipt, with the button that prints a copy."""
    number = rows[0].number
    show_paper(
        view,
        view.desk,
        _("Receipt {number}").format(number=number),
        lambda reader: paper_of(reader, number, copy=True),
        act=_("Print a copy"),
        on_act=lambda: print_copy(view, rows),
    )


def print_copy(view: ListView, rows: Sequence[SaleRow], approvals: tuple[str, ...] = ()) -> None:
    """Print a document again, marked COPY; somebody with the right may approve it."""
    number = rows[0].number
    asked = Asked(Permission.REPRINT, number, 0, _("Print {number} again").format(number=number))

    def approve(_error: NotPermitted) -> bool:
        ask_approval(view, view.desk, asked, lambda uid: print_copy(view, rows, (uid,)))
        return not approvals

    command = Reprint(number, rows[0].till, approvals)
    Operation(reprint, command, said=N_("The copy is on its way to the printer."), approve=approve).run(view.desk, view)


def gift(view: ListView, rows: Sequence[SaleRow]) -> None:
    """Print a receipt without prices."""
    command = PrintGiftReceipt(rows[0].number, rows[0].till)
    said = N_("The gift receipt is on its way to the printer.")
    Operation(print_gift_receipt, command, said=said).run(view.desk, view)


def void(view: ListView, rows: Sequence[SaleRow]) -> None:
    """Take a sale back as a document of its own; asks for the reason, and for a manager where the role needs one."""
    row = rows[0]
    ask_text(
        view,
        _("Void sale {number}").format(number=row.number),
        _("Why is the sale taken back?"),
        _("Void sale {number}").format(number=row.number),
        lambda reason: _void(view, row, reason, uuid7()),
    )


def take_back(view: ListView, rows: Sequence[SaleRow]) -> None:
    """Take goods of a sale back at the person's till."""

    def done(words: str) -> None:
        view.messages.say(words, Voice.SUCCESS)

    ask_return(view, view.desk, done, number=rows[0].number)


def _void(view: ListView, row: SaleRow, reason: str, key: str, approvals: tuple[str, ...] = ()) -> None:
    def approve(_error: NotPermitted) -> bool:
        if approvals:
            return False

        def ask(detail: SaleDetail) -> None:
            words = _("Void sale {number}").format(number=row.number)
            asked = Asked(Permission.VOID, detail.uid, detail.total_cents, words)
            ask_approval(view, view.desk, asked, lambda uid: _void(view, row, reason, key, (uid,)))

        view.desk.ask(sale_detail, row.number, done=ask, owner=view)
        return True

    command = VoidSale(key, row.number, reason, row.till, approvals)
    said = _("Sale {number} is voided.").format(number=row.number)
    Operation(void_sale, command, said=said, approve=approve).run(view.desk, view)


def detail(view: ListView, row: SaleRow) -> QWidget:
    """The whole sale: lines with their steps, taxes, payments, history."""
    return later(view, sale_detail, row.number, fill=lambda sale, column: _fill(sale, column, view.desk.formats))


def _fill(sale: SaleDetail, column: QVBoxLayout, formats: Formats) -> None:
    head = [
        (_("Till"), sale.till),
        (_("Clerk"), sale.clerk),
        (_("Time"), formats.full_moment(sale.placed_at)),
        (_("Customer"), sale.customer),
        (_("Shift"), str(sale.shift or "")),
        (_("Z report"), sale.z_number or ""),
        (_("Note"), sale.note),
    ]
    column.addWidget(facts([pair for pair in head if pair[1]], "sale_facts"))
    if sale.void is not None:
        told = _("Voided as {number} by {name}: {reason}").format(
            number=sale.void.number, name=sale.void.by, reason=sale.void.reason
        )
        column.addWidget(wrapped(Label(told, "sale_void", tone="warning")))
    for back in sale.returns:
        told = _("{amount} came back as {number}: {reason}").format(
            amount=formats.money(back.refund_cents), number=back.number, reason=back.reason
        )
        column.addWidget(wrapped(Label(told, f"sale_return_{back.number}", tone="warning")))
    column.addWidget(hairline())
    for line in sale.lines:
        _add_line(line, column, formats)
    column.addWidget(hairline())
    sums = [
        (_("Subtotal"), formats.amount(sale.subtotal_cents)),
        (_("Discount"), formats.amount(-sale.discount_cents) if sale.discount_cents else ""),
        *((f"{tax.name} {formats.percent(tax.rate_ppm)}", formats.amount(tax.tax_cents)) for tax in sale.taxes),
        (_("Cash rounding"), formats.amount(sale.rounding_cents) if sale.rounding_cents else ""),
    ]
    for words, figure in sums:
        if figure:
            _add_pair(column, words, figure, secondary=True)
    _add_pair(column, _("Total"), formats.money(sale.total_cents), strong=True)
    for payment in sale.payments:
        words = f"{payment.name} {payment.card}".strip()
        _add_pair(column, words, formats.amount(payment.tendered_cents))
        if payment.change_cents:
            _add_pair(column, _("Change"), formats.amount(-payment.change_cents))
    if sale.history:
        column.addWidget(section(_("History"), "sale_history"))
        column.addWidget(
            facts([(formats.moment(step.at), f"{step.status}, {step.by}") for step in sale.history], "history")
        )


def _add_line(line: DetailLine, column: QVBoxLayout, formats: Formats) -> None:
    name = f"{formats.quantity(line.quantity_milli)} × {line.name} {line.variant}".strip()
    _add_pair(column, name, formats.amount(line.total_cents))
    for step in line.steps:
        if step.amount_cents:
            by = _("approved by {name}").format(name=step.approved_by) if step.approved_by else ""
            _add_pair(
                column,
                "    " + ", ".join(filter(None, (step.label, by))),
                formats.amount(step.amount_cents),
                secondary=True,
            )


def _add_pair(column: QVBoxLayout, words: str, figure: str, *, secondary: bool = False, strong: bool = False) -> None:
    weight = tokens.SEMIBOLD if strong else tokens.REGULAR
    size = tokens.OFFICE_SECTION if strong else tokens.OFFICE_TEXT
    row = hbox()
    left = wrapped(Label(words, "words", tone="secondary" if secondary else "", font=text_font(size, weight)))
    row.addWidget(left, 1)
    row.addWidget(Label(figure, "figure", tone="secondary" if secondary else "", font=number_font(size, weight)))
    column.addLayout(row)


def _is_sale(row: Any) -> bool:
    return state_of(row) == "sale"


SALES = ListScreen(
    key="sales.sales",
    title=N_("Sales"),
    glyph="receipt-text-outline",
    needs=Permission.SALES_VIEW,
    page=sales_page,
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
        text("clerk", N_("Clerk"), width=104),
        text("customer", N_("Customer"), stretch=True),
        state("state", N_("State"), STATES, read=state_of),
        money("total_cents", N_("Total"), sort="total"),
        text("voided_by", N_("Voided as"), width=128, hidden=True),
        text("undoes", N_("Undoes"), width=128, hidden=True),
    ),
    filters=(
        period("placed", N_("Day")),
        choice("till", N_("Till"), till_choices),
        choice("kind", N_("Kind"), (("sale", N_("Sales")), ("void", N_("Voids")), ("return", N_("Returns")))),
    ),
    commands=(
        Command("preview", N_("Receipt"), preview, "receipt-text-outline", shortcut="Ctrl+P"),
        Command("copy", N_("Print a copy"), print_copy, "printer-outline", shortcut="Ctrl+Shift+P"),
        Command(
            "gift", N_("Gift receipt"), gift, "gift-outline", Permission.SELL, ready=lambda row: row.kind == "sale"
        ),
        Command("return", N_("Take goods back"), take_back, "undo", shortcut="Ctrl+B", ready=_is_sale),
        Command("void", N_("Void sale"), void, "cancel", shortcut="Ctrl+Del", danger=True, ready=_is_sale),
    ),
    refresh_on={"Order", "Void", "Return"},
    detail=detail,
    empty=Empty("receipt-text-outline", N_("Sales appear here as soon as the till has rung one up.")),
    on_open="preview",
    minor=("clerk", "till", "customer"),
)
