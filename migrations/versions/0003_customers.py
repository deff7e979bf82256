"""Customers: groups, payment methods, notes, consent, sellers' identity. The way back is the backup taken before."""

from __future__ import annotations

from shopdesk.db.migration_steps import run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = ()
"""The tables it makes: ``python -m migrations.freeze 0003`` writes their statements."""


def upgrade() -> None:
    """Bring the schema from 0002 to 0003."""
    run_script(__file__)
