"""The flow of an office paper: texts at leading and trailing edges, bands, page after page with running head and foot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from shopdesk.printing.codes import QUIET_BARS, QUIET_SQUARE, code128_modules, module_dots, qr_rows, runs
from shopdesk.printing.pdf_layout import Faces, Page, Rects, Text
from shopdesk.printing.printer_text import PrinterText
from shopdesk.printing.wrapping import wrap_or_cut

OfficePaper = Literal["a4", "letter"]
OFFICE_PAPERS: Final[dict[OfficePaper, tuple[int, int]]] = {"a4": (1680, 2376), "letter": (1727, 2235)}

MARGIN: Final = 128  # 16 mm on every side, in dots of an eighth of a millimetre
BODY: Final = 26  # 9 points
SMALL: Final = 21
SECTION: Final = 31
SOFT: Final = 42  # grey of what is said beside the point
HAIRLINE: Final = 80
MOST_LINES: Final = 20_000  # of one text; a paper of more is a mistake
_FOOT: Final = 72
_LEAD: Final = 135  # per cent of the letters' size from line to line


class Sheet:
    """Sets texts down the pages. Places are dots from the leading margin; for right-to-left papers all is mirrored here."""

    def __init__(
        self, size: tuple[int, int], faces: Faces, mirrored: bool, *, running: tuple[str, str] = ("", "")
    ) -> None:
        self.width, self.height = size
        self.room = self.width - 2 * MARGIN
        self.y = MARGIN
        self.pages = [Page(self.width, self.height)]
        self._faces = faces
        self.mirrored = mirrored
        self._running = running
        self._measured: dict[tuple[str, int, bool], int] = {}

    @property
    def bottom(self) -> int:
        """Where the foot begins."""
        return self.height - MARGIN - _FOOT

    @property
    def page(self) -> Page:
        """The page in hand."""
        return self.pages[-1]

    def measure(self, text: str, size: int, bold: bool = False) -> int:
        """Width of a text in dots."""
        key = (text, size, bold)
        width = self._measured.get(key)
        if width is None:
            width = self._measured[key] = self._faces.width(text, size, bold)
        return width

    def need(self, height: int) -> bool:
        """Begin the next page unless so much still fits on this one; says whether it did."""
        if self.y + height <= self.bottom or self.y <= MARGIN:
            return False
        self.pages.append(Page(self.width, self.height))
        self.y = MARGIN
        if any(self._running):
            self.put(self._running[0], 0, self.room * 3 // 5, SMALL, grey=SOFT)
            self.put(self._running[1], self.room * 3 // 5, self.room, SMALL, grey=SOFT, trailing=True)
            self.y += lead(SMALL)
            self.rule()
            self.y += BODY
        return True

    def put(
        self,
        text: str,
        start: int,
        end: int,
        size: int,
        *,
        bold: bool = False,
        grey: int = 0,
        trailing: bool = False,
        y: int | None = None,
    ) -> None:
        """One line between two places, at ``y`` or where the sheet is, cut with an ellipsis where it is too wide."""
        if not text:
            return
        if self.measure(text, size, bold) > end - start:
            text = wrap_or_cut(text, end - start, lambda part: self.measure(part, size, bold), 1)[0]
        width = self.measure(text, size, bold)
        at = end - width if trailing else start
        x = self.width - MARGIN - at - width if self.mirrored else MARGIN + at
        self.page.texts.append(Text(x, (self.y if y is None else y) + size, size, bold, text, grey))

    def put_figure(
        self, text: str, start: int, end: int, size: int, *, bold: bool = False, y: int | None = None
    ) -> None:
        """One line at the right on mirrored papers too, since figures run from left to right in every language."""
        self.put(text, start, end, size, bold=bold, trailing=not self.mirrored, y=y)

    def band(self, start: int, end: int, top: int, height: int, grey: int) -> None:
        """A filled rectangle between two places."""
        x = self.width - MARGIN - end if self.mirrored else MARGIN + start
        self.page.rects.append(Rects(((x, top, end - start, height),), grey))

    def rule(self, start: int = 0, end: int | None = None, grey: int = HAIRLINE) -> None:
        """A hairline across."""
        self.band(start, self.room if end is None else end, self.y, 2, grey)

    def lines(self, text: str, room: int, size: int, bold: bool = False, most: int = MOST_LINES) -> list[str]:
        """A text of any length as lines that fit; line breaks in it are kept."""
        found: list[str] = []
        for part in text.splitlines() or [""]:
            cleaned = PrinterText(part)
            left = most - len(found)
            if left <= 0:
                break
            found.extend(wrap_or_cut(cleaned, room, lambda piece: self.measure(piece, size, bold), left))
        return found

    def paragraph(
        self, text: str, start: int = 0, end: int | None = None, *, size: int = BODY, bold: bool = False, grey: int = 0
    ) -> None:
        """A text wrapped down the page, over pages where needed."""
        end = self.room if end is None else end
        for line in self.lines(text, end - start, size, bold):
            self.need(lead(size))
            self.put(line, start, end, size, bold=bold, grey=grey)
            self.y += lead(size)

    def bar_code(self, text: str, end: int, room: int, height: int) -> int:
        """A Code 128 that ends at a place; returns the dots it takes downwards, 0 where it does not fit."""
        modules = code128_modules(text)
        module = module_dots(len(modules), room, 3, QUIET_BARS)
        if not module:
            return 0
        width = module * len(modules)
        x = self.width - MARGIN - end if self.mirrored else MARGIN + end - width
        self.page.rects.append(
            Rects(tuple((x + at * module, self.y, long * module, height) for at, long in runs(modules)))
        )
        return height

    def square_code(self, text: str, end: int, room: int) -> int:
        """A QR code that ends at a place; returns the dots it takes downwards, 0 where it does not fit."""
        rows = qr_rows(text)
        module = module_dots(len(rows), room, 5, QUIET_SQUARE)
        if not module:
            return 0
        side = module * len(rows)
        x = self.width - MARGIN - end if self.mirrored else MARGIN + end - side
        boxes = [
            (x + at * module, self.y + number * module, long * module, module)
            for number, row in enumerate(rows)
            for at, long in runs(row)
        ]
        self.page.rects.append(Rects(tuple(boxes)))
        return side

    def number_pages(self, foot: Sequence[str], words: str) -> list[Page]:
        """All pages, each with the foot's lines and ``words`` ("Page {number} of {count}") at the bottom."""
        pages, self.pages = self.pages, []
        for number, page in enumerate(pages, 1):
            self.pages.append(page)
            top = self.bottom + _FOOT // 3
            self.band(0, self.room, top - SMALL // 2, 2, HAIRLINE)
            said = words.format(number=number, count=len(pages))
            beside = self.room - self.measure(said, SMALL) - 2 * SMALL
            self.put(said, 0, self.room, SMALL, grey=SOFT, trailing=True, y=top)
            for place, line in enumerate(foot[:2]):
                self.put(PrinterText(line), 0, beside, SMALL, grey=SOFT, y=top + place * lead(SMALL))
        return self.pages


def lead(size: int) -> int:
    """Dots from line to line."""
    return size * _LEAD // 100
