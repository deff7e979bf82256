"""Giving an order up before anything has left: its goods are free again, what was paid goes back to where it came from (R17)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.free_text import checked_text
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import insert_into
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.order_reservations import release_for_order
from shopdesk.orders.commands import CancelOrder, OrderSaved, WrongStep
from shopdesk.orders.models import OrderPlan, Shipment
from shopdesk.orders.placing import answer_of, line_rows, locked_plan, step_to, told
from shopdesk.orders.processing import paid_cents
from shopdesk.orders.writing import note_event
from shopdesk.returns.return_sale import by_terminal, post_return
from shopdesk.returns.returnable import Returnable, ReturnLine, plan_return, returnable
from shopdesk.returns.share import RefundPlan, plan_refund
from shopdesk.sales.digests_return import REFUND
from shopdesk.sales.models import Order
from shopdesk.sales.paper import queue_paper
from shopdesk.sales.request import ReasonNeeded, Request, ShiftNotOpen, begin
from shopdesk.sales.return_models import Refund
from shopdesk.system.records import rows_digest
from shopdesk.system.settings import shop_settings

_ADD_REFUNDS = insert_into(Refund, *REFUND, "status", "processed_at")


def cancel_order(uow: UnitOfWork, command: CancelOrder) -> OrderSaved:
    """Cancel an order that is pending or processing. Raises UnknownOrder, WrongStep once a parcel is packed or has left,
    ReasonNeeded, NotPermitted, ShiftNotOpen, KeyReused.
    """
    uow.require(Permission.ORDER_EDIT)
    reason = checked_text(command.reason, field="reason")
    if not reason:
        raise ReasonNeeded(field="reason")
    request = begin(uow, "cancel_order", command.key, command.till, {"order": command.order, "reason": reason})
    if request.answer is not None:
        return told(request.answer)
    settings = shop_settings(uow)
    plan = locked_plan(uow, command.order)
    if plan.order_status not in ("pending", "processing"):
        raise WrongStep(command.order, plan.order_status)
    packed = sa.select(Shipment.id).where(Shipment.order_id == plan.order_id, Shipment.status != "cancelled")
    if uow.connection.execute(packed).first() is not None:
        raise WrongStep(command.order, plan.order_status)
    if request.shift is None and not settings.sell_without_shift:
        raise ShiftNotOpen(till=request.till.code)
    release_for_order(uow, [row.id for row in line_rows(uow, plan.id)])
    sale = returnable(uow, command.order)
    if sum(paid.left_cents for paid in sale.paid):
        uow.require(Permission.RETURN)
    stock = None
    if plan.order_status == "processing":
        lines = [
            ReturnLine(item.part.line, item.part.left_milli, "gone") for item in sale.items if item.part.left_milli
        ]
        back = plan_return(sale, lines, 0, settings, never_sent=True, shipping_cents=sale.shipping_cents)
        stock, _number = post_return(uow, request, sale, back, reason, None)
    else:
        _give_back(uow, request, sale, reason)
    at = step_to(uow, plan.order_id, "cancelled")
    uow.connection.execute(
        sa.update(OrderPlan).where(OrderPlan.id == plan.id).values(state="cancelled", version=OrderPlan.version + 1)
    )
    request.book.audit("order.cancelled", target_type="order", target_id=command.order, details={"reason": reason})
    note_event(uow, plan.order_id, "cancelled", {"reason": reason}, at=at)
    request.book.send()
    order = uow.connection.execute(sa.select(Order.__table__).where(Order.id == plan.order_id)).one()
    saved = OrderSaved(
        command.order,
        "cancelled",
        order.subtotal_cents,
        order.discount_cents,
        order.tax_cents,
        order.shipping_cents,
        order.total_cents,
        paid_cents(uow, plan.order_id),
    )
    request.keep(answer_of(saved))
    if stock is not None:
        stock.check()
    uow.changed("Order", "OrderPlan", "StockLevel", "Return", "Refund", "Shift")
    return saved


def _give_back(uow: UnitOfWork, request: Request, sale: Returnable, reason: str) -> None:
    """Refund what was paid for an order that never became turnover; journalled as its cancellation."""
    refund = plan_refund(sum(paid.left_cents for paid in sale.paid), sale.paid, 0)
    rows = _refund_rows(uow, request, sale, refund, reason)
    if rows:
        request.book.batch.add(_ADD_REFUNDS, rows)
    cash = sum(row["amount_cents"] for row in rows if row["kind"] == "cash")
    body = {
        "key": request.key,
        "rows": rows_digest([("refunds", [[row[name] for name in REFUND] for row in rows])]),
        "cash": cash,
        "shift": 0 if request.shift is None else request.shift.number,
        "tenders": [[row["type"], -row["amount_cents"]] for row in rows],
    }
    request.book.journal("order_cancelled", sale.number, 0, body)
    if cash:
        queue_paper(request.book.batch, uow, request.till, "drawer", sale.number)


def _refund_rows(
    uow: UnitOfWork, request: Request, sale: Returnable, refund: RefundPlan, reason: str
) -> list[dict[str, Any]]:
    now = to_micros(uow.clock.now())
    owed = by_terminal(uow, sale)
    ids = reserve_ids(uow, "refunds", len(refund.refunds))
    return [
        {
            "id": id,
            "uid": uuid7(),
            "order_id": sale.order_id,
            "payment_id": back.payment_id,
            "return_id": None,
            "payment_type_id": sale.payment_types[back.payment_id],
            "type": back.type,
            "kind": back.kind,
            "amount_cents": back.amount_cents,
            "reason": reason,
            "staff_notes": "",
            "till_id": request.till.id,
            "shift_id": None if request.shift is None else request.shift.id,
            "user_id": uow.actor.user_id,
            "requested_at": now,
            "status": "pending" if back.payment_id in owed else "processed",
            "processed_at": None if back.payment_id in owed else now,
        }
        for id, back in zip(ids, refund.refunds, strict=True)
    ]
