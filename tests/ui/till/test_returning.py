"""Goods come back at the till: by key and by scan, with a manager where the clerk may not, previewed to the cent."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from shopdesk.sales.card import CardDesk
from shopdesk.sales.terminal import TerminalSimulator
from tests.ui.till.conftest import BOOK, MUG, TEA
from tests.ui.till.test_counter import open_pay, sell, sold


def press_give_back(clerk, dialog, reason: str = "Does not fit") -> None:
    dialog.reason.setEditText(reason)
    button = dialog.findChild(QPushButton, "act")
    clerk.qtbot.waitUntil(button.isEnabled)
    clerk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    clerk.settle()


@pytest.fixture
def two(ann):
    """Two teas and a mug, sold for cash."""
    for code in (TEA, TEA, MUG):
        ann.scan(code)
    open_pay(ann)
    ann.press(Qt.Key.Key_Return)
    number = ann.screen.paying.answer.number
    ann.screen.paying.finish()
    ann.settle()
    return number


def test_a_manager_lets_the_clerk_take_a_tea_back(ann, two):
    ann.press(Qt.Key.Key_F9)
    dialog = ann.dialog("return_dialog")
    ann.type(two)
    ann.press(Qt.Key.Key_Return)
    ann.type("1")
    ann.settle()
    ann.qtbot.waitUntil(lambda: "€3.50" in dialog.effects.text())
    assert "1 back to stock" in dialog.effects.text()
    assert dialog.act.text() == "Give back €3.50"
    press_give_back(ann, dialog, " ")
    assert "Reason" in dialog.messages.text
    press_give_back(ann, dialog, "tastes of nothing")
    ann.pin("max")
    ann.qtbot.waitUntil(lambda: "T1-R000001: give €3.50 back in cash." in ann.told)
    assert sold(ann)[-1] == ("return", -350)


def test_scanning_the_receipt_opens_it_and_scanning_goods_counts_them(clerks):
    max_ = clerks("max")
    number = sell(max_)
    max_.scan(f"SD1:{number}:20261120T101500Z:EUR350:ABCDEF0123456789")
    dialog = max_.dialog("return_dialog")
    assert dialog.number.text() == number
    max_.scan(TEA)
    max_.settle()
    assert dialog.act.text() == "Give back €3.50"
    max_.scan(BOOK)
    assert "is no article of this sale" in dialog.messages.text
    assert max_.lines == []  # nothing was rung up meanwhile
    press_give_back(max_, dialog)
    max_.qtbot.waitUntil(lambda: "T1-R000001" in max_.told)
    assert sold(max_) == [("sale", 350), ("return", -350)]
    max_.scan(number)
    again = max_.dialog("return_dialog")
    max_.qtbot.waitUntil(lambda: "came back already" in again.messages.text)
    assert not again.act.isEnabled()


def test_a_number_that_is_none_is_said(clerks):
    max_ = clerks("max")
    max_.press(Qt.Key.Key_F9)
    dialog = max_.dialog("return_dialog")
    max_.type("T1-S999999")
    max_.press(Qt.Key.Key_Return)
    max_.qtbot.waitUntil(lambda: "no sale T1-S999999" in dialog.messages.text)
    assert not dialog.act.isEnabled()


def test_a_card_is_paid_back_by_the_terminal(clerks):
    max_, terminal = clerks("max"), TerminalSimulator()
    max_.screen.card.use(CardDesk(max_.shop, terminal))
    max_.scan(TEA)
    open_pay(max_)
    max_.press(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    max_.qtbot.waitUntil(lambda: sold(max_) == [("sale", 350)])
    terminal.refund_script.append("time_out")
    max_.scan("T1-S000001")
    dialog = max_.dialog("return_dialog")
    dialog.all.click()
    max_.settle()
    press_give_back(max_, dialog)
    max_.qtbot.waitUntil(lambda: "not given the card its money back" in max_.told)
    max_.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    max_.qtbot.waitUntil(lambda: list(terminal.refunded.values()) == [350])
