"""Notifications, wish lists and favourites. The way back is the backup taken before."""

from __future__ import annotations

from alembic import op

from shopdesk.db.migration_steps import run, run_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = ("wishlists", "wishlist_items", "favorites", "notification_types", "notifications", "reviews")
"""The tables it makes: ``python -m migrations.freeze 0008`` writes their statements."""

_NEWS = (
    ("low_stock", "Stock runs low", "purchase"),
    ("job_done", "Background work is done", "job.view"),
    ("job_failed", "Background work failed", "job.view"),
)
"""Code and name of each kind of news, and who hears of it when no person is named."""


def upgrade() -> None:
    """Bring the schema from 0007 to 0008."""
    run_script(__file__)
    for code, name, permission in _NEWS:
        run(
            op.get_bind(),
            "INSERT INTO notification_types (code, name, permission, is_active) "
            f"VALUES ('{code}', '{name}', '{permission}', true)",
        )
