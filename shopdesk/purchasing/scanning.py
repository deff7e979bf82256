"""A scan on a delivery or an order: our barcode, our SKU, the supplier's own code, or a code that carries a weight."""

from __future__ import annotations

from dataclasses import dataclass

from shopdesk.catalogue.codes import gtin_forms
from shopdesk.catalogue.lookup import Counter, UnknownProduct, sellable_by_code
from shopdesk.catalogue.search import search_goods
from shopdesk.core.money import MILLI
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader
from shopdesk.purchasing.goods import Article, find_articles


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a code stands for, and how much of it one scan counts: one unit, or the pack that bears the code."""

    article: Article
    quantity_milli: int


_CODES = """
SELECT b.variant_id, b.pack_quantity, 0 AS how FROM {codes} JOIN variant_barcodes b ON b.barcode = k.value
UNION ALL SELECT v.id, :one, 1 FROM product_variants v WHERE v.sku = :code
UNION ALL SELECT i.variant_id, i.pack_quantity, 2 FROM supplier_items i
  WHERE i.supplier_id = :supplier AND i.supplier_code = :code AND i.supplier_code <> ''
ORDER BY how LIMIT 1
"""
_FIND = Prepared(
    sqlite=_CODES.format(codes="json_each(:codes) k"),
    postgresql=_CODES.format(codes="unnest(CAST(:codes AS text[])) AS k(value)").replace(
        ":one", "CAST(:one AS bigint)"
    ),
)


def scanned(reader: Reader, code: str, supplier_id: int, warehouse_id: int) -> Scanned | None:
    """What a code stands for, None for one that nobody knows. Goods that are no longer sold are found too: they may come
    all the same. Two statements for a plain code."""
    code = code.strip()
    if not code:
        return None
    codes = list(dict.fromkeys((code, *gtin_forms(code))))
    batch = reader.batch()
    found = batch.add(
        _FIND, {"codes": array(reader.dialect, codes), "code": code, "supplier": supplier_id, "one": MILLI}
    )
    batch.send()
    if found.one is not None:
        variant_id, quantity = found.one[:2]
    else:
        try:
            sold = sellable_by_code(reader, code, Counter(warehouse_id=warehouse_id, now=reader.clock.now()))
        except UnknownProduct:
            return None
        variant_id, quantity = sold.variant_id, sold.quantity_milli
    article = find_articles(reader, supplier_id, [variant_id])[0].get(variant_id)
    return None if article is None else Scanned(article, quantity)


def goods_to_buy(reader: Reader, text: str, supplier_id: int, warehouse_id: int, limit: int = 8) -> list[Article]:
    """The goods that a text finds, as a supplier sells them, best first."""
    found = search_goods(reader, text, warehouse_id, limit=limit).goods
    articles = find_articles(reader, supplier_id, [one.variant_id for one in found])[0]
    return [articles[one.variant_id] for one in found if one.variant_id in articles]
