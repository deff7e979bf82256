"""Two processes at the same orders: one delivery counted twice, one draft placed twice, pieces sent back twice, sales beside."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.inventory.test_races import alone, rows, shop_at, sound, together

__all__ = ["shop_at"]  # a fixture is found by its name


@pytest.fixture
def order(shop_at: str) -> int:
    """An order of 40 FEW and 24 MANY that was placed."""
    supplier = alone(shop_at, {"do": "save_supplier", "name": "Tea House"})["result"]
    lines = [
        {"sku": "FEW", "quantity_milli": 40_000, "pack_cost_cents": 50},
        {"sku": "MANY", "quantity_milli": 24_000, "pack_quantity_milli": 12_000, "pack_cost_cents": 1_300},
    ]
    draft = {"do": "save_purchase_order", "supplier_id": supplier, "warehouse_id": 1, "lines": lines}
    made = int(str(alone(shop_at, draft)["order_id"]))
    placed = alone(shop_at, {"do": "place_purchase_order", "order_id": made, "version": 1})
    assert placed["number"] == "T1-P000001"
    return made


def reasons(answers: list[dict[str, object]]) -> Counter[str]:
    return Counter(str(answer.get("reason", answer["status"])) for answer in answers)


def test_a_delivery_that_two_counted_is_booked_once(shop_at: str, order: int) -> None:
    """Each books the same five pieces eight times, as seen: forty came, whoever was faster."""
    deliveries = [
        {
            "do": "receive_goods",
            "order_id": order,
            "lines": [{"sku": "FEW", "quantity_milli": 5_000, "seen_milli": seen}],
        }
        for seen in range(0, 40_000, 5_000)
    ]
    sales = [{"do": "sell", "lines": [{"sku": "MANY", "qty": 1}]} for _ in range(15)]
    first, second, sold = together(
        shop_at, ("olga", "T1", deliveries), ("ann", "T2", deliveries), ("olga", "T1", sales)
    )
    booked = [answer for answer in (*first, *second) if answer["status"] == "committed"]
    assert set(reasons([*first, *second])) <= {"committed", "received_meanwhile"}
    assert {answer["status"] for answer in sold} == {"committed"}
    ((received, on_hand),) = rows(
        shop_at,
        "SELECT i.received, s.on_hand FROM purchase_order_lines i JOIN stock_levels s ON s.variant_id = i.variant_id "
        "AND s.warehouse_id = 1 WHERE i.sku = 'FEW'",
    )
    assert received == len(booked) * 5_000 <= 40_000
    assert on_hand == 5_000 + received
    sound(shop_at)


def test_a_draft_that_two_place_has_one_number(shop_at: str, order: int) -> None:
    draft = {
        "do": "save_purchase_order",
        "supplier_id": 1,
        "warehouse_id": 1,
        "lines": [{"sku": "FEW", "quantity_milli": 1_000, "pack_cost_cents": 50}],
    }
    drafts = [int(str(alone(shop_at, draft)["order_id"])) for _ in range(4)]
    placing = [{"do": "place_purchase_order", "order_id": one, "version": 1} for one in drafts]
    answers = together(shop_at, ("olga", "T1", placing), ("ann", "T2", placing))
    assert reasons([*answers[0], *answers[1]]) == {"committed": 4, "wrong_status": 4}
    ((numbered, given),) = rows(
        shop_at,
        "SELECT (SELECT count(*) FROM purchase_orders WHERE number IS NOT NULL), "
        "(SELECT sum(value) FROM counters WHERE series = 'P')",
    )
    assert (numbered, given) == (5, 5)
    sound(shop_at)


def test_what_came_goes_back_or_is_taken_back_once(shop_at: str, order: int) -> None:
    receipt = alone(
        shop_at,
        {"do": "receive_goods", "order_id": order, "lines": [{"sku": "FEW", "quantity_milli": 40_000}]},
    )["receipt_id"]
    back = [
        {
            "do": "send_back_goods",
            "receipt_id": receipt,
            "reason": "torn",
            "lines": [{"sku": "FEW", "quantity_milli": 7_000}],
        }
        for _ in range(5)
    ]
    taking = [{"do": "reverse_receipt", "receipt_id": receipt, "reason": "not ours"} for _ in range(3)]
    answers = together(shop_at, ("olga", "T1", [*taking, *back]), ("ann", "T2", [*back, *taking]))
    said = reasons([*answers[0], *answers[1]])
    reversals, returns = (
        rows(shop_at, f"SELECT count(*) FROM {what}")[0][0]
        for what in ("receipts WHERE reverses_id IS NOT NULL", "supplier_returns")
    )
    assert (reversals, returns) in {(1, 0), (0, 5)}
    assert said["committed"] == int(str(reversals)) + int(str(returns))
    assert set(said) <= {"committed", "reversed_already", "sent_back_already", "more_than_came"}
    sound(shop_at)
