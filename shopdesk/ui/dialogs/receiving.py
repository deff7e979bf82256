"""Counting a delivery: each scan counts one or its pack, beside what was ordered; booked in one go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from shopdesk.catalogue.margin import TaxesNow, taxes_now
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.purchasing.order_queries import OrderCard, order_card
from shopdesk.purchasing.receive import (
    GoodsReceived,
    MoreThanOrdered,
    ReceivedLine,
    ReceivedMeanwhile,
    ReceiveGoods,
    receive_goods,
)
from shopdesk.purchasing.scanning import Scanned
from shopdesk.ui.dialogs.receiving_barcode import attach_code
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import Action, Dialog, Voice, ask, bar_of
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.sounds import Sounds
from shopdesk.ui.kit.texts import CheckField, TextField
from shopdesk.ui.kit.widgets import Label, button, card, hbox, vbox
from shopdesk.ui.screens import purchase_lines as lines
from shopdesk.ui.screens.purchase_goods import GoodsLine
from shopdesk.ui.screens.purchase_lines import Line, LineColumn, LinesModel, LinesTable
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

WIDTH, HEIGHT = 1160, 660


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is received: of an order, or of a supplier without one."""

    supplier_id: int
    supplier: str
    warehouse_id: int
    order: OrderCard | None = None


def _difference(line: Line) -> int:
    return line.quantity_milli - line.expected_milli


def _difference_tone(line: Line) -> str:
    if not line.quantity_milli or not _difference(line):
        return "success" if line.quantity_milli else "secondary"
    return "warning"


def _shown_difference(line: Line, formats: Any) -> str:
    if not line.quantity_milli:
        return ""
    milli = _difference(line)
    return f"+{formats.quantity(milli)}" if milli > 0 else formats.quantity(milli)


_COUNTED = (
    LineColumn("sku", N_("SKU"), lambda line, _f: line.sku, width=112, right=False),
    LineColumn("name", N_("Name"), lambda line, _f: line.name, right=False, stretch=True),
    LineColumn("code", N_("Their number"), lambda line, _f: line.code, width=112, right=False),
    LineColumn(
        "missing",
        N_("Awaited"),
        lambda line, f: f.quantity(line.expected_milli) if line.expected_milli else "",
        width=80,
    ),
    LineColumn("pack", N_("Pack"), lines.shown_pack, lines.read_pack, width=64),
    LineColumn("counted", N_("Counted"), lines.shown_quantity, lines.read_quantity, width=88),
    LineColumn("difference", N_("Difference"), _shown_difference, width=88, tone=_difference_tone),
)


class ReceivingDialog(Dialog):
    """A delivery while it is counted. Nothing is booked before "Book delivery"."""

    def __init__(self, parent: QWidget, desk: Desk, memory: Memory, delivery: Delivery) -> None:
        number = delivery.order.number if delivery.order is not None else _("without an order")
        title = _("Receive goods: {supplier}, {number}").format(supplier=delivery.supplier, number=number)
        super().__init__(parent, "receiving", title)
        self.desk = desk
        self.memory = memory
        self.delivery = delivery
        self._place = parent
        self._key = uuid7()
        self._sounds = Sounds()
        self.booked: GoodsReceived | None = None
        self._taxes: TaxesNow | None = None
        costs = desk.may(Permission.COST_VIEW)
        self.model = LinesModel((*_COUNTED, *(self._cost_columns() if costs else ())), desk.formats, self)
        self.table = LinesTable(self.model, self)
        self.goods = GoodsLine(
            desk, "receiving_line", supplier_id=delivery.supplier_id, warehouse_id=delivery.warehouse_id
        )
        self.last = Label("", "last_scan", font=text_font(tokens.TILL_LINE, tokens.SEMIBOLD))
        self.note = TextField("delivery_note", _("Delivery note"), max_length=100)
        self.close_short = CheckField("close_short", _("Close the rest"))
        self._build(costs)
        self._fill()
        desk.ask(taxes_now, done=self._keep_taxes, failed=question_failed(self), owner=self)
        self.resize(
            min(WIDTH, max(parent.window().width() - 40, 900)), min(HEIGHT, max(parent.window().height() - 40, 520))
        )
        self.goods.line.setFocus()

    @property
    def counted(self) -> list[Line]:
        """The lines of which something came."""
        return [line for line in self.model.lines if line.quantity_milli]

    def count(self, known: Scanned) -> None:
        """Count what a scan stands for; goods that were not ordered get a line of their own."""
        article = known.article
        at = self.model.place_of(article.variant_id)
        if at < 0:
            at = self.model.add(
                Line(
                    variant_id=article.variant_id,
                    sku=article.sku,
                    name=article.name,
                    unit=article.unit,
                    code=article.supplier_code,
                    pack_milli=article.pack_milli,
                    pack_cents=article.likely_pack_cents,
                    price_cents=article.price_cents,
                    tax_class_id=article.tax_class_id,
                    is_extra=True,
                )
            )
        self.model.count(at, known.quantity_milli)
        self.table.show_row(at)
        self._say_last(self.model.lines[at])
        self._sounds.scan()

    def count_all(self) -> None:
        """Everything awaited came."""
        for at, line in enumerate(self.model.lines):
            if line.expected_milli > line.quantity_milli:
                self.model.count(at, line.expected_milli - line.quantity_milli)
        self.goods.line.setFocus()

    def book(self, *, accept_over: bool = False) -> None:
        """Book what was counted; refusals are answered here."""
        self.messages.clear()
        operation = Operation(receive_goods, self._command(accept_over), done=self._done, refused=self._refused)
        operation.run(self.desk, self, hold=(self._act,))

    def reject(self) -> None:
        """Leave; asks when something was counted."""
        if not self.counted or self.booked is not None:
            super().reject()
            return
        text = _("What you counted has not been booked.")
        ask(self, _("Leave without booking?"), text, _("Leave without booking"), super().reject, danger=True)

    # Building

    def _build(self, costs: bool) -> None:
        top = hbox(spacing=tokens.SPACE_8)
        top.addWidget(self.goods, 1)
        self._all = button(_("All came"), "count_all", self.count_all, glyph="check")
        self._all.setVisible(self.delivery.order is not None)
        top.addWidget(self._all)
        self.body.addLayout(top)
        self.last.setMinimumHeight(tokens.TARGET_OFFICE)
        self.last.setText(_("Scan the goods, or type how many came."))
        self.body.addWidget(self.last)
        ground = card("lines_card")
        vbox(ground, margin=1).addWidget(self.table)
        self.body.addWidget(ground, 1)
        foot = hbox(spacing=tokens.SPACE_12)
        words = Label(_("Delivery note"), "delivery_note_label", tone="secondary")
        words.setBuddy(self.note)
        self.note.setMaximumWidth(180)
        foot.addWidget(words)
        foot.addWidget(self.note)
        foot.addSpacing(tokens.SPACE_12)
        self.close_short.setToolTip(_("What is missing is no longer waited for."))
        width = self.close_short.fontMetrics().horizontalAdvance(self.close_short.text())
        self.close_short.setMinimumWidth(width + 2 * tokens.SPACE_32)
        foot.addWidget(self.close_short)
        self.close_short.setVisible(self.delivery.order is not None)
        foot.addStretch(1)
        self._sum = Label("", "receiving_sum", tone="secondary")
        self._total = Label("", "receiving_total", font=number_font(tokens.OFFICE_SECTION))
        self._total.setVisible(costs)
        foot.addWidget(self._sum)
        foot.addWidget(self._total)
        self.body.addLayout(foot)
        self.add_cancel()
        self._act = self.add_button(_("Book delivery"), "act", self.book, role="primary")
        self._act.setToolTip(_("Book delivery (Ctrl+Enter)"))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.book)
        back = QShortcut(QKeySequence("F2"), self)
        back.activated.connect(lambda: self.goods.line.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.goods.found.connect(self.count)
        self.goods.unknown.connect(self._unknown)
        self.model.edited.connect(self._summed)
        self.model.refused.connect(self.messages.refuse)
        self.model.coded.connect(self.goods.read)
        self.table.removed.connect(self._removed)

    def _fill(self) -> None:
        order = self.delivery.order
        if order is not None:
            self.model.set_lines(
                [
                    Line(
                        variant_id=line.variant_id,
                        sku=line.sku,
                        name=line.name,
                        unit=line.unit,
                        code=line.supplier_code,
                        pack_milli=line.pack_milli,
                        pack_cents=line.pack_cents or None,
                        expected_milli=line.waiting_milli,
                        before_milli=line.received_milli,
                        price_cents=line.price_cents,
                        tax_class_id=line.tax_class_id,
                    )
                    for line in order.lines
                ]
            )
        self._summed()

    def _summed(self) -> None:
        counted = self.counted
        pieces = sum(line.quantity_milli for line in counted)
        words = ngettext("{n} line, {pieces} counted", "{n} lines, {pieces} counted", len(counted))
        self._sum.setText(words.format(n=len(counted), pieces=self.desk.formats.quantity(pieces)))
        self._total.setText(self.desk.formats.money(sum(line.total_cents or 0 for line in counted)))

    def _say_last(self, line: Line) -> None:
        counted = self.desk.formats.quantity(line.quantity_milli)
        if self.delivery.order is None or line.is_extra:
            words = _("{name}: {counted}").format(name=line.name, counted=counted)
        else:
            awaited = self.desk.formats.quantity(line.expected_milli)
            words = _("{name}: {counted} of {awaited}").format(name=line.name, counted=counted, awaited=awaited)
        self.last.setText(words)
        if line.is_extra and self.delivery.order is not None:
            self.messages.say(_("{name} is not on this order.").format(name=line.name), Voice.WARNING)
        elif _difference(line) > 0 and self.delivery.order is not None:
            self.messages.say(_("{name}: more came than is awaited.").format(name=line.name), Voice.WARNING)
        else:
            self.messages.clear()

    def _removed(self, at: int) -> None:
        """Delete empties a line of the order, and takes an added one away."""
        line = self.model.lines[at]
        if line.is_extra or self.delivery.order is None:
            self.model.remove(at)
        else:
            self.model.count(at, -line.quantity_milli)

    def _unknown(self, code: str) -> None:
        self._sounds.error()
        words = _("Nobody knows the code {code}. Nothing was counted.").format(code=code)
        self.messages.refuse(words, [Action(_("Give it to a product"), partial(self._attach, code), "attach")])

    def _attach(self, code: str) -> None:
        delivery = self.delivery
        attach_code(self, self.desk, code, delivery.supplier_id, delivery.warehouse_id, lambda: self.goods.read(code))

    def _cost_columns(self) -> tuple[LineColumn, LineColumn]:
        return (
            LineColumn(
                "cost", N_("Cost of a pack"), lines.shown_cost, lines.read_cost, width=112, tone=self._cost_tone
            ),
            LineColumn("total", N_("Total"), lines.shown_total, width=96),
        )

    def _cost_tone(self, line: Line) -> str:
        """Red for a cost that is not below what the price leaves without tax."""
        unit = line.unit_cents
        if unit is None or not line.price_cents:
            return ""
        taxes = self._taxes
        net = line.price_cents if taxes is None else taxes.net_cents(line.price_cents, line.tax_class_id)
        return "danger" if unit >= net else ""

    def _keep_taxes(self, taxes: TaxesNow) -> None:
        self._taxes = taxes
        self.table.viewport().update()

    # Booking

    def _command(self, accept_over: bool) -> ReceiveGoods:
        order = self.delivery.order
        came = tuple(
            ReceivedLine(
                variant_id=line.variant_id,
                quantity_milli=line.quantity_milli,
                seen_milli=None if order is None or line.is_extra else line.before_milli,
                pack_quantity_milli=line.pack_milli,
                pack_cost_cents=line.pack_cents,
            )
            for line in self.counted
        )
        return ReceiveGoods(
            key=self._key,
            lines=came,
            order_id=None if order is None else order.id,
            supplier_id=self.delivery.supplier_id,
            warehouse_id=self.delivery.warehouse_id,
            delivery_note=str(self.note.value() or ""),
            accept_over=accept_over,
            close_short=order is not None and bool(self.close_short.value()),
        )

    def _refused(self, error: ShopError) -> bool:
        if isinstance(error, MoreThanOrdered):
            text = _("{extra} beyond the order. It is booked into stock and stands on the delivery.").format(
                extra=str(error.values["extra"])
            )
            ask(self, _("More came than was ordered"), text, _("Book all of it"), partial(self.book, accept_over=True))
            return True
        if isinstance(error, ReceivedMeanwhile) and self.delivery.order is not None:
            self.messages.refuse(error.message)
            self.desk.ask(
                order_card, self.delivery.order.id, done=self._reread, failed=question_failed(self), owner=self
            )
            return True
        if error.field is not None and error.field.startswith("lines["):
            at = int(error.field[len("lines[") :].partition("]")[0])
            self.table.show_row(self.model.lines.index(self.counted[at]))
        return False

    def _reread(self, order: OrderCard | None) -> None:
        """Somebody booked goods of the same order: what is awaited now, beside what was counted here."""
        if order is None:
            return
        self.delivery = Delivery(self.delivery.supplier_id, self.delivery.supplier, self.delivery.warehouse_id, order)
        known = {line.variant_id: line for line in order.lines}
        for at, line in enumerate(self.model.lines):
            if (now := known.get(line.variant_id)) is not None:
                line.expected_milli, line.before_milli = now.waiting_milli, now.received_milli
                self.model.changed_row(at)

    def _done(self, booked: GoodsReceived) -> None:
        self.booked = booked
        wanted = [(line.variant_id, max(1, line.quantity_milli // 1000)) for line in self.counted]
        self.accept()
        bar = bar_of(self._place)
        if bar is None:
            return
        formats = self.desk.formats
        words = [_("Delivery {number} is booked.").format(number=booked.number)]
        words += [
            _("{name} now costs {cost} and sells for {price}.").format(
                name=one.name, cost=formats.money(one.cost_cents), price=formats.money(one.price_cents)
            )
            for one in booked.dear
        ]
        act = Action(_("Print labels"), partial(_labels, self._place, self.desk, wanted), "labels")
        bar.say(" ".join(words), Voice.WARNING if booked.dear else Voice.SUCCESS, [act])


def _labels(place: QWidget, desk: Desk, wanted: list[tuple[int, int]]) -> None:
    from shopdesk.ui.dialogs.labels import open_labels

    open_labels(place, desk, wanted)


def receive_order(place: QWidget, desk: Desk, memory: Memory, order_id: int) -> None:
    """Open the counting of an order's delivery over a page."""

    def opened(order: OrderCard | None) -> None:
        if order is None:
            return
        ReceivingDialog(
            place, desk, memory, Delivery(order.supplier_id, order.supplier, order.warehouse_id, order)
        ).open()

    desk.ask(order_card, order_id, done=opened, failed=question_failed(place), owner=place)


def receive_without_order(
    place: QWidget, desk: Desk, memory: Memory, supplier_id: int, supplier: str, warehouse_id: int
) -> None:
    """Open the counting of a delivery that nobody ordered in writing."""
    ReceivingDialog(place, desk, memory, Delivery(supplier_id, supplier, warehouse_id)).open()
