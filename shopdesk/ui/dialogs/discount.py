"""Something off a line or off the whole sale: a share or an amount, with a reason that is printed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.core.money import PPM
from shopdesk.sales.basket import Discount, DiscountTooLarge
from shopdesk.ui.dialogs.price_figure import LEFT_WIDTH, PAD_ROWS
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.inputs import MoneyField, NumberField, PercentField, TextField
from shopdesk.ui.kit.keypads import NumericPad
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.widgets import Label, button, hbox, named, set_flag, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

QUICK_PPM = (50_000, 100_000, 150_000, 200_000, 500_000)


class DiscountDialog(Dialog):
    """Asks for a discount of ``base_cents``. F2 changes between per cent and amount. ``on_discount`` may refuse."""

    def __init__(
        self,
        parent: QWidget | None,
        formats: Formats,
        *,
        title: str,
        about: str,
        base_cents: int,
        now: Discount | None,
        cap_ppm: int | None,
        on_discount: Callable[[Discount | None], object],
    ) -> None:
        super().__init__(parent, "discount_dialog", title, till=True)
        self._formats = formats
        self._base = base_cents
        self._on_discount = on_discount
        self._field: NumberField
        self.percent = PercentField("discount_percent", _("Per cent off"), till=True)
        self.amount = MoneyField("discount_amount", _("Amount off"), formats, till=True)
        self.reason = TextField("discount_reason", _("Reason"), max_length=60, till=True)
        self.outcome = wrapped(Label("", "discount_result", font=number_font(tokens.TILL_LINE, tokens.SEMIBOLD)))
        self.outcome.setMinimumHeight(tokens.TARGET_TILL)
        self._kinds = hbox(spacing=tokens.SPACE_8)
        self._by_share = button("%", "by_percent", lambda: self.use(self.percent), role="chip", till=True)
        self._by_amount = button(formats.sign(), "by_amount", lambda: self.use(self.amount), role="chip", till=True)
        self._by_share.setAccessibleName(_("By per cent"))
        self._by_amount.setAccessibleName(_("By amount"))
        left = self._left(about, cap_ppm)
        self.pad = NumericPad(rows=PAD_ROWS, target=self.percent)
        self.pad_amount = NumericPad(rows=PAD_ROWS, target=self.amount)
        columns = hbox(spacing=tokens.SPACE_24)
        columns.addWidget(left, 1)
        for pad in (self.pad, self.pad_amount):
            columns.addWidget(pad, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(columns)
        for field in (self.percent, self.amount):
            field.textChanged.connect(lambda _text: self._show_result())
        self.add_cancel()
        if now is not None:
            self.add_button(_("No discount"), "no_discount", lambda: self._take(None))
        self.add_button(_("Take off"), "act", self._done, role="primary", default=True)
        self._start(now)

    def use(self, field: NumberField) -> None:
        """Ask by per cent or by amount."""
        share = field is self.percent
        self.percent.setVisible(share)
        self.amount.setVisible(not share)
        self.pad.setVisible(share)
        self.pad_amount.setVisible(not share)
        set_flag(self._by_share, "on", share)
        set_flag(self._by_amount, "on", not share)
        self._field = field
        field.setFocus()
        field.selectAll()
        self._show_result()

    def discount(self) -> Discount:
        """What is asked for; raises BadAmount and DiscountTooLarge."""
        figure, label = self._field.number(), str(self.reason.value())
        if self._field is self.percent:
            if not 0 < figure <= PPM:
                raise DiscountTooLarge(0, figure, PPM)
            return Discount(ppm=figure, label=label)
        if not 0 < figure <= self._base:
            raise DiscountTooLarge(0, figure, self._base)
        return Discount(cents=figure, label=label)

    def _left(self, about: str, cap_ppm: int | None) -> QWidget:
        left = named(QWidget(), "discount_left")
        left.setMinimumWidth(LEFT_WIDTH + tokens.SPACE_32)
        column = vbox(left, spacing=tokens.SPACE_8)
        column.addWidget(wrapped(Label(about, "discount_about", font=text_font(tokens.TILL_TEXT))))
        self._kinds.addWidget(self._by_share)
        self._kinds.addWidget(self._by_amount)
        self._kinds.addStretch(1)
        column.addLayout(self._kinds)
        column.addWidget(self.percent)
        column.addWidget(self.amount)
        quick = hbox(spacing=tokens.SPACE_8)
        for ppm in QUICK_PPM:
            chip = button(self._formats.percent(ppm), f"quick_{ppm}", role="chip", till=True)
            chip.setStyleSheet("padding: 0 10px;")
            chip.clicked.connect(lambda _checked=False, ppm=ppm: self._quick(ppm))
            quick.addWidget(chip)
        column.addLayout(quick)
        column.addWidget(Label(_("Reason"), "reason_label", tone="secondary", font=text_font(tokens.TILL_TEXT)))
        column.addWidget(self.reason)
        column.addWidget(self.outcome)
        if cap_ppm is not None:
            words = _("More than {cap} asks for a manager.").format(cap=self._formats.percent(cap_ppm))
            column.addWidget(
                wrapped(Label(words, "discount_cap", tone="secondary", font=text_font(tokens.OFFICE_TEXT)))
            )
        return left

    def _start(self, now: Discount | None) -> None:
        self._field = self.percent
        if now is not None:
            self.reason.set_value(now.label)
            if now.ppm:
                self.percent.set_value(now.ppm)
            else:
                self.amount.set_value(now.cents)
        self.open()
        self.use(self.amount if now is not None and not now.ppm else self.percent)

    def _quick(self, ppm: int) -> None:
        self.use(self.percent)
        self.percent.set_value(ppm)

    def _show_result(self) -> None:
        try:
            off = self.discount().of(self._base)
        except ShopError:
            self.outcome.setText("")
            return
        words = _("{amount} off, {left} left to pay")
        self.outcome.setText(words.format(amount=self._formats.money(off), left=self._formats.money(self._base - off)))

    def _done(self) -> None:
        try:
            discount = self.discount()
        except ShopError as refusal:
            self.messages.refuse(refusal.message)
            self._field.setFocus()
            self._field.selectAll()
            return
        self._take(discount)

    def _take(self, discount: Discount | None) -> None:
        try:
            self._on_discount(discount)
        except ShopError as refusal:
            self.messages.refuse(refusal.message)
            return
        self.accept()
