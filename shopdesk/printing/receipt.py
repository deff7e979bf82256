"""Any document as PDF, as plain text and as the bytes of a receipt printer."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, assert_never

from shopdesk.printing.blocks import Block, texts_of
from shopdesk.printing.compose_receipt import compose_receipt, compose_test_page
from shopdesk.printing.compose_shift import compose_shift_report
from shopdesk.printing.config import PaperName, PrinterConfig
from shopdesk.printing.documents import (
    Document,
    Letterhead,
    ReceiptDocument,
    ShiftReportDocument,
    TestPageDocument,
)
from shopdesk.printing.escpos import raster_mode, text_mode
from shopdesk.printing.printer_text import PrinterText
from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.text_layout import TextRow, centred, text_rows

_RIGHT_TO_LEFT_LANGUAGES: Final = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_FIRST_SHAPED: Final = "\u0590"  # Hebrew; Latin, Greek, Cyrillic and Armenian below it are drawn letter by letter


def compose(document: Document, code_page: str | None = None) -> list[Block]:
    """The blocks of a document, in the characters of a code page (None: all of Unicode)."""
    match document:
        case ReceiptDocument():
            return compose_receipt(document, code_page)
        case ShiftReportDocument():
            return compose_shift_report(document, code_page)
        case TestPageDocument():
            return compose_test_page(document, code_page)
        case _:
            assert_never(document)


def receipt_text(document: Document, columns: int = 42) -> str:
    """The document as lines of at most ``columns`` monospaced columns (32, 42 or 48), without its drawn codes."""
    lines = []
    for row in text_rows(compose(document), columns):
        if isinstance(row, TextRow):
            line = centred(row.text.strip(), columns) if row.wide else row.text
            lines.append(line.rstrip())
    return "\n".join(lines) + "\n"


def receipt_pdf(document: Document, paper: PaperName = "80mm") -> bytes:
    """The document as a PDF on a roll or on A4; the same document gives the same bytes."""
    from shopdesk.printing.pdf_fonts import sans_faces
    from shopdesk.printing.pdf_layout import PAPERS, lay_out

    blocks = compose(document)
    faces = sans_faces()
    if right_to_left(document.language) or any(_needs_shaping(text, faces.has) for text in texts_of(blocks)):
        from shopdesk.printing.pdf_shaped import ShapedFaces, write_shaped_pdf

        shaped = ShapedFaces()
        pages = lay_out(blocks, PAPERS[paper], shaped, mirrored=right_to_left(document.language))
        return write_shaped_pdf(pages, _title(document), shaped)
    from shopdesk.printing.pdf_sheet import write_pdf

    return write_pdf(lay_out(blocks, PAPERS[paper], faces), _title(document), faces)


def receipt_escpos(document: Document, profile: PrinterProfile) -> bytes:
    """The document as the bytes of a receipt printer, cut included; the drawer is never opened by it."""
    if profile.mode == "text":
        return text_mode(compose(document, profile.code_page), profile)
    from shopdesk.printing.raster import pdf_dots

    return raster_mode(pdf_dots(receipt_pdf(document, profile.paper), profile.dots), profile)


def printer_bytes(document: Document, config: PrinterConfig) -> bytes:
    """What a till's printer gets for a document: receipt commands, or PDF where it was set so."""
    if config.format == "pdf":
        return receipt_pdf(document, config.paper)
    return receipt_escpos(document, config.profile)


def warm_up() -> None:
    """Load libraries and letters while nobody waits, so that the first receipt costs no more than the others."""
    letterhead = Letterhead(shop_name="ShopDesk")
    page = TestPageDocument(letterhead=letterhead, till="", printer="", printed_at=datetime(2000, 1, 1, tzinfo=UTC))
    receipt_escpos(page, PrinterProfile(mode="raster"))
    receipt_escpos(page, PrinterProfile(mode="text"))


def right_to_left(language: str) -> bool:
    """Whether a language is read from right to left."""
    return language.replace("_", "-").partition("-")[0].lower() in _RIGHT_TO_LEFT_LANGUAGES


def _needs_shaping(text: str, has: Callable[[str], bool]) -> bool:
    if not text or max(text) < _FIRST_SHAPED:
        return False
    return not has(text) or any(unicodedata.bidirectional(char) in {"R", "AL"} for char in text)


def _title(document: Document) -> PrinterText:
    match document:
        case ReceiptDocument():
            return PrinterText(document.number)
        case ShiftReportDocument():
            return PrinterText(document.z_number or f"{document.kind} {document.shift_number}")
        case TestPageDocument():
            return PrinterText(document.printer)
        case _:
            assert_never(document)
