"""What lies where: levels, the ledger behind them, what runs low, what was sold below zero."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, ProductVariant
from shopdesk.catalogue.search import searched
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.inventory.categories import narrowed_goods
from shopdesk.inventory.incoming import incoming_sums
from shopdesk.inventory.models import LedgerEntry, OversellException, StockLevel, Warehouse
from shopdesk.system.models import User


@dataclass(frozen=True, slots=True)
class LevelRow:
    """What lies of a variant in a warehouse, in thousandths; ``available_milli`` is on hand less reserved."""

    variant_id: int
    warehouse_id: int
    sku: str
    name: str
    warehouse: str
    unit: str
    on_hand_milli: int
    reserved_milli: int
    available_milli: int
    threshold_milli: int | None
    incoming_milli: int = 0


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A movement: what it was, how much, what was there then, which document, who and why."""

    id: int
    seq: int
    at: datetime
    type: str
    change_milli: int
    after_milli: int
    reference_type: str
    reference_id: int
    reason: str
    notes: str
    username: str


@dataclass(frozen=True, slots=True)
class OversoldRow:
    """Goods sold below zero that somebody has to look at."""

    id: int
    variant_id: int
    sku: str
    name: str
    warehouse: str
    quantity_after_milli: int
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StockRow:
    """A level beside the sum of its ledger, for ``ask stock``."""

    sku: str
    warehouse: str
    on_hand_milli: int
    reserved_milli: int
    ledger_milli: int


LEVEL_SORTS = Sorts({"sku": (ProductVariant.sku, StockLevel.warehouse_id)}, default="sku")
LEDGER_SORTS = Sorts({"seq": (LedgerEntry.seq,)}, default="seq")
OVERSOLD_SORTS = Sorts({"newest": (OversellException.id,)}, default="newest")


def levels_page(reader: Reader, request: PageRequest) -> Page[LevelRow]:
    """Levels by SKU with what is coming; at most three statements. Search: the goods' words.

    Filters: ``warehouse`` and ``category`` (ids), ``low`` (true: at or below the threshold), ``negative``, ``unwatched``.
    """
    found = searched(reader, request.search, StockLevel.variant_id)
    conditions, few = narrowed_goods(reader, request, StockLevel.variant_id, Product.id)
    few = few or bool(request.filter("low") or request.filter("negative"))
    in_sku_order = not few and (found is None or isinstance(found, sa.Exists))
    selected: Any = _levels(in_sku_order=in_sku_order).where(*conditions)
    if in_sku_order and request.after is None:
        selected = selected.where(
            ProductVariant.sku >= ""
        )  # leads SQLite to the index that the cursor leads it to later
    if (warehouse := request.filter("warehouse")) is not None:
        selected = selected.where(StockLevel.warehouse_id == warehouse)
    if request.filter("low"):
        selected = selected.where(_is_low())
    if request.filter("negative"):
        selected = selected.where(StockLevel.on_hand < 0)
    if request.filter("unwatched"):
        selected = selected.where(StockLevel.low_stock_threshold.is_(None))
    if found is not None:
        selected = selected.where(found)
    selected = selected.where(~(Warehouse.is_transit & (StockLevel.on_hand == 0)))
    page = keyset_page(reader, selected, LEVEL_SORTS, request, _level_row)
    coming = incoming_sums(reader, list(dict.fromkeys(row.variant_id for row in page.rows)))
    rows = (replace(row, incoming_milli=coming.get((row.variant_id, row.warehouse_id), 0)) for row in page.rows)
    return Page(tuple(rows), page.next)


def low_page(reader: Reader, request: PageRequest) -> Page[LevelRow]:
    """Levels at or below their threshold, by SKU; two statements, read from the watched levels alone."""
    return levels_page(reader, replace(request, filters=(*request.filters, ("low", True))))


def count_low(reader: Reader, most: int = 100) -> int:
    """How many levels are at or below their threshold, counted no further than ``most``."""
    low = sa.select(StockLevel.variant_id).where(_is_low()).limit(most).subquery()
    return int(reader.connection.execute(sa.select(sa.func.count()).select_from(low)).scalar_one())


def low_stock(reader: Reader, warehouse_id: int | None = None, limit: int = 200) -> tuple[LevelRow, ...]:
    """What is at or below its threshold, by SKU; read from the watched levels alone."""
    selected = _levels().where(_is_low())
    if warehouse_id is not None:
        selected = selected.where(StockLevel.warehouse_id == warehouse_id)
    rows = reader.connection.execute(selected.order_by(ProductVariant.sku).limit(limit))
    return tuple(_level_row(row) for row in rows)


def variant_levels(reader: Reader, variant_id: int) -> tuple[LevelRow, ...]:
    """What lies of a variant in each warehouse that ever held it."""
    selected = _levels().where(StockLevel.variant_id == variant_id).order_by(Warehouse.name)
    return tuple(_level_row(row) for row in reader.connection.execute(selected))


def ledger_page(reader: Reader, request: PageRequest, variant_id: int, warehouse_id: int) -> Page[LedgerRow]:
    """The movements of a variant in a warehouse, in order; ask for descending to see the newest first."""
    selected: Any = (
        sa.select(
            LedgerEntry.id,
            LedgerEntry.seq,
            LedgerEntry.created_at,
            LedgerEntry.type,
            LedgerEntry.quantity_change,
            LedgerEntry.quantity_after,
            LedgerEntry.reference_type,
            LedgerEntry.reference_id,
            LedgerEntry.reason,
            LedgerEntry.notes,
            User.username,
        )
        .join(User, User.id == LedgerEntry.user_id)
        .where(LedgerEntry.variant_id == variant_id, LedgerEntry.warehouse_id == warehouse_id)
    )
    return keyset_page(reader, selected, LEDGER_SORTS, request, lambda row: LedgerRow(*row[:11]))


def oversold_page(reader: Reader, request: PageRequest) -> Page[OversoldRow]:
    """Goods sold below zero. Filter: ``state`` (open, resolved)."""
    selected: Any = (
        sa.select(
            OversellException.id,
            OversellException.variant_id,
            ProductVariant.sku,
            Product.title,
            Warehouse.name,
            OversellException.quantity_after,
            OversellException.state,
            OversellException.created_at,
        )
        .join(ProductVariant, ProductVariant.id == OversellException.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .join(Warehouse, Warehouse.id == OversellException.warehouse_id)
    )
    if (state := request.filter("state")) is not None:
        selected = selected.where(OversellException.state == state)
    return keyset_page(reader, selected, OVERSOLD_SORTS, request, lambda row: OversoldRow(*row[:8]))


def warehouse_choices(reader: Reader) -> tuple[tuple[int, str], ...]:
    """Warehouses in use for a choice: (id, name)."""
    rows = reader.connection.execute(
        sa.select(Warehouse.id, Warehouse.name).where(Warehouse.is_active).order_by(Warehouse.id)
    )
    return tuple((row.id, row.name) for row in rows)


def stock_rows(reader: Reader, sku: str | None = None, warehouse: str | None = None) -> Iterator[StockRow]:
    """Every counted variant in every warehouse with the sum of its ledger, by SKU, for scripts; one statement, streamed."""
    summed = (
        sa.select(sa.cast(sa.func.coalesce(sa.func.sum(LedgerEntry.quantity_change), 0), sa.BigInteger))
        .where(LedgerEntry.variant_id == ProductVariant.id, LedgerEntry.warehouse_id == Warehouse.id)
        .scalar_subquery()
    )
    level = (StockLevel.variant_id == ProductVariant.id) & (StockLevel.warehouse_id == Warehouse.id)
    selected = (
        sa.select(
            ProductVariant.sku,
            Warehouse.name,
            sa.func.coalesce(StockLevel.on_hand, 0),
            sa.func.coalesce(StockLevel.reserved, 0),
            summed,
        )
        .select_from(ProductVariant)
        .join(Warehouse, sa.true())
        .outerjoin(StockLevel, level)
        .where(ProductVariant.track_stock, ~Warehouse.is_transit)
        .order_by(ProductVariant.sku, Warehouse.name)
    )
    if sku is not None:
        selected = selected.where(ProductVariant.sku == sku)
    if warehouse is not None:
        selected = selected.where(Warehouse.name == warehouse)
    rows = reader.connection.execution_options(yield_per=1000).execute(selected)
    return (StockRow(*row) for row in rows)


def _levels(*, in_sku_order: bool = False) -> Any:  # Any: a selection of ten columns
    """Levels with their names. ``in_sku_order`` makes SQLite read variants first, by the index that has the list's order: the
    sum hides from it that a variant could also be found by its level, the outer join that a warehouse could come first."""
    variant_id = ProductVariant.id + 0 if in_sku_order else ProductVariant.id
    return (
        sa.select(
            StockLevel.variant_id,
            StockLevel.warehouse_id,
            ProductVariant.sku,
            Product.title,
            ProductVariant.name,
            Warehouse.name,
            Product.unit,
            StockLevel.on_hand,
            StockLevel.reserved,
            StockLevel.low_stock_threshold,
        )
        .join(ProductVariant, variant_id == StockLevel.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id, isouter=in_sku_order)
        .where(Product.deleted_at.is_(None))
    )


def _is_low() -> sa.ColumnElement[bool]:
    return sa.and_(
        StockLevel.low_stock_threshold.is_not(None),
        StockLevel.on_hand - StockLevel.reserved <= StockLevel.low_stock_threshold,
    )


def _level_row(row: Any) -> LevelRow:  # Any: SQLAlchemy's row
    variant_id, place, sku, title, variant, warehouse, unit, on_hand, reserved, threshold = row[:10]
    name = f"{title}, {variant}" if variant else title
    free = on_hand - reserved
    return LevelRow(variant_id, place, sku, name, warehouse, unit, on_hand, reserved, free, threshold)
