"""Writing what people edit in the catalogue: the version that was shown and no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NoReturn

import sqlalchemy as sa

from shopdesk.catalogue.models import Product
from shopdesk.core.errors import ChangedMeanwhile, NotFound
from shopdesk.core.i18n import _
from shopdesk.db.saving import save_row as save_row  # noqa: PLC0414 - handed on
from shopdesk.db.unit import UnitOfWork


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
