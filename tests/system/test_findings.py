"""Documents by what somebody types of their number, on both databases."""

from __future__ import annotations

import pytest

from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.system.findings import documents_by_number
from tests.support.statements import counted

ALL = ("sale", "stock_adjustment")


@pytest.fixture
def sold(shop: Shop, actor: Actor) -> Shop:
    for _number in range(12):
        shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),)), actor)
    shop.execute(adjust_stock, AdjustStock(uuid7(), "TEA", "Main", -1_000, "torn"), actor)
    return shop


def found(shop: Shop, text: str, kinds: tuple[str, ...] = ALL) -> list[str]:
    return [one.number for one in shop.ask(documents_by_number, text, kinds)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("T1-S000012", ["T1-S000012"]),
        ("t1-s000012", ["T1-S000012"]),
        ("s12", ["T1-S000012"]),
        ("12", ["T1-S000012"]),
        ("S-12", ["T1-S000012"]),
        ("T1-S00001", ["T1-S000012", "T1-S000011", "T1-S000010"]),
        ("A1", ["T1-A000001"]),
        ("T1-A", ["T1-A000002", "T1-A000001"]),
        ("T2-S000012", []),
        ("S13", []),
        ("T1-%", []),
        ("T1-S00001_", []),
        ("tea", []),
        ("", []),
        ("٣", []),
    ],
)
def test_what_a_text_means(sold: Shop, text: str, wanted: list[str]) -> None:
    assert found(sold, text) == wanted


def test_one_figure_means_every_series(sold: Shop) -> None:
    assert set(found(sold, "1")) == {"T1-S000001", "T1-A000001"}
    assert found(sold, "1", ("sale",)) == ["T1-S000001"]
    assert found(sold, "1", ()) == []


def test_few_are_shown_newest_first_in_two_statements(sold: Shop) -> None:
    with counted(sold) as seen:
        numbers = found(sold, "T1-S0", ("sale",))
    assert len(seen) <= 2
    assert numbers == [f"T1-S{number:06d}" for number in range(12, 4, -1)]
