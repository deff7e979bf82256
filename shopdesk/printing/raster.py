"""PDF pages as pictures: for print heads, and for the preview. PDFium is not thread-safe, so one thread at a time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL.Image import Image

DOTS_PER_INCH: Final = 203.2  # eight dots a millimetre
_THRESHOLD: Final = 140  # a little above the middle: thin strokes survive on thermal paper
_BLACK_AND_WHITE: Final = [255 if grey < _THRESHOLD else 0 for grey in range(256)]
_lock = threading.Lock()


def pdf_pictures(pdf: bytes, dpi: float = DOTS_PER_INCH, most: int | None = None) -> list[Image]:
    """Each page in shades of grey, the first ``most`` of them."""
    import pypdfium2

    with _lock:
        document = pypdfium2.PdfDocument(pdf)
        try:
            count = len(document) if most is None else min(len(document), most)
            return [_drawn(document[number], dpi / 72) for number in range(count)]
        finally:
            document.close()


def _drawn(page: Any, scale: float) -> Image:
    """A page at exactly this scale: ``page.render`` stretches it to whole dots, and a bar that is a hair wider fills another."""
    from pypdfium2 import PdfBitmap, raw

    width, height = (max(round(edge * scale), 1) for edge in page.get_size())
    bitmap = PdfBitmap.new_native(width, height, raw.FPDFBitmap_Gray)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    flags = raw.FPDF_GRAYSCALE | raw.FPDF_ANNOT
    matrix, whole = raw.FS_MATRIX(scale, 0, 0, scale, 0, 0), raw.FS_RECTF(0, 0, width, height)
    raw.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, whole, flags)
    return bitmap.to_pil().copy()  # type: ignore[no-any-return]


def page_count(pdf: bytes) -> int:
    """How many pages a PDF has."""
    import pypdfium2

    with _lock:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def pdf_dots(pdf: bytes, dots: int) -> list[tuple[bytes, int]]:
    """Each page as one bit a dot (1 is black) and the bytes of a row: the middle of the paper, as wide as the head."""
    drawn = []
    for picture in pdf_pictures(pdf):
        left = (picture.width - dots) // 2
        printed = picture.crop((left, 0, left + dots, picture.height))
        drawn.append((printed.point(_BLACK_AND_WHITE, "1").tobytes(), dots // 8))
    return drawn
