"""The only writer of stock: locked levels, guarded moves, and the ledger that chains them (R7, I01-I06).

A move is one typed row of the ledger; its hash covers all its columns and the hash before it, by variant and warehouse. The
level's change is one conditional statement that also checks that nobody moved the level since it was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.core.money import format_quantity
from shopdesk.db.batch import Batch, Outcome, Prepared, array, insert_into
from shopdesk.db.shop import TryAgain
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.events import StockRanLow
from shopdesk.inventory.models import LedgerEntry, OversellException
from shopdesk.system.records import canonical, digest, link

LEDGER_COLUMNS = (
    "variant_id",
    "warehouse_id",
    "seq",
    "type",
    "quantity_change",
    "quantity_after",
    "reference_type",
    "reference_id",
    "line_id",
    "reason",
    "notes",
    "user_id",
    "created_at",
)
"""The columns of a ledger row that its hash covers, in this order."""

_LEVEL = "variant_id, warehouse_id, on_hand, reserved, ledger_seq, ledger_hash, low_stock_threshold"
_LEVELS = f"SELECT {_LEVEL} FROM stock_levels WHERE "
LOCK_LEVELS = Prepared(
    sqlite=_LEVELS + "variant_id IN (SELECT value FROM json_each(:variants)) "
    "AND warehouse_id IN (SELECT value FROM json_each(:warehouses))",
    postgresql=_LEVELS + "variant_id = ANY(:variants) AND warehouse_id = ANY(:warehouses) "
    "ORDER BY variant_id, warehouse_id FOR UPDATE",
)
"""Levels in key order, locked on PostgreSQL; on SQLite the whole write transaction is the lock."""

_CHANGE_LEVEL = """
INSERT INTO stock_levels (variant_id, warehouse_id, on_hand, reserved, ledger_seq, ledger_hash, updated_at)
VALUES (:variant_id, :warehouse_id, :change, 0, :seq, :hash, :at)
ON CONFLICT (variant_id, warehouse_id) DO UPDATE SET on_hand = stock_levels.on_hand + :change,
    ledger_seq = excluded.ledger_seq, ledger_hash = excluded.ledger_hash, updated_at = excluded.updated_at
WHERE stock_levels.ledger_seq = :seq_before AND stock_levels.on_hand - stock_levels.reserved + :change >= :least
"""
CHANGE_LEVEL = Prepared(sqlite=_CHANGE_LEVEL)
_LEVEL_LISTS = ("variant_id", "warehouse_id", "change", "seq", "hash", "at", "seq_before", "least")
_CHANGE_LEVELS = Prepared(
    postgresql="WITH given (variant_id, warehouse_id, change, seq, hash, at, seq_before, least) AS (SELECT * FROM unnest("
    + ", ".join(f"CAST(:{name} AS {'text' if name == 'hash' else 'bigint'}[])" for name in _LEVEL_LISTS)
    + """)),
changed AS (
  UPDATE stock_levels s SET on_hand = s.on_hand + g.change, ledger_seq = g.seq, ledger_hash = g.hash, updated_at = g.at
  FROM given g WHERE s.variant_id = g.variant_id AND s.warehouse_id = g.warehouse_id
    AND s.ledger_seq = g.seq_before AND s.on_hand - s.reserved + g.change >= g.least RETURNING 1),
made AS (
  INSERT INTO stock_levels (variant_id, warehouse_id, on_hand, reserved, ledger_seq, ledger_hash, updated_at)
  SELECT variant_id, warehouse_id, change, 0, seq, hash, at FROM given WHERE seq_before = 0
  ON CONFLICT (variant_id, warehouse_id) DO NOTHING RETURNING 1)
SELECT 1 FROM changed UNION ALL SELECT 1 FROM made
"""
)
"""All levels in one statement of PostgreSQL, where they were locked before; a row comes back for each that was as read."""
ADD_LEDGER = insert_into(LedgerEntry, *LEDGER_COLUMNS, "prev_hash", "hash")
_ADD_OVERSOLD = insert_into(
    OversellException, "variant_id", "warehouse_id", "order_id", "quantity_after", "state", "created_at"
)
_NO_LEAST = -(10**15)


class OutOfStock(ShopError):
    """Fewer pieces are free than asked for. ``values``: ``name``, ``left_milli`` free, ``reserved_milli`` held for others."""

    code = "out_of_stock"
    sentence = N_("Only {left} of {name} are left.")

    def __init__(self, name: str, left_milli: int, reserved_milli: int = 0) -> None:
        super().__init__(
            name=name, left=format_quantity(max(0, left_milli)), left_milli=left_milli, reserved_milli=reserved_milli
        )


@dataclass(slots=True)
class Level:
    """A locked level in memory: thousandths on hand and reserved, and where its ledger stands."""

    variant_id: int
    warehouse_id: int
    on_hand: int
    reserved: int
    seq: int
    hash: str
    seq_before: int
    change: int = 0
    least: int = _NO_LEAST
    moved_at: int = 0
    threshold: int | None = None

    @property
    def ran_low(self) -> bool:
        """Whether the moves took what is free from above the threshold to it or below it."""
        free = self.on_hand - self.reserved
        return self.threshold is not None and free <= self.threshold < free - self.change


def ledger_start(variant_id: int, warehouse_id: int) -> str:
    """What a ledger's chain starts from."""
    return digest(f"{variant_id}:{warehouse_id}")


def ledger_hash(prev_hash: str, row: Sequence[object]) -> str:
    """The hash of a ledger row given the values of LEDGER_COLUMNS."""
    return link(prev_hash, canonical(row))


class StockBook:
    """The levels of one transaction. ``move`` works in memory; ``queue`` adds the statements; ``check`` after sending."""

    def __init__(self, uow: UnitOfWork, rows: Iterable[Sequence[Any]]) -> None:  # Any: rows of LOCK_LEVELS
        self._uow = uow
        self._at = to_micros(uow.clock.now())
        self._levels: dict[tuple[int, int], Level] = {}
        for variant_id, warehouse_id, on_hand, reserved, seq, hashed, threshold in rows:
            level = Level(variant_id, warehouse_id, on_hand, reserved, seq, hashed, seq, threshold=threshold)
            self._levels[variant_id, warehouse_id] = level
        self._ledger: list[tuple[object, ...]] = []
        self._user_id = uow.actor.user_id
        self._outcome: Outcome | None = None
        self._changed = 0
        self._low: list[Level] = []

    def level(self, variant_id: int, warehouse_id: int) -> Level:
        """A level; one that nothing moved yet starts at nothing."""
        place = (variant_id, warehouse_id)
        found = self._levels.get(place)
        if found is None:
            found = self._levels[place] = Level(*place, 0, 0, 0, ledger_start(*place), 0)
        return found

    def short_of_free(self, variant_id: int, warehouse_id: int, quantity: int) -> bool:
        """Whether a quantity is on hand, but not without pieces that are reserved for somebody else."""
        level = self.level(variant_id, warehouse_id)
        return level.on_hand - level.reserved < quantity <= level.on_hand

    def move(
        self,
        variant_id: int,
        warehouse_id: int,
        change: int,
        *,
        type: str,
        reference_type: str,
        reference_id: int,
        line_id: int,
        name: str,
        may_go_negative: bool = False,
        may_eat_reserved: bool = False,
        reason: str = "",
        notes: str = "",
    ) -> int:
        """Move ``change`` thousandths and return what is on hand then; raises OutOfStock.

        What leaves must be free (on hand less reserved) unless the variant's policy or an approval says otherwise.
        """
        level = self.level(variant_id, warehouse_id)
        after = level.on_hand + change
        if change < 0 and not may_go_negative:
            floor = 0 if may_eat_reserved else level.reserved
            if after < floor:
                raise OutOfStock(name, level.on_hand - floor, level.reserved)
            level.least = max(level.least, floor - level.reserved)
        level.on_hand = after
        level.change += change
        level.seq += 1
        level.moved_at = self._at
        row = (  # in the order of LEDGER_COLUMNS
            variant_id,
            warehouse_id,
            level.seq,
            type,
            change,
            after,
            reference_type,
            reference_id,
            line_id,
            reason,
            notes,
            self._user_id,
            self._at,
        )
        hashed = ledger_hash(level.hash, row)
        self._ledger.append((*row, level.hash, hashed))
        level.hash = hashed
        return after

    def queue(self, batch: Batch, *, order_id: int | None = None) -> None:
        """Add the changed levels, in key order, and their ledger rows.

        What was sold below zero, or from under those it is set aside for, is listed for somebody to look at.
        """
        changed = [level for _, level in sorted(self._levels.items()) if level.seq != level.seq_before]
        self._changed = len(changed)
        rows = [
            {
                "variant_id": level.variant_id,
                "warehouse_id": level.warehouse_id,
                "change": level.change,
                "seq": level.seq,
                "hash": level.hash,
                "at": level.moved_at,
                "seq_before": level.seq_before,
                "least": level.least,
            }
            for level in changed
        ]
        if batch.dialect == "sqlite":
            self._outcome = batch.add(CHANGE_LEVEL, rows)
        elif rows:
            lists = {name: [row[name] for row in rows] for name in _LEVEL_LISTS}
            self._outcome = batch.add(_CHANGE_LEVELS, lists)
        batch.add(ADD_LEDGER, self._ledger)
        batch.add(
            _ADD_OVERSOLD,
            [
                {
                    "variant_id": level.variant_id,
                    "warehouse_id": level.warehouse_id,
                    "order_id": order_id,
                    "quantity_after": level.on_hand,
                    "state": "open",
                    "created_at": self._at,
                }
                for level in changed
                if level.change < 0 and (level.on_hand < 0 or level.on_hand < level.reserved)
            ],
        )
        self._low = [level for level in changed if level.ran_low]

    def check(self) -> None:
        """After the batch was sent: every level moved as read, or the whole transaction runs again; tells what ran low."""
        if self._outcome is not None and self._changed and self._outcome.rowcount != self._changed:
            raise TryAgain("a stock level was first moved by somebody else")
        for level in self._low:
            self._uow.publish(StockRanLow(level.variant_id, level.warehouse_id, level.on_hand, level.threshold or 0))


def lock_stock(uow: UnitOfWork, variants: Iterable[int], warehouses: Iterable[int]) -> StockBook:
    """Lock the levels of variants in warehouses; one statement. Lock the till's book first."""
    batch = uow.batch()
    levels = ask_levels(batch, variants, warehouses)
    batch.send()
    return StockBook(uow, levels.rows)


def ask_levels(batch: Batch, variants: Iterable[int], warehouses: Iterable[int]) -> Outcome:
    """Queue the locking of levels; its rows make a StockBook once the batch was sent."""
    return batch.add(
        LOCK_LEVELS,
        {
            "variants": array(batch.dialect, sorted(set(variants))),
            "warehouses": array(batch.dialect, sorted(set(warehouses))),
        },
    )
