"""Barcode rules, price lists and taxes as the office edits them: what is kept and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shopdesk.catalogue.barcode_rules import (
    RemoveBarcodeRule,
    SaveBarcodeRule,
    barcode_rules,
    remove_barcode_rule,
    save_barcode_rule,
)
from shopdesk.catalogue.codes import check_digit
from shopdesk.catalogue.models import ProductVariant
from shopdesk.catalogue.price_lists import (
    SavePriceList,
    SetListPrice,
    listed_prices_page,
    price_lists,
    save_price_list,
    set_list_price,
)
from shopdesk.catalogue.taxes import (
    RemoveTaxClass,
    SaveTaxClass,
    SaveTaxRate,
    remove_tax_class,
    save_tax_class,
    save_tax_rate,
    tax_classes,
    tax_rates,
)
from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadAmount, BadField, ChangedMeanwhile, NotFound, NotPermitted
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop

RULE = SaveBarcodeRule(name="Scale", prefix="20", item_digits=5, value_digits=5)


def test_a_rule_is_written_tried_out_changed_and_removed(shop: Shop, actor: Actor) -> None:
    rule_id = shop.execute(save_barcode_rule, RULE, actor)
    (row,) = shop.ask(barcode_rules)
    body = "201234500350"
    read = row.read(body + check_digit(body), 2)
    assert read is not None
    assert (read.item, read.price_cents) == ("12345", 350)
    shop.execute(save_barcode_rule, replace(RULE, kind="weight", value_decimals=3, rule_id=rule_id), actor)
    with pytest.raises(ChangedMeanwhile):
        shop.execute(save_barcode_rule, replace(RULE, rule_id=rule_id), actor)
    assert shop.ask(barcode_rules)[0].kind == "weight"
    shop.execute(remove_barcode_rule, RemoveBarcodeRule(rule_id), actor)
    assert shop.ask(barcode_rules) == ()
    with pytest.raises(NotFound):
        shop.execute(remove_barcode_rule, RemoveBarcodeRule(rule_id), actor)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"prefix": ""}, "prefix"),
        ({"prefix": "2x"}, "prefix"),
        ({"prefix": "٢٠"}, "prefix"),
        ({"prefix": "2" * 30}, "prefix"),
        ({"item_digits": 0}, "item_digits"),
        ({"value_digits": 0, "value_decimals": 0}, "item_digits"),
        ({"verifier_digits": 2}, "value_decimals"),
        ({"value_decimals": 6}, "value_decimals"),
        ({"kind": "colour"}, "kind"),
        ({"check_digit": "maybe"}, "check_digit"),
    ],
)
def test_rules_that_no_code_can_have(sqlite_shop: Shop, actor: Actor, changes: dict[str, object], field: str) -> None:
    with pytest.raises(BadField) as refusal:
        sqlite_shop.execute(save_barcode_rule, replace(RULE, **changes), actor)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_a_price_list_holds_prices_by_quantity(shop: Shop, actor: Actor) -> None:
    list_id = shop.execute(save_price_list, SavePriceList(code="reg", name="Regulars"), actor)
    for quantity, cents in ((0, 300), (6_000, 250), (0, 290)):
        shop.execute(set_list_price, SetListPrice(list_id, "TEA", cents, quantity), actor)
    rows = shop.ask(listed_prices_page, PageRequest(), list_id).rows
    assert [(row.sku, row.min_quantity_milli, row.price_cents, row.shelf_price_cents) for row in rows] == [
        ("TEA", 0, 290, 350),
        ("TEA", 6_000, 250, 350),
    ]
    shop.execute(set_list_price, SetListPrice(list_id, "TEA", None, 6_000), actor)
    assert len(shop.ask(listed_prices_page, PageRequest(), list_id).rows) == 1
    with pytest.raises(NotFound):
        shop.execute(set_list_price, SetListPrice(list_id, "NOPE", 1), actor)
    with pytest.raises(NotFound):
        shop.execute(set_list_price, SetListPrice(99, "TEA", 1), actor)
    with pytest.raises(BadField):
        shop.execute(set_list_price, SetListPrice(list_id, "TEA", -1), actor)
    with pytest.raises(BadField):
        shop.execute(set_list_price, SetListPrice(list_id, "TEA", 1, -1), actor)


def test_a_long_price_list_reads_like_a_short_one(shop: Shop, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    with shop.database.reading() as connection:
        skus = sorted(connection.execute(sa.select(ProductVariant.sku)).scalars())
    one, other = (
        shop.execute(save_price_list, SavePriceList(code=code, name=code.title()), actor) for code in ("long", "other")
    )
    for place, sku in enumerate(skus):
        shop.execute(set_list_price, SetListPrice(one, sku, 100 + place), actor)
        shop.execute(set_list_price, SetListPrice(one, sku, 50 + place, 6_000), actor)
        shop.execute(set_list_price, SetListPrice(other, sku, 7), actor)

    def read(descending: bool) -> list[tuple[str, int, int]]:
        rows: list[tuple[str, int, int]] = []
        after = None
        while True:
            page = shop.ask(listed_prices_page, PageRequest(descending=descending, after=after, limit=1), one)
            rows += [(row.sku, row.min_quantity_milli, row.price_cents) for row in page.rows]
            if page.next is None:
                return rows
            after = page.next

    short = {descending: read(descending) for descending in (False, True)}
    monkeypatch.setattr("shopdesk.catalogue.price_lists._LONG", 2)
    assert {descending: read(descending) for descending in (False, True)} == short
    assert [row[0] for row in short[False]] == [sku for sku in skus for _quantity in range(2)]
    assert short[True] == short[False][::-1]


def test_price_lists_are_told_apart_by_code_and_end_after_they_start(shop: Shop, actor: Actor) -> None:
    now = shop.clock.now()
    shop.execute(save_price_list, SavePriceList(code="a", name="A", priority=1), actor)
    shop.execute(save_price_list, SavePriceList(code="b", name="B", priority=5), actor)
    assert [row.code for row in shop.ask(price_lists)] == ["b", "a"]
    with pytest.raises(BadField):
        shop.execute(save_price_list, SavePriceList(code="a", name="Again"), actor)
    with pytest.raises(BadField):
        shop.execute(save_price_list, SavePriceList(code="c", name="C", starts_at=now, ends_at=now), actor)
    ending = SavePriceList(code="c", name="C", starts_at=now, ends_at=now + timedelta(days=1))
    shop.execute(save_price_list, ending, actor)


def test_rates_and_classes(shop: Shop, actor: Actor, clerk: Actor) -> None:
    rate = shop.execute(save_tax_rate, SaveTaxRate(code="city", name="City", rate_ppm=88_750), actor)
    class_id = shop.execute(save_tax_class, SaveTaxClass(code="food", name="Food", rates=((rate, False),)), actor)
    assert next(row for row in shop.ask(tax_classes) if row.code == "food").rates == ((rate, False),)
    assert next(row for row in shop.ask(tax_rates) if row.code == "city").rate_ppm == 88_750
    shop.execute(remove_tax_class, RemoveTaxClass(class_id), actor)
    for command in (
        SaveTaxRate(code="city", name="Again", rate_ppm=1),
        SaveTaxRate(code="x", name="X", rate_ppm=10_000_001),
        SaveTaxRate(code="x", name="X", rate_ppm=-1),
        SaveTaxRate(code="x", name="X", rate_ppm=0.19),  # type: ignore[arg-type]
    ):
        with pytest.raises((BadField, BadAmount)):
            shop.execute(save_tax_rate, command, actor)
    with pytest.raises(BadField):
        shop.execute(save_tax_class, SaveTaxClass(code="x", name="X", rates=((rate, False), (rate, True))), actor)
    with pytest.raises(NotPermitted):
        shop.execute(save_tax_rate, SaveTaxRate(code="mine", name="Mine", rate_ppm=0), clerk)
