"""Orders of customers and parcels: the lists, and what can be done with them from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.orders.parcel_queries import ParcelRow, parcels_page
from shopdesk.orders.queries import ORDER_SORTS, OrderRow, orders_page
from shopdesk.ui.kit.columns import State, moment, money, state, text
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.record_view import open_record
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice, only, period

STATES = {
    "pending": State(N_("Confirmed"), "", "clipboard-text-outline"),
    "processing": State(N_("To pack"), "warning", "package-variant-closed"),
    "shipped": State(N_("Sent"), "", "truck-outline"),
    "delivered": State(N_("Delivered"), "success", "check"),
    "cancelled": State(N_("Cancelled"), "secondary", "cancel"),
}
PARCEL_STATES = {
    "packed": State(N_("Packed"), "warning", "package-variant-closed"),
    "shipped": State(N_("Sent"), "", "truck-outline"),
    "delivered": State(N_("Delivered"), "success", "check"),
    "cancelled": State(N_("Unpacked"), "secondary", "cancel"),
}
CHANNELS = (("phone", N_("Telephone")), ("web", N_("Web")), ("till", N_("Counter")))


def _new(view: ListView, _rows: Sequence[Any]) -> None:
    from shopdesk.ui.screens.customer_order_editor import take_order

    take_order(view)


def _open(view: ListView, rows: Sequence[OrderRow]) -> None:
    from shopdesk.ui.screens.customer_order import ORDER

    open_record(view, ORDER, rows[0].number)


def _open_of_parcel(view: ListView, rows: Sequence[ParcelRow]) -> None:
    from shopdesk.ui.screens.customer_order import ORDER

    open_record(view, ORDER, rows[0].order, tab="parcels")


def _send(view: ListView, rows: Sequence[ParcelRow]) -> None:
    from shopdesk.ui.screens.customer_order_work import send_parcel

    send_parcel(view, rows[0].number)


def _deliver(view: ListView, rows: Sequence[ParcelRow]) -> None:
    from shopdesk.ui.screens.customer_order_work import deliver_parcel

    deliver_parcel(view, rows[0].number)


def _scan(view: ListView, _rows: Sequence[Any]) -> None:
    from shopdesk.ui.screens.customer_order_work import scan_parcel

    scan_parcel(view)


def _unpack(view: ListView, rows: Sequence[ParcelRow]) -> None:
    from shopdesk.ui.screens.customer_order_work import unpack_parcel

    unpack_parcel(view, rows[0].number)


def _slip(view: ListView, rows: Sequence[ParcelRow]) -> None:
    from shopdesk.ui.screens.customer_order_work import show_slip

    show_slip(view, rows[0].number)


def _label(view: ListView, rows: Sequence[ParcelRow]) -> None:
    from shopdesk.ui.dialogs.parcel_labels import open_parcel_labels

    open_parcel_labels(view, view.desk, [row.number for row in rows])


ORDERS = ListScreen(
    key="orders.orders",
    title=N_("Orders"),
    glyph="clipboard-text-outline",
    needs=Permission.SALES_VIEW,
    page=orders_page,
    row=OrderRow,
    ident="number",
    sorts=ORDER_SORTS,
    sort="placed",
    descending=True,
    search=N_("Number or its beginning"),
    columns=(
        text("number", N_("Number"), width=128, sort=True),
        moment("placed_at", N_("Taken"), sort="placed"),
        text("customer", N_("Customer"), stretch=True),
        state("status", N_("State"), STATES, width=120),
        moment("promised_at", N_("Promised"), width=144),
        money("total_cents", N_("Total"), sort="total"),
        money("open_cents", N_("Still to be paid")),
    ),
    filters=(
        choice("status", N_("State"), tuple((key, look.word) for key, look in STATES.items())),
        choice("channel", N_("Came by"), CHANNELS),
        only("to_pack", N_("To pack")),
        only("unpaid", N_("Not paid")),
        only("late", N_("Late")),
        period("placed", N_("Day")),
    ),
    commands=(
        Command("new", N_("New order"), _new, "plus", Permission.ORDER_EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("open", N_("Open"), _open, "eye-outline", Permission.SALES_VIEW),
    ),
    refresh_on={"Order", "OrderPlan", "Payment", "Shipment"},
    minor=("promised_at", "placed_at"),
    empty=Empty("clipboard-text-outline", N_("Orders by telephone and web stand here. Take the first one."), "new"),
    on_open="open",
)

PARCELS = ListScreen(
    key="orders.parcels",
    title=N_("Parcels"),
    glyph="truck-outline",
    needs=Permission.SALES_VIEW,
    page=parcels_page,
    row=ParcelRow,
    ident="number",
    sorts=("created",),
    sort="created",
    descending=True,
    search=N_("Number or tracking number"),
    columns=(
        text("number", N_("Parcel"), width=128),
        text("order", N_("Order"), width=128),
        text("customer", N_("Customer"), stretch=True),
        text("carrier", N_("Sent by"), width=112),
        text("tracking", N_("Tracking number"), width=176),
        state("status", N_("State"), PARCEL_STATES, width=120),
        moment("created_at", N_("Packed"), sort="created"),
        moment("shipped_at", N_("Sent"), hidden=True),
        moment("delivered_at", N_("Delivered"), hidden=True),
    ),
    filters=(
        choice("status", N_("State"), tuple((key, look.word) for key, look in PARCEL_STATES.items())),
        only("late", N_("Late")),
    ),
    commands=(
        Command(
            "scan",
            N_("Scan a label"),
            _scan,
            "barcode-scan",
            Permission.ORDER_SHIP,
            "Ctrl+Shift+B",
            Pick.NONE,
            primary=True,
        ),
        Command(
            "send",
            N_("Mark as sent"),
            _send,
            "truck-outline",
            Permission.ORDER_SHIP,
            "Ctrl+Return",
            ready=lambda row: row.status == "packed",
        ),
        Command(
            "deliver",
            N_("Mark as delivered"),
            _deliver,
            "check",
            Permission.ORDER_SHIP,
            ready=lambda row: row.status == "shipped",
        ),
        Command(
            "label",
            N_("Label"),
            _label,
            "tag-outline",
            Permission.ORDER_SHIP,
            "Ctrl+Shift+L",
            Pick.MANY,
            ready=lambda row: row.status != "cancelled",
        ),
        Command("slip", N_("Packing slip"), _slip, "printer-outline", None, "Ctrl+P"),
        Command("order", N_("Open the order"), _open_of_parcel, "eye-outline"),
        Command(
            "unpack",
            N_("Unpack"),
            _unpack,
            "undo",
            Permission.ORDER_SHIP,
            danger=True,
            ready=lambda row: row.status == "packed",
        ),
    ),
    refresh_on={"Shipment", "Order"},
    minor=("carrier", "created_at"),
    empty=Empty("truck-outline", N_("Parcels stand here once an order was packed."), ""),
    on_open="order",
)
