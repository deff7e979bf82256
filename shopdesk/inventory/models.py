"""Tables of warehouses, stock levels, the chained ledger behind them, adjustments and transfers.

All quantities are integer thousandths of the variant's unit.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Edited, Flag, Hash, Id, Uid, one_of, ref, where

LEDGER_TYPES = ("receive", "sale", "void", "return", "damage", "adjust", "transfer_out", "transfer_in", "count")
LEDGER_REFERENCES = (
    "order",
    "void",
    "adjustment",
    "transfer",
    "transfer_document",
    "transfer_receipt",
    "receipt",
    "supplier_return",
    "count",
    "return",
    "shipment",
)


class Warehouse(Edited, Base):
    """A place that holds stock; a till sells from one.

    ``is_transit`` marks the one place where goods lie that were sent and have not arrived: it is never chosen, and out of use for
    everything else.
    """

    __tablename__ = "warehouses"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    location: Mapped[str] = mapped_column(default="")
    is_active: Mapped[Flag] = mapped_column(default=True)
    is_transit: Mapped[Flag] = mapped_column(default=False, server_default=sa.false())


class StockLevel(Base):
    """What lies of a variant in a warehouse; always the sum of its ledger, whose last link it holds.

    A level is made together with its first ledger row, so that a level without a ledger is as wrong as the reverse.
    """

    __tablename__ = "stock_levels"
    variant_id: Mapped[int] = ref("product_variants.id", primary_key=True, index=False)
    warehouse_id: Mapped[int] = ref("warehouses.id", primary_key=True)
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    low_stock_threshold: Mapped[int | None]
    ledger_seq: Mapped[int] = mapped_column(default=0)
    ledger_hash: Mapped[Hash]
    updated_at: Mapped[datetime]
    __table_args__ = (
        sa.CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        sa.Index(
            "ix_stock_levels_watched",
            "warehouse_id",
            "variant_id",
            sqlite_where=sa.text("low_stock_threshold IS NOT NULL"),
            postgresql_where=sa.text("low_stock_threshold IS NOT NULL"),
        ),
        sa.Index("ix_stock_levels_negative", "warehouse_id", "variant_id", **where("on_hand < 0")),
    )


class LedgerEntry(Base):
    """One movement of stock; append-only, chained by variant and warehouse; ``line_id`` is the document's line."""

    __tablename__ = "inventory_ledger"
    id: Mapped[Id]
    variant_id: Mapped[int] = ref("product_variants.id", index=False)
    warehouse_id: Mapped[int] = ref("warehouses.id", index=False)
    seq: Mapped[int]
    type: Mapped[Code]
    quantity_change: Mapped[int]
    quantity_after: Mapped[int]
    reference_type: Mapped[Code]
    reference_id: Mapped[int]
    line_id: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime]
    prev_hash: Mapped[Hash]
    hash: Mapped[Hash]
    __table_args__ = (
        sa.UniqueConstraint("variant_id", "warehouse_id", "seq"),
        sa.UniqueConstraint("reference_type", "reference_id", "line_id", "type"),
        one_of("type", *LEDGER_TYPES),
        one_of("reference_type", *LEDGER_REFERENCES),
        sa.CheckConstraint("quantity_change <> 0", name="moves_something"),
    )


class StockAdjustment(Base):
    """A correction of stock with its reason; immutable, journalled."""

    __tablename__ = "stock_adjustments"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    warehouse_id: Mapped[int] = ref("warehouses.id")
    till_id: Mapped[int] = ref("tills.id", index=False)
    reason: Mapped[str]
    notes: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime] = mapped_column(index=True)


class StockAdjustmentLine(Base):
    """One variant of an adjustment."""

    __tablename__ = "stock_adjustment_lines"
    id: Mapped[Id]
    adjustment_id: Mapped[int] = ref("stock_adjustments.id")
    variant_id: Mapped[int] = ref("product_variants.id")
    quantity_change: Mapped[int]
    __table_args__ = (sa.CheckConstraint("quantity_change <> 0", name="changes_something"),)


class StockTransfer(Base):
    """Goods moved from one warehouse to another at once; immutable, journalled."""

    __tablename__ = "stock_transfers"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    from_warehouse_id: Mapped[int] = ref("warehouses.id")
    to_warehouse_id: Mapped[int] = ref("warehouses.id")
    till_id: Mapped[int] = ref("tills.id", index=False)
    notes: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (sa.CheckConstraint("from_warehouse_id <> to_warehouse_id", name="two_places"),)


class StockTransferLine(Base):
    """One variant of a transfer."""

    __tablename__ = "stock_transfer_lines"
    id: Mapped[Id]
    transfer_id: Mapped[int] = ref("stock_transfers.id")
    variant_id: Mapped[int] = ref("product_variants.id")
    quantity: Mapped[int]
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="moves_something"),)


class OversellException(Base):
    """Goods sold below zero under the ``continue`` policy: what somebody has to look at."""

    __tablename__ = "oversell_exceptions"
    id: Mapped[Id]
    variant_id: Mapped[int] = ref("product_variants.id", index=False)
    warehouse_id: Mapped[int] = ref("warehouses.id", index=False)
    order_id: Mapped[int | None] = ref("orders.id")
    quantity_after: Mapped[int]
    state: Mapped[Code] = mapped_column(default="open")
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    __table_args__ = (
        one_of("state", "open", "resolved"),
        sa.Index("ix_oversell_exceptions_place", "variant_id", "warehouse_id", "state"),
        sa.Index("ix_oversell_exceptions_state", "state", "id"),
    )
