"""Beginning with an order: its lines become what was sold, once and for ever; turnover, invoice, journal (R2, R12, R17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared as Statement
from shopdesk.db.batch import insert_into
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.orders.commands import OrderSaved, ProcessOrder, WrongStep
from shopdesk.orders.digests import INVOICE
from shopdesk.orders.models import Invoice, OrderAddress, OrderPlan
from shopdesk.orders.owed import PAID, REFUNDED
from shopdesk.orders.placing import answer_of, line_rows, locked_plan, step_to, told
from shopdesk.orders.pricing import Agreed, as_agreed, given_discount
from shopdesk.orders.writing import note_event
from shopdesk.parties.models import Customer
from shopdesk.sales import sale_statements as sql
from shopdesk.sales.digests import ORDER
from shopdesk.sales.models import Order
from shopdesk.sales.request import Request, ShiftNotOpen, begin, business_date
from shopdesk.sales.sale_command import TotalChanged
from shopdesk.sales.sale_rows import SaleFacts, SoldLine, journal_body, line_tables
from shopdesk.sales.sale_statements import Context
from shopdesk.sales.settle import Settlement
from shopdesk.system.records import rows_digest
from shopdesk.system.settings import ShopSettings, shop_settings

_ADD_INVOICE = insert_into(Invoice, *INVOICE)
_table: Any = Order.__table__  # Any: a mapped class's table
_ORDER_ROW = Statement(sa.select(*(_table.c[name] for name in ORDER)).where(_table.c.id == sa.bindparam("order_id")))
LONGEST_DAYS = 365


def process_order(uow: UnitOfWork, command: ProcessOrder) -> OrderSaved:
    """Fix an order and invoice it. Raises UnknownOrder, WrongStep, TotalChanged, ShiftNotOpen, NotPermitted, KeyReused.

    The prices are those that were agreed, the taxes those of the day it was ordered; TotalChanged says that a tax class was
    changed meanwhile and the order has to be agreed anew.
    """
    uow.require(Permission.ORDER_EDIT)
    if type(command.due_days) is not int or not 0 <= command.due_days <= LONGEST_DAYS:
        raise BadField("due_days", _("must be between 0 and 365."))
    content = {"order": command.order, "due": command.due_days}
    request = begin(uow, "process_order", command.key, command.till, content)
    if request.answer is not None:
        return told(request.answer)
    settings = shop_settings(uow)
    plan = locked_plan(uow, command.order)
    if plan.order_status != "pending":
        raise WrongStep(command.order, plan.order_status)
    if request.shift is None and not settings.sell_without_shift:
        raise ShiftNotOpen(till=request.till.code)
    agreed = _agreed_then(uow, plan, settings)
    if agreed.total_cents != plan.total_cents:
        raise TotalChanged(agreed.total_cents)
    date = business_date(uow, request.shift, settings.timezone)
    _fix(uow, request, plan, agreed, settings, date)
    invoice = add_invoice(uow, request, "invoice", plan.order_id, agreed.total_cents, due_days=_due(plan, command))
    at = step_to(uow, plan.order_id, "processing")
    uow.connection.execute(
        sa.update(OrderPlan).where(OrderPlan.id == plan.id).values(state="invoiced", version=OrderPlan.version + 1)
    )
    details = {"total": agreed.total_cents, "invoice": invoice}
    request.book.audit("order.processed", target_type="order", target_id=command.order, details=details)
    note_event(uow, plan.order_id, "processed", details, at=at)
    saved = OrderSaved(
        command.order,
        "processing",
        agreed.basket.subtotal_cents,
        agreed.basket.discount_cents,
        agreed.basket.tax_cents,
        agreed.shipping_cents,
        agreed.total_cents,
        paid_cents(uow, plan.order_id),
        invoice,
    )
    request.keep(answer_of(saved))
    uow.changed("Order", "OrderPlan", "Invoice", "Shift")
    return saved


def add_invoice(
    uow: UnitOfWork,
    request: Request,
    kind: str,
    order_id: int,
    total_cents: int,
    *,
    return_id: int | None = None,
    due_days: int | None = None,
) -> str:
    """Number an invoice or credit note and journal it; returns the number."""
    now = uow.clock.now()
    row = {
        "id": reserve_ids(uow, "invoices", 1)[0],
        "uid": uuid7(),
        "number": request.book.number("I" if kind == "invoice" else "L"),
        "kind": kind,
        "order_id": order_id,
        "return_id": return_id,
        "till_id": request.till.id,
        "total_cents": total_cents,
        "due_at": None if due_days is None else to_micros(now + timedelta(days=due_days)),
        "user_id": uow.actor.user_id,
        "created_at": to_micros(now),
    }
    request.book.batch.add(_ADD_INVOICE, row)
    body = {"key": row["uid"], "rows": rows_digest([("invoices", [[row[name] for name in INVOICE]])])}
    request.book.journal(kind, str(row["number"]), 0, body)
    return str(row["number"])


def paid_cents(uow: UnitOfWork, order_id: int) -> int:
    """What an order brought so far, what went back taken off."""
    return int(uow.connection.execute(sa.select(PAID - REFUNDED).where(Order.id == order_id)).scalar_one())


def _due(plan: Any, command: ProcessOrder) -> int:  # Any: a row of the plan
    return command.due_days if plan.terms == "account" else 0


def _agreed_then(uow: UnitOfWork, plan: Any, settings: ShopSettings) -> Agreed:  # Any: a row of the plan
    address = sa.select(OrderAddress.country_code).where(
        OrderAddress.order_id == plan.order_id, OrderAddress.kind == "shipping"
    )
    sent_to = uow.connection.execute(address).scalar()
    placed = sa.select(Order.placed_at).where(Order.id == plan.order_id)
    exempt = sa.select(Customer.tax_exempt).where(Customer.id == plan.customer_id)
    return as_agreed(
        uow,
        line_rows(uow, plan.id),
        settings,
        discount=given_discount(plan.discount_cents, plan.discount_ppm, plan.discount_label),
        shipping_cents=plan.shipping_cents,
        customer_id=plan.customer_id,
        exempt=bool(uow.connection.execute(exempt).scalar()),
        warehouse_id=plan.warehouse_id,
        country=sent_to if sent_to is not None and plan.fulfilment == "ship" else settings.country,
        at=uow.connection.execute(placed).scalar_one(),
    )


def _fix(uow: UnitOfWork, request: Request, plan: Any, agreed: Agreed, settings: ShopSettings, date: str) -> None:
    """Write the lines, taxes and adjustments, give the order its shift and day, and journal it as turnover."""
    shift = request.shift
    basket = agreed.basket
    values = {
        "shift_id": None if shift is None else shift.id,
        "business_date": date,
        "subtotal_cents": basket.subtotal_cents,
        "discount_cents": basket.discount_cents,
        "tax_cents": basket.tax_cents,
        "total_cents": agreed.total_cents,
    }
    uow.connection.execute(sa.update(Order).where(Order.id == plan.order_id).values(**values))
    batch = uow.batch()
    order = batch.add(_ORDER_ROW, {"order_id": plan.order_id})
    batch.send()
    assert order.one is not None
    context = Context(
        till_id=request.till.id,
        till_code=request.till.code,
        till_name=request.till.name,
        warehouse_id=plan.warehouse_id,
        printer_json=request.till.printer_json,
        shift_id=None if shift is None else shift.id,
        shift_number=None if shift is None else shift.number,
        business_date=date,
        settings=settings,
        tenders={},
        answered=order,
        customer=_person(uow, plan.customer_id),
        order_id=plan.order_id,
        item_ids=reserve_ids(uow, "order_items", len(basket.lines)),
        state=(),
    )
    facts = SaleFacts(
        key=order.one[ORDER.index("uid")],
        content_hash="",
        context=context,
        basket=basket,
        settlement=Settlement(0, agreed.total_cents, 0, ()),
        lines=tuple(SoldLine(good, note) for good, note in zip(agreed.goods, agreed.notes, strict=True)),
        paid_by=(),
        business_date=date,
        note="",
        approved={},
    )
    rows = {"orders": [order.one], **line_tables(facts), "payments": []}
    write = request.book.batch
    write.add(sql.ADD_ITEMS, rows["order_items"])
    write.add(sql.ADD_STEPS, rows["price_steps"])
    write.add(sql.ADD_ADJUSTMENTS, rows["order_adjustments"])
    write.add(sql.ADD_TAXES, rows["order_taxes"])
    request.book.journal("sale", plan.order_number, agreed.total_cents, journal_body(facts, rows))


def _person(uow: UnitOfWork, customer_id: int) -> tuple[Any, ...] | None:
    asked = sa.select(Customer.id, Customer.status, Customer.tax_exempt, Customer.salt, Customer.uid)
    row = uow.connection.execute(asked.where(Customer.id == customer_id)).first()
    return None if row is None else tuple(row)
