"""Code 128 and QR as plain patterns, drawn as rectangles or dots by whoever prints them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from shopdesk.printing.code128 import code128

LONGEST_BARCODE: Final = 48  # characters; longer numbers would not fit any roll
LONGEST_SQUARE: Final = 400  # bytes
_MASK: Final = 3  # any mask is valid; trying all eight for the prettiest costs five times as long
# Bytes that the versions 1 to 15 hold at error correction M (ISO/IEC 18004, table 7).
_QR_BYTES: Final = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412)
QUIET_BARS: Final = 10  # modules of white beside a Code 128
QUIET_SQUARE: Final = 4


@lru_cache(maxsize=256)
def code128_modules(text: str) -> str:
    """The bars of a text as ``1`` and ``0``, one character a module; empty if the text cannot be a Code 128."""
    if not text or len(text) > LONGEST_BARCODE or not (text.isascii() and text.isprintable()):
        return ""
    return code128(text)


@lru_cache(maxsize=256)
def qr_rows(text: str) -> tuple[bytes, ...]:
    """The square of a QR code (error correction M) as rows of 0 and 1; empty if the text is empty or too long."""
    encoded = text.encode("utf-8")
    if not encoded or len(encoded) > LONGEST_SQUARE:
        return ()
    import segno

    square = segno.make_qr(text, encoding="utf-8", error="m", mask=_MASK, boost_error=False)
    return tuple(bytes(row) for row in square.matrix)


def qr_side(text: str) -> int:
    """Modules of a side that the QR code of a text has at most, without making it; 0 if it cannot be one."""
    size = len(text.encode("utf-8"))
    if not 0 < size <= LONGEST_SQUARE:
        return 0
    return 21 + 4 * bisect_left(_QR_BYTES, size)


def runs(modules: str | bytes) -> Iterator[tuple[int, int]]:
    """Start and length of each run of dark modules in a row."""
    if isinstance(modules, bytes):
        modules = modules.translate(_AS_TEXT).decode("ascii")
    end = 0
    while (start := modules.find("1", end)) >= 0:
        end = modules.find("0", start)
        if end < 0:
            end = len(modules)
        yield start, end - start


def module_dots(modules: int, room: int, best: int, quiet: int) -> int:
    """Dots a module takes so that the code and its quiet zones fit into the room; 0 if they cannot."""
    return min(best, room // (modules + 2 * quiet)) if modules else 0


_AS_TEXT: Final = bytes.maketrans(b"\x00\x01", b"01")
