"""Counts, transfer documents, costs and reservations. The way back is the backup taken before."""

from __future__ import annotations

from shopdesk.db.migration_steps import change_words, run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = ()
"""The tables it makes: ``python -m migrations.freeze 0005`` writes their statements."""


def upgrade() -> None:
    """Bring the schema from 0004 to 0005."""
    run_script(__file__)
    before = ("order", "void", "adjustment", "transfer")
    added = ("transfer_document", "receipt", "supplier_return", "count", "return")
    change_words("inventory_ledger", "reference_type", before, (*before, *added))
