"""Tables of what customers wish for and what they like to buy again."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from shopdesk.db.base import Base, Id, ref


class Wishlist(Base):
    """A customer's one wish list."""

    __tablename__ = "wishlists"
    id: Mapped[Id]
    customer_id: Mapped[int] = ref("customers.id", unique=True, index=False)
    created_at: Mapped[datetime]


class WishlistItem(Base):
    """A product somebody wishes for; the variant is asked for when it moves to a cart if it was not named."""

    __tablename__ = "wishlist_items"
    id: Mapped[Id]
    wishlist_id: Mapped[int] = ref("wishlists.id", index=False)
    product_id: Mapped[int] = ref("products.id")
    variant_id: Mapped[int | None] = ref("product_variants.id")
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = ref("users.id", index=False)
    __table_args__ = (
        sa.Index(
            "uq_wishlist_items_goods", "wishlist_id", "product_id", sa.text("coalesce(variant_id, 0)"), unique=True
        ),
    )


class Favorite(Base):
    """A variant that a customer likes to buy again."""

    __tablename__ = "favorites"
    customer_id: Mapped[int] = ref("customers.id", primary_key=True, index=False)
    variant_id: Mapped[int] = ref("product_variants.id", primary_key=True)
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = ref("users.id", index=False)
