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
    tree = sa.select(Category.id).where(Category.id == category_id).cte("below", recursive=True)
    tree = tree.union(sa.select(Category.id).where(Category.parent_id == tree.c.id))
    products = sa.select(ProductCategory.product_id).where(ProductCategory.category_id.in_(sa.select(tree.c.id)))
    return sa.select(ProductVariant.id).where(ProductVariant.product_id.in_(products))


def narrowed_goods(reader: Reader, request: PageRequest, variant_id: Any) -> tuple[list[sa.ColumnElement[bool]], bool]:
    """What the filters ``category`` and ``warehouse`` ask of a variant's id, and whether few goods are left by it.

    One statement where one of the filters is set, none otherwise.
    """
    shelf, place = request.filter("category"), request.filter("warehouse")
    lists: list[sa.Select[Any]] = []
    if shelf is not None:
        lists.append(variants_below(shelf))
    if place is not None:
        lists.append(sa.select(StockLevel.variant_id).where(StockLevel.warehouse_id == place))
    if not lists:
        return [], False
    sizes = [sa.select(sa.func.count()).select_from(one.limit(MANY).subquery()).scalar_subquery() for one in lists]
    counts = reader.connection.execute(sa.select(*sizes)).one()
    few = [count < MANY for count in counts]
    conditions: list[sa.ColumnElement[bool]] = []
    for one, short in zip(lists, few, strict=True):
        column = one.selected_columns[0]
        conditions.append(variant_id.in_(one) if short else sa.exists(one.where(column == variant_id)))
    return conditions, any(few)
