"""Purchasing through the screens: order, send, receive by scan, give a code to goods, take back, send back, suggestions."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog, QWidget

from shopdesk.purchasing.orders import SaveOrder, save_order
from shopdesk.purchasing.supplier_items import SaveSupplierItem, save_supplier_item
from shopdesk.purchasing.suppliers import SaveSupplier, save_supplier
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.record_page import RecordPage
from shopdesk.ui.kit.specs import FilterKind, ListScreen
from shopdesk.ui.screens.purchase_editor import DraftEditor
from shopdesk.ui.screens.purchase_order import ORDER
from shopdesk.ui.screens.purchase_orders import ORDERS
from shopdesk.ui.screens.purchase_returns import RETURN, RETURNS
from shopdesk.ui.screens.purchase_send import SendOrder
from shopdesk.ui.screens.receiving import RECEIPT, RECEIPTS
from shopdesk.ui.screens.suggestions import SUGGESTIONS
from shopdesk.ui.screens.suppliers import ITEMS, SUPPLIER, SUPPLIERS
from tests.ui.screens.buying.conftest import MUG_CODE, Buyer, type_into
from tests.ui.screens.test_every_list import settled

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
