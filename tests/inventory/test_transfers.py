"""Transfers that take time: drafts, goods in transit, arrival with differences, and books that hold at every step."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import BadAmount, BadField, ChangedMeanwhile, NotPermitted, ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.inventory.adjust import AdjustGoods, AdjustLine, adjust_goods
from shopdesk.inventory.queries import stock_rows, variant_levels
from shopdesk.inventory.stock import OutOfStock
from shopdesk.inventory.transfer_arrival import (
    ArrivedLine,
    DifferenceReasonNeeded,
    ReceiveTransfer,
    receive_transfer,
)
from shopdesk.inventory.transfers import (
    SaveTransfer,
    SendTransfer,
    TransferLine,
    TransferNotOpen,
    TransferStep,
    cancel_transfer,
    save_transfer,
    send_transfer,
)
from shopdesk.inventory.warehouses import warehouses_list
from tests.inventory.proof import sound
from tests.support.small_shop import actor_of
from tests.support.tampering import Tampering, drop_guards

TEA, MUG, SOAP = 1, 2, 3
MAIN, CELLAR = 1, 2


def draft(**more: Any) -> SaveTransfer:
    fields: dict[str, Any] = {
        "from_warehouse_id": MAIN,
        "to_warehouse_id": CELLAR,
        "lines": (TransferLine(MUG, 5_000), TransferLine(TEA, 2_500)),
        **more,
    }
    return SaveTransfer(**fields)


def sent(shop: Shop, actor: Actor) -> int:
    document = shop.execute(save_transfer, draft(), actor)
    shop.execute(send_transfer, SendTransfer(uuid7(), document, 1), actor)
    return document


def levels(shop: Shop, variant: int = MUG) -> dict[str, int]:
    return {row.warehouse: row.on_hand_milli for row in shop.ask(variant_levels, variant)}


def test_a_draft_moves_nothing_and_can_be_edited_and_given_up(shop: Shop, actor: Actor) -> None:
    document = shop.execute(save_transfer, draft(), actor)
    shop.execute(save_transfer, draft(document_id=document, lines=(TransferLine(SOAP, 1_000),)), actor)
    with pytest.raises(ChangedMeanwhile):
        shop.execute(save_transfer, draft(document_id=document, version=1), actor)
    with shop.database.reading() as connection:
        kept = connection.execute(
            sa.text("SELECT variant_id, quantity FROM transfer_document_lines ORDER BY variant_id")
        ).all()
    assert [tuple(row) for row in kept] == [(TEA, 0), (MUG, 0), (SOAP, 1_000)]
    assert levels(shop) == {"Main": 10_000}
    shop.execute(cancel_transfer, TransferStep(document, 2), actor)
    with pytest.raises(TransferNotOpen):
        shop.execute(send_transfer, SendTransfer(uuid7(), document, 3), actor)
    sound(shop)


def test_sent_goods_are_in_transit_until_they_arrive(shop: Shop, actor: Actor) -> None:
    document = shop.execute(save_transfer, draft(), actor)
    command = SendTransfer(uuid7(), document, 1)
    done = shop.execute(send_transfer, command, actor)
    assert done.number == "T1-D000001"
    assert shop.execute(send_transfer, command, actor) == done  # the same key again
    assert levels(shop) == {"Main": 5_000, "In transit": 5_000}
    assert [row.name for row in shop.ask(warehouses_list)] == ["Main", "Cellar"]
    assert {row.warehouse for row in shop.ask(lambda reader: list(stock_rows(reader, "MUG")))} == {"Main", "Cellar"}
    sound(shop)
    with pytest.raises(TransferNotOpen):
        shop.execute(cancel_transfer, TransferStep(document, 2), actor)
    arrived = shop.execute(receive_transfer, ReceiveTransfer(uuid7(), document), actor)
    assert (arrived.number, arrived.differences) == ("T1-E000001", 0)
    assert levels(shop) == {"Main": 5_000, "In transit": 0, "Cellar": 5_000}
    assert levels(shop, TEA)["Cellar"] == 2_500
    sound(shop)


def test_short_over_damaged_and_unasked_for_are_booked_with_their_reason(shop: Shop, actor: Actor) -> None:
    document = sent(shop, actor)
    lines = (
        ArrivedLine(MUG, 3_000, 1_000, "Broken on the way"),  # five sent: one broken, one missing
        ArrivedLine(TEA, 3_000, 0, "Miscounted when sent"),  # 2.5 sent, 3 arrived
        ArrivedLine(SOAP, 1_000, 0, "Packed wrongly"),
    )
    arrived = shop.execute(receive_transfer, ReceiveTransfer(uuid7(), document, lines), actor)
    assert arrived.differences == 3
    assert levels(shop) == {"Main": 5_000, "In transit": 0, "Cellar": 3_000}
    assert levels(shop, TEA)["Cellar"] == 3_000
    assert levels(shop, SOAP)["Cellar"] == 1_000
    with shop.database.reading() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT variant_id, type, quantity_change, reason FROM inventory_ledger "
                "WHERE reference_type = 'transfer_receipt' AND type IN ('adjust', 'damage') ORDER BY variant_id, type"
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        (TEA, "adjust", 500, "Miscounted when sent"),
        (MUG, "adjust", -1_000, "Broken on the way"),
        (MUG, "damage", -1_000, "Broken on the way"),
        (SOAP, "adjust", 1_000, "Packed wrongly"),
    ]
    sound(shop)


def test_refusals(shop: Shop, actor: Actor) -> None:
    for command, kind in (
        (draft(to_warehouse_id=MAIN), BadField),
        (draft(to_warehouse_id=99), ShopError),
        (draft(lines=(TransferLine(MUG, 0),)), BadAmount),
        (draft(lines=(TransferLine(MUG, 1), TransferLine(MUG, 1))), BadField),
        (draft(lines=(TransferLine(99, 1_000),)), ShopError),
    ):
        with pytest.raises(kind):
            shop.execute(save_transfer, command, actor)
    empty = shop.execute(save_transfer, draft(lines=()), actor)
    with pytest.raises(BadField):
        shop.execute(send_transfer, SendTransfer(uuid7(), empty, 1), actor)
    much = shop.execute(save_transfer, draft(lines=(TransferLine(MUG, 10_001),)), actor)
    with pytest.raises(OutOfStock):
        shop.execute(send_transfer, SendTransfer(uuid7(), much, 1), actor)
    with pytest.raises(NotPermitted):
        shop.execute(save_transfer, draft(), actor_of(shop, "ann"))
    document = sent(shop, actor)
    with pytest.raises(DifferenceReasonNeeded):
        shop.execute(receive_transfer, ReceiveTransfer(uuid7(), document, (ArrivedLine(MUG, 4_000),)), actor)
    with pytest.raises(BadAmount):
        shop.execute(receive_transfer, ReceiveTransfer(uuid7(), document, (ArrivedLine(MUG, -1),)), actor)
    assert levels(shop) == {"Main": 5_000, "In transit": 5_000}
    sound(shop)


def test_two_who_receive_the_same_goods_receive_them_once(shop: Shop, actor: Actor) -> None:
    document = sent(shop, actor)
    start, outcomes = Barrier(4), []

    def receive(till: str) -> None:
        start.wait()
        try:
            command = ReceiveTransfer(uuid7(), document, till=till)
            outcomes.append(shop.execute(receive_transfer, command, actor).number[3:])
        except ShopError as error:
            outcomes.append(error.code)

    threads = [Thread(target=receive, args=(till,)) for till in ("T1", "T2", "T1", "T2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["E000001", "transfer_state", "transfer_state", "transfer_state"]
    assert levels(shop)["Cellar"] == 5_000
    sound(shop)


def test_the_doctor_finds_what_was_changed(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    document = sent(shop, actor)
    lines = (ArrivedLine(MUG, 4_000, 0, "Missing"),)
    shop.execute(receive_transfer, ReceiveTransfer(uuid7(), document, lines), actor)
    sent(shop, actor)
    drop_guards(shop.database)
    with Tampering((shop.database, (), clock)) as shop_file:
        for statement, ids in (
            ("UPDATE transfer_documents SET notes = 'x' WHERE id = 1", {"I19"}),
            ("UPDATE transfer_document_lines SET quantity = 1 WHERE id = 1", {"I06", "I19"}),
            ("UPDATE transfer_receipt_lines SET reason = ''", {"I06", "I19"}),
            ("UPDATE transfer_receipt_lines SET received = 5000 WHERE variant_id = 2", {"I05", "I06", "I19"}),
            ("UPDATE transfer_documents SET state = 'sent' WHERE id = 1", {"I06"}),
            ("UPDATE transfer_documents SET state = 'received' WHERE id = 2", {"I06"}),
            ("UPDATE warehouses SET is_transit = (id = 2)", {"I06"}),
        ):
            assert shop_file.noticed_after(statement, {}) == ids, statement


def test_several_lines_are_adjusted_in_one_document(shop: Shop, actor: Actor) -> None:
    command = AdjustGoods(
        key=uuid7(),
        warehouse_id=MAIN,
        reason="Broken",
        lines=(AdjustLine(MUG, -2_000), AdjustLine(TEA, -500)),
    )
    done = shop.execute(adjust_goods, command, actor)
    assert (done.number, done.lines) == ("T1-A000002", 2)
    assert shop.execute(adjust_goods, command, actor) == done
    assert levels(shop) == {"Main": 8_000}
    for wrong, kind in (
        (replace(command, key=uuid7(), lines=()), BadField),
        (replace(command, key=uuid7(), reason=" "), ShopError),
        (replace(command, key=uuid7(), lines=(AdjustLine(MUG, 1_000), AdjustLine(TEA, -(10**9)))), OutOfStock),
        (replace(command, key=uuid7(), warehouse_id=9), ShopError),
    ):
        with pytest.raises(kind):
            shop.execute(adjust_goods, wrong, actor)
    assert levels(shop) == {"Main": 8_000}
    sound(shop)
