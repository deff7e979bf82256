"""The shop's settings: read in one statement, changed with care, locked once documents were made with them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from shopdesk.app import open_shop
from shopdesk.books.founding import found_shop
from shopdesk.books.spec import ShopSpec
from shopdesk.core.errors import BadField, ShopError
from shopdesk.system.models import AuditEntry
from shopdesk.system.roles import FOUNDER
from shopdesk.system.settings import (
    ChangeSettings,
    SettingLocked,
    ShopSettings,
    change_settings,
    parse_settings,
    shop_settings,
)
from shopdesk.system.users import user_id_of


def change(shop, actor, **values):
    """Change settings; the ones that then hold."""
    return shop.execute(change_settings, ChangeSettings(values), actor)


def test_what_is_not_named_stays(shop, actor):
    before = shop.ask(shop_settings)
    after = change(shop, actor, receipt_footer="Thank you", blind_close=False)
    assert (after.receipt_footer, after.blind_close, after.name) == ("Thank you", False, before.name)
    assert shop.ask(shop_settings) == after


def test_a_change_is_recorded_with_before_and_after(shop, actor):
    change(shop, actor, difference_limit_cents=500, blind_close=True)
    with shop.database.reading() as connection:
        details = connection.execute(
            sa.select(AuditEntry.details).where(AuditEntry.action == "settings.changed")
        ).scalars()
        assert [json.loads(text) for text in details] == [{"changed": {"difference_limit_cents": [1000, 500]}}]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("colour", "red"),
        ("name", ""),
        ("name", 7),
        ("name", "Tea\x1b[2J"),
        ("receipt_footer", "x" * 1001),
        ("tax_rounding", "sometimes"),
        ("cash_rounding_cents", -5),
        ("difference_limit_cents", "12"),
        ("cash_rounding_cents", 0.5),
        ("lock_till_seconds", 121),
        ("lock_till_seconds", 5),
        ("lock_office_seconds", 601),
        ("country", "Germany"),
        ("language", "../../etc"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
        ("currency", "XYZW"),
        ("shop_uid", "01935f00-0000-7000-8000-000000000002"),
        ("is_demo", True),
    ],
)
def test_what_cannot_be_worked_with_is_refused_by_name(sqlite_shop, actor, name, value):
    before = sqlite_shop.ask(shop_settings)
    with pytest.raises(BadField) as refused:
        change(sqlite_shop, actor, **{name: value})
    assert refused.value.field == name
    assert sqlite_shop.ask(shop_settings) == before


def test_a_card_number_is_no_footer(sqlite_shop, actor):
    with pytest.raises(ShopError) as refused:
        change(sqlite_shop, actor, receipt_footer="pay to 4111 1111 1111 1111")
    assert refused.value.code == "card_number"


def test_money_and_tax_may_change_until_there_is_a_document(database_url, clock):
    found_shop(database_url, ShopSpec(), clock=clock)
    shop = open_shop(database_url, clock=clock)
    owner = replace(FOUNDER, user_id=shop.ask(user_id_of, "admin"))
    after = change(shop, owner, currency="JPY", prices_include_tax=False, tax_rounding="order")
    assert (after.currency, after.prices_include_tax, after.tax_rounding) == ("JPY", False, "order")
    shop.close()


def test_money_and_tax_are_locked_once_there_is_one(shop, actor):
    for values in ({"currency": "JPY"}, {"prices_include_tax": False}, {"tax_rounding": "order"}):
        with pytest.raises(SettingLocked):
            change(shop, actor, **values)
    assert change(shop, actor, tax_rounding="line", cash_rounding_cents=5).cash_rounding_cents == 5


def test_rows_are_parsed_once_and_other_areas_rows_passed_over():
    rows = (("name", '"Tea room"'), ("ui.keys", '{"F2": "search"}'))
    assert parse_settings(rows) == ShopSettings(name="Tea room")
    assert parse_settings(rows) is parse_settings(rows)
