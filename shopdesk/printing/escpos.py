"""The only maker of ESC/POS commands: data can become printed characters, bars or dots, never a command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shopdesk.printing.blocks import BarCode, Block, SquareCode
from shopdesk.printing.codes import (
    LONGEST_BARCODE,
    QUIET_BARS,
    QUIET_SQUARE,
    code128_modules,
    module_dots,
    qr_rows,
    qr_side,
    runs,
)
from shopdesk.printing.printer_text import code_page_bytes
from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.text_layout import TextRow, centred, text_rows

INITIALISE: Final = b"\x1b@"
SINGLE_BYTES: Final = b"\x1c."  # many printers start in a two-byte Chinese mode that eats accented letters
LEFT: Final = b"\x1ba\x00"
CENTRE: Final = b"\x1ba\x01"
BAND: Final = 128  # rows of one raster image: small bands suit small buffers
BAR_HEIGHT: Final = 88  # dots, 11 mm

CODE_PAGE_NUMBERS: Final = {"cp437": 0, "cp850": 2, "cp852": 18, "cp858": 19, "cp866": 17, "cp1252": 16}
_CUTS: Final = {"none": b"", "partial": b"\x1dVB\x00", "full": b"\x1dVA\x00"}  # both feed to the knife first
_PIN_NUMBERS: Final = {2: 0, 5: 1}


def kick_drawer(pin: int = 2) -> bytes:
    """The pulse that opens the cash drawer, by itself: it is a job of its own, sent at most once."""
    return b"\x1bp" + bytes((_PIN_NUMBERS[pin], 50, 50))  # 100 ms on, 100 ms off


def text_mode(blocks: Sequence[Block], profile: PrinterProfile) -> bytes:
    """The layout as lines of a code page with the printer's own letters."""
    stream = EscposStream(profile)
    for row in text_rows(blocks, profile.columns):
        match row:
            case TextRow():
                stream.row(row)
            case BarCode():
                stream.bar_code(row.text)
            case SquareCode():
                stream.square_code(row.text)
    return stream.finished()


class EscposStream:
    """Bytes for one paper: from initialising the printer to the cut."""

    def __init__(self, profile: PrinterProfile) -> None:
        self._profile = profile
        select = b"\x1bt" + bytes((CODE_PAGE_NUMBERS[profile.code_page],))
        self._parts = [INITIALISE, SINGLE_BYTES, select]
        self._style = 0  # ESC ! bits: bold, tall, wide

    def row(self, row: TextRow) -> None:
        """One line of text."""
        style = 0x08 * row.bold | 0x10 * row.tall | 0x20 * row.wide
        if style != self._style:
            self._style = style
            self._parts.append(b"\x1b!" + bytes((style,)))
        self._parts.append(code_page_bytes(row.text, self._profile.code_page) + b"\n")

    def bar_code(self, text: str) -> None:
        """A Code 128 with its text below; a number that fits no bars is printed as text alone."""
        modules = code128_modules(text)
        module = module_dots(len(modules), self._profile.dots, 3, QUIET_BARS)
        if module >= 2 and self._profile.native_codes:
            data = b"{B" + text.replace("{", "{{").encode("ascii")
            setting = b"\x1dH\x00\x1dh" + bytes((BAR_HEIGHT,)) + b"\x1dw" + bytes((module,))
            self._parts.append(CENTRE + setting + b"\x1dkI" + bytes((len(data),)) + data + LEFT)
        elif module:
            drawn = _dots([modules], module, self._profile.dots, BAR_HEIGHT)
            self.raster(drawn, self._profile.dots // 8)
        clipped = text[:LONGEST_BARCODE]
        columns = self._profile.columns
        for start in range(0, len(clipped), columns):
            self.row(TextRow(centred(clipped[start : start + columns], columns)))

    def square_code(self, text: str) -> None:
        """A QR code."""
        if not self._profile.native_codes:
            rows = qr_rows(text)
            module = module_dots(len(rows), self._profile.dots, 5, QUIET_SQUARE)
            if module:
                self.raster(_dots(rows, module, self._profile.dots, module), self._profile.dots // 8)
                self._parts.append(b"\n")
        elif module := module_dots(qr_side(text), self._profile.dots, 5, QUIET_SQUARE):
            data = text.encode("utf-8")
            size = (len(data) + 3).to_bytes(2, "little")
            self._parts.append(
                CENTRE
                + b"\x1d(k\x04\x001A2\x00"  # model 2
                + b"\x1d(k\x03\x001C" + bytes((module,))  # dots of a module
                + b"\x1d(k\x03\x001E1"  # error correction M
                + b"\x1d(k" + size + b"1P0" + data
                + b"\x1d(k\x03\x001Q0\n" + LEFT
            )  # fmt: skip

    def raster(self, dots: bytes, width_bytes: int) -> None:
        """A picture, one bit a dot, in bands."""
        for start in range(0, len(dots), BAND * width_bytes):
            band = dots[start : start + BAND * width_bytes]
            high = len(band) // width_bytes
            self._parts.append(b"\x1dv0\x00" + width_bytes.to_bytes(2, "little") + high.to_bytes(2, "little") + band)

    def finished(self) -> bytes:
        """Everything, with the cut at the end."""
        if self._style:
            self._parts.append(b"\x1b!\x00")
        feed = b"\n\n" if self._profile.cut == "none" else b""
        return b"".join(self._parts) + feed + _CUTS[self._profile.cut]


def raster_mode(pictures: Sequence[tuple[bytes, int]], profile: PrinterProfile) -> bytes:
    """Drawn pages (dots and bytes a row) as bands; no characters are sent at all."""
    stream = EscposStream(profile)
    for dots, width_bytes in pictures:
        stream.raster(dots, width_bytes)
    return stream.finished()


def _dots(rows: Sequence[str | bytes], module: int, width: int, height: int) -> bytes:
    """Rows of modules drawn in the middle of the paper; each row of modules is ``height`` dots tall."""
    left = (width - module * len(rows[0])) // 2
    drawn = []
    for row in rows:
        bits = 0
        for at, length in runs(row):
            bits |= ((1 << length * module) - 1) << (width - left - (at + length) * module)
        drawn.append(bits.to_bytes(width // 8, "big") * height)
    return b"".join(drawn)
