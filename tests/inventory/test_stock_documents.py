"""Adjustments and transfers: what they write, what refuses them, and that twice is once (R7)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadAmount, BadField, NotFound, NotPermitted, ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.inventory.digests import STOCK_TABLES
from shopdesk.inventory.queries import (
    StockRow,
    ledger_page,
    levels_page,
    low_stock,
    oversold_page,
    stock_rows,
    variant_levels,
    warehouse_choices,
)
from shopdesk.inventory.transfer import TransferStock, transfer_stock
from shopdesk.inventory.watch import (
    NothingBookedYet,
    ResolveOversold,
    SetThreshold,
    resolve_oversold,
    set_threshold,
)
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.system.records import KeyReused, rows_digest


def adjust(sku: str = "MUG", change: int = -2_000, **more: object) -> AdjustStock:
    fields: dict[str, object] = {"key": uuid7(), "warehouse": "Main", "reason": "Broken", **more}
    return AdjustStock(sku=sku, quantity_change_milli=change, **fields)  # type: ignore[arg-type]


def move(sku: str = "MUG", quantity: int = 4_000, **more: object) -> TransferStock:
    fields: dict[str, object] = {"key": uuid7(), "from_warehouse": "Main", "to_warehouse": "Cellar", **more}
    return TransferStock(sku=sku, quantity_milli=quantity, **fields)  # type: ignore[arg-type]


def stock(shop: Shop, sku: str) -> dict[str, tuple[int, int]]:
    def read(reader: object) -> list[StockRow]:
        return list(stock_rows(reader, sku))  # type: ignore[arg-type]

    return {row.warehouse: (row.on_hand_milli, row.ledger_milli) for row in shop.ask(read)}


def test_an_adjustment_moves_the_level_its_ledger_and_the_journal(shop: Shop, actor: Actor) -> None:
    done = shop.execute(adjust_stock, adjust(notes="fell down"), actor)
    assert (done.number, done.on_hand_milli) == ("T1-A000002", 8_000)
    assert stock(shop, "MUG") == {"Main": (8_000, 8_000), "Cellar": (0, 0)}
    page = shop.ask(ledger_page, PageRequest(descending=True), 2, 1)
    last = page.rows[0]
    assert (last.type, last.change_milli, last.after_milli, last.reason, last.username) == (
        "adjust",
        -2_000,
        8_000,
        "Broken",
        "olga",
    )


def test_the_journal_vouches_for_every_column(shop: Shop, actor: Actor) -> None:
    shop.execute(adjust_stock, adjust(), actor)
    shop.execute(transfer_stock, move(), actor)
    with shop.database.reading() as connection:
        for kind, ((head, columns), (lines, line_columns)) in STOCK_TABLES.items():
            payload, number = connection.execute(
                sa.text("SELECT payload, number FROM journal WHERE kind = :kind ORDER BY id DESC LIMIT 1"),
                {"kind": kind},
            ).one()
            document = connection.execute(
                sa.text(f"SELECT {', '.join(columns)} FROM {head} WHERE number = :number"), {"number": number}
            ).one()
            rows = connection.execute(
                sa.text(f"SELECT {', '.join(line_columns)} FROM {lines} WHERE {line_columns[1]} = :id ORDER BY id"),
                {"id": document[0]},
            ).all()
            body = json.loads(payload)
            assert body["rows"] == rows_digest([(head, [tuple(document)]), (lines, [tuple(row) for row in rows])])
            assert (body["key"], body["lines"], body["gross"]) == (document[1], 1, 0)


def test_a_transfer_leaves_one_place_and_reaches_the_other(shop: Shop, actor: Actor) -> None:
    done = shop.execute(transfer_stock, move(), actor)
    assert (done.from_on_hand_milli, done.to_on_hand_milli) == (6_000, 4_000)
    assert stock(shop, "MUG") == {"Main": (6_000, 6_000), "Cellar": (4_000, 4_000)}
    assert [(row.warehouse, row.on_hand_milli) for row in shop.ask(variant_levels, 2)] == [
        ("Cellar", 4_000),
        ("Main", 6_000),
    ]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (adjust(change=-10_001), "out_of_stock"),
        (adjust(sku="NOPE"), "unknown_product"),
        (adjust(warehouse="Attic"), "unknown_warehouse"),
        (adjust(till="T9"), "unknown_till"),
        (adjust(reason="  "), "reason_needed"),
        (adjust(change=0), "bad_amount"),
        (adjust(change=10**9 + 1), "bad_amount"),
        (adjust(key="no uuid"), "bad_field"),
        (adjust(reason="4111111111111111"), "card_number"),
        (move(quantity=10_001), "out_of_stock"),
        (move(quantity=0), "bad_amount"),
        (move(quantity=-1), "bad_amount"),
        (move(sku="NOPE"), "unknown_product"),
        (move(to_warehouse="Attic"), "unknown_warehouse"),
        (move(from_warehouse="Attic"), "unknown_warehouse"),
        (move(to_warehouse="Main"), "bad_field"),
        (move(sku="SOAP", quantity=3_001), "out_of_stock"),
    ],
)
def test_refusals_change_nothing(shop: Shop, actor: Actor, command: AdjustStock | TransferStock, code: str) -> None:
    use_case: Callable[..., object] = adjust_stock if isinstance(command, AdjustStock) else transfer_stock
    with shop.database.reading() as connection:
        before = connection.execute(sa.text("SELECT count(*) FROM journal")).scalar()
    with pytest.raises(ShopError) as refusal:
        shop.execute(use_case, command, actor)
    assert refusal.value.code == code
    assert stock(shop, "MUG") == {"Main": (10_000, 10_000), "Cellar": (0, 0)}
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM journal")).scalar() == before


def test_goods_that_may_go_below_zero_do_and_are_listed(shop: Shop, actor: Actor) -> None:
    assert shop.execute(adjust_stock, adjust("SOAP", -5_000), actor).on_hand_milli == -2_000
    (row,) = shop.ask(oversold_page, PageRequest(filters=(("state", "open"),))).rows
    assert (row.sku, row.quantity_after_milli) == ("SOAP", -2_000)
    shop.execute(resolve_oversold, ResolveOversold(row.id), actor)
    assert shop.ask(oversold_page, PageRequest(filters=(("state", "open"),))).rows == ()
    with pytest.raises(NotFound):
        shop.execute(resolve_oversold, ResolveOversold(row.id), actor)


def test_the_same_key_twice_is_once_and_never_something_else(shop: Shop, actor: Actor) -> None:
    command = adjust()
    assert shop.execute(adjust_stock, command, actor) == shop.execute(adjust_stock, command, actor)
    assert stock(shop, "MUG")["Main"] == (8_000, 8_000)
    with pytest.raises(KeyReused):
        shop.execute(adjust_stock, replace(command, quantity_change_milli=-1_000), actor)
    with pytest.raises(KeyReused):
        shop.execute(transfer_stock, move(key=command.key), actor)
    transfer = move()
    assert shop.execute(transfer_stock, transfer, actor) == shop.execute(transfer_stock, transfer, actor)
    assert stock(shop, "MUG")["Cellar"] == (4_000, 4_000)


def test_reserved_pieces_are_not_moved_away(shop: Shop, actor: Actor) -> None:
    with shop.database.writing() as connection, connection.begin():
        connection.execute(sa.text("UPDATE stock_levels SET reserved = 8000 WHERE variant_id = 2"))
    with pytest.raises(ShopError, match="Only 2"):
        shop.execute(transfer_stock, move(quantity=3_000), actor)
    shop.execute(transfer_stock, move(quantity=2_000), actor)


def test_a_clerk_neither_corrects_nor_moves(shop: Shop, clerk: Actor) -> None:
    for use_case, command in (
        (adjust_stock, adjust()),
        (transfer_stock, move()),
        (set_threshold, SetThreshold(2, 1, 5_000)),
    ):
        with pytest.raises(NotPermitted):
            shop.execute(use_case, command, clerk)  # type: ignore[arg-type]


def test_low_stock_is_what_is_at_or_below_its_threshold(shop: Shop, actor: Actor) -> None:
    shop.execute(set_threshold, SetThreshold(2, 1, 9_000), actor)
    shop.execute(set_threshold, SetThreshold(3, 1, 3_000), actor)
    assert [row.sku for row in shop.ask(low_stock)] == ["SOAP"]
    shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="MUG"),)), actor)
    assert [row.sku for row in shop.ask(low_stock, 1)] == ["MUG", "SOAP"]
    assert [row.sku for row in shop.ask(levels_page, PageRequest(filters=(("low", True),))).rows] == ["MUG", "SOAP"]
    shop.execute(set_threshold, SetThreshold(2, 1, None), actor)
    assert [row.sku for row in shop.ask(low_stock)] == ["SOAP"]
    with pytest.raises(NothingBookedYet):
        shop.execute(set_threshold, SetThreshold(2, 2, 1_000), actor)
    with pytest.raises(BadAmount):
        shop.execute(set_threshold, SetThreshold(2, 1, -1), actor)


def test_levels_page_by_sku_filter_and_search(shop: Shop, actor: Actor) -> None:
    shop.execute(transfer_stock, move(), actor)
    request = PageRequest(limit=2)
    seen: list[tuple[str, str]] = []
    while True:
        page = shop.ask(levels_page, request)
        seen += [(row.sku, row.warehouse) for row in page.rows]
        if page.next is None:
            break
        request = replace(request, after=page.next)
    assert len(seen) == len(set(seen)) == 7
    assert [sku for sku, _place in seen] == sorted(sku for sku, _place in seen)
    cellar = next(key for key, name in shop.ask(warehouse_choices) if name == "Cellar")
    assert [row.sku for row in shop.ask(levels_page, PageRequest(filters=(("warehouse", cellar),))).rows] == ["MUG"]
    assert [row.sku for row in shop.ask(levels_page, PageRequest(search="green te")).rows] == ["TEA"]
    with pytest.raises(BadField):
        shop.ask(levels_page, PageRequest(sort="on_hand"))


def test_two_at_once_never_take_more_than_there_is(shop: Shop, actor: Actor) -> None:
    start, outcomes = Barrier(6), []

    def take() -> None:
        start.wait()
        try:
            outcomes.append(shop.execute(adjust_stock, adjust(change=-3_000), actor).on_hand_milli)
        except ShopError as error:
            outcomes.append(error.code)

    threads = [Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [1_000, 4_000, 7_000, "out_of_stock", "out_of_stock", "out_of_stock"]
    assert stock(shop, "MUG")["Main"] == (1_000, 1_000)
