"""Sending goods back: what goes, how many and why, of a delivery or from stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.purchasing.delivery_queries import ReceiptCard
from shopdesk.purchasing.scanning import Scanned
from shopdesk.purchasing.send_back import REASONS, GoodsSentBack, SendBack, SentBackLine, send_back
from shopdesk.purchasing.supplier_queries import supplier_choices
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import ChoiceField
from shopdesk.ui.kit.messages import Action, Dialog, Voice, ask, bar_of
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.kit.texts import TextField
from shopdesk.ui.kit.widgets import Label, button, card, hbox, vbox
from shopdesk.ui.screens import purchase_lines as lines
from shopdesk.ui.screens.purchase_goods import GoodsLine
from shopdesk.ui.screens.purchase_lines import Line, LineColumn, LinesModel, LinesTable
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font

_GOODS = (
    LineColumn("sku", N_("SKU"), lambda line, _f: line.sku, width=128, right=False),
    LineColumn("name", N_("Name"), lambda line, _f: line.name, right=False, stretch=True),
    LineColumn(
        "left", N_("Came"), lambda line, f: f.quantity(line.expected_milli) if line.expected_milli else "", width=80
    ),
    LineColumn("quantity", N_("Goes back"), lines.shown_quantity, lines.read_quantity, width=96),
)
_COSTS = (
    LineColumn("cost", N_("Cost of a pack"), lines.shown_cost, lines.read_cost, width=120),
    LineColumn("total", N_("Value"), lines.shown_total, width=104),
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the goods come from: a delivery with its lines, or the shop's stock (supplier None: it is asked)."""

    receipt_id: int | None = None
    supplier_id: int | None = None
    supplier: str = ""
    warehouse_id: int | None = None
    lines: tuple[Line, ...] = ()


class ReasonField(ChoiceField):
    """One of the usual reasons, or any other that is typed."""

    def __init__(self) -> None:
        super().__init__("reason", _("Reason"), [(_(text), _(text)) for text in REASONS])
        self._let_type(True)
        self.setCurrentIndex(0)


class ReturnDialog(Dialog):
    """Goods on their way back, until they are booked."""

    def __init__(self, place: QWidget, desk: Desk, source: Source) -> None:
        words = _("Send goods back to {name}").format(name=source.supplier)
        super().__init__(place, "send_back", words if source.supplier else _("Send goods back"))
        self._asker = place
        self._desk = desk
        self.source = source
        self._key = uuid7()
        self.supplier = ChoiceField("supplier_id", _("Supplier"))
        self.warehouse = ChoiceField("warehouse_id", _("From"))
        self.goods = GoodsLine(
            desk, "return_line", supplier_id=source.supplier_id or 0, warehouse_id=source.warehouse_id or 1
        )
        self.model = LinesModel((*_GOODS, *(_COSTS if desk.may(Permission.COST_VIEW) else ())), desk.formats, self)
        self.table = LinesTable(self.model, self)
        self.reason = ReasonField()
        self.notes = TextField("notes", _("Notes"), max_length=500)
        self._build()
        self.model.set_lines(list(source.lines))
        self._summed()
        self.resize(880, 560)

    def add(self, known: Scanned) -> None:
        """One more of what was scanned; goods that the delivery did not bring are refused at once."""
        article = known.article
        at = self.model.place_of(article.variant_id)
        if at < 0:
            if self.source.receipt_id is not None:
                self.messages.refuse(_("{name} is not on this delivery.").format(name=article.name))
                return
            at = self.model.add(
                Line(
                    variant_id=article.variant_id,
                    sku=article.sku,
                    name=article.name,
                    pack_milli=article.pack_milli,
                    pack_cents=article.likely_pack_cents,
                )
            )
        self.model.count(at, known.quantity_milli)
        self.table.show_row(at)

    def book(self) -> None:
        """Book what goes back."""
        self.messages.clear()
        supplier, warehouse = self.supplier.value(), self.warehouse.value()
        goes = tuple(
            SentBackLine(
                variant_id=line.variant_id,
                quantity_milli=line.quantity_milli,
                pack_quantity_milli=line.pack_milli,
                pack_cost_cents=line.pack_cents,
            )
            for line in self.model.lines
            if line.quantity_milli
        )
        command = SendBack(
            key=self._key,
            lines=goes,
            reason=self.reason.currentText(),
            receipt_id=self.source.receipt_id,
            supplier_id=self.source.supplier_id or (int(str(supplier)) if supplier is not None else None),
            warehouse_id=self.source.warehouse_id or (int(str(warehouse)) if warehouse is not None else None),
            notes=str(self.notes.value() or ""),
        )
        Operation(send_back, command, done=self._done).run(self._desk, self, hold=(self._act,))

    def reject(self) -> None:
        """Leave; asks when something was chosen."""
        if not any(line.touched for line in self.model.lines):
            super().reject()
            return
        text = _("What you chose has not been booked.")
        ask(self, _("Leave without booking?"), text, _("Leave without booking"), super().reject, danger=True)

    def _build(self) -> None:
        asks = self.source.receipt_id is None
        row = hbox(spacing=tokens.SPACE_12)
        for words, widget in ((_("Supplier"), self.supplier), (_("From"), self.warehouse)):
            head = Label(words, f"{widget.objectName()}_label", tone="secondary")
            head.setBuddy(widget)
            head.setVisible(asks)
            widget.setVisible(asks)
            row.addWidget(head)
            row.addWidget(widget, 1)
        self.body.addLayout(row)
        top = hbox()
        top.addWidget(self.goods, 1)
        everything = button(_("All of it"), "all_of_it", self._all, glyph="check")
        everything.setVisible(not asks)
        top.addWidget(everything)
        self.body.addLayout(top)
        ground = card("lines_card")
        vbox(ground, margin=1).addWidget(self.table)
        self.body.addWidget(ground, 1)
        foot = hbox(spacing=tokens.SPACE_12)
        for words, field, stretch in ((_("Reason"), self.reason, 1), (_("Notes"), self.notes, 1)):
            head = Label(words, f"{field.objectName()}_label", tone="secondary")
            head.setBuddy(field)
            foot.addWidget(head)
            foot.addWidget(field, stretch)
        self._total = Label("", "return_total", font=number_font(tokens.OFFICE_SECTION))
        foot.addWidget(self._total)
        self._total.setVisible(self._desk.may(Permission.COST_VIEW))
        self.body.addLayout(foot)
        self.add_cancel()
        self._act = self.add_button(_("Book and send back"), "act", self.book, role="primary")
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.book)
        self.goods.found.connect(self.add)
        self.goods.unknown.connect(
            lambda code: self.messages.refuse(_("No product has the code {code}.").format(code=code))
        )
        self.model.edited.connect(self._summed)
        self.model.refused.connect(self.messages.refuse)
        self.model.coded.connect(self.goods.read)
        self.table.removed.connect(self._removed)
        self.supplier.edited.connect(self._supplier_chosen)
        if asks:
            failed = question_failed(self)
            self._desk.ask(supplier_choices, done=self._suppliers, failed=failed, owner=self)
            self._desk.ask(warehouse_choices, done=self._warehouses, failed=failed, owner=self)

    def _all(self) -> None:
        for at, line in enumerate(self.model.lines):
            self.model.count(at, line.expected_milli - line.quantity_milli)

    def _removed(self, at: int) -> None:
        if self.source.receipt_id is None:
            self.model.remove(at)
        else:
            self.model.count(at, -self.model.lines[at].quantity_milli)

    def _summed(self) -> None:
        self._total.setText(self._desk.formats.money(self.model.total_cents))

    def _suppliers(self, choices: Sequence[tuple[int, str]]) -> None:
        self.supplier.set_options(list(choices))
        self.supplier.set_value(self.source.supplier_id)

    def _warehouses(self, choices: Sequence[tuple[int, str]]) -> None:
        self.warehouse.set_options(list(choices))
        if choices:
            self.warehouse.set_value(choices[0][0])

    def _supplier_chosen(self) -> None:
        chosen = self.supplier.value()
        self.goods.supplier_id = int(str(chosen)) if chosen is not None else 0
        self.source = Source(supplier_id=self.goods.supplier_id or None)

    def _done(self, made: GoodsSentBack) -> None:
        self.accept()
        bar = bar_of(self._asker)
        if bar is not None:
            words = _("{number} is booked: the goods left stock.").format(number=made.number)
            act = Action(_("Open it to print"), lambda: _open(self._asker, made.supplier_return_id), "open_return")
            bar.say(words, Voice.SUCCESS, [act])


def _open(place: QWidget, supplier_return_id: int) -> None:
    from shopdesk.ui.screens.purchase_returns import RETURN

    open_record(place, RETURN, supplier_return_id)


def return_of_receipt(page: RecordView, card: ReceiptCard) -> None:
    """Send back what a delivery brought."""
    rows = tuple(
        Line(
            variant_id=line.variant_id,
            sku=line.sku,
            name=line.name,
            pack_milli=line.pack_milli,
            pack_cents=line.pack_cents,
            expected_milli=line.left_milli,
        )
        for line in card.lines
        if line.left_milli > 0
    )
    source = Source(card.id, card.head.supplier_id, card.head.supplier, card.warehouse_id, rows)
    ReturnDialog(page, page.desk, source).open()


def return_from_stock(place: QWidget, desk: Desk, supplier_id: int | None) -> None:
    """Send back goods from stock, whatever delivery brought them."""
    ReturnDialog(place, desk, Source(supplier_id=supplier_id)).open()
