"""Purchasing without a window: a supplier, an order, its delivery, a return; and the questions about them."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from shopdesk.app import open_shop
from shopdesk.cli.ask import QUESTIONS
from shopdesk.cli.commands import BadRequest
from shopdesk.cli.table import COMMANDS
from shopdesk.cli.table_buying import BUYING
from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from tests.support.small_shop import actor_of


def do(shop: Shop, actor: Actor, what: str, **fields: Any) -> dict[str, Any]:
    return COMMANDS[what].run(shop, actor, {"key": uuid7(), **fields}, "T1")


def ask(shop: Shop, actor: Actor, name: str, **given: str) -> list[dict[str, object]]:
    _known, question = QUESTIONS[name]
    return list(shop.stream(question, actor, given))


def test_every_use_case_of_purchasing_has_its_name() -> None:
    assert set(BUYING) <= set(COMMANDS)
    for name, doing in BUYING.items():
        assert doing.about, name
        assert doing.fields(), name


def test_an_order_from_supplier_to_return(shop: Shop, actor: Actor) -> None:
    supplier = do(shop, actor, "save_supplier", name="Tea House", lead_time_days=5)["result"]
    do(
        shop,
        actor,
        "save_supplier_item",
        supplier_id=supplier,
        sku="TEA",
        pack_quantity_milli=12_000,
        pack_cost_cents=2_400,
    )
    saved = do(
        shop,
        actor,
        "save_purchase_order",
        supplier_id=supplier,
        warehouse_id=1,
        expected_on="2026-12-01",
        lines=[{"sku": "TEA", "quantity_milli": 24_000}],
    )
    assert saved["total_cents"] == 4_800
    order = saved["order_id"]
    assert do(shop, actor, "place_purchase_order", order_id=order, version=1)["number"] == "T1-P000001"
    do(shop, actor, "mark_purchase_order_sent", order_id=order, sent_to="by phone")
    came = do(shop, actor, "receive_goods", order_id=order, lines=[{"sku": "TEA", "quantity_milli": 12_000}])
    assert (came["number"], came["order_status"]) == ("T1-G000001", "part_received")
    back = do(
        shop,
        actor,
        "send_back_goods",
        receipt_id=came["receipt_id"],
        reason="torn",
        lines=[{"sku": "TEA", "quantity_milli": 1_000}],
    )
    assert back["number"] == "T1-B000001"
    rest = do(shop, actor, "cancel_purchase_order", order_id=order, version=4, reason="late")
    assert rest["result"] == "received"
    (row,) = ask(shop, actor, "purchase_orders", q="P000001")
    assert (row["status"], row["expected_on"]) == ("received", "2026-12-01")
    assert [one["name"] for one in ask(shop, actor, "suppliers")] == ["Tea House"]
    assert [one["number"] for one in ask(shop, actor, "deliveries")] == ["T1-G000001"]
    assert ask(shop, actor, "suggested_orders", warehouse="1") == []
    assert ask(shop, actor, "purchase_orders", status="draft") == []


def test_who_may_not_is_told_and_strange_fields_are_errors(shop: Shop, actor: Actor) -> None:
    clerk = actor_of(shop, "ann")
    for name in ("suppliers", "purchase_orders", "deliveries", "suggested_orders"):
        with pytest.raises(Exception, match=r"supplier\.view"):
            ask(shop, clerk, name)
    with pytest.raises(BadRequest, match="colour"):
        do(shop, actor, "save_supplier", name="X", colour="red")
    with pytest.raises(BadRequest):
        do(shop, actor, "save_purchase_order", supplier_id=1, warehouse_id=1, expected_on="soon")


def test_the_address_of_a_shop_is_all_it_takes(sqlite_shop: Shop, actor: Actor) -> None:
    """The names work in another process's shop, too: nothing is kept in this one."""
    with closing(open_shop(str(sqlite_shop.database.file))) as again:
        assert do(again, actor, "save_supplier", name="Elsewhere")["result"] == 1
    assert [one["name"] for one in ask(sqlite_shop, actor, "suppliers")] == ["Elsewhere"]
