"""A business paper says everything it was given, letter by letter, on as many pages as it takes, in any script."""

from __future__ import annotations

import re

import pypdfium2
import pytest
import zxingcpp

from shopdesk.printing.office_document import (
    OfficeDocument,
    PaperColumn,
    PaperTable,
    Party,
    Section,
    Total,
    office_pdf,
)
from shopdesk.printing.raster import pdf_pictures
from tests.printing.papers import SHOP, codes_in, pdf_text

COLUMNS = (
    PaperColumn("SKU"),
    PaperColumn("Name", share=4),
    PaperColumn("Quantity", "end"),
    PaperColumn("Total (EUR)", "end"),
)
HOSTILE = [
    'Tea <img src="file:///etc/passwd"><font color="red">',
    "(Tea) Tj ET Q << /S /JavaScript >> \\",
    "</para><para>&amp;&#0;",
    "^XA^FO50,50^FDx^FS^XZ",
    "W" * 200,
    "a" + "\u0300" * 100,
    "   ",
    "",
]


def order(count: int = 3, **changes: object) -> OfficeDocument:
    """A purchase order of so many lines."""
    rows = tuple((f"TEA-{number:03d}", f"Green tea {number}", str(number), "10.50") for number in range(1, count + 1))
    facts: dict[str, object] = {
        "letterhead": SHOP,
        "title": "Purchase order",
        "number": "PO-000123",
        "parties": (Party("Supplier", ("Tea House Ltd", "Street 1")), Party("Deliver to", ("Stockroom",))),
        "facts": (("Date", "2026-11-20"), ("Expected", "2026-11-27"), ("Your number", "C-1"), ("A", "B"), ("C", "D")),
        "sections": (
            Section(table=PaperTable(COLUMNS, rows), totals=(Total("Net", "31.50"), Total("Total", "EUR 37.49", True))),
        ),
        "notes": "Ring twice.\nBefore noon.",
    }
    return OfficeDocument(**{**facts, **changes})


def page_words(pdf: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_it_says_who_what_how_much(paper: str) -> None:
    words = pdf_text(office_pdf(order(paper=paper)))
    for piece in (
        "Corner shop", "Hauptstraße 12", "Tax ID DE123456789", "Purchase order", "PO-000123", "Supplier", "Tea House Ltd",
        "Deliver to", "Stockroom", "Expected", "2026-11-27", "SKU", "TEA-003", "Green tea 3", "10.50", "Net", "31.50",
        "EUR 37.49", "Notes", "Ring twice.", "Before noon.", "Page 1 of 1", "Thank you!",
    ):  # fmt: skip
        assert piece in words, piece


def test_a_long_table_goes_over_pages_with_its_head_and_keeps_every_row() -> None:
    pages = page_words(office_pdf(order(300)))
    assert len(pages) > 5
    for number, words in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in words
        assert "Purchase order PO-000123" in words or number == 1
    assert all("Quantity" in words for words in pages[:-1])
    everything = "\n".join(pages)
    assert all(everything.count(f"TEA-{number:03d}") == 1 for number in range(1, 301))


def test_nothing_leaves_the_page() -> None:
    """Even the widest texts stay between the margins: nothing is dark there."""
    wide = "Wide" * 60
    rows = tuple(tuple(f"{wide}{number}" for number in range(8)) for _ in range(5))
    columns = tuple(PaperColumn(f"A long title {number}", "end" if number % 2 else "start") for number in range(8))
    document = order(
        sections=(Section(wide, wide, ((wide, wide),) * 5, PaperTable(columns, rows), (Total(wide, wide, True),)),),
        parties=(Party(wide, (wide,) * 9),) * 4,
        facts=((wide, wide),) * 6,
        title=wide,
        number=wide,
        mark=wide,
        notes=wide * 20,
    )
    for language in ("en", "ar"):
        pdf = office_pdf(OfficeDocument(**{**_fields(document), "language": language}))
        for picture in pdf_pictures(pdf, 72):
            edge = 40  # of 45 points of margin
            for box in ((0, 0, edge, picture.height), (picture.width - edge, 0, picture.width, picture.height)):
                assert picture.crop(box).getextrema() == (255, 255)


@pytest.mark.parametrize("code", ["code128", "qr"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_number_is_read_back_by_a_scanner(code: str, language: str) -> None:
    picture = pdf_pictures(office_pdf(order(code=code, language=language)))[0]
    assert list(codes_in(picture).values()) == ["PO-000123"]


def test_a_number_that_fits_no_code_is_still_written() -> None:
    number = "PO-" + "0" * 60
    pdf = office_pdf(order(number=number, code="code128"))
    assert zxingcpp.read_barcodes(pdf_pictures(pdf)[0]) == []
    assert "PO-000" in pdf_text(pdf)


@pytest.mark.parametrize("text", HOSTILE)
def test_data_is_never_markup(text: str) -> None:
    table = PaperTable(COLUMNS, ((text, text, text, text),))
    pdf = office_pdf(
        order(
            parties=(Party(text, (text, text)),),
            facts=((text, text),),
            sections=(Section(text, text, ((text, text),), table, (Total(text, text),)),),
            notes=text,
            mark=text,
            title=text,
            number=text,
            code="qr",
        )
    )
    commands = re.sub(rb"\((?:\\.|[^\\()])*\)", b"()", pdf)  # the title may say anything, inside its string
    assert b"/JavaScript" not in commands
    assert b"/URI" not in commands
    assert b"/Subtype /Image" not in commands
    words = "".join(pdf_text(pdf).split())
    if text.isascii() and text.strip() and len(text) < 100:
        assert "".join(text.split()) in words


def test_arabic_is_shaped_and_mirrored() -> None:
    document = order(language="ar", title="أمر شراء", parties=(Party("المورد", ("بيت الشاي",)),))
    pdf = office_pdf(document)
    assert pdf == office_pdf(document)
    words = pdf_text(pdf)
    assert "أمر شراء" in words
    assert "بيت الشاي" in words
    plain, mirrored = (pdf_pictures(office_pdf(order(language=language)), 72)[0] for language in ("en", "ar"))
    half = plain.width // 2
    head = (0, 40, half, 120)  # the shop's name stands at the leading edge
    assert plain.crop(head).getextrema()[0] < 100
    right = (half, 40, plain.width, 60)
    assert mirrored.crop(right).getextrema()[0] < 100


def test_one_foreign_name_does_not_mirror_the_paper() -> None:
    words = pdf_text(office_pdf(order(parties=(Party("Supplier", ("بيت الشاي",)),))))
    assert "بيت الشاي" in words
    assert "Purchase order" in words


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert office_pdf(order(40, code="qr")) == office_pdf(order(40, code="qr"))


def test_an_empty_paper_is_a_page() -> None:
    assert len(page_words(office_pdf(OfficeDocument(letterhead=SHOP, title="Nothing")))) == 1
    empty = order(sections=(Section("Orders", table=PaperTable(COLUMNS, ())),))
    assert "Orders" in pdf_text(office_pdf(empty))


def test_rows_of_the_wrong_length_are_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="one text for each column"):
        PaperTable(COLUMNS, (("a", "b"),))


def _fields(document: OfficeDocument) -> dict[str, object]:
    return {name: getattr(document, name) for name in OfficeDocument.__dataclass_fields__}


def test_long_words_lose_none() -> None:
    text = "\n".join(f"line {number:04d}" for number in range(1500))
    words = pdf_text(office_pdf(order(notes=text, sections=(Section(text=text),))))
    assert all(words.count(f"line {number:04d}") == 2 for number in range(1500))
