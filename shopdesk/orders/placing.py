"""Confirming and changing orders: numbered, priced, their goods set aside, each change in their history (R7, R17)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import shop_time
from shopdesk.core.errors import ChangedMeanwhile
from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.order_reservations import release_for_order
from shopdesk.orders.commands import ChangeOrder, CreateOrder, OrderContent, OrderSaved, UnknownOrder, WrongStep
from shopdesk.orders.models import OrderPlan, OrderPlanLine
from shopdesk.orders.writing import (
    Prepared,
    Row,
    check_account,
    new_line_ids,
    note_event,
    plan_of_order,
    plan_rows,
    prepare,
    set_goods_aside,
    vouch,
    write_addresses,
    write_lines,
)
from shopdesk.sales.models import Order, OrderStatusStep
from shopdesk.sales.request import Request, begin


def create_order(uow: UnitOfWork, command: CreateOrder) -> OrderSaved:
    """Confirm an order for a customer; nothing is turnover yet.

    Raises UnknownCustomer, CustomerBlocked, AddressNeeded, AccountLimit, OutOfStock, UnknownProduct, BadLine, DiscountTooLarge,
    NotPermitted, ShippingNotOffered, UnknownTill, UnknownWarehouse, BadField, KeyReused.
    """
    uow.require(Permission.ORDER_EDIT)
    request = begin(uow, "create_order", command.key, command.till, _content(command.content))
    if request.answer is not None:
        return told(request.answer)
    ready = prepare(uow, request, command.content, request.key, command.approvals)
    check_account(uow, ready, request.key, command.approvals)
    ids = new_line_ids(uow, len(ready.agreed.goods))
    plan_id = reserve_ids(uow, "order_plans", 1)[0]
    plan, lines = plan_rows(uow, ready, request, plan_id, request.key, ids)
    return place(uow, request, ready, plan, lines)


def place(uow: UnitOfWork, request: Request, ready: Prepared, plan: Row, lines: list[Row]) -> OrderSaved:
    """Write a confirmed order: of a new plan, or of a quote that was accepted (its plan is there already)."""
    number = request.book.number("O")
    order_id = reserve_ids(uow, "orders", 1)[0]
    values = _order_values(uow, request, ready, order_id, number)
    now = values["placed_at"]
    uow.connection.execute(sa.insert(Order).values(**values))
    _step(uow, order_id, 1, "pending", now)
    state = {"state": "ordered", "order_id": order_id}
    quoted = uow.connection.execute(
        sa.update(OrderPlan).where(OrderPlan.id == plan["id"]).values(**plan, **state, version=OrderPlan.version + 1)
    )
    if not quoted.rowcount:
        made = {"created_at": now, "created_by": uow.actor.user_id or None, "version": 1}
        uow.connection.execute(sa.insert(OrderPlan).values(**plan, **state, **made))
    write_lines(uow, plan["id"], lines)
    write_addresses(uow, order_id, ready)
    set_goods_aside(uow, ready, lines, number)
    vouch(request, "order", number, {"order_plans": [plan], "order_plan_lines": lines}, total=ready.agreed.total_cents)
    request.book.audit(
        "order.created", target_type="order", target_id=number, details={"total": ready.agreed.total_cents}
    )
    note_event(uow, order_id, "created", {"total": ready.agreed.total_cents}, at=now)
    saved = _saved(number, "pending", ready)
    request.keep(answer_of(saved))
    uow.changed("Order", "OrderPlan", "StockLevel")
    return saved


def change_order(uow: UnitOfWork, command: ChangeOrder) -> OrderSaved:
    """Give a pending order another content: its goods are set aside anew, the change is in its history.

    Raises what ``create_order`` raises, UnknownOrder, WrongStep once it is processed, ChangedMeanwhile.
    """
    uow.require(Permission.ORDER_EDIT)
    content = {**_content(command.content), "order": command.order, "version": command.version}
    request = begin(uow, "change_order", command.key, command.till, content)
    if request.answer is not None:
        return told(request.answer)
    kept = locked_plan(uow, command.order)
    if kept.order_status != "pending":
        raise WrongStep(command.order, kept.order_status)
    if kept.version != command.version:
        raise ChangedMeanwhile(_("Order {order}").format(order=command.order))
    ready = prepare(uow, request, command.content, request.key, command.approvals)
    check_account(uow, ready, request.key, command.approvals, without_order=kept.order_id)
    before = line_rows(uow, kept.id)
    release_for_order(uow, [row.id for row in before])
    ids = new_line_ids(uow, len(ready.agreed.goods))
    plan, lines = plan_rows(uow, ready, request, kept.id, kept.uid, ids)
    version = kept.version + 1
    uow.connection.execute(sa.update(OrderPlan).where(OrderPlan.id == kept.id).values(**plan, version=version))
    write_lines(uow, kept.id, lines)
    values = _order_values(uow, request, ready, kept.order_id, command.order)
    fixed = ("id", "number", "uid", "placed_at", "status", "user_id", "till_id", "shift_id", "business_date")
    changing = {name: value for name, value in values.items() if name not in fixed}
    uow.connection.execute(sa.update(Order).where(Order.id == kept.order_id).values(**changing))
    write_addresses(uow, kept.order_id, ready)
    set_goods_aside(uow, ready, lines, command.order)
    rows = {"order_plans": [plan], "order_plan_lines": lines}
    total = ready.agreed.total_cents
    vouch(request, "order_change", f"{command.order}/{version}", rows, total=total)
    details = {"before": kept.total_cents, "after": total, "lines": len(lines)}
    request.book.audit("order.changed", target_type="order", target_id=command.order, details=details)
    note_event(uow, kept.order_id, "changed", details)
    saved = _saved(command.order, "pending", ready)
    request.keep(answer_of(saved))
    uow.changed("Order", "OrderPlan", "StockLevel")
    return saved


def locked_plan(
    uow: UnitOfWork, number: str
) -> Any:  # Any: a row of the plan's columns and the order's number and status
    """An order's plan behind its lock; raises UnknownOrder."""
    uow.connection.execute(sa.select(Order.id).where(Order.number == number).with_for_update())
    found = plan_of_order(uow, number)
    if found is None:
        raise UnknownOrder(number)
    return found


def line_rows(uow: UnitOfWork, plan_id: int) -> list[Any]:  # Any: rows of the lines' columns
    """The lines of a plan in order."""
    asked = sa.select(OrderPlanLine.__table__).where(OrderPlanLine.plan_id == plan_id).order_by(OrderPlanLine.line)
    return list(uow.connection.execute(asked))


def step_to(uow: UnitOfWork, order_id: int, status: str, at: datetime | None = None) -> datetime:
    """Move an order one step on, with who and when (R17); returns when."""
    moment = at or uow.clock.now()
    last = sa.select(sa.func.coalesce(sa.func.max(OrderStatusStep.position), 0)).where(
        OrderStatusStep.order_id == order_id
    )
    _step(uow, order_id, int(uow.connection.execute(last).scalar_one()) + 1, status, moment)
    uow.connection.execute(sa.update(Order).where(Order.id == order_id).values(status=status))
    return moment


def answer_of(saved: OrderSaved) -> dict[str, object]:
    """What is kept under a request's key."""
    return {name: getattr(saved, name) for name in OrderSaved.__slots__}


def told(answer: dict[str, Any]) -> OrderSaved:  # Any: a stored answer
    """A stored answer as the result it was."""
    return OrderSaved(**answer)


def _saved(number: str, status: str, ready: Prepared) -> OrderSaved:
    basket = ready.agreed.basket
    return OrderSaved(
        number,
        status,
        basket.subtotal_cents,
        basket.discount_cents,
        basket.tax_cents,
        ready.agreed.shipping_cents,
        ready.agreed.total_cents,
    )


def _order_values(uow: UnitOfWork, request: Request, ready: Prepared, order_id: int, number: str) -> Row:
    basket, settings, now = ready.agreed.basket, ready.settings, uow.clock.now()
    return {
        "id": order_id,
        "number": number,
        "uid": uuid7(),
        "channel": ready.content.channel,
        "fulfilment": ready.content.fulfilment,
        "status": "pending",
        "till_id": request.till.id,
        "shift_id": None,
        "customer_id": ready.party.id,
        "user_id": uow.actor.user_id,
        "currency": settings.currency,
        "prices_include_tax": settings.prices_include_tax,
        "tax_rounding": settings.tax_rounding,
        "subtotal_cents": basket.subtotal_cents,
        "discount_cents": basket.discount_cents,
        "tax_cents": basket.tax_cents,
        "shipping_cents": ready.agreed.shipping_cents,
        "rounding_cents": 0,
        "total_cents": ready.agreed.total_cents,
        "customer_note": ready.content.customer_note,
        "staff_note": ready.content.staff_note,
        "placed_at": now,
        "business_date": shop_time(now, settings.timezone).date().isoformat(),
        "expected_ship_at": ready.content.promised_at,
    }


def _step(uow: UnitOfWork, order_id: int, position: int, status: str, at: datetime) -> None:
    uow.connection.execute(
        sa.insert(OrderStatusStep).values(
            order_id=order_id, position=position, status=status, at=at, user_id=uow.actor.user_id
        )
    )


def _content(content: OrderContent) -> dict[str, object]:
    """What makes two requests the same."""
    from msgspec import to_builtins

    return {"content": to_builtins(content)}
