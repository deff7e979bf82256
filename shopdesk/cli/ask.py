"""Questions from the command line: JSON lines, streamed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import msgspec

from shopdesk.catalogue.queries import variants_page
from shopdesk.catalogue.search import search_goods
from shopdesk.cli import ask_buying, ask_orders
from shopdesk.cli.context import Call, UsageError
from shopdesk.core.actor import Actor
from shopdesk.core.clock import iso_utc
from shopdesk.core.folding import folded_words
from shopdesk.core.i18n import _
from shopdesk.core.money import plain_quantity
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import PageRequest
from shopdesk.db.unit import Reader
from shopdesk.inventory.queries import stock_rows
from shopdesk.marketing.notifications import notifications_page
from shopdesk.parties.queries import customers_page, find_customers
from shopdesk.sales.queries import all_documents, journal_entries
from shopdesk.sales.sale_answer import document_told
from shopdesk.sales.tills import till_at
from shopdesk.system.jobs_list import jobs_page

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
    for level in stock_rows(reader, sku=given.get("sku"), warehouse=given.get("warehouse")):
        yield {
            "sku": level.sku,
            "warehouse": level.warehouse,
            "on_hand": plain_quantity(level.on_hand_milli),
            "reserved": plain_quantity(level.reserved_milli),
            "ledger": plain_quantity(level.ledger_milli),
        }


def _products(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    """Goods that a text finds, as the till finds them; without a text all of them by SKU."""
    actor.require(Permission.CATALOGUE_VIEW)
    if given.get("q"):
        place = till_at(reader, None, actor)
        for good in search_goods(reader, given["q"], place.warehouse_id, limit=100).goods:
            yield _good(good.sku, good.name, good.variant_name, good.price_cents)
        return
    request = PageRequest(limit=500)
    while True:
        page = variants_page(reader, request)
        for row in page.rows:
            yield _good(row.sku, row.title, row.name, row.price_cents)
        if page.next is None:
            return
        request = replace(request, after=page.next)


def _good(sku: str, title: str, variant: str, price_cents: int) -> Facts:
    return {"sku": sku, "title": title, "variant": variant, "price_cents": price_cents}


def _customers(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    """Customers that a text finds, few and shortened for who may not list them (S31); without a text all, for who may."""
    text = given.get("q", "")
    if text and not actor.may(Permission.CUSTOMER_LIST):
        for person in find_customers(reader, text, actor):
            yield _plain(person)
        return
    actor.require(Permission.CUSTOMER_LIST)
    if text and not folded_words(text):
        return
    request = PageRequest(limit=500, search=text)
    while True:
        page = customers_page(reader, request, actor)
        yield from map(_plain, page.rows)
        if page.next is None:
            return
        request = replace(request, after=page.next)


def _journal(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    actor.require(Permission.SALES_VIEW)
    if "till" not in given:
        raise UsageError(_("journal takes: till=."))
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


def _jobs(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    """Work in the background, newest first; ``state`` narrows it."""
    actor.require(Permission.JOB_VIEW)
    filters = (("state", given["state"]),) if "state" in given else ()
    request = PageRequest(sort="newest", descending=True, filters=filters, limit=500)
    while True:
        page = jobs_page(reader, request)
        yield from map(_plain, page.rows)
        if page.next is None:
            return
        request = replace(request, after=page.next)


def _notifications(reader: Reader, actor: Actor, _given: dict[str, str]) -> Iterator[Facts]:
    """The caller's own news, newest first."""
    request = PageRequest(sort="newest", descending=True, limit=500)
    while True:
        page = notifications_page(reader, request, actor.user_id)
        for row in page.rows:
            yield {**_plain(row), "text": row.text}
        if page.next is None:
            return
        request = replace(request, after=page.next)


def _plain(row: Any) -> Facts:
    """A frozen row as JSON has it."""
    facts: Facts = msgspec.to_builtins(row)
    return facts


QUESTIONS: dict[str, tuple[tuple[str, ...], Question]] = {
    "sales": ((), _sales),
    "sale": (("number",), _sale),
    "stock": (("sku", "warehouse"), _stock),
    "products": (("q",), _products),
    "customers": (("q",), _customers),
    "journal": (("till",), _journal),
    "jobs": (("state",), _jobs),
    "notifications": ((), _notifications),
    "orders": (("status",), ask_orders.orders),
    "order": (("number",), ask_orders.order),
    "shipments": (("status", "order"), ask_orders.shipments),
    "shipping_options": ((), ask_orders.shipping),
    "suppliers": (("q",), ask_buying.suppliers),
    "purchase_orders": (("q", "status"), ask_buying.purchase_orders),
    "deliveries": (("q",), ask_buying.deliveries),
    "suggested_orders": (("warehouse", "supplier", "cover"), ask_buying.suggested),
}
"""Each question with the words it takes."""
