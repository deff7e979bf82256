"""What screens show of deliveries and of goods sent back: the lists, one whole, what is left of a delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.inventory.models import Warehouse
from shopdesk.purchasing.models import (
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    Supplier,
    SupplierReturn,
    SupplierReturnLine,
)
from shopdesk.system.models import User


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A delivery of the list. ``state``: ``booked``, ``reversed`` (taken back later), ``reversal`` (takes another back)."""

    id: int
    number: str
    created_at: datetime
    supplier_id: int
    supplier: str
    order_id: int | None
    order_number: str
    warehouse: str
    delivery_note: str
    lines: int
    total_cents: int
    username: str
    state: str


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line of a delivery or return, in thousandths and minor units; ``left_milli`` may still go back."""

    id: int
    variant_id: int
    sku: str
    name: str
    quantity_milli: int
    pack_milli: int
    pack_cents: int
    total_cents: int
    left_milli: int


@dataclass(frozen=True, slots=True)
class ReceiptCard:
    """A delivery whole; ``other_number`` is the document that takes it back, or that it takes back."""

    head: ReceiptRow
    warehouse_id: int
    reason: str
    notes: str
    other_number: str
    lines: tuple[DocumentLine, ...]

    @property
    def id(self) -> int:
        """The delivery's id."""
        return self.head.id


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """Goods sent back, of the list."""

    id: int
    number: str
    created_at: datetime
    supplier_id: int
    supplier: str
    receipt_number: str
    warehouse: str
    reason: str
    lines: int
    total_cents: int
    username: str


@dataclass(frozen=True, slots=True)
class ReturnCard:
    """Goods sent back, whole."""

    head: ReturnRow
    notes: str
    lines: tuple[DocumentLine, ...]

    @property
    def id(self) -> int:
        """The document's id."""
        return self.head.id


RECEIPT_SORTS = Sorts({"newest": (Receipt.id,)}, default="newest")
RETURN_SORTS = Sorts({"newest": (SupplierReturn.id,)}, default="newest")
_Other = aliased(Receipt)


def receipts_page(
    reader: Reader, request: PageRequest, supplier_id: int | None = None, order_id: int | None = None
) -> Page[ReceiptRow]:
    """Deliveries, newest first as asked. Filters: ``supplier`` (id), ``warehouse`` (id), ``since`` and ``until``. Search:
    number, order, delivery note, supplier."""
    selected = _receipts()
    chosen = supplier_id if supplier_id is not None else request.filter("supplier")
    if chosen is not None:
        selected = selected.where(Receipt.supplier_id == chosen)
    if order_id is not None:
        selected = selected.where(Receipt.purchase_order_id == order_id)
    if (warehouse := request.filter("warehouse")) is not None:
        selected = selected.where(Receipt.warehouse_id == warehouse)
    if (since := request.filter("since")) is not None:
        selected = selected.where(Receipt.created_at >= since)
    if (until := request.filter("until")) is not None:
        selected = selected.where(Receipt.created_at < until)
    if (typed := request.search.strip()) != "":
        columns = (Receipt.number, PurchaseOrder.number, Receipt.delivery_note, Supplier.name)
        selected = selected.where(sa.or_(*(column.icontains(typed, autoescape=True) for column in columns)))
    return keyset_page(reader, selected, RECEIPT_SORTS, request, _receipt_row)


def receipt_card(reader: Reader, receipt_id: int) -> ReceiptCard | None:
    """A delivery with its lines, None when there is no such one; two statements."""
    more = (Receipt.warehouse_id, Receipt.reason, Receipt.notes, _reverses(), _Other.number)
    row = reader.connection.execute(_receipts().add_columns(*more).where(Receipt.id == receipt_id)).first()
    if row is None:
        return None
    line = ReceiptLine
    gone = sa.select(sa.func.coalesce(sa.func.sum(SupplierReturnLine.quantity), 0)).where(
        SupplierReturnLine.receipt_line_id == line.id
    )
    rows = reader.connection.execute(
        sa.select(
            line.id,
            line.variant_id,
            line.sku,
            line.name,
            line.quantity,
            line.pack_quantity,
            line.pack_cost_cents,
            line.total_cents,
            gone.scalar_subquery(),
        )
        .where(line.receipt_id == receipt_id)
        .order_by(line.id)
    )
    head = _receipt_row(row)
    lines = tuple(_line(found, left=found[4] - int(found[8]) if head.state == "booked" else 0) for found in rows)
    warehouse_id, reason, notes, reverses, other = row[13:18]
    return ReceiptCard(head, warehouse_id, reason, notes, reverses or other or "", lines)


def returns_page(reader: Reader, request: PageRequest, supplier_id: int | None = None) -> Page[ReturnRow]:
    """Goods sent back, newest first as asked. Filters: ``supplier`` (id), ``since`` and ``until``. Search: number, supplier,
    reason."""
    selected = _returns()
    chosen = supplier_id if supplier_id is not None else request.filter("supplier")
    if chosen is not None:
        selected = selected.where(SupplierReturn.supplier_id == chosen)
    if (since := request.filter("since")) is not None:
        selected = selected.where(SupplierReturn.created_at >= since)
    if (until := request.filter("until")) is not None:
        selected = selected.where(SupplierReturn.created_at < until)
    if (typed := request.search.strip()) != "":
        columns = (SupplierReturn.number, Supplier.name, SupplierReturn.reason)
        selected = selected.where(sa.or_(*(column.icontains(typed, autoescape=True) for column in columns)))
    return keyset_page(reader, selected, RETURN_SORTS, request, _return_row)


def return_card(reader: Reader, supplier_return_id: int) -> ReturnCard | None:
    """Goods sent back with their lines, None when there is no such document; two statements."""
    row = reader.connection.execute(
        _returns().add_columns(SupplierReturn.notes).where(SupplierReturn.id == supplier_return_id)
    ).first()
    if row is None:
        return None
    line = SupplierReturnLine
    rows = reader.connection.execute(
        sa.select(
            line.id,
            line.variant_id,
            line.sku,
            line.name,
            line.quantity,
            line.pack_quantity,
            line.pack_cost_cents,
            line.total_cents,
        )
        .where(line.supplier_return_id == supplier_return_id)
        .order_by(line.id)
    )
    return ReturnCard(_return_row(row), row[11], tuple(_line(found, left=0) for found in rows))


def _line(row: Any, left: int) -> DocumentLine:  # Any: SQLAlchemy's row
    values: list[Any] = [*row[:8], left]
    return DocumentLine(*values)


def _reverses() -> Any:  # Any: a question of one value
    """The number of the receipt that a reversal takes back."""
    wrong = aliased(Receipt)
    return sa.select(wrong.number).where(wrong.id == Receipt.reverses_id).correlate(Receipt).scalar_subquery()


def _receipts() -> Any:  # Any: a selection of thirteen columns
    lines = sa.select(sa.func.count()).where(ReceiptLine.receipt_id == Receipt.id).correlate(Receipt)
    state = sa.case(
        (Receipt.reverses_id.is_not(None), "reversal"), (_Other.id.is_not(None), "reversed"), else_="booked"
    )
    return (
        sa.select(
            Receipt.id,
            Receipt.number,
            Receipt.created_at,
            Receipt.supplier_id,
            Supplier.name,
            Receipt.purchase_order_id,
            PurchaseOrder.number,
            Warehouse.name,
            Receipt.delivery_note,
            lines.scalar_subquery(),
            Receipt.total_cents,
            User.username,
            state,
        )
        .join(Supplier, Supplier.id == Receipt.supplier_id)
        .join(Warehouse, Warehouse.id == Receipt.warehouse_id)
        .join(User, User.id == Receipt.user_id)
        .outerjoin(PurchaseOrder, PurchaseOrder.id == Receipt.purchase_order_id)
        .outerjoin(_Other, _Other.reverses_id == Receipt.id)
    )


def _receipt_row(row: Any) -> ReceiptRow:  # Any: SQLAlchemy's row
    values = list(row[:13])
    values[6] = values[6] or ""
    return ReceiptRow(*values)


def _returns() -> Any:  # Any: a selection of eleven columns
    lines = sa.select(sa.func.count()).where(SupplierReturnLine.supplier_return_id == SupplierReturn.id)
    return (
        sa.select(
            SupplierReturn.id,
            SupplierReturn.number,
            SupplierReturn.created_at,
            SupplierReturn.supplier_id,
            Supplier.name,
            Receipt.number,
            Warehouse.name,
            SupplierReturn.reason,
            lines.correlate(SupplierReturn).scalar_subquery(),
            SupplierReturn.total_cents,
            User.username,
        )
        .join(Supplier, Supplier.id == SupplierReturn.supplier_id)
        .join(Warehouse, Warehouse.id == SupplierReturn.warehouse_id)
        .join(User, User.id == SupplierReturn.user_id)
        .outerjoin(Receipt, Receipt.id == SupplierReturn.receipt_id)
    )


def _return_row(row: Any) -> ReturnRow:  # Any: SQLAlchemy's row
    values = list(row[:11])
    values[5] = values[5] or ""
    return ReturnRow(*values)
