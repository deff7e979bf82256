"""Files in: feeds, their rows and what they changed. The way back is the backup taken before."""

from __future__ import annotations

from shopdesk.db.migration_steps import run_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = (
    "product_feeds",
    "feed_changes",
    "feed_errors",
    "file_pieces",
    "feed_mappings",
    "product_origins",
)
"""The tables it makes: ``python -m migrations.freeze 0007`` writes their statements."""


def upgrade() -> None:
    """Bring the schema from 0006 to 0007."""
    run_script(__file__)
