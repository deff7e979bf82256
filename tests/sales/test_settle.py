"""Paying: what is due against what is handed over, change from cash alone, rounding on the cash part alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.sales.settle import BadPayment, NotPaid, Overpaid, Tender, settle


def cash(cents: int) -> Tender:
    return Tender("cash", "cash", cents)


def card(cents: int) -> Tender:
    return Tender("card", "card", cents)


def test_nothing_said_is_exact_cash() -> None:
    done = settle(997, None, 5)
    assert (done.rounding_cents, done.total_cents, done.change_cents) == (-2, 995, 0)
    assert [kept.amount_cents for kept in done.kept] == [995]


def test_a_card_pays_to_the_cent_and_only_the_cash_part_is_rounded() -> None:
    done = settle(997, [card(500), cash(1000)], 5)
    assert (done.rounding_cents, done.total_cents, done.change_cents) == (-2, 995, 505)
    assert settle(997, [card(997)], 5).rounding_cents == 0


def test_half_a_step_is_rounded_away_from_zero() -> None:
    assert settle(1005, None, 10).total_cents == 1010


def test_change_comes_from_the_cash_given_last() -> None:
    done = settle(700, [cash(10_000), card(300), cash(500)], 0)
    assert [kept.change_cents for kept in done.kept] == [9600, 0, 500]


@pytest.mark.parametrize(
    ("given_", "error"),
    [
        ([], NotPaid),
        ([cash(699)], NotPaid),
        ([card(700), card(1)], Overpaid),
        ([card(701), cash(10)], Overpaid),
        ([cash(0)], NotPaid),
        ([card(0)], NotPaid),
        ([cash(0), cash(700)], BadPayment),
        ([card(700), card(0)], BadPayment),
        ([cash(-5), cash(800)], BadPayment),
    ],
)
def test_too_little_too_much_and_nonsense_are_refused(given_: list[Tender], error: type[Exception]) -> None:
    with pytest.raises(error):
        settle(700, given_, 0)


def test_a_sale_of_nothing_needs_no_money() -> None:
    assert settle(0, None, 5).kept == ()
    assert settle(0, [], 5).total_cents == 0


tenders = st.lists(st.tuples(st.booleans(), st.integers(1, 5000)), max_size=5).map(
    lambda given_: [cash(cents) if is_cash else card(cents) for is_cash, cents in given_]
)


@given(st.integers(0, 10_000), tenders, st.sampled_from([0, 1, 5, 10, 100]))
def test_what_is_kept_is_the_total(due: int, handed: list[Tender], step: int) -> None:
    try:
        done = settle(due, handed, step)
    except (NotPaid, Overpaid):
        return
    assert sum(kept.amount_cents for kept in done.kept) == done.total_cents == due + done.rounding_cents
    assert done.change_cents == sum(kept.change_cents for kept in done.kept)
    assert all(0 <= kept.change_cents <= kept.tender.amount_cents for kept in done.kept)
    assert all(kept.change_cents == 0 for kept in done.kept if kept.tender.kind != "cash")
    assert 2 * abs(done.rounding_cents) <= step
