"""V15: a backup of the large shop while a till sells; the copy is proven as it is taken."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shopdesk.books.keeping import back_up
from tests.benchmarks.figures import Figure, at_most, timed
from tests.benchmarks.ground import Counter, Ground


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V15."""
    shop = ground.traded()
    counter = Counter(shop)
    counter.open_shift()
    file = Path(shop.database.file or "")
    megabytes = file.stat().st_size / 1e6
    bare = Path(ground.file("v15-bare.db"))
    vacuum = timed(lambda: _vacuum(file, bare))
    bare.unlink()
    stop = threading.Event()
    values: list[float] = []

    def sell() -> None:
        while not stop.is_set():
            command = counter.plain_sale()
            values.append(timed(lambda command=command: counter.sell(command)))
            time.sleep(0.05)

    seller = threading.Thread(target=sell)
    seller.start()
    try:
        start = time.perf_counter()
        back_up(shop, Path(ground.file("v15.backup")), counter.actor)
        seconds = time.perf_counter() - start
    finally:
        stop.set()
        seller.join()
    about = f"{megabytes:,.0f} MB, {ground.kept['traded_orders']:,} orders"
    yield at_most(
        "V15", "backup while selling", seconds, 3, unit="s", yardstick=f"VACUUM INTO {vacuum / 1e3:.1f} s",
        ratio=seconds * 1e3 / vacuum, note=about,
    )  # fmt: skip
    yield at_most("V15", f"worst of {len(values)} sales meanwhile", max(values), 100)


def _vacuum(source: Path, target: Path) -> None:
    import sqlcipher3.dbapi2 as driver

    connection: Any = driver.connect(str(source), isolation_level=None)
    connection.execute("VACUUM INTO ?", (str(target),))
    connection.close()
