"""Pages written as PDF by reportlab: byte for byte the same for the same pages, text only ever as hexadecimal strings."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from shopdesk.printing.pdf_fonts import SansFaces
from shopdesk.printing.pdf_layout import DOTS_PER_MM, Page
from shopdesk.printing.printer_text import PrinterText

POINTS_PER_DOT: Final = 72 / 25.4 / DOTS_PER_MM


def write_pdf(pages: Sequence[Page], title: PrinterText, faces: SansFaces) -> bytes:
    """The pages as a PDF. Content is drawn in dots under one scale, so that bars fall on whole dots of a print head."""
    rl_config.useA85 = 0  # plain binary streams: smaller and quicker than reportlab's ASCII
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, pageCompression=1)
    canvas.setTitle(str(title))
    canvas.setAuthor("ShopDesk")
    for page in pages:
        canvas.setPageSize((page.width * POINTS_PER_DOT, page.height * POINTS_PER_DOT))
        canvas.addLiteral(_content(page, canvas, faces))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _content(page: Page, canvas: Canvas, faces: SansFaces) -> str:
    height = page.height
    parts = [f"q {POINTS_PER_DOT:.8f} 0 0 {POINTS_PER_DOT:.8f} 0 0 cm 0 g"]
    grey = 0
    for group in page.rects:
        if group.grey != grey:
            grey = group.grey
            parts.append(f"{grey / 100:g} g")
        parts.extend([f"{x} {height - y - high} {wide} {high} re" for x, y, wide, high in group.boxes])
        parts.append("f")
    parts.append("BT")
    setting = ("", 0)
    for text in page.texts:
        if text.grey != grey:
            grey = text.grey
            parts.append(f"{grey / 100:g} g")
        parts.append(f"1 0 0 1 {text.x} {height - text.y} Tm")
        font = faces.bold if text.bold else faces.regular
        for name, codes in font.pieces(text.text, canvas._doc):
            if setting != (name, text.size):
                setting = (name, text.size)
                parts.append(f"{name} {text.size} Tf")
            parts.append(f"<{codes}> Tj")
    parts.append("ET Q")
    return "\n".join(parts)
