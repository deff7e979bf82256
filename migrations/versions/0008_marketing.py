"""Notifications, wish lists and favourites. The way back is the backup taken before."""

from __future__ import annotations

from shopdesk.db.migration_steps import run_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = ("wishlists", "wishlist_items", "favorites")
"""The tables it makes: ``python -m migrations.freeze 0008`` writes their statements."""


def upgrade() -> None:
    """Bring the schema from 0007 to 0008."""
    run_script(__file__)
