"""The receipts' own figures are those of the rest of the program."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.core.money import MAX_CENTS, format_amount, format_rate
from shopdesk.printing.figures import figures


@given(
    st.integers(-MAX_CENTS, MAX_CENTS),
    st.sampled_from(["EUR", "JPY", "KWD"]),
    st.sampled_from(["en", "de", "fr", "pl", "sv", "ru", "de-CH", "pt_BR", "nl", "cs", "he", "xx"]),
)
def test_amounts_equal_those_on_the_screen(cents: int, currency: str, language: str) -> None:
    assert figures(language, currency).amount(cents) == format_amount(cents, currency, language)


@given(st.integers(0, 2_000_000))
def test_rates_equal_those_on_the_screen(ppm: int) -> None:
    assert figures("en", "EUR").rate(ppm) == f"{format_rate(ppm)}%"


@pytest.mark.parametrize(
    ("milli", "unit", "shown"), [(1000, "", "1"), (250, "kg", "0,25 kg"), (-3000, "", "-3"), (12_345, "m", "12,345 m")]
)
def test_quantities_take_the_fewest_figures(milli: int, unit: str, shown: str) -> None:
    assert figures("de", "EUR").quantity(milli, unit) == shown


def test_money_names_its_currency_and_moments_their_order() -> None:
    assert figures("de", "EUR").money(-123_456) == "EUR -1.234,56"
    assert figures("en", "JPY").money(1200) == "JPY 1,200"
    assert figures("en", "EUR").moment(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)) == "2026-01-02 03:04"
