"""Writing one edited row: a new one, or the version that was shown and no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NoReturn

import sqlalchemy as sa

from shopdesk.catalogue.models import Product
from shopdesk.core.errors import ChangedMeanwhile, NotFound
from shopdesk.core.i18n import _
from shopdesk.db.unit import UnitOfWork


def save_row(
    uow: UnitOfWork,
    model: Any,  # Any: a mapped class with the columns of db.base.Edited
    row_id: int | None,
    version: int,
    values: dict[str, object],
    *,
    name: str,
) -> int:
    """Insert (``row_id`` None) or update a row with its stamps; returns its id. Raises ChangedMeanwhile."""
    now, user = uow.clock.now(), uow.actor.user_id or None
    if row_id is None:
        stamps = {"created_at": now, "updated_at": now, "created_by": user, "updated_by": user}
        made = uow.connection.execute(sa.insert(model).values(**values, **stamps))
        assert made.inserted_primary_key is not None
        return int(made.inserted_primary_key[0])
    changed = uow.connection.execute(
        sa.update(model)
        .where(model.id == row_id, model.version == version)
        .values(**values, updated_at=now, updated_by=user, version=model.version + 1)
    )
    if not changed.rowcount:
        raise ChangedMeanwhile(name)
    return row_id


@dataclass(frozen=True, slots=True)
class TouchedProduct:
    """What a product was before it was written."""

    title: str
    is_active: bool


def touch_product(
    uow: UnitOfWork, product_id: int, values: Mapping[str, object] = MappingProxyType({}), *, deleted: bool = False
) -> TouchedProduct:
    """Lock a product's row, write it with its stamps and a new version; raises NotFound.

    Whatever belongs to a product (a picture, a state) is written through here, so that a form that shows it grows stale.
    """
    there = Product.deleted_at.is_not(None) if deleted else Product.deleted_at.is_(None)
    found = uow.connection.execute(
        sa.select(Product.title, Product.is_active).where(Product.id == product_id, there).with_for_update()
    ).first()
    if found is None:
        raise NotFound(_("Product"), product_id)
    uow.connection.execute(
        sa.update(Product)
        .where(Product.id == product_id)
        .values(
            **values,
            version=Product.version + 1,
            updated_at=uow.clock.now(),
            updated_by=uow.actor.user_id or None,
        )
    )
    return TouchedProduct(found.title, found.is_active)


def forbid_stale(uow: UnitOfWork, product_id: int, title: str) -> NoReturn:
    """Raise ChangedMeanwhile for a product that is there in another version, NotFound for one that is gone."""
    known = sa.select(Product.id).where(Product.id == product_id, Product.deleted_at.is_(None))
    if uow.connection.execute(known).first() is None:
        raise NotFound(_("Product"), product_id)
    raise ChangedMeanwhile(title)
