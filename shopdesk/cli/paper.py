"""Receipts from the command line: the very bytes that the till's printer would get."""

from __future__ import annotations

from shopdesk.cli.context import Call, UsageError
from shopdesk.core.errors import NotPermitted
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.printing.config import PrinterConfig
from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.receipt import receipt_escpos, receipt_pdf, receipt_text
from shopdesk.sales.documents import numbered_document
from shopdesk.sales.tills import printer_of, till_at


def receipt_bytes(call: Call, number: str, format: str) -> bytes:
    """The receipt of a sale or void, a training slip or a Z, as ``text`` (UTF-8), ``pdf`` or ``escpos``.

    Raises UnknownSale and UsageError.
    """
    if format not in {"text", "pdf", "escpos"}:
        raise UsageError(_("--format is text, pdf or escpos."))
    shop, actor = call.shop(), call.actor()
    if not actor.may(Permission.SALES_VIEW):
        raise NotPermitted(Permission.SALES_VIEW.value)
    document = shop.ask(numbered_document, number)
    if format == "text":
        return receipt_text(document).encode()
    if format == "pdf":
        return receipt_pdf(document)
    till = shop.ask(till_at, document.till or None, None)
    return receipt_escpos(document, _profile(shop.ask(printer_of, till.id)))


def _profile(config: PrinterConfig | None) -> PrinterProfile:
    return PrinterProfile() if config is None else config.profile
