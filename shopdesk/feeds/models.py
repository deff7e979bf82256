"""Tables of files in: feeds, what each changed and refused, their pieces, remembered columns, and where goods came from."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Hash, Id, Uid, one_of, ref, where

FEED_STATES = (
    "new",
    "checking",
    "checked",
    "applying",
    "done",
    "failed",
    "cancelled",
    "undoing",
    "undone",
    "discarded",
)


class ProductFeed(Base):
    """A file that came in: how it is read, what its columns mean, how far it is and what came of it.

    ``cursor`` is the last row of the file that a transaction dealt with; rows good and bad are counted up to it.
    """

    __tablename__ = "product_feeds"
    id: Mapped[Id]
    uid: Mapped[Uid]
    blob_id: Mapped[int] = ref("blobs.id")
    file_name: Mapped[str]
    kind: Mapped[Code]
    shape: Mapped[Code]
    format: Mapped[Code]
    reading: Mapped[str]
    header: Mapped[str]
    mapping: Mapped[str]
    options: Mapped[str]
    status: Mapped[Code]
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_processed: Mapped[int] = mapped_column(default=0)
    rows_good: Mapped[int] = mapped_column(default=0)
    rows_bad: Mapped[int] = mapped_column(default=0)
    made: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    jumps: Mapped[int] = mapped_column(default=0)
    lost_codes: Mapped[int] = mapped_column(default=0)
    meanwhile: Mapped[int] = mapped_column(default=0)
    undone: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    job_id: Mapped[int | None] = ref("jobs.id")
    created_by: Mapped[int] = ref("users.id")
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    __table_args__ = (
        one_of("kind", "products", "customers", "stock", "prices"),
        one_of("shape", "table", "shopify"),
        one_of("format", "csv", "xlsx"),
        one_of("status", *FEED_STATES),
        sa.CheckConstraint("rows_processed = rows_good + rows_bad", name="rows_add_up"),
        sa.CheckConstraint("rows_processed <= rows_total", name="rows_within_total"),
    )


class FeedChange(Base):
    """One product, customer, level or price that a file makes or changes; ``position`` is its first row in the file.

    ``details`` is the difference as JSON, ``before`` what undoing needs, ``mark`` how the thing was left.
    """

    __tablename__ = "feed_changes"
    feed_id: Mapped[int] = ref("product_feeds.id", primary_key=True, index=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rows: Mapped[int]
    action: Mapped[Code]
    state: Mapped[Code]
    target_id: Mapped[int | None]
    name: Mapped[str]
    title: Mapped[str]
    flags: Mapped[int]
    details: Mapped[str]
    before: Mapped[str | None]
    mark: Mapped[str | None]
    note: Mapped[str]
    __table_args__ = (
        one_of("action", "new", "changed"),
        one_of("state", "planned", "applied", "undone", "kept"),
        sa.Index("ix_feed_changes_flagged", "feed_id", "position", **where("flags <> 0")),
        {"sqlite_with_rowid": False},
    )


class FeedError(Base):
    """Why rows of a file were refused: the cell at fault and a sentence; the rows from first to last go together."""

    __tablename__ = "feed_errors"
    feed_id: Mapped[int] = ref("product_feeds.id", primary_key=True, index=False)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_row: Mapped[int]
    last_row: Mapped[int]
    column: Mapped[str] = mapped_column("column_name")
    code: Mapped[Code]
    message: Mapped[str]
    __table_args__ = ({"sqlite_with_rowid": False},)


class FilePiece(Base):
    """A piece of a stored file, compressed; small, so that storing it never keeps a till waiting."""

    __tablename__ = "file_pieces"
    blob_id: Mapped[int] = ref("blobs.id", primary_key=True, index=False, ondelete="CASCADE")
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]


class FeedMapping(Base):
    """The columns and options that people chose last for files with this header."""

    __tablename__ = "feed_mappings"
    kind: Mapped[Code] = mapped_column(primary_key=True)
    header_hash: Mapped[Hash] = mapped_column(primary_key=True)
    mapping: Mapped[str]
    options: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[int] = ref("users.id", index=False)


class ProductOrigin(Base):
    """What another shop's file said of a product beyond what the shop keeps, so that it can be written back as it came."""

    __tablename__ = "product_origins"
    product_id: Mapped[int] = ref("products.id", primary_key=True, index=False, ondelete="CASCADE")
    shape: Mapped[Code] = mapped_column(primary_key=True)
    cells: Mapped[str]
