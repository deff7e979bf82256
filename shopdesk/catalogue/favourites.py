"""The till's page of favourites: products in places that do not move."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, ProductVariant, TillFavourite
from shopdesk.core.errors import BadField, NotFound
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.records import audit_office


@dataclass(frozen=True, slots=True)
class FavouriteRow:
    """A favourite in its place; one that is not ``on_sale`` keeps it, but the till does not show it."""

    product_id: int
    name: str
    price_from_cents: int | None
    price_to_cents: int | None
    on_sale: bool


@dataclass(frozen=True, slots=True)
class SetFavourite:
    """Put a product on the page or take it off; ``place`` counts from 0, without it the product goes to the end."""

    product_id: int
    is_favourite: bool
    place: int | None = None


@dataclass(frozen=True, slots=True)
class ArrangeFavourites:
    """All favourites in their new order."""

    product_ids: tuple[int, ...]


def favourites(reader: Reader) -> tuple[FavouriteRow, ...]:
    """All favourites in their places with their shelf prices; one statement."""
    on_sale = sa.and_(Product.is_active, Product.deleted_at.is_(None), Product.status == "approved")
    rows = reader.connection.execute(
        sa.select(
            Product.id,
            Product.title,
            sa.func.min(ProductVariant.price_cents),
            sa.func.max(ProductVariant.price_cents),
            on_sale,
        )
        .select_from(TillFavourite)
        .join(Product, Product.id == TillFavourite.product_id)
        .outerjoin(ProductVariant, sa.and_(ProductVariant.product_id == Product.id, ProductVariant.is_active))
        .group_by(TillFavourite.id, TillFavourite.position, Product.id, Product.title, on_sale)
        .order_by(TillFavourite.position, Product.title, Product.id)
    )
    return tuple(FavouriteRow(row[0], row[1], row[2], row[3], bool(row[4]) and row[2] is not None) for row in rows)


def set_favourite(uow: UnitOfWork, command: SetFavourite) -> None:
    """Put a product on the favourites page or take it off; doing it again changes nothing."""
    uow.require(Permission.CATALOGUE_EDIT)
    order = _order(uow)
    known = sa.select(Product.title).where(Product.id == command.product_id)
    if command.is_favourite:
        known = known.where(Product.deleted_at.is_(None))
    title = uow.connection.execute(known).scalar()
    if title is None:
        raise NotFound(_("Product"), command.product_id)
    if command.is_favourite == (command.product_id in order):
        return
    if command.is_favourite:
        uow.connection.execute(sa.insert(TillFavourite).values(product_id=command.product_id, position=len(order)))
        place = len(order) if command.place is None else max(0, min(command.place, len(order)))
        order.insert(place, command.product_id)
    else:
        uow.connection.execute(sa.delete(TillFavourite).where(TillFavourite.product_id == command.product_id))
        order.remove(command.product_id)
    _place(uow, order)
    details = {"name": title, "is_favourite": command.is_favourite}
    audit_office(uow, "till_favourite.set", target_type="product", target_id=str(command.product_id), details=details)
    uow.changed("TillFavourite")


def arrange_favourites(uow: UnitOfWork, command: ArrangeFavourites) -> ArrangeFavourites:
    """Put the favourites in a new order and answer the one before; every one must be named once."""
    uow.require(Permission.CATALOGUE_EDIT)
    before = _order(uow)
    if set(command.product_ids) != set(before) or len(command.product_ids) != len(before):
        raise BadField("product_ids", _("must name every favourite once."))
    if list(command.product_ids) != before:
        _place(uow, list(command.product_ids))
        details: dict[str, object] = {"before": before, "after": list(command.product_ids)}
        audit_office(uow, "till_favourite.arrange", target_type="till_favourite", target_id="", details=details)
        uow.changed("TillFavourite")
    return ArrangeFavourites(tuple(before))


def _order(uow: UnitOfWork) -> list[int]:
    rows = sa.select(TillFavourite.product_id).join(Product, Product.id == TillFavourite.product_id)
    ordered = rows.order_by(TillFavourite.position, Product.title, Product.id).with_for_update(of=TillFavourite)
    return list(uow.connection.execute(ordered).scalars())


def _place(uow: UnitOfWork, order: list[int]) -> None:
    """Number the places from 0 without gaps."""
    if order:
        at = sa.update(TillFavourite).where(TillFavourite.product_id == sa.bindparam("of_product"))
        places = [{"of_product": product_id, "place": place} for place, product_id in enumerate(order)]
        uow.connection.execute(at.values(position=sa.bindparam("place")), places)
