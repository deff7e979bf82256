"""Labels of parcels: every code is read back from paper and from ZPL, every word too, and no data becomes a command."""

from __future__ import annotations

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shopdesk.printing.label_zpl import DOTS_PER_METRE, ZplDots
from shopdesk.printing.parcel_label import PARCEL_FORMATS, ParcelLabel, lay_parcel, parcels_pdf, parcels_zpl
from shopdesk.printing.pdf_fonts import sans_faces
from shopdesk.printing.raster import page_count, pdf_pictures
from tests.printing.papers import pdf_text
from tests.printing.zpl import commands, multiset, pictures, texts

FACTS = (("Order", "T1-O000001"), ("Parcel", "T1-W000001"), ("Weight", "1.2 kg"))
HOSTILE = [
    "^XA^JUS^XZ~JR ^FS^FDx", "~HS ^CC* ^CT+ ^CD;", "_5EXA \\& _", "\0\x1b^XA\r\n", "محمد علي ١٢ 😀", "日本茶 👩\u200d👧",
    "W" * 200, "Name with many words " * 10, "a" + "\u0300" * 90, "\ud800", "",
]  # fmt: skip


def label(**changes: object) -> ParcelLabel:
    """A label with everything on it."""
    words: dict[str, object] = {
        "sender": ("Corner & Co", "Lindenstraße 12", "10969 Berlin"),
        "recipient": ("Kim Lee", "742 Evergreen Terrace", "Springfield, IL 62704", "UNITED STATES"),
        "code": "JJD000390007777777",
        "service": "Parcel, insured",
        "facts": FACTS,
    }
    return ParcelLabel(**{**words, **changes})  # type: ignore[arg-type]


def codes(picture: Image.Image) -> dict[str, str]:
    """What a scanner reads, by the kind of code."""
    return {read.format.name: read.text for read in zxingcpp.read_barcodes(picture)}


@pytest.mark.parametrize("size", PARCEL_FORMATS)
@pytest.mark.parametrize("code", ["T1-W000001", "00340434161094015902", "1Z999AA10123456784", "RR 123 456/DE^~_"])
def test_both_codes_are_read_back_from_paper_and_zpl(size: str, code: str) -> None:
    read = {"Code128": code, "QRCode": code}
    one = label(code=code)
    (page,) = pdf_pictures(parcels_pdf([one], size))
    assert codes(page) == read
    heads: tuple[ZplDots, ...] = (203, 300)
    for dots in heads:
        (drawn,) = pictures(parcels_zpl([one], size, dots=dots))
        assert codes(drawn) == read
        assert abs(drawn.width - PARCEL_FORMATS[size].width * DOTS_PER_METRE[dots] / 1_000_000) < 1


def test_every_word_is_read_back() -> None:
    one = label()
    said = pdf_text(parcels_pdf([one]))
    in_zpl = texts(parcels_zpl([one]))
    for line in (*one.sender, *one.recipient, one.service, one.code, *(f"{what}: {value}" for what, value in FACTS)):
        assert line in said
        assert line in in_zpl


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_text_breaks_a_label_or_becomes_a_command(text: str, language: str) -> None:
    one = label(
        recipient=(text, text, text, "10115 Berlin", "GERMANY"), sender=(text,) * 3, service=text, language=language
    )
    (page,) = pdf_pictures(parcels_pdf([one]))
    data = parcels_zpl([one])
    (drawn,) = pictures(data)
    read = {"Code128": one.code, "QRCode": one.code}
    assert (codes(page), codes(drawn)) == (read, read)
    assert multiset(data)["XA"] == multiset(data)["XZ"] == 1
    assert set(multiset(data)) <= {"XA", "CI", "LH", "PW", "LL", "FO", "A0", "FH", "FD", "FS", "GB", "GF", "PQ", "XZ"}
    if language == "en":
        assert "GERMANY" in texts(data)


def test_an_endless_address_keeps_its_town_and_stays_in_its_field() -> None:
    one = label(recipient=("W" * 200, "N" * 200, "S" * 200, "L" * 200, "10115 Berlin", "GERMANY"))
    format_ = PARCEL_FORMATS["a6"]
    drawing = lay_parcel(one, format_, 8000, sans_faces(), False)
    assert {"10115 Berlin", "GERMANY"} <= {text.text for text in drawing.texts}
    assert all(text.x >= 0 and text.x + text.width <= drawing.width for text in drawing.texts)
    assert all(text.y >= 0 and text.y + text.size <= drawing.height for text in drawing.texts)


def test_a_code_too_long_for_bars_keeps_its_square_and_one_too_long_for_all_is_told() -> None:
    long, endless = "A" * 60, "x" * 500
    (page,) = pdf_pictures(parcels_pdf([label(code=long)]))
    assert codes(page) == {"QRCode": long}
    assert not lay_parcel(label(code=long), PARCEL_FORMATS["a6"], 8000, sans_faces(), False).code_missing
    assert lay_parcel(label(code=endless), PARCEL_FORMATS["a6"], 8000, sans_faces(), False).code_missing


def test_several_parcels_are_one_print() -> None:
    wanted = [label(code=f"T1-W00000{number}") for number in range(1, 4)]
    pdf = parcels_pdf(wanted, "4x6")
    assert page_count(pdf) == 3
    assert pdf == parcels_pdf(wanted, "4x6")  # the same parcel, the same bytes: stored once
    drawn = pictures(parcels_zpl(wanted))
    assert [codes(page)["Code128"] for page in pdf_pictures(pdf)] == [one.code for one in wanted]
    assert [codes(page)["Code128"] for page in drawn] == [one.code for one in wanted]
    assert [one.rest for one in commands(parcels_zpl(wanted)) if one.name == "PQ"] == ["1", "1", "1"]


@settings(max_examples=25)
@given(st.text(max_size=60), st.text(min_size=1, max_size=300))
def test_any_text_makes_a_label(name: str, address: str) -> None:
    one = label(recipient=(name, address, "10115 Berlin"))
    data = parcels_zpl([one])
    commands(data)
    assert codes(pictures(data)[0])["QRCode"] == one.code
