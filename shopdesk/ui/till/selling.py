"""Ringing goods up: the queue of scans, the search as one types, what is typed, and refusals with their remedy."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from shopdesk.catalogue.lookup import find_goods, sellable_by_code
from shopdesk.catalogue.search import FoundGoods, SearchAnswer, search_goods
from shopdesk.catalogue.sellable import Sellable
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.core.money import MILLI
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.ui.dialogs.weigh import ask_quantity
from shopdesk.ui.kit.messages import Action
from shopdesk.ui.till.grants import Wish
from shopdesk.ui.till.refusals import Remedy, refusal_of
from shopdesk.ui.till.search_drop import Hit
from shopdesk.ui.till.till_desk import TillDesk
from shopdesk.ui.till.typed import Typed, read_typed

RETRY_MS = 40
MOST_HITS = 20
SEARCH_PAUSE_MS = 30
"""How long to wait for the next letter: less than a frame or two, more than a scanner leaves between its keys."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Something to ring up: a code or a variant, how many of it, and whether it was scanned."""

    code: str = ""
    variant_id: int = 0
    times_milli: int = MILLI
    scanned: bool = True


class Selling(QObject):
    """Takes what is to be sold, one thing after the other, in the order it came.

    ``may_add`` is asked before each: False keeps the queue waiting (a dialog is open), a sentence refuses the scan.
    ``take_quantity`` answers the quantity typed before (``3*``), in thousandths, and empties the field of it.
    """

    rung_up = Signal(int)
    hits_came = Signal(str, object)
    searched_for = Signal(str)

    def __init__(self, till: TillDesk, may_add: Callable[[], bool | str]) -> None:
        super().__init__(till)
        self._till = till
        self._may_add = may_add
        self._queue: deque[_Wanted] = deque()
        self._busy = False
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self._next)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self._words = ""
        self.take_quantity: Callable[[], int] = lambda: MILLI

    @property
    def waiting(self) -> int:
        """How many things wait to be rung up."""
        return len(self._queue) + self._busy

    # ------------------------------------------------------------------ what comes in

    def scan(self, code: str, times_milli: int = MILLI) -> None:
        """A scanner's code; a quantity may have been typed before it."""
        self._take(_Wanted(code=code, times_milli=times_milli))

    def typed_code(self, typed: Typed) -> None:
        """A code typed by hand; what is unknown may be words."""
        self._take(_Wanted(code=typed.text, times_milli=typed.quantity_milli, scanned=False))

    def variant(self, variant_id: int, times_milli: int = MILLI) -> None:
        """A tile or a hit."""
        self._take(_Wanted(variant_id=variant_id, times_milli=times_milli, scanned=False))

    def words_typed(self, text: str) -> None:
        """The field changed: search for the words in it, soon."""
        self._words = read_typed(text).text
        if self._words:
            self._pause.start()
        else:
            self._pause.stop()
            self.hits_came.emit("", ())

    def forget_words(self) -> None:
        """The field was emptied or taken: an answer still under way is not wanted any more."""
        self._words = ""
        self._pause.stop()

    # ------------------------------------------------------------------ one after the other

    def _take(self, wanted: _Wanted) -> None:
        self._queue.append(wanted)
        self._next()

    def _next(self) -> None:
        if self._busy or not self._queue:
            return
        allowed = self._may_add() if self._till.standing is not None else False
        if isinstance(allowed, str):
            self._queue.popleft()
            self._till.refuse(allowed)
            self._next()
            return
        if not allowed or QApplication.activeModalWidget() is not None:
            self._retry.start()
            return
        self._busy = True
        wanted = self._queue.popleft()
        standing, buyer = self._till.standing, self._till.state.cart.buyer
        assert standing is not None
        counter = standing.counter(self._till.desk.clock.now(), buyer)

        def done(goods: Sellable) -> None:
            self._busy = False
            self._found(goods, wanted)
            self._next()

        def failed(error: BaseException) -> None:
            self._busy = False
            if not isinstance(error, ShopError):
                raise error
            self._not_found(error, wanted)
            self._next()

        if wanted.code:
            self._till.desk.ask(sellable_by_code, wanted.code, counter, done=done, failed=failed, owner=self._till.page)
        else:

            def by_variant(reader: Reader) -> Sellable:
                found = find_goods(reader, counter, variant_ids=(wanted.variant_id,))
                return found.by_variant(wanted.variant_id)

            self._till.desk.ask(by_variant, done=done, failed=failed, owner=self._till.page)

    def _found(self, goods: Sellable, wanted: _Wanted) -> None:
        says_how_much = goods.quantity_milli != MILLI or goods.fixed_total_cents is not None
        if goods.is_weighed and not says_how_much and wanted.times_milli == MILLI:
            self._weigh(goods)
            return
        self._add(goods, wanted.times_milli, scanned=wanted.scanned)

    def _weigh(self, goods: Sellable) -> None:
        self._till.sounds.scan()
        unit, _offer = goods.price_at(MILLI)
        ask_quantity(
            self._till.page.window(),
            self._till.formats,
            name=goods.name,
            unit=goods.unit,
            unit_price_cents=unit,
            weighed=True,
            on_quantity=lambda milli: self._ring_up(goods, milli),
        )

    def _ring_up(self, goods: Sellable, times_milli: int) -> None:
        line = self._till.state.add(goods, times_milli)
        self.rung_up.emit(line.id)

    def _add(self, goods: Sellable, times_milli: int, *, scanned: bool) -> None:
        try:
            self._ring_up(goods, times_milli)
        except ShopError as error:
            self.explain(error, goods, lambda milli: self._add(goods, milli, scanned=scanned), times_milli)
            return
        self._till.messages.clear()
        if scanned:
            self._till.sounds.scan()
        if goods.doubtful:
            self._till.say(_("The check digit of this code is wrong. Look at the article."))

    def explain(self, error: ShopError, goods: Sellable, again: Callable[[int], object], quantity_milli: int) -> None:
        """Say a refusal of goods with its remedies; ``again`` is called with the quantity that may be sold."""
        refusal = refusal_of(error)
        actions = []
        for remedy, words in refusal.remedies:
            if remedy is Remedy.SELL_LEFT:
                actions.append(Action(words, lambda: again(refusal.left_milli), "sell_left"))
            elif remedy is Remedy.ASK_MANAGER:
                actions.append(
                    Action(words, lambda: self._ask_for_reserved(goods, again, quantity_milli), "ask_manager")
                )
        self._till.refuse(refusal.sentence, actions)

    def _ask_for_reserved(self, goods: Sellable, again: Callable[[int], object], quantity_milli: int) -> None:
        """Lift the guard here; the approval itself is bound to the line's amount and so asked for when it is paid."""

        def allowed() -> None:
            self._till.state.allow_reserved(goods.variant_id)
            again(quantity_milli)

        if self._till.may(Permission.EAT_RESERVED):
            allowed()
            return
        unit, _offer = goods.price_at(quantity_milli)
        amount = unit * quantity_milli // MILLI
        words = _("Sell {name}, kept for another customer").format(name=goods.name)
        self._till.ask_manager([Wish(Permission.EAT_RESERVED, amount, words)], allowed)

    def _not_found(self, error: ShopError, wanted: _Wanted) -> None:
        if error.code == "unknown_product" and not wanted.scanned and wanted.code:
            self.searched_for.emit(wanted.code)
            return
        refusal = refusal_of(error)
        actions = [
            Action(words, lambda: self.searched_for.emit(wanted.code), "search")
            for remedy, words in refusal.remedies
            if remedy is Remedy.SEARCH and wanted.code
        ]
        self._till.refuse(refusal.sentence, actions)

    # ------------------------------------------------------------------ search

    def _search(self) -> None:
        standing, words = self._till.standing, self._words
        if standing is None or not words:
            return

        def done(answer: SearchAnswer) -> None:
            if words == self._words:
                self.hits_came.emit(words, tuple(self._hit(found) for found in answer.goods))

        self._till.desk.ask(
            search_goods,
            words,
            standing.till.warehouse_id,
            MOST_HITS,
            done=done,
            failed=self._till.failed,
            owner=self._till.page,
            key="till_search",
        )

    def _hit(self, found: FoundGoods) -> Hit:
        formats = self._till.formats
        name = f"{found.name}, {found.variant_name}" if found.variant_name else found.name
        parts = [found.sku]
        if found.track_stock:
            parts.append(_("{count} left").format(count=formats.quantity(found.available_milli)))
        if found.match == "similar":
            parts.append(_("similar"))
        return Hit(found.variant_id, name, " · ".join(parts), formats.money(found.price_cents))
