"""Stock files at work: levels set to a figure, or changed by one, booked as adjustments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shopdesk.core.i18n import _
from shopdesk.core.money import format_quantity
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.feeds.entries import Change, Done, Entry, Fault, Verdict
from shopdesk.feeds.goods import Good, find_goods_named
from shopdesk.feeds.setup import FeedOptions, Known
from shopdesk.feeds.single_rows import SingleRows
from shopdesk.feeds.stock_moves import LevelChange, ledger_places, post_stock
from shopdesk.feeds.table import Row
from shopdesk.feeds.values import code, one_of_words, quantity, words

_LEVELS = Prepared(
    sqlite="SELECT variant_id, warehouse_id, on_hand FROM stock_levels WHERE variant_id IN "
    "(SELECT value FROM json_each(:ids))",
    postgresql="SELECT variant_id, warehouse_id, on_hand FROM stock_levels WHERE variant_id = ANY(CAST(:ids AS bigint[]))",
)


class StockKind:
    """One stock file."""

    entities: tuple[str, ...] = ("StockLevel",)

    def __init__(
        self,
        header: Sequence[str],
        mapping: Mapping[str, str],
        options: FeedOptions,
        known: Known,
        *,
        mark: str,
        reason: str,
    ) -> None:
        self._sets = options.stock_mode == "set"
        self._warehouse = known.warehouses.get(options.warehouse) or next(iter(known.warehouses.values()), None)
        self._reason = reason
        parses = {
            "sku": code(),
            "barcode": code(),
            "warehouse": one_of_words(dict(known.warehouses)),
            "quantity": quantity(mark, signed=True),
            "reason": words("reason", 200, lines=False),
        }
        keys = ("sku", "barcode", "warehouse")
        self._rows = SingleRows(header, mapping, parses, keys, may_repeat=not self._sets)

    def entries(self, rows: Iterator[Row]) -> Iterator[Entry]:
        """An entry a row."""
        return self._rows.entries(rows)

    def compare(self, reader: Reader, entries: Sequence[Entry], *, lock: bool) -> list[Verdict]:
        """By how much each level moves."""
        goods = find_goods_named(reader, entries, lock=lock)
        ids = {good.id for good in (*goods.by_sku.values(), *goods.by_code.values())}
        batch = reader.batch()
        found = batch.add(_LEVELS, {"ids": array(reader.dialect, sorted(ids))})
        batch.send()
        levels = {(row[0], row[1]): row[2] for row in found.rows}
        verdicts: list[Verdict] = []
        for entry in entries:
            good = None if entry.faults else goods.of(entry, self._rows.columns)
            if good is not None and not entry.faults:
                entry.title = good.title
            verdicts.append(None if good is None or entry.faults else self._one(entry, good, levels))
        return verdicts

    def _one(self, entry: Entry, good: Good, levels: dict[tuple[int, int], int]) -> Verdict:
        values = entry.values
        warehouse = values.get("warehouse", self._warehouse)
        if "quantity" not in values or warehouse is None:
            key = "quantity" if warehouse is not None else "warehouse"
            self._tell(entry, key, "missing", _("the cell must not be empty."))
            return None
        if not good.is_tracked:
            told = _("the stock of {name} is not counted.").format(name=good.title)
            self._tell(entry, "sku", "not_tracked", told)
            return None
        given = int(str(values["quantity"]))
        place = (good.id, int(str(warehouse)))
        before = levels.get(place, 0)
        after = given if self._sets else before + given
        if after < 0 and good.policy != "continue":
            told = _("only {left} of {name} are there.").format(left=format_quantity(max(0, before)), name=good.title)
            self._tell(entry, "quantity", "out_of_stock", told)
            return None
        if after == before:
            return None
        levels[place] = after
        change = Change(entry, good.id, [[good.sku, "stock", {place[1]: before}, {place[1]: after}]], None)
        change.plan = LevelChange(*place, after - before, good.title, str(values.get("reason") or self._reason))
        return change

    def _tell(self, entry: Entry, key: str, code: str, message: str) -> None:
        entry.faults.append(Fault(entry.row, self._rows.columns.get(key, ""), code, message))

    def write(self, uow: UnitOfWork, changes: Sequence[Change]) -> None:
        """Book the moves, one adjustment a warehouse and reason."""
        summed: dict[tuple[int, int, str], LevelChange] = {}
        for change in changes:
            move: LevelChange = change.plan  # type: ignore[assignment]
            key = (move.variant_id, move.warehouse_id, move.reason)
            so_far = summed[key].change_milli if key in summed else 0
            summed[key] = LevelChange(*key[:2], so_far + move.change_milli, move.name, move.reason)
            change.before = {}
        moves = [move for move in summed.values() if move.change_milli]
        places = post_stock(uow, moves)
        for change in changes:
            move = change.plan  # type: ignore[assignment]
            place = (move.variant_id, move.warehouse_id)
            change.mark = [[*place, move.change_milli, places.get(place, 0)]]

    def take_back(self, uow: UnitOfWork, changes: Sequence[Done]) -> list[str]:
        """Book the moves the other way round where nothing else moved since."""
        seqs = ledger_places(uow, [row[0] for change in changes for row in change.mark])  # type: ignore[attr-defined]
        reasons: list[str] = []
        moves: dict[tuple[int, int], int] = {}
        for change in changes:
            variant_id, warehouse_id, milli, seq = change.mark[0]  # type: ignore[index]
            place = (variant_id, warehouse_id)
            moved = seq != 0 and seqs.get(place) != seq
            reasons.append(_("Its stock was moved since.") if moved else "")
            if not moved:
                moves[place] = moves.get(place, 0) - milli
        name = _("Import taken back")
        post_stock(uow, [LevelChange(*place, milli, name, self._reason) for place, milli in moves.items() if milli])
        return reasons
