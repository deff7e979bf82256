"""Purchase orders: the list, beginning one, and what can be done with one from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.purchasing.order_queries import ORDER_SORTS, OrderRow, orders_page
from shopdesk.purchasing.orders import DuplicateOrder, SaveOrder, duplicate_order, save_order
from shopdesk.purchasing.placing import CancelOrder, cancel_order
from shopdesk.purchasing.supplier_queries import supplier_choices
from shopdesk.ui.kit.columns import State, day, moment, money, number, state, text
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask, ask_text
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice, only

Place = ListView | RecordView
STATES = {
    "draft": State(N_("Draft"), "secondary", "pencil-outline"),
    "ordered": State(N_("Ordered"), "", "clipboard-text-outline"),
    "part_received": State(N_("Part came"), "warning", "progress-clock"),
    "received": State(N_("Came"), "success", "check"),
    "cancelled": State(N_("Cancelled"), "secondary", "cancel"),
    "late": State(N_("Late"), "danger", "alert-circle-outline"),
}
NEW_ORDER = Form(
    key="purchasing.new_order",
    title=N_("New order"),
    command=SaveOrder,
    use_case=save_order,
    fields=(
        Field("supplier_id", N_("Supplier"), Holds.CHOICE, required=True, query=supplier_choices),
        Field("warehouse_id", N_("Deliver to"), Holds.CHOICE, required=True, query=warehouse_choices),
    ),
    act=N_("Begin order"),
    said="",
)


def open_order(widget: QWidget, order_id: int, tab: str = "") -> None:
    """Show an order's page."""
    from shopdesk.ui.screens.purchase_order import ORDER

    open_record(widget, ORDER, order_id, tab=tab)


def begin_order(place: Place, supplier_id: int | None = None) -> None:
    """Ask for supplier and warehouse, make a draft and show it."""
    values: dict[str, object] = {} if supplier_id is None else {"supplier_id": supplier_id}

    def ready(choices: Sequence[tuple[int, str]]) -> None:
        if len(choices) == 1 or supplier_id is not None:
            values["warehouse_id"] = choices[0][0]
        open_form(
            place, place.desk, NEW_ORDER, values=values, done=lambda saved: open_order(place, saved.order_id, "draft")
        )

    place.desk.ask(warehouse_choices, done=ready, owner=place)


def duplicate(place: Place, order_id: int) -> None:
    """A new draft with the same lines."""
    Operation(
        duplicate_order,
        DuplicateOrder(order_id),
        done=lambda saved: open_order(place, saved.order_id, "draft"),
    ).run(place.desk, place)


def cancel(place: Place, order_id: int, version: int, number: str, status: str) -> None:
    """Give up a draft, or what has not come of an order."""

    def run(reason: str = "") -> None:
        command = CancelOrder(order_id=order_id, version=version, reason=reason)
        Operation(cancel_order, command, said=N_("It is cancelled.")).run(place.desk, place)

    if status == "draft":
        words = _("The draft and its lines stay readable, but it can no longer be ordered.")
        ask(place, _("Cancel this draft?"), words, _("Cancel the draft"), run, danger=True)
        return
    title = _("Cancel what has not come of {number}").format(number=number)
    ask_text(place, title, _("Why? What came already stays booked."), _("Cancel the rest"), run)


def _new(view: ListView, _rows: Sequence[Any]) -> None:
    supplier = view.fixed.get("supplier_id")
    begin_order(view, int(str(supplier)) if supplier is not None else None)


def _open(view: ListView, rows: Sequence[OrderRow]) -> None:
    open_order(view, rows[0].id)


def _receive(view: ListView, rows: Sequence[OrderRow]) -> None:
    from shopdesk.ui.dialogs.receiving import receive_order

    receive_order(view, view.desk, view.memory, rows[0].id)


def _duplicate(view: ListView, rows: Sequence[OrderRow]) -> None:
    duplicate(view, rows[0].id)


def _cancel(view: ListView, rows: Sequence[OrderRow]) -> None:
    row = rows[0]
    cancel(view, row.id, row.version, row.number, row.status)


ORDERS = ListScreen(
    key="purchasing.orders",
    title=N_("Purchase orders"),
    glyph="clipboard-text-outline",
    needs=Permission.SUPPLIER_VIEW,
    page=orders_page,
    row=OrderRow,
    sorts=ORDER_SORTS,
    sort="newest",
    descending=True,
    search=N_("Number, supplier or their number"),
    columns=(
        text("name", N_("Number"), width=120, sort="newest"),
        text("supplier", N_("Supplier"), stretch=True),
        state("state", N_("State"), STATES, width=120),
        day("expected_on", N_("Expected on"), sort="expected"),
        text("warehouse", N_("Deliver to"), width=128),
        number("lines", N_("Lines"), width=64),
        money("total_cents", N_("Total")),
        moment("created_at", N_("Begun"), hidden=True),
        moment("sent_at", N_("Sent"), width=152),
    ),
    filters=(
        choice("status", N_("State"), tuple((key, look.word) for key, look in STATES.items() if key != "late")),
        choice("supplier", N_("Supplier"), supplier_choices),
        only("open", N_("On the way")),
        only("late", N_("Late")),
    ),
    commands=(
        Command("new", N_("New order"), _new, "plus", Permission.PURCHASE, "Ctrl+N", Pick.NONE, primary=True),
        Command("open", N_("Open"), _open, "eye-outline", Permission.SUPPLIER_VIEW),
        Command(
            "receive",
            N_("Receive goods"),
            _receive,
            "truck-outline",
            Permission.RECEIVE,
            "Ctrl+Shift+R",
            ready=lambda row: row.status in ("ordered", "part_received"),
        ),
        Command("duplicate", N_("Order again"), _duplicate, "content-copy", Permission.PURCHASE, "Ctrl+D"),
        Command(
            "cancel",
            N_("Cancel"),
            _cancel,
            "cancel",
            Permission.PURCHASE,
            danger=True,
            ready=lambda row: row.status in ("draft", "ordered", "part_received"),
        ),
    ),
    refresh_on={"PurchaseOrder", "Supplier"},
    minor=("warehouse", "lines", "sent_at"),
    empty=Empty("clipboard-text-outline", N_("Orders to your suppliers stand here. Begin the first one."), "new"),
    on_open="open",
)
