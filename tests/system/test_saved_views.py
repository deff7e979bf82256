"""Saved views belong to the person who made them; what leaves as a file is written down first."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, NotFound, NotPermitted
from shopdesk.db.shop import Shop
from shopdesk.system.exports import BeginExport, begin_export
from shopdesk.system.models import AuditEntry
from shopdesk.system.saved_views import (
    LONGEST_CONTENT,
    MOST_VIEWS,
    DeleteView,
    KeepLayout,
    MyViews,
    SavedViewRow,
    SaveView,
    ViewNameTaken,
    delete_view,
    keep_layout,
    my_views,
    save_view,
)
from tests.support.statements import counted

SCREEN = "catalogue.products"


def mine(shop: Shop, actor: Actor) -> MyViews:
    return shop.ask(my_views, SCREEN, actor.user_id)


def test_a_layout_is_one_row_that_is_written_over(shop: Shop, actor: Actor, clerk: Actor):
    assert mine(shop, actor) == MyViews(None, ())
    for content in ('{"order": []}', '{"hidden": ["sku"]}'):
        shop.execute(keep_layout, KeepLayout(SCREEN, content), actor)
    assert mine(shop, actor) == MyViews('{"hidden": ["sku"]}', ())
    assert mine(shop, clerk) == MyViews(None, ())
    assert shop.ask(my_views, "another.list", actor.user_id) == MyViews(None, ())


def test_views_are_made_changed_renamed_and_deleted(shop: Shop, actor: Actor):
    tea = shop.execute(save_view, SaveView(SCREEN, " Teas ", "{}"), actor)
    cup = shop.execute(save_view, SaveView(SCREEN, "Cups", '{"a": 1}', is_default=True), actor)
    assert mine(shop, actor).views == (
        SavedViewRow(cup, "Cups", '{"a": 1}', True),
        SavedViewRow(tea, "Teas", "{}", False),
    )
    shop.execute(save_view, SaveView(SCREEN, "All teas", '{"b": 2}', True, tea), actor)
    assert mine(shop, actor).views == (
        SavedViewRow(tea, "All teas", '{"b": 2}', True),
        SavedViewRow(cup, "Cups", '{"a": 1}', False),  # one opens first
    )
    shop.execute(delete_view, DeleteView(cup), actor)
    shop.execute(delete_view, DeleteView(cup), actor)
    assert [view.id for view in mine(shop, actor).views] == [tea]
    with counted(shop) as statements:
        mine(shop, actor)
    assert len(statements) == 1


def test_a_name_is_there_once_and_not_empty(shop: Shop, actor: Actor, clerk: Actor):
    first = shop.execute(save_view, SaveView(SCREEN, "Teas", "{}"), actor)
    with pytest.raises(ViewNameTaken):
        shop.execute(save_view, SaveView(SCREEN, "Teas", "{}"), actor)
    second = shop.execute(save_view, SaveView(SCREEN, "Cups", "{}"), actor)
    with pytest.raises(ViewNameTaken):
        shop.execute(save_view, SaveView(SCREEN, "Teas", "{}", False, second), actor)
    shop.execute(save_view, SaveView(SCREEN, "Teas", '{"c": 3}', False, first), actor)
    shop.execute(save_view, SaveView(SCREEN, "Teas", "{}"), clerk)
    for name in ("", "   ", "x" * 61, "two\x00lines"):
        with pytest.raises(BadField):
            shop.execute(save_view, SaveView(SCREEN, name, "{}"), actor)
    with pytest.raises(BadField):
        shop.execute(save_view, SaveView(SCREEN, "Long", "x" * (LONGEST_CONTENT + 1)), actor)


def test_nobody_touches_anothers_view(shop: Shop, actor: Actor, clerk: Actor):
    view = shop.execute(save_view, SaveView(SCREEN, "Teas", "{}"), actor)
    with pytest.raises(NotFound):
        shop.execute(save_view, SaveView(SCREEN, "Mine now", "{}", False, view), clerk)
    shop.execute(delete_view, DeleteView(view), clerk)
    assert mine(shop, actor).views == (SavedViewRow(view, "Teas", "{}", False),)


def test_there_is_an_end_to_views(shop: Shop, actor: Actor):
    for number in range(MOST_VIEWS):
        shop.execute(save_view, SaveView(SCREEN, f"View {number}", "{}"), actor)
    with pytest.raises(BadField):
        shop.execute(save_view, SaveView(SCREEN, "One more", "{}"), actor)


def test_an_export_is_written_down_without_what_was_searched_for(shop: Shop, actor: Actor, clerk: Actor):
    shop.execute(begin_export, BeginExport("customers.customers", "csv", ("name", "email"), narrowed=True), actor)
    with shop.database.reading() as connection:
        (row,) = connection.execute(
            sa.select(AuditEntry.target_id, AuditEntry.details).where(AuditEntry.action == "list.exported")
        )
    assert row[0] == "customers.customers"
    assert json.loads(row[1]) == {"columns": ["name", "email"], "format": "csv", "narrowed": True}
    with pytest.raises(NotPermitted):
        shop.execute(begin_export, BeginExport("customers.customers", "csv", ("name",)), clerk)
    with pytest.raises(BadField):
        shop.execute(begin_export, BeginExport("customers.customers", "exe", ("name",)), actor)
