"""Search as one types (V6, S20): beginnings, fragments, accents, mistakes, and nothing that a text can break."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopdesk.catalogue.bulk import NewProduct, insert_products
from shopdesk.catalogue.product_fields import BarcodeFields, VariantFields
from shopdesk.catalogue.search import has_trigrams, search_goods
from shopdesk.catalogue.search_index import rebuild_search
from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from tests.support.statements import counted

TITLES = {
    "CHO-70": "Dark chocolate 70 %",
    "CHO-MLK": "Milk Chocolate",
    "CRE-1": "Crème brûlée",
    "EARL": "Earl Grey tea",
    "CAB-123": "Cable AB/123",
    "GRUSS": "Grußkarte",
}


@pytest.fixture
def stocked(shop: Shop, actor: Actor) -> Shop:
    def write(uow: UnitOfWork, _command: None) -> None:
        rows = [
            NewProduct(
                title=title,
                variants=(VariantFields(sku=sku, price_cents=100, barcodes=(BarcodeFields(f"59000000000{place}"),)),),
            )
            for place, (sku, title) in enumerate(TITLES.items())
        ]
        insert_products(uow, rows)

    shop.execute(write, None, actor)
    return shop


def skus(shop: Shop, text: str) -> set[str]:
    return {goods.sku for goods in shop.ask(search_goods, text, 1).goods}


@pytest.mark.parametrize(
    ("text", "expected", "match"),
    [
        ("choc", {"CHO-70", "CHO-MLK"}, "words"),
        ("CHOCOLATE milk", {"CHO-MLK"}, "words"),
        ("creme bru", {"CRE-1"}, "words"),
        ("BRÛLÉE", {"CRE-1"}, "words"),
        ("gruss", {"GRUSS"}, "words"),
        ("ocola", {"CHO-70", "CHO-MLK"}, "inside"),
        ("cho-70", {"CHO-70"}, "words"),
        ("cho70", {"CHO-70"}, "words"),
        ("ab/123", {"CAB-123"}, "words"),
        ("590000000002", {"CRE-1"}, "words"),
        ("000000000", set(TITLES), "inside"),
        ("chocolte", {"CHO-70", "CHO-MLK"}, "similar"),
        ("chokolate dark", {"CHO-70"}, "similar"),
        ("earl gery", {"EARL"}, "similar"),
        ("eral grey", {"EARL"}, "similar"),
        ("earl grey tee", {"EARL"}, "similar"),
    ],
)
def test_what_is_found(stocked: Shop, text: str, expected: set[str], match: str) -> None:
    answer = stocked.ask(search_goods, text, 1)
    assert {goods.sku for goods in answer.goods} == expected
    assert {goods.match for goods in answer.goods} == {match}


def test_the_nearest_is_offered_only_when_nothing_else_is_there(stocked: Shop) -> None:
    assert skus(stocked, "mug") == {"MUG"}
    answer = stocked.ask(search_goods, "milc", 1)
    assert ({goods.sku for goods in answer.goods}, answer.corrected) == ({"CHO-MLK"}, "milk")


@pytest.mark.parametrize(
    "text", ["", "   ", "-", "%", "xyzzyqq", '"', "'", "*", "NEAR(zqxj", "a AND", "\\", "_", ") OR 1=1 --", "😀"]
)
def test_nothing_is_found_for_nothing(stocked: Shop, text: str) -> None:
    assert skus(stocked, text) == set()


def test_at_most_three_statements_for_a_keystroke(stocked: Shop) -> None:
    stocked.ask(has_trigrams)
    for text, most in (("choc", 1), ("ocola", 1), ("chocolte", 3), ("xyzzyqq zzz", 3)):
        with counted(stocked) as statements:
            stocked.ask(search_goods, text, 1)
        assert len(statements) <= most, text


def test_more_is_told_and_the_best_come_first(stocked: Shop) -> None:
    answer = stocked.ask(search_goods, "c", 1, 2)
    assert len(answer.goods) == 2
    assert answer.more
    assert stocked.ask(search_goods, "mug", 1).goods[0].sku == "MUG"
    assert stocked.ask(search_goods, "TEA", 1).goods[0].sku == "TEA"
    assert stocked.ask(search_goods, "TEA", 1).goods[0].available_milli == 1_000_000


def test_search_without_trigrams_finds_beginnings(stocked: Shop) -> None:
    """A PostgreSQL whose login may not create pg_trgm (the index of words stands in for the trigrams)."""
    if stocked.database.dialect == "sqlite":
        pytest.skip("SQLite brings its own trigrams")
    with stocked.database.write_engine.begin() as connection:
        connection.execute(sa.text("DROP INDEX ix_variant_search_words_trgm"))
    stocked.database.reconnect()
    assert not stocked.ask(has_trigrams)
    assert skus(stocked, "choc mil") == {"CHO-MLK"}
    assert skus(stocked, "ocola") == set()
    assert skus(stocked, "chocolte") == {"CHO-70", "CHO-MLK"}


def test_rebuilding_finds_the_same(stocked: Shop, actor: Actor) -> None:
    before = {text: skus(stocked, text) for text in ("choc", "ocola", "chocolte", "tea")}
    assert stocked.execute(lambda uow, _none: rebuild_search(uow), None, actor) == 12
    assert {text: skus(stocked, text) for text in before} == before


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=24))
def test_no_text_breaks_the_search(stocked: Shop, text: str) -> None:
    answer = stocked.ask(search_goods, text, 1)
    assert len(answer.goods) <= 20
