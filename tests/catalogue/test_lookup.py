"""From codes to goods at the till (R13, V5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from shopdesk.catalogue.barcode_rules import SaveBarcodeRule, save_barcode_rule
from shopdesk.catalogue.codes import check_digit
from shopdesk.catalogue.lookup import Counter, NotForSale, UnknownProduct, find_goods, sellable_by_code
from shopdesk.catalogue.models import VariantBarcode
from shopdesk.catalogue.price_lists import SavePriceList, SetListPrice, save_price_list, set_list_price
from shopdesk.catalogue.products import SetProductActive, set_product_active
from shopdesk.catalogue.sellable import Sellable
from shopdesk.catalogue.taxes import SaveTaxClass, SaveTaxRate, save_tax_class, save_tax_rate
from shopdesk.core.actor import Actor
from shopdesk.core.money import extend
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.parties.customers import EditCustomer, edit_customer
from tests.support.statements import counted

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HERE = Counter(warehouse_id=1, now=NOW, country="DE")


def scan(shop: Shop, code: str, counter: Counter = HERE) -> Sellable:
    return shop.ask(sellable_by_code, code, counter)


def give_barcode(shop: Shop, actor: Actor, sku: str, barcode: str, pack: int = 1_000) -> None:
    def write(uow: UnitOfWork, _command: None) -> None:
        variant = uow.connection.execute(
            sa.text("SELECT id FROM product_variants WHERE sku = :sku"), {"sku": sku}
        ).scalar_one()
        uow.connection.execute(
            sa.insert(VariantBarcode).values(variant_id=variant, barcode=barcode, pack_quantity=pack)
        )

    shop.execute(write, None, actor)


def test_a_barcode_brings_price_tax_and_stock(shop: Shop) -> None:
    tea = scan(shop, "4006381333931")
    assert (tea.sku, tea.price_cents, tea.unit, tea.quantity_milli) == ("TEA", 350, "pc", 1_000)
    assert [(part[1], part[2]) for part in tea.taxes] == [("Reduced VAT", 70_000)]
    assert (tea.available_milli, tea.inventory_policy, tea.barcode) == (1_000_000, "deny", "4006381333931")
    assert scan(shop, "BOOK").taxes == ()


def test_a_pack_carries_its_quantity(shop: Shop, actor: Actor) -> None:
    give_barcode(shop, actor, "TEA", "4006381000000", pack=6_000)
    assert scan(shop, "4006381000000").quantity_milli == 6_000


def test_a_barcode_goes_before_a_sku_that_looks_the_same(shop: Shop, actor: Actor) -> None:
    give_barcode(shop, actor, "MUG", "TEA")
    assert scan(shop, "TEA").sku == "MUG"
    assert shop.ask(lambda reader: find_goods(reader, HERE, skus=["TEA"]).by_sku("TEA")).sku == "TEA"


@pytest.mark.parametrize("code", ["", " ", "nope", "4006381333932", "'; DROP TABLE products; --", "2" * 400, "\x00"])
def test_what_is_unknown_says_so(shop: Shop, code: str) -> None:
    if "\x00" in code and shop.database.dialect == "postgresql":
        code = code.replace("\x00", "\x01")
    with pytest.raises(UnknownProduct) as refusal:
        scan(shop, code)
    assert refusal.value.code == "unknown_product"


def test_retired_goods_are_refused_by_name(shop: Shop, actor: Actor) -> None:
    shop.execute(set_product_active, SetProductActive(1, False), actor)
    with pytest.raises(NotForSale, match="Green tea") as refusal:
        scan(shop, "4006381333931")
    assert refusal.value.code == "unknown_product"


def test_an_embedded_price_is_the_total_and_gives_the_quantity(shop: Shop, actor: Actor) -> None:
    rule = SaveBarcodeRule(name="Scale", prefix="20", item_digits=5, value_digits=5)
    shop.execute(save_barcode_rule, rule, actor)
    give_barcode(shop, actor, "APPLE", "12345")
    body = "20" + "12345" + "00350"
    apples = scan(shop, body + check_digit(body))
    assert (apples.sku, apples.fixed_total_cents) == ("APPLE", 350)
    assert apples.fixed_unit_cents is not None
    assert extend(apples.quantity_milli, apples.fixed_unit_cents) == 350
    assert apples.quantity_milli == 1_171


def test_rules_are_tried_in_their_order_and_an_exact_code_before_them(shop: Shop, actor: Actor) -> None:
    late = SaveBarcodeRule(
        name="Late", prefix="2", item_digits=6, value_digits=5, position=9, kind="count", value_decimals=0
    )
    first = SaveBarcodeRule(name="First", prefix="20", item_digits=5, value_digits=5, position=1)
    shop.execute(save_barcode_rule, late, actor)
    shop.execute(save_barcode_rule, first, actor)
    give_barcode(shop, actor, "APPLE", "12345")
    give_barcode(shop, actor, "TEA", "012345")
    body = "201234500003"
    assert scan(shop, body + check_digit(body)).sku == "APPLE"
    give_barcode(shop, actor, "MUG", body + check_digit(body))
    assert scan(shop, body + check_digit(body)).sku == "MUG"


def test_a_label_of_nothing_is_unknown(shop: Shop, actor: Actor) -> None:
    rule = SaveBarcodeRule(name="Scale", prefix="29", item_digits=5, value_digits=5, kind="weight", value_decimals=3)
    shop.execute(save_barcode_rule, rule, actor)
    give_barcode(shop, actor, "APPLE", "12345")
    body = "291234500000"
    with pytest.raises(UnknownProduct):
        scan(shop, body + check_digit(body))


def test_gs1_strings_and_other_spellings_of_a_gtin(shop: Shop, actor: Actor) -> None:
    assert scan(shop, "04006381333931").sku == "TEA"
    tea = scan(shop, "010400638133393110LOT7\x1d17270131")
    assert (tea.sku, tea.lot, tea.expires_on, tea.quantity_milli) == ("TEA", "LOT7", "2027-01-31", 1_000)
    give_barcode(shop, actor, "APPLE", "4012345000016")
    apples = scan(shop, "01040123450000163103001250")
    assert (apples.sku, apples.quantity_milli) == ("APPLE", 1_250)


def test_price_lists_for_everybody_for_one_customer_and_from_a_quantity(shop: Shop, actor: Actor) -> None:
    everybody = shop.execute(save_price_list, SavePriceList(code="six", name="Six", for_everybody=True), actor)
    regulars = shop.execute(save_price_list, SavePriceList(code="reg", name="Regulars"), actor)
    shop.execute(set_list_price, SetListPrice(everybody, "TEA", 300, 6_000), actor)
    shop.execute(set_list_price, SetListPrice(regulars, "TEA", 320), actor)
    kim = EditCustomer(
        customer_id=1, version=1, first_name="Kim", last_name="Lee", email="kim@example.org", price_list_id=regulars
    )
    shop.execute(edit_customer, kim, actor)
    anybody = scan(shop, "TEA")
    assert anybody.price_at(5_000) == (350, None)
    price, offer = anybody.price_at(6_000)
    assert (price, offer and offer.label) == (300, "Six")
    for customer in ({"customer_id": 1}, {"customer_email": "kim@example.org"}):
        own = scan(shop, "TEA", Counter(warehouse_id=1, now=NOW, country="DE", **customer))
        assert own.price_at(1_000)[0] == 320
        assert own.price_at(6_000)[0] == 320


def test_price_lists_and_taxes_hold_between_their_moments(shop: Shop, actor: Actor) -> None:
    sale = SavePriceList(code="sale", name="Sale", for_everybody=True, starts_at=NOW, ends_at=NOW + timedelta(days=1))
    list_id = shop.execute(save_price_list, sale, actor)
    shop.execute(set_list_price, SetListPrice(list_id, "TEA", 100), actor)
    later = shop.execute(
        save_tax_rate,
        SaveTaxRate(code="later", name="Later", rate_ppm=80_000, valid_from=NOW + timedelta(days=1)),
        actor,
    )
    away = shop.execute(save_tax_rate, SaveTaxRate(code="at", name="Away", rate_ppm=10_000, region="AT"), actor)
    city = shop.execute(save_tax_rate, SaveTaxRate(code="city", name="City", rate_ppm=20_000, region="DE-BE"), actor)
    rates = ((2, False), (later, False), (away, False), (city, True))
    shop.execute(save_tax_class, SaveTaxClass(code="red", name="Reduced", rates=rates, class_id=2, version=1), actor)

    def at(moment: datetime, country: str = "DE", region: str = "") -> tuple[int, list[tuple[str, bool]]]:
        tea = scan(shop, "TEA", Counter(warehouse_id=1, now=moment, country=country, region=region))
        return tea.price_at(1_000)[0], [(part[1], part[3]) for part in tea.taxes]

    assert at(NOW - timedelta(seconds=1)) == (350, [("Reduced VAT", False)])
    assert at(NOW) == (100, [("Reduced VAT", False)])
    assert at(NOW + timedelta(days=1)) == (350, [("Reduced VAT", False), ("Later", False)])
    assert at(NOW, "AT")[1] == [("Reduced VAT", False), ("Away", False)]
    assert at(NOW, "DE", "DE-BE")[1] == [("Reduced VAT", False), ("City", True)]


def test_stock_is_that_of_the_asked_warehouse(shop: Shop) -> None:
    assert scan(shop, "TEA", Counter(warehouse_id=2, now=NOW)).available_milli == 0


def test_any_number_of_lines_is_one_statement_and_unread_codes_one_more(shop: Shop) -> None:
    def exact(reader: UnitOfWork) -> list[str]:
        goods = find_goods(reader, HERE, codes=["4006381333931", "4002385002017"] * 50, skus=["SOAP"], variant_ids=[4])
        return [goods.by_code("4002385002017").sku, goods.by_sku("SOAP").sku, goods.by_variant(4).sku]

    with counted(shop) as statements:
        assert shop.ask(exact) == ["MUG", "SOAP", "APPLE"]
    assert len(statements) == 1
    with counted(shop) as statements, pytest.raises(UnknownProduct):
        scan(shop, "no such code")
    assert len(statements) == 2
