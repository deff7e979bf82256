"""The arithmetic of a sale: the worked examples of the rules, and what must hold for every basket."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.core.money import PPM, extend, round_half_away, split
from shopdesk.sales.basket import (
    BadLine,
    Basket,
    Discount,
    DiscountTooLarge,
    LineInput,
    TaxPart,
    TaxRules,
    price_basket,
)

VAT = (TaxPart(1, "VAT", 190_000),)
FOOD = (TaxPart(2, "Food", 70_000),)
STACKED = (TaxPart(3, "GST", 50_000), TaxPart(4, "QST", 99_750, compound=True))


def line(cents: int, quantity: int = 1000, taxes: tuple[TaxPart, ...] = VAT, **more: object) -> LineInput:
    return LineInput(quantity, cents, cents, taxes, **more)  # type: ignore[arg-type]


def test_an_order_discount_is_spread_by_largest_remainder_and_ties_go_to_the_lowest_line() -> None:
    basket = price_basket([line(333), line(333), line(334)], TaxRules(), Discount(cents=100))
    assert [done.order_share_cents for done in basket.lines] == [33, 33, 34]
    assert split(10, [1, 1, 1]) == [4, 3, 3]


def test_a_line_of_nothing_gets_no_share_of_the_order_discount() -> None:
    basket = price_basket([line(0), line(500)], TaxRules(), Discount(cents=100))
    assert [done.order_share_cents for done in basket.lines] == [0, 100]


def test_inclusive_tax_is_contained_and_the_gross_never_moves() -> None:
    basket = price_basket([line(1190)], TaxRules(prices_include_tax=True))
    assert (basket.tax_cents, basket.due_cents, basket.lines[0].net_cents) == (190, 1190, 1000)


def test_exclusive_tax_is_added() -> None:
    basket = price_basket([line(1000)], TaxRules(prices_include_tax=False))
    assert (basket.tax_cents, basket.due_cents, basket.subtotal_cents) == (190, 1190, 1000)


def test_tax_rounded_per_order_can_differ_from_tax_rounded_per_line() -> None:
    lines = [line(10, taxes=FOOD)] * 10
    assert price_basket(lines, TaxRules(prices_include_tax=False)).tax_cents == 10
    per_order = price_basket(lines, TaxRules(prices_include_tax=False, per_order=True))
    assert per_order.tax_cents == 7
    assert [done.tax_cents for done in per_order.lines] == [1, 1, 1, 1, 1, 1, 1, 0, 0, 0]


def test_a_compound_rate_is_taken_of_the_net_and_the_tax_before_it() -> None:
    basket = price_basket([line(10_000, taxes=STACKED)], TaxRules(prices_include_tax=False))
    assert basket.lines[0].taxes == ((3, 500), (4, 1047))


def test_weighed_goods_are_counted_in_thousandths() -> None:
    assert (
        price_basket([line(299, quantity=1234)], TaxRules()).subtotal_cents == round_half_away(299 * 1234, 1000) == 369
    )


def test_every_step_of_a_price_is_kept_and_leads_to_what_the_line_costs() -> None:
    wanted = LineInput(2000, 500, 400, VAT, Discount(ppm=100_000, label="happy hour"), "price_list", "Members")
    done = price_basket([wanted], TaxRules(), Discount(cents=20, label="staff")).lines[0]
    assert [(step.kind, step.label, step.amount_cents) for step in done.steps] == [
        ("price_list", "Members", -200),
        ("line_discount", "happy hour", -80),
        ("order_discount", "staff", -20),
    ]
    assert done.steps[-1].after_cents == done.total_cents == 700


@pytest.mark.parametrize(
    ("lines", "off"),
    [([line(100, discount=Discount(cents=101))], None), ([line(100)], Discount(cents=101))],
)
def test_more_off_than_there_is_is_refused(lines: list[LineInput], off: Discount | None) -> None:
    with pytest.raises(DiscountTooLarge):
        price_basket(lines, TaxRules(), off)


@pytest.mark.parametrize(
    "bad", [line(100, quantity=0), line(100, quantity=-1), line(-1), line(100, quantity=10**10), line(10**13)]
)
def test_figures_out_of_bounds_are_refused(bad: LineInput) -> None:
    with pytest.raises(BadLine):
        price_basket([bad], TaxRules())


rates = st.sampled_from([(), VAT, FOOD, STACKED, (TaxPart(5, "Odd", 88_750),)])


@st.composite
def any_line(draw: st.DrawFn) -> LineInput:
    cents = draw(st.integers(0, 100_000))
    shelf = draw(st.sampled_from([cents, cents + 50]))
    off = draw(st.none() | st.integers(0, PPM).map(lambda ppm: Discount(ppm=ppm)))
    source = "price_list" if shelf != cents else ""
    return LineInput(draw(st.integers(1, 20_000)), shelf, cents, draw(rates), off, source)


@given(
    st.lists(any_line(), min_size=1, max_size=8),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(0, PPM).map(lambda ppm: Discount(ppm=ppm)),
)
def test_a_basket_is_the_sum_of_its_lines(
    lines: list[LineInput], inclusive: bool, per_order: bool, off: Discount | None
) -> None:
    basket = price_basket(lines, TaxRules(inclusive, per_order), off)
    assert basket.due_cents == sum(done.total_cents for done in basket.lines)
    assert (
        basket.tax_cents == sum(tax.tax_cents for tax in basket.taxes) == sum(done.tax_cents for done in basket.lines)
    )
    assert basket.discount_cents == sum(done.discount_cents for done in basket.lines) <= basket.subtotal_cents
    for wanted, done in zip(lines, basket.lines, strict=True):
        base = extend(wanted.quantity_milli, wanted.unit_price_cents) - done.discount_cents
        assert done.total_cents == (base if inclusive else base + done.tax_cents)
        assert min(done.total_cents, done.tax_cents, done.net_cents) >= 0
        for step, after in zip(done.steps, done.steps[1:], strict=False):
            assert step.after_cents == after.before_cents
    _rates_agree(lines, basket, inclusive, per_order)


def _rates_agree(lines: list[LineInput], basket: Basket, inclusive: bool, per_order: bool) -> None:
    """Each rate's tax is within half a cent of the exact one: of the order, or of each of its lines."""
    for total in basket.taxes:
        exact, count = Fraction(0), 0
        for wanted, done in zip(lines, basket.lines, strict=True):
            shares: list[Fraction] = []
            for part in wanted.taxes:
                grown = 1 + sum(shares) if part.compound else Fraction(1)
                shares.append(grown * Fraction(part.rate_ppm, PPM))
            for part, share in zip(wanted.taxes, shares, strict=True):
                if part.rate_id == total.rate_id:
                    base = extend(wanted.quantity_milli, wanted.unit_price_cents) - done.discount_cents
                    exact += Fraction(base) * share / ((1 + sum(shares)) if inclusive else 1)
                    count += 1
        assert abs(total.tax_cents - exact) <= Fraction(1, 2) * (1 if per_order else count)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(-5, 10**6), min_size=1, max_size=9))
def test_a_split_loses_nothing(total: int, weights: list[int]) -> None:
    if not any(weight > 0 for weight in weights):
        return
    parts = split(total, weights)
    assert sum(parts) == total
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight <= 0)
    assert [-part for part in parts] == split(-total, weights)


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**7))
def test_rounding_is_half_away_from_zero_and_symmetric(numerator: int, denominator: int) -> None:
    rounded = round_half_away(numerator, denominator)
    assert rounded == -round_half_away(-numerator, denominator)
    assert abs(Fraction(numerator, denominator) - rounded) <= Fraction(1, 2)
