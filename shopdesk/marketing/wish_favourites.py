"""What a customer likes to buy again: marked with one tap, shown as tiles when the sale is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, ProductImage, ProductVariant
from shopdesk.catalogue.tiles import MOST_TILES, Tile
from shopdesk.core.actor import Actor
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.models import StockLevel
from shopdesk.marketing.wish_models import Favorite
from shopdesk.parties.people_rows import locked_customer, note_change
from shopdesk.parties.queries import who_now


@dataclass(frozen=True, slots=True)
class FavouriteRow:
    """A favourite of a customer's."""

    variant_id: int
    product_id: int
    sku: str
    product: str
    variant: str
    price_cents: int
    on_sale: bool
    added_at: datetime


@dataclass(frozen=True, slots=True)
class FavouriteMark:
    """A variant that a customer likes, or no longer does."""

    customer_id: int
    variant_id: int
    is_favourite: bool


_ON_SALE = sa.and_(
    ProductVariant.is_active, Product.is_active, Product.deleted_at.is_(None), Product.status == "approved"
)


def favourites_of(reader: Reader, customer_id: int) -> tuple[FavouriteRow, ...]:
    """A customer's favourites by name; one statement."""
    rows = reader.connection.execute(
        sa.select(
            ProductVariant.id,
            Product.id,
            ProductVariant.sku,
            Product.title,
            ProductVariant.name,
            ProductVariant.price_cents,
            _ON_SALE,
            Favorite.added_at,
        )
        .select_from(Favorite)
        .join(ProductVariant, ProductVariant.id == Favorite.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .where(Favorite.customer_id == customer_id)
        .order_by(Product.title, ProductVariant.position, ProductVariant.id)
    )
    return tuple(FavouriteRow(*row[:6], bool(row[6]), row[7]) for row in rows)


def customer_tiles(reader: Reader, customer_id: int, warehouse_id: int, actor: Actor) -> tuple[Tile, ...]:
    """The favourites of the sale's customer that are on sale, each variant a tile; one statement."""
    actor.require(Permission.CUSTOMER_VIEW)
    free = sa.func.coalesce(StockLevel.on_hand - StockLevel.reserved, 0) > 0
    sellable = sa.or_(~ProductVariant.track_stock, ProductVariant.inventory_policy == "continue", free)
    rows = reader.connection.execute(
        sa.select(
            Product.id,
            Product.title,
            ProductVariant.name,
            ProductVariant.price_cents,
            Product.unit,
            Product.is_weighed,
            ProductVariant.id,
            ProductImage.blob_id,
            sellable,
        )
        .select_from(Favorite)
        .join(ProductVariant, ProductVariant.id == Favorite.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .outerjoin(ProductImage, sa.and_(ProductImage.product_id == Product.id, ProductImage.is_primary))
        .outerjoin(
            StockLevel,
            sa.and_(StockLevel.variant_id == ProductVariant.id, StockLevel.warehouse_id == warehouse_id),
        )
        .where(Favorite.customer_id == who_now(customer_id), _ON_SALE)
        .order_by(Product.title, ProductVariant.position, ProductVariant.id)
        .limit(MOST_TILES)
    )
    return tuple(
        Tile(
            product_id=row[0],
            name=f"{row[1]} {row[2]}".strip(),
            price_from_cents=row[3],
            price_to_cents=row[3],
            unit=row[4],
            is_weighed=bool(row[5]),
            variants=1,
            variant_id=row[6],
            image_blob_id=row[7],
            in_stock=bool(row[8]),
        )
        for row in rows
    )


def mark_favourite(uow: UnitOfWork, command: FavouriteMark) -> None:
    """Mark a variant as a customer's favourite or take the mark off; what is so already stays. Raises NotFound."""
    uow.require(Permission.CUSTOMER_EDIT)
    customer = locked_customer(uow, command.customer_id)
    own = (Favorite.customer_id == command.customer_id, Favorite.variant_id == command.variant_id)
    there = uow.connection.execute(sa.select(Favorite.variant_id).where(*own)).first() is not None
    if there == command.is_favourite:
        return
    sku = uow.connection.execute(sa.select(ProductVariant.sku).where(ProductVariant.id == command.variant_id)).scalar()
    if sku is None:
        raise NotFound(_("Variant"), command.variant_id)
    if command.is_favourite:
        uow.connection.execute(
            sa.insert(Favorite).values(
                customer_id=command.customer_id,
                variant_id=command.variant_id,
                added_at=uow.clock.now(),
                added_by=uow.actor.user_id or None,
            )
        )
    else:
        uow.connection.execute(sa.delete(Favorite).where(*own))
    marked = ({"favourite": there}, {"favourite": command.is_favourite})
    note_change(uow, "customer.favourite", customer, plain=marked, article=sku)
    uow.changed("Favorite")
