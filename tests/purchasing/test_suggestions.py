"""Suggested orders: what sells, what is there, what is coming, and drafts made of it."""

from __future__ import annotations

import pytest

from shopdesk.core.errors import BadField
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.inventory.watch import SetThreshold, set_threshold
from shopdesk.purchasing.cover import Habits, Standing, propose
from shopdesk.purchasing.suggest import (
    OrderSuggested,
    SuggestedLine,
    Suggestion,
    order_suggested,
    suggestions,
    suggestions_page,
)
from shopdesk.returns.return_sale import ReturnSale, return_sale
from shopdesk.returns.returnable import ReturnLine
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.sales.void import VoidSale, void_sale
from tests.purchasing.conftest import Buying
from tests.support.statements import counted


def sell(buying: Buying, sku: str, milli: int) -> str:
    done = buying.do(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku=sku, quantity_milli=milli),)))
    return str(done.fields["number"])


def wanted(buying: Buying, **habits: int) -> dict[str, Suggestion]:
    return {one.sku: one for one in buying.shop.ask(suggestions, 1, Habits(**habits))}


@pytest.mark.parametrize(
    ("standing", "quantity", "why"),
    [
        # 28 sold in 28 days: one a day. Lead 7 and safety 3 make the point 10; cover 14 fills up to 24.
        (Standing(sold_milli=28_000, on_hand_milli=11_000), None, ""),
        (Standing(sold_milli=28_000, on_hand_milli=10_000), 14_000, "runs_out"),
        (Standing(sold_milli=28_000, on_hand_milli=0), 24_000, "gone"),
        (Standing(sold_milli=28_000, on_hand_milli=5_000, reserved_milli=5_000), 24_000, "gone"),
        (Standing(sold_milli=28_000, on_hand_milli=5_000, incoming_milli=6_000), None, ""),
        (Standing(sold_milli=28_000, on_hand_milli=10_000, pack_milli=12_000), 24_000, "runs_out"),
        (Standing(sold_milli=28_000, on_hand_milli=10_000, minimum_milli=100_000), 100_000, "runs_out"),
        (Standing(sold_milli=0, on_hand_milli=0), None, ""),
        (Standing(sold_milli=0, on_hand_milli=-2_000), 2_000, "gone"),
        (Standing(sold_milli=0, on_hand_milli=5_000, threshold_milli=5_000), 1_000, "low"),
        (Standing(sold_milli=0, on_hand_milli=6_000, threshold_milli=5_000), None, ""),
        (Standing(sold_milli=-3_000, on_hand_milli=1_000), None, ""),
    ],
)
def test_the_quantity_follows_from_speed_lead_time_and_packs(
    standing: Standing, quantity: int | None, why: str
) -> None:
    proposal = propose(standing, Habits())
    assert (None if proposal is None else (proposal.quantity_milli, proposal.why)) == (
        None if quantity is None else (quantity, why)
    )


def test_sales_of_the_window_count_and_voids_and_returns_take_back(buying: Buying) -> None:
    kept = sell(buying, "MUG", 7_000)
    buying.do(return_sale, ReturnSale(uuid7(), kept, (ReturnLine(1, 1_000),), "too big"))
    number = sell(buying, "MUG", 3_000)
    buying.do(void_sale, VoidSale(uuid7(), number, "wrong"))
    mug = wanted(buying, cover_days=28, safety_days=20)["MUG"]
    assert (mug.sold_milli, mug.on_hand_milli, mug.supplier) == (6_000, 4_000, "Tea House")
    assert mug.days_left == 18
    buying.shop.clock.advance(days=29)  # type: ignore[attr-defined]
    assert "MUG" not in wanted(buying, cover_days=28, safety_days=20)


def test_what_is_on_its_way_or_drafted_is_not_suggested_again(buying: Buying) -> None:
    sell(buying, "MUG", 10_000)
    assert wanted(buying)["MUG"].why == "gone"
    first = wanted(buying)["MUG"]
    made = buying.do(
        order_suggested,
        OrderSuggested(
            warehouse_id=1,
            lines=(
                SuggestedLine(
                    variant_id=first.variant_id, supplier_id=buying.supplier, quantity_milli=first.quantity_milli
                ),
            ),
        ),
    )
    assert "MUG" not in wanted(buying)
    card = buying.card(made.order_ids[0])
    assert (card.status, card.lines[0].quantity_milli) == ("draft", first.quantity_milli)
    buying.sound()


def test_thresholds_are_kept_without_any_sale(buying: Buying) -> None:
    buying.do(set_threshold, SetThreshold(2, 1, 10_000))
    mug = wanted(buying)["MUG"]
    assert (mug.why, mug.days_left, mug.quantity_milli) == ("low", None, 1_000)


def test_filters_and_statements(buying: Buying) -> None:
    sell(buying, "MUG", 10_000)
    sell(buying, "LAST", 1_000)
    with counted(buying.shop) as statements:
        page = buying.shop.ask(suggestions_page, PageRequest(filters=(("warehouse", 1),)))
    assert len(statements) == 1
    assert {row.sku for row in page.rows} == {"MUG", "LAST"}
    found = {
        name: {row.sku for row in buying.shop.ask(suggestions_page, PageRequest(filters=((name, value),))).rows}
        for name, value in (("supplier", buying.supplier), ("nobody", True), ("warehouse", 2))
    }
    assert found == {"supplier": {"MUG"}, "nobody": {"LAST"}, "warehouse": set()}
    assert {row.sku for row in buying.shop.ask(suggestions_page, PageRequest(search="last")).rows} == {"LAST"}
    with pytest.raises(BadField):
        buying.shop.ask(suggestions_page, PageRequest(filters=(("window", 0),)))


def test_nothing_chosen_makes_no_draft(buying: Buying) -> None:
    with pytest.raises(BadField):
        buying.do(order_suggested, OrderSuggested(warehouse_id=1, lines=()))
