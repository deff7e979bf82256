"""A declared record page: head and state, tabs made when seen, commands, guards, and where it opens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ChangedMeanwhile, NotFound
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page
from shopdesk.ui.kit import columns
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_dialog import Form, Shown
from shopdesk.ui.kit.form_panel import FormPanel
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, Tab, form_tab, list_tab
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.kit.record_window import RecordWindow
from shopdesk.ui.kit.specs import ListScreen
from shopdesk.ui.kit.widgets import Label
from tests.ui.kit.shelf import MARKUP, Good, Shelf, goods


@dataclass(frozen=True, slots=True)
class Kettle:
    """A thing with a page."""

    id: int
    version: int
    name: str
    price_cents: int
    sold: bool = False


@dataclass(frozen=True, slots=True)
class SaveKettle:
    """What its form fills."""

    id: int
    version: int
    name: str
    price_cents: int


class Kettles:
    """The things on the shelf, with a use case that refuses a stale version."""

    def __init__(self) -> None:
        self.rows = {1: Kettle(1, 1, "Copper kettle", 4_990)}
        self.loads = 0
        self.shelf = Shelf(goods(30))

    def load(self, _reader: object, kettle_id: int) -> Kettle:
        """The thing as it is now."""
        self.loads += 1
        if kettle_id not in self.rows:
            raise NotFound("Kettle", kettle_id)
        return self.rows[kettle_id]

    def save(self, _uow: object, command: SaveKettle) -> int:
        """Write it if it still is the shown one."""
        known = self.rows[command.id]
        if known.version != command.version:
            raise ChangedMeanwhile(known.name)
        self.rows[command.id] = replace(
            known, version=known.version + 1, name=command.name, price_cents=command.price_cents
        )
        return command.id


@pytest.fixture
def kettles() -> Kettles:
    return Kettles()


@pytest.fixture
def ran() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def spec(kettles: Kettles, ran: list[tuple[str, str]]) -> RecordPage:
    form = Form(
        key="kettles.edit",
        title="Change kettle",
        command=SaveKettle,
        use_case=kettles.save,
        fields=(Field("name", "Name", required=True), Field("price_cents", "Price", Holds.MONEY, required=True)),
        act="Save kettle",
        given=("id", "version"),
    )
    listed = ListScreen(
        key="kettles.goods",
        title="Goods",
        page=lambda reader, request, near=0: kettles.shelf.page(reader, request),
        row=Good,
        columns=(columns.text("sku", "SKU", sort=True), columns.text("name", "Name", stretch=True)),
        sort="sku",
    )

    def words(page: RecordView, record: Kettle) -> QWidget:
        return Label(f"{record.name} stands here", "words")

    def shown(_page: RecordView, record: Kettle) -> Shown:
        return Shown(
            {"name": record.name, "price_cents": record.price_cents}, {"id": record.id, "version": record.version}, form
        )

    return RecordPage(
        key="kettles.kettle",
        title="Kettle",
        load=kettles.load,
        head=lambda record, formats: record.name,
        under=lambda record, formats: formats.money(record.price_cents),
        state=lambda record: columns.State("Sold" if record.sold else "Here", "success", "check"),
        needs=Permission.SALES_VIEW,
        tabs=(
            Tab("words", "Words", words, count=lambda record: 3),
            form_tab("form", "Details", shown),
            list_tab("goods", "Goods", listed, lambda record: {"near": record.id}),
            Tab("secret", "Secret", words, needs=Permission.VOID),
            Tab("gone", "Gone", words, shown=lambda record: record.sold),
        ),
        commands=(
            RecordCommand("sell", "Sell", lambda page, one: ran.append(("sell", one.name)), "cash", primary=True),
            RecordCommand("void", "Void", lambda page, one: ran.append(("void", one.name)), needs=Permission.VOID),
            RecordCommand(
                "mend", "Mend", lambda page, one: ran.append(("mend", one.name)), shortcut="Ctrl+M", more=True
            ),
            RecordCommand("wrap", "Wrap", lambda page, one: None, ready=lambda one: one.sold),
        ),
        refresh_on={"Kettle"},
    )


@pytest.fixture
def page(spec: RecordPage, desk: Desk, memory: Memory, qtbot: QtBot) -> RecordView:
    made = RecordView(spec, 1, desk, memory)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    qtbot.waitUntil(lambda: made.record is not None)
    return made


def by_name(widget: QWidget, name: str) -> Any:
    found = widget.findChild(QWidget, name)
    assert found is not None, name
    return found


def settled(page: RecordView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.desk.lanes.busy == 0)


def test_the_head_says_what_it_is_and_how_it_stands(page: RecordView) -> None:
    assert by_name(page, "record_title").text() == "Copper kettle"
    assert by_name(page, "record_kind").text() == "Kettle"
    assert by_name(page, "record_state").text() == "Here"
    assert "49.90" in by_name(page, "record_under").text()
    assert page.heading == "Copper kettle"


def test_tabs_are_made_when_they_are_seen_and_forbidden_ones_are_not_there(page: RecordView, qtbot: QtBot) -> None:
    assert page.tabs.count() == 3
    assert page.tabs.tabText(0) == "Words  3"
    assert page.tab("words") is not None
    assert page.tab("goods") is None
    page.open_tab("goods")
    inner = page.tab("goods")
    assert isinstance(inner, ListView)
    qtbot.waitUntil(lambda: len(inner.model.rows) == 30)
    assert inner.fixed == {"near": 1}
    assert inner.context is page


def test_the_tab_chosen_last_is_shown_first_next_time(
    page: RecordView, spec: RecordPage, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    page.open_tab("form")
    again = RecordView(spec, 1, desk, memory)
    qtbot.addWidget(again)
    qtbot.waitUntil(lambda: again.tab("form") is not None)
    assert again.tab("words") is None


def test_a_change_elsewhere_reads_the_record_again_and_keeps_what_is_typed(
    page: RecordView, kettles: Kettles, qtbot: QtBot
) -> None:
    page.open_tab("form")
    panel = page.tab("form")
    assert isinstance(panel, FormPanel)
    panel.view.input("name").setText("My kettle")
    panel.view.input("name").textEdited.emit("My kettle")
    assert page.dirty
    kettles.rows[1] = replace(kettles.rows[1], version=2, name="Their kettle")
    page.desk.changed.emit(frozenset({"Kettle"}))
    qtbot.waitUntil(lambda: page.heading == "Their kettle")
    assert panel.view.input("name").text() == "My kettle"
    assert "Their kettle" in by_name(page, "words").text()


def test_the_second_person_sees_what_changed_and_chooses_field_by_field(
    page: RecordView, kettles: Kettles, qtbot: QtBot
) -> None:
    page.open_tab("form")
    panel = page.tab("form")
    assert isinstance(panel, FormPanel)
    panel.view.set_values({"name": "My kettle"})
    panel.view.dirty = True
    kettles.rows[1] = Kettle(1, 2, "Their kettle", 6_000)
    panel.submit()
    qtbot.waitUntil(lambda: page.findChild(Dialog, "conflict") is not None)
    dialog = page.findChild(Dialog, "conflict")
    assert dialog is not None
    assert by_name(dialog, "name_mine").isChecked()  # both changed the name: mine, until I choose
    assert by_name(dialog, "price_cents_theirs").isChecked()  # only they changed the price
    assert "60" in by_name(dialog, "price_cents_theirs").text()
    assert by_name(dialog, "name_theirs").text() == "Their kettle"
    qtbot.mouseClick(by_name(dialog, "act"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: kettles.rows[1].version == 3)
    assert kettles.rows[1] == Kettle(1, 3, "My kettle", 6_000)
    settled(page, qtbot)
    assert not page.dirty


def test_saving_twice_in_a_row_does_not_fight_with_oneself(page: RecordView, kettles: Kettles, qtbot: QtBot) -> None:
    page.open_tab("form")
    panel = page.tab("form")
    assert isinstance(panel, FormPanel)
    for name in ("First", "Second"):
        panel.view.set_values({"name": name})
        panel.view.dirty = True
        panel.submit()
        qtbot.waitUntil(lambda name=name: kettles.rows[1].name == name)
        settled(page, qtbot)
    assert kettles.rows[1].version == 3
    assert page.findChild(Dialog, "conflict") is None


def test_discard_shows_what_is_saved(page: RecordView) -> None:
    page.open_tab("form")
    panel = page.tab("form")
    assert isinstance(panel, FormPanel)
    save = by_name(panel, "act")
    assert not save.isEnabled()
    panel.view.input("name").setText("x")
    panel.view.input("name").textEdited.emit("x")
    assert save.isEnabled()
    panel.discard()
    assert panel.view.input("name").text() == "Copper kettle"
    assert not save.isEnabled()


def test_leaving_with_something_unsaved_asks(page: RecordView, qtbot: QtBot) -> None:
    left: list[bool] = []
    page.closed.connect(lambda: left.append(True))
    page.open_tab("form")
    panel = page.tab("form")
    assert isinstance(panel, FormPanel)
    panel.view.dirty = True
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not left
    question = page.findChild(Dialog, "question")
    assert question is not None
    qtbot.mouseClick(by_name(question, "act"), Qt.MouseButton.LeftButton)
    assert left == [True]


def test_commands_fit_the_record_and_the_role(page: RecordView, ran: list[tuple[str, str]], qtbot: QtBot) -> None:
    offered = {command.key: (usable, bool(why)) for command, usable, why in page.offered()}
    assert offered == {
        "sell": (True, False),
        "void": (False, True),
        "mend": (True, False),
        "wrap": (False, False),
    }
    assert by_name(page, "wrap").isHidden()
    qtbot.mouseClick(by_name(page, "sell"), Qt.MouseButton.LeftButton)
    assert ran == [("sell", "Copper kettle")]
    assert not page.run("void")
    assert "Void a sale" in page.messages.text
    page.activateWindow()
    qtbot.keyClick(page, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert ran[-1] == ("mend", "Copper kettle")
    qtbot.mouseClick(by_name(page, "more"), Qt.MouseButton.LeftButton)
    menu = by_name(page, "more_menu")
    assert [action.objectName() for action in menu.actions()] == ["menu_mend"]
    menu.close()


def test_a_thing_that_is_gone_is_said_to_be(page: RecordView, kettles: Kettles, qtbot: QtBot) -> None:
    kettles.rows.clear()
    page.refresh()
    qtbot.waitUntil(lambda: page.record is None)
    assert by_name(page, "record_gone").text() == "Kettle 1 does not exist."
    assert not by_name(page, "sell").isEnabled()


def test_it_opens_in_the_place_that_hosts_the_widget_else_in_a_window(
    spec: RecordPage, page: RecordView, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    window = RecordWindow(memory, "test")
    qtbot.addWidget(window)
    window.open_page(page)
    window.show()
    over = open_record(by_name(page, "record_title"), spec, 1, tab="form")
    assert over is not None
    assert window.pages == [page, over]
    assert page.isHidden()
    qtbot.waitUntil(lambda: over.tab("form") is not None)
    assert window.windowTitle() == "Copper kettle"
    over.close_page()
    assert window.pages == [page]
    assert page.isVisible()
    alone = open_record(page, spec, 1, window=True)
    assert alone is not None
    own = alone.window()
    qtbot.addWidget(own)
    assert isinstance(own, RecordWindow)
    assert own is not window
    settled(page, qtbot)
    alone.close_page()
    assert not own.isVisible()


def test_enter_on_a_row_opens_the_page_of_its_record(
    spec: RecordPage, kettles: Kettles, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    listed = ListScreen(
        key="kettles.all",
        title="Kettles",
        page=lambda _reader, _request: Page(tuple(kettles.rows.values())),
        row=Kettle,
        columns=(columns.text("name", "Name", stretch=True),),
        page_of=(spec, "id"),
    )
    window = RecordWindow(memory, "test")
    qtbot.addWidget(window)
    view = ListView(listed, desk, memory, window)
    window._column.addWidget(view)
    window.resize(900, 600)
    window.show()
    qtbot.waitUntil(lambda: bool(view.model.rows))
    view.table.selectRow(0)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert [page.record_id for page in window.pages] == [1]
    settled(window.pages[0], qtbot)
    assert window.windowTitle() == "Copper kettle"
    with pytest.raises(ValueError, match="have no number"):
        replace(listed, page_of=(spec, "number"))


def test_without_the_permission_it_does_not_open(page: RecordView, spec: RecordPage, desk: Desk, qtbot: QtBot) -> None:
    desk.set_actor(Actor(2, "bob", "clerk", frozenset()))
    assert open_record(page, spec, 1) is None
    assert page.messages.text.startswith("Your role does not include")


def test_everything_has_a_name_and_nothing_reads_markup(page: RecordView, kettles: Kettles, qtbot: QtBot) -> None:
    kettles.rows[1] = replace(kettles.rows[1], name=MARKUP)
    page.refresh()
    qtbot.waitUntil(lambda: page.heading == MARKUP)
    page.open_tab("form")
    for label in page.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText
    for one in (*page.findChildren(QPushButton), *page.findChildren(QTabWidget)):
        assert one.objectName()
        assert one.accessibleName()
    for button in page.findChildren(QAbstractButton):
        if button.isVisible() and button.objectName():
            assert button.accessibleName() or button.text(), button.objectName()


def test_declarations_that_do_not_fit_are_refused(spec: RecordPage) -> None:
    with pytest.raises(ValueError, match="no such icon"):
        replace(spec, glyph="no-such-icon")
    with pytest.raises(ValueError, match="at least one tab"):
        replace(spec, tabs=())
    with pytest.raises(ValueError, match="stands there twice"):
        replace(spec, tabs=(*spec.tabs, spec.tabs[0]))
    with pytest.raises(ValueError, match="more than one main action"):
        replace(spec, commands=(*spec.commands, RecordCommand("x", "X", print, primary=True)))
