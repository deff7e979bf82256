"""Stock that files set or change, and take back: journalled adjustments like those of the adjustment form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.posting import StockMove, post_adjustment, stock_till
from shopdesk.system.records import open_book

_SEQS = Prepared(
    sqlite="SELECT variant_id, warehouse_id, ledger_seq FROM stock_levels WHERE variant_id IN "
    "(SELECT value FROM json_each(:ids))",
    postgresql="SELECT variant_id, warehouse_id, ledger_seq FROM stock_levels WHERE variant_id = ANY(CAST(:ids AS bigint[]))",
)


@dataclass(frozen=True, slots=True)
class LevelChange:
    """Thousandths that a file moves of a variant in a warehouse; ``name`` is for refusals."""

    variant_id: int
    warehouse_id: int
    change_milli: int
    name: str
    reason: str


def post_stock(uow: UnitOfWork, changes: Sequence[LevelChange]) -> dict[tuple[int, int], int]:
    """Book changes as adjustments, one a warehouse and reason; returns where each level's ledger stands then.

    A level may go below zero: what a person counted or took back is so.
    """
    places: dict[tuple[int, int], int] = {}
    if not changes:
        return places
    till_id, till_code = stock_till(uow)
    groups: dict[tuple[int, str], list[LevelChange]] = {}
    for change in changes:
        groups.setdefault((change.warehouse_id, change.reason), []).append(change)
    for (warehouse, reason), rows in sorted(groups.items(), key=lambda group: group[0]):
        book = open_book(uow, till_id, till_code)
        moves = [
            StockMove(row.variant_id, row.change_milli, row.name, may_go_negative=True)
            for row in sorted(rows, key=lambda row: row.variant_id)
        ]
        number, stock = post_adjustment(uow, book, warehouse, moves, reason=reason)
        details = {"reason": reason, "lines": len(moves)}
        book.audit("stock.adjust", target_type="stock_adjustment", target_id=number, details=details)
        book.send()
        stock.check()
        for row in rows:
            places[row.variant_id, warehouse] = stock.level(row.variant_id, warehouse).seq
    return places


def ledger_places(reader: Reader, variant_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Where the ledger of each level of some variants stands."""
    batch = reader.batch()
    found = batch.add(_SEQS, {"ids": array(reader.dialect, sorted(set(variant_ids)))})
    batch.send()
    return {(row[0], row[1]): row[2] for row in found.rows}
