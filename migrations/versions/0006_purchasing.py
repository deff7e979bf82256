"""Suppliers, purchase orders, goods received and sent back. The way back is the backup taken before."""

from __future__ import annotations

from shopdesk.db.migration_steps import run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = ()
"""The tables it makes: ``python -m migrations.freeze 0006`` writes their statements."""


def upgrade() -> None:
    """Bring the schema from 0005 to 0006."""
    run_script(__file__)
