"""The goods of purchasing's documents: variants found by id or SKU, with what a supplier calls them and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.core.money import MILLI
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader
from shopdesk.inventory.posting import UnknownStockProduct
from shopdesk.purchasing.costs import line_cost


@dataclass(frozen=True, slots=True)
class Article:
    """A variant as a supplier sells it. Without an agreement it comes singly at the shop's own cost, if that is known."""

    variant_id: int
    sku: str
    name: str
    unit: str
    track_stock: bool
    may_go_negative: bool
    price_cents: int
    cost_cents: int | None
    supplier_code: str
    pack_milli: int
    pack_cents: int | None
    minimum_milli: int
    is_known: bool
    tax_class_id: int | None

    @property
    def likely_pack_cents(self) -> int | None:
        """What a pack costs as far as anybody knows: the supplier's price, else our own cost of what is in it, else None."""
        if self.pack_cents is not None:
            return self.pack_cents
        return None if self.cost_cents is None else line_cost(self.pack_milli, MILLI, self.cost_cents)


_ARTICLES = """
SELECT v.id, v.sku, p.title, v.name, p.unit, v.track_stock, v.inventory_policy, v.price_cents, v.cost_cents,
  coalesce(i.supplier_code, ''), coalesce(i.pack_quantity, 1000), i.pack_cost_cents, coalesce(i.minimum_quantity, 0),
  i.id, p.tax_class_id
FROM product_variants v JOIN products p ON p.id = v.product_id
LEFT JOIN supplier_items i ON i.variant_id = v.id AND i.supplier_id = :supplier
WHERE {chosen} AND p.deleted_at IS NULL
"""
_BY_ID = Prepared(
    sqlite=_ARTICLES.format(chosen="v.id IN (SELECT value FROM json_each(:ids))"),
    postgresql=_ARTICLES.format(chosen="v.id = ANY(CAST(:ids AS bigint[]))"),
)
_BY_SKU = Prepared(
    sqlite=_ARTICLES.format(chosen="v.sku IN (SELECT value FROM json_each(:skus))"),
    postgresql=_ARTICLES.format(chosen="v.sku = ANY(CAST(:skus AS text[]))"),
)
_OF_SUPPLIER = Prepared(
    sqlite=_ARTICLES.format(chosen="i.id IS NOT NULL AND v.is_active AND p.is_active") + " ORDER BY v.sku LIMIT :most",
    postgresql=_ARTICLES.format(chosen="i.id IS NOT NULL AND v.is_active AND p.is_active")
    + " ORDER BY v.sku LIMIT :most",
)


def find_articles(
    reader: Reader, supplier_id: int, variant_ids: Iterable[int] = (), skus: Iterable[str] = ()
) -> tuple[dict[int, Article], dict[str, Article]]:
    """Articles by variant id and by SKU, as a supplier sells them; one statement for each of the two that is asked for."""
    ids, names = sorted(set(variant_ids)), sorted(set(skus))
    batch = reader.batch()
    by_id = batch.add(_BY_ID, {"supplier": supplier_id, "ids": array(reader.dialect, ids)}) if ids else None
    by_sku = batch.add(_BY_SKU, {"supplier": supplier_id, "skus": array(reader.dialect, names)}) if names else None
    batch.send()
    found = [_article(row) for row in (by_id.rows if by_id else [])]
    named = [_article(row) for row in (by_sku.rows if by_sku else [])]
    return {one.variant_id: one for one in found}, {one.sku: one for one in named}


def chosen_articles(reader: Reader, supplier_id: int, lines: Sequence[Any], field: str = "lines") -> list[Article]:
    """The article of each line (anything with ``variant_id`` and ``sku``), in the lines' order.

    Raises UnknownStockProduct for one that does not exist and BadField for a variant that stands there twice.
    """
    by_id, by_sku = find_articles(
        reader,
        supplier_id,
        (line.variant_id for line in lines if line.variant_id is not None),
        (line.sku.strip() for line in lines if line.variant_id is None),
    )
    articles: list[Article] = []
    seen: set[int] = set()
    for line in lines:
        known: Mapping[Any, Article] = by_id if line.variant_id is not None else by_sku
        name = line.variant_id if line.variant_id is not None else line.sku.strip()
        article = known.get(name)
        if article is None:
            raise UnknownStockProduct(name=str(name)[:64])
        if article.variant_id in seen:
            raise BadField(field, _("{sku} is there twice.").format(sku=article.sku))
        seen.add(article.variant_id)
        articles.append(article)
    return articles


def supplier_articles(reader: Reader, supplier_id: int, most: int = 500) -> tuple[Article, ...]:
    """What a supplier sells us and we still sell, by SKU."""
    batch = reader.batch()
    found = batch.add(_OF_SUPPLIER, {"supplier": supplier_id, "most": most})
    batch.send()
    return tuple(_article(row) for row in found.rows)


def _article(row: tuple[Any, ...]) -> Article:  # Any: rows as the driver gives them
    variant_id, sku, title, variant, unit, tracked, policy, price, cost, code, pack, cents, minimum, item = row[:14]
    return Article(
        variant_id=variant_id,
        sku=sku,
        name=f"{title}, {variant}" if variant else title,
        unit=unit,
        track_stock=bool(tracked),
        may_go_negative=policy == "continue",
        price_cents=price,
        cost_cents=cost,
        supplier_code=code,
        pack_milli=pack,
        pack_cents=cents,
        minimum_milli=minimum,
        is_known=item is not None,
        tax_class_id=row[14],
    )
