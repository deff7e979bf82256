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


def test_ones_own_writes_are_told_once_and_by_name(sqlite_shop: Shop, sqlite_shop_url: str, actor: Actor) -> None:
    told: list[frozenset[str]] = []
    sqlite_shop.changes.subscribe(told.append)
    sqlite_shop.changes.watch()
    time.sleep(0.3)
    for number in range(5):
        sqlite_shop.execute(_write, f"Own {number}", actor)
        time.sleep(0.1)
    time.sleep(0.8)
    # The look between a commit and its counting may tell once too often, never each time.
    assert sum("*" in names for names in told) <= 1, told
    told.clear()
    other = open_shop(sqlite_shop_url)
    other.execute(_write, "Another's", actor)
    until = time.monotonic() + 5
    while time.monotonic() < until and not any("*" in names for names in told):
        time.sleep(0.02)
    assert any("*" in names for names in told)
    other.close()


def test_a_change_between_ones_own_is_noticed(sqlite_shop: Shop, sqlite_shop_url: str, actor: Actor) -> None:
    told: list[frozenset[str]] = []
    other = open_shop(sqlite_shop_url)
    sqlite_shop.changes.subscribe(told.append)
    sqlite_shop.changes.watch()
    time.sleep(0.4)
    for number in range(20):
        sqlite_shop.execute(_write, f"Own {number}", actor)
        if number == 10:
            other.execute(_write, "Another's", actor)
        time.sleep(0.02)
    until = time.monotonic() + 5
    while time.monotonic() < until and not any("*" in names for names in told):
        time.sleep(0.02)
    assert any("*" in names for names in told)
    other.close()


def test_another_programs_write_is_noticed(sqlite_shop: Shop, sqlite_shop_url: str) -> None:
    import sqlcipher3.dbapi2 as driver
    from sqlalchemy.engine import make_url

    told: list[frozenset[str]] = []
    sqlite_shop.changes.subscribe(told.append)
    sqlite_shop.changes.watch()
    time.sleep(0.4)
    told.clear()
    outside = driver.connect(str(make_url(sqlite_shop_url).database))
    outside.execute("INSERT INTO event_log (event_type, details, created_at) VALUES ('outside', '{}', 1)")
    outside.commit()
    outside.close()
    until = time.monotonic() + 5
    while time.monotonic() < until and not told:
        time.sleep(0.02)
    assert any("*" in names for names in told)
