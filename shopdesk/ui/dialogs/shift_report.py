"""How a shift stands (X) or ended (Z), as a page to read."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from shopdesk.core.i18n import _, ngettext
from shopdesk.sales.shift_report import ShiftTotals
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.widgets import Label, named, section
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

ReportRow = tuple[str, str, bool]
"""Words, figure, and whether it is a sum."""


def report_rows(totals: ShiftTotals, formats: Formats, *, with_expected: bool) -> list[ReportRow]:
    """Everything that a report says, in order; an empty figure opens a part."""
    sales = ngettext("{count} sale", "{count} sales", totals.sales_count).format(count=totals.sales_count)
    rows: list[ReportRow] = [(sales, formats.amount(totals.sales_cents), False)]
    if totals.voids_count:
        voids = ngettext("{count} void", "{count} voids", totals.voids_count).format(count=totals.voids_count)
        rows.append((voids, formats.amount(totals.voids_cents), False))
    if totals.returns_count:
        returns = ngettext("{count} return", "{count} returns", totals.returns_count).format(count=totals.returns_count)
        rows.append((returns, formats.amount(totals.returns_cents), False))
    rows.append((_("Turnover"), formats.money(totals.turnover_cents), True))
    if totals.discounts_cents:
        rows.append((_("Discounts given"), formats.amount(totals.discounts_cents), False))
    if totals.rounding_cents:
        rows.append((_("Cash rounding"), formats.amount(totals.rounding_cents), False))
    if totals.no_sales:
        rows.append((_("Drawer opened without a sale"), str(totals.no_sales), False))
    if totals.tenders:
        rows.append((_("Ways of paying"), "", True))
        rows += [(f"{tender.name} ({tender.count})", formats.amount(tender.cents), False) for tender in totals.tenders]
    if totals.taxes:
        rows.append((_("Taxes"), "", True))
        for tax in totals.taxes:
            net = _("{name} {rate} on {net}").format(
                name=tax.name, rate=formats.percent(tax.rate_ppm), net=formats.amount(tax.net_cents)
            )
            rows.append((net, formats.amount(tax.tax_cents), False))
    return [*rows, *_cash_rows(totals, formats, with_expected=with_expected)]


def _cash_rows(totals: ShiftTotals, formats: Formats, *, with_expected: bool) -> list[ReportRow]:
    rows: list[ReportRow] = [(_("Drawer"), "", True), (_("Float"), formats.amount(totals.float_cents), False)]
    if totals.in_cents:
        rows.append((_("Cash in"), formats.amount(totals.in_cents), False))
    if totals.out_cents:
        rows.append((_("Cash out"), formats.amount(-totals.out_cents), False))
    if with_expected:
        rows.append((_("Cash taken"), formats.amount(totals.cash_taken_cents), False))
        if totals.cash_back_cents:
            rows.append((_("Cash given back"), formats.amount(-totals.cash_back_cents), False))
        rows.append((_("Should be in the drawer"), formats.amount(totals.expected_cents), True))
    for words, cents in (
        (_("Counted"), totals.counted_cents),
        (_("Difference"), totals.difference_cents),
        (_("Stays in the drawer"), totals.left_cents),
    ):
        if cents is not None:
            rows.append((words, formats.amount(cents), False))
    return rows


class ShiftReportDialog(Dialog):
    """Shows a report; ``on_print`` prints it where the report is not printed by itself."""

    def __init__(
        self,
        parent: QWidget | None,
        formats: Formats,
        *,
        title: str,
        totals: ShiftTotals,
        with_expected: bool,
        on_print: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(parent, "shift_report_dialog", title, till=True)
        page = named(QWidget(), "shift_report", title)
        grid = QGridLayout(page)
        grid.setContentsMargins(tokens.SPACE_4, tokens.SPACE_8, tokens.SPACE_16, tokens.SPACE_8)
        grid.setVerticalSpacing(tokens.SPACE_4)
        grid.setColumnStretch(0, 1)
        for place, (words, figure, is_sum) in enumerate(report_rows(totals, formats, with_expected=with_expected)):
            weight = tokens.SEMIBOLD if is_sum else tokens.REGULAR
            head = not figure
            left = section(words, f"report_part_{place}") if head else Label(words, f"report_words_{place}")
            left.setFont(text_font(tokens.TILL_TEXT, weight))
            if head:
                left.setMinimumHeight(tokens.TARGET_OFFICE + tokens.SPACE_8)
                left.setAlignment(Qt.AlignmentFlag.AlignBottom)
            right = Label(figure, f"report_figure_{place}", font=number_font(tokens.TILL_TEXT, weight))
            right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(left, place, 0)
            grid.addWidget(right, place, 1)
        scroll = QScrollArea()
        named(scroll, "report_scroll", title)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        scroll.setProperty("ring", False)
        scroll.setMinimumSize(520, min(480, page.sizeHint().height() + tokens.SPACE_8))
        self.body.addWidget(scroll)
        if on_print is not None:
            self.add_button(_("Print"), "print", on_print)
        close = self.add_button(_("Close"), "close", self.accept, role="primary", default=True)
        self.open()
        close.setFocus()
