"""From texts to a PDF: the quick back end where every letter stands alone, the shaping one where letters join or run leftward."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from shopdesk.printing.printer_text import PrinterText

if TYPE_CHECKING:
    from shopdesk.printing.pdf_layout import Faces, Page

_RIGHT_TO_LEFT_LANGUAGES: Final = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_FIRST_SHAPED: Final = "\u0590"  # Hebrew; Latin, Greek, Cyrillic and Armenian below it are drawn letter by letter


def drawn_pdf(
    lay: Callable[[Faces, bool], list[Page]], texts: Iterable[str], language: str, title: PrinterText
) -> bytes:
    """A PDF of the pages that ``lay`` makes with the letters it is given; its second argument says "mirrored".

    ``texts`` are all that will be shown; the same pages give the same bytes.
    """
    from shopdesk.printing.pdf_fonts import sans_faces

    faces = sans_faces()
    mirrored = right_to_left(language)
    if mirrored or any(_needs_shaping(text, faces.has) for text in texts):
        from shopdesk.printing.pdf_shaped import ShapedFaces, write_shaped_pdf

        shaped = ShapedFaces()
        return write_shaped_pdf(lay(shaped, mirrored), title, shaped)
    from shopdesk.printing.pdf_sheet import write_pdf

    return write_pdf(lay(faces, False), title, faces)


def right_to_left(language: str) -> bool:
    """Whether a language is read from right to left."""
    return language.replace("_", "-").partition("-")[0].lower() in _RIGHT_TO_LEFT_LANGUAGES


def _needs_shaping(text: str, has: Callable[[str], bool]) -> bool:
    if not text or max(text) < _FIRST_SHAPED:
        return False
    return not has(text) or any(unicodedata.bidirectional(char) in {"R", "AL"} for char in text)
