"""The preview shows the very bytes: what a printer would make of them, not what they were made from."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from shopdesk.printing.escpos import kick_drawer
from shopdesk.printing.escpos_decoder import UnknownCommand
from shopdesk.printing.preview import preview_png_pages
from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.receipt import receipt_escpos, receipt_pdf
from tests.printing.papers import codes_in, receipt

TEXT = PrinterProfile(mode="text")


def test_a_changed_byte_is_seen() -> None:
    sent = receipt_escpos(receipt(), TEXT)
    forged = sent.replace(b"EUR 20.30", b"EUR 10.30")
    assert forged != sent
    assert preview_png_pages(forged, TEXT) != preview_png_pages(sent, TEXT)
    renumbered = sent.replace(b"{BT1-S000123", b"{BT1-S999999")
    assert codes_in(preview_png_pages(renumbered, TEXT)[0])["Code 128"] == "T1-S999999"


@pytest.mark.parametrize("dots", [384, 576])
@pytest.mark.parametrize("mode", ["raster", "text"])
def test_the_picture_is_as_wide_as_the_head_and_nothing_touches_its_edge(dots: int, mode: str) -> None:
    profile = PrinterProfile(mode=mode, dots=dots, columns=32 if dots == 384 else 48)
    (png,) = preview_png_pages(receipt_escpos(receipt(20, copy=True), profile), profile)
    picture = Image.open(io.BytesIO(png))
    assert picture.width == dots + 64
    assert picture.crop((0, 0, 32, picture.height)).getextrema() == (255, 255)
    assert picture.crop((dots + 32, 0, dots + 64, picture.height)).getextrema() == (255, 255)


def test_each_cut_begins_a_new_picture() -> None:
    sent = receipt_escpos(receipt(), TEXT)
    assert len(preview_png_pages(sent + sent, TEXT)) == 2


def test_a_pdf_is_shown_page_by_page() -> None:
    assert len(preview_png_pages(receipt_pdf(receipt(100), "a4"), TEXT)) == 5


def test_bytes_that_draw_nothing_make_no_picture() -> None:
    assert preview_png_pages(kick_drawer(), TEXT) == []


def test_foreign_bytes_are_refused() -> None:
    with pytest.raises(UnknownCommand, match="at byte 3"):
        preview_png_pages(b"Tea\x07", TEXT)


def test_letters_are_the_bundled_ones_with_umlauts_and_euro() -> None:
    shown = preview_png_pages(b"\x1b@\x1bt\x13" + "Käse €\n".encode("cp858"), TEXT)
    other = preview_png_pages(b"\x1b@\x1bt\x13" + "Kase E\n".encode("cp858"), TEXT)
    assert shown != other
