"""Counting what is sent to the database, the gate of V3."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from shopdesk.db.shop import Shop

_ENDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def counted(shop: Shop) -> Iterator[list[str]]:
    """The statements that this thread sends by either engine; beginnings and ends of transactions do not count.

    News of changes are sent by a thread of their own.
    """
    seen: list[str] = []
    here = threading.get_ident()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if threading.get_ident() == here and not statement.lstrip().upper().startswith(_ENDS):
            seen.append(statement)

    engines = (shop.database.read_engine, shop.database.write_engine)
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)
