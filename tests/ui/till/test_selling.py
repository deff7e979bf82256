"""Ringing up: scans, codes, words, quantities, refusals, undo; and what is kept of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from shopdesk.sales.cart_queries import unfinished_cart
from tests.ui.till.conftest import BOOK, LAST, MUG, TEA

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_scan_becomes_a_priced_line(ann):
    ann.scan(TEA)
    assert ann.lines == [("1", "Green tea", "3.50")]
    assert ann.total == "€3.50"
    assert ann.heard == ["scan"]


def test_a_burst_of_scans_is_rung_up_in_order(ann):
    for code in (TEA, MUG, BOOK, TEA):
        ann.scan(code, wait=False)
    ann.settle()
    assert [name for _quantity, name, _total in ann.lines] == ["Green tea", "Mug", "Untaxed book"]
    assert ann.lines[0][0] == "2"


def test_quantity_before_a_scan_and_before_a_code(ann):
    ann.type("3*")
    ann.scan(TEA)
    ann.type("2*MUG")
    ann.press(Qt.Key.Key_Return)
    assert [(quantity, name) for quantity, name, _total in ann.lines] == [("3", "Green tea"), ("2", "Mug")]
    assert ann.screen.field.text() == ""


def test_a_quantity_alone_is_for_the_line_in_focus(ann):
    ann.scan(TEA)
    ann.type("5*")
    ann.press(Qt.Key.Key_Return)
    assert ann.lines == [("5", "Green tea", "17.50")]


def test_words_find_goods_and_enter_adds_the_first(ann):
    ann.type("gre")
    ann.settle()
    assert ann.screen.view.drop.isVisible()
    ann.press(Qt.Key.Key_Return)
    assert ann.lines == [("1", "Green tea", "3.50")]
    assert not ann.screen.view.drop.isVisible()
    assert ann.screen.field.text() == ""


def test_arrows_choose_another_hit_and_escape_closes(ann):
    ann.type("40")  # codes are found by their beginning
    ann.settle()
    drop = ann.screen.view.drop
    assert len(drop.model.hits) > 1
    second = drop.model.hits[1]
    ann.press(Qt.Key.Key_Down)
    assert drop.chosen == second
    ann.press(Qt.Key.Key_Escape)
    assert not drop.isVisible()
    assert ann.screen.field.text() == ""
    assert ann.lines == []


def test_a_hit_that_just_moved_is_not_taken_by_a_finger(ann, qtbot):
    ann.type("mug")
    ann.settle()
    view = ann.screen.view.drop.view
    middle = view.visualRect(view.model().index(0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    ann.settle()
    assert ann.lines == []
    qtbot.wait(260)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    ann.settle()
    assert ann.lines == [("1", "Mug", "7.99")]


def test_what_is_unknown_says_so_aloud_and_adds_nothing(ann):
    ann.scan("9999999999999")
    assert "Unknown product" in ann.told
    assert ann.lines == []
    assert ann.heard == ["error"]


def test_only_what_is_left_is_sold_and_the_bar_offers_it(ann, qtbot):
    ann.type("3*")
    ann.scan(LAST)
    assert ann.told == "Only 1 of Last piece are left."
    assert ann.lines == []
    qtbot.mouseClick(ann.see("sell_left"), Qt.MouseButton.LeftButton)
    ann.settle()
    assert ann.lines == [("1", "Last piece", "5.00")]
    assert ann.told == ""


def test_undo_takes_back_the_last_change_of_a_line(ann):
    ann.scan(TEA)
    ann.scan(MUG)
    ann.press(Qt.Key.Key_Delete, CTRL)
    assert [name for _quantity, name, _total in ann.lines] == ["Green tea"]
    ann.press(Qt.Key.Key_Z, CTRL)
    assert [name for _quantity, name, _total in ann.lines] == ["Green tea", "Mug"]
    ann.press(Qt.Key.Key_Z, CTRL)
    ann.press(Qt.Key.Key_Z, CTRL)
    assert ann.lines == []
    ann.press(Qt.Key.Key_Z, CTRL)
    assert ann.told == "There is nothing to undo."


def test_weighed_goods_are_weighed_in_thousandths(ann):
    ann.scan("2100001")
    dialog = ann.dialog("quantity_dialog")
    ann.type("1.235")
    assert dialog.outcome.text() == "€3.69"
    ann.press(Qt.Key.Key_Return)
    assert ann.lines == [("1.235 kg", "Apples", "3.69")]


def test_a_scan_while_a_dialog_is_open_waits_for_it_and_leaves_its_field_alone(ann):
    ann.scan(TEA)
    ann.press(Qt.Key.Key_F3)
    dialog = ann.dialog("quantity_dialog")
    ann.scan(MUG, wait=False)
    assert dialog.field.text() == "1"
    assert dialog.isVisible()
    ann.type("4")
    ann.press(Qt.Key.Key_Return)
    ann.settle()
    assert [(quantity, name) for quantity, name, _total in ann.lines] == [("4", "Green tea"), ("1", "Mug")]


def test_the_cart_survives_a_crash(ann, clerks):
    ann.scan(TEA)
    ann.type("2*")
    ann.scan(MUG)
    ann.screen.till.state.set_note("gift wrap")
    ann.settle()
    kept = ann.shop.ask(unfinished_cart, ann.desk.actor.till_id)
    assert kept is not None
    again = clerks("ann")
    assert again.lines == [("1", "Green tea", "3.50"), ("2", "Mug", "15.98")]
    assert again.screen.till.state.cart.note == "gift wrap"
    assert again.screen.till.state.cart.uid == kept.uid


def test_letters_typed_on_a_button_go_to_the_field(ann):
    ann.see("till_drawer").setFocus()
    ann.type("tea")
    assert ann.screen.field.text() == "tea"


def test_why_shows_every_step_to_the_cent(ann):
    ann.type("2*")
    ann.scan(MUG)
    state = ann.screen.till.state
    from shopdesk.sales.basket import Discount

    state.set_discount(state.cart.focus_id, Discount(ppm=100_000, label="happy hour"))
    ann.press(Qt.Key.Key_W, CTRL)
    dialog = ann.dialog("why_dialog")
    words = {label.objectName(): label.text() for label in dialog.findChildren(type(ann.screen.view.totals.total))}
    assert words["step_0_after"] == "15.98"
    assert words["step_1_words"].endswith("happy hour")
    assert words["step_1_change"] == "-1.60"
    assert words["step_last_after"] == "€14.38"


def test_the_bar_has_a_key_for_its_button(ann):
    ann.type("3*")
    ann.scan(LAST)
    ann.press(Qt.Key.Key_Return, CTRL)
    assert ann.lines == [("1", "Last piece", "5.00")]


def test_another_scanner_is_told_in_the_settings_of_the_machine(ann, qtbot):
    from shopdesk.ui.till.machine import TillMachine, scan_profile

    page = TillMachine(ann.screen.till.memory)
    qtbot.addWidget(page)
    page.prefix.setText("~")
    page.prefix.edited.emit()
    assert scan_profile(ann.screen.till.memory).prefix == "~"
    ann.screen.hide()
    ann.screen.show()
    ann.settle()
    ann.scan("~TEA")
    assert ann.lines == [("1", "Green tea", "3.50")]


def test_a_damaged_memory_gives_the_usual_scanner(tmp_path):
    from shopdesk.ui.kit.memory import Memory
    from shopdesk.ui.till.burst import ScanProfile
    from shopdesk.ui.till.machine import SCANNER, scan_profile

    memory = Memory(tmp_path / "window.json")
    for rubbish in ("x", 3, ["~"], {"gap_ms": "fast", "prefix": 7}):
        memory.put(SCANNER, rubbish)
        assert scan_profile(memory).gap_ms == ScanProfile().gap_ms


def test_everything_is_reached_without_a_mouse(ann):
    """Tab goes through tiles and buttons, Enter and Space press them, Esc comes back to the field."""
    names = set()
    for _step in range(40):
        ann.press(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        names.add(focus.objectName() if focus is not None else "")
    assert {"live_field", "tile_grid", "till_drawer", "till_more"} <= names
    ann.see("till_drawer").setFocus()
    ann.press(Qt.Key.Key_Return)
    ann.dialog("text_question").reject()
    ann.settle()
    assert ann.screen.field.hasFocus()


def test_a_touch_on_the_bar_leaves_the_keyboard_with_the_field(ann, qtbot):
    ann.type("3*")
    ann.scan(LAST)
    qtbot.mouseClick(ann.see("sell_left"), Qt.MouseButton.LeftButton)
    ann.settle()
    assert ann.screen.field.hasFocus()


def test_the_till_can_be_locked_by_a_key(ann, qtbot):
    with qtbot.waitSignal(ann.screen.lock_wanted, timeout=1_000):
        ann.press(Qt.Key.Key_L, CTRL)


def test_news_that_comes_while_the_till_starts_does_not_stop_it(ann):
    """A second reading of the shop overtakes the first: what was to follow it still follows."""
    called = []
    ann.screen.till.look_around(lambda: called.append(1))
    ann.screen.till.look_around()
    ann.settle()
    assert called == [1]


def test_tiles_sell_by_a_touch_and_favourites_are_made_at_the_till(clerks, qtbot):
    max_ = clerks("max")
    tiles = max_.screen.goods.tiles
    chips = tiles._chips
    drinks = next(chip for chip in chips.values() if chip.text() == "Drinks")
    qtbot.mouseClick(drinks, Qt.MouseButton.LeftButton)
    max_.settle()
    tea = tiles.model.tiles[0]
    assert tea.name == "Green tea"
    qtbot.mouseClick(
        tiles.grid.viewport(),
        Qt.MouseButton.LeftButton,
        pos=tiles.grid.visualRect(tiles.model.index(0)).center(),
    )
    max_.settle()
    assert max_.lines == [("1", "Green tea", "3.50")]
    menu = max_.screen.goods.open_menu(tea, tiles.mapToGlobal(tiles.rect().center()))
    menu.actions()[0].trigger()
    menu.close()
    max_.settle()
    qtbot.mouseClick(chips["favourites"], Qt.MouseButton.LeftButton)
    max_.settle()
    assert [tile.name for tile in tiles.model.tiles] == ["Green tea"]


def test_who_may_not_edit_the_catalogue_makes_no_favourites(ann):
    tiles = ann.screen.goods.tiles
    assert ann.screen.goods.open_menu(tiles.model.tiles[0], tiles.mapToGlobal(tiles.rect().center())) is None
    assert ann.told


def test_a_quantity_typed_before_a_tile(ann):
    ann.type("3*")
    ann.screen.goods.tiles.pressed.emit(ann.screen.goods.tiles.model.tiles[0])
    ann.settle()
    assert ann.lines == [("3", "Green tea", "10.50")]


def test_categories_change_by_key(ann):
    tiles = ann.screen.goods.tiles
    before = tiles.page
    ann.press(Qt.Key.Key_PageDown, CTRL)
    assert tiles.page != before
    ann.press(Qt.Key.Key_PageUp, CTRL)
    assert tiles.page == before
