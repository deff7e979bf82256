"""Stock as lists: the matrix with what is coming, and the pages of set-aside goods, transfers and counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.inventory import categories
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.inventory.count_pages import count_card, counts_page, newest_scans
from shopdesk.inventory.count_posting import PostCount, post_count
from shopdesk.inventory.counting import RecordCount, StartCount, record_count, start_count
from shopdesk.inventory.document_pages import reservations_page, transfer_card, transfers_page
from shopdesk.inventory.incoming import incoming, incoming_sums
from shopdesk.inventory.matrix import matrix_page, matrix_row
from shopdesk.inventory.queries import levels_page
from shopdesk.inventory.reservations import SetAside, set_aside
from shopdesk.inventory.transfer_arrival import ArrivedLine, ReceiveTransfer, receive_transfer
from shopdesk.inventory.transfers import SaveTransfer, SendTransfer, TransferLine, save_transfer, send_transfer
from shopdesk.inventory.watch import SetThreshold, set_threshold
from tests.support.statements import counted

TEA, MUG, SOAP = 1, 2, 3


def send(shop: Shop, actor: Actor, quantity: int = 4_000) -> int:
    draft = SaveTransfer(from_warehouse_id=1, to_warehouse_id=2, lines=(TransferLine(MUG, quantity),))
    document = shop.execute(save_transfer, draft, actor)
    shop.execute(send_transfer, SendTransfer(uuid7(), document, 1), actor)
    return document


def skus(shop: Shop, **filters: object) -> list[str]:
    page = shop.ask(matrix_page, PageRequest(filters=tuple(filters.items())))
    return [row.sku for row in page.rows]


def test_the_matrix_shows_each_warehouse_and_what_is_coming(shop: Shop, actor: Actor) -> None:
    send(shop, actor)
    shop.execute(
        set_aside, SetAside(key=uuid7(), variant_id=MUG, warehouse_id=1, quantity_milli=1_000, note="x"), actor
    )
    with counted(shop) as statements:
        found = shop.ask(matrix_row, MUG)
    assert found is not None
    assert len(statements) == 2
    row, waited = found
    assert [one.number for one in waited] == ["T1-D000001"]
    assert (row.on_hand_milli, row.reserved_milli, row.available_milli, row.incoming_milli) == (
        6_000,
        1_000,
        5_000,
        4_000,
    )
    assert (row.at(1), row.at(2)) == (6_000, 0)
    assert [(one.kind, one.quantity_milli) for one in shop.ask(incoming, [MUG])] == [("transfer", 4_000)]
    assert shop.ask(incoming_sums, [MUG]) == {(MUG, 2): 4_000}
    assert shop.ask(matrix_row, 99) is None


@pytest.mark.parametrize("many", [1, 3_000])
def test_the_matrix_narrows_and_pages_in_three_statements(
    shop: Shop, actor: Actor, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few goods are looked up, many are read in the list's order: the rows are the same."""
    monkeypatch.setattr(categories, "MANY", many)
    shop.execute(set_threshold, SetThreshold(MUG, 1, 10_000), actor)
    shop.execute(
        adjust_stock,
        AdjustStock(key=uuid7(), sku="SOAP", warehouse="Main", quantity_change_milli=-4_000, reason="Broken"),
        actor,
    )
    with shop.database.reading() as connection:
        kitchen = connection.execute(sa.text("SELECT id FROM categories WHERE name = 'Kitchen'")).scalar_one()
    assert skus(shop, low=True) == ["MUG"]
    assert skus(shop, negative=True) == ["SOAP"]
    assert skus(shop, category=kitchen) == ["LAST", "MUG"]
    assert "MUG" not in skus(shop, unwatched=True)
    assert skus(shop, warehouse=2) == []
    assert len(skus(shop, warehouse=1)) == 6
    assert skus(shop, warehouse=1, category=kitchen, low=True) == ["MUG"]
    chosen = PageRequest(filters=(("warehouse", 1), ("category", kitchen)))
    with counted(shop) as statements:
        levels = shop.ask(levels_page, chosen)
    assert len(statements) <= 3
    assert [row.sku for row in levels.rows] == ["LAST", "MUG"]
    with counted(shop) as statements:
        shop.ask(matrix_page, chosen)
    assert len(statements) <= 3
    request, seen = PageRequest(limit=2), []
    while True:
        with counted(shop) as statements:
            page = shop.ask(matrix_page, request)
        assert len(statements) <= 3
        seen += [row.sku for row in page.rows]
        if page.next is None:
            break
        request = replace(request, after=page.next)
    assert seen == ["APPLE", "BOOK", "LAST", "MUG", "SOAP", "TEA"]
    assert [row.sku for row in shop.ask(matrix_page, PageRequest(search="gree")).rows] == ["TEA"]


def test_set_aside_goods_are_listed(shop: Shop, actor: Actor, clerk: Actor, clock: ManualClock) -> None:
    until = clock.now() + timedelta(days=1)
    wish = SetAside(key=uuid7(), variant_id=MUG, warehouse_id=1, quantity_milli=1_000, customer_id=1, expires_at=until)
    shop.execute(set_aside, wish, actor)
    with counted(shop) as statements:
        (row,) = shop.ask(reservations_page, PageRequest(filters=(("state", "open"),)), actor).rows
    assert len(statements) == 1
    assert (row.sku, row.customer, row.quantity_milli, row.expires_at) == ("MUG", "Kim Lee", 1_000, until)
    assert shop.ask(reservations_page, PageRequest(filters=(("customer", 2),)), actor).rows == ()


def test_transfers_are_listed_with_their_lines(shop: Shop, actor: Actor) -> None:
    document = send(shop, actor)
    lines = (ArrivedLine(MUG, 3_000, 0, "Missing"), ArrivedLine(TEA, 500, 0, "Packed wrongly"))
    shop.execute(receive_transfer, ReceiveTransfer(uuid7(), document, lines, notes="two boxes"), actor)
    (row,) = shop.ask(transfers_page, PageRequest(filters=(("state", "received"),))).rows
    assert (row.number, row.source, row.target, row.lines) == ("T1-D000001", "Main", "Cellar", 1)
    with counted(shop) as statements:
        card = shop.ask(transfer_card, document)
    assert len(statements) == 2
    assert (card.receipt_number, card.sent_by, card.receipt_notes) == ("T1-E000001", "olga", "two boxes")
    assert [(item.sku, item.quantity_milli, item.received_milli, item.reason) for item in card.items] == [
        ("MUG", 4_000, 3_000, "Missing"),
        ("TEA", 0, 500, "Packed wrongly"),
    ]


def test_a_blind_counter_learns_nothing_of_what_is_expected(shop: Shop, actor: Actor, clerk: Actor) -> None:
    count = shop.execute(start_count, StartCount(warehouse_id=1, is_blind=True), clerk)
    shop.execute(record_count, RecordCount(key=uuid7(), count_id=count, code="MUG", quantity_milli=9_000), clerk)
    with counted(shop) as statements:
        blind = shop.ask(count_card, count, clerk)
    assert len(statements) == 3
    assert (blind.goods[0].expected_milli, blind.goods[0].change_milli, blind.goods[0].value_cents) == (None,) * 3
    assert (blind.left, blind.scans) == (5, 1)
    seen = shop.ask(count_card, count, actor)
    assert (seen.goods[0].expected_milli, seen.goods[0].change_milli) == (10_000, -1_000)
    assert [scan.sku for scan in shop.ask(newest_scans, count)] == ["MUG"]
    shop.execute(post_count, PostCount(key=uuid7(), count_id=count, rest="zero", despite_prompts=True), actor_max(shop))
    (row,) = shop.ask(counts_page, PageRequest(filters=(("state", "posted"),)), actor).rows
    assert (row.goods, row.differences) == (6, 6)
    assert len(shop.ask(count_card, count, actor).goods) == 6


def actor_max(shop: Shop) -> Actor:
    from tests.support.small_shop import actor_of

    return actor_of(shop, "max")
