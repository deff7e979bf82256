"""V16: a scripted day at the window, off screen, with a backup, lists and a second till beside it: how long it ever stalls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from shopdesk.core.secrets import secret_store
from shopdesk.system.enrolment import enrol_this_till
from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.ground import Counter, Ground, owner

ROOT = Path(__file__).parents[2]


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V16; the import and the report of the goal come with their own issues."""
    home = Path(ground.file("v16-home"))
    home.mkdir()
    address = ground.file("v16.db")
    shop = ground.shop(address, products=200, tills=2)
    kept = os.environ.get("SHOPDESK_HOME")
    os.environ["SHOPDESK_HOME"] = str(home)
    try:
        actor = owner(shop)
        assert actor.till_id is not None
        enrol_this_till(shop, secret_store(), actor.till_id, actor)
    finally:
        if kept is None:
            del os.environ["SHOPDESK_HOME"]
        else:
            os.environ["SHOPDESK_HOME"] = kept
    Counter(shop, till="T2").open_shift()
    shop.close()
    seconds = 5 if ground.quick else 15
    other = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.till_child", "paced", address, "T2", str(seconds + 20)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    try:
        assert other.stdin is not None
        other.stdin.write("go\n")
        other.stdin.flush()
        env = os.environ | {"SHOPDESK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.day_child", address, str(seconds)],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=seconds + 60,
            check=False,
        )
    finally:
        other.kill()
        other.wait()
    if not done.stdout.strip():
        raise RuntimeError(done.stderr[-1500:])
    told = json.loads(done.stdout.splitlines()[-1])
    note = f"{told['scans']} scans, {told['sales']} sales; longest: {told['during']}; no import, no report yet"
    yield at_most("V16", "longest gap of the event loop", told["gap"], 50, note=note)
    yield at_most(
        "V5", "key to line in the cart at the window, p99", told["scan_p99"], 16, note=f"median {told['scan']:.1f} ms"
    )
