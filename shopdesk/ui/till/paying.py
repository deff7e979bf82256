"""Taking the money: what the panel's buttons do, the one write that makes the sale, and what is done about a refusal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.limits import approvals_needed
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleAnswer
from shopdesk.sales.training import sell_training
from shopdesk.ui.kit.messages import Action
from shopdesk.ui.till.card_work import CardWork
from shopdesk.ui.till.grants import Wish
from shopdesk.ui.till.pay_panel import PayPanel
from shopdesk.ui.till.pay_state import Given, PayState, Stage, Way
from shopdesk.ui.till.refusals import Remedy, refusal_of
from shopdesk.ui.till.till_desk import TillDesk

BOUNCE_MS = 400
"""A second Enter within this time is the first one bouncing: it neither pays nor takes the change off the screen."""


class Paying(QObject):
    """One payment after the other. ``opened`` and ``closed`` show and hide the panel; ``sold`` carries the answer.

    ``typed_amount`` answers what stands in the till's field, so that a tender's button takes a typed amount.
    """

    opened = Signal()
    closed = Signal()
    sold = Signal(object)
    prices_changed = Signal()
    shift_wanted = Signal()

    def __init__(self, till: TillDesk, panel: PayPanel, card: CardWork) -> None:
        super().__init__(till)
        self._till = till
        self._panel = panel
        self._card = card
        self.pay: PayState | None = None
        self.answer: SaleAnswer | None = None
        self.was_training = False
        self._since = QElapsedTimer()
        self.typed_amount: Callable[[], str] = lambda: ""
        panel.way_pressed.connect(self.give_pressed)
        panel.note_pressed.connect(self.give_cash)
        panel.given_pressed.connect(self.take_back)
        panel.back_pressed.connect(self.back)
        panel.next_pressed.connect(self.finish)
        panel.card_stopped.connect(card.stop)
        card.answered.connect(self._card_answered)

    # ------------------------------------------------------------------ coming and going

    @property
    def stage(self) -> Stage | None:
        """Where paying stands; None when the sale is still being put together."""
        return None if self.pay is None else self.pay.stage

    @property
    def blocks_goods(self) -> str:
        """Why nothing can be rung up now, "" when it can."""
        if self.pay is None or self.pay.stage is Stage.DONE:
            return ""
        if self.pay.stage is Stage.TAKING and not self.pay.given:
            return ""
        return _("Nothing was added: finish this payment, or take back what was given.")

    def open(self) -> None:
        """Show the panel for the sale in hand, once everything that needs a manager is approved."""
        standing = self._till.standing
        if self.pay is not None or self._till.state.empty or standing is None:
            return
        if standing.shift is None and not standing.settings.sell_without_shift:
            action = Action(_("Open shift"), self.shift_wanted.emit, "open_shift")
            self._till.refuse(_("This shop sells in shifts only, and none is open at this till."), [action])
            return
        self._till.ask_manager(self.wishes(), self._open)

    def _open(self) -> None:
        standing = self._till.standing
        if self.pay is not None or standing is None:
            return
        self.pay = PayState(self._till.state.basket.due_cents, standing.settings.cash_rounding_cents)
        self._till.messages.clear()
        self._panel.show_ways(standing.ways)
        self._since.start()
        self._show()
        self.opened.emit()
        if not self._till.state.training:
            self._card.find_approved(self._till.state.cart.uid, self._found_card)

    def back(self) -> None:
        """Return to the sale; money that was given is given back first, a card payment is kept for this sale."""
        if self.pay is None or self.pay.stage is not Stage.TAKING:
            return
        self.pay = None
        self.closed.emit()

    def finish(self) -> None:
        """The change was given: the next sale begins."""
        if self.pay is None or self.pay.stage is not Stage.DONE:
            return
        self.pay = None
        self.answer = None
        self._till.begin_sale()
        self.closed.emit()

    def enter(self, typed: str) -> None:
        """Enter was pressed with something in the field, or nothing: an amount in cash, or exactly in cash."""
        if self.pay is None or self._since.elapsed() < BOUNCE_MS:
            return
        if self.pay.stage is Stage.DONE:
            self.finish()
        elif self.pay.stage is Stage.TAKING:
            cash = next((way for way in self._ways() if way.kind == "cash"), None)
            if cash is not None:
                self.give(cash, typed)

    # ------------------------------------------------------------------ giving

    def give_place(self, place: int, typed: str) -> None:
        """The way to pay at a place of the panel, by its key."""
        ways = self._ways()
        if self.pay is not None and place < len(ways):
            self.give(ways[place], typed)

    def give_cash(self, cents: int) -> None:
        """A quick note."""
        cash = next((way for way in self._ways() if way.kind == "cash"), None)
        if cash is not None:
            self._give(cash, cents)

    def give_pressed(self, way: Way) -> None:
        """A tender's button: with the amount in the field, else all that is missing."""
        self.give(way, self.typed_amount())

    def give(self, way: Way, typed: str) -> None:
        """Take an amount by a way to pay: what was typed, else all that is missing."""
        text = typed.strip()
        try:
            cents = self._till.formats.parse_amount(text) if text else None
        except ShopError as error:
            self._till.refuse(error)
            return
        self._give(way, cents)

    def take_back(self, given: Given) -> None:
        """Take something given back; a card payment is reversed at the terminal first."""
        if self.pay is None or self.pay.stage is not Stage.TAKING:
            return
        if given.card_intent_uid is not None:
            self._card.reverse(given.card_intent_uid, lambda: self._taken_back(given))
        else:
            self._taken_back(given)

    def _taken_back(self, given: Given) -> None:
        if self.pay is not None:
            self.pay.take_back(given)
            self._show()

    def _give(self, way: Way, cents: int | None) -> None:
        pay = self.pay
        if pay is None or pay.stage is not Stage.TAKING:
            return
        self._till.messages.clear()
        if way.kind == "card" and self._card.ready and not self._till.state.training:
            self._give_by_card(pay, way, cents)
            return
        nothing_in_cash = way.kind == "cash" and cents is None and not pay.given and pay.missing_cash_cents == 0
        if not nothing_in_cash and not pay.paid:
            try:
                pay.give(way, cents)
            except ShopError as error:
                self._till.refuse(error)
                return
        self._show()
        if pay.paid or nothing_in_cash:
            self._commit(None if nothing_in_cash else pay.payments())

    def _give_by_card(self, pay: PayState, way: Way, cents: int | None) -> None:
        amount = pay.missing_cents if cents is None else cents
        try:
            PayState(pay.missing_cents).give(way, amount)  # refuses nothing and too much
        except ShopError as error:
            self._till.refuse(error)
            return
        pay.stage = Stage.CARD
        self._show()
        self._panel.show_card(
            _("{amount} at the card terminal").format(amount=self._till.formats.money(amount)), may_stop=True
        )
        self._card.charge(self._till.state.cart.uid, way, amount)

    def _card_answered(self, way: Way, amount: int, intent_uid: str, card: str, sentence: str) -> None:
        pay = self.pay
        if pay is None or pay.stage is not Stage.CARD:
            return
        pay.stage = Stage.TAKING
        if sentence:
            self._show()
            again = Action(_("Try again"), lambda: self._give(way, amount), "card_again")
            self._till.refuse(sentence, [again])
            return
        pay.give_card(way, amount, intent_uid, card)
        self._show()
        if pay.paid:
            self._commit(pay.payments())

    def _found_card(self, way_code: str, amount: int, intent_uid: str, card: str) -> None:
        """A card payment of this sale that was approved before a restart, or before going back to the lines."""
        pay = self.pay
        way = next((way for way in self._ways() if way.kind == "card"), None)
        if pay is None or way is None or any(given.card_intent_uid == intent_uid for given in pay.given):
            return
        if amount > pay.missing_cents:
            self._till.refuse(_("A card payment of more than this sale was approved. Take it back or add goods."))
        pay.give_card(way, amount, intent_uid, card)
        self._show()

    # ------------------------------------------------------------------ the sale

    def wishes(self) -> list[Wish]:
        """What the sale in hand needs a manager for."""
        state = self._till.state
        words = []
        for need in approvals_needed(state.basket, self._till.actor):
            name = state.cart.lines[need.line - 1].goods.name if need.line else _("the whole sale")
            amount = self._till.formats.money(need.amount_cents)
            text = _("{amount} off: {name}") if need.amount_cents else _("Another price: {name}")
            words.append(Wish(need.permission, need.amount_cents, text.format(amount=amount, name=name)))
        return words + self._reserved_wishes()

    def _reserved_wishes(self) -> list[Wish]:
        state = self._till.state
        if self._till.may(Permission.EAT_RESERVED):
            return []
        taken: dict[int, int] = {}
        wishes = []
        for line, priced in zip(state.cart.lines, state.basket.lines, strict=True):
            goods = line.goods
            if not goods.track_stock or goods.inventory_policy != "deny":
                continue
            taken[goods.variant_id] = taken.get(goods.variant_id, 0) + line.quantity_milli
            if taken[goods.variant_id] > goods.available_milli and goods.variant_id in state.eat_reserved:
                words = _("Sell {name}, kept for another customer").format(name=goods.name)
                wishes.append(Wish(Permission.EAT_RESERVED, priced.total_cents, words))
        return wishes

    def _commit(self, payments: tuple[PaymentGiven, ...] | None) -> None:
        pay, till = self.pay, self._till
        if pay is None or pay.stage is not Stage.TAKING:
            return
        state, cart = till.state, till.state.cart
        command = CommitSale(
            key=cart.uid,
            lines=tuple(line.asked()[0] for line in cart.lines),
            till=till.till_code,
            customer=None if cart.buyer is None else cart.buyer.id,
            order_discount=cart.order_discount,
            payments=payments,
            note=cart.note,
            from_cart=True,
            expected_total_cents=state.basket.due_cents,
            approvals=till.grants.uids(self.wishes()),
        )
        pay.stage = Stage.WRITING
        self.was_training = state.training
        self._show()

        def done(answer: SaleAnswer) -> None:
            self._done(pay, answer)

        def failed(error: BaseException) -> None:
            pay.stage = Stage.TAKING
            self._show()
            if not isinstance(error, ShopError):
                raise error
            self._refused(pay, payments, error)

        def write() -> None:
            use_case = sell_training if self.was_training else commit_sale
            till.desk.execute(use_case, command, done=done, failed=failed, owner=till.page)

        till.keeper.flush(write, failed)

    def _done(self, pay: PayState, answer: SaleAnswer) -> None:
        till = self._till
        till.keeper.rest()
        pay.stage = Stage.DONE
        pay.answered_change_cents = answer.change_cents
        self.answer = answer
        self._since.restart()
        till.messages.clear()
        self._show()
        self._panel.show_done(answer.number, training=self.was_training)
        till.sounds.done()
        self.sold.emit(answer)

    def _refused(self, pay: PayState, payments: tuple[PaymentGiven, ...] | None, error: ShopError) -> None:
        till = self._till
        refusal = refusal_of(error)
        actions = []
        for remedy, words in refusal.remedies:
            if remedy is Remedy.ASK_MANAGER:
                again = Action(words, lambda: self._again_approved(payments), "ask_manager")
                actions.append(again)
            elif remedy is Remedy.TRY_AGAIN:
                actions.append(Action(words, lambda: self._give_again(payments), "try_again"))
            elif remedy is Remedy.LOOK_AGAIN:
                actions.append(Action(words, self.prices_changed.emit, "look_again"))
            elif remedy is Remedy.NEXT_SALE:
                actions.append(Action(words, self._leave_it, "next_sale"))
        if pay.given and not any(given.card_intent_uid for given in pay.given):
            last = pay.given[-1]
            pay.take_back(last)  # the button pressed last made the sale: it can be pressed again
            self._show()
        till.refuse(refusal.sentence, actions)

    def _leave_it(self) -> None:
        """The sale was made (or taken up) elsewhere under this key: leave it and begin the next."""
        self.pay = None
        self._till.keeper.rest()
        self._till.begin_sale()
        self.closed.emit()

    def _again_approved(self, payments: tuple[PaymentGiven, ...] | None) -> None:
        """Approvals lapse after a minute: ask anew for each, then make the sale with what was given."""
        self._till.grants.clear()
        self._till.ask_manager(self.wishes(), lambda: self._give_again(payments))

    def _give_again(self, payments: tuple[PaymentGiven, ...] | None) -> None:
        pay = self.pay
        if pay is None:
            return
        ways = {way.code: way for way in self._ways()}
        pay.given = [
            Given(ways[payment.type], payment.amount_cents, payment.card_intent_uid) for payment in payments or ()
        ]
        self._show()
        self._commit(payments)

    # ------------------------------------------------------------------ inside

    def _ways(self) -> tuple[Way, ...]:
        return () if self._till.standing is None else self._till.standing.ways

    def _show(self) -> None:
        if self.pay is not None:
            self._panel.show_state(self.pay, self._till.formats)
