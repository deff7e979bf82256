"""V4: what a sale costs when the catalogue and the past have grown, and what the last of many lines costs."""

from __future__ import annotations

import gc
from collections.abc import Iterator

from shopdesk.catalogue.lookup import Counter as Place
from shopdesk.catalogue.lookup import sellable_by_code
from shopdesk.core.ids import uuid7
from shopdesk.sales.carts import CartLine, SaveCart, save_cart
from tests.benchmarks.figures import Figure, Turns, judged, median, quantile, timed
from tests.benchmarks.ground import Counter, Ground
from tests.benchmarks.v01_sale import _block, idle


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V4."""
    small = Counter(ground.shop(ground.file("v4.db"), products=1_000))
    small.open_shift()
    yield from _lines(small)
    shop = ground.big()
    big = Counter(shop)
    rounds = 5 if ground.quick else 7
    if "traded_seconds" in ground.kept:
        both = _turns(big, small, rounds)
        note = f"{ground.products:,} products and {ground.orders:,} orders together; run V4 alone for each"
        yield judged(
            "V4", "a sale in a grown shop", both.own, both.raw, both.ratio, 1.4 * 1.5, of="small shop", note=note
        )
        return
    big.open_shift()
    products = _turns(big, small, rounds)
    grown = f"{ground.products:,} products"
    yield judged("V4", f"a sale, 1,000 to {grown}", products.own, products.raw, products.ratio, 1.4, of="small shop")
    _close(big)
    ground.traded()
    big.open_shift()
    both = _turns(big, small, rounds)
    yield judged(
        "V4",
        f"a sale, 0 to {ground.orders:,} orders",
        both.own,
        both.raw * products.ratio,
        both.ratio / products.ratio,
        1.5,
        of="without orders",
        note="against the small shop of the same run, growth by products taken off",
    )
    _close(big)


def _close(counter: Counter) -> None:
    from shopdesk.sales.shift_queries import current_shift
    from shopdesk.sales.shift_report import running_totals
    from shopdesk.sales.shifts import CloseShift, close_shift

    shift = counter.shop.ask(current_shift, counter.actor.till_id)
    assert shift is not None
    expected = counter.shop.ask(running_totals, shift.id).expected_cents
    closing = CloseShift(key=uuid7(), counted_cents=expected, till=counter.till, left_cents=0)
    counter.shop.execute(close_shift, closing, counter.actor)


def _turns(big: Counter, small: Counter, rounds: int, block: int = 60) -> Turns:
    own: list[list[float]] = []
    raw: list[list[float]] = []
    gc.collect()
    gc.freeze()
    for number in range(rounds + 1):
        for counter, kept in ((small, raw), (big, own)):
            carts = [counter.saved_cart() for _sale in range(block)]
            idle(counter)
            values = _block([(counter.sell, cart) for cart in carts])
            if number:
                kept.append(values)
    gc.unfreeze()
    ratios = [median(mine) / median(theirs) for mine, theirs in zip(own, raw, strict=True)]
    return Turns(median([median(v) for v in own]), median([median(v) for v in raw]), median(ratios), [], [])


def _lines(counter: Counter) -> Iterator[Figure]:
    """The 200th scan of a cart beside the first, and the last line of a sale beside the first ones."""
    first: list[float] = []
    last: list[float] = []
    for _round in range(9):
        full = _cart(counter, 199)
        empty = _cart(counter, 0)
        for _again in range(10):
            code = counter.basket(1)[0]
            first.append(_scan(counter, empty, 1, code))
            last.append(_scan(counter, full, 200, code))
    yield judged(
        "V4",
        "the 200th line: scanned and kept",
        median(last),
        median(first),
        median(last) / median(first),
        1.2,
        of="the first",
    )
    spent = {lines: [] for lines in (1, 100, 199)}  # type: dict[int, list[float]]
    for _round in range(15):
        for lines, values in spent.items():
            cart = counter.plain_sale(lines)
            values.append(timed(lambda cart=cart: counter.sell(cart)))
    least = {lines: quantile(values, 0.25) for lines, values in spent.items()}  # differences of medians drown in noise
    begin = (least[100] - least[1]) / 99
    end = (least[199] - least[100]) / 99
    yield judged("V4", "a line more after the 100th, when sold", end, begin, end / begin, 1.2, of="a line more before")


def _cart(counter: Counter, lines: int) -> str:
    uid = uuid7()
    kept = tuple(
        CartLine(place, counter.goods[code], 1_000, 350, "Product")
        for place, code in enumerate(counter.basket(lines), 1)
    )
    counter.shop.execute(save_cart, SaveCart(uid=uid, till=counter.till, changed=kept), counter.actor)
    return uid


def _scan(counter: Counter, uid: str, place: int, code: str) -> float:
    where = Place(warehouse_id=1, now=counter.shop.clock.now())

    def work() -> None:
        good = counter.shop.ask(sellable_by_code, code, where)
        line = CartLine(place, good.variant_id, 1_000, good.price_cents, good.name)
        counter.shop.execute(save_cart, SaveCart(uid=uid, till=counter.till, changed=(line,)), counter.actor)

    return timed(work)
