"""Measures the speed goals of SPEED.md and prints one table; ``python -m tests.benchmarks.run [--quick|--full] [V1 V5 ...]``."""

from __future__ import annotations

import importlib
import os
import platform
import sys
import time
import traceback
from pathlib import Path

from tests.benchmarks.figures import Figure, as_json, median, said, times

GOALS = {
    "V1": ("v01_sale", "a sale on SQLite"),
    "V2": ("v02_sale_postgres", "a sale on PostgreSQL"),
    "V3": ("v03_statements", "statements"),
    "V4": ("v04_growth", "growth"),
    "V5": ("v05_scan", "a scan"),
    "V6": ("v06_search", "search"),
    "V7": ("v07_lists", "lists"),
    "V9": ("v09_import", "import of products"),
    "V10": ("v10_receipts", "receipts"),
    "V11": ("v11_start", "start"),
    "V12": ("v12_tills", "eight tills"),
    "V13": ("v13_shift_close", "closing a shift"),
    "V14": ("v14_books", "doctor and seed"),
    "V15": ("v15_backup", "backup while selling"),
    "V16": ("v16_day", "a scripted day"),
}
ELSEWHERE = {
    "V8": ("sales by day and category over a year", "reports come with their own issue"),
}
OUTPUT = Path(__file__).parents[2] / ".bench"


def main(words: list[str]) -> int:
    """Measure; 0 when everything that was measured could be measured, met or not."""
    quick, full = "--quick" in words, "--full" in words
    asked = [word.upper() for word in words if not word.startswith("-")]
    unknown = [word for word in asked if word not in GOALS]
    unknown += [word for word in words if word.startswith("-") and word not in ("--quick", "--full")]
    if unknown:
        print("no such word here:", ", ".join(unknown), "- there are --quick, --full,", ", ".join(GOALS))
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.benchmarks.ground import Ground

    figures: list[Figure] = []
    broken = 0
    begun = time.monotonic()
    ground = Ground(quick=quick, full=full)
    print(f"Bench on {platform.platform()}, {os.cpu_count()} cores; databases in {ground.folder}")
    try:
        for goal in asked or GOALS:
            module, name = GOALS[goal]
            start = time.monotonic()
            print(f"{goal} {name} ...", flush=True)
            try:
                for figure in importlib.import_module(f"tests.benchmarks.{module}").measure(ground):
                    figures.append(figure)
                    print(f"  {line_of(figure)}", flush=True)
            except Exception as error:  # a goal that breaks must not hide the others
                traceback.print_exc()
                broken += 1
                figures.append(Figure(goal, name, "broke", met=False, note=f"{type(error).__name__}: {error}"))
            print(f"  ({time.monotonic() - start:.0f} s)", flush=True)
    finally:
        ground.close()
    if not asked:
        figures += [Figure(goal, what, "not measured", note=why) for goal, (what, why) in ELSEWHERE.items()]
    about = {
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": platform.platform(),
        "python": platform.python_version(),
        "size": "quick" if quick else "full" if full else "usual",
        "seconds": round(time.monotonic() - begun),
        "pace": said(pace(), "ms"),
    }
    OUTPUT.mkdir(exist_ok=True)
    target = OUTPUT / f"bench-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.json"
    target.write_text(as_json(figures, about), encoding="utf-8")
    print()
    print(table(figures))
    missed = [figure for figure in figures if figure.met is False]
    print(
        f"\n{sum(figure.met is True for figure in figures)} met, {len(missed)} not met; {about['seconds']} s; {target}"
    )
    return 1 if broken else 0


def pace() -> float:
    """Milliseconds of a fixed piece of arithmetic: tells a loaded machine from a slow one."""
    return median(times(lambda: sum(number * number for number in range(100_000)), 5))


def line_of(figure: Figure) -> str:
    """A figure on one line."""
    words = [figure.what, figure.figure]
    if figure.ratio is not None:
        words.append(f"{figure.ratio:.2f} x ({figure.yardstick})")
    return " | ".join([*words, figure.wanted, {True: "met", False: "NOT MET", None: ""}[figure.met], figure.note])


def table(figures: list[Figure]) -> str:
    """All figures, aligned."""
    head = ("goal", "what", "ShopDesk", "yardstick", "ratio", "wanted", "met", "note")
    rows = [
        (
            figure.goal,
            figure.what,
            figure.figure,
            figure.yardstick,
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            figure.wanted,
            {True: "yes", False: "NO", None: "-"}[figure.met],
            figure.note,
        )
        for figure in sorted(figures, key=lambda figure: int(figure.goal[1:]))
    ]
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in (head, *rows)
    ]
    return "\n".join([lines[0], "-" * min(180, max(map(len, lines))), *lines[1:]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
