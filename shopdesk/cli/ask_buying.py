"""Questions about purchasing from the command line, for ``ask``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import msgspec

from shopdesk.core.actor import Actor
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest
from shopdesk.db.unit import Reader
from shopdesk.purchasing.delivery_queries import receipts_page
from shopdesk.purchasing.order_queries import orders_page
from shopdesk.purchasing.suggest import suggestions_page
from shopdesk.purchasing.supplier_queries import suppliers_page

Facts = dict[str, object]


def suppliers(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    """Suppliers in use, by name; those that a text finds."""
    actor.require(Permission.SUPPLIER_VIEW)
    yield from every(suppliers_page, reader, PageRequest(search=given.get("q", "")))


def purchase_orders(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    """Purchase orders, the oldest first; ``status`` narrows them."""
    actor.require(Permission.SUPPLIER_VIEW)
    filters = (("status", given["status"]),) if "status" in given else ()
    yield from every(orders_page, reader, PageRequest(search=given.get("q", ""), filters=filters))


def deliveries(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    """Deliveries that were booked, the oldest first."""
    actor.require(Permission.SUPPLIER_VIEW)
    yield from every(receipts_page, reader, PageRequest(search=given.get("q", "")))


def suggested(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    """What should be ordered now, the most urgent first."""
    actor.require(Permission.SUPPLIER_VIEW)
    filters = tuple((name, int(given[name])) for name in ("warehouse", "supplier", "cover") if name in given)
    yield from map(_plain, suggestions_page(reader, PageRequest(filters=filters)).rows)


def every(page: Callable[[Reader, PageRequest], Page[Any]], reader: Reader, request: PageRequest) -> Iterator[Facts]:
    """Every row of a list, page after page."""
    asked = replace(request, limit=500)
    while True:
        found = page(reader, asked)
        yield from map(_plain, found.rows)
        if found.next is None:
            return
        asked = replace(asked, after=found.next)


def _plain(row: Any) -> Facts:
    facts: Facts = msgspec.to_builtins(row)
    return facts
