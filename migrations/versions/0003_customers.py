"""Customers: groups, payment methods, notes, consent, sellers' identity. The way back is the backup taken before."""

from __future__ import annotations

from alembic import op

from shopdesk.db.migration_steps import add_column, change_words, run, run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = (
    "customer_groups",
    "customer_group_members",
    "payment_methods",
    "customer_notes",
    "customer_consents",
    "distinct_customers",
    "sellers",
)
"""The tables it makes: ``python -m migrations.freeze 0003`` writes their statements."""


def upgrade() -> None:
    """Bring the schema from 0002 to 0003."""
    run_script(__file__)
    before = ("active", "blocked", "erased")
    change_words("customers", "status", before, (*before, "merged"))
    add_column("customers", "block_reason", "TEXT DEFAULT '' NOT NULL")
    add_column("customers", "merged_into", "INTEGER", references="customers (id)")
    run(op.get_bind(), "CREATE INDEX ix_customers_merged_into ON customers (merged_into)")
    run(op.get_bind(), "CREATE INDEX ix_customers_status ON customers (status, id)")
    run(op.get_bind(), "CREATE INDEX ix_customers_status_name ON customers (status, last_name, first_name, id)")
