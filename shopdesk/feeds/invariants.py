"""What must hold of imports (I31) and of the files they keep (I40)."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator

import sqlalchemy as sa

from shopdesk.core.i18n import N_
from shopdesk.db.invariants import Check, Found, check, query, stream

_PIECES = query(
    "SELECT b.storage_key, b.size_bytes, b.checksum, p.position, p.content FROM blobs b "
    "LEFT JOIN file_pieces p ON p.blob_id = b.id WHERE b.provider = 'pieces' "
    "AND EXISTS (SELECT 1 FROM product_feeds f WHERE f.blob_id = b.id) ORDER BY b.id, p.position"
)


def feed_checks() -> Iterator[Check]:
    """Figures of imports against the rows behind them."""
    yield check(
        "I31",
        N_("import whose rows are not good or bad"),
        "SELECT f.id, f.file_name, f.rows_total, f.rows_processed, f.rows_good, f.rows_bad FROM product_feeds f "
        "WHERE f.rows_processed <> f.rows_good + f.rows_bad OR f.rows_processed > f.rows_total "
        "OR f.status IN ('checked', 'done', 'undone') AND f.rows_processed <> f.rows_total AND f.error = ''",
    )
    yield check(
        "I31",
        N_("import whose changes are not listed"),
        "SELECT f.id, f.file_name, f.made + f.changed AS counted, count(c.feed_id) AS listed FROM product_feeds f "
        "LEFT JOIN feed_changes c ON c.feed_id = f.id WHERE f.status IN ('checked', 'done', 'undone', 'cancelled') "
        "GROUP BY f.id, f.file_name, f.made, f.changed HAVING f.made + f.changed <> count(c.feed_id)",
        fast=False,
    )
    yield check(
        "I31",
        N_("change of an import that names nothing"),
        "SELECT c.feed_id, c.position, c.name FROM feed_changes c WHERE c.state <> 'planned' AND c.target_id IS NULL",
        fast=False,
    )


def compare_pieces(connection: sa.Connection, found: Found) -> None:
    """Every file that came in is there, piece by piece, in its size and with its checksum (I40)."""
    name, size, checksum, wanted = "", 0, "", 0
    digest, length, sound = hashlib.sha256(), 0, True

    def close() -> None:
        if name and (not sound or length != size or digest.hexdigest() != checksum):
            found.add("I40", f"file {name}: its bytes are not the ones that were stored")

    for key, bytes_there, told, position, content in stream(connection, _PIECES, {}):
        if key != name:
            close()
            name, size, checksum, wanted = key, bytes_there, told, 0
            digest, length, sound = hashlib.sha256(), 0, True
        if content is None or position != wanted:
            sound = content is None and size == 0
            continue
        wanted += 1
        try:
            part = zlib.decompress(bytes(content))
        except zlib.error:
            sound = False
            continue
        digest.update(part)
        length += len(part)
    close()
