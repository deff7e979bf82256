"""What the sale comes to: customer, discount, tax, and the total in figures that are read from afar."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QWidget

from shopdesk.core.i18n import _, ngettext
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.widgets import Label, button, hbox, named, vbox
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font
from shopdesk.ui.till.cart_state import CartState
from shopdesk.ui.till.elided import ElidedLabel

TAX_ROWS = 3


class Totals(QFrame):
    """The block below the lines. ``customer_pressed`` asks whose sale this is, ``note_pressed`` for its note."""

    customer_pressed = Signal()
    note_pressed = Signal()

    def __init__(self, customer_key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "totals", _("What the sale comes to"))
        layout = vbox(self, spacing=tokens.SPACE_4)
        layout.setContentsMargins(tokens.SPACE_16, tokens.SPACE_8, tokens.SPACE_16, tokens.SPACE_8)
        head = hbox()
        self.buyer = ElidedLabel("buyer_name", font=text_font(tokens.TILL_TEXT, tokens.SEMIBOLD))
        head.addWidget(self.buyer, 1)
        self.note = self._button("", "note_shown", "note-text-outline", self.note_pressed.emit)
        self.note.setToolTip(_("Note on the sale"))
        self.note.setAccessibleName(_("Note on the sale"))
        head.addWidget(self.note)
        self.customer = self._button(
            _("Customer") + f"  {customer_key}", "customer_button", "account-outline", self.customer_pressed.emit
        )
        head.addWidget(self.customer)
        layout.addLayout(head)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self._rows = [self._row(number) for number in range(TAX_ROWS + 1)]
        layout.addLayout(self._grid)
        foot = hbox(spacing=tokens.SPACE_16)
        words = vbox(spacing=0)
        words.addStretch(1)
        words.addWidget(Label(_("TOTAL"), "total_word", font=text_font(tokens.TILL_LINE, tokens.SEMIBOLD)))
        self.count = Label("", "total_count", tone="secondary", font=text_font(tokens.OFFICE_TEXT))
        words.addWidget(self.count)
        words.addStretch(1)
        foot.addLayout(words)
        self.total = Label("", "total", font=number_font(tokens.TILL_TOTAL, tokens.SEMIBOLD))
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.total, 1)
        layout.addLayout(foot)

    def show_state(self, state: CartState, formats: Formats) -> None:
        """Show what the cart in hand comes to."""
        cart, basket = state.cart, state.basket
        if cart.buyer is None:
            self.buyer.setText(_("No customer"))
            self.buyer.set_tone("secondary")
        else:
            self.buyer.setText(f"{cart.buyer.name} · {cart.buyer.detail}" if cart.buyer.detail else cart.buyer.name)
            self.buyer.set_tone("")
        self.note.setVisible(bool(cart.note))
        rows: list[tuple[str, str]] = []
        if basket.discount_cents:
            rows.append((_("Discount"), formats.amount(-basket.discount_cents)))
        taxes = [tax for tax in basket.taxes if tax.tax_cents]
        if len(taxes) > TAX_ROWS:
            rows.append((_("Taxes"), formats.amount(basket.tax_cents)))
            taxes = []
        for tax in taxes:
            words = _("{name} {rate} included") if state.rules.prices_include_tax else _("{name} {rate}")
            head = words.format(name=tax.name, rate=formats.percent(tax.rate_ppm))
            rows.append((head, formats.amount(tax.tax_cents)))
        for place, (words_label, figure) in enumerate(self._rows):
            shown = place < len(rows)
            words_label.setText(rows[place][0] if shown else "")
            figure.setText(rows[place][1] if shown else "")
            words_label.setVisible(shown)
            figure.setVisible(shown)
        lines = len(cart.lines)
        self.count.setText(ngettext("{count} line", "{count} lines", lines).format(count=lines) if lines else "")
        self.total.setText(formats.money(basket.due_cents))

    def _row(self, number: int) -> tuple[Label, Label]:
        words = ElidedLabel(f"sum_words_{number}", tone="secondary", font=text_font(tokens.TILL_TEXT))
        figure = Label("", f"sum_{number}", tone="secondary", font=number_font(tokens.TILL_TEXT))
        figure.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(words, number, 0)
        self._grid.addWidget(figure, number, 1)
        return words, figure

    @staticmethod
    def _button(text: str, name: str, glyph: str, run: object) -> QPushButton:
        made = button(text, name, glyph=glyph, till=True)
        made.clicked.connect(run)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return made
