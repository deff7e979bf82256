"""Taking money: exact, notes, split, card, refusals; and that one sale is one sale."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from shopdesk.sales.card import CardDesk
from shopdesk.sales.queries import all_documents
from shopdesk.sales.sale_detail import sale_detail
from shopdesk.sales.terminal import TerminalSimulator
from shopdesk.ui.till.pay_state import Stage
from tests.ui.till.conftest import BOOK, LAST, MUG, TEA

CTRL = Qt.KeyboardModifier.ControlModifier


def sold(clerk) -> list[tuple[str, int]]:
    """Kind and total of every document of the shop."""
    return [(facts.kind, facts.total_cents) for facts in clerk.shop.ask(lambda reader: list(all_documents(reader)))]


def open_pay(clerk) -> None:
    clerk.press(Qt.Key.Key_F12)
    clerk.qtbot.waitUntil(lambda: clerk.screen.paying.pay is not None)
    clerk.qtbot.waitUntil(lambda: clerk.screen.paying._since.elapsed() > 410)


@pytest.fixture
def done(ann):
    def stage() -> bool:
        return ann.screen.paying.stage is Stage.DONE

    return stage


def test_exact_cash_by_two_keys(ann, done):
    ann.scan(TEA)
    open_pay(ann)
    assert ann.see("due").text() == "€3.50"
    ann.press(Qt.Key.Key_Return)
    assert done()
    assert ann.see("sale_number").text() == "Sale T1-S000001"
    assert sold(ann) == [("sale", 350)]
    assert ann.heard[-1] == "done"


def test_change_stays_large_until_the_next_scan_begins_the_next_sale(ann, done):
    ann.scan(TEA)
    open_pay(ann)
    ann.type("10")
    ann.press(Qt.Key.Key_Return)
    assert done()
    assert (ann.see("due_word").text(), ann.see("due").text()) == ("Change", "€6.50")
    first = ann.screen.till.state.cart.uid
    ann.scan(MUG)
    assert ann.lines == [("1", "Mug", "7.99")]
    assert ann.screen.till.state.cart.uid != first
    assert ann.screen.paying.stage is None


def test_a_quick_note_pays(ann, done, qtbot):
    ann.scan(MUG)
    open_pay(ann)
    qtbot.mouseClick(ann.see("note_2000"), Qt.MouseButton.LeftButton)
    ann.settle()
    assert done()
    assert ann.see("due").text() == "€12.01"


def test_split_over_three_ways(ann, done):
    ann.scan(BOOK)
    open_pay(ann)
    ann.type("2.50")
    ann.press(Qt.Key.Key_3, CTRL)
    assert ann.see("due").text() == "€7.50"
    ann.type("5")
    ann.press(Qt.Key.Key_2, CTRL)
    assert ann.see("due").text() == "€2.50"
    ann.press(Qt.Key.Key_1, CTRL)
    assert done()
    detail = ann.shop.ask(sale_detail, "T1-S000001")
    assert [(part.type, part.amount_cents) for part in detail.payments] == [
        ("voucher", 250),
        ("card", 500),
        ("cash", 250),
    ]


def test_what_was_given_is_a_chip_that_can_be_taken_back(ann, qtbot):
    ann.scan(BOOK)
    open_pay(ann)
    ann.type("4")
    ann.press(Qt.Key.Key_Return)
    assert ann.see("due").text() == "€6.00"
    qtbot.mouseClick(ann.see("given_cash"), Qt.MouseButton.LeftButton)
    assert ann.see("due").text() == "€10.00"
    assert sold(ann) == []


def test_more_than_is_due_is_given_back_in_cash_only(ann):
    ann.scan(TEA)
    open_pay(ann)
    ann.type("50")
    ann.press(Qt.Key.Key_3, CTRL)
    assert "Only cash" in ann.told
    assert sold(ann) == []


def test_pressing_everything_twice_makes_one_sale(ann, done, qtbot):
    ann.scan(TEA)
    ann.press(Qt.Key.Key_F12)
    ann.press(Qt.Key.Key_F12)
    ann.press(Qt.Key.Key_Return)  # bounces with F12: pays nothing yet
    assert ann.screen.paying.stage is Stage.TAKING
    qtbot.wait(420)
    exact = ann.see("note_350")
    qtbot.mouseDClick(exact, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(exact, Qt.MouseButton.LeftButton)
    ann.screen.paying.give_cash(350)
    ann.settle()
    ann.press(Qt.Key.Key_Return)  # a bounce does not take the change away
    assert done()
    assert sold(ann) == [("sale", 350)]


def test_the_same_request_again_finds_the_sale_that_was_made(ann, done):
    """A crash between commit and screen: the key of the cart decides, not the screen."""
    from shopdesk.sales.checkout import commit_sale
    from shopdesk.sales.sale_command import CommitSale, PaymentGiven

    ann.scan(TEA)
    cart = ann.screen.till.state.cart
    open_pay(ann)
    ann.press(Qt.Key.Key_Return)
    assert done()
    again = CommitSale(
        key=cart.uid,
        lines=tuple(line.asked()[0] for line in cart.lines),
        till="T1",
        payments=(PaymentGiven("cash", 350),),
        from_cart=True,
    )
    answer = ann.shop.execute(commit_sale, again, ann.desk.actor)
    assert answer.number == "T1-S000001"
    assert sold(ann) == [("sale", 350)]


def test_a_scan_while_money_lies_on_the_counter_is_refused_aloud(ann):
    ann.scan(BOOK)
    open_pay(ann)
    ann.type("4")
    ann.press(Qt.Key.Key_Return)
    ann.scan(TEA)
    assert "Nothing was added" in ann.told
    assert ann.heard[-1] == "error"
    assert [name for _quantity, name, _total in ann.lines] == ["Untaxed book"]


def test_a_scan_before_anything_was_given_goes_back_to_the_sale(ann):
    ann.scan(BOOK)
    open_pay(ann)
    ann.scan(TEA)
    assert ann.screen.paying.stage is None
    assert [name for _quantity, name, _total in ann.lines] == ["Untaxed book", "Green tea"]


def test_the_last_piece_sold_elsewhere_is_refused_and_the_money_can_be_given_back(ann):
    from shopdesk.core.ids import uuid7
    from shopdesk.sales.checkout import commit_sale
    from shopdesk.sales.sale_command import CommitSale, SaleLine

    ann.scan(LAST)
    ann.shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="LAST"),), till="T2"), ann.desk.actor)
    open_pay(ann)
    ann.press(Qt.Key.Key_Return)
    assert "Only 0 of Last piece are left." in ann.told
    assert ann.screen.paying.stage is Stage.TAKING
    assert ann.see("due").text() == "€5.00"
    ann.press(Qt.Key.Key_Escape)
    assert ann.screen.paying.stage is None
    assert sold(ann) == [("sale", 500)]


def test_prices_that_changed_meanwhile_are_shown_before_the_money_is_taken(ann, done, qtbot):
    import sqlalchemy as sa

    ann.scan(TEA)
    with ann.shop.database.writing() as connection, connection.begin():
        connection.execute(sa.text("UPDATE product_variants SET price_cents = 400 WHERE sku = 'TEA'"))
    open_pay(ann)
    ann.press(Qt.Key.Key_Return)
    assert "Prices changed" in ann.told
    qtbot.mouseClick(ann.see("look_again"), Qt.MouseButton.LeftButton)
    ann.settle()
    assert ann.screen.paying.stage is None
    assert ann.total == "€4.00"
    open_pay(ann)
    ann.press(Qt.Key.Key_Return)
    assert done()
    assert sold(ann) == [("sale", 400)]


def test_a_shop_that_sells_in_shifts_only_says_so_before_paying(clerks):
    from shopdesk.system.settings import ChangeSettings, change_settings

    olga = clerks("olga")
    olga.shop.execute(change_settings, ChangeSettings({"sell_without_shift": False}), olga.desk.actor)
    olga.screen.till.look_around()
    olga.settle()
    olga.scan(TEA)
    olga.press(Qt.Key.Key_F12)
    assert "in shifts only" in olga.told
    olga.press(Qt.Key.Key_Return, CTRL)
    olga.dialog("open_shift_dialog")
    olga.type("50")
    olga.press(Qt.Key.Key_Return)
    open_pay(olga)
    olga.press(Qt.Key.Key_Return)
    assert sold(olga) == [("sale", 350)]


def test_cash_rounding_is_shown_and_paid(clerks):
    from shopdesk.system.settings import ChangeSettings, change_settings

    olga = clerks("olga")
    olga.shop.execute(change_settings, ChangeSettings({"cash_rounding_cents": 5}), olga.desk.actor)
    olga.screen.till.look_around()
    olga.settle()
    olga.scan(MUG)
    open_pay(olga)
    assert olga.see("due").text() == "€7.99"
    assert "€8.00" in olga.see("pay_hint").text()
    olga.press(Qt.Key.Key_Return)
    assert sold(olga) == [("sale", 800)]


def test_a_card_payment_from_before_a_crash_is_still_there(ann, terminal, clerks, done):
    """Killed between the terminal's yes and the sale: the money is found again under the same cart, never taken twice."""
    from shopdesk.core.ids import uuid7

    ann.scan(BOOK)
    cart = ann.screen.till.state.cart.uid
    CardDesk(ann.shop, terminal).charge(ann.desk.actor, cart, 1000, uuid7(), "T1")
    again = clerks("ann")
    again.screen.card.use(CardDesk(ann.shop, terminal))
    assert again.screen.till.state.cart.uid == cart
    open_pay(again)
    again.settle()
    assert again.see("given_card").text().startswith("Visa 4242")
    again.press(Qt.Key.Key_Return)
    assert again.screen.paying.stage is Stage.DONE
    assert sold(again) == [("sale", 1000)]
    assert list(terminal.charged.values()) == [1000]


@pytest.fixture
def terminal(ann):
    """A card terminal at the till."""
    simulator = TerminalSimulator()
    ann.screen.card.use(CardDesk(ann.shop, simulator))
    return simulator


def test_card_approved(ann, done, terminal):
    ann.scan(BOOK)
    open_pay(ann)
    ann.press(Qt.Key.Key_2, CTRL)
    assert done()
    detail = ann.shop.ask(sale_detail, "T1-S000001")
    assert [(part.kind, part.amount_cents, part.card[-4:]) for part in detail.payments] == [("card", 1000, "4242")]


def test_card_declined_then_cash(ann, done, terminal):
    terminal.behave(["decline"])
    ann.scan(BOOK)
    open_pay(ann)
    ann.press(Qt.Key.Key_2, CTRL)
    assert ann.told == "The card was declined."
    assert ann.screen.paying.stage is Stage.TAKING
    ann.press(Qt.Key.Key_1, CTRL)
    assert done()


def test_card_charged_behind_a_broken_line_is_found_and_charged_once(ann, done, terminal):
    terminal.behave(["answer_late"])
    ann.scan(BOOK)
    open_pay(ann)
    ann.press(Qt.Key.Key_2, CTRL)
    if not done():
        ann.qtbot.mouseClick(ann.see("card_again"), Qt.MouseButton.LeftButton)
        ann.settle()
    assert done()
    assert list(terminal.charged.values()) == [1000]


def test_card_stopped_at_the_till(ann, terminal, qtbot):
    terminal.behave(["wait"])
    ann.scan(BOOK)
    open_pay(ann)
    ann.now_ms += 500
    qtbot.keyClick(ann.screen.field, Qt.Key.Key_2, CTRL)
    qtbot.waitUntil(lambda: ann.screen.paying.stage is Stage.CARD)
    assert ann.see("card_progress").isVisible()
    ann.scan(TEA, wait=False)
    qtbot.mouseClick(ann.see("card_stop"), Qt.MouseButton.LeftButton)
    ann.settle()
    assert ann.told == "The card payment was cancelled."
    assert ann.screen.paying.stage is Stage.TAKING
    assert terminal.charged == {}
    assert len(ann.lines) == 1


def test_an_approved_card_payment_is_given_back_when_its_chip_is_removed(ann, terminal, qtbot):
    ann.scan(BOOK)
    open_pay(ann)
    ann.type("4")
    ann.press(Qt.Key.Key_2, CTRL)
    assert ann.see("due").text() == "€6.00"
    assert list(terminal.charged.values()) == [400]
    qtbot.mouseClick(ann.see("given_card"), Qt.MouseButton.LeftButton)
    ann.settle()
    assert ann.see("due").text() == "€10.00"
    assert terminal.charged == {}
