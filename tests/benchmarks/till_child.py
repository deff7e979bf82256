"""One of eight tills: sells for some seconds as fast as it can (or paced), its own way or with raw ordered SQL."""

from __future__ import annotations

import gc
import json
import random
import sys
import time
from collections.abc import Callable

Work = Callable[[], object]
BEST = 20


def main(how: str, address: str, till: str, seconds: float) -> None:
    """Say that it is ready, wait for the word, sell, tell the outcome as JSON."""
    pause = 0.25 if how == "paced" else 0.0
    sell, close = _raw(address, till) if how == "raw" else _own(address, till)
    sell()
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    sys.stdin.readline()
    count, worst, error = 0, 0.0, ""
    rng = random.Random(till)
    if pause:
        time.sleep(rng.random() * pause)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        start = time.perf_counter()
        try:
            sell()
        except Exception as trouble:  # told to the parent, who counts it
            error = f"{type(trouble).__name__}: {trouble}"
            break
        spent = time.perf_counter() - start
        worst = max(worst, spent)
        count += 1
        if pause:
            time.sleep(max(0.0, pause * rng.uniform(0.5, 1.5) - spent))
    close()
    print(json.dumps({"sales": count + 1, "worst": worst * 1e3, "error": error}), flush=True)


def _own(address: str, till: str) -> tuple[Work, Work]:
    from shopdesk.app import open_shop
    from tests.benchmarks.ground import Counter

    shop = open_shop(address)
    counter = Counter(shop, till=till, seed=int(till[1:]))
    return lambda: counter.sell(counter.plain_sale()), shop.close


def _raw(address: str, till: str) -> tuple[Work, Work]:
    import psycopg

    connection = psycopg.connect(address)
    rng = random.Random(till)
    counted = [0]

    def sell() -> None:
        numbers = sorted(rng.sample(range(1, BEST + 1), 5))
        counted[0] += 1
        execute = connection.execute
        with connection.transaction():
            found = [
                execute("SELECT id, price, tax FROM raw_products WHERE barcode = %s", (f"{number:013d}",)).fetchone()
                for number in numbers
            ]
            total = sum(row[1] for row in found if row)
            order = execute(
                "INSERT INTO raw_orders (number, total, tax, at) VALUES (%s, %s, 0, 0) RETURNING id",
                (f"{till}-{time.time_ns()}-{counted[0]}", total),
            ).fetchone()
            assert order is not None
            for row in found:
                assert row is not None
                execute(
                    "INSERT INTO raw_lines (order_id, product_id, quantity, price, total) VALUES (%s, %s, 1, %s, %s)",
                    (order[0], row[0], row[1], row[1]),
                )
            execute("INSERT INTO raw_payments (order_id, type, amount) VALUES (%s, 'cash', %s)", (order[0], total))
            for number in numbers:
                after = execute(
                    "UPDATE raw_stock SET on_hand = on_hand - 1 WHERE product_id = %s AND on_hand >= 1 RETURNING on_hand",
                    (number,),
                ).fetchone()
                assert after is not None
                execute(
                    "INSERT INTO raw_ledger (product_id, change, after, order_id) VALUES (%s, -1, %s, %s)",
                    (number, after[0], order[0]),
                )
            execute("INSERT INTO raw_audit (actor, action, at) VALUES (1, 'sale', 0)")

    return sell, connection.close


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))
