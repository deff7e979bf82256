"""What must hold of goods set aside, transfers under way, counts and costs (I03-I06, I17, I19, I37)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from shopdesk.core.i18n import N_
from shopdesk.db.invariants import UNREADABLE, Check, Found, Rows, check, query, stream
from shopdesk.inventory.cost_models import COST_KINDS
from shopdesk.inventory.costing import COST_COLUMNS, cost_hash, cost_start, moving_average
from shopdesk.inventory.count_tally import Scan, Tally, tallied
from shopdesk.inventory.digests import GROWN, STOCK_COUNT, Grown, grown_digest
from shopdesk.inventory.reservations import EXPIRY_JOB


class _Payload(msgspec.Struct):
    rows: str
    key: str
    lines: int


_decode = msgspec.json.Decoder(_Payload).decode


def _of_shape(shape: Grown) -> tuple[Any, ...]:  # Any: prepared statements
    columns = ", ".join(f"d.{name}" for name in shape.columns)
    done = f" WHERE d.{shape.done}" if shape.done else ""
    head = query(
        f"SELECT {columns}, j.payload, j.till_id FROM {shape.table} d LEFT JOIN journal j ON j.kind = '{shape.kind}' "
        f"AND j.number = d.number{done} ORDER BY d.id"
    )
    parts = [
        query(
            "SELECT "
            + ", ".join(f"i.{name}" for name in (part.parent, *part.columns))
            + f" FROM {part.table} i{f' WHERE i.{part.only}' if part.only else ''} ORDER BY i.{part.parent}, i.id"
        )
        for part in shape.parts
    ]
    return (head, *parts)


_STATEMENTS = {shape.kind: _of_shape(shape) for shape in GROWN}


def walk_grown_documents(connection: sa.Connection, found: Found) -> None:
    """Transfers and counts with all their rows against the journal's digests (I17, I19); counts against their scans (I06)."""
    for shape in GROWN:
        heads, *parts = _STATEMENTS[shape.kind]
        number, till, uid = (shape.columns.index(name) for name in ("number", "till_id", "uid"))
        streams = [Rows(stream(connection, part, {})) for part in parts]
        for row in stream(connection, heads, {}):
            document, (payload, till_id) = row[: len(shape.columns)], row[len(shape.columns) :]
            own = [[line[1:] for line in part.of(row[0])] for part in streams]
            name = f"{shape.kind} {document[number]}"
            if shape is STOCK_COUNT:
                _compare_count(name, document, own, found)
            if payload is None or till_id != document[till]:
                found.add("I17", f"{name}: has no journal entry")
                continue
            try:
                says = _decode(payload)
                hashed = grown_digest(shape, document, own)
            except UNREADABLE as error:
                found.add("I19", f"{name}: cannot be read ({error})")
                continue
            if (says.rows, says.key, says.lines) != (hashed, document[uid], len(own[0])):
                found.add("I19", f"{name}: is not what the journal vouches for")


def _compare_count(name: str, document: Sequence[Any], parts: Sequence[Sequence[Sequence[Any]]], found: Found) -> None:
    """The lines of a count say what its scans say; a variant without a scan was zeroed because somebody decided so."""
    lines, entries, recounts = parts
    scans = [Scan(row[0], row[3], row[4], row[5], row[6], row[7], row[8], row[9], row[10]) for row in entries]
    rounds: dict[int, int] = {}
    for row in recounts:
        rounds[row[2]] = max(rounds.get(row[2], 1), row[3])
    tallies: Mapping[int, Tally] = tallied(scans, rounds)
    zeroed = document[STOCK_COUNT.columns.index("rest")] == "zero"
    met = set()
    for line in lines:
        variant, counted, expected, seq = line[2:6]
        met.add(variant)
        tally = tallies.get(variant)
        if tally is None:
            right = zeroed and counted == 0
        else:
            right = (counted, expected, seq) == (tally.counted, tally.expected, tally.ledger_seq)
        if not right:
            found.add("I06", f"{name}: variant {variant} was not counted as {counted} of {expected}")
    for variant in tallies.keys() - met:
        found.add("I06", f"{name}: variant {variant} was counted and not booked")


_COST_FIELDS = ", ".join(f"c.{name}" for name in (*COST_COLUMNS, "prev_hash", "hash"))
_CHANGES = query(f"SELECT {_COST_FIELDS} FROM cost_changes c ORDER BY c.variant_id, c.seq")
_ENDS = query("SELECT c.variant_id, c.seq, c.average_micro, c.hash, c.updated_at FROM variant_costs c")


def walk_costs(connection: sa.Connection, found: Found) -> None:
    """Follow every variant's chain of costs, work each average out again, and compare the end with the kept one (I04)."""
    ends: dict[int, tuple[int, int, str, int]] = {}
    for row in stream(connection, _CHANGES, {}):
        values, (prev, kept) = row[: len(COST_COLUMNS)], row[len(COST_COLUMNS) :]
        variant, seq, kind, before, after, on_hand, quantity, total, _type, _id, _user, at = values
        name = f"cost of variant {variant}, change {seq}"
        last = ends.get(variant)
        known_seq, average, head = (last[0], last[1], last[2]) if last else (0, None, cost_start(variant))
        if seq != known_seq + 1 or prev != head or before != average:
            found.add("I04", f"{name}: does not continue the chain")
        try:
            hashed = cost_hash(prev, values)
            right = kind != "receipt" or after == moving_average(on_hand, before, quantity, total)
        except UNREADABLE:
            hashed, right = "", False
        if hashed != kept:
            found.add("I04", f"{name}: its hash is not that of its columns")
        if not right or kind not in COST_KINDS:
            found.add("I04", f"{name}: {after} is not the average of what lay there and what came")
        ends[variant] = (seq, after, kept, at)
    for variant, seq, average, head, at in stream(connection, _ENDS, {}):
        if ends.pop(variant, None) != (seq, average, head, at):
            found.add("I04", f"cost of variant {variant}: is not the end of its chain")
    for variant in ends:
        found.add("I04", f"cost of variant {variant}: its end is gone")


_MINUTES_5 = 5 * 60 * 1_000_000


def reservation_checks() -> Iterator[Check]:
    """What is reserved is reserved for somebody, no longer than agreed (I03)."""
    yield check(
        "I03",
        N_("reserved is not the sum of what is set aside"),
        "SELECT s.variant_id, s.warehouse_id, s.reserved, coalesce(sum(r.quantity), 0) AS set_aside FROM stock_levels s "
        "LEFT JOIN reservations r ON r.variant_id = s.variant_id AND r.warehouse_id = s.warehouse_id AND r.state = 'open' "
        "WHERE s.reserved <> 0 OR r.id IS NOT NULL GROUP BY s.variant_id, s.warehouse_id, s.reserved "
        "HAVING s.reserved <> coalesce(sum(r.quantity), 0)",
    )
    yield check(
        "I03",
        N_("set aside where there is no stock level"),
        "SELECT r.id, r.variant_id, r.warehouse_id FROM reservations r WHERE r.state = 'open' AND NOT EXISTS (SELECT 1 "
        "FROM stock_levels s WHERE s.variant_id = r.variant_id AND s.warehouse_id = r.warehouse_id)",
    )
    # While every window of the shop is shut nobody gives up what is overdue: a run of the routine must have passed it over.
    yield check(
        "I03",
        N_("still set aside though its time is over"),
        "SELECT r.id, r.variant_id, r.warehouse_id FROM reservations r WHERE r.state = 'open' "
        f"AND r.expires_at < :now - {_MINUTES_5} AND EXISTS (SELECT 1 FROM jobs j WHERE j.type = '{EXPIRY_JOB}' "
        f"AND j.status = 'done' AND j.started_at > r.expires_at + {_MINUTES_5})",
    )
    yield check(
        "I03",
        N_("set aside or ended without anybody"),
        "SELECT r.id, r.state FROM reservations r WHERE r.plan_line_id IS NULL AND (NOT EXISTS (SELECT 1 FROM audit_log a "
        "WHERE a.target_type = 'reservation' AND a.target_id = CAST(r.id AS text) AND a.action = 'stock.set_aside') "
        "OR (r.state = 'open') <> (r.closed_at IS NULL) "
        "OR r.state <> 'open' AND NOT EXISTS (SELECT 1 FROM audit_log a WHERE a.target_type = 'reservation' "
        "AND a.target_id = CAST(r.id AS text) AND a.created_at = r.closed_at AND a.action = CASE r.state "
        "WHEN 'used' THEN 'stock.set_aside_fetched' WHEN 'released' THEN 'stock.set_aside_released' "
        "ELSE 'stock.set_aside_expired' END))",
        fast=False,
    )


_SHOWN = "SELECT l.variant_id, l.warehouse_id, l.seq, l.type FROM inventory_ledger l "


def document_checks() -> Iterator[Check]:
    """Every line of a transfer or count moved its stock, every such move has its line (I05, I06), every document its audit."""
    yield check(
        "I06",
        N_("sent goods' move without its line, or unlike it"),
        _SHOWN
        + "LEFT JOIN transfer_document_lines i ON i.id = l.line_id AND i.document_id = l.reference_id AND i.is_sent "
        "LEFT JOIN transfer_documents d ON d.id = i.document_id LEFT JOIN warehouses w ON w.id = l.warehouse_id "
        "WHERE l.reference_type = 'transfer_document' AND l.id > :ledger_floor AND (i.id IS NULL OR l.variant_id <> i.variant_id "
        "OR NOT (l.type = 'transfer_out' AND l.quantity_change = -i.quantity AND l.warehouse_id = d.from_warehouse_id "
        "OR l.type = 'transfer_in' AND l.quantity_change = i.quantity AND w.is_transit))",
    )
    yield check(
        "I06",
        N_("arrived goods' move without its line, or unlike it"),
        _SHOWN + "LEFT JOIN transfer_receipt_lines i ON i.id = l.line_id AND i.receipt_id = l.reference_id "
        "LEFT JOIN transfer_receipts r ON r.id = i.receipt_id LEFT JOIN transfer_documents d ON d.id = r.document_id "
        "LEFT JOIN warehouses w ON w.id = l.warehouse_id "
        "WHERE l.reference_type = 'transfer_receipt' AND l.id > :ledger_floor AND (i.id IS NULL OR l.variant_id <> i.variant_id "
        "OR NOT (l.type = 'transfer_out' AND l.quantity_change = -i.sent AND w.is_transit "
        "OR l.warehouse_id = d.to_warehouse_id AND (l.type = 'transfer_in' AND l.quantity_change = i.sent "
        "OR l.type = 'adjust' AND l.quantity_change = i.received + i.damaged - i.sent "
        "OR l.type = 'damage' AND l.quantity_change = -i.damaged)))",
    )
    yield check(
        "I06",
        N_("transfer whose moves do not sum to nothing over two warehouses"),
        "SELECT l.reference_type, l.reference_id FROM inventory_ledger l WHERE l.reference_type IN "
        "('transfer', 'transfer_document', 'transfer_receipt') AND l.type IN ('transfer_out', 'transfer_in') "
        "GROUP BY l.reference_type, l.reference_id HAVING sum(l.quantity_change) <> 0 OR count(DISTINCT l.warehouse_id) <> 2",
        fast=False,
    )
    yield check(
        "I06",
        N_("count's move without its line, or unlike it"),
        _SHOWN + "LEFT JOIN stock_count_lines i ON i.id = l.line_id AND i.count_id = l.reference_id "
        "LEFT JOIN stock_counts d ON d.id = i.count_id WHERE l.reference_type = 'count' AND l.id > :ledger_floor "
        "AND (i.id IS NULL OR l.type <> 'count' OR l.variant_id <> i.variant_id OR l.warehouse_id <> d.warehouse_id "
        "OR l.quantity_change <> i.quantity_change)",
    )
    yield check(
        "I06",
        N_("transfer whose state is not what happened to it"),
        "SELECT d.id, d.number, d.state FROM transfer_documents d LEFT JOIN transfer_receipts r ON r.document_id = d.id "
        "WHERE (d.state = 'received') <> (r.id IS NOT NULL) OR (d.state IN ('sent', 'received')) <> (d.number IS NOT NULL) "
        "OR EXISTS (SELECT 1 FROM transfer_document_lines i WHERE i.document_id = d.id AND i.is_sent AND d.number IS NULL)",
    )
    yield check(
        "I06",
        N_("arrived otherwise than it was sent, without a line or a reason"),
        "SELECT r.number, i.variant_id FROM transfer_receipts r JOIN transfer_document_lines i "
        "ON i.document_id = r.document_id AND i.is_sent LEFT JOIN transfer_receipt_lines a ON a.receipt_id = r.id "
        "AND a.variant_id = i.variant_id WHERE a.id IS NULL OR a.sent <> i.quantity "
        "UNION ALL SELECT r.number, a.variant_id FROM transfer_receipts r JOIN transfer_receipt_lines a "
        "ON a.receipt_id = r.id WHERE a.reason = '' AND (a.received <> a.sent OR a.damaged <> 0)",
        fast=False,
    )
    yield check(
        "I05",
        N_("line of a transfer or count without its move of stock"),
        "SELECT 'transfer_document' AS document, i.document_id AS id, i.variant_id FROM transfer_document_lines i "
        "WHERE i.is_sent AND (SELECT count(*) FROM inventory_ledger l WHERE l.reference_type = 'transfer_document' "
        "AND l.reference_id = i.document_id AND l.line_id = i.id) <> 2 "
        "UNION ALL SELECT 'transfer_receipt', i.receipt_id, i.variant_id FROM transfer_receipt_lines i "
        "WHERE (SELECT count(*) FROM inventory_ledger l WHERE l.reference_type = 'transfer_receipt' "
        "AND l.reference_id = i.receipt_id AND l.line_id = i.id) <> CASE WHEN i.sent > 0 THEN 2 ELSE 0 END "
        "+ CASE WHEN i.received + i.damaged <> i.sent THEN 1 ELSE 0 END + CASE WHEN i.damaged > 0 THEN 1 ELSE 0 END "
        "UNION ALL SELECT 'count', i.count_id, i.variant_id FROM stock_count_lines i "
        "WHERE (SELECT count(*) FROM inventory_ledger l WHERE l.reference_type = 'count' "
        "AND l.reference_id = i.count_id AND l.line_id = i.id) <> CASE WHEN i.quantity_change <> 0 THEN 1 ELSE 0 END",
        fast=False,
    )
    position = (
        "coalesce((SELECT l.quantity_after FROM inventory_ledger l WHERE l.variant_id = i.variant_id "
        "AND l.warehouse_id = d.warehouse_id AND l.seq = i.ledger_seq), CASE WHEN i.ledger_seq = 0 THEN 0 END)"
    )
    yield check(
        "I06",
        N_("counted against a level that the ledger never had there"),
        f"SELECT d.id, i.variant_id, i.ledger_seq FROM stock_count_entries i JOIN stock_counts d ON d.id = i.count_id "
        f"WHERE {position} IS NULL OR {position} <> i.on_hand",
        fast=False,
    )
    yield check(
        "I06",
        N_("booked against a level that the ledger never had there"),
        f"SELECT d.number, i.variant_id, i.ledger_seq FROM stock_count_lines i JOIN stock_counts d ON d.id = i.count_id "
        f"WHERE d.number IS NULL OR {position} IS NULL OR {position} <> i.expected",
        fast=False,
    )
    for shape in GROWN:
        yield check(
            "I17",
            N_("journal entry without its document"),
            f"SELECT j.kind, j.number FROM journal j LEFT JOIN {shape.table} d ON d.number = j.number "
            f"AND d.till_id = j.till_id WHERE j.kind = '{shape.kind}' AND j.id > :journal_floor AND d.id IS NULL",
        )
        yield check(
            "I37",
            N_("document without its audit row"),
            f"SELECT d.number FROM {shape.table} d WHERE d.number IS NOT NULL AND NOT EXISTS (SELECT 1 FROM audit_log a "
            f"WHERE a.target_type <> 'order' AND a.target_type = '{shape.kind}' AND a.target_id = d.number)",
            fast=False,
        )
