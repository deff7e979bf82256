"""V10: paper as PDF, as ESC/POS text and as raster, the first of them after the program's start, and a sheet of labels."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import count

import msgspec

from shopdesk.catalogue.codes import check_digit
from shopdesk.printing.label_formats import LABEL_FORMATS
from shopdesk.printing.label_pdf import labels_pdf
from shopdesk.printing.label_zpl import labels_zpl
from shopdesk.printing.labels import LabelContent, LabelDesign
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
    format_, design = LABEL_FORMATS["a4-5x13"], LabelDesign(kind="shelf")
    turn = count()

    def labels() -> None:
        """65 different labels, none of them drawn before."""
        first = 65 * next(turn)
        labels_pdf([(_label(first + number), 1) for number in range(65)], design, format_)

    labels()
    yield at_most("V10", "65 different labels with codes, PDF", median(times(labels, 40)), 20)
    given_zpl = [(_label(number), 1) for number in range(65)]
    roll = LABEL_FORMATS["roll-57x32"]
    zpl = median(times(lambda: labels_zpl(given_zpl, design, roll), 10))
    yield Figure("V10", "the same in ZPL", f"{zpl:.1f} ms", note="scale")


def _label(number: int) -> LabelContent:
    body = f"4006381{number % 100_000:05d}"
    return LabelContent(
        name=f"Green tea {number}, 100 g",
        price=f"€{number % 90}.50",
        unit_price="€35.00 / kg",
        sku=f"TEA-{number:05d}",
        code=body + check_digit(body),
        shop="Corner shop",
        date="2026-11-20",
    )
