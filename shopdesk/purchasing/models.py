"""Tables of suppliers and what they sell us, purchase orders, goods received and goods sent back.

Quantities are integer thousandths of the variant's unit. A cost is that of a pack (``pack_quantity`` thousandths), because a
pack's price is what a supplier names and a piece's share of it is rarely a whole number of minor units.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Edited, Flag, Id, Uid, one_of, ref, where

ORDER_STATES = ("draft", "ordered", "part_received", "received", "cancelled")
ORDER_EVENTS = ("created", "ordered", "sent", "received", "reversed", "cancelled")


class Supplier(Edited, Base):
    """Somebody we buy from; their currency is the shop's. One that is no longer used is switched off, never deleted."""

    __tablename__ = "suppliers"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    contact_name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    line1: Mapped[str] = mapped_column(default="")
    line2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    country_code: Mapped[str | None] = mapped_column(sa.ForeignKey("countries.code"), index=True)
    tax_id: Mapped[str] = mapped_column(default="")
    our_number: Mapped[str] = mapped_column(default="")
    payment_terms: Mapped[str] = mapped_column(default="")
    lead_time_days: Mapped[int] = mapped_column(default=7)
    minimum_order_cents: Mapped[int] = mapped_column(default=0)
    notes: Mapped[str] = mapped_column(default="")
    search_text: Mapped[str] = mapped_column(default="")
    is_active: Mapped[Flag] = mapped_column(default=True)
    __table_args__ = (
        sa.CheckConstraint("lead_time_days BETWEEN 0 AND 730", name="lead_time_range"),
        sa.CheckConstraint("minimum_order_cents BETWEEN 0 AND 1000000000000", name="minimum_range"),
    )


class SupplierItem(Edited, Base):
    """What a supplier calls one of our variants, in which packs it comes and what a pack costs."""

    __tablename__ = "supplier_items"
    id: Mapped[Id]
    supplier_id: Mapped[int] = ref("suppliers.id", index=False)
    variant_id: Mapped[int] = ref("product_variants.id")
    supplier_code: Mapped[str] = mapped_column(sa.String(64), default="")
    supplier_name: Mapped[str] = mapped_column(default="")
    pack_quantity: Mapped[int] = mapped_column(default=1000)
    pack_cost_cents: Mapped[int | None]
    minimum_quantity: Mapped[int] = mapped_column(default=0)
    is_preferred: Mapped[Flag] = mapped_column(default=False)
    last_pack_cost_cents: Mapped[int | None]
    last_cost_at: Mapped[datetime | None]
    __table_args__ = (
        sa.UniqueConstraint("supplier_id", "variant_id"),
        sa.Index("uq_supplier_items_preferred", "variant_id", unique=True, **where("is_preferred")),
        sa.Index("ix_supplier_items_code", "supplier_id", "supplier_code"),
        sa.CheckConstraint("pack_quantity > 0", name="pack_positive"),
        sa.CheckConstraint("minimum_quantity >= 0", name="minimum_not_negative"),
        sa.CheckConstraint("pack_cost_cents BETWEEN 0 AND 1000000000000", name="cost_range"),
    )


class PurchaseOrder(Edited, Base):
    """What we ask a supplier for. Numbered and frozen when it is ordered; ``expected_on`` is an ISO date."""

    __tablename__ = "purchase_orders"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    supplier_id: Mapped[int] = ref("suppliers.id", index=False)
    warehouse_id: Mapped[int] = ref("warehouses.id")
    till_id: Mapped[int | None] = ref("tills.id", index=False)
    status: Mapped[Code] = mapped_column(default="draft")
    expected_on: Mapped[str] = mapped_column(sa.String(10))
    supplier_reference: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    staff_notes: Mapped[str] = mapped_column(default="")
    total_cents: Mapped[int] = mapped_column(default=0)
    ordered_at: Mapped[datetime | None]
    ordered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    sent_at: Mapped[datetime | None]
    sent_to: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        one_of("status", *ORDER_STATES),
        sa.CheckConstraint("number IS NOT NULL OR status IN ('draft', 'cancelled')", name="numbered"),
        sa.Index("ix_purchase_orders_supplier", "supplier_id", "id"),
        sa.Index("ix_purchase_orders_status", "status", "id"),
        sa.Index("ix_purchase_orders_expected", "expected_on", "id"),
    )


class PurchaseOrderLine(Base):
    """One variant of an order: how much was asked for, came, and is no longer waited for.

    ``unit_cost_cents`` is a unit's rounded share of the pack's cost; what a line costs is worked out from the pack.
    """

    __tablename__ = "purchase_order_lines"
    id: Mapped[Id]
    purchase_order_id: Mapped[int] = ref("purchase_orders.id")
    position: Mapped[int]
    variant_id: Mapped[int] = ref("product_variants.id")
    sku: Mapped[Code]
    name: Mapped[str]
    supplier_code: Mapped[str] = mapped_column(sa.String(64), default="")
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[int] = mapped_column(default=0)
    pack_quantity: Mapped[int] = mapped_column(default=1000)
    pack_cost_cents: Mapped[int] = mapped_column(default=0)
    unit_cost_cents: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        sa.UniqueConstraint("purchase_order_id", "variant_id"),
        sa.CheckConstraint("quantity > 0", name="asks_for_something"),
        sa.CheckConstraint("received >= 0", name="received_not_negative"),
        sa.CheckConstraint("cancelled BETWEEN 0 AND quantity", name="cancelled_range"),
        sa.CheckConstraint("pack_quantity > 0", name="pack_positive"),
        sa.CheckConstraint("pack_cost_cents BETWEEN 0 AND 1000000000000", name="cost_range"),
    )


class PurchaseOrderStep(Base):
    """What happened to an order and its status then; append-only, ``position`` from 1 without gaps."""

    __tablename__ = "purchase_order_history"
    purchase_order_id: Mapped[int] = ref("purchase_orders.id", primary_key=True, index=False)
    position: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[Code]
    status: Mapped[Code]
    note: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime]
    __table_args__ = (one_of("event", *ORDER_EVENTS), one_of("status", *ORDER_STATES))


class PurchaseOrderPaper(Base):
    """What was ordered, as it was sent: the frozen content behind the PDF; append-only, journalled."""

    __tablename__ = "purchase_order_papers"
    id: Mapped[Id]
    purchase_order_id: Mapped[int] = ref("purchase_orders.id", unique=True, index=False)
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    till_id: Mapped[int] = ref("tills.id", index=False)
    content: Mapped[str]
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime]


class Receipt(Base):
    """Goods that came from a supplier; immutable, journalled. One that ``reverses_id`` takes another back whole."""

    __tablename__ = "receipts"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    supplier_id: Mapped[int] = ref("suppliers.id", index=False)
    purchase_order_id: Mapped[int | None] = ref("purchase_orders.id")
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("receipts.id"), unique=True)
    warehouse_id: Mapped[int] = ref("warehouses.id")
    till_id: Mapped[int] = ref("tills.id", index=False)
    delivery_note: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    total_cents: Mapped[int]
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (sa.Index("ix_receipts_supplier", "supplier_id", "id"),)


class ReceiptLine(Base):
    """One variant of a delivery; what a reversal takes back is below zero and points at the line that brought it.

    ``track_stock`` is whether the variant was counted then: only such a line moves stock.
    """

    __tablename__ = "receipt_lines"
    id: Mapped[Id]
    receipt_id: Mapped[int] = ref("receipts.id")
    variant_id: Mapped[int] = ref("product_variants.id")
    order_line_id: Mapped[int | None] = ref("purchase_order_lines.id")
    reverses_line_id: Mapped[int | None] = mapped_column(sa.ForeignKey("receipt_lines.id"), unique=True)
    sku: Mapped[Code]
    name: Mapped[str]
    track_stock: Mapped[Flag] = mapped_column(default=True)
    quantity: Mapped[int]
    pack_quantity: Mapped[int]
    pack_cost_cents: Mapped[int]
    total_cents: Mapped[int]
    __table_args__ = (
        sa.CheckConstraint("quantity <> 0", name="moves_something"),
        sa.CheckConstraint("pack_quantity > 0", name="pack_positive"),
        sa.CheckConstraint("(quantity > 0) = (reverses_line_id IS NULL)", name="sign_of_reversal"),
    )


class SupplierReturn(Base):
    """Goods sent back to a supplier; immutable, journalled."""

    __tablename__ = "supplier_returns"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    supplier_id: Mapped[int] = ref("suppliers.id", index=False)
    receipt_id: Mapped[int | None] = ref("receipts.id")
    warehouse_id: Mapped[int] = ref("warehouses.id")
    till_id: Mapped[int] = ref("tills.id", index=False)
    reason: Mapped[str]
    notes: Mapped[str] = mapped_column(default="")
    total_cents: Mapped[int]
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (sa.Index("ix_supplier_returns_supplier", "supplier_id", "id"),)


class SupplierReturnLine(Base):
    """One variant sent back; ``receipt_line_id`` is the line that brought it, if it is known."""

    __tablename__ = "supplier_return_lines"
    id: Mapped[Id]
    supplier_return_id: Mapped[int] = ref("supplier_returns.id")
    variant_id: Mapped[int] = ref("product_variants.id")
    receipt_line_id: Mapped[int | None] = ref("receipt_lines.id")
    sku: Mapped[Code]
    name: Mapped[str]
    track_stock: Mapped[Flag] = mapped_column(default=True)
    quantity: Mapped[int]
    pack_quantity: Mapped[int]
    pack_cost_cents: Mapped[int]
    total_cents: Mapped[int]
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="moves_something"),
        sa.CheckConstraint("pack_quantity > 0", name="pack_positive"),
    )
