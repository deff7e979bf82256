"""Jobs, saved views and what else the kit keeps; the permissions of the back office. The way back is the backup taken before."""

from __future__ import annotations

from alembic import op

from shopdesk.db.migration_steps import give_permissions, run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = ("jobs", "saved_views")
"""The tables it makes: ``python -m migrations.freeze 0002`` writes their statements."""

_GIVEN = {
    "catalogue.approve": ("Approve and reject products", "owner manager"),
    "stock.count": ("Count stock", "owner manager back_office clerk"),
    "stock.count_approve": ("Approve the difference of a count", "owner manager"),
    "stock.reserve": ("Set stock aside for a customer", "owner manager back_office"),
    "cost.view": ("See costs, margins and the value of stock", "owner manager back_office"),
    "supplier.view": ("See suppliers and purchase orders", "owner manager back_office"),
    "supplier.edit": ("Add and edit suppliers", "owner manager back_office"),
    "purchase": ("Make, send and cancel purchase orders", "owner manager back_office"),
    "receive": ("Receive goods", "owner manager back_office"),
    "supplier.return": ("Send goods back to a supplier", "owner manager back_office"),
    "customer.merge": ("Merge two customers into one", "owner manager back_office"),
    "customer.erase": ("Erase a customer's personal data", "owner manager"),
    "import": ("Import files", "owner manager back_office"),
    "job.view": ("See and repeat background work", "owner manager back_office"),
}
"""Permissions since 0001 with their names and the built-in roles that get them in a shop that stands already."""


def upgrade() -> None:
    """Bring the schema from 0001 to 0002."""
    run_script(__file__)
    give_permissions(op.get_bind(), _GIVEN)
