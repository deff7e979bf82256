"""Card payments at a terminal that approves, declines, keeps silent, answers late and twice: charged once or not at all."""

from __future__ import annotations

import threading
import time

import pytest

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.sales.card import CardDesk
from shopdesk.sales.card_intents import DecideIntent, StoreIntent, decide_intent, intents_of_cart, store_intent
from shopdesk.sales.cart_queries import unfinished_cart
from shopdesk.sales.carts import CartLine, SaveCart, save_cart
from shopdesk.sales.sale_command import PaymentGiven
from shopdesk.sales.terminal import Behaviour, TerminalAnswer, TerminalSimulator
from tests.support.counter_day import at_once, one, rows, sell, void


@pytest.fixture
def terminal() -> TerminalSimulator:
    return TerminalSimulator()


@pytest.fixture
def desk(shop: Shop, terminal: TerminalSimulator) -> CardDesk:
    return CardDesk(shop, terminal)


def by_card(intent: str, cents: int = 350) -> tuple[PaymentGiven, ...]:
    return (PaymentGiven("card", cents, intent),)


def refusal(call: object, *args: object, **more: object) -> str:
    with pytest.raises(ShopError) as caught:
        call(*args, **more)  # type: ignore[operator]
    return caught.value.code


def test_an_approved_payment_pays_one_sale(shop: Shop, actor: Actor, desk: CardDesk) -> None:
    cart, intent = uuid7(), uuid7()
    row = desk.charge(actor, cart, 350, intent)
    assert (row.status, row.card_brand, row.card_last4) == ("approved", "Visa", "4242")
    sale = sell(shop, actor, key=cart, payments=by_card(intent))
    kept = rows(shop, "SELECT transaction_id, card_brand, card_last4, kind FROM payments")
    assert kept == [(row.transaction_id, "Visa", "4242", "card")]
    used = rows(shop, "SELECT i.status, o.number FROM card_intents i JOIN orders o ON o.id = i.order_id")
    assert used == [("used", sale.number)]
    assert refusal(sell, shop, actor, payments=by_card(intent)) == "card_not_approved"  # used, and of another cart


@pytest.mark.parametrize(("cents", "wanted"), [(349, "card_not_approved"), (351, "overpaid")])
def test_the_payment_must_be_what_was_approved(
    shop: Shop, actor: Actor, desk: CardDesk, cents: int, wanted: str
) -> None:
    cart, intent = uuid7(), uuid7()
    desk.charge(actor, cart, 350, intent)
    rest = (PaymentGiven("cash", 1),) if cents == 349 else ()
    assert refusal(sell, shop, actor, key=cart, payments=by_card(intent, cents) + rest) == wanted
    assert one(shop, "SELECT status FROM card_intents") == "approved"


def test_declined_pays_nothing(shop: Shop, actor: Actor, desk: CardDesk, terminal: TerminalSimulator) -> None:
    terminal.behave(["decline"])
    cart, intent = uuid7(), uuid7()
    row = desk.charge(actor, cart, 350, intent)
    assert (row.status, row.message) == ("declined", "declined by the issuer")
    assert refusal(sell, shop, actor, key=cart, payments=by_card(intent)) == "card_not_approved"


@pytest.mark.parametrize(
    ("behaviour", "status", "charged"),
    [
        ("time_out", "declined", 0),
        ("answer_late", "approved", 1),
        ("never_heard", "cancelled", 0),
        ("answer_twice", "approved", 1),
    ],
)
def test_whatever_the_line_does_the_books_end_up_knowing(
    actor: Actor, desk: CardDesk, terminal: TerminalSimulator, behaviour: Behaviour, status: str, charged: int
) -> None:
    terminal.behave([behaviour])
    cart, intent = uuid7(), uuid7()
    assert desk.charge(actor, cart, 350, intent).status == status
    assert len(terminal.charged) == charged
    assert desk.charge(actor, cart, 350, intent).status == status  # asked again: nothing is charged again
    assert len(terminal.charged) == charged


def test_a_second_answer_changes_nothing(shop: Shop, actor: Actor, desk: CardDesk, terminal: TerminalSimulator) -> None:
    terminal.behave(["answer_twice"])
    cart, intent = uuid7(), uuid7()
    first = desk.charge(actor, cart, 350, intent)
    sell(shop, actor, key=cart, payments=by_card(intent))
    for reference, answer in terminal.late_answers:
        assert shop.execute(decide_intent, DecideIntent(reference, answer), actor).status == "used"
    contrary = TerminalAnswer("declined", message="changed my mind")
    after = shop.execute(decide_intent, DecideIntent(intent, contrary), actor)
    assert (after.status, after.transaction_id) == ("used", first.transaction_id)


def test_killed_between_intent_and_answer_the_terminal_is_asked(
    shop: Shop, actor: Actor, desk: CardDesk, terminal: TerminalSimulator
) -> None:
    """The process dies after the terminal charged and before the answer was stored."""
    cart, charged, lost = uuid7(), uuid7(), uuid7()
    shop.execute(store_intent, StoreIntent(charged, cart, 350), actor)
    terminal.charge(charged, 350, "EUR")
    shop.execute(store_intent, StoreIntent(lost, cart, 100), actor)
    statuses = {row.uid: row.status for row in desk.recover(actor, 1)}
    assert statuses == {charged: "approved", lost: "cancelled"}
    assert [row.uid for row in desk.approved_for(cart)] == [charged]
    assert desk.recover(actor, 1) == ()
    sell(shop, actor, key=cart, payments=by_card(charged))


def test_after_a_crash_the_clerk_presses_card_again_and_nothing_is_charged_twice(
    shop: Shop, actor: Actor, desk: CardDesk, terminal: TerminalSimulator
) -> None:
    cart, before, after = uuid7(), uuid7(), uuid7()
    shop.execute(store_intent, StoreIntent(before, cart, 350), actor)
    terminal.charge(before, 350, "EUR")  # and the till died
    row = desk.charge(actor, cart, 350, after)
    assert (row.uid, row.status) == (before, "approved")
    assert terminal.charged == {before: 350}
    sell(shop, actor, key=cart, payments=by_card(row.uid))


def test_another_amount_after_a_crash_is_asked_for_and_the_first_stays_known(
    shop: Shop, actor: Actor, desk: CardDesk, terminal: TerminalSimulator, clock: ManualClock
) -> None:
    cart, before, after = uuid7(), uuid7(), uuid7()
    shop.execute(store_intent, StoreIntent(before, cart, 100), actor)
    terminal.charge(before, 100, "EUR")
    assert desk.charge(actor, cart, 250, after).uid == after
    assert {row.uid for row in desk.approved_for(cart)} == {before, after}
    sell(shop, actor, key=cart, payments=by_card(before, 100) + by_card(after, 250))


def test_a_till_that_starts_tidies_up(
    shop: Shop, actor: Actor, desk: CardDesk, terminal: TerminalSimulator, clock: ManualClock
) -> None:
    forgotten, lost = uuid7(), uuid7()
    desk.charge(actor, uuid7(), 350, forgotten)
    shop.execute(store_intent, StoreIntent(lost, uuid7(), 100), actor)
    terminal.charge(lost, 100, "EUR")
    clock.advance(hours=1)
    assert [(row.uid, row.status) for row in desk.tidy(actor, 1)] == [(forgotten, "reversed")]
    assert terminal.charged == {lost: 100}  # found just now: a sale may still want it
    clock.advance(hours=1)
    assert [row.uid for row in desk.tidy(actor, 1)] == [lost]
    assert terminal.charged == {}


def test_an_intent_of_another_content_is_refused(shop: Shop, actor: Actor, desk: CardDesk) -> None:
    cart, intent = uuid7(), uuid7()
    desk.charge(actor, cart, 350, intent)
    assert refusal(desk.charge, actor, cart, 351, intent) == "key_reused"
    assert refusal(desk.charge, actor, cart, 0, uuid7()) == "bad_amount"
    assert refusal(desk.charge, actor, "no cart", 1, uuid7()) == "bad_field"


def test_two_clicks_at_once_charge_once(actor: Actor, desk: CardDesk, terminal: TerminalSimulator) -> None:
    cart, intent = uuid7(), uuid7()
    results = at_once(*[lambda: desk.charge(actor, cart, 350, intent).status] * 3)
    assert "approved" in results
    assert len(terminal.charged) <= 1
    desk.recover(actor, 1)
    assert desk.recover(actor, 1) == ()


def test_a_waiting_terminal_can_be_stopped(actor: Actor, desk: CardDesk, terminal: TerminalSimulator) -> None:
    terminal.behave(["wait"])
    cart, intent, results = uuid7(), uuid7(), list[str]()
    waiting = threading.Thread(target=lambda: results.append(desk.charge(actor, cart, 350, intent).status))
    waiting.start()
    until = time.monotonic() + 10
    while not terminal.waiting and time.monotonic() < until:
        time.sleep(0.005)
    desk.cancel(intent)
    waiting.join(10)
    assert results == ["cancelled"]


def test_a_card_shown_in_time_is_approved(actor: Actor, desk: CardDesk, terminal: TerminalSimulator) -> None:
    terminal.behave(["wait"])
    intent = uuid7()
    terminal.present_card(intent, 350)
    assert desk.charge(actor, uuid7(), 350, intent).status == "approved"
    assert terminal.cancel(intent).outcome == "approved"  # too late to cancel


def test_a_payment_no_sale_used_is_given_back(
    shop: Shop, actor: Actor, desk: CardDesk, terminal: TerminalSimulator, clock: ManualClock
) -> None:
    cart, intent = uuid7(), uuid7()
    desk.charge(actor, cart, 350, intent)
    assert desk.reverse_due(actor, 1) == ()  # the clerk may still finish the sale
    clock.advance(minutes=31)
    assert [row.status for row in desk.reverse_due(actor, 1)] == ["reversed"]
    assert terminal.charged == {}
    assert refusal(sell, shop, actor, key=cart, payments=by_card(intent)) == "card_not_approved"
    assert desk.reverse_due(actor, 1) == ()
    assert one(shop, "SELECT count(*) FROM audit_log WHERE action = 'card.reversed'") == 1


def test_a_voided_sale_gives_the_card_its_money_back(
    shop: Shop, actor: Actor, desk: CardDesk, terminal: TerminalSimulator
) -> None:
    cart, intent = uuid7(), uuid7()
    desk.charge(actor, cart, 350, intent)
    sale = sell(shop, actor, key=cart, payments=by_card(intent))
    assert desk.reverse(actor, intent).status == "used"  # not while the sale stands
    assert terminal.charged == {intent: 350}
    void(shop, actor, sale.number)
    terminal.reverse_fails = 1
    assert [row.status for row in desk.reverse_due(actor, 1)] == ["used"]  # the terminal kept silent: still due
    assert [row.status for row in desk.reverse_due(actor, 1)] == ["reversed"]
    assert terminal.charged == {}
    assert rows(shop, "SELECT cash_cents FROM voids") == [(0,)]


def test_a_reversal_that_nobody_heard_is_looked_up(
    shop: Shop, actor: Actor, desk: CardDesk, terminal: TerminalSimulator, clock: ManualClock
) -> None:
    cart, intent = uuid7(), uuid7()
    desk.charge(actor, cart, 350, intent)
    terminal.reverse_fails = 1
    assert desk.reverse(actor, intent).status == "timed_out"
    assert refusal(sell, shop, actor, key=cart, payments=by_card(intent)) == "card_not_approved"
    assert [row.status for row in desk.recover(actor, 1)] == ["approved"]  # the terminal still holds the money
    assert desk.reverse(actor, intent).status == "reversed"


def test_a_terminal_off_the_network_is_a_silent_one(shop: Shop, actor: Actor) -> None:
    class Unplugged(TerminalSimulator):
        def charge(self, reference: str, amount_cents: int, currency: str) -> TerminalAnswer:
            raise ConnectionResetError

        def lookup(self, reference: str) -> TerminalAnswer:
            raise TimeoutError

    cart, intent = uuid7(), uuid7()
    row = CardDesk(shop, Unplugged()).charge(actor, cart, 350, intent)
    assert (row.status, row.is_undecided) == ("timed_out", True)
    assert CardDesk(shop, TerminalSimulator()).recover(actor, 1)[0].status == "cancelled"


def test_no_card_number_is_kept_whatever_the_terminal_says(shop: Shop, actor: Actor) -> None:
    class Chatty(TerminalSimulator):
        def charge(self, reference: str, amount_cents: int, currency: str) -> TerminalAnswer:
            return TerminalAnswer(
                "approved", "T-1", "Visa", "4111111111111111", "A1", "PAN 4111 1111 1111 1111\x1b approved"
            )

    row = CardDesk(shop, Chatty()).charge(actor, uuid7(), 350, uuid7())
    assert (row.card_last4, row.message) == (None, "")
    assert "4111" not in str(rows(shop, "SELECT * FROM card_intents"))


def test_a_cart_with_a_payment_under_way_says_so_after_a_crash(shop: Shop, actor: Actor) -> None:
    cart = uuid7()
    shop.execute(save_cart, SaveCart(cart, changed=(CartLine(1, 1, 1_000, 350, "Tea"),)), actor)
    shop.execute(store_intent, StoreIntent(uuid7(), cart, 350), actor)
    restored = shop.ask(unfinished_cart, 1)
    assert restored is not None
    assert restored.is_paying
    assert [row.status for row in shop.ask(intents_of_cart, cart)] == ["pending"]


def test_split_over_cash_and_card_each_keeps_its_own(shop: Shop, actor: Actor, desk: CardDesk) -> None:
    cart, intent = uuid7(), uuid7()
    desk.charge(actor, cart, 200, intent)
    sale = sell(shop, actor, key=cart, payments=(*by_card(intent, 200), PaymentGiven("cash", 500)))
    assert sale.change_cents == 350
    assert rows(shop, "SELECT kind, amount_cents, change_cents FROM payments ORDER BY id") == [
        ("card", 200, 0),
        ("cash", 150, 350),
    ]
