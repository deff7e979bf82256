"""Ids taken ahead for many rows, so that a bulk path can write parents and children without asking back for each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from shopdesk.db.batch import Prepared
from shopdesk.db.unit import UnitOfWork


def reserve_ids(uow: UnitOfWork, table: str, count: int) -> Sequence[int]:
    """``count`` rising ids of a table that nobody else gets.

    On PostgreSQL they come from the table's own sequence; on SQLite the write transaction is alone, so they follow the
    largest id.
    """
    if count < 1:
        return ()
    batch = uow.batch()
    found = batch.add(_statement(table), {"count": count})
    batch.send()
    if uow.dialect == "postgresql":
        return [row[0] for row in found.rows]
    first = found.rows[0][0] + 1
    return range(first, first + count)


@lru_cache(maxsize=64)
def _statement(table: str) -> Prepared:
    return Prepared(
        sqlite=f"SELECT coalesce(max(id), 0), :count FROM {table}",
        postgresql=f"SELECT nextval('{table}_id_seq') FROM generate_series(1, :count)",
    )
