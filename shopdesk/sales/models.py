"""Tables of shifts and finished sales. What is printed is copied here and never changes again."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Flag, Id, Uid, one_of, ref, where
from shopdesk.sales.counter_models import Cart as Cart  # noqa: PLC0414 - handed on
from shopdesk.sales.counter_models import CartItem as CartItem  # noqa: PLC0414 - handed on
from shopdesk.sales.counter_models import PaymentType as PaymentType  # noqa: PLC0414 - handed on
from shopdesk.sales.counter_models import Till as Till  # noqa: PLC0414 - handed on

ORDER_STATUSES = ("pending", "processing", "shipped", "delivered", "cancelled")


class Shift(Base):
    """A drawer from its opening to its count. Closed is immutable; its Z is in ``z_reports``."""

    __tablename__ = "shifts"
    id: Mapped[Id]
    uid: Mapped[Uid]
    till_id: Mapped[int] = ref("tills.id", index=False)
    number: Mapped[int]
    status: Mapped[Code] = mapped_column(default="open")
    business_date: Mapped[str] = mapped_column(sa.String(10))
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = ref("users.id", index=False)
    opening_float_cents: Mapped[int]
    opening_difference_cents: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = ref("users.id", index=False)
    expected_cents: Mapped[int | None]
    counted_cents: Mapped[int | None]
    left_cents: Mapped[int | None]
    difference_cents: Mapped[int | None]
    difference_reason: Mapped[str | None]
    approved_by: Mapped[int | None] = ref("users.id", index=False)
    __table_args__ = (
        sa.UniqueConstraint("till_id", "number"),
        one_of("status", "open", "closed"),
        sa.Index(
            "uq_shifts_one_open",
            "till_id",
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        ),
        sa.CheckConstraint(
            "status = 'open' OR (closed_at IS NOT NULL AND expected_cents IS NOT NULL AND counted_cents IS NOT NULL "
            "AND difference_cents = counted_cents - expected_cents)",
            name="closed_is_counted",
        ),
    )


class CashMovement(Base):
    """Cash put into or taken out of a drawer outside a sale; amounts are positive, ``type`` gives the direction."""

    __tablename__ = "cash_movements"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    till_id: Mapped[int] = ref("tills.id", index=False)
    shift_id: Mapped[int] = ref("shifts.id")
    type: Mapped[Code]
    amount_cents: Mapped[int]
    reason: Mapped[str]
    user_id: Mapped[int] = ref("users.id", index=False)
    approved_by: Mapped[int | None] = ref("users.id", index=False)
    created_at: Mapped[datetime]
    __table_args__ = (
        one_of("type", "in", "out"),
        sa.CheckConstraint("amount_cents > 0", name="amount_positive"),
    )


class CashCount(Base):
    """How many pieces of a denomination lay in the drawer when it was opened or closed."""

    __tablename__ = "cash_counts"
    id: Mapped[Id]
    shift_id: Mapped[int] = ref("shifts.id", index=False)
    kind: Mapped[Code]
    denomination_cents: Mapped[int]
    pieces: Mapped[int]
    __table_args__ = (
        one_of("kind", "open", "close"),
        sa.UniqueConstraint("shift_id", "kind", "denomination_cents"),
        sa.CheckConstraint("pieces >= 0", name="pieces_counted"),
    )


class DrawerOpening(Base):
    """The drawer opened without a sale, and why."""

    __tablename__ = "drawer_openings"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    till_id: Mapped[int] = ref("tills.id", index=False)
    shift_id: Mapped[int | None] = ref("shifts.id")
    reason: Mapped[str]
    user_id: Mapped[int] = ref("users.id", index=False)
    approved_by: Mapped[int | None] = ref("users.id", index=False)
    created_at: Mapped[datetime]


class ZReport(Base):
    """The numbered, immutable close of a shift: its totals as JSON and the stretch of journal it covers."""

    __tablename__ = "z_reports"
    id: Mapped[Id]
    number: Mapped[Code] = mapped_column(unique=True)
    shift_id: Mapped[int] = ref("shifts.id", unique=True, index=False)
    till_id: Mapped[int] = ref("tills.id")
    totals: Mapped[str]
    first_seq: Mapped[int]
    last_seq: Mapped[int]
    head: Mapped[str]
    perpetual_cents: Mapped[int]
    expected_cents: Mapped[int]
    counted_cents: Mapped[int]
    difference_cents: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[int] = ref("users.id", index=False)


class Order(Base):
    """A sale as it was made; ``uid`` is the key of the cart it came from. Sums: total = lines + shipping + rounding."""

    __tablename__ = "orders"
    id: Mapped[Id]
    number: Mapped[Code] = mapped_column(unique=True)
    uid: Mapped[Uid]
    channel: Mapped[Code] = mapped_column(default="till")
    fulfilment: Mapped[Code] = mapped_column(server_default=sa.text("'counter'"))
    status: Mapped[Code]
    till_id: Mapped[int] = ref("tills.id", index=False)
    shift_id: Mapped[int | None] = ref("shifts.id")
    customer_id: Mapped[int | None] = ref("customers.id", index=False)
    user_id: Mapped[int] = ref("users.id", index=False)
    currency: Mapped[str] = mapped_column(sa.String(3))
    prices_include_tax: Mapped[Flag]
    tax_rounding: Mapped[Code]
    subtotal_cents: Mapped[int]
    discount_cents: Mapped[int]
    tax_cents: Mapped[int]
    shipping_cents: Mapped[int] = mapped_column(default=0)
    rounding_cents: Mapped[int]
    total_cents: Mapped[int]
    customer_note: Mapped[str] = mapped_column(default="")
    staff_note: Mapped[str] = mapped_column(default="")
    placed_at: Mapped[datetime]
    business_date: Mapped[str] = mapped_column(sa.String(10))
    expected_ship_at: Mapped[datetime | None]
    actual_ship_at: Mapped[datetime | None]
    expected_delivery_at: Mapped[datetime | None]
    actual_delivery_at: Mapped[datetime | None]
    __table_args__ = (
        one_of("channel", "till", "phone", "web"),
        one_of("status", *ORDER_STATUSES),
        one_of("tax_rounding", "line", "order"),
        sa.Index("ix_orders_placed", "placed_at", "id"),
        sa.Index("ix_orders_customer_placed", "customer_id", "placed_at", "id", **where("customer_id IS NOT NULL")),
        sa.Index("ix_orders_total", "total_cents", "id"),
        # the few that are sent or fetched, among a shop's many sales over the counter, which these cost nothing
        sa.Index("ix_orders_sent_placed", "placed_at", "id", **where("fulfilment <> 'counter'")),
        sa.Index("ix_orders_sent_status", "status", "placed_at", "id", **where("fulfilment <> 'counter'")),
        sa.Index("ix_orders_sent_number", "number", "id", **where("fulfilment <> 'counter'")),
        sa.Index("ix_orders_sent_total", "total_cents", "id", **where("fulfilment <> 'counter'")),
        sa.CheckConstraint("discount_cents BETWEEN 0 AND subtotal_cents", name="discount_within_subtotal"),
    )


class OrderItem(Base):
    """A line as it was sold. ``tax_rates`` is a JSON list of [rate id, ppm, compound 0/1, tax cents] for returns."""

    __tablename__ = "order_items"
    id: Mapped[Id]
    order_id: Mapped[int] = ref("orders.id", index=False)
    line: Mapped[int]
    product_id: Mapped[int | None] = ref("products.id", index=False)
    variant_id: Mapped[int | None] = ref("product_variants.id", index=False)
    product_name: Mapped[str]
    variant_name: Mapped[str] = mapped_column(default="")
    sku: Mapped[Code]
    barcode: Mapped[str | None]
    unit: Mapped[Code] = mapped_column(default="pc")
    quantity: Mapped[int]
    list_price_cents: Mapped[int]
    unit_price_cents: Mapped[int]
    discount_cents: Mapped[int]
    tax_rate_ppm: Mapped[int]
    tax_rates: Mapped[str] = mapped_column(default="[]")
    tax_cents: Mapped[int]
    total_cents: Mapped[int]
    cost_cents: Mapped[int | None]
    warehouse_id: Mapped[int | None] = ref("warehouses.id", index=False)
    track_stock: Mapped[Flag]
    details: Mapped[str] = mapped_column("metadata", default="{}")
    __table_args__ = (
        sa.UniqueConstraint("order_id", "line"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("discount_cents >= 0 AND total_cents >= 0", name="line_not_negative"),
    )


class PriceStep(Base):
    """One step from the list price to what a line cost, kept so that any line can answer "why this price?"."""

    __tablename__ = "price_steps"
    id: Mapped[Id]
    order_item_id: Mapped[int] = ref("order_items.id", index=False)
    position: Mapped[int]
    kind: Mapped[Code]
    label: Mapped[str]
    before_cents: Mapped[int]
    amount_cents: Mapped[int]
    after_cents: Mapped[int]
    approved_by: Mapped[int | None] = ref("users.id", index=False)
    __table_args__ = (
        sa.UniqueConstraint("order_item_id", "position"),
        sa.CheckConstraint("after_cents = before_cents + amount_cents", name="adds_up"),
    )


class OrderAdjustment(Base):
    """A cent between subtotal and total that is neither tax, shipping nor rounding: a discount is negative."""

    __tablename__ = "order_adjustments"
    id: Mapped[Id]
    order_id: Mapped[int] = ref("orders.id")
    order_item_id: Mapped[int | None] = ref("order_items.id")
    description: Mapped[str]
    amount_cents: Mapped[int]
    source_type: Mapped[Code]
    source_id: Mapped[int | None]
    approved_by: Mapped[int | None] = ref("users.id", index=False)


class OrderTax(Base):
    """A rate of an order: what was taxed and how much that was."""

    __tablename__ = "order_taxes"
    order_id: Mapped[int] = ref("orders.id", primary_key=True, index=False)
    tax_rate_id: Mapped[int] = ref("tax_rates.id", primary_key=True, index=False)
    name: Mapped[str]
    rate_ppm: Mapped[int]
    taxable_cents: Mapped[int]
    tax_cents: Mapped[int]
    __table_args__ = ({"sqlite_with_rowid": False},)


class OrderStatusStep(Base):
    """A step of an order's life, from 1 without gaps, with who and when (R17)."""

    __tablename__ = "order_status_history"
    order_id: Mapped[int] = ref("orders.id", primary_key=True, index=False)
    position: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[Code]
    at: Mapped[datetime]
    user_id: Mapped[int] = ref("users.id", index=False)
    __table_args__ = (
        one_of("status", *ORDER_STATUSES),
        sa.CheckConstraint("position >= 1", name="position_counts"),
        {"sqlite_with_rowid": False},
    )


class Payment(Base):
    """A tender of an order: ``amount`` is what the shop kept of ``tendered``, the rest is ``change``.

    One that is no part of a counter sale is a document of its own and has a ``number``.

    The tenders of a shift are found through its orders, so that each sale keeps an index less.
    """

    __tablename__ = "payments"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[str | None] = mapped_column(sa.String(64))
    order_id: Mapped[int] = ref("orders.id")
    payment_type_id: Mapped[int] = ref("payment_types.id", index=False)
    type: Mapped[Code]
    kind: Mapped[Code]
    amount_cents: Mapped[int]
    tendered_cents: Mapped[int]
    change_cents: Mapped[int]
    status: Mapped[Code]
    transaction_id: Mapped[str | None]
    card_brand: Mapped[str | None]
    card_last4: Mapped[str | None]
    raw_response: Mapped[str | None]
    till_id: Mapped[int] = ref("tills.id", index=False)
    shift_id: Mapped[int | None] = ref("shifts.id", index=False)
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime]
    __table_args__ = (
        one_of("status", "pending", "succeeded", "failed", "refunded"),
        sa.Index("uq_payments_number", "number", unique=True, **where("number IS NOT NULL")),
        sa.Index("ix_payments_numbered", "shift_id", "id", **where("number IS NOT NULL")),
        sa.Index("uq_payments_transaction_id", "transaction_id", unique=True, **where("transaction_id IS NOT NULL")),
        sa.CheckConstraint("amount_cents = tendered_cents - change_cents", name="change_adds_up"),
    )


class CardIntent(Base):
    """A card payment asked of the terminal, stored before it is asked, so that a crash in between can be looked up."""

    __tablename__ = "card_intents"
    id: Mapped[Id]
    uid: Mapped[Uid]
    cart_uid: Mapped[str] = mapped_column(sa.String(36), index=True)
    till_id: Mapped[int] = ref("tills.id")
    user_id: Mapped[int] = ref("users.id", index=False)
    amount_cents: Mapped[int]
    status: Mapped[Code]
    transaction_id: Mapped[str | None] = mapped_column(unique=True)
    card_brand: Mapped[str | None]
    card_last4: Mapped[str | None]
    raw_response: Mapped[str | None]
    order_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("orders.id", deferrable=True, initially="DEFERRED"), index=True
    )  # deferred: the checkout claims the intent before it writes the order
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (
        one_of("status", "pending", "approved", "declined", "timed_out", "cancelled", "used", "reversed"),
    )


class Void(Base):
    """A sale taken back whole before its shift was closed: a document of its own, never a delete."""

    __tablename__ = "voids"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    order_id: Mapped[int] = ref("orders.id", unique=True, index=False)
    till_id: Mapped[int] = ref("tills.id", index=False)
    shift_id: Mapped[int | None] = ref("shifts.id")
    reason: Mapped[str]
    total_cents: Mapped[int]
    cash_cents: Mapped[int]
    user_id: Mapped[int] = ref("users.id", index=False)
    approved_by: Mapped[int | None] = ref("users.id", index=False)
    created_at: Mapped[datetime]
    business_date: Mapped[str] = mapped_column(sa.String(10))
    __table_args__ = (
        sa.Index("ix_voids_created", "created_at", "id"),
        sa.Index("ix_voids_total", "total_cents", "id"),
        sa.CheckConstraint("total_cents <= 0 AND cash_cents BETWEEN 0 AND -total_cents", name="gives_back"),
    )


class TrainingSale(Base):
    """A sale rung up in training: it has its own numbers, no stock, no money, and prints TRAINING."""

    __tablename__ = "training_sales"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    till_id: Mapped[int] = ref("tills.id", index=False)
    user_id: Mapped[int] = ref("users.id", index=False)
    total_cents: Mapped[int]
    answer: Mapped[str]
    created_at: Mapped[datetime]
