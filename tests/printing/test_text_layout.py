"""Monospaced lines: large ones count double, figures end at the right edge, narrow paper stacks what does not fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.printing.blocks import Pair, Table
from shopdesk.printing.printer_text import PrinterText, display_width
from shopdesk.printing.receipt import compose
from shopdesk.printing.text_layout import TextRow, text_rows
from shopdesk.printing.wrapping import wrap
from tests.printing.papers import SHOP, receipt, tea

T = PrinterText


@pytest.mark.parametrize("columns", [32, 42, 48])
@given(name=st.text(max_size=100))
def test_large_lines_take_half_the_columns(columns: int, name: str) -> None:
    from dataclasses import replace

    document = receipt(1, letterhead=replace(SHOP, shop_name=name), lines=(tea(name=name),), copy=True)
    for row in text_rows(compose(document), columns):
        if isinstance(row, TextRow):
            assert display_width(row.text) <= (columns // 2 if row.wide else columns)


def lines(*blocks: Pair | Table, columns: int = 32) -> list[str]:
    """The lines of some blocks."""
    return [row.text for row in text_rows(blocks, columns) if isinstance(row, TextRow)]


def test_a_figure_ends_at_the_right_edge_beside_the_last_of_its_words() -> None:
    assert lines(Pair(T("Tea"), T("3.50"))) == ["Tea" + " " * 25 + "3.50"]
    long = lines(Pair(T("Darjeeling First Flush, Castleton garden"), T("3.50")))
    assert long == ["Darjeeling First Flush,", "Castleton garden" + " " * 12 + "3.50"]


def test_a_figure_too_long_for_the_paper_moves_and_then_breaks_but_is_never_cut() -> None:
    assert lines(Pair(T("Total of everything"), T("EUR 10,000,000,000.00"))) == [
        "Total of",
        "everything EUR 10,000,000,000.00",
    ]
    assert lines(Pair(T("Total"), T("EUR 1,000,000,000,000,000.00"))) == ["Total", "    EUR 1,000,000,000,000,000.00"]
    assert "".join(lines(Pair(T("Total"), T("1" * 40)))).count("1") == 40


TAXES = Table(
    (T("Tax"), T("Net"), T("Tax"), T("Gross")),
    ((T("VAT 19%"), T("10.00"), T("1.90"), T("11.90")), (T("VAT 7%"), T("1.00"), T("0.07"), T("1.07"))),
)


def test_a_table_fits_in_columns() -> None:
    assert lines(TAXES) == [
        "Tax               Net  Tax Gross",
        "VAT 19%         10.00 1.90 11.90",
        "VAT 7%           1.00 0.07  1.07",
    ]


def test_a_table_with_long_names_or_figures_is_stacked() -> None:
    named = Table(TAXES.heading, ((T("Reduced rate for groceries"), T("10.00"), T("1.90"), T("11.90")),))
    assert lines(named)[2:] == ["Reduced rate for groceries", " " * 16 + "10.00 1.90 11.90"]
    huge = Table(TAXES.heading, ((T("VAT 19%"), T("9" * 15), T("9" * 15), T("9" * 15)),))
    assert lines(huge) == ["VAT 19%"] + [f"  {label}".ljust(17) + "9" * 15 for label in ("Net", "Tax", "Gross")]


@given(st.text(max_size=200), st.integers(2, 50), st.integers(1, 9))
def test_wrapping_loses_nothing_but_spaces_and_what_goes_beyond_the_lines(text: str, room: int, most: int) -> None:
    cleaned = PrinterText(text)
    wrapped = wrap(cleaned, room, display_width, most)
    assert len(wrapped) <= most
    assert all(display_width(line) <= room for line in wrapped)
    kept = "".join("".join(wrapped).split())
    whole = "".join(cleaned.split())
    assert whole.startswith(kept)
    if len(wrapped) < most:
        assert kept == whole
