"""A receipt carries everything that it must, in each of its outputs, and never more."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopdesk.core.paths import resource_path
from shopdesk.printing.config import PaperName, PrinterConfig
from shopdesk.printing.documents import Document, ReceiptDocument, ShiftReportDocument, TaxRow
from shopdesk.printing.escpos_decoder import decode
from shopdesk.printing.preview import preview_png_pages
from shopdesk.printing.printer_text import display_width
from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.receipt import printer_bytes, receipt_escpos, receipt_pdf, receipt_text
from tests.printing.papers import codes_in, page_for_testing, pdf_text, printed_text, receipt, tea, z_report

TEXT = PrinterProfile(mode="text")
PROFILES = [
    PrinterProfile(mode="raster"),
    PrinterProfile(mode="raster", dots=384),
    TEXT,
    PrinterProfile(mode="text", native_codes=False),
    PrinterProfile(mode="text", native_codes=False, columns=32, dots=384, code_page="cp437"),
]
CODES = {"Code 128": "T1-S000123", "QR Code": "SD1:T1-S000123:20261120T110033Z:EUR2030:0123456789ABCDEF"}
HOSTILE = [
    "Tea\x1bp\x00\x32\x32\x1d(V\x02\x00\x10\x04\x01",
    'Tea <img src="file:///etc/passwd"><font color="red">',
    "(Tea) Tj ET Q << /S /JavaScript >> \\",
    "^XA^FO50,50^FDx^FS^XZ",
    "free\u202eeert\u2066\u200f\u0000\x7f\x9b",
    "W" * 200,
    "شاي إيرل غراي",
    "תה ארל גריי",
    'شاي <img src="file:///etc/passwd"> (x) Tj /JavaScript **b** \x1b',
    "日本語のお茶 😀👩\u200d👧",
    "a" + "\u0300" * 100,
    "\ud800\udfff\ufdd0\U0010ffff",
    "",
    "   ",
]


def outputs(document: Document) -> dict[str, str]:
    """The words of every output that has words, lines joined and spaces counted once."""
    words = {
        "text": receipt_text(document),
        "pdf": pdf_text(receipt_pdf(document)),
        "escpos": printed_text(decode(receipt_escpos(document, TEXT)), "cp858"),
    }
    return {output: " ".join(text.split()) for output, text in words.items()}


@pytest.mark.parametrize("output", ["text", "pdf", "escpos"])
def test_a_receipt_says_who_what_how_much_and_how_it_was_paid(output: str) -> None:
    words = outputs(receipt())[output]
    for piece in (
        "Corner shop", "Hauptstraße 12", "DE123456789", "T1-S000123", "2026-11-20 12:00", "Ann", "Kim Lee",
        "Deliver on Monday", "Earl Grey tea, tin 1", "TEA-001", "2 × 3.50", "0.25 kg × 3.50", "-0.70 Autumn 10%",
        "Subtotal", "21.00", "Discounts", "TOTAL", "EUR 20.30", "VAT 19%", "10.00", "1.90", "11.90", "VAT 7%", "Cash",
        "Card", "VISA 4242 auth 883211", "Change", "1.00", "Thank you!", "Returns within 14 days.",
        "Journal 0123456789abcdef",
    ):  # fmt: skip
        assert piece in words, piece


@pytest.mark.parametrize("output", ["text", "pdf", "escpos"])
@pytest.mark.parametrize(
    ("change", "mark"),
    [
        ({"copy": True}, "COPY"),
        ({"training": True}, "TRAINING"),
        ({"gift": True}, "GIFT RECEIPT"),
        ({"kind": "void", "voids_number": "T1-S000122", "reason": "Wrong tea"}, "VOID"),
    ],
)
def test_marks_stand_at_both_ends_and_only_where_they_belong(output: str, change: dict[str, object], mark: str) -> None:
    assert mark not in outputs(receipt())[output]
    assert outputs(receipt(**change))[output].count(mark) == 2


def test_a_void_names_the_sale_that_it_undoes_and_why() -> None:
    words = receipt_text(receipt(kind="void", number="T1-V000001", voids_number="T1-S000122", reason="Wrong tea"))
    assert "Voids receipt" in words
    assert "T1-S000122" in words
    assert "Reason: Wrong tea" in words


@pytest.mark.parametrize("output", ["text", "pdf", "escpos"])
def test_a_gift_receipt_gives_no_price_away(output: str) -> None:
    words = outputs(receipt(gift=True))[output]
    for price in ("3.50", "7.00", "20.30", "21.00", "EUR", "0.70", "11.90", "Cash"):
        assert price not in words
    assert "Earl Grey tea, tin 1" in words
    assert "2030" not in receipt(gift=True).code_text


def test_tax_on_top_is_added_below_the_subtotal() -> None:
    words = receipt_text(receipt(prices_include_tax=False, rounding_cents=-2))
    assert "Tax added" in words
    assert [line.split()[-1] for line in words.splitlines() if line.startswith(("Tax  ", "Rounding"))] == [
        "2.45",
        "-0.02",
    ]


@pytest.mark.parametrize("output", ["text", "pdf", "escpos"])
def test_a_z_report_proves_the_drawer(output: str) -> None:
    words = outputs(z_report())[output]
    for piece in (
        "Z report", "T1-Z000017", "Ann", "Max", "2026-11-20 08:00", "Sales (41)", "1,234.50", "Voids (1)", "-3.50",
        "EUR 1,231.00", "Discounts given", "9.90", "Drawer opened without a sale", "2", "VAT 19%", "196.55",
        "Cash (30)", "831.00", "Opening float", "100.00", "Cash in", "50.00", "Change from the bank", "Cash out",
        "-20.00", "Window cleaner", "Expected in drawer", "961.00", "19 × 50.00", "950.00", "Counted", "960.00",
        "Difference", "-1.00", "A coin fell behind the counter", "Left in drawer", "EUR 98,765.43",
    ):  # fmt: skip
        assert piece in words, piece
    assert "0123456789abcdef" * 4 in words.replace(" ", "")


def test_a_blind_x_report_keeps_the_expected_cash_to_itself() -> None:
    report = z_report(kind="X", z_number="", closed_at=None, expected_cents=None, counted=(), counted_cents=None,
                      difference_cents=None, difference_reason="", left_cents=None)  # fmt: skip
    words = receipt_text(report)
    assert "X report" in words
    for secret in ("961.00", "Expected", "Counted", "Difference", "Closed"):
        assert secret not in words


@pytest.mark.parametrize("paper", ["80mm", "58mm", "a4"])
def test_a_scanner_reads_both_codes_from_the_pdf(paper: PaperName) -> None:
    pictures = preview_png_pages(receipt_pdf(receipt(), paper), TEXT)
    assert codes_in(pictures[-1]) == CODES


@pytest.mark.parametrize("profile", PROFILES, ids=str)
def test_a_scanner_reads_both_codes_from_the_printed_paper(profile: PrinterProfile) -> None:
    (picture,) = preview_png_pages(receipt_escpos(receipt(), profile), profile)
    assert codes_in(picture) == CODES


@pytest.mark.parametrize("profile", PROFILES, ids=str)
def test_the_test_page_and_the_z_report_scan_too(profile: PrinterProfile) -> None:
    (page,) = preview_png_pages(receipt_escpos(page_for_testing(), profile), profile)
    assert codes_in(page)["Code 128"] == "TEST-128-000042"
    (report,) = preview_png_pages(receipt_escpos(z_report(), profile), profile)
    assert codes_in(report) == {"QR Code": z_report().head, "Code 128": "T1-Z000017"}


@pytest.mark.parametrize("document", [receipt(), receipt(20, copy=True), z_report(), page_for_testing()], ids=repr)
def test_the_same_document_gives_the_same_bytes(document: Document) -> None:
    assert receipt_pdf(document) == receipt_pdf(document)
    for profile in PROFILES:
        assert receipt_escpos(document, profile) == receipt_escpos(document, profile)


def test_threads_that_draw_at_once_do_not_disturb_each_other() -> None:
    documents = [
        receipt(number=f"T1-S{number:06d}", customer=name) for number in range(8) for name in ("Kim", "Ελιά Щука")
    ]
    alone = [receipt_pdf(document) for document in documents]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(receipt_pdf, documents)) == alone
        pictures = pool.map(lambda pdf: preview_png_pages(pdf, TEXT), alone)
        assert list(pictures) == [preview_png_pages(pdf, TEXT) for pdf in alone]


def test_documents_survive_json() -> None:
    for document in (receipt(), z_report(), page_for_testing()):
        assert msgspec.json.decode(msgspec.json.encode(document), type=type(document)) == document


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_line_is_wider_than_the_paper_whatever_the_names(columns: int, hostile: str) -> None:
    for line in receipt_text(_hostile_receipt(hostile), columns).splitlines():
        assert display_width(line) <= columns, line


@given(st.text(), st.integers(-(10**12), 10**12), st.sampled_from([32, 42, 48]))
def test_no_line_is_wider_than_the_paper_whatever_the_figures(name: str, cents: int, columns: int) -> None:
    document = receipt(
        1,
        lines=(tea(name=name, unit_price_cents=cents, gross_cents=cents, total_cents=cents),),
        total_cents=cents,
        discount_cents=cents,
        taxes=(TaxRow(name=name, rate_ppm=190_000, net_cents=cents, tax_cents=cents, gross_cents=cents),),
        currency="KWD",
    )
    assert max(map(display_width, receipt_text(document, columns).splitlines())) <= columns
    assert receipt_text(document, columns).count(f"{abs(cents) % 1000:03d}") >= 6  # no figure is ever cut


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_are_printed_literally_or_dropped_in_pdf(hostile: str) -> None:
    words = pdf_text(receipt_pdf(_hostile_receipt(hostile)))
    assert "\x1b" not in words
    assert "\x00" not in words
    assert "TOTAL" in words
    if hostile.isascii() and hostile.isprintable() and hostile.strip() and len(hostile) < 60:
        assert hostile.replace(" ", "") in words.replace("\r\n", "").replace(" ", "")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_pdf_has_no_action_link_or_foreign_file(hostile: str) -> None:
    bare = _unpacked(receipt_pdf(_hostile_receipt(hostile)))
    assert b"Tj" in bare
    for forbidden in (b"/JavaScript", b"/Launch", b"/URI", b"/GoToR", b"/EmbeddedFile", b"/etc/passwd", b"/AA "):
        assert forbidden not in bare


def test_drawing_hostile_names_opens_no_file_and_no_connection_of_theirs() -> None:
    seen: list[str] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and (event == "open" or event.startswith(("socket.", "subprocess.", "os.system"))):
            seen.append(f"{event} {arguments[0]!r}")

    watching = False
    sys.addaudithook(watch)  # cannot be taken away again, so it is switched
    for hostile in HOSTILE:  # once before, for libraries and fonts that are loaded when first needed
        receipt_pdf(_hostile_receipt(hostile))
    watching = True
    for hostile in HOSTILE:
        receipt_pdf(_hostile_receipt(hostile))
        receipt_escpos(_hostile_receipt(hostile), TEXT)
    watching = False
    fonts = str(resource_path("fonts"))
    # A thread of an earlier test may still write its own log.
    assert [event for event in seen if fonts not in event and "shopdesk.log" not in event] == []


def test_letters_that_the_bundled_fonts_lack_are_taken_from_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    from shopdesk.printing import pdf_shaped

    only_elsewhere = "\U0001d670"  # in DejaVu Sans Mono, but not in DejaVu Sans
    document = receipt(1, customer=f"A{only_elsewhere}B", note="שלום")
    assert "A□B" in pdf_text(receipt_pdf(document))
    monkeypatch.setattr(pdf_shaped, "SYSTEM_FONTS", (str(resource_path("fonts", "DejaVuSansMono.ttf")), "/missing.ttf"))
    pdf_shaped.found_system_fonts.cache_clear()
    try:
        assert f"A{only_elsewhere}B" in pdf_text(receipt_pdf(document))
    finally:
        monkeypatch.undo()
        pdf_shaped.found_system_fonts.cache_clear()


def test_warming_up_loads_what_the_first_receipt_needs() -> None:
    program = "import sys\nfrom shopdesk.printing.receipt import warm_up\nwarm_up()\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert {"reportlab.pdfgen.canvas", "segno", "pypdfium2", "PIL.Image"} <= set(done.stdout.split())


def test_right_to_left_papers_are_mirrored_shaped_and_stable() -> None:
    document = _hostile_receipt("شاي إيرل غراي", language="ar")
    pdf = receipt_pdf(document)
    assert pdf == receipt_pdf(document)
    assert "شاي إيرل غراي" in pdf_text(pdf)
    assert codes_in(preview_png_pages(pdf, TEXT)[0])["Code 128"] == "T1-S000123"


def test_a_long_sale_goes_on_over_several_pages_and_keeps_every_line() -> None:
    for paper in ("80mm", "a4"):
        words = pdf_text(receipt_pdf(receipt(600), paper))
        assert all(f"TEA-{number:03d}" in words for number in range(1, 601))
    profile = PrinterProfile()
    assert len(preview_png_pages(receipt_escpos(receipt(600), profile), profile)) == 1


def test_numbers_that_fit_no_bar_code_are_printed_as_text() -> None:
    number = "A-VERY-LONG-TILL-NAME-S" + "0" * 30
    for profile in PROFILES:
        preview_png_pages(receipt_escpos(receipt(number=number), profile), profile)
    assert "Code 128" not in codes_in(preview_png_pages(receipt_pdf(receipt(number=number)), TEXT)[0])
    assert "QR Code" in codes_in(preview_png_pages(receipt_pdf(receipt(number=number)), TEXT)[0])


def test_the_journal_is_printed_short_even_if_given_long() -> None:
    document = receipt(journal_short="0123456789abcdef" * 4)
    assert "0123456789abcdef0" not in receipt_text(document)
    assert document.code_text.endswith(":0123456789ABCDEF")


def test_a_printer_gets_what_its_settings_say() -> None:
    document = receipt()
    assert printer_bytes(document, PrinterConfig(kind="memory")).startswith(b"\x1b@")
    pdf = printer_bytes(document, PrinterConfig(kind="folder", address="/srv/papers", format="pdf", paper="58mm"))
    assert pdf == receipt_pdf(document, "58mm")


@settings(max_examples=20)
@given(st.text(), st.text(), st.text())
def test_no_text_of_any_kind_breaks_an_output(name: str, note: str, customer: str) -> None:
    document = replace(receipt(1), lines=(tea(name=name),), note=note, customer=customer, clerk=name)
    receipt_pdf(document)
    for profile in PROFILES:
        decode(receipt_escpos(document, profile))


def _unpacked(pdf: bytes) -> bytes:
    """A PDF followed by the contents of its streams."""
    unpacked = pdf
    for packed in pdf.split(b"stream\n")[1:]:
        with contextlib.suppress(zlib.error):
            unpacked += zlib.decompressobj().decompress(packed)
    return unpacked


def _hostile_receipt(hostile: str, **changes: object) -> ReceiptDocument:
    return receipt(
        1, lines=(tea(name=hostile),), customer=hostile, note=hostile, clerk=hostile, till=hostile, **changes
    )


def test_a_shift_report_of_a_training_till_says_so() -> None:
    report: ShiftReportDocument = z_report(training=True, copy=True)
    words = receipt_text(report)
    assert words.count("TRAINING") == 2
    assert words.count("COPY") == 2
