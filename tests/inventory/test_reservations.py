"""Goods set aside: promised once, kept from others, fetched, given up or too old (R7, I03)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import BadAmount, BadField, NotFound, NotPermitted, ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.events import StockRanLow
from shopdesk.inventory.queries import variant_levels
from shopdesk.inventory.reservations import (
    EXPIRY_JOB,
    EndSetAside,
    ExpireSetAside,
    ExtendSetAside,
    NoLongerSetAside,
    SetAside,
    expire_set_aside,
    extend_set_aside,
    hand_over_set_aside,
    release_set_aside,
    run_expiry,
    set_aside,
)
from shopdesk.inventory.stock import OutOfStock
from shopdesk.inventory.watch import SetThreshold, set_threshold
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.system.jobs import enqueue
from shopdesk.system.jobs_run import JobWorker
from shopdesk.system.records import KeyReused
from tests.inventory.proof import sound
from tests.support.tampering import Tampering, drop_guards

MUG, MAIN = 2, 1


def wish(quantity: int = 4_000, **more: Any) -> SetAside:
    fields: dict[str, Any] = {"key": uuid7(), "note": "for Kim", "variant_id": MUG, "warehouse_id": MAIN, **more}
    return SetAside(quantity_milli=quantity, **fields)


def level(shop: Shop) -> tuple[int, int, int]:
    (row,) = [row for row in shop.ask(variant_levels, MUG) if row.warehouse_id == MAIN]
    return row.on_hand_milli, row.reserved_milli, row.available_milli


def test_what_is_set_aside_is_no_longer_free(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    done = shop.execute(set_aside, wish(expires_at=clock.now() + timedelta(days=2)), actor)
    assert (done.available_milli, level(shop)) == (6_000, (10_000, 4_000, 6_000))
    with pytest.raises(OutOfStock, match="Only 6"):
        shop.execute(set_aside, wish(6_001), actor)
    sound(shop)


@pytest.mark.parametrize(("end", "use_case"), [("used", hand_over_set_aside), ("released", release_set_aside)])
def test_it_ends_once(shop: Shop, actor: Actor, end: str, use_case: Any) -> None:
    done = shop.execute(set_aside, wish(), actor)
    shop.execute(use_case, EndSetAside(done.reservation_id), actor)
    assert level(shop) == (10_000, 0, 10_000)
    with pytest.raises(NoLongerSetAside):
        shop.execute(release_set_aside, EndSetAside(done.reservation_id), actor)
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT state FROM reservations")).scalars().all() == [end]
    sound(shop)


def test_what_is_overdue_is_given_up(shop: Shop, actor: Actor, clerk: Actor, clock: ManualClock) -> None:
    kept = shop.execute(set_aside, wish(1_000, expires_at=clock.now() + timedelta(hours=9)), actor)
    shop.execute(set_aside, wish(2_000, expires_at=clock.now() + timedelta(hours=1)), actor)
    shop.execute(set_aside, wish(3_000), actor)
    clock.advance(hours=2)
    assert shop.execute(expire_set_aside, ExpireSetAside(), clerk) == 1
    assert shop.execute(expire_set_aside, ExpireSetAside(), clerk) == 0
    assert level(shop) == (10_000, 4_000, 6_000)
    shop.execute(extend_set_aside, ExtendSetAside(kept.reservation_id, clock.now() + timedelta(hours=1)), actor)
    clock.advance(hours=2)
    assert shop.execute(expire_set_aside, ExpireSetAside(), clerk) == 1
    sound(shop)


def test_the_same_key_twice_is_once(shop: Shop, actor: Actor) -> None:
    command = wish()
    assert shop.execute(set_aside, command, actor) == shop.execute(set_aside, command, actor)
    assert level(shop)[1] == 4_000
    with pytest.raises(KeyReused):
        shop.execute(set_aside, replace(command, quantity_milli=1_000), actor)


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (wish(0), BadAmount),
        (wish(note=""), BadField),
        (wish(key="x"), BadField),
        (wish(variant_id=99), ShopError),
        (wish(warehouse_id=99), ShopError),
        (wish(customer_id=99), NotFound),
        (wish(10_001), OutOfStock),
    ],
)
def test_refusals_change_nothing(shop: Shop, actor: Actor, command: SetAside, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        shop.execute(set_aside, command, actor)
    assert level(shop) == (10_000, 0, 10_000)


def test_a_time_that_is_over_or_too_far_is_refused(sqlite_shop: Shop, actor: Actor, clock: ManualClock) -> None:
    for moment in (clock.now(), clock.now() + timedelta(days=400)):
        with pytest.raises(BadField):
            sqlite_shop.execute(set_aside, wish(expires_at=moment), actor)


def test_a_clerk_sets_nothing_aside(sqlite_shop: Shop, clerk: Actor) -> None:
    with pytest.raises(NotPermitted):
        sqlite_shop.execute(set_aside, wish(), clerk)


def test_the_till_sells_others_only_what_is_free(shop: Shop, actor: Actor, clerk: Actor) -> None:
    shop.execute(set_aside, wish(9_000), actor)
    sale = CommitSale(key=uuid7(), lines=(SaleLine(2_000, sku="MUG"),))
    with pytest.raises(OutOfStock):
        shop.execute(commit_sale, sale, clerk)
    shop.execute(commit_sale, msgspec.structs.replace(sale, key=uuid7()), actor)  # the owner may eat what is set aside
    assert level(shop) == (8_000, 9_000, -1_000)
    with shop.database.reading() as connection:
        listed = connection.execute(sa.text("SELECT quantity_after FROM oversell_exceptions")).scalars().all()
    assert listed == [8_000]  # somebody must look at it: nine are promised, eight are there
    sound(shop)


def test_the_last_piece_is_promised_to_one(shop: Shop, actor: Actor) -> None:
    start, outcomes = Barrier(5), []

    def take() -> None:
        start.wait()
        try:
            outcomes.append(shop.execute(set_aside, wish(4_000), actor).available_milli)
        except ShopError as error:
            outcomes.append(error.code)

    threads = [Thread(target=take) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [2_000, 6_000, "out_of_stock", "out_of_stock", "out_of_stock"]
    sound(shop)


def test_the_doctor_finds_what_was_changed(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    shop.execute(set_aside, wish(expires_at=clock.now() + timedelta(hours=1)), actor)
    drop_guards(shop.database)
    with Tampering((shop.database, (), clock)) as shop_file:
        assert shop_file.noticed_after("UPDATE reservations SET quantity = 1000", {}) == {"I03"}
        assert shop_file.noticed_after("UPDATE reservations SET state = 'released'", {}) == {"I03"}
        assert shop_file.noticed_after("UPDATE stock_levels SET reserved = 0 WHERE variant_id = 2", {}) == {"I03"}
        assert "I03" in (shop_file.noticed_after("DELETE FROM reservations", {}) or ())


def test_what_is_set_aside_can_make_stock_run_low(sqlite_shop: Shop, actor: Actor) -> None:
    heard: list[StockRanLow] = []
    sqlite_shop._handlers = {StockRanLow: [lambda _uow, event: heard.append(event)]}
    sqlite_shop.execute(set_threshold, SetThreshold(MUG, MAIN, 7_000), actor)
    sqlite_shop.execute(set_aside, wish(2_000), actor)
    sqlite_shop.execute(set_aside, wish(1_000), actor)
    sqlite_shop.execute(set_aside, wish(1_000), actor)
    assert heard == [StockRanLow(MUG, MAIN, 10_000, 7_000)]


def test_the_routine_gives_back_what_is_overdue(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    shop.execute(set_aside, wish(expires_at=clock.now() + timedelta(hours=1)), actor)
    clock.advance(hours=2)
    drop_guards(shop.database)
    with Tampering((shop.database, (), clock)) as shop_file:
        assert shop_file.noticed() == set()  # nobody was there to give it back
        late = int((clock.now() - timedelta(minutes=10)).timestamp() * 1_000_000)
        done = (
            "INSERT INTO jobs (idempotency_key, type, title, payload, status, attempts, max_attempts, cancel_wanted, "
            "progress_done, progress_total, progress_said, user_id, created_at, started_at, completed_at, retry_at) "
            "VALUES ('x', 'expire_set_aside', 'x', '{}', 'done', 1, 5, {no}, 0, 0, '', 1, {at}, {at}, {at}, {at})"
        )
        no = "0" if shop.database.dialect == "sqlite" else "false"
        told = shop_file.noticed_after(done.replace("{no}", no).replace("{at}", str(late)), {})
        assert told is not None
        assert "I03" in told  # the routine ran and passed it over
    kind = {EXPIRY_JOB: run_expiry}

    def ask_for_it(uow: UnitOfWork, _command: None) -> None:
        enqueue(uow, EXPIRY_JOB, {}, key="now", title="now")

    shop.execute(ask_for_it, None, actor)
    assert JobWorker(shop, kind).run_due() == 1
    assert level(shop) == (10_000, 0, 10_000)
