"""PrinterText lets nothing through that could command a printer or confuse a reader."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.printing.printer_text import CODE_PAGES, PrinterText, clip, code_page_bytes, display_width

ANY_TEXT = st.text(st.characters())  # surrogates, controls and unassigned characters included


@given(ANY_TEXT)
def test_no_control_format_surrogate_or_private_character_survives(value: str) -> None:
    cleaned = PrinterText(value)
    assert not {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} & {unicodedata.category(char) for char in cleaned}
    assert cleaned == unicodedata.normalize("NFC", cleaned)
    assert PrinterText(cleaned) == cleaned


@given(ANY_TEXT, st.sampled_from(CODE_PAGES))
def test_each_code_page_gets_one_harmless_byte_a_column(value: str, code_page: str) -> None:
    sent = code_page_bytes(value, code_page)
    assert all(byte >= 0x20 and byte != 0x7F for byte in sent)
    assert len(sent) == PrinterText(value, code_page).columns


@given(st.text(st.characters(codec="ascii", exclude_categories=("Cc",))), st.sampled_from(CODE_PAGES))
def test_plain_text_is_left_alone(value: str, code_page: str) -> None:
    assert PrinterText(value, code_page) == value
    assert code_page_bytes(value, code_page) == value.encode("ascii")


@given(ANY_TEXT, st.integers(0, 60))
def test_clipping_never_exceeds_the_columns_and_wastes_at_most_one(value: str, columns: int) -> None:
    cleaned = PrinterText(value)
    cut = cleaned.clipped(columns)
    assert cleaned.startswith(cut)
    assert cut.columns <= columns
    if cut != cleaned:
        assert cut.columns >= columns - 1


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ("Tea\x1bp\x00\x32\x32", "Teap22"),
        ("a\x00b\x7fc\x9bd", "abcd"),
        ("left\u202eright\u2066\u200f", "leftright"),
        ("two\nlines\tand\ra\u2028tab", "two lines and a tab"),
        ("\ud800half", "half"),
        ("\ue000private", "private"),
        ("e\u0301", "é"),
        ("a" + "\u0335" * 50, "a" + "\u0335" * 3),
        ("1\u00a0234\u202f567", "1 234 567"),
    ],
)
def test_known_attacks(value: str, cleaned: str) -> None:
    assert PrinterText(value) == cleaned


@pytest.mark.parametrize(
    ("value", "code_page", "printed"),
    [
        ("Käse 5 €", "cp858", "Käse 5 €"),
        ("Käse 5 €", "cp437", "Käse 5 EUR"),
        ("Käse", "cp866", "Kaese"),
        ("Łódź", "cp437", "Lódz"),
        ("Łódź", "cp852", "Łódź"),
        ("Щука", "cp858", "Shchuka"),
        ("Щука", "cp866", "Щука"),
        ("Ελιά", "cp1252", "Elia"),
        ("“Tea” – 3 × …", "cp437", '"Tea" - 3 x ...'),
        ("日本 😀", "cp858", "?? ?"),
        ("ﬁne ²", "cp866", "fine 2"),
    ],
)
def test_what_a_code_page_lacks_is_spelled(value: str, code_page: str, printed: str) -> None:
    assert PrinterText(value, code_page) == printed


def test_wide_and_combining_characters_are_counted_as_printers_print_them() -> None:
    assert display_width("日本") == 4
    assert display_width("x\u0302y") == 2
    assert clip("日本語", 5) == "日本"
    assert clip("日本語", 0) == ""
