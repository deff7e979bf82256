"""Somebody at a product's page, for the tests of the editor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.catalogue.queries import ProductCard, product_card, products_page
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.screens.product_editor import ProductEditor
from shopdesk.ui.screens.product_page import PRODUCT


class Host(QWidget):
    """What shows pages, as the office does."""

    def __init__(self, desk: Desk, memory: Memory) -> None:
        super().__init__()
        named(self, "host", "Host")
        self.desk, self.memory = desk, memory
        self.opened: list[RecordView] = []

    def open_page(self, page: RecordView) -> None:
        page.setParent(self)
        self.opened.append(page)
        page.show()


class Worker:
    """Somebody at a product's page."""

    def __init__(self, desk: Desk, memory: Memory, qtbot: QtBot) -> None:
        self.desk, self.memory, self.qtbot = desk, memory, qtbot
        self.host = Host(desk, memory)
        qtbot.addWidget(self.host)
        self.host.resize(1130, 700)
        self.host.show()

    def open(self, record_id: int | tuple[str, int]) -> RecordView:
        page = RecordView(PRODUCT, record_id, self.desk, self.memory, self.host)
        page.resize(1130, 700)
        page.show()
        page.activateWindow()
        self.page = page
        self.settle()
        self.qtbot.waitUntil(lambda: page.record is not None)
        return page

    @property
    def editor(self) -> ProductEditor:
        made: Any = self.page.tab("editor")
        return made  # type: ignore[no-any-return]

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.desk.lanes.busy == 0)
        QApplication.processEvents()
        self.qtbot.waitUntil(lambda: self.desk.lanes.busy == 0)

    def column(self, key: str) -> int:
        return [cell.key for cell in self.editor.variants.model.cells].index(key)

    def write(self, row: int, key: str, text: str) -> None:
        assert self.editor.variants.model.write(row, self.column(key), text)
        self.settle()

    def type(self, key: str, value: object) -> None:
        for form in (self.editor.texts, self.editor.place, self.editor.more):
            if key in form.inputs:
                form.input(key).set_value(value)
                form.input(key).edited.emit()

    def save(self) -> str:
        self.editor.save()
        self.settle()
        return self.page.messages.text

    def dialog(self) -> Any:
        return next(one for one in self.page.findChildren(QDialog) if one.isVisible())


def picture(folder: Path, name: str, colour: str) -> Path:
    file = folder / name
    Image.new("RGB", (60, 40), colour).save(file)
    return file


def saved_product(shop: Shop, title: str) -> ProductCard:
    row = next(row for row in shop.ask(products_page, PageRequest()).rows if row.title == title)
    return shop.ask(product_card, row.id)


def press(widget: QWidget | None, text: str = "", *keys: Qt.Key) -> None:
    """Type a text and press keys where the keyboard is."""
    assert widget is not None
    if text:
        QTest.keyClicks(widget, text)
    for key in keys:
        QTest.keyClick(widget, key)
