"""A drawer's day: opened with a float, counted blind, closed with a Z that equals its documents (R11)."""

from __future__ import annotations

import hashlib
import json

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopdesk.books.doctor import run_doctor
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.inventory.stock import OutOfStock
from shopdesk.sales.basket import Discount
from shopdesk.sales.digests_counter import closing_rows, opening_rows
from shopdesk.sales.shift_report import ShiftTotals, shift_totals
from shopdesk.sales.shifts import CountedPieces, PrintXReport, print_x_report
from shopdesk.system.records import rows_digest
from shopdesk.system.settings import ChangeSettings, change_settings
from tests.support.counter_day import (
    approval,
    at_once,
    close,
    one,
    open_drawer_with,
    pay,
    put_in,
    rows,
    sell,
    take_out,
    void,
)
from tests.support.small_shop import actor_of


def refusal(call: object, *args: object, **more: object) -> ShopError:
    with pytest.raises(ShopError) as caught:
        call(*args, **more)  # type: ignore[operator]
    return caught.value


def payload(shop: Shop, kind: str) -> dict[str, object]:
    entry: dict[str, object] = json.loads(
        one(shop, "SELECT payload FROM journal WHERE kind = :kind ORDER BY id DESC LIMIT 1", kind=kind)
    )
    return entry


def test_r11_a_whole_shift_adds_up_to_the_cent(shop: Shop, actor: Actor) -> None:
    assert open_drawer_with(shop, actor, 10_000) == 1
    sell(shop, actor, "TEA", 2)  # 7.00 cash
    sell(shop, actor, "MUG", payments=pay(cash=1000))  # 7.99, 2.01 back
    sell(shop, actor, "BOOK", payments=pay(card=600, cash=500))  # 10.00: 6 card, 4 cash
    taken_back = sell(shop, actor, "SOAP", order_discount=Discount(cents=49))  # 2.00 cash
    void(shop, actor, taken_back.number)
    put_in(shop, actor, 2_000)
    take_out(shop, actor, 1_500)
    expected = 10_000 + 700 + 799 + 400 + 200 - 200 + 2_000 - 1_500
    z = close(shop, actor, expected, left_cents=10_000)
    assert (z.z, z.expected_cents, z.difference_cents) == ("T1-Z000001", expected, 0)
    totals = shop.ask(shift_totals, 1)
    assert (totals.sales_count, totals.sales_cents) == (4, 700 + 799 + 1000 + 200)
    assert (totals.voids_count, totals.voids_cents) == (1, -200)
    assert totals.turnover_cents == 2499
    assert totals.discounts_cents == 0  # the only one was voided
    assert [(row.type, row.count, row.cents) for row in totals.tenders] == [("cash", 4, 1899), ("card", 1, 600)]
    assert [(row.rate_ppm, row.net_cents, row.tax_cents) for row in totals.taxes] == [
        (70_000, 654, 46),
        (190_000, 671, 128),
    ]
    assert (totals.in_cents, totals.out_cents, totals.left_cents) == (2_000, 1_500, 10_000)
    assert totals.perpetual_cents == 2499


def test_the_z_covers_every_entry_of_its_shift_and_the_journal_vouches_for_it(shop: Shop, actor: Actor) -> None:
    sell(shop, actor)  # outside a shift: belongs to no Z
    before = one(shop, "SELECT max(seq) FROM journal WHERE till_id = 1")
    open_drawer_with(shop, actor)
    sell(shop, actor)
    put_in(shop, actor, 500)
    close(shop, actor, 10_850)
    first, last, head, perpetual = rows(shop, "SELECT first_seq, last_seq, head, perpetual_cents FROM z_reports")[0]
    kinds = rows(shop, "SELECT kind FROM journal WHERE seq BETWEEN :a AND :b ORDER BY seq", a=first, b=last)
    assert [kind for (kind,) in kinds] == ["shift_open", "sale", "cash_in"]
    assert first == before + 1
    assert head == f"T1:{last}:" + one(shop, "SELECT hash FROM journal WHERE seq = :seq", seq=last)
    assert perpetual == one(shop, "SELECT sum(total_cents) FROM orders")
    entry = payload(shop, "z")
    assert (entry["seq"], entry["first"], entry["last"], entry["head"]) == (last + 1, first, last, head)
    assert entry["turnover"] == 350
    assert entry["rows"] == shop.ask(lambda reader: rows_digest(closing_rows(reader, 1)))
    assert payload(shop, "shift_open")["rows"] == shop.ask(lambda reader: rows_digest(opening_rows(reader, 1)))


def test_the_chain_links_shift_documents(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor)
    take_out(shop, actor, 100)
    close(shop, actor, 9_900)
    last = hashlib.sha256(b"T1").hexdigest()
    for prev, text, hashed in rows(shop, "SELECT prev_hash, payload, hash FROM journal WHERE till_id = 1 ORDER BY seq"):
        assert prev == last
        last = hashlib.sha256(bytes.fromhex(prev) + text.encode()).hexdigest()
        assert hashed == last


def test_one_open_shift_a_till(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor)
    assert refusal(open_drawer_with, shop, actor).code == "shift_already_open"
    assert open_drawer_with(shop, actor, till="T2") == 1
    assert refusal(open_drawer_with, shop, actor, till="T9").code == "unknown_till"


def test_of_two_openings_at_once_one_wins(shop: Shop, actor: Actor) -> None:
    results = at_once(lambda: open_drawer_with(shop, actor), lambda: open_drawer_with(shop, actor))
    assert sorted(results, key=str) == [1, "shift_already_open"]
    assert one(shop, "SELECT count(*) FROM shifts") == 1
    assert one(shop, "SELECT count(*) FROM journal WHERE kind = 'shift_open'") == 1


def test_two_closings_at_once_make_one_z(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor)
    results = at_once(lambda: close(shop, actor, 10_000).z, lambda: close(shop, actor, 10_000).z)
    assert sorted(results, key=str) == ["T1-Z000001", "shift_not_open"]


def test_the_same_key_again_gives_the_same_answer_even_at_once(shop: Shop, actor: Actor) -> None:
    key = uuid7()
    opened = at_once(*[lambda: open_drawer_with(shop, actor, key=key)] * 3)
    assert opened == [1, 1, 1]
    closing = uuid7()
    first = close(shop, actor, 10_050, reason="found a coin", key=closing)
    assert close(shop, actor, 10_050, reason="found a coin", key=closing) == first
    assert refusal(close, shop, actor, 10_000, key=closing).code == "key_reused"
    assert open_drawer_with(shop, actor, key=key) == 1  # still the answer of then
    assert one(shop, "SELECT count(*) FROM z_reports") == 1


def test_a_difference_needs_a_reason_and_above_the_limit_a_manager(shop: Shop, clerk: Actor, manager: Actor) -> None:
    open_drawer_with(shop, clerk)
    missing = refusal(close, shop, clerk, 9_500)
    assert (missing.code, missing.values["difference_cents"]) == ("reason_needed", -500)
    assert refusal(close, shop, clerk, 8_000, reason="no idea").code == "not_permitted"
    uid = one(shop, "SELECT uid FROM shifts")
    small = approval(shop, manager, clerk, Permission.SHIFT_DIFFERENCE, uid, 1_000)
    assert refusal(close, shop, clerk, 8_000, reason="no idea", approvals=(small,)).code == "not_permitted"
    yes = approval(shop, manager, clerk, Permission.SHIFT_DIFFERENCE, uid, 2_000)
    z = close(shop, clerk, 8_000, reason="no idea", approvals=(yes,))
    assert z.difference_cents == -2_000
    kept = rows(shop, "SELECT difference_cents, difference_reason, approved_by, counted_cents FROM shifts")[0]
    assert kept == (-2_000, "no idea", manager.user_id, 8_000)
    assert payload(shop, "z")["approver"] == manager.user_id


def test_a_small_difference_is_the_clerks_own(shop: Shop, clerk: Actor) -> None:
    open_drawer_with(shop, clerk)
    assert close(shop, clerk, 9_000, reason="miscounted").difference_cents == -1_000


def test_what_a_count_at_opening_differs_from_the_last_close_is_its_own_difference(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor, 10_000)
    close(shop, actor, 10_000, left_cents=4_000)
    open_drawer_with(shop, actor, 3_950)
    assert rows(shop, "SELECT opening_difference_cents FROM shifts ORDER BY number") == [(0,), (-50,)]
    assert close(shop, actor, 3_950).expected_cents == 3_950  # the shift starts from what was counted


def test_counts_by_denomination_are_kept_and_must_add_up(shop: Shop, actor: Actor) -> None:
    bills = (CountedPieces(5_000, 1), CountedPieces(1_000, 5), CountedPieces(1, 0))
    open_drawer_with(shop, actor, 10_000, counts=bills)
    assert refusal(close, shop, actor, 9_999, counts=bills).code == "bad_field"
    twice = (CountedPieces(5_000, 1), CountedPieces(5_000, 1))
    assert refusal(close, shop, actor, 10_000, counts=twice).code == "bad_field"
    close(shop, actor, None, counts=bills)
    assert rows(shop, "SELECT kind, denomination_cents, pieces FROM cash_counts ORDER BY kind, pieces") == [
        ("close", 5_000, 1),
        ("close", 1_000, 5),
        ("open", 5_000, 1),
        ("open", 1_000, 5),
    ]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"counted_cents": -1}, "bad_amount"),
        ({"counted_cents": 1.5}, "bad_amount"),
        ({"counted_cents": 10**13}, "bad_amount"),
        ({"counted_cents": None}, "bad_field"),
        ({"counted_cents": 100, "left_cents": 101}, "bad_field"),
        ({"counted_cents": 100, "left_cents": -1}, "bad_amount"),
        ({"counted_cents": 5, "counts": (CountedPieces(5, -1),)}, "bad_amount"),
        ({"counted_cents": 10_000, "reason": "x" * 501}, "bad_field"),
        ({"counted_cents": 10_000, "reason": "card 4111 1111 1111 1111"}, "card_number"),
        ({"counted_cents": 10_000, "key": "no-uuid"}, "bad_field"),
    ],
)
def test_bad_counts_are_refused_and_the_shift_stays_open(
    sqlite_shop: Shop, actor: Actor, more: dict[str, object], code: str
) -> None:
    open_drawer_with(sqlite_shop, actor)
    assert refusal(close, sqlite_shop, actor, **more).code == code
    assert one(sqlite_shop, "SELECT status FROM shifts") == "open"


def test_only_who_may_opens_and_closes(sqlite_shop: Shop, actor: Actor) -> None:
    office = actor_of(sqlite_shop, "bo")
    assert refusal(open_drawer_with, sqlite_shop, office).code == "not_permitted"
    open_drawer_with(sqlite_shop, actor)
    assert refusal(close, sqlite_shop, office, 10_000).code == "not_permitted"


def test_a_closed_shift_and_its_z_are_immutable(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor)
    close(shop, actor, 10_000)
    for text in ("UPDATE shifts SET counted_cents = 1", "UPDATE z_reports SET totals = '{}'", "DELETE FROM z_reports"):
        with pytest.raises(sa.exc.DatabaseError), shop.database.writing() as connection, connection.begin():
            connection.execute(sa.text(text))


def test_money_taken_in_the_middle_of_a_close_is_in_this_z_or_the_next(shop: Shop, actor: Actor) -> None:
    """A sale beside the close: either it is in the Z (and the count is off), or it belongs to no shift."""
    open_drawer_with(shop, actor)
    at_once(lambda: sell(shop, actor).number, lambda: close(shop, actor, 10_000, reason="race").z)
    in_shift = one(shop, "SELECT count(*) FROM orders WHERE shift_id IS NOT NULL")
    totals = shop.ask(shift_totals, 1)
    assert totals.sales_count == in_shift
    assert one(shop, "SELECT count(*) FROM orders") == 1


def test_an_x_report_is_printed_any_time_and_a_blind_one_hides_what_is_expected(
    shop: Shop, clerk: Actor, manager: Actor
) -> None:
    assert refusal(shop.execute, print_x_report, PrintXReport(), clerk).code == "shift_not_open"
    open_drawer_with(shop, clerk)
    shop.execute(print_x_report, PrintXReport(), clerk)
    assert refusal(shop.execute, print_x_report, PrintXReport(with_expected=True), clerk).code == "not_permitted"
    shop.execute(print_x_report, PrintXReport(with_expected=True), manager)
    options = [json.loads(text) for (text,) in rows(shop, "SELECT options FROM print_jobs ORDER BY id")]
    assert [(option["kind"], option["expected"]) for option in options] == [("X", 0), ("X", 1)]


def test_the_business_date_is_the_openings_not_midnights(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    open_drawer_with(shop, actor)
    clock.advance(hours=20)
    sell(shop, actor)
    assert rows(shop, "SELECT DISTINCT business_date FROM shifts UNION SELECT business_date FROM orders") == [
        ("2026-11-20",)
    ]


def test_rounded_cash_still_balances(shop: Shop, actor: Actor) -> None:
    shop.execute(change_settings, ChangeSettings({"cash_rounding_cents": 5}), actor)
    open_drawer_with(shop, actor, 0)
    sell(shop, actor, "MUG", payments=pay(cash=1000))  # 7.99 rounds to 8.00
    assert close(shop, actor, 800).difference_cents == 0
    assert shop.ask(shift_totals, 1).rounding_cents == 1


amounts = st.integers(0, 10**9)


@given(amounts, amounts, amounts, amounts, amounts)
def test_expected_cash_is_the_float_and_every_movement(start: int, taken: int, back: int, put: int, out: int) -> None:
    totals = ShiftTotals(float_cents=start, cash_taken_cents=taken, cash_back_cents=back, in_cents=put, out_cents=out)
    assert totals.expected_cents == start + taken - back + put - out
    assert totals.expected_cents - start == (taken + put) - (back + out)


moves = st.lists(
    st.one_of(
        st.tuples(st.just("cash"), st.sampled_from(["TEA", "BOOK"]), st.integers(0, 5_000)),
        st.tuples(st.just("card"), st.just("TEA"), st.integers(0, 350)),
        st.tuples(st.just("in"), st.just(""), st.integers(1, 10_000)),
        st.tuples(st.just("out"), st.just(""), st.integers(1, 10_000)),
        st.tuples(st.just("void"), st.just(""), st.integers(0, 9)),
    ),
    max_size=8,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 20_000), moves=moves)
def test_whatever_happens_the_drawer_holds_what_the_z_expects(
    sqlite_shop: Shop, actor: Actor, start: int, moves: list[tuple[str, str, int]]
) -> None:
    """A plain count of coins beside the shop's own: the drawer in hand against the Z."""
    shop, drawer, made = sqlite_shop, start, list[tuple[str, int]]()
    open_drawer_with(shop, actor, start)
    for kind, sku, figure in moves:
        if kind == "cash":
            price = {"TEA": 350, "BOOK": 1000}[sku]
            try:
                sale = sell(shop, actor, sku, payments=pay(cash=price + figure))
            except OutOfStock:
                continue
            drawer += price + figure - sale.change_cents
            made.append((sale.number, price))
        elif kind == "card":
            by_card = {"card": figure} if figure else {}
            in_cash = {"cash": 350 - figure} if figure < 350 else {}
            drawer += 350 - figure
            made.append((sell(shop, actor, sku, payments=pay(**by_card, **in_cash)).number, 350 - figure))
        elif kind == "void" and made:
            number, cash = made.pop(figure % len(made))
            void(shop, actor, number)
            drawer -= cash
        elif kind == "in":
            put_in(shop, actor, figure)
            drawer += figure
        elif kind == "out":
            take_out(shop, actor, figure)
            drawer -= figure
    left_in_hand = max(0, drawer)  # taking out more than there is cannot be counted
    z = close(shop, actor, left_in_hand, reason="counted")
    assert z.expected_cents == drawer
    assert z.difference_cents == left_in_hand - drawer
    assert shop.ask(shift_totals, one(shop, "SELECT max(id) FROM shifts")).turnover_cents == one(
        shop,
        "SELECT coalesce((SELECT sum(total_cents) FROM orders WHERE shift_id = s.id), 0) "
        "+ coalesce((SELECT sum(total_cents) FROM voids WHERE shift_id = s.id), 0) "
        "FROM shifts s ORDER BY id DESC LIMIT 1",
    )


def test_a_day_of_approvals_proves_itself(shop: Shop, clerk: Actor, manager: Actor) -> None:
    open_drawer_with(shop, clerk)
    sale = sell(shop, clerk)
    order, shift, key = one(shop, "SELECT uid FROM orders"), one(shop, "SELECT uid FROM shifts"), uuid7()

    def yes(action: Permission, subject: str, cents: int) -> tuple[str, ...]:
        return (approval(shop, manager, clerk, action, subject, cents),)

    void(shop, clerk, sale.number, approvals=yes(Permission.VOID, order, 350))
    take_out(shop, clerk, 10, key=key, approvals=yes(Permission.CASH_OUT, key, 10))
    close(shop, clerk, 1, reason="gone", approvals=yes(Permission.SHIFT_DIFFERENCE, shift, 9_989))
    report = run_doctor(shop.database, clock=shop.clock)
    assert {finding.id: finding.samples for finding in report.findings if finding.violations} == {}
