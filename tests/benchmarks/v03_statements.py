"""V3: how many statements a sale and the screens send, counted by the engine's event; no noise, so the gate of every change."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shopdesk.catalogue.lookup import Counter as Place
from shopdesk.catalogue.lookup import sellable_by_code
from shopdesk.catalogue.queries import products_page, variants_page
from shopdesk.catalogue.search import search_goods
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.inventory.queries import levels_page
from shopdesk.sales.queries import sales_page
from shopdesk.sales.sale_detail import sale_detail
from tests.benchmarks.figures import Figure, counted
from tests.benchmarks.ground import Counter, Ground, statements


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V3, on both databases."""
    for dialect in ("sqlite", "postgresql"):
        shop = ground.shop(ground.file("v3.db") if dialect == "sqlite" else ground.postgres())
        counter = Counter(shop)
        counter.open_shift()
        counter.sell(counter.saved_cart())
        for lines in (1, 200):
            cart = counter.saved_cart(lines)
            with statements(shop.database.write_engine) as seen:
                counter.sell(cart)
            yield counted("V3", f"statements of a sale of {lines} lines, {dialect}", len(seen), 18)
        most, which = 0, ""
        for name, ask in _screens(shop, counter):
            ask()
            with statements(shop.database.read_engine) as seen:
                ask()
            if len(seen) > most:
                most, which = len(seen), name
        yield counted("V3", f"statements of any screen's question, {dialect}", most, 3, note=f"most: {which}")


def _screens(shop: Shop, counter: Counter) -> Iterator[tuple[str, Callable[[], object]]]:
    place = Place(warehouse_id=1, now=shop.clock.now())
    yield "a scan", lambda: shop.ask(sellable_by_code, counter.basket(1)[0], place)
    yield "search", lambda: shop.ask(search_goods, "prod 7", 1)
    yield "sales", lambda: shop.ask(sales_page, PageRequest())
    yield "a sale", lambda: shop.ask(sale_detail, "T1-S000001")
    yield "products", lambda: shop.ask(products_page, PageRequest())
    yield "variants", lambda: shop.ask(variants_page, PageRequest())
    yield "stock", lambda: shop.ask(levels_page, PageRequest())
