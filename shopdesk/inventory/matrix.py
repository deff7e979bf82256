"""Stock as a matrix: a variant a row, a warehouse a column; at most three statements a page whatever the number of variants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, ProductVariant
from shopdesk.catalogue.search import searched
from shopdesk.db.batch import Prepared, array
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.inventory.categories import narrowed_goods
from shopdesk.inventory.incoming import INCOMING, THESE, Incoming
from shopdesk.inventory.models import StockLevel

MATRIX_SORTS = Sorts({"sku": (ProductVariant.sku,)}, default="sku")
_LEVELS = (
    "SELECT 'level' AS what, s.variant_id, s.warehouse_id, s.on_hand AS quantity, s.reserved, s.low_stock_threshold, w.name, "
    "CASE WHEN w.is_transit THEN 'yes' ELSE '' END AS more FROM stock_levels s JOIN warehouses w ON w.id = s.warehouse_id "
    "WHERE s.variant_id {these} UNION ALL "
    "SELECT i.kind, i.variant_id, i.warehouse_id, i.quantity, 0, NULL, i.number, i.expected FROM ({incoming}) i"
)


def _text(dialect: str) -> str:
    these = THESE[dialect]
    return _LEVELS.format(these=these, incoming=INCOMING.format(these=these))


_FIND_CELLS = Prepared(sqlite=_text("sqlite"), postgresql=_text("postgresql"))


@dataclass(frozen=True, slots=True)
class Cell:
    """What lies of a variant in a warehouse, in thousandths; a threshold of None is not watched."""

    warehouse_id: int
    warehouse: str
    on_hand_milli: int
    reserved_milli: int
    incoming_milli: int
    threshold_milli: int | None
    is_transit: bool = False

    @property
    def available_milli(self) -> int:
        """On hand less reserved."""
        return self.on_hand_milli - self.reserved_milli

    @property
    def is_low(self) -> bool:
        """At its threshold or below it."""
        return self.threshold_milli is not None and self.available_milli <= self.threshold_milli


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A variant with its cells by warehouse; the sums leave out what is in transit, which is incoming."""

    variant_id: int
    product_id: int
    sku: str
    name: str
    unit: str
    cells: tuple[Cell, ...] = ()

    @property
    def places(self) -> tuple[Cell, ...]:
        """The cells of real warehouses."""
        return tuple(cell for cell in self.cells if not cell.is_transit)

    @property
    def on_hand_milli(self) -> int:
        """On hand in all warehouses."""
        return sum(cell.on_hand_milli for cell in self.places)

    @property
    def reserved_milli(self) -> int:
        """Set aside in all warehouses."""
        return sum(cell.reserved_milli for cell in self.places)

    @property
    def available_milli(self) -> int:
        """Free in all warehouses."""
        return self.on_hand_milli - self.reserved_milli

    @property
    def incoming_milli(self) -> int:
        """On its way to any warehouse."""
        return sum(cell.incoming_milli for cell in self.places)

    @property
    def state(self) -> str:
        """Whether it is below zero or low anywhere, there, or nowhere."""
        if any(cell.on_hand_milli < 0 for cell in self.places):
            return "below"
        if any(cell.is_low for cell in self.places):
            return "low"
        return "there" if self.on_hand_milli else "none"

    def at(self, warehouse_id: int) -> int | None:
        """On hand in a warehouse; None where it never lay."""
        return next((cell.on_hand_milli for cell in self.cells if cell.warehouse_id == warehouse_id), None)


def matrix_page(reader: Reader, request: PageRequest) -> Page[MatrixRow]:
    """Variants by SKU with their levels. Search: the goods' words.

    Filters: ``warehouse`` and ``category`` (ids), ``low``, ``negative``, ```unwatched`` (no threshold anywhere).
    """
    found = searched(reader, request.search, ProductVariant.id)
    selected = _variants()
    if found is not None:
        selected = selected.where(found)
    conditions, _few = narrowed_goods(reader, request, ProductVariant.id, Product.id)
    for condition in (*conditions, *_narrowed(request)):
        selected = selected.where(condition)
    page = keyset_page(reader, selected, MATRIX_SORTS, request, _row)
    cells, _waited = _cells(reader, [row.variant_id for row in page.rows])
    return Page(tuple(replace(row, cells=cells.get(row.variant_id, ())) for row in page.rows), page.next)


def matrix_row(reader: Reader, variant_id: int) -> tuple[MatrixRow, tuple[Incoming, ...]] | None:
    """One variant of the matrix and the documents it is waited for by, None when it is no longer there; two statements."""
    found = reader.connection.execute(_variants().where(ProductVariant.id == variant_id)).first()
    if found is None:
        return None
    cells, waited = _cells(reader, [variant_id])
    return replace(_row(found), cells=cells.get(variant_id, ())), waited


def _variants() -> Any:  # Any: a selection of six columns
    return (
        sa.select(
            ProductVariant.id,
            Product.id,
            ProductVariant.sku,
            Product.title,
            ProductVariant.name,
            Product.unit,
        )
        .join(Product, Product.id == ProductVariant.product_id)
        .where(ProductVariant.track_stock, Product.deleted_at.is_(None))
    )


def _narrowed(request: PageRequest) -> list[sa.ColumnElement[bool]]:
    level = StockLevel
    here: list[sa.ColumnElement[bool]] = []
    if isinstance(warehouse := request.filter("warehouse"), int):
        here.append(level.warehouse_id == warehouse)
    conditions: list[sa.ColumnElement[bool]] = []
    if request.filter("low"):
        low = level.on_hand - level.reserved <= level.low_stock_threshold
        watched = level.low_stock_threshold.is_not(None)
        conditions.append(ProductVariant.id.in_(sa.select(level.variant_id).where(watched, low, *here)))
    if request.filter("negative"):
        conditions.append(ProductVariant.id.in_(sa.select(level.variant_id).where(level.on_hand < 0, *here)))
    if request.filter("unwatched"):
        watched = level.low_stock_threshold.is_not(None)
        conditions.append(~sa.exists().where(level.variant_id == ProductVariant.id, watched, *here))
    return conditions


def _cells(reader: Reader, variants: list[int]) -> tuple[dict[int, tuple[Cell, ...]], tuple[Incoming, ...]]:
    """The cells of variants, also where nothing lies yet but something is waited for, and by what; one statement."""
    if not variants:
        return {}, ()
    batch = reader.batch()
    found = batch.add(_FIND_CELLS, {"variants": array(reader.dialect, variants)})
    batch.send()
    coming: dict[tuple[int, int], int] = {}
    waited = [
        Incoming(variant, warehouse, milli, expected, number, what)
        for what, variant, warehouse, milli, _reserved, _threshold, number, expected in found.rows
        if what != "level"
    ]
    for one in waited:
        place = (one.variant_id, one.warehouse_id)
        coming[place] = coming.get(place, 0) + one.quantity_milli
    cells: dict[int, list[Cell]] = {}
    for what, variant, warehouse, on_hand, reserved, threshold, name, transit in found.rows:
        if what == "level":
            more = coming.pop((variant, warehouse), 0)
            cell = Cell(warehouse, name, on_hand, reserved, more, threshold, bool(transit))
            cells.setdefault(variant, []).append(cell)
    for (variant, warehouse), milli in coming.items():
        cells.setdefault(variant, []).append(Cell(warehouse, "", 0, 0, milli, None))
    ordered = {variant: tuple(sorted(found, key=lambda cell: cell.warehouse_id)) for variant, found in cells.items()}
    return ordered, tuple(waited)


def _row(row: Any) -> MatrixRow:  # Any: SQLAlchemy's row
    variant_id, product_id, sku, title, variant, unit = row[:6]
    return MatrixRow(variant_id, product_id, sku, f"{title}, {variant}" if variant else title, unit)
