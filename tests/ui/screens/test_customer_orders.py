"""An order from the telephone through the screens: taken, processed, paid, packed by scan, sent; and its papers."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton

from shopdesk.books.doctor import run_doctor
from shopdesk.core.ids import uuid7
from shopdesk.orders.commands import AddressGiven, CreateOrder, OrderContent, ProcessOrder
from shopdesk.orders.papers import confirmation_pdf, invoice_pdf, packing_slip_pdf
from shopdesk.orders.placing import create_order
from shopdesk.orders.processing import process_order
from shopdesk.orders.queries import order_card
from shopdesk.orders.shipping_options import SaveShippingOption, save_shipping_option
from shopdesk.parties.addresses import SaveAddress, save_address
from shopdesk.printing.raster import pdf_pictures
from shopdesk.sales.sale_command import SaleLine
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.screens.customer_order import ORDER
from shopdesk.ui.screens.customer_order_editor import OrderEditor

HOME = AddressGiven("Lime Street 4", "DE", first_name="Kim", last_name="Lee", city="Berlin", postal_code="10115")


class Hands:
    """Somebody in the back office with an order's page in front of them."""

    def __init__(self, desk, memory, qtbot) -> None:
        self.desk, self.memory, self.qtbot = desk, memory, qtbot

    def settle(self) -> None:
        for _round in range(2):
            QTest.qWait(20)
            self.qtbot.waitUntil(lambda: self.desk.lanes.busy == 0, timeout=10_000)

    def open(self, number: str, tab: str = "") -> RecordView:
        page = RecordView(ORDER, number, self.desk, self.memory)
        self.qtbot.addWidget(page)
        page.resize(1150, 740)
        page.show()
        self.settle()
        if tab:
            page.open_tab(tab)
            self.settle()
        return page

    def dialog(self, name: str) -> QDialog:
        found: list[QDialog] = []

        def look() -> bool:
            found[:] = [
                one
                for one in QApplication.topLevelWidgets()
                if isinstance(one, QDialog) and one.isVisible() and one.objectName() == name
            ]
            return bool(found)

        self.qtbot.waitUntil(look, timeout=5_000)
        return found[0]

    def press(self, dialog: QDialog, name: str = "act") -> None:
        button = dialog.findChild(QPushButton, name)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()


@pytest.fixture
def hands(desk, memory, qtbot):
    return Hands(desk, memory, qtbot)


@pytest.fixture
def taken(desk, actor):
    content = OrderContent(
        customer="kim@example.org",
        lines=(SaleLine(3000, sku="TEA"), SaleLine(1000, sku="MUG")),
        shipping=HOME,
        shipping_cents=490,
        customer_note="ring twice",
    )
    return desk.shop.execute(create_order, CreateOrder(key=uuid7(), content=content), actor).number


def status(desk, number) -> str:
    return desk.shop.ask(order_card, number).status


def test_an_order_is_taken_by_telephone(hands, desk, taken):
    page = hands.open(taken)
    editor = OrderEditor(page)
    QTest.keyClicks(editor.customer.line, "Kim")
    hands.qtbot.waitUntil(lambda: len(editor.customer.rows) == 1)
    QTest.keyClick(editor.customer.line, Qt.Key.Key_Return)
    for word in ("TEA", "MUG", "TEA"):
        QTest.keyClicks(editor.goods.line, word)
        hands.qtbot.waitUntil(lambda: bool(editor.goods.rows))
        QTest.keyClick(editor.goods.line, Qt.Key.Key_Return)
        hands.settle()
    assert [(line.sku, line.quantity_milli) for line in editor.model.lines] == [("TEA", 2000), ("MUG", 1000)]
    editor.fulfilment.set_value("pickup")
    editor._show_total()
    assert editor.total.text() == "About €14.99"
    hands.press(editor)
    card = desk.shop.ask(order_card, "T1-O000002")
    assert (card.total_cents, card.fulfilment, card.customer) == (1499, "pickup", "Kim Lee")


def test_without_a_customer_nothing_is_taken(hands, taken):
    editor = OrderEditor(hands.open(taken))
    hands.press(editor)
    assert "customer" in editor.messages.text
    editor.reject()


def test_from_processed_to_sent_on_its_page(hands, desk, taken):
    page = hands.open(taken)
    page.run("process")
    hands.press(hands.dialog("question"))
    hands.qtbot.waitUntil(lambda: status(desk, taken) == "processing")
    hands.settle()
    page.run("pack")
    dialog = hands.dialog("text_question")
    dialog.findChild(QLineEdit, "text_answer").setText("00340434161094015902")
    hands.press(dialog)
    label = hands.dialog("parcel_labels")
    hands.qtbot.waitUntil(lambda: label.made is not None)
    said = [one.text for one in zxingcpp.read_barcodes(pdf_pictures(label.made.pdf)[0])]
    assert said == ["00340434161094015902"] * 2
    label.reject()
    hands.settle()
    page.open_tab("parcels")
    hands.settle()
    parcels = page.tab("parcels")
    parcels.run("scan")
    scan = hands.dialog("text_question")
    scan.findChild(QLineEdit, "text_answer").setText("00340434161094015902")
    hands.press(scan)
    hands.qtbot.waitUntil(lambda: status(desk, taken) == "shipped")
    assert run_doctor(desk.shop.database, clock=desk.shop.clock).ok


def test_a_label_that_is_none_says_so(hands, desk, taken):
    page = hands.open(taken, "parcels")
    page.tab("parcels").run("scan")
    scan = hands.dialog("text_question")
    scan.findChild(QLineEdit, "text_answer").setText("nonsense")
    hands.press(scan)
    hands.qtbot.waitUntil(lambda: "no parcel nonsense" in page.tab("parcels").messages.text)


def test_an_order_is_cancelled_with_its_reason(hands, desk, taken):
    page = hands.open(taken)
    page.run("cancel")
    dialog = hands.dialog("text_question")
    dialog.findChild(QLineEdit, "text_answer").setText("bought elsewhere")
    hands.press(dialog)
    hands.qtbot.waitUntil(lambda: status(desk, taken) == "cancelled")


def test_every_tab_and_paper_shows_what_was_agreed(hands, desk, actor, taken):
    desk.shop.execute(process_order, ProcessOrder(key=uuid7(), order=taken), actor)
    for tab in ("goods", "money", "parcels", "story"):
        page = hands.open(taken, tab)
        assert page.tab(tab) is not None
    said = text_of(desk.shop.ask(confirmation_pdf, taken))
    assert "Green tea" in said
    assert "Lime Street 4" in said
    assert "ring twice" in said
    invoice = text_of(desk.shop.ask(invoice_pdf, "T1-I000001"))
    assert "T1-I000001" in invoice
    assert "23.39" in invoice  # 3 x 3.50 + 7.99 + 4.90
    from shopdesk.fulfilment.commands import PackShipment
    from shopdesk.fulfilment.shipping import pack_shipment

    parcel = desk.shop.execute(pack_shipment, PackShipment(key=uuid7(), order=taken), actor).number
    slip = text_of(desk.shop.ask(packing_slip_pdf, parcel))
    assert "Green tea" in slip
    assert "3.50" not in slip


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def offer(desk, actor, name: str, **more) -> int:
    """A way of sending that the shop offers."""
    return desk.shop.execute(save_shipping_option, SaveShippingOption(name=name, **more), actor)


def asked(hands, editor) -> None:
    """Wait until the editor has asked for the ways of sending."""
    hands.qtbot.waitUntil(lambda: not editor._asking.isActive())
    hands.settle()


def test_ways_of_sending_are_offered_with_their_cost(hands, desk, actor, taken):
    letter = offer(desk, actor, "Letter", rate_cents=160, countries="DE", estimated_days="2 days")
    offer(desk, actor, "Courier", rate_cents=900, countries="AT")
    page = hands.open(taken)
    editor = OrderEditor(page, desk.shop.ask(order_card, taken))
    asked(hands, editor)
    assert [words for _value, words in editor.option.options] == ["Letter · €1.60 · 2 days", "Another cost"]
    assert (editor.option.value(), editor.shipping.number()) == (0, 490)  # what was agreed stays
    editor.option.set_value(letter)
    editor.option.edited.emit()
    assert editor.shipping.number() == 160
    hands.press(editor)
    hands.qtbot.waitUntil(lambda: desk.shop.ask(order_card, taken).shipping_cents == 160)
    assert desk.shop.ask(order_card, taken).shipping_option_id == letter
    editor = OrderEditor(page, desk.shop.ask(order_card, taken))
    asked(hands, editor)
    assert editor.option.value() == letter
    editor.shipping.clear()
    QTest.keyClicks(editor.shipping, "2.00")
    assert editor.option.value() == 0
    hands.press(editor)
    hands.qtbot.waitUntil(lambda: desk.shop.ask(order_card, taken).shipping_cents == 200)


def test_a_new_order_takes_the_first_way_that_fits_and_follows_its_goods(hands, desk, actor, taken):
    steps = ((1000, 250),)
    parcel = offer(desk, actor, "Parcel", basis="value", rate_cents=490, steps=steps, free_from_cents=2000)
    home = SaveAddress(customer_id=1, type="shipping", line1="Lime Street 4", country_code="DE", city="Berlin")
    desk.shop.execute(save_address, home, actor)
    editor = OrderEditor(hands.open(taken))
    QTest.keyClicks(editor.customer.line, "Kim")
    hands.qtbot.waitUntil(lambda: len(editor.customer.rows) == 1)
    QTest.keyClick(editor.customer.line, Qt.Key.Key_Return)
    for word, cents in (("TEA", 490), ("MUG", 250)):
        QTest.keyClicks(editor.goods.line, word)
        hands.qtbot.waitUntil(lambda: bool(editor.goods.rows))
        QTest.keyClick(editor.goods.line, Qt.Key.Key_Return)
        asked(hands, editor)
        assert (editor.option.value(), editor.shipping.number()) == (parcel, cents)
    hands.press(editor)
    card = desk.shop.ask(order_card, "T1-O000002")
    assert (card.shipping_cents, card.shipping_option_id, card.total_cents) == (250, parcel, 350 + 799 + 250)
