"""What will somebody pay for something, and why: the question that every price list raises."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from shopdesk.catalogue.price_list_queries import PriceExplained, PriceReason, Verdict, explain_price
from shopdesk.catalogue.search import FoundGoods
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MILLI
from shopdesk.core.permissions import Permission
from shopdesk.parties.queries import FEWEST_LETTERS, FoundCustomer, find_customers
from shopdesk.ui.dialogs.price_list_work import find_for_price, goods_words
from shopdesk.ui.dialogs.wall_moments import read_moment
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_view import Field, FormView, Holds
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import question_failed, show_refusal
from shopdesk.ui.kit.pickers import Picker
from shopdesk.ui.kit.widgets import Label, button, hbox, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font

_SAID: Final[dict[Verdict, str]] = {
    "holds": N_("{name}: {price}. This one holds."),
    "beaten": N_("{name}: {price}. Another list comes first."),
    "quantity": N_("{name}: {price}, but only from {quantity} pieces."),
    "later": N_("{name}: {price}, but only from {start} on."),
    "over": N_("{name}: {price}. It ended on {end}."),
    "not_given": N_("{name}: {price}, for customers who are given this list."),
    "off": N_("{name}: {price}. The list is switched off."),
}


class PriceCheck(Dialog):
    """Goods, somebody or nobody, a moment, a quantity: the price that the till would take, and a line for every list."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent, "price_check", _("What will it cost?"))
        self.setMinimumSize(620, 560)
        self._desk = desk
        self._goods: FoundGoods | None = None
        self._customer: FoundCustomer | None = None
        self.picker = Picker(
            desk, find_for_price, goods_words(desk.formats), "check_goods", _("Goods: name, SKU or code")
        )
        self.picker.picked.connect(self._take_goods)
        self.body.addWidget(self.picker)
        self.chosen = wrapped(Label(_("Find the goods first."), "check_chosen", tone="secondary"))
        self.body.addWidget(self.chosen)
        actor = desk.actor
        self.people = Picker(
            desk,
            lambda reader, text: find_customers(reader, text, actor),
            _person,
            "check_customer",
            _("Customer: name, mail, phone or card"),
            least=FEWEST_LETTERS,
        )
        self.people.picked.connect(self._take_customer)
        self.people.setVisible(desk.may(Permission.CUSTOMER_VIEW))
        self.body.addWidget(self.people)
        row = hbox(spacing=tokens.SPACE_8)
        self.whom = wrapped(Label(_("For nobody in particular."), "check_whom", tone="secondary"))
        row.addWidget(self.whom, 1)
        self.nobody = button(_("Nobody in particular"), "check_nobody", self._forget, role="quiet")
        self.nobody.hide()
        row.addWidget(self.nobody)
        self.body.addLayout(row)
        self.form = FormView(
            (
                Field("at", N_("When"), help=N_("2026-12-01 or 2026-12-01 06:00; empty is now.")),
                Field("quantity", N_("Quantity"), Holds.QUANTITY),
            ),
            desk,
            across=True,
        )
        self.form.edited.connect(self._look)
        self.body.addWidget(self.form)
        self.price = Label("", "check_price", font=number_font(tokens.TILL_FOCUS, tokens.SEMIBOLD))
        self.body.addWidget(self.price)
        self.reasons = vbox(spacing=tokens.SPACE_4)
        self.said: list[Label] = []
        self.body.addLayout(self.reasons)
        self.body.addStretch(1)
        self.add_cancel(_("Close"))
        self.picker.setFocus()

    def _take_goods(self, goods: FoundGoods) -> None:
        self._goods = goods
        self.chosen.setText(", ".join(filter(None, (goods.name, goods.variant_name, goods.sku))))
        self.chosen.set_tone("")
        self.picker.clear()
        self._look()

    def _take_customer(self, found: FoundCustomer) -> None:
        self._customer = found
        self.whom.setText(_("For {name}.").format(name=found.name or found.company))
        self.nobody.show()
        self.people.clear()
        self._look()

    def _forget(self) -> None:
        self._customer = None
        self.whom.setText(_("For nobody in particular."))
        self.nobody.hide()
        self._look()

    def _look(self) -> None:
        if self._goods is None:
            return
        try:
            values = self.form.values()
            at = read_moment(str(values["at"]), self._desk.formats.timezone, field="at")
        except ShopError as error:
            show_refusal(self, error, form=self.form)
            return
        quantity = values["quantity"]
        question = partial(
            explain_price,
            variant_id=self._goods.variant_id,
            at=at or self._desk.clock.now(),
            customer_id=None if self._customer is None else self._customer.id,
            quantity_milli=quantity if isinstance(quantity, int) and quantity > 0 else MILLI,
        )
        self._desk.ask(question, done=self._show, failed=question_failed(self), owner=self, key="check")

    def _show(self, told: PriceExplained) -> None:
        formats = self._desk.formats
        self.price.setText(formats.money(told.price_cents))
        for old in self.said:
            self.reasons.removeWidget(old)
            old.deleteLater()
        self.said = []
        for reason in told.reasons:
            self._say(self._sentence(reason), "success" if reason.verdict == "holds" else "secondary")
        held = any(reason.verdict == "holds" for reason in told.reasons)
        shelf = _("Shelf price: {price}.") if held else _("Shelf price: {price}. No list changes it.")
        self._say(shelf.format(price=formats.money(told.shelf_price_cents)), "secondary" if held else "success")

    def _sentence(self, reason: PriceReason) -> str:
        formats = self._desk.formats
        return _(_SAID[reason.verdict]).format(
            name=reason.name,
            price=formats.money(reason.price_cents),
            quantity=formats.quantity(reason.min_quantity_milli),
            start="" if reason.starts_at is None else formats.moment(reason.starts_at),
            end="" if reason.ends_at is None else formats.moment(reason.ends_at),
        )

    def _say(self, sentence: str, tone: str) -> None:
        label = wrapped(Label(sentence, f"reason_{len(self.said)}", tone=tone))
        self.said.append(label)
        self.reasons.addWidget(label)


def open_price_check(parent: QWidget, desk: Desk) -> PriceCheck:
    """Open the question."""
    dialog = PriceCheck(parent, desk)
    dialog.open()
    return dialog


def _person(found: FoundCustomer) -> tuple[str, str, str]:
    second = " · ".join(filter(None, (found.company if found.name else "", found.email, found.phone)))
    return found.name or found.company, second, ""
