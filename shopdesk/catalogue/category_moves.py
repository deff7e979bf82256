"""Moving a category elsewhere in the tree, and removing one with what becomes of its products."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.categories import (
    CategoryCycle,
    above,
    allow_parent,
    by_name,
    checked_name,
    last_place,
    locked_categories,
    tell,
    write_category,
)
from shopdesk.catalogue.models import Category, ProductCategory
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.folding import folded
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.history import what_changed

_JOIN_TEXT = """
INSERT INTO product_categories (product_id, category_id, is_primary, position)
SELECT :product_id, :category_id, {false}, (SELECT coalesce(max(k.position), -1) + 1 FROM product_categories k
  WHERE k.product_id = :product_id)
WHERE NOT EXISTS (SELECT 1 FROM product_categories k WHERE k.product_id = :product_id AND k.category_id = :category_id)
"""
_JOIN = Prepared(
    sqlite=_JOIN_TEXT.format(false="0"),
    postgresql=_JOIN_TEXT.format(false="false")
    .replace(":product_id", "CAST(:product_id AS bigint)")
    .replace(":category_id", "CAST(:category_id AS bigint)"),
)
_NEXT_TEXT = """
UPDATE product_categories SET is_primary = {true} WHERE product_id = :product_id AND category_id = (
  SELECT k.category_id FROM product_categories k WHERE k.product_id = :product_id
  ORDER BY CASE WHEN k.category_id = :target THEN 0 ELSE 1 END, k.position, k.category_id LIMIT 1)
"""
_NEXT_PRIMARY = Prepared(sqlite=_NEXT_TEXT.format(true="1"), postgresql=_NEXT_TEXT.format(true="true"))
_RAISE_PRODUCT = Prepared(
    sqlite="UPDATE products SET version = version + 1 WHERE id = :id",
    postgresql="UPDATE products SET version = version + 1 WHERE id = :id",
)
"""A form that shows the product's categories grows stale."""


class CategoryInUse(ShopError):
    """A category with products or categories below it."""

    code = "category_in_use"
    sentence = N_("{name} is not empty: move its products and categories first.")


@dataclass(frozen=True, slots=True)
class MoveCategory:
    """Put a category below ``parent_id`` (None: at the top), before its sibling ``before_id`` (None: as the last one)."""

    category_id: int
    version: int
    parent_id: int | None = None
    before_id: int | None = None


@dataclass(frozen=True, slots=True)
class RemoveCategory:
    """The category to remove. ``content`` says what becomes of what is in it.

    ``refuse``: it must be empty. ``move``: products and categories below it go to ``move_to``; without one the categories go
    to the top and the products are only taken out of this one. A product whose primary category it was takes the new one,
    else the next it has.
    """

    category_id: int
    content: str = "refuse"
    move_to: int | None = None


def move_category(uow: UnitOfWork, command: MoveCategory) -> None:
    """Put a category elsewhere in the tree, among its siblings where it is wanted; refuses cycles and a name twice."""
    uow.require(Permission.CATALOGUE_EDIT)
    rows = locked_categories(uow)
    before = rows.get(command.category_id)
    if before is None:
        raise NotFound(_("Category"), command.category_id)
    checked_name(uow, before.name, command.parent_id, command.category_id)
    allow_parent(rows, command.category_id, command.parent_id, before.name)
    siblings = [row for row in rows.values() if row.parent_id == command.parent_id and row.id != command.category_id]
    siblings.sort(key=lambda row: (row.position, folded(row.name), row.id))
    order = [row.id for row in siblings]
    if command.before_id is None:
        order.append(command.category_id)
    elif command.before_id in order:
        order.insert(order.index(command.before_id), command.category_id)
    else:
        raise NotFound(_("Category"), command.before_id)
    place = order.index(command.category_id)
    values: dict[str, object] = {"parent_id": command.parent_id, "position": place}
    write_category(uow, command.category_id, command.version, values, before.name)
    for position, category_id in enumerate(order):  # the others only make room: nobody's form about them grows stale
        if category_id != command.category_id and rows[category_id].position != position:
            uow.connection.execute(sa.update(Category).where(Category.id == category_id).values(position=position))
    was: dict[str, object] = {"parent_id": before.parent_id, "position": before.position}
    by_name(rows, was, values)
    tell(uow, "category.move", command.category_id, {"name": before.name, **what_changed(was, values)})


def remove_category(uow: UnitOfWork, command: RemoveCategory) -> None:
    """Remove a category; what is in it is moved as the command says, or keeps it where it is (CategoryInUse)."""
    uow.require(Permission.CATALOGUE_EDIT)
    rows = locked_categories(uow)
    before = rows.get(command.category_id)
    if before is None:
        raise NotFound(_("Category"), command.category_id)
    if command.content not in {"refuse", "move"}:
        raise BadField("content", _("must be refuse or move."))
    children = [row for row in rows.values() if row.parent_id == command.category_id]
    moved = 0
    if command.content == "refuse":
        used = sa.select(sa.exists().where(ProductCategory.category_id == command.category_id))
        if children or uow.connection.execute(used).scalar():
            raise CategoryInUse(name=before.name)
    else:
        if command.move_to is not None:
            if command.move_to not in rows:
                raise NotFound(_("Category"), command.move_to)
            if command.category_id in above(rows, command.move_to):
                raise CategoryCycle(field="move_to", name=before.name)
        for child in children:
            checked_name(uow, child.name, command.move_to, child.id)
            values: dict[str, object] = {"parent_id": command.move_to, "position": last_place(uow, command.move_to)}
            write_category(uow, child.id, child.version, values, child.name)
        moved = _move_products(uow, command.category_id, command.move_to)
    uow.connection.execute(sa.delete(Category).where(Category.id == command.category_id))
    details = {"name": before.name, "products": moved, "categories": len(children)}
    tell(uow, "category.remove", command.category_id, {**details, "moved_to": command.move_to or 0})


def _move_products(uow: UnitOfWork, category_id: int, target_id: int | None) -> int:
    """Take products out of a category and put them into another; each that had a primary one has one again."""
    mine = sa.select(ProductCategory.product_id, ProductCategory.is_primary).where(
        ProductCategory.category_id == category_id
    )
    rows = uow.connection.execute(mine.order_by(ProductCategory.product_id)).all()
    if not rows:
        return 0
    uow.connection.execute(sa.delete(ProductCategory).where(ProductCategory.category_id == category_id))
    batch = uow.batch()
    if target_id is not None:
        values = [{"product_id": row.product_id, "category_id": target_id} for row in rows]
        batch.add(_JOIN, values)
    orphans = [{"product_id": row.product_id, "target": target_id or 0} for row in rows if row.is_primary]
    batch.add(_NEXT_PRIMARY, orphans)
    batch.add(_RAISE_PRODUCT, [{"id": row.product_id} for row in rows])
    batch.send()
    uow.changed("Product")
    return len(rows)
