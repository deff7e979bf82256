"""Opening the drawer: what lies in it, as a sum or counted piece by piece."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.sales.shifts import OpenShift, ShiftOpened, open_shift
from shopdesk.ui.dialogs.price_figure import FigureDialog
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import MoneyField
from shopdesk.ui.kit.operations import Operation


class OpenShiftDialog(FigureDialog):
    """Asks for the float. One key for the whole dialog: pressing twice opens one shift."""

    def __init__(
        self, parent: QWidget | None, desk: Desk, *, last_left_cents: int, till: str, on_open: Callable[[int], object]
    ) -> None:
        field = MoneyField("float", _("Cash in the drawer"), desk.formats, till=True)
        super().__init__(parent, "open_shift_dialog", _("Open shift"), field, _("Cash in the drawer"))
        self._desk = desk
        self._till = till
        self._on_open = on_open
        self._key = uuid7()
        if last_left_cents:
            self.say(_("The last shift left {amount}.").format(amount=desk.formats.money(last_left_cents)))
        self.preview = lambda cents: self._difference(cents, last_left_cents)
        self.add_cancel()
        self.act = self.add_button(_("Open shift"), "act", self._open, role="primary", default=True)
        field.set_value(last_left_cents)
        self.show_preview()
        self.open()
        field.setFocus()
        field.selectAll()

    def _difference(self, cents: int, last_left_cents: int) -> str:
        off = cents - last_left_cents
        if not off or not last_left_cents:
            return ""
        words = _("{amount} more than was left") if off > 0 else _("{amount} less than was left")
        return words.format(amount=self._desk.formats.money(abs(off)))

    def _open(self) -> None:
        from shopdesk.core.errors import BadAmount

        try:
            cents = self.field.number()
        except BadAmount as refusal:
            self.messages.refuse(refusal.message)
            return

        def done(opened: ShiftOpened) -> None:
            self.accept()
            self._on_open(opened.shift)

        Operation(open_shift, OpenShift(self._key, cents, self._till), done=done).run(
            self._desk, self, hold=(self.act,)
        )
