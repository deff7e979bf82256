"""Goods sent back to suppliers: the list, one whole with its paper, and the way to a new one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.purchasing.delivery_queries import RETURN_SORTS, ReturnCard, ReturnRow, return_card, returns_page
from shopdesk.purchasing.paper import return_pdf
from shopdesk.purchasing.supplier_queries import supplier_choices
from shopdesk.ui.kit.columns import moment, money, number, text
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, Tab
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice, period
from shopdesk.ui.screens.purchase_document import DocumentLines


def _new(view: ListView, _rows: Sequence[Any]) -> None:
    from shopdesk.ui.screens.purchase_return_form import return_from_stock

    supplier = view.fixed.get("supplier_id")
    return_from_stock(view, view.desk, int(str(supplier)) if supplier is not None else None)


def _lines(page: RecordView, card: ReturnCard) -> QWidget:
    head, formats = card.head, page.desk.formats
    pairs = [
        (_("Supplier"), head.supplier),
        (_("Of delivery"), head.receipt_number),
        (_("Reason"), head.reason),
        (_("From"), head.warehouse),
        (_("Booked"), formats.moment(head.created_at)),
        (_("By"), head.username),
        (_("Notes"), card.notes),
    ]
    costs = page.desk.may(Permission.COST_VIEW)
    return DocumentLines(formats, card.lines, head.total_cents, [pair for pair in pairs if pair[1]], costs=costs)


def _print(page: RecordView, card: ReturnCard) -> None:
    from shopdesk.ui.dialogs.pdf_preview import show_pdf

    title = _("Goods sent back {number}").format(number=card.head.number)
    show_pdf(page, page.desk, title, partial(_build, card.id), file_name=f"{card.head.number}.pdf")


def _build(supplier_return_id: int, reader: object) -> bytes:
    return return_pdf(reader, supplier_return_id)  # type: ignore[arg-type]  # the preview hands over a reader


RETURN = RecordPage(
    key="purchasing.return",
    title=N_("Goods sent back"),
    needs=Permission.SUPPLIER_VIEW,
    glyph="undo",
    load=return_card,
    head=lambda card, _formats: f"{card.head.number} · {card.head.supplier}",
    under=lambda card, formats: formats.moment(card.head.created_at),
    tabs=(Tab("lines", N_("Lines"), _lines),),
    commands=(RecordCommand("print", N_("Print"), _print, "printer-outline", None, "Ctrl+P", primary=True),),
    refresh_on={"SupplierReturn"},
)
RETURNS = ListScreen(
    key="purchasing.returns",
    title=N_("Sent back"),
    glyph="undo",
    needs=Permission.SUPPLIER_VIEW,
    page=returns_page,
    row=ReturnRow,
    sorts=RETURN_SORTS,
    sort="newest",
    descending=True,
    search=N_("Number, supplier or reason"),
    columns=(
        text("number", N_("Number"), width=120, sort="newest"),
        moment("created_at", N_("Booked")),
        text("supplier", N_("Supplier"), stretch=True),
        text("reason", N_("Reason"), width=168),
        text("receipt_number", N_("Of delivery"), width=120),
        text("warehouse", N_("From"), width=112),
        number("lines", N_("Lines"), width=64),
        money("total_cents", N_("Total")),
        text("username", N_("By"), width=96, hidden=True),
    ),
    filters=(choice("supplier", N_("Supplier"), supplier_choices), period("booked", N_("Booked"))),
    commands=(
        Command(
            "new",
            N_("Send goods back"),
            _new,
            "undo",
            Permission.SUPPLIER_RETURN,
            "Ctrl+N",
            Pick.NONE,
            primary=True,
        ),
        Command(
            "open",
            N_("Open"),
            lambda view, rows: open_record(view, RETURN, rows[0].id),
            "eye-outline",
            Permission.SUPPLIER_VIEW,
        ),
    ),
    refresh_on={"SupplierReturn"},
    minor=("warehouse", "lines", "receipt_number"),
    empty=Empty("undo", N_("What went back to suppliers stands here."), "new"),
    on_open="open",
)
