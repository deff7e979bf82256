"""What screens show of purchase orders: the list, one whole with its lines and steps, what is late."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, ProductVariant
from shopdesk.core.clock import shop_time
from shopdesk.core.i18n import _
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.inventory.models import Warehouse
from shopdesk.purchasing.costs import line_cost
from shopdesk.purchasing.models import PurchaseOrder, PurchaseOrderLine, PurchaseOrderStep, Supplier
from shopdesk.purchasing.orders import shop_today
from shopdesk.system.models import Setting, User
from shopdesk.system.settings import ShopSettings

_WAITING = ("ordered", "part_received")


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A purchase order of the list; ``number`` is empty for a draft. ``late``: it should have come and has not."""

    id: int
    number: str
    supplier_id: int
    supplier: str
    warehouse: str
    status: str
    expected_on: date
    total_cents: int
    lines: int
    created_at: datetime
    sent_at: datetime | None
    version: int
    late: bool

    @property
    def name(self) -> str:
        """What people call it: its number, or the draft's id."""
        return self.number or _("Draft {id}").format(id=self.id)

    @property
    def state(self) -> str:
        """The status, with what is overdue told apart."""
        return "late" if self.late else self.status


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order, in thousandths and minor units; ``waiting_milli`` is what still has to come."""

    id: int
    variant_id: int
    sku: str
    name: str
    unit: str
    supplier_code: str
    quantity_milli: int
    received_milli: int
    cancelled_milli: int
    pack_milli: int
    pack_cents: int
    price_cents: int
    tax_class_id: int | None
    track_stock: bool

    @property
    def waiting_milli(self) -> int:
        """What still has to come."""
        return max(0, self.quantity_milli - self.received_milli - self.cancelled_milli)

    @property
    def total_cents(self) -> int:
        """What the line costs as ordered."""
        return line_cost(self.quantity_milli, self.pack_milli, self.pack_cents)

    @property
    def state(self) -> str:
        """``over``, ``received``, ``short`` (closed with less), ``part``, ``cancelled`` or ``open``."""
        if self.received_milli > self.quantity_milli:
            return "over"
        if self.waiting_milli:
            return "part" if self.received_milli else "open"
        if self.cancelled_milli:
            return "short" if self.received_milli else "cancelled"
        return "received"


@dataclass(frozen=True, slots=True)
class OrderStep:
    """What happened to an order, who did it and when."""

    position: int
    event: str
    status: str
    note: str
    username: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderCard:
    """An order whole."""

    id: int
    number: str
    supplier_id: int
    supplier: str
    supplier_email: str
    warehouse_id: int
    warehouse: str
    status: str
    expected_on: date
    supplier_reference: str
    notes: str
    staff_notes: str
    total_cents: int
    minimum_cents: int
    ordered_at: datetime | None
    sent_at: datetime | None
    sent_to: str
    version: int
    late: bool
    lines: tuple[OrderLine, ...]
    steps: tuple[OrderStep, ...]

    @property
    def name(self) -> str:
        """What people call it: its number, or the draft's id."""
        return self.number or _("Draft {id}").format(id=self.id)

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.status == "draft"

    @property
    def is_open(self) -> bool:
        """Whether goods are on their way."""
        return self.status in _WAITING

    @property
    def state(self) -> str:
        """The status, with what is overdue told apart."""
        return "late" if self.late else self.status


_ORDER_SORTS: dict[str, Any] = {
    "newest": (PurchaseOrder.id,),
    "expected": (PurchaseOrder.expected_on, PurchaseOrder.id),
}
ORDER_SORTS = Sorts(_ORDER_SORTS, default="newest")


def orders_page(reader: Reader, request: PageRequest, supplier_id: int | None = None) -> Page[OrderRow]:
    """Purchase orders, newest or by expected day. Filters: ``status``, ``supplier`` (id), ``warehouse`` (id), ``late``
    (true), ``open`` (true: on their way). Search: number, supplier, their reference."""
    today = shop_today(reader).isoformat()
    order = PurchaseOrder
    lines = sa.select(sa.func.count()).where(PurchaseOrderLine.purchase_order_id == order.id).correlate(order)
    selected: Any = (
        sa.select(
            order.id,
            order.number,
            order.supplier_id,
            Supplier.name,
            Warehouse.name,
            order.status,
            order.expected_on,
            order.total_cents,
            lines.scalar_subquery(),
            order.created_at,
            order.sent_at,
            order.version,
        )
        .join(Supplier, Supplier.id == order.supplier_id)
        .join(Warehouse, Warehouse.id == order.warehouse_id)
    )
    if (status := request.filter("status")) is not None:
        selected = selected.where(order.status == status)
    chosen = supplier_id if supplier_id is not None else request.filter("supplier")
    if chosen is not None:
        selected = selected.where(order.supplier_id == chosen)
    if (warehouse := request.filter("warehouse")) is not None:
        selected = selected.where(order.warehouse_id == warehouse)
    if request.filter("open"):
        selected = selected.where(order.status.in_(_WAITING))
    if request.filter("late"):
        selected = selected.where(order.status.in_(_WAITING), order.expected_on < today)
    if (typed := request.search.strip()) != "":
        columns = (order.number, Supplier.name, order.supplier_reference)
        selected = selected.where(sa.or_(*(column.icontains(typed, autoescape=True) for column in columns)))
    return keyset_page(reader, selected, ORDER_SORTS, request, lambda row: _order_row(row, today))


def open_order_choices(reader: Reader, supplier_id: int | None = None, most: int = 500) -> tuple[tuple[int, str], ...]:
    """Orders on their way for a choice: (id, number and supplier), the one that is expected first before the others."""
    order = PurchaseOrder
    selected = (
        sa.select(order.id, order.number, Supplier.name)
        .join(Supplier, Supplier.id == order.supplier_id)
        .where(order.status.in_(_WAITING))
        .order_by(order.expected_on, order.id)
        .limit(most)
    )
    if supplier_id is not None:
        selected = selected.where(order.supplier_id == supplier_id)
    return tuple((row[0], f"{row[1]} · {row[2]}") for row in reader.connection.execute(selected))


def late_orders(reader: Reader) -> int:
    """How many orders should have come by now; two statements."""
    today = shop_today(reader).isoformat()
    late = PurchaseOrder.status.in_(_WAITING), PurchaseOrder.expected_on < today
    return int(reader.connection.execute(sa.select(sa.func.count()).where(*late)).scalar_one())


def order_card(reader: Reader, order_id: int) -> OrderCard | None:
    """An order with its lines and steps, None when there is no such one; three statements."""
    order = PurchaseOrder
    row = reader.connection.execute(
        sa.select(
            order.id,
            order.number,
            order.supplier_id,
            Supplier.name,
            Supplier.email,
            order.warehouse_id,
            Warehouse.name,
            order.status,
            order.expected_on,
            order.supplier_reference,
            order.notes,
            order.staff_notes,
            order.total_cents,
            Supplier.minimum_order_cents,
            order.ordered_at,
            order.sent_at,
            order.sent_to,
            order.version,
            sa.select(Setting.value).where(Setting.key == "timezone").scalar_subquery(),
        )
        .join(Supplier, Supplier.id == order.supplier_id)
        .join(Warehouse, Warehouse.id == order.warehouse_id)
        .where(order.id == order_id)
    ).first()
    if row is None:
        return None
    values: list[Any] = list(row)
    timezone = values.pop()
    values[1] = values[1] or ""
    values[8] = date.fromisoformat(values[8])
    late = row.status in _WAITING and values[8] < _today(reader, timezone)
    values += [late, _lines(reader, order_id), _steps(reader, order_id)]
    return OrderCard(*values)


def _lines(reader: Reader, order_id: int) -> tuple[OrderLine, ...]:
    line = PurchaseOrderLine
    rows: Any = reader.connection.execute(
        sa.select(
            line.id,
            line.variant_id,
            line.sku,
            line.name,
            Product.unit,
            line.supplier_code,
            line.quantity,
            line.received,
            line.cancelled,
            line.pack_quantity,
            line.pack_cost_cents,
            ProductVariant.price_cents,
            Product.tax_class_id,
            ProductVariant.track_stock,
        )
        .join(ProductVariant, ProductVariant.id == line.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .where(line.purchase_order_id == order_id)
        .order_by(line.position)
    )
    return tuple(OrderLine(*row) for row in rows)


def _steps(reader: Reader, order_id: int) -> tuple[OrderStep, ...]:
    step = PurchaseOrderStep
    rows: Any = reader.connection.execute(
        sa.select(step.position, step.event, step.status, step.note, User.username, step.created_at)
        .join(User, User.id == step.user_id)
        .where(step.purchase_order_id == order_id)
        .order_by(step.position)
    )
    return tuple(OrderStep(*row) for row in rows)


def _today(reader: Reader, timezone: str | None) -> date:
    """The day in a time zone given as the settings keep it."""
    zone = json.loads(timezone) if timezone else ShopSettings().timezone
    return shop_time(reader.clock.now(), zone).date()


def _order_row(row: Any, today: str) -> OrderRow:  # Any: SQLAlchemy's row
    values: list[Any] = list(row[:12])
    late = values[5] in _WAITING and values[6] < today
    values[1] = values[1] or ""
    values[6] = date.fromisoformat(values[6])
    values.append(late)
    return OrderRow(*values)
