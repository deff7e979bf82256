"""V10: paper costs milliseconds, and nothing at all before the first one.

The limits hold on the machine of ``spec/SPEED.md``; on a slower one they grow with a plain Python loop of known cost.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import msgspec
import pytest

from shopdesk.printing.documents import ReceiptDocument
from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.receipt import receipt_escpos, receipt_pdf
from tests.printing.papers import receipt

LOOP_MS = 11.0  # what the loop below takes on that machine
HEAVY = ("reportlab", "PIL", "pypdfium2", "segno", "barcode", "fpdf", "uharfbuzz", "fontTools", "babel", "sqlalchemy")
COLD = """
import sys, time
import msgspec
from shopdesk.core.money import format_money
from shopdesk.printing.documents import ReceiptDocument

format_money(1, "EUR", "en")  # the till has shown prices before it prints
document = msgspec.json.decode(sys.stdin.buffer.read(), type=ReceiptDocument)
before = time.perf_counter()
from shopdesk.printing.receipt import receipt_pdf
receipt_pdf(document)
cold = 1000 * (time.perf_counter() - before)
before = time.perf_counter()
sum(number * number for number in range(200_000))
print(cold, 1000 * (time.perf_counter() - before))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "goal_ms"),
    [
        (receipt_pdf, 3.0),
        (lambda document: receipt_escpos(document, PrinterProfile(mode="text")), 1.0),
        (lambda document: receipt_escpos(document, PrinterProfile(mode="raster")), 15.0),
    ],
    ids=["pdf", "text", "raster"],
)
def test_a_receipt_of_20_lines_costs_milliseconds(make: Callable[[ReceiptDocument], bytes], goal_ms: float) -> None:
    make(receipt(20))
    times, loops = [], []
    for number in range(24):  # in turns, so that a busy machine slows both
        document = receipt(20, number=f"T1-S{number:06d}")
        times.append(_timed(lambda document=document: make(document)))
        loops.append(_timed(lambda: sum(number * number for number in range(200_000))))
    assert min(times) <= goal_ms * _slowness(min(loops)), sorted(times)


@pytest.mark.slow
def test_the_first_receipt_after_start_is_not_waited_for() -> None:
    document = msgspec.json.encode(receipt(20))
    measured = []
    for _ in range(4):
        done = subprocess.run([sys.executable, "-c", COLD], input=document, capture_output=True, check=True)
        cold, loop = map(float, done.stdout.split())
        measured.append(cold / _slowness(loop))
    assert min(measured) <= 150, measured


def test_importing_the_package_loads_no_heavy_library() -> None:
    program = (
        "import sys, shopdesk.printing.receipt, shopdesk.printing.devices, shopdesk.printing.preview,"
        " shopdesk.printing.spool\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def _slowness(loop_ms: float) -> float:
    """How many times slower than the machine of the goals this one is just now, at least 1."""
    return max(1.0, loop_ms / LOOP_MS)


def _timed(call: Callable[[], object]) -> float:
    before = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - before)
