"""Asks what comes back of a sale and posts it, at the till and in the office; a manager's yes where the role needs one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from shopdesk.core.errors import NotPermitted
from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.returns.return_sale import ReturnSale, SaleReturned, return_sale
from shopdesk.ui.dialogs.approval import Asked, ask_approval
from shopdesk.ui.dialogs.return_goods import ReturnDialog, WantedReturn
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.operations import Operation


def ask_return(
    parent: QWidget,
    desk: Desk,
    done: Callable[[str], object],
    *,
    number: str = "",
    till: Callable[[], str | None] = lambda: None,
) -> ReturnDialog:
    """Open the dialog, on a sale if its number is known; ``done`` gets the sentence that tells what to give back.

    ``till`` is whose drawer and series the return belongs to; None is the person's own.
    """
    key = uuid7()

    def post(wanted: WantedReturn, approvals: tuple[str, ...] = ()) -> None:
        def posted(returned: SaleReturned) -> None:
            dialog.accept()
            done(_told(desk, wanted, returned))

        def approve(_refusal: NotPermitted) -> bool:
            amount = wanted.plan.total_cents
            words = _("Take back goods of {number}, {amount}: {reason}").format(
                number=wanted.sale.number, amount=desk.formats.money(amount), reason=wanted.reason
            )
            asked = Asked(Permission.RETURN, wanted.sale.uid, amount, words)
            ask_approval(parent.window(), desk, asked, lambda uid: post(wanted, (uid,)))
            return not approvals

        command = ReturnSale(
            key=key,
            sale=wanted.sale.number,
            lines=wanted.lines,
            reason=wanted.reason,
            fee_cents=wanted.fee_cents,
            till=till(),
            expected_cents=wanted.plan.total_cents,
            approvals=approvals,
        )
        Operation(return_sale, command, done=posted, approve=approve).run(desk, dialog, hold=(dialog.act,))

    dialog = ReturnDialog(parent.window(), desk, post, number)
    return dialog


def _told(desk: Desk, wanted: WantedReturn, returned: SaleReturned) -> str:
    money = desk.formats.money
    cash = sum(refund.amount_cents for refund in wanted.plan.refund.refunds if refund.kind == "cash")
    if cash:
        return _("{number}: give {amount} back in cash.").format(number=returned.number, amount=money(cash))
    return _("{number}: {amount} goes back the way it was paid.").format(
        number=returned.number, amount=money(returned.refund_cents)
    )
