"""Writes the first migration's statements from the metadata: ``python -m migrations.freeze``, until the first release.

Afterwards 0001 stays as it is and every change of the models gets a migration of its own, written by hand.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

FOLDER = Path(__file__).resolve().parent / "versions"
SEPARATOR = "\n;\n"
_WIDTH = 170


def script_path(dialect: str) -> Path:
    """Where the first migration keeps its statements for a dialect."""
    return FOLDER / f"0001_first_schema.{dialect}.sql"


def statements(dialect: str) -> list[str]:
    """Every CREATE of the metadata for a dialect, in an order in which they can run."""
    from shopdesk.schema import METADATA

    speaks = sqlite.dialect() if dialect == "sqlite" else postgresql.dialect(paramstyle="named")
    made: list[str] = []

    def keep(statement: Any, *_args: object, **_kwargs: object) -> None:  # Any: SQLAlchemy's DDL elements
        made.append(_compact(str(statement.compile(dialect=speaks))))

    # In the order of names and references, not of whatever was imported first.
    METADATA.create_all(sa.create_mock_engine(f"{dialect}://", keep), tables=METADATA.sorted_tables, checkfirst=False)
    return [text for index, run in groupby(made, _is_index) for text in (sorted(run) if index else run)]


def _is_index(statement: str) -> bool:
    return statement.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX"))  # SQLAlchemy keeps a table's in a set


def script(dialect: str) -> str:
    """The text of the file: statements parted by a line that holds only a semicolon."""
    return SEPARATOR.join(statements(dialect)) + SEPARATOR


def read_script(dialect: str) -> list[str]:
    """The statements that the first migration runs."""
    parts = script_path(dialect).read_text(encoding="utf-8").split(SEPARATOR)
    return [part for part in parts if part.strip()]


def _compact(text: str) -> str:
    """SQLAlchemy's one column a line, joined to lines of a readable width."""
    lines: list[str] = []
    for part in (line.strip() for line in text.strip().splitlines()):
        if lines and part and len(lines[-1]) + len(part) < _WIDTH:
            lines[-1] += " " + part
        elif part:
            lines.append(part)
    return "\n".join(lines)


if __name__ == "__main__":
    for name in ("sqlite", "postgresql"):
        script_path(name).write_text(script(name), encoding="utf-8")
