"""Goods that come back at the till: by key, or by scanning the receipt; articles scanned then are counted, not rung up."""

from __future__ import annotations

import re

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from shopdesk.core.i18n import _
from shopdesk.ui.dialogs.return_goods import ReturnDialog
from shopdesk.ui.dialogs.returning import ask_return
from shopdesk.ui.till.till_desk import TillDesk

_RECEIPT = re.compile(r"(?:SD1:)?(?P<number>[A-Za-z0-9_.-]+-S[0-9]{6,})(?::.*)?")
"""A receipt's bar code is its number; the square one says more (``ReceiptDocument.code_text``)."""


class ReturnWork(QObject):
    """What the return key and a scanned receipt do. ``returned`` is sent once goods came back."""

    returned = Signal()

    def __init__(self, till: TillDesk) -> None:
        super().__init__(till)
        self._till = till
        self._open: ReturnDialog | None = None

    def open(self, number: str = "") -> ReturnDialog | None:
        """Ask what comes back."""
        till = self._till
        if till.state.training:
            till.refuse(_("End training first."))
            return None

        def done(words: str) -> None:
            till.say(words)
            till.look_around()
            self.returned.emit()

        self._open = ask_return(till.page, till.desk, done, number=number, till=lambda: till.till_code)
        return self._open

    def take_scan(self, code: str) -> bool:
        """A receipt's code opens its return, an article's counts in an open one; False for what is to be rung up."""
        dialog = self._open if self._open is not None and isValid(self._open) and self._open.isVisible() else None
        receipt = _RECEIPT.fullmatch(code)
        if receipt is not None:
            if dialog is not None:
                dialog.look_up(receipt["number"])
            else:
                self.open(receipt["number"])
            return True
        if dialog is None:
            return False
        if not dialog.scanned(code):
            dialog.messages.refuse(_("{code} is no article of this sale.").format(code=code))
            self._till.sounds.error()
        return True
