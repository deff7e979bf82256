"""When the shop's database is away: the clerk is told, nothing rung up is lost, nothing is sold twice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from shopdesk.core.errors import DatabaseUnreachable
from shopdesk.sales.cart_queries import unfinished_cart
from shopdesk.ui.till.pay_state import Stage
from tests.ui.till.conftest import BOOK, TEA
from tests.ui.till.test_paying import open_pay, sold


@pytest.fixture
def network(ann, monkeypatch):
    """The way to the database: ``cut()`` and ``mend()``; reading goes on, as on a till with a copy."""

    class Network:
        down = False

        def cut(self) -> None:
            self.down = True

        def mend(self) -> None:
            self.down = False

    line = Network()
    execute = ann.shop.execute

    def through(use_case, command, actor):
        if line.down:
            raise DatabaseUnreachable("the server does not answer.")
        return execute(use_case, command, actor)

    monkeypatch.setattr(ann.shop, "execute", through)
    return line


def test_the_state_turns_red_and_the_lines_stay(ann, network):
    network.cut()
    ann.scan(TEA)
    ann.scan(BOOK)
    assert [name for _quantity, name, _total in ann.lines] == ["Green tea", "Untaxed book"]
    state = ann.see("state_saving")
    assert "does not answer" in state.accessibleName()
    network.mend()
    ann.screen.till.keeper.keep()
    ann.settle()
    assert state.accessibleName() == "On line"
    kept = ann.shop.ask(unfinished_cart, ann.desk.actor.till_id)
    assert [line.name for line in kept.lines] == ["Green tea", "Untaxed book"]


def test_a_payment_that_could_not_be_written_is_tried_again_once_and_sold_once(ann, network, qtbot):
    ann.scan(TEA)
    open_pay(ann)
    network.cut()
    ann.type("10")
    ann.press(Qt.Key.Key_Return)
    assert ann.screen.paying.stage is Stage.TAKING
    assert "does not answer" in ann.told
    assert sold(ann) == []
    network.mend()
    qtbot.mouseClick(ann.see("try_again"), Qt.MouseButton.LeftButton)
    ann.settle()
    assert ann.screen.paying.stage is Stage.DONE
    assert (ann.see("due_word").text(), ann.see("due").text()) == ("Change", "€6.50")
    assert sold(ann) == [("sale", 350)]


def test_an_answer_that_was_lost_on_the_way_is_found_by_the_key(ann, monkeypatch, qtbot):
    """The sale was made, the answer never came: pressing again shows the sale that there is."""
    from shopdesk.core.errors import CommitUnknown
    from shopdesk.sales.checkout import commit_sale

    execute, lost = ann.shop.execute, []

    def through(use_case, command, actor):
        answer = execute(use_case, command, actor)
        if use_case is commit_sale and not lost:
            lost.append(answer.number)
            raise CommitUnknown("the connection broke while saving.")
        return answer

    monkeypatch.setattr(ann.shop, "execute", through)
    ann.scan(TEA)
    open_pay(ann)
    ann.press(Qt.Key.Key_Return)
    assert lost == ["T1-S000001"]
    qtbot.mouseClick(ann.see("try_again"), Qt.MouseButton.LeftButton)
    ann.settle()
    assert ann.screen.paying.stage is Stage.DONE
    assert ann.screen.paying.answer.number == "T1-S000001"
    assert sold(ann) == [("sale", 350)]


def test_holding_a_sale_waits_until_it_is_written(ann, network):
    network.cut()
    ann.scan(TEA)
    ann.screen.sales_work._hold("blue coat")
    ann.settle()
    assert "does not answer" in ann.told
    assert len(ann.lines) == 1
    network.mend()
    ann.screen.sales_work._hold("blue coat")
    ann.settle()
    assert ann.lines == []
    assert ann.told == "The sale is held."


def test_a_cart_that_was_paid_elsewhere_is_left_for_the_next_sale(ann):
    """The answer was lost, the clerk changed the sale: it is not sold again under the same key."""
    from shopdesk.sales.checkout import commit_sale
    from shopdesk.sales.sale_command import CommitSale

    ann.scan(TEA)
    cart = ann.screen.till.state.cart
    command = CommitSale(key=cart.uid, lines=tuple(line.asked()[0] for line in cart.lines), till="T1", from_cart=True)
    ann.shop.execute(commit_sale, command, ann.desk.actor)
    ann.scan(BOOK)
    assert "already finished" in ann.told
    ann.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert ann.lines == []
    ann.scan(BOOK)
    open_pay(ann)
    ann.press(Qt.Key.Key_Return)
    assert sold(ann) == [("sale", 350), ("sale", 1000)]
