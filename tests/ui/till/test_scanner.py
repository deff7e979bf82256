"""Scans among real widgets: a code reaches the till and nothing else."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from shopdesk.ui.till.burst import ScanProfile
from shopdesk.ui.till.scanner import Scanner, event_ms


class Counter:
    """A window with the till's field and another one, and hands and scanners that share one clock."""

    def __init__(self, qtbot, profile=None):
        self.now = 1_000
        self.window = QWidget()
        qtbot.addWidget(self.window)
        layout = QVBoxLayout(self.window)
        self.live, self.other, self.button = QLineEdit(), QLineEdit(), QPushButton("Act")
        self.pressed = 0
        self.button.clicked.connect(self._press)
        for widget in (self.live, self.other, self.button):
            layout.addWidget(widget)
        self.codes, self.unread = [], 0
        self.scanner = Scanner(self.live, profile=profile, moment_ms=lambda _event: self.now, parent=self.window)
        self.scanner.scanned.connect(self.codes.append)
        self.scanner.unreadable.connect(self._unread)
        self.scanner.set_active(True)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.live.setFocus()

    def _press(self):
        self.pressed += 1

    def _unread(self):
        self.unread += 1

    def key(self, key, text="", modifiers=Qt.KeyboardModifier.NoModifier, repeat=False):
        """A key as it comes from outside: to whatever has the focus."""
        target = QApplication.focusWidget() or self.window
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, key, modifiers, text, repeat))

    def scan(self, code, end=Qt.Key.Key_Return, step=3):
        for letter in code:
            self.key(Qt.Key.Key_0, letter)
            self.now += step
        if end is not None:
            self.key(end, "\r" if end == Qt.Key.Key_Return else "\t")
        self.now += 200

    def type(self, text):
        for letter in text:
            self.key(Qt.Key.Key_0, letter)
            self.now += 90
            self.scanner._give_up()  # what the timer does in the pause between two keys of a hand


@pytest.fixture
def counter(qtbot):
    made = Counter(qtbot)
    yield made
    made.scanner.set_active(False)


def test_a_scan_into_the_tills_field_leaves_what_was_typed_before(counter):
    counter.type("3*")
    counter.scan("4006381333931")
    assert counter.codes == ["4006381333931"]
    assert counter.live.text() == "3*"


def test_typing_shows_at_once_in_the_tills_field(counter):
    counter.key(Qt.Key.Key_T, "t")
    assert counter.live.text() == "t"
    counter.now += 90
    counter.key(Qt.Key.Key_E, "e")
    assert counter.live.text() == "te"
    counter.now += 90
    pressed = []
    counter.live.returnPressed.connect(lambda: pressed.append(1))
    counter.key(Qt.Key.Key_Return, "\r")
    assert pressed == [1]
    assert counter.codes == []


def test_a_scan_never_reaches_another_field(counter):
    counter.other.setFocus()
    seen = []
    counter.other.textChanged.connect(seen.append)
    counter.type("12")
    assert seen == ["1", "12"]
    counter.scan("4006381333931")
    assert counter.codes == ["4006381333931"]
    assert seen == ["1", "12"]


def test_typing_in_another_field_arrives_whole_and_in_order(counter):
    counter.other.setFocus()
    counter.type("Müller 7")
    assert counter.other.text() == "Müller 7"
    assert counter.codes == []


def test_what_was_kept_back_is_given_to_the_field_after_the_pause(counter, qtbot):
    counter.other.setFocus()
    counter.key(Qt.Key.Key_7, "7")
    assert counter.other.text() == ""
    qtbot.waitUntil(lambda: counter.other.text() == "7", timeout=1_000)


def test_a_burst_of_scans_keeps_their_order_and_number(counter):
    counter.other.setFocus()
    wanted = [f"40063813{number:05}" for number in range(50)]
    for code in wanted:
        counter.scan(code)
    assert counter.codes == wanted
    assert counter.other.text() == ""


def test_a_scan_while_a_dialog_asks_for_text(counter, qtbot):
    dialog = QDialog(counter.window)
    line, accept = QLineEdit(dialog), QPushButton("Save", dialog)
    accept.setDefault(True)
    dialog.open()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    counter.scan("4006381333931")
    assert counter.codes == ["4006381333931"]
    assert line.text() == ""
    assert dialog.isVisible()


def test_end_key_of_a_scan_presses_no_button_and_moves_no_focus(counter):
    counter.button.setDefault(True)
    counter.button.setFocus()
    counter.scan("4006381333931")
    counter.scan("5012345678900", end=Qt.Key.Key_Tab)
    assert counter.codes == ["4006381333931", "5012345678900"]
    assert counter.pressed == 0
    assert counter.button.hasFocus()


def test_carriage_return_and_line_feed_end_one_scan(counter):
    counter.other.setFocus()
    entered = []
    counter.other.returnPressed.connect(lambda: entered.append(1))
    for letter in "4006381333931":
        counter.key(Qt.Key.Key_0, letter)
        counter.now += 3
    for _again in range(3):
        counter.key(Qt.Key.Key_Return, "\r")
        counter.now += 3
    assert counter.codes == ["4006381333931"]
    assert entered == []


def test_separator_typed_with_control_is_part_of_the_code_and_fires_no_shortcut(counter):
    counter.other.setFocus()
    fired = []
    shortcut = QShortcut(QKeySequence("Ctrl+]"), counter.window)
    shortcut.activated.connect(lambda: fired.append(1))
    for letter in "0104006381333931":
        counter.key(Qt.Key.Key_0, letter)
        counter.now += 3
    QTest.keyClick(counter.other, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ControlModifier)
    counter.now += 3
    counter.scan("10LOT7")
    assert counter.codes == ["0104006381333931\x1d10LOT7"]
    assert fired == []


def test_shifted_letters_belong_to_a_code(counter):
    counter.other.setFocus()
    for letter in "ABC-1":
        counter.key(Qt.Key.Key_Shift, "", Qt.KeyboardModifier.ShiftModifier)
        counter.key(Qt.Key.Key_A, letter, Qt.KeyboardModifier.ShiftModifier)
        counter.now += 3
    counter.key(Qt.Key.Key_Return, "\r")
    assert counter.codes == ["ABC-1"]


def test_a_code_cut_off_reaches_no_dialog_and_says_so(counter, qtbot):
    counter.other.setFocus()
    counter.scan("40063813", end=None)
    qtbot.waitUntil(lambda: counter.unread == 1, timeout=1_000)
    assert counter.other.text() == ""
    assert counter.codes == []


def test_four_kilobytes_are_read_and_more_are_not(counter):
    counter.scan("x" * 4096)
    counter.scan("y" * 5000)
    assert counter.codes == ["x" * 4096]
    assert counter.unread == 1
    assert counter.live.text() == ""


def test_a_held_key_repeats_and_is_no_scan(counter):
    counter.other.setFocus()
    for _again in range(8):
        counter.key(Qt.Key.Key_1, "1", repeat=True)
        counter.now += 20
    assert counter.other.text() == "1" * 8


def test_emoji_in_a_code(counter):
    counter.scan("BOX\U0001f4e61")
    assert counter.codes == ["BOX\U0001f4e61"]


def test_commands_pass_untouched(counter):
    counter.live.setText("tea")
    counter.key(Qt.Key.Key_Backspace, "\b")
    assert counter.live.text() == "te"
    counter.key(Qt.Key.Key_A, "\x01", Qt.KeyboardModifier.ControlModifier)
    assert counter.live.selectedText() == "te"


def test_prefix_marks_a_short_code(qtbot):
    counter = Counter(qtbot, ScanProfile(prefix="~"))
    counter.other.setFocus()
    counter.scan("~A")
    assert counter.codes == ["A"]
    counter.scanner.set_active(False)


def test_nothing_is_filtered_on_another_page(counter):
    counter.scanner.set_active(False)
    counter.other.setFocus()
    counter.scan("4006381333931")
    assert counter.codes == []
    assert counter.other.text() == "4006381333931"


def through_the_window(counter, code):
    """Keys as the window system brings them: to the window, stamped, then to whatever has the focus."""
    window = counter.window.windowHandle()
    for letter in code:
        QTest.sendKeyEvent(QTest.KeyAction.Click, window, Qt.Key.Key_0, letter, Qt.KeyboardModifier.NoModifier)
    QTest.keyClick(window, Qt.Key.Key_Return)
    QApplication.processEvents()


@pytest.mark.parametrize("field", ["live", "other", "button"])
def test_a_scan_from_the_window_system_is_seen_once_and_whole(counter, qtbot, field):
    counter.scanner._moment_ms = event_ms
    target = getattr(counter, field)
    target.setFocus()
    qtbot.waitUntil(target.hasFocus)
    counter.button.setDefault(True)
    for code in ("4006381333931", "4002385002017"):
        through_the_window(counter, code)
        qtbot.wait(120)
    assert counter.codes == ["4006381333931", "4002385002017"]
    assert (counter.live.text(), counter.other.text(), counter.pressed) == ("", "", 0)


def test_a_hand_at_the_window_system_types_into_the_field_it_means(counter, qtbot):
    counter.scanner._moment_ms = event_ms
    counter.other.setFocus()
    qtbot.waitUntil(counter.other.hasFocus)
    for letter in "tea 3":
        window = counter.window.windowHandle()
        QTest.sendKeyEvent(QTest.KeyAction.Click, window, Qt.Key.Key_0, letter, Qt.KeyboardModifier.NoModifier)
        qtbot.wait(60)
    assert counter.other.text() == "tea 3"
    assert counter.codes == []


def test_random_keys_with_focus_that_wanders_raise_nothing(counter):
    chance = random.Random(7)
    targets = (counter.live, counter.other, counter.button)
    for number in range(6_000):
        if number % 40 == 0:
            chance.choice(targets).setFocus()
        counter.now += chance.choice((0, 2, 5, 34, 60, 300))
        text = chance.choice((*"0123456789abc ", "\x1d", "\x00", "\r", "\t", "é", "\U0001f4e6", ""))
        key = {"\r": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab, " ": Qt.Key.Key_Space}.get(text, Qt.Key.Key_0)
        counter.key(key, text)
    assert all(len(code) >= 1 for code in counter.codes)
    assert len(counter.codes) > 50
