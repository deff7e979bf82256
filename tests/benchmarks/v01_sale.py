"""V1: a sale of five lines from a saved cart on SQLite, beside the raw sale on the same file."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure, Turns, at_most, judged, median, quantile, timed
from tests.benchmarks.ground import RAW_GOODS, Counter, Ground
from tests.benchmarks.raw_sale import LINES, RawSqlite

WORST_OF = 5_000


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V1."""
    path = ground.file("v1.db")
    shop = ground.shop(path)
    counter = Counter(shop)
    counter.open_shift()
    raw = RawSqlite(Path(path), RAW_GOODS)
    turns = sale_turns(counter, raw, rounds=5 if ground.quick else 9)
    yield judged("V1", "sell 5 lines, SQLite", turns.own, turns.raw, turns.ratio, 4, of="raw sale")
    own_cpu, raw_cpu = _processor(counter, raw)
    note = "scale only: what is left of the ratio when the disk is as fast as can be"
    yield Figure(
        "V1", "processor time of it", f"{own_cpu:.2f} ms", f"raw sale {raw_cpu:.2f} ms", own_cpu / raw_cpu, note=note
    )
    own_p99 = quantile(turns.all_own, 0.99)
    raw_p99 = quantile(turns.all_raw, 0.99) / median(turns.all_raw)
    middle = median(turns.all_own)
    note = f"the raw sale's in the same run: {raw_p99:.2f}"
    yield judged("V1", "p99 of a sale", own_p99, middle, own_p99 / middle, 2.5, of="its median", note=note)
    count = 1_000 if ground.quick else WORST_OF
    own_worst, raw_worst = _many(counter, raw, count)
    yield at_most("V1", f"worst of {count:,} sales", own_worst, 25, yardstick=f"raw sale {raw_worst:.1f} ms")
    raw.close()


def sale_turns(counter: Counter, raw: RawSqlite, *, rounds: int, block: int = 100, lines: int = LINES) -> Turns:
    """Raw and own sales in alternating blocks; the carts are saved before, log and garbage are seen to in between."""
    rng = random.Random(2)
    numbers = [rng.sample(range(1, 21), lines) for _sale in range(block)]
    own_blocks: list[list[float]] = []
    raw_blocks: list[list[float]] = []
    gc.collect()
    gc.freeze()
    for number in range(rounds + 1):
        idle(counter)
        theirs = _block([(raw.sell, basket) for basket in numbers])
        carts = [counter.saved_cart(lines) for _sale in range(block)]
        idle(counter)
        mine = _block([(counter.sell, cart) for cart in carts])
        if number:  # the first round warms up
            raw_blocks.append(theirs)
            own_blocks.append(mine)
    gc.unfreeze()
    ratios = [median(mine) / median(theirs) for mine, theirs in zip(own_blocks, raw_blocks, strict=True)]
    return Turns(
        median([median(values) for values in own_blocks]),
        median([median(values) for values in raw_blocks]),
        median(ratios),
        [value for values in own_blocks for value in values],
        [value for values in raw_blocks for value in values],
    )


def idle(counter: Counter) -> None:
    """What the window does between customers: fold SQLite's log into the file, collect garbage."""
    counter.shop.database.checkpoint()
    gc.collect()


def _block(calls: list[tuple[object, object]]) -> list[float]:
    gc.disable()
    try:
        return [timed(lambda work=work, what=what: work(what)) for work, what in calls]  # type: ignore[operator]
    finally:
        gc.enable()


def _processor(counter: Counter, raw: RawSqlite, rounds: int = 4, block: int = 50) -> tuple[float, float]:
    """Milliseconds of processor time of a sale and of a raw one: other programs and the disk's queue do not count in it."""
    rng = random.Random(6)
    own: list[float] = []
    theirs: list[float] = []
    for _round in range(rounds):
        carts = [counter.saved_cart() for _sale in range(block)]
        idle(counter)
        for values, calls in (
            (own, [(counter.sell, cart) for cart in carts]),
            (theirs, [(raw.sell, rng.sample(range(1, 21), LINES)) for _sale in range(block)]),
        ):
            for work, what in calls:
                start = time.thread_time()
                work(what)  # type: ignore[operator]
                values.append((time.thread_time() - start) * 1e3)
    return median(own), median(theirs)


def _many(counter: Counter, raw: RawSqlite, count: int) -> tuple[float, float]:
    """The worst of so many sales as a busy day brings them, a pause after each twenty; and the worst of as many raw ones."""
    own: list[float] = []
    theirs: list[float] = []
    rng = random.Random(4)
    gc.collect()
    gc.freeze()
    while len(own) < count:
        carts = [counter.saved_cart() for _sale in range(20)]
        idle(counter)
        own += _block([(counter.sell, cart) for cart in carts])
        idle(counter)
        theirs += _block([(raw.sell, rng.sample(range(1, 21), LINES)) for _sale in range(20)])
    gc.unfreeze()
    return max(own), max(theirs)
