"""What a benchmark says: a measured figure beside its yardstick, judged by a goal; and the ways of timing that all share."""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``met`` None is a figure that only gives the scale, or that was not measured (``note`` says why)."""

    goal: str
    what: str
    figure: str
    yardstick: str = ""
    ratio: float | None = None
    wanted: str = ""
    met: bool | None = None
    note: str = ""


LOOP_MS = 11.0
"""What the loop below takes on the machine of SPEED.md, unloaded."""


def slowness() -> float:
    """How many times slower than SPEED.md's machine this one is at this moment, never less than 1; by a plain Python loop."""
    loops = [timed(lambda: sum(number * number for number in range(200_000))) for _round in range(5)]
    return max(1.0, median(loops) / LOOP_MS)


def at_most(
    goal: str,
    what: str,
    value: float,
    limit: float,
    *,
    unit: str = "ms",
    yardstick: str = "",
    ratio: float | None = None,
    note: str = "",
) -> Figure:
    """A figure with an absolute limit, which holds for SPEED.md's machine: a slower or busier one gets that much more."""
    factor = slowness()
    wanted = f"<= {limit:g} {unit}".strip()
    if factor > 1.15:
        wanted += f" x {factor:.1f}"
        note = "; ".join(filter(None, [note, f"{factor:.1f} x slower machine at this moment"]))
    return Figure(goal, what, said(value, unit), yardstick, ratio, wanted, value <= limit * factor, note)


def ratio_at_most(
    goal: str, what: str, own: float, raw: float, limit: float, *, unit: str = "ms", of: str = "raw", note: str = ""
) -> Figure:
    """A figure that must stay within a multiple of its yardstick of the same run."""
    return judged(goal, what, own, raw, own / raw, limit, unit=unit, of=of, note=note)


def judged(
    goal: str,
    what: str,
    own: float,
    raw: float,
    ratio: float,
    limit: float,
    *,
    unit: str = "ms",
    of: str = "raw",
    note: str = "",
) -> Figure:
    """The same with a ratio worked out by the caller (the median of the rounds' ratios)."""
    wanted = f"<= {limit:g} x {of}"
    return Figure(goal, what, said(own, unit), f"{of} {said(raw, unit)}", ratio, wanted, ratio <= limit, note)


def counted(goal: str, what: str, count: int, limit: int, *, note: str = "") -> Figure:
    """A number that must not exceed a limit."""
    return Figure(goal, what, str(count), wanted=f"<= {limit}", met=count <= limit, note=note)


def said(value: float, unit: str) -> str:
    """A measured value with its unit, three figures of it."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f} {unit}".strip()


def timed(work: Work) -> float:
    """Milliseconds that one call takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def times(work: Work, count: int) -> list[float]:
    """Milliseconds of each of so many calls, garbage collected before and not in between."""
    gc.collect()
    gc.disable()
    try:
        return [timed(work) for _call in range(count)]
    finally:
        gc.enable()


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


@dataclass(frozen=True, slots=True)
class Turns:
    """Two works measured in alternating blocks: their medians, the median of the rounds' ratios, every single time."""

    own: float
    raw: float
    ratio: float
    all_own: list[float]
    all_raw: list[float]


def alternate(own: Work, raw: Work, *, rounds: int = 7, block: int = 100, rest: Work = lambda: None) -> Turns:
    """Measure two works in turns; ``rest`` is what happens between blocks (folding the log, say) and is not timed."""
    own_blocks: list[list[float]] = []
    raw_blocks: list[list[float]] = []
    for _round in range(rounds):
        for work, blocks in ((raw, raw_blocks), (own, own_blocks)):
            rest()
            blocks.append(times(work, block))
    ratios = [median(mine) / median(theirs) for mine, theirs in zip(own_blocks, raw_blocks, strict=True)]
    return Turns(
        median([median(block) for block in own_blocks]),
        median([median(block) for block in raw_blocks]),
        median(ratios),
        [value for block in own_blocks for value in block],
        [value for block in raw_blocks for value in block],
    )


def as_json(figures: Sequence[Figure], about: dict[str, Any]) -> str:
    """The table as JSON."""
    return json.dumps({**about, "figures": [asdict(figure) for figure in figures]}, indent=1)
