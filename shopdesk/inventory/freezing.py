"""Freezing a document that grew: its rows are read back as they stand and vouched for by one journal entry."""

from __future__ import annotations

from functools import lru_cache

from shopdesk.db.batch import Prepared
from shopdesk.inventory.digests import GROWN, grown_digest
from shopdesk.system.records import Book


def journal_grown(book: Book, kind: str, document_id: int, number: str) -> None:
    """Add the journal entry of a document whose rows are all written; one statement a table."""
    shape = next(shape for shape in GROWN if shape.kind == kind)
    batch = book.uow.batch()
    asked = [batch.add(statement, {"id": document_id}) for statement in _statements(kind)]
    batch.send()
    head, *parts = (outcome.rows for outcome in asked)
    body = {
        "key": str(head[0][shape.columns.index("uid")]),
        "rows": grown_digest(shape, head[0], parts),
        "lines": len(parts[0]),
    }
    book.journal(kind, number, 0, body)


@lru_cache(maxsize=8)
def _statements(kind: str) -> tuple[Prepared, ...]:
    shape = next(shape for shape in GROWN if shape.kind == kind)
    texts = [f"SELECT {', '.join(shape.columns)} FROM {shape.table} WHERE id = :id"]
    for part in shape.parts:
        only = f" AND {part.only}" if part.only else ""
        texts.append(f"SELECT {', '.join(part.columns)} FROM {part.table} WHERE {part.parent} = :id{only} ORDER BY id")
    return tuple(Prepared(sqlite=text, postgresql=text) for text in texts)
