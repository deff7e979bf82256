"""The words by which customers are found, kept with them in the same transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from shopdesk.core.folding import folded, folded_words
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.parties.models import Address, Customer

_ADD = Prepared(sqlite="INSERT INTO customer_trigrams_fts (rowid, words) VALUES (:id, :words)")
_FORGET = Prepared(
    sqlite="DELETE FROM customer_trigrams_fts WHERE rowid IN (SELECT value FROM json_each(:ids))",
)
_READ = Prepared(
    sqlite="SELECT id, search_text FROM customers WHERE id IN (SELECT value FROM json_each(:ids)) "
    "AND deleted_at IS NULL ORDER BY id",
)
_SCRUB = Prepared(sqlite="INSERT INTO customer_trigrams_fts (customer_trigrams_fts) VALUES ('optimize')")
_DIALLED = re.compile(r"[+\d\s()/.\-]+")
_TELLING = 8
"""So many last digits of a phone or card number find it, however its beginning (country, area) is written."""
_FEWEST_DIGITS = 5


def customer_words(
    first_name: str,
    last_name: str,
    company: str,
    email: str | None,
    phone: str | None,
    card_number: str | None,
    addresses: str = "",
) -> str:
    """Name, mail, phone, card and places folded to words, parted and surrounded by single spaces.

    Phone and card stand in one piece, too. ``addresses`` are the towns and postal codes.
    """
    parts = (first_name, last_name, company, email or "", phone or "", card_number or "", addresses)
    words = dict.fromkeys(" ".join(folded(part) for part in parts).split())
    for number in (phone, card_number):
        words[folded(number or "").replace(" ", "")] = None
    words.pop("", None)
    return f" {' '.join(words)} "


def searched_words(text: str, most: int) -> tuple[str, ...]:
    """The words to look for in a text; a phone or card number, in whatever groups, is its last digits in one piece."""
    digits = re.sub(r"\D", "", text)
    if len(digits) >= _FEWEST_DIGITS and _DIALLED.fullmatch(text.strip()):
        return (digits.lstrip("0")[-_TELLING:],)
    return folded_words(text)[:most]


def address_words(reader: Reader, customer_id: int) -> str:
    """Towns and postal codes of a customer, for ``customer_words``."""
    rows = reader.connection.execute(
        sa.select(Address.postal_code, Address.city).where(Address.customer_id == customer_id).order_by(Address.id)
    )
    return " ".join(f"{row.postal_code} {row.city}" for row in rows)


def respell(uow: UnitOfWork, customer_id: int) -> None:
    """Write a customer's words anew after an address or a name changed elsewhere than in the customer's own form."""
    row = uow.connection.execute(
        sa.select(
            Customer.first_name,
            Customer.last_name,
            Customer.company,
            Customer.email,
            Customer.phone,
            Customer.card_number,
        ).where(Customer.id == customer_id)
    ).one()
    words = customer_words(*row, address_words(uow, customer_id))
    uow.connection.execute(sa.update(Customer).where(Customer.id == customer_id).values(search_text=words))
    refresh_customer_search(uow, [customer_id])


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


def scrub_customer_search(uow: UnitOfWork) -> None:
    """Write SQLite's index anew without what was taken out of it: until then it only marks those words as gone.

    Costs half a second for a hundred thousand customers. PostgreSQL's index goes with its rows.
    """
    if uow.dialect == "sqlite":
        batch = uow.batch()
        batch.add(_SCRUB)
        batch.send()
