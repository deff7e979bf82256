"""Somebody in front of the window, with a keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from shopdesk.app import open_shop
from shopdesk.core.clock import ManualClock
from shopdesk.db.shop import Shop
from shopdesk.ui.start import Start
from tests.support.small_shop import OPENING, found, password_of


class Person:
    """Somebody in front of the window."""

    def __init__(self, qtbot: QtBot, app: QApplication, address: str, clock: ManualClock | None = None) -> None:
        self.qtbot = qtbot
        self.demos: list[str] = []
        self.start = Start(app, address, lambda where: open_shop(where, clock=clock), self._make_demo)
        self.start.last_resort.install = lambda: None  # type: ignore[method-assign]  # pytest-qt watches the hooks
        self.window = self.start.window
        qtbot.addWidget(self.window, before_close_func=lambda _window: None)
        self.start.show()

    def _make_demo(self, address: str) -> None:
        found(address, ManualClock(OPENING))
        self.demos.append(address)

    @property
    def entry(self) -> Any:
        """The door."""
        return self.window.entry

    @property
    def shop(self) -> Shop:
        """The open shop."""
        assert self.start.opened is not None
        return self.start.opened.shop

    def wait(self, until: Callable[[], Any]) -> None:
        """Until something is so."""
        self.qtbot.waitUntil(lambda: bool(until()), timeout=15_000)

    def wait_for_the_door(self) -> None:
        """Until the shop is open and one can sign in."""
        self.wait(lambda: self.entry._ready)

    def at_the_door(self) -> bool:
        """Whether the door is shown."""
        return self.window.stack.currentWidget() is self.entry

    def sign_in(self, name: str, password: str | None = None, *, keep: bool = False) -> None:
        """By name and password, with keys."""
        self.wait_for_the_door()
        self.entry._name.setText(name)
        self.entry._keep.setChecked(keep)
        self.qtbot.keyClicks(self.entry._password, password or password_of(name))
        self.qtbot.keyClick(self.entry._password, Qt.Key.Key_Return)

    def enter(self, name: str, *, keep: bool = False) -> None:
        """Sign in and wait until something else than the door is shown."""
        self.sign_in(name, keep=keep)
        self.wait(lambda: not self.at_the_door())

    def pin(self, pin: str) -> None:
        """Type a PIN where it is asked."""
        pad = self.entry._pin_pad()
        self.qtbot.keyClicks(pad, pin)
        self.qtbot.keyClick(pad, Qt.Key.Key_Return)

    def leave(self) -> None:
        """Close the window and everything behind it."""
        if self.window.faces is not None:
            self.window.faces._closing = True
        self.window.close()
        assert self.start.lanes is None or self.start.lanes.close(10)
