"""What customers owe: orders on account less what was paid of them and what came back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from shopdesk.db.unit import Reader
from shopdesk.orders.models import OrderPlan
from shopdesk.sales.models import Order, Payment
from shopdesk.sales.return_models import Refund, Return


def _sum(column: Any, *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:  # Any: a mapped column
    return sa.select(sa.cast(sa.func.coalesce(sa.func.sum(column), 0), sa.BigInteger)).where(*where).scalar_subquery()


PAID = _sum(Payment.amount_cents, Payment.order_id == Order.id, Payment.status == "succeeded")
"""What was paid of an order, refunds not taken off."""
REFUNDED = _sum(Refund.amount_cents, Refund.order_id == Order.id)
RETURNED = _sum(-Return.total_cents, Return.order_id == Order.id)
"""What the goods that came back of an order were worth to the customer."""
OPEN = Order.total_cents - RETURNED - (PAID - REFUNDED)
"""What is still to be paid of an order; negative for what is to be given back."""


def owed_cents(reader: Reader, customer_id: int, *, without_order: int | None = None) -> int:
    """What a customer owes the shop for orders that are not cancelled."""
    asked = (
        sa.select(sa.func.coalesce(sa.func.sum(OPEN), 0))
        .join_from(Order, OrderPlan, OrderPlan.order_id == Order.id)
        .where(Order.customer_id == customer_id, Order.status != "cancelled")
    )
    if without_order is not None:
        asked = asked.where(Order.id != without_order)
    return int(reader.connection.execute(asked).scalar_one())
