"""The table of use cases by their headless names (CLI.md); the fixed ones with their fixed fields."""

from __future__ import annotations

from typing import Any

import msgspec

from shopdesk.cli.commands import BadRequest, Doing, about, as_it_is
from shopdesk.cli.lines import Quantity, SellLine, line_quantity, sell_line, units
from shopdesk.cli.table_buying import BUYING
from shopdesk.cli.table_catalogue import CATALOGUE
from shopdesk.cli.table_files import FILES
from shopdesk.cli.table_orders import ORDERS
from shopdesk.cli.table_people import PEOPLE
from shopdesk.cli.table_stock import STOCK
from shopdesk.cli.table_system import SYSTEM
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import plain_quantity
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.inventory.transfer import TransferStock, transfer_stock
from shopdesk.returns.return_sale import ReturnSale, SaleReturned, return_sale
from shopdesk.returns.returnable import ReturnLine
from shopdesk.sales import carts, cash, drawer, reprint, shifts, tenders, tills, training, void
from shopdesk.sales.basket import BadLine, Discount
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, PaymentGiven


class SellPayment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payment of the headless ``sell``: what was handed over."""

    type: str
    amount_cents: int


class Sell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The headless ``sell`` (CLI.md)."""

    key: str
    lines: list[SellLine]
    customer: str | None = None
    coupon: str | None = None
    order_discount_cents: int = 0
    payments: list[SellPayment] | None = None
    till: str | None = None


class ReturnedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the headless ``return``: the sold line's number and how much of it comes back."""

    line: int
    qty: int | float | str


class Return(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The headless ``return`` (CLI.md); ``restock`` is a warehouse's name, or false for goods that are not put back."""

    key: str
    sale: str
    lines: list[ReturnedLine]
    restock: str | bool
    reason: str
    restocking_fee_cents: int | None = None
    till: str | None = None


class Adjust(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The headless ``adjust_stock``."""

    key: str
    sku: str
    warehouse: str
    quantity_change: Quantity
    reason: str
    notes: str = ""
    till: str | None = None


class Transfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The headless ``transfer_stock``."""

    key: str
    sku: str
    to: str
    quantity: Quantity
    from_: str = msgspec.field(name="from")
    notes: str = ""
    till: str | None = None


def _sell(request: Sell, till: str | None) -> CommitSale:
    lines = tuple(sell_line(number, line) for number, line in enumerate(request.lines, 1))
    if request.order_discount_cents < 0:
        raise BadLine(0, N_("a discount cannot be negative."))
    return CommitSale(
        key=request.key,
        lines=lines,
        till=request.till or till,
        customer=request.customer.strip().lower() if request.customer is not None else None,
        coupon=request.coupon,
        order_discount=Discount(cents=request.order_discount_cents) if request.order_discount_cents else None,
        payments=None
        if request.payments is None
        else tuple(PaymentGiven(payment.type, payment.amount_cents) for payment in request.payments),
    )


def _return(request: Return, till: str | None) -> ReturnSale:
    if request.restock is True:
        raise BadRequest(_("restock: a warehouse's name or false is needed."))
    condition = "gone" if request.restock is False else "stock"
    return ReturnSale(
        key=request.key,
        sale=request.sale,
        lines=tuple(ReturnLine(line.line, line_quantity(line.line, line.qty), condition) for line in request.lines),
        reason=request.reason,
        warehouse=request.restock or None,
        fee_cents=request.restocking_fee_cents or 0,
        till=request.till or till,
    )


def _return_answer(_request: Any, done: SaleReturned) -> dict[str, object]:
    refunds = [{"type": kind, "amount_cents": cents} for kind, cents in done.refunds]
    return {"number": done.number, "refund_cents": done.refund_cents, "refunds": refunds}


def _adjust(request: Adjust, till: str | None) -> AdjustStock:
    change = units(request.quantity_change, "quantity_change")
    return AdjustStock(
        request.key, request.sku, request.warehouse, change, request.reason, request.notes, request.till or till
    )


def _transfer(request: Transfer, till: str | None) -> TransferStock:
    quantity = units(request.quantity, "quantity")
    return TransferStock(
        request.key, request.sku, request.from_, request.to, quantity, request.notes, request.till or till
    )


def _sale_answer(_request: Any, result: Any) -> dict[str, object]:
    kept: dict[str, object] = result.fields
    return kept


COMMANDS: dict[str, Doing] = {
    "sell": Doing(about(commit_sale), Sell, commit_sale, _sell, _sale_answer),
    "sell_training": Doing(about(training.sell_training), Sell, training.sell_training, _sell, _sale_answer),
    "return": Doing(about(return_sale), Return, return_sale, _return, _return_answer),
    "void": as_it_is(void.void_sale, void.VoidSale),
    "open_shift": as_it_is(shifts.open_shift, shifts.OpenShift),
    "close_shift": as_it_is(shifts.close_shift, shifts.CloseShift),
    "cash_in": as_it_is(cash.cash_in, cash.CashIn),
    "cash_out": as_it_is(cash.cash_out, cash.CashOut),
    "open_drawer": as_it_is(drawer.open_drawer, drawer.OpenDrawer),
    "adjust_stock": Doing(
        about(adjust_stock),
        Adjust,
        adjust_stock,
        _adjust,
        lambda _request, done: {"on_hand": plain_quantity(done.on_hand_milli)},
    ),
    "transfer_stock": Doing(about(transfer_stock), Transfer, transfer_stock, _transfer, lambda _request, _done: {}),
    "save_cart": as_it_is(carts.save_cart, carts.SaveCart),
    "hold_cart": as_it_is(carts.hold_cart, carts.HoldCart),
    "recall_cart": as_it_is(carts.recall_cart, carts.RecallCart),
    "abandon_cart": as_it_is(carts.abandon_cart, carts.AbandonCart),
    "age_out_carts": as_it_is(carts.age_out_carts, carts.AgeOutCarts),
    "reprint": as_it_is(reprint.reprint, reprint.Reprint),
    "print_gift_receipt": as_it_is(reprint.print_gift_receipt, reprint.PrintGiftReceipt),
    "print_test_page": as_it_is(reprint.print_test_page, reprint.PrintTestPage),
    "create_till": as_it_is(tills.create_till, tills.CreateTill),
    "edit_till": as_it_is(tills.edit_till, tills.EditTill),
    "add_tender": as_it_is(tenders.add_tender, tenders.AddTender),
    "edit_tender": as_it_is(tenders.edit_tender, tenders.EditTender),
    "order_tenders": as_it_is(tenders.order_tenders, tenders.OrderTenders),
    "set_printer": as_it_is(tills.set_printer, tills.SetPrinter),
    **CATALOGUE,
    **STOCK,
    **BUYING,
    **ORDERS,
    **PEOPLE,
    **FILES,
    **SYSTEM,
}
"""Every use case by its headless name."""
