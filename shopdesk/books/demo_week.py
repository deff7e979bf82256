"""The demo shop's week: shifts opened and closed, sales, a void, cash in and out, goods fetched from the stockroom."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from msgspec.structs import replace

from shopdesk.books.demo_goods import DEMO_GOODS
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.inventory.stock import OutOfStock
from shopdesk.inventory.transfer import TransferStock, transfer_stock
from shopdesk.parties.models import Customer
from shopdesk.sales.basket import Discount
from shopdesk.sales.cash import CashIn, CashOut, cash_in, cash_out
from shopdesk.sales.checkout import commit_sale, price_sale
from shopdesk.sales.models import Till
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleAnswer, SaleLine
from shopdesk.sales.sale_statements import read_context
from shopdesk.sales.shift_queries import current_shift
from shopdesk.sales.shift_report import shift_totals
from shopdesk.sales.shifts import CloseShift, OpenShift, close_shift, open_shift
from shopdesk.sales.void import VoidSale, void_sale
from shopdesk.system.models import Role, User

FLOAT_CENTS = 15_000
_OPENS, _CLOSES = timedelta(hours=0, minutes=30), timedelta(hours=11)
_BREAD = {"ROLL": 20, "RYE": 3, "SPELT": 2, "BAGUETTE": 5, "CROISSANT": 8}
"""Pieces that the baker brings each evening."""
_WEIGHTS = {"Bakery": 5, "Drinks": 4, "Fresh": 4, "Chilled": 3, "Pantry": 2}


@dataclass(frozen=True, slots=True)
class _People:
    clerk: Actor
    manager: Actor
    tills: tuple[tuple[int, str], ...]
    customers: tuple[int, ...]


def trade_week(shop: Shop, clock: ManualClock, first_day: datetime, days: int, rng: random.Random) -> None:
    """Trade from ``first_day`` for some days through the real use cases; ``clock`` is the shop's and is moved along."""
    people = shop.ask(_people)
    for number in range(days):
        day = first_day + timedelta(days=number)
        tills = people.tills if day.weekday() >= 4 else people.tills[:1]
        for till_id, till in tills:
            clock.set(day + timedelta(minutes=20))
            opening = OpenShift(key=_key(rng), float_cents=FLOAT_CENTS, till=till)
            shop.execute(open_shift, opening, _at(people.clerk, till_id))
        _sell_day(shop, clock, day, people, tills, rng)
        clock.set(day + _CLOSES + timedelta(minutes=20))
        for till_id, till in tills:
            _close(shop, till, _at(people.manager, till_id), rng)
        clock.set(day + _CLOSES + timedelta(minutes=50))
        _restock(shop, people.manager, rng)


def _sell_day(
    shop: Shop,
    clock: ManualClock,
    day: datetime,
    people: _People,
    tills: tuple[tuple[int, str], ...],
    rng: random.Random,
) -> None:
    count = rng.randint(26, 34) + (14 if day.weekday() >= 4 else 0)
    span = (_CLOSES - _OPENS).total_seconds()
    moments = sorted(rng.random() for _ in range(count))
    void_after = rng.randrange(count // 2, count)
    for place, part in enumerate(moments):
        clock.set(day + _OPENS + timedelta(seconds=part * span))
        till_id, till = tills[rng.randrange(len(tills))]
        answer = _sell(shop, _at(people.clerk, till_id), till, people.customers, rng)
        if answer is not None and place == void_after:
            clock.advance(seconds=40)
            void = VoidSale(key=_key(rng), sale=answer.number, reason="Customer changed their mind", till=till)
            shop.execute(void_sale, void, _at(people.manager, till_id))
    clock.set(day + _CLOSES)
    till_id, till = tills[0]
    if day.weekday() in {1, 4}:
        change = CashIn(key=_key(rng), amount_cents=5_000, reason="Change from the bank", till=till)
        shop.execute(cash_in, change, _at(people.clerk, till_id))
    if day.weekday() in {2, 5}:
        flowers = CashOut(key=_key(rng), amount_cents=2_350, reason="Window cleaner", till=till)
        shop.execute(cash_out, flowers, _at(people.manager, till_id))


def _sell(shop: Shop, clerk: Actor, till: str, customers: tuple[int, ...], rng: random.Random) -> SaleAnswer | None:
    """A sale that a customer of such a shop would make; None if the last piece was gone."""
    weights = [_WEIGHTS.get(goods.category.split(" ")[0], 1) for goods in DEMO_GOODS]
    lines = []
    for goods in dict.fromkeys(rng.choices(DEMO_GOODS, weights, k=rng.choice((1, 1, 2, 2, 3, 3, 4, 5, 7)))):
        sku = f"{goods.sku}-{rng.randint(1, len(goods.sizes))}" if goods.sizes else goods.sku
        if goods.unit == "kg":
            quantity = rng.randrange(180, 1_800, 5)
        else:
            quantity = rng.choice((1, 1, 1, 2, 3)) * 1_000 if goods.price_cents < 600 else 1_000
        discount = Discount(ppm=100_000) if rng.random() < 0.03 else None
        lines.append(SaleLine(quantity_milli=quantity, sku=sku, discount=discount))
    customer = rng.choice(customers) if rng.random() < 0.25 else None
    tender = rng.choices(("exact", "note", "card"), (22, 33, 45))[0]
    planned = _Planned(CommitSale(key=_key(rng), lines=tuple(lines), till=till, customer=customer), tender)
    try:
        return shop.execute(_sell_and_pay, planned, clerk)
    except OutOfStock:
        return None


@dataclass(frozen=True, slots=True)
class _Planned:
    """A sale before its total is known, and how it is going to be paid: exact cash, a note with change, or the card."""

    sale: CommitSale
    tender: str

    @property
    def key(self) -> str:
        return self.sale.key


def _sell_and_pay(uow: UnitOfWork, planned: _Planned) -> SaleAnswer:
    """Work the total out as the till's screen does, then pay it and make the sale."""
    sale = planned.sale
    batch = uow.batch()
    context = read_context(
        batch, key=sale.key, till_code=sale.till, till_id=None, customer=sale.customer, lines=len(sale.lines)
    )
    assert context is not None
    total = price_sale(uow, batch, sale, context)[2].due_cents
    if planned.tender == "card" and total:
        sale = replace(sale, payments=(PaymentGiven("card", total),))
    elif planned.tender == "note":
        note = next((note for note in (500, 1_000, 2_000, 5_000, 10_000, 20_000) if note >= total), total)
        sale = replace(sale, payments=(PaymentGiven("cash", note),))
    return commit_sale(uow, sale)


def _close(shop: Shop, till: str, manager: Actor, rng: random.Random) -> None:
    """Count the drawer: usually right, now and then some cents off and explained."""
    expected = shop.ask(_expected_cents, till)
    off = rng.choice((0, 0, 0, 0, 5, -10, -50))
    closing = CloseShift(
        key=_key(rng),
        counted_cents=expected + off,
        till=till,
        left_cents=min(FLOAT_CENTS, expected + off),
        reason="Wrong change given" if off else "",
    )
    shop.execute(close_shift, closing, manager)


def _restock(shop: Shop, manager: Actor, rng: random.Random) -> None:
    """What the evening brings: goods from the stockroom, a delivery of bread, something broken."""
    for goods in rng.sample(DEMO_GOODS, 3):
        sku = f"{goods.sku}-1" if goods.sizes else goods.sku
        move = TransferStock(
            key=_key(rng),
            sku=sku,
            from_warehouse="Stockroom",
            to_warehouse="Shop",
            quantity_milli=max(1, goods.stock // 10) * 1_000,
        )
        shop.execute(transfer_stock, move, manager)
    for sku, pieces in _BREAD.items():
        delivery = AdjustStock(
            key=_key(rng), sku=sku, warehouse="Shop", quantity_change_milli=pieces * 1_000, reason="Goods received"
        )
        shop.execute(adjust_stock, delivery, manager)
    if rng.random() < 0.5:
        broken = AdjustStock(key=_key(rng), sku="JAM", warehouse="Shop", quantity_change_milli=-1_000, reason="Broken")
        shop.execute(adjust_stock, broken, manager)


def _people(reader: Reader) -> _People:
    ask = reader.connection.execute
    users = {
        row.code: row for row in ask(sa.select(User.id, User.username, Role.code).join(Role).where(~User.is_builtin))
    }
    tills = tuple((row.id, row.code) for row in ask(sa.select(Till.id, Till.code).order_by(Till.id)))
    customers = tuple(ask(sa.select(Customer.id).order_by(Customer.id)).scalars())
    clerk, manager = (
        Actor(users[role].id, users[role].username, role, frozenset(Permission), None) for role in ("clerk", "manager")
    )
    return _People(clerk, manager, tills, customers)


def _expected_cents(reader: Reader, till: str) -> int:
    till_id = reader.connection.execute(sa.select(Till.id).where(Till.code == till)).scalar_one()
    shift = current_shift(reader, till_id)
    assert shift is not None
    return shift_totals(reader, shift.id).expected_cents


def _at(person: Actor, till_id: int) -> Actor:
    return Actor(person.user_id, person.username, person.role, person.permissions, person.discount_cap_ppm, till_id)


def _key(rng: random.Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))
