"""The product editor and price lists. The way back is the backup taken before."""

from __future__ import annotations

from shopdesk.db.migration_steps import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = ()
"""The tables it makes: ``python -m migrations.freeze 0004`` writes their statements."""


def upgrade() -> None:
    """Bring the schema from 0003 to 0004."""
    run_script(__file__)
