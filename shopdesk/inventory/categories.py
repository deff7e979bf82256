"""Goods of a category or a warehouse, found the way that is quicker: a short list is looked up, a long one read in order."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Category, ProductCategory, ProductVariant
from shopdesk.db.paging import PageRequest
from shopdesk.db.unit import Reader
from shopdesk.inventory.models import StockLevel

MANY = 3_000
"""From so many goods on, a page reads them in the list's own order instead of looking them up and sorting them."""


def variants_below(category_id: object) -> sa.Select[Any]:  # Any: one column of ids
    """The variants of a category and of all categories below it."""
    below = ProductVariant.__table__.alias("below_variant")  # another name: it is asked beside the list's own variants
    return sa.select(below.c.id).where(below.c.product_id.in_(_shelf(category_id)))


def _shelf(category_id: object) -> sa.Select[Any]:  # Any: one column of ids
    """The products of a category and of all categories below it."""
    tree = sa.select(Category.id).where(Category.id == category_id).cte("below", recursive=True)
    tree = tree.union(sa.select(Category.id).where(Category.parent_id == tree.c.id))
    return sa.select(ProductCategory.product_id).where(ProductCategory.category_id.in_(sa.select(tree.c.id)))


def narrowed_goods(
    reader: Reader, request: PageRequest, variant_id: Any, product_id: Any
) -> tuple[list[sa.ColumnElement[bool]], bool]:
    """What the filters ``category`` and ``warehouse`` ask of a row's variant, and whether few goods are left by it.

    One statement where one of the filters is set, none otherwise.
    """
    category, place = request.filter("category"), request.filter("warehouse")
    level = StockLevel.__table__.alias("level_there")
    there = sa.select(level.c.variant_id).where(level.c.warehouse_id == place)
    # The short way, the long way, and the list whose length decides between them.
    ways: list[tuple[sa.ColumnElement[bool], sa.ColumnElement[bool], sa.Select[Any]]] = []
    if category is not None:
        shelf = _shelf(category)
        stands = sa.exists(shelf.where(ProductCategory.product_id == product_id))
        ways.append((variant_id.in_(variants_below(category)), stands, shelf))
    if place is not None:
        ways.append((variant_id.in_(there), sa.exists(there.where(level.c.variant_id == variant_id)), there))
    if not ways:
        return [], False
    sizes = [sa.select(sa.func.count()).select_from(size.limit(MANY).subquery()).scalar_subquery() for *_, size in ways]
    few = [count < MANY for count in reader.connection.execute(sa.select(*sizes)).one()]
    return [short if is_few else long for (short, long, _size), is_few in zip(ways, few, strict=True)], any(few)
