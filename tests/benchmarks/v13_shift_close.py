"""V13: closing a shift with ten thousand sales beside one with three hundred."""

from __future__ import annotations

from collections.abc import Iterator

from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.sales.shift_queries import current_shift
from shopdesk.sales.shift_report import running_totals
from shopdesk.sales.shifts import CloseShift, close_shift
from tests.benchmarks.figures import Figure, at_most, judged, median, timed
from tests.benchmarks.ground import Counter, Ground

MANY, FEW = 10_000, 300


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V13 on SQLite."""
    many = 2_000 if ground.quick else MANY
    shop = ground.shop(ground.file("v13.db"))
    counter = Counter(shop)
    few_times: list[float] = []
    for _round in range(5):
        few_times.append(_day(shop, counter, FEW))
    long = _day(shop, counter, many)
    what = f"shift close with {many:,} sales"
    note = f"with {FEW}: {median(few_times):.1f} ms"
    yield at_most("V13", what, long, 150, note=note)
    yield judged("V13", what, long, median(few_times), long / median(few_times), 1.5, of=f"close of {FEW}")


def _day(shop: Shop, counter: Counter, sales: int) -> float:
    counter.open_shift()
    for _sale in range(sales):
        counter.sell(counter.plain_sale(3))
    shift = shop.ask(current_shift, counter.actor.till_id)
    assert shift is not None
    expected = shop.ask(running_totals, shift.id).expected_cents
    closing = CloseShift(key=uuid7(), counted_cents=expected, till=counter.till, left_cents=0)
    return timed(lambda: shop.execute(close_shift, closing, counter.actor))
