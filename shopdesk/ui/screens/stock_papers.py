"""Adjustments and transfers done in one step, as they were booked: found by their number."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.insight.numbers import StockPaper, StockPaperLine, adjustment_paper, lines_page, transfer_paper
from shopdesk.ui.kit.columns import quantity, text
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.record_page import RecordPage, Tab, list_tab
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.specs import Empty, ListScreen
from shopdesk.ui.kit.widgets import named, vbox

LINES = ListScreen(
    key="stock.paper_lines",
    title=N_("Lines"),
    glyph="warehouse",
    needs=Permission.STOCK_VIEW,
    page=lines_page,
    row=StockPaperLine,
    search="",
    columns=(
        text("sku", N_("SKU"), width=160),
        text("name", N_("Name"), stretch=True),
        quantity("quantity_milli", N_("Quantity"), width=120),
    ),
    empty=Empty("warehouse", N_("Nothing was moved.")),
)


def _head(paper: StockPaper, _formats: Formats) -> str:
    return paper.number


def _under(paper: StockPaper, formats: Formats) -> str:
    return f"{formats.moment(paper.created_at)}  {paper.by}"


def _facts(page: RecordView, paper: StockPaper) -> QWidget:
    pairs = [
        (_("From") if paper.target else _("Warehouse"), paper.warehouse),
        (_("To"), paper.target),
        (_("Reason"), paper.reason),
        (_("Notes"), paper.notes),
        (_("Booked by"), paper.by),
        (_("Time"), page.desk.formats.full_moment(paper.created_at)),
    ]
    ground = named(QWidget(), "paper_facts", _("Details"))
    column = vbox(ground)
    column.addWidget(facts([pair for pair in pairs if pair[1]]))
    column.addStretch(1)
    return ground


_TABS = (
    list_tab("lines", N_("Lines"), LINES, lambda paper: {"lines": paper.lines}, count=lambda paper: len(paper.lines)),
    Tab("details", N_("Details"), _facts),
)
ADJUSTMENT = RecordPage(
    key="stock.adjustment",
    title=N_("Stock adjustment"),
    glyph="warehouse",
    needs=Permission.STOCK_VIEW,
    load=adjustment_paper,
    head=_head,
    under=_under,
    tabs=_TABS,
)
MOVED = RecordPage(
    key="stock.moved",
    title=N_("Stock transfer"),
    glyph="warehouse",
    needs=Permission.STOCK_VIEW,
    load=transfer_paper,
    head=_head,
    under=_under,
    tabs=_TABS,
)
