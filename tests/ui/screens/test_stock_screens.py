"""The stock screens at work: matrix with thresholds, counting by scanner, adjusting, transfers, setting aside."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.inventory.count_pages import count_card
from shopdesk.inventory.counting import StartCount, start_count
from shopdesk.inventory.document_pages import reservations_page, transfer_card
from shopdesk.inventory.queries import variant_levels
from shopdesk.inventory.reservations import SetAside, set_aside
from shopdesk.inventory.transfers import SaveTransfer, SendTransfer, TransferLine, save_transfer, send_transfer
from shopdesk.ui.dialogs.stock_adjust import AdjustDialog
from shopdesk.ui.dialogs.stock_count import PostCountDialog
from shopdesk.ui.dialogs.stock_transfer import ArrivalDialog, ArrivalLine, TransferDialog
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import MessageBar
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.sounds import Sounds
from shopdesk.ui.kit.widgets import vbox
from shopdesk.ui.screens.count_scan import CountScanTab
from shopdesk.ui.screens.counts import COUNT
from shopdesk.ui.screens.set_aside import SetAsideDialog
from shopdesk.ui.screens.stock_matrix import MatrixPage
from shopdesk.ui.screens.stock_record import STOCK_RECORD, LevelsTab, MovesTab, ThresholdField
from shopdesk.ui.screens.transfers import TRANSFER

TEA, MUG, SOAP = 1, 2, 3


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No player is started for a tone."""
    monkeypatch.setattr(Sounds, "_play", lambda _self, _name: None)


@pytest.fixture
def page(desk: Desk, memory: Memory, qtbot: QtBot) -> QWidget:
    """Somewhere for dialogs to stand over."""
    made = QWidget()
    made.messages = MessageBar(made)  # type: ignore[attr-defined]  # found there by those who speak
    made.memory = memory  # type: ignore[attr-defined]
    vbox(made).addWidget(made.messages)  # type: ignore[attr-defined]
    made.resize(1366, 768)
    qtbot.addWidget(made)
    made.show()
    return made


def quiet(desk: Desk, qtbot: QtBot) -> None:
    QApplication.processEvents()
    qtbot.waitUntil(lambda: desk.lanes.busy == 0, timeout=15_000)
    QTest.qWait(30)
    qtbot.waitUntil(lambda: desk.lanes.busy == 0, timeout=15_000)


def scan(field: Any, text: str, desk: Desk, qtbot: QtBot) -> None:
    QTest.keyClicks(field.line, text)
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    quiet(desk, qtbot)


def on_hand(shop: Shop, variant: int) -> dict[str, int]:
    return {row.warehouse: row.on_hand_milli for row in shop.ask(variant_levels, variant)}


def record(spec: Any, record_id: int, desk: Desk, memory: Memory, qtbot: QtBot) -> RecordView:
    view = RecordView(spec, record_id, desk, memory)
    qtbot.addWidget(view)
    view.resize(1366, 768)
    view.show()
    quiet(desk, qtbot)
    return view


def test_the_matrix_has_a_column_for_each_warehouse_and_thresholds_to_type_in(
    busy_shop: Shop, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    page = MatrixPage(desk, memory)
    qtbot.addWidget(page)
    page.resize(1366, 768)
    page.show()
    quiet(desk, qtbot)
    view = page.view
    assert view is not None
    keys = [column.key for column in view.spec.columns]
    assert {"at_1", "at_2", "incoming_milli"} <= set(keys)
    assert [row.sku for row in view.model.rows] == ["APPLE", "BOOK", "LAST", "MUG", "SOAP", "TEA"]
    view.table.selectRow(5)
    quiet(desk, qtbot)
    qtbot.waitUntil(lambda: bool(view.findChildren(ThresholdField)), timeout=5_000)
    field = next(one for one in view.findChildren(ThresholdField) if one.objectName() == "threshold_1")
    field.setText("2000")
    field.editingFinished.emit()
    quiet(desk, qtbot)
    (tea,) = [row for row in busy_shop.ask(variant_levels, TEA) if row.warehouse_id == 1]
    assert tea.threshold_milli == 2_000_000
    view.filters.set("low", True, "")
    quiet(desk, qtbot)
    assert [row.sku for row in view.model.rows] == ["TEA"]


def test_a_variants_page_shows_levels_and_draws_its_movements(
    busy_shop: Shop, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    view = record(STOCK_RECORD, TEA, desk, memory, qtbot)
    levels = view.tab("levels")
    assert isinstance(levels, LevelsTab)
    assert set(levels.thresholds) == {1, 2}
    view.open_tab("moves")
    quiet(desk, qtbot)
    moves = view.tab("moves")
    assert isinstance(moves, MovesTab)
    assert [step.level_milli for step in moves.curve.steps] == [1_000_000, 997_000, 995_000, 985_000]
    last = moves.curve.told()
    QTest.keyClick(moves.curve, Qt.Key.Key_Left)
    assert moves.curve.told() != last
    assert moves.curve.accessibleDescription() == moves.curve.told()
    moves.curve.grab()
    assert [row.number for row in moves.list.model.rows][:2] == ["T1-M000001", "T1-A000002"]


def test_counting_by_scanner_with_the_keyboard_alone(
    busy_shop: Shop, actor: Actor, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    count = busy_shop.execute(start_count, StartCount(warehouse_id=1, limit_cents=10**9), actor)
    view = record(COUNT, count, desk, memory, qtbot)
    tab = view.tab("scan")
    assert isinstance(tab, CountScanTab)
    for text in ("4002385002017", "3*MUG", "TEA", "=985"):
        scan(tab.goods, text, desk, qtbot)
    card = busy_shop.ask(count_card, count, actor)
    assert {one.sku: one.counted_milli for one in card.goods} == {"MUG": 4_000, "TEA": 985_000}
    assert tab.tally.text().startswith("985")
    QTest.keyClick(tab, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    quiet(desk, qtbot)
    tab.undo()
    quiet(desk, qtbot)
    card = busy_shop.ask(count_card, count, actor)
    assert {one.sku: one.counted_milli for one in card.goods} in ({"MUG": 4_000}, {"MUG": 4_000, "TEA": 1_000})
    scan(tab.goods, "99999999", desk, qtbot)
    assert "99999999" in view.messages.text
    scan(tab.goods, "unta", desk, qtbot)  # words: the goods are offered
    assert [hit.good.sku for hit in tab.goods.rows] == ["BOOK"]
    QTest.keyClick(tab.goods.line, Qt.Key.Key_Return)
    quiet(desk, qtbot)
    assert tab.sku.text() == "BOOK"
    scan(tab.goods, "x*MUG", desk, qtbot)
    assert view.messages.text != ""


def test_typing_anywhere_goes_to_the_scanning_field(
    busy_shop: Shop, actor: Actor, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    count = busy_shop.execute(start_count, StartCount(warehouse_id=1), actor)
    view = record(COUNT, count, desk, memory, qtbot)
    tab = view.tab("scan")
    assert isinstance(tab, CountScanTab)
    tab.setFocus()
    QTest.keyClicks(tab, "4")
    assert tab.goods.line.text() == "4"


def test_a_count_is_booked_after_its_questions(
    busy_shop: Shop, actor: Actor, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    count = busy_shop.execute(start_count, StartCount(warehouse_id=1, limit_cents=10**9), actor)
    view = record(COUNT, count, desk, memory, qtbot)
    tab = view.tab("scan")
    assert isinstance(tab, CountScanTab)
    scan(tab.goods, "8*MUG", desk, qtbot)
    assert view.run("post")
    (dialog,) = view.findChildren(PostCountDialog)
    dialog.submit()
    quiet(desk, qtbot)
    assert "not counted" in dialog.messages.text
    dialog.rest.set_value("leave")
    dialog.submit()
    quiet(desk, qtbot)
    assert busy_shop.ask(count_card, count, actor).state == "posted"
    assert on_hand(busy_shop, MUG)["Main"] == 8_000
    assert "T1-K000001" in view.messages.text
    assert view.tab("scan") is None or view.record.state == "posted"


def test_goods_are_adjusted_by_scan(busy_shop: Shop, desk: Desk, page: QWidget, qtbot: QtBot) -> None:
    before = on_hand(busy_shop, MUG)["Main"]
    dialog = AdjustDialog(page, desk)
    dialog.open()
    quiet(desk, qtbot)
    scan(dialog.goods, "4002385002017", desk, qtbot)
    scan(dialog.goods, "4002385002017", desk, qtbot)
    scan(dialog.goods, "TEA", desk, qtbot)
    assert [(line.sku, line.quantity_milli) for line in dialog.lines()] == [("MUG", -2_000), ("TEA", -1_000)]
    model = dialog.model
    assert model.setData(model.index(1, 2), "+5", Qt.ItemDataRole.EditRole)
    dialog.submit()
    quiet(desk, qtbot)
    assert on_hand(busy_shop, MUG)["Main"] == before - 2_000
    assert "T1-A" in page.messages.text  # type: ignore[attr-defined]


def test_a_transfer_is_packed_sent_and_received_with_a_difference(
    busy_shop: Shop, actor: Actor, desk: Desk, page: QWidget, memory: Memory, qtbot: QtBot
) -> None:
    dialog = TransferDialog(page, desk)
    dialog.open()
    quiet(desk, qtbot)
    dialog.fields["to_warehouse_id"].set_value(2)
    for _ in range(3):
        scan(dialog.goods, "MUG", desk, qtbot)
    dialog.submit()
    quiet(desk, qtbot)
    assert "T1-D000001" in page.messages.text  # type: ignore[attr-defined]
    view = record(TRANSFER, 1, desk, memory, qtbot)
    assert view.run("receive")
    (arrival,) = view.findChildren(ArrivalDialog)
    quiet(desk, qtbot)
    scan(arrival.goods, "MUG", desk, qtbot)
    scan(arrival.goods, "MUG", desk, qtbot)
    (line,) = arrival.model.lines
    assert isinstance(line, ArrivalLine)
    assert (line.expected_milli, line.quantity_milli) == (3_000, 2_000)
    arrival.submit()
    assert "Say why" in arrival.messages.text
    arrival.fields["reason"].set_value("Missing")
    arrival.submit()
    arrival.findChild(QWidget, "question").findChild(QWidget, "act").click()  # type: ignore[union-attr]
    quiet(desk, qtbot)
    card = busy_shop.ask(transfer_card, 1)
    assert (card.state, card.items[0].received_milli, card.items[0].reason) == ("received", 2_000, "Missing")


def test_a_transfer_and_a_count_have_papers(busy_shop: Shop, actor: Actor, desk: Desk) -> None:
    from shopdesk.inventory.papers import count_sheet, transfer_note

    draft = SaveTransfer(from_warehouse_id=1, to_warehouse_id=2, lines=(TransferLine(MUG, 1_000),))
    document = busy_shop.execute(save_transfer, draft, actor)
    assert busy_shop.ask(transfer_note, document).startswith(b"%PDF")
    busy_shop.execute(send_transfer, SendTransfer(uuid7(), document, 1), actor)
    assert busy_shop.ask(transfer_note, document).startswith(b"%PDF")
    count = busy_shop.execute(start_count, StartCount(warehouse_id=1), actor)
    assert busy_shop.ask(count_sheet, count, actor).startswith(b"%PDF")


def test_goods_are_set_aside_for_somebody(
    busy_shop: Shop, actor: Actor, desk: Desk, page: QWidget, qtbot: QtBot
) -> None:
    dialog = SetAsideDialog(page, desk)
    dialog.open()
    quiet(desk, qtbot)
    dialog.submit()
    assert dialog.messages.text != ""
    scan(dialog.goods, "MUG", desk, qtbot)
    assert dialog.good is not None
    dialog.submit()
    quiet(desk, qtbot)
    assert "for whom" in dialog.messages.text
    dialog.note.setText("Mr Novak")
    dialog.submit()
    quiet(desk, qtbot)
    (row,) = busy_shop.ask(reservations_page, PageRequest(), actor).rows
    assert (row.sku, row.note, row.quantity_milli) == ("MUG", "Mr Novak", 1_000)
    assert row.expires_at is not None


def test_what_is_set_aside_stands_on_the_variants_page(
    busy_shop: Shop, actor: Actor, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    wish = SetAside(key=uuid7(), variant_id=MUG, warehouse_id=1, quantity_milli=1_000, note="x")
    busy_shop.execute(set_aside, wish, actor)
    view = record(STOCK_RECORD, MUG, desk, memory, qtbot)
    view.open_tab("reserved")
    quiet(desk, qtbot)
    shown = view.tab("reserved")
    assert shown is not None
    assert [row.sku for row in shown.model.rows] == ["MUG"]  # type: ignore[attr-defined]
    assert all(isinstance(line, QLineEdit) for line in view.findChildren(QLineEdit))
