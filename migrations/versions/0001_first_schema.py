"""The first schema: people, customers, catalogue, inventory and counter sales. The way back is the backup taken before."""

from __future__ import annotations

from shopdesk.db.migration_steps import run_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything; the statements stand beside this file, one text a dialect."""
    run_script(__file__)
