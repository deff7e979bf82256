"""V14: making a large history and proving it, fast and full."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure, said, slowness
from tests.benchmarks.ground import Ground

ROOT = Path(__file__).parents[2]
_DOCTOR = """
import resource, sys, time
from shopdesk.app import open_shop
from shopdesk.books.doctor import run_doctor
shop = open_shop(sys.argv[1])
start = time.perf_counter()
report = run_doctor(shop.database, fast=sys.argv[2] == "fast", clock=shop.clock)
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, int(report.ok))
for finding in report.findings:
    if finding.violations:
        print(finding.id, finding.violations, finding.samples[:3], file=sys.stderr)
"""
MILLION = 1_000_000


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V14; smaller histories are reckoned up to a million orders, and say so."""
    shop = ground.traded()
    orders = ground.kept["traded_orders"]
    share = orders / MILLION
    size = "" if orders >= MILLION else f"reckoned up from {orders:,} orders"
    yield _reckoned("seed of 1 M orders", ground.kept["traded_seconds"] / share, 240, size)
    yield _reckoned(
        "seed of 1 M products", ground.kept["big_seconds"] / ground.products * MILLION, None, f"{ground.products:,}"
    )
    address = str(shop.database.file)
    for how, limit in (("fast", 2), ("full", 60)):
        done = subprocess.run(
            [sys.executable, "-c", _DOCTOR, address, how], cwd=ROOT, capture_output=True, text=True, check=True
        )
        seconds, memory, sound = done.stdout.split()
        took = float(seconds)
        note = "" if how == "fast" else size  # the fast run looks at what is recent, whatever the past
        about = "; ".join(
            filter(None, [note, f"{float(memory):.0f} MB", "" if sound == "1" else f"finds: {done.stderr[:200]}"])
        )
        yield _reckoned(f"doctor, {how}, 1 M orders", took if how == "fast" else took / share, limit, about)


def _reckoned(what: str, seconds: float, limit: float | None, note: str) -> Figure:
    if limit is None:
        return Figure("V14", what, said(seconds, "s"), note=note)
    factor = slowness()
    wanted = f"<= {limit:g} s" + (f" x {factor:.1f}" if factor > 1.15 else "")
    return Figure("V14", what, said(seconds, "s"), wanted=wanted, met=seconds <= limit * factor, note=note)
