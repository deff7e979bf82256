"""Goods that come back, and the money with them. The way back is the backup taken before."""

from __future__ import annotations

from alembic import op

from shopdesk.db.migration_steps import change_words, give_permissions, run_script

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("returns", "return_items", "return_taxes", "refunds")
"""The tables it makes: ``python -m migrations.freeze 0009`` writes their statements."""


def upgrade() -> None:
    """Bring the schema from 0008 to 0009."""
    run_script(__file__)
    papers = ("receipt", "gift_receipt", "void", "shift_report", "training", "drawer", "test_page")
    change_words("print_jobs", "document", papers, (*papers, "return"))
    give_permissions(op.get_bind(), {"return": ("Take goods back and give money back", "owner manager")})
