"""Codes are plain patterns that scanners read back, whatever they hold."""

from __future__ import annotations

import string

import zxingcpp
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from shopdesk.printing.codes import LONGEST_SQUARE, code128_modules, module_dots, qr_rows, qr_side, runs

PRINTABLE = st.text(string.printable.rstrip("\t\n\r\x0b\x0c"), min_size=1)


def drawn(rows: list[bytes], high: int = 1) -> Image.Image:
    """Rows of modules as a picture with white around it."""
    width = len(rows[0])
    bits = b"".join(bytes(0 if module else 255 for module in row) * high for row in rows)
    code = Image.frombytes("L", (width, len(rows) * high), bits)
    paper = Image.new("L", (width + 30, len(rows) * high + 30), 255)
    paper.paste(code, (15, 15))
    return paper.resize((paper.width * 3, paper.height * 3), Image.Resampling.NEAREST)


@given(PRINTABLE.filter(lambda text: len(text) <= 40))
@example("99")  # which the library of the first release left out
@example("990141773")
def test_a_bar_code_is_read_back(text: str) -> None:
    modules = code128_modules(text)
    (found,) = zxingcpp.read_barcodes(drawn([modules.encode().translate(bytes.maketrans(b"01", b"\0\1"))], 40))
    assert (str(found.format), found.text) == ("Code 128", text)


@given(st.one_of(PRINTABLE, st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)))
def test_a_square_code_is_read_back_and_never_larger_than_foretold(text: str) -> None:
    rows = qr_rows(text)
    (found,) = zxingcpp.read_barcodes(drawn(list(rows)))
    assert found.bytes == text.encode()
    assert len(rows) <= qr_side(text)


def test_what_does_not_fit_makes_no_code() -> None:
    assert code128_modules("") == code128_modules("ü") == code128_modules("x" * 49) == code128_modules("a\x1d") == ""
    assert qr_rows("") == qr_rows("x" * (LONGEST_SQUARE + 1)) == ()
    assert qr_side("") == qr_side("x" * (LONGEST_SQUARE + 1)) == 0
    assert module_dots(0, 576, 3, 10) == 0
    assert module_dots(600, 576, 3, 10) == 0


def test_runs_cover_the_dark_modules_once() -> None:
    assert list(runs("1100111")) == [(0, 2), (4, 3)]
    assert list(runs(b"\0\1\0")) == [(1, 1)]
    assert list(runs("000")) == []


@given(st.from_regex(r"[0-9A-C]{1,30}", fullmatch=True))
def test_bars_are_as_few_as_pairs_of_figures_allow(text: str) -> None:
    """Never longer than letters alone; ten figures take five symbols, not ten."""
    assert len(code128_modules(text)) <= 11 * (len(text) + 2) + 13
    assert len(code128_modules("0123456789")) == 11 * 7 + 13
