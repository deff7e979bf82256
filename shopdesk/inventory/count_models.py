"""Tables of stock counts: who counted what when, on which place of the ledger, and what was booked in the end."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Edited, Flag, Id, Uid, one_of, ref

COUNT_SCOPES = ("all", "category", "list", "free")
COUNT_STATES = ("open", "posted", "cancelled")


class StockCount(Edited, Base):
    """A count of a warehouse. Numbered and frozen when its differences are booked.

    ``scope`` says what should be found: all that lies there, a category, a list, or whatever is scanned. ``rest`` is what was
    decided about goods nobody counted: ``leave`` or ``zero``. A difference worth more than ``limit_cents`` is counted again.
    """

    __tablename__ = "stock_counts"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str]
    warehouse_id: Mapped[int] = ref("warehouses.id")
    scope: Mapped[Code]
    category_id: Mapped[int | None] = ref("categories.id")
    is_blind: Mapped[Flag] = mapped_column(default=False)
    limit_cents: Mapped[int]
    state: Mapped[Code] = mapped_column(default="open")
    rest: Mapped[Code] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    till_id: Mapped[int | None] = ref("tills.id", index=False)
    posted_at: Mapped[datetime | None]
    posted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    __table_args__ = (
        one_of("scope", *COUNT_SCOPES),
        one_of("state", *COUNT_STATES),
        sa.Index("ix_stock_counts_state", "state", "id"),
    )


class StockCountGoods(Base):
    """A variant that a count's shelf list names."""

    __tablename__ = "stock_count_goods"
    count_id: Mapped[int] = ref("stock_counts.id", primary_key=True, index=False)
    variant_id: Mapped[int] = ref("product_variants.id", primary_key=True)


class StockCountEntry(Base):
    """One scan or figure of one person; append-only, taken back by another entry that names it.

    ``on_hand`` and ``ledger_seq`` are the level and its place in the ledger at that moment: what is sold later is not missing.
    """

    __tablename__ = "stock_count_entries"
    id: Mapped[Id]
    uid: Mapped[Uid]
    count_id: Mapped[int] = ref("stock_counts.id", index=False)
    variant_id: Mapped[int] = ref("product_variants.id")
    area: Mapped[str] = mapped_column(sa.String(40), default="")
    round: Mapped[int] = mapped_column(default=1)
    quantity: Mapped[int]
    undoes_id: Mapped[int | None] = ref("stock_count_entries.id", unique=True, index=False)
    on_hand: Mapped[int]
    ledger_seq: Mapped[int]
    user_id: Mapped[int] = ref("users.id", index=False)
    machine: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    __table_args__ = (
        sa.Index("ix_stock_count_entries_goods", "count_id", "variant_id", "id"),
        sa.Index("ix_stock_count_entries_newest", "count_id", "id"),
    )


class StockCountRecount(Base):
    """Somebody had a variant counted once more: only entries of the newest round decide; append-only."""

    __tablename__ = "stock_count_recounts"
    id: Mapped[Id]
    count_id: Mapped[int] = ref("stock_counts.id", index=False)
    variant_id: Mapped[int] = ref("product_variants.id")
    round: Mapped[int]
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime]
    __table_args__ = (
        sa.UniqueConstraint("count_id", "variant_id", "round"),
        sa.CheckConstraint("round > 1", name="later_round"),
    )


class StockCountLine(Base):
    """What a count booked of a variant: counted, expected at the moment it was counted, the difference and its worth."""

    __tablename__ = "stock_count_lines"
    id: Mapped[Id]
    count_id: Mapped[int] = ref("stock_counts.id", index=False)
    variant_id: Mapped[int] = ref("product_variants.id")
    counted: Mapped[int]
    expected: Mapped[int]
    ledger_seq: Mapped[int]
    quantity_change: Mapped[int]
    value_cents: Mapped[int]
    __table_args__ = (
        sa.UniqueConstraint("count_id", "variant_id"),
        sa.CheckConstraint("quantity_change = counted - expected", name="difference"),
    )
