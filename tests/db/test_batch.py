"""Statements sent together: rows as mappings or tuples, one statement however many rows, the same on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.db.batch import Batch, insert_into
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.models import EventLogEntry, Setting
from tests.support.statements import counted

ADD = insert_into(EventLogEntry, "event_type", "details", "user_id", "created_at")
PUT = insert_into(
    Setting,
    "key",
    "value",
    "updated_at",
    "updated_by",
    otherwise="ON CONFLICT (key) DO UPDATE SET value = excluded.value",
)


def _written(shop: Shop) -> list[tuple[object, ...]]:
    with shop.database.reading() as connection:
        rows = connection.execute(
            sa.text("SELECT event_type, details FROM event_log WHERE event_type LIKE 'batch%' ORDER BY id")
        )
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("count", [1, 2, 12, 13, 40])
@pytest.mark.parametrize("named", [True, False], ids=["mappings", "tuples"])
def test_any_number_of_rows_is_one_statement(shop: Shop, actor: Actor, count: int, named: bool) -> None:
    rows = [(f"batch {number}", "100 % of $1 and :that", actor.user_id, number) for number in range(count)]
    columns = ("event_type", "details", "user_id", "created_at")
    outcomes = []

    def write(uow: UnitOfWork, _command: object) -> None:
        batch = uow.batch()
        given = [dict(zip(columns, row, strict=True)) for row in rows] if named else rows
        with counted(shop) as seen:
            outcomes.append(batch.add(ADD, given))
            batch.send()
        assert len(seen) == 1

    shop.execute(write, None, actor)
    assert outcomes[0].rowcount == count
    assert _written(shop) == [row[:2] for row in rows]


def test_inserts_of_one_row_each_go_together_on_postgresql(shop: Shop, actor: Actor) -> None:
    def write(uow: UnitOfWork, _command: object) -> None:
        batch = uow.batch()
        with counted(shop) as seen:
            batch.add_each((ADD, ("batch a", "{}", actor.user_id, 1)), (ADD, ("batch b", "{}", None, 2)))
            batch.send()
        assert len(seen) == (1 if uow.dialect == "postgresql" else 2)

    shop.execute(write, None, actor)
    assert sorted(_written(shop)) == [("batch a", "{}"), ("batch b", "{}")]


def test_what_follows_the_values_holds_for_many_rows(shop: Shop, actor: Actor) -> None:
    def write(uow: UnitOfWork, values: list[str]) -> None:
        batch = uow.batch()
        batch.add(PUT, [(f"batch.{place}", value, 1, actor.user_id) for place, value in enumerate(values)])
        batch.send()

    shop.execute(write, ["1", "2", "3"], actor)
    shop.execute(write, ["4", "5", "6"], actor)
    with shop.database.reading() as connection:
        found = connection.execute(
            sa.text("SELECT value FROM settings WHERE key LIKE 'batch.%' ORDER BY key")
        ).scalars()
        assert list(found) == ["4", "5", "6"]


def test_nothing_is_sent_for_no_rows(shop: Shop, actor: Actor) -> None:
    def write(uow: UnitOfWork, _command: object) -> None:
        batch: Batch = uow.batch()
        with counted(shop) as seen:
            batch.add(ADD, [])
            batch.send()
        assert seen == []

    shop.execute(write, None, actor)
