"""Tables of orders before and beside the sale: what was agreed, where it goes, invoices, messages of their life."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Edited, Flag, Id, Uid, one_of, ref, where

PLAN_STATES = ("quoted", "declined", "ordered", "invoiced", "cancelled")
FULFILMENTS = ("ship", "pickup")
TERMS = ("now", "account")


class OrderPlan(Edited, Base):
    """What was agreed with a customer and may still change: a quote, or an order until it is processed (R17).

    ``order_id`` is the order it became, with its number and status. Amounts are those of the lines as agreed.
    """

    __tablename__ = "order_plans"
    id: Mapped[Id]
    uid: Mapped[Uid]
    quote_number: Mapped[str | None] = mapped_column(sa.String(64))
    state: Mapped[Code]
    order_id: Mapped[int | None] = ref("orders.id", index=False)
    customer_id: Mapped[int] = ref("customers.id")
    channel: Mapped[Code]
    fulfilment: Mapped[Code]
    terms: Mapped[Code] = mapped_column(default="now")
    till_id: Mapped[int] = ref("tills.id", index=False)
    warehouse_id: Mapped[int] = ref("warehouses.id", index=False)
    shipping_option_id: Mapped[int | None] = ref("shipping_options.id", index=False)
    shipping_cents: Mapped[int] = mapped_column(default=0)
    discount_cents: Mapped[int] = mapped_column(default=0)
    discount_ppm: Mapped[int] = mapped_column(default=0)
    discount_label: Mapped[str] = mapped_column(default="")
    subtotal_cents: Mapped[int]
    total_cents: Mapped[int]
    deposit_cents: Mapped[int] = mapped_column(default=0)
    promised_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    customer_note: Mapped[str] = mapped_column(default="")
    staff_note: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        one_of("state", *PLAN_STATES),
        one_of("channel", "till", "phone", "web"),
        one_of("fulfilment", *FULFILMENTS),
        one_of("terms", *TERMS),
        sa.Index("uq_order_plans_order", "order_id", unique=True, **where("order_id IS NOT NULL")),
        sa.Index("uq_order_plans_quote", "quote_number", unique=True, **where("quote_number IS NOT NULL")),
        sa.Index("ix_order_plans_promised", "promised_at", "id", **where("promised_at IS NOT NULL")),
        sa.CheckConstraint("total_cents >= 0 AND shipping_cents >= 0 AND deposit_cents >= 0", name="amounts"),
    )


class OrderPlanLine(Base):
    """A line as agreed: the unit price holds whatever the catalogue says later. ``price_source`` as in ``LineInput``."""

    __tablename__ = "order_plan_lines"
    id: Mapped[Id]
    plan_id: Mapped[int] = ref("order_plans.id", index=False)
    line: Mapped[int]
    variant_id: Mapped[int] = ref("product_variants.id")
    quantity: Mapped[int]
    list_price_cents: Mapped[int]
    unit_price_cents: Mapped[int]
    price_source: Mapped[Code] = mapped_column(default="")
    price_label: Mapped[str] = mapped_column(default="")
    discount_cents: Mapped[int] = mapped_column(default=0)
    discount_ppm: Mapped[int] = mapped_column(default=0)
    discount_label: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "line"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )


class _AddressCopy:
    """The columns of an address as it was then: edits of the customer do not reach it."""

    kind: Mapped[Code]
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    company: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    line1: Mapped[str]
    line2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    country_code: Mapped[str] = mapped_column(sa.String(2))


class OrderAddress(_AddressCopy, Base):
    """Where an order goes or is billed."""

    __tablename__ = "order_addresses"
    id: Mapped[Id]
    order_id: Mapped[int] = ref("orders.id", index=False)
    __table_args__ = (sa.UniqueConstraint("order_id", "kind"), one_of("kind", "shipping", "billing"))


class QuoteAddress(_AddressCopy, Base):
    """Where a quote would go; the order that it becomes gets a copy of its own."""

    __tablename__ = "quote_addresses"
    id: Mapped[Id]
    plan_id: Mapped[int] = ref("order_plans.id", index=False)
    __table_args__ = (sa.UniqueConstraint("plan_id", "kind"), one_of("kind", "shipping", "billing"))


class Invoice(Base):
    """A paper with a number of its own gapless series: the invoice of an order, or a credit note for what came back."""

    __tablename__ = "invoices"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[Code]
    order_id: Mapped[int] = ref("orders.id")
    return_id: Mapped[int | None] = ref("returns.id")
    till_id: Mapped[int] = ref("tills.id", index=False)
    total_cents: Mapped[int]
    due_at: Mapped[datetime | None]
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime]
    __table_args__ = (one_of("kind", "invoice", "credit_note"),)


class OrderEvent(Base):
    """What happened to an order, in the words of its time line: append-only; ``details`` is JSON of plain values."""

    __tablename__ = "order_events"
    id: Mapped[Id]
    order_id: Mapped[int] = ref("orders.id")
    kind: Mapped[Code]
    details: Mapped[str] = mapped_column(default="{}")
    user_id: Mapped[int] = ref("users.id", index=False)
    at: Mapped[datetime]


class ShippingOption(Edited, Base):
    """A way to send goods: flat, by weight, by value, or free from a value; days are text ("3-5 business days")."""

    __tablename__ = "shipping_options"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    carrier: Mapped[Code] = mapped_column(default="manual")
    service: Mapped[str] = mapped_column(default="")
    basis: Mapped[Code] = mapped_column(default="flat")
    rate_cents: Mapped[int] = mapped_column(default=0)
    free_from_cents: Mapped[int | None]
    countries: Mapped[str] = mapped_column(default="")
    estimated_days: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[Flag] = mapped_column(default=True)
    __table_args__ = (one_of("basis", "flat", "weight", "value"),)


class ShippingRate(Base):
    """A step of an option by weight (grams) or value (minor units): what it costs from there upwards."""

    __tablename__ = "shipping_rates"
    id: Mapped[Id]
    shipping_option_id: Mapped[int] = ref("shipping_options.id", index=False)
    from_value: Mapped[int]
    rate_cents: Mapped[int]
    __table_args__ = (sa.UniqueConstraint("shipping_option_id", "from_value"),)


class Shipment(Base):
    """A parcel of an order with its own copy of the address; what is in it never changes once it has left."""

    __tablename__ = "shipments"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    order_id: Mapped[int] = ref("orders.id")
    till_id: Mapped[int] = ref("tills.id", index=False)
    warehouse_id: Mapped[int] = ref("warehouses.id", index=False)
    carrier: Mapped[Code]
    service: Mapped[str] = mapped_column(default="")
    tracking: Mapped[str | None] = mapped_column(sa.String(64))
    status: Mapped[Code]
    address: Mapped[str]
    weight_grams: Mapped[int | None]
    cost_cents: Mapped[int] = mapped_column(default=0)
    label_blob_id: Mapped[int | None] = ref("blobs.id", index=False)
    notes: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime]
    shipped_at: Mapped[datetime | None]
    estimated_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    __table_args__ = (
        one_of("status", "packed", "shipped", "delivered", "cancelled"),
        sa.Index("uq_shipments_tracking", "tracking", unique=True, **where("tracking IS NOT NULL")),
        sa.Index("ix_shipments_created", "created_at", "id"),
        sa.Index("ix_shipments_under_way", "status", "estimated_at", "id", **where("status IN ('packed', 'shipped')")),
    )


class ShipmentItem(Base):
    """A part of an order's line in a parcel."""

    __tablename__ = "shipment_items"
    id: Mapped[Id]
    shipment_id: Mapped[int] = ref("shipments.id", index=False)
    order_item_id: Mapped[int] = ref("order_items.id")
    quantity: Mapped[int]
    __table_args__ = (
        sa.UniqueConstraint("shipment_id", "order_item_id"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )


class TrackingStep(Base):
    """A step on a parcel's way; the last one is where it is now."""

    __tablename__ = "tracking_steps"
    id: Mapped[Id]
    shipment_id: Mapped[int] = ref("shipments.id")
    status: Mapped[Code]
    details: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    user_id: Mapped[int] = ref("users.id", index=False)
