"""Approvals at hand: each counts once, for no larger amount, and not for long."""

from __future__ import annotations

from shopdesk.core.permissions import Permission
from shopdesk.ui.till.grants import Grants, Wish

OVER, PRICE = Permission.DISCOUNT_OVER_CAP, Permission.PRICE_OVERRIDE


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_approval_covers_its_permission_up_to_its_amount():
    grants = Grants(Watch())
    grants.give(Wish(OVER, 500), "a")
    assert grants.missing([Wish(OVER, 500)]) == []
    assert grants.missing([Wish(OVER, 400)]) == []
    assert grants.missing([Wish(OVER, 501)]) == [Wish(OVER, 501)]
    assert grants.missing([Wish(PRICE, 500)]) == [Wish(PRICE, 500)]


def test_each_counts_once_and_the_smallest_that_fits_is_used():
    grants = Grants(Watch())
    grants.give(Wish(OVER, 900), "large")
    grants.give(Wish(OVER, 100), "small")
    both = [Wish(OVER, 800), Wish(OVER, 90)]
    assert grants.missing(both) == []
    assert grants.uids(both) == ("small", "large")
    assert grants.missing([*both, Wish(OVER, 10)]) != []


def test_an_approval_lapses():
    watch = Watch()
    grants = Grants(watch)
    grants.give(Wish(OVER, 500), "a")
    watch.now = 51.0
    assert grants.missing([Wish(OVER, 500)]) == [Wish(OVER, 500)]
    assert grants.uids([Wish(OVER, 500)]) == ()


def test_the_next_sale_begins_without_any():
    grants = Grants(Watch())
    grants.give(Wish(OVER, 500), "a")
    grants.clear()
    assert grants.uids([Wish(OVER, 500)]) == ()
