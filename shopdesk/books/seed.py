"""Filling a shop with plausible history: goods, customers, and days of trade that keep every invariant."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from shopdesk.books.seed_bulk import refresh_statistics, roomy
from shopdesk.books.seed_goods import made_up_customers, made_up_products
from shopdesk.books.seed_trade import Assortment, SeedCustomer, TradeChunk, Traded, sell_many
from shopdesk.catalogue.bulk import NewProduct, insert_products
from shopdesk.catalogue.lookup import Counter, find_goods
from shopdesk.catalogue.models import Product, ProductVariant, TaxClass
from shopdesk.catalogue.sellable import Sellable
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock, to_micros
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.core.ids import repeatable_ids, uuid7
from shopdesk.core.money import MILLI, decimals, split
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.models import StockLevel
from shopdesk.inventory.posting import StockMove, open_stock, post_adjustment
from shopdesk.parties.customer_fields import CustomerFields
from shopdesk.parties.customers import insert_customers
from shopdesk.parties.models import Customer
from shopdesk.sales.cash import CashOut, cash_out
from shopdesk.sales.models import Order, Shift, Till
from shopdesk.sales.shift_queries import current_shift
from shopdesk.sales.shift_report import shift_totals
from shopdesk.sales.shifts import CloseShift, OpenShift, close_shift, open_shift
from shopdesk.sales.void import VoidSale, void_sale
from shopdesk.system.models import User
from shopdesk.system.records import open_book
from shopdesk.system.settings import shop_settings

C = TypeVar("C")
R = TypeVar("R")
Progress = Callable[[str, int, int], None]
"""What is being made, how much of it is done, how much there will be."""

GOODS_AT_ONCE, SALES_AT_ONCE = 5_000, 1_000
_MOST_TRADED = 20_000
"""So many goods are sold by name in a shop; the rest of a large catalogue stands in it."""
_FLOAT_CENTS = 20_000
_WEEKDAYS = (8, 8, 9, 10, 13, 15, 4)
_HOURS = ((9, 4), (10, 7), (11, 9), (12, 11), (13, 9), (14, 7), (15, 8), (16, 10), (17, 13), (18, 12), (19, 7))


class ShiftsOpen(ShopError):
    """Every till is in use, so that made-up sales would get into a real drawer."""

    code = "shift_already_open"
    sentence = N_("Close the shifts first: made-up sales must not get into an open drawer.")


@dataclass(frozen=True, slots=True)
class _Place:
    """A till, its warehouse, and the shop it stands in."""

    id: int
    code: str
    warehouse_id: int


@dataclass(slots=True)
class _Shelf:
    """What is left of each traded variant in a warehouse and how much there should be, in thousandths."""

    full: dict[int, int] = field(default_factory=dict)
    left: dict[int, int] = field(default_factory=dict)


def seed_shop(
    shop: Shop,
    *,
    products: int,
    customers: int,
    orders: int,
    days: int,
    seed: int = 1,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Add goods, customers and days of trade that end yesterday; returns how much of each was made.

    The same seed on the same shop and day gives the same documents to the last hash. Sales, stock, shifts, voids and cash go
    through the checkout's own arithmetic, rows and chains. Raises ShiftsOpen.
    """
    tell = progress or (lambda _what, _done, _all: None)
    zone = ZoneInfo(shop.ask(shop_settings).timezone)
    today = shop.clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    clock = ManualClock(today - timedelta(days=days) + timedelta(hours=6))
    past = copy.copy(shop)
    past.clock = clock
    source = f"{seed}:{shop.ask(_already_there)}"
    rng = random.Random(source)
    actor = shop.ask(_builtin)
    with repeatable_ids(source, lambda: to_micros(clock.now()) // 1_000), roomy(shop.database):
        places = past.ask(_places)
        if orders and not places:
            raise ShiftsOpen
        _add_products(past, actor, rng, products, tell)
        _add_customers(past, actor, rng, customers, tell)
        made = 0
        if orders:
            trade = _Trade(past, clock, actor, rng, places, tell, orders)
            made = trade.run(today - timedelta(days=days), days)
    refresh_statistics(shop.database)
    return {"products": products, "customers": customers, "orders": made, "days": days}


def _add_products(shop: Shop, actor: Actor, rng: random.Random, count: int, tell: Progress) -> None:
    first, taxes, warehouses = shop.ask(_goods_facts)
    known: set[str] = set()
    for start in range(0, count, GOODS_AT_ONCE):
        size = min(GOODS_AT_ONCE, count - start)
        rows = list(made_up_products(rng, size, first + start, taxes))
        stock = [[rng.randint(20, 80) * MILLI for _variant in row.variants] for row in rows]
        shop.execute(_write_products, _Goods(rows, stock, warehouses, known), actor)
        tell("products", start + size, count)


@dataclass(frozen=True, slots=True)
class _Goods:
    rows: Sequence[NewProduct]
    stock: Sequence[Sequence[int]]
    warehouses: Sequence[int]
    known: set[str]


def _write_products(uow: UnitOfWork, goods: _Goods) -> None:
    made = insert_products(uow, goods.rows, known_forms=goods.known, trusted=True)
    stock = [
        (variant_id, warehouse, quantity)
        for variant_ids, quantities in zip(made, goods.stock, strict=True)
        for variant_id, quantity in zip(variant_ids, quantities, strict=True)
        for warehouse in goods.warehouses
    ]
    open_stock(uow, stock)


def _add_customers(shop: Shop, actor: Actor, rng: random.Random, count: int, tell: Progress) -> None:
    first = shop.ask(lambda reader: _count(reader, Customer))
    for start in range(0, count, GOODS_AT_ONCE):
        size = min(GOODS_AT_ONCE, count - start)
        rows = list(made_up_customers(rng, size, first + start))
        shop.execute(_write_customers, rows, actor)
        tell("customers", start + size, count)


def _write_customers(uow: UnitOfWork, rows: Sequence[CustomerFields]) -> None:
    insert_customers(uow, rows, trusted=True)
    uow.changed("Customer")


class _Trade:
    """Days of trade at the shop's free tills."""

    def __init__(
        self,
        shop: Shop,
        clock: ManualClock,
        actor: Actor,
        rng: random.Random,
        places: Sequence[_Place],
        tell: Progress,
        orders: int,
    ) -> None:
        self._shop, self._clock, self._actor, self._rng = shop, clock, actor, rng
        self._places, self._tell, self._orders = places, tell, orders
        self._assortment = shop.ask(_assortment, places[0].warehouse_id, rng)
        self._shelves = {place.warehouse_id: shop.ask(_shelf, place.warehouse_id) for place in places}
        self._names = {good.variant_id: good.name for good in self._assortment.goods}

    def run(self, first_day: datetime, days: int) -> int:
        """Trade for some days; returns how many sales were made."""
        if not self._assortment.goods:
            return 0
        dates = [first_day + timedelta(days=number) for number in range(days)]
        weights = [_WEEKDAYS[day.weekday()] * self._rng.randint(80, 120) for day in dates]
        made = 0
        for day, count in zip(dates, split(self._orders, weights), strict=True):
            shares = split(count, [self._rng.randint(40, 60) for _place in self._places])
            for place, share in zip(self._places, shares, strict=True):
                if share:
                    made += self._till_day(place, day, share)
                    self._tell("orders", made, self._orders)
        return made

    def _till_day(self, place: _Place, day: datetime, count: int) -> int:
        self._clock.set(day + timedelta(hours=8, minutes=30))
        self._restock(place)
        self._clock.set(day + timedelta(hours=8, minutes=50))
        self._do(open_shift, OpenShift(key=uuid7(), float_cents=_FLOAT_CENTS, till=place.code))
        numbers: list[str] = []
        moments = sorted(_moment(day, self._rng) for _sale in range(count))
        for start in range(0, count, SALES_AT_ONCE):
            chunk = TradeChunk(place.code, moments[start : start + SALES_AT_ONCE], self._assortment, self._rng)
            traded = self._do(sell_many, chunk)
            numbers += traded.numbers
            self._take(place, traded)
        self._clock.set(day + timedelta(hours=20, minutes=5))
        self._voids(place, numbers)
        if self._rng.random() < 0.2:
            errand = CashOut(key=uuid7(), amount_cents=self._rng.randint(5, 40) * 100, reason="Errand", till=place.code)
            self._do(cash_out, errand)
        self._clock.set(day + timedelta(hours=20, minutes=30))
        self._close(place)
        return len(numbers)

    def _voids(self, place: _Place, numbers: Sequence[str]) -> None:
        for number in self._rng.sample(
            numbers, min(len(numbers), round(len(numbers) * 0.003 + self._rng.random() * 0.5))
        ):
            self._clock.advance(seconds=7)
            void = VoidSale(key=uuid7(), sale=number, reason="Rung up wrongly", till=place.code)
            self._do(void_sale, void)

    def _close(self, place: _Place) -> None:
        expected = self._shop.ask(_expected, place.id)
        off = self._rng.choice((0, 0, 0, 0, 0, 0, 5, -10, -100, 50))
        closing = CloseShift(
            key=uuid7(),
            counted_cents=max(0, expected + off),
            till=place.code,
            left_cents=max(0, min(_FLOAT_CENTS, expected + off)),
            reason="Miscounted change" if off else "",
        )
        self._do(close_shift, closing)

    def _take(self, place: _Place, traded: Traded) -> None:
        left = self._shelves[place.warehouse_id].left
        for variant_id, quantity in traded.sold.items():
            left[variant_id] = left.get(variant_id, 0) - quantity

    def _restock(self, place: _Place) -> None:
        """Fill up what runs out, before the shop opens."""
        shelf = self._shelves[place.warehouse_id]
        moves = [
            StockMove(variant_id, full - shelf.left[variant_id], self._names.get(variant_id, ""))
            for variant_id, full in shelf.full.items()
            if shelf.left[variant_id] * 3 < full
        ]
        if moves:
            self._do(_receive, _Delivery(place, moves))
            for move in moves:
                shelf.left[move.variant_id] += move.quantity_milli
                shelf.full[move.variant_id] = max(shelf.full[move.variant_id], move.quantity_milli * 2)

    def _do(self, use_case: Callable[[UnitOfWork, C], R], command: C) -> R:
        return self._shop.execute(use_case, command, self._actor)


@dataclass(frozen=True, slots=True)
class _Delivery:
    place: _Place
    moves: Sequence[StockMove]


def _receive(uow: UnitOfWork, delivery: _Delivery) -> None:
    place = delivery.place
    for start in range(0, len(delivery.moves), SALES_AT_ONCE):
        book = open_book(uow, place.id, place.code)
        moves = delivery.moves[start : start + SALES_AT_ONCE]
        number, stock = post_adjustment(uow, book, place.warehouse_id, moves, reason="Goods received")
        book.audit(
            "stock.adjust", target_type="stock_adjustment", target_id=number, details={"reason": "Goods received"}
        )
        book.send()
        stock.check()


def _moment(day: datetime, rng: random.Random) -> datetime:
    hour = rng.choices([hour for hour, _weight in _HOURS], [weight for _hour, weight in _HOURS])[0]
    return day + timedelta(hours=hour, microseconds=rng.randrange(3_600_000_000))


def _builtin(reader: Reader) -> Actor:
    row = reader.connection.execute(sa.select(User.id, User.username).where(User.is_builtin)).one()
    return Actor(row.id, row.username, "owner", frozenset(Permission), None)


def _already_there(reader: Reader) -> str:
    """What the shop holds, so that a second filling with the same seed makes other documents."""
    counts = (
        sa.select(sa.func.coalesce(sa.func.max(model.id), 0)).scalar_subquery() for model in (Product, Customer, Order)
    )
    return ":".join(str(count) for count in reader.connection.execute(sa.select(*counts)).one())


def _places(reader: Reader) -> list[_Place]:
    """The tills without an open shift."""
    busy = sa.select(Shift.till_id).where(Shift.status == "open")
    rows = reader.connection.execute(
        sa.select(Till.id, Till.code, Till.warehouse_id).where(Till.is_active, Till.id.not_in(busy)).order_by(Till.id)
    )
    return [_Place(row.id, row.code, row.warehouse_id) for row in rows]


def _goods_facts(reader: Reader) -> tuple[int, list[str | None], list[int]]:
    """The first free number for codes, the tax classes, and the warehouses that tills sell from."""
    ask = reader.connection.execute
    last = ask(sa.select(sa.func.coalesce(sa.func.max(ProductVariant.id), 0))).scalar_one()
    taxes: list[str | None] = list(ask(sa.select(TaxClass.code).order_by(TaxClass.code)).scalars())
    places = ask(sa.select(Till.warehouse_id).where(Till.is_active).distinct().order_by(Till.warehouse_id)).scalars()
    return last + 1, taxes, list(places)


def _count(reader: Reader, model: type[Customer]) -> int:
    return reader.connection.execute(sa.select(sa.func.coalesce(sa.func.max(model.id), 0))).scalar_one() + 1


def _assortment(reader: Reader, warehouse_id: int, rng: random.Random) -> Assortment:
    """The goods that are traded, the best-sellers by far the most, and the customers who show their card."""
    settings = shop_settings(reader)
    ask = reader.connection.execute
    ids = list(
        ask(
            sa.select(ProductVariant.id)
            .join(Product, Product.id == ProductVariant.product_id)
            .where(
                ProductVariant.is_active, Product.is_active, Product.status == "approved", Product.deleted_at.is_(None)
            )
            .order_by(ProductVariant.id)
        ).scalars()
    )
    if len(ids) > _MOST_TRADED:
        ids = sorted(rng.sample(ids, _MOST_TRADED))
    counter = Counter(
        warehouse_id=warehouse_id,
        now=reader.clock.now(),
        country=settings.country,
        places=decimals(settings.currency),
    )
    goods = [good for part in _parts(ids, 1_000) for good in _sellables(reader, counter, part)]
    rng.shuffle(goods)
    people = ask(
        sa.select(Customer.id, Customer.salt, Customer.uid)
        .where(
            Customer.deleted_at.is_(None),
            Customer.status == "active",
            ~Customer.tax_exempt,
            Customer.price_list_id.is_(None),
        )
        .order_by(Customer.id)
        .limit(_MOST_TRADED)
    )
    customers = [SeedCustomer(row.id, row.salt or "", row.uid) for row in people]
    return Assortment(goods, list(accumulate(1 / (place + 20) for place in range(len(goods)))), customers)


def _sellables(reader: Reader, counter: Counter, ids: Sequence[int]) -> Iterator[Sellable]:
    found = find_goods(reader, counter, variant_ids=ids)
    return (found.by_variant(variant_id) for variant_id in ids)


def _shelf(reader: Reader, warehouse_id: int) -> _Shelf:
    rows = reader.connection.execute(
        sa.select(StockLevel.variant_id, StockLevel.on_hand).where(StockLevel.warehouse_id == warehouse_id)
    )
    left = {row.variant_id: row.on_hand for row in rows}
    return _Shelf(dict(left), left)


def _expected(reader: Reader, till_id: int) -> int:
    shift = current_shift(reader, till_id)
    assert shift is not None
    return shift_totals(reader, shift.id).expected_cents


def _parts(values: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
