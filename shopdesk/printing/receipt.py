"""Any document as PDF, as plain text and as the bytes of a receipt printer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never

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
from shopdesk.printing.pdf_pages import drawn_pdf
from shopdesk.printing.printer_text import PrinterText
from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.text_layout import TextRow, centred, text_rows


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
    from shopdesk.printing.pdf_layout import PAPERS, lay_out

    blocks = compose(document)
    return drawn_pdf(
        lambda faces, mirrored: lay_out(blocks, PAPERS[paper], faces, mirrored=mirrored),
        texts_of(blocks),
        document.language,
        _title(document),
    )


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
