"""What lies where: levels with their ledger, adjusting, moving, and what was sold below zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from shopdesk.catalogue.queries import category_choices
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest
from shopdesk.db.unit import Reader
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.inventory.goods import StockGoods
from shopdesk.inventory.queries import (
    LEVEL_SORTS,
    OVERSOLD_SORTS,
    LedgerRow,
    LevelRow,
    OversoldRow,
    ledger_page,
    levels_page,
    low_page,
    oversold_page,
    warehouse_choices,
)
from shopdesk.inventory.transfer import TransferStock, transfer_stock
from shopdesk.inventory.watch import ResolveOversold, SetThreshold, resolve_oversold, set_threshold
from shopdesk.ui.kit.columns import State, moment, quantity, state, text
from shopdesk.ui.kit.detail_pane import facts, later
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_view import open_record
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice, only
from shopdesk.ui.kit.widgets import Label, hbox, section, wrapped
from shopdesk.ui.screens.counts import count_goods
from shopdesk.ui.screens.set_aside import open_set_aside
from shopdesk.ui.screens.stock_record import STOCK_RECORD
from shopdesk.ui.screens.stock_words import LEVEL_STATES, MOVEMENTS, level_state
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

OVERSOLD_STATES = {
    "open": State(N_("To look at"), "warning", "alert-outline"),
    "resolved": State(N_("Settled"), "secondary", "check"),
}
_SHOWN = 30


def warehouse_names(reader: Reader) -> tuple[tuple[object, str], ...]:
    """Warehouses by name, as the stock commands name them."""
    return tuple((name, name) for _id, name in warehouse_choices(reader))


ADJUST = Form(
    key="stock.adjust",
    title=N_("Adjust stock"),
    command=AdjustStock,
    use_case=adjust_stock,
    fields=(
        Field(
            "quantity_change_milli",
            N_("Difference"),
            Holds.QUANTITY,
            required=True,
            help=N_("How much more (3) or less (-3) there is than the books say."),
        ),
        Field("reason", N_("Reason"), required=True, max_length=200),
        Field("notes", N_("Notes"), Holds.LONG),
    ),
    given=("key", "sku", "warehouse"),
    act=N_("Adjust stock"),
    said=N_("The stock is adjusted."),
)
TRANSFER = Form(
    key="stock.transfer",
    title=N_("Move stock"),
    command=TransferStock,
    use_case=transfer_stock,
    fields=(
        Field("to_warehouse", N_("To"), Holds.CHOICE, required=True, query=warehouse_names),
        Field("quantity_milli", N_("Quantity"), Holds.QUANTITY, required=True),
        Field("notes", N_("Notes"), Holds.LONG),
    ),
    given=("key", "sku", "from_warehouse"),
    act=N_("Move stock"),
    said=N_("The stock is moved."),
)
THRESHOLD = Form(
    key="stock.threshold",
    title=N_("Low stock from"),
    command=SetThreshold,
    use_case=set_threshold,
    fields=(Field("threshold_milli", N_("Low at or below"), Holds.QUANTITY, help=N_("Empty: this is not watched.")),),
    given=("variant_id", "warehouse_id"),
    act=N_("Watch this level"),
)


def adjust(view: ListView, rows: Sequence[LevelRow]) -> None:
    """Correct a level with a reason."""
    open_form(view, view.desk, ADJUST, given={"key": uuid7(), "sku": rows[0].sku, "warehouse": rows[0].warehouse})


def transfer(view: ListView, rows: Sequence[LevelRow]) -> None:
    """Move goods to another warehouse."""
    given = {"key": uuid7(), "sku": rows[0].sku, "from_warehouse": rows[0].warehouse}
    open_form(view, view.desk, TRANSFER, given=given)


def watch(view: ListView, rows: Sequence[LevelRow]) -> None:
    """Say from when on a level counts as low."""
    row = rows[0]
    given = {"variant_id": row.variant_id, "warehouse_id": row.warehouse_id}
    open_form(view, view.desk, THRESHOLD, values={"threshold_milli": row.threshold_milli}, given=given)


def settle(view: ListView, rows: Sequence[OversoldRow]) -> None:
    """Mark something sold below zero as looked at."""
    Operation(resolve_oversold, ResolveOversold(rows[0].id), said=N_("Settled.")).run(view.desk, view)


def newest_movements(reader: Reader, row: LevelRow) -> Page[LedgerRow]:
    """The last movements of a level."""
    return ledger_page(reader, PageRequest(sort="seq", descending=True, limit=_SHOWN), row.variant_id, row.warehouse_id)


def detail(view: ListView, row: LevelRow) -> QWidget:
    """A level and the last movements behind it."""
    return later(view, newest_movements, row, fill=lambda page, column: _fill(row, page, column, view.desk.formats))


def _fill(row: LevelRow, page: Page[LedgerRow], column: QVBoxLayout, formats: Formats) -> None:
    amount = formats.quantity
    column.addWidget(
        facts(
            [
                (_("Goods"), row.name),
                (_("Warehouse"), row.warehouse),
                (_("On hand"), f"{amount(row.on_hand_milli)} {row.unit}"),
                (_("Reserved"), amount(row.reserved_milli)),
                (_("Free"), amount(row.available_milli)),
                (_("Low at or below"), "-" if row.threshold_milli is None else amount(row.threshold_milli)),
            ],
            "level_facts",
        )
    )
    column.addWidget(section(_("Last movements"), "movements"))
    for entry in page.rows:
        _add_movement(entry, column, formats)
    if page.next is not None:
        column.addWidget(Label(_("Older movements are left out here."), "older", tone="secondary"))


def _add_movement(entry: LedgerRow, column: QVBoxLayout, formats: Formats) -> None:
    line = hbox()
    words = _(MOVEMENTS.get(entry.type, entry.type))
    line.addWidget(wrapped(Label(words, "movement")), 1)
    sign = "+" if entry.change_milli > 0 else ""
    change = Label(f"{sign}{formats.quantity(entry.change_milli)}", "change", font=number_font())
    after = Label(f"= {formats.quantity(entry.after_milli)}", "after", tone="secondary", font=number_font())
    line.addWidget(change)
    line.addWidget(after)
    column.addLayout(line)
    told = ", ".join(filter(None, (formats.moment(entry.at), entry.username, entry.reason, entry.notes)))
    column.addWidget(wrapped(Label(told, "told", tone="secondary", font=text_font(tokens.OFFICE_SECONDARY))))


def _look(view: ListView, rows: Sequence[OversoldRow]) -> None:
    open_record(view, STOCK_RECORD, rows[0].variant_id)


def _is_open(row: Any) -> bool:
    return bool(row.state == "open")


def _count(view: ListView, rows: Sequence[LevelRow]) -> None:
    count_goods(view, [row.variant_id for row in rows])


def _set_aside(view: ListView, rows: Sequence[LevelRow]) -> None:
    row = rows[0]
    good = StockGoods(row.variant_id, row.sku, row.name, row.unit, track_stock=True, may_go_negative=False)
    open_set_aside(view, view.desk, good, row.warehouse_id)


def _history(view: ListView, rows: Sequence[LevelRow]) -> None:
    open_record(view, STOCK_RECORD, rows[0].variant_id, tab="moves")


STOCK = ListScreen(
    key="stock.levels",
    title=N_("Stock by warehouse"),
    glyph="warehouse",
    needs=Permission.STOCK_VIEW,
    page=levels_page,
    row=LevelRow,
    ident=("variant_id", "warehouse_id"),
    sorts=LEVEL_SORTS,
    sort="sku",
    search=N_("Name, SKU or code"),
    columns=(
        text("sku", N_("SKU"), width=136, sort=True),
        text("name", N_("Name"), stretch=True),
        text("warehouse", N_("Warehouse"), width=128),
        quantity("on_hand_milli", N_("On hand")),
        quantity("reserved_milli", N_("Reserved")),
        quantity("available_milli", N_("Free")),
        quantity("incoming_milli", N_("Incoming")),
        text("unit", N_("Unit"), width=64),
        state("level", N_("State"), LEVEL_STATES, read=level_state),
        quantity("threshold_milli", N_("Low from"), hidden=True),
    ),
    filters=(
        choice("warehouse", N_("Warehouse"), warehouse_choices),
        choice("category", N_("Category"), category_choices),
        only("low", N_("Low stock")),
        only("negative", N_("Below zero")),
        only("unwatched", N_("Without threshold")),
    ),
    commands=(
        Command("adjust", N_("Adjust"), adjust, "pencil-outline", Permission.STOCK_ADJUST, "Ctrl+E"),
        Command("transfer", N_("Move"), transfer, "swap-horizontal", Permission.STOCK_TRANSFER, "Ctrl+M"),
        Command("watch", N_("Low stock from"), watch, "bell-outline", Permission.STOCK_ADJUST),
        Command("set_aside", N_("Set aside"), _set_aside, "archive-outline", Permission.STOCK_RESERVE),
        Command("history", N_("Movements"), _history, "history", shortcut="Ctrl+H"),
        Command("count", N_("Count these"), _count, "barcode-scan", Permission.STOCK_COUNT, on=Pick.MANY),
    ),
    refresh_on={"StockLevel", "Order", "Void", "Reservation", "TransferDocument", "PurchaseOrder"},
    detail=detail,
    minor=("unit", "incoming_milli", "reserved_milli", "level"),
    empty=Empty("warehouse", N_("Goods appear here once some of them were received or adjusted.")),
    on_open="adjust",
)
LOW = replace(
    STOCK,
    key="stock.low",
    title=N_("Low stock"),
    glyph="bell-outline",
    page=low_page,
    filters=(
        choice("warehouse", N_("Warehouse"), warehouse_choices),
        choice("category", N_("Category"), category_choices),
    ),
    empty=Empty("check-circle-outline", N_("Nothing is at or below its threshold.")),
)
OVERSOLD = ListScreen(
    key="stock.oversold",
    title=N_("Sold below zero"),
    glyph="alert-outline",
    needs=Permission.STOCK_VIEW,
    page=oversold_page,
    row=OversoldRow,
    sorts=OVERSOLD_SORTS,
    sort="newest",
    descending=True,
    search="",
    columns=(
        moment("at", N_("Time"), sort="newest"),
        text("sku", N_("SKU"), width=136),
        text("name", N_("Name"), stretch=True),
        text("warehouse", N_("Warehouse"), width=128),
        quantity("quantity_after_milli", N_("On hand then")),
        state("state", N_("State"), OVERSOLD_STATES),
    ),
    filters=(choice("state", N_("State"), (("open", N_("To look at")), ("resolved", N_("Settled")))),),
    commands=(
        Command("settle", N_("Mark as settled"), settle, "check", Permission.STOCK_ADJUST, ready=_is_open),
        Command("open", N_("Look at its stock"), _look, "warehouse", Permission.STOCK_VIEW),
    ),
    refresh_on={"StockLevel", "OversellException", "Order"},
    on_open="open",
    empty=Empty("check-circle-outline", N_("Nothing was sold that was not there.")),
)
