"""What migrations are made of: statements kept in files, and the changes of a table that both databases can make."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

SEPARATOR = "\n;\n"


def run_script(migration: str) -> None:
    """Run the statements that stand beside a migration's file, one text a dialect; ``migration`` is its ``__file__``."""
    connection = op.get_bind()
    script = Path(migration).with_suffix(f".{connection.dialect.name}.sql")
    for statement in script.read_text(encoding="utf-8").split(SEPARATOR):
        if statement.strip():
            run(connection, statement)


def run(connection: sa.Connection, statement: str) -> None:
    """One statement as it stands: a percent sign in it is no parameter."""
    cursor = connection.connection.cursor()
    cursor.execute(statement)
    cursor.close()


def change_check(table: str, constraint: str, old: str, new: str) -> None:
    """Give a CHECK another condition: ``old`` and ``new`` are its SQL as SQLAlchemy writes it, without the brackets.

    SQLite cannot alter a constraint. Its own documentation allows the stored text of a CHECK to be edited in place, which
    costs nothing however many rows there are; rebuilding the ledger of a large shop would take minutes.
    """
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        run(connection, f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        run(connection, f"ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({new})")
        return
    text = connection.exec_driver_sql("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,))
    before = str(text.scalar_one())
    if before.count(f"({old})") != 1:
        raise LookupError(f"{table} has no single CHECK ({old})")
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?",
        (before.replace(f"({old})", f"({new})"), table),
    )
    run(connection, f"PRAGMA schema_version={int(version) + 1}")  # a pragma takes no parameters
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")


def change_words(table: str, column: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Give an enumeration (``db.base.one_of``) other words."""

    def condition(words: tuple[str, ...]) -> str:
        listed = ", ".join(f"'{word}'" for word in words)
        return f"{column} IN ({listed})"

    change_check(table, f"ck_{table}_{column}_known", condition(old), condition(new))


def add_column(table: str, column: str, kind: str, *, references: str = "") -> None:
    """Add a column; ``kind`` is its type and the rest (``INTEGER``, ``TEXT DEFAULT '' NOT NULL``) as SQLAlchemy writes it.

    ``references`` is ``table (column)``. A NOT NULL column needs a DEFAULT, which the model repeats as ``server_default``. An
    index is made by ``run`` beside it. INTEGER (a number or key; times are BIGINT) becomes BIGINT on PostgreSQL.
    """
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        kind = kind.replace("INTEGER", "BIGINT")
    target = f" CONSTRAINT fk_{table}_{column} REFERENCES {references}" if references else ""
    run(connection, f"ALTER TABLE {table} ADD COLUMN {column} {kind}{target}")


def give_permissions(connection: sa.Connection, given: dict[str, tuple[str, str]]) -> None:
    """Add permissions (name, and the built-in roles that get them) to a shop that has roles.

    A new shop gets its roles, these permissions among them, when it is founded.
    """
    if not connection.exec_driver_sql("SELECT count(*) FROM roles").scalar_one():
        return
    for code, (name, roles) in given.items():
        words = name.replace("'", "''")
        run(connection, f"INSERT INTO permissions (code, name) VALUES ('{code}', '{words}')")
        holders = ", ".join(f"'{role}'" for role in roles.split())
        run(
            connection,
            "INSERT INTO role_permissions (role_id, permission_id) SELECT r.id, p.id FROM roles r, permissions p "
            f"WHERE r.is_builtin AND r.code IN ({holders}) AND p.code = '{code}'",
        )
    run(connection, "UPDATE roles SET version = version + 1 WHERE is_builtin")


def add_series(*names: str) -> None:
    """Give every till further number series. A series that was not used yet begins when the till's unused ones did."""
    for name in names:
        run(
            op.get_bind(),
            "INSERT INTO counters (scope, series, till_id, value, hash, perpetual_cents, last_at) "
            f"SELECT t.code, '{name}', t.id, 0, NULL, 0, coalesce((SELECT max(c.last_at) FROM counters c "
            "WHERE c.scope = t.code AND c.value = 0 AND c.hash IS NULL), t.created_at) FROM tills t",
        )
