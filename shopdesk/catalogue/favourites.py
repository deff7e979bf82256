"""The till's page of favourites: products in places that do not move."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, TillFavourite
from shopdesk.core.errors import BadField, NotFound
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class SetFavourite:
    """Put a product on the page (at its end) or take it off."""

    product_id: int
    is_favourite: bool


@dataclass(frozen=True, slots=True)
class ArrangeFavourites:
    """All favourites in their new order."""

    product_ids: tuple[int, ...]


def set_favourite(uow: UnitOfWork, command: SetFavourite) -> None:
    """Put a product on the favourites page or take it off; doing it again changes nothing."""
    uow.require(Permission.CATALOGUE_EDIT)
    place = TillFavourite.product_id == command.product_id
    if not command.is_favourite:
        uow.connection.execute(sa.delete(TillFavourite).where(place))
    elif uow.connection.execute(sa.select(TillFavourite.id).where(place)).first() is None:
        known = sa.select(Product.id).where(Product.id == command.product_id, Product.deleted_at.is_(None))
        if uow.connection.execute(known).first() is None:
            raise NotFound(_("Product"), command.product_id)
        last = uow.connection.execute(sa.select(sa.func.max(TillFavourite.position))).scalar()
        uow.connection.execute(
            sa.insert(TillFavourite).values(product_id=command.product_id, position=0 if last is None else last + 1)
        )
    uow.changed("TillFavourite")


def arrange_favourites(uow: UnitOfWork, command: ArrangeFavourites) -> None:
    """Put the favourites in a new order; every one must be named once."""
    uow.require(Permission.CATALOGUE_EDIT)
    known = set(uow.connection.execute(sa.select(TillFavourite.product_id)).scalars())
    if set(command.product_ids) != known or len(command.product_ids) != len(known):
        raise BadField("product_ids", _("must name every favourite once."))
    for position, product_id in enumerate(command.product_ids):
        place = TillFavourite.product_id == product_id
        uow.connection.execute(sa.update(TillFavourite).where(place).values(position=position))
    uow.changed("TillFavourite")
