"""Training rings up like the real thing and touches nothing real (S41)."""

from __future__ import annotations

import json

import pytest

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.printing.receipt import receipt_text
from shopdesk.sales.basket import Discount
from shopdesk.sales.digests_counter import document_rows
from shopdesk.sales.documents import PaperJob, document_of
from shopdesk.sales.queries import all_documents
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleAnswer, SaleLine
from shopdesk.sales.shift_report import shift_totals
from shopdesk.sales.training import sell_training
from shopdesk.system.records import rows_digest
from tests.support.counter_day import close, one, open_drawer_with, pay, rows, sell
from tests.support.small_shop import actor_of

REAL = (
    "SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM payments), (SELECT count(*) FROM inventory_ledger), "
    "(SELECT sum(on_hand) FROM stock_levels), (SELECT value FROM counters WHERE scope = 'T1' AND series = 'S'), "
    "(SELECT perpetual_cents FROM counters WHERE scope = 'T1' AND series = 'journal')"
)


def train(shop: Shop, actor: Actor, *lines: SaleLine, **more: object) -> SaleAnswer:
    command = CommitSale(key=str(more.pop("key", uuid7())), lines=lines or (SaleLine(sku="TEA"),), **more)  # type: ignore[arg-type]
    return shop.execute(sell_training, command, actor)


def test_training_answers_like_a_sale_and_touches_nothing_real(shop: Shop, actor: Actor) -> None:
    real = sell(shop, actor, "MUG", 2)
    before = rows(shop, REAL)
    answer = train(shop, actor, SaleLine(2_000, sku="MUG"))
    assert answer.number == "T1-TR000001"
    same = {name: value for name, value in real.fields.items() if name not in ("number", "head")}
    assert {name: answer.fields[name] for name in same} == same
    assert rows(shop, REAL) == before


def test_it_is_in_the_chain_as_training_and_in_no_z(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor, 0)
    train(shop, actor)
    assert close(shop, actor, 0).difference_cents == 0
    assert shop.ask(shift_totals, 1).sales_count == 0
    entry = json.loads(one(shop, "SELECT payload FROM journal WHERE kind = 'training'"))
    assert (entry["doc"], entry["gross"], entry["total"]) == ("T1-TR000001", 0, 350)
    assert entry["rows"] == shop.ask(lambda reader: rows_digest(document_rows(reader, "training", "T1-TR000001")))
    assert shop.ask(lambda reader: list(all_documents(reader))) == []


def test_more_than_there_is_can_be_practised_with(shop: Shop, actor: Actor) -> None:
    assert train(shop, actor, SaleLine(99_000, sku="LAST")).total_cents == 49_500


def test_refusals_are_those_of_a_sale(shop: Shop, actor: Actor, clerk: Actor) -> None:
    for lines, more, code in (
        ((SaleLine(sku="NOPE"),), {}, "unknown_product"),
        ((SaleLine(sku="TEA"),), {"payments": pay(cash=1)}, "not_paid"),
        ((SaleLine(sku="TEA"),), {"payments": pay(card=351)}, "overpaid"),
        ((SaleLine(sku="TEA"),), {"till": "T9"}, "unknown_till"),
        ((SaleLine(sku="TEA", discount=Discount(cents=200)),), {}, "discount_too_large"),
    ):
        with pytest.raises(ShopError) as caught:
            train(shop, clerk, *lines, **more)  # type: ignore[arg-type]
        assert caught.value.code == code
    with pytest.raises(ShopError) as caught:
        train(shop, actor_of(shop, "bo"))
    assert caught.value.code == "not_permitted"


def test_no_real_card_money_is_taken(shop: Shop, actor: Actor) -> None:
    with pytest.raises(ShopError) as caught:
        train(shop, actor, payments=(PaymentGiven("card", 350, uuid7()),))
    assert caught.value.code == "bad_payment"
    assert train(shop, actor, payments=pay(card=350)).number == "T1-TR000001"


def test_twice_is_once_and_a_training_key_is_no_key_for_a_sale(shop: Shop, actor: Actor) -> None:
    key = uuid7()
    assert train(shop, actor, key=key) == train(shop, actor, key=key)
    assert one(shop, "SELECT count(*) FROM training_sales") == 1
    with pytest.raises(ShopError) as caught:
        sell(shop, actor, key=key)
    assert caught.value.code == "key_reused"


def test_its_paper_says_training_and_no_drawer_opens(shop: Shop, actor: Actor) -> None:
    train(shop, actor, SaleLine(2_000, sku="TEA", discount=Discount(cents=50)), payments=pay(cash=1000))
    assert rows(shop, "SELECT document, number FROM print_jobs") == [("training", "T1-TR000001")]
    text = receipt_text(shop.ask(document_of, PaperJob("training", "T1-TR000001", 1)))
    assert text.count("TRAINING") >= 2
    assert "T1-TR000001" in text
    assert "6.50" in text
    assert "3.50" in text
