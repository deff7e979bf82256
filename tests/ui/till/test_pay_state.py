"""Taking money: due, given, missing, change, notes; nothing here knows a window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.sales.settle import BadPayment, Overpaid, settle
from shopdesk.sales.settle import Tender as Settled
from shopdesk.ui.till.pay_state import PayState, Way

CASH, CARD, VOUCHER = Way("cash", "Cash", "cash"), Way("card", "Card", "card"), Way("voucher", "Voucher", "other")


def test_exact_cash_pays_and_gives_nothing_back():
    pay = PayState(1735)
    pay.give(CASH)
    assert (pay.paid, pay.missing_cents, pay.change_cents) == (True, 0, 0)


def test_a_large_note_brings_change():
    pay = PayState(1735)
    pay.give(CASH, 2000)
    assert pay.paid
    assert pay.change_cents == 265


def test_split_over_three_ways():
    pay = PayState(1735)
    pay.give(VOUCHER, 500)
    assert (pay.paid, pay.missing_cents) == (False, 1235)
    pay.give(CARD, 1000)
    pay.give(CASH, 500)
    assert (pay.paid, pay.change_cents) == (True, 265)


def test_more_than_is_due_only_in_cash():
    pay = PayState(1000)
    with pytest.raises(Overpaid):
        pay.give(CARD, 1001)
    with pytest.raises(BadPayment):
        pay.give(CASH, 0)
    assert pay.given == []


def test_what_was_given_can_be_taken_back():
    pay = PayState(1000)
    first = pay.give(CASH, 500)
    pay.take_back(first)
    pay.take_back(first)
    assert (pay.missing_cents, pay.paid) == (1000, False)


def test_cash_rounding_shows_on_the_cash_part_only():
    pay = PayState(1733, step_cents=5)
    assert (pay.missing_cents, pay.missing_cash_cents, pay.rounding_cents) == (1733, 1735, 2)
    pay.give(CARD, 1000)
    assert pay.missing_cash_cents == 735
    pay.give(CASH)
    assert pay.paid
    card_only = PayState(1733, step_cents=5)
    card_only.give(CARD)
    assert card_only.paid
    assert card_only.payments()[0].amount_cents == 1733


def test_nothing_due_is_paid():
    assert PayState(0).paid


def test_quick_notes_are_what_people_hand_over():
    assert PayState(1735).quick_notes(2) == (2000, 5000, 10000, 20000)
    assert PayState(350).quick_notes(2) == (500, 1000, 2000, 5000)
    assert PayState(80).quick_notes(2) == (100, 200, 500, 1000)
    assert PayState(2000).quick_notes(2) == (5000, 10000, 20000, 50000)
    assert PayState(735).quick_notes(0) == (1000, 2000, 5000, 10000)
    assert PayState(0).quick_notes(2) == ()


@given(st.integers(1, 10**7), st.sampled_from((0, 2, 3)))
def test_every_quick_note_pays(due, places):
    notes = PayState(due).quick_notes(places)
    assert list(notes) == sorted(set(notes))
    for note in notes:
        pay = PayState(due)
        pay.give(CASH, note)
        assert pay.paid
        assert pay.change_cents == note - due > 0


@given(
    st.integers(0, 10**6),
    st.sampled_from((0, 5, 10, 50)),
    st.lists(st.tuples(st.sampled_from((CASH, CARD, VOUCHER)), st.integers(1, 10**6)), max_size=5),
)
def test_paid_here_means_paid_at_the_checkout(due, step, gifts):
    """The panel and the checkout agree on whether a sale is paid and on the change, whatever was given."""
    pay = PayState(due, step)
    for way, amount in gifts:
        try:
            pay.give(way, amount)
        except (Overpaid, BadPayment):
            continue
    tenders = [Settled(one.way.code, one.way.kind, one.amount_cents) for one in pay.given]
    try:
        settled = settle(due, tenders, step)
    except Exception:
        assert not pay.paid
    else:
        assert pay.paid
        assert settled.change_cents == pay.change_cents
