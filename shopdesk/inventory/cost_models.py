"""Tables of what stock cost: the moving average of a variant, and every step that led to it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Hash, Id, one_of, ref

COST_KINDS = ("start", "by_hand", "receipt")


class VariantCost(Base):
    """What one unit of a variant cost on average, in millionths of a minor unit; the end of its chain of changes."""

    __tablename__ = "variant_costs"
    variant_id: Mapped[int] = ref("product_variants.id", primary_key=True, index=False)
    average_micro: Mapped[int]
    seq: Mapped[int]
    hash: Mapped[Hash]
    updated_at: Mapped[datetime]
    __table_args__ = (sa.CheckConstraint("average_micro >= 0", name="average_not_negative"),)


class CostChange(Base):
    """A step of an average, chained by variant; append-only. Quantities in thousandths, averages as in VariantCost.

    ``on_hand`` is what lay in all warehouses before, ``quantity`` what came for ``total_cents``.
    """

    __tablename__ = "cost_changes"
    id: Mapped[Id]
    variant_id: Mapped[int] = ref("product_variants.id", index=False)
    seq: Mapped[int]
    kind: Mapped[Code]
    average_before: Mapped[int | None]
    average_after: Mapped[int]
    on_hand: Mapped[int]
    quantity: Mapped[int]
    total_cents: Mapped[int]
    reference_type: Mapped[str] = mapped_column(sa.String(64), default="")
    reference_id: Mapped[int] = mapped_column(default=0)
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime]
    prev_hash: Mapped[Hash]
    hash: Mapped[Hash]
    __table_args__ = (
        sa.UniqueConstraint("variant_id", "seq"),
        one_of("kind", *COST_KINDS),
        sa.CheckConstraint("average_after >= 0", name="average_not_negative"),
    )
