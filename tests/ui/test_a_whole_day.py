"""A whole day at the till by keyboard and scanner alone, from the sign-in to the Z (issue: done when 5)."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget

from shopdesk.books.doctor import run_doctor
from shopdesk.core.secrets import secret_store
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.sales.queries import all_documents
from shopdesk.sales.sale_detail import sale_detail
from shopdesk.sales.shift_queries import shifts_page
from shopdesk.system.enrolment import enrol_this_till
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.tasks import Lanes
from shopdesk.ui.main_window import MainWindow
from shopdesk.ui.opening import look_around
from shopdesk.ui.till.pay_state import Stage
from tests.support.small_shop import PINS, password_of

TEA, MUG, BOOK = "4006381333931", "4002385002017", "9780306406157"
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


class Hands:
    """Somebody who has a keyboard and a scanner and no mouse: keys go to whatever has the focus."""

    def __init__(self, qtbot, window: MainWindow, lanes: Lanes) -> None:
        self.qtbot = qtbot
        self.window = window
        self.lanes = lanes
        self.now_ms = 50_000

    @property
    def till(self):
        """The till's screen, once it was made."""
        return None if self.window.faces is None else self.window.faces.till

    def _target(self) -> QWidget:
        return QApplication.focusWidget() or QApplication.activeWindow() or self.window

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """One key, well after the one before."""
        self._pause()
        QTest.keyClick(self._target(), key, modifiers)
        self.settle()

    def type(self, text: str) -> None:
        """Letters, as fast as a person."""
        for letter in text:
            self._pause()
            QTest.keyClicks(self._target(), letter)
        self._pause()
        QApplication.processEvents()

    def scan(self, code: str) -> None:
        """A code, as fast as a scanner, ended by Enter."""
        self._pause()
        target = self._target()
        for letter in code:
            QTest.sendKeyEvent(QTest.KeyAction.Click, target, Qt.Key.Key_0, letter, PLAIN)
            self.now_ms += 3
        QTest.sendKeyEvent(QTest.KeyAction.Click, target, Qt.Key.Key_Return, "\r", PLAIN)
        self.settle()

    def _pause(self) -> None:
        self.now_ms += 300
        if self.till is not None:
            self.till.scanner._give_up()  # what its timer does in the pause between two keys

    def settle(self) -> None:
        """Wait until nothing is under way."""
        quiet = 0
        for _round in range(3_000):
            QApplication.processEvents()
            busy = bool(self.lanes.busy)
            if self.till is not None:
                selling = self.till.selling
                modal = QApplication.activeModalWidget() is not None
                busy = busy or selling._pause.isActive() or bool(selling.waiting and not modal)
            quiet = 0 if busy else quiet + 1
            if quiet >= 3:
                return
            QTest.qWait(1)
        raise AssertionError("the window did not come to rest")

    def dialog(self, name: str) -> QDialog:
        """The dialog that must be open now."""
        found: list[QDialog] = []

        def look() -> bool:
            widgets = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
            found[:] = [one for one in widgets if one.objectName() == name]
            return bool(found) and found[0].isActiveWindow()

        self.qtbot.waitUntil(look, timeout=4_000)
        return found[0]

    def text(self, name: str) -> str:
        """What a label says."""
        label = self.window.findChild(QLabel, name)
        assert label is not None, name
        return label.text()

    def paying(self) -> None:
        """F12, and long enough that the next Enter is no bounce of it."""
        self.press(Qt.Key.Key_F12)
        self.qtbot.waitUntil(lambda: self.till.paying.pay is not None)
        self.qtbot.waitUntil(lambda: self.till.paying._since.elapsed() > 410)

    def sold(self) -> str:
        """The number of the sale just made; Enter then begins the next one."""
        assert self.till.paying.stage is Stage.DONE
        number = self.till.paying.answer.number
        self.qtbot.waitUntil(lambda: self.till.paying._since.elapsed() > 410)
        self.press(Qt.Key.Key_Return)
        assert self.till.paying.stage is None
        return number

    def approve(self, username: str) -> None:
        """A manager comes over, chooses their name with the arrow keys and types their PIN."""
        dialog = self.dialog("approval_dialog")
        self.qtbot.waitUntil(lambda: dialog.ready)
        names = [person.username for person in dialog._people]
        for _step in range(names.index(username)):
            self.press(Qt.Key.Key_Down)
        self.type(PINS[username])
        self.press(Qt.Key.Key_Return)


@pytest.fixture
def hands(qtbot, sqlite_shop: Shop, tmp_path: Path, actor):
    """A window on the corner shop, on a machine that is till T1."""
    enrol_this_till(sqlite_shop, secret_store(), actor.till_id, actor)
    lanes = Lanes()
    window = MainWindow(Memory(tmp_path / "window.json"))

    def close(_window: QWidget) -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.reject()
        if window.faces is not None and window.faces.till is not None:
            window.faces.till.hide()
            window.faces.till.card.close()
        lanes.close()
        sqlite_shop.changes.close()

    qtbot.addWidget(window, before_close_func=close)
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    window.shop_is_open(look_around(sqlite_shop), lanes)
    qtbot.waitUntil(lambda: window.faces is not None)
    window.faces.sounds.enabled = False
    window.activateWindow()
    made = Hands(qtbot, window, lanes)
    made.settle()
    return made


def test_a_whole_day_by_keyboard_alone(hands, sqlite_shop):
    # Ann signs in and opens the drawer.
    hands.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    hands.type("ann")
    hands.press(Qt.Key.Key_Tab)
    hands.type(password_of("ann"))
    hands.press(Qt.Key.Key_Return)
    hands.qtbot.waitUntil(lambda: hands.till is not None and hands.till.till.standing is not None, timeout=5_000)
    hands.till.scanner._moment_ms = lambda _event: hands.now_ms
    hands.settle()
    hands.press(Qt.Key.Key_O, CTRL | SHIFT)
    hands.dialog("open_shift_dialog")
    hands.type("100")
    hands.press(Qt.Key.Key_Return)
    assert "Shift 1" in hands.text("till_place")

    # A sale by scan, paid exactly in cash.
    hands.scan(TEA)
    hands.type("2*")
    hands.scan(MUG)
    assert hands.text("total") == "€19.48"
    hands.paying()
    hands.press(Qt.Key.Key_Return)
    by_scan = hands.sold()

    # A sale by search, split between card and cash with change.
    hands.type("untaxed")
    hands.settle()
    hands.press(Qt.Key.Key_Return)
    assert hands.text("total") == "€10.00"
    hands.paying()
    hands.type("4")
    hands.press(Qt.Key.Key_2, CTRL)
    assert hands.text("due") == "€6.00"
    hands.type("20")
    hands.press(Qt.Key.Key_Return)
    assert hands.text("due") == "€14.00"
    split = hands.sold()

    # Hold one customer, serve another, recall the first.
    hands.scan(BOOK)
    hands.press(Qt.Key.Key_F5)
    hands.dialog("text_question")
    hands.type("blue coat")
    hands.press(Qt.Key.Key_Return)
    assert hands.text("total") == "€0.00"
    hands.scan(TEA)
    hands.paying()
    hands.press(Qt.Key.Key_Return)
    between = hands.sold()
    hands.press(Qt.Key.Key_F6)
    hands.dialog("held_dialog")
    hands.press(Qt.Key.Key_Return)
    hands.qtbot.waitUntil(lambda: hands.text("total") == "€10.00")

    # A discount above the clerk's cap, approved by Max on the spot.
    hands.press(Qt.Key.Key_F8)
    hands.dialog("discount_dialog")
    hands.type("30")
    hands.press(Qt.Key.Key_Return)
    hands.approve("max")
    assert hands.text("total") == "€7.00"
    hands.paying()
    hands.press(Qt.Key.Key_Return)
    discounted = hands.sold()

    # The sale in between is voided, approved by Olga.
    hands.press(Qt.Key.Key_R, CTRL)
    recent = hands.dialog("recent_dialog")
    numbers = [row.value.number for row in recent._rows]
    for _step in range(numbers.index(between)):
        hands.press(Qt.Key.Key_Down)
    while QApplication.focusWidget() is None or QApplication.focusWidget().objectName() != "void":
        hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_Space)
    hands.dialog("text_question")
    hands.type("wrong tea")
    hands.press(Qt.Key.Key_Return)
    hands.approve("olga")
    hands.qtbot.waitUntil(lambda: "is void" in hands.till.messages.text)

    # X, then the drawer is counted blind and the shift closed with its Z.
    hands.press(Qt.Key.Key_X, CTRL | SHIFT)
    report = hands.dialog("shift_report_dialog")
    assert not any("Should be" in label.text() for label in report.findChildren(QLabel))
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_Z, CTRL | SHIFT)
    close = hands.dialog("close_shift_dialog")
    counted = {10_000: "1", 2_000: "1", 1_000: "1", 200: "1", 20: "2", 5: "1", 2: "1"}
    for cents in close.count.fields:
        hands.type(counted.get(cents, ""))
        hands.press(Qt.Key.Key_Return)
    assert close.count.total_cents == 13_247
    hands.press(Qt.Key.Key_Return)
    assert close.difference.text() == "€0.01 missing"
    hands.type("one small coin")
    hands.press(Qt.Key.Key_Return)
    z_report = hands.dialog("shift_report_dialog")
    assert "Z report T1-Z000001" in z_report.windowTitle()
    hands.press(Qt.Key.Key_Escape)
    assert "Shift" not in hands.text("till_place")

    # And the books say the same.
    documents = [
        (facts.kind, facts.number, facts.total_cents)
        for facts in sqlite_shop.ask(lambda reader: list(all_documents(reader)))
    ]
    assert documents == [
        ("sale", by_scan, 1948),
        ("sale", split, 1000),
        ("sale", between, 350),
        ("sale", discounted, 700),
        ("void", "T1-V000001", -350),
    ]
    payments = sqlite_shop.ask(sale_detail, split).payments
    assert [(part.kind, part.amount_cents, part.change_cents) for part in payments] == [
        ("card", 400, 0),
        ("cash", 600, 1400),
    ]
    steps = sqlite_shop.ask(sale_detail, discounted).lines[0].steps
    assert [(step.kind, step.amount_cents, step.approved_by) for step in steps] == [("line_discount", -300, "max")]
    (shift,) = sqlite_shop.ask(shifts_page, PageRequest()).rows
    expected = 10_000 + 1948 + 600 + 350 + 700 - 350
    assert (shift.status, shift.expected_cents) == ("closed", expected)
    assert (shift.counted_cents, shift.difference_cents, shift.difference_reason) == (13_247, -1, "one small coin")
    report = run_doctor(sqlite_shop.database, clock=sqlite_shop.clock)
    assert report.ok, [finding for finding in report.findings if finding.violations]
