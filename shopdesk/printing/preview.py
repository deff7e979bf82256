"""Pictures of the very bytes that would print: ESC/POS decoded as a printer would, PDF drawn by PDFium."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from shopdesk.core.paths import resource_path
from shopdesk.printing.codes import code128_modules, qr_rows, runs
from shopdesk.printing.escpos import CODE_PAGE_NUMBERS
from shopdesk.printing.escpos_decoder import Command, decode
from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.raster import pdf_pictures

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

_MARGIN: Final = 32  # dots of white beside the print head
_LINE: Final = 30  # dots a line feeds
_PAGES: Final = {number: name for name, number in CODE_PAGE_NUMBERS.items()}
_MOST_ROWS: Final = 60_000  # dots of one picture; a longer paper goes on in the next
_BOLD, _TALL, _WIDE = 0x08, 0x10, 0x20


def preview_png_pages(data: bytes, profile: PrinterProfile) -> list[bytes]:
    """PNG files of what a printer with this profile makes of the bytes: one for each page, or up to each cut.

    Raises escpos_decoder.UnknownCommand for bytes that are neither PDF nor ours.
    """
    if data.startswith(b"%PDF"):
        return [png(picture) for picture in pdf_pictures(data)]
    return [png(picture) for picture in paper_pictures(decode(data), profile)]


def pdf_png_pages(pdf: bytes, dpi: float, most: int) -> list[bytes]:
    """PNG files of the first pages of a PDF."""
    return [png(picture) for picture in pdf_pictures(pdf, dpi, most)]


def paper_pictures(commands: list[Command], profile: PrinterProfile) -> list[Image]:
    """What the commands draw, cut where they cut."""
    return _Printer(profile).draw(commands)


def png(picture: Image) -> bytes:
    """A picture as a PNG file."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


class _Printer:
    """A receipt printer's head and memory: styles, code page, position on the paper."""

    def __init__(self, profile: PrinterProfile) -> None:
        self._dots = profile.dots
        self._cell = profile.dots // profile.columns
        self._pictures: list[Image] = []
        self._bands: list[tuple[Image, int]] = []
        self._reset()
        self._rows = 0
        self._act: dict[str, Callable[[Command], None]] = {
            "text": self._text,
            "line_feed": self._feed,
            "raster": self._raster,
            "code128": self._code128,
            "qr": self._qr,
        }

    def draw(self, commands: list[Command]) -> list[Image]:
        for command in commands:
            match command.name:
                case "initialise":
                    self._reset()
                case "code_page":
                    self._page = _PAGES.get(command.arguments[0], "cp437")
                case "align":
                    self._align = command.arguments[0]
                case "style":
                    self._style = command.arguments[0]
                case "bar_height":
                    self._bar_height = command.arguments[0]
                case "bar_width":
                    self._bar_width = command.arguments[0]
                case "cut":
                    self._tear()
                case name if name in self._act:
                    self._act[name](command)
        self._tear()
        return self._pictures

    def _reset(self) -> None:
        self._page = "cp437"
        self._style = 0
        self._align = 0
        self._bar_height = 162
        self._bar_width = 3
        self._line: list[tuple[str, int]] = []
        self._qr_module = 3
        self._qr_data = ""

    def _text(self, command: Command) -> None:
        self._line.append((command.data.decode(self._page, "replace"), self._style))

    def _feed(self, command: Command) -> None:  # noqa: ARG002 - one shape for all actions
        from PIL import Image

        tall = any(style & _TALL for _, style in self._line)
        band = Image.new("L", (self._dots, 2 * _LINE if tall else _LINE), 255)
        used = sum(len(text) * self._cell * (2 if style & _WIDE else 1) for text, style in self._line)
        x = (self._dots - used) // 2 if self._align == 1 else 0
        for text, style in self._line:
            x = self._letters(band, x, text, style)
        self._line = []
        self._put(band)

    def _letters(self, band: Image, x: int, text: str, style: int) -> int:
        from PIL import Image, ImageDraw

        letters = Image.new("L", (max(len(text) * self._cell, 1), _LINE), 255)
        pen = ImageDraw.Draw(letters)
        font = _mono(self._cell, bool(style & _BOLD))
        for number, char in enumerate(text):  # each in its own cell, as a print head does
            pen.text((number * self._cell, 2), char, fill=0, font=font)
        wide = letters.width * (2 if style & _WIDE else 1)
        high = _LINE * (2 if style & _TALL else 1)
        band.paste(letters.resize((wide, high)), (x, band.height - high))
        return x + wide

    def _raster(self, command: Command) -> None:
        from PIL import Image, ImageOps

        width = (command.arguments[1] | command.arguments[2] << 8) * 8
        height = command.arguments[3] | command.arguments[4] << 8
        dots = Image.frombytes("1", (width, height), command.data)
        self._put(ImageOps.invert(dots.convert("L")))

    def _code128(self, command: Command) -> None:
        text = command.data[2:].decode("ascii").replace("{{", "{")
        self._put(_drawn([code128_modules(text)], self._bar_width, self._bar_height))

    def _qr(self, command: Command) -> None:
        match command.arguments:
            case b"1C":
                self._qr_module = command.data[0]
            case b"1P":
                self._qr_data = command.data[1:].decode("utf-8")
            case b"1Q":
                self._put(_drawn(qr_rows(self._qr_data), self._qr_module, self._qr_module))

    def _put(self, band: Image) -> None:
        left = (self._dots - band.width) // 2 if self._align == 1 else 0
        if self._rows + band.height > _MOST_ROWS:
            self._tear()
        self._bands.append((band, left))
        self._rows += band.height

    def _tear(self) -> None:
        from PIL import Image

        if not self._bands:
            return
        paper = Image.new("L", (self._dots + 2 * _MARGIN, self._rows + 2 * _MARGIN), 255)
        y = _MARGIN
        for band, left in self._bands:
            paper.paste(band, (_MARGIN + left, y))
            y += band.height
        self._pictures.append(paper)
        self._bands = []
        self._rows = 0


def _drawn(rows: Sequence[str | bytes], module: int, height: int) -> Image:
    from PIL import Image, ImageDraw

    picture = Image.new("L", (max(len(rows[0]), 1) * module, len(rows) * height), 255)
    pen = ImageDraw.Draw(picture)
    for number, row in enumerate(rows):
        for at, length in runs(row):
            pen.rectangle((at * module, number * height, (at + length) * module - 1, (number + 1) * height - 1), 0)
    return picture


@lru_cache(maxsize=8)
def _mono(cell: int, bold: bool) -> FreeTypeFont:
    from PIL import ImageFont

    name = "DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf"
    path = str(resource_path("fonts", name))
    size = next(size for size in range(40, 4, -1) if ImageFont.truetype(path, size).getlength("M") <= cell)
    return ImageFont.truetype(path, size)
