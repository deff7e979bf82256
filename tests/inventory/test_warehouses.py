"""Warehouses: added, renamed, closed only when nothing depends on them."""

from __future__ import annotations

import pytest

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, NotPermitted
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.inventory.warehouses import SaveWarehouse, WarehouseInUse, save_warehouse, warehouses_list


def test_a_warehouse_is_added_and_takes_stock(shop: Shop, actor: Actor) -> None:
    attic = shop.execute(save_warehouse, SaveWarehouse(name=" Attic ", location="Upstairs"), actor)
    rows = {row.id: row for row in shop.ask(warehouses_list)}
    assert (rows[attic].name, rows[attic].location, rows[attic].tills) == ("Attic", "Upstairs", "")
    assert rows[1].tills == "T1, T2"
    got = AdjustStock(key=uuid7(), sku="TEA", warehouse="Attic", quantity_change_milli=5_000, reason="Goods received")
    assert shop.execute(adjust_stock, got, actor).on_hand_milli == 5_000


def test_one_that_is_needed_stays_open(shop: Shop, actor: Actor) -> None:
    with pytest.raises(WarehouseInUse, match="Main"):
        shop.execute(save_warehouse, SaveWarehouse(name="Main", is_active=False, warehouse_id=1), actor)
    key = uuid7()
    got = AdjustStock(key=key, sku="TEA", warehouse="Cellar", quantity_change_milli=5_000, reason="Found")
    shop.execute(adjust_stock, got, actor)
    closing = SaveWarehouse(name="Cellar", is_active=False, warehouse_id=2)
    with pytest.raises(WarehouseInUse):
        shop.execute(save_warehouse, closing, actor)
    gone = AdjustStock(key=uuid7(), sku="TEA", warehouse="Cellar", quantity_change_milli=-5_000, reason="Lost")
    shop.execute(adjust_stock, gone, actor)
    shop.execute(save_warehouse, closing, actor)
    assert [name for _id, name in shop.ask(warehouse_choices)] == ["Main"]


def test_refusals(shop: Shop, actor: Actor, clerk: Actor) -> None:
    for command, error in (
        (SaveWarehouse(name="Cellar"), BadField),
        (SaveWarehouse(name="  "), BadField),
        (SaveWarehouse(name="X", warehouse_id=99), NotFound),
        (SaveWarehouse(name="Main hall", warehouse_id=1, version=9), ChangedMeanwhile),
    ):
        with pytest.raises(error):
            shop.execute(save_warehouse, command, actor)
    with pytest.raises(NotPermitted):
        shop.execute(save_warehouse, SaveWarehouse(name="Mine"), clerk)
