"""Fields that know what they hold, and forms that put a refusal where it belongs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.errors import BadAmount, BadField
from shopdesk.ui.kit import inputs
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_dialog import Form, FormDialog, open_form
from shopdesk.ui.kit.form_view import Field, FormView, Holds, MissingValue
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.keypads import BACKSPACE, CLEAR, ENTER, NumericPad, PinPad
from tests.ui.kit.shelf import PaperShop
from tests.ui.kit.test_messages import Page

EUR, YEN, DINAR = Formats("EUR"), Formats("JPY"), Formats("KWD")


@pytest.mark.parametrize(
    ("formats", "typed", "cents", "shown"),
    [
        (EUR, "12.5", 1250, "12.50"),
        (EUR, "12,50", 1250, "12.50"),
        (EUR, "1.234,50", 123450, "1,234.50"),
        (EUR, "-3", -300, "-3.00"),
        (YEN, "1200", 1200, "1,200"),
        (DINAR, "1.5", 1500, "1.500"),
    ],
)
def test_money_is_read_by_the_currencys_decimals(
    dressed: object, qtbot: QtBot, formats: Formats, typed: str, cents: int, shown: str
) -> None:
    field = inputs.MoneyField("price", "Price", formats)
    qtbot.addWidget(field)
    qtbot.keyClicks(field, typed)
    assert field.value() == cents
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == shown
    assert field.value() == cents


@pytest.mark.parametrize("typed", ["abc", "1e5", "0.001", "--1", "NaN", "12.345678"])
def test_what_is_no_amount_is_refused(dressed: object, qtbot: QtBot, typed: str) -> None:
    field = inputs.MoneyField("price", "Price", EUR)
    qtbot.addWidget(field)
    field.setText(typed)
    with pytest.raises(BadAmount):
        field.value()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.property("wrong") == "true"
    assert field.text() == typed


def test_quantities_rates_and_counts(dressed: object, qtbot: QtBot) -> None:
    weight = inputs.QuantityField("weight", "Weight")
    rate = inputs.PercentField("rate", "Rate")
    count = inputs.CountField("count", "Count")
    for field in (weight, rate, count):
        qtbot.addWidget(field)
    qtbot.keyClicks(weight, "0,25")
    qtbot.keyClicks(rate, "8.875")
    qtbot.keyClicks(count, "-12x")
    assert (weight.value(), rate.value(), count.value()) == (250, 88_750, 12)
    rate.setText("7.12345")
    with pytest.raises(BadAmount):
        rate.value()
    weight.clear()
    assert weight.value() is None
    assert weight.number() == 0


def test_a_long_choice_is_found_by_typing_part_of_it(dressed: object, qtbot: QtBot) -> None:
    options = [(number, f"Shelf {number:02}") for number in range(20)]
    field = inputs.ChoiceField("shelf", "Shelf", options)
    qtbot.addWidget(field)
    field.set_value(7)
    assert field.value() == 7
    assert field.isEditable()
    field.setEditText("no such shelf")
    assert field.value() is None
    field.setEditText("shelf 11")
    assert field.value() == 11


def test_a_choice_keeps_its_value_when_the_options_come_late(dressed: object, qtbot: QtBot) -> None:
    field = inputs.ChoiceField("tax", "Tax", [(1, "A"), (2, "B")])
    qtbot.addWidget(field)
    field.set_value(2)
    field.set_options([(3, "C"), (2, "B")])
    assert field.value() == 2
    field.set_options([(3, "C")])
    assert field.value() is None


def test_a_shown_secret_hides_again_when_one_leaves(dressed: object, qtbot: QtBot) -> None:
    field = inputs.SecretField("password", "Password")
    qtbot.addWidget(field)
    assert field.echoMode() == inputs.SecretField.EchoMode.Password
    assert field.actions() == []
    qtbot.keyClicks(field, "tea")
    field.actions()[0].trigger()
    assert field.echoMode() == inputs.SecretField.EchoMode.Normal
    field.show()
    with qtbot.waitActive(field):
        field.activateWindow()
    field.setFocus()
    field.clearFocus()
    assert field.echoMode() == inputs.SecretField.EchoMode.Password


def test_the_numeric_pad_writes_into_its_line_and_keeps_the_focus_there(dressed: object, qtbot: QtBot) -> None:
    line = inputs.TextField("given", "Given")
    pad = NumericPad(rows=(("1", "2"), ("00", "."), (BACKSPACE, CLEAR)), target=line)
    host = QWidget()
    line.setParent(host)
    pad.setParent(host)
    qtbot.addWidget(host)
    typed: list[str] = []
    line.textEdited.connect(typed.append)
    for key in ("1", "2", "00", ".", BACKSPACE):
        qtbot.mouseClick(pad.keys[key], Qt.MouseButton.LeftButton)
    assert line.text() == "1200"
    assert typed == ["1", "12", "1200", "1200.", "1200"]
    assert all(key.focusPolicy() == Qt.FocusPolicy.NoFocus for key in pad.keys.values())
    pad.press(CLEAR)
    assert line.text() == ""


def test_a_pin_by_keyboard_and_by_finger_is_never_shown(dressed: object, qtbot: QtBot) -> None:
    pad = PinPad()
    qtbot.addWidget(pad)
    got: list[str] = []
    pad.entered.connect(got.append)
    qtbot.keyClicks(pad, "48x2")
    qtbot.keyClick(pad, Qt.Key.Key_Return)
    assert got == []
    assert pad.error == "A PIN has at least 6 figures."
    qtbot.keyClicks(pad, "4829")
    for key in ("1", "9", BACKSPACE, "3", ENTER):
        pad.pad.press(key)
    assert got == ["482913"]
    texts = [widget.text() for widget in pad.findChildren(QPushButton)]
    assert "482913" not in texts
    assert pad.accessibleName() == "PIN"


class SaveGood(msgspec.Struct, frozen=True):
    """Save a good."""

    id: int
    name: str
    price_cents: int | None = None
    tax: int | None = None


def save_good(_uow: object, command: SaveGood) -> int:
    if command.name == "twin":
        raise BadField("name", "there is one already")
    return command.id


FIELDS = (
    Field("name", "Name", required=True, group="Good"),
    Field("price_cents", "Price", Holds.MONEY, group="Good"),
    Field("tax", "Tax", Holds.CHOICE, query=lambda _reader: [(1, "19 %"), (2, "7 %")], group="Books"),
)
FORM = Form("test.good", "Good", SaveGood, save_good, FIELDS, "Save good", given=("id",))


@pytest.fixture
def page(dressed: object, qtbot: QtBot) -> Page:
    made = Page()
    qtbot.addWidget(made)
    made.resize(800, 700)
    made.show()
    return made


@pytest.fixture
def dialog(page: Page, desk: Desk, qtbot: QtBot) -> FormDialog:
    made = open_form(page, desk, FORM, values={"name": "Tea", "price_cents": 350, "tax": 2}, given={"id": 7})
    qtbot.waitUntil(lambda: made.view.input("tax").value() == 2)
    return made


def test_a_form_fills_its_command_and_closes_when_it_is_done(
    dialog: FormDialog, page: Page, shop: PaperShop, qtbot: QtBot
) -> None:
    name: Any = dialog.view.input("name")
    assert name.hasFocus() or name.focusProxy() is None
    name.selectAll()
    qtbot.keyClicks(name, "Green tea")
    qtbot.keyClick(name, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shop.done == [SaveGood(7, "Green tea", 350, 2)])
    qtbot.waitUntil(lambda: page.messages.text == "Saved.")


def test_a_refusal_stands_under_its_field_until_one_types(dialog: FormDialog, shop: PaperShop, qtbot: QtBot) -> None:
    name: Any = dialog.view.input("name")
    name.selectAll()
    qtbot.keyClicks(name, "twin")
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.view.error("name") == "name: there is one already")
    assert dialog.isVisible()
    assert shop.done == []
    qtbot.keyClicks(name, "s")
    assert dialog.view.error("name") == ""


def test_every_wrong_field_is_marked_at_once(dialog: FormDialog, shop: PaperShop, qtbot: QtBot) -> None:
    dialog.view.input("name").setText("  ")
    dialog.view.input("price_cents").setText("a lot")
    dialog.submit()
    assert dialog.view.error("name") == "Please fill in: Name"
    assert dialog.view.error("price_cents") == "This is no amount. Example: 12.50"
    with pytest.raises(MissingValue):
        dialog.view.values()
    assert shop.done == []


def test_unsaved_work_is_not_lost_by_escape(dialog: FormDialog, page: Page, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.view.input("name"), "x")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    question: Any = dialog.findChild(QWidget, "question")
    qtbot.mouseClick(question.findChild(QPushButton, "act"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.window().findChild(FormDialog) is None)


def test_an_untouched_form_closes_without_a_question(dialog: FormDialog, page: Page, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.window().findChild(FormDialog) is None)


@pytest.mark.parametrize(("width", "columns"), [(900, 1), (1300, 2)])
def test_two_columns_only_where_there_is_room(desk: Desk, qtbot: QtBot, width: int, columns: int) -> None:
    view = FormView(FIELDS, desk)
    qtbot.addWidget(view)
    view.resize(width, 500)
    view.show()
    qtbot.waitUntil(lambda: desk.lanes.busy == 0)
    lefts = {view.findChild(QWidget, name).x() for name in ("group_good", "group_books")}
    assert len(lefts) == columns


def test_a_form_that_does_not_fit_its_command_is_refused_at_import() -> None:
    with pytest.raises(ValueError, match="SaveGood has no colour"):
        Form("test.good", "Good", SaveGood, save_good, (Field("colour", "Colour"),), "Save good")
    with pytest.raises(ValueError, match="stands there twice"):
        Form("test.good", "Good", SaveGood, save_good, FIELDS, "Save good", given=("name",))
    with pytest.raises(ValueError, match="only a choice"):
        Field("tax", "Tax", Holds.CHOICE)
