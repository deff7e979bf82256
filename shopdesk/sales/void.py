"""Taking a sale back whole, before its shift is closed: a document of its own with its own number (R12, R17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.stock import StockBook, lock_stock
from shopdesk.sales.digests_counter import document_rows
from shopdesk.sales.models import Order, OrderItem, OrderTax, Payment, Shift, Void
from shopdesk.sales.paper import queue_paper
from shopdesk.sales.request import ReasonNeeded, Request, ShiftNotOpen, allowed, begin, business_date
from shopdesk.sales.return_models import Return
from shopdesk.system.records import rows_digest
from shopdesk.system.settings import shop_settings


class UnknownSale(ShopError):
    """No sale has this number."""

    code = "unknown_sale"
    sentence = N_("There is no sale {sale}.")

    def __init__(self, sale: str) -> None:
        super().__init__(field="sale", sale=sale)


class AlreadyVoided(ShopError):
    """A sale is voided once."""

    code = "already_voided"
    sentence = N_("Sale {sale} was already voided by {void}.")


class AlreadyReturned(ShopError):
    """A sale of which goods came back cannot be voided: a void gives all of it back."""

    code = "already_returned"
    sentence = N_("Goods of sale {sale} came back with {document}. Take back the rest as a return.")


class ShiftClosed(ShopError):
    """The sale is part of a Z, which never changes; goods come back as a return."""

    code = "shift_closed"
    sentence = N_("Sale {sale} belongs to a shift that is closed. Take the goods back as a return.")


@dataclass(frozen=True, slots=True)
class VoidSale:
    """Void a sale by its number. An approval has the sale's uid as its subject and its total as the amount."""

    key: str
    sale: str
    reason: str
    till: str | None = None
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SaleVoided:
    """The void's own number."""

    number: str


@dataclass(frozen=True, slots=True)
class _Sale:
    """What a void needs to know of its sale."""

    id: int
    uid: str
    number: str
    total_cents: int
    shift_status: str | None
    void_number: str | None
    return_number: str | None
    cash_cents: int
    items: list[tuple[Any, ...]]
    tenders: list[list[object]]
    taxes: list[list[int]]


_number: sa.BindParameter[Any] = sa.bindparam("number")  # Any: a parameter has no type of its own
# FOR SHARE on the shift lets its Z wait for this void, or this void for the Z: never both at once.
_LOCK = Prepared(
    postgresql="SELECT id FROM orders WHERE number = :number FOR NO KEY UPDATE",
)
_LOCK_SHIFT = Prepared(
    postgresql="SELECT s.id FROM shifts s JOIN orders o ON o.shift_id = s.id WHERE o.number = :number FOR SHARE OF s",
)
_cash = (
    sa.select(sa.cast(sa.func.coalesce(sa.func.sum(Payment.amount_cents), 0), sa.BigInteger))
    .where(Payment.order_id == Order.id, Payment.kind == "cash")
    .scalar_subquery()
)
_return = sa.select(sa.func.min(Return.number)).where(Return.order_id == Order.id).scalar_subquery()
_SALE = Prepared(
    sa.select(Order.id, Order.uid, Order.number, Order.total_cents, Shift.status, Void.number, _return, _cash)
    .join_from(Order, Shift, Shift.id == Order.shift_id, isouter=True)
    .join(Void, Void.order_id == Order.id, isouter=True)
    .where(Order.number == _number, Order.fulfilment == "counter")
)
_ITEMS = Prepared(
    sa.select(OrderItem.id, OrderItem.variant_id, OrderItem.warehouse_id, OrderItem.quantity, OrderItem.product_name)
    .join_from(OrderItem, Order, Order.id == OrderItem.order_id)
    .where(Order.number == _number, OrderItem.track_stock)
    .order_by(OrderItem.line)
)
_TENDERS = Prepared(
    sa.select(Payment.type, Payment.amount_cents)
    .join_from(Payment, Order, Order.id == Payment.order_id)
    .where(Order.number == _number)
    .order_by(Payment.id)
)
_TAXES = Prepared(
    sa.select(OrderTax.rate_ppm, OrderTax.taxable_cents, OrderTax.tax_cents)
    .join_from(OrderTax, Order, Order.id == OrderTax.order_id)
    .where(Order.number == _number)
    .order_by(OrderTax.tax_rate_id)
)
_COLUMNS = (
    "uid",
    "number",
    "order_id",
    "till_id",
    "shift_id",
    "reason",
    "total_cents",
    "cash_cents",
    "user_id",
    "approved_by",
    "created_at",
    "business_date",
)
_ADD_VOID = Prepared(sa.insert(Void).values({name: sa.bindparam(name) for name in _COLUMNS}).returning(Void.id))


def void_sale(uow: UnitOfWork, command: VoidSale) -> SaleVoided:
    """Void a sale: goods go back to where they came from, cash out of this till's drawer; all or nothing.

    A part that a card terminal brought is given back by ``CardDesk.reverse_due`` after the commit. Raises UnknownSale,
    AlreadyVoided, AlreadyReturned, ShiftClosed, ReasonNeeded, NotPermitted, UnknownTill, and ShiftNotOpen where the shop
    sells in shifts only.
    """
    if not command.approvals:
        uow.require(Permission.VOID)
    reason = checked_text(command.reason, field="reason")
    if not reason:
        raise ReasonNeeded(field="reason")
    content = {"sale": command.sale, "reason": reason}
    request = begin(uow, "void", command.key, command.till, content)
    if request.answer is not None:
        return SaleVoided(str(request.answer["number"]))
    settings = shop_settings(uow)
    sale = _sale(uow, command.sale)
    if sale.void_number is not None:
        raise AlreadyVoided(field="sale", sale=sale.number, void=sale.void_number)
    if sale.return_number is not None:
        raise AlreadyReturned(field="sale", sale=sale.number, document=sale.return_number)
    if sale.shift_status == "closed":
        raise ShiftClosed(field="sale", sale=sale.number)
    if request.shift is None and not settings.sell_without_shift:
        raise ShiftNotOpen(till=request.till.code)
    approver = allowed(
        uow,
        Permission.VOID,
        subject_uid=sale.uid,
        amount_cents=sale.total_cents,
        approvals=command.approvals,
    )
    number = request.book.number("V")
    void_id = _write(uow, request, sale, number, reason, approver, business_date(uow, request.shift, settings.timezone))
    stock = _put_back(uow, sale, void_id)
    stock.queue(request.book.batch)
    _record(uow, request, sale, number, approver)
    request.keep({"number": number})
    stock.check()
    uow.changed("Void", "Order", "StockLevel", "Shift")
    return SaleVoided(number)


def _sale(uow: UnitOfWork, number: str) -> _Sale:
    """The sale, locked: its row first, then everything read behind the lock."""
    batch, values = uow.batch(), {"number": number}
    if uow.dialect == "postgresql":
        batch.add(_LOCK, values)
        batch.add(_LOCK_SHIFT, values)
    found = batch.add(_SALE, values)
    items = batch.add(_ITEMS, values)
    tenders = batch.add(_TENDERS, values)
    taxes = batch.add(_TAXES, values)
    batch.send()
    if found.one is None:
        raise UnknownSale(number)
    given_back: list[list[object]] = [[kind, -amount] for kind, amount in tenders.rows]
    untaxed = [[rate, -net, -tax] for rate, net, tax in taxes.rows]
    order_id, uid, number, total_cents, shift_status, void_number, return_number, cash_cents = found.one
    return _Sale(
        id=order_id,
        uid=uid,
        number=number,
        total_cents=total_cents,
        shift_status=shift_status,
        void_number=void_number,
        return_number=return_number,
        cash_cents=cash_cents,
        items=items.rows,
        tenders=given_back,
        taxes=untaxed,
    )


def _write(
    uow: UnitOfWork, request: Request, sale: _Sale, number: str, reason: str, approver: int | None, date: str
) -> int:
    batch = uow.batch()
    added = batch.add(
        _ADD_VOID,
        {
            "uid": request.key,
            "number": number,
            "order_id": sale.id,
            "till_id": request.till.id,
            "shift_id": None if request.shift is None else request.shift.id,
            "reason": reason,
            "total_cents": -sale.total_cents,
            "cash_cents": sale.cash_cents,
            "user_id": uow.actor.user_id,
            "approved_by": approver,
            "created_at": to_micros(uow.clock.now()),
            "business_date": date,
        },
    )
    batch.send()
    assert added.one is not None
    void_id: int = added.one[0]
    return void_id


def _put_back(uow: UnitOfWork, sale: _Sale, void_id: int) -> StockBook:
    stock = lock_stock(uow, {item[1] for item in sale.items}, {item[2] for item in sale.items})
    for item_id, variant_id, warehouse_id, quantity, name in sale.items:
        stock.move(
            variant_id,
            warehouse_id,
            quantity,
            type="void",
            reference_type="void",
            reference_id=void_id,
            line_id=item_id,
            name=name,
        )
    return stock


def _record(uow: UnitOfWork, request: Request, sale: _Sale, number: str, approver: int | None) -> None:
    book = request.book
    body = {
        "key": request.key,
        "rows": rows_digest(document_rows(uow, "void", number)),
        "approver": approver or 0,
        "sale": sale.number,
        "shift": 0 if request.shift is None else request.shift.number,
        "cash": sale.cash_cents,
        "tenders": sale.tenders,
        "tax": sale.taxes,
    }
    book.journal("void", number, -sale.total_cents, body)
    details = {"sale": sale.number, "total": -sale.total_cents, "approver": approver or 0}
    book.audit("sale.voided", target_type="void", target_id=number, details=details)
    queue_paper(book.batch, uow, request.till, "void", number)
    if sale.cash_cents:
        queue_paper(book.batch, uow, request.till, "drawer", number)
