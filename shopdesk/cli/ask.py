"""Questions from the command line: JSON lines, streamed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from shopdesk.catalogue.products_list import products_found
from shopdesk.cli.context import Call, UsageError
from shopdesk.core.actor import Actor
from shopdesk.core.clock import iso_utc
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.money import plain_quantity
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.inventory.queries import all_levels
from shopdesk.parties.queries import customers_found
from shopdesk.sales.queries import all_documents, journal_entries
from shopdesk.sales.sale_answer import document_told

Facts = dict[str, object]
Question = Callable[[Reader, Actor, dict[str, str]], Iterator[Facts]]


def ask_lines(call: Call, query: str, words: list[str]) -> Iterator[str]:
    """The answer's lines; raises UsageError for an unknown question or word, and ShopError for what is refused."""
    if query not in QUESTIONS:
        raise UsageError(
            _("there is no question {query}; there are: {known}.").format(query=query, known=", ".join(QUESTIONS))
        )
    known, question = QUESTIONS[query]
    given: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in known:
            raise UsageError(
                _("{query} takes: {known}.").format(query=query, known=", ".join(f"{name}=" for name in known) or "-")
            )
        given[name] = value
    shop, actor = call.shop(), call.actor()
    if "till" in known and call.till and "till" not in given:
        given["till"] = call.till
    for facts in shop.stream(question, actor, given):
        yield json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _sales(reader: Reader, actor: Actor, _given: dict[str, str]) -> Iterator[Facts]:
    actor.require(Permission.SALES_VIEW)
    for document in all_documents(reader):
        yield {
            "key": document.key,
            "number": document.number,
            "kind": document.kind,
            "till": document.till,
            "total_cents": document.total_cents,
            "created_at": iso_utc(document.created_at),
        }


def _sale(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    actor.require(Permission.SALES_VIEW)
    if "number" not in given:
        raise UsageError(_("sale takes: number=."))
    yield document_told(reader, given["number"])


def _stock(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    actor.require(Permission.STOCK_VIEW)
    for level in all_levels(reader, sku=given.get("sku"), warehouse=given.get("warehouse")):
        yield {
            "sku": level.sku,
            "warehouse": level.warehouse,
            "on_hand": plain_quantity(level.on_hand_milli),
            "reserved": plain_quantity(level.reserved_milli),
            "ledger": plain_quantity(level.ledger_milli),
        }


def _products(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    actor.require(Permission.CATALOGUE_VIEW)
    yield from _told(products_found(reader, given.get("q", "")))


def _customers(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    yield from _told(customers_found(reader, given.get("q", ""), actor))


def _journal(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    actor.require(Permission.SALES_VIEW)
    if "till" not in given:
        raise NotFound(_("Till"), "")
    for entry in journal_entries(reader, given["till"]):
        yield {
            "seq": entry.seq,
            "kind": entry.kind,
            "number": entry.number,
            "payload": entry.payload,
            "prev": entry.prev,
            "hash": entry.hash,
            "perpetual_cents": entry.perpetual_cents,
        }


def _told(rows: Any) -> Iterator[Facts]:
    import msgspec

    for row in rows:
        yield msgspec.to_builtins(row)


QUESTIONS: dict[str, tuple[tuple[str, ...], Question]] = {
    "sales": ((), _sales),
    "sale": (("number",), _sale),
    "stock": (("sku", "warehouse"), _stock),
    "products": (("q",), _products),
    "customers": (("q",), _customers),
    "journal": (("till",), _journal),
}
"""Each question with the words it takes."""
