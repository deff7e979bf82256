"""An unknown code on a delivery is given to the goods that bear it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from shopdesk.core.errors import BadAmount
from shopdesk.core.i18n import _
from shopdesk.core.money import MILLI
from shopdesk.purchasing.attach import AttachBarcode, BarcodeAttached, attach_barcode
from shopdesk.purchasing.goods import Article
from shopdesk.purchasing.scanning import Scanned
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import QuantityField
from shopdesk.ui.kit.messages import Dialog, Voice, bar_of
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.widgets import Label, wrapped
from shopdesk.ui.screens.purchase_goods import GoodsLine


class AttachDialog(Dialog):
    """Which goods a code stands for, and how many of them are in what bears it."""

    def __init__(
        self, parent: QWidget, desk: Desk, code: str, supplier_id: int, warehouse_id: int, then: Callable[[], object]
    ) -> None:
        super().__init__(parent, "attach_barcode", _("Which goods bear {code}?").format(code=code))
        self._desk = desk
        self._code = code
        self._then = then
        self._asker = parent
        self._article: Article | None = None
        self.setMinimumWidth(480)
        self.goods = GoodsLine(desk, "attach_line", supplier_id=supplier_id, warehouse_id=warehouse_id)
        self.goods.found.connect(self._chosen)
        self.goods.unknown.connect(
            lambda code: self.messages.refuse(_("No product has the code {code}.").format(code=code))
        )
        self.chosen = wrapped(Label(_("Nothing chosen yet."), "attach_chosen", tone="secondary"))
        self.pack = QuantityField("pack_quantity_milli", _("How many are in it"))
        self.pack.set_value(MILLI)
        head = Label(_("How many are in it (1 for a single piece)"), "pack_label", tone="secondary")
        head.setBuddy(self.pack)
        for widget in (self.goods, self.chosen, head, self.pack):
            self.body.addWidget(widget)
        self.add_cancel()
        self._act = self.add_button(_("Give it this code"), "act", self.attach, role="primary", default=True)
        self.goods.line.setFocus()

    def attach(self) -> None:
        """Write the code to the chosen goods."""
        if self._article is None:
            self.messages.refuse(_("Choose the goods first."))
            return
        try:
            pack = self.pack.number()
        except BadAmount as error:
            self.messages.refuse(error.message)
            return
        command = AttachBarcode(
            variant_id=self._article.variant_id, barcode=self._code, pack_quantity_milli=pack or MILLI
        )
        Operation(attach_barcode, command, done=self._done).run(self._desk, self, hold=(self._act,))

    def _chosen(self, known: Scanned) -> None:
        self._article = known.article
        self.chosen.setText(f"{known.article.name} · {known.article.sku}")
        self.chosen.set_tone("")
        self.pack.setFocus()

    def _done(self, attached: BarcodeAttached) -> None:
        self.accept()
        self._then()
        bar = bar_of(self._asker)
        if bar is not None and attached.doubt:
            bar.say(attached.doubt, Voice.WARNING)


def attach_code(
    parent: QWidget, desk: Desk, code: str, supplier_id: int, warehouse_id: int, then: Callable[[], object]
) -> AttachDialog:
    """Ask which goods bear a code; ``then`` is called when they have it."""
    dialog = AttachDialog(parent, desk, code, supplier_id, warehouse_id, then)
    dialog.open()
    return dialog
