"""V11: from the process's start to the painted sign-in and to the first accepted scan, beside an empty PySide6 window."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from shopdesk.core.secrets import secret_store
from shopdesk.system.enrolment import enrol_this_till
from tests.benchmarks.figures import Figure, Turns, judged, median
from tests.benchmarks.ground import Ground, barcode, owner

ROOT = Path(__file__).parents[2]
_EMPTY = """
import os, sys, time
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class Window(QMainWindow):
    def event(self, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self, done)
        return super().event(event)

def done():
    print("painted", time.time() - float(os.environ["BENCH_START"]), flush=True)
    os._exit(0)

app = QApplication(sys.argv[:1])
window = Window()
window.resize(1366, 768)
window.show()
app.exec()
"""


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V11."""
    kept = os.environ.get("SHOPDESK_HOME")
    home = Path(ground.file("v11-home"))
    home.mkdir()
    address = ground.file("v11.db")
    shop = ground.shop(address)
    os.environ["SHOPDESK_HOME"] = str(home)
    actor = owner(shop)
    assert actor.till_id is not None
    enrol_this_till(shop, secret_store(), actor.till_id, actor)
    shop.close()
    if kept is None:
        del os.environ["SHOPDESK_HOME"]
    else:
        os.environ["SHOPDESK_HOME"] = kept
    empty: list[float] = []
    painted: list[float] = []
    scanned: list[float] = []
    at_paint: dict[str, str] = {}
    memory: list[float] = []
    stages: list[dict[str, float]] = []
    for number in range((4 if ground.quick else 7) + 1):
        bare = _run([sys.executable, "-c", _EMPTY], home)
        own = _run([sys.executable, "-m", "tests.benchmarks.start_child", address, barcode(3)], home)
        if number:  # the first warms the disk's cache
            empty.append(float(bare["painted"]) * 1e3)
            painted.append(float(own["painted"]) * 1e3)
            scanned.append(float(own["scanned"]) * 1e3)
            memory.append(float(own["memory"]))
            stages.append({name: float(own[name]) * 1e3 for name in ("open", "till", "scanned")})
            at_paint = own
    first = _turns(painted, empty)
    yield judged("V11", "process to painted sign-in", first.own, first.raw, first.ratio, 1.5, of="empty window")
    whole = _turns(scanned, empty)
    steps = ", ".join(f"{name} {median([row[name] for row in stages]):.0f}" for name in ("open", "till", "scanned"))
    note = f"the password typed at once and hashed; ms to {steps}"
    yield judged(
        "V11", "process to first scan accepted", whole.own, whole.raw, whole.ratio, 4, of="empty window", note=note
    )
    known = at_paint["sqlalchemy"] == "True"
    yield Figure(
        "V11",
        "sqlalchemy at first paint",
        "imported" if known else "not imported",
        wanted="not imported",
        met=not known,
    )
    megabytes = median(memory)
    yield Figure(
        "V11",
        "memory at the sign-in, idle",
        f"{megabytes:.0f} MB",
        "empty window 62 MB",
        megabytes / 62,
        "<= 2 x",
        megabytes <= 124,
    )


def _turns(own: list[float], raw: list[float]) -> Turns:
    return Turns(
        median(own), median(raw), median([mine / theirs for mine, theirs in zip(own, raw, strict=True)]), own, raw
    )


def _run(command: list[str], home: Path) -> dict[str, str]:
    env = os.environ | {
        "BENCH_START": str(time.time()),
        "SHOPDESK_HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
    }
    env["BENCH_START"] = str(time.time())
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=20, check=False)
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    if "painted" not in said:
        raise RuntimeError(f"{command[-1]}: {done.stdout}{done.stderr}")
    return said
