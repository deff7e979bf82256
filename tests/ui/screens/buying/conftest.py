"""Somebody who buys: a supplier, an order of which a part came, a draft, goods sent back, and hands for the screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.inventory.queries import stock_rows
from shopdesk.purchasing.order_queries import OrderCard, order_card
from shopdesk.purchasing.orders import OrderLineFields, SaveOrder, save_order
from shopdesk.purchasing.placing import PlaceOrder, place_order
from shopdesk.purchasing.receive import ReceivedLine, ReceiveGoods, receive_goods
from shopdesk.purchasing.send_back import SendBack, SentBackLine, send_back
from shopdesk.purchasing.supplier_items import SaveSupplierItem, save_supplier_item
from shopdesk.purchasing.suppliers import SaveSupplier, save_supplier
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.record_page import RecordPage
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.specs import ListScreen
from shopdesk.ui.screens.purchase_lines import LinesModel
from tests.ui.screens.test_every_list import opened

MUG_CODE = "4002385002017"


class Buyer:
    """Somebody who buys, and the page in front of them."""

    def __init__(self, desk: Desk, memory: Memory, qtbot: QtBot, shop: Shop, actor: Actor) -> None:
        self.desk, self.memory, self.qtbot, self.shop, self.actor = desk, memory, qtbot, shop, actor
        self.page: Any = None

    def settle(self) -> None:
        """Until nothing is under way."""
        QTest.qWait(20)
        self.qtbot.waitUntil(lambda: self.desk.lanes.busy == 0, timeout=10_000)
        QTest.qWait(20)
        self.qtbot.waitUntil(lambda: self.desk.lanes.busy == 0, timeout=10_000)

    def open(self, spec: RecordPage, record_id: int, tab: str = "") -> RecordView:
        self.page = RecordView(spec, record_id, self.desk, self.memory)
        self.qtbot.addWidget(self.page)
        self.page.resize(1150, 740)
        self.page.show()
        if tab:
            self.page.open_tab(tab)
        self.settle()
        return self.page  # type: ignore[no-any-return]

    def list(self, spec: ListScreen) -> ListView:
        self.page = opened(spec, self.desk, self.memory, self.qtbot)
        return self.page  # type: ignore[no-any-return]

    def dialog(self, kind: type[Any] = QDialog) -> Any:
        found = [one for one in self.page.findChildren(kind) if one.isVisible()]
        assert found, f"no {kind.__name__}: {self.page.messages.text}"
        return found[-1]

    def press(self, dialog: QWidget, name: str = "act") -> None:
        made = dialog.findChild(QPushButton, name)
        assert made is not None
        made.click()
        self.settle()

    def scan(self, line: Any, code: str) -> None:
        """A scanner types a code and Enter."""
        line.line.setFocus()
        QTest.keyClicks(line.line, code)
        QTest.keyClick(line.line, Qt.Key.Key_Return)
        self.settle()

    def card(self, order_id: int) -> OrderCard:
        card = self.shop.ask(order_card, order_id)
        assert card is not None
        return card

    def stock(self, sku: str) -> int:
        def on_hand(reader: Any) -> int:
            return next(row.on_hand_milli for row in stock_rows(reader, sku, "Main"))

        return self.shop.ask(on_hand)


def type_into(model: LinesModel, row: int, key: str, text: str) -> bool:
    """What the table's editor does when somebody types into a cell."""
    column = next(at for at, one in enumerate(model.columns) if one.key == key)
    return model.setData(model.index(row, column), text)


@pytest.fixture
def buyer(desk: Desk, memory: Memory, qtbot: QtBot, busy_shop: Shop, actor: Actor) -> Buyer:
    def do(use_case: Callable[..., Any], command: object) -> Any:
        return busy_shop.execute(use_case, command, actor)

    supplier = do(save_supplier, SaveSupplier(name="Tea House", email="orders@teahouse.example", lead_time_days=5))
    for sku, pack, cents in (("TEA", 12_000, 2_400), ("MUG", 1_000, 310)):
        item = SaveSupplierItem(
            supplier_id=supplier, sku=sku, pack_quantity_milli=pack, pack_cost_cents=cents, is_preferred=True
        )
        do(save_supplier_item, item)
    lines = (OrderLineFields(sku="MUG", quantity_milli=4_000), OrderLineFields(sku="TEA", quantity_milli=24_000))
    placed = do(save_order, SaveOrder(supplier_id=supplier, warehouse_id=1, lines=lines)).order_id
    do(place_order, PlaceOrder(key=uuid7(), order_id=placed, version=1))
    do(save_order, SaveOrder(supplier_id=supplier, warehouse_id=1, lines=lines))
    came = (ReceivedLine(sku="TEA", quantity_milli=12_000),)
    receipt = do(receive_goods, ReceiveGoods(key=uuid7(), lines=came, order_id=placed))
    goes = (SentBackLine(sku="TEA", quantity_milli=1_000),)
    do(send_back, SendBack(key=uuid7(), lines=goes, reason="torn", receipt_id=receipt.receipt_id))
    return Buyer(desk, memory, qtbot, busy_shop, actor)
