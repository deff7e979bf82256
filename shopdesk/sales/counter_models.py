"""Tables of tills, ways of paying, and carts: the counter before anything is sold."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Edited, Flag, Id, Uid, one_of, ref, where


class Till(Edited, Base):
    """A counter: it sells from one warehouse, numbers its own documents and keeps its own journal.

    ``printer`` is the PrinterConfig as JSON, NULL for a till without one. ``device_hash`` enrols the machine that may open
    sessions by PIN.
    """

    __tablename__ = "tills"
    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    warehouse_id: Mapped[int] = ref("warehouses.id")
    printer: Mapped[str | None]
    device_hash: Mapped[str | None]
    is_active: Mapped[Flag] = mapped_column(default=True)


class PaymentType(Edited, Base):
    """A tender that the shop takes; ``kind`` says how the program treats it."""

    __tablename__ = "payment_types"
    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    kind: Mapped[Code]
    is_active: Mapped[Flag] = mapped_column(default=True)
    opens_drawer: Mapped[Flag] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    __table_args__ = (one_of("kind", "cash", "card", "other"),)


class Cart(Base):
    """A sale not yet made, with the key it will be made under; held ones are recalled at any till."""

    __tablename__ = "carts"
    id: Mapped[Id]
    uid: Mapped[Uid]
    status: Mapped[Code] = mapped_column(default="active")
    till_id: Mapped[int | None] = ref("tills.id", index=False)
    user_id: Mapped[int | None] = ref("users.id")
    session_id: Mapped[int | None] = ref("sessions.id")
    customer_id: Mapped[int | None] = ref("customers.id")
    label: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    order_discount: Mapped[str | None]
    is_training: Mapped[Flag] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    held_at: Mapped[datetime | None]
    paying_at: Mapped[datetime | None]
    abandoned_at: Mapped[datetime | None]
    converted_at: Mapped[datetime | None]
    __table_args__ = (
        one_of("status", "active", "abandoned", "converted"),
        # Carts that are done with are history: only those still open are looked for.
        sa.Index("ix_carts_open", "till_id", "held_at", **where("status = 'active'")),
    )


class CartItem(Base):
    """A line of a cart with what it showed when it was added; ``details`` carries customisations and discounts."""

    __tablename__ = "cart_items"
    id: Mapped[Id]
    cart_id: Mapped[int] = ref("carts.id", ondelete="CASCADE")
    position: Mapped[int]
    variant_id: Mapped[int] = ref("product_variants.id")
    quantity: Mapped[int]
    price_cents: Mapped[int]
    name: Mapped[str]
    details: Mapped[str] = mapped_column("metadata", default="{}")
    added_at: Mapped[datetime]
    updated_at: Mapped[datetime]
