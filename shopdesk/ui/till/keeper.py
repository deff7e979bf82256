"""Keeps the cart in hand in the shop's database as it changes, so that a restart, a lock or a crash loses no line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from shopdesk.core.errors import DatabaseTrouble, ShopError
from shopdesk.sales.carts import CartLine, SaveCart, save_cart
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.till.cart_lines import Cart
from shopdesk.ui.till.cart_state import CartState
from shopdesk.ui.till.standing import kept_discount, kept_line

RETRY_MS = 3_000


class CartKeeper(QObject):
    """Writes what changed since it was last written, one write at a time; ``trouble`` says why it cannot, or ""."""

    trouble = Signal(str)
    refused = Signal(object)

    def __init__(self, desk: Desk, state: CartState, till_code: Callable[[], str | None], parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._state = state
        self._till_code = till_code
        self._saved: dict[int, CartLine] = {}
        self._saved_head: tuple[object, ...] = ()
        self._uid = ""
        self._busy = False
        self._resting = False
        self._failing = False
        self._whole = False
        self._waiting: list[tuple[Callable[[], object], Callable[[ShopError], object]]] = []
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(RETRY_MS)
        self._again.timeout.connect(self.keep)
        state.listeners.append(self.keep)

    @property
    def kept(self) -> bool:
        """Whether the cart in hand has ever been written."""
        return self._uid == self._state.cart.uid

    def rest(self) -> None:
        """Write nothing more of this cart: it was sold, held or given up."""
        self._resting = True
        self._again.stop()

    def begin(self, *, kept: bool) -> None:
        """Another cart is in hand; ``kept`` says that it came from the database just as it is."""
        self._resting = False
        self._busy = False
        self._waiting.clear()
        self._uid = self._state.cart.uid if kept else ""
        self._saved = self._lines() if kept else {}
        self._saved_head = self._head(self._state.cart) if kept else ()

    def forget_lost(self) -> None:
        """Some kept lines did not come back: write the cart whole at the next change."""
        self._whole = True
        self._saved = {}
        self.keep()

    def flush(self, then: Callable[[], object], otherwise: Callable[[ShopError], object]) -> None:
        """Go on once the cart in hand is written as it stands now; ``otherwise`` is told why it could not be."""
        self._waiting.append((then, otherwise))
        self._again.stop()
        self.keep()
        if not self._busy:
            self._go_on()

    def keep(self) -> None:
        """Write what changed, if anything did; while a write is under way the next one waits for it."""
        cart = self._state.cart
        if self._busy or self._resting or (not self.kept and not cart.lines):
            return
        lines, head = self._lines(), self._head(cart)
        changed = tuple(line for position, line in lines.items() if self._saved.get(position) != line)
        removed = tuple(position for position in self._saved if position not in lines)
        if not changed and not removed and head == self._saved_head:
            return
        command = SaveCart(
            uid=cart.uid,
            till=self._till_code(),
            customer_id=None if cart.buyer is None else cart.buyer.id,
            note=cart.note,
            order_discount=None if cart.order_discount is None else kept_discount(cart.order_discount),
            is_training=self._state.training,
            changed=changed,
            removed=removed,
            replace=self._whole,
        )
        self._busy = True

        def done(_nothing: None) -> None:
            if self._state.cart.uid != command.uid:
                return
            self._busy = False
            self._uid, self._saved, self._saved_head, self._whole = command.uid, lines, head, False
            self._tell("")
            self.keep()
            if not self._busy:
                self._go_on()

        def failed(error: BaseException) -> None:
            if not isinstance(error, ShopError):
                raise error
            if self._state.cart.uid != command.uid:
                return
            self._busy = False
            waiting, self._waiting = self._waiting, []
            for _then, otherwise in waiting:
                otherwise(error)
            if isinstance(error, DatabaseTrouble):
                self._tell(error.message)
                self._again.start()
            elif not self._resting and not waiting:
                self.refused.emit(error)

        self._desk.execute(save_cart, command, done=done, failed=failed, owner=self)

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, []
        for then, _otherwise in waiting:
            then()

    def _tell(self, trouble: str) -> None:
        if trouble or self._failing:
            self._failing = bool(trouble)
            self.trouble.emit(trouble)

    def _lines(self) -> dict[int, CartLine]:
        basket = self._state.basket
        return {
            line.id: kept_line(line, priced.unit_price_cents)
            for line, priced in zip(self._state.cart.lines, basket.lines, strict=True)
        }

    def _head(self, cart: Cart) -> tuple[object, ...]:
        return (None if cart.buyer is None else cart.buyer.id, cart.note, cart.order_discount, self._state.training)
