"""Writing purchasing's documents: the till's book and the key behind its lock, and the journal entry that vouches for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.core.ids import canonical_uuid
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.posting import stock_till
from shopdesk.purchasing.digests import buying_digest
from shopdesk.system.records import FIND_ANSWER, Book, open_book, request_hash, stored_answer


@dataclass(frozen=True, slots=True)
class Request:
    """A request that holds its till's book. ``answer`` is what was answered under its key before, None for a new one."""

    book: Book
    key: str
    use_case: str
    content_hash: str
    answer: dict[str, object] | None

    def finish(self, answer: Mapping[str, object]) -> None:
        """Keep the answer and write the book with everything that was queued on it."""
        self.book.answer(self.key, self.use_case, self.content_hash, answer)
        self.book.send()


def begin(uow: UnitOfWork, use_case: str, key: str, till: str | None, content: Mapping[str, object]) -> Request:
    """Lock the till's book and look the key up behind the lock.

    The book comes before the order's row, and that before any stock: everybody locks in this order. Raises KeyReused, an
    unknown till, and BadField for a key that is no UUID.
    """
    try:
        key = canonical_uuid(key)
    except ValueError:
        raise BadField("key", _("must be a UUID.")) from None
    book = open_book(uow, *stock_till(uow, till))
    hashed = request_hash(use_case, {**content, "till": till or ""})
    batch = uow.batch()
    answered = batch.add(FIND_ANSWER, {"key": key})
    batch.send()
    return Request(book, key, use_case, hashed, stored_answer(answered, use_case, hashed))


def journal(book: Book, kind: str, document: Mapping[str, object], lines: Sequence[Mapping[str, object]] = ()) -> None:
    """Append the entry of a document; no turnover comes of buying."""
    body = {"key": document["uid"], "rows": buying_digest(kind, document, lines), "lines": len(lines)}
    book.journal(kind, str(document["number"]), 0, body)
