"""Questions about orders and parcels from the command line, for ``ask``."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shopdesk.cli.ask_buying import Facts, every
from shopdesk.cli.context import UsageError
from shopdesk.core.actor import Actor
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import PageRequest
from shopdesk.db.unit import Reader
from shopdesk.orders.parcel_queries import parcels_page
from shopdesk.orders.queries import order_card, orders_page
from shopdesk.orders.shipping_options import shipping_options


def orders(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    """Orders that are no counter sales, newest first; ``status`` narrows them."""
    actor.require(Permission.SALES_VIEW)
    filters = (("status", given["status"]),) if "status" in given else ()
    yield from every(orders_page, reader, PageRequest(descending=True, filters=filters))


def order(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    """Everything about one order."""
    actor.require(Permission.SALES_VIEW)
    if "number" not in given:
        raise UsageError(_("order takes: number=."))
    card: Facts = msgspec.to_builtins(order_card(reader, given["number"]))
    yield card


def shipments(reader: Reader, actor: Actor, given: dict[str, str]) -> Iterator[Facts]:
    """Parcels, newest first; of a status or an order."""
    actor.require(Permission.SALES_VIEW)
    filters = tuple((name, given[name]) for name in ("status", "order") if name in given)
    yield from every(parcels_page, reader, PageRequest(descending=True, filters=filters))


def shipping(reader: Reader, actor: Actor, _given: dict[str, str]) -> Iterator[Facts]:
    """Ways of sending with their rates, in the order in which they are offered."""
    actor.require(Permission.SALES_VIEW)
    for row in shipping_options(reader):
        facts: Facts = msgspec.to_builtins(row)
        yield facts
