"""Goods of a sale come back: which, how many, why, in what state, and before anything is posted, all that it will do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from shopdesk.core.errors import BadAmount, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MILLI, format_quantity
from shopdesk.returns.returnable import Returnable, ReturnLine, ReturnPlan, SoldItem, preview_return, returnable
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import ChoiceField, MoneyField, QuantityField, TextField
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.widgets import Label, button, hbox, icon_button, named, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

CONDITIONS = (("stock", N_("Back to stock")), ("damaged", N_("Damaged")), ("gone", N_("Not returned to stock")))
REASONS = (
    N_("Does not fit"),
    N_("Does not like it"),
    N_("Wrong article"),
    N_("Damaged or defective"),
    N_("Bought by mistake"),
)
_WIDTH, _ROWS_HEIGHT = 920, 280


@dataclass(frozen=True, slots=True)
class WantedReturn:
    """What the dialog was asked to post; ``plan`` is what it showed."""

    sale: Returnable
    lines: tuple[ReturnLine, ...]
    reason: str
    fee_cents: int
    plan: ReturnPlan


class _Row:
    """One sold line of the dialog: how much comes back of it, and in what state."""

    def __init__(self, item: SoldItem, grid: QGridLayout, at: int, changed: Callable[[], object], words: str) -> None:
        self.item = item
        left = item.part.left_milli
        name = Label(item.name, f"return_name_{at}", font=text_font(tokens.TILL_TEXT))
        name.setToolTip(item.sku)
        grid.addWidget(name, at, 0)
        grid.addWidget(Label(words, f"return_left_{at}", tone="secondary"), at, 1)
        self.quantity = QuantityField(
            f"return_quantity_{at}", _("How many of {name}").format(name=item.name), till=True
        )
        self.quantity.setFixedWidth(112)
        self.quantity.setEnabled(left > 0)
        self.quantity.edited.connect(changed)
        steps = hbox(spacing=tokens.SPACE_4)
        less = icon_button(
            "minus", f"return_less_{at}", _("One less"), partial(self.step, -MILLI), size=tokens.TARGET_TILL
        )
        more = icon_button(
            "plus", f"return_more_{at}", _("One more"), partial(self.step, MILLI), size=tokens.TARGET_TILL
        )
        for made in (less, self.quantity, more):
            made.setEnabled(left > 0)
            steps.addWidget(made)
        grid.addLayout(steps, at, 2)
        options = tuple((value, _(text)) for value, text in CONDITIONS)
        self.condition = ChoiceField(
            f"return_condition_{at}", _("What becomes of {name}").format(name=item.name), options, till=True
        )
        self.condition.set_value("stock")
        self.condition.setEnabled(left > 0)
        self.condition.edited.connect(changed)
        grid.addWidget(self.condition, at, 3)
        self._changed = changed

    def step(self, by_milli: int) -> None:
        """Add a piece, or take one off, within what is left."""
        try:
            now = self.quantity.number()
        except BadAmount:
            now = 0
        self.set_quantity(now + by_milli)

    def set_quantity(self, milli: int) -> None:
        """Take back so much, at most what is left."""
        wanted = max(0, min(self.item.part.left_milli, milli))
        self.quantity.set_value(wanted or None)
        self._changed()

    def line(self) -> ReturnLine | None:
        """What comes back of it, None for nothing; raises BadAmount."""
        quantity = self.quantity.number()
        return ReturnLine(self.item.part.line, quantity, str(self.condition.value())) if quantity else None


class ReturnDialog(Dialog):
    """Finds a sale, asks what comes back, shows what that does; ``on_return`` posts it and closes the dialog when it worked."""

    def __init__(
        self, parent: QWidget | None, desk: Desk, on_return: Callable[[WantedReturn], object], number: str = ""
    ) -> None:
        super().__init__(parent, "return_dialog", _("Take goods back"), till=True)
        self._desk = desk
        self._on_return = on_return
        self._sale: Returnable | None = None
        self._plan: ReturnPlan | None = None
        self._rows: list[_Row] = []
        self.setMinimumWidth(_WIDTH)
        self.number = TextField("return_number", _("Receipt number"), till=True)
        self.number.setPlaceholderText(_("Scan the receipt or type its number"))
        self.number.returnPressed.connect(self._find)
        head = hbox(spacing=tokens.SPACE_8)
        head.addWidget(self.number, 1)
        self.finding = button(_("Find"), "return_find", self._find, till=True)
        head.addWidget(self.finding)
        self.body.addLayout(head)
        self.body.addWidget(self._make_goods(), 1)
        self.body.addWidget(self._make_reason())
        self.effects = wrapped(Label("", "return_effects", font=text_font(tokens.TILL_TEXT)))
        self.effects.setMinimumHeight(3 * tokens.TARGET_OFFICE)
        self.body.addWidget(self.effects)
        self.add_cancel()
        self.act = self.add_button(_("Give back"), "act", self._give_back, role="primary")
        self._show_sale(None)
        self.open()
        self.number.setFocus()
        if number:
            self.look_up(number)

    # ------------------------------------------------------------------ finding the sale

    def look_up(self, number: str) -> None:
        """Show a sale by its number."""
        self.number.setText(number)
        self._find()

    def scanned(self, code: str) -> bool:
        """A code was scanned while the dialog is open: one more of that article; False when the sale has none of it."""
        for row in self._rows:
            if code in (row.item.sku, row.item.barcode):
                row.step(MILLI)
                return True
        return False

    def _find(self) -> None:
        number = self.number.text().strip()
        if not number:
            return

        def failed(error: BaseException) -> None:
            if not isinstance(error, ShopError):
                raise error
            self._show_sale(None)
            self.messages.refuse(error.message)
            self.number.selectAll()

        self._desk.ask(returnable, number, done=self._show_sale, failed=failed, owner=self, key="sale")

    # ------------------------------------------------------------------ the goods

    def _make_goods(self) -> QWidget:
        self._area = named(QScrollArea(), "return_goods", _("Goods of the sale"))
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setMinimumHeight(_ROWS_HEIGHT)
        return self._area

    def _make_reason(self) -> QWidget:
        holder = named(QWidget(), "return_reasons")
        line = hbox(holder, spacing=tokens.SPACE_12)
        self.reason = ChoiceField(
            "return_reason", _("Reason"), tuple((_(text), _(text)) for text in REASONS), till=True
        )
        self.reason.setEditable(True)
        self.reason.setMinimumHeight(tokens.TARGET_TILL)
        self.fee = MoneyField("return_fee", _("Restocking fee"), self._desk.formats, till=True)
        self.fee.setFixedWidth(140)
        self.fee.edited.connect(self._changed)
        for words, widget, share in ((_("Reason"), self.reason, 1), (_("Restocking fee"), self.fee, 0)):
            column = vbox(spacing=tokens.SPACE_4)
            column.addWidget(Label(words, f"{widget.objectName()}_label", tone="secondary"))
            column.addWidget(widget)
            line.addLayout(column, share)
        self.all = button(_("All of it"), "return_all", self._take_all, till=True)
        line.addWidget(self.all, 0, Qt.AlignmentFlag.AlignBottom)
        return holder

    def _show_sale(self, sale: Returnable | None) -> None:
        self._sale, self._plan, self._rows = sale, None, []
        goods = named(QWidget(), "return_lines")
        grid = QGridLayout(goods)
        grid.setContentsMargins(0, 0, tokens.SPACE_8, 0)
        grid.setHorizontalSpacing(tokens.SPACE_16)
        grid.setVerticalSpacing(tokens.SPACE_8)
        grid.setColumnStretch(0, 1)
        if sale is None:
            words = wrapped(Label(_("The goods of the sale will stand here."), "return_empty", tone="secondary"))
            grid.addWidget(words, 0, 0)
        else:
            self.messages.clear()
            for at, item in enumerate(sale.items):
                self._rows.append(_Row(item, grid, at, self._changed, self._left_words(item)))
        grid.setRowStretch(grid.rowCount(), 1)
        self._area.setWidget(goods)
        for widget in (self.reason, self.fee, self.all):
            widget.setEnabled(sale is not None)
        self._show_plan(None)
        if self._rows:
            first = next((row for row in self._rows if row.item.part.left_milli), self._rows[0])
            first.quantity.setFocus()
            if not any(row.item.part.left_milli for row in self._rows):
                self.messages.refuse(_("Everything of this sale came back already."))

    def _left_words(self, item: SoldItem) -> str:
        left, sold = format_quantity(item.part.left_milli), format_quantity(item.part.quantity_milli)
        price = self._desk.formats.amount(item.unit_price_cents)
        return _("{left} of {sold} at {price}").format(left=left, sold=sold, price=price)

    def _take_all(self) -> None:
        for row in self._rows:
            row.set_quantity(row.item.part.left_milli)

    # ------------------------------------------------------------------ what it does

    def _lines(self) -> tuple[ReturnLine, ...]:
        return tuple(line for row in self._rows if (line := row.line()) is not None)

    def _changed(self) -> None:
        self._plan = None
        sale = self._sale
        try:
            lines, fee = self._lines(), self.fee.number()
        except BadAmount as error:
            self.messages.refuse(error.message)
            self._show_plan(None)
            return
        self.messages.clear()
        if sale is None or not lines:
            self._show_plan(None)
            return

        def failed(error: BaseException) -> None:
            if not isinstance(error, ShopError):
                raise error
            self._show_plan(None)
            self.messages.refuse(error.message)

        self._desk.ask(
            preview_return, sale.number, lines, fee, done=self._show_plan, failed=failed, owner=self, key="plan"
        )

    def _show_plan(self, plan: ReturnPlan | None) -> None:
        self._plan = plan
        self.act.setEnabled(plan is not None)
        money = self._desk.formats.money
        if plan is None:
            self.act.setText(_("Give back"))
            self.effects.setText("")
            return
        self.act.setText(_("Give back {amount}").format(amount=money(plan.total_cents)))
        self.effects.setFont(number_font(tokens.TILL_TEXT))
        self.effects.setText("\n".join(self._effects(plan)))

    def _effects(self, plan: ReturnPlan) -> Sequence[str]:
        money = self._desk.formats.money
        names = {"cash": _("Cash"), "card": _("Card")}
        tenders = ", ".join(
            f"{names.get(refund.type, refund.type)} {money(refund.amount_cents)}" for refund in plan.refund.refunds
        )
        lines = [_("Money back: {tenders}").format(tenders=tenders or money(0))]
        parts = [_("Goods {amount}").format(amount=money(plan.goods_cents))]
        if plan.fee_cents:
            parts.append(_("fee {amount}").format(amount=money(plan.fee_cents)))
        if plan.refund.rounding_cents:
            parts.append(_("rounding {amount}").format(amount=money(plan.refund.rounding_cents)))
        off = sum(part.discount_cents for _item, part, _condition in plan.parts)
        if off:
            parts.append(_("discount taken off before {amount}").format(amount=money(off)))
        taxes = sum(tax for *_rest, tax in plan.taxes)
        if taxes:
            parts.append(_("tax in it {amount}").format(amount=money(taxes)))
        lines.append(" · ".join(parts))
        stock = sum(part.quantity_milli for item, part, state in plan.parts if state == "stock" and item.track_stock)
        other = sum(part.quantity_milli for _item, part, state in plan.parts if state != "stock")
        words = [_("{count} back to stock").format(count=format_quantity(stock))] if stock else []
        if other:
            words.append(_("{count} not back to stock").format(count=format_quantity(other)))
        return [*lines, " · ".join(words)] if words else lines

    def _give_back(self) -> None:
        reason = self.reason.currentText().strip()
        if not reason:
            self.messages.refuse(_("Please fill in: {label}").format(label=_("Reason")))
            self.reason.setFocus()
            return
        if self._sale is not None and self._plan is not None:
            lines = tuple(
                ReturnLine(item.part.line, part.quantity_milli, state) for item, part, state in self._plan.parts
            )
            self._on_return(WantedReturn(self._sale, lines, reason, self._plan.fee_cents, self._plan))
