"""The table of what is set aside (R7): never a move of stock, only a promise on it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Id, Uid, one_of, ref, where

RESERVATION_STATES = ("open", "used", "released", "expired")


class Reservation(Base):
    """Thousandths of a variant that are promised to somebody; the open ones of a level are its ``reserved``."""

    __tablename__ = "reservations"
    id: Mapped[Id]
    uid: Mapped[Uid]
    variant_id: Mapped[int] = ref("product_variants.id", index=False)
    warehouse_id: Mapped[int] = ref("warehouses.id", index=False)
    customer_id: Mapped[int | None] = ref("customers.id")
    plan_line_id: Mapped[int | None] = mapped_column(index=True)  # of an order, a higher area: the doctor compares them
    quantity: Mapped[int]
    state: Mapped[Code] = mapped_column(default="open")
    expires_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    __table_args__ = (
        one_of("state", *RESERVATION_STATES),
        sa.CheckConstraint("quantity > 0", name="sets_something_aside"),
        sa.Index("ix_reservations_place", "variant_id", "warehouse_id", "state"),
        sa.Index("ix_reservations_state", "state", "id"),
        sa.Index("ix_reservations_due", "expires_at", "id", **where("state = 'open'")),
    )
