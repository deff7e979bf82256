"""The lines of a placed purchase order, with what came of each, and the facts about the order."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.purchasing.order_queries import OrderCard, OrderLine
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.widgets import Label, card, hbox, named, vbox
from shopdesk.ui.screens import purchase_lines as lines
from shopdesk.ui.screens.purchase_editor import SIDE, kept_line
from shopdesk.ui.screens.purchase_lines import Line, LineColumn, LinesModel, LinesTable
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font

LINE_WORDS = {
    "open": N_("Waiting"),
    "part": N_("Part came"),
    "received": N_("Came"),
    "over": N_("More came"),
    "short": N_("Closed short"),
    "cancelled": N_("Cancelled"),
}
_LINE_TONES = {
    "part": "warning",
    "received": "success",
    "over": "warning",
    "short": "secondary",
    "cancelled": "secondary",
}


class OrderLines(QWidget):
    """The lines of a placed order with what came of them, and the facts about it."""

    def __init__(self, page: RecordView, order: OrderCard) -> None:
        super().__init__()
        named(self, "order_lines", _("Lines of the order"))
        self._formats = page.desk.formats
        self._order = order
        self.model = LinesModel(self._columns(), self._formats, self)
        self.model.locked = True
        self.table = LinesTable(self.model, self)
        outer = hbox(self, spacing=tokens.SPACE_16)
        main = vbox(spacing=tokens.SPACE_12)
        ground = card("lines_card")
        inner = vbox(ground, margin=1)
        inner.addWidget(self.table)
        main.addWidget(ground, 1)
        foot = hbox(spacing=tokens.SPACE_12)
        self._total = Label("", "lines_total", font=number_font(tokens.OFFICE_SECTION))
        foot.addStretch(1)
        foot.addWidget(self._total)
        main.addLayout(foot)
        outer.addLayout(main, 1)
        self._side = named(QWidget(), "order_side", _("About the order"))
        self._side.setFixedWidth(SIDE)
        self._side_column = vbox(self._side)
        outer.addWidget(self._side)
        self.show_record(order)

    def show_record(self, order: OrderCard) -> None:
        """Show the order as it is now."""
        self._order = order
        self.model.set_lines([kept_line(line) for line in order.lines])
        self._total.setText(self._formats.money(order.total_cents))
        while (item := self._side_column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._side_column.addWidget(facts(self._facts(order), "order_facts"))

    def take_focus(self) -> None:
        """The keyboard goes to the lines."""
        self.table.setFocus()

    def _facts(self, order: OrderCard) -> list[tuple[str, str]]:
        formats = self._formats
        pairs = [
            (_("Expected on"), formats.day(order.expected_on)),
            (_("Deliver to"), order.warehouse),
            (_("Ordered"), "" if order.ordered_at is None else formats.moment(order.ordered_at)),
            (_("Sent"), "" if order.sent_at is None else formats.moment(order.sent_at)),
            (_("Sent to"), order.sent_to),
            (_("Their order number"), order.supplier_reference),
            (_("Notes for the supplier"), order.notes),
            (_("Notes for the staff"), order.staff_notes),
        ]
        return [pair for pair in pairs if pair[1]]

    def _columns(self) -> tuple[LineColumn, ...]:
        def of(line: Line) -> OrderLine:
            return next(one for one in self._order.lines if one.variant_id == line.variant_id)

        def some(milli: int) -> str:
            return self._formats.quantity(milli) if milli else ""

        return (
            LineColumn("sku", N_("SKU"), lambda line, _f: line.sku, width=104, right=False),
            LineColumn("name", N_("Name"), lambda line, _f: line.name, right=False, stretch=True),
            LineColumn("ordered", N_("Ordered"), lines.shown_quantity, width=80),
            LineColumn("received", N_("Came"), lambda line, _f: some(of(line).received_milli), width=72),
            LineColumn("waiting", N_("Missing"), lambda line, _f: some(of(line).waiting_milli), width=72),
            LineColumn("pack", N_("Pack"), lines.shown_pack, width=56),
            LineColumn("cost", N_("Cost of a pack"), lines.shown_cost, width=104),
            LineColumn("total", N_("Total"), lines.shown_total, width=96),
            LineColumn(
                "state",
                N_("State"),
                lambda line, _f: _(LINE_WORDS[of(line).state]),
                width=104,
                right=False,
                tone=lambda line: _LINE_TONES.get(of(line).state, ""),
            ),
        )
