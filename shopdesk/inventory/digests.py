"""Which columns of stock documents the journal vouches for, in this order, as the database holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopdesk.system.records import rows_digest

ADJUSTMENT = ("id", "uid", "number", "warehouse_id", "till_id", "reason", "notes", "user_id", "created_at")
ADJUSTMENT_LINE = ("id", "adjustment_id", "variant_id", "quantity_change")
TRANSFER = ("id", "uid", "number", "from_warehouse_id", "to_warehouse_id", "till_id", "notes", "user_id", "created_at")
TRANSFER_LINE = ("id", "transfer_id", "variant_id", "quantity")
STOCK_TABLES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "stock_adjustment": (("stock_adjustments", ADJUSTMENT), ("stock_adjustment_lines", ADJUSTMENT_LINE)),
    "stock_transfer": (("stock_transfers", TRANSFER), ("stock_transfer_lines", TRANSFER_LINE)),
}
"""Journal kind to the tables of its documents in digest order: the document, then its lines by id."""


def stock_digest(kind: str, document: Mapping[str, object], lines: Sequence[Mapping[str, object]]) -> str:
    """The digest of a stock document's rows, given as mappings from column to raw value."""
    (head, head_columns), (rows, row_columns) = STOCK_TABLES[kind]
    return rows_digest(
        (
            (head, [[document[column] for column in head_columns]]),
            (rows, [[line[column] for column in row_columns] for line in lines]),
        )
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A table of a document: its columns in digest order, the column that names the document, which rows belong to it."""

    table: str
    columns: tuple[str, ...]
    parent: str
    only: str = ""


@dataclass(frozen=True, slots=True)
class Grown:
    """A document that was edited before it was numbered: its journal kind, table, columns and parts.

    ``done`` is SQL that holds once it is frozen.
    """

    kind: str
    table: str
    columns: tuple[str, ...]
    parts: tuple[Part, ...]
    done: str = ""


TRANSFER_SENT = Grown(
    "transfer_sent",
    "transfer_documents",
    ("id", "uid", "number", "from_warehouse_id", "to_warehouse_id", "till_id", "notes", "sent_at", "sent_by"),
    (Part("transfer_document_lines", ("id", "document_id", "variant_id", "quantity"), "document_id", "is_sent"),),
    "number IS NOT NULL",
)
TRANSFER_RECEIVED = Grown(
    "transfer_received",
    "transfer_receipts",
    ("id", "uid", "number", "document_id", "till_id", "notes", "user_id", "created_at"),
    (
        Part(
            "transfer_receipt_lines",
            ("id", "receipt_id", "variant_id", "sent", "received", "damaged", "reason"),
            "receipt_id",
        ),
    ),
)
_COUNT = (
    "id",
    "uid",
    "number",
    "name",
    "warehouse_id",
    "scope",
    "category_id",
    "is_blind",
    "limit_cents",
    "rest",
    "notes",
    "till_id",
    "created_at",
    "created_by",
    "posted_at",
    "posted_by",
)
_ENTRY = (
    "id",
    "uid",
    "count_id",
    "variant_id",
    "area",
    "round",
    "quantity",
    "undoes_id",
    "on_hand",
    "ledger_seq",
    "user_id",
    "machine",
    "created_at",
)
STOCK_COUNT = Grown(
    "stock_count",
    "stock_counts",
    _COUNT,
    (
        Part(
            "stock_count_lines",
            ("id", "count_id", "variant_id", "counted", "expected", "ledger_seq", "quantity_change", "value_cents"),
            "count_id",
        ),
        Part(
            "stock_count_entries",
            _ENTRY,
            "count_id",
        ),
        Part("stock_count_recounts", ("id", "count_id", "variant_id", "round", "user_id", "created_at"), "count_id"),
    ),
    "number IS NOT NULL",
)
GROWN = (TRANSFER_SENT, TRANSFER_RECEIVED, STOCK_COUNT)
"""The documents that grow before they are frozen; each has one journal entry from then on."""


def grown_digest(shape: Grown, head: Sequence[object], parts: Sequence[Sequence[Sequence[object]]]) -> str:
    """The digest of a grown document: the raw values of its columns, and those of each part's rows by id."""
    tables = [(part.table, rows) for part, rows in zip(shape.parts, parts, strict=True)]
    return rows_digest([(shape.table, [head]), *tables])
