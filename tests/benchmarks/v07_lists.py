"""V7: pages of long lists by keyset: far down costs what the top costs, whatever the sort; and what is left by a filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from shopdesk.catalogue.price_lists import PRICE_SORTS, listed_prices_page
from shopdesk.catalogue.queries import PRODUCT_SORTS, VARIANT_SORTS, products_page, variants_page
from shopdesk.db.paging import Page, PageRequest
from shopdesk.db.shop import Shop
from shopdesk.inventory.queries import LEVEL_SORTS, levels_page
from shopdesk.orders.queries import ORDER_SORTS as CUSTOMER_ORDER_SORTS
from shopdesk.orders.queries import orders_page as customer_orders_page
from shopdesk.parties.queries import CUSTOMER_SORTS, customers_page
from shopdesk.purchasing.order_queries import ORDER_SORTS, orders_page
from shopdesk.sales.queries import SALE_SORTS, sales_page
from shopdesk.system.audit import AUDIT_SORTS, audit_page
from tests.benchmarks.figures import Figure, Turns, alternate, judged, median, times
from tests.benchmarks.ground import Ground, owner
from tests.benchmarks.long_lists import ORDERS, long_shop

Query = Callable[..., Page[object]]


@dataclass(frozen=True)
class Long:
    """A list: its question, what it offers to sort by, how many rows it has, and filters that leave few or many of them."""

    name: str
    query: Query
    sorts: tuple[str, ...]
    size: int
    filters: tuple[tuple[str, object], ...] = ()


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V7: page by page to the middle of the list, then that page beside the first; each filter's first page."""
    shop = ground.traded()
    for long in (
        Long("sales", sales_page, tuple(SALE_SORTS), ground.orders),  # type: ignore[arg-type]
        Long("products", products_page, tuple(PRODUCT_SORTS.columns), ground.products),  # type: ignore[arg-type]
        Long("variants", variants_page, tuple(VARIANT_SORTS.columns), ground.products),  # type: ignore[arg-type]
    ):
        yield _far(shop, long)
    shop = long_shop(ground)
    for long in _back_office(ground, shop):
        yield _far(shop, long)
        if long.filters:
            yield _filtered(shop, long)


def _back_office(ground: Ground, shop: Shop) -> Iterator[Long]:
    actor = owner(shop)
    now = shop.clock.now()
    yield Long(
        "stock levels",
        levels_page,  # type: ignore[arg-type]
        tuple(LEVEL_SORTS.columns),
        ground.products,
        (("warehouse", 1), ("low", True), ("negative", True), ("unwatched", True)),
    )
    yield Long(
        "customers",
        partial(customers_page, actor=actor),  # type: ignore[arg-type]
        tuple(CUSTOMER_SORTS.columns),
        ORDERS,
        (("status", "blocked"), ("group", 1), ("price_list", 1)),
    )
    yield Long(
        "orders",
        customer_orders_page,  # type: ignore[arg-type]
        tuple(CUSTOMER_ORDER_SORTS),
        ORDERS,
        (
            ("status", "pending"),
            ("status", "cancelled"),
            ("channel", "web"),
            ("fulfilment", "pickup"),
            ("to_pack", True),
            ("unpaid", True),
            ("late", True),
            ("since", now + timedelta(days=30_000)),
        ),
    )
    yield Long(
        "audit rows",
        audit_page,  # type: ignore[arg-type]
        tuple(AUDIT_SORTS.columns),
        ground.orders,
        (
            ("action", "shift.open"),
            ("action", "sale"),
            ("target_type", "till"),
            ("actor", actor.user_id),
            ("till", 1),
            ("from", now),
        ),
    )
    yield Long(
        "prices of a list",
        partial(listed_prices_page, price_list_id=1),  # type: ignore[arg-type]
        tuple(PRICE_SORTS.columns),
        ground.products,
    )
    yield Long(
        "prices of a short list",
        partial(listed_prices_page, price_list_id=2),  # type: ignore[arg-type]
        tuple(PRICE_SORTS.columns),
        ground.products // 500,
    )
    yield Long(
        "purchase orders",
        orders_page,  # type: ignore[arg-type]
        tuple(ORDER_SORTS.columns),
        ORDERS,
        (("status", "ordered"), ("status", "draft"), ("supplier", 2), ("warehouse", 1), ("open", True), ("late", True)),
    )


def _far(shop: Shop, long: Long) -> Figure:
    """The page amid the list, by the worst of its sorts."""
    worst: tuple[Turns, str] | None = None
    for sort in long.sorts:
        for descending in (False, True):
            turns = _turns(shop, long.query, PageRequest(sort=sort, descending=descending), long.size)
            if worst is None or turns.ratio > worst[0].ratio:
                worst = turns, f"{sort}{' down' if descending else ''}"
    assert worst is not None
    turns, which = worst
    what, note = f"page amid {long.size:,} {long.name}", f"worst: by {which}"
    return judged("V7", what, turns.own, turns.raw, turns.ratio, 1.5, of="first page", note=note)


def _filtered(shop: Shop, long: Long) -> Figure:
    """The first page that the worst of the filters leaves, beside the unfiltered one: without an index it grows with the list."""
    plain = median(times(lambda: shop.ask(long.query, PageRequest(descending=True)), 20))
    spent: list[tuple[float, str]] = []
    for name, value in long.filters:
        for descending in (False, True):
            request = PageRequest(filters=((name, value),), descending=descending)
            shop.ask(long.query, request)
            spent.append((median(times(partial(shop.ask, long.query, request), 7)), f"{name} {value}"))
    most, which = max(spent)
    what = f"filtered {long.name}"
    return Figure(
        "V7", what, f"{most:.2f} ms", f"first page {plain:.2f} ms", most / plain, note=f"scale; worst: {which}"
    )


def _turns(shop: Shop, query: Query, request: PageRequest, size: int) -> Turns:
    leap = replace(request, limit=max(1, min(size // 2, 20_000)))
    seen, after = 0, None
    while seen < size // 2:  # large strides to the middle, so that this takes seconds
        page = shop.ask(query, replace(leap, after=after))
        if page.next is None:
            break
        after, seen = page.next, seen + len(page.rows)
    far = replace(request, after=after)
    return alternate(lambda: shop.ask(query, far), lambda: shop.ask(query, request), rounds=5, block=10)
