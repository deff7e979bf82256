"""What nobody caught: logged with an id, told in plain words, and the program goes on."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject, QTimer, QtMsgType, Signal, qWarning
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.ui.crash import LastResort, one_line


@pytest.fixture
def last_resort(qapp: QApplication, allow_log: Any) -> Iterator[LastResort]:
    allow_log("E-[A-Z0-9]{6}: ZeroDivisionError in MainThread|E-[A-Z0-9]{6}: ZeroDivisionError in Thread")
    made = LastResort(qapp)
    made.install()
    yield made
    made.remove()


def told(qapp: QApplication) -> list[QWidget]:
    return [widget for widget in qapp.topLevelWidgets() if widget.objectName() == "notice" and widget.isVisible()]


def test_an_error_in_a_slot_is_logged_and_told_with_its_id(
    last_resort: LastResort, qapp: QApplication, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(last_resort.caught) as caught:
        QTimer.singleShot(0, lambda: 1 // 0)
    number = caught.args[0]
    record = next(record for record in caplog.records if number in record.getMessage())
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError
    (dialog,) = told(qapp)
    text = dialog.findChild(QLabel, "notice_text").text()
    assert number in text
    assert "ZeroDivisionError" not in text
    dialog.close()


def test_an_error_in_a_thread_is_told_as_well(last_resort: LastResort, qapp: QApplication, qtbot: QtBot) -> None:
    with qtbot.waitSignal(last_resort.caught):
        thread = threading.Thread(target=lambda: 1 // 0)
        thread.start()
        thread.join()
    for dialog in told(qapp):
        dialog.close()


def test_a_fault_that_repeats_opens_one_dialog(last_resort: LastResort, qapp: QApplication, qtbot: QtBot) -> None:
    class Sender(QObject):
        go = Signal()

    sender = Sender()
    sender.go.connect(lambda: 1 // 0)
    numbers: list[str] = []
    last_resort.caught.connect(numbers.append)
    for _time in range(5):
        sender.go.emit()
    qtbot.waitUntil(lambda: len(numbers) == 5)
    assert len(told(qapp)) == 1
    assert len(set(numbers)) == 5
    told(qapp)[0].close()


def test_qts_messages_go_to_the_log_in_one_line(
    last_resort: LastResort, allow_log: Any, caplog: pytest.LogCaptureFixture
) -> None:
    allow_log("shopdesk.qt: ")
    qWarning("first\nsecond \x1b[31m")
    record = next(record for record in caplog.records if record.name == "shopdesk.qt")
    assert record.levelno == logging.WARNING
    assert record.getMessage().endswith(r"first\x0asecond \x1b[31m")
    assert QtMsgType.QtWarningMsg is not None
    assert one_line("plain ünïcode") == "plain ünïcode"


def test_the_hooks_are_given_back(qapp: QApplication) -> None:
    before = sys.excepthook
    made = LastResort(qapp)
    made.install()
    assert sys.excepthook != before
    made.remove()
    assert sys.excepthook == before
