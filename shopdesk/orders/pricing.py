"""What an order costs: looked up and priced like a sale when it is agreed, and from what was agreed ever after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shopdesk.catalogue.lookup import Counter, find_goods
from shopdesk.catalogue.models import Product, ProductVariant
from shopdesk.catalogue.sellable import Sellable
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MAX_MILLI, checked_cents, decimals
from shopdesk.db.unit import Reader
from shopdesk.orders.commands import OrderContent, ShippingNotOffered
from shopdesk.orders.models import OrderPlanLine, ShippingOption, ShippingRate
from shopdesk.orders.shipping_rates import rate_of, sends_to
from shopdesk.sales.basket import BadLine, Basket, Discount, LineInput, TaxPart, TaxRules, price_basket
from shopdesk.sales.checkout import line_input
from shopdesk.sales.sale_command import SaleLine
from shopdesk.system.settings import ShopSettings


@dataclass(frozen=True, slots=True)
class Agreed:
    """An order priced: its goods, its lines as the basket read them, the basket, the cost of sending."""

    goods: tuple[Sellable, ...]
    inputs: tuple[LineInput, ...]
    notes: tuple[str, ...]
    basket: Basket
    shipping_cents: int

    @property
    def total_cents(self) -> int:
        """What is to be paid."""
        return self.basket.due_cents + self.shipping_cents


def tax_rules(settings: ShopSettings) -> TaxRules:
    """How the shop reckons tax."""
    return TaxRules(settings.prices_include_tax, settings.tax_rounding == "order")


def agree(
    reader: Reader,
    content: OrderContent,
    settings: ShopSettings,
    *,
    customer_id: int,
    exempt: bool,
    warehouse_id: int,
    country: str,
) -> Agreed:
    """Price what a customer wants now, at their prices, with the taxes of where it goes."""
    if not content.lines:
        raise BadLine(0, N_("an order needs at least one line."))
    goods = _look_up(reader, content.lines, settings, customer_id, warehouse_id, country, reader.clock.now())
    inputs = tuple(line_input(line, good, exempt=exempt) for line, good in zip(content.lines, goods, strict=True))
    basket = price_basket(inputs, tax_rules(settings), content.order_discount)
    shipping = _shipping(reader, content, goods, inputs, basket, country)
    return Agreed(goods, inputs, tuple(line.note for line in content.lines), basket, shipping)


def as_agreed(
    reader: Reader,
    rows: Sequence[OrderPlanLine],
    settings: ShopSettings,
    *,
    discount: Discount | None,
    shipping_cents: int,
    customer_id: int,
    exempt: bool,
    warehouse_id: int,
    country: str,
    at: datetime,
) -> Agreed:
    """The same order again from what was agreed: prices as they were, taxes as they were then."""
    lines = tuple(SaleLine(row.quantity, variant_id=row.variant_id, note=row.note) for row in rows)
    goods = _look_up(reader, lines, settings, customer_id, warehouse_id, country, at)
    inputs = tuple(
        LineInput(
            quantity_milli=row.quantity,
            list_price_cents=row.list_price_cents,
            unit_price_cents=row.unit_price_cents,
            taxes=() if exempt else tuple(TaxPart(*part) for part in good.taxes),
            discount=given_discount(row.discount_cents, row.discount_ppm, row.discount_label),
            price_source=row.price_source,
            price_label=row.price_label,
        )
        for row, good in zip(rows, goods, strict=True)
    )
    basket = price_basket(inputs, tax_rules(settings), discount)
    return Agreed(goods, inputs, tuple(row.note for row in rows), basket, shipping_cents)


def given_discount(cents: int, ppm: int, label: str) -> Discount | None:
    """A discount from its columns, None for none."""
    return Discount(cents, ppm, label) if cents or ppm else None


def _look_up(
    reader: Reader,
    lines: Sequence[SaleLine],
    settings: ShopSettings,
    customer_id: int,
    warehouse_id: int,
    country: str,
    at: datetime,
) -> tuple[Sellable, ...]:
    for number, line in enumerate(lines, 1):
        if sum(name is not None for name in (line.sku, line.barcode, line.variant_id)) != 1:
            raise BadLine(number, N_("name the article by one of SKU, barcode and variant."))
        if type(line.quantity_milli) is not int or not 0 < line.quantity_milli <= MAX_MILLI:
            raise BadLine(number, N_("the quantity must be more than nothing."))
    found = find_goods(
        reader,
        Counter(
            warehouse_id=warehouse_id,
            now=at,
            customer_id=customer_id,
            country=country,
            places=decimals(settings.currency),
        ),
        codes=[line.barcode for line in lines if line.barcode is not None],
        skus=[line.sku for line in lines if line.sku is not None],
        variant_ids=[line.variant_id for line in lines if line.variant_id is not None],
    )
    goods = []
    for line in lines:
        if line.barcode is not None:
            goods.append(found.by_code(line.barcode))
        elif line.sku is not None:
            goods.append(found.by_sku(line.sku))
        else:
            assert line.variant_id is not None
            goods.append(found.by_variant(line.variant_id))
    return tuple(goods)


def _shipping(
    reader: Reader,
    content: OrderContent,
    goods: Sequence[Sellable],
    inputs: Sequence[LineInput],
    basket: Basket,
    country: str,
) -> int:
    if content.fulfilment != "ship":
        return 0
    given = content.shipping_cents
    if content.shipping_option_id is None:
        return 0 if given is None else max(0, checked_cents(given, field="shipping_cents"))
    # With a cost of its own an order may keep an option that is no longer offered.
    found = offered(reader, ShippingOption.id == content.shipping_option_id, retired=given is not None)
    if not found:
        raise NotFound(_("Shipping option"), content.shipping_option_id)
    if given is not None:
        return max(0, checked_cents(given, field="shipping_cents"))
    (option,) = found
    if not sends_to(option.countries, country):
        raise ShippingNotOffered(field="shipping_option_id", name=option.name)
    return option.rate(weight_of(reader, goods, inputs), basket.due_cents)


@dataclass(frozen=True, slots=True)
class Offered:
    """A way to send goods with what it costs: ``steps`` are (from grams or cents, cost)."""

    id: int
    name: str
    service: str
    estimated_days: str
    basis: str
    rate_cents: int
    free_from_cents: int | None
    countries: str
    steps: tuple[tuple[int, int], ...]

    def rate(self, weight: int, value_cents: int) -> int:
        """What sending goods of this weight (grams) and value costs, in cents."""
        return rate_of(
            self.basis,
            self.rate_cents,
            self.steps,
            self.free_from_cents,
            weight_grams=weight,
            value_cents=value_cents,
        )


def offered(reader: Reader, *where: sa.ColumnElement[bool], retired: bool = False) -> list[Offered]:
    """The shop's ways of sending, in their order, with ``retired`` also those that are no longer offered; two statements."""
    if not retired:
        where = (*where, ShippingOption.is_active.is_(True))
    names = (
        "id", "name", "service", "estimated_days", "basis", "rate_cents", "free_from_cents", "countries",
    )  # fmt: skip
    columns = [getattr(ShippingOption, name) for name in names]
    rows = reader.connection.execute(
        sa.select(*columns).where(*where).order_by(ShippingOption.position, ShippingOption.id)
    ).all()
    steps: dict[int, list[tuple[int, int]]] = {}
    asked = sa.select(ShippingRate.shipping_option_id, ShippingRate.from_value, ShippingRate.rate_cents).where(
        ShippingRate.shipping_option_id.in_([row.id for row in rows])
    )
    for option_id, start, cost in reader.connection.execute(asked.order_by(ShippingRate.from_value)):
        steps.setdefault(option_id, []).append((start, cost))
    return [Offered(**row._mapping, steps=tuple(steps.get(row.id, ()))) for row in rows]


def weight_of(reader: Reader, goods: Sequence[Sellable], inputs: Sequence[LineInput]) -> int:
    """What an order's goods weigh, in grams."""
    return weight_grams(
        reader, [(good.variant_id, line.quantity_milli) for good, line in zip(goods, inputs, strict=True)]
    )


def weight_grams(reader: Reader, lines: Sequence[tuple[int, int]]) -> int:
    """What (variant, thousandths) weigh together; an article without a weight counts as nothing."""
    asked = (
        sa.select(ProductVariant.id, Product.weight_grams)
        .join(Product, Product.id == ProductVariant.product_id)
        .where(ProductVariant.id.in_([variant for variant, _milli in lines]))
    )
    each = {row[0]: row[1] or 0 for row in reader.connection.execute(asked)}
    return sum(-(-each.get(variant, 0) * milli // 1000) for variant, milli in lines)
