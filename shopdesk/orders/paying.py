"""Payments of orders: deposits, what is paid at the counter, on account, by transfer; each a document of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.core.money import checked_cents
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import insert_into
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.orders.commands import UnknownOrder, WrongStep
from shopdesk.orders.digests import ORDER_PAYMENT, order_digest
from shopdesk.orders.owed import OPEN
from shopdesk.orders.writing import note_event
from shopdesk.sales.card_intents import claim_intent
from shopdesk.sales.models import Order, Payment, PaymentType
from shopdesk.sales.paper import queue_paper
from shopdesk.sales.request import Request, ShiftNotOpen, begin
from shopdesk.sales.sale_command import PaymentGiven, UnknownTender
from shopdesk.sales.settle import Kept, Tender, settle
from shopdesk.system.settings import shop_settings


class NothingOpen(ShopError):
    """More is paid than is open. ``values``: ``open_cents``."""

    code = "overpaid"
    sentence = N_("Only {open} of this order is still to be paid.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PayOrder:
    """Take a payment for an order: ``amount_cents`` of it, None for all that is open. Change is given on cash alone."""

    key: str
    order: str
    payments: tuple[PaymentGiven, ...]
    amount_cents: int | None = None
    till: str | None = None


@dataclass(frozen=True, slots=True)
class OrderPaid:
    """The payments' numbers, the change, what is open then."""

    numbers: tuple[str, ...]
    change_cents: int
    open_cents: int


_ADD = insert_into(Payment, *ORDER_PAYMENT)


def pay_order(uow: UnitOfWork, command: PayOrder) -> OrderPaid:
    """Take money for an order. Raises UnknownOrder, WrongStep, NothingOpen, NotPaid, UnknownTender, ShiftNotOpen, KeyReused."""
    uow.require(Permission.SELL)
    content = {
        "order": command.order,
        "amount": command.amount_cents,
        "payments": [[one.type, one.amount_cents, one.card_intent_uid or ""] for one in command.payments],
    }
    request = begin(uow, "pay_order", command.key, command.till, content)
    if request.answer is not None:
        known = request.answer
        return OrderPaid(tuple(known["numbers"]), int(str(known["change_cents"])), int(str(known["open_cents"])))  # type: ignore[arg-type]
    settings = shop_settings(uow)
    if request.shift is None and not settings.sell_without_shift:
        raise ShiftNotOpen(till=request.till.code)
    order = uow.connection.execute(
        sa.select(Order.id, Order.status, Order.fulfilment).where(Order.number == command.order).with_for_update()
    ).first()
    if order is None or order.fulfilment == "counter":
        raise UnknownOrder(command.order)
    if order.status == "cancelled":
        raise WrongStep(command.order, order.status)
    owed = int(uow.connection.execute(sa.select(OPEN).where(Order.id == order.id)).scalar_one())
    amount = owed if command.amount_cents is None else checked_cents(command.amount_cents)
    if amount <= 0 and command.amount_cents is not None:
        raise BadField("amount_cents", _("must be more than nothing."))
    if not 0 < amount <= owed:
        from shopdesk.core.money import format_money  # only to say no

        told = format_money(max(0, owed), settings.currency, settings.language)
        raise NothingOpen(field="amount_cents", open=told, open_cents=owed)
    types = _types(uow, command)
    tenders = [Tender(one.type, types[one.type][1], one.amount_cents) for one in command.payments]
    settlement = settle(amount, tenders, 0)
    ids = reserve_ids(uow, "payments", len(settlement.kept))
    rows = [
        {"id": id, **_row(uow, request, order.id, types[kept.tender.type][0], kept, given)}
        for id, kept, given in zip(ids, settlement.kept, command.payments, strict=True)
    ]
    for row in rows:
        request.book.batch.add(_ADD, row)
        body = {"key": row["uid"], "rows": order_digest("payment", {"payments": [row]}), "order": command.order}
        shift = 0 if request.shift is None else request.shift.number
        request.book.journal("payment", row["number"], 0, {**body, "shift": shift, "amount": row["amount_cents"]})
        details = {"order": command.order, "amount": row["amount_cents"], "type": row["type"]}
        request.book.audit("order.paid", target_type="payment", target_id=row["number"], details=details)
    if any(types[one.type][2] for one in command.payments):
        queue_paper(request.book.batch, uow, request.till, "drawer", rows[0]["number"])
    note_event(uow, order.id, "paid", {"amount": amount, "numbers": [row["number"] for row in rows]})
    done = OrderPaid(tuple(row["number"] for row in rows), settlement.change_cents, owed - amount)
    request.keep({"numbers": list(done.numbers), "change_cents": done.change_cents, "open_cents": done.open_cents})
    uow.changed("Payment", "Order", "Shift")
    return done


def _types(uow: UnitOfWork, command: PayOrder) -> dict[str, tuple[int, str, bool]]:
    asked = sa.select(PaymentType.code, PaymentType.id, PaymentType.kind, PaymentType.opens_drawer).where(
        PaymentType.is_active
    )
    types = {row[0]: (row[1], row[2], bool(row[3])) for row in uow.connection.execute(asked)}
    for payment in command.payments:
        if payment.type not in types:
            raise UnknownTender(payment.type)
    return types


def _row(
    uow: UnitOfWork, request: Request, order_id: int, type_id: int, kept: Kept, given: PaymentGiven
) -> dict[str, Any]:
    claimed = None
    if given.card_intent_uid is not None:
        claimed = claim_intent(uow, given.card_intent_uid, request.key, kept.amount_cents, order_id)
    return {
        "number": request.book.number("Y"),
        "uid": uuid7(),
        "order_id": order_id,
        "payment_type_id": type_id,
        "type": kept.tender.type,
        "kind": kept.tender.kind,
        "amount_cents": kept.amount_cents,
        "tendered_cents": kept.tender.amount_cents,
        "change_cents": kept.change_cents,
        "status": "succeeded",
        "transaction_id": None if claimed is None else claimed.transaction_id,
        "card_brand": None if claimed is None else claimed.card_brand,
        "card_last4": None if claimed is None else claimed.card_last4,
        "raw_response": None if claimed is None else claimed.raw_response,
        "till_id": request.till.id,
        "shift_id": None if request.shift is None else request.shift.id,
        "user_id": uow.actor.user_id,
        "created_at": to_micros(uow.clock.now()),
    }
