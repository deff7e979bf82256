"""Work on the line in focus and on the sale: quantity, price, discounts, notes, why this price, undo."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from shopdesk.catalogue.sellable import Sellable
from shopdesk.core.errors import NotPermitted, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.money import MILLI
from shopdesk.core.permissions import Permission
from shopdesk.sales.basket import Discount
from shopdesk.sales.limits import approvals_needed
from shopdesk.ui.dialogs.discount import DiscountDialog
from shopdesk.ui.dialogs.price import ask_price
from shopdesk.ui.dialogs.price_figure import FigureDialog
from shopdesk.ui.dialogs.weigh import ask_quantity
from shopdesk.ui.dialogs.why import WhyStep, show_why
from shopdesk.ui.kit.messages import Dialog, ask_text
from shopdesk.ui.till.cart_lines import Line, step_words
from shopdesk.ui.till.grants import Wish
from shopdesk.ui.till.till_desk import TillDesk

Explain = Callable[[ShopError, Sellable, Callable[[int], object], int], object]


class LineWork(QObject):
    """What the keys and buttons of a line do. ``explain`` says a refusal of goods with its remedies."""

    def __init__(self, till: TillDesk, explain: Explain) -> None:
        super().__init__(till)
        self._till = till
        self._explain = explain

    # ------------------------------------------------------------------ quantity

    def one_more(self, line_id: int | None = None) -> None:
        """One more of a line."""
        self._step(line_id, MILLI)

    def one_less(self, line_id: int | None = None) -> None:
        """One less of a line; the last one takes the line away."""
        self._step(line_id, -MILLI)

    def remove(self, line_id: int | None = None) -> None:
        """Take a line away; it can be undone, and is recorded."""
        line = self._line(line_id)
        if line is not None:
            self._till.state.remove(line.id)
            self._till.messages.clear()

    def quantity(self) -> FigureDialog | None:
        """Ask how much of the line in focus."""
        line = self._line(None)
        if line is None:
            return None
        unit = self._till.state.priced_line(line.id).unit_price_cents
        return ask_quantity(
            self._till.page.window(),
            self._till.formats,
            name=line.goods.name,
            unit=line.goods.unit,
            unit_price_cents=unit,
            weighed=line.goods.is_weighed,
            on_quantity=lambda milli: self._till.state.set_quantity(line.id, milli),
            start_milli=line.quantity_milli,
        )

    def set_quantity(self, quantity_milli: int) -> None:
        """Give the line in focus a quantity typed in the field."""
        line = self._line(None)
        if line is not None:
            self._set(line.id, quantity_milli)

    def undo(self) -> None:
        """Step back over the last change."""
        if self._till.state.undo():
            self._till.messages.clear()
        else:
            self._till.refuse(_("There is nothing to undo."))

    # ------------------------------------------------------------------ price and discounts

    def price(self) -> FigureDialog | None:
        """Ask for another price of the line in focus; without the permission a manager approves it."""
        line = self._line(None)
        if line is None:
            return None
        state = self._till.state
        return ask_price(
            self._till.page.window(),
            self._till.formats,
            name=line.goods.name,
            list_price_cents=line.goods.price_cents,
            unit_price_cents=state.priced_line(line.id).unit_price_cents,
            on_price=lambda cents: self._approved_change(lambda: state.set_price(line.id, cents)),
            on_list_price=(lambda: state.set_price(line.id, None)) if line.override_cents is not None else None,
        )

    def discount(self) -> DiscountDialog | None:
        """Ask what to take off the line in focus."""
        line = self._line(None)
        if line is None or not self._may_discount():
            return None
        state, formats = self._till.state, self._till.formats
        base = state.priced_line(line.id).extended_cents
        about = _("{name}: {amount}").format(name=line.goods.name, amount=formats.money(base))
        return self._ask_discount(
            _("Discount on the line"),
            about,
            base,
            line.discount,
            lambda discount: state.set_discount(line.id, discount),
        )

    def order_discount(self) -> DiscountDialog | None:
        """Ask what to take off the whole sale."""
        state, formats = self._till.state, self._till.formats
        if state.empty or not self._may_discount():
            return None
        base = state.basket.subtotal_cents - state.basket.line_discounts_cents
        about = _("The whole sale: {amount}").format(amount=formats.money(base))
        return self._ask_discount(
            _("Discount on the sale"), about, base, state.cart.order_discount, state.set_order_discount
        )

    def _may_discount(self) -> bool:
        if self._till.may(Permission.DISCOUNT):
            return True
        self._till.refuse(NotPermitted(Permission.DISCOUNT.value))
        return False

    def _ask_discount(
        self, title: str, about: str, base: int, now: Discount | None, change: Callable[[Discount | None], object]
    ) -> DiscountDialog:
        def take(discount: Discount | None) -> None:
            if discount is not None:
                checked_text(discount.label, field="reason")
            self._approved_change(lambda: change(discount))

        cap = self._till.actor.discount_cap_ppm
        return DiscountDialog(
            self._till.page.window(),
            self._till.formats,
            title=title,
            about=about,
            base_cents=base,
            now=now,
            cap_ppm=None if self._till.may(Permission.DISCOUNT_OVER_CAP) else cap,
            on_discount=take,
        )

    def _approved_change(self, change: Callable[[], object]) -> None:
        """Change the cart; what then needs a manager is asked for on the spot and taken back if nobody approves."""
        state = self._till.state
        uid = state.cart.uid
        before = {(need.permission, need.amount_cents) for need in approvals_needed(state.basket, self._till.actor)}
        change()
        wishes = []
        for need in approvals_needed(state.basket, self._till.actor):
            if (need.permission, need.amount_cents) in before:
                continue
            name = state.cart.lines[need.line - 1].goods.name if need.line else _("the whole sale")
            words = _("{amount} off: {name}") if need.amount_cents else _("Another price: {name}")
            amount = self._till.formats.money(need.amount_cents)
            wishes.append(Wish(need.permission, need.amount_cents, words.format(amount=amount, name=name)))

        def refused() -> None:
            if state.cart.uid == uid:
                state.undo()
                self._till.refuse(_("Nobody approved it: nothing was changed."))

        if wishes:
            self._till.ask_manager(wishes, self._till.messages.clear, refused)

    # ------------------------------------------------------------------ words

    def line_note(self) -> Dialog | None:
        """Ask for a note on the line in focus."""
        line = self._line(None)
        if line is None:
            return None

        def write(text: str) -> None:
            self._guarded(lambda: self._till.state.set_line_note(line.id, checked_text(text, field="note")))

        title = _("Note on the line")
        return ask_text(
            self._till.page.window(),
            title,
            line.goods.name,
            _("Write"),
            write,
            text=line.note,
            required=False,
            till=True,
        )

    def note(self) -> Dialog:
        """Ask for a note on the sale."""

        def write(text: str) -> None:
            self._guarded(lambda: self._till.state.set_note(checked_text(text, field="note")))

        return ask_text(
            self._till.page.window(),
            _("Note on the sale"),
            _("It is kept with the sale."),
            _("Write"),
            write,
            text=self._till.state.cart.note,
            required=False,
            till=True,
        )

    def why(self) -> Dialog | None:
        """Show every step of the price of the line in focus."""
        line = self._line(None)
        if line is None:
            return None
        state, formats = self._till.state, self._till.formats
        priced = state.priced_line(line.id)
        quantity = formats.quantity(line.quantity_milli)
        shelf = priced.steps[0].before_cents if priced.steps else priced.extended_cents
        first = WhyStep(
            _("{quantity} x {price} on the shelf").format(
                quantity=quantity, price=formats.money(priced.list_price_cents)
            ),
            "",
            formats.amount(shelf),
        )
        steps = [
            WhyStep(
                step_words(step.kind, step.label),
                _signed(formats.amount(step.amount_cents), step.amount_cents),
                formats.amount(step.after_cents),
            )
            for step in priced.steps
        ]
        names = {part[0]: (part[1], part[2]) for part in line.goods.taxes}
        included = state.rules.prices_include_tax
        taxes = []
        for rate_id, cents in priced.taxes:
            name, ppm = names.get(rate_id, ("", 0))
            words = _("{name} {rate} in it") if included else _("{name} {rate} on top")
            taxes.append(WhyStep(words.format(name=name, rate=formats.percent(ppm)), "", formats.amount(cents)))
        last = WhyStep(_("To pay for this line"), "", formats.money(priced.total_cents))
        return show_why(self._till.page.window(), line.goods.name, first, steps, last, taxes)

    # ------------------------------------------------------------------ inside

    def _line(self, line_id: int | None) -> Line | None:
        cart = self._till.state.cart
        return cart.line(line_id) if line_id is not None else cart.focus

    def _step(self, line_id: int | None, step_milli: int) -> None:
        line = self._line(line_id)
        if line is not None:
            self._set(line.id, max(0, line.quantity_milli + step_milli))

    def _set(self, line_id: int, quantity_milli: int) -> None:
        line = self._line(line_id)
        if line is None:
            return
        try:
            self._till.state.set_quantity(line_id, quantity_milli)
        except ShopError as error:
            self._explain(error, line.goods, lambda milli: self._set(line_id, milli), quantity_milli)
        else:
            self._till.messages.clear()

    def _guarded(self, change: Callable[[], object]) -> None:
        try:
            change()
        except ShopError as error:
            self._till.refuse(error)


def _signed(amount: str, cents: int) -> str:
    return f"+{amount}" if cents > 0 else amount
