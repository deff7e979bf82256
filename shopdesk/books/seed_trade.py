"""Made-up trade: baskets that people would buy, rung up by the checkout's own arithmetic and rows, many in a transaction."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from shopdesk.books.seed_bulk import GroupedBatch, SeedBook, SeedStock
from shopdesk.catalogue.sellable import Sellable
from shopdesk.core.clock import ManualClock
from shopdesk.core.ids import uuid7
from shopdesk.core.money import MILLI
from shopdesk.db.batch import array
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.stock import LOCK_LEVELS, OutOfStock
from shopdesk.sales.basket import Discount, TaxRules, price_basket
from shopdesk.sales.checkout import line_input, sale_content
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleLine
from shopdesk.sales.sale_rows import PaidBy, SaleFacts, SoldLine, write_sale
from shopdesk.sales.sale_statements import Context, read_context
from shopdesk.sales.settle import Tender, settle
from shopdesk.sales.tills import TillAt
from shopdesk.system.records import request_hash

_NOTES = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
_LINES, _LINE_SUMS = (1, 2, 3, 4, 5, 6, 8), (22, 46, 66, 79, 89, 96, 100)
_ONE = SaleLine()


@dataclass(frozen=True, slots=True)
class SeedCustomer:
    """A customer as the checkout's context gives one."""

    id: int
    salt: str
    uid: str


@dataclass(frozen=True, slots=True)
class Assortment:
    """What is traded: goods with the weight by which they sell, and who buys under their name."""

    goods: Sequence[Sellable]
    sums: Sequence[float]
    customers: Sequence[SeedCustomer]


@dataclass(frozen=True, slots=True)
class TradeChunk:
    """Sales of one till at rising moments of one day, to be made in one transaction."""

    till: str
    moments: Sequence[datetime]
    assortment: Assortment
    rng: random.Random


@dataclass(frozen=True, slots=True)
class Traded:
    """The numbers of the sales, and what was sold of each variant in thousandths."""

    numbers: list[str]
    sold: dict[int, int]


def sell_many(uow: UnitOfWork, chunk: TradeChunk) -> Traded:
    """Ring up a sale at each moment. Goods that ran out are left away. Raises OutOfStock when all did."""
    assert isinstance(uow.clock, ManualClock)
    rng = chunk.rng
    baskets = [_basket(chunk.assortment, rng) for _moment in chunk.moments]
    context = _context(uow, chunk)
    batch = GroupedBatch(uow.connection)
    book = SeedBook(uow, context.till_id, context.till_code, batch, context.state)
    stock = _stock(uow, baskets, context.warehouse_id)
    order_ids = iter(reserve_ids(uow, "orders", len(baskets)))
    item_ids = iter(reserve_ids(uow, "order_items", sum(len(lines) for lines in baskets)))
    till = TillAt(context.till_id, context.till_code, context.till_name, context.warehouse_id, None)
    rules = TaxRules(context.settings.prices_include_tax, context.settings.tax_rounding == "order")
    numbers: list[str] = []
    sold: dict[int, int] = {}
    for moment, lines in zip(chunk.moments, baskets, strict=True):
        kept = [(good, line) for good, line in lines if _in_stock(stock, good, line, context.warehouse_id)]
        if not kept:
            kept = [_something_left(stock, baskets, context.warehouse_id)]
        book.move_to(moment)
        stock.move_to(moment)
        customer = rng.choice(chunk.assortment.customers) if chunk.assortment.customers and rng.random() < 0.3 else None
        own = replace(
            context,
            order_id=next(order_ids),
            item_ids=[next(item_ids) for _line in kept],
            customer=None if customer is None else (customer.id, "active", False, customer.salt, customer.uid),
        )
        facts = _facts(own, kept, rules, rng, moment)
        answer = write_sale(book, till, facts)
        _move_stock(stock, own, facts, sold)
        numbers.append(str(answer["number"]))
    stock.queue(batch)
    book.send()
    stock.check()
    uow.changed("Order", "StockLevel", "Payment")
    return Traded(numbers, sold)


def _basket(assortment: Assortment, rng: random.Random) -> list[tuple[Sellable, SaleLine]]:
    count = rng.choices(_LINES, cum_weights=_LINE_SUMS)[0]
    chosen = {good.variant_id: good for good in rng.choices(assortment.goods, cum_weights=assortment.sums, k=count)}
    lines = []
    for good in chosen.values():
        if good.is_weighed:
            quantity = rng.randrange(100, 2_500, 5)
        else:
            quantity = MILLI if rng.random() < 0.8 else rng.randint(2, 6) * MILLI
        discount = Discount(ppm=100_000) if rng.random() < 0.02 else None
        lines.append((good, SaleLine(quantity_milli=quantity, sku=good.sku, discount=discount)))
    return lines


def _context(uow: UnitOfWork, chunk: TradeChunk) -> Context:
    """Till, shift, settings and tenders as they are; old sales ask for no paper and open no drawer."""
    batch = uow.batch()
    context = read_context(batch, key=uuid7(), till_code=chunk.till, till_id=None, customer=None, lines=1)
    assert context is not None
    return replace(
        context,
        settings=replace(context.settings, print_receipts=False),
        tenders={code: (type_id, kind, False) for code, (type_id, kind, _drawer) in context.tenders.items()},
    )


def _stock(uow: UnitOfWork, baskets: Sequence[Sequence[tuple[Sellable, SaleLine]]], warehouse: int) -> SeedStock:
    variants = sorted({good.variant_id for lines in baskets for good, _line in lines if good.track_stock})
    batch = uow.batch()
    rows = batch.add(
        LOCK_LEVELS, {"variants": array(uow.dialect, variants), "warehouses": array(uow.dialect, [warehouse])}
    )
    batch.send()
    return SeedStock(uow, rows.rows)


def _in_stock(stock: SeedStock, good: Sellable, line: SaleLine, warehouse: int) -> bool:
    if not good.track_stock:
        return True
    level = stock.level(good.variant_id, warehouse)
    return level.on_hand - level.reserved >= line.quantity_milli


def _something_left(
    stock: SeedStock, baskets: Sequence[Sequence[tuple[Sellable, SaleLine]]], warehouse: int
) -> tuple[Sellable, SaleLine]:
    """One piece of whatever is there, for a basket whose goods have all run out."""
    for lines in baskets:
        for good, _line in lines:
            if _in_stock(stock, good, _ONE, warehouse):
                return good, replace(_ONE, sku=good.sku)
    raise OutOfStock(baskets[0][0][0].name, 0)


def _facts(
    context: Context,
    kept: Sequence[tuple[Sellable, SaleLine]],
    rules: TaxRules,
    rng: random.Random,
    moment: datetime,
) -> SaleFacts:
    order_discount = Discount(ppm=50_000) if rng.random() < 0.01 else None
    basket = price_basket([line_input(line, good) for good, line in kept], rules, order_discount)
    command = CommitSale(
        key=uuid7(),
        lines=tuple(line for _good, line in kept),
        till=context.till_code,
        customer=context.customer[0] if context.customer is not None else None,
        order_discount=order_discount,
        payments=_payments(basket.due_cents, rng),
    )
    tenders: list[Tender] | None = None
    if command.payments is not None:
        tenders = [Tender(p.type, context.tenders[p.type][1], p.amount_cents) for p in command.payments]
    settlement = settle(basket.due_cents, tenders, context.settings.cash_rounding_cents)
    return SaleFacts(
        key=command.key,
        content_hash=request_hash("sell", sale_content(command)),
        context=context,
        basket=basket,
        settlement=settlement,
        lines=tuple(SoldLine(good) for good, _line in kept),
        paid_by=tuple(PaidBy(kept_tender) for kept_tender in settlement.kept),
        business_date=context.business_date or moment.date().isoformat(),
        note="",
        approved={},
    )


def _payments(due: int, rng: random.Random) -> tuple[PaymentGiven, ...] | None:
    """Exact cash, a note, the card, or card and cash."""
    way = rng.random()
    if way < 0.3 or due <= 0:
        return None
    if way < 0.5:
        return (PaymentGiven("cash", next((note for note in _NOTES if note >= due), due)),)
    if way < 0.98 or due < 200:
        return (PaymentGiven("card", due),)
    return (PaymentGiven("card", due // 2), PaymentGiven("cash", max(due - due // 2, 1) + 500))


def _move_stock(stock: SeedStock, context: Context, facts: SaleFacts, sold: dict[int, int]) -> None:
    for line, line_sold in zip(facts.basket.lines, facts.lines, strict=True):
        good = line_sold.good
        if good.track_stock:
            sold[good.variant_id] = sold.get(good.variant_id, 0) + line.quantity_milli
            stock.move(
                good.variant_id,
                context.warehouse_id,
                -line.quantity_milli,
                type="sale",
                reference_type="order",
                reference_id=context.order_id,
                line_id=context.item_ids[line.line - 1],
                name=good.name,
            )
