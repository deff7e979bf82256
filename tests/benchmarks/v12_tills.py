"""V12: eight tills at once on twenty best-sellers: processes on PostgreSQL beside ordered raw sales, and on SQLite, paced."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from shopdesk.db.shop import Shop
from tests.benchmarks.figures import Figure, at_most, median
from tests.benchmarks.ground import Counter, Ground
from tests.benchmarks.raw_sale import RawPostgres

ROOT = Path(__file__).parents[2]
TILLS = 8


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V12."""
    yield from _postgres(ground)
    yield from _sqlite(ground)


def _postgres(ground: Ground) -> Iterator[Figure]:
    address = ground.postgres()
    shop = ground.shop(address, tills=TILLS)
    _open_shifts(shop)
    RawPostgres(address, 1_000).close()
    seconds = 2 if ground.quick else 4
    rounds = 2 if ground.quick else 5
    ratios: list[float] = []
    mine: list[float] = []
    theirs: list[float] = []
    shares: list[float] = []
    before = _sold(shop)
    made, errors = 0, []
    for _round in range(rounds):
        raw = _together("raw", address, seconds)
        own = _together("own", address, seconds)
        theirs.append(sum(row["sales"] for row in raw) / seconds)
        mine.append(sum(row["sales"] for row in own) / seconds)
        ratios.append(mine[-1] / theirs[-1])
        counts = [row["sales"] for row in own]
        shares.append(min(counts) / (sum(counts) / TILLS))
        made += sum(counts)
        errors += [row["error"] for row in (*own, *raw) if row["error"]]
    lost = made - (_sold(shop) - before)
    yield Figure(
        "V12",
        "8 tills on PostgreSQL",
        f"{median(mine):,.0f} sales/s",
        f"ordered raw {median(theirs):,.0f} sales/s",
        median(ratios),
        ">= 0.5 x ordered raw",
        median(ratios) >= 0.5,
    )
    yield Figure(
        "V12",
        "errors, lost or doubled sales there",
        f"{len(errors)}, {lost}",
        "",
        None,
        "0, 0",
        not errors and not lost,
        "; ".join(errors[:2]),
    )
    yield Figure(
        "V12", "the slowest till's share there", f"{median(shares):.2f}", "", None, ">= 0.9", median(shares) >= 0.9
    )


def _sqlite(ground: Ground) -> Iterator[Figure]:
    address = ground.file("v12.db")
    shop = ground.shop(address, tills=TILLS)
    _open_shifts(shop)
    before = _sold(shop)
    rows = _together("paced", address, 4 if ground.quick else 12)
    made = sum(row["sales"] for row in rows)
    errors = [row["error"] for row in rows if row["error"]]
    lost = made - (_sold(shop) - before)
    yield Figure(
        "V12",
        "errors, lost or doubled of 8 processes on SQLite",
        f"{len(errors)}, {lost}",
        "",
        None,
        "0, 0",
        not errors and not lost,
        "; ".join(errors[:2]),
    )
    waits = max(row["worst"] for row in rows)
    yield at_most("V12", "longest wait of a till there, four sales a second each", waits, 100, note=f"{made} sales")


def _open_shifts(shop: Shop) -> None:
    for number in range(1, TILLS + 1):
        Counter(shop, till=f"T{number}").open_shift()


def _sold(shop: Shop) -> int:
    with shop.database.reading() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM orders")).scalar_one())


def _together(how: str, address: str, seconds: float) -> list[dict[str, Any]]:
    """Eight processes that begin at the same moment and tell how many sales each made."""
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.till_child", how, address, f"T{number}", str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        for number in range(1, TILLS + 1)
    ]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()  # it is ready
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    return [json.loads(child.communicate(timeout=seconds + 60)[0].splitlines()[-1]) for child in children]
