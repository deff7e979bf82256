"""The table of use cases by their headless names (CLI.md); the fixed ones with their fixed fields."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import msgspec

from shopdesk.catalogue import barcode_rules, categories, favourites, price_lists, products, taxes
from shopdesk.cli.commands import BadRequest, Doing, plain_answer, with_till
from shopdesk.core.errors import BadAmount
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MAX_MILLI, MILLI, parse_quantity, plain_quantity
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory import watch
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.inventory.transfer import TransferStock, transfer_stock
from shopdesk.parties import addresses, customers
from shopdesk.sales import carts, cash, drawer, reprint, shifts, tenders, tills, training, void
from shopdesk.sales.basket import BadLine, Discount
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleLine
from shopdesk.system import api_keys, roles, sessions, settings, users

Quantity = int | float | str
"""A quantity in a request: whole units as a number, else a string with at most three decimals; floats are refused."""


class SellLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the headless ``sell``; ``qty`` is a whole number or a string with at most three decimals."""

    qty: int | float | str
    sku: str | None = None
    barcode: str | None = None
    discount_cents: int = 0


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


def _quantity(number: int, value: int | float | str) -> int:
    """Thousandths from the request; JSON floats, nothing, less than nothing and odd strings are a bad line."""
    if isinstance(value, int):
        milli = value * MILLI
    elif isinstance(value, str):
        try:
            if not value.isascii() or not value.replace(".", "", 1).isdigit():
                raise BadAmount("qty")
            milli = parse_quantity(value)
        except BadAmount:
            raise BadLine(number, N_("the quantity has at most three decimals.")) from None
    else:
        raise BadLine(number, N_("the quantity must be a whole number, or a string with decimals."))
    if not 0 < milli <= MAX_MILLI:
        raise BadLine(number, N_("the quantity must be more than nothing and at most a million."))
    return milli


def _sell_line(number: int, line: SellLine) -> SaleLine:
    if (line.sku is None) == (line.barcode is None):
        raise BadRequest(_("lines[{place}]: either sku or barcode is needed.").format(place=number - 1))
    if line.discount_cents < 0:
        raise BadLine(number, N_("a discount cannot be negative."))
    discount = Discount(cents=line.discount_cents) if line.discount_cents else None
    return SaleLine(_quantity(number, line.qty), line.sku, line.barcode, None, discount)


def _sell(request: Sell, till: str | None) -> CommitSale:
    lines = tuple(_sell_line(number, line) for number, line in enumerate(request.lines, 1))
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


def _units(value: Quantity, field: str) -> int:
    """Thousandths, of either sign, from a request's units; raises BadAmount."""
    if isinstance(value, int):
        return value * MILLI
    if isinstance(value, str) and value.isascii() and value.lstrip("-").replace(".", "", 1).isdigit():
        return parse_quantity(value, field=field)
    raise BadAmount(field)


def _adjust(request: Adjust, till: str | None) -> AdjustStock:
    change = _units(request.quantity_change, "quantity_change")
    return AdjustStock(
        request.key, request.sku, request.warehouse, change, request.reason, request.notes, request.till or till
    )


def _transfer(request: Transfer, till: str | None) -> TransferStock:
    quantity = _units(request.quantity, "quantity")
    return TransferStock(
        request.key, request.sku, request.from_, request.to, quantity, request.notes, request.till or till
    )


def _sale_answer(_request: Any, result: Any) -> dict[str, object]:
    kept: dict[str, object] = result.fields
    return kept


def _about(use_case: Callable[..., Any]) -> str:
    """The first sentence of a use case's docstring."""
    return (inspect.getdoc(use_case) or "").partition("\n")[0]


def _as_it_is(use_case: Callable[[UnitOfWork, Any], Any], command: type) -> Doing:
    """A use case whose command's fields are the request's fields."""
    info = msgspec.inspect.type_info(command)
    assert isinstance(info, (msgspec.inspect.StructType, msgspec.inspect.DataclassType))
    keyed = any(part.encode_name == "key" for part in info.fields)
    return Doing(_about(use_case), command, use_case, with_till, plain_answer, keyed)


COMMANDS: dict[str, Doing] = {
    "sell": Doing(_about(commit_sale), Sell, commit_sale, _sell, _sale_answer),
    "sell_training": Doing(_about(training.sell_training), Sell, training.sell_training, _sell, _sale_answer),
    "void": _as_it_is(void.void_sale, void.VoidSale),
    "open_shift": _as_it_is(shifts.open_shift, shifts.OpenShift),
    "close_shift": _as_it_is(shifts.close_shift, shifts.CloseShift),
    "cash_in": _as_it_is(cash.cash_in, cash.CashIn),
    "cash_out": _as_it_is(cash.cash_out, cash.CashOut),
    "open_drawer": _as_it_is(drawer.open_drawer, drawer.OpenDrawer),
    "adjust_stock": Doing(
        _about(adjust_stock),
        Adjust,
        adjust_stock,
        _adjust,
        lambda _request, done: {"on_hand": plain_quantity(done.on_hand_milli)},
    ),
    "transfer_stock": Doing(_about(transfer_stock), Transfer, transfer_stock, _transfer, lambda _request, _done: {}),
    "save_cart": _as_it_is(carts.save_cart, carts.SaveCart),
    "hold_cart": _as_it_is(carts.hold_cart, carts.HoldCart),
    "recall_cart": _as_it_is(carts.recall_cart, carts.RecallCart),
    "abandon_cart": _as_it_is(carts.abandon_cart, carts.AbandonCart),
    "age_out_carts": _as_it_is(carts.age_out_carts, carts.AgeOutCarts),
    "reprint": _as_it_is(reprint.reprint, reprint.Reprint),
    "print_gift_receipt": _as_it_is(reprint.print_gift_receipt, reprint.PrintGiftReceipt),
    "print_test_page": _as_it_is(reprint.print_test_page, reprint.PrintTestPage),
    "create_till": _as_it_is(tills.create_till, tills.CreateTill),
    "edit_till": _as_it_is(tills.edit_till, tills.EditTill),
    "add_tender": _as_it_is(tenders.add_tender, tenders.AddTender),
    "edit_tender": _as_it_is(tenders.edit_tender, tenders.EditTender),
    "order_tenders": _as_it_is(tenders.order_tenders, tenders.OrderTenders),
    "change_settings": _as_it_is(settings.change_settings, settings.ChangeSettings),
    "create_product": _as_it_is(products.create_product, products.CreateProduct),
    "edit_product": _as_it_is(products.edit_product, products.EditProduct),
    "set_product_active": _as_it_is(products.set_product_active, products.SetProductActive),
    "delete_product": _as_it_is(products.delete_product, products.DeleteProduct),
    "create_category": _as_it_is(categories.create_category, categories.CreateCategory),
    "edit_category": _as_it_is(categories.edit_category, categories.EditCategory),
    "remove_category": _as_it_is(categories.remove_category, categories.RemoveCategory),
    "save_tax_rate": _as_it_is(taxes.save_tax_rate, taxes.SaveTaxRate),
    "save_tax_class": _as_it_is(taxes.save_tax_class, taxes.SaveTaxClass),
    "remove_tax_class": _as_it_is(taxes.remove_tax_class, taxes.RemoveTaxClass),
    "save_barcode_rule": _as_it_is(barcode_rules.save_barcode_rule, barcode_rules.SaveBarcodeRule),
    "remove_barcode_rule": _as_it_is(barcode_rules.remove_barcode_rule, barcode_rules.RemoveBarcodeRule),
    "set_favourite": _as_it_is(favourites.set_favourite, favourites.SetFavourite),
    "arrange_favourites": _as_it_is(favourites.arrange_favourites, favourites.ArrangeFavourites),
    "save_price_list": _as_it_is(price_lists.save_price_list, price_lists.SavePriceList),
    "set_list_price": _as_it_is(price_lists.set_list_price, price_lists.SetListPrice),
    "set_threshold": _as_it_is(watch.set_threshold, watch.SetThreshold),
    "resolve_oversold": _as_it_is(watch.resolve_oversold, watch.ResolveOversold),
    "set_printer": _as_it_is(tills.set_printer, tills.SetPrinter),
    "create_customer": _as_it_is(customers.create_customer, customers.CreateCustomer),
    "edit_customer": _as_it_is(customers.edit_customer, customers.EditCustomer),
    "delete_customer": _as_it_is(customers.delete_customer, customers.CustomerChosen),
    "erase_customer": _as_it_is(customers.erase_customer, customers.CustomerChosen),
    "save_address": _as_it_is(addresses.save_address, addresses.SaveAddress),
    "remove_address": _as_it_is(addresses.remove_address, addresses.RemoveAddress),
    "change_user": _as_it_is(users.change_user, users.ChangeUser),
    "set_user_active": _as_it_is(users.set_user_active, users.SetUserActive),
    "set_user_role": _as_it_is(users.set_user_role, users.SetUserRole),
    "unlock_user": _as_it_is(users.unlock_user, users.UnlockUser),
    "add_role": _as_it_is(roles.add_role, roles.AddRole),
    "change_role": _as_it_is(roles.change_role, roles.ChangeRole),
    "end_session": _as_it_is(sessions.end_session, sessions.EndSession),
    "revoke_api_key": _as_it_is(api_keys.revoke_api_key, api_keys.RevokeApiKey),
}
"""Every use case by its headless name."""
