"""Transfers that take time: the list, a transfer's page with its lines and paper, and its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.inventory.document_pages import (
    TRANSFER_SORTS,
    TransferCard,
    TransferItem,
    TransferRow,
    transfer_card,
    transfers_page,
)
from shopdesk.inventory.papers import transfer_note
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.inventory.transfers import TransferStep, cancel_transfer
from shopdesk.ui.dialogs.pdf_preview import show_pdf
from shopdesk.ui.dialogs.stock_transfer import ArrivalDialog, TransferDialog, send
from shopdesk.ui.kit.columns import State, moment, number, quantity, state, text
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, Tab, list_tab
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice
from shopdesk.ui.kit.whole import whole
from shopdesk.ui.kit.widgets import named, vbox

STATES = {
    "draft": State(N_("Draft"), "secondary", "pencil-outline"),
    "sent": State(N_("Under way"), "warning", "truck-outline"),
    "received": State(N_("Received"), "success", "check"),
    "cancelled": State(N_("Cancelled"), "secondary", "close"),
}


def _items(_reader: object, items: tuple[TransferItem, ...] = ()) -> tuple[TransferItem, ...]:
    return items


ITEMS = ListScreen(
    key="stock.transfer_lines",
    title=N_("Goods of the transfer"),
    glyph="swap-horizontal",
    needs=Permission.STOCK_VIEW,
    page=whole(_items),
    row=TransferItem,
    ident="variant_id",
    search="",
    columns=(
        text("sku", N_("SKU"), width=136),
        text("name", N_("Name"), stretch=True),
        quantity("quantity_milli", N_("Quantity")),
        text("unit", N_("Unit"), width=64),
        quantity("received_milli", N_("Arrived")),
        quantity("damaged_milli", N_("Damaged")),
        text("reason", N_("Reason"), width=180),
    ),
    minor=("unit", "sku"),
    empty=Empty("swap-horizontal", N_("Nothing is packed yet.")),
)


def _details(page: RecordView, card: TransferCard) -> QWidget:
    made = named(QWidget(), "transfer_details")
    column = vbox(made)
    at = page.desk.formats.moment
    pairs = [
        (_("From"), card.source),
        (_("To"), card.target),
        (_("Begun"), at(card.at)),
        (_("Sent"), "" if card.sent_at is None else f"{at(card.sent_at)}, {card.sent_by}"),
        (
            _("Received"),
            "" if card.received_at is None else f"{card.receipt_number}, {at(card.received_at)}, {card.received_by}",
        ),
        (_("Notes"), card.notes),
        (_("Notes of the arrival"), card.receipt_notes),
    ]
    column.addWidget(facts([pair for pair in pairs if pair[1]], "transfer_facts"))
    column.addStretch(1)
    return made


def _head(card: TransferCard, _formats: Formats) -> str:
    return card.number or _("Draft of a transfer")


def _under(card: TransferCard, _formats: Formats) -> str:
    return _("From {source} to {target}").format(source=card.source, target=card.target)


def _edit(page: RecordView, card: TransferCard) -> None:
    TransferDialog(page, page.desk, card).open()


def _send(page: RecordView, card: TransferCard) -> None:
    send(page, page.desk, card.id, card.version)


def _receive(page: RecordView, card: TransferCard) -> None:
    ArrivalDialog(page, page.desk, card).open()


def _cancel(page: RecordView, card: TransferCard) -> None:
    ask(
        page,
        _("Give the transfer up?"),
        _("The draft stays in the list as cancelled. No goods are moved."),
        _("Give up"),
        lambda: Operation(cancel_transfer, TransferStep(card.id, card.version), said=N_("Cancelled.")).run(
            page.desk, page
        ),
        danger=True,
    )


def _print(page: RecordView, card: TransferCard) -> None:
    name = f"{card.number or 'transfer-draft'}.pdf"
    show_pdf(page, page.desk, _("Transfer note"), lambda reader: transfer_note(reader, card.id), file_name=name)


def _is(*states: str) -> Any:
    return lambda card: card.state in states


TRANSFER = RecordPage(
    key="stock.transfer",
    title=N_("Transfer"),
    glyph="swap-horizontal",
    needs=Permission.STOCK_VIEW,
    load=transfer_card,
    head=_head,
    under=_under,
    state=lambda card: STATES[card.state],
    tabs=(
        list_tab("lines", N_("Goods"), ITEMS, lambda card: {"items": card.items}, count=lambda card: len(card.items)),
        Tab("details", N_("Details"), _details),
    ),
    commands=(
        RecordCommand(
            "receive",
            N_("Receive"),
            _receive,
            "check",
            Permission.STOCK_TRANSFER,
            "Ctrl+R",
            ready=_is("sent"),
            primary=True,
        ),
        RecordCommand("send", N_("Send"), _send, "truck-outline", Permission.STOCK_TRANSFER, ready=_is("draft")),
        RecordCommand(
            "edit", N_("Edit"), _edit, "pencil-outline", Permission.STOCK_TRANSFER, "Ctrl+E", ready=_is("draft")
        ),
        RecordCommand("print", N_("Print"), _print, "printer-outline", None, "Ctrl+P"),
        RecordCommand(
            "cancel",
            N_("Give up"),
            _cancel,
            "close",
            Permission.STOCK_TRANSFER,
            danger=True,
            more=True,
            ready=_is("draft"),
        ),
    ),
    refresh_on={"TransferDocument", "TransferReceipt"},
    entity="transfer",
)


def _new(view: ListView, _rows: Sequence[TransferRow]) -> None:
    TransferDialog(view, view.desk).open()


TRANSFERS = ListScreen(
    key="stock.transfers",
    title=N_("Transfers"),
    glyph="swap-horizontal",
    needs=Permission.STOCK_VIEW,
    page=transfers_page,
    row=TransferRow,
    sorts=TRANSFER_SORTS,
    sort="newest",
    descending=True,
    search="",
    columns=(
        text("number", N_("Number"), width=136),
        moment("at", N_("Begun"), sort="newest"),
        text("source", N_("From"), stretch=True),
        text("target", N_("To"), stretch=True),
        number("lines", N_("Lines")),
        state("state", N_("State"), STATES),
        moment("sent_at", N_("Sent")),
        moment("received_at", N_("Received")),
        text("notes", N_("Notes"), hidden=True),
    ),
    filters=(
        choice("state", N_("State"), tuple((key, look.word) for key, look in STATES.items())),
        choice("from", N_("From"), warehouse_choices),
        choice("to", N_("To"), warehouse_choices),
    ),
    commands=(
        Command(
            "new", N_("New transfer"), _new, "plus", Permission.STOCK_TRANSFER, "Ctrl+N", on=Pick.NONE, primary=True
        ),
    ),
    refresh_on={"TransferDocument", "TransferReceipt"},
    minor=("at", "lines", "sent_at"),
    page_of=(TRANSFER, "id"),
    empty=Empty(
        "swap-horizontal", N_("Goods that go from one warehouse to another are packed and followed here."), "new"
    ),
)
