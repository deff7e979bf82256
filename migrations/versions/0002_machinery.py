"""Jobs, saved views and what else the kit keeps; the permissions of the back office. The way back is the backup taken before."""

from __future__ import annotations

from alembic import op

from shopdesk.db.migration_steps import change_words, run, run_script

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
    papers = ("receipt", "gift_receipt", "void", "shift_report", "training", "drawer", "test_page")
    change_words("print_jobs", "document", papers, (*papers, "labels"))
    _give_permissions()


def _give_permissions() -> None:
    """In a shop that has roles; a new one gets its roles, these permissions among them, when it is founded."""
    connection = op.get_bind()
    if not connection.exec_driver_sql("SELECT count(*) FROM roles").scalar_one():
        return
    for code, (name, roles) in _GIVEN.items():
        words = name.replace("'", "''")
        run(connection, f"INSERT INTO permissions (code, name) VALUES ('{code}', '{words}')")
        holders = ", ".join(f"'{role}'" for role in roles.split())
        run(
            connection,
            "INSERT INTO role_permissions (role_id, permission_id) SELECT r.id, p.id FROM roles r, permissions p "
            f"WHERE r.is_builtin AND r.code IN ({holders}) AND p.code = '{code}'",
        )
    run(connection, "UPDATE roles SET version = version + 1 WHERE is_builtin")
