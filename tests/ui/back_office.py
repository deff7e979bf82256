"""Somebody in the back office with a keyboard, a mouse and a scanner: what a played day needs of hands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.secrets import secret_store
from shopdesk.db.shop import Shop
from shopdesk.system.jobs_run import JobWorker
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.shortcuts import KeyMap
from shopdesk.ui.kit.sounds import Sounds
from shopdesk.ui.kit.tasks import Lanes
from shopdesk.ui.office import Office
from shopdesk.ui.screens.places import entries_for
from shopdesk.ui.till.keys import KEYS
from shopdesk.wiring import JOBS
from tests.support.small_shop import actor_of

PLAIN = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


class Staff:
    """The whole office of a shop and somebody who works in it; background work is done when ``work`` is called."""

    def __init__(self, shop: Shop, actor: Actor, clock: ManualClock, folder: Path, qtbot: QtBot) -> None:
        self.shop, self.clock, self.qtbot = shop, clock, qtbot
        self.lanes = Lanes()
        memory = Memory(folder / "window.json")
        self.desk = Desk(shop, self.lanes, actor=actor, formats=Formats("EUR", "en", "Europe/Berlin"))
        self.desk.listen(shop.changes.subscribe)
        house = House(
            shop=shop,
            secrets=secret_store(),
            memory=memory,
            keys=KeyMap(KEYS, memory),
            sounds=Sounds(enabled=False),
            till=None,
            set_till=lambda _till: None,
            set_appearance=lambda _scheme: None,
        )
        self.office = Office(entries_for(house), self.desk, memory)
        qtbot.addWidget(self.office)
        self.office.resize(1366, 768)
        self.office.show()
        self.office.activateWindow()
        self.worker = JobWorker(shop, JOBS)
        self.settle()

    # Looking

    @property
    def top(self) -> Any:
        """The place or the record that is shown."""
        return self.office.top

    @property
    def page(self) -> RecordView:
        """The record that is shown."""
        assert isinstance(self.top, RecordView), self.top
        return self.top

    @property
    def said(self) -> str:
        """What the bar of the shown page says."""
        return str(self.top.messages.text)

    def settle(self) -> None:
        """Until nothing is under way."""
        for _time in range(2):
            QTest.qWait(15)
            self.qtbot.waitUntil(lambda: self.lanes.busy == 0)

    def until(self, ready: Callable[[], object]) -> None:
        """Until something is so."""
        self.qtbot.waitUntil(lambda: bool(ready()))

    def dialog(self, name: str = "") -> Any:
        """The dialog on top, which must be the one of that name."""
        self.settle()
        shown = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
        shown = [one for one in shown if not name or one.objectName() == name]
        assert shown, f"no dialog {name}; the page says: {self.said}"
        return shown[-1]

    def part(self, name: str, of: QWidget | None = None) -> Any:
        """The part of that name that can be seen."""
        whole = self.top if of is None else of
        found = [one for one in whole.findChildren(QWidget, name) if one.isVisibleTo(whole.window())]
        assert found, f"nothing called {name} is shown; the page says: {self.said}"
        return found[-1]

    # Hands

    def go(self, key: str) -> Any:
        """Go to a place by pressing it in the navigation."""
        button: Any = self.office.navigation.buttons[key]
        self.office.navigation._scroll.ensureWidgetVisible(button)
        QApplication.processEvents()
        QTest.mouseClick(button, LEFT)
        self.until(lambda: self.office.opened == key)
        self.settle()
        return self.top

    def keys(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN, at: QWidget | None = None) -> None:
        """A key, where the keyboard is or at a widget."""
        target = at or QApplication.focusWidget() or self.office
        target.window().activateWindow()
        self.until(target.window().isActiveWindow)
        QTest.keyClick(target, key, modifiers)
        self.settle()

    def press(self, name: str, of: QWidget | None = None) -> None:
        """Press a button with the mouse."""
        button = self.part(name, of)
        assert isinstance(button, QPushButton), name
        assert button.isEnabled(), f"{name} cannot be pressed"
        QTest.mouseClick(button, LEFT)
        self.settle()

    def write(self, field: QWidget, text: str) -> None:
        """Type into a field over what stands there; in a short list of choices, go down to the one with these words."""
        field.setFocus()
        if isinstance(field, QComboBox) and not field.isEditable():
            QTest.keyClick(field, Qt.Key.Key_Home)
            while field.currentText() != text:
                assert field.currentIndex() < field.count() - 1, f"{text} is not offered"
                QTest.keyClick(field, Qt.Key.Key_Down)
            QApplication.processEvents()
            return
        if isinstance(field, QLineEdit):
            QTest.keyClick(field, Qt.Key.Key_A, CTRL)
        QTest.keyClicks(field, text)
        QApplication.processEvents()

    def fill(self, dialog: Any, **texts: str) -> None:
        """Type into the fields of a form."""
        for key, text in texts.items():
            self.write(dialog.view.input(key), text)
        self.settle()

    def scan(self, line: QLineEdit, code: str) -> None:
        """A scanner types a code and Enter."""
        line.setFocus()
        QTest.keyClicks(line, code)
        QTest.keyClick(line, Qt.Key.Key_Return)
        self.settle()

    def cell(self, table: Any, row: int, key: str, text: str) -> None:
        """Type into a cell of a table of lines, as into a spreadsheet."""
        column = next(at for at, one in enumerate(table.model().columns) if one.key == key)
        table.setCurrentIndex(table.model().index(row, column))
        table.setFocus()
        QTest.keyClick(table, Qt.Key.Key_F2)
        editor = next(one for one in table.viewport().findChildren(QLineEdit) if one.isVisible())
        self.write(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        self.settle()

    def tab(self, key: str) -> Any:
        """Press a tab of the shown record."""
        bar = self.page.tabs.tabBar()
        QTest.mouseClick(bar, LEFT, PLAIN, bar.tabRect(self.page._keys.index(key)).center())
        self.settle()
        return self.page.tab(key)

    def open_row(self, view: ListView, row: int = 0) -> RecordView:
        """Open a row of a list by double click."""
        spot = view.table.visualRect(view.model.index(row, 0)).center()
        QTest.mouseClick(view.table.viewport(), LEFT, PLAIN, spot)
        QTest.mouseDClick(view.table.viewport(), LEFT, PLAIN, spot)
        self.settle()
        self.until(lambda: isinstance(self.top, RecordView) and self.top.record is not None)
        self.settle()
        return self.page

    def choose_row(self, view: ListView, row: int = 0) -> None:
        """Choose a row of a list with the mouse."""
        spot = view.table.visualRect(view.model.index(row, 0)).center()
        QTest.mouseClick(view.table.viewport(), LEFT, PLAIN, spot)
        self.settle()

    def more(self, key: str) -> None:
        """A command from the menu of further commands."""
        QTest.mouseClick(self.part("more"), LEFT)
        menu = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible())
        action: Any = next(one for one in menu.actions() if one.objectName() == f"menu_{key}")
        QTest.mouseClick(menu, LEFT, PLAIN, menu.actionGeometry(action).center())
        self.settle()

    def name_file(self, dialog: str, path: Path) -> None:
        """Type a file's name into the dialog that asks for one."""
        asked = self.dialog(dialog)
        line = asked.findChild(QLineEdit, "fileNameEdit")
        self.write(line, str(path))
        QTest.keyClick(line, Qt.Key.Key_Return)
        self.settle()

    def work(self) -> None:
        """The background work that waits is done."""
        self.settle()
        assert self.worker.run_due() >= 1
        self.settle()

    def at_the_till(self, use_case: Any, command: object) -> Any:
        """What the clerk does at the till meanwhile."""
        done = self.shop.execute(use_case, command, actor_of(self.shop, "ann"))
        self.settle()
        return done
