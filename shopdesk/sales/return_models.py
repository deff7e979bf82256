"""Tables of goods that came back and of the money that went with them. Posted is immutable, like the sale."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Flag, Id, Uid, one_of, ref, where

CONDITIONS = ("stock", "damaged", "gone")


class Return(Base):
    """Goods of one sale that came back. Amounts are what comes back, positive; ``total_cents`` is the document's: -refund.

    -total = the lines' totals + shipping - fee + rounding. ``set_off_cents`` of it paid what was still open of an order; the rest
    went back, tender by tender in ``refunds``.
    """

    __tablename__ = "returns"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    order_id: Mapped[int] = ref("orders.id")
    till_id: Mapped[int] = ref("tills.id", index=False)
    shift_id: Mapped[int | None] = ref("shifts.id")
    reason: Mapped[str]
    currency: Mapped[str] = mapped_column(sa.String(3))
    prices_include_tax: Mapped[Flag]
    gross_cents: Mapped[int]
    discount_cents: Mapped[int]
    tax_cents: Mapped[int]
    shipping_cents: Mapped[int] = mapped_column(default=0)
    fee_cents: Mapped[int]
    rounding_cents: Mapped[int]
    total_cents: Mapped[int]
    set_off_cents: Mapped[int] = mapped_column(default=0)
    user_id: Mapped[int] = ref("users.id", index=False)
    approved_by: Mapped[int | None] = ref("users.id", index=False)
    created_at: Mapped[datetime]
    business_date: Mapped[str] = mapped_column(sa.String(10))
    __table_args__ = (
        sa.Index("ix_returns_created", "created_at", "id"),
        sa.Index("ix_returns_total", "total_cents", "id"),
        sa.CheckConstraint("total_cents <= 0 AND fee_cents >= 0 AND set_off_cents >= 0", name="gives_back"),
    )


class ReturnItem(Base):
    """A part of a sold line that came back; ``condition`` says whether it went to stock, to damaged goods, or not at all.

    ``tax_rates`` is a JSON list of [rate id, ppm, compound 0/1, tax cents] like the sold line's.
    """

    __tablename__ = "return_items"
    id: Mapped[Id]
    return_id: Mapped[int] = ref("returns.id", index=False)
    line: Mapped[int]
    order_item_id: Mapped[int] = ref("order_items.id")
    variant_id: Mapped[int | None] = ref("product_variants.id", index=False)
    product_name: Mapped[str]
    variant_name: Mapped[str]
    sku: Mapped[Code]
    unit: Mapped[Code]
    quantity: Mapped[int]
    unit_price_cents: Mapped[int]
    gross_cents: Mapped[int]
    discount_cents: Mapped[int]
    tax_cents: Mapped[int]
    tax_rates: Mapped[str]
    total_cents: Mapped[int]
    condition: Mapped[Code]
    warehouse_id: Mapped[int | None] = ref("warehouses.id", index=False)
    track_stock: Mapped[Flag]
    __table_args__ = (
        sa.UniqueConstraint("return_id", "line"),
        one_of("condition", *CONDITIONS),
        sa.CheckConstraint("quantity > 0 AND discount_cents >= 0 AND total_cents >= 0", name="comes_back"),
    )


class ReturnTax(Base):
    """A rate of a return: how much taxed turnover and tax came back, positive."""

    __tablename__ = "return_taxes"
    return_id: Mapped[int] = ref("returns.id", primary_key=True, index=False)
    tax_rate_id: Mapped[int] = ref("tax_rates.id", primary_key=True, index=False)
    name: Mapped[str]
    rate_ppm: Mapped[int]
    taxable_cents: Mapped[int]
    tax_cents: Mapped[int]
    __table_args__ = ({"sqlite_with_rowid": False},)


class Refund(Base):
    """Money given back to the tender that brought it. ``status`` is pending only while a card terminal owes its answer."""

    __tablename__ = "refunds"
    id: Mapped[Id]
    uid: Mapped[Uid]
    order_id: Mapped[int] = ref("orders.id")
    payment_id: Mapped[int] = ref("payments.id")
    return_id: Mapped[int | None] = ref("returns.id")
    payment_type_id: Mapped[int] = ref("payment_types.id", index=False)
    type: Mapped[Code]
    kind: Mapped[Code]
    amount_cents: Mapped[int]
    reason: Mapped[str]
    status: Mapped[Code]
    staff_notes: Mapped[str] = mapped_column(default="")
    till_id: Mapped[int] = ref("tills.id", index=False)
    shift_id: Mapped[int | None] = ref("shifts.id", index=False)
    user_id: Mapped[int] = ref("users.id", index=False)
    requested_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]
    transaction_id: Mapped[str | None]
    raw_response: Mapped[str | None]
    __table_args__ = (
        one_of("status", "pending", "processed", "failed"),
        sa.CheckConstraint("amount_cents > 0", name="amount_positive"),
        sa.Index("ix_refunds_of_no_return", "shift_id", "id", **where("return_id IS NULL")),
        sa.Index("ix_refunds_pending", "till_id", "id", **where("status = 'pending'")),
    )
