"""A file in the hands of somebody: dropped, its columns chosen, checked, imported, refused rows mended, taken back; files out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.db.shop import Shop
from shopdesk.feeds.feed import feed_card
from shopdesk.feeds.jobs import run_check, run_import, run_undo
from shopdesk.feeds.names import APPLY_JOB, CHECK_JOB, UNDO_JOB
from shopdesk.system.jobs_run import JobWorker
from shopdesk.ui.dialogs.import_export import open_exports
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.screens.import_columns import ColumnsTab
from shopdesk.ui.screens.import_page import write_refused
from shopdesk.ui.screens.imports import ImportsList, take
from tests.feeds.importing import table, write
from tests.support.small_shop import actor_of


class Ground(QWidget):
    """What stands in the office's place: it keeps the pages that are opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[RecordView] = []

    def open_page(self, page: RecordView) -> None:
        """Keep a page."""
        self.opened.append(page)
        page.setParent(self)
        page.show()


class Hands:
    """Somebody at the imports, and the worker that does what waits."""

    def __init__(self, shop: Shop, desk: Desk, memory: Memory, qtbot: QtBot) -> None:
        self.shop, self.desk, self.qtbot = shop, desk, qtbot
        self.ground = Ground()
        qtbot.addWidget(self.ground)
        self.ground.resize(1366, 768)
        self.list = ImportsList(desk, memory, self.ground)
        self.list.resize(1134, 728)
        self.ground.show()
        self.memory = memory
        self.worker = JobWorker(shop, {APPLY_JOB: run_import, CHECK_JOB: run_check, UNDO_JOB: run_undo})
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is asked or written any more."""
        self.qtbot.waitUntil(lambda: self.desk.lanes.busy == 0)

    def take(self, path: Path) -> RecordView:
        """Choose a file and come to the page of its columns."""
        before = len(self.ground.opened)
        take(self.list, str(path))
        self.qtbot.waitUntil(lambda: len(self.ground.opened) > before)
        page = self.ground.opened[-1]
        self.qtbot.waitUntil(lambda: isinstance(page.tab("columns"), ColumnsTab))
        self.settle()
        return page

    def work(self, page: RecordView, status: str) -> None:
        """Let the worker do what waits, and the page see it."""
        self.settle()
        assert self.worker.run_due() == 1
        self.qtbot.waitUntil(lambda: page.record.status == status)
        self.settle()

    def shown(self, page: RecordView, tab: str) -> ListView:
        """A tab's list, loaded."""
        page.open_tab(tab)
        self.qtbot.waitUntil(lambda: page.tab(tab) is not None)
        self.settle()
        view = page.tab(tab)
        assert isinstance(view, ListView)
        self.qtbot.waitUntil(lambda: view.model.rowCount() > 0)
        return view


@pytest.fixture
def hands(busy_shop: Shop, desk: Desk, memory: Memory, qtbot: QtBot) -> Hands:
    return Hands(busy_shop, desk, memory, qtbot)


def cells(view: ListView, column: int) -> Sequence[str]:
    return [view.model.index(row, column).data() for row in range(view.model.rowCount())]


ROWS: list[list[object]] = [
    ["Artikel", "Bezeichnung", "VK", "EAN", "Farbe"],
    ["TEA", "", "5,95", "", "green"],
    ["LAMP", "Lamp", "49,00", "4012345000016", "black"],
    ["BAD", "Bad one", "cheap", "", ""],
]


def test_from_a_file_to_its_undo(
    hands: Hands, tmp_path: Path, busy_shop: Shop, clock: ManualClock, qtbot: QtBot
) -> None:
    clock.advance(minutes=1)  # what was sold before the import does not keep it from being taken back
    page = hands.take(write(tmp_path / "ware.csv", ROWS, delimiter=";"))
    columns: Any = page.tab("columns")
    assert (columns.kind.value(), columns.delimiter.value(), columns.mark.value()) == ("products", ";", ",")
    meanings = {name: field.value() for name, field in columns._meanings.items()}
    assert meanings == {"Artikel": "sku", "Bezeichnung": "title", "VK": "price", "EAN": "barcodes", "Farbe": ""}
    columns._meanings["Farbe"].set_value("attribute:Farbe")
    columns._touched()
    assert page.dirty
    hands.ground.activateWindow()
    qtbot.waitUntil(hands.ground.isActiveWindow)
    columns.take_focus()
    qtbot.keyClick(columns.kind, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    hands.work(page, "checked")
    assert not page.dirty
    differences = hands.shown(page, "changes")
    assert cells(differences, 2) == ["TEA", "LAMP"]
    tea = cells(differences, 4)[0]
    assert "Price 3.50 → 5.95" in tea
    assert cells(differences, 5) == ["Price jump", ""]
    refused = hands.shown(page, "refused")
    assert (cells(refused, 0), cells(refused, 1)) == (["4"], ["VK"])
    assert page.run("apply")
    hands.work(page, "done")
    prices = "SELECT price_cents FROM product_variants WHERE sku IN ('TEA', 'LAMP') ORDER BY sku"
    assert table(busy_shop, prices) == [(4900,), (595,)]
    write_refused(page, page.record, str(tmp_path / "bad.csv"))
    qtbot.waitUntil((tmp_path / "bad.csv").exists)
    hands.settle()
    text = (tmp_path / "bad.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "bad.csv").write_text(text.replace("cheap", "3,10"), encoding="utf-8-sig")
    mended = hands.take(tmp_path / "bad.csv")
    other: Any = mended.tab("columns")
    assert other._meanings["Farbe"].value() == "attribute:Farbe"  # remembered for this header
    other.send()
    hands.work(mended, "checked")
    assert mended.run("apply")
    hands.work(mended, "done")
    assert mended.record.made == 1
    assert page.run("undo")
    button = next(one for one in hands.ground.findChildren(QWidget) if one.objectName() == "act" and one.isVisible())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    hands.work(page, "undone")
    assert table(busy_shop, prices) == [(350,)]
    hands.list.refresh()
    hands.settle()
    assert sorted(cells(hands.list, 1)) == ["bad.csv", "ware.csv"]


def test_a_dropped_file_is_taken_in_and_others_are_not(hands: Hands, tmp_path: Path, qtbot: QtBot) -> None:
    path = write(tmp_path / "goods.csv", ROWS)
    for dropped, taken in ((tmp_path / "picture.png", False), (path, True)):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(dropped))])
        event = QDropEvent(
            QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        hands.list.dropEvent(event)
        if taken:
            qtbot.waitUntil(lambda: len(hands.ground.opened) == 1)
        hands.settle()
    assert hands.ground.opened[0].record.file_name == "goods.csv"


def test_a_file_that_cannot_be_read_is_one_sentence(hands: Hands, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'SKU,Name\nA,"never closed\n')
    take(hands.list, str(tmp_path / "a.csv"))
    hands.settle()
    assert "quotation mark is missing" in hands.list.messages.text
    assert hands.ground.opened == []


def test_another_kind_and_encoding_are_read_anew(hands: Hands, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Artikel;Menge\nTÉA;3\n".encode("cp1252"))
    page = hands.take(path)
    columns: Any = page.tab("columns")
    columns.encoding.set_value("cp1250")
    columns.encoding.edited.emit()
    hands.settle()
    assert columns._opened.look.format.encoding == "cp1250"
    columns.kind.set_value("prices")
    columns.kind.edited.emit()
    hands.settle()
    assert columns.price_list.isVisibleTo(columns)
    assert not columns.warehouse.isVisibleTo(columns)
    assert "Price" in columns._missing.text()
    columns.send()  # refused: the price is missing
    hands.settle()
    assert "Price" in page.messages.text
    assert hands.shop.ask(feed_card, page.record.id).status == "new"


def test_an_import_is_thrown_away(hands: Hands, tmp_path: Path, qtbot: QtBot) -> None:
    page = hands.take(write(tmp_path / "goods.csv", ROWS))
    with qtbot.waitSignal(page.closed):
        assert page.run("discard")
    assert hands.shop.ask(feed_card, page.record.id).status == "discarded"


def test_files_are_written(hands: Hands, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = open_exports(hands.list, hands.desk, hands.memory)
    dialog.kind.set_value("everything")
    dialog.write(tmp_path / "all.zip")
    qtbot.waitUntil(lambda: "all.zip" in hands.list.messages.text)
    assert (tmp_path / "all.zip").stat().st_size > 500


def test_who_may_not_import_is_told(hands: Hands, tmp_path: Path, busy_shop: Shop, actor: Actor) -> None:
    hands.desk.set_actor(actor_of(busy_shop, "ann"))
    take(hands.list, str(write(tmp_path / "goods.csv", ROWS)))
    hands.settle()
    assert "role does not allow" in hands.list.messages.text
    hands.desk.set_actor(actor)
