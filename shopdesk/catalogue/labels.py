"""What labels say about goods: name, the price that the till takes, unit price, old price, and the code to scan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa

from shopdesk.catalogue.models import (
    PriceList,
    PriceListItem,
    Product,
    ProductAttribute,
    ProductVariant,
    VariantBarcode,
)
from shopdesk.core.clock import shop_time
from shopdesk.core.errors import BadAmount
from shopdesk.core.i18n import N_
from shopdesk.core.money import MILLI, format_money, parse_quantity, round_half_away
from shopdesk.db.unit import Reader
from shopdesk.printing.figures import words
from shopdesk.printing.label_codes import is_gtin
from shopdesk.printing.labels import LabelContent
from shopdesk.system.settings import ShopSettings, shop_settings

# A unit of a product or of what is in a package: the unit that prices are compared in, and thousandths of that in one.
_COMPARED: Final = {
    "kg": ("kg", 1000), "g": ("kg", 1), "l": ("l", 1000), "cl": ("l", 10), "ml": ("l", 1), "m": ("m", 1000), "m2": ("m2", 1000),
}  # fmt: skip
NET_CONTENT: Final = (N_("Net content"), N_("Net weight"), N_("Net volume"))
"""Attributes of a product that say how much is in a package, for its unit price."""


@dataclass(frozen=True, slots=True)
class LabelGoods:
    """A variant for labels and how many of them.

    ``price_cents`` is what everybody pays for one at the asked moment, price lists for everybody included; ``was_cents`` the
    higher price before it. ``unit_price_cents`` is for one ``unit_price_per`` (kg, l, m, m2), None where that is not known.
    """

    variant_id: int
    count: int
    name: str
    sku: str
    code: str
    price_cents: int
    was_cents: int | None
    unit_price_cents: int | None
    unit_price_per: str


def label_goods(
    reader: Reader, wanted: Sequence[tuple[int, int]], *, at: datetime | None = None
) -> tuple[LabelGoods, ...]:
    """The goods of (variant id, how many) in that order; ids that do not exist are left out. ``at`` is now, or a later moment."""
    return _goods(reader, wanted, at or reader.clock.now(), shop_settings(reader).language)


def labels_of(
    reader: Reader, wanted: Sequence[tuple[int, int]], *, at: datetime | None = None
) -> tuple[tuple[tuple[LabelContent, int], ...], ShopSettings]:
    """The words of the labels and how many of each, and the shop's settings that they were written by."""
    moment = at or reader.clock.now()
    settings = shop_settings(reader)
    day = shop_time(moment, settings.timezone).date()
    goods = _goods(reader, wanted, moment, settings.language)
    return tuple((label_content(one, settings, day), one.count) for one in goods), settings


def label_content(goods: LabelGoods, settings: ShopSettings, day: date) -> LabelContent:
    """A variant's label in the shop's words."""

    def money(cents: int | None) -> str:
        return "" if cents is None else format_money(cents, settings.currency, settings.language)

    per = money(goods.unit_price_cents)
    return LabelContent(
        name=goods.name,
        price=money(goods.price_cents),
        compare_at=money(goods.was_cents),
        unit_price=f"{per} / {goods.unit_price_per}" if per else "",
        sku=goods.sku,
        code=goods.code,
        shop=settings.name,
        date=day.isoformat(),
    )


def _goods(reader: Reader, wanted: Sequence[tuple[int, int]], at: datetime, language: str) -> tuple[LabelGoods, ...]:
    ids = list(dict.fromkeys(variant_id for variant_id, _count in wanted))
    offer = (
        sa.select(PriceListItem.price_cents)
        .join(PriceList, PriceList.id == PriceListItem.price_list_id)
        .where(
            PriceListItem.variant_id == ProductVariant.id,
            PriceListItem.min_quantity <= MILLI,
            PriceList.for_everybody,
            PriceList.is_active,
            sa.or_(PriceList.starts_at.is_(None), PriceList.starts_at <= at),
            sa.or_(PriceList.ends_at.is_(None), PriceList.ends_at > at),
        )
        .order_by(PriceList.priority.desc(), PriceList.id, PriceListItem.min_quantity.desc())
        .limit(1)
        .scalar_subquery()
    )
    chosen = ProductVariant.id.in_(sa.bindparam("ids", expanding=True))
    rows = reader.connection.execute(
        sa.select(
            ProductVariant.id,
            ProductVariant.product_id,
            ProductVariant.sku,
            ProductVariant.name,
            ProductVariant.price_cents,
            ProductVariant.compare_at_cents,
            Product.title,
            Product.unit,
            offer.label("offer_cents"),
        )
        .join(Product, Product.id == ProductVariant.product_id)
        .where(chosen),
        {"ids": ids},
    ).all()
    codes = sa.select(
        sa.literal("code").label("part"), VariantBarcode.variant_id, VariantBarcode.barcode, VariantBarcode.id
    ).where(VariantBarcode.variant_id.in_(sa.bindparam("ids", expanding=True)), VariantBarcode.pack_quantity == MILLI)
    contents = sa.select(
        sa.literal("fact"),
        ProductAttribute.product_id,
        ProductAttribute.name + "\n" + ProductAttribute.value + "\n" + sa.func.coalesce(ProductAttribute.unit, ""),
        ProductAttribute.id,
    ).where(ProductAttribute.product_id.in_(sa.bindparam("products", expanding=True)))
    parts = reader.connection.execute(
        sa.union_all(codes, contents).order_by("part", "id"),
        {"ids": ids, "products": sorted({row.product_id for row in rows})},
    ).all()
    by_variant: dict[int, list[str]] = {}
    measured: dict[int, tuple[str, int]] = {}
    names = {name.casefold() for text in NET_CONTENT for name in (text, words(language)(text))}
    for part, owner, text, _id in parts:
        if part == "code":
            by_variant.setdefault(owner, []).append(text)
        elif (content := _content(text, names)) is not None:
            measured.setdefault(owner, content)
    found = {row.id: row for row in rows}
    return tuple(
        _made(found[variant_id], count, by_variant.get(variant_id, ()), measured)
        for variant_id, count in wanted
        if variant_id in found
    )


def _made(
    row: sa.Row[tuple[object, ...]], count: int, codes: Iterable[str], measured: dict[int, tuple[str, int]]
) -> LabelGoods:
    price = row.price_cents if row.offer_cents is None else row.offer_cents
    before = max((cents for cents in (row.price_cents, row.compare_at_cents) if cents is not None), default=price)
    per, milli = _COMPARED.get(row.unit) or measured.get(row.product_id) or ("", 0)
    return LabelGoods(
        variant_id=row.id,
        count=count,
        name=f"{row.title}, {row.name}" if row.name else row.title,
        sku=row.sku,
        code=min(codes, key=lambda code: not is_gtin(code), default=row.sku),
        price_cents=price,
        was_cents=before if before > price else None,
        unit_price_cents=round_half_away(price * MILLI, milli) if milli else None,
        unit_price_per=per,
    )


def _content(text: str, names: set[str]) -> tuple[str, int] | None:
    """The unit to compare in and thousandths of it in a package, from an attribute; None where it says no such thing."""
    name, value, unit = text.split("\n", 2)
    if name.strip().casefold() not in names:
        return None
    if not unit and " " in value.strip():  # "100 g" written into the value
        value, _blank, unit = value.strip().rpartition(" ")
    per, factor = _COMPARED.get(unit.strip().casefold(), ("", 0))
    try:
        milli = parse_quantity(value.strip())
    except BadAmount:
        return None
    content = round_half_away(milli * factor, MILLI)
    return (per, content) if content > 0 else None
