"""Prices that begin or end while the till is open: tiles and the sale in hand follow the clock without anybody's doing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject

from shopdesk.catalogue.price_now import next_price_change
from shopdesk.ui.till.till_desk import TillDesk

PRICES_CHANGED = frozenset({"PriceList", "TaxRate", "TaxClass", "CustomerGroup"})
ELSEWHERE = frozenset({"*"})


class PriceClock(QObject):
    """Knows when prices change next and calls ``moved`` when that moment is over; asked every few seconds by the till.

    ``moved`` is called as well when somebody changes a price list. What another machine changed without saying what is
    learnt for the clock alone: a sale whose total is not right any more is refused by the checkout and priced again.
    """

    def __init__(self, till: TillDesk, moved: Callable[[], object]) -> None:
        super().__init__(till)
        self.setObjectName("price_clock")
        self._till = till
        self._moved = moved
        self._next: datetime | None = None

    def learn(self) -> None:
        """Ask for the next moment."""
        self._till.desk.ask(next_price_change, done=self._keep, failed=self._till.failed, owner=self, key="next")

    def something_changed(self, names: frozenset[str]) -> None:
        """Somebody changed these entities."""
        if names & (PRICES_CHANGED | ELSEWHERE):
            self.learn()
        if names & PRICES_CHANGED:
            self._moved()

    def look(self) -> None:
        """See whether the moment has come."""
        if self._next is not None and self._till.desk.clock.now() >= self._next:
            self._next = None
            self._moved()
            self.learn()

    def _keep(self, moment: datetime | None) -> None:
        self._next = moment
