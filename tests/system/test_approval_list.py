"""The list of approvals: who gave which, for whom, and whether it was used."""

from __future__ import annotations

import pytest

from shopdesk.core.permissions import Permission
from shopdesk.db.paging import PageRequest
from shopdesk.system.approval_list import approvals_page, approved_actions
from shopdesk.system.approvals import Approve, approve, use_approval
from tests.system.conftest import PINS, Counter


@pytest.fixture
def three(counter: Counter) -> Counter:
    """Max allows Ann a void, which is used, and a discount; Olga allows Ben a price."""

    def use(uow, uid):
        use_approval(
            uow, action=Permission.VOID, subject_uid="sale 1", amount_cents=500, approvals=(uid,), used_by="T1-V000001"
        )

    for clerk, approver, action, amount in (
        ("ann", "max", Permission.VOID, 500),
        ("ann", "max", Permission.DISCOUNT_OVER_CAP, 200),
        ("ben", "olga", Permission.PRICE_OVERRIDE, 0),
    ):
        wanted = Approve(action, "sale 1", amount, approver, PINS[approver], device=counter.till.device)
        uid = approve(counter.shop, wanted, counter.actor(clerk))
        if action is Permission.VOID:
            counter.shop.execute(use, uid, counter.actor(clerk))
    return counter


def test_the_newest_stand_first_with_both_names(three):
    rows = three.shop.ask(approvals_page, PageRequest(descending=True)).rows
    assert [(row.approver, row.clerk, row.action_name, row.till, row.amount_cents, row.used_for) for row in rows] == [
        ("olga", "ben", "Change a price at the till", "T1", 0, ""),
        ("max", "ann", "Give discounts above the cap", "T1", 200, ""),
        ("max", "ann", "Void a sale", "T1", 500, "T1-V000001"),
    ]
    assert [row.is_used for row in rows] == [False, False, True]


def test_they_are_found_by_either_name_and_narrowed(three):
    def found(**request):
        return [row.action for row in three.shop.ask(approvals_page, PageRequest(**request)).rows]

    assert found(search="MAX") == ["void", "discount.over_cap"]
    assert found(search="be") == ["price.override"]
    assert found(search="%") == []
    assert found(filters=(("action", "void"),)) == ["void"]
    assert found(filters=(("unused", True),)) == ["discount.over_cap", "price.override"]
    assert three.shop.ask(approved_actions) == (
        ("discount.over_cap", "Give discounts above the cap"),
        ("price.override", "Change a price at the till"),
        ("void", "Void a sale"),
    )


def test_a_walk_visits_each_once(three):
    request, seen = PageRequest(limit=1), []
    while True:
        page = three.shop.ask(approvals_page, request)
        seen += [row.id for row in page.rows]
        if page.next is None:
            break
        request = PageRequest(limit=1, after=page.next)
    assert len(seen) == len(set(seen)) == 3
