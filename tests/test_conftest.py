"""The tests' own ground: what must fail does fail."""

from __future__ import annotations

import keyring
import psycopg
import pytest
from sqlalchemy.engine import make_url

from shopdesk.db.database import Database
from tests.support.small_shop import GOODS
from tests.test_architecture import ROOT

pytest_plugins = ["pytester"]


def test_keyring_is_the_tests_own(memory_keyring):
    keyring.set_password("shopdesk", "ann", "secret")
    assert memory_keyring.kept == {("shopdesk", "ann"): "secret"}


def test_each_test_has_a_postgres_database_of_its_own(postgres, postgres_url):
    plain = make_url(postgres_url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        connection.execute("CREATE TABLE here (n INTEGER)")
        connection.execute("INSERT INTO here VALUES (1)")
    copy = postgres.create(plain.database)
    address = copy.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT n FROM here").fetchall() == [(1,)]
    postgres.drop(copy)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)


def test_a_log_record_nobody_announced_fails_the_test(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest("from tests.conftest import own_home, memory_keyring, _log_records, allow_log")
    pytester.makepyfile("""
        import logging

        def test_silent():
            logging.getLogger("shop").info("fine")

        def test_warned():
            logging.getLogger("shop").warning("drawer is open")

        def test_announced(allow_log):
            allow_log("shop: drawer is")
            logging.getLogger("shop").warning("drawer is open")
    """)
    result = pytester.runpytest_subprocess("-p", "no:xdist")
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*WARNING shop: drawer is open*"])


def test_a_qt_message_nobody_announced_fails_the_test(pytester):
    pytester.makeini("[pytest]\nqt_api = pyside6\nqt_log_level_fail = WARNING")
    pytester.makepyfile("""
        from PySide6.QtCore import qWarning

        def test_warned(qtbot):
            qWarning("something is odd")
    """)
    result = pytester.runpytest_subprocess("-p", "no:xdist")
    result.assert_outcomes(failed=1)


def test_the_corner_shop_is_open_on_both_databases(shop, actor, clerk):
    with shop.database.reading() as connection:
        on_hand = connection.exec_driver_sql("SELECT sum(on_hand) FROM stock_levels").scalar()
        ledger = connection.exec_driver_sql("SELECT sum(quantity_change) FROM inventory_ledger").scalar()
    assert on_hand == ledger == sum(goods[6] for goods in GOODS)
    assert (actor.role, clerk.role, clerk.discount_cap_ppm) == ("owner", "clerk", 100_000)
    assert clerk.permissions < actor.permissions


def test_the_schema_alone_holds_nothing(schema_url):
    database = Database(schema_url)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM orders").scalar() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM users").scalar() == 0
    database.close()
