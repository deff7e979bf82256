"""What must hold of the catalogue: a tree without circles, one primary of each kind, stored files as they were (I34, I40)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import sqlalchemy as sa

from shopdesk.core.i18n import N_
from shopdesk.db.invariants import Check, Found, check, query, stream

_TREE = query("SELECT c.id, c.parent_id, c.name FROM categories c")
_BLOBS = query(
    "SELECT b.storage_key, b.size_bytes, b.checksum, b.provider, c.content FROM blobs b "
    "LEFT JOIN blob_contents c ON c.blob_id = b.id ORDER BY b.id"
)


def catalogue_checks() -> Iterator[Check]:
    """Primary categories and pictures, and every product sellable by a variant."""
    yield check(
        "I34",
        N_("product in categories without exactly one primary"),
        "SELECT p.product_id, sum(CASE WHEN p.is_primary THEN 1 ELSE 0 END) AS primaries FROM product_categories p "
        "GROUP BY p.product_id HAVING sum(CASE WHEN p.is_primary THEN 1 ELSE 0 END) <> 1",
        fast=False,
    )
    yield check(
        "I34",
        N_("product with pictures without exactly one primary"),
        "SELECT p.product_id, sum(CASE WHEN p.is_primary THEN 1 ELSE 0 END) AS primaries FROM product_images p "
        "GROUP BY p.product_id HAVING sum(CASE WHEN p.is_primary THEN 1 ELSE 0 END) <> 1",
        fast=False,
    )
    yield check(
        "I34",
        N_("picture of a product that shows another product's variant"),
        "SELECT i.id, i.product_id, i.variant_id FROM product_images i JOIN product_variants v ON v.id = i.variant_id "
        "WHERE v.product_id <> i.product_id",
        fast=False,
    )
    yield check(
        "I34",
        N_("code of a deleted product that is kept although the product is there"),
        "SELECT f.id, f.kind, f.code FROM freed_codes f JOIN product_variants v ON v.id = f.variant_id "
        "JOIN products p ON p.id = v.product_id WHERE p.deleted_at IS NULL",
        fast=False,
    )
    yield check(
        "I34",
        N_("product without a variant"),
        "SELECT p.id, p.title FROM products p WHERE p.is_active AND p.deleted_at IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM product_variants v WHERE v.product_id = p.id)",
        fast=False,
    )


def find_circles(connection: sa.Connection, found: Found) -> None:
    """Categories that are their own ancestors (I34)."""
    parents: dict[int, int | None] = {}
    names: dict[int, str] = {}
    for id, parent, name in stream(connection, _TREE, {}):
        parents[id], names[id] = parent, name
    for id, parent in parents.items():
        seen, at = {id}, parent
        while at is not None and at not in seen:
            seen.add(at)
            at = parents.get(at)
        if at == id:
            found.add("I34", f"category {names[id]} is its own ancestor")


def compare_files(connection: sa.Connection, found: Found) -> None:
    """Every stored file is there, in its size and with its checksum (I40)."""
    for key, size, checksum, provider, content in stream(connection, _BLOBS, {}):
        if provider != "database":
            continue
        if content is None:
            found.add("I40", f"file {key}: its bytes are missing")
        elif len(content) != size or hashlib.sha256(content).hexdigest() != checksum:
            found.add("I40", f"file {key}: its bytes are not the ones that were stored")
