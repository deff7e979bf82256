"""The product editor and price lists. The way back is the backup taken before."""

from __future__ import annotations

from alembic import op

from shopdesk.db.migration_steps import add_column, run, run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = ("freed_codes", "barcode_ranges")
"""The tables it makes: ``python -m migrations.freeze 0004`` writes their statements."""


def upgrade() -> None:
    """Bring the schema from 0003 to 0004."""
    run_script(__file__)
    add_column("products", "seller_id", "INTEGER", references="sellers (id)")
    run(op.get_bind(), "CREATE INDEX ix_products_seller_id ON products (seller_id)")
    run(op.get_bind(), "CREATE INDEX ix_products_held ON products (title, id) WHERE status <> 'approved'")
    run(op.get_bind(), "CREATE INDEX ix_products_deleted ON products (title, id) WHERE deleted_at IS NOT NULL")
    run(op.get_bind(), "CREATE INDEX ix_product_attributes_fact ON product_attributes (name, value, product_id)")
