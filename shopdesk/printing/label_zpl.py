"""Labels in ZPL for thermal printers (S23): data only as hexadecimal, a set of commands that no data can add to.

Western, Greek and Cyrillic lines are printed in the printer's own letters. Everything else (other scripts, codes, a price with
another one struck out beside it) is sent as a picture, so that it looks as on the screen whatever the printer knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal

from shopdesk.printing.label_codes import LabelCode
from shopdesk.printing.label_formats import LabelFormat
from shopdesk.printing.label_pdf import boxes_of
from shopdesk.printing.labels import LabelContent, LabelDesign, LabelDrawing, LabelText, lay_label
from shopdesk.printing.pdf_pages import drawn_pdf, right_to_left
from shopdesk.printing.printer_text import PrinterText

if TYPE_CHECKING:
    from PIL.Image import Image

    from shopdesk.printing.pdf_layout import Faces, Page

ZplDots = Literal[203, 300]
DOTS_PER_METRE: Final[dict[ZplDots, int]] = {203: 8000, 300: 11811}
_OWN_LETTERS: Final = frozenset(
    map(chr, (*range(0x20, 0x7F), *range(0xA1, 0x180), *range(0x386, 0x3CF), *range(0x400, 0x460)))
).union("€–—…·’“”")
_PLAIN: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;-+*/%()#$"
)  # the rest of ASCII goes as hexadecimal, above all ^ ~ _ and the backslash
_Line = tuple[str, int, bool]
_Drawn = tuple["Image", int]
_Pictures = dict[_Line, _Drawn]
_DARK: Final = 140
_INK: Final = 2  # dots a letter may reach beyond its line on every side
_ONES: Final = ("", *"GHIJKLMNOPQRSTUVWXY")
_TWENTIES: Final = ("", *"ghijklmnopqrstuvwxyz")


def labels_zpl(
    wanted: Sequence[tuple[LabelContent, int]],
    design: LabelDesign,
    format_: LabelFormat,
    *,
    dots: ZplDots = 203,
    language: str = "en",
) -> bytes:
    """So many of each label, one after the other, for a print head of 203 or 300 dots an inch."""
    from shopdesk.printing.pdf_fonts import sans_faces

    faces, mirrored = sans_faces(), right_to_left(language)
    drawings = [
        (lay_label(content, design, format_, DOTS_PER_METRE[dots], faces, mirrored), count)
        for content, count in wanted
        if count > 0
    ]
    return drawings_zpl(drawings, language)


def drawings_zpl(drawings: Sequence[tuple[LabelDrawing, int]], language: str) -> bytes:
    """So many of each label that is laid out already."""
    mirrored = right_to_left(language)
    drawn = [
        (text.text, text.size, text.bold)
        for drawing, _count in drawings
        for text in drawing.texts
        if text.text and (mirrored or text.exact or not _OWN_LETTERS.issuperset(text.text))
    ]
    pictures = _pictures(list(dict.fromkeys(drawn)), language)
    return b"".join(_label(drawing, count, mirrored, pictures) for drawing, count in drawings)


def field_data(text: str) -> str:
    """A text as the data of a field: anything that could be a command is hexadecimal."""
    return "".join(char if char in _PLAIN else "".join(f"_{byte:02X}" for byte in char.encode()) for char in text)


def picture_field(rows: Sequence[bytes], x: int, y: int) -> str:
    """Rows of dots (1 is black, first dot in the highest bit) as a graphic field."""
    wide = len(rows[0])
    return f"^FO{x},{y}^GFA,{wide * len(rows)},{wide * len(rows)},{wide},{''.join(_packed(rows))}^FS"


def _label(drawing: LabelDrawing, count: int, mirrored: bool, pictures: _Pictures) -> bytes:
    parts = [f"^XA^CI28^LH0,0^PW{drawing.width}^LL{drawing.height}"]
    for text in drawing.texts:
        if not text.text:
            continue
        picture = pictures.get((text.text, text.size, text.bold))
        if picture is None:
            parts.append(f"^FO{text.x},{text.y}^A0N,{text.size},{text.size}^FH_^FD{field_data(text.text)}^FS")
        else:
            parts.append(_drawn_text(text, picture, drawing, mirrored))
    parts.extend(f"^FO{x},{y}^GB{wide},{high},{high}^FS" for x, y, wide, high in drawing.boxes)
    if drawing.code is not None:
        parts.append(_drawn_code(drawing.code, drawing.code_at))
    if drawing.second is not None:
        parts.append(_drawn_code(drawing.second, drawing.second_at))
    parts.append(f"^PQ{count}^XZ\n")
    return "".join(parts).encode("ascii")


def _drawn_code(code: LabelCode, place: tuple[int, int, int, int]) -> str:
    boxes = boxes_of(code, place)
    left, top = place[:2]
    wide = max(x + width for x, _y, width, _high in boxes) - left
    high = max(y + height for _x, y, _width, height in boxes) - top
    rows: dict[int, int] = {}
    for x, y, width, height in boxes:
        bits = ((1 << width) - 1) << (wide - (x - left) - width)
        for row in range(y - top, y - top + height):
            rows[row] = rows.get(row, 0) | bits
    whole = -(-wide // 8)
    shift = whole * 8 - wide
    return picture_field([(rows.get(row, 0) << shift).to_bytes(whole, "big") for row in range(high)], left, top)


def _drawn_text(text: LabelText, drawn: _Drawn, drawing: LabelDrawing, mirrored: bool) -> str:
    """A line in our own letters; shaped it may be a little wider than measured, so it is cut where the label ends."""
    picture, above = drawn
    x = text.x + text.width - picture.width + _INK if mirrored else text.x - _INK
    x, y = max(x, 0), max(text.y - above, 0)
    picture = picture.crop((0, 0, min(picture.width, drawing.width - x), min(picture.height, drawing.height - y)))
    dark = picture.point([255 if grey < _DARK else 0 for grey in range(256)], "1")
    data, wide = dark.tobytes(), -(-dark.width // 8)
    return picture_field([data[at : at + wide] for at in range(0, len(data), wide)], x, y)


def _pictures(lines: Sequence[_Line], language: str) -> _Pictures:
    """Lines drawn by the same engine as the PDF, each cut to its ink, with how far above the line's top that begins."""
    if not lines:
        return {}
    from PIL import ImageOps

    from shopdesk.printing.pdf_layout import Page, Text
    from shopdesk.printing.raster import pdf_pictures

    def lay(faces: Faces, _mirrored: bool) -> list[Page]:
        pages = []
        for text, size, bold in lines:
            page = Page(faces.width(text, size, bold) + 2 * _INK, size * 5 // 3)
            page.texts.append(Text(_INK, size // 3 + size * 93 // 100, size, bold, text))
            pages.append(page)
        return pages

    found: _Pictures = {}
    pdf = drawn_pdf(lay, (text for text, _size, _bold in lines), language, PrinterText())
    for line, picture in zip(lines, pdf_pictures(pdf), strict=True):
        box = ImageOps.invert(picture).getbbox() or (0, 0, 1, 1)
        found[line] = picture.crop((0, box[1], picture.width, box[3])), line[1] // 3 - box[1]
    return found


def _packed(rows: Sequence[bytes]) -> Iterator[str]:
    """Zebra's packing: letters count how often a figure comes, a comma ends a row in white, a colon repeats a row."""
    before = b""
    for row in rows:
        if row == before:
            yield ":"
            continue
        before = row
        figures = row.hex().upper()
        trimmed = figures.rstrip("0")
        for figure, group in groupby(trimmed):
            yield from _counted(figure, sum(1 for _ in group))
        if len(trimmed) < len(figures):
            yield ","


def _counted(figure: str, count: int) -> Iterator[str]:
    while count > 0:
        step = min(count, 419)
        if step <= 2:
            yield figure * step
        else:
            yield f"{_TWENTIES[step // 20]}{_ONES[step % 20]}{figure}"
        count -= step
