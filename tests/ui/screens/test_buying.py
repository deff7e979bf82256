"""Purchasing through the screens: order, send, receive by scan, give a code to goods, take back, send back, suggestions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QAbstractItemModelTester, QTest
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
from shopdesk.ui.dialogs.receiving import ReceivingDialog
from shopdesk.ui.dialogs.receiving_choice import DeliveryChoice
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.record_page import RecordPage
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.specs import FilterKind, ListScreen
from shopdesk.ui.screens.purchase_editor import DraftEditor
from shopdesk.ui.screens.purchase_lines import LinesModel
from shopdesk.ui.screens.purchase_order import ORDER
from shopdesk.ui.screens.purchase_orders import ORDERS
from shopdesk.ui.screens.purchase_returns import RETURN, RETURNS
from shopdesk.ui.screens.purchase_send import SendOrder
from shopdesk.ui.screens.receiving import RECEIPT, RECEIPTS
from shopdesk.ui.screens.suggestions import SUGGESTIONS
from shopdesk.ui.screens.suppliers import ITEMS, SUPPLIER, SUPPLIERS
from tests.ui.screens.test_every_list import opened, settled

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


# ------------------------------------------------------------------ lists and pages


@pytest.mark.parametrize("spec", [SUPPLIERS, ORDERS, RECEIPTS, RETURNS, SUGGESTIONS], ids=lambda spec: spec.key)
def test_each_list_opens_sorts_filters_and_shows_details(buyer: Buyer, spec: ListScreen) -> None:
    view = buyer.list(spec)
    everything = len(view.model.rows)
    assert everything, spec.key
    assert view.messages.text == ""
    for one in spec.filters:
        if one.kind is FilterKind.PERIOD:
            words, value = view.filters.periods()[0]
        elif one.kind is FilterKind.FLAG:
            words, value = "", True
        else:
            value, words = view.filters.options(one.key)[0]
        view.filters.set(one.key, value, words)
        settled(view, buyer.qtbot)
        assert view.messages.text == ""
        assert len(view.model.rows) <= everything
        view.filters.clear()
        settled(view, buyer.qtbot)
    view.table.selectRow(0)
    buyer.qtbot.waitUntil(view.detail.isVisible)


@pytest.mark.parametrize(
    ("spec", "record"),
    [(SUPPLIER, 1), (ORDER, 1), (ORDER, 2), (RECEIPT, 1), (RETURN, 1)],
    ids=lambda one: str(one)[:14],
)
def test_each_page_opens_with_all_its_tabs(buyer: Buyer, spec: RecordPage, record: int) -> None:
    page = buyer.open(spec, record)
    assert page.heading
    for key in list(page._keys):
        page.open_tab(key)
        buyer.settle()
        assert page.tab(key) is not None
        assert page.messages.text == ""
    missing = buyer.open(spec, 999)
    assert missing.record is None


# ------------------------------------------------------------------ a draft


def test_a_draft_is_filled_saved_and_placed(buyer: Buyer) -> None:
    page = buyer.open(ORDER, 2, "draft")
    editor = page.tab("draft")
    assert isinstance(editor, DraftEditor)
    QAbstractItemModelTester(editor.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    buyer.scan(editor.goods, MUG_CODE)
    assert [line.quantity_milli for line in editor.model.lines] == [5_000, 24_000]
    buyer.scan(editor.goods, "4006381333931")
    assert editor.model.lines[1].quantity_milli == 25_000
    assert type_into(editor.model, 1, "packs", "3")
    assert editor.model.lines[1].quantity_milli == 36_000
    assert type_into(editor.model, 0, "cost", "3,20")
    assert not type_into(editor.model, 0, "cost", "much")
    assert "figure" in page.messages.text
    buyer.scan(editor.goods, "9999999999994")
    assert "No product has the code 9999999999994" in page.messages.text
    assert page.dirty
    editor.save()
    buyer.settle()
    assert not page.dirty
    card = buyer.card(2)
    assert [(line.sku, line.quantity_milli, line.pack_cents) for line in card.lines] == [
        ("MUG", 5_000, 320),
        ("TEA", 36_000, 2_400),
    ]
    editor.place()
    buyer.settle()
    assert buyer.card(2).number == "T1-P000002"
    assert page.tab("draft") is None
    assert "T1-P000002" in page.messages.text


def test_placing_saves_first_and_a_small_order_is_asked_about(buyer: Buyer) -> None:
    change = SaveSupplier(supplier_id=1, version=1, name="Tea House", minimum_order_cents=100_000)
    buyer.shop.execute(save_supplier, change, buyer.actor)
    page = buyer.open(ORDER, 2, "draft")
    editor = page.tab("draft")
    assert isinstance(editor, DraftEditor)
    type_into(editor.model, 0, "quantity", "7")
    editor.place()
    buyer.settle()
    question = buyer.dialog()
    assert "1,000.00" in question.findChild(QWidget, "question_text").text()
    buyer.press(question)
    card = buyer.card(2)
    assert (card.status, card.lines[0].quantity_milli) == ("ordered", 7_000)


def test_the_goods_of_the_supplier_and_what_runs_low_are_added(buyer: Buyer) -> None:
    new = buyer.shop.execute(save_order, SaveOrder(supplier_id=1, warehouse_id=1), buyer.actor).order_id
    page = buyer.open(ORDER, new, "draft")
    editor = page.tab("draft")
    assert isinstance(editor, DraftEditor)
    buyer.press(editor, "add_items")
    assert sorted(line.sku for line in editor.model.lines) == ["MUG", "TEA"]
    buyer.press(editor, "add_items")
    assert "already" in page.messages.text
    buyer.press(editor, "add_suggested")
    assert "runs low" in page.messages.text
    editor.save()
    buyer.settle()
    assert buyer.card(new).lines == ()  # lines without a quantity are not ordered


def test_a_stranger_who_saved_first_is_told(buyer: Buyer) -> None:
    page = buyer.open(ORDER, 2, "draft")
    editor = page.tab("draft")
    assert isinstance(editor, DraftEditor)
    type_into(editor.model, 0, "quantity", "9")
    buyer.shop.execute(save_order, SaveOrder(order_id=2, version=1, supplier_id=1, warehouse_id=2), buyer.actor)
    buyer.settle()
    assert editor.model.lines[0].quantity_milli == 9_000  # what was typed is not lost
    editor.save()
    buyer.settle()
    assert "changed by somebody else" in page.messages.text
    assert page.dirty


# ------------------------------------------------------------------ afterwards


def test_an_order_is_sent_by_pdf_and_mail(buyer: Buyer, monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    page = buyer.open(ORDER, 1)
    page.run("send")
    dialog = buyer.dialog(SendOrder)
    assert dialog.to.value() == "orders@teahouse.example"
    own_home.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(
        "shopdesk.ui.screens.purchase_send.QStandardPaths.writableLocation", lambda _where: str(own_home)
    )
    opened_urls: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened_urls.append(QUrl(url).toString()) or True)
    buyer.press(dialog, "save_pdf")
    assert (own_home / "T1-P000001.pdf").read_bytes().startswith(b"%PDF")
    assert str(own_home) in dialog.path.text()
    buyer.press(dialog, "begin_mail")
    assert opened_urls[0].startswith("mailto:orders@teahouse.example?subject=")
    buyer.press(dialog)
    assert (buyer.card(1).sent_to, "sent" in page.messages.text) == ("orders@teahouse.example", True)


def test_cancelling_asks_why(buyer: Buyer) -> None:
    page = buyer.open(ORDER, 1)
    page.run("cancel")
    question = buyer.dialog()
    question.findChild(QWidget, "text_answer").setText("found it cheaper")
    buyer.press(question)
    card = buyer.card(1)
    assert (card.status, card.steps[-1].note) == ("received", "found it cheaper")
    page.run("duplicate")
    buyer.settle()
    assert len(buyer.card(3).lines) == 2


# ------------------------------------------------------------------ receiving


def receiving(buyer: Buyer) -> ReceivingDialog:
    page = buyer.open(ORDER, 1)
    page.run("receive")
    buyer.settle()
    dialog = buyer.dialog(ReceivingDialog)
    assert isinstance(dialog, ReceivingDialog)
    return dialog


def test_a_delivery_is_counted_by_scanning_and_booked_once(buyer: Buyer) -> None:
    dialog = receiving(buyer)
    QAbstractItemModelTester(dialog.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    before = buyer.stock("MUG")
    assert [line.expected_milli for line in dialog.model.lines] == [4_000, 12_000]
    for _scan in range(3):
        buyer.scan(dialog.goods, MUG_CODE)
    assert dialog.last.text() == "Mug: 3 of 4"
    assert type_into(dialog.model, 0, "cost", "3.30")
    dialog.note.setText("DN 12")
    buyer.press(dialog)
    assert dialog.booked is not None
    assert (dialog.booked.number, dialog.booked.status) == ("T1-G000002", "part_received")
    assert buyer.stock("MUG") == before + 3_000
    assert "T1-G000002" in buyer.page.messages.text
    assert buyer.page.findChild(QPushButton, "labels") is not None


def test_more_than_ordered_and_strange_goods_are_confirmed(buyer: Buyer) -> None:
    dialog = receiving(buyer)
    buyer.press(dialog, "count_all")
    buyer.scan(dialog.goods, MUG_CODE)
    assert "more came" in dialog.messages.text
    buyer.scan(dialog.goods, "SOAP")
    assert "not on this order" in dialog.messages.text
    buyer.press(dialog)
    assert "cost" in dialog.messages.text  # nobody knows what soap costs
    assert type_into(dialog.model, 2, "cost", "0.90")
    buyer.press(dialog)
    question = next(one for one in dialog.findChildren(QDialog) if one.isVisible())
    assert "MUG +1, SOAP +1" in question.findChild(QWidget, "question_text").text()
    buyer.press(question)
    assert dialog.booked is not None
    assert buyer.card(1).status == "received"


def test_an_unknown_code_is_given_to_goods_and_then_counts(buyer: Buyer) -> None:
    dialog = receiving(buyer)
    buyer.scan(dialog.goods, "4012345000009")
    assert "Nobody knows the code 4012345000009" in dialog.messages.text
    assert not dialog.counted
    buyer.press(dialog, "attach")
    attach = next(one for one in dialog.findChildren(QDialog) if one.objectName() == "attach_barcode")
    buyer.press(attach)
    assert "Choose the goods" in attach.messages.text
    buyer.scan(attach.goods, "MUG")
    attach.pack.set_value(2_000)
    buyer.press(attach)
    assert [line.quantity_milli for line in dialog.counted] == [2_000]
    buyer.scan(dialog.goods, "4012345000009")
    assert [line.quantity_milli for line in dialog.counted] == [4_000]


def test_who_is_second_sees_what_is_left_and_keeps_the_count(buyer: Buyer) -> None:
    dialog = receiving(buyer)
    buyer.scan(dialog.goods, MUG_CODE)
    other = ReceiveGoods(key=uuid7(), lines=(ReceivedLine(sku="MUG", quantity_milli=3_000),), order_id=1)
    buyer.shop.execute(receive_goods, other, buyer.actor)
    buyer.press(dialog)
    assert "somebody else booked goods" in dialog.messages.text
    (mug,) = dialog.counted
    assert (mug.quantity_milli, mug.expected_milli, mug.before_milli) == (1_000, 1_000, 3_000)
    buyer.press(dialog)
    assert dialog.booked is not None


def test_leaving_a_count_is_asked_about_and_the_rest_is_closed(buyer: Buyer) -> None:
    dialog = receiving(buyer)
    buyer.scan(dialog.goods, MUG_CODE)
    dialog.reject()
    question = next(one for one in dialog.findChildren(QDialog) if one.isVisible())
    question.reject()
    assert dialog.isVisible()
    dialog.table.removed.emit(0)
    assert not dialog.counted
    buyer.scan(dialog.goods, MUG_CODE)
    dialog.close_short.set_value(True)
    buyer.press(dialog)
    assert buyer.card(1).status == "received"


def test_a_delivery_without_an_order_is_chosen_by_supplier(buyer: Buyer) -> None:
    view = buyer.list(RECEIPTS)
    view.run("receive", [])
    buyer.settle()
    choice = buyer.dialog(DeliveryChoice)
    assert choice.order.value() == 1
    choice.order.set_value(None)
    buyer.press(choice)
    assert "Choose an order" in choice.messages.text
    choice.supplier.set_value(1)
    buyer.press(choice)
    dialog = buyer.dialog(ReceivingDialog)
    buyer.scan(dialog.goods, MUG_CODE)
    buyer.press(dialog)
    assert dialog.booked is not None
    assert dialog.booked.status == ""


def test_a_wrong_delivery_is_taken_back_and_goods_are_sent_back(buyer: Buyer) -> None:
    before = buyer.stock("TEA")
    page = buyer.open(RECEIPT, 1)
    page.run("send_back")
    buyer.settle()
    dialog = buyer.dialog()
    assert [line.expected_milli for line in dialog.model.lines] == [11_000]
    buyer.scan(dialog.goods, MUG_CODE)
    assert "not on this delivery" in dialog.messages.text
    type_into(dialog.model, 0, "quantity", "20")
    buyer.press(dialog)
    assert "Only 11" in dialog.messages.text
    type_into(dialog.model, 0, "quantity", "2")
    dialog.reason.setEditText("Smells of smoke")
    buyer.press(dialog)
    assert buyer.stock("TEA") == before - 2_000
    view = buyer.list(RETURNS)
    assert view.model.rows[0].reason == "Smells of smoke"
    order = ReceiveGoods(key=uuid7(), lines=(ReceivedLine(sku="MUG", quantity_milli=1_000),), order_id=1)
    wrong = buyer.shop.execute(receive_goods, order, buyer.actor)
    page = buyer.open(RECEIPT, wrong.receipt_id)
    page.run("reverse")
    question = buyer.dialog()
    question.findChild(QWidget, "text_answer").setText("not ours")
    buyer.press(question)
    assert page.record.head.state == "reversed"


# ------------------------------------------------------------------ suppliers and suggestions


def test_a_supplier_is_added_with_goods_and_taken_out_of_use(buyer: Buyer) -> None:
    view = buyer.list(SUPPLIERS)
    view.run("new")
    form = buyer.dialog()
    form.view.input("name").set_value("Mug Works")
    buyer.press(form)
    page = buyer.open(SUPPLIER, 2, "items")
    items = page.tab("items")
    assert isinstance(items, ListView)
    items.run("new_item", [])
    form = next(one for one in items.findChildren(QDialog) if one.isVisible())
    form.view.input("sku").set_value("NOPE")
    buyer.press(form)
    assert "no such product" in form.view.error("sku")
    form.view.input("sku").set_value("MUG")
    form.view.input("pack_cost_cents").set_value(290)
    buyer.press(form)
    buyer.qtbot.waitUntil(lambda: [row.sku for row in items.model.rows] == ["MUG"])
    items.run("remove_item", [items.model.rows[0]])
    buyer.qtbot.waitUntil(lambda: not items.model.rows)
    buyer.settle()
    buyer.press(items, "undo")
    buyer.qtbot.waitUntil(lambda: [row.sku for row in items.model.rows] == ["MUG"])
    page.run("retire")
    buyer.settle()
    assert page.record.is_active is False


def test_chosen_suggestions_become_a_draft_for_each_supplier(buyer: Buyer) -> None:
    view = buyer.list(SUGGESTIONS)
    rows = {row.sku: row for row in view.model.rows}
    assert rows["SOAP"].why == "gone"
    view.run("order", [rows["SOAP"]])
    assert "Nobody is known to sell SOAP" in view.messages.text
    item = SaveSupplierItem(supplier_id=1, sku="SOAP", pack_cost_cents=120)
    buyer.shop.execute(save_supplier_item, item, buyer.actor)
    buyer.settle()
    buyer.qtbot.waitUntil(lambda: any(row.supplier for row in view.model.rows if row.sku == "SOAP"))
    view.run("order", [row for row in view.model.rows if row.sku == "SOAP"])
    buyer.settle()
    assert "1 draft was made" in view.messages.text
    assert [line.sku for line in buyer.card(3).lines] == ["SOAP"]
    buyer.qtbot.waitUntil(lambda: "SOAP" not in {row.sku for row in view.model.rows})


def test_goods_of_a_supplier_are_a_list_of_their_own(buyer: Buyer) -> None:
    page = buyer.open(SUPPLIER, 1, "items")
    items = page.tab("items")
    assert isinstance(items, ListView)
    assert items.spec is ITEMS
    assert not items.model.index(0, 0, QModelIndex()).parent().isValid()
    items.run("edit_item", [items.model.rows[0]])
    form = next(one for one in items.findChildren(QDialog) if one.isVisible())
    form.view.input("supplier_code").set_value("M-1")
    buyer.press(form)
    buyer.qtbot.waitUntil(lambda: items.model.rows[0].supplier_code == "M-1")
