"""V2: the same sale on PostgreSQL over TCP, beside the raw sale statement by statement in the same database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import sqlalchemy as sa

from shopdesk.db.shop import Shop
from tests.benchmarks.figures import Figure, counted, judged, median, quantile
from tests.benchmarks.ground import RAW_GOODS, Counter, Ground
from tests.benchmarks.raw_sale import RawPostgres
from tests.benchmarks.v01_sale import sale_turns

_ENDINGS = ("BEGIN", "COMMIT", "ROLLBACK")


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V2."""
    address = ground.postgres()
    shop = ground.shop(address)
    counter = Counter(shop)
    counter.open_shift()
    raw = RawPostgres(address, RAW_GOODS)
    turns = sale_turns(counter, raw, rounds=5 if ground.quick else 7)
    yield judged(
        "V2", "sell 5 lines, PostgreSQL", turns.own, turns.raw, turns.ratio, 3, of="raw statement by statement"
    )
    p99 = quantile(turns.all_own, 0.99)
    note = "no goal of its own"
    yield Figure("V2", "p99 of it", f"{p99:.2f} ms", ratio=p99 / median(turns.all_own), note=note)
    for lines in (5, 50):
        trips = round_trips(shop, lambda counter=counter, lines=lines: counter.sell(counter.saved_cart(lines)))
        yield counted(
            "V2", f"round trips of a sale of {lines} lines", trips, 8, note="counted in the driver's own trace"
        )
    raw.close()


def round_trips(shop: Shop, work: Any) -> int:
    """How often the client waits for the server in the last transaction of some work, by libpq's trace of its messages.

    A wait is a turn of the talk: the server answers (``B``) after the client spoke (``F``). BEGIN and COMMIT do not count.
    """
    work()  # everything is prepared and remembered
    messages = _traced(shop, work)
    turns: list[str] = []
    spoken = ""
    for sender, text in messages:
        if sender == "F":
            spoken += text
        elif spoken:
            turns.append(spoken)
            spoken = ""
    starts = [place for place, text in enumerate(turns) if "BEGIN" in text]
    sale = turns[starts[-1] :]
    return sum(1 for text in sale if not _only_ends(text))


def _only_ends(text: str) -> bool:
    words = text.replace('"', " ").replace("'", " ").split()
    return any(word in _ENDINGS for word in words) and not any(
        word in ("SELECT", "INSERT", "UPDATE", "Bind") for word in words
    )


def _traced(shop: Shop, work: Any) -> list[tuple[str, str]]:
    """The messages between client and server while some work is done, on every connection of the writing pool."""
    import tempfile

    with tempfile.TemporaryFile("w+") as file:
        traced: list[psycopg.pq.PGconn] = []

        def begin(raw: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
            if raw.pgconn not in traced:
                raw.pgconn.trace(file.fileno())
                raw.pgconn.set_trace_flags(psycopg.pq.Trace.SUPPRESS_TIMESTAMPS)
                traced.append(raw.pgconn)

        sa.event.listen(shop.database.write_engine, "checkout", begin)
        try:
            work()
        finally:
            sa.event.remove(shop.database.write_engine, "checkout", begin)
            for connection in traced:
                connection.untrace()
        file.seek(0)
        lines = [line.rstrip("\n").split("\t") for line in file]
    return [(line[0], " ".join(line[1:])) for line in lines if line and line[0] in ("F", "B")]
