"""After whatever sequence of stock work the levels are their ledgers, what is reserved is somebody's, and values agree."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopdesk.app import open_shop
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.adjust import AdjustGoods, AdjustLine, adjust_goods
from shopdesk.inventory.costing import ReceivedCost, average_in_force, receive_cost, stock_value
from shopdesk.inventory.count_posting import PostCount, post_count
from shopdesk.inventory.counting import RecordCount, StartCount, UndoScan, record_count, start_count, undo_scan
from shopdesk.inventory.reports import stock_valuation
from shopdesk.inventory.reservations import (
    EndSetAside,
    ExpireSetAside,
    SetAside,
    expire_set_aside,
    release_set_aside,
    set_aside,
)
from shopdesk.inventory.transfer_arrival import ArrivedLine, ReceiveTransfer, receive_transfer
from shopdesk.inventory.transfers import SaveTransfer, SendTransfer, TransferLine, save_transfer, send_transfer
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from tests.inventory.proof import sound
from tests.support.small_shop import OPENING, actor_of, found

VARIANTS = (1, 2, 3)
SKUS = {1: "TEA", 2: "MUG", 3: "SOAP"}
STEP = st.tuples(
    st.sampled_from(
        ["receive", "sell", "adjust", "aside", "release", "expire", "send", "arrive", "count", "undo", "post"]
    ),
    st.sampled_from(VARIANTS),
    st.integers(1, 12),
    st.integers(0, 3_000),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sequences")
    url = f"sqlite:///{folder / 'shop.db'}"
    found(url, ManualClock(OPENING))
    return folder / "shop.db"


class Work:
    """A shop in which steps are done; what is refused changes nothing."""

    def __init__(self, shop: Shop, clock: ManualClock) -> None:
        self.shop, self.clock = shop, clock
        self.owner, self.clerk = actor_of(shop, "olga"), actor_of(shop, "ann")
        self.reserved: list[int] = []
        self.sent: list[tuple[int, int]] = []
        self.count = 0

    def do(self, what: str, variant: int, pieces: int, cents: int) -> None:
        """One step."""
        self.clock.advance(minutes=1)
        getattr(self, f"_{what}")(variant, pieces * 500, cents)

    def _receive(self, variant: int, milli: int, cents: int) -> None:
        def book(uow: UnitOfWork, line: ReceivedCost) -> None:
            receive_cost(uow, [line])
            adjust_goods(
                uow,
                AdjustGoods(key=uuid7(), warehouse_id=1, reason="Goods received", lines=(AdjustLine(variant, milli),)),
            )

        self.shop.execute(book, ReceivedCost(variant, milli, cents), self.owner)

    def _sell(self, variant: int, milli: int, _cents: int) -> None:
        self._run(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(milli, sku=SKUS[variant]),)))

    def _adjust(self, variant: int, milli: int, cents: int) -> None:
        change = milli if cents % 2 else -milli
        self._run(
            adjust_goods,
            AdjustGoods(key=uuid7(), warehouse_id=1 + cents % 2, reason="x", lines=(AdjustLine(variant, change),)),
        )

    def _aside(self, variant: int, milli: int, cents: int) -> None:
        wish = SetAside(
            key=uuid7(),
            variant_id=variant,
            warehouse_id=1,
            quantity_milli=milli,
            note="x",
            expires_at=self.clock.now() + timedelta(minutes=1 + cents % 9),
        )
        done = self._run(set_aside, wish)
        if done is not None:
            self.reserved.append(done.reservation_id)

    def _release(self, _variant: int, milli: int, _cents: int) -> None:
        if self.reserved:
            self._run(release_set_aside, EndSetAside(self.reserved[milli % len(self.reserved)]))

    def _expire(self, _variant: int, _milli: int, _cents: int) -> None:
        self._run(expire_set_aside, ExpireSetAside())

    def _send(self, variant: int, milli: int, _cents: int) -> None:
        draft = SaveTransfer(from_warehouse_id=1, to_warehouse_id=2, lines=(TransferLine(variant, milli),))
        document = self._run(save_transfer, draft)
        if self._run(send_transfer, SendTransfer(uuid7(), document, 1)) is not None:
            self.sent.append((document, variant))

    def _arrive(self, _variant: int, milli: int, cents: int) -> None:
        if self.sent:
            document, variant = self.sent.pop()
            line = ArrivedLine(variant, milli, cents % 3 * 500, "Missing")
            self._run(receive_transfer, ReceiveTransfer(uuid7(), document, (line,)))

    def _count(self, variant: int, milli: int, cents: int) -> None:
        if not self.count:
            self.count = self._run(start_count, StartCount(warehouse_id=1, scope="free", limit_cents=10**9))
        scan = RecordCount(
            key=uuid7(), count_id=self.count, variant_id=variant, quantity_milli=milli, area=f"A{cents % 2}"
        )
        self.shop.execute(record_count, scan, self.clerk)

    def _undo(self, _variant: int, _milli: int, _cents: int) -> None:
        if self.count:
            with suppress(ShopError):
                self.shop.execute(undo_scan, UndoScan(uuid7(), self.count), self.clerk)

    def _post(self, _variant: int, _milli: int, _cents: int) -> None:
        if self.count:
            done = self._run(post_count, PostCount(key=uuid7(), count_id=self.count, despite_prompts=True))
            self.count = 0 if done is not None else self.count

    def _run(self, use_case: Callable[..., Any], command: object) -> Any:
        with suppress(ShopError):
            return self.shop.execute(use_case, command, self.owner)
        return None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=4, max_size=30))
def test_stock_is_its_ledger_and_values_agree(
    template: Path, tmp_path: Path, steps: list[tuple[str, int, int, int]]
) -> None:
    file = tmp_path / f"{uuid7()}.db"
    shutil.copyfile(template, file)
    clock = ManualClock(OPENING + timedelta(hours=1))
    shop = open_shop(f"sqlite:///{file}", clock=clock)
    try:
        work = Work(shop, clock)
        for step in steps:
            work.do(*step)
        sound(shop)
        with shop.database.reading() as connection:
            levels = connection.execute(
                sa.text(
                    "SELECT s.variant_id, s.on_hand, v.cost_cents, c.average_micro, (SELECT sum(l.quantity_change) "
                    "FROM inventory_ledger l WHERE l.variant_id = s.variant_id AND l.warehouse_id = s.warehouse_id) "
                    "FROM stock_levels s JOIN product_variants v ON v.id = s.variant_id "
                    "LEFT JOIN variant_costs c ON c.variant_id = v.id"
                )
            ).all()
        assert all(on_hand == ledger for _variant, on_hand, _cost, _average, ledger in levels)
        value = 0
        for _variant, on_hand, cost, average, _ledger in levels:
            known = average_in_force(cost, average)
            value += 0 if known is None else stock_value(on_hand, known)
        now = shop.ask(stock_valuation)
        assert now.totals["value_cents"] == value
        assert shop.ask(stock_valuation, by="warehouse").totals["value_cents"] == value
        assert shop.ask(stock_valuation, by="category").totals["value_cents"] == value
    finally:
        shop.close()


def test_the_doctor_finds_changed_costs(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    from tests.support.tampering import Tampering, drop_guards

    work = Work(shop, clock)
    work.do("receive", 2, 4, 900)
    work.do("receive", 2, 6, 1_500)
    drop_guards(shop.database)
    with Tampering((shop.database, (), clock)) as shop_file:
        for statement in (
            "UPDATE cost_changes SET total_cents = 1 WHERE seq = 1",
            "UPDATE cost_changes SET average_after = 5 WHERE seq = 2",
            "UPDATE cost_changes SET user_id = 1",
            "UPDATE variant_costs SET average_micro = average_micro + 1",
            "DELETE FROM variant_costs",
            "UPDATE cost_changes SET kind = 'by_hand' WHERE seq = 2",
        ):
            assert shop_file.noticed_after(statement, {}) == {"I04"}, statement
