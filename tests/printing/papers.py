"""Documents of an imaginary shop, and ways to look at what came out."""

from __future__ import annotations

import io
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pypdfium2
import zxingcpp
from PIL import Image

from shopdesk.printing.documents import (
    CashMove,
    CountedCash,
    DiscountStep,
    Letterhead,
    ReceiptDocument,
    ReceiptLine,
    ShiftReportDocument,
    TaxRow,
    Tender,
    TenderTotal,
    TestPageDocument,
)
from shopdesk.printing.escpos_decoder import Command

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 20, 12, 0, 33, tzinfo=BERLIN)
SHOP = Letterhead(
    shop_name="Corner shop",
    address_lines=("Hauptstraße 12", "10115 Berlin"),
    tax_id="DE123456789",
    footer="Thank you!\nReturns within 14 days.",
)


def tea(number: int = 1, name: str = "Earl Grey tea, tin", **changes: object) -> ReceiptLine:
    """Two tins of tea."""
    facts: dict[str, object] = {
        "name": f"{name} {number}",
        "sku": f"TEA-{number:03d}",
        "quantity_milli": 2000,
        "unit_price_cents": 350,
        "gross_cents": 700,
        "total_cents": 700,
    }
    return ReceiptLine(**{**facts, **changes})


def receipt(count: int = 3, **changes: object) -> ReceiptDocument:
    """A sale with a discount, two taxes, two tenders and change."""
    bought = [tea(number) for number in range(1, count + 1)]
    bought[-1] = tea(
        count, discounts=(DiscountStep(label="Autumn 10%", amount_cents=-70),), unit="kg", quantity_milli=250
    )
    facts: dict[str, object] = {
        "letterhead": SHOP,
        "number": "T1-S000123",
        "till": "T1",
        "clerk": "Ann",
        "sold_at": NOON,
        "customer": "Kim Lee",
        "note": "Deliver on Monday",
        "lines": tuple(bought),
        "subtotal_cents": 700 * count,
        "discount_cents": 70,
        "taxes": (
            TaxRow(name="VAT", rate_ppm=190_000, net_cents=1000, tax_cents=190, gross_cents=1190),
            TaxRow(name="VAT", rate_ppm=70_000, net_cents=785, tax_cents=55, gross_cents=840),
        ),
        "total_cents": 700 * count - 70,
        "tenders": (
            Tender(name="Cash", amount_cents=700 * count),
            Tender(name="Card", amount_cents=30, detail="VISA 4242 auth 883211"),
        ),
        "change_cents": 100,
        "currency": "EUR",
        "journal_short": "0123456789abcdef",
    }
    return ReceiptDocument(**{**facts, **changes})


def z_report(**changes: object) -> ShiftReportDocument:
    """A closed shift with a difference."""
    facts: dict[str, object] = {
        "letterhead": SHOP,
        "kind": "Z",
        "till": "T1",
        "shift_number": "17",
        "z_number": "T1-Z000017",
        "printed_at": NOON,
        "opened_at": NOON.replace(hour=8),
        "opened_by": "Ann",
        "closed_at": NOON,
        "closed_by": "Max",
        "sales_count": 41,
        "sales_cents": 123_450,
        "voids_count": 1,
        "voids_cents": -350,
        "discounts_cents": 990,
        "no_sale_count": 2,
        "tenders": (TenderTotal(name="Cash", count=30, amount_cents=83_100),),
        "taxes": (TaxRow(name="VAT", rate_ppm=190_000, net_cents=103_445, tax_cents=19_655, gross_cents=123_100),),
        "float_cents": 10_000,
        "cash_moves": (
            CashMove(amount_cents=5_000, reason="Change from the bank", by="Max", at=NOON),
            CashMove(amount_cents=-2_000, reason="Window cleaner"),
        ),
        "cash_taken_cents": 83_100,
        "expected_cents": 96_100,
        "counted": (CountedCash(denomination_cents=5_000, pieces=19), CountedCash(denomination_cents=100, pieces=10)),
        "counted_cents": 96_000,
        "left_cents": 10_000,
        "difference_cents": -100,
        "difference_reason": "A coin fell behind the counter",
        "perpetual_cents": 9_876_543,
        "head": "T1:57:" + "0123456789abcdef" * 4,
        "currency": "EUR",
    }
    return ShiftReportDocument(**{**facts, **changes})


def page_for_testing() -> TestPageDocument:
    """The test page of a printer."""
    return TestPageDocument(letterhead=SHOP, till="T1", printer="kitchen", printed_at=NOON)


def pdf_text(pdf: bytes) -> str:
    """All text of a PDF, as a reader would copy it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def codes_in(picture: Image.Image | bytes) -> dict[str, str]:
    """Format and text of every code that a scanner finds."""
    if isinstance(picture, bytes):
        picture = Image.open(io.BytesIO(picture))
    return {str(found.format): found.text for found in zxingcpp.read_barcodes(picture)}


def printed_text(commands: list[Command], code_page: str) -> str:
    """The characters that a decoded stream prints, line by line."""
    parts = ["\n" if command.name == "line_feed" else command.data.decode(code_page) for command in commands]
    return "".join(part for part, command in zip(parts, commands, strict=True) if command.name in ("text", "line_feed"))


def commands_but_text(commands: list[Command]) -> Counter[tuple[str, bytes]]:
    """The multiset of commands, without what they print."""
    return Counter((command.name, command.arguments) for command in commands if command.name != "text")
