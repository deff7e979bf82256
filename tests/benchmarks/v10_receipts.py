"""V10: paper as PDF, as ESC/POS text and as raster, and the first of them after the program's start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import msgspec

from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.receipt import receipt_escpos, receipt_pdf
from tests.benchmarks.figures import Figure, at_most, median, times
from tests.benchmarks.ground import Ground
from tests.printing.papers import receipt

_FIRST = """
import sys, time
import msgspec
from shopdesk.core.money import format_money
from shopdesk.printing.documents import ReceiptDocument

format_money(1, "EUR", "en")  # the till has shown prices before it prints
document = msgspec.json.decode(sys.stdin.buffer.read(), type=ReceiptDocument)
before = time.perf_counter()
from shopdesk.printing.receipt import receipt_pdf
receipt_pdf(document)
print(1000 * (time.perf_counter() - before))
"""


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V10."""
    document = receipt(20)
    for what, make, limit in (
        ("PDF", lambda: receipt_pdf(document), 3),
        ("ESC/POS text", lambda: receipt_escpos(document, PrinterProfile(mode="text")), 1),
        ("ESC/POS raster", lambda: receipt_escpos(document, PrinterProfile(mode="raster")), 15),
    ):
        make()
        yield at_most("V10", f"receipt of 20 lines with codes, {what}", median(times(make, 40)), limit)
    given = msgspec.json.encode(document)
    first = []
    for _round in range(3 if ground.quick else 5):
        done = subprocess.run([sys.executable, "-c", _FIRST], input=given, capture_output=True, check=True)
        first.append(float(done.stdout))
    yield at_most("V10", "first receipt after start", median(first), 150)
    yield Figure("V10", "65 labels", "not measured", wanted="<= 20 ms", note="labels come with their own issue")
