"""Labels as a PDF: sheets with a place to start, or rolls with one label a page; bars as rectangles on whole dots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from shopdesk.printing.codes import runs
from shopdesk.printing.label_codes import LabelCode
from shopdesk.printing.label_formats import DOTS_PER_METRE, LabelFormat
from shopdesk.printing.labels import LabelContent, LabelDesign, LabelDrawing, lay_label, texts_of
from shopdesk.printing.pdf_layout import Page, Rects, Text
from shopdesk.printing.pdf_pages import drawn_pdf
from shopdesk.printing.printer_text import PrinterText

if TYPE_CHECKING:
    from shopdesk.printing.pdf_layout import Faces

MOST_LABELS: Final = 5000
_OUTLINE: Final = 75
_BASE_LINE: Final = 93  # per cent of the letters' size from their top; DejaVu's figures are 73 high


def labels_pdf(
    wanted: Sequence[tuple[LabelContent, int]],
    design: LabelDesign,
    format_: LabelFormat,
    *,
    start: int = 0,
    language: str = "en",
    outlines: bool = False,
) -> bytes:
    """So many of each label, in this order; ``start`` places of the first sheet are used already and stay empty.

    ``outlines`` draws the edges of all labels of a sheet, for looking at it.
    """

    def lay(faces: Faces, mirrored: bool) -> list[Page]:
        width, height = (_dots(edge) for edge in format_.page)
        pages: list[Page] = []
        place = 0 if format_.is_roll else min(max(start, 0), format_.per_page - 1)
        for content, count in wanted:
            drawing = lay_label(content, design, format_, DOTS_PER_METRE, faces, mirrored)
            for _copy in range(count):
                if not pages or place == format_.per_page:
                    place = place if not pages else 0
                    pages.append(_page(format_, width, height, outlines))
                x, y = (_dots(edge) for edge in format_.place(place))
                draw_label(pages[-1], drawing, x, y)
                place += 1
        return pages or [_page(format_, width, height, outlines)]

    texts = (text for content, _count in wanted for text in texts_of(content))
    return drawn_pdf(lay, texts, language, PrinterText("ShopDesk"))


def missing_codes(
    wanted: Sequence[tuple[LabelContent, int]], design: LabelDesign, format_: LabelFormat
) -> list[LabelContent]:
    """The labels whose code does not fit in a form that a scanner can read."""
    from shopdesk.printing.pdf_fonts import sans_faces

    faces = sans_faces()
    return [
        content
        for content, _count in wanted
        if lay_label(content, design, format_, DOTS_PER_METRE, faces, False).code_missing
    ]


def code_boxes(drawing: LabelDrawing) -> list[tuple[int, int, int, int]]:
    """The dark rectangles of a label's code: x, y, width, height in dots of the label."""
    return [] if drawing.code is None else boxes_of(drawing.code, drawing.code_at)


def boxes_of(code: LabelCode, place: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
    """The dark rectangles of a code at left, top, dots a module and height of a row."""
    left, top, module, high = place
    return [
        (left + at * module, top + number * high, long * module, high)
        for number, row in enumerate(code.rows)
        for at, long in runs(row)
    ]


def _page(format_: LabelFormat, width: int, height: int, outlines: bool) -> Page:
    page = Page(width, height)
    if outlines and not format_.is_roll:
        wide, high = _dots(format_.width), _dots(format_.height)
        boxes = []
        for x, y in (tuple(map(_dots, format_.place(number))) for number in range(format_.per_page)):
            boxes += [(x, y, wide, 2), (x, y + high - 2, wide, 2), (x, y, 2, high), (x + wide - 2, y, 2, high)]
        page.rects.append(Rects(tuple(boxes), _OUTLINE))
    return page


def draw_label(page: Page, drawing: LabelDrawing, x: int, y: int) -> None:
    """Draw a label's texts, boxes and codes on a page, its corner at x and y."""
    page.texts.extend(
        [
            Text(x + text.x, y + text.y + text.size * _BASE_LINE // 100, text.size, text.bold, text.text)
            for text in drawing.texts
        ]
    )
    boxes = [*drawing.boxes, *code_boxes(drawing)]
    if drawing.second is not None:
        boxes += boxes_of(drawing.second, drawing.second_at)
    if boxes:
        page.rects.append(Rects(tuple([(x + left, y + top, wide, high) for left, top, wide, high in boxes])))


def _dots(micrometres: int) -> int:
    return (micrometres * DOTS_PER_METRE + 500_000) // 1_000_000
