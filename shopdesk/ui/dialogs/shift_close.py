"""Closing a shift: the drawer is counted without being told what should be in it; a difference is explained afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from shopdesk.core.errors import BadAmount, NotPermitted, ShopError
from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.sales.request import ReasonNeeded
from shopdesk.sales.shifts import CloseShift, ShiftClosed, close_shift
from shopdesk.ui.dialogs.approval import Asked, ask_approval
from shopdesk.ui.dialogs.shift_count import CashCountView
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import MoneyField, TextField
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.widgets import Label, hbox, named, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font


class CloseShiftDialog(Dialog):
    """Counts and closes. The count stands once it was handed in: only its reason is asked for then."""

    def __init__(
        self,
        parent: QWidget | None,
        desk: Desk,
        *,
        shift_uid: str,
        number: int,
        till: str,
        denominations: Sequence[int],
        on_closed: Callable[[ShiftClosed], object],
    ) -> None:
        super().__init__(parent, "close_shift_dialog", _("Close shift {number}").format(number=number), till=True)
        self._desk = desk
        self._shift_uid = shift_uid
        self._till = till
        self._on_closed = on_closed
        self._key = uuid7()
        self.difference_cents: int | None = None
        words = _("Count everything in the drawer. What should be in it is shown afterwards.")
        self.body.addWidget(wrapped(Label(words, "count_words", tone="secondary", font=text_font(tokens.TILL_TEXT))))
        self.count = CashCountView(desk.formats, denominations)
        self.body.addWidget(self.count)
        row = hbox(spacing=tokens.SPACE_12)
        self.left = MoneyField("left", _("Stays in the drawer"), desk.formats, till=True)
        self.count.finished.connect(self.left.setFocus)
        self.left.setMaximumWidth(220)
        self.left.setPlaceholderText(_("all"))
        label = Label(_("Stays in the drawer"), "left_label", font=text_font(tokens.TILL_TEXT))
        label.setBuddy(self.left)
        row.addWidget(label)
        row.addWidget(self.left)
        row.addStretch(1)
        self.body.addLayout(row)
        self._reason_part = self._make_reason()
        self.body.addWidget(self._reason_part)
        self.add_cancel()
        self.act = self.add_button(
            _("Close shift {number}").format(number=number), "act", self._close, role="primary", default=True
        )
        self.open()
        self.count.begin()

    def _make_reason(self) -> QWidget:
        part = named(QWidget(), "reason_part")
        column = vbox(part, spacing=tokens.SPACE_8)
        self.difference = Label("", "difference", font=text_font(tokens.TILL_LINE, tokens.SEMIBOLD), tone="warning")
        self.reason = TextField("reason", _("Reason for the difference"), max_length=200, till=True)
        self.reason.setPlaceholderText(_("Reason for the difference"))
        column.addWidget(self.difference)
        column.addWidget(self.reason)
        part.hide()
        return part

    def _close(self, approvals: tuple[str, ...] = ()) -> None:
        try:
            left = self.left.value()
        except BadAmount as refusal:
            self.messages.refuse(refusal.message)
            return
        reason = str(self.reason.value())
        if self.difference_cents is not None and not reason:
            self.messages.refuse(_("What is the reason for the difference?"))
            self.reason.setFocus()
            return
        command = CloseShift(
            key=self._key,
            counted_cents=self.count.total_cents,
            till=self._till,
            counts=self.count.pieces(),
            left_cents=left if isinstance(left, int) else None,
            reason=reason,
            approvals=approvals,
        )

        def done(closed: ShiftClosed) -> None:
            self.accept()
            self._on_closed(closed)

        self.messages.clear()
        Operation(close_shift, command, done=done, refused=self._refused, approve=self._approve).run(
            self._desk, self, hold=(self.act,)
        )

    def _refused(self, error: ShopError) -> bool:
        if not isinstance(error, ReasonNeeded):
            return False
        self.difference_cents = int(str(error.values["difference_cents"]))
        self.count.setEnabled(False)  # counted is counted: it is not adjusted to what should be there
        words = _("{amount} too much") if self.difference_cents > 0 else _("{amount} missing")
        self.difference.setText(words.format(amount=self._desk.formats.money(abs(self.difference_cents))))
        self._reason_part.show()
        self.reason.setFocus()
        return True

    def _approve(self, _refusal: NotPermitted) -> bool:
        if self.difference_cents is None:
            return False
        amount = abs(self.difference_cents)
        words = _("Cash difference of {amount} at the close of the shift").format(
            amount=self._desk.formats.money(self.difference_cents)
        )
        asked = Asked(Permission.SHIFT_DIFFERENCE, self._shift_uid, amount, words)
        ask_approval(self, self._desk, asked, lambda uid: self._close((uid,)))
        return True
