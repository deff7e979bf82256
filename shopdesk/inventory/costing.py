"""What stock is worth: the moving average of each variant, kept to a millionth of a minor unit.

A receipt of q pieces for t on top of n pieces at average a makes the average (n x a + t) / (n + q). Where nothing lies, or less
than nothing, the receipt alone says what a piece costs. What leaves (sales, adjustments, returns to a supplier) leaves at the
average and does not change it. The average is the shop's, not a warehouse's: moving goods about makes them neither dearer nor
cheaper. ``product_variants.cost_cents`` is the average rounded; somebody who types another cost there is believed, and the next
receipt starts from that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadAmount
from shopdesk.core.money import MAX_CENTS, MAX_MILLI, MILLI, round_half_away
from shopdesk.db.batch import Prepared, array, insert_into
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.cost_models import CostChange, VariantCost
from shopdesk.system.records import canonical, digest, link

MICRO = 1_000_000
"""How many parts of a minor unit an average is kept in."""
MOST_MICRO = MAX_CENTS * MICRO
COST_COLUMNS = (
    "variant_id",
    "seq",
    "kind",
    "average_before",
    "average_after",
    "on_hand",
    "quantity",
    "total_cents",
    "reference_type",
    "reference_id",
    "user_id",
    "created_at",
)
"""The columns of a change that its hash covers, in this order."""

_LEVELS = "SELECT variant_id, on_hand FROM stock_levels WHERE variant_id "
_LOCK_LEVELS = Prepared(
    sqlite=_LEVELS + "IN (SELECT value FROM json_each(:variants))",
    postgresql=_LEVELS + "= ANY(:variants) ORDER BY variant_id, warehouse_id FOR UPDATE",
)
_COSTS = (
    "SELECT v.id, v.cost_cents, c.average_micro, c.seq, c.hash FROM product_variants v "
    "LEFT JOIN variant_costs c ON c.variant_id = v.id WHERE v.id "
)
_LOCK_COSTS = Prepared(
    sqlite=_COSTS + "IN (SELECT value FROM json_each(:variants))",
    postgresql=_COSTS + "= ANY(:variants) ORDER BY v.id FOR UPDATE OF v",
)
"""The variant's own row is the lock: an average that does not exist yet has none."""
_ADD_CHANGES = insert_into(CostChange, *COST_COLUMNS, "prev_hash", "hash")
_KEEP_COSTS = insert_into(
    VariantCost,
    "variant_id",
    "average_micro",
    "seq",
    "hash",
    "updated_at",
    otherwise="ON CONFLICT (variant_id) DO UPDATE SET average_micro = excluded.average_micro, seq = excluded.seq, "
    "hash = excluded.hash, updated_at = excluded.updated_at",
)
_ROUND_COSTS = Prepared(
    sqlite="UPDATE product_variants SET cost_cents = (SELECT g.value ->> 1 FROM json_each(:costs) g "
    "WHERE g.value ->> 0 = product_variants.id), updated_at = :at, version = version + 1 "
    "WHERE id IN (SELECT g.value ->> 0 FROM json_each(:costs) g)",
    postgresql="UPDATE product_variants v SET cost_cents = (g.value ->> 1)::bigint, updated_at = :at, version = version + 1 "
    "FROM json_array_elements(CAST(:costs AS json)) g WHERE v.id = (g.value ->> 0)::bigint",
)
_RAISE_PRODUCTS = Prepared(
    sqlite="UPDATE products SET version = version + 1 WHERE id IN (SELECT v.product_id FROM product_variants v "
    "WHERE v.id IN (SELECT value FROM json_each(:variants)))",
    postgresql="UPDATE products SET version = version + 1 WHERE id IN (SELECT v.product_id FROM product_variants v "
    "WHERE v.id = ANY(:variants))",
)
"""An editor that was opened before would write the old cost back: its form must see that something changed."""


@dataclass(frozen=True, slots=True)
class ReceivedCost:
    """Goods that come in: thousandths of a variant, and what they cost together, without tax."""

    variant_id: int
    quantity_milli: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class CostMoved:
    """A variant's average before and after a receipt, in millionths of a minor unit; None where no cost was known."""

    variant_id: int
    before_micro: int | None
    after_micro: int


def cost_start(variant_id: int) -> str:
    """What the chain of a variant's costs starts from."""
    return digest(f"cost:{variant_id}")


def cost_hash(prev_hash: str, row: Sequence[object]) -> str:
    """The hash of a change given the values of COST_COLUMNS."""
    return link(prev_hash, canonical(row))


def moving_average(on_hand_milli: int, average_micro: int | None, quantity_milli: int, total_cents: int) -> int:
    """The average of a unit after a receipt, in millionths of a minor unit, rounded half away from zero.

    What lies there without a known cost, and what is missing (less than nothing), does not count.
    """
    if quantity_milli <= 0:
        raise ValueError("a receipt brings something")
    before = on_hand_milli if on_hand_milli > 0 and average_micro is not None else 0
    value = before * (average_micro or 0) + total_cents * MICRO * MILLI
    return min(round_half_away(value, before + quantity_milli), MOST_MICRO)


def rounded_cost(average_micro: int) -> int:
    """An average in whole minor units."""
    return round_half_away(average_micro, MICRO)


def average_in_force(cost_cents: int | None, average_micro: int | None) -> int | None:
    """The average to count with: the kept one, unless somebody wrote another cost beside the variant since."""
    if cost_cents is None:
        return None
    if average_micro is not None and rounded_cost(average_micro) == cost_cents:
        return average_micro
    return cost_cents * MICRO


def stock_value(quantity_milli: int, average_micro: int) -> int:
    """What a quantity is worth at an average, in minor units, rounded half away from zero."""
    return round_half_away(quantity_milli * average_micro, MILLI * MICRO)


class _Cost:
    """A variant's chain in memory."""

    __slots__ = ("average", "cost_cents", "hash", "on_hand", "seq", "start_cents", "variant_id")

    def __init__(self, row: Sequence[int | None], hashed: str | None, on_hand: int) -> None:
        variant_id, cost_cents, average, seq = row
        assert variant_id is not None
        self.variant_id = variant_id
        self.start_cents = self.cost_cents = cost_cents
        self.average = average
        self.seq = seq or 0
        self.hash = hashed or cost_start(variant_id)
        self.on_hand = on_hand


def receive_cost(
    uow: UnitOfWork, received: Iterable[ReceivedCost], *, reference_type: str = "receipt", reference_id: int = 0
) -> tuple[CostMoved, ...]:
    """Take a receipt into the averages, before its stock moves; six statements whatever the number of lines.

    Open the till's book first: this locks every level of the variants in key order, so that what is on hand stays what it was
    until the receipt is booked. Several lines of a variant count one after the other. Asks for no permission: it is a part of a
    receipt. Raises BadAmount for a quantity or total that cannot be.
    """
    lines = [line for line in received if line.quantity_milli]
    for line in lines:
        if not 0 < line.quantity_milli <= MAX_MILLI or not 0 <= line.total_cents <= MAX_CENTS:
            raise BadAmount("total_cents")
    if not lines:
        return ()
    costs = _lock_costs(uow, sorted({line.variant_id for line in lines}))
    at = to_micros(uow.clock.now())
    rows: list[tuple[object, ...]] = []
    moved: dict[int, CostMoved] = {}
    for line in lines:
        cost = costs[line.variant_id]
        known = average_in_force(cost.cost_cents, cost.average)
        if known is not None and known != cost.average:
            kind = "start" if cost.average is None else "by_hand"
            rows.append(_change(uow, cost, kind, known, (0, 0, "", 0), at))
        after = moving_average(cost.on_hand, known, line.quantity_milli, line.total_cents)
        what = (line.quantity_milli, line.total_cents, reference_type, reference_id)
        rows.append(_change(uow, cost, "receipt", after, what, at))
        cost.on_hand += line.quantity_milli
        cost.cost_cents = rounded_cost(after)
        first = moved.get(line.variant_id)
        moved[line.variant_id] = CostMoved(line.variant_id, first.before_micro if first else known, after)
    _write(uow, costs, rows, at)
    return tuple(moved.values())


def _lock_costs(uow: UnitOfWork, variants: Sequence[int]) -> dict[int, _Cost]:
    batch = uow.batch()
    asked = {"variants": array(uow.dialect, variants)}
    levels = batch.add(_LOCK_LEVELS, asked)
    known = batch.add(_LOCK_COSTS, asked)
    batch.send()
    on_hand: dict[int, int] = dict.fromkeys(variants, 0)
    for variant_id, quantity in levels.rows:
        on_hand[variant_id] += quantity
    return {row[0]: _Cost(row[:4], row[4], on_hand[row[0]]) for row in known.rows}


def _change(
    uow: UnitOfWork, cost: _Cost, kind: str, after: int, what: tuple[int, int, str, int], at: int
) -> tuple[object, ...]:
    cost.seq += 1
    quantity, total, reference_type, reference_id = what
    row = (  # in the order of COST_COLUMNS
        cost.variant_id,
        cost.seq,
        kind,
        cost.average,
        after,
        cost.on_hand,
        quantity,
        total,
        reference_type,
        reference_id,
        uow.actor.user_id,
        at,
    )
    prev = cost.hash
    cost.hash = cost_hash(prev, row)
    cost.average = after
    return (*row, prev, cost.hash)


def _write(uow: UnitOfWork, costs: Mapping[int, _Cost], rows: list[tuple[object, ...]], at: int) -> None:
    batch = uow.batch()
    batch.add(_ADD_CHANGES, rows)
    batch.add(_KEEP_COSTS, [(cost.variant_id, cost.average, cost.seq, cost.hash, at) for cost in costs.values()])
    dearer = [cost for cost in costs.values() if cost.cost_cents != cost.start_cents]
    if dearer:
        pairs = canonical([[cost.variant_id, cost.cost_cents] for cost in dearer])
        batch.add(_ROUND_COSTS, {"costs": pairs, "at": at})
        batch.add(_RAISE_PRODUCTS, {"variants": array(uow.dialect, [cost.variant_id for cost in dearer])})
    batch.send()
    uow.changed("VariantCost", "ProductVariant")
