"""R13: codes with an embedded price, weight or count, and GS1 element strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.catalogue.codes import Rule, check_digit, gtin_forms, read_by_rule, read_gs1, value_verifier
from shopdesk.catalogue.sellable import fit_total
from shopdesk.core.money import extend

PRICE = Rule(1, "20", 5, 0, 5, 2, "price", "enforce")
VERIFIED = Rule(2, "22", 4, 1, 5, 2, "price", "enforce")
WEIGHT = Rule(3, "29", 5, 0, 5, 3, "weight", "enforce")
COUNT = Rule(4, "27", 5, 0, 5, 0, "count", "ignore")


def code(body: str) -> str:
    return body + check_digit(body)


@pytest.mark.parametrize("ean", ["4006381333931", "96385074", "036000291452", "10614141000415"])
def test_check_digit_of_known_codes(ean: str) -> None:
    assert check_digit(ean[:-1]) == ean[-1]


def test_a_price_is_read_in_minor_units_of_the_currency() -> None:
    read = read_by_rule(PRICE, code("201234500350"), 2)
    assert read is not None
    assert (read.item, read.price_cents, read.doubtful) == ("12345", 350, False)
    in_yen = read_by_rule(Rule(1, "20", 5, 0, 5, 0, "price", "enforce"), code("201234500350"), 0)
    assert in_yen is not None
    assert in_yen.price_cents == 350


def test_weight_and_count_are_thousandths() -> None:
    weight = read_by_rule(WEIGHT, code("291234501250"), 2)
    count = read_by_rule(COUNT, code("271234500012"), 2)
    assert weight is not None
    assert count is not None
    assert (weight.measure_milli, count.measure_milli) == (1_250, 12_000)


def test_rules_are_anchored_at_both_ends() -> None:
    whole = code("201234500350")
    for wrong in (whole + "0", whole[:-1], "1" + whole, whole[1:], "30" + whole[2:], "20123450035x"):
        assert read_by_rule(PRICE, wrong, 2) is None


def test_a_wrong_check_digit_is_refused_warned_about_or_ignored_as_the_rule_says() -> None:
    wrong = "2012345003500" if code("201234500350")[-1] != "0" else "2012345003501"
    assert read_by_rule(PRICE, wrong, 2) is None
    warned = read_by_rule(Rule(1, "20", 5, 0, 5, 2, "price", "warn"), wrong, 2)
    ignored = read_by_rule(Rule(1, "20", 5, 0, 5, 2, "price", "ignore"), wrong, 2)
    assert warned is not None
    assert ignored is not None
    assert (warned.doubtful, ignored.doubtful) == (True, False)


def test_the_verifier_guards_the_price() -> None:
    good = code("221234" + (value_verifier("01468") or "") + "01468")
    assert read_by_rule(VERIFIED, good, 2) is not None
    other = code("221234" + str((int(good[6]) + 1) % 10) + "01468")
    assert read_by_rule(VERIFIED, other, 2) is None


@pytest.mark.parametrize(
    "text",
    [
        "010400638133393110ABC\x1d3103001250",
        "]C1010400638133393110ABC\x1d3103001250",
        "]d2\x1d010400638133393110ABC\x1d3103001250",
        "010400638133393110ABC<GS>3103001250",
        "010400638133393110ABC\u241d3103001250",
        "(01)04006381333931(10)ABC(3103)001250",
    ],
)
def test_gs1_strings_as_scanners_send_them(text: str) -> None:
    read = read_gs1(text, 2)
    assert read is not None
    assert (read.item, read.lot, read.measure_milli, read.is_kilograms) == ("04006381333931", "ABC", 1_250, True)


def test_gs1_price_and_expiry() -> None:
    read = read_gs1("010400638133393117270131392200350", 2)
    assert read is not None
    assert (read.price_cents, str(read.expires_on)) == (350, "2027-01-31")


@pytest.mark.parametrize("text", ["4006381333931", "hello world, this is no code", "0104006381333932", "01", ""])
def test_what_is_no_gs1_string(text: str) -> None:
    assert read_gs1(text, 2) is None


def test_a_gtin_in_all_its_lengths() -> None:
    assert gtin_forms("036000291452") == ("00036000291452", "0036000291452", "036000291452")
    assert gtin_forms("04006381333931") == ("04006381333931", "4006381333931")
    assert gtin_forms("12345") == ()


@given(st.integers(1, 200_000), st.integers(1, 50_000))
def test_a_printed_price_is_met_to_the_cent(total: int, unit: int) -> None:
    quantity, price = fit_total(total, unit)
    assert quantity > 0
    assert extend(quantity, price) == total
