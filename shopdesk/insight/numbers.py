"""Numbered documents of every area: which row a number means, and papers of stock as they were booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, ProductVariant
from shopdesk.db.paging import Page, PageRequest
from shopdesk.db.unit import Reader
from shopdesk.inventory.count_models import StockCount
from shopdesk.inventory.models import (
    StockAdjustment,
    StockAdjustmentLine,
    StockTransfer,
    StockTransferLine,
    Warehouse,
)
from shopdesk.inventory.transfer_models import TransferDocument, TransferReceipt
from shopdesk.purchasing.models import Receipt, SupplierReturn
from shopdesk.system.models import User

_ROWS: dict[str, tuple[Any, Any]] = {  # Any: columns of several tables
    "transfer_sent": (TransferDocument.number, TransferDocument.id),
    "transfer_received": (TransferReceipt.number, TransferReceipt.document_id),
    "stock_count": (StockCount.number, StockCount.id),
    "receipt": (Receipt.number, Receipt.id),
    "receipt_reversal": (Receipt.number, Receipt.id),
    "supplier_return": (SupplierReturn.number, SupplierReturn.id),
    "stock_adjustment": (StockAdjustment.number, StockAdjustment.id),
    "stock_transfer": (StockTransfer.number, StockTransfer.id),
}
"""By kind of journal entry: the column of the number, and that of the row whose page shows it."""


@dataclass(frozen=True, slots=True)
class StockPaperLine:
    """What one variant moved, in thousandths; ``id`` is the line's."""

    id: int
    sku: str
    name: str
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class StockPaper:
    """An adjustment or a transfer done in one step, as it was booked; ``target`` is empty for an adjustment."""

    id: int
    number: str
    warehouse: str
    target: str
    reason: str
    notes: str
    by: str
    created_at: datetime
    lines: tuple[StockPaperLine, ...]


def row_of_number(reader: Reader, kind: str, number: str) -> int | None:
    """The id of the row that a numbered document of a kind is; None when there is none. One statement."""
    number_column, id_column = _ROWS[kind]
    found = reader.connection.execute(sa.select(id_column).where(number_column == number)).scalar()
    return None if found is None else int(found)


def adjustment_paper(reader: Reader, adjustment_id: int) -> StockPaper | None:
    """An adjustment with its lines; None when there is no such one. Two statements."""
    head = reader.connection.execute(
        sa.select(
            StockAdjustment.number,
            Warehouse.name,
            sa.literal(""),
            StockAdjustment.reason,
            StockAdjustment.notes,
            User.username,
            StockAdjustment.created_at,
        )
        .join(Warehouse, Warehouse.id == StockAdjustment.warehouse_id)
        .join(User, User.id == StockAdjustment.user_id)
        .where(StockAdjustment.id == adjustment_id)
    ).first()
    mine = StockAdjustmentLine.adjustment_id == adjustment_id
    lines = _lines(reader, StockAdjustmentLine, StockAdjustmentLine.quantity_change, mine)
    return None if head is None else StockPaper(adjustment_id, *head, lines)


def transfer_paper(reader: Reader, transfer_id: int) -> StockPaper | None:
    """A transfer done in one step, with its lines; None when there is no such one. Two statements."""
    source, target = sa.orm.aliased(Warehouse), sa.orm.aliased(Warehouse)
    head = reader.connection.execute(
        sa.select(
            StockTransfer.number,
            source.name,
            target.name,
            sa.literal(""),
            StockTransfer.notes,
            User.username,
            StockTransfer.created_at,
        )
        .join(source, source.id == StockTransfer.from_warehouse_id)
        .join(target, target.id == StockTransfer.to_warehouse_id)
        .join(User, User.id == StockTransfer.user_id)
        .where(StockTransfer.id == transfer_id)
    ).first()
    mine = StockTransferLine.transfer_id == transfer_id
    lines = _lines(reader, StockTransferLine, StockTransferLine.quantity, mine)
    return None if head is None else StockPaper(transfer_id, *head, lines)


def lines_page(
    reader: Reader,  # noqa: ARG001 - the shape of a page's query
    request: PageRequest,  # noqa: ARG001
    lines: tuple[StockPaperLine, ...] = (),
) -> Page[StockPaperLine]:
    """The lines of a paper that was read already."""
    return Page(lines)


def _lines(
    reader: Reader, table: type[Any], quantity: Any, mine: sa.ColumnElement[bool]
) -> tuple[StockPaperLine, ...]:  # Any: two tables of lines
    rows = reader.connection.execute(
        sa.select(table.id, ProductVariant.sku, Product.title, ProductVariant.name, quantity)
        .join(ProductVariant, ProductVariant.id == table.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .where(mine)
        .order_by(table.id)
    )
    return tuple(
        StockPaperLine(id, sku, ", ".join(filter(None, (title, name))), milli) for id, sku, title, name, milli in rows
    )
