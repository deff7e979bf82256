"""Money in whole minor units: rounded in one place, split without loss, read and written as people do (R1)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.core.errors import BadAmount
from shopdesk.core.money import (
    MAX_CENTS,
    checked_cents,
    decimals,
    exact_scaled,
    extend,
    format_amount,
    format_money,
    format_quantity,
    format_rate,
    parse_amount,
    parse_quantity,
    parse_rate,
    plain_amount,
    plain_quantity,
    round_half_away,
    round_to_step,
    share,
    split,
)

cents = st.integers(-MAX_CENTS, MAX_CENTS)


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_rounding_is_half_away_from_zero(numerator, denominator):
    exact = Decimal(numerator) / Decimal(denominator)
    if abs(exact) < 10**12:  # the decimal context holds 28 digits
        assert round_half_away(numerator, denominator) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert round_half_away(-numerator, denominator) == -round_half_away(numerator, denominator)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"), [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (15, 10, 2), (25, 10, 3), (0, 7, 0)]
)
def test_halves(numerator, denominator, rounded):
    assert round_half_away(numerator, denominator) == rounded


def test_a_denominator_is_positive():
    with pytest.raises(ValueError, match="positive"):
        round_half_away(1, 0)


@given(cents, st.lists(st.integers(-100, 10**9), min_size=1, max_size=30))
def test_a_split_loses_nothing_and_is_fair(total, weights):
    positive = [max(weight, 0) for weight in weights]
    if not any(positive):
        if total:
            with pytest.raises(ValueError, match="nothing to spread"):
                split(total, weights)
        return
    parts = split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, positive, strict=True):
        assert abs(part * sum(positive) - total * weight) < sum(positive)  # less than one cent from its due
        assert weight or part == 0
    assert split(-total, weights) == [-part for part in parts]


def test_an_order_discount_over_three_lines():
    assert split(100, [333, 333, 334]) == [33, 33, 34]
    assert split(1, [5, 5]) == [1, 0]  # ties go to the first
    assert split(-1, [5, 5]) == [-1, 0]
    assert split(0, [0, 0]) == [0, 0]


@pytest.mark.parametrize(
    ("amount", "step", "rounded"),
    [(1234, 5, 1235), (1232, 5, 1230), (-1233, 5, -1235), (103, 10, 100), (105, 10, 110), (7, 0, 7), (7, 1, 7)],
)
def test_cash_rounding(amount, step, rounded):
    assert round_to_step(amount, step) == rounded


def test_price_of_a_quantity():
    assert extend(3000, 350) == 1050
    assert extend(333, 1000) == 333
    assert extend(1250, 299) == 374  # 373.75
    assert extend(-1250, 299) == -374
    assert share(999, 190_000) == 190  # 189.81


@pytest.mark.parametrize("value", [1.0, True, "1", None, MAX_CENTS + 1, -MAX_CENTS - 1])
def test_only_whole_numbers_within_bounds_are_amounts(value):
    with pytest.raises(BadAmount):
        checked_cents(value)


def test_bounds_are_amounts():
    assert checked_cents(MAX_CENTS) == MAX_CENTS
    assert checked_cents(-MAX_CENTS) == -MAX_CENTS


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12", "EUR", 1200),
        ("12.5", "EUR", 1250),
        ("12,50", "EUR", 1250),
        (" 1 234,50 ", "EUR", 123450),
        ("1,234.50", "EUR", 123450),
        ("1.234,50", "EUR", 123450),
        ("1,234", "EUR", 123400),
        ("1'234.50", "CHF", 123450),
        ("-3.20", "EUR", -320),
        ("500", "JPY", 500),
        ("1,234", "JPY", 1234),
        ("1.234", "KWD", 1234),
        (".5", "EUR", 50),
        ("5.", "EUR", 500),
        ("12.505", "EUR", 1_250_500),
        ("1.234.567", "EUR", 123_456_700),
        ("12.505", "KWD", 12_505),
        ("1,234.500", "KWD", 1_234_500),
    ],
)
def test_amounts_as_people_type_them(text, currency, amount):
    assert parse_amount(text, currency) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1.234.5",
        "1.2.3",
        "12,34.5",
        "1234,567.00",
        "12.5055",
        "1e3",
        ".",
        "-",
        "NaN",
        "Infinity",
        "--1",
        "1 2 a",
        "9" * 20,
    ],
)
def test_what_is_no_amount(text):
    with pytest.raises(BadAmount):
        parse_amount(text, "EUR")


@given(cents, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_a_written_amount_reads_back(amount, currency):
    if abs(amount) > 10**11:
        return
    assert exact_scaled(plain_amount(amount, decimals(currency)), decimals(currency), field="x") == amount
    assert parse_amount(format_amount(amount, currency), currency) == amount


def test_currencies_bring_their_decimals():
    assert [decimals(code) for code in ("EUR", "JPY", "KWD")] == [2, 0, 3]
    assert format_money(1250, "EUR") == "€12.50"
    assert format_money(1250, "EUR", "de") == "12,50\u00a0€"
    assert format_amount(-123450, "EUR") == "-1,234.50"
    assert format_money(1250, "JPY").endswith("1,250")
    assert format_money(1250, "EUR", "xx") == "€12.50"


@pytest.mark.parametrize(("text", "ppm"), [("0.19", 190_000), ("0.08875", 88_750), ("0", 0), ("1", 1_000_000)])
def test_rates_are_exact(text, ppm):
    assert parse_rate(text) == ppm


@pytest.mark.parametrize("text", ["0.0000001", "-0.1", "11", "x", "nan"])
def test_what_is_no_rate(text):
    with pytest.raises(BadAmount):
        parse_rate(text)


def test_rates_and_quantities_as_people_read_them():
    assert format_rate(88_750) == "8.875"
    assert format_rate(190_000) == "19"
    assert (plain_quantity(3000), plain_quantity(250), plain_quantity(1500)) == (3, "0.25", "1.5")
    assert format_quantity(-250) == "-0.25"
    assert parse_quantity("0,25") == 250
    for text in ("0.2500001", "1.2345", "x", "9999999999"):
        with pytest.raises(BadAmount):
            parse_quantity(text)


@given(st.integers(-(10**9), 10**9))
def test_a_written_quantity_reads_back(milli):
    assert parse_quantity(format_quantity(milli)) == milli


def test_quantities_and_rates_have_the_decimal_sign_of_the_language():
    assert (format_quantity(1_250), format_quantity(1_250, "de"), format_quantity(3_000, "de")) == ("1.25", "1,25", "3")
    assert (format_rate(88_750), format_rate(88_750, "de"), format_rate(88_750, "ar")) == ("8.875", "8,875", "8.875")
    assert format_quantity(500, "no such language") == "0.5"
