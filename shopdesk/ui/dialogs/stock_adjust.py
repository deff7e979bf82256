"""Correcting the stock of several goods in one document, each more or less, for one reason."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.core.money import parse_quantity
from shopdesk.inventory.adjust import REASONS, AdjustGoods, AdjustLine, GoodsAdjusted, adjust_goods
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.ui.dialogs.stock_lines import StockLinesDialog
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.inputs import ChoiceField
from shopdesk.ui.kit.messages import Voice, bar_of
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.screens.purchase_lines import Line, LineColumn

TAKEN = frozenset({N_("Broken"), N_("Past its date"), N_("Lost or stolen"), N_("Own use")})
"""Reasons for which a scan takes a piece away; for the others it adds one."""


def _signed(line: Line, formats: Formats) -> str:
    milli = line.quantity_milli
    return "" if not milli else f"{'+' if milli > 0 else ''}{formats.quantity(milli)}"


def _read(line: Line, text: str, _formats: Formats) -> None:
    line.quantity_milli = parse_quantity(text.lstrip("+")) if text else 0


COLUMNS = (
    LineColumn("sku", N_("SKU"), lambda line, _formats: line.sku, width=130, right=False),
    LineColumn("name", N_("Name"), lambda line, _formats: line.name, right=False, stretch=True),
    LineColumn(
        "change",
        N_("Difference"),
        _signed,
        _read,
        width=110,
        tone=lambda line: "danger" if line.quantity_milli < 0 else "success" if line.quantity_milli else "",
    ),
    LineColumn("unit", N_("Unit"), lambda line, _formats: line.unit, width=64, right=False),
)


class AdjustDialog(StockLinesDialog):
    """The document of a correction."""

    def __init__(self, parent: QWidget, desk: Desk, *, warehouse_id: int | None = None) -> None:
        super().__init__(parent, desk, "stock_adjust_many", _("Adjust stock"), COLUMNS, _("Adjust stock"))
        self._key = uuid7()
        self.add_choice("warehouse_id", _("Warehouse"), warehouse_choices, 0, warehouse_id or 1)
        reason = ChoiceField("reason", _("Reason"), [(words, _(words)) for words in REASONS])
        reason.setEditable(True)
        self.add_field("reason", _("Reason"), reason, 1)
        self.add_text("notes", _("Notes"), 2, longest=500)
        reason.set_value(N_("Broken"))
        self.goods.setFocus()

    def place_id(self) -> int:
        """The chosen warehouse."""
        return int(self.value("warehouse_id") or 0) if "warehouse_id" in self.fields else 0

    def count_in(self, at: int, milli: int) -> None:
        """A scan takes away what is broken or lost, and adds what was found."""
        line = self.model.lines[at]
        line.quantity_milli += -milli if self.reason() in TAKEN else milli
        self.model.changed_row(at)

    def reason(self) -> str:
        """The chosen or typed reason."""
        field: ChoiceField = self.fields["reason"]
        return str(field.value() or field.currentText().strip())

    def submit(self) -> None:
        """Book the document."""
        lines = tuple(AdjustLine(line.variant_id, line.quantity_milli) for line in self.lines() if line.quantity_milli)
        command = AdjustGoods(
            key=self._key,
            warehouse_id=self.place_id(),
            reason=self.reason(),
            lines=lines,
            notes=str(self.value("notes") or ""),
        )
        Operation(adjust_goods, command, done=self._done).run(self.desk, self, form=self, hold=(self.act,))

    def _done(self, done: GoodsAdjusted) -> None:
        self.dirty = False
        bar = bar_of(self.asker)
        self.accept()
        if bar is not None:
            bar.say(_("Booked as {number}.").format(number=done.number), Voice.SUCCESS)
