"""The lines of a booked delivery or return, with the facts about it beside them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.purchasing.delivery_queries import DocumentLine
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.widgets import Label, card, hbox, named, vbox
from shopdesk.ui.screens import purchase_lines as lines
from shopdesk.ui.screens.purchase_lines import Line, LineColumn, LinesModel, LinesTable
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font

_SIDE = 248
_GOODS = (
    LineColumn("sku", N_("SKU"), lambda line, _f: line.sku, width=128, right=False),
    LineColumn("name", N_("Name"), lambda line, _f: line.name, right=False, stretch=True),
    LineColumn("quantity", N_("Quantity"), lines.shown_quantity, width=96),
    LineColumn("pack", N_("Pack"), lines.shown_pack, width=72),
)
_COSTS = (
    LineColumn("cost", N_("Cost of a pack"), lines.shown_cost, width=120),
    LineColumn("total", N_("Total"), lines.shown_total, width=112),
)


class DocumentLines(QWidget):
    """A document's lines, its total and facts; costs only for who may see them."""

    def __init__(
        self,
        formats: Formats,
        rows: Sequence[DocumentLine],
        total_cents: int,
        pairs: Sequence[tuple[str, str]],
        *,
        costs: bool,
    ) -> None:
        super().__init__()
        named(self, "document_lines", _("Lines"))
        self.model = LinesModel((*_GOODS, *(_COSTS if costs else ())), formats, self)
        self.model.locked = True
        self.model.set_lines([_line(row) for row in rows])
        self.table = LinesTable(self.model, self)
        outer = hbox(self, spacing=tokens.SPACE_16)
        main = vbox(spacing=tokens.SPACE_12)
        ground = card("lines_card")
        vbox(ground, margin=1).addWidget(self.table)
        main.addWidget(ground, 1)
        if costs:
            foot = hbox()
            foot.addStretch(1)
            foot.addWidget(Label(formats.money(total_cents), "lines_total", font=number_font(tokens.OFFICE_SECTION)))
            main.addLayout(foot)
        outer.addLayout(main, 1)
        side = facts(pairs, "document_facts")
        side.setFixedWidth(_SIDE)
        outer.addWidget(side)

    def take_focus(self) -> None:
        """The keyboard goes to the lines."""
        self.table.setFocus()


def _line(row: DocumentLine) -> Line:
    return Line(
        variant_id=row.variant_id,
        sku=row.sku,
        name=row.name,
        pack_milli=row.pack_milli,
        pack_cents=row.pack_cents,
        quantity_milli=row.quantity_milli,
    )
