"""Try a code: what the till would make of it, and what each barcode rule reads in it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from shopdesk.catalogue.barcode_rules import TriedCode, TriedRule, try_code
from shopdesk.core.i18n import _
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.texts import TextField
from shopdesk.ui.kit.widgets import Label, section, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font

_WAIT_MS = 120


class TryCode(Dialog):
    """A field for the code; the answer follows while one types."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent, "try_code", _("Try a code"))
        self.setMinimumSize(520, 380)
        self._desk = desk
        self.code = TextField("tried_code", _("Code"), max_length=128)
        self.code.setPlaceholderText(_("Scan or type a code"))
        self.answer = wrapped(Label("", "tried_answer", font=text_font(tokens.OFFICE_SECTION, tokens.SEMIBOLD)))
        self.rules = vbox(spacing=tokens.SPACE_4)
        self.said: list[Label] = []
        self.body.addWidget(self.code)
        self.body.addWidget(self.answer)
        self._head = section(_("What the rules read"), "rules_head")
        self._head.hide()
        self.body.addWidget(self._head)
        self.body.addLayout(self.rules)
        self.body.addStretch(1)
        self.add_cancel(_("Close"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self.look)
        self.code.textChanged.connect(lambda _text: self._timer.start())
        self.code.setFocus()

    def look(self) -> None:
        """Ask for what stands in the field now."""
        code = str(self.code.value())
        if not code:
            self._show(None)
            return
        question = partial(try_code, code=code, places=self._desk.formats.places())
        self._desk.ask(question, done=self._show, failed=question_failed(self), owner=self, key="try")

    def _show(self, tried: TriedCode | None) -> None:
        for old in self.said:
            self.rules.removeWidget(old)
            old.deleteLater()
        self.said = []
        self._head.setVisible(tried is not None and bool(tried.rules))
        if tried is None:
            self.answer.setText("")
            return
        self.answer.setText(tried.refusal or self._goods(tried))
        self.answer.set_tone("danger" if tried.refusal else "success")
        for number, rule in enumerate(tried.rules):
            label = wrapped(Label(self._read(rule), f"rule_{number}", tone="" if rule.reading else "secondary"))
            self.said.append(label)
            self.rules.addWidget(label)

    def _goods(self, tried: TriedCode) -> str:
        goods, formats = tried.goods, self._desk.formats
        assert goods is not None
        quantity = formats.quantity(goods.quantity_milli)
        if goods.fixed_total_cents is not None:
            price = formats.money(goods.fixed_total_cents)
            return _("{quantity} {unit} of {name} for {price}, as printed").format(
                quantity=quantity, unit=goods.unit, name=goods.name, price=price
            )
        unit_price, _offer = goods.price_at(goods.quantity_milli)
        return _("{quantity} {unit} of {name} at {price} each").format(
            quantity=quantity, unit=goods.unit, name=goods.name, price=formats.money(unit_price)
        )

    def _read(self, rule: TriedRule) -> str:
        reading, formats = rule.reading, self._desk.formats
        if reading is None:
            return _("{rule}: does not fit.").format(rule=rule.name)
        if reading.price_cents is not None:
            said = _("{rule}: article {item}, price {price}.")
            told = said.format(rule=rule.name, item=reading.item, price=formats.money(reading.price_cents))
        else:
            said = _("{rule}: article {item}, measure {measure}.")
            measure = formats.quantity(reading.measure_milli or 0)
            told = said.format(rule=rule.name, item=reading.item, measure=measure)
        return told + " " + _("The check digit is wrong.") if reading.doubtful else told


def open_try_code(parent: QWidget, desk: Desk) -> TryCode:
    """Open the field."""
    dialog = TryCode(parent, desk)
    dialog.open()
    return dialog
