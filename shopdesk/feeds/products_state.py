"""What the shop holds of the products that a chunk of a file speaks of: a few statements, whatever the chunk's length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopdesk.core.i18n import _
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader

PRODUCT_COLUMNS = {
    "handle": "slug",
    "title": "title",
    "description": "description",
    "status": "status",
    "badge": "badge",
    "active": "is_active",
    "unit": "unit",
    "weighed": "is_weighed",
    "weight": "weight_grams",
    "length": "length_mm",
    "width": "width_mm",
    "height": "height_mm",
    "tax": "tax_class_id",
}
VARIANT_COLUMNS = {
    "sku": "sku",
    "variant": "name",
    "price": "price_cents",
    "compare_at": "compare_at_cents",
    "cost": "cost_cents",
    "tracked": "track_stock",
    "policy": "inventory_policy",
    "variant_active": "is_active",
}
_FLAGS = ("active", "weighed", "tracked", "variant_active")


class ProductState:
    """A product as it is: its values by meaning, and its variants in order."""

    __slots__ = ("deleted", "id", "values", "variants", "version")

    def __init__(self, id: int, version: int, deleted: bool, values: dict[str, object]) -> None:
        self.id = id
        self.version = version
        self.deleted = deleted
        self.values = values
        self.variants: list[VariantState] = []


class VariantState:
    """A variant as it is; ``stock`` is what lies in each warehouse, in thousandths."""

    __slots__ = ("id", "product_id", "stock", "values", "version")

    def __init__(self, id: int, product_id: int, version: int, values: dict[str, object]) -> None:
        self.id = id
        self.product_id = product_id
        self.version = version
        self.values = values
        self.stock: dict[int, int] = {}


def _pair(text: str, lists: str = "ids", kind: str = "bigint", lock: str = "") -> Prepared:
    """A statement over a list of keys: ``{keys}`` stands for the list."""
    return Prepared(
        sqlite=text.format(keys=f"(SELECT value FROM json_each(:{lists}))"),
        postgresql=text.format(keys=f"(SELECT unnest(CAST(:{lists} AS {kind}[])))") + lock,
    )


_BY_HANDLE = _pair("SELECT id FROM products WHERE slug IN {keys}", "handles", "text")
_BY_SKU = _pair("SELECT sku, product_id FROM product_variants WHERE sku IN {keys}", "skus", "text")
_OWNERS = _pair(
    "SELECT b.barcode, b.variant_id, p.title, v.sku FROM variant_barcodes b JOIN product_variants v ON v.id = b.variant_id "
    "JOIN products p ON p.id = v.product_id WHERE b.barcode IN {keys}",
    "codes",
    "text",
)
_PRODUCT_TEXT = (
    "SELECT p.id, p.version, p.deleted_at IS NOT NULL, "
    + ", ".join(f"p.{column}" for column in PRODUCT_COLUMNS.values())
    + " FROM products p WHERE p.id IN {keys} ORDER BY p.id"
)
_PRODUCTS = _pair(_PRODUCT_TEXT)
_PRODUCTS_LOCKED = _pair(_PRODUCT_TEXT, lock=" FOR UPDATE")
_VARIANTS = _pair(
    "SELECT v.id, v.product_id, v.version, "
    + ", ".join(f"v.{column}" for column in VARIANT_COLUMNS.values())
    + " FROM product_variants v WHERE v.product_id IN {keys} ORDER BY v.product_id, v.position, v.id"
)
_OF_VARIANTS = "WHERE v.product_id IN {keys} ORDER BY "
_BARCODES = _pair(
    "SELECT b.variant_id, b.barcode, b.pack_quantity FROM product_variants v JOIN variant_barcodes b "
    "ON b.variant_id = v.id " + _OF_VARIANTS + "b.id"
)
_TRAITS = _pair(
    "SELECT t.variant_id, t.type, t.value FROM product_variants v JOIN variant_traits t ON t.variant_id = v.id "
    + _OF_VARIANTS
    + "t.variant_id, t.position, t.id"
)
_STOCK = _pair(
    "SELECT s.variant_id, s.warehouse_id, s.on_hand FROM product_variants v JOIN stock_levels s ON s.variant_id = v.id "
    + _OF_VARIANTS
    + "s.variant_id, s.warehouse_id"
)
_CATEGORIES = _pair(
    "SELECT product_id, category_id FROM product_categories WHERE product_id IN {keys} "
    "ORDER BY product_id, is_primary DESC, position, category_id"
)
_ATTRIBUTES = _pair(
    "SELECT product_id, name, value, coalesce(unit, '') FROM product_attributes WHERE product_id IN {keys} "
    "ORDER BY product_id, position, id"
)
_IMAGES = _pair(
    "SELECT product_id, source_url, alt_text FROM product_images WHERE product_id IN {keys} AND source_url IS NOT NULL "
    "ORDER BY product_id, position, id"
)
_ORIGINS = _pair("SELECT product_id, cells FROM product_origins WHERE product_id IN {keys}")


class Found:
    """Products by id, by handle and by the SKUs of their variants, and whose each barcode is."""

    def __init__(self) -> None:
        self.products: dict[int, ProductState] = {}
        self.by_handle: dict[object, ProductState] = {}
        self.by_sku: dict[object, VariantState] = {}
        self.owners: dict[object, tuple[int, str]] = {}


def find_products(
    reader: Reader,
    handles: Sequence[object],
    skus: Sequence[object],
    codes: Sequence[object],
    *,
    keys: Iterable[str],
    categories: dict[int, tuple[str, ...]],
    lock: bool,
) -> Found:
    """The products of these handles and SKUs with what the ``keys`` of a file need to be compared with."""
    found = Found()
    dialect = reader.dialect
    batch = reader.batch()
    by_handle = batch.add(_BY_HANDLE, {"handles": array(dialect, handles)})
    by_sku = batch.add(_BY_SKU, {"skus": array(dialect, skus)})
    owners = batch.add(_OWNERS, {"codes": array(dialect, codes)}) if codes else None
    batch.send()
    if owners is not None:
        for barcode, variant_id, title, sku in owners.rows:
            found.owners[barcode] = (variant_id, _("{title} ({sku})").format(title=title, sku=sku))
    ids = {row[0] for row in by_handle.rows} | {row[1] for row in by_sku.rows}
    if ids:
        read_products(reader, found, sorted(ids), keys=keys, categories=categories, lock=lock)
    return found


def read_products(
    reader: Reader,
    found: Found,
    ids: Sequence[int],
    *,
    keys: Iterable[str],
    categories: dict[int, tuple[str, ...]],
    lock: bool = False,
) -> None:
    """Read products by id into ``found``; one statement for each table that the keys speak of."""
    wanted = set(keys)
    chosen = {"ids": array(reader.dialect, ids)}
    batch = reader.batch()
    products = batch.add(_PRODUCTS_LOCKED if lock else _PRODUCTS, chosen)
    variants = batch.add(_VARIANTS, chosen)
    barcodes = batch.add(_BARCODES, chosen) if "barcodes" in wanted else None
    traits = batch.add(_TRAITS, chosen) if "traits" in wanted else None
    stock = batch.add(_STOCK, chosen) if "stock" in wanted else None
    shelves = batch.add(_CATEGORIES, chosen) if "category" in wanted else None
    facts = batch.add(_ATTRIBUTES, chosen) if "attributes" in wanted else None
    images = batch.add(_IMAGES, chosen) if "images" in wanted else None
    origins = batch.add(_ORIGINS, chosen) if "origin" in wanted else None
    batch.send()
    names, own_names = tuple(PRODUCT_COLUMNS), tuple(VARIANT_COLUMNS)
    empty: dict[str, object] = {"category": (), "attributes": (), "images": (), "origin": ""}
    empty = {key: value for key, value in empty.items() if key in wanted}
    own_empty: dict[str, object] = {key: () for key in ("barcodes", "traits") if key in wanted}
    for row in products.rows:
        values = dict(zip(names, row[3:], strict=True))
        values["active"] = bool(values["active"])
        values["weighed"] = bool(values["weighed"])
        values.update(empty)
        state = ProductState(row[0], row[1], bool(row[2]), values)
        found.products[state.id] = state
        found.by_handle[values["handle"]] = state
    by_id: dict[int, VariantState] = {}
    for row in variants.rows:
        values = dict(zip(own_names, row[3:], strict=True))
        values["tracked"] = bool(values["tracked"])
        values["variant_active"] = bool(values["variant_active"])
        values.update(own_empty)
        variant = VariantState(row[0], row[1], row[2], values)
        by_id[variant.id] = variant
        found.products[variant.product_id].variants.append(variant)
        found.by_sku[values["sku"]] = variant
    for outcome, key in ((barcodes, "barcodes"), (traits, "traits")):
        for row in outcome.rows if outcome is not None else ():
            owner = by_id[row[0]].values
            owner[key] = (*owner[key], row[1:])  # type: ignore[misc]  # tuples of pairs
    for variant_id, warehouse_id, on_hand in stock.rows if stock is not None else ():
        by_id[variant_id].stock[warehouse_id] = on_hand
    for product_id, category_id in shelves.rows if shelves is not None else ():
        values = found.products[product_id].values
        values["category"] = (*values["category"], categories.get(category_id, ("?",)))  # type: ignore[misc]
    for outcome, key in ((facts, "attributes"), (images, "images")):
        for row in outcome.rows if outcome is not None else ():
            values = found.products[row[0]].values
            values[key] = (*values[key], row[1:])  # type: ignore[misc]
    for product_id, cells in origins.rows if origins is not None else ():
        found.products[product_id].values["origin"] = cells
