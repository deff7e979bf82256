"""Card money goes back through the terminal that took it: once, after the return is posted, whatever the terminal does."""

from __future__ import annotations

import pytest

from shopdesk.books.doctor import run_doctor
from shopdesk.core.ids import uuid7
from shopdesk.returns.return_sale import ReturnSale, return_sale
from shopdesk.returns.returnable import ReturnLine
from shopdesk.sales.card import CardDesk
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleLine
from shopdesk.sales.terminal import TerminalSimulator
from tests.support.counter_day import one


@pytest.fixture
def terminal():
    return TerminalSimulator()


@pytest.fixture
def desk(shop, terminal):
    return CardDesk(shop, terminal)


@pytest.fixture
def returned(shop, actor, desk):
    """Three teas by card, one of them back."""
    cart, intent = uuid7(), uuid7()
    desk.charge(actor, cart, 1050, intent)
    paid = (PaymentGiven("card", 1050, intent),)
    sold = shop.execute(commit_sale, CommitSale(key=cart, lines=(SaleLine(3000, sku="TEA"),), payments=paid), actor)
    command = ReturnSale(uuid7(), sold.number, (ReturnLine(1, 1000),), "too green")
    assert shop.execute(return_sale, command, actor).refunds == (("card", 350),)
    return intent


def sound(shop):
    assert [
        (one.id, one.samples) for one in run_doctor(shop.database, clock=shop.clock).findings if one.violations
    ] == []


def test_the_terminal_gives_its_part_back(shop, actor, desk, terminal, returned):
    assert one(shop, "SELECT status FROM refunds") == "pending"
    sound(shop)
    assert [row.status for row in desk.refund_due(actor)] == ["processed"]
    assert terminal.charged[returned] == 700
    assert desk.refund_due(actor) == ()
    sound(shop)


@pytest.mark.parametrize("trouble", ["decline", "time_out", "answer_late"])
def test_a_terminal_in_trouble_is_asked_again_and_pays_once(shop, actor, desk, terminal, returned, trouble):
    terminal.refund_script.append(trouble)
    (row,) = desk.refund_due(actor)
    assert (row.status, bool(row.message)) == ("pending", True)
    sound(shop)
    assert [row.status for row in desk.refund_due(actor)] == ["processed"]
    assert terminal.charged[returned] == 700
    sound(shop)


def test_a_till_that_starts_again_finishes_what_it_owes(shop, actor, desk, terminal, returned):
    desk.tidy(actor, actor.till_id)
    assert one(shop, "SELECT status FROM refunds") == "processed"
    assert list(terminal.refunded.values()) == [350]


def test_what_was_only_written_down_is_given_back_by_hand(shop, actor, desk):
    command = CommitSale(key=uuid7(), lines=(SaleLine(1000, sku="TEA"),), payments=(PaymentGiven("card", 350),))
    sold = shop.execute(commit_sale, command, actor)
    shop.execute(return_sale, ReturnSale(uuid7(), sold.number, (ReturnLine(1, 1000),), "late"), actor)
    assert one(shop, "SELECT status FROM refunds") == "processed"
    assert desk.refund_due(actor) == ()
