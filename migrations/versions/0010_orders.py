"""Orders by phone, web and for later, their invoices, payments and parcels. The way back is the backup taken before."""

from __future__ import annotations

from alembic import op

from shopdesk.db.migration_steps import add_column, add_series, change_words, give_permissions, run, run_script

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = (
    "shipping_options",
    "shipping_rates",
    "order_plans",
    "order_plan_lines",
    "quote_addresses",
    "order_addresses",
    "order_events",
    "invoices",
    "shipments",
    "shipment_items",
    "tracking_steps",
)
"""The tables it makes: ``python -m migrations.freeze 0010`` writes their statements."""

SENT = {
    "ix_orders_sent_placed": "placed_at, id",
    "ix_orders_sent_status": "status, placed_at, id",
    "ix_orders_sent_number": "number, id",
    "ix_orders_sent_total": "total_cents, id",
}
"""Indexes of the orders that are sent or fetched, by name."""


def upgrade() -> None:
    """Bring the schema from 0009 to 0010."""
    run_script(__file__)
    connection = op.get_bind()
    add_column("orders", "fulfilment", "VARCHAR(64) DEFAULT 'counter' NOT NULL")
    for name, columns in SENT.items():
        run(connection, f"CREATE INDEX {name} ON orders ({columns}) WHERE fulfilment <> 'counter'")
    add_column("payments", "number", "VARCHAR(64)")
    run(connection, "CREATE UNIQUE INDEX uq_payments_number ON payments (number) WHERE number IS NOT NULL")
    run(connection, "CREATE INDEX ix_payments_numbered ON payments (shift_id, id) WHERE number IS NOT NULL")
    before = ("order", "void", "adjustment", "transfer", "transfer_document", "transfer_receipt", "receipt")
    before = (*before, "supplier_return", "count", "return")
    change_words("inventory_ledger", "reference_type", before, (*before, "shipment"))
    add_series("O", "Q", "I", "L", "Y", "W")
    given = {
        "order.edit": ("Take and change orders and quotes", "owner manager back_office"),
        "order.ship": ("Pack and send orders", "owner manager back_office"),
        "order.account": ("Sell on account above a customer's limit", "owner manager"),
        "shipping.edit": ("Edit ways of sending", "owner manager"),
    }
    give_permissions(connection, given)
