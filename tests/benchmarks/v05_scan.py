"""V5: from a scanned code to a line with its price, taxes and stock, in a large catalogue; the raw look-up beside it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from shopdesk.catalogue.lookup import Counter as Place
from shopdesk.catalogue.lookup import sellable_by_code
from shopdesk.sales.basket import LineInput, TaxPart, TaxRules, price_basket
from tests.benchmarks.figures import Figure, alternate, at_most, quantile
from tests.benchmarks.ground import Counter, Ground
from tests.benchmarks.raw_sale import RawSqlite


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V5: the use case; the key's way to the painted line belongs to V16's day at the window."""
    shop = ground.big()
    counter = Counter(shop)
    codes = counter.basket(min(500, len(counter.goods)))
    rng = random.Random(3)
    place = Place(warehouse_id=1, now=shop.clock.now(), country="DE")
    rules = TaxRules()

    def scan() -> None:
        good = shop.ask(sellable_by_code, rng.choice(codes), place)
        assert good.available_milli is not None
        unit, _offer = good.price_at(good.quantity_milli)
        taxes = tuple(TaxPart(*part) for part in good.taxes)
        price_basket([LineInput(good.quantity_milli, good.price_cents, unit, taxes)], rules)

    raw = RawSqlite(Path(ground.file("v5-raw.db")), ground.products)

    def look() -> None:
        number = f"{rng.randrange(1, ground.products):013d}"
        raw.connection.execute("SELECT id, price, tax FROM raw_products WHERE barcode = ?", (number,)).fetchone()

    turns = alternate(scan, look, rounds=7, block=200)
    what = f"scan to line, {ground.products:,} products"
    yield at_most("V5", what, turns.own, 0.5, yardstick=f"raw look-up {turns.raw:.3f} ms", ratio=turns.ratio)
    yield Figure("V5", "p99 of it", f"{quantile(turns.all_own, 0.99):.2f} ms", note="scale")
    raw.close()
