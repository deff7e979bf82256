"""What stock is worth, now or at an earlier moment, and what nobody buys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import nlargest, nsmallest
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from shopdesk.core.clock import from_micros, to_micros
from shopdesk.core.i18n import _, ngettext
from shopdesk.core.money import MILLI
from shopdesk.core.report import Report
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader
from shopdesk.inventory.costing import average_in_force, stock_value
from shopdesk.system.settings import shop_settings

MOST_ROWS = 5_000
BY_GOODS, BY_CATEGORY, BY_WAREHOUSE = "goods", "category", "warehouse"


@dataclass(frozen=True, slots=True)
class ValueRow:
    """What goods, a category or a warehouse is worth: thousandths on hand, the average of a unit, all of it, minor units.

    ``average_cents`` is None for groups, and where no cost is known; ``without_cost`` counts the levels without one.
    """

    id: str
    name: str
    sku: str
    on_hand_milli: int
    average_cents: int | None
    value_cents: int
    without_cost: int = 0


@dataclass(frozen=True, slots=True)
class DeadRow:
    """Goods that lie and are not sold."""

    id: int
    sku: str
    name: str
    on_hand_milli: int
    value_cents: int
    last_sold: datetime | None
    days: int | None


_CATEGORY = (
    "(SELECT k.name FROM product_categories pc JOIN categories k ON k.id = pc.category_id "
    "WHERE pc.product_id = p.id ORDER BY pc.is_primary DESC, pc.position, k.id LIMIT 1)"
)
_VALUED = (
    "SELECT v.id, v.sku, p.title, v.name, w.id, w.name, {shelf}, v.cost_cents, c.average_micro, {quantity} AS quantity "
    "FROM stock_levels s JOIN product_variants v ON v.id = s.variant_id JOIN products p ON p.id = v.product_id "
    "JOIN warehouses w ON w.id = s.warehouse_id LEFT JOIN variant_costs c ON c.variant_id = v.id {moves}"
    "WHERE (:warehouse = 0 OR s.warehouse_id = :warehouse) AND {quantity} <> 0 AND :at > 0"
)
_MOVES = (
    "LEFT JOIN (SELECT l.variant_id, l.warehouse_id, CAST(sum(l.quantity_change) AS {integer}) AS moved "
    "FROM inventory_ledger l WHERE l.created_at >= :at GROUP BY l.variant_id, l.warehouse_id) m "
    "ON m.variant_id = s.variant_id AND m.warehouse_id = s.warehouse_id "
)


def _valued(*, shelves: bool, earlier: bool) -> Prepared:
    text = _VALUED.format(
        shelf=f"coalesce({_CATEGORY}, '')" if shelves else "''",
        quantity="s.on_hand - coalesce(m.moved, 0)" if earlier else "s.on_hand",
        moves=_MOVES if earlier else "",
    )
    return Prepared(
        sqlite=text.replace("{integer}", "INTEGER"),
        postgresql=text.replace("{integer}", "BIGINT")
        .replace(":warehouse", "CAST(:warehouse AS bigint)")
        .replace(":at", "CAST(:at AS bigint)"),
    )


_FIND_VALUED = {
    (shelves, earlier): _valued(shelves=shelves, earlier=earlier)
    for shelves in (False, True)
    for earlier in (False, True)
}
_COSTS = "SELECT c.variant_id, c.average_before, c.average_after, c.created_at FROM cost_changes c ORDER BY c.variant_id, c.seq"
_FIND_COSTS = Prepared(sqlite=_COSTS, postgresql=_COSTS)
_DEAD = (
    "WITH sold AS (SELECT l.variant_id, max(l.created_at) AS at FROM inventory_ledger l WHERE l.type = 'sale' "
    "GROUP BY l.variant_id) SELECT v.id, v.sku, p.title, v.name, v.cost_cents, c.average_micro, "
    "CAST(sum(s.on_hand) AS {integer}) AS quantity, max(o.at) AS sold "
    "FROM stock_levels s JOIN product_variants v ON v.id = s.variant_id JOIN products p ON p.id = v.product_id "
    "LEFT JOIN variant_costs c ON c.variant_id = v.id LEFT JOIN sold o ON o.variant_id = s.variant_id "
    "WHERE s.on_hand > 0 AND (:warehouse = 0 OR s.warehouse_id = :warehouse) AND coalesce(o.at, 0) < :since "
    "AND EXISTS (SELECT 1 FROM inventory_ledger f WHERE f.variant_id = s.variant_id "
    "AND f.warehouse_id = s.warehouse_id AND f.seq = 1 AND f.created_at < :since) "
    "GROUP BY v.id, v.sku, p.title, v.name, v.cost_cents, c.average_micro"
)
_FIND_DEAD = Prepared(
    sqlite=_DEAD.format(integer="INTEGER"),
    postgresql=_DEAD.format(integer="BIGINT").replace(":warehouse", "CAST(:warehouse AS bigint)"),
)


def stock_valuation(
    reader: Reader, *, by: str | None = BY_GOODS, warehouse_id: int | None = None, until: date | None = None
) -> Report[ValueRow]:
    """What lies in the shop at its moving average, by goods, category or warehouse; goods in transit are in it.

    ``until`` is the day at whose end it is looked at, by the ledger and the costs of then; None is now. At most three
    statements. Of more than MOST_ROWS goods those worth least are left out of the rows, never out of the totals.
    """
    moment = None if until is None else _end_of(until, shop_settings(reader).timezone)
    if moment is not None and moment > reader.clock.now():
        moment = None
    costs = {} if moment is None else _costs_at(reader, to_micros(moment))
    groups: dict[object, _Group] = {}
    for variant, sku, title, name, place, warehouse, shelf, cost_cents, average_micro, quantity in _levels(
        reader, moment, warehouse_id, by
    ):
        average = costs.get(variant)
        if average is None:
            average = average_in_force(cost_cents, average_micro)
        key = place if by == BY_WAREHOUSE else shelf if by == BY_CATEGORY else variant
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group((variant, sku, title, name, place, warehouse, shelf))
        group.on_hand += quantity
        if average is None:
            group.without_cost += 1
        else:
            group.average = average
            group.value += stock_value(quantity, average)
    totals = {
        "value_cents": sum(group.value for group in groups.values()),
        "without_cost": sum(group.without_cost for group in groups.values()),
    }
    dearest = nlargest(MOST_ROWS, groups.values(), key=attrgetter("value"))
    rows = sorted((group.row(by) for group in dearest), key=lambda row: (-row.value_cents, row.sku, row.name))
    return Report(tuple(rows), totals, _said(totals["without_cost"], len(groups)))


def dead_stock(reader: Reader, *, days: int | None = 90, warehouse_id: int | None = None) -> Report[DeadRow]:
    """Goods on hand of which nothing was sold anywhere for some days, though they lay there; the dearest first.

    One statement.
    """
    now = reader.clock.now()
    since = to_micros(now - timedelta(days=90 if days is None else days))
    batch = reader.batch()
    found = batch.add(_FIND_DEAD, {"since": since, "warehouse": warehouse_id or 0})
    batch.send()
    valued = []
    for variant, sku, title, name, cost_cents, average_micro, quantity, sold in found.rows:
        average = average_in_force(cost_cents, average_micro)
        value = 0 if average is None else stock_value(quantity, average)
        valued.append((-value, sku, variant, title, name, quantity, sold))
    rows = []
    for value, sku, variant, title, name, quantity, sold in nsmallest(MOST_ROWS, valued):
        last = None if sold is None else from_micros(sold)
        days_ago = None if last is None else (now - last).days
        rows.append(DeadRow(variant, sku, f"{title}, {name}" if name else title, quantity, -value, last, days_ago))
    return Report(tuple(rows), {"value_cents": -sum(one[0] for one in valued)})


class _Group:
    """What adds up to a row: a million levels are no million rows."""

    __slots__ = ("average", "head", "on_hand", "value", "without_cost")

    def __init__(self, head: tuple[int, str, str, str, int, str, str]) -> None:
        self.head = head
        self.on_hand = self.value = self.without_cost = 0
        self.average: int | None = None

    def row(self, by: str | None) -> ValueRow:
        variant, sku, title, name, place, warehouse, shelf = self.head
        sums = (self.on_hand, None, self.value, self.without_cost)
        if by == BY_WAREHOUSE:
            return ValueRow(f"w{place}", warehouse, "", *sums)
        if by == BY_CATEGORY:
            return ValueRow(f"c{shelf}", shelf or _("Without a category"), "", *sums)
        unit = None if self.average is None else stock_value(MILLI, self.average)
        shown = f"{title}, {name}" if name else title
        return ValueRow(f"v{variant}", shown, sku, self.on_hand, unit, self.value, self.without_cost)


def _levels(reader: Reader, moment: datetime | None, warehouse_id: int | None, by: str | None) -> list[tuple[Any, ...]]:
    batch = reader.batch()
    at = 2**62 if moment is None else to_micros(moment)
    statement = _FIND_VALUED[by == BY_CATEGORY, moment is not None]
    found = batch.add(statement, {"at": at, "warehouse": warehouse_id or 0})
    batch.send()
    return found.rows


def _costs_at(reader: Reader, at: int) -> Mapping[int, int]:
    """The averages that held at a moment, of the variants whose average ever changed; before the first change its start."""
    batch = reader.batch()
    found = batch.add(_FIND_COSTS)
    batch.send()
    costs: dict[int, int] = {}
    later: set[int] = set()
    for variant, before, after, changed in found.rows:
        if changed < at:
            costs[variant] = after
        elif variant not in costs and variant not in later:
            later.add(variant)
            costs[variant] = after if before is None else before
    return costs


def _end_of(day: date, timezone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(timezone)).astimezone(UTC)


def _said(without_cost: Any, rows: int) -> str:
    told = []
    if without_cost:
        told.append(
            ngettext(
                "{count} level has no known cost and counts as nothing.",
                "{count} levels have no known cost and count as nothing.",
                without_cost,
            ).format(count=without_cost)
        )
    if rows > MOST_ROWS:
        told.append(_("Shown are the {count} that are worth most; the totals are of all.").format(count=MOST_ROWS))
    return " ".join(told)
