"""A corner shop with a supplier, and short ways to order, receive and look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from shopdesk.books.doctor import run_doctor
from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.purchasing.order_queries import OrderCard, order_card
from shopdesk.purchasing.orders import OrderLineFields, SaveOrder, save_order
from shopdesk.purchasing.placing import PlaceOrder, place_order
from shopdesk.purchasing.receive import GoodsReceived, ReceivedLine, ReceiveGoods, receive_goods
from shopdesk.purchasing.supplier_items import SaveSupplierItem, save_supplier_item
from shopdesk.purchasing.suppliers import SaveSupplier, save_supplier


@dataclass
class Buying:
    """The shop as somebody of the back office uses it; lines are (SKU, thousandths)."""

    shop: Shop
    actor: Actor
    supplier: int = 0

    def do(self, use_case: Callable[..., Any], command: object) -> Any:
        return self.shop.execute(use_case, command, self.actor)

    def draft(self, *lines: tuple[str, int], **more: Any) -> int:
        wanted = tuple(OrderLineFields(sku=sku, quantity_milli=milli) for sku, milli in lines)
        fields = {"supplier_id": self.supplier, "warehouse_id": 1, **more}
        return int(self.do(save_order, SaveOrder(lines=wanted, **fields)).order_id)

    def place(self, order_id: int, **more: Any) -> str:
        fields = {"key": uuid7(), "version": self.card(order_id).version, **more}
        return str(self.do(place_order, PlaceOrder(order_id=order_id, **fields)).number)

    def ordered(self, *lines: tuple[str, int], **more: Any) -> int:
        order_id = self.draft(*lines, **more)
        self.place(order_id)
        return order_id

    def receive(self, order_id: int | None, *lines: tuple[str, int], **more: Any) -> GoodsReceived:
        came = tuple(ReceivedLine(sku=sku, quantity_milli=milli) for sku, milli in lines)
        command = ReceiveGoods(**{"key": uuid7(), "lines": came, "order_id": order_id, **more})
        done = self.do(receive_goods, command)
        assert isinstance(done, GoodsReceived)
        return done

    def card(self, order_id: int) -> OrderCard:
        card = self.shop.ask(order_card, order_id)
        assert card is not None
        return card

    def value(self, question: str, **values: Any) -> Any:
        with self.shop.database.reading() as connection:
            return connection.execute(sa.text(question), values).scalar()

    def on_hand(self, sku: str, warehouse: int = 1) -> int:
        found = self.value(
            "SELECT s.on_hand FROM stock_levels s JOIN product_variants v ON v.id = s.variant_id "
            "WHERE v.sku = :sku AND s.warehouse_id = :warehouse",
            sku=sku,
            warehouse=warehouse,
        )
        return int(found or 0)

    def cost(self, sku: str) -> int | None:
        found = self.value("SELECT cost_cents FROM product_variants WHERE sku = :sku", sku=sku)
        return None if found is None else int(found)

    def sound(self) -> None:
        """The doctor is content."""
        report = run_doctor(self.shop.database, clock=self.shop.clock)
        assert [(one.id, one.samples) for one in report.findings if one.violations] == []


@pytest.fixture
def buying(shop: Shop, actor: Actor) -> Buying:
    """A tea house sells tea in packs of 12 for 24.00, mugs singly for 3.10, soap at no known price."""
    made = Buying(shop, actor)
    made.supplier = made.do(
        save_supplier,
        SaveSupplier(name="Tea House", email="orders@teahouse.example", lead_time_days=5, country_code="DE"),
    )
    for sku, pack, cents in (("TEA", 12_000, 2400), ("MUG", 1_000, 310), ("SOAP", 1_000, None)):
        made.do(
            save_supplier_item,
            SaveSupplierItem(
                supplier_id=made.supplier,
                sku=sku,
                supplier_code=f"TH-{sku}",
                pack_quantity_milli=pack,
                pack_cost_cents=cents,
                is_preferred=True,
            ),
        )
    return made
