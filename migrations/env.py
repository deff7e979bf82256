"""Runs migrations on the connection that ``shopdesk.db.upkeep`` hands over, inside its one transaction."""

from __future__ import annotations

from alembic import context

from shopdesk.db.guards import install_guards
from shopdesk.schema import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, compare_type=True)
with context.begin_transaction():  # the caller's: alembic neither begins nor commits
    context.run_migrations()
install_guards(connection, METADATA)  # batch changes of a table drop its triggers silently
