"""Deliveries through the screens: counted by scanning, more and less than ordered, unknown codes, taken back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QDialog, QWidget

from shopdesk.core.ids import uuid7
from shopdesk.purchasing.receive import ReceivedLine, ReceiveGoods, receive_goods
from shopdesk.ui.dialogs.labels import LabelsDialog
from shopdesk.ui.dialogs.receiving import ReceivingDialog
from shopdesk.ui.dialogs.receiving_choice import DeliveryChoice
from shopdesk.ui.screens.purchase_order import ORDER
from shopdesk.ui.screens.purchase_returns import RETURNS
from shopdesk.ui.screens.receiving import RECEIPT, RECEIPTS
from tests.ui.screens.buying.conftest import MUG_CODE, Buyer, type_into


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
    assert (dialog.booked.number, dialog.booked.order_status) == ("T1-G000002", "part_received")
    assert buyer.stock("MUG") == before + 3_000
    assert "T1-G000002" in buyer.page.messages.text
    buyer.press(buyer.page, "labels")
    labels = buyer.dialog(LabelsDialog)
    assert labels.isVisible()


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
    assert dialog.booked.order_status == ""


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


def test_scans_in_quick_succession_and_into_a_cell_all_count(buyer: Buyer) -> None:
    dialog = receiving(buyer)
    for _scan in range(4):  # without waiting for the answers
        QTest.keyClicks(dialog.goods.line, MUG_CODE)
        QTest.keyClick(dialog.goods.line, Qt.Key.Key_Return)
    buyer.settle()
    assert dialog.model.lines[0].quantity_milli == 4_000
    assert not type_into(dialog.model, 1, "counted", MUG_CODE)
    buyer.settle()
    assert [line.quantity_milli for line in dialog.model.lines] == [5_000, 0]
    assert "more came" in dialog.messages.text
