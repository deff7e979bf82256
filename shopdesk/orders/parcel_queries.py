"""Parcels in lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.db.paging import Page, PageRequest, begins_with
from shopdesk.db.unit import Reader
from shopdesk.orders.models import Shipment
from shopdesk.parties.models import Customer
from shopdesk.sales.models import Order


@dataclass(frozen=True, slots=True)
class ParcelRow:
    """A parcel in a list."""

    id: int
    number: str
    order: str
    customer: str
    carrier: str
    tracking: str
    status: str
    created_at: datetime
    shipped_at: datetime | None
    estimated_at: datetime | None
    delivered_at: datetime | None


def parcels_page(reader: Reader, request: PageRequest, order: str | None = None) -> Page[ParcelRow]:
    """A page of parcels, newest first or oldest first; one statement.

    Filters: ``status``, ``order`` (number), ``late`` (true: estimated before now, not delivered). Search: number or tracking.
    """
    asked = (
        sa.select(
            Shipment.id,
            Shipment.number,
            Order.number,
            sa.func.trim(sa.func.coalesce(Customer.first_name + " " + Customer.last_name, "")),
            Shipment.carrier,
            sa.func.coalesce(Shipment.tracking, ""),
            Shipment.status,
            Shipment.created_at,
            Shipment.shipped_at,
            Shipment.estimated_at,
            Shipment.delivered_at,
        )
        .join(Order, Order.id == Shipment.order_id)
        .outerjoin(Customer, Customer.id == Order.customer_id)
    )
    if (status := request.filter("status")) is not None:
        asked = asked.where(Shipment.status == status)
    if request.sort not in ("", "created"):
        raise BadField("sort", _("this list cannot be sorted by {name}.").format(name=request.sort))
    if (number := order or request.filter("order")) is not None:
        asked = asked.where(Order.number == number)
    if request.filter("late"):
        under_way = Shipment.status.in_(("packed", "shipped"))
        asked = asked.where(under_way, Shipment.estimated_at < reader.clock.now())
    if text := request.search.strip():
        by_number = begins_with(Shipment.number, text)
        asked = asked.where(sa.or_(by_number, Shipment.tracking == text))
    if request.after is not None:
        here = sa.tuple_(Shipment.created_at, Shipment.id)
        there = sa.tuple_(
            sa.literal(request.after[0], Shipment.created_at.type), sa.literal(request.after[1], Shipment.id.type)
        )
        asked = asked.where(here < there if request.descending else here > there)
    columns = (Shipment.created_at, Shipment.id)
    asked = asked.order_by(*(column.desc() if request.descending else column for column in columns))
    found = reader.connection.execute(asked.limit(request.limit + 1)).all()
    rows = found[: request.limit]
    cursor = (rows[-1][7], rows[-1][0]) if len(found) > request.limit else None
    plain: Any = rows  # Any: columns of many types
    return Page(tuple(ParcelRow(*row) for row in plain), cursor)
