"""Suppliers and their goods: saved, refused, taken out of use, found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shopdesk.core.errors import BadAmount, BadField, ChangedMeanwhile, NotFound, ShopError
from shopdesk.db.paging import PageRequest
from shopdesk.purchasing.supplier_items import (
    RemoveSupplierItem,
    SaveSupplierItem,
    remove_supplier_item,
    save_supplier_item,
)
from shopdesk.purchasing.supplier_queries import (
    supplier_card,
    supplier_choices,
    supplier_items_page,
    suppliers_page,
)
from shopdesk.purchasing.suppliers import SaveSupplier, SetSupplierActive, save_supplier, set_supplier_active
from tests.purchasing.conftest import Buying
from tests.support.statements import counted


def names(buying: Buying, **asked: object) -> list[str]:
    return [row.name for row in buying.shop.ask(suppliers_page, PageRequest(**asked)).rows]  # type: ignore[arg-type]


def test_a_supplier_is_saved_over_the_version_that_was_shown(buying: Buying) -> None:
    card = buying.shop.ask(supplier_card, buying.supplier)
    assert card is not None
    assert (card.name, card.supplier.lead_time_days, card.items, card.is_active) == ("Tea House", 5, 3, True)
    change = SaveSupplier(supplier_id=card.id, version=card.version, name="Tea House & Sons", city="Bremen")
    buying.do(save_supplier, change)
    with pytest.raises(ChangedMeanwhile):
        buying.do(save_supplier, change)
    assert names(buying, search="bremen") == ["Tea House & Sons"]
    audited = buying.value("SELECT metadata FROM audit_log WHERE action = 'supplier.edit'")
    assert '"name":["Tea House","Tea House & Sons"]' in audited
    buying.sound()


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"name": " "}, BadField, "name"),
        ({"name": "Tea House"}, BadField, "name"),
        ({"name": "x" * 121}, BadField, "name"),
        ({"name": "New", "email": "no mail"}, BadField, "email"),
        ({"name": "New", "country_code": "XX"}, BadField, "country_code"),
        ({"name": "New", "lead_time_days": 731}, BadAmount, "lead_time_days"),
        ({"name": "New", "minimum_order_cents": -1}, BadAmount, "minimum_order_cents"),
        ({"name": "New", "notes": "4111 1111 1111 1111"}, ShopError, "notes"),
    ],
)
def test_what_no_supplier_can_be(buying: Buying, fields: dict[str, object], error: type[ShopError], field: str) -> None:
    with pytest.raises(error) as refused:
        buying.do(save_supplier, SaveSupplier(**fields))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert names(buying) == ["Tea House"]


def test_codes_are_one_suppliers_own(buying: Buying) -> None:
    buying.do(save_supplier, SaveSupplier(name="A", code="X"))
    with pytest.raises(BadField, match="code"):
        buying.do(save_supplier, SaveSupplier(name="B", code="X"))
    buying.do(save_supplier, SaveSupplier(name="B", code=""))
    buying.do(save_supplier, SaveSupplier(name="C", code=""))  # none is no code


def test_out_of_use_means_no_longer_offered_but_there(buying: Buying) -> None:
    buying.do(set_supplier_active, SetSupplierActive(buying.supplier, False))
    buying.do(set_supplier_active, SetSupplierActive(buying.supplier, False))
    assert (names(buying), names(buying, filters=(("retired", True),))) == ([], ["Tea House"])
    assert buying.shop.ask(supplier_choices) == ()
    buying.do(set_supplier_active, SetSupplierActive(buying.supplier, True))
    assert names(buying) == ["Tea House"]
    with pytest.raises(NotFound):
        buying.do(set_supplier_active, SetSupplierActive(99, True))
    buying.sound()


def test_a_variant_has_one_supplier_that_is_asked_first(buying: Buying) -> None:
    other = buying.do(save_supplier, SaveSupplier(name="Mug Works"))
    item = SaveSupplierItem(supplier_id=other, sku="MUG", pack_cost_cents=250, is_preferred=True)
    made = buying.do(save_supplier_item, item)
    preferred = "SELECT supplier_id FROM supplier_items WHERE variant_id = 2 AND is_preferred"
    assert buying.value(preferred) == other
    with pytest.raises(BadField, match="already"):
        buying.do(save_supplier_item, item)
    change = replace(item, sku="", item_id=made, version=1, supplier_name="Becher", is_preferred=False)
    buying.do(save_supplier_item, change)
    with pytest.raises(ChangedMeanwhile):
        buying.do(save_supplier_item, change)
    with pytest.raises(NotFound):
        buying.do(save_supplier_item, replace(change, supplier_id=buying.supplier))
    (row,) = buying.shop.ask(supplier_items_page, PageRequest(), supplier_id=other).rows
    assert (row.sku, row.supplier_name, row.unit_cost_cents, row.is_preferred) == ("MUG", "Becher", 250, False)
    buying.do(remove_supplier_item, RemoveSupplierItem(made))
    with pytest.raises(NotFound):
        buying.do(remove_supplier_item, RemoveSupplierItem(made))
    buying.sound()


@pytest.mark.parametrize(
    "fields",
    [
        {"sku": "NOPE"},
        {"sku": "BOOK", "pack_quantity_milli": 0},
        {"sku": "BOOK", "pack_cost_cents": -1},
        {"sku": "BOOK", "minimum_milli": -1},
        {"sku": "BOOK", "supplier_code": "x" * 65},
    ],
)
def test_what_no_article_can_be(buying: Buying, fields: dict[str, object]) -> None:
    with pytest.raises((BadField, BadAmount)):
        buying.do(save_supplier_item, SaveSupplierItem(supplier_id=buying.supplier, **fields))  # type: ignore[arg-type]


def test_the_lists_are_one_statement_a_page(buying: Buying) -> None:
    for ask, more in ((suppliers_page, {}), (supplier_items_page, {"supplier_id": buying.supplier})):
        with counted(buying.shop) as statements:
            buying.shop.ask(ask, PageRequest(), **more)
        assert len(statements) == 1
    for text, many in (("th-tea", 1), ("green", 1), ("mug", 1), ("", 3), ("%", 0)):
        found = buying.shop.ask(supplier_items_page, PageRequest(search=text), supplier_id=buying.supplier)
        assert len(found.rows) == many
