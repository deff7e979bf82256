"""The first schema: people, customers, catalogue, inventory and counter sales. The way back is the backup taken before."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything; the statements stand beside this file, one text a dialect."""
    connection = op.get_bind()
    script = Path(__file__).with_suffix(f".{connection.dialect.name}.sql")
    cursor = connection.connection.cursor()
    for statement in script.read_text(encoding="utf-8").split("\n;\n"):
        if statement.strip():
            cursor.execute(statement)  # as it stands: a percent sign in it is no parameter
    cursor.close()
