"""Ringing up: what a sale writes, what refuses it, and that twice is once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import NotPermitted, ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.sales.basket import Discount
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_answer import document_told
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleAnswer, SaleLine
from shopdesk.system.settings import ChangeSettings, change_settings
from tests.support.small_shop import actor_of

Sell = Callable[..., SaleAnswer]


@pytest.fixture
def sell(shop: Shop, actor: Actor) -> Sell:
    def _sell(*lines: SaleLine, by: Actor = actor, key: str = "", **more: object) -> SaleAnswer:
        command = CommitSale(key=key or uuid7(), lines=lines, **more)  # type: ignore[arg-type]
        return shop.execute(commit_sale, command, by)

    return _sell


def one(shop: Shop, text: str) -> object:
    """The first value of a question put straight to the database."""

    def question(reader: Reader) -> object:
        return reader.connection.execute(sa.text(text)).scalar()

    return shop.ask(question)


def test_a_sale_takes_stock_money_and_a_number(shop: Shop, sell: Sell) -> None:
    answer = sell(SaleLine(2000, sku="TEA"), SaleLine(barcode="4002385002017"))
    assert answer.number == "T1-S000001"
    assert (answer.total_cents, answer.fields["tax_cents"]) == (1499, 46 + 128)
    assert one(shop, "SELECT sum(amount_cents) FROM payments") == 1499
    assert one(
        shop, "SELECT on_hand FROM stock_levels l JOIN product_variants v ON v.id = variant_id WHERE sku = 'TEA'"
    ) == (998_000)
    assert one(shop, "SELECT sum(quantity_change) FROM inventory_ledger WHERE reference_type = 'order'") == -3000
    assert one(shop, "SELECT status FROM order_status_history") == "delivered"
    assert str(answer.fields["head"]).startswith("T1:")


def test_the_same_request_twice_is_one_sale_and_one_answer(shop: Shop, sell: Sell) -> None:
    key = uuid7()
    first = sell(SaleLine(sku="TEA"), key=key)
    assert sell(SaleLine(sku="TEA"), key=key).fields == first.fields
    assert one(shop, "SELECT count(*) FROM orders") == 1
    with pytest.raises(ShopError) as refused:
        sell(SaleLine(sku="MUG"), key=key)
    assert refused.value.code == "key_reused"


def test_a_refused_key_may_be_tried_again(shop: Shop, sell: Sell) -> None:
    key = uuid7()
    with pytest.raises(ShopError):
        sell(SaleLine(2000, sku="LAST"), key=key)
    assert sell(SaleLine(1000, sku="LAST"), key=key).number == "T1-S000001"


@pytest.mark.parametrize(
    ("lines", "more", "code"),
    [
        ((SaleLine(sku="NOPE"),), {}, "unknown_product"),
        ((SaleLine(barcode="000"),), {}, "unknown_product"),
        ((SaleLine(2000, sku="LAST"),), {}, "out_of_stock"),
        ((SaleLine(sku="LAST"), SaleLine(sku="LAST")), {}, "out_of_stock"),
        ((), {}, "bad_line"),
        ((SaleLine(0, sku="TEA"),), {}, "bad_line"),
        ((SaleLine(-1000, sku="TEA"),), {}, "bad_line"),
        ((SaleLine(sku="TEA"),), {"payments": ()}, "not_paid"),
        ((SaleLine(sku="TEA"),), {"payments": (PaymentGiven("cash", 349),)}, "not_paid"),
        ((SaleLine(sku="TEA"),), {"payments": (PaymentGiven("card", 351),)}, "overpaid"),
        ((SaleLine(sku="TEA"),), {"payments": (PaymentGiven("shells", 350),)}, "unknown_payment_type"),
        ((SaleLine(sku="TEA"),), {"coupon": "C1"}, "coupon_not_valid"),
        ((SaleLine(sku="TEA"),), {"customer": "nobody@example.org"}, "unknown_customer"),
        ((SaleLine(sku="TEA"),), {"till": "T9"}, "unknown_till"),
        ((SaleLine(sku="TEA", discount=Discount(cents=351)),), {}, "discount_too_large"),
        ((SaleLine(sku="TEA"),), {"order_discount": Discount(cents=351)}, "discount_too_large"),
        ((SaleLine(sku="TEA"),), {"expected_total_cents": 349}, "total_changed"),
        ((SaleLine(sku="TEA"),), {"note": "4111 1111 1111 1111"}, "card_number"),
        ((SaleLine(sku="TEA"),), {"from_cart": True}, "cart_closed"),
    ],
)
def test_a_refusal_names_its_reason_and_changes_nothing(
    shop: Shop, sell: Sell, lines: tuple[SaleLine, ...], more: dict[str, object], code: str
) -> None:
    before = [
        one(shop, f"SELECT count(*) FROM {table}") for table in ("orders", "journal", "inventory_ledger", "audit_log")
    ]
    with pytest.raises(ShopError) as refused:
        sell(*lines, **more)
    assert refused.value.code == code
    assert before == [
        one(shop, f"SELECT count(*) FROM {table}") for table in ("orders", "journal", "inventory_ledger", "audit_log")
    ]
    assert sell(SaleLine(sku="TEA")).number == "T1-S000001"


def test_policy_continue_sells_below_zero_and_lists_it(shop: Shop, sell: Sell) -> None:
    sell(SaleLine(5000, sku="SOAP"))
    assert one(shop, "SELECT quantity_after FROM oversell_exceptions WHERE state = 'open'") == -2000


def test_each_till_counts_its_own_numbers_and_keeps_its_own_chain(shop: Shop, sell: Sell) -> None:
    heads = [sell(SaleLine(sku="TEA"), till=till).fields["head"] for till in ("T1", "T2", "T1")]
    assert [str(head).split(":")[0] for head in heads] == ["T1", "T2", "T1"]
    numbers = shop.ask(
        lambda reader: reader.connection.execute(sa.text("SELECT number FROM orders ORDER BY id")).scalars().all()
    )
    assert numbers == ["T1-S000001", "T2-S000001", "T1-S000002"]


def test_a_clerk_may_not_give_more_than_the_cap(shop: Shop, sell: Sell, clerk: Actor) -> None:
    assert sell(SaleLine(sku="MUG", discount=Discount(ppm=100_000)), by=clerk).total_cents == 719
    with pytest.raises(ShopError) as refused:
        sell(SaleLine(sku="MUG", discount=Discount(ppm=110_000)), by=clerk)
    assert refused.value.code == "discount_too_large"
    with pytest.raises(NotPermitted):
        sell(SaleLine(sku="MUG", price_cents=1), by=clerk)


def test_somebody_without_the_permission_sells_nothing(shop: Shop, sell: Sell) -> None:
    with pytest.raises(NotPermitted):
        sell(SaleLine(sku="TEA"), by=actor_of(shop, "bo"))


def test_a_shop_may_forbid_selling_without_a_shift(shop: Shop, sell: Sell, actor: Actor) -> None:
    shop.execute(change_settings, ChangeSettings({"sell_without_shift": False}), actor)
    with pytest.raises(ShopError) as refused:
        sell(SaleLine(sku="TEA"))
    assert refused.value.code == "shift_not_open"


def test_split_payment_gives_change_from_cash_alone(shop: Shop, sell: Sell) -> None:
    answer = sell(SaleLine(sku="MUG"), payments=(PaymentGiven("card", 500), PaymentGiven("cash", 500)))
    assert answer.change_cents == 201
    told = shop.ask(document_told, answer.number)
    assert told["payments"] == [{"type": "card", "amount_cents": 500}, {"type": "cash", "amount_cents": 500}]
    assert {name: told[name] for name in answer.fields} == answer.fields


def _count(shop: Shop) -> list[str]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        if not text.startswith(("BEGIN", "COMMIT")):
            seen.append(text.split("(", maxsplit=1)[0].strip()[:60])

    sa.event.listen(shop.database.write_engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize("lines", [1, 5, 40])
def test_a_sale_is_a_fixed_number_of_statements_whatever_its_lines(shop: Shop, sell: Sell, lines: int) -> None:
    sell(SaleLine(sku="TEA"))
    seen = _count(shop)
    sell(
        *(
            SaleLine(sku=sku, discount=Discount(cents=1))
            for sku in ("TEA", "MUG", "SOAP", "APPLE", "BOOK", *["TEA"] * 40)[:lines]
        ),
        customer="kim@example.org",
        order_discount=Discount(cents=10),
    )
    limit = 18
    assert len(seen) <= limit, seen


def test_two_callers_with_one_key_make_one_sale(shop: Shop, actor: Actor) -> None:
    command = CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),))
    answers: list[dict[str, object]] = []

    def call() -> None:
        answers.append(shop.execute(commit_sale, command, actor).fields)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all(answer == answers[0] for answer in answers)
    assert one(shop, "SELECT count(*) FROM orders") == 1


def test_two_tills_on_the_last_piece_sell_it_once(shop: Shop, actor: Actor) -> None:
    results: list[str] = []

    def call(till: str) -> None:
        try:
            command = CommitSale(key=uuid7(), lines=(SaleLine(sku="LAST"),), till=till)
            results.append(shop.execute(commit_sale, command, replace(actor, till_id=None)).number)
        except ShopError as error:
            results.append(error.code)

    threads = [threading.Thread(target=call, args=(till,)) for till in ("T1", "T2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results)[1] == "out_of_stock" or sorted(results)[0] == "out_of_stock"
    assert sum("-S" in result for result in results) == 1
    assert (
        one(shop, "SELECT on_hand FROM stock_levels l JOIN product_variants v ON v.id = variant_id WHERE sku = 'LAST'")
        == 0
    )
