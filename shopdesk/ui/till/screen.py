"""The till: one screen a clerk lives in, put together from its parts; every part says what happened, this one decides."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent, QWindow
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import MessageBar
from shopdesk.ui.kit.shortcuts import KeyMap
from shopdesk.ui.kit.sounds import Sounds
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.till.card_work import CardWork
from shopdesk.ui.till.customer_work import CustomerWork
from shopdesk.ui.till.drawer_work import DrawerWork
from shopdesk.ui.till.field_work import FieldWork
from shopdesk.ui.till.goods_pages import GoodsPages
from shopdesk.ui.till.keys import TENDER_KEYS
from shopdesk.ui.till.layout import TillLayout
from shopdesk.ui.till.line_rows import line_rows
from shopdesk.ui.till.line_work import LineWork
from shopdesk.ui.till.machine import card_desk_of, scan_profile, terminal_choice
from shopdesk.ui.till.paper_work import PaperWork
from shopdesk.ui.till.pay_state import Stage
from shopdesk.ui.till.paying import Paying
from shopdesk.ui.till.price_clock import PriceClock
from shopdesk.ui.till.restoring import Restoring
from shopdesk.ui.till.return_work import ReturnWork
from shopdesk.ui.till.sales_work import SalesWork
from shopdesk.ui.till.scanner import Scanner
from shopdesk.ui.till.selling import Selling
from shopdesk.ui.till.till_desk import TillDesk

REFRESH_ON = frozenset({"Shift", "Cart", "Setting", "Till", "PaymentType", "*"})
GOODS_CHANGED = frozenset({"Product", "Variant", "Category", "TillFavourite", "ProductVariant", "*"})
PAPER_CHANGED = frozenset({"PrintJob", "*"})


class TillScreen(QWidget):
    """The whole till. ``start`` reads the shop and the cart that was left; ``take_focus`` puts the keyboard on the field."""

    lock_wanted = Signal()
    leave_wanted = Signal()
    switch_wanted = Signal()

    def __init__(self, desk: Desk, keys: KeyMap, sounds: Sounds, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "till_screen", _("Till"))
        self._desk = desk
        self._started = False
        self._handle: QWindow | None = None
        self._terminal = ""
        self.messages = MessageBar(self, till=True)
        self.till = TillDesk(desk, self, self.messages, sounds, memory)
        self.selling = Selling(self.till, self._may_add)
        self.goods = GoodsPages(self.till, self.selling)
        self.lines_work = LineWork(self.till, self.selling.explain)
        self.drawer_work = DrawerWork(self.till)
        self.sales_work = SalesWork(self.till)
        self.returns = ReturnWork(self.till)
        self.customers = CustomerWork(self.till)
        self.prices = PriceClock(self.till, self._prices_moved)
        self.card = CardWork(self.till, None)
        self.view = TillLayout(self, desk, keys, self.run, self.goods.tiles)
        self.paper = PaperWork(self.till, self.view.header)
        self.paying = Paying(self.till, self.view.pay, self.card)
        self.runs: dict[str, Callable[[], object]] = self._make_runs()
        self.field = self.view.header.field
        self.scanner = Scanner(self.field, parent=self)
        self.restoring = Restoring(self.till, self.customers)
        self.field_work = FieldWork(
            self.till, self.field, self.view.drop, self.scanner, self.selling, self.paying, self.lines_work
        )
        self._connect()
        self._bind(keys)
        self._show_all()

    # ------------------------------------------------------------------ what the window calls

    def start(self) -> None:
        """Read the shop's standing, the goods, and the sale that was in hand when the till last stopped."""
        self.take_focus()
        if self._started:
            return
        self._started = True
        self.till.look_around(self._first_look)

    def take_focus(self) -> None:
        """Put the keyboard where scans and typing belong."""
        self.field.setFocus()

    def busy_with_sale(self) -> bool:
        """Whether something is rung up that is not sold yet."""
        done = self.paying.stage is Stage.DONE
        return not self.till.state.empty and not done

    # ------------------------------------------------------------------ wiring

    def _make_runs(self) -> dict[str, Callable[[], object]]:
        lines, drawer, sales = self.lines_work, self.drawer_work, self.sales_work
        return {
            "till.help": self.view.show_keys,
            "till.lock": self.lock_wanted.emit,
            "till.papers": self.paper.jobs,
            "till.search": self._search,
            "till.quantity": lines.quantity,
            "till.customer": self.customers.choose,
            "till.hold": sales.hold,
            "till.recall": sales.recall,
            "till.price": lines.price,
            "till.discount": lines.discount,
            "till.order_discount": lines.order_discount,
            "till.more": self.view.actions.open_menu,
            "till.pay": self.paying.open,
            "till.undo": lines.undo,
            "till.line_up": lambda: self.till.state.move_focus(-1),
            "till.line_down": lambda: self.till.state.move_focus(1),
            "till.more_of_it": lines.one_more,
            "till.less_of_it": lines.one_less,
            "till.remove": lines.remove,
            "till.why": lines.why,
            "till.note": lines.note,
            "till.line_note": lines.line_note,
            "till.wish": self.goods.wishes.wish_line,
            "till.favourite": self.goods.wishes.favour_line,
            "till.drawer": drawer.drawer,
            "till.return": self.returns.open,
            "till.recent": sales.recent,
            "till.cash_in": drawer.cash_in,
            "till.cash_out": drawer.cash_out,
            "till.report": drawer.report,
            "till.open_shift": drawer.open_shift,
            "till.close_shift": drawer.close_shift,
            "till.training": drawer.training,
            "till.empty": sales.give_up,
            "till.first_remedy": partial(self.view.press_remedy, self.messages, 0),
            "till.second_remedy": partial(self.view.press_remedy, self.messages, 1),
            "till.page_next": partial(self.goods.tiles.step_page, 1),
            "till.page_back": partial(self.goods.tiles.step_page, -1),
        }

    _WHILE_PAYING = frozenset(
        {"till.help", "till.lock", "till.search", "till.pay", "till.more", "till.first_remedy", "till.second_remedy"}
    )
    """What still makes sense while money is taken; everything else waits until the sale is made or gone back to."""

    def _bind(self, keys: KeyMap) -> None:
        context = Qt.ShortcutContext.WindowShortcut
        for name in self.runs:
            keys.bind(self, name, partial(self.run, name), context)
        for place, name in enumerate(TENDER_KEYS):
            keys.bind(self, name, partial(self._tender, place), context)

    def run(self, name: str) -> None:
        """Do what a key, a button or the menu stands for, if it makes sense now."""
        if not self.isVisible() or QApplication.activeModalWidget() is not None:
            return
        if name not in self._WHILE_PAYING and not self._open_for_changes():
            return
        if name != "till.recall" and not self.view.actions.ready(name):
            self.till.refuse(_("That makes no sense right now: nothing is rung up, or no shift is open."))
            return
        self.runs[name]()

    def _open_for_changes(self) -> bool:
        """Whether the sale may be changed now; a finished one makes room for the next."""
        if self.paying.stage is Stage.DONE:
            self.paying.finish()
        if self.paying.stage is not None:
            self.till.refuse(_("Finish this payment first, or go back to the sale with Esc."))
        return self.paying.stage is None

    def _while_open(self, change: Callable[[], object]) -> None:
        if self._open_for_changes():
            change()

    def _connect(self) -> None:
        view = self.view
        self.till.state.listeners.append(self._show_sale)
        self.till.stood.connect(self._show_standing)
        self.till.keeper.trouble.connect(view.header.show_saving)
        view.lines.more.connect(lambda line: self._while_open(lambda: self.lines_work.one_more(line)))
        view.lines.less.connect(lambda line: self._while_open(lambda: self.lines_work.one_less(line)))
        view.lines.away.connect(lambda line: self._while_open(lambda: self.lines_work.remove(line)))
        view.lines.chosen.connect(lambda line: self._while_open(lambda: self.till.state.focus_on(line)))
        view.totals.customer_pressed.connect(lambda: self.run("till.customer"))
        view.totals.note_pressed.connect(lambda: self.run("till.note"))
        view.pay_button.clicked.connect(lambda _checked=False: self.run("till.pay"))
        view.header.person_pressed.connect(self.switch_wanted)
        view.header.shift_pressed.connect(self._shift_pressed)
        view.header.printer_pressed.connect(partial(self.run, "till.papers"))
        view.header.every_few_seconds(self._tick)
        view.office.clicked.connect(lambda _checked=False: self.leave_wanted.emit())
        self.paying.opened.connect(self._pay_opened)
        self.paying.closed.connect(self._pay_closed)
        self.paying.sold.connect(lambda _answer: self._sold())
        self.paying.prices_changed.connect(self._look_prices_up)
        self.paying.shift_wanted.connect(self.drawer_work.open_shift)
        view.pay.again_pressed.connect(lambda: self._with_answer(self.sales_work.copy))
        view.pay.gift_pressed.connect(lambda: self._with_answer(self.sales_work.gift))
        self.sales_work.recalled.connect(self.restoring.take_up)
        self.restoring.restored.connect(view.show_training)
        self.sales_work.voided.connect(self.card.reverse_due)
        self.returns.returned.connect(self.card.refund_due)
        self.field_work.take_scan = self.returns.take_scan
        self.drawer_work.training_changed.connect(view.show_training)
        self.messages.said.connect(lambda _voice, _text: self._place_messages())
        self._desk.changed.connect(self._something_changed)
        self._desk.actor_changed.connect(self._person_changed)
        self._desk.formats_changed.connect(self._show_all)

    def _may_add(self) -> bool | str:
        blocked = self.paying.blocks_goods
        if blocked:
            return blocked
        if self.paying.stage is Stage.DONE:
            self.paying.finish()
        elif self.paying.stage is Stage.TAKING:
            self.paying.back()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters that nobody else wanted belong to the field; Enter presses a button as Space does, Esc steps back."""
        focus = QApplication.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.take_focus()
            self.field.left.emit()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QAbstractButton):
            focus.click()
            return
        if event.text().isprintable() and event.text() and focus is not self.field:
            self.field.setFocus()
            QApplication.sendEvent(self.field, event)
            return
        super().keyPressEvent(event)

    # ------------------------------------------------------------------ showing

    def _show_all(self) -> None:
        self._show_sale()
        self._show_standing()
        self._tick()

    def _show_sale(self) -> None:
        state, formats = self.till.state, self.till.formats
        self.view.lines.show_rows(line_rows(state, formats))
        self.view.totals.show_state(state, formats)
        self.view.pay_button.setEnabled(not state.empty and self.paying.stage is None)
        self._show_actions()

    def _show_actions(self) -> None:
        state, standing = self.till.state, self.till.standing
        self.view.actions.show_state(
            line=state.cart.focus is not None,
            sale=not state.empty,
            shift=standing is not None and standing.shift is not None,
            held=0 if standing is None else len(standing.held),
        )

    def _show_standing(self) -> None:
        standing = self.till.standing
        name = self._desk.actor.username if self._desk.signed_in else ""
        if standing is not None:
            shift = standing.shift.number if standing.shift is not None else None
            self.view.header.show_place(standing.settings.name, standing.till.code, shift, name)
        self._show_actions()

    def _tick(self) -> None:
        self.view.header.clock.setText(self.till.formats.time(self._desk.clock.now()))
        self.prices.look()

    def _sold(self) -> None:
        self.field.clear()
        self._show_sale()

    def _pay_opened(self) -> None:
        self.view.show_paying(True)
        self._show_sale()
        self.take_focus()

    def _pay_closed(self) -> None:
        self.view.show_paying(False)
        self._show_sale()
        self.take_focus()

    def _place_messages(self) -> None:
        self.view.place_messages(self.messages)

    # ------------------------------------------------------------------ changes from elsewhere

    def _first_look(self) -> None:
        standing = self.till.standing
        if standing is None:
            return
        self._learn_machine()
        self.card.recover()
        self.goods.start()
        self.prices.learn()
        self.paper.look()
        self.restoring.what_was_left()

    def _learn_machine(self) -> None:
        """The settings of this machine may have changed while the office was shown."""
        standing = self.till.standing
        self.scanner.use(scan_profile(self.till.memory))
        if standing is None or self.paying.stage is not None:
            return
        choice = terminal_choice(self.till.memory, is_demo=standing.settings.is_demo)
        if choice != self._terminal:
            self._terminal = choice
            self.card.use(card_desk_of(self._desk, choice))
        self.card.tidy()

    def _look_prices_up(self) -> None:
        """Prices changed while the money was counted: back to the sale with the prices of now."""
        self.paying.back()
        self.messages.clear()
        self.customers.look_prices_up(self.till.state.cart.buyer)

    def _something_changed(self, names: frozenset[str]) -> None:
        if not self._started or not self._desk.signed_in:
            return
        if names & REFRESH_ON:
            self.till.look_around()
        if names & GOODS_CHANGED:
            self.goods.refresh()
        self.prices.something_changed(names)
        if names & PAPER_CHANGED:
            self.paper.look()

    def _prices_moved(self) -> None:
        """A price list began or ended: the tiles take the prices of now, and so does a sale that nobody pays yet."""
        self.goods.refresh()
        if self.paying.stage is None and not self.till.state.empty:
            self.customers.look_prices_up(self.till.state.cart.buyer)

    def _person_changed(self) -> None:
        self.till.grants.clear()
        if self._desk.signed_in and self._started:
            self.till.look_around()

    # ------------------------------------------------------------------ small commands

    def _tender(self, place: int) -> None:
        if self.isVisible() and self.paying.stage is Stage.TAKING:
            self.paying.give_place(place, self.field_work.take_text())

    def _with_answer(self, run: Callable[[str], object]) -> None:
        if self.paying.answer is not None:
            run(self.paying.answer.number)

    def _shift_pressed(self) -> None:
        standing = self.till.standing
        opened = standing is not None and standing.shift is not None
        self.run("till.close_shift" if opened else "till.open_shift")

    def _search(self) -> None:
        self.take_focus()
        self.field.selectAll()

    # ------------------------------------------------------------------ Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._learn_machine()
        self.scanner.set_active(True)
        self.take_focus()
        handle = self.window().windowHandle()
        if handle is not self._handle:
            self._handle = handle
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowUnblocked:
            QTimer.singleShot(0, self, self._dialog_gone)
        return False

    def _dialog_gone(self) -> None:
        """A dialog closed: the keyboard is the field's again, also where no window manager gives it back."""
        if self.isVisible() and QApplication.activeModalWidget() is None:
            if not self.isActiveWindow():
                self.window().activateWindow()
            self.take_focus()

    def hideEvent(self, event: QHideEvent) -> None:
        self.scanner.set_active(False)
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_messages()
