"""Takes a kept cart up again: the one a crash or a lock left, or one that was held, here or at another till."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from shopdesk.core.i18n import _
from shopdesk.sales.carts import AgeOutCarts, CartContent, age_out_carts
from shopdesk.ui.kit.messages import Voice
from shopdesk.ui.till.customer_work import CustomerWork
from shopdesk.ui.till.standing import Restored, left_over, restored_cart
from shopdesk.ui.till.till_desk import TillDesk


class Restoring(QObject):
    """``restored`` is sent with whether the cart belongs to training."""

    restored = Signal(bool)

    def __init__(self, till: TillDesk, customers: CustomerWork) -> None:
        super().__init__(till)
        self._till = till
        self._customers = customers

    def what_was_left(self) -> None:
        """Go on with the cart that this till was at when it last stopped."""
        standing = self._till.standing
        if standing is None:
            return

        def found(content: CartContent | None) -> None:
            if content is not None and self._till.state.empty:
                self.take_up(content)

        till, till_id = self._till, standing.till.id

        def look(_aged: object) -> None:
            till.desk.ask(left_over, till_id, done=found, failed=till.failed, owner=till.page)

        # Carts that grew old are given up first, so that yesterday's is not taken for the one in hand.
        till.desk.execute(age_out_carts, AgeOutCarts(), done=look, failed=look, owner=till.page)

    def take_up(self, content: CartContent) -> None:
        """Make a kept cart the one in hand, priced as of now."""
        till, standing = self._till, self._till.standing
        if standing is None:
            return

        def with_customer(found: object) -> None:
            buyer = self._customers.as_buyer(found)
            counter = standing.counter(till.desk.clock.now(), buyer)
            till.desk.ask(restored_cart, content, counter, buyer, done=self._done, failed=till.failed, owner=till.page)

        self._customers.find(content.customer_id, with_customer)

    def _done(self, restored: Restored) -> None:
        till = self._till
        till.grants.clear()
        till.keeper.rest()
        till.state.start(restored.cart, training=restored.training)
        till.keeper.begin(kept=True)
        if restored.lost:
            till.keeper.forget_lost()
            words = _("Not for sale any more, so taken off the sale: {names}")
            till.say(words.format(names=", ".join(restored.lost)), Voice.WARNING)
        self.restored.emit(restored.training)
