"""What the till shows to tap: categories, products as tiles, the variants behind a tile, favourites and recent goods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shopdesk.catalogue.price_now import price_now
from shopdesk.core.clock import to_micros
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader

MOST_TILES = 200


@dataclass(frozen=True, slots=True)
class TileCategory:
    """A category that has goods on sale in it or below it; ``image_blob_id`` is the picture of one of its products."""

    id: int
    parent_id: int | None
    name: str
    image_blob_id: int | None


@dataclass(frozen=True, slots=True)
class Tile:
    """A product to tap. ``variant_id`` is its only variant, None when a choice must follow; prices are what
    everybody pays now for one unit.

    ``in_stock`` is false when every variant is tracked, may not go below zero and has nothing free in the warehouse.
    """

    product_id: int
    name: str
    price_from_cents: int
    price_to_cents: int
    unit: str
    is_weighed: bool
    variants: int
    variant_id: int | None
    image_blob_id: int | None
    in_stock: bool


@dataclass(frozen=True, slots=True)
class VariantChoice:
    """A variant behind a tile; ``traits`` are (type, value) such as ("Size", "M")."""

    variant_id: int
    sku: str
    name: str
    price_cents: int
    traits: tuple[tuple[str, str], ...]
    available_milli: int
    may_sell: bool


_ON_SALE = "p.is_active AND p.status = 'approved' AND p.deleted_at IS NULL"
_CATEGORIES = f"""
SELECT c.id, c.parent_id, c.name, (
    SELECT i.blob_id FROM (SELECT product_id, position FROM product_categories WHERE category_id = c.id LIMIT 50) pc
    JOIN products p ON p.id = pc.product_id JOIN product_images i ON i.product_id = p.id AND i.is_primary
    WHERE {_ON_SALE} ORDER BY pc.position, p.id LIMIT 1),
  EXISTS (SELECT 1 FROM product_categories pc JOIN products p ON p.id = pc.product_id
    WHERE pc.category_id = c.id AND {_ON_SALE})
FROM categories c ORDER BY c.position, c.name, c.id
"""
_TILE = """
SELECT p.id, p.title, min({price}), max({price}), p.unit, p.is_weighed, count(*), min(v.id), min(i.blob_id),
  max(CASE WHEN NOT v.track_stock OR v.inventory_policy = 'continue' OR s.on_hand - s.reserved > 0 THEN 1 ELSE 0 END)
FROM ({chosen}) k JOIN products p ON p.id = k.id
  JOIN product_variants v ON v.product_id = p.id AND v.is_active
  LEFT JOIN stock_levels s ON s.variant_id = v.id AND s.warehouse_id = :warehouse_id
  LEFT JOIN product_images i ON i.product_id = p.id AND i.is_primary
WHERE {on_sale}
GROUP BY p.id, p.title, p.unit, p.is_weighed, k.place ORDER BY k.place, p.title, p.id LIMIT :most
"""
_IN_CATEGORY = """
WITH RECURSIVE below(id) AS (
  SELECT CAST(:category_id AS {integer}) UNION ALL SELECT c.id FROM categories c JOIN below ON c.parent_id = below.id)
SELECT pc.product_id AS id, min(pc.position) AS place FROM product_categories pc
WHERE pc.category_id IN (SELECT id FROM below) GROUP BY pc.product_id ORDER BY 2, 1 LIMIT 400
"""
_FAVOURITES = "SELECT f.product_id AS id, f.position AS place FROM till_favourites f"
_RECENT = """
SELECT product_id AS id, -max(o.id) AS place FROM (
    SELECT id FROM orders WHERE till_id = :till_id ORDER BY placed_at DESC, id DESC LIMIT 40) o
  JOIN order_items t ON t.order_id = o.id WHERE t.product_id IS NOT NULL GROUP BY t.product_id
"""
_VARIANTS = """
SELECT v.id, v.sku, v.name, {price}, t.type, t.value, coalesce(s.on_hand - s.reserved, 0),
  NOT v.track_stock OR v.inventory_policy = 'continue'
FROM product_variants v
  LEFT JOIN variant_traits t ON t.variant_id = v.id
  LEFT JOIN stock_levels s ON s.variant_id = v.id AND s.warehouse_id = :warehouse_id
WHERE v.product_id = :product_id AND v.is_active ORDER BY v.position, v.id, t.position
"""
_PICTURES_OF = Prepared(
    sqlite="SELECT product_id, blob_id FROM product_images WHERE is_primary "
    "AND product_id IN (SELECT value FROM json_each(:ids))",
    postgresql="SELECT product_id, blob_id FROM product_images WHERE is_primary "
    "AND product_id = ANY(CAST(:ids AS bigint[]))",
)


def _both(text: str) -> Prepared:
    text = text.replace("{price}", price_now())
    return Prepared(sqlite=text.replace("{integer}", "INTEGER"), postgresql=text.replace("{integer}", "BIGINT"))


_ASK_CATEGORIES = _both(_CATEGORIES)
_ASK_CATEGORY = _both(_TILE.replace("{chosen}", _IN_CATEGORY).replace("{on_sale}", _ON_SALE))
_ASK_FAVOURITES = _both(_TILE.replace("{chosen}", _FAVOURITES).replace("{on_sale}", _ON_SALE))
_ASK_RECENT = _both(_TILE.replace("{chosen}", _RECENT).replace("{on_sale}", _ON_SALE))
_ASK_VARIANTS = _both(_VARIANTS)


def tile_categories(reader: Reader) -> tuple[TileCategory, ...]:
    """The categories with goods on sale in them or below, in the shop's order; one statement."""
    batch = reader.batch()
    found = batch.add(_ASK_CATEGORIES)
    batch.send()
    parents = {row[0]: row[1] for row in found.rows}
    shown: set[int] = set()
    pictures: dict[int, int | None] = {}
    for row in found.rows:
        at: int | None = row[0] if row[4] else None
        while at is not None and at not in shown:
            shown.add(at)
            at = parents.get(at)
        at = row[0]
        while at is not None and row[3] is not None and pictures.get(at) is None:
            pictures[at] = row[3]
            at = parents.get(at)
    return tuple(
        TileCategory(row[0], row[1], row[2], row[3] or pictures.get(row[0])) for row in found.rows if row[0] in shown
    )


def category_tiles(reader: Reader, category_id: int, warehouse_id: int) -> tuple[Tile, ...]:
    """The products on sale in a category and below it, at most 200; one statement."""
    return _tiles(reader, _ASK_CATEGORY, {"category_id": category_id, "warehouse_id": warehouse_id})


def favourite_tiles(reader: Reader, warehouse_id: int) -> tuple[Tile, ...]:
    """The favourites in their places."""
    return _tiles(reader, _ASK_FAVOURITES, {"warehouse_id": warehouse_id})


def recent_tiles(reader: Reader, till_id: int, warehouse_id: int, limit: int = 24) -> tuple[Tile, ...]:
    """The products of a till's last sales, the last sold first."""
    return _tiles(reader, _ASK_RECENT, {"till_id": till_id, "warehouse_id": warehouse_id}, limit)


def variant_choices(reader: Reader, product_id: int, warehouse_id: int) -> tuple[VariantChoice, ...]:
    """The variants behind a tile in their order, with what tells them apart."""
    batch = reader.batch()
    values = {"product_id": product_id, "warehouse_id": warehouse_id, "now": to_micros(reader.clock.now())}
    found = batch.add(_ASK_VARIANTS, values)
    batch.send()
    traits: dict[int, list[tuple[str, str]]] = {}
    rows = {}
    for row in found.rows:
        rows[row[0]] = row
        if row[4] is not None:
            traits.setdefault(row[0], []).append((row[4], row[5]))
    return tuple(
        VariantChoice(key, row[1], row[2], row[3], tuple(traits.get(key, ())), row[6], bool(row[7]) or row[6] > 0)
        for key, row in rows.items()
    )


def primary_pictures(reader: Reader, product_ids: Sequence[int]) -> dict[int, int]:
    """The blob ids of products' primary pictures, by product."""
    batch = reader.batch()
    found = batch.add(_PICTURES_OF, {"ids": array(reader.dialect, sorted(set(product_ids)))})
    batch.send()
    return {row[0]: row[1] for row in found.rows if row[1] is not None}


def _tiles(reader: Reader, statement: Prepared, values: dict[str, object], most: int = MOST_TILES) -> tuple[Tile, ...]:
    batch = reader.batch()
    found = batch.add(statement, {**values, "most": most, "now": to_micros(reader.clock.now())})
    batch.send()
    return tuple(
        Tile(
            product_id=row[0],
            name=row[1],
            price_from_cents=row[2],
            price_to_cents=row[3],
            unit=row[4],
            is_weighed=bool(row[5]),
            variants=row[6],
            variant_id=row[7] if row[6] == 1 else None,
            image_blob_id=row[8],
            in_stock=bool(row[9]),
        )
        for row in found.rows
    )
