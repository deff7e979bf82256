"""Tables of transfers that take time: a document with its goods, and what arrived of them.

While goods are on their way they lie in the shop's transit warehouse (``Warehouse.is_transit``): sending moves them from the
source to it, receiving from it to the target, so that every piece is in exactly one ledger at every moment and each step's
moves sum to nothing over two warehouses. What is missing, broken or too many is then an adjustment at the target.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Edited, Flag, Id, Uid, one_of, ref

TRANSFER_STATES = ("draft", "sent", "received", "cancelled")


class TransferDocument(Edited, Base):
    """Goods to be moved: edited as a draft, numbered and frozen when they leave, closed when they arrive."""

    __tablename__ = "transfer_documents"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    state: Mapped[Code] = mapped_column(default="draft")
    from_warehouse_id: Mapped[int] = ref("warehouses.id")
    to_warehouse_id: Mapped[int] = ref("warehouses.id")
    till_id: Mapped[int | None] = ref("tills.id", index=False)
    notes: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    __table_args__ = (
        one_of("state", *TRANSFER_STATES),
        sa.CheckConstraint("from_warehouse_id <> to_warehouse_id", name="two_places"),
        sa.Index("ix_transfer_documents_state", "state", "id"),
    )


class TransferDocumentLine(Base):
    """One variant of a transfer document; a quantity of nothing is a line that was taken out of the draft again."""

    __tablename__ = "transfer_document_lines"
    id: Mapped[Id]
    document_id: Mapped[int] = ref("transfer_documents.id", index=False)
    variant_id: Mapped[int] = ref("product_variants.id")
    quantity: Mapped[int]
    is_sent: Mapped[Flag] = mapped_column(default=False)
    __table_args__ = (
        sa.UniqueConstraint("document_id", "variant_id"),
        sa.CheckConstraint("quantity >= 0", name="not_less_than_nothing"),
    )


class TransferReceipt(Base):
    """The arrival of a transfer document's goods, once; immutable, journalled."""

    __tablename__ = "transfer_receipts"
    id: Mapped[Id]
    uid: Mapped[Uid]
    number: Mapped[Code] = mapped_column(unique=True)
    document_id: Mapped[int] = ref("transfer_documents.id", index=False, unique=True)
    till_id: Mapped[int] = ref("tills.id", index=False)
    notes: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int] = ref("users.id", index=False)
    created_at: Mapped[datetime]


class TransferReceiptLine(Base):
    """One variant that was sent, or came without being sent: how much arrived sound, how much damaged, and why it differs."""

    __tablename__ = "transfer_receipt_lines"
    id: Mapped[Id]
    receipt_id: Mapped[int] = ref("transfer_receipts.id", index=False)
    variant_id: Mapped[int] = ref("product_variants.id")
    sent: Mapped[int]
    received: Mapped[int]
    damaged: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        sa.UniqueConstraint("receipt_id", "variant_id"),
        sa.CheckConstraint("sent >= 0 AND received >= 0 AND damaged >= 0", name="not_less_than_nothing"),
    )
