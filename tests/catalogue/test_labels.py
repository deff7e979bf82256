"""Labels say the price that the till takes, at the moment they are made for."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from shopdesk.catalogue.bulk import NewProduct, insert_products
from shopdesk.catalogue.labels import LabelGoods, label_goods, labels_of
from shopdesk.catalogue.lookup import Counter, find_goods
from shopdesk.catalogue.models import ProductAttribute, ProductVariant
from shopdesk.catalogue.price_lists import SavePriceList, SetListPrice, save_price_list, set_list_price
from shopdesk.catalogue.product_fields import BarcodeFields, VariantFields
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from tests.support.statements import counted


def made(
    shop: Shop, actor: Actor, *variants: VariantFields, unit: str = "pc", content: tuple[str, str, str] | None = None
) -> list[int]:
    """A product; ids of its variants."""

    def work(uow: UnitOfWork, _command: None) -> list[int]:
        ids = list(insert_products(uow, [NewProduct(title="Goods", variants=variants, unit=unit)])[0])
        if content is not None:
            product = sa.select(ProductVariant.product_id).where(ProductVariant.id == ids[0]).scalar_subquery()
            name, value, measure = content
            uow.connection.execute(
                sa.insert(ProductAttribute).values(product_id=product, name=name, value=value, unit=measure or None)
            )
        return ids

    return shop.execute(work, None, actor)


def one(shop: Shop, variant_id: int, **more: object) -> LabelGoods:
    """The goods of one label."""
    (goods,) = shop.ask(label_goods, [(variant_id, 1)], **more)
    return goods


def test_goods_come_in_the_asked_order_with_their_counts(shop: Shop, actor: Actor) -> None:
    first, second = made(
        shop,
        actor,
        VariantFields(sku="L-1", price_cents=100, name="S"),
        VariantFields(sku="L-2", price_cents=200, name="M"),
    )
    goods = shop.ask(label_goods, [(second, 3), (999_999, 1), (first, 1), (second, 2)])
    assert [(row.sku, row.count, row.name) for row in goods] == [
        ("L-2", 3, "Goods, M"), ("L-1", 1, "Goods, S"), ("L-2", 2, "Goods, M"),
    ]  # fmt: skip


def test_the_code_is_a_single_piece_s_gtin_before_others_and_the_sku_at_last(shop: Shop, actor: Actor) -> None:
    codes = (BarcodeFields("INTERNAL"), BarcodeFields("9780201379624"), BarcodeFields("9780201379631", 6000))
    with_all, with_pack, bare = made(
        shop,
        actor,
        VariantFields(sku="L-1", price_cents=100, name="a", barcodes=codes),
        VariantFields(sku="L-2", price_cents=100, name="b", barcodes=(BarcodeFields("96385074", 2000),)),
        VariantFields(sku="L-3", price_cents=100, name="c"),
    )
    assert one(shop, with_all).code == "9780201379624"
    assert one(shop, with_pack).code == "L-2"
    assert one(shop, bare).code == "L-3"


@pytest.mark.parametrize(
    ("unit", "content", "cents", "per"),
    [
        ("pc", None, None, ""),
        ("kg", None, 350, "kg"),
        ("g", None, 350_000, "kg"),
        ("ml", None, 350_000, "l"),
        ("m", None, 350, "m"),
        ("pc", ("Net content", "100", "g"), 3500, "kg"),
        ("pc", ("net weight", "1,5", "kg"), 233, "kg"),
        ("pc", ("Net volume", "75", "cl"), 467, "l"),
        ("pc", ("Net content", "250 ml", ""), 1400, "l"),
        ("pc", ("Net content", "a lot", "g"), None, ""),
        ("pc", ("Net content", "0", "g"), None, ""),
        ("pc", ("Colour", "100", "g"), None, ""),
    ],
)
def test_unit_prices(
    shop: Shop, actor: Actor, unit: str, content: tuple[str, str, str] | None, cents: int | None, per: str
) -> None:
    (variant_id,) = made(shop, actor, VariantFields(sku="L-1", price_cents=350), unit=unit, content=content)
    goods = one(shop, variant_id)
    assert (goods.unit_price_cents, goods.unit_price_per) == (cents, per)


def test_the_price_is_the_till_s_now_and_at_a_later_moment(shop: Shop, actor: Actor, clock: ManualClock) -> None:
    (variant_id,) = made(shop, actor, VariantFields(sku="L-1", price_cents=1000, compare_at_cents=1200))
    tomorrow = clock.now() + timedelta(days=1)
    list_id = shop.execute(
        save_price_list,
        SavePriceList(
            code="sale", name="Sale", for_everybody=True, starts_at=tomorrow, ends_at=tomorrow + timedelta(days=1)
        ),
        actor,
    )
    customers = shop.execute(save_price_list, SavePriceList(code="vip", name="VIP", priority=9), actor)
    for price_list_id, cents, least in ((list_id, 800, 0), (list_id, 700, 2000), (customers, 1, 0)):
        shop.execute(set_list_price, SetListPrice(price_list_id, "L-1", cents, least), actor)
    assert (one(shop, variant_id).price_cents, one(shop, variant_id).was_cents) == (1000, 1200)
    later = one(shop, variant_id, at=tomorrow)
    assert (later.price_cents, later.was_cents) == (800, 1200)
    after = one(shop, variant_id, at=tomorrow + timedelta(days=1))
    assert after.price_cents == 1000
    for moment in (clock.now(), tomorrow, tomorrow + timedelta(days=2)):
        counter = Counter(warehouse_id=1, now=moment)
        sold = shop.ask(find_goods, counter, variant_ids=[variant_id]).by_variant(variant_id)
        assert one(shop, variant_id, at=moment).price_cents == sold.price_at(1000)[0]


def test_the_words_are_the_shop_s(shop: Shop, actor: Actor) -> None:
    (variant_id,) = made(shop, actor, VariantFields(sku="L-1", price_cents=350, compare_at_cents=400), unit="kg")
    ((content, count),), settings = shop.ask(labels_of, [(variant_id, 2)])
    assert count == 2
    assert content.price == "€3.50"
    assert content.compare_at == "€4.00"
    assert content.unit_price == "€3.50 / kg"
    assert content.shop == settings.name
    assert (content.sku, content.code) == ("L-1", "L-1")


def test_a_batch_costs_three_statements(sqlite_shop: Shop, actor: Actor) -> None:
    ids = made(sqlite_shop, actor, *(VariantFields(sku=f"L-{n}", price_cents=n, name=str(n)) for n in range(1, 80)))
    with counted(sqlite_shop) as statements:
        sqlite_shop.ask(labels_of, [(variant_id, 1) for variant_id in ids])
    assert len(statements) <= 3, statements
