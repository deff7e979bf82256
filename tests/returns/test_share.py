"""Parts of a line come back in any pieces and add up to the line (R4); money goes back to what paid (R5, R10)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.returns.share import PaidPart, SoldPart, plan_refund, take_back


def sold(total: int, quantity: int = 3000, *, tax: int = 0, discount: int = 0, inclusive: bool = True) -> SoldPart:
    return SoldPart(1, quantity, 0, discount, total, ((1, 190_000, 0, tax),) if tax else (), inclusive)


def pieces(part: SoldPart, quantities: list[int]):
    for quantity in quantities:
        yield take_back(part, quantity)
        part = SoldPart(
            part.line,
            part.quantity_milli,
            part.returned_milli + quantity,
            part.discount_cents,
            part.total_cents,
            part.rates,
            part.prices_include_tax,
        )


def test_r4_ten_for_three_pieces_returned_singly():
    assert [one.total_cents for one in pieces(sold(1000), [1000, 1000, 1000])] == [333, 334, 333]


def test_more_than_is_left_is_refused():
    with pytest.raises(ValueError, match="left"):
        take_back(sold(1000), 3001)
    with pytest.raises(ValueError, match="left"):
        take_back(sold(1000), 0)


@given(st.data())
def test_all_parts_add_up_to_the_line_whatever_their_order(data):
    quantity = data.draw(st.integers(1, 40_000))
    total, tax = data.draw(st.integers(0, 10**7)), data.draw(st.integers(0, 10**6))
    line = sold(
        total + tax, quantity, tax=tax, discount=data.draw(st.integers(0, 10**6)), inclusive=data.draw(st.booleans())
    )
    cuts = sorted({0, quantity, *data.draw(st.lists(st.integers(1, quantity), max_size=8))})
    parts = list(pieces(line, [after - before for before, after in pairwise(cuts)]))
    assert sum(part.total_cents for part in parts) == line.total_cents
    assert sum(part.tax_cents for part in parts) == tax
    assert sum(part.discount_cents for part in parts) == line.discount_cents
    whole = line.total_cents + line.discount_cents - (0 if line.prices_include_tax else tax)
    assert sum(part.gross_cents for part in parts) == whole
    for part in parts:
        due = part.gross_cents - part.discount_cents + (0 if line.prices_include_tax else part.tax_cents)
        assert part.total_cents == due
        assert min(part.total_cents, part.tax_cents, part.discount_cents) >= 0


CARD, CASH = PaidPart(1, "card", "card", 1500, 0), PaidPart(2, "cash", "cash", 1000, 0)


def amounts(plan):
    return [(refund.type, refund.amount_cents) for refund in plan.refunds]


def test_cards_first_then_cash_and_never_more_than_each_brought():
    assert amounts(plan_refund(700, [CASH, CARD], 0)) == [("card", 700)]
    assert amounts(plan_refund(1800, [CASH, CARD], 0)) == [("card", 1500), ("cash", 300)]
    assert amounts(plan_refund(2500, [CASH, CARD], 0)) == [("card", 1500), ("cash", 1000)]


def test_only_the_cash_is_rounded_and_the_rounding_is_told():
    plan = plan_refund(1803, [CARD, CASH], 5)
    assert (amounts(plan), plan.rounding_cents) == ([("card", 1500), ("cash", 305)], 2)
    assert plan_refund(1001, [CASH], 5).total_cents == 1000  # 10.00 were paid for it


def test_the_last_of_the_goods_brings_back_what_was_paid():
    once = plan_refund(501, [CASH], 5)
    assert (once.total_cents, once.rounding_cents) == (500, -1)
    rest = plan_refund(501, [PaidPart(2, "cash", "cash", 1000, 500)], 5, rounding_left_cents=-2 - once.rounding_cents)
    assert (rest.total_cents, rest.rounding_cents) == (500, -1)


@given(st.integers(0, 5000), st.integers(0, 3000), st.integers(0, 3000), st.sampled_from([0, 5, 10]))
def test_no_plan_gives_more_than_was_paid_nor_loses_a_cent(due, card, cash, step):
    paid = [PaidPart(1, "card", "card", card, card // 3), PaidPart(2, "cash", "cash", cash, cash // 2)]
    plan = plan_refund(due, paid, step)
    assert plan.total_cents == due + plan.rounding_cents
    for refund in plan.refunds:
        assert 0 < refund.amount_cents <= paid[refund.payment_id - 1].left_cents
    if due <= sum(one.left_cents for one in paid) - step:
        assert abs(plan.rounding_cents) <= step // 2 + step % 2
