"""Deliveries: the list of what was booked, a delivery's page, and the way to the counting of a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.purchasing.delivery_queries import (
    RECEIPT_SORTS,
    ReceiptCard,
    ReceiptRow,
    receipt_card,
    receipts_page,
)
from shopdesk.purchasing.reverse import ReverseReceipt, reverse_receipt
from shopdesk.purchasing.supplier_queries import supplier_choices
from shopdesk.ui.kit.columns import State, moment, money, number, state, text
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask_text
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, Tab
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice, period
from shopdesk.ui.screens.purchase_document import DocumentLines

STATES = {
    "booked": State(N_("Booked"), "success", "check"),
    "reversed": State(N_("Taken back"), "secondary", "undo"),
    "reversal": State(N_("Takes another back"), "warning", "undo"),
}


def labels(widget: QWidget, desk: Any, card: ReceiptCard) -> None:
    """Labels for what came, as many as came."""
    from shopdesk.ui.dialogs.labels import open_labels

    open_labels(widget, desk, counted_labels(card))


def counted_labels(card: ReceiptCard) -> list[tuple[int, int]]:
    """Variant and how many labels: one a piece, at least one for goods by weight."""
    return [(line.variant_id, max(1, line.quantity_milli // 1000)) for line in card.lines if line.quantity_milli > 0]


def _receive(view: ListView, _rows: Sequence[Any]) -> None:
    from shopdesk.ui.dialogs.receiving_choice import choose_delivery

    order = view.fixed.get("order_id")
    supplier = view.fixed.get("supplier_id")
    choose_delivery(
        view,
        view.desk,
        view.memory,
        order_id=int(str(order)) if order is not None else None,
        supplier_id=int(str(supplier)) if supplier is not None else None,
    )


def _lines(page: RecordView, card: ReceiptCard) -> QWidget:
    head = card.head
    formats = page.desk.formats
    pairs = [
        (_("Supplier"), head.supplier),
        (_("Purchase order"), head.order_number),
        (_("Delivery note"), head.delivery_note),
        (_("Into"), head.warehouse),
        (_("Booked"), formats.moment(head.created_at)),
        (_("By"), head.username),
        (_("Reason"), card.reason),
        (_("Taken back by") if head.state == "reversed" else _("Takes back"), card.other_number),
        (_("Notes"), card.notes),
    ]
    return DocumentLines(
        formats,
        card.lines,
        head.total_cents,
        [pair for pair in pairs if pair[1]],
        costs=page.desk.may(Permission.COST_VIEW),
    )


def _labels(page: RecordView, card: ReceiptCard) -> None:
    labels(page, page.desk, card)


def _reverse(page: RecordView, card: ReceiptCard) -> None:
    def run(reason: str) -> None:
        command = ReverseReceipt(key=uuid7(), receipt_id=card.id, reason=reason)

        def done(made: Any) -> None:
            page.messages.say(_("Taken back with {number}.").format(number=made.number))
            page.refresh()

        Operation(reverse_receipt, command, done=done).run(page.desk, page)

    title = _("Take {number} back").format(number=card.head.number)
    words = _("Why? Its goods leave stock, its order waits for them again. The average cost stays as it is.")
    ask_text(page, title, words, _("Take the delivery back"), run)


def _send_back(page: RecordView, card: ReceiptCard) -> None:
    from shopdesk.ui.screens.purchase_return_form import return_of_receipt

    return_of_receipt(page, card)


def _order(page: RecordView, card: ReceiptCard) -> None:
    from shopdesk.ui.screens.purchase_orders import open_order

    assert card.head.order_id is not None
    open_order(page, card.head.order_id)


RECEIPT = RecordPage(
    key="purchasing.receipt",
    title=N_("Delivery"),
    needs=Permission.SUPPLIER_VIEW,
    glyph="truck-outline",
    load=receipt_card,
    head=lambda card, _formats: f"{card.head.number} · {card.head.supplier}",
    under=lambda card, formats: formats.moment(card.head.created_at),
    state=lambda card: STATES[card.head.state],
    tabs=(Tab("lines", N_("Lines"), _lines),),
    commands=(
        RecordCommand(
            "labels",
            N_("Print labels"),
            _labels,
            "tag-outline",
            Permission.CATALOGUE_VIEW,
            "Ctrl+L",
            primary=True,
            ready=lambda card: card.head.state == "booked",
        ),
        RecordCommand(
            "send_back",
            N_("Send goods back"),
            _send_back,
            "undo",
            Permission.SUPPLIER_RETURN,
            ready=lambda card: card.head.state == "booked" and any(line.left_milli > 0 for line in card.lines),
        ),
        RecordCommand(
            "order", N_("Open the order"), _order, "clipboard-text-outline", ready=lambda card: bool(card.head.order_id)
        ),
        RecordCommand(
            "reverse",
            N_("Take back: booked by mistake"),
            _reverse,
            "cancel",
            Permission.RECEIVE,
            danger=True,
            more=True,
            ready=lambda card: card.head.state == "booked",
        ),
    ),
    refresh_on={"Receipt", "SupplierReturn"},
)
RECEIPTS = ListScreen(
    key="purchasing.receipts",
    title=N_("Deliveries"),
    glyph="truck-outline",
    needs=Permission.SUPPLIER_VIEW,
    page=receipts_page,
    row=ReceiptRow,
    sorts=RECEIPT_SORTS,
    sort="newest",
    descending=True,
    search=N_("Number, order or delivery note"),
    columns=(
        text("number", N_("Number"), width=120, sort="newest"),
        moment("created_at", N_("Booked")),
        text("supplier", N_("Supplier"), stretch=True),
        text("order_number", N_("Purchase order"), width=128),
        text("delivery_note", N_("Delivery note"), width=120),
        text("warehouse", N_("Into"), width=112),
        number("lines", N_("Lines"), width=64),
        money("total_cents", N_("Total")),
        text("username", N_("By"), width=96, hidden=True),
        state("state", N_("State"), STATES, width=136),
    ),
    filters=(choice("supplier", N_("Supplier"), supplier_choices), period("booked", N_("Booked"))),
    commands=(
        Command(
            "receive",
            N_("Receive goods"),
            _receive,
            "truck-outline",
            Permission.RECEIVE,
            "Ctrl+N",
            Pick.NONE,
            primary=True,
        ),
        Command(
            "open",
            N_("Open"),
            lambda view, rows: open_record(view, RECEIPT, rows[0].id),
            "eye-outline",
            Permission.SUPPLIER_VIEW,
        ),
    ),
    refresh_on={"Receipt"},
    minor=("warehouse", "lines", "delivery_note", "order_number"),
    empty=Empty("truck-outline", N_("What was delivered stands here. Receive goods by scanning them."), "receive"),
    on_open="open",
)
