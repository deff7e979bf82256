"""How the till looks: nothing clipped or overlapping, data only ever as plain text, every widget with a name."""

from __future__ import annotations

import gettext
from dataclasses import replace

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QLineEdit, QWidget

from shopdesk.core import i18n
from shopdesk.sales.basket import Discount
from shopdesk.ui.theme.appearance import dress
from shopdesk.ui.till.cart_lines import Buyer
from shopdesk.ui.till.line_list import key_areas
from tests.ui.clipping import misfits
from tests.ui.till.conftest import BOOK, MUG, TEA

NASTY = 'Tea <img src="file:///etc/hosts"> <b>&bold</b> & ' + "very long " * 16


@pytest.fixture(autouse=True)
def dressed(qapp):
    before = qapp.styleSheet()
    dress(qapp, "light")
    yield
    qapp.setStyleSheet(before)


def name_everything(clerk, name: str) -> None:
    """Give the goods and the customer of the sale in hand a name."""
    state = clerk.screen.till.state
    for line in state.cart.lines:
        goods = msgspec.structs.replace(line.goods, product_name=name)
        state._change(state.cart.change(replace(line, goods=goods)))
    state.set_buyer(Buyer(1, name, "", name))
    state.set_note(name[:400])


def dialogs(clerk):
    """Open every dialog of a line and of the sale, one after the other."""
    screen = clerk.screen
    for run in (
        screen.lines_work.quantity,
        screen.lines_work.price,
        screen.lines_work.discount,
        screen.lines_work.order_discount,
        screen.lines_work.why,
        screen.lines_work.note,
        screen.lines_work.line_note,
        screen.customers.choose,
        screen.drawer_work.drawer,
        screen.sales_work.hold,
        screen.sales_work.recent,
        screen.view.show_keys,
    ):
        run()
        clerk.settle()
        open_now = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
        assert len(open_now) == 1
        yield open_now[0]
        open_now[0].reject()
        clerk.settle()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_nothing_is_clipped_or_overlaps(ann, size):
    ann.screen.resize(*size)
    found = misfits(ann.screen)
    for code in (TEA, MUG, BOOK):
        ann.scan(code)
    name_everything(ann, "Free-range duck eggs from the meadow behind the old mill, ten pieces, with a paper box " * 2)
    state = ann.screen.till.state
    state.set_discount(state.cart.focus_id, Discount(ppm=50_000, label="a long reason for a small discount"))
    ann.settle()
    found += misfits(ann.screen)
    ann.type("t")
    ann.settle()
    found += misfits(ann.screen)
    ann.press(Qt.Key.Key_Escape)
    ann.scan("9999999999999")
    found += misfits(ann.screen)
    ann.screen.till.messages.clear()
    for dialog in dialogs(ann):
        found += misfits(dialog)
    ann.screen.paying.open()
    ann.settle()
    found += misfits(ann.screen)
    ann.screen.paying.give_cash(100_000)
    ann.settle()
    found += misfits(ann.screen)
    assert found == [], "\n".join(found)
    assert (ann.screen.width(), ann.screen.height()) == size


def test_the_check_itself_sees_what_is_clipped(qtbot):
    ground = QWidget()
    qtbot.addWidget(ground)
    label = QLabel("far too many words for so little room", ground)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setGeometry(0, 0, 40, 20)
    ground.show()
    assert len(misfits(ground)) == 1
    label.setGeometry(0, 0, 600, 40)
    assert misfits(ground) == []


def test_names_are_never_read_as_markup(ann):
    """S21: a name that looks like HTML is shown as it is, everywhere."""
    ann.scan(TEA)
    name_everything(ann, NASTY)
    ann.settle()
    windows = [ann.screen]
    checked = 0
    for window in windows:
        checked += _plain(window)
    for dialog in dialogs(ann):
        checked += _plain(dialog)
    ann.screen.till.refuse(f"Unknown product: {NASTY}")
    checked += _plain(ann.screen)
    assert checked > 100


def _plain(window: QWidget) -> int:
    labels = window.findChildren(QLabel)
    for label in labels:
        assert label.textFormat() == Qt.TextFormat.PlainText, label.objectName()
    for widget in window.findChildren(QWidget):
        tip = widget.toolTip()
        assert "<" not in tip or tip.startswith("<span>"), widget.objectName()
    return len(labels)


def test_every_widget_that_can_be_used_has_a_name_for_a_screen_reader(ann):
    ann.scan(TEA)
    ann.settle()
    nameless = _nameless(ann.screen)
    for dialog in dialogs(ann):
        nameless += _nameless(dialog)
    assert nameless == []


def _nameless(window: QWidget) -> list[str]:
    kinds = (QAbstractButton, QLineEdit)
    return [
        f"{window.objectName()}: {type(widget).__name__} {widget.objectName()}"
        for kind in kinds
        for widget in window.findChildren(kind)
        if widget.isVisible()
        and not widget.objectName().startswith("qt_")
        and (not widget.objectName() or not widget.accessibleName())
        and not isinstance(widget.parentWidget(), QLineEdit)
    ]


class Longer(gettext.NullTranslations):
    """A language whose every text is a third longer, as German is."""

    def gettext(self, message: str) -> str:
        if len(message) < 3 or "{" in message:
            return message
        return message + " " + "ün" * max(1, round(len(message) / 6))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if n == 1 else msgid2


@pytest.fixture
def longer_words(monkeypatch):
    monkeypatch.setattr(i18n, "_catalogue", Longer())


def test_nothing_is_clipped_in_a_language_of_long_words(longer_words, ann):
    assert ann.see("till_discount").text() == "Discount ün"
    found = misfits(ann.screen)
    for code in (TEA, MUG, BOOK):
        ann.scan(code)
    found += misfits(ann.screen)
    for dialog in dialogs(ann):
        found += misfits(dialog)
    ann.screen.paying.open()
    ann.settle()
    found += misfits(ann.screen)
    ann.screen.paying.give_cash(100_000)
    ann.settle()
    found += misfits(ann.screen)
    assert found == [], "\n".join(found)
    assert (ann.screen.width(), ann.screen.height()) == (1366, 768)


def test_the_till_is_mirrored_for_languages_written_from_the_right(qapp, ann, qtbot):
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        ann.scan(TEA)
        ann.settle()
        view = ann.screen.view
        assert view.lines.mapTo(ann.screen, view.lines.rect().center()).x() > ann.screen.width() / 2
        assert view.pad.mapTo(ann.screen, view.pad.rect().center()).x() < ann.screen.width() / 2
        rect = view.lines.visualRect(view.lines.lines.index(0))
        more = key_areas(rect, Qt.LayoutDirection.RightToLeft)["more"]
        assert more.center().x() > rect.center().x()
        qtbot.mouseClick(view.lines.viewport(), Qt.MouseButton.LeftButton, pos=more.center())
        assert ann.lines == [("2", "Green tea", "7.00")]
        assert misfits(ann.screen) == []
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
