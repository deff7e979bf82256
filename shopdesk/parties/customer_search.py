"""The words by which customers are found, kept with them in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopdesk.core.folding import folded
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import UnitOfWork

_ADD = Prepared(sqlite="INSERT INTO customer_trigrams_fts (rowid, words) VALUES (:id, :words)")
_FORGET = Prepared(
    sqlite="DELETE FROM customer_trigrams_fts WHERE rowid IN (SELECT value FROM json_each(:ids))",
)
_READ = Prepared(
    sqlite="SELECT id, search_text FROM customers WHERE id IN (SELECT value FROM json_each(:ids)) "
    "AND deleted_at IS NULL ORDER BY id",
)


def customer_words(
    first_name: str, last_name: str, company: str, email: str | None, phone: str | None, card_number: str | None
) -> str:
    """Name, mail, phone and card folded to words, parted and surrounded by single spaces; phone and card also in one piece."""
    parts = (first_name, last_name, company, email or "", phone or "", card_number or "")
    words = dict.fromkeys(" ".join(folded(part) for part in parts).split())
    for number in (phone, card_number):
        words[folded(number or "").replace(" ", "")] = None
    words.pop("", None)
    return f" {' '.join(words)} "


def add_to_customer_search(uow: UnitOfWork, rows: Sequence[tuple[int, str]]) -> None:
    """Index customers that search does not know yet: (id, ``customer_words``). PostgreSQL indexes the column itself."""
    if uow.dialect == "sqlite":
        batch = uow.batch()
        batch.add(_ADD, [{"id": customer_id, "words": words} for customer_id, words in rows])
        batch.send()


def refresh_customer_search(uow: UnitOfWork, customer_ids: Iterable[int]) -> None:
    """Index customers anew from their ``search_text``; deleted ones are found no more."""
    if uow.dialect != "sqlite":
        return
    uow.flush()
    batch = uow.batch()
    chosen = {"ids": array("sqlite", sorted(set(customer_ids)))}
    batch.add(_FORGET, chosen)
    found = batch.add(_READ, chosen)
    batch.send()
    add_to_customer_search(uow, [(row[0], row[1]) for row in found.rows])
