"""Cash put into or taken out of the drawer, with its reason."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from shopdesk.core.errors import BadAmount, NotPermitted
from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.sales.cash import CashIn, CashMoved, CashOut, cash_in, cash_out
from shopdesk.ui.dialogs.approval import Asked, ask_approval
from shopdesk.ui.dialogs.price_figure import FigureDialog
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import MoneyField, TextField
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.widgets import Label
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font


class CashMoveDialog(FigureDialog):
    """Asks for amount and reason; a person whose role does not include it is lent a manager's yes."""

    def __init__(
        self, parent: QWidget | None, desk: Desk, *, into: bool, till: str, on_done: Callable[[int], object]
    ) -> None:
        title = _("Cash in") if into else _("Cash out")
        field = MoneyField("cash_amount", _("Amount"), desk.formats, till=True)
        super().__init__(parent, "cash_dialog", title, field, _("Amount"))
        self._desk = desk
        self._into = into
        self._till = till
        self._on_done = on_done
        self._key = uuid7()
        self.reason = TextField("cash_reason", _("Reason"), max_length=120, till=True)
        label = Label(_("Reason"), "cash_reason_label", tone="secondary", font=text_font(tokens.TILL_TEXT))
        self.left.insertWidget(2, label)
        self.left.insertWidget(3, self.reason)
        self.add_cancel()
        act = _("Put in") if into else _("Take out")
        self.act = self.add_button(act, "act", self._check, role="primary", default=True)
        self.open()
        field.setFocus()

    def _check(self) -> None:
        try:
            cents = self.field.number()
        except BadAmount as refusal:
            self.messages.refuse(refusal.message)
            return
        reason = str(self.reason.value())
        if cents <= 0:
            self.messages.refuse(_("How much is it?"))
            self.field.setFocus()
        elif not reason:
            self.messages.refuse(_("What is it for?"))
            self.reason.setFocus()
        else:
            self._move(cents, reason, ())

    def _move(self, cents: int, reason: str, approvals: tuple[str, ...]) -> None:
        def done(_moved: CashMoved) -> None:
            self.accept()
            self._on_done(cents)

        def approve(_refusal: NotPermitted) -> bool:
            action = Permission.CASH_IN if self._into else Permission.CASH_OUT
            words = _("Cash in {amount}: {reason}") if self._into else _("Cash out {amount}: {reason}")
            asked = Asked(action, self._key, cents, words.format(amount=self._desk.formats.money(cents), reason=reason))
            ask_approval(self, self._desk, asked, lambda uid: self._move(cents, reason, (uid,)))
            return True

        if self._into:
            Operation(cash_in, CashIn(self._key, cents, reason, self._till, approvals), done=done, approve=approve).run(
                self._desk, self, hold=(self.act,)
            )
        else:
            Operation(
                cash_out, CashOut(self._key, cents, reason, self._till, approvals), done=done, approve=approve
            ).run(self._desk, self, hold=(self.act,))
