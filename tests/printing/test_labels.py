"""Labels: every part in its place on every size, and every printed code is read back, from PDF and from ZPL."""

from __future__ import annotations

import itertools
import re
import time

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shopdesk.printing.label_codes import CODE_KINDS, CodeKind, bar_code, is_gtin
from shopdesk.printing.label_formats import LABEL_FORMATS, LabelFormat
from shopdesk.printing.label_pdf import code_boxes, labels_pdf, missing_codes
from shopdesk.printing.label_zpl import DOTS_PER_METRE, ZplDots, field_data, labels_zpl, picture_field
from shopdesk.printing.labels import (
    LABEL_KINDS,
    LABEL_PARTS,
    USUAL_PARTS,
    LabelContent,
    LabelDesign,
    LabelKind,
    LabelPart,
    lay_label,
)
from shopdesk.printing.pdf_fonts import sans_faces
from shopdesk.printing.raster import pdf_pictures
from tests.printing.papers import pdf_text
from tests.printing.zpl import commands, multiset, pictures, texts, unhexed, unpacked

LONG = "A name that does not end, with wool and silk and buttons of horn, " * 4
HOSTILE = [
    "Tea ^XA^JUS^XZ~JR ^FS^FDx", "~HS ^CC* ^CT+ ^CD;", "_5EXA \\& _", 'Tea <img src="file:///etc/passwd">',
    "(T) Tj ET /JavaScript", "\0\x1b\x02^XA\r\n", "شاي أخضر ١٠٠ غرام", "日本茶 😀👩\u200d👧", "free\u202eeert",
    LONG, "W" * 200, "a" + "\u0300" * 90, "\ud800", " ",
]  # fmt: skip
EANS = [f"40063813{number:04d}" for number in range(1000, 1120)]


def ean(body: str) -> str:
    """Twelve digits with the check digit that belongs to them."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def label(number: int = 0, **changes: str) -> LabelContent:
    """A label with every part."""
    facts = {
        "name": f"Green tea number {number}",
        "price": f"€{number + 3}.50",
        "compare_at": "€9.90",
        "unit_price": "€35.00 / kg",
        "sku": f"TEA-{number:03d}",
        "code": ean(EANS[number % len(EANS)]),
        "shop": "Corner & Co",
        "date": "2026-11-20",
    }
    return LabelContent(**{**facts, **changes})


def design(
    kind: LabelKind = "shelf", code: CodeKind = "auto", parts: frozenset[LabelPart] | None = None
) -> LabelDesign:
    """A design with the usual parts."""
    return LabelDesign(kind=kind, code=code, parts=USUAL_PARTS[kind] if parts is None else parts)


def codes(picture: Image.Image) -> list[str]:
    """What a scanner reads on one label; a GTIN always as 13 digits."""
    found = [read.text for read in zxingcpp.read_barcodes(picture)]
    return [text.rjust(13, "0") if is_gtin(text) and len(text) == 12 else text for text in found]


def cut_out(picture: Image.Image, format_: LabelFormat, number: int) -> Image.Image:
    """One label of a sheet."""
    x, y = (edge * 8 // 1000 for edge in format_.place(number))
    return picture.crop((x, y, x + format_.width * 8 // 1000, y + format_.height * 8 // 1000))


@pytest.mark.parametrize("kind", LABEL_KINDS)
@pytest.mark.parametrize("format_", LABEL_FORMATS.values(), ids=LABEL_FORMATS.keys())
@pytest.mark.parametrize("code", ["auto", "code128", "qr"])
def test_every_code_on_every_sheet_is_read_back(format_: LabelFormat, kind: LabelKind, code: CodeKind) -> None:
    count = min(format_.per_page, 12) if not format_.is_roll else 3
    wanted = [
        label(number, code=f"T-{number:03d}" if number % 3 == 2 else label(number).code) for number in range(count)
    ]
    assert missing_codes([(one, 1) for one in wanted], design(kind, code), format_) == []
    sheets = pdf_pictures(labels_pdf([(one, 1) for one in wanted], design(kind, code), format_))
    assert len(sheets) == (count if format_.is_roll else 1)
    for number, one in enumerate(wanted):
        picture = sheets[number] if format_.is_roll else cut_out(sheets[0], format_, number)
        assert codes(picture) == [one.code]


@pytest.mark.parametrize("dots", [203, 300])
@pytest.mark.parametrize("kind", LABEL_KINDS)
@pytest.mark.parametrize("code", ["auto", "code128", "qr"])
@pytest.mark.parametrize("size", [key for key, one in LABEL_FORMATS.items() if one.is_roll])
def test_every_code_in_zpl_is_read_back(size: str, kind: LabelKind, code: CodeKind, dots: ZplDots) -> None:
    wanted = [(label(1), 1), (label(2, code="T-002"), 3)]
    data = labels_zpl(wanted, design(kind, code), LABEL_FORMATS[size], dots=dots)
    drawn = pictures(data)
    assert [codes(picture) for picture in drawn] == [[label(1).code], ["T-002"]]
    width = LABEL_FORMATS[size].width
    assert all(abs(picture.width - width * DOTS_PER_METRE[dots] / 1_000_000) < 1 for picture in drawn)
    assert [one.rest for one in commands(data) if one.name == "PQ"] == ["1", "3"]


@pytest.mark.parametrize(
    ("code", "read"),
    [("96385074", "96385074"), ("036000291452", "0036000291452"), ("4006381333931", "4006381333931"),
     ("10036000291459", "10036000291459"), ("4006381333932", "4006381333932"), ("A>B;C&D e", "A>B;C&D e"), ("~1^2_3", "~1^2_3")],
)  # fmt: skip
def test_codes_of_every_sort(code: str, read: str) -> None:
    """GTINs of all lengths, a wrong check digit, signs with a meaning elsewhere."""
    roll = LABEL_FORMATS["roll-100x50"]
    for picture in (
        pdf_pictures(labels_pdf([(label(code=code), 1)], design("item"), roll))[0],
        pictures(labels_zpl([(label(code=code), 1)], design("item"), roll))[0],
    ):
        assert codes(picture) == [read]
    formats = {str(found.format) for found in zxingcpp.read_barcodes(picture)}
    assert formats <= ({"EAN-13", "EAN-8", "UPC-A"} if is_gtin(code) and len(code) != 14 else {"Code 128"})


def test_a_code_too_long_for_bars_becomes_a_square_and_one_too_long_for_all_is_told() -> None:
    small = LABEL_FORMATS["a4-5x13"]
    middling, endless = "SKU-2026-BLUE-SCARF-XL-0001", "x" * 300
    assert bar_code(endless, "auto") is None
    pdf = labels_pdf([(label(code=middling), 1)], design("item"), small)
    assert codes(cut_out(pdf_pictures(pdf)[0], small, 0)) == [middling]
    assert [found.format for found in zxingcpp.read_barcodes(pdf_pictures(pdf)[0])] == [zxingcpp.BarcodeFormat.QRCode]
    wanted = [(label(1), 1), (label(2, code=endless), 1)]
    assert missing_codes(wanted, design("item"), small) == [wanted[1][0]]
    assert missing_codes(wanted, design("item", "none"), small) == []


def test_ean_only_draws_no_bars_of_a_sku() -> None:
    sku = label(code="TEA-1")
    assert missing_codes([(sku, 1), (label(), 1)], design("item", "ean13"), LABEL_FORMATS["a4-3x8"]) == [sku]


@pytest.mark.parametrize("kind", LABEL_KINDS)
@pytest.mark.parametrize("format_", LABEL_FORMATS.values(), ids=LABEL_FORMATS.keys())
@pytest.mark.parametrize("name", ["Tea", LONG, "Unbreakable" * 20])
def test_nothing_overlaps_or_leaves_its_label(format_: LabelFormat, kind: LabelKind, name: str) -> None:
    faces = sans_faces()
    for code, parts, price, mirrored in itertools.product(
        ("auto", "qr", "none"),
        (frozenset(LABEL_PARTS), USUAL_PARTS[kind]),
        ("€3.50", "EUR 1,234,567.00"),
        (False, True),
    ):
        made = design(kind, code, parts)
        drawing = lay_label(label(name=name, price=price), made, format_, 8000, faces, mirrored)
        boxes = [(text.x, text.y + text.size // 5, text.width, text.size * 3 // 4) for text in drawing.texts]
        if drawing.code is not None:
            found = code_boxes(drawing)
            left, top = min(box[0] for box in found), min(box[1] for box in found)
            right, bottom = max(x + w for x, _y, w, _h in found), max(y + h for _x, y, _w, h in found)
            boxes.append((left, top, right - left, bottom - top))
        for x, y, wide, high in boxes:
            assert 0 <= x <= drawing.width - wide, (made, drawing)
            assert 0 <= y <= drawing.height - high, (made, drawing)
        for one, other in itertools.combinations(boxes, 2):
            apart = (
                one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
                or one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1]
            )  # fmt: skip
            assert apart, (made, one, other, drawing)
        if "price" in parts:
            assert any(text.text == price or text.text.endswith("…") for text in drawing.texts)


def test_a_shelf_label_says_everything_it_has_room_for() -> None:
    words = pdf_text(labels_pdf([(label(1), 1)], design(), LABEL_FORMATS["a4-2x4"]))
    for piece in (
        "Corner & Co", "2026-11-20", "Green tea number 1", "€4.50", "€9.90", "€35.00 / kg", "TEA-001", label(1).code,
    ):  # fmt: skip
        assert piece in words
    crowded = pdf_text(labels_pdf([(label(1, name=LONG), 1)], design(), LABEL_FORMATS["roll-50x25"]))
    assert "Corner" not in crowded  # the shop's name gives way to the second line of the goods'
    assert "€35.00 / kg" in crowded
    assert "…" in crowded


def test_the_old_price_is_struck_out() -> None:
    drawing = lay_label(label(), design(), LABEL_FORMATS["a4-3x8"], 8000, sans_faces(), False)
    (old,) = (text for text in drawing.texts if text.text == "€9.90")
    ((x, y, wide, _high),) = drawing.boxes
    assert (x, wide) == (old.x, old.width)
    assert old.y + old.size // 4 < y < old.y + old.size
    assert not lay_label(label(compare_at=""), design(), LABEL_FORMATS["a4-3x8"], 8000, sans_faces(), False).boxes


def test_the_same_number_is_not_said_twice() -> None:
    drawing = lay_label(label(code="TEA-000"), design(), LABEL_FORMATS["a4-3x8"], 8000, sans_faces(), False)
    assert sum("TEA-000" in text.text for text in drawing.texts) == 1


def test_a_used_sheet_is_begun_where_it_was_left() -> None:
    format_ = LABEL_FORMATS["a4-3x8"]
    wanted = [(label(1), 2), (label(2), 1)]
    sheets = pdf_pictures(labels_pdf(wanted, design(), format_, start=22))
    assert len(sheets) == 2
    assert all(cut_out(sheets[0], format_, number).getextrema() == (255, 255) for number in range(22))
    read = [codes(cut_out(sheets[0], format_, number)) for number in (22, 23)]
    assert [*read, codes(cut_out(sheets[1], format_, 0))] == [[label(1).code], [label(1).code], [label(2).code]]
    assert cut_out(sheets[1], format_, 1).getextrema() == (255, 255)


def test_outlines_are_for_looking_and_not_printed() -> None:
    format_ = LABEL_FORMATS["a4-3x8"]
    shown = pdf_pictures(labels_pdf([(label(), 1)], design(), format_, outlines=True))[0]
    printed = pdf_pictures(labels_pdf([(label(), 1)], design(), format_))[0]
    assert cut_out(shown, format_, 23).getextrema()[0] < 255
    assert cut_out(printed, format_, 23).getextrema()[0] == 255


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("dots", [203, 300])
def test_no_text_adds_a_command_to_zpl(text: str, dots: ZplDots) -> None:
    """The multiset of commands is that of a harmless name of as many lines; the code is still read."""
    roll = LABEL_FORMATS["roll-57x32"]
    facts = {
        "name": text,
        "sku": text,
        "shop": text,
        "date": text,
        "price": text,
        "unit_price": text,
        "compare_at": text,
    }
    hostile = labels_zpl([(label(1, **facts), 1)], design(), roll, dots=dots)
    allowed = {"XA", "CI", "LH", "PW", "LL", "FO", "A0", "FH", "FD", "FS", "GF", "GB", "PQ", "XZ"}
    found = multiset(hostile)
    assert set(found) <= allowed
    for once in ("XA", "CI", "LH", "PW", "LL", "PQ", "XZ"):
        assert found[once] == 1
    assert found["FO"] == found["FS"] == found["FD"] + found["GF"] + found["GB"]
    assert found["FD"] == found["A0"] == found["FH"]
    assert [codes(picture) for picture in pictures(hostile)] == [[label(1).code]]


def test_a_hostile_name_of_one_line_changes_no_command_at_all() -> None:
    roll = LABEL_FORMATS["roll-100x50"]
    made = design("price", parts=frozenset({"name", "price", "code"}))
    plain, hostile = (labels_zpl([(label(name=name), 1)], made, roll) for name in ("Green tea", "^XA~JR_5E^FS\\&"))
    assert multiset(plain) == multiset(hostile)
    assert "^XA~JR_5E^FS\\&" in texts(hostile)


def test_zpl_says_letters_as_letters_where_the_printer_has_them() -> None:
    data = labels_zpl([(label(name="Größe Żółć Ελλάδα Чай", compare_at=""), 1)], design(), LABEL_FORMATS["roll-100x50"])
    assert "Größe Żółć Ελλάδα Чай" in texts(data)
    assert b"^CI28" in data
    other = labels_zpl([(label(name="شاي أخضر", compare_at=""), 1)], design(), LABEL_FORMATS["roll-100x50"])
    assert not any("شاي" in text for text in texts(other))
    assert multiset(other)["GF"] == 2  # the name and the code


@given(st.text())
def test_field_data_is_plain_and_comes_back(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    data = field_data(text)
    assert re.fullmatch(r"[A-Za-z0-9 .,:;\-+*/%()#$_]*", data)
    assert unhexed(data) == text


@settings(max_examples=60)
@given(st.lists(st.binary(min_size=3, max_size=3), min_size=1, max_size=30), st.integers(0, 1))
def test_graphic_fields_unpack_to_the_same_dots(rows: list[bytes], repeat: int) -> None:
    rows = [row for row in rows for _ in range(repeat + 1)]
    packed = picture_field(rows, 1, 2).removesuffix("^FS").split(",", 5)[5]
    assert unpacked(packed, 3) == rows


def test_long_runs_are_counted() -> None:
    rows = [b"\xff" * 300 + b"\x01", b"\0" * 301, b"\0" * 301]
    field = picture_field(rows, 0, 0)
    assert unpacked(field.removesuffix("^FS").split(",", 5)[5], 301) == rows
    assert len(field) < 60


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_a_sheet(text: str) -> None:
    format_ = LABEL_FORMATS["a4-5x13"]
    facts = {
        "name": text,
        "sku": text,
        "shop": text,
        "date": text,
        "price": text,
        "unit_price": text,
        "compare_at": text,
    }
    for code in ("auto", "qr"):
        pdf = labels_pdf([(label(1, **facts), 7)], design(code=code), format_)
        assert pdf == labels_pdf([(label(1, **facts), 7)], design(code=code), format_)
        sheet = pdf_pictures(pdf)[0]
        assert [codes(cut_out(sheet, format_, number)) for number in range(7)] == [[label(1).code]] * 7


@pytest.mark.parametrize("code", CODE_KINDS)
def test_arabic_labels_are_mirrored_on_sheet_and_roll(code: CodeKind) -> None:
    format_ = LABEL_FORMATS["roll-57x32"]
    one = label(name="شاي أخضر", shop="متجر الزاوية")
    pdf = labels_pdf([(one, 1)], design(code=code), format_, language="ar")
    assert "شاي أخضر" in pdf_text(pdf)
    expected = [] if code == "none" else [one.code]
    assert codes(pdf_pictures(pdf)[0]) == expected
    drawn = pictures(labels_zpl([(one, 1)], design(code=code), format_, language="ar"))[0]
    assert codes(drawn) == expected
    for picture in (pdf_pictures(pdf)[0], drawn):  # the shop's name stands at the right
        head = picture.crop((0, 12, picture.width, 40)).point(lambda grey: 255 - grey)
        box = head.getbbox()
        assert box is not None
        assert box[0] > picture.width // 4
        assert box[2] > picture.width * 9 // 10


def test_no_labels_are_an_empty_page_and_an_empty_stream() -> None:
    assert pdf_pictures(labels_pdf([], design(), LABEL_FORMATS["a4-3x8"]))[0].getextrema() == (255, 255)
    assert labels_zpl([(label(), 0)], design(), LABEL_FORMATS["roll-57x32"]) == b""


@pytest.mark.slow
def test_65_labels_cost_milliseconds() -> None:
    """V10: 65 different labels with codes in 20 ms on the machine of the goals."""
    format_ = LABEL_FORMATS["a4-5x13"]
    labels_pdf([(label(), 1)], design(), format_)
    measured, loops = [], []
    for round_ in range(8):
        wanted = [(label(number, name=f"Goods {round_} {number}"), 1) for number in range(65)]
        before = time.perf_counter()
        labels_pdf(wanted, design(), format_)
        measured.append(1000 * (time.perf_counter() - before))
        before = time.perf_counter()
        sum(number * number for number in range(200_000))
        loops.append(1000 * (time.perf_counter() - before))
    assert min(measured) <= 20 * max(1.0, min(loops) / 11.0), sorted(measured)
