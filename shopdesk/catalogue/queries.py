"""What the back office sees of the catalogue: lists in keyset pages, and a product whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.categories import category_tree
from shopdesk.catalogue.models import (
    Category,
    Product,
    ProductAttribute,
    ProductCategory,
    ProductImage,
    ProductVariant,
    TaxClass,
    VariantBarcode,
)
from shopdesk.catalogue.product_fields import BarcodeFields, ProductFields, VariantFields
from shopdesk.catalogue.product_filters import net_cents, product_conditions
from shopdesk.catalogue.product_merge import without_ids
from shopdesk.catalogue.product_statements import PRODUCT_COLUMNS, VARIANT_COLUMNS
from shopdesk.catalogue.search import searched
from shopdesk.core.actor import Actor
from shopdesk.core.clock import from_micros
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.money import PPM, round_half_away
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product of the list; prices are the lowest and highest of its active variants."""

    id: int
    title: str
    status: str
    is_active: bool
    unit: str
    badge: str | None
    variants: int
    price_from_cents: int | None
    price_to_cents: int | None
    category: str | None
    image_blob_id: int | None
    seller: str | None = None
    rejection_reason: str | None = None
    is_deleted: bool = False

    @property
    def state(self) -> str:
        """What keeps it from being sold, first things first, or ``on_sale``."""
        if self.is_deleted:
            return "deleted"
        if self.status != "approved":
            return self.status
        return "on_sale" if self.is_active else "retired"


@dataclass(frozen=True, slots=True)
class VariantRow:
    """A variant of the price list: what it costs and how much is free everywhere."""

    id: int
    product_id: int
    sku: str
    title: str
    name: str
    price_cents: int
    cost_cents: int | None
    is_active: bool
    on_hand_milli: int
    unit: str
    compare_at_cents: int | None = None
    barcode: str | None = None
    margin_cents: int | None = None
    margin_ppm: int | None = None


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product whole, as its form shows it; ``images`` are (image id, blob id, alt text, is primary, variant id)."""

    id: int
    version: int
    product: ProductFields
    images: tuple[tuple[int, int | None, str, bool, int | None], ...]
    rejection_reason: str | None = None
    updated_at: datetime | None = None


_MANY = 3_000
_FIRST_CATEGORY: sa.ColumnClause[str] = sa.literal_column(
    "(SELECT c.name FROM product_categories k JOIN categories c ON c.id = k.category_id "
    "WHERE k.is_primary AND k.product_id = products.id)"
)
_SELLER: sa.ColumnClause[str] = sa.literal_column(
    "(SELECT s.store_name FROM sellers s WHERE s.id = products.seller_id)"
)
_SELLERS = sa.table("sellers", sa.column("id"), sa.column("store_name"))
_FIRST_BARCODE: sa.ColumnClause[str] = sa.literal_column(
    "(SELECT b.barcode FROM variant_barcodes b WHERE b.variant_id = product_variants.id ORDER BY b.id LIMIT 1)"
)
_HEAD_TEXT = """
SELECT p.version, p.slug, p.rejection_reason, p.updated_at,
  (SELECT CAST({list}(k.category_id ORDER BY k.is_primary DESC, k.position) AS text)
     FROM product_categories k WHERE k.product_id = p.id),
  (SELECT CAST({list}({array}(a.name, a.value, a.unit) ORDER BY a.position) AS text)
     FROM product_attributes a WHERE a.product_id = p.id),
  (SELECT CAST({list}({array}(i.id, i.blob_id, i.alt_text, i.is_primary, i.variant_id) ORDER BY i.position, i.id) AS text)
     FROM product_images i WHERE i.product_id = p.id),
  {columns}
FROM products p WHERE p.id = :product_id AND p.deleted_at IS NULL
"""
_VARIANTS_TEXT = """
SELECT v.id, v.name,
  (SELECT CAST({list}({array}(b.barcode, b.pack_quantity) ORDER BY b.id) AS text)
     FROM variant_barcodes b WHERE b.variant_id = v.id),
  (SELECT CAST({list}({array}(t.type, t.value) ORDER BY t.position) AS text)
     FROM variant_traits t WHERE t.variant_id = v.id),
  {columns}
FROM product_variants v WHERE v.product_id = :product_id ORDER BY v.position, v.id
"""


def _prepared(text: str, columns: Sequence[str]) -> Prepared:
    named = ", ".join(columns)
    return Prepared(
        sqlite=text.format(list="json_group_array", array="json_array", columns=named),
        postgresql=text.format(list="json_agg", array="json_build_array", columns=named),
    )


_HEAD = _prepared(_HEAD_TEXT, [f"p.{name}" for name in PRODUCT_COLUMNS])
_OF_PRODUCT = _prepared(_VARIANTS_TEXT, [f"v.{name}" for name in VARIANT_COLUMNS])
PRODUCT_SORTS = Sorts({"title": (Product.title, Product.id), "newest": (Product.id,)}, default="title")
VARIANT_SORTS = Sorts(
    {"sku": (ProductVariant.sku,), "price": (ProductVariant.price_cents, ProductVariant.id)}, default="sku"
)


def products_page(reader: Reader, request: PageRequest) -> Page[ProductRow]:
    """Products by title or newest first. Search: words' beginnings.

    Filters: ``category`` (id; what stands below it counts), ``status``, ``active`` (bool), ``pictures`` and ``barcodes``
    (bool: has some), ``margin`` (parts per million of the net price that an active variant stays below), ``seller``,
    ``attribute`` (name, value), ``deleted``. One statement a page, and one more for a category or a search.
    """
    mine = ProductVariant.product_id == Product.id
    prices = sa.and_(mine, ProductVariant.is_active)
    selected: Any = sa.select(
        Product.id,
        Product.title,
        Product.status,
        Product.is_active,
        Product.unit,
        Product.badge,
        sa.select(sa.func.count()).where(mine).scalar_subquery(),
        sa.select(sa.func.min(ProductVariant.price_cents)).where(prices).scalar_subquery(),
        sa.select(sa.func.max(ProductVariant.price_cents)).where(prices).scalar_subquery(),
        _FIRST_CATEGORY,
        sa.select(ProductImage.blob_id)
        .where(ProductImage.product_id == Product.id, ProductImage.is_primary)
        .scalar_subquery(),
        _SELLER,
        Product.rejection_reason,
        Product.deleted_at.is_not(None),
    )
    deleted = bool(request.filter("deleted"))
    selected = selected.where(Product.deleted_at.is_not(None) if deleted else Product.deleted_at.is_(None))
    for condition in product_conditions(reader, request):
        selected = selected.where(condition)
    category = request.filter("category")
    if isinstance(category, int):
        selected = selected.where(_in_category(reader, category))
    if deleted:  # what is deleted is not in the search: by its title's beginning
        if request.search:
            selected = selected.where(Product.title.ilike(f"{_like(request.search)}%", escape="\\"))
    else:
        found = searched(reader, request.search, ProductVariant.id)
        if found is not None:
            selected = selected.where(_has_variant(found))
    return keyset_page(reader, selected, PRODUCT_SORTS, request, _product_row)


def variants_page(reader: Reader, request: PageRequest, actor: Actor | None = None) -> Page[VariantRow]:
    """Variants by SKU or price with what lies of them in all warehouses. Filters: ``active``, ``barcodes``, ``category``.

    Costs and margins only for ``actor``s who may see them. One statement a page, and one more for a category or a search.
    """
    on_hand: sa.ColumnClause[int] = sa.literal_column(
        "(SELECT CAST(coalesce(sum(s.on_hand), 0) AS BIGINT) FROM stock_levels s WHERE s.variant_id = product_variants.id)"
    )
    selected: Any = (
        sa.select(
            ProductVariant.id,
            ProductVariant.product_id,
            ProductVariant.sku,
            Product.title,
            ProductVariant.name,
            ProductVariant.price_cents,
            ProductVariant.cost_cents,
            ProductVariant.is_active,
            on_hand,
            Product.unit,
            ProductVariant.compare_at_cents,
            _FIRST_BARCODE,
            net_cents(reader),
        )
        .join(Product, Product.id == ProductVariant.product_id)
        .where(Product.deleted_at.is_(None))
    )
    if (active := request.filter("active")) is not None:
        selected = selected.where(ProductVariant.is_active.is_(bool(active)))
    if (coded := request.filter("barcodes")) is not None:
        has = sa.exists().where(VariantBarcode.variant_id == ProductVariant.id)
        selected = selected.where(has if coded else ~has)
    category = request.filter("category")
    if isinstance(category, int):
        selected = selected.where(_in_category(reader, category))
    found = searched(reader, request.search, ProductVariant.id)
    if found is not None:
        selected = selected.where(found)
    sees = actor is None or actor.may(Permission.COST_VIEW)
    return keyset_page(reader, selected, VARIANT_SORTS, request, lambda row: _variant_row(row, sees))


def _has_variant(found: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """A product one of whose variants was found: looked up if these are few, else asked of each product in turn."""
    if isinstance(found, sa.Exists):
        return sa.exists().where(ProductVariant.product_id == Product.id, found)
    return Product.id.in_(sa.select(ProductVariant.product_id).where(found))


def _in_category(reader: Reader, category: int) -> sa.ColumnElement[bool]:
    """A product that stands in a category or below it; a full one is read in the list's own order instead of being sorted."""
    tree = sa.select(sa.literal(category, sa.BigInteger).label("id")).cte("below", recursive=True)
    tree = tree.union_all(sa.select(Category.id).join(tree, Category.parent_id == tree.c.id))
    here = ProductCategory.category_id.in_(sa.select(tree.c.id))
    shelf = sa.select(ProductCategory.product_id).where(here)
    few = sa.select(sa.func.count()).select_from(shelf.limit(_MANY).subquery())
    if reader.connection.execute(few).scalar_one() < _MANY:
        return Product.id.in_(shelf)
    return sa.exists(shelf.where(ProductCategory.product_id == Product.id))


def product_card(reader: Reader, product_id: int) -> ProductCard:
    """A product with everything its form shows, in two statements; raises NotFound."""
    batch = reader.batch()
    heads = batch.add(_HEAD, {"product_id": product_id})
    variants = batch.add(_OF_PRODUCT, {"product_id": product_id})
    batch.send()
    if heads.one is None:
        raise NotFound(_("Product"), product_id)
    version, slug, rejection, updated, shelves, facts, images, *values = heads.one
    columns = {name: _truth(name, value) for name, value in zip(PRODUCT_COLUMNS, values, strict=True)}
    product = ProductFields(
        **columns,
        slug=slug,
        variants=tuple(_variant_fields(row) for row in variants.rows),
        category_ids=tuple(json.loads(shelves or "[]")),
        attributes=tuple((name, value, unit or "") for name, value, unit in json.loads(facts or "[]")),
    )
    shown = tuple((row[0], row[1], row[2], bool(row[3]), row[4]) for row in json.loads(images or "[]"))
    return ProductCard(product_id, version, product, shown, rejection, from_micros(updated))


def product_record(reader: Reader, product_id: int, actor: Actor) -> ProductCard:
    """The same for somebody's eyes: without costs for who may not see them."""
    actor.require(Permission.CATALOGUE_VIEW)
    card = product_card(reader, product_id)
    if actor.may(Permission.COST_VIEW):
        return card
    hidden = tuple(replace(variant, cost_cents=None, keep_cost=True) for variant in card.product.variants)
    return replace(card, product=replace(card.product, variants=hidden))


def variant_ids_of(reader: Reader, product_ids: Sequence[int]) -> tuple[int, ...]:
    """The variants on sale of some products, in the products' order; one statement."""
    mine = sa.select(ProductVariant.id, ProductVariant.product_id).where(
        ProductVariant.product_id.in_(set(product_ids)), ProductVariant.is_active
    )
    rows = reader.connection.execute(mine.order_by(ProductVariant.position, ProductVariant.id)).all()
    places = {product_id: place for place, product_id in enumerate(product_ids)}
    return tuple(row.id for row in sorted(rows, key=lambda row: places[row.product_id]))


COPY = "copy"
"""What stands before a product's id where a new product shall begin like it."""


def product_to_edit(reader: Reader, record_id: int | tuple[str, int], actor: Actor) -> ProductCard:
    """What the editor shows: a product, 0 for a new one, or (COPY, id) for a new one like another."""
    if record_id == 0:
        return ProductCard(0, 0, ProductFields(title="", variants=(VariantFields(sku="", price_cents=0),)), ())
    if isinstance(record_id, tuple):
        like = product_record(reader, record_id[1], actor).product
        return ProductCard(0, 0, without_ids(like), ())
    return product_record(reader, record_id, actor)


def category_choices(reader: Reader) -> tuple[tuple[int, str], ...]:
    """Categories for a choice: (id, path of names)."""
    return tuple((row.id, row.path) for row in category_tree(reader))


def seller_choices(reader: Reader) -> tuple[tuple[int, str], ...]:
    """Whose goods a product may be, besides the shop's own: (id, store name)."""
    rows = reader.connection.execute(sa.select(_SELLERS.c.id, _SELLERS.c.store_name).order_by(_SELLERS.c.store_name))
    return tuple((row.id, row.store_name) for row in rows)


def attribute_choices(reader: Reader) -> tuple[tuple[tuple[str, str], str], ...]:
    """The facts that products carry, for a filter: ((name, value), words); at most 500."""
    facts = sa.select(ProductAttribute.name, ProductAttribute.value).distinct()
    rows = reader.connection.execute(facts.order_by(ProductAttribute.name, ProductAttribute.value).limit(500))
    return tuple(((row.name, row.value), f"{row.name}: {row.value}") for row in rows)


def tax_class_choices(reader: Reader) -> tuple[tuple[int, str], ...]:
    """Tax classes for a choice: (id, name)."""
    rows = reader.connection.execute(sa.select(TaxClass.id, TaxClass.name).order_by(TaxClass.name))
    return tuple((row.id, row.name) for row in rows)


def _variant_fields(row: tuple[Any, ...]) -> VariantFields:  # Any: rows as the driver gives them
    variant_id, name, barcodes, traits, *values = row
    columns = {column: _truth(column, value) for column, value in zip(VARIANT_COLUMNS, values, strict=True)}
    return VariantFields(
        **columns,
        variant_id=variant_id,
        name=name,
        barcodes=tuple(BarcodeFields(code, pack) for code, pack in json.loads(barcodes or "[]")),
        traits=tuple((kind, value) for kind, value in json.loads(traits or "[]")),
    )


def _truth(column: str, value: Any) -> Any:  # Any: a column of either type
    return bool(value) if column.startswith("is_") or column == "track_stock" else value


def _product_row(row: Any) -> ProductRow:  # Any: SQLAlchemy's row
    values: list[Any] = list(row[:14])
    values[13] = bool(values[13])
    return ProductRow(*values)


def _variant_row(row: Any, sees: bool) -> VariantRow:
    values: list[Any] = list(row[:13])
    cost, net = values[6], values.pop()
    if not sees or cost is None:
        values[6] = None
        return VariantRow(*values)
    left = net - cost
    values += [left, round_half_away(left * PPM, net) if net > 0 else None]
    return VariantRow(*values)


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
