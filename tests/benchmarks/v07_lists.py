"""V7: pages of long lists by keyset: far down costs what the top costs, whatever the sort."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shopdesk.catalogue.queries import PRODUCT_SORTS, VARIANT_SORTS, products_page, variants_page
from shopdesk.db.paging import Page, PageRequest
from shopdesk.db.shop import Shop
from shopdesk.sales.queries import SALE_SORTS, sales_page
from tests.benchmarks.figures import Figure, Turns, alternate, judged
from tests.benchmarks.ground import Ground

Query = Callable[..., Page[object]]


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V7: page by page to the middle of the list, then that page beside the first."""
    shop = ground.traded()
    lists: tuple[tuple[str, Query, tuple[str, ...], int], ...] = (
        ("sales", sales_page, tuple(SALE_SORTS), ground.orders),  # type: ignore[arg-type]
        ("products", products_page, tuple(PRODUCT_SORTS.columns), ground.products),  # type: ignore[arg-type]
        ("variants", variants_page, tuple(VARIANT_SORTS.columns), ground.products),  # type: ignore[arg-type]
    )
    for name, query, sorts, size in lists:
        worst: tuple[Turns, str] | None = None
        for sort in sorts:
            for descending in (False, True):
                turns = _turns(shop, query, PageRequest(sort=sort, descending=descending), size)
                if worst is None or turns.ratio > worst[0].ratio:
                    worst = turns, f"{sort}{' down' if descending else ''}"
        assert worst is not None
        turns, which = worst
        yield judged(
            "V7",
            f"page amid {size:,} {name}",
            turns.own,
            turns.raw,
            turns.ratio,
            1.5,
            of="first page",
            note=f"worst: by {which}",
        )


def _turns(shop: Shop, query: Query, request: PageRequest, size: int) -> Turns:
    from dataclasses import replace

    leap = replace(request, limit=max(1, min(size // 2, 20_000)))
    seen, after = 0, None
    while seen < size // 2:  # large strides to the middle, so that this takes seconds
        page = shop.ask(query, replace(leap, after=after))
        if page.next is None:
            break
        after, seen = page.next, seen + len(page.rows)
    far = replace(request, after=after)
    return alternate(lambda: shop.ask(query, far), lambda: shop.ask(query, request), rounds=5, block=10)
