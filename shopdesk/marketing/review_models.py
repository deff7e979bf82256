"""The table of what customers say of products."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Edited, Flag, Id, one_of, ref

REVIEW_STATUSES = ("pending", "approved", "rejected")


class Review(Edited, Base):
    """A customer's word on a product, from 1 to 5 stars; only approved ones count in the product's average."""

    __tablename__ = "reviews"
    id: Mapped[Id]
    product_id: Mapped[int] = ref("products.id", index=False)
    customer_id: Mapped[int] = ref("customers.id")
    rating: Mapped[int]
    title: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    is_verified_purchase: Mapped[Flag] = mapped_column(default=False)
    status: Mapped[Code] = mapped_column(default="pending")
    __table_args__ = (
        one_of("status", *REVIEW_STATUSES),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating_range"),
        sa.Index("ix_reviews_product", "product_id", "status", "id"),
        sa.Index("ix_reviews_status", "status", "id"),
    )
