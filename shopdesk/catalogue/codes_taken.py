"""Whose SKU or barcode it is: asked before writing, so that the refusal can name the other product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from shopdesk.catalogue.product_fields import CodeTaken
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader

_OWNERS = """
SELECT v.sku, v.id, p.title, 'sku', p.id FROM {skus} JOIN product_variants v ON v.sku = k.value
  JOIN products p ON p.id = v.product_id
UNION ALL
SELECT b.barcode, b.variant_id, p.title, 'barcode', p.id FROM {barcodes} JOIN variant_barcodes b ON b.barcode = k.value
  JOIN product_variants v ON v.id = b.variant_id JOIN products p ON p.id = v.product_id
"""
_FIND = Prepared(
    sqlite=_OWNERS.format(skus="json_each(:skus) k", barcodes="json_each(:barcodes) k"),
    postgresql=_OWNERS.format(
        skus="unnest(CAST(:skus AS text[])) AS k(value)", barcodes="unnest(CAST(:barcodes AS text[])) AS k(value)"
    ),
)


def refuse_taken_codes(
    reader: Reader,
    skus: Sequence[str],
    barcodes: Sequence[str],
    *,
    own: Iterable[int] = (),
    paths: Mapping[str, str] | None = None,
    barcode_paths: Mapping[str, str] | None = None,
) -> None:
    """Raise CodeTaken when a SKU or barcode belongs to a variant other than ``own``; one statement.

    ``paths`` names the field of each code for the refusal (else ``sku`` and ``barcode``); ``barcode_paths`` those of the
    barcodes alone, where a barcode may read like a SKU.
    """
    batch = reader.batch()
    found = batch.add(_FIND, {"skus": array(reader.dialect, skus), "barcodes": array(reader.dialect, barcodes)})
    batch.send()
    mine = set(own)
    for code, variant_id, title, kind, product_id in found.rows:
        if variant_id not in mine:
            known = paths if kind == "sku" or barcode_paths is None else barcode_paths
            raise CodeTaken((known or {}).get(code, kind), code, title, product_id)


def codes_in_use(reader: Reader, codes: Sequence[str], own: Iterable[int] = ()) -> dict[str, tuple[int, str]]:
    """Which of these SKUs and barcodes another product has: its id and name by code; one statement.

    ``own`` are the variants whose codes do not count. For forms, which say it while somebody types; saving asks again.
    """
    batch = reader.batch()
    wanted = array(reader.dialect, list(dict.fromkeys(codes)))
    found = batch.add(_FIND, {"skus": wanted, "barcodes": wanted})
    batch.send()
    mine = set(own)
    return {row[0]: (row[4], row[2]) for row in found.rows if row[1] not in mine}
