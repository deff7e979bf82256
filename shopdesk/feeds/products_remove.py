"""New products taken back: out of the catalogue as a deleted product is, their codes and handles free again."""

from __future__ import annotations

from collections.abc import Sequence

from shopdesk.catalogue.search_index import refresh_search
from shopdesk.core.clock import to_micros
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import UnitOfWork


def _both(text: str) -> Prepared:
    return Prepared(
        sqlite=text.format(ids="(SELECT value FROM json_each(:ids))"),
        postgresql=text.format(ids="(SELECT unnest(CAST(:ids AS bigint[])))"),
    )


_VARIANTS = _both("SELECT id FROM product_variants WHERE product_id IN {ids}")
_BARCODES = _both(
    "DELETE FROM variant_barcodes WHERE variant_id IN (SELECT id FROM product_variants WHERE product_id IN {ids})"
)
_FREE = _both(
    "UPDATE product_variants SET sku = 'deleted:' || id, is_active = false, version = version + 1 WHERE product_id IN {ids}"
)
_KEEP_SKUS = _both(
    "INSERT INTO freed_codes (variant_id, kind, code, pack_quantity, was_active) "
    "SELECT id, 'sku', sku, 1000, is_active FROM product_variants WHERE product_id IN {ids} ORDER BY id"
)
_KEEP_BARCODES = _both(
    "INSERT INTO freed_codes (variant_id, kind, code, pack_quantity, was_active) "
    "SELECT b.variant_id, 'barcode', b.barcode, b.pack_quantity, true FROM variant_barcodes b "
    "JOIN product_variants v ON v.id = b.variant_id WHERE v.product_id IN {ids} ORDER BY b.id"
)
_CLOSE = _both(
    "UPDATE products SET deleted_at = :at, deleted_by = :by, version = version + 1 WHERE id IN {ids} AND deleted_at IS NULL"
)


def remove_products(uow: UnitOfWork, product_ids: Sequence[int]) -> None:
    """Delete products as ``delete_product`` does, many at once."""
    if not product_ids:
        return
    ids = array(uow.dialect, sorted(product_ids))
    batch = uow.batch()
    variants = batch.add(_VARIANTS, {"ids": ids})
    batch.add(_KEEP_SKUS, {"ids": ids})
    batch.add(_KEEP_BARCODES, {"ids": ids})
    batch.add(_BARCODES, {"ids": ids})
    batch.add(_FREE, {"ids": ids})
    batch.add(_CLOSE, {"ids": ids, "at": to_micros(uow.clock.now()), "by": uow.actor.user_id or None})
    batch.send()
    refresh_search(uow, [row[0] for row in variants.rows])
