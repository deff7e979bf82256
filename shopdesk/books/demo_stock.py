"""Stock of the demo shop beyond its levels: thresholds, goods set aside, transfers in every state, counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa

from shopdesk.catalogue.models import ProductVariant
from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.core.money import MILLI
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.inventory.adjust import AdjustGoods, AdjustLine, adjust_goods
from shopdesk.inventory.count_posting import PostCount, post_count
from shopdesk.inventory.counting import RecordCount, StartCount, record_count, start_count
from shopdesk.inventory.models import StockLevel, Warehouse
from shopdesk.inventory.reservations import EndSetAside, SetAside, release_set_aside, set_aside
from shopdesk.inventory.transfer_arrival import ArrivedLine, ReceiveTransfer, receive_transfer
from shopdesk.inventory.transfers import SaveTransfer, SendTransfer, TransferLine, save_transfer, send_transfer
from shopdesk.inventory.watch import SetThreshold, set_threshold
from shopdesk.parties.models import Customer

Levels = Mapping[tuple[int, int], tuple[int, int]]


def fill_stock(shop: Shop, actor: Actor) -> None:
    """Give every stock screen of the demo shop something to show."""
    levels = shop.ask(_levels)
    shelf, back = shop.ask(_places)
    here = [variant for (variant, place), (_there, free) in levels.items() if place == shelf and free > 3 * MILLI]
    stored = [variant for (variant, place), (_there, free) in levels.items() if place == back and free > 8 * MILLI]
    _watch(shop, actor, levels, shelf)
    _set_aside(shop, actor, here, shelf)
    _transfers(shop, actor, stored, shelf, back)
    _counts(shop, actor, here, shelf)
    _below_zero(shop, actor, levels, back)


def _levels(reader: Reader) -> dict[tuple[int, int], tuple[int, int]]:
    rows = reader.connection.execute(
        sa.select(
            StockLevel.variant_id, StockLevel.warehouse_id, StockLevel.on_hand, StockLevel.on_hand - StockLevel.reserved
        )
        .join(ProductVariant, ProductVariant.id == StockLevel.variant_id)
        .order_by(ProductVariant.sku, StockLevel.warehouse_id)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _places(reader: Reader) -> tuple[int, int]:
    named = {row.name: row.id for row in reader.connection.execute(sa.select(Warehouse.name, Warehouse.id))}
    return named["Shop"], named["Stockroom"]


def _watch(shop: Shop, actor: Actor, levels: Levels, shelf: int) -> None:
    """Every third level of the shop is watched, some of them at what lies there now."""
    mine = [(variant, figures[0]) for (variant, place), figures in levels.items() if place == shelf and figures[0] > 0]
    for number, (variant, on_hand) in enumerate(mine[::3]):
        least = on_hand if number % 5 == 0 else on_hand // 3 // MILLI * MILLI
        shop.execute(set_threshold, SetThreshold(variant, shelf, least), actor)


def _set_aside(shop: Shop, actor: Actor, here: list[int], shelf: int) -> None:
    people = shop.ask(
        lambda reader: list(reader.connection.execute(sa.select(Customer.id).order_by(Customer.id).limit(4)).scalars())
    )
    now = shop.clock.now()
    made = []
    for place, (customer, days, note) in enumerate(
        [
            (people[0], 3, ""),
            (people[1], 10, "Pays when she fetches it"),
            (None, 5, "Mr Novak, rings on Friday"),
            (people[2], 9, ""),
        ]
    ):
        wish = SetAside(
            key=uuid7(),
            variant_id=here[4 * place + 1],
            warehouse_id=shelf,
            quantity_milli=(1 + place % 2) * MILLI,
            customer_id=customer,
            expires_at=now + timedelta(days=days),
            note=note,
        )
        made.append(shop.execute(set_aside, wish, actor).reservation_id)
    shop.execute(release_set_aside, EndSetAside(made[-1]), actor)


def _transfers(shop: Shop, actor: Actor, stored: list[int], shelf: int, back: int) -> None:
    """One received with a difference, one under way, one still packed."""

    def packed(goods: list[int], notes: str) -> int:
        lines = tuple(TransferLine(variant, (2 + place) * MILLI) for place, variant in enumerate(goods))
        return shop.execute(
            save_transfer,
            SaveTransfer(from_warehouse_id=back, to_warehouse_id=shelf, lines=lines, notes=notes),
            actor,
        )

    arrived = packed(stored[:4], "Monday's round")
    shop.execute(send_transfer, SendTransfer(uuid7(), arrived, 1), actor)
    short = (
        ArrivedLine(stored[1], 2 * MILLI, 1 * MILLI, "Broken on the way"),
        ArrivedLine(stored[2], 3 * MILLI, 0, "Missing"),
    )
    shop.execute(receive_transfer, ReceiveTransfer(uuid7(), arrived, short), actor)
    shop.execute(send_transfer, SendTransfer(uuid7(), packed(stored[3:6], ""), 1), actor)
    packed(stored[5:8], "For the weekend")


def _counts(shop: Shop, actor: Actor, here: list[int], shelf: int) -> None:
    """A booked count with one difference, and one that goes on with something to count again."""
    levels = shop.ask(_levels)
    listed = tuple(here[:6])
    booked = StartCount(warehouse_id=shelf, scope="list", name="Window shelf", variant_ids=listed, limit_cents=100_000)
    count = shop.execute(start_count, booked, actor)
    for number, variant in enumerate(listed):
        found = max(0, levels[variant, shelf][0] - (MILLI if number == 2 else 0))
        _counted(shop, actor, count, variant, found, "")
    # Nobody approves alone what they counted alone, unless it is below the count's limit.
    shop.execute(post_count, PostCount(key=uuid7(), count_id=count, rest="leave"), actor)
    going = shop.execute(start_count, StartCount(warehouse_id=shelf, name="November count", limit_cents=1_000), actor)
    for number, variant in enumerate(here[6:13]):
        found = max(0, levels[variant, shelf][0] - (4 * MILLI if number == 3 else 0))
        _counted(shop, actor, going, variant, found, f"Shelf {1 + number // 4}")


def _counted(shop: Shop, actor: Actor, count: int, variant: int, milli: int, area: str) -> None:
    command = RecordCount(key=uuid7(), count_id=count, variant_id=variant, quantity_milli=milli, area=area)
    shop.execute(record_count, command, actor)


def _below_zero(shop: Shop, actor: Actor, levels: Levels, back: int) -> None:
    """More flowers were thrown away than the books knew of: somebody has to look at it."""
    flowers = shop.ask(
        lambda reader: reader.connection.execute(
            sa.select(ProductVariant.id).where(ProductVariant.sku == "FLOWERS")
        ).scalar_one()
    )
    gone = levels[flowers, back][0] + 2 * MILLI
    thrown = AdjustGoods(key=uuid7(), warehouse_id=back, reason="Past its date", lines=(AdjustLine(flowers, -gone),))
    shop.execute(adjust_goods, thrown, actor)
