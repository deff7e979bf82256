"""Counts, transfer documents, costs and reservations. The way back is the backup taken before."""

from __future__ import annotations

from alembic import op

from shopdesk.db.migration_steps import add_column, change_words, run, run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = (
    "variant_costs",
    "cost_changes",
    "reservations",
    "transfer_documents",
    "transfer_document_lines",
    "transfer_receipts",
    "transfer_receipt_lines",
    "stock_counts",
    "stock_count_goods",
    "stock_count_entries",
    "stock_count_recounts",
    "stock_count_lines",
)
"""The tables it makes: ``python -m migrations.freeze 0005`` writes their statements."""
SERIES = ("D", "E", "K")


def upgrade() -> None:
    """Bring the schema from 0004 to 0005; every till gets the series of transfers sent and received, and of counts.

    A series that was not used yet began when its till did: R is one of those in every shop of this schema.
    """
    run_script(__file__)
    before = ("order", "void", "adjustment", "transfer")
    added = ("transfer_document", "transfer_receipt", "receipt", "supplier_return", "count", "return")
    change_words("inventory_ledger", "reference_type", before, (*before, *added))
    connection = op.get_bind()
    false = "0" if connection.dialect.name == "sqlite" else "false"
    add_column("warehouses", "is_transit", f"BOOLEAN DEFAULT {false} NOT NULL")
    run(
        connection,
        "CREATE INDEX ix_stock_levels_negative ON stock_levels (warehouse_id, variant_id) WHERE on_hand < 0",
    )
    for series in SERIES:
        run(
            connection,
            "INSERT INTO counters (scope, series, till_id, value, hash, perpetual_cents, last_at) "
            f"SELECT scope, '{series}', till_id, 0, NULL, 0, last_at FROM counters WHERE series = 'R'",
        )
