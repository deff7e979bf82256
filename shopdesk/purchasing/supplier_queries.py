"""What screens show of suppliers: the list, one whole, their goods, choices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, ProductVariant
from shopdesk.core.folding import folded_words
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.purchasing.costs import unit_cost
from shopdesk.purchasing.models import PurchaseOrder, Supplier, SupplierItem
from shopdesk.purchasing.suppliers import SUPPLIER_FIELDS, SupplierFields

_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """A supplier of the list; ``open_orders`` are those on their way."""

    id: int
    name: str
    code: str
    contact_name: str
    phone: str
    email: str
    city: str
    lead_time_days: int
    open_orders: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class SupplierCard:
    """A supplier whole, as its page shows it."""

    id: int
    version: int
    is_active: bool
    created_at: datetime
    supplier: SupplierFields
    items: int
    open_orders: int

    @property
    def name(self) -> str:
        """The supplier's name."""
        return self.supplier.name


@dataclass(frozen=True, slots=True)
class SupplierItemRow:
    """What a supplier sells us: their code and name, pack and cost in thousandths and minor units; ``price_cents`` is ours."""

    id: int
    supplier_id: int
    variant_id: int
    sku: str
    name: str
    supplier_code: str
    supplier_name: str
    pack_quantity_milli: int
    pack_cost_cents: int | None
    minimum_milli: int
    is_preferred: bool
    last_pack_cost_cents: int | None
    last_cost_at: datetime | None
    price_cents: int
    version: int

    @property
    def unit_cost_cents(self) -> int | None:
        """A unit's share of the pack's cost."""
        return None if self.pack_cost_cents is None else unit_cost(self.pack_quantity_milli, self.pack_cost_cents)


SUPPLIER_SORTS = Sorts({"name": (Supplier.name,), "newest": (Supplier.id,)}, default="name")
SUPPLIER_ITEM_SORTS = Sorts({"sku": (ProductVariant.sku,)}, default="sku")
_OPEN = (
    sa.select(sa.func.count())
    .select_from(PurchaseOrder)
    .where(PurchaseOrder.supplier_id == Supplier.id, PurchaseOrder.status.in_(("ordered", "part_received")))
    .correlate(Supplier)
    .scalar_subquery()
)


def suppliers_page(reader: Reader, request: PageRequest) -> Page[SupplierRow]:
    """Suppliers by name or newest, those in use unless ``retired`` (true) asks for the others. One statement a page."""
    selected: Any = sa.select(
        Supplier.id,
        Supplier.name,
        Supplier.code,
        Supplier.contact_name,
        Supplier.phone,
        Supplier.email,
        Supplier.city,
        Supplier.lead_time_days,
        _OPEN,
        Supplier.is_active,
    ).where(Supplier.is_active if not request.filter("retired") else sa.not_(Supplier.is_active))
    for word in folded_words(request.search)[:_MOST_WORDS]:
        selected = selected.where(Supplier.search_text.contains(f" {word}", autoescape=True))
    return keyset_page(reader, selected, SUPPLIER_SORTS, request, _supplier_row)


def supplier_card(reader: Reader, supplier_id: int) -> SupplierCard | None:
    """A supplier whole, None when there is no such one; one statement."""
    items = sa.select(sa.func.count()).where(SupplierItem.supplier_id == Supplier.id).correlate(Supplier)
    row = reader.connection.execute(
        sa.select(
            Supplier.version,
            Supplier.is_active,
            Supplier.created_at,
            items.scalar_subquery(),
            _OPEN,
            *(getattr(Supplier, name) for name in SUPPLIER_FIELDS),
        ).where(Supplier.id == supplier_id)
    ).first()
    if row is None:
        return None
    fields = SupplierFields(**dict(zip(SUPPLIER_FIELDS, row[5:], strict=True)))
    return SupplierCard(supplier_id, row[0], row[1], row[2], fields, row[3], row[4])


def supplier_items_page(
    reader: Reader, request: PageRequest, supplier_id: int | None = None, variant_id: int | None = None
) -> Page[SupplierItemRow]:
    """What a supplier sells us by SKU, or who sells us a variant. Search: our SKU or name, their code or name."""
    item = SupplierItem
    selected: Any = (
        sa.select(
            item.id,
            item.supplier_id,
            item.variant_id,
            ProductVariant.sku,
            Product.title,
            ProductVariant.name,
            item.supplier_code,
            item.supplier_name,
            item.pack_quantity,
            item.pack_cost_cents,
            item.minimum_quantity,
            item.is_preferred,
            item.last_pack_cost_cents,
            item.last_cost_at,
            ProductVariant.price_cents,
            item.version,
        )
        .join(ProductVariant, ProductVariant.id == item.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .where(Product.deleted_at.is_(None))
    )
    if supplier_id is not None:
        selected = selected.where(item.supplier_id == supplier_id)
    if variant_id is not None:
        selected = selected.where(item.variant_id == variant_id)
    if (typed := request.search.strip()) != "":
        columns = (ProductVariant.sku, Product.title, item.supplier_code, item.supplier_name)
        selected = selected.where(sa.or_(*(column.icontains(typed, autoescape=True) for column in columns)))
    return keyset_page(reader, selected, SUPPLIER_ITEM_SORTS, request, _item_row)


def supplier_choices(reader: Reader) -> tuple[tuple[int, str], ...]:
    """Suppliers in use for a choice: (id, name), by name."""
    rows = reader.connection.execute(
        sa.select(Supplier.id, Supplier.name).where(Supplier.is_active).order_by(Supplier.name)
    )
    return tuple((row.id, row.name) for row in rows)


def _supplier_row(row: Any) -> SupplierRow:  # Any: SQLAlchemy's row
    supplier_id, name, code, *others = row[:10]
    return SupplierRow(supplier_id, name, code or "", *others)


def _item_row(row: Any) -> SupplierItemRow:  # Any: SQLAlchemy's row
    item_id, supplier_id, variant_id, sku, title, variant, *others = row[:16]
    name = f"{title}, {variant}" if variant else title
    return SupplierItemRow(item_id, supplier_id, variant_id, sku, name, *others)
