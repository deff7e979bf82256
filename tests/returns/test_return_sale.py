"""Goods come back at the till: what the customer gets, what stock and drawer show, and that nothing comes back twice."""

from __future__ import annotations

import threading

import pytest

from shopdesk.books.doctor import run_doctor
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.inventory.queries import stock_rows
from shopdesk.returns.return_sale import ReturnSale, return_sale
from shopdesk.returns.returnable import ReturnLine, preview_return
from shopdesk.sales.basket import Discount
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.documents import numbered_document
from shopdesk.sales.queries import all_documents
from shopdesk.sales.sale_answer import document_told
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleLine
from shopdesk.sales.shift_report import running_totals
from shopdesk.sales.shifts import CloseShift, OpenShift, close_shift, open_shift
from shopdesk.sales.void import VoidSale, void_sale
from tests.support.small_shop import actor_of


@pytest.fixture
def sold(shop, actor):
    """Ten teas and a mug, a discount over all, card and cash: 42.99 less 4.30."""
    command = CommitSale(
        key=uuid7(),
        lines=(SaleLine(10_000, sku="TEA"), SaleLine(1000, sku="MUG")),
        order_discount=Discount(cents=430, label="friends"),
        payments=(PaymentGiven("card", 2000), PaymentGiven("cash", 5000)),
    )
    return shop.execute(commit_sale, command, actor)


def back(shop, actor, number, *lines, **more):
    lines = tuple(line if isinstance(line, ReturnLine) else ReturnLine(*line) for line in lines)
    return shop.execute(return_sale, ReturnSale(uuid7(), number, lines, "did not like it", **more), actor)


def refusal(call) -> str:
    with pytest.raises(ShopError) as caught:
        call()
    return caught.value.code


def on_hand(shop, sku):
    return sum(row.on_hand_milli for row in shop.ask(lambda reader: list(stock_rows(reader, sku))))


def sound(shop):
    assert [
        (one.id, one.samples) for one in run_doctor(shop.database, clock=shop.clock).findings if one.violations
    ] == []


def test_a_whole_sale_comes_back_to_the_tenders_that_paid(shop, actor, sold):
    teas = on_hand(shop, "TEA")
    done = back(shop, actor, sold.number, (1, 10_000), (2, 1000))
    total = sold.fields["total_cents"]
    assert (done.number, done.refund_cents) == ("T1-R000001", total)
    assert done.refunds == (("card", 2000), ("cash", total - 2000))
    assert on_hand(shop, "TEA") == teas + 10_000
    assert [row.total_cents for row in shop.ask(lambda reader: list(all_documents(reader)))] == [total, -total]
    sound(shop)


def test_piece_by_piece_it_is_the_same_to_the_cent(shop, actor, sold):
    refunds = [back(shop, actor, sold.number, (1, 3000)).refund_cents for _time in range(3)]
    refunds.append(back(shop, actor, sold.number, (1, 1000), (2, 1000)).refund_cents)
    assert sum(refunds) == sold.fields["total_cents"]
    sound(shop)


def test_more_than_was_sold_does_not_come_back(shop, actor, sold):
    back(shop, actor, sold.number, (1, 9000))
    assert refusal(lambda: back(shop, actor, sold.number, (1, 2000))) == "nothing_left_to_return"
    assert refusal(lambda: back(shop, actor, sold.number, (3, 1000))) == "bad_line"
    assert refusal(lambda: back(shop, actor, sold.number)) == "bad_line"
    assert refusal(lambda: back(shop, actor, "T1-S000099", (1, 1000))) == "unknown_sale"
    sound(shop)


def test_a_fee_is_kept_and_gone_or_damaged_goods_are_no_stock(shop, actor, sold):
    mugs = on_hand(shop, "MUG")
    whole = shop.ask(preview_return, sold.number, [ReturnLine(2, 1000)]).total_cents
    done = back(shop, actor, sold.number, ReturnLine(2, 1000, "damaged"), fee_cents=100)
    assert done.refund_cents == whole - 100
    assert on_hand(shop, "MUG") == mugs
    assert refusal(lambda: back(shop, actor, sold.number, (1, 1000), fee_cents=10_000)) == "bad_field"
    sound(shop)


def test_the_preview_is_what_is_posted(shop, actor, sold):
    lines = (ReturnLine(1, 7000), ReturnLine(2, 1000, "gone"))
    plan = shop.ask(preview_return, sold.number, lines, 50)
    done = back(shop, actor, sold.number, *lines, fee_cents=50, expected_cents=plan.total_cents)
    assert done.refunds == tuple((refund.type, refund.amount_cents) for refund in plan.refund.refunds)
    again = refusal(lambda: back(shop, actor, sold.number, (1, 1000), expected_cents=plan.total_cents))
    assert again == "bad_field"


def test_twice_is_once_and_another_content_is_refused(shop, actor, sold):
    command = ReturnSale(uuid7(), sold.number, (ReturnLine(1, 1000),), "broken")
    assert shop.execute(return_sale, command, actor) == shop.execute(return_sale, command, actor)
    other = ReturnSale(command.key, sold.number, (ReturnLine(1, 2000),), "broken")
    assert refusal(lambda: shop.execute(return_sale, other, actor)) == "key_reused"
    sound(shop)


def test_voided_is_not_returned_and_returned_is_not_voided(shop, actor, sold):
    back(shop, actor, sold.number, (2, 1000))
    void = VoidSale(uuid7(), sold.number, "wrong")
    assert refusal(lambda: shop.execute(void_sale, void, actor)) == "already_returned"
    other = shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),)), actor)
    shop.execute(void_sale, VoidSale(uuid7(), other.number, "wrong"), actor)
    assert refusal(lambda: back(shop, actor, other.number, (1, 1000))) == "already_voided"
    sound(shop)


def test_a_clerk_needs_somebody_who_may(shop, clerk, sold):
    assert refusal(lambda: back(shop, clerk, sold.number, (1, 1000))) == "not_permitted"


def test_a_reason_is_needed_and_a_warehouse_must_exist(shop, actor, sold):
    no_reason = ReturnSale(uuid7(), sold.number, (ReturnLine(1, 1000),), " ")
    assert refusal(lambda: shop.execute(return_sale, no_reason, actor)) == "reason_needed"
    assert refusal(lambda: back(shop, actor, sold.number, (1, 1000), warehouse="Moon")) == "unknown_warehouse"
    back(shop, actor, sold.number, (1, 1000), warehouse="Cellar")
    levels = {row.warehouse: row.on_hand_milli for row in shop.ask(lambda reader: list(stock_rows(reader, "TEA")))}
    assert levels["Cellar"] == 1000


def test_the_drawer_and_the_z_know_of_it(shop, actor, clock):
    shop.execute(open_shift, OpenShift(uuid7(), 10_000), actor)
    command = CommitSale(key=uuid7(), lines=(SaleLine(4000, sku="TEA"),))
    sold = shop.execute(commit_sale, command, actor)
    clock.advance(minutes=1)
    done = back(shop, actor, sold.number, (1, 1000))
    totals = shop.ask(running_totals, 1)
    total = sold.fields["total_cents"]
    assert (totals.returns_count, totals.returns_cents) == (1, -done.refund_cents)
    assert totals.turnover_cents == total - done.refund_cents
    assert totals.expected_cents == 10_000 + total - done.refund_cents
    assert [(row.type, row.cents) for row in totals.tenders] == [("cash", total - done.refund_cents)]
    assert sum(row.net_cents + row.tax_cents for row in totals.taxes) == totals.turnover_cents
    clock.advance(hours=1)
    shop.execute(close_shift, CloseShift(uuid7(), counted_cents=totals.expected_cents), actor)
    clock.advance(minutes=1)
    later = back(shop, actor, sold.number, (1, 3000))  # after its shift has closed
    assert later.refund_cents == total - done.refund_cents
    sound(shop)


def test_the_paper_and_the_answer_tell_it(shop, actor, sold):
    done = back(shop, actor, sold.number, (2, 1000), fee_cents=20)
    paper = shop.ask(numbered_document, done.number)
    assert (paper.kind, paper.returns_number, paper.total_cents) == ("return", sold.number, -done.refund_cents)
    told = shop.ask(document_told, done.number)
    assert (told["kind"], told["sale"], told["total_cents"]) == ("return", sold.number, -done.refund_cents)


def test_two_tills_take_the_same_piece_back_and_one_wins(shop, sold):
    tills = [actor_of(shop, "olga", "T1"), actor_of(shop, "olga", "T2")]
    results: list[object] = []

    def take(person):
        try:
            results.append(back(shop, person, sold.number, (2, 1000)).refund_cents)
        except ShopError as error:
            results.append(error.code)

    threads = [threading.Thread(target=take, args=(person,)) for person in tills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(result).__name__ for result in results) == ["int", "str"]
    assert "nothing_left_to_return" in results
    sound(shop)
