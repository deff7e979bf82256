"""The one voice: bars, questions named by their act, operations that show their own refusals."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.errors import BadField, DatabaseBusy, NotFound, NotPermitted, ShopError
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import Action, MessageBar, Voice, ask, ask_text, bar_of
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.widgets import button, vbox
from shopdesk.ui.theme.appearance import wear
from tests.ui.kit.shelf import MARKUP, PaperShop


class Page(QWidget):
    """A page with a bar and a button inside another widget."""

    def __init__(self) -> None:
        super().__init__()
        self.messages = MessageBar(self)
        layout = vbox(self)
        layout.addWidget(self.messages)
        inner = QWidget()
        vbox(inner)
        self.go = button("Go", "go")
        inner.layout().addWidget(self.go)
        layout.addWidget(inner)


@pytest.fixture
def page(dressed: object, qtbot: QtBot) -> Page:
    made = Page()
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    return made


class Raise(msgspec.Struct, frozen=True):
    """Raise a price."""

    name: str = "Tea"


def fine(_uow: object, command: Raise) -> str:
    return command.name


def pushed(page: QWidget, name: str) -> QPushButton:
    return next(one for one in page.window().findChildren(QPushButton) if one.objectName() == name)


def test_the_nearest_bar_is_found(page: Page) -> None:
    assert bar_of(page.go) is page.messages
    assert bar_of(QWidget()) is None


def test_a_message_shows_data_as_it_is_written(page: Page) -> None:
    page.messages.refuse(MARKUP)
    assert page.messages.text == MARKUP
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in page.messages.findChildren(QLabel))


def test_an_action_runs_once_and_clears_the_bar(page: Page, qtbot: QtBot) -> None:
    ran: list[str] = []
    page.messages.refuse("Only 2 left.", [Action("Sell 2", lambda: ran.append("sold"))])
    qtbot.mouseClick(pushed(page, "message_action_1"), Qt.MouseButton.LeftButton)
    assert ran == ["sold"]
    assert page.messages.text == ""


def test_done_is_said_and_the_button_is_held_meanwhile(page: Page, desk: Desk, shop: PaperShop, qtbot: QtBot) -> None:
    got: list[str] = []
    operation = Operation(fine, Raise("Cup"), done=got.append, said="Saved.")
    operation.run(desk, page.go, hold=(page.go,))
    assert not page.go.isEnabled()
    qtbot.waitUntil(lambda: got == ["Cup"])
    assert page.go.isEnabled()
    assert (page.messages.voice, page.messages.text) == (Voice.SUCCESS, "Saved.")
    assert shop.done == [Raise("Cup")]


def refusing(error: ShopError) -> Any:
    def use_case(_uow: object, _command: Raise) -> None:
        raise error

    return use_case


def test_a_refusal_stands_in_the_bar(page: Page, desk: Desk, qtbot: QtBot) -> None:
    Operation(refusing(NotFound("sale", "T1")), Raise()).run(desk, page.go, hold=(page.go,))
    qtbot.waitUntil(lambda: page.messages.text == "sale T1 does not exist.")
    assert page.messages.voice is Voice.REFUSAL
    assert page.go.isEnabled()


def test_a_refusal_goes_beside_its_field(page: Page, desk: Desk, qtbot: QtBot) -> None:
    class Form:
        shown: ClassVar[list[tuple[str, str]]] = []

        def show_error(self, field: str, sentence: str) -> bool:
            self.shown.append((field, sentence))
            return field == "price"

    form = Form()
    Operation(refusing(BadField("price", "is too high")), Raise()).run(desk, page.go, form=form)
    qtbot.waitUntil(lambda: form.shown == [("price", "price: is too high")])
    assert page.messages.text == ""
    Operation(refusing(BadField("other", "is wrong")), Raise()).run(desk, page.go, form=form)
    qtbot.waitUntil(lambda: page.messages.text == "other: is wrong")


def test_a_busy_database_can_be_tried_again(page: Page, desk: Desk, qtbot: QtBot) -> None:
    answers = [DatabaseBusy("Other tills are writing."), None]
    got: list[str] = []

    def use_case(_uow: object, command: Raise) -> str:
        if (error := answers.pop(0)) is not None:
            raise error
        return command.name

    Operation(use_case, Raise(), done=got.append).run(desk, page.go)
    qtbot.waitUntil(lambda: "Other tills are writing." in page.messages.text)
    qtbot.mouseClick(pushed(page, "try_again"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: got == ["Tea"])


def test_a_manager_may_take_over_a_missing_right(page: Page, desk: Desk, qtbot: QtBot) -> None:
    asked: list[NotPermitted] = []

    def approve(error: NotPermitted) -> bool:
        asked.append(error)
        return True

    Operation(refusing(NotPermitted("void")), Raise(), approve=approve).run(desk, page.go)
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert page.messages.text == ""


def test_a_bug_is_not_dressed_up_as_a_refusal(page: Page, desk: Desk, qtbot: QtBot) -> None:
    with qtbot.captureExceptions() as caught:
        Operation(lambda _uow, _command: 1 // 0, Raise()).run(desk, page.go)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError
    assert page.messages.text == ""


def test_a_question_names_its_act_and_enter_does_not_destroy(page: Page, qtbot: QtBot) -> None:
    ran: list[str] = []
    dialog = ask(page, "Close shift 12?", MARKUP, "Close shift 12", lambda: ran.append("closed"), danger=True)
    act = dialog.findChild(QPushButton, "act")
    assert act.text() == "Close shift 12"
    assert not act.isDefault()
    assert dialog.findChild(QLabel, "question_text").text() == MARKUP
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert ran == []
    dialog = ask(page, "Close shift 12?", "The drawer is counted.", "Close shift 12", lambda: ran.append("closed"))
    qtbot.mouseClick(dialog.findChild(QPushButton, "act"), Qt.MouseButton.LeftButton)
    assert ran == ["closed"]


def test_a_required_answer_may_not_be_empty(page: Page, qtbot: QtBot) -> None:
    got: list[str] = []
    dialog = ask_text(page, "Void", "Reason", "Void sale", got.append)
    line: Any = dialog.findChild(QWidget, "text_answer")
    qtbot.mouseClick(dialog.findChild(QPushButton, "act"), Qt.MouseButton.LeftButton)
    assert got == []
    assert dialog.messages.text == "Please fill in: Reason"
    qtbot.keyClicks(line, "  wrong size ")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert got == ["wrong size"]


def test_icons_follow_the_appearance(page: Page, qapp: QApplication) -> None:
    page.messages.say("The light goes out.", Voice.NEWS)
    icon: Any = page.messages.findChild(QWidget, "message_icon")
    light = icon.grab().toImage()
    wear(qapp, "dark")
    dark = icon.grab().toImage()
    wear(qapp, "light")
    assert light != dark
    assert icon.grab().toImage() == light
