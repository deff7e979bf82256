"""Writes the CREATE statements of a migration's new tables from the metadata: ``python -m migrations.freeze 0005``.

A migration names its tables in ``TABLES``. Once a revision has been released its files stay as they are, and every further
change of the models gets a migration of its own.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from shopdesk.db.migration_steps import SEPARATOR

FOLDER = Path(__file__).resolve().parent / "versions"
DIALECTS = ("sqlite", "postgresql")
_WIDTH = 170


def statements(dialect: str, names: Iterable[str]) -> list[str]:
    """Every CREATE of the named tables for a dialect, in an order in which they can run."""
    from shopdesk.schema import METADATA

    speaks = sqlite.dialect() if dialect == "sqlite" else postgresql.dialect(paramstyle="named")
    made: list[str] = []

    def keep(statement: Any, *_args: object, **_kwargs: object) -> None:  # Any: SQLAlchemy's DDL elements
        made.append(_compact(str(statement.compile(dialect=speaks))))

    wanted = set(names)
    if unknown := wanted - METADATA.tables.keys():
        raise LookupError(f"no such table: {', '.join(sorted(unknown))}")
    tables = [table for table in METADATA.sorted_tables if table.name in wanted]
    # In the order of names and references, not of whatever was imported first.
    METADATA.create_all(sa.create_mock_engine(f"{dialect}://", keep), tables=tables, checkfirst=False)
    return [text for index, run in groupby(made, _is_index) for text in (sorted(run) if index else run)]


def _is_index(statement: str) -> bool:
    return statement.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX"))  # SQLAlchemy keeps a table's in a set


def freeze(revision: str) -> list[Path]:
    """Write the files of a revision; returns them."""
    (module,) = FOLDER.glob(f"{revision}_*.py")
    spec = importlib.util.spec_from_file_location(module.stem, module)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    written = []
    for dialect in DIALECTS:
        path = module.with_suffix(f".{dialect}.sql")
        texts = statements(dialect, loaded.TABLES)
        path.write_text(SEPARATOR.join(texts) + SEPARATOR if texts else "", encoding="utf-8")
        written.append(path)
    return written


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
    for number in sys.argv[1:]:
        if not re.fullmatch(r"\d{4}", number) or number == "0001":
            sys.exit("usage: python -m migrations.freeze REVISION ... (0001 has been released)")
        freeze(number)
