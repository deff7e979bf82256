"""Properties: after any sequence of orders, deliveries, reversals and returns, stock, counts and costs fit a small model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopdesk.app import open_shop
from shopdesk.core.clock import ManualClock
from shopdesk.core.ids import uuid7
from shopdesk.core.money import round_half_away
from shopdesk.inventory.stock import OutOfStock
from shopdesk.purchasing.costs import line_cost
from shopdesk.purchasing.cover import Habits, Standing, propose
from shopdesk.purchasing.receive import MoreThanOrdered, ReceivedLine
from shopdesk.purchasing.reverse import ReversedAlready, ReverseReceipt, SentBackAlready, reverse_receipt
from shopdesk.purchasing.send_back import MoreThanCame, SendBack, SentBackLine, send_back
from shopdesk.purchasing.steps import OrderNotSo
from shopdesk.purchasing.suppliers import SaveSupplier, save_supplier
from tests.purchasing.conftest import Buying
from tests.support.small_shop import OPENING, actor_of

MICRO = 1_000_000


@dataclass
class Model:
    """One variant as it should stand: thousandths, and the average in millionths as a fraction rounded at each receipt."""

    on_hand: int = 10_000
    average: int | None = None
    ordered: int = 0
    received: int = 0
    receipts: list[tuple[int, int]] = field(default_factory=list)  # id, thousandths
    gone: dict[int, int] = field(default_factory=dict)  # of each receipt, what went back
    reversed: set[int] = field(default_factory=set)

    def receive(self, receipt_id: int, milli: int, cents: int) -> None:
        before = self.on_hand if self.average is not None and self.on_hand > 0 else 0
        value = Fraction(before * (self.average or 0) + cents * MICRO * 1000, before + milli)
        self.average = round_half_away(value.numerator, value.denominator)
        self.on_hand += milli
        self.received += milli
        self.receipts.append((receipt_id, milli))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), st.integers(1, 9), st.integers(0, 900)),
        st.tuples(st.just("reverse"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("return"), st.integers(0, 5), st.integers(1, 9)),
    ),
    max_size=10,
)


@contextmanager
def a_shop(template: str) -> Iterator[Buying]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "shop.db"
        copyfile(str(sa.engine.make_url(template).database), file)
        clock = ManualClock(OPENING)
        clock.advance(hours=1)
        shop = open_shop(str(file), clock=clock)
        try:
            made = Buying(shop, actor_of(shop, "olga"))
            made.supplier = made.do(save_supplier, SaveSupplier(name="Mug Works"))
            yield made
        finally:
            shop.close()


@pytest.fixture
def template(_templates: Any) -> str:
    """Where the corner shop stands that each example copies."""
    return str(_templates.address("sqlite", "shop"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, ordered=st.integers(1, 20))
def test_any_sequence_fits_the_model(template: str, steps: list[tuple[str, int, int]], ordered: int) -> None:
    with a_shop(template) as buying:
        order = buying.ordered(("MUG", ordered * 1000))
        model = Model(ordered=ordered * 1000)
        for step, first, second in steps:
            _do(buying, model, order, step, first, second)
            (line,) = buying.card(order).lines
            assert buying.on_hand("MUG") == model.on_hand
            assert line.received_milli == model.received
            expected = None if model.average is None else round_half_away(model.average, MICRO)
            assert buying.cost("MUG") == expected
        waiting = max(0, model.ordered - model.received)
        status = "received" if not waiting else "part_received" if model.received else "ordered"
        assert buying.card(order).status == status
        buying.sound()


def _do(buying: Buying, model: Model, order: int, step: str, first: int, second: int) -> None:
    if step == "receive":
        milli = first * 1000
        lines = (ReceivedLine(sku="MUG", quantity_milli=milli, pack_cost_cents=second),)
        waiting = max(0, model.ordered - model.received)
        if not waiting:
            with pytest.raises(OrderNotSo):
                buying.receive(order, lines=lines)
        elif milli > waiting:
            with pytest.raises(MoreThanOrdered):
                buying.receive(order, lines=lines)
        else:
            done = buying.receive(order, lines=lines)
            model.receive(done.receipt_id, milli, line_cost(milli, 1000, second))
        return
    if not model.receipts:
        return
    receipt_id, milli = model.receipts[first % len(model.receipts)]
    gone = model.gone.get(receipt_id, 0)
    if step == "reverse":
        command = ReverseReceipt(key=uuid7(), receipt_id=receipt_id, reason="wrong")
        if receipt_id in model.reversed:
            with pytest.raises(ReversedAlready):
                buying.do(reverse_receipt, command)
        elif gone:
            with pytest.raises(SentBackAlready):
                buying.do(reverse_receipt, command)
        else:
            buying.do(reverse_receipt, command)
            model.reversed.add(receipt_id)
            model.on_hand -= milli
            model.received -= milli
        return
    back = second * 1000
    goes = (SentBackLine(sku="MUG", quantity_milli=back),)
    sent = SendBack(key=uuid7(), lines=goes, reason="bad", receipt_id=receipt_id)
    if receipt_id in model.reversed:
        with pytest.raises(ReversedAlready):
            buying.do(send_back, sent)
    elif back > milli - gone:
        with pytest.raises(MoreThanCame):
            buying.do(send_back, sent)
    else:
        try:
            buying.do(send_back, sent)
        except OutOfStock:
            assert model.on_hand < back
            return
        model.on_hand -= back
        model.gone[receipt_id] = gone + back


MILLI = st.integers(0, 500_000)


@given(
    standing=st.builds(
        Standing,
        sold_milli=MILLI,
        on_hand_milli=st.integers(-50_000, 500_000),
        reserved_milli=st.integers(0, 50_000),
        incoming_milli=MILLI,
        threshold_milli=st.none() | MILLI,
        lead_days=st.integers(0, 60),
        pack_milli=st.integers(1, 48_000),
        minimum_milli=st.integers(0, 100_000),
    ),
    habits=st.builds(
        Habits, window_days=st.integers(1, 90), cover_days=st.integers(0, 90), safety_days=st.integers(0, 30)
    ),
)
def test_a_proposal_is_whole_packs_that_reach_the_target(standing: Standing, habits: Habits) -> None:
    wanted = propose(standing, habits)
    if wanted is None:
        return
    assert wanted.quantity_milli > 0
    assert wanted.quantity_milli % standing.pack_milli == 0
    assert standing.available_milli <= wanted.point_milli
    after = standing.available_milli + wanted.quantity_milli
    assert after >= wanted.target_milli
    assert wanted.quantity_milli >= standing.minimum_milli
    # One pack less would not have been enough, or would have been less than the supplier delivers.
    less = wanted.quantity_milli - standing.pack_milli
    assert standing.available_milli + less < wanted.target_milli or less < standing.minimum_milli
    if standing.threshold_milli is not None:
        assert after > standing.threshold_milli


@given(quantity=st.integers(1, 10**6), pack=st.integers(1, 10**5), cents=st.integers(0, 10**6))
def test_a_cost_is_symmetric_and_a_whole_pack_costs_its_price(quantity: int, pack: int, cents: int) -> None:
    assert line_cost(-quantity, pack, cents) == -line_cost(quantity, pack, cents)
    assert line_cost(pack * 7, pack, cents) == 7 * cents
