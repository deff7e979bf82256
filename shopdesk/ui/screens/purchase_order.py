"""One purchase order: its lines, deliveries and steps, and everything that can be done with it."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.purchasing.order_queries import OrderCard, order_card
from shopdesk.purchasing.orders import NoteOnOrder, note_on_order
from shopdesk.purchasing.paper import order_pdf
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, Tab, list_tab
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.kit.widgets import named, vbox
from shopdesk.ui.screens import purchase_orders
from shopdesk.ui.screens.purchase_editor import DraftEditor
from shopdesk.ui.screens.purchase_orders import STATES
from shopdesk.ui.screens.purchase_placed import OrderLines
from shopdesk.ui.screens.receiving import RECEIPTS

EVENTS = {
    "created": N_("Begun"),
    "ordered": N_("Ordered"),
    "sent": N_("Sent to {note}"),
    "received": N_("Delivery {note}"),
    "reversed": N_("Delivery taken back by {note}"),
    "cancelled": N_("Cancelled"),
}
NOTES = Form(
    key="purchasing.order_notes",
    title=N_("Notes on the order"),
    command=NoteOnOrder,
    use_case=note_on_order,
    fields=(
        Field("expected_on", N_("Expected on"), Holds.DAY, required=True),
        Field("supplier_reference", N_("Their order number"), max_length=100),
        Field("staff_notes", N_("Notes for the staff"), Holds.LONG),
    ),
    given=("order_id", "version"),
    act=N_("Save notes"),
)


class Steps(QWidget):
    """What happened to an order, the oldest first."""

    def __init__(self, formats: Formats, order: OrderCard) -> None:
        super().__init__()
        named(self, "order_steps", _("Steps"))
        self._formats = formats
        self._column = vbox(self)
        self.show_record(order)

    def show_record(self, order: OrderCard) -> None:
        """Show the steps as they are now."""
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        pairs = []
        for step in order.steps:
            words = _(EVENTS[step.event]).format(note=step.note)
            if step.event == "cancelled" and step.note:
                words = f"{words}: {step.note}"
            pairs.append((self._formats.moment(step.at), f"{words} · {step.username}"))
        self._column.addWidget(facts(pairs, "order_steps_list"))
        self._column.addStretch(1)


def _lines(page: RecordView, order: OrderCard) -> QWidget:
    """The editor of a draft, the table of any other order. Placing a draft makes the tab anew."""
    if order.is_draft:
        return DraftEditor(page, order)
    return OrderLines(page, order)


def _receive(page: RecordView, order: OrderCard) -> None:
    from shopdesk.ui.dialogs.receiving import receive_order

    receive_order(page, page.desk, page.memory, order.id)


def _print(page: RecordView, order: OrderCard) -> None:
    from shopdesk.ui.dialogs.pdf_preview import show_pdf

    title = _("Purchase order {number}").format(number=order.name)
    show_pdf(page, page.desk, title, partial(_build, order.id), file_name=file_name(order))


def _build(order_id: int, reader: object) -> bytes:
    return order_pdf(reader, order_id)  # type: ignore[arg-type]  # the preview hands over a reader


def file_name(order: OrderCard) -> str:
    """What the PDF of an order is called."""
    return f"{order.number or f'draft-{order.id}'}.pdf"


def _send(page: RecordView, order: OrderCard) -> None:
    from shopdesk.ui.screens.purchase_send import SendOrder

    SendOrder(page, order).open()


def _notes(page: RecordView, order: OrderCard) -> None:
    values = {
        "expected_on": order.expected_on,
        "supplier_reference": order.supplier_reference,
        "staff_notes": order.staff_notes,
    }
    open_form(page, page.desk, NOTES, values=values, given={"order_id": order.id, "version": order.version})


def _duplicate(page: RecordView, order: OrderCard) -> None:
    purchase_orders.duplicate(page, order.id)


def _cancel(page: RecordView, order: OrderCard) -> None:
    purchase_orders.cancel(page, order.id, order.version, order.number, order.status)


def _supplier(page: RecordView, order: OrderCard) -> None:
    from shopdesk.ui.screens.suppliers import SUPPLIER

    open_record(page, SUPPLIER, order.supplier_id)


def _was_placed(order: OrderCard) -> bool:
    return order.status in ("ordered", "part_received", "received")


ORDER = RecordPage(
    key="purchasing.order",
    title=N_("Purchase order"),
    needs=Permission.SUPPLIER_VIEW,
    glyph="clipboard-text-outline",
    load=order_card,
    head=lambda order, _formats: f"{order.name} · {order.supplier}",
    under=lambda order, formats: _("Expected on {day}").format(day=formats.day(order.expected_on)),
    state=lambda order: STATES[order.state],
    tabs=(
        Tab("draft", N_("Lines"), _lines, "format-list-bulleted", shown=lambda order: bool(order.is_draft)),
        Tab("lines", N_("Lines"), _lines, "format-list-bulleted", shown=lambda order: not order.is_draft),
        list_tab(
            "deliveries",
            N_("Deliveries"),
            RECEIPTS,
            lambda order: {"order_id": order.id},
            glyph="truck-outline",
            shown=lambda order: bool(order.number),
        ),
        Tab("steps", N_("Steps"), lambda page, order: Steps(page.desk.formats, order), "history"),
    ),
    commands=(
        RecordCommand(
            "receive",
            N_("Receive goods"),
            _receive,
            "truck-outline",
            Permission.RECEIVE,
            "Ctrl+Shift+R",
            primary=True,
            ready=lambda order: bool(order.is_open),
        ),
        RecordCommand("print", N_("Print"), _print, "printer-outline", None, "Ctrl+P"),
        RecordCommand("send", N_("Send"), _send, "send-outline", Permission.PURCHASE, ready=_was_placed),
        RecordCommand(
            "notes",
            N_("Date and notes"),
            _notes,
            "note-edit-outline",
            Permission.PURCHASE,
            more=True,
            ready=_was_placed,
        ),
        RecordCommand(
            "duplicate", N_("Order again"), _duplicate, "content-copy", Permission.PURCHASE, "Ctrl+D", more=True
        ),
        RecordCommand("supplier", N_("Open the supplier"), _supplier, "domain", Permission.SUPPLIER_VIEW, more=True),
        RecordCommand(
            "cancel",
            N_("Cancel the order"),
            _cancel,
            "cancel",
            Permission.PURCHASE,
            danger=True,
            more=True,
            ready=lambda order: bool(order.is_draft or order.is_open),
        ),
    ),
    refresh_on={"PurchaseOrder", "Receipt"},
    entity="purchase_order",
)
