"""Reports of stock: what it is worth, what nobody buys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.inventory.reports import (
    BY_CATEGORY,
    BY_GOODS,
    BY_WAREHOUSE,
    DeadRow,
    ValueRow,
    dead_stock,
    stock_valuation,
)
from shopdesk.ui.kit.columns import moment, money, number, quantity, text
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.record_view import open_record
from shopdesk.ui.kit.report_screen import Chart, ReportScreen
from shopdesk.ui.kit.specs import Command, Empty
from shopdesk.ui.screens.stock_record import STOCK_RECORD


def _is_goods(row: ValueRow) -> bool:
    return row.id.startswith("v")


def _open_valued(view: Any, rows: Sequence[ValueRow]) -> None:
    open_record(view, STOCK_RECORD, int(rows[0].id[1:]))


def _open_dead(view: Any, rows: Sequence[DeadRow]) -> None:
    open_record(view, STOCK_RECORD, rows[0].id)


VALUATION = ReportScreen(
    key="stock.valuation",
    title=N_("Value of stock"),
    glyph="cash-multiple",
    needs=Permission.COST_VIEW,
    report=stock_valuation,
    row=ValueRow,
    columns=(
        text("sku", N_("SKU"), width=136),
        text("name", N_("Name"), stretch=True),
        quantity("on_hand_milli", N_("On hand")),
        money("average_cents", N_("Average cost"), width=128),
        money("value_cents", N_("Value"), width=128),
        number("without_cost", N_("Without cost"), hidden=True),
    ),
    parameters=(
        Field(
            "by",
            N_("By"),
            Holds.CHOICE,
            required=True,
            options=((BY_GOODS, N_("Goods")), (BY_CATEGORY, N_("Category")), (BY_WAREHOUSE, N_("Warehouse"))),
        ),
        Field("warehouse_id", N_("Warehouse"), Holds.CHOICE, query=warehouse_choices),
        Field("until", N_("At the end of"), Holds.DAY),
    ),
    defaults=lambda desk: {"by": BY_GOODS, "until": desk.clock.now().date()},
    chart=Chart(label="name", value="value_cents", most=10),
    commands=(Command("open", N_("Open"), _open_valued, "table-search", ready=_is_goods),),
    on_open="open",
    refresh_on={"VariantCost"},
    minor=("without_cost", "sku"),
    empty=Empty("cash-multiple", N_("Nothing lay in the shop then.")),
)
DEAD_STOCK = ReportScreen(
    key="stock.dead",
    title=N_("Dead stock"),
    glyph="archive-outline",
    needs=Permission.COST_VIEW,
    report=dead_stock,
    row=DeadRow,
    columns=(
        text("sku", N_("SKU"), width=136),
        text("name", N_("Name"), stretch=True),
        quantity("on_hand_milli", N_("On hand")),
        money("value_cents", N_("Value"), width=128),
        moment("last_sold", N_("Last sold")),
        number("days", N_("Days ago")),
    ),
    parameters=(
        Field("days", N_("Not sold for (days)"), Holds.COUNT, required=True),
        Field("warehouse_id", N_("Warehouse"), Holds.CHOICE, query=warehouse_choices),
    ),
    defaults={"days": 90},
    commands=(Command("open", N_("Open"), _open_dead, "table-search"),),
    on_open="open",
    minor=("days", "sku"),
    empty=Empty("check-circle-outline", N_("Everything on hand was sold lately.")),
)
