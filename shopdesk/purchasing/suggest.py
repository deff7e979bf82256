"""Suggested orders: which goods run out before a delivery would be here, and drafts made of the chosen ones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared
from shopdesk.db.paging import Page, PageRequest
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.purchasing.costs import line_cost
from shopdesk.purchasing.cover import Habits, Standing, propose
from shopdesk.purchasing.orders import OrderLineFields, SaveOrder, save_order

MOST = 1_000
"""So many suggestions are shown at once; whoever has more orders these first or chooses a supplier."""
USUAL_LEAD_DAYS = 7
"""The lead time of goods that no supplier is known for."""


class NoSupplierKnown(ShopError):
    """Nobody is known to sell some of the chosen goods."""

    code = "no_supplier_known"
    sentence = N_("No supplier is known for {names}. Give these goods a supplier first.")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A variant to order, in thousandths and minor units, with what speaks for it.

    ``supplier_id`` is None while nobody is known to sell it. ``why``: ``gone``, ``low`` or ``runs_out``.
    """

    variant_id: int
    sku: str
    name: str
    unit: str
    supplier_id: int | None
    supplier: str
    warehouse_id: int
    sold_milli: int
    on_hand_milli: int
    reserved_milli: int
    incoming_milli: int
    threshold_milli: int | None
    lead_days: int
    window_days: int
    pack_milli: int
    pack_cents: int | None
    quantity_milli: int
    point_milli: int
    target_milli: int
    days_left: int | None
    why: str

    @property
    def free_milli(self) -> int:
        """What is there and reserved for nobody."""
        return self.on_hand_milli - self.reserved_milli

    @property
    def total_cents(self) -> int | None:
        """What the suggested quantity costs, None while nobody knows."""
        return None if self.pack_cents is None else line_cost(self.quantity_milli, self.pack_milli, self.pack_cents)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedLine:
    """A chosen suggestion; the quantity may have been changed."""

    variant_id: int
    supplier_id: int
    quantity_milli: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSuggested:
    """Suggestions that become drafts, one a supplier, for a warehouse."""

    warehouse_id: int
    lines: tuple[SuggestedLine, ...]


@dataclass(frozen=True, slots=True)
class DraftsMade:
    """The drafts, one a supplier."""

    order_ids: tuple[int, ...]


# What moved at the counter is found through its document's key, newest orders only: the ledger itself has no index by time.
# A void or a return takes back what a sale counted, whenever that sale was.
_NEEDS = """
WITH moved (variant_id, milli) AS (
  SELECT l.variant_id, l.quantity_change FROM inventory_ledger l WHERE l.reference_type = 'order'
    AND l.reference_id >= (SELECT coalesce(min(o.id), :never) FROM orders o WHERE o.placed_at >= :since)
    AND l.warehouse_id = :warehouse
  UNION ALL SELECT l.variant_id, l.quantity_change FROM inventory_ledger l WHERE l.reference_type = 'void'
    AND l.reference_id >= (SELECT coalesce(min(d.id), :never) FROM voids d WHERE d.created_at >= :since)
    AND l.warehouse_id = :warehouse
  UNION ALL SELECT l.variant_id, l.quantity_change FROM inventory_ledger l WHERE l.reference_type = 'return'
    AND l.reference_id >= (SELECT coalesce(min(d.id), :never) FROM returns d WHERE d.created_at >= :since)
    AND l.warehouse_id = :warehouse),
sold (variant_id, milli) AS (SELECT variant_id, -sum(milli) FROM moved GROUP BY variant_id),
coming (variant_id, milli) AS (
  SELECT i.variant_id, sum(i.quantity - i.received - i.cancelled) FROM purchase_orders p
  JOIN purchase_order_lines i ON i.purchase_order_id = p.id
  WHERE p.status IN ('draft', 'ordered', 'part_received') AND p.warehouse_id = :warehouse
    AND i.quantity > i.received + i.cancelled
  GROUP BY i.variant_id),
asked (variant_id) AS (
  SELECT variant_id FROM sold WHERE milli > 0
  UNION SELECT variant_id FROM stock_levels WHERE warehouse_id = :warehouse AND low_stock_threshold IS NOT NULL
  UNION SELECT variant_id FROM stock_levels WHERE warehouse_id = :warehouse AND on_hand < 0)
SELECT v.id, v.sku, p.title, v.name, p.unit, u.id, u.name, coalesce(sold.milli, 0), coalesce(s.on_hand, 0),
  coalesce(s.reserved, 0), coalesce(coming.milli, 0), s.low_stock_threshold, coalesce(u.lead_time_days, :lead),
  coalesce(i.pack_quantity, 1000), i.pack_cost_cents, coalesce(i.minimum_quantity, 0)
FROM asked JOIN product_variants v ON v.id = asked.variant_id JOIN products p ON p.id = v.product_id
LEFT JOIN sold ON sold.variant_id = v.id LEFT JOIN coming ON coming.variant_id = v.id
LEFT JOIN stock_levels s ON s.variant_id = v.id AND s.warehouse_id = :warehouse
LEFT JOIN supplier_items i ON i.id = (SELECT k.id FROM supplier_items k JOIN suppliers w ON w.id = k.supplier_id
  WHERE k.variant_id = v.id AND w.is_active ORDER BY k.is_preferred DESC, k.last_cost_at IS NULL, k.last_cost_at DESC, k.id
  LIMIT 1)
LEFT JOIN suppliers u ON u.id = i.supplier_id
WHERE v.track_stock AND v.is_active AND p.is_active AND p.deleted_at IS NULL
"""
_NEEDED = Prepared(sqlite=_NEEDS, postgresql=_NEEDS)
_NEVER = 2**62
_FIRST_WAREHOUSE = Prepared(
    sqlite="SELECT id FROM warehouses WHERE is_active ORDER BY id LIMIT 1",
    postgresql="SELECT id FROM warehouses WHERE is_active ORDER BY id LIMIT 1",
)
_URGENT = {"gone": 0, "low": 1, "runs_out": 2}


def suggestions(reader: Reader, warehouse_id: int, habits: Habits, supplier_id: int | None = None) -> list[Suggestion]:
    """All that should be ordered for a warehouse, the most urgent first; one grouped statement, whatever the catalogue.

    Drafts count as on their way: what is being ordered already is not suggested again. Asked by who may see suppliers.
    """
    since = reader.clock.now() - timedelta(days=habits.window_days)
    batch = reader.batch()
    found = batch.add(
        _NEEDED,
        {"warehouse": warehouse_id, "since": to_micros(since), "never": _NEVER, "lead": USUAL_LEAD_DAYS},
    )
    batch.send()
    needed = []
    for row in found.rows:
        if supplier_id is None or row[5] == supplier_id:
            one = _suggestion(row, warehouse_id, habits)
            if one is not None:
                needed.append(one)
    needed.sort(key=lambda one: (_URGENT[one.why], one.days_left or 0, one.supplier, one.sku))
    return needed


def suggestions_page(reader: Reader, request: PageRequest) -> Page[Suggestion]:
    """The most urgent suggestions as a list's one page. Filters: ``warehouse`` and ``supplier`` (ids), ``window``, ``cover``
    and ``safety`` (days), ``nobody`` (true: those without a supplier)."""
    warehouse = request.filter("warehouse")
    if warehouse is None:
        batch = reader.batch()
        first = batch.add(_FIRST_WAREHOUSE)
        batch.send()
        if first.one is None:
            return Page(())
        warehouse = first.one[0]
    usual = Habits()
    habits = Habits(
        _days(request, "window", usual.window_days, least=1),
        _days(request, "cover", usual.cover_days),
        _days(request, "safety", usual.safety_days),
    )
    supplier = request.filter("supplier")
    rows = suggestions(reader, int(str(warehouse)), habits, None if supplier is None else int(str(supplier)))
    words = request.search.casefold().split()
    if words:
        rows = [one for one in rows if all(word in f"{one.sku} {one.name} {one.supplier}".casefold() for word in words)]
    if request.filter("nobody"):
        rows = [one for one in rows if one.supplier_id is None]
    return Page(tuple(rows[:MOST]))


def order_suggested(uow: UnitOfWork, command: OrderSuggested) -> DraftsMade:
    """Make a draft for each supplier of the chosen lines. Raises what saving a draft raises, and BadField for no lines."""
    uow.require(Permission.PURCHASE)
    if not command.lines:
        raise BadField("lines", _("must not be empty."))
    by_supplier: dict[int, list[SuggestedLine]] = defaultdict(list)
    for line in command.lines:
        by_supplier[line.supplier_id].append(line)
    made = []
    for supplier_id, lines in sorted(by_supplier.items()):
        wanted = tuple(
            OrderLineFields(variant_id=line.variant_id, quantity_milli=line.quantity_milli) for line in lines
        )
        draft = SaveOrder(supplier_id=supplier_id, warehouse_id=command.warehouse_id, lines=wanted)
        made.append(save_order(uow, draft).order_id)
    return DraftsMade(tuple(made))


def _days(request: PageRequest, name: str, usual: int, least: int = 0) -> int:
    given = request.filter(name)
    days = usual if given is None else int(str(given))
    if not least <= days <= 730:
        raise BadField(name, _("must be between {least} and {most}.").format(least=least, most=730))
    return days


def _suggestion(row: tuple[Any, ...], warehouse_id: int, habits: Habits) -> Suggestion | None:
    (variant_id, sku, title, variant, unit, supplier_id, supplier, sold, on_hand, reserved, incoming) = row[:11]
    threshold, lead, pack, cents, minimum = row[11:]
    standing = Standing(
        sold_milli=int(sold),
        on_hand_milli=on_hand,
        reserved_milli=reserved,
        incoming_milli=int(incoming),
        threshold_milli=threshold,
        lead_days=lead,
        pack_milli=pack,
        minimum_milli=minimum,
    )
    wanted = propose(standing, habits)
    if wanted is None:
        return None
    return Suggestion(
        variant_id=variant_id,
        sku=sku,
        name=f"{title}, {variant}" if variant else title,
        unit=unit,
        supplier_id=supplier_id,
        supplier=supplier or "",
        warehouse_id=warehouse_id,
        sold_milli=standing.sold_milli,
        on_hand_milli=on_hand,
        reserved_milli=reserved,
        incoming_milli=standing.incoming_milli,
        threshold_milli=threshold,
        lead_days=lead,
        window_days=habits.window_days,
        pack_milli=pack,
        pack_cents=cents,
        quantity_milli=wanted.quantity_milli,
        point_milli=wanted.point_milli,
        target_milli=wanted.target_milli,
        days_left=wanted.days_left,
        why=wanted.why,
    )
