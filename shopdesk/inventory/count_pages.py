"""Lists of counts, and a count as those who scan and those who approve see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm

from shopdesk.catalogue.models import Category, Product, ProductVariant
from shopdesk.core.actor import Actor
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.inventory.cost_models import VariantCost
from shopdesk.inventory.costing import average_in_force
from shopdesk.inventory.count_models import StockCount, StockCountEntry, StockCountLine
from shopdesk.inventory.count_posting import Worth, select_scans, select_uncounted, tallies_of
from shopdesk.inventory.count_tally import Tally
from shopdesk.inventory.models import Warehouse
from shopdesk.system.models import User

COUNT_SORTS = Sorts({"newest": (StockCount.id,)}, default="newest")
_NEWEST = 12
MOST_LEFT = 1_000
"""So many goods that were not met yet are counted, no more: this is asked after every scan."""


@dataclass(frozen=True, slots=True)
class CountRow:
    """A count in the list."""

    id: int
    number: str
    name: str
    warehouse: str
    scope: str
    state: str
    is_blind: bool
    at: datetime
    username: str
    posted_at: datetime | None
    goods: int
    differences: int
    value_cents: int


@dataclass(frozen=True, slots=True)
class CountGoods:
    """What a count says of a variant, in thousandths. Expected, difference and value are None for those who count blind.

    ``prompt`` is why it must be counted again: waiting, differ, moved, large, or nothing. ``areas`` is each area's figures in
    words of (area, ((username, thousandths), ...)).
    """

    variant_id: int
    sku: str
    name: str
    unit: str
    counted_milli: int | None
    expected_milli: int | None
    change_milli: int | None
    value_cents: int | None
    round: int
    prompt: str
    counters: str
    areas: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class CountScan:
    """One of the newest scans, for the list beside the scanning field."""

    id: int
    variant_id: int
    sku: str
    name: str
    unit: str
    quantity_milli: int
    area: str
    username: str
    at: datetime
    is_undo: bool


@dataclass(frozen=True, slots=True)
class CountCard:
    """A count with everything its page shows; ``goods`` those counted, ``left`` how many were not met yet (at most MOST_LEFT)."""

    id: int
    version: int
    number: str
    name: str
    warehouse_id: int
    warehouse: str
    scope: str
    category: str
    is_blind: bool
    limit_cents: int
    state: str
    rest: str
    notes: str
    at: datetime
    started_by: str
    posted_at: datetime | None
    posted_by: str
    sees: bool
    goods: tuple[CountGoods, ...]
    left: int
    scans: int

    @property
    def prompts(self) -> int:
        """How many goods must be counted again."""
        return sum(bool(one.prompt) for one in self.goods)

    @property
    def value_cents(self) -> int:
        """What the differences are worth together."""
        return sum(one.value_cents or 0 for one in self.goods)


def counts_page(reader: Reader, request: PageRequest, actor: Actor) -> Page[CountRow]:
    """Counts. Filters: ``state``, ``warehouse`` (id); one statement. Values only for those who may see costs."""
    line = StockCountLine
    mine = line.count_id == StockCount.id
    sums = [
        sa.select(sa.func.count()).where(mine).scalar_subquery(),
        sa.select(sa.func.count()).where(mine, line.quantity_change != 0).scalar_subquery(),
        sa.select(sa.cast(sa.func.coalesce(sa.func.sum(line.value_cents), 0), sa.BigInteger))
        .where(mine)
        .scalar_subquery(),
    ]
    selected: Any = (
        sa.select(
            StockCount.id,
            sa.func.coalesce(StockCount.number, ""),
            StockCount.name,
            Warehouse.name,
            StockCount.scope,
            StockCount.state,
            StockCount.is_blind,
            StockCount.created_at,
            sa.func.coalesce(User.username, ""),
            StockCount.posted_at,
            *sums,
        )
        .join(Warehouse, Warehouse.id == StockCount.warehouse_id)
        .outerjoin(User, User.id == StockCount.created_by)
    )
    if (state := request.filter("state")) is not None:
        selected = selected.where(StockCount.state == state)
    if (warehouse := request.filter("warehouse")) is not None:
        selected = selected.where(StockCount.warehouse_id == warehouse)
    sees = actor.may(Permission.COST_VIEW)

    def made(found: Any) -> CountRow:  # Any: SQLAlchemy's row
        values: list[Any] = [*found[:12], found[12] if sees else 0]
        return CountRow(*values)

    return keyset_page(reader, selected, COUNT_SORTS, request, made)


def count_card(reader: Reader, count_id: int, actor: Actor) -> CountCard:
    """A count as somebody may see it: those who count blind learn nothing of what is expected; three statements.

    Raises NotFound.
    """
    starter, poster = sa.orm.aliased(User), sa.orm.aliased(User)
    row = reader.connection.execute(
        sa.select(
            StockCount.__table__,
            Warehouse.name.label("warehouse"),
            Category.name.label("category"),
            starter.username.label("started"),
            poster.username.label("poster"),
            sa.select(sa.func.count()).where(StockCountEntry.count_id == count_id).scalar_subquery().label("scans"),
        )
        .join(Warehouse, Warehouse.id == StockCount.warehouse_id)
        .outerjoin(Category, Category.id == StockCount.category_id)
        .outerjoin(starter, starter.id == StockCount.created_by)
        .outerjoin(poster, poster.id == StockCount.posted_by)
        .where(StockCount.id == count_id)
    ).first()
    if row is None:
        raise NotFound(_("Count"), count_id)
    sees = not row.is_blind or row.state == "posted" or actor.may(Permission.STOCK_COUNT_APPROVE)
    costs = actor.may(Permission.COST_VIEW) or actor.may(Permission.STOCK_COUNT_APPROVE)
    goods = _goods(reader, row, sees=sees, costs=costs)
    left = _left(reader, row) if row.state == "open" else 0
    return CountCard(
        row.id,
        row.version,
        row.number or "",
        row.name,
        row.warehouse_id,
        row.warehouse,
        row.scope,
        row.category or "",
        bool(row.is_blind),
        row.limit_cents,
        row.state,
        row.rest,
        row.notes,
        row.created_at,
        row.started or "",
        row.posted_at,
        row.poster or "",
        sees,
        goods,
        left,
        row.scans,
    )


def newest_scans(reader: Reader, count_id: int, limit: int = _NEWEST) -> tuple[CountScan, ...]:
    """The newest scans of a count, the newest first; one statement."""
    entry = StockCountEntry
    rows = reader.connection.execute(
        sa.select(
            entry.id,
            entry.variant_id,
            ProductVariant.sku,
            Product.title,
            ProductVariant.name,
            Product.unit,
            entry.quantity,
            entry.area,
            User.username,
            entry.created_at,
            entry.undoes_id,
        )
        .join(ProductVariant, ProductVariant.id == entry.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .join(User, User.id == entry.user_id)
        .where(entry.count_id == count_id)
        .order_by(entry.id.desc())
        .limit(limit)
    )
    found = []
    for row in rows:
        values: list[Any] = [*row[:3], f"{row[3]}, {row[4]}" if row[4] else row[3], *row[5:10], row[10] is not None]
        found.append(CountScan(*values))
    return tuple(found)


def _goods(reader: Reader, count: Any, *, sees: bool, costs: bool) -> tuple[CountGoods, ...]:
    """Those that must be counted again first, then by the worth of their difference; one statement."""
    cost = VariantCost.__table__.c
    rows = reader.connection.execute(
        select_scans(count.id)
        .add_columns(
            ProductVariant.sku,
            Product.title,
            ProductVariant.name,
            Product.unit,
            ProductVariant.cost_cents,
            cost.average_micro,
            ProductVariant.price_cents,
            User.username,
        )
        .join(ProductVariant, ProductVariant.id == StockCountEntry.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .join(User, User.id == StockCountEntry.user_id)
        .outerjoin(VariantCost, cost.variant_id == StockCountEntry.variant_id)
    ).all()
    known: dict[int, Any] = {row[1]: row[10:17] for row in rows}
    people = {row[8]: row[17] for row in rows}
    found = []
    for variant, tally in tallies_of(rows).items():
        sku, title, name, unit, cost_cents, average, price = known[variant]
        worth = Worth(average_in_force(cost_cents, average), price)
        value = tally.value(worth.average_micro) if sees and costs and tally.counted is not None else None
        found.append(
            CountGoods(
                variant,
                sku,
                f"{title}, {name}" if name else title,
                unit,
                tally.counted,
                tally.expected if sees and tally.by_area else None,
                tally.change if sees and tally.by_area else None,
                value,
                tally.round,
                tally.prompt(worth.micro, count.limit_cents) if count.state == "open" else "",
                ", ".join(sorted(people[user] for user in tally.counters)),
                _areas(tally, people),
            )
        )
    if count.state == "posted" and count.rest == "zero":
        found = _with_zeroed(reader, count, found)
    return tuple(sorted(found, key=lambda one: (not one.prompt, -abs(one.value_cents or 0), one.sku)))


def _left(reader: Reader, count: Any) -> int:  # Any: the count's row
    """How many goods were not met yet, counted no further than MOST_LEFT; one statement."""
    selected = select_uncounted(count)
    if selected is None:
        return 0
    most = selected.limit(MOST_LEFT).subquery()
    return int(reader.connection.execute(sa.select(sa.func.count()).select_from(most)).scalar_one())


def _areas(tally: Tally, people: dict[int, str]) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    return tuple(
        (area, tuple((people.get(user, ""), milli) for user, milli in by_user.items()))
        for area, by_user in tally.by_area.items()
    )


def _with_zeroed(reader: Reader, count: Any, found: list[CountGoods]) -> list[CountGoods]:
    """With what nobody counted and somebody set to nothing."""
    met = {one.variant_id for one in found}
    rows = reader.connection.execute(
        sa.select(
            StockCountLine.variant_id,
            ProductVariant.sku,
            Product.title,
            ProductVariant.name,
            Product.unit,
            StockCountLine.expected,
            StockCountLine.quantity_change,
            StockCountLine.value_cents,
        )
        .join(ProductVariant, ProductVariant.id == StockCountLine.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .where(StockCountLine.count_id == count.id, StockCountLine.counted == 0)
    )
    for variant, sku, title, name, unit, expected, change, value in rows:
        if variant not in met:
            shown = f"{title}, {name}" if name else title
            found.append(CountGoods(variant, sku, shown, unit, 0, expected, change, value, 1, "", ""))
    return found


def count_open(reader: Reader, most: int = 100) -> int:
    """How many counts are open, counted no further than ``most``."""
    going = sa.select(StockCount.id).where(StockCount.state == "open").limit(most).subquery()
    return int(reader.connection.execute(sa.select(sa.func.count()).select_from(going)).scalar_one())
