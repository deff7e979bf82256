"""The same pages for scripts that join, reorder or run from right to left: fpdf2 shapes them with HarfBuzz.

Slower than reportlab (a tenth of a second a receipt), so only papers that hold such text come here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont
from fpdf import FPDF

from shopdesk.core.paths import resource_path
from shopdesk.printing.pdf_layout import DOTS_PER_MM, Page
from shopdesk.printing.printer_text import PrinterText

_POINTS_PER_DOT: Final = 72 / 25.4 / DOTS_PER_MM
_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)  # the same document gives the same bytes
_REPLACEMENT: Final = "□"

# Letters for scripts that the bundled fonts lack, where an operating system usually keeps them.
SYSTEM_FONTS: Final = (
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/YuGothM.ttc",
    "C:/Windows/Fonts/malgun.ttf",
    "C:/Windows/Fonts/Nirmala.ttf",
    "C:/Windows/Fonts/LeelawUI.ttf",
)


class ShapedFaces:
    """A document of fpdf2 that measures texts as it will draw them; use one for one document."""

    def __init__(self) -> None:
        self.pdf = FPDF(unit=_POINTS_PER_DOT)
        self.pdf.set_creation_date(_NEVER)
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self._letters = set(_letters(str(resource_path("fonts", "DejaVuSans.ttf"))))
        self.pdf.add_font("sans", "", resource_path("fonts", "DejaVuSans.ttf"))
        self.pdf.add_font("sans", "B", resource_path("fonts", "DejaVuSans-Bold.ttf"))
        fallbacks = []
        for number, path in enumerate(found_system_fonts()):
            for style in ("", "B"):
                self.pdf.add_font(f"system{number}", style, path)
            self._letters |= _letters(path)
            fallbacks.append(f"system{number}")
        if fallbacks:
            self.pdf.set_fallback_fonts(fallbacks, exact_match=False)
        self.pdf.set_text_shaping(True)

    def use(self, size: int, bold: bool) -> None:
        """Take letters of this size (in dots) and weight."""
        self.pdf.set_font("sans", "B" if bold else "", size * _POINTS_PER_DOT)

    def shown(self, text: str) -> str:
        """The text with a box for every character that no font here has."""
        return "".join(char if ord(char) in self._letters else _REPLACEMENT for char in text)

    def width(self, text: str, size: int, bold: bool) -> int:
        """Width of the shaped text in dots, rounded up."""
        if not text:
            return 0
        self.use(size, bold)
        return int(-(-self.pdf.get_string_width(self.shown(text)) // 1))


def write_shaped_pdf(pages: Sequence[Page], title: PrinterText, faces: ShapedFaces) -> bytes:
    """The pages as a PDF, every text shaped and in its reading order."""
    pdf = faces.pdf
    pdf.set_title(str(title))
    pdf.set_creator("ShopDesk")
    for page in pages:
        pdf.add_page(format=(page.width, page.height))
        if page.rects:
            pdf._out(_filled(page, pdf.h_pt))
        for text in page.texts:
            faces.use(text.size, text.bold)
            pdf.set_text_color(text.grey * 255 // 100)
            shown = faces.shown(text.text)
            pdf.set_xy(text.x, text.y - 0.8 * text.size)  # a cell's base line lies 0.8 of its letters below its top
            pdf.cell(faces.width(text.text, text.size, text.bold), text.size, shown)
    return bytes(pdf.output())


def _filled(page: Page, height: float) -> str:
    """All rectangles in whole dots under one scale, from the top of the page as the PDF states it.

    ``FPDF.rect`` rounds to hundredths of a point, and the hair by which a bar then reaches into the next dot fills that too.
    """
    parts = [f"q {_POINTS_PER_DOT:.8f} 0 0 {-_POINTS_PER_DOT:.8f} 0 {height:.2f} cm"]
    for group in page.rects:
        parts.append(f"{group.grey / 100:g} g")
        parts.extend([f"{x} {y} {wide} {high} re" for x, y, wide, high in group.boxes])
        parts.append("f")
    parts.append("Q")
    return "\n".join(parts)


@lru_cache(maxsize=1)
def found_system_fonts() -> tuple[str, ...]:
    """Those of SYSTEM_FONTS that this machine has and that can be read."""
    return tuple(path for path in SYSTEM_FONTS if Path(path).is_file() and _letters(path))


@lru_cache(maxsize=32)
def _letters(path: str) -> frozenset[int]:
    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap() or ()) if "glyf" in font else frozenset()
    except (OSError, ValueError, KeyError):
        return frozenset()
