"""News between processes: who writes tells the others, after the fact and outside the transaction."""

from __future__ import annotations

import time

from shopdesk.app import open_shop
from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork


def _touch(uow: UnitOfWork, names: tuple[str, ...]) -> None:
    uow.changed(*names)


def _heard(told: list[frozenset[str]], wanted: set[str]) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if wanted <= set().union(*told) or any("*" in names for names in told):
            return True
        time.sleep(0.02)
    return False


def test_another_process_hears_what_changed(shop: Shop, shop_url: str, actor: Actor) -> None:
    other = open_shop(shop_url)
    told: list[frozenset[str]] = []
    other.changes.subscribe(told.append)
    other.changes.watch()
    try:
        until = time.monotonic() + 5
        while time.monotonic() < until and not told:  # the watcher may need a moment to stand
            shop.execute(_write, "X", actor)
            time.sleep(0.05)
        assert _heard(told, {"Order", "Payment"}), told
    finally:
        other.close()


def _write(uow: UnitOfWork, name: str) -> None:
    from shopdesk.system.settings import ChangeSettings, change_settings

    change_settings(uow, ChangeSettings({"name": name}))
    uow.changed("Order", "Payment")


def test_the_last_news_is_told_before_a_shop_is_closed(shop: Shop, shop_url: str, actor: Actor) -> None:
    told: list[frozenset[str]] = []
    shop.changes.subscribe(told.append)
    shop.execute(_touch, ("Order",), actor)
    assert told == [frozenset({"Order"})]  # in this process at once
    shop.changes.close()
    assert shop.changes._untold == set()
