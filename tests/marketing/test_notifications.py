"""News reaches those whom it concerns, once, and only they mark it read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from shopdesk import wiring
from shopdesk.app import job_worker
from shopdesk.catalogue.models import ProductVariant
from shopdesk.core import i18n
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import NotFound, NotPermitted
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.events import StockRanLow
from shopdesk.inventory.models import Warehouse
from shopdesk.marketing.notifications import (
    MarkAllRead,
    MarkRead,
    NotificationRow,
    SetNewsWanted,
    mark_all_read,
    mark_read,
    notifications_page,
    notify,
    set_news_wanted,
    unread_count,
)
from shopdesk.system.jobs import enqueue
from shopdesk.system.jobs_models import Job
from shopdesk.system.jobs_run import JobWorker
from tests.support.small_shop import actor_of


@dataclass(frozen=True)
class Tell:
    details: Mapping[str, object] | None = None
    target: tuple[str, object] | None = None
    user_ids: tuple[int, ...] | None = None
    permission: Permission | None = None


def tell(uow: UnitOfWork, command: Tell) -> int:
    return notify(
        uow,
        "low_stock",
        "{product} is low." if command.details else "50 {percent off",
        details=command.details,
        target=command.target,
        user_ids=command.user_ids,
        permission=command.permission,
    )


def news_of(shop: Shop, person: Actor, *, unread: bool = False) -> tuple[NotificationRow, ...]:
    filters = (("unread", True),) if unread else ()
    asked = PageRequest(sort="newest", descending=True, filters=filters)
    return shop.ask(notifications_page, asked, person.user_id).rows


def test_those_with_the_permission_hear_it_and_nobody_else(shop: Shop, actor: Actor, clerk: Actor) -> None:
    told = shop.execute(tell, Tell({"product": "Tea"}), actor)
    assert told == 3  # owner, manager, back office: who may purchase
    assert [row.text for row in news_of(shop, actor)] == ["Tea is low."]
    assert news_of(shop, clerk) == ()
    assert shop.execute(tell, Tell(user_ids=(clerk.user_id,)), actor) == 1
    assert [row.text for row in news_of(shop, clerk)] == ["50 {percent off"]  # a text with braces stands as it is
    assert shop.execute(tell, Tell(permission=Permission.SELL), actor) == 4


def test_nobody_is_told_twice_of_what_they_have_not_read(shop: Shop, actor: Actor) -> None:
    bo = actor_of(shop, "bo")
    assert shop.execute(tell, Tell({"product": "Tea"}, ("variant", 1)), actor) == 3
    assert shop.execute(tell, Tell({"product": "Tea"}, ("variant", 1)), actor) == 0
    assert shop.execute(tell, Tell({"product": "Cup"}, ("variant", 2)), actor) == 3
    assert shop.ask(unread_count, bo.user_id) == 2
    shop.execute(mark_all_read, MarkAllRead(), bo)
    assert shop.execute(tell, Tell({"product": "Tea"}, ("variant", 1)), actor) == 1
    assert shop.ask(unread_count, bo.user_id) == 1


def test_only_ones_own_news_is_marked(shop: Shop, actor: Actor, manager: Actor) -> None:
    shop.execute(tell, Tell({"product": "Tea"}), actor)
    (mine,) = news_of(shop, actor)
    assert shop.execute(mark_read, MarkRead((mine.id,)), manager) == 0
    assert shop.execute(mark_read, MarkRead((mine.id,)), actor) == 1
    assert news_of(shop, actor, unread=True) == ()
    assert shop.ask(unread_count, manager.user_id) == 1
    assert shop.execute(mark_read, MarkRead((mine.id,), read=False), actor) == 1
    assert [row.state for row in news_of(shop, actor)] == ["unread"]


def test_a_shop_silences_a_kind_of_news(shop: Shop, actor: Actor, clerk: Actor) -> None:
    with pytest.raises(NotPermitted):
        shop.execute(set_news_wanted, SetNewsWanted("low_stock", False), clerk)
    with pytest.raises(NotFound):
        shop.execute(set_news_wanted, SetNewsWanted("weather", False), actor)
    shop.execute(set_news_wanted, SetNewsWanted("low_stock", False), actor)
    assert shop.execute(tell, Tell({"product": "Tea"}), actor) == 0
    shop.execute(set_news_wanted, SetNewsWanted("low_stock", True), actor)
    assert shop.execute(tell, Tell({"product": "Tea"}), actor) == 3


def _ran_low(uow: UnitOfWork, command: StockRanLow) -> None:
    uow.publish(command)


def test_low_stock_is_told_in_words(shop: Shop, actor: Actor) -> None:
    variant = shop.ask(
        lambda reader: reader.connection.scalar(sa.select(ProductVariant.id).where(ProductVariant.sku == "TEA"))
    )
    place = shop.ask(lambda reader: reader.connection.scalar(sa.select(Warehouse.id).order_by(Warehouse.id).limit(1)))
    shop.execute(_ran_low, StockRanLow(variant, place, 2_500, 3_000), actor)
    (row,) = news_of(shop, actor)
    assert row.text == "Stock runs low: Green tea (TEA), 2.5 left in Main."
    assert (row.target_type, row.target_id, row.type) == ("variant", str(variant), "low_stock")


def _ask(uow: UnitOfWork, command: Tell) -> int:
    return enqueue(uow, "count", dict(command.details or {}), key="k", title="Import of goods.csv", max_attempts=1)


def test_who_asked_for_work_hears_how_it_ended(shop: Shop, actor: Actor, manager: Actor) -> None:
    job_id = shop.execute(_ask, Tell({"a": 1}), manager)
    JobWorker(shop, {"count": lambda _job: {"target": ["feed", 9]}}).run_due()
    (row,) = news_of(shop, manager)
    assert (row.text, row.target_type, row.target_id) == ("Import of goods.csv is done.", "feed", "9")
    assert news_of(shop, actor) == ()
    assert job_id


def test_failed_work_is_told_with_its_reason(shop: Shop, actor: Actor, manager: Actor) -> None:
    def refuse(_job: object) -> Mapping[str, object]:
        raise NotFound("File", "goods.csv")

    job_id = shop.execute(_ask, Tell(), manager)
    JobWorker(shop, {"count": refuse}).run_due()
    (row,) = news_of(shop, manager)
    assert row.text == "Import of goods.csv failed: File goods.csv does not exist."
    assert (row.target_type, row.target_id) == ("job", str(job_id))


def test_the_daily_tidying_comes_by_itself_once_a_day(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    only = {"tidy": wiring.ROUTINES["tidy"]}

    def run() -> int:
        return JobWorker(shop, {"tidy": wiring.JOBS["tidy"]}, routines=only).run_due()

    shop.execute(tell, Tell({"product": "Tea"}), actor)
    assert run() == 1
    assert run() == 0
    assert len(news_of(shop, actor)) == 1
    clock.advance(days=200)
    assert run() == 1
    assert news_of(shop, actor) == ()
    count = sa.select(sa.func.count()).select_from(Job)
    assert shop.ask(lambda reader: reader.connection.scalar(count)) == 1  # the first one was tidied away by the second


def test_every_routine_has_a_runner_and_ends_well(shop: Shop) -> None:
    assert set(wiring.ROUTINES) <= set(wiring.JOBS)
    assert job_worker(shop).run_due() == len(wiring.ROUTINES)
    states = sa.select(Job.status, sa.func.count()).group_by(Job.status)
    assert shop.ask(lambda reader: dict(map(tuple, reader.connection.execute(states)))) == {
        "done": len(wiring.ROUTINES)
    }


def test_each_reads_it_in_their_language(shop: Shop, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.execute(tell, Tell({"product": "Tee"}), actor)
    (row,) = news_of(shop, actor)

    class German:
        def gettext(self, text: str) -> str:
            return {"{product} is low.": "{product} geht zur Neige."}.get(text, text)

    monkeypatch.setattr(i18n, "_catalogue", German())
    assert row.text == "Tee geht zur Neige."
