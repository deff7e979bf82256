"""Says that something takes long, but only once it does: after 300 ms."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from shopdesk.ui.kit.tasks import Ticket
from shopdesk.ui.theme import tokens


class Busy(QObject):
    """Watches requests; ``shown`` is sent with True when one has been waiting for 300 ms, with False at the end."""

    shown = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting = 0
        self._visible = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(tokens.SPINNER_AFTER_MS)
        self._timer.timeout.connect(self._late)

    @property
    def visible(self) -> bool:
        """Whether the sign is to be seen now."""
        return self._visible

    def watch(self, ticket: Ticket) -> Ticket:
        """Count a request until it is settled; the ticket itself."""
        if ticket.finished:
            return ticket
        self._waiting += 1
        if not self._timer.isActive() and not self._visible:
            self._timer.start()
        ticket.when_settled(self._one_less)
        return ticket

    def _late(self) -> None:
        if self._waiting:
            self._visible = True
            self.shown.emit(True)

    def _one_less(self) -> None:
        self._waiting -= 1
        if not self._waiting and isValid(self):  # an answer may come after the window has gone
            self._timer.stop()
            if self._visible:
                self._visible = False
                self.shown.emit(False)
