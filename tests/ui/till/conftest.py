"""A till that works: the corner shop, the screen, and a clerk with keyboard and scanner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid

from shopdesk.core.secrets import secret_store
from shopdesk.db.shop import Shop
from shopdesk.system.enrolment import enrol_this_till
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.shortcuts import KeyMap
from shopdesk.ui.kit.sounds import Sounds
from shopdesk.ui.kit.tasks import Lanes
from shopdesk.ui.till.keys import KEYS
from shopdesk.ui.till.screen import TillScreen
from tests.support.small_shop import PINS, actor_of

TEA, MUG, SOAP, BOOK, LAST = "4006381333931", "4002385002017", "5000159407236", "9780306406157", "4012345678901"


class Clerk:
    """Somebody at the till. ``heard`` holds the sounds, ``screen`` is what they see."""

    def __init__(self, qtbot, shop: Shop, folder: Path, username: str = "ann", till: str = "T1") -> None:
        self.qtbot = qtbot
        self.shop = shop
        self.now_ms = 10_000
        self.heard: list[str] = []
        self.lanes = Lanes()
        self.desk = Desk(
            shop, self.lanes, actor=actor_of(shop, username, till), formats=Formats("EUR", "en", "Europe/Berlin")
        )
        self.desk.listen(shop.changes.subscribe)
        memory = Memory(folder / f"{till}.json")
        sounds = Sounds(play=lambda path: self.heard.append(path.stem))
        self.screen = TillScreen(self.desk, KeyMap(KEYS, memory), sounds, memory)
        self.screen.scanner._moment_ms = lambda _event: self.now_ms
        qtbot.addWidget(self.screen, before_close_func=lambda _screen: self.close())
        self.screen.resize(1366, 768)
        self.screen.show()
        self.screen.start()
        qtbot.waitExposed(self.screen)
        self.screen.activateWindow()
        self.settle()

    # what the clerk does

    def scan(self, code: str, *, wait: bool = True) -> None:
        """Hold a code before the scanner."""
        self.now_ms += 500
        target = QApplication.focusWidget() or self.screen
        for letter in code:
            QTest.sendKeyEvent(QTest.KeyAction.Click, target, Qt.Key.Key_0, letter, Qt.KeyboardModifier.NoModifier)
            self.now_ms += 3
        QTest.sendKeyEvent(QTest.KeyAction.Click, target, Qt.Key.Key_Return, "\r", Qt.KeyboardModifier.NoModifier)
        self.now_ms += 500
        if wait:
            self.settle()

    def type(self, text: str) -> None:
        """Type by hand, wherever the keyboard is."""
        for letter in text:
            self.now_ms += 200
            self.screen.scanner._give_up()
            target = QApplication.focusWidget() or self.screen
            QTest.keyClicks(target, letter)
        self.now_ms += 200
        self.screen.scanner._give_up()
        QApplication.processEvents()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key."""
        self.now_ms += 500
        QTest.keyClick(QApplication.focusWidget() or self.screen, key, modifiers)
        self.settle()

    def enter(self) -> None:
        """Press Enter, long after the key before."""
        self.screen.paying._since.start() if self.screen.paying.pay is None else None
        self.qtbot.wait(1)
        self.press(Qt.Key.Key_Return)

    def pin(self, username: str) -> None:
        """A manager types their PIN."""
        dialog = self.dialog("approval_dialog")
        self.qtbot.waitUntil(lambda: dialog.ready)
        places = [person.username for person in dialog._people]
        dialog.choose(places.index(username))
        self.type(PINS[username])
        self.press(Qt.Key.Key_Return)

    # what the clerk sees

    def settle(self) -> None:
        """Wait until nothing is under way."""
        quiet = 0
        for _round in range(2_000):
            QApplication.processEvents()
            busy = self.lanes.busy or self.screen.card._lanes.busy
            waiting = self.screen.selling.waiting and QApplication.activeModalWidget() is None
            quiet = 0 if busy or waiting or self.screen.selling._pause.isActive() else quiet + 1
            if quiet >= 3:
                return
            QTest.qWait(1)
        raise AssertionError("the till did not come to rest")

    def dialog(self, name: str) -> QDialog:
        """The dialog of this name, which must be open."""
        found: list[QDialog] = []

        def look() -> bool:
            found[:] = [
                widget
                for widget in QApplication.topLevelWidgets()
                if isinstance(widget, QDialog) and widget.isVisible() and widget.objectName() == name
            ]
            return bool(found) and found[0].isActiveWindow()

        self.qtbot.waitUntil(look, timeout=3_000)
        return found[0]

    def see(self, name: str) -> QWidget:
        """A widget of the till by its name."""
        found = self.screen.findChild(QWidget, name)
        assert found is not None, name
        return found

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """Quantity, name and total of every line, as shown."""
        return [(row.quantity, row.name, row.total) for row in self.screen.view.lines.lines.rows]

    @property
    def total(self) -> str:
        """The total, as shown."""
        return self.screen.view.totals.total.text()

    @property
    def told(self) -> str:
        """The sentence of the bar."""
        return self.screen.messages.text

    def close(self) -> None:
        """Go home."""
        if not isValid(self.screen):
            return
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.reject()
        self.settle()
        self.screen.hide()
        self.screen.card.close()
        self.lanes.close()


@pytest.fixture
def clerks(qtbot, sqlite_shop: Shop, tmp_path: Path, actor) -> Callable[..., Clerk]:
    """Makes clerks at tills of the corner shop; their machine is enrolled as till T1."""
    enrol_this_till(sqlite_shop, secret_store(), actor.till_id, actor)
    return lambda username="ann", till="T1": Clerk(qtbot, sqlite_shop, tmp_path, username, till)


@pytest.fixture
def ann(clerks) -> Clerk:
    """Ann, the clerk, at a till."""
    return clerks("ann")
