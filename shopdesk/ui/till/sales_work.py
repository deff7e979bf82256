"""Sales beside the one in hand: put aside, taken up again, looked at again, voided, printed again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from shopdesk.core.errors import NotPermitted
from shopdesk.core.i18n import _, ngettext
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest
from shopdesk.sales.cart_queries import HeldCart, held_carts
from shopdesk.sales.carts import (
    AbandonCart,
    CartContent,
    HoldCart,
    RecallCart,
    abandon_cart,
    hold_cart,
    recall_cart,
)
from shopdesk.sales.queries import SaleRow, sales_page
from shopdesk.sales.reprint import PrintGiftReceipt, Reprint, print_gift_receipt, reprint
from shopdesk.sales.sale_detail import SaleDetail, sale_detail
from shopdesk.sales.void import SaleVoided, VoidSale, void_sale
from shopdesk.ui.dialogs.held import Act, ChoiceDialog, ChoiceRow
from shopdesk.ui.kit.messages import Dialog, ask_text
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.till.till_desk import TillDesk

LAST_SALES = 50


class SalesWork(QObject):
    """What the keys do about other sales. ``recalled`` carries the content of a cart that is to be taken up."""

    recalled = Signal(object)
    voided = Signal()

    def __init__(self, till: TillDesk) -> None:
        super().__init__(till)
        self._till = till

    # ------------------------------------------------------------------ hold and recall

    def hold(self) -> Dialog | None:
        """Put the sale in hand aside, under a label if one is given."""
        till = self._till
        if till.state.empty or not self._allowed(Permission.CART_HOLD):
            return None
        if till.state.training:
            till.refuse(_("A sale in training cannot be held."))
            return None
        return ask_text(
            till.page.window(),
            _("Hold the sale"),
            _("Label, so that it is found again (not needed)"),
            _("Hold"),
            self._hold,
            text=till.state.cart.buyer.name if till.state.cart.buyer else "",
            required=False,
            till=True,
        )

    def _hold(self, label: str) -> None:
        till = self._till
        uid = till.state.cart.uid

        def done(_nothing: None) -> None:
            if till.state.cart.uid == uid:
                till.keeper.rest()
                till.begin_sale()
            till.say(_("The sale is held."))
            till.look_around()

        hold = Operation(hold_cart, HoldCart(uid, label), done=done)
        till.keeper.flush(lambda: hold.run(till.desk, till.page), till.failed)

    def recall(self) -> None:
        """Choose a held sale, also of another till, and go on with it; a sale in hand is held first."""
        till = self._till
        if not self._allowed(Permission.CART_HOLD):
            return
        if till.state.training:
            till.refuse(_("End training first."))
            return

        def show(carts: tuple[HeldCart, ...]) -> None:
            rows = [self._held_row(cart) for cart in carts]
            act = Act("recall", _("Recall"), self._recall, main=True)
            ChoiceDialog(
                till.page.window(), "held_dialog", _("Held sales"), rows, [act], _("No sale is held anywhere.")
            )

        till.desk.ask(held_carts, done=show, failed=till.failed, owner=till.page)

    def _held_row(self, cart: HeldCart) -> ChoiceRow:
        formats = self._till.formats
        lines = ngettext("{count} line", "{count} lines", cart.lines).format(count=cart.lines)
        parts = [part for part in (cart.label or cart.customer, lines, cart.till, cart.clerk) if part]
        words = " · ".join([formats.time(cart.held_at), *parts])
        return ChoiceRow(cart, words, formats.money(cart.total_cents))

    def _recall(self, cart: object) -> None:
        till = self._till
        assert isinstance(cart, HeldCart)

        def take_up() -> None:
            Operation(recall_cart, RecallCart(cart.uid, till.till_code), done=self._recalled).run(till.desk, till.page)

        if till.state.empty:
            take_up()
            return
        uid = till.state.cart.uid

        def held(_nothing: None) -> None:
            till.keeper.rest()
            till.begin_sale()
            take_up()

        hold = Operation(hold_cart, HoldCart(uid), done=held)
        till.keeper.flush(lambda: hold.run(till.desk, till.page), till.failed)

    def _recalled(self, content: CartContent) -> None:
        self.recalled.emit(content)
        self._till.look_around()

    def give_up(self) -> Dialog | None:
        """Throw the sale in hand away; what was in it is recorded with the reason."""
        till = self._till
        if till.state.empty:
            return None
        return ask_text(
            till.page.window(), _("Give the sale up"), _("Reason"), _("Give the sale up"), self._give_up, till=True
        )

    def _give_up(self, reason: str) -> None:
        till = self._till
        uid = till.state.cart.uid

        def done(_nothing: None) -> None:
            if till.state.cart.uid == uid:
                till.keeper.rest()
                till.begin_sale()
            till.say(_("The sale was given up; nothing was sold."))

        give_up = Operation(abandon_cart, AbandonCart(uid, reason), done=done)
        till.keeper.flush(lambda: give_up.run(till.desk, till.page), till.failed)

    # ------------------------------------------------------------------ the last sales

    def recent(self) -> None:
        """Choose one of the till's last sales: copy, gift receipt, void."""
        till = self._till
        if not self._allowed(Permission.SALES_VIEW) or till.till_code is None:
            return
        request = PageRequest(filters=(("till", till.till_code),), descending=True, limit=LAST_SALES)

        def show(page: Page[SaleRow]) -> None:
            rows = [self._sale_row(row) for row in page.rows]
            lock = "" if till.may(Permission.VOID) else " (" + _("manager") + ")"
            acts = [
                Act("gift", _("Gift receipt"), lambda row: self.gift(_number(row)), ready=_is_sale),
                Act("void", _("Void") + lock, lambda row: self.void(_number(row)), ready=_may_void),
                Act("copy", _("Print copy"), lambda row: self.copy(_number(row)), main=True),
            ]
            ChoiceDialog(
                till.page.window(), "recent_dialog", _("Last sales"), rows, acts, _("Nothing was sold here yet.")
            )

        till.desk.ask(sales_page, request, done=show, failed=till.failed, owner=till.page)

    def _sale_row(self, row: SaleRow) -> ChoiceRow:
        formats = self._till.formats
        parts = [formats.moment(row.placed_at), row.number, row.clerk, row.customer]
        if row.kind == "void":
            parts.append(_("void of {sale}").format(sale=row.undoes))
        elif row.kind == "return":
            parts.append(_("return of {sale}").format(sale=row.undoes))
        elif row.voided_by:
            parts.append(_("voided by {void}").format(void=row.voided_by))
        return ChoiceRow(row, " · ".join(part for part in parts if part), formats.money(row.total_cents))

    def copy(self, number: str, approvals: tuple[str, ...] = ()) -> None:
        """Print a document again, marked COPY."""
        till = self._till

        def approve(_refusal: NotPermitted) -> bool:
            words = _("Print {number} again").format(number=number)
            till.ask_manager_for(Permission.REPRINT, number, 0, words, lambda uid: self.copy(number, (uid,)))
            return True

        said = _("A copy of {number} is printed.").format(number=number)
        Operation(reprint, Reprint(number, till.till_code, approvals), said=said, approve=approve).run(
            till.desk, till.page
        )

    def gift(self, number: str) -> None:
        """Print a sale's receipt without prices."""
        said = _("A gift receipt of {number} is printed.").format(number=number)
        Operation(print_gift_receipt, PrintGiftReceipt(number, self._till.till_code), said=said).run(
            self._till.desk, self._till.page
        )

    def void(self, number: str) -> Dialog:
        """Ask why, then void a sale; without the permission a manager approves."""
        key = uuid7()
        return ask_text(
            self._till.page.window(),
            _("Void {number}").format(number=number),
            _("Reason"),
            _("Void {number}").format(number=number),
            lambda reason: self._void(key, number, reason, ()),
            till=True,
        )

    def _void(self, key: str, number: str, reason: str, approvals: tuple[str, ...]) -> None:
        till = self._till

        def done(voided: SaleVoided) -> None:
            words = _("{sale} is void ({number}). Give the money back.")
            till.say(words.format(sale=number, number=voided.number))
            self.voided.emit()

        def approve(_refusal: NotPermitted) -> bool:
            self._approve_void(number, reason, lambda uid: self._void(key, number, reason, (uid,)))
            return True

        command = VoidSale(key, number, reason, till.till_code, approvals)
        Operation(void_sale, command, done=done, approve=approve).run(till.desk, till.page)

    def _approve_void(self, number: str, reason: str, then: Callable[[str], object]) -> None:
        """An approval is bound to the sale's own uid and total: look them up first."""
        till = self._till

        def known(detail: SaleDetail) -> None:
            amount = till.formats.money(detail.total_cents)
            words = _("Void {number} of {amount}: {reason}").format(number=number, amount=amount, reason=reason)
            till.ask_manager_for(Permission.VOID, detail.uid, detail.total_cents, words, then)

        till.desk.ask(sale_detail, number, done=known, failed=till.failed, owner=till.page)

    def _allowed(self, permission: Permission) -> bool:
        if self._till.may(permission):
            return True
        self._till.refuse(NotPermitted(permission.value))
        return False


def _number(row: object) -> str:
    assert isinstance(row, SaleRow)
    return row.number


def _is_sale(row: object) -> bool:
    return isinstance(row, SaleRow) and row.kind == "sale"


def _may_void(row: object) -> bool:
    return isinstance(row, SaleRow) and row.kind == "sale" and not row.voided_by
