"""Any single row of history that was edited, deleted, cloned or cut off past the program is found, guards or no guards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from shopdesk.app import open_shop
from shopdesk.books.doctor import run_doctor
from shopdesk.core.clock import ManualClock, from_micros
from shopdesk.db.database import Database
from shopdesk.schema import METADATA
from tests.support.busy_day import busy_day
from tests.support.small_shop import OPENING
from tests.support.tampering import Tampering, drop_guards

KINDS = {
    # table: the column(s) that tell its kinds of rows apart
    "orders": ("shift_id", "customer_id"),
    "order_items": ("track_stock", "tax_rates"),
    "price_steps": ("kind",),
    "order_adjustments": ("source_type",),
    "order_taxes": ("rate_ppm",),
    "order_status_history": ("status",),
    "payments": ("type",),
    "voids": ("cash_cents",),
    "training_sales": (),
    "shifts": ("status",),
    "cash_movements": ("type",),
    "cash_counts": ("kind",),
    "drawer_openings": (),
    "z_reports": (),
    "journal": ("kind",),
    "idempotency_keys": ("use_case",),
    "audit_log": ("action",),
    "counters": ("scope", "series"),
    "inventory_ledger": ("type", "reference_type"),
    "stock_levels": ("ledger_seq",),
    "stock_adjustments": ("reason",),
    "stock_adjustment_lines": (),
    "stock_transfers": (),
    "stock_transfer_lines": (),
    "oversell_exceptions": (),
}
MAY_CHANGE = {
    "orders": {
        "staff_note": "written after the sale by rule 12",
        "customer_id": "the customer link may change by rule 12",
        "actual_ship_at": "an actual date by rule 12",
        "actual_delivery_at": "an actual date by rule 12",
    },
    "oversell_exceptions": {
        "state": "somebody looked at it",
        "resolved_at": "somebody looked at it",
        "resolved_by": "somebody looked at it",
    },
}
"""Columns whose change is no tampering, each with its reason."""


NUMBERED_BY_SEQUENCE = {
    "price_steps",
    "order_adjustments",
    "payments",
    "order_status_history",
    "audit_log",
    "journal",
    "inventory_ledger",
    "oversell_exceptions",
}
"""Where PostgreSQL's id is a number that nothing refers to, from a sequence that may leave some out."""


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def opened(request, _templates, tmp_path_factory) -> Iterator[tuple[Database, tuple[str, ...], ManualClock]]:
    """The shop after a busy day, its guards dropped, and the heads that were printed on its receipts."""
    template = sa.engine.make_url(_templates.address(request.param, "shop"))
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("tampered") / "shop.db"
        shutil.copyfile(template.database, file)
        address = f"sqlite:///{file}"
    else:
        server = request.getfixturevalue("postgres")
        address = server.create(template.database).render_as_string(hide_password=False)
    clock = ManualClock(OPENING)
    clock.advance(hours=1)
    shop = open_shop(address, clock=clock)
    busy_day(shop, clock)
    anchors = tuple(run_doctor(shop.database, clock=clock).heads.values())
    drop_guards(shop.database)
    yield shop.database, anchors, clock
    shop.close()
    if request.param == "postgresql":
        server.drop(sa.engine.make_url(address))


def one_of_each_kind(tampering: Tampering, table: str) -> list[dict[str, object]]:
    """One row of each kind, with its key."""
    keys = METADATA.tables[table].primary_key.columns.keys()
    found = [dict(row._mapping) for row in tampering.connection.exec_driver_sql(f"SELECT * FROM {table}")]
    by_kind = {tuple(row[name] for name in KINDS[table]): row for row in reversed(found)}
    assert by_kind, f"the busy day has no {table}"
    return [{"row": row, "key": {name: row[name] for name in keys}} for row in by_kind.values()]


def where(key: dict[str, object]) -> str:
    return " AND ".join(f'"{name}" = :key_{name}' for name in key)


def named(key: dict[str, object]) -> dict[str, object]:
    return {f"key_{name}": value for name, value in key.items()}


def literal(value: object) -> str:
    return "NULL" if value is None else repr(value)


def others(tampering: Tampering, column: sa.Column, value: object) -> Iterator[object]:
    """Other values for a column, the most innocent first: another row that exists, a little more, nothing."""
    if column.primary_key and column.name == "id":
        yield value + 1000
        return
    for key in column.foreign_keys:
        target = key.column
        yield tampering.connection.exec_driver_sql(
            f"SELECT {target.name} FROM {target.table.name} WHERE {target.name} IS DISTINCT FROM {literal(value)} LIMIT 1"
        ).scalar()
        if value is not None and column.nullable:
            yield None
        return
    if isinstance(column.type, sa.Boolean):
        yield 1 - int(value)
    elif value is None:
        yield 1 if isinstance(column.type, sa.Integer) else "x"
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str):
        yield value[:-1] + ("1" if value[-1:] != "1" else "2") if value else "x"
    if value is not None and column.nullable:
        yield None


def free_to_change(table: str, row: dict[str, object], column: str, dialect: str) -> bool:
    if table == "counters" and column == "last_at" and row["value"] == 0:
        return True  # what was never raised began at no moment that must be written elsewhere
    if dialect == "postgresql" and column == "id" and table in NUMBERED_BY_SEQUENCE:
        return True
    return column in MAY_CHANGE.get(table, {})


@pytest.mark.timeout(1200)  # every column of every kind of row; on PostgreSQL each is a tenth of a second
@pytest.mark.parametrize("table", KINDS)
def test_a_row_that_was_edited_is_found(opened, table):
    unnoticed, tried = [], set()
    with Tampering(opened) as tampering:
        assert tampering.noticed() == set()
        for found in one_of_each_kind(tampering, table):
            row, key = found["row"], found["key"]
            for column in METADATA.tables[table].columns:
                if free_to_change(table, row, column.name, tampering.database.dialect):
                    continue
                tried.add(column.name)
                for other in others(tampering, column, row[column.name]):
                    said = tampering.noticed_after(
                        f'UPDATE {table} SET "{column.name}" = :other WHERE {where(key)}',
                        {"other": other, **named(key)},
                    )
                    if said == set():
                        unnoticed.append((column.name, row[column.name], other, row))
    assert unnoticed == []
    assert len(tried) > len(METADATA.tables[table].columns) // 2


@pytest.mark.parametrize("table", KINDS)
def test_a_row_that_was_deleted_is_found(opened, table):
    with Tampering(opened) as tampering:
        for found in one_of_each_kind(tampering, table):
            key = found["key"]
            assert tampering.noticed_after(f"DELETE FROM {table} WHERE {where(key)}", named(key)), found["row"]


@pytest.mark.parametrize("table", KINDS)
def test_a_newest_row_that_was_cut_off_is_found(opened, table):
    names = METADATA.tables[table].primary_key.columns.keys()
    order = ", ".join(f"{name} DESC" for name in names)
    with Tampering(opened) as tampering:
        row = tampering.connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY {order} LIMIT 1").mappings().one()
        key = {name: row[name] for name in names}
        assert tampering.noticed_after(f"DELETE FROM {table} WHERE {where(key)}", named(key))


@pytest.mark.parametrize("table", KINDS)
def test_a_row_that_was_cloned_is_found(opened, table):
    with Tampering(opened) as tampering:
        for found in one_of_each_kind(tampering, table):
            clone = cloned(table, found["row"])
            names = ", ".join(f'"{name}"' for name in clone)
            marks = ", ".join(f":{name}" for name in clone)
            assert tampering.noticed_after(f"INSERT INTO {table} ({names}) VALUES ({marks})", clone) != set(), clone


def cloned(table: str, row: dict[str, object]) -> dict[str, object]:
    """The row under a new key, its unique columns changed as little as the database asks for."""
    shape = METADATA.tables[table]
    keys = [list(constraint.columns) for constraint in shape.constraints if isinstance(constraint, sa.UniqueConstraint)]
    keys += [list(index.columns) for index in shape.indexes if index.unique]
    primary = list(shape.primary_key.columns)
    clone = dict(row)
    if [column.name for column in primary] == ["id"]:
        clone["id"] = row["id"] + 1000
    else:
        keys.append(primary)
    for columns in keys:
        last = columns[-1]
        value = clone[last.name]
        clone[last.name] = value + 1000 if isinstance(value, int) else f"{value}x"[-(last.type.length or 99) :]
    return clone


def test_postgresql_history_is_watched_too(request, postgres):
    """A row of each table deleted; every column and kind of row is tried on PostgreSQL by the slow tests."""
    address = postgres.create(
        sa.engine.make_url(request.getfixturevalue("_templates").address("postgresql", "shop")).database
    )
    clock = ManualClock(OPENING)
    clock.advance(hours=1)
    shop = open_shop(address.render_as_string(hide_password=False), clock=clock)
    busy_day(shop, clock)
    drop_guards(shop.database)
    with Tampering((shop.database, (), clock)) as tampering:
        for table in KINDS:
            key = one_of_each_kind(tampering, table)[0]["key"]
            assert tampering.noticed_after(f"DELETE FROM {table} WHERE {where(key)}", named(key)), table
    shop.close()
    postgres.drop(address)


def test_an_older_copy_put_back_is_found_by_a_head_it_cannot_know(sqlite_shop, clock, tmp_path):
    from shopdesk.core.ids import uuid7
    from shopdesk.db.backup import dump
    from shopdesk.sales.checkout import commit_sale
    from shopdesk.sales.sale_command import CommitSale, SaleLine
    from tests.support.small_shop import actor_of

    busy_day(sqlite_shop, clock)
    dump(sqlite_shop.database, tmp_path / "yesterday.db")
    answer = sqlite_shop.execute(
        commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),)), actor_of(sqlite_shop, "olga")
    )
    old = Database(str(tmp_path / "yesterday.db"))
    assert run_doctor(old, clock=clock).ok
    for fast in (False, True):
        report = run_doctor(old, fast=fast, anchors=(str(answer.fields["head"]),), clock=clock)
        assert {finding.id for finding in report.findings if finding.violations} == {"I21"}
    old.close()


def test_a_clock_that_went_back_is_no_tampering(sqlite_shop, clock):
    busy_day(sqlite_shop, clock)
    clock.set(from_micros(0))
    clock.set(OPENING)
    from shopdesk.core.ids import uuid7
    from shopdesk.sales.checkout import commit_sale
    from shopdesk.sales.sale_command import CommitSale, SaleLine
    from tests.support.small_shop import actor_of

    sqlite_shop.execute(
        commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),)), actor_of(sqlite_shop, "olga")
    )
    clock.advance(hours=48)
    report = run_doctor(sqlite_shop.database, clock=clock)
    assert [finding.samples for finding in report.findings if finding.violations] == []


STRANGE = (
    "'abc'",
    "''",
    "x'00ff'",
    "-1",
    "3.5",
    "1000000000000000000",
    "9223372036854775807",
    "'{}'",
    "'[[1]]'",
    "'\u00e9\n\"'",
)
"""What SQLite takes in any column, whatever its type."""


@pytest.mark.slow
@pytest.mark.parametrize("opened", ["sqlite"], indirect=True)
@pytest.mark.parametrize("table", KINDS)
def test_no_value_whatever_its_type_upsets_the_doctor(opened, table):
    """On SQLite a column holds anything (PostgreSQL keeps to its types); the doctor tells it and does not fall over."""
    with Tampering(opened) as tampering:
        found = one_of_each_kind(tampering, table)[0]
        for column in METADATA.tables[table].columns:
            if free_to_change(table, found["row"], column.name, "sqlite"):
                continue
            for strange in STRANGE:
                if strange == literal(found["row"][column.name]):
                    continue
                told = tampering.noticed_after(
                    f'UPDATE {table} SET "{column.name}" = {strange} WHERE {where(found["key"])}', named(found["key"])
                )
                assert told != set(), (column.name, strange)
