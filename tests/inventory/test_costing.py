"""The moving average: worked by hand, never drifting by more than its rounding, chained, and seen by an open editor."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadAmount
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.inventory.costing import (
    MICRO,
    CostMoved,
    ReceivedCost,
    average_in_force,
    moving_average,
    receive_cost,
    rounded_cost,
    stock_value,
)
from shopdesk.inventory.watch import SetThreshold, set_threshold
from tests.support.statements import counted

MUG = 2


@pytest.mark.parametrize(
    ("on_hand", "average", "quantity", "total", "after"),
    [
        (10_000, 100 * MICRO, 10_000, 1_200, 110 * MICRO),  # 10 at 1.00 and 10 for 12.00: 1.10
        (3_000, 100 * MICRO, 1_000, 101, 100_250_000),  # 3 at 1.00 and 1 at 1.01: 1.0025
        (1_000, 100 * MICRO, 2_000, 250, 116_666_667),  # (1.00 + 2.50) / 3 = 1.16666...
        (0, 100 * MICRO, 4_000, 1_000, 250 * MICRO),  # nothing left: the receipt alone
        (-5_000, 100 * MICRO, 4_000, 1_000, 250 * MICRO),  # less than nothing: the receipt alone
        (7_000, None, 2_000, 300, 150 * MICRO),  # what lies there has no known cost
        (1_500, 200 * MICRO, 500, 0, 150 * MICRO),  # free goods make the rest cheaper: 1.5 at 2.00 over 2
    ],
)
def test_averages_worked_by_hand(on_hand: int, average: int | None, quantity: int, total: int, after: int) -> None:
    assert moving_average(on_hand, average, quantity, total) == after


@given(
    st.lists(
        st.tuples(st.integers(1, 5_000_000), st.integers(0, 50_000_000), st.integers(0, 100)), min_size=1, max_size=40
    )
)
def test_the_value_never_drifts_by_more_than_its_rounding(steps: list[tuple[int, int, int]]) -> None:
    """Receipts and sales in any order, beside the exact value as a fraction that follows the rounded averages."""
    on_hand, average, drift = 0, None, Fraction(0)
    value = Fraction(0)
    for quantity, total, sold_percent in steps:
        exact = Fraction(on_hand * (average or 0), 1000 * MICRO) + total
        average = moving_average(on_hand, average, quantity, total)
        on_hand += quantity
        value = Fraction(on_hand * average, 1000 * MICRO)
        drift = abs(value - exact)
        assert drift <= Fraction(on_hand, 2 * 1000 * MICRO)  # half a millionth of a minor unit a piece
        on_hand -= on_hand * sold_percent // 100
    assert abs(stock_value(on_hand, average or 0) - Fraction(on_hand * (average or 0), 1000 * MICRO)) <= Fraction(1, 2)


def test_somebody_who_writes_a_cost_is_believed() -> None:
    assert average_in_force(110, 110 * MICRO + 3) == 110 * MICRO + 3
    assert average_in_force(120, 110 * MICRO + 3) == 120 * MICRO
    assert average_in_force(None, 110 * MICRO) is None
    assert rounded_cost(116_500_000) == 117


def received(uow: UnitOfWork, lines: list[ReceivedCost]) -> tuple[CostMoved, ...]:
    return receive_cost(uow, lines, reference_id=7)


def costs(shop: Shop) -> tuple[int | None, list[tuple[object, ...]]]:
    with shop.database.reading() as connection:
        cost = connection.execute(sa.text("SELECT cost_cents FROM product_variants WHERE id = 2")).scalar()
        rows = connection.execute(
            sa.text(
                "SELECT seq, kind, average_before, average_after, on_hand, quantity, total_cents FROM cost_changes "
                "WHERE variant_id = 2 ORDER BY seq"
            )
        ).all()
    return cost, [tuple(row) for row in rows]


def test_a_receipt_starts_from_the_cost_that_is_written_there(shop: Shop, actor: Actor) -> None:
    with shop.database.writing() as connection, connection.begin():
        connection.execute(sa.text("UPDATE product_variants SET cost_cents = 400 WHERE id = 2"))
        version = connection.execute(sa.text("SELECT version FROM products WHERE id = 2")).scalar_one()
    with counted(shop) as statements:
        (moved,) = shop.execute(received, [ReceivedCost(MUG, 10_000, 5_000)], actor)
    assert len([text for text in statements if "sessions" not in text]) <= 8
    assert moved == CostMoved(MUG, 400 * MICRO, 450 * MICRO)
    cost, rows = costs(shop)
    assert cost == 450
    assert rows == [
        (1, "start", None, 400 * MICRO, 10_000, 0, 0),
        (2, "receipt", 400 * MICRO, 450 * MICRO, 10_000, 10_000, 5_000),
    ]
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT version FROM products WHERE id = 2")).scalar_one() == version + 1


def test_lines_of_one_variant_count_one_after_the_other_and_a_written_cost_is_taken_up(
    shop: Shop, actor: Actor
) -> None:
    shop.execute(received, [ReceivedCost(MUG, 5_000, 1_000), ReceivedCost(MUG, 5_000, 3_000)], actor)
    cost, rows = costs(shop)
    assert cost == 300  # 5 for 10.00 on ten without a cost: 2.00 each; 5 for 30.00 on fifteen at 2.00: 3.00 each
    assert [row[1:4] for row in rows] == [
        ("receipt", None, 200 * MICRO),
        ("receipt", 200 * MICRO, 300 * MICRO),
    ]
    with shop.database.writing() as connection, connection.begin():
        connection.execute(sa.text("UPDATE product_variants SET cost_cents = 999 WHERE id = 2"))
    shop.execute(received, [ReceivedCost(MUG, 1_000, 100)], actor)
    _cost, rows = costs(shop)
    assert [row[1] for row in rows] == ["receipt", "receipt", "by_hand", "receipt"]
    assert rows[2][3] == 999 * MICRO


def test_impossible_receipts_are_refused(sqlite_shop: Shop, actor: Actor) -> None:
    for line in (ReceivedCost(MUG, -1_000, 100), ReceivedCost(MUG, 1_000, -1), ReceivedCost(MUG, 10**9 + 1, 1)):
        with pytest.raises(BadAmount):
            sqlite_shop.execute(received, [line], actor)
    assert sqlite_shop.execute(received, [], actor) == ()


def test_the_history_of_costs_is_never_changed(shop: Shop, actor: Actor) -> None:
    shop.execute(received, [ReceivedCost(MUG, 5_000, 1_000)], actor)
    for statement in ("UPDATE cost_changes SET total_cents = 1", "DELETE FROM cost_changes"):
        with pytest.raises(sa.exc.DBAPIError), shop.database.writing() as connection, connection.begin():
            connection.execute(sa.text(statement))


def test_stock_that_runs_low_is_told_once_when_it_crosses(shop: Shop, actor: Actor) -> None:
    from shopdesk.inventory.events import StockRanLow

    heard: list[StockRanLow] = []
    shop._handlers = {StockRanLow: [lambda _uow, event: heard.append(event)]}
    shop.execute(set_threshold, SetThreshold(MUG, 1, 8_000), actor)
    for change in (-1_000, -1_000, -1_000, 5_000, -4_000):
        shop.execute(
            adjust_stock,
            AdjustStock(key=uuid7(), sku="MUG", warehouse="Main", quantity_change_milli=change, reason="Broken"),
            actor,
        )
    assert heard == [StockRanLow(MUG, 1, 8_000, 8_000), StockRanLow(MUG, 1, 8_000, 8_000)]
