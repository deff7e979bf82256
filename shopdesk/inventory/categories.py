"""Goods by their place in the catalogue's tree."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Category, ProductCategory, ProductVariant


def variants_below(category_id: object) -> sa.Select[Any]:  # Any: one column of ids
    """The variants of a category and of all categories below it."""
    tree = sa.select(Category.id).where(Category.id == category_id).cte("below", recursive=True)
    tree = tree.union(sa.select(Category.id).where(Category.parent_id == tree.c.id))
    products = sa.select(ProductCategory.product_id).where(ProductCategory.category_id.in_(sa.select(tree.c.id)))
    return sa.select(ProductVariant.id).where(ProductVariant.product_id.in_(products))
