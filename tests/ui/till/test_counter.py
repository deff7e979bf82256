"""The rest of a clerk's work: approvals, hold and recall, void, copies, drawer, shift, training, customers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from shopdesk.core.ids import uuid7
from shopdesk.sales.queries import all_documents
from shopdesk.sales.shifts import OpenShift, open_shift
from shopdesk.ui.till.pay_state import Stage
from tests.ui.till.conftest import BOOK, MUG, TEA, Clerk
from tests.ui.till.test_paying import open_pay, sold

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def sell(clerk, code: str = TEA) -> str:
    """Ring one thing up, take exact cash, go on to the next sale; the number."""
    clerk.scan(code)
    open_pay(clerk)
    clerk.press(Qt.Key.Key_Return)
    assert clerk.screen.paying.stage is Stage.DONE
    number = clerk.screen.paying.answer.number
    clerk.screen.paying.finish()
    clerk.settle()
    return number


def test_a_discount_within_the_cap_needs_nobody(ann):
    ann.scan(BOOK)
    ann.press(Qt.Key.Key_F8)
    ann.dialog("discount_dialog")
    ann.type("10")
    ann.press(Qt.Key.Key_Return)
    assert ann.total == "€9.00"
    row = ann.screen.view.lines.lines.rows[0]
    assert [(part.words, part.amount) for part in row.under] == [("-10 %", "-1.00")]


def test_a_discount_above_the_cap_is_approved_on_the_spot_and_recorded(ann):
    ann.scan(BOOK)
    ann.press(Qt.Key.Key_F8)
    ann.dialog("discount_dialog")
    ann.type("50")
    ann.press(Qt.Key.Key_Return)
    ann.pin("max")
    assert ann.total == "€5.00"
    open_pay(ann)
    ann.press(Qt.Key.Key_Return)
    assert sold(ann) == [("sale", 500)]


def test_a_discount_that_nobody_approves_is_not_given(ann):
    ann.scan(BOOK)
    ann.press(Qt.Key.Key_F8)
    ann.dialog("discount_dialog")
    ann.type("50")
    ann.press(Qt.Key.Key_Return)
    ann.dialog("approval_dialog").reject()
    ann.settle()
    assert ann.total == "€10.00"
    assert "Nobody approved" in ann.told


def test_a_wrong_pin_says_so_and_approves_nothing(ann):
    ann.scan(BOOK)
    ann.press(Qt.Key.Key_F8)
    ann.dialog("discount_dialog")
    ann.type("50")
    ann.press(Qt.Key.Key_Return)
    dialog = ann.dialog("approval_dialog")
    ann.qtbot.waitUntil(lambda: dialog.ready)
    dialog.choose([person.username for person in dialog._people].index("max"))
    ann.type("000000")
    ann.press(Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.messages.text
    ann.press(Qt.Key.Key_Escape)


def test_an_approval_that_lapsed_is_asked_for_again_at_the_payment(ann, clock):
    ann.scan(BOOK)
    ann.press(Qt.Key.Key_F8)
    ann.dialog("discount_dialog")
    ann.type("50")
    ann.press(Qt.Key.Key_Return)
    ann.pin("max")
    clock.advance(seconds=70)
    ann.press(Qt.Key.Key_F12)
    ann.pin("max")
    ann.qtbot.waitUntil(lambda: ann.screen.paying.pay is not None)
    ann.qtbot.waitUntil(lambda: ann.screen.paying._since.elapsed() > 410)
    ann.press(Qt.Key.Key_Return)
    assert sold(ann) == [("sale", 500)]


def test_a_price_typed_at_the_till_needs_a_manager(ann):
    ann.scan(MUG)
    ann.press(Qt.Key.Key_F7)
    ann.dialog("price_dialog")
    ann.type("5")
    ann.press(Qt.Key.Key_Return)
    ann.pin("max")
    assert ann.total == "€5.00"
    open_pay(ann)
    ann.press(Qt.Key.Key_Return)
    assert sold(ann) == [("sale", 500)]


def test_a_discount_on_the_whole_sale(clerks):
    max_ = clerks("max")
    max_.scan(BOOK)
    max_.scan(TEA)
    max_.press(Qt.Key.Key_F8, SHIFT)
    max_.dialog("discount_dialog")
    max_.type("20")
    max_.press(Qt.Key.Key_Return)
    assert max_.total == "€10.80"
    assert max_.see("sum_0").text() == "-2.70"


def test_hold_and_recall_with_another_sale_in_hand(ann):
    ann.scan(BOOK)
    ann.press(Qt.Key.Key_F5)
    ann.dialog("text_question")
    ann.type("blue coat")
    ann.press(Qt.Key.Key_Return)
    assert ann.lines == []
    ann.scan(TEA)
    ann.press(Qt.Key.Key_F6)
    dialog = ann.dialog("held_dialog")
    assert any("blue coat" in label.text() for label in dialog.findChildren(QLabel))
    ann.press(Qt.Key.Key_Return)
    assert [name for _quantity, name, _total in ann.lines] == ["Untaxed book"]
    ann.press(Qt.Key.Key_F6)  # the tea was put aside meanwhile
    ann.dialog("held_dialog")
    ann.press(Qt.Key.Key_Return)
    assert [name for _quantity, name, _total in ann.lines] == ["Green tea"]


def test_giving_a_sale_up_asks_why_and_leaves_nothing(ann):
    ann.scan(BOOK)
    ann.press(Qt.Key.Key_Delete, CTRL | SHIFT)
    ann.dialog("text_question")
    ann.type("changed his mind")
    ann.press(Qt.Key.Key_Return)
    assert ann.lines == []
    assert "given up" in ann.told
    assert sold(ann) == []


def test_void_of_a_sale_from_the_list_approved_by_a_manager(ann):
    number = sell(ann)
    ann.screen.sales_work.void(number)
    ann.dialog("text_question")
    ann.type("wrong tea")
    ann.press(Qt.Key.Key_Return)
    ann.pin("max")
    ann.qtbot.waitUntil(lambda: "is void" in ann.told)
    assert sold(ann) == [("sale", 350), ("void", -350)]


def test_copy_and_gift_receipt_become_print_jobs(clerks):
    max_ = clerks("max")
    number = sell(max_)
    max_.screen.sales_work.copy(number)
    max_.settle()
    assert "A copy of" in max_.told
    max_.screen.sales_work.gift(number)
    max_.settle()
    assert "gift receipt" in max_.told


def test_drawer_without_a_sale_needs_reason_and_manager(ann):
    ann.press(Qt.Key.Key_D, CTRL)
    dialog = ann.dialog("text_question")
    ann.press(Qt.Key.Key_Return)
    assert dialog.isVisible()  # no reason, no drawer
    ann.type("change for the baker")
    ann.press(Qt.Key.Key_Return)
    ann.pin("olga")
    ann.qtbot.waitUntil(lambda: "T1-N000001" in ann.told)


def test_cash_in_and_out(ann):
    ann.shop.execute(open_shift, OpenShift(uuid7(), 10_000), ann.desk.actor)
    ann.screen.till.look_around()
    ann.settle()
    ann.press(Qt.Key.Key_I, CTRL)
    dialog = ann.dialog("cash_dialog")
    ann.type("20")
    ann.press(Qt.Key.Key_Return)
    assert dialog.isVisible()
    ann.type("from the safe")
    ann.press(Qt.Key.Key_Return)
    assert "€20.00 put into" in ann.told
    ann.press(Qt.Key.Key_O, CTRL)
    ann.dialog("cash_dialog")
    ann.type("5")
    ann.press(Qt.Key.Key_Tab)
    ann.type("stamps")
    ann.press(Qt.Key.Key_Return)
    ann.pin("max")
    ann.qtbot.waitUntil(lambda: "€5.00 taken out" in ann.told)


def test_a_shift_cannot_be_closed_with_a_sale_in_hand(ann):
    ann.shop.execute(open_shift, OpenShift(uuid7(), 0), ann.desk.actor)
    ann.screen.till.look_around()
    ann.settle()
    ann.scan(TEA)
    ann.press(Qt.Key.Key_Z, CTRL | SHIFT)
    assert "A sale is on the till" in ann.told


def test_training_rings_up_and_touches_nothing(ann):
    ann.press(Qt.Key.Key_T, CTRL)
    ann.dialog("question")
    ann.press(Qt.Key.Key_Return)
    assert ann.see("training_banner").isVisible()
    ann.scan(TEA)
    open_pay(ann)
    ann.press(Qt.Key.Key_Return)
    assert ann.see("sale_number").text() == "Training sale T1-TR000001"
    assert sold(ann) == []
    ann.screen.paying.finish()
    ann.press(Qt.Key.Key_T, CTRL)
    assert not ann.see("training_banner").isVisible()
    assert sell(ann) == "T1-S000001"


def test_a_customer_is_found_in_one_search_and_taken_off_again(ann):
    ann.press(Qt.Key.Key_F4)
    dialog = ann.dialog("customer_dialog")
    ann.type("kim")
    ann.press(Qt.Key.Key_Return)
    if dialog.isVisible():
        ann.press(Qt.Key.Key_Return)
    ann.qtbot.waitUntil(lambda: ann.see("buyer_name").text().startswith("Kim Lee"))
    sell(ann)
    assert ann.see("buyer_name").text() == "No customer"


def test_a_customer_is_made_on_the_spot(ann):
    ann.press(Qt.Key.Key_F4)
    dialog = ann.dialog("customer_dialog")
    ann.type("Ada Byron")
    ann.settle()
    dialog.show_form()
    ann.press(Qt.Key.Key_Return)
    ann.qtbot.waitUntil(lambda: ann.see("buyer_name").text().startswith("Ada Byron"))


def test_a_card_number_in_a_note_is_refused(ann):
    ann.scan(TEA)
    ann.press(Qt.Key.Key_N, CTRL)
    ann.dialog("text_question")
    ann.type("4111111111111111")
    ann.press(Qt.Key.Key_Return)
    ann.settle()
    assert ann.screen.till.state.cart.note == ""
    assert ann.told


def test_what_a_role_may_not_do_shows_a_lock(ann, clerks):
    assert ann.see("till_price").locked
    assert not ann.see("till_discount").locked
    assert not clerks("max").see("till_price").locked


def test_every_document_of_the_day_is_in_the_books_once(ann):
    numbers = [sell(ann, code) for code in (TEA, MUG, BOOK)]
    facts = ann.shop.ask(lambda reader: [document.number for document in all_documents(reader)])
    assert facts == numbers


def test_a_sale_held_at_one_till_is_recalled_at_the_other(ann, clerks):
    ann.scan(BOOK)
    ann.press(Qt.Key.Key_F5)
    ann.dialog("text_question")
    ann.press(Qt.Key.Key_Return)
    ben = clerks("ben", "T2")
    ben.screen.activateWindow()
    ben.screen.sales_work.recall()
    ben.dialog("held_dialog")
    ben.press(Qt.Key.Key_Return)
    assert ben.lines == [("1", "Untaxed book", "10.00")]
    ben.screen.field.setFocus()
    open_pay(ben)
    ben.screen.paying.give_cash(1000)
    ben.settle()
    assert ben.screen.paying.answer.number == "T2-S000001"


def test_papers_that_wait_are_counted_listed_and_tried_again(clerks, tmp_path):
    from shopdesk.printing.config import PrinterConfig
    from shopdesk.sales.tills import SetPrinter, set_printer, tills_list

    olga = clerks("olga")
    till = next(row for row in olga.shop.ask(tills_list) if row.code == "T1")
    printer = PrinterConfig(kind="folder", address=str(tmp_path / "paper"))
    olga.shop.execute(set_printer, SetPrinter(till.id, till.version, printer), olga.desk.actor)
    sell(olga)
    printer_state = olga.screen.view.header.printer
    olga.qtbot.waitUntil(lambda: printer_state.accessibleName() == "2 print jobs wait")  # the receipt and the drawer
    olga.press(Qt.Key.Key_P, CTRL)
    dialog = olga.dialog("print_jobs_dialog")
    assert any("T1-S000001" in label.text() for label in dialog.findChildren(QLabel))
    documents = [row.value.document for row in dialog._rows]
    for _step in range(documents.index("receipt")):
        olga.press(Qt.Key.Key_Down)
    olga.press(Qt.Key.Key_Return)
    assert "tried again" in olga.told
    olga.press(Qt.Key.Key_P, CTRL)
    dialog = olga.dialog("print_jobs_dialog")
    olga.press(Qt.Key.Key_Escape)


def test_a_sale_on_either_database(qtbot, shop, tmp_path):
    clerk = Clerk(qtbot, shop, tmp_path)
    clerk.scan(TEA)
    clerk.type("gre")
    clerk.settle()
    clerk.press(Qt.Key.Key_Return)
    assert clerk.lines == [("2", "Green tea", "7.00")]
    open_pay(clerk)
    clerk.press(Qt.Key.Key_Return)
    assert sold(clerk) == [("sale", 700)]


def test_a_till_that_goes_away_leaves_nothing_behind(clerks, qtbot):
    """Signing out drops the till: its threads end, its filter is gone, and news of the shop reach nobody."""
    import threading

    from PySide6.QtCore import QCoreApplication, QEvent

    from shopdesk.sales.card import CardDesk
    from shopdesk.sales.terminal import TerminalSimulator
    from shopdesk.ui.theme import appearance

    before = set(threading.enumerate())  # another test's shop may still be telling its last news
    max_ = clerks("max")
    max_.screen.card.use(CardDesk(max_.shop, TerminalSimulator()))
    max_.screen.card.recover()
    max_.scan(TEA)
    lanes, desk = max_.lanes, max_.desk
    assert set(threading.enumerate()) - before
    screen = max_.screen
    screen.hide()
    qtbot._request.node.qt_widgets.clear()  # nothing is left to be closed at the end
    screen.deleteLater()
    QCoreApplication.sendPostedEvents(screen, QEvent.Type.DeferredDelete)
    desk.changed.emit(frozenset({"Shift", "Product", "PrintJob"}))
    appearance.notice().changed.emit()
    lanes.close()
    left = lambda: [one.name for one in set(threading.enumerate()) - before if "shopdesk-" in one.name]  # noqa: E731
    qtbot.waitUntil(lambda: not left())
