"""Suppliers, purchase orders, goods received and sent back. The way back is the backup taken before."""

from __future__ import annotations

from alembic import op

from shopdesk.db.migration_steps import run, run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = (
    "suppliers",
    "supplier_items",
    "purchase_orders",
    "purchase_order_lines",
    "purchase_order_history",
    "purchase_order_papers",
    "receipts",
    "receipt_lines",
    "supplier_returns",
    "supplier_return_lines",
)
"""The tables it makes: ``python -m migrations.freeze 0006`` writes their statements."""
SERIES = ("P", "G", "B")


def upgrade() -> None:
    """Bring the schema from 0005 to 0006; every till gets the three series of purchasing.

    A series that was not used yet began when its till did: R is one of those in every shop of this schema.
    """
    run_script(__file__)
    for series in SERIES:
        run(
            op.get_bind(),
            "INSERT INTO counters (scope, series, till_id, value, hash, perpetual_cents, last_at) "
            f"SELECT scope, '{series}', till_id, 0, NULL, 0, last_at FROM counters WHERE series = 'R'",
        )
