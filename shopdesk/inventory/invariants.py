"""What must hold of stock: every ledger's chain, the levels on top of it, and a document behind each move (I01-I06)."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa

from shopdesk.core.i18n import N_
from shopdesk.db.invariants import UNREADABLE, Check, Found, Rows, Scope, check, query, stream
from shopdesk.inventory.digests import STOCK_TABLES
from shopdesk.inventory.stock import LEDGER_COLUMNS, ledger_start
from shopdesk.system.invariants import canonical_bytes

_COLUMNS = ", ".join(f"l.{name}" for name in (*LEDGER_COLUMNS, "prev_hash", "hash"))
_N = len(LEDGER_COLUMNS)
_SEQ, _CHANGE, _AFTER = (LEDGER_COLUMNS.index(name) for name in ("seq", "quantity_change", "quantity_after"))
_link = itemgetter(_SEQ, _CHANGE, _AFTER, LEDGER_COLUMNS.index("created_at"), _N, _N + 1)
_LEDGER = query(
    "SELECT "
    + _COLUMNS
    + " FROM inventory_ledger l WHERE l.id > :ledger_floor AND l.variant_id % :parts = :part ORDER BY l.id"
)
_COUNT_LEVELS = query("SELECT count(*) FROM stock_levels s")
_LEVELS = query(
    "SELECT s.variant_id, s.warehouse_id, s.on_hand, s.ledger_seq, s.ledger_hash, s.updated_at "
    "FROM stock_levels s WHERE s.variant_id % :parts = :part"
)
_RECENT_LEVELS = query(
    "SELECT s.variant_id, s.warehouse_id, s.on_hand, s.ledger_seq, s.ledger_hash, s.updated_at "
    "FROM (SELECT DISTINCT l.variant_id, l.warehouse_id FROM inventory_ledger l WHERE l.id > :ledger_floor) m "
    "JOIN stock_levels s ON s.variant_id = m.variant_id AND s.warehouse_id = m.warehouse_id"
)
_AT_ONCE = 250_000
"""How many levels are kept in memory at once; a shop with more is read through several times."""
Row = tuple[Any, ...]  # Any: rows as the driver gives them


def walk_ledger(connection: sa.Connection, scope: Scope, found: Found) -> None:
    """Follow the chain of every variant and warehouse, and compare its end with the level (I01, I04).

    Rows are read as they were written, which within a variant and warehouse is the order of their chain.
    """
    parts = 1
    if not scope.fast:
        parts += sum(row[0] for row in stream(connection, _COUNT_LEVELS, {})) // _AT_ONCE
    for part in range(parts):
        values = {**scope.values, "parts": parts, "part": part}
        ends = _follow(stream(connection, _LEDGER, values), scope, found)
        for variant, warehouse, on_hand, seq, head, at in stream(
            connection, _RECENT_LEVELS if scope.fast else _LEVELS, values
        ):
            end = ends.pop((variant, warehouse), None)
            name = f"variant {variant} in warehouse {warehouse}"
            if end is None:
                found.add("I01", f"{name}: on hand {on_hand} without any move")
            elif end != (seq, head, on_hand, at):
                found.add(
                    "I01", f"{name}: on hand {on_hand} after move {seq}, the ledger ends with {end[2]} at {end[0]}"
                )
        for variant, warehouse in ends:
            found.add("I01", f"variant {variant} in warehouse {warehouse}: moved, but there is no stock level")


def _follow(rows: Iterator[Row], scope: Scope, found: Found) -> dict[tuple[int, int], tuple[int, str, int, int]]:
    """Where each chain ends: its last seq and hash, what was on hand then, and when that was."""
    ends: dict[tuple[int, int], tuple[int, str, int, int]] = {}
    find, unhex, fast = ends.get, bytes.fromhex, scope.fast
    for row in rows:
        place = row[:2]
        place_seq, change, now, at, prev, kept = _link(row)
        known = find(place)
        if known is not None:
            seq, head, after, _at = known
        elif fast:
            seq, head, after = place_seq - 1, prev, now - change
        else:
            seq, head, after = 0, ledger_start(*place), 0
        try:
            hashed = sha256(unhex(prev) + canonical_bytes(row[:_N])).hexdigest()
        except UNREADABLE:
            hashed = ""
        if hashed != kept or prev != head or place_seq != seq + 1 or now != after + change:
            name = f"variant {place[0]} in warehouse {place[1]}, move {place_seq}"
            if prev != head or place_seq != seq + 1:
                found.add("I04", f"{name}: does not continue the ledger")
            if now != after + change:
                found.add("I04", f"{name}: {now} after {after} and a change of {change}")
            if hashed != kept:
                found.add("I04", f"{name}: its hash is not that of its columns")
        ends[place] = place_seq, kept, now, at
    return ends


_THRESHOLDS = query(
    "SELECT a.target_id, a.metadata FROM audit_log a WHERE a.action <> 'sale' AND a.action = 'stock.threshold' ORDER BY a.id"
)
_WATCHED = query(
    "SELECT s.variant_id, s.warehouse_id, s.low_stock_threshold FROM stock_levels s "
    "WHERE s.low_stock_threshold IS NOT NULL"
)


def compare_thresholds(connection: sa.Connection, found: Found) -> None:
    """A level is watched from where the audit log says that somebody set it (I37)."""
    wanted: dict[tuple[int, int], int | None] = {}
    for variant, details in stream(connection, _THRESHOLDS, {}):
        says = msgspec.json.decode(details)
        wanted[int(variant), int(says["warehouse"])] = says["threshold_milli"]
    for variant, warehouse, threshold in stream(connection, _WATCHED, {}):
        if wanted.pop((variant, warehouse), None) != threshold:
            found.add("I37", f"variant {variant} in warehouse {warehouse}: nobody set its threshold to {threshold}")
    for (variant, warehouse), threshold in wanted.items():
        if threshold is not None:
            found.add("I37", f"variant {variant} in warehouse {warehouse}: its threshold of {threshold} is gone")


_DOCUMENTS = {
    kind: (
        query(
            "SELECT "
            + ", ".join(f"d.{name}" for name in columns)
            + f", j.payload, j.till_id FROM {table} d LEFT JOIN journal j ON j.kind = '{kind}' AND j.number = d.number "
            "ORDER BY d.id"
        ),
        query(
            "SELECT " + ", ".join(f"i.{name}" for name in line_columns) + f" FROM {lines} i "
            f"ORDER BY i.{line_columns[1]}, i.id"
        ),
    )
    for kind, ((table, columns), (lines, line_columns)) in STOCK_TABLES.items()
}


class _Payload(msgspec.Struct):
    rows: str
    key: str
    lines: int


_decode = msgspec.json.Decoder(_Payload).decode


def walk_stock_documents(connection: sa.Connection, found: Found) -> None:
    """Adjustments and transfers with their lines against the journal's digests (I17, I19)."""
    for kind, (documents, rows) in _DOCUMENTS.items():
        (table, columns), (line_table, _line_columns) = STOCK_TABLES[kind]
        number, till, uid = (columns.index(name) for name in ("number", "till_id", "uid"))
        lines = Rows(stream(connection, rows, {}), 1)
        for row in stream(connection, documents, {}):
            document, (payload, till_id) = row[: len(columns)], row[len(columns) :]
            own = lines.of(row[0])
            name = f"{kind} {document[number]}"
            if payload is None or till_id != document[till]:
                found.add("I17", f"{name}: has no journal entry")
                continue
            try:
                says = _decode(payload)
                hashed = sha256(canonical_bytes([[table, [document]], [line_table, own]])).hexdigest()
            except UNREADABLE as error:
                found.add("I19", f"{name}: cannot be read ({error})")
                continue
            if (says.rows, says.key, says.lines) != (hashed, document[uid], len(own)):
                found.add("I19", f"{name}: is not what the journal vouches for")


def stock_checks() -> Iterator[Check]:
    """Levels that may not be, and moves without the document that caused them (I02, I05, I06)."""
    yield check(
        "I02",
        N_("more reserved than there is, or less than nothing"),
        "SELECT v.sku, s.warehouse_id AS warehouse, s.on_hand, s.reserved FROM stock_levels s "
        "JOIN product_variants v ON v.id = s.variant_id WHERE (s.reserved < 0 OR s.on_hand < 0 OR s.reserved > s.on_hand) "
        "AND v.inventory_policy = 'deny' AND NOT EXISTS (SELECT 1 FROM oversell_exceptions x WHERE x.state = 'open' "
        "AND x.variant_id = s.variant_id AND x.warehouse_id = s.warehouse_id)",
    )
    yield check(
        "I02",
        N_("sold below nothing without being listed"),
        "SELECT l.variant_id, l.warehouse_id, l.seq FROM inventory_ledger l WHERE l.id > :ledger_floor "
        "AND l.quantity_after < 0 AND l.quantity_change < 0 AND NOT EXISTS (SELECT 1 FROM oversell_exceptions x "
        "WHERE x.variant_id = l.variant_id AND x.warehouse_id = l.warehouse_id AND x.created_at = l.created_at)",
    )
    yield check(
        "I02",
        N_("listed as sold below nothing without such a move"),
        "SELECT x.id, x.variant_id, x.warehouse_id FROM oversell_exceptions x WHERE NOT EXISTS (SELECT 1 "
        "FROM inventory_ledger l WHERE l.variant_id = x.variant_id AND l.warehouse_id = x.warehouse_id "
        "AND l.quantity_after = x.quantity_after AND l.created_at = x.created_at AND (x.order_id IS NULL "
        "AND l.reference_type <> 'order' OR l.reference_type = 'order' AND l.reference_id = x.order_id))",
        fast=False,
    )
    yield check(
        "I02",
        N_("listed as sold below nothing twice"),
        "SELECT x.variant_id, x.warehouse_id, count(*) AS times FROM oversell_exceptions x GROUP BY x.variant_id, "
        "x.warehouse_id, x.quantity_after, x.created_at, x.order_id HAVING count(*) > 1",
        fast=False,
    )
    yield check(
        "I05",
        N_("sold line without its move of stock"),
        "SELECT i.order_id, i.line, i.sku FROM order_items i JOIN orders o ON o.id = i.order_id AND o.fulfilment = 'counter' "
        "LEFT JOIN inventory_ledger l ON l.reference_type = 'order' "
        "AND l.reference_id = i.order_id AND l.line_id = i.id AND l.type = 'sale' WHERE i.order_id > :order_floor "
        "AND i.track_stock AND (l.id IS NULL OR l.quantity_change <> -i.quantity)",
    )
    yield check(
        "I05",
        N_("voided line whose goods did not come back"),
        "SELECT v.number, i.line, i.sku FROM voids v JOIN order_items i ON i.order_id = v.order_id "
        "LEFT JOIN inventory_ledger l ON l.reference_type = 'void' AND l.reference_id = v.id AND l.line_id = i.id "
        "AND l.type = 'void' WHERE i.track_stock AND (l.id IS NULL OR l.quantity_change <> i.quantity)",
        fast=False,
    )
    yield check(
        "I05",
        N_("line of an adjustment or transfer without its move of stock"),
        "SELECT d.number, a.variant_id FROM stock_adjustment_lines a JOIN stock_adjustments d ON d.id = a.adjustment_id "
        "WHERE NOT EXISTS (SELECT 1 FROM inventory_ledger l WHERE l.reference_type = 'adjustment' "
        "AND l.reference_id = d.id AND l.line_id = a.id) "
        "UNION ALL SELECT d.number, a.variant_id FROM stock_transfer_lines a JOIN stock_transfers d "
        "ON d.id = a.transfer_id WHERE (SELECT count(*) FROM inventory_ledger l WHERE l.reference_type = 'transfer' "
        "AND l.reference_id = d.id AND l.line_id = a.id) <> 2",
        fast=False,
    )
    for kind, table in (("stock_adjustment", "stock_adjustments"), ("stock_transfer", "stock_transfers")):
        yield check(
            "I17",
            N_("journal entry without its document"),
            f"SELECT j.kind, j.number FROM journal j LEFT JOIN {table} d ON d.number = j.number AND d.till_id = j.till_id "
            f"WHERE j.kind = '{kind}' AND j.id > :journal_floor AND d.id IS NULL",
        )
        yield check(
            "I37",
            N_("document without its audit row"),
            f"SELECT d.number FROM {table} d WHERE NOT EXISTS (SELECT 1 FROM audit_log a "
            f"WHERE a.target_type <> 'order' AND a.target_type = '{kind}' AND a.target_id = d.number)",
            fast=False,
        )
    shown = "SELECT l.variant_id, l.warehouse_id, l.seq, l.type FROM inventory_ledger l "
    move = "l.variant_id <> i.variant_id OR l.warehouse_id <>"
    yield check(
        "I06",
        N_("sale's move without its line, or unlike it"),
        shown + "LEFT JOIN order_items i ON i.id = l.line_id AND i.order_id = l.reference_id AND i.track_stock "
        "WHERE l.reference_type = 'order' AND l.id > :ledger_floor AND (i.id IS NULL OR l.type <> 'sale' "
        f"OR {move} i.warehouse_id OR l.quantity_change <> -i.quantity)",
    )
    yield check(
        "I06",
        N_("void's move without its line, or unlike it"),
        shown + "LEFT JOIN voids d ON d.id = l.reference_id LEFT JOIN order_items i ON i.id = l.line_id "
        "AND i.order_id = d.order_id AND i.track_stock WHERE l.reference_type = 'void' AND l.id > :ledger_floor "
        f"AND (i.id IS NULL OR l.type <> 'void' OR {move} i.warehouse_id OR l.quantity_change <> i.quantity)",
    )
    yield check(
        "I06",
        N_("adjustment's move without its line, or unlike it"),
        shown + "LEFT JOIN stock_adjustments d ON d.id = l.reference_id LEFT JOIN stock_adjustment_lines i "
        "ON i.id = l.line_id AND i.adjustment_id = d.id WHERE l.reference_type = 'adjustment' AND l.id > :ledger_floor "
        f"AND (i.id IS NULL OR {move} d.warehouse_id OR l.quantity_change <> i.quantity_change "
        "OR l.type = 'receive' AND l.quantity_change < 0 OR l.type = 'damage' AND l.quantity_change > 0 "
        "OR l.type NOT IN ('adjust', 'receive', 'damage', 'count'))",
    )
    yield check(
        "I06",
        N_("transfer's move without its line, or unlike it"),
        shown + "LEFT JOIN stock_transfers d ON d.id = l.reference_id LEFT JOIN stock_transfer_lines i "
        "ON i.id = l.line_id AND i.transfer_id = d.id WHERE l.reference_type = 'transfer' AND l.id > :ledger_floor "
        "AND (i.id IS NULL OR l.variant_id <> i.variant_id OR NOT (l.type = 'transfer_out' "
        "AND l.quantity_change = -i.quantity AND l.warehouse_id = d.from_warehouse_id OR l.type = 'transfer_in' "
        "AND l.quantity_change = i.quantity AND l.warehouse_id = d.to_warehouse_id))",
    )
