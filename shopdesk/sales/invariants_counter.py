"""What must hold of the counter's other documents: voids, cash, drawer, shifts, training (I16, I17, I19, I20, I22)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import sqlalchemy as sa

from shopdesk.core.i18n import N_
from shopdesk.db.invariants import UNREADABLE, Check, Found, Rows, Scope, check, query, stream
from shopdesk.db.unit import Reader
from shopdesk.sales import digests_counter as columns
from shopdesk.sales.shift_report import NO_RETURNS, running_totals, totals_json
from shopdesk.system.invariants import canonical_bytes

NUMBERED = (
    ("S", "orders", "number", "d.fulfilment = 'counter'"),
    ("O", "orders", "number", "d.fulfilment <> 'counter'"),
    ("Q", "order_plans", "quote_number", "d.quote_number IS NOT NULL"),
    ("I", "invoices", "number", "d.kind = 'invoice'"),
    ("L", "invoices", "number", "d.kind = 'credit_note'"),
    ("Y", "payments", "number", "d.number IS NOT NULL"),
    ("W", "shipments", "number", ""),
    ("V", "voids", "number", ""),
    ("R", "returns", "number", ""),
    ("C", "cash_movements", "number", ""),
    ("N", "drawer_openings", "number", ""),
    ("Z", "z_reports", "number", ""),
    ("TR", "training_sales", "number", ""),
    ("A", "stock_adjustments", "number", ""),
    ("M", "stock_transfers", "number", ""),
    ("P", "purchase_order_papers", "number", ""),
    ("G", "receipts", "number", ""),
    ("B", "supplier_returns", "number", ""),
    ("D", "transfer_documents", "number", ""),
    ("E", "transfer_receipts", "number", ""),
    ("K", "stock_counts", "number", ""),
)
"""Series, table and column of everything that is numbered by a till (R12)."""

_ONE_ROW = (
    # journal kinds, table, columns that the journal vouches for, audit's target
    (("void",), "voids", columns.VOID, "void"),
    (("cash_in", "cash_out"), "cash_movements", columns.CASH_MOVEMENT, "cash_movement"),
    (("no_sale",), "drawer_openings", columns.DRAWER_OPENING, "drawer_opening"),
    (("training",), "training_sales", columns.TRAINING_SALE, ""),
)


def number_checks() -> Iterator[Check]:
    """Per till and series: as many documents as the counter says, numbered from 1 without gaps (I16)."""
    for series, table, column, which in NUMBERED:
        only = f" AND {which}" if which else ""
        after = f"substr(d.{column}, length(t.code) + {len(series) + 2})"
        made = f"t.code || '-{series}' ||"
        lite_ok = f"d.{column} = {made} printf('%06d', CAST({after} AS INTEGER)) AND CAST({after} AS INTEGER)"
        digits = f"CASE WHEN {after} ~ '^[0-9]{{6,15}}$' THEN CAST({after} AS BIGINT) ELSE 0 END"
        post_ok = f"d.{column} = {made} lpad(CAST({digits} AS TEXT), greatest(6, length(CAST({digits} AS TEXT))), '0')"
        counted = (
            f"SELECT t.code AS till, '{series}' AS series, c.value AS counter, count(d.id) AS documents FROM tills t "
            f"LEFT JOIN counters c ON c.scope = t.code AND c.series = '{series}' "
            f"LEFT JOIN {table} d ON d.till_id = t.id{only} GROUP BY t.id, t.code, c.value "
            "HAVING c.value IS NULL OR count(d.id) <> c.value "
            "OR sum(CASE WHEN d.id IS NULL OR {ok} BETWEEN 1 AND c.value THEN 0 ELSE 1 END) > 0"
        )
        yield check(
            "I16",
            N_("numbers with a gap, a twin or another count"),
            counted.replace("{ok}", lite_ok),
            postgresql=counted.replace("{ok}", f"{post_ok} AND {digits}"),
            fast=False,
        )
        newest = f"c.series = '{series}' AND c.value > 0 AND NOT EXISTS (SELECT 1 FROM {table} d WHERE d.{column} = "
        yield check(
            "I16",
            N_("the newest number has no document"),
            f"SELECT c.scope, c.series, c.value FROM counters c WHERE {newest}"
            f"c.scope || '-{series}' || printf('%06d', c.value))",
            postgresql=f"SELECT c.scope, c.series, c.value FROM counters c WHERE {newest}"
            f"c.scope || '-{series}' || lpad(c.value::text, greatest(6, length(c.value::text)), '0'))",
        )
    yield check(
        "I16",
        N_("shifts with a gap or another count"),
        "SELECT t.code AS till, c.value AS counter, count(s.id) AS shifts FROM tills t LEFT JOIN counters c "
        "ON c.scope = t.code AND c.series = 'SHIFT' LEFT JOIN shifts s ON s.till_id = t.id GROUP BY t.id, t.code, c.value "
        "HAVING c.value IS NULL OR count(s.id) <> c.value OR min(s.number) < 1 OR max(s.number) > c.value",
    )


def document_checks() -> Iterator[Check]:
    """Journal entries and documents belong together one to one, and each has its audit row (I17, I37)."""
    yield _unmatched("sale", "orders d ON d.number = j.number AND (d.till_id = j.till_id OR d.fulfilment <> 'counter')")
    for kinds, table, _columns, _target in _ONE_ROW:
        for kind in kinds:
            yield _unmatched(kind, f"{table} d ON d.number = j.number AND d.till_id = j.till_id")
    yield _unmatched("z", "z_reports d ON d.number = j.number AND d.till_id = j.till_id")
    opened = "shifts d ON d.till_id = j.till_id AND j.number = "
    lite = "(SELECT code FROM tills WHERE id = d.till_id) || '-SHIFT' || printf('%06d', d.number)"
    post = lite.replace("printf('%06d', d.number)", "lpad(d.number::text, greatest(6, length(d.number::text)), '0')")
    yield _unmatched("shift_open", opened + lite, opened + post)
    yield check(
        "I17",
        N_("journal entry of an unknown kind"),
        "SELECT kind, number FROM journal WHERE id > :journal_floor AND kind NOT IN ('sale', 'void', 'cash_in', "
        "'cash_out', 'no_sale', 'shift_open', 'z', 'stock_adjustment', 'stock_transfer', 'training', 'purchase_order', "
        "'receipt', 'receipt_reversal', 'supplier_return', 'transfer_sent', 'transfer_received', 'stock_count', 'return', "
        "'order', 'order_change', 'order_cancelled', 'invoice', 'credit_note', 'payment', 'shipment')",
    )
    for _kinds, table, _columns, target in _ONE_ROW:
        if target:
            yield check(
                "I37",
                N_("document without its audit row"),
                f"SELECT d.number FROM {table} d WHERE NOT EXISTS (SELECT 1 FROM audit_log a "
                f"WHERE a.target_type <> 'order' AND a.target_type = '{target}' AND a.target_id = d.number)",
                fast=False,
            )
    yield check(
        "I37",
        N_("shift without its audit rows"),
        "SELECT s.id, s.number FROM shifts s WHERE (SELECT count(*) FROM audit_log a "
        "WHERE a.target_type <> 'order' AND a.target_type = 'shift' "
        "AND a.target_id = CAST(s.id AS TEXT) AND a.action IN ('shift.opened', 'shift.closed')) "
        "<> CASE WHEN s.status = 'closed' THEN 2 ELSE 1 END",
        fast=False,
    )
    yield from _figure_checks()


def _unmatched(kind: str, join: str, postgresql: str = "") -> Check:
    made = (
        f"SELECT j.kind, j.number FROM journal j LEFT JOIN {{join}} WHERE j.kind = '{kind}' "
        "AND j.id > :journal_floor AND d.id IS NULL"
    )
    return check(
        "I17",
        N_("journal entry without its document"),
        made.replace("{join}", join),
        postgresql=made.replace("{join}", postgresql or join),
    )


def _figure_checks() -> Iterator[Check]:
    yield check(
        "I12",
        N_("void that does not give back what the sale took"),
        "SELECT v.number, o.number AS sale, v.total_cents, v.cash_cents FROM voids v LEFT JOIN orders o ON o.id = v.order_id "
        "WHERE o.id IS NULL OR v.total_cents <> -o.total_cents OR v.cash_cents <> (SELECT coalesce(sum(p.amount_cents), 0) "
        "FROM payments p WHERE p.order_id = o.id AND p.kind = 'cash')",
    )
    for table in ("voids", "cash_movements", "drawer_openings"):
        yield check(
            "I36",
            N_("approved by nobody else"),
            f"SELECT d.number FROM {table} d WHERE d.approved_by IS NOT NULL AND (d.approved_by = d.user_id "
            "OR NOT EXISTS (SELECT 1 FROM approvals a WHERE a.approver_id = d.approved_by AND a.actor_id = d.user_id "
            "AND a.used_at BETWEEN d.created_at - 5000000 AND d.created_at + 5000000))",
        )
    yield check(
        "I36",
        N_("price or discount approved by nobody else"),
        "SELECT o.number, p.kind FROM price_steps p JOIN order_items i ON i.id = p.order_item_id JOIN orders o "
        "ON o.id = i.order_id WHERE o.id > :order_floor AND p.approved_by IS NOT NULL AND NOT EXISTS (SELECT 1 "
        "FROM approvals a WHERE a.approver_id = p.approved_by AND a.actor_id = o.user_id "
        "AND a.used_at BETWEEN o.placed_at - 5000000 AND o.placed_at + 5000000)",
    )
    for table, allowed in (
        ("voids d", "p.code = 'void'"),
        ("drawer_openings d", "p.code = 'drawer.no_sale'"),
        ("cash_movements d", "p.code = 'cash.' || d.type"),
    ):
        # Only where neither the person nor the role was edited since: then what they may now is what they might then.
        yield check(
            "I36",
            N_("done without the permission and without an approval"),
            f"SELECT d.number, u.username AS user_name FROM {table} JOIN users u ON u.id = d.user_id "
            "JOIN roles r ON r.id = u.role_id WHERE d.approved_by IS NULL AND u.updated_at < d.created_at "
            "AND r.updated_at < d.created_at AND NOT EXISTS (SELECT 1 FROM role_permissions g JOIN permissions p "
            f"ON p.id = g.permission_id WHERE g.role_id = r.id AND {allowed})",
        )
    yield check(
        "I22",
        N_("shift whose figures do not fit its state"),
        "SELECT s.id, s.number, s.status FROM shifts s LEFT JOIN z_reports z ON z.shift_id = s.id WHERE "
        "s.status NOT IN ('open', 'closed') OR "
        " s.status = 'open' AND (z.id IS NOT NULL OR s.closed_at IS NOT NULL OR s.closed_by IS NOT NULL OR "
        "s.expected_cents IS NOT NULL OR s.counted_cents IS NOT NULL OR s.left_cents IS NOT NULL OR "
        "s.difference_cents IS NOT NULL OR s.difference_reason IS NOT NULL OR s.approved_by IS NOT NULL) OR "
        "s.status = 'closed' AND (z.id IS NULL OR z.till_id <> s.till_id OR z.expected_cents <> s.expected_cents OR "
        "z.counted_cents <> s.counted_cents OR z.difference_cents <> s.difference_cents OR "
        "s.difference_cents <> s.counted_cents - s.expected_cents OR "
        "s.difference_cents <> 0 AND s.difference_reason IS NULL)",
    )
    yield check(
        "I22",
        N_("document in a shift of another till"),
        "SELECT o.number FROM orders o JOIN shifts s ON s.id = o.shift_id WHERE o.id > :order_floor AND "
        "s.till_id <> o.till_id AND o.fulfilment = 'counter'",
    )
    yield check(
        "I22",
        N_("payment in another shift or till than its sale"),
        "SELECT o.number FROM payments p JOIN orders o ON o.id = p.order_id WHERE o.id > :order_floor AND "
        "p.number IS NULL AND (p.till_id <> o.till_id OR coalesce(p.shift_id, 0) <> coalesce(o.shift_id, 0))",
    )


# ------------------------------------------------------------------ what the journal vouches for


class _Says(msgspec.Struct):
    rows: str
    clerk: int
    shift: int = 0


_says = msgspec.json.Decoder(_Says).decode
_COUNTS = query(
    "SELECT " + ", ".join(f"n.{name}" for name in ("shift_id", "kind", *columns.CASH_COUNT)) + " FROM cash_counts n "
    "ORDER BY n.shift_id, n.id"
)
_Z = query("SELECT " + ", ".join(f"z.{name}" for name in columns.Z_REPORT) + " FROM z_reports z")
_SHIFTS = query(
    "SELECT "
    + ", ".join(f"s.{name}" for name in columns.SHIFT_CLOSED)
    + ", a.payload, b.payload, t.code FROM shifts s "
    "JOIN tills t ON t.id = s.till_id LEFT JOIN z_reports z ON z.shift_id = s.id "
    "LEFT JOIN journal b ON b.kind = 'z' AND b.number = z.number "
    "LEFT JOIN journal a ON a.kind = 'shift_open' AND a.number = t.code || '-SHIFT' || "
    "CASE WHEN length(CAST(s.number AS TEXT)) < 6 THEN substr('000000', 1, 6 - length(CAST(s.number AS TEXT))) "
    "ELSE '' END || CAST(s.number AS TEXT) ORDER BY s.id"
)


def walk_counter_documents(connection: sa.Connection, found: Found) -> None:
    """Voids, cash movements, drawer openings, training sales and shifts against the journal's digests (I17, I19)."""
    for kinds, table, names, _target in _ONE_ROW:
        words = ", ".join(f"'{kind}'" for kind in kinds)
        kind = "'cash_' || d.type AS kind" if table == "cash_movements" else f"{words} AS kind"
        statement = query(
            "SELECT " + ", ".join(f"d.{name}" for name in names) + f", {kind}, j.kind, j.payload, j.till_id "
            f"FROM {table} d LEFT JOIN journal j ON j.number = d.number AND j.kind IN ({words}) ORDER BY d.id"
        )
        for row in stream(connection, statement, {}):
            values, (wanted, kind_found, payload, till_id) = row[: len(names)], row[len(names) :]
            name = f"{wanted} {row[names.index('number')]}"
            if payload is None or kind_found != wanted or till_id != row[names.index("till_id")]:
                found.add("I17", f"{name}: has no journal entry")
            elif not _vouches(payload, [(table, [values])]):
                found.add("I19", f"{name}: is not what the journal vouches for")


def walk_shifts(connection: sa.Connection, found: Found) -> None:
    """Shifts, their counts and Z against the digests of their opening and closing (I17, I19, I22)."""
    reports: dict[int, list[tuple[Any, ...]]] = {}
    for row in stream(connection, _Z, {}):
        reports.setdefault(row[columns.Z_REPORT.index("shift_id")], []).append(row)
    counts = Rows(stream(connection, _COUNTS, {}))
    opening = len(columns.SHIFT_OPENING)
    last_left: dict[int, int] = {}
    for row in stream(connection, _SHIFTS, {}):
        shift, (opened, closed, till) = row[: len(columns.SHIFT_CLOSED)], row[len(columns.SHIFT_CLOSED) :]
        name = f"shift {row[3]} of {till}"
        counted = counts.of(row[0])
        parts = {kind: [count[2:] for count in counted if count[1] == kind] for kind in ("open", "close")}
        if opened is None:
            found.add("I17", f"{name}: its opening has no journal entry")
        elif not _vouches(opened, [("shifts", [shift[:opening]]), ("cash_counts", parts["open"])]):
            found.add("I19", f"{name}: its opening is not what the journal vouches for")
        if shift[opening] == "closed":
            rows = [("shifts", [shift]), ("cash_counts", parts["close"]), ("z_reports", reports.pop(row[0], []))]
            if closed is None:
                found.add("I17", f"{name}: its Z has no journal entry")
            elif not _vouches(closed, rows):
                found.add("I19", f"{name}: its closing is not what the journal vouches for")
        _check_counts(name, shift, parts, found)
        till_id, float_cents, difference = shift[2], shift[7], shift[8]
        if difference != (float_cents - last_left[till_id] if till_id in last_left else 0):
            found.add("I22", f"{name}: its opening difference is not float less what the last close left")
        if shift[14] is not None:
            last_left[till_id] = shift[14]
    for shift_id in reports:
        found.add("I22", f"Z of shift {shift_id}: there is no such closed shift")


def _check_counts(name: str, shift: tuple[Any, ...], parts: dict[str, list[tuple[Any, ...]]], found: Found) -> None:
    for kind, total in (("open", shift[7]), ("close", shift[13])):
        if parts[kind] and sum(count[3] * count[4] for count in parts[kind]) != total:
            found.add("I22", f"{name}: the pieces counted at its {kind} do not make its sum")


def _vouches(payload: str, rows: Sequence[tuple[str, Sequence[tuple[Any, ...]]]]) -> bool:
    try:
        says = _says(payload)
        return says.rows == hashlib.sha256(canonical_bytes(rows)).hexdigest()
    except UNREADABLE:
        return False


# ------------------------------------------------------------------ the Z against its documents

_CLOSED = query(
    "SELECT z.number, z.shift_id, z.totals, z.expected_cents, s.left_cents FROM z_reports z "
    "JOIN shifts s ON s.id = z.shift_id WHERE z.id > :z_floor ORDER BY z.id"
)
_NEWEST_Z = sa.text("SELECT coalesce(max(id), 0) FROM z_reports")


def compare_z(reader: Reader, scope: Scope, found: Found) -> None:
    """A Z is the sum of its shift's documents, to the cent, tender by tender and rate by rate (I20, I22)."""
    newest = int(reader.connection.execute(_NEWEST_Z).scalar() or 0)
    floor = newest - 2 if scope.fast else -1
    for number, shift_id, text, expected, left in list(stream(reader.connection, _CLOSED, {"z_floor": floor})):
        totals = running_totals(reader, shift_id)
        try:
            kept = json.loads(text)
            cash = kept["cash"]
            totals = replace(
                totals, counted_cents=cash["counted"], left_cents=left, difference_cents=cash["difference"]
            )
            made = totals_json(totals, kept["currency"], kept["journal"])
            same = _nameless(made) == _nameless({"returns": NO_RETURNS, **kept})
        except UNREADABLE as error:
            found.add("I20", f"Z {number}: its totals cannot be read ({error})")
            continue
        if not same:
            found.add("I20", f"Z {number}: its totals are not the sum of its documents")
        if totals.expected_cents != expected:
            found.add("I22", f"Z {number}: expected {expected}, documents make {totals.expected_cents}")


def _nameless(totals: dict[str, Any]) -> str:
    """The totals' figures in a fixed order; tenders without their names, which the shop may change."""
    tenders = sorted([type, kind, count, cents] for type, _name, kind, count, cents in totals["tenders"])
    rest = {name: value for name, value in totals.items() if name not in {"tenders", "journal"}}
    return json.dumps([tenders, rest], sort_keys=True)
