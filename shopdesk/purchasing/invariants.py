"""What must hold of purchasing: documents against journal, stock and orders, and the steps of every order."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import msgspec
import sqlalchemy as sa

from shopdesk.core.i18n import N_
from shopdesk.db.invariants import UNREADABLE, Check, Found, Rows, check, query, stream
from shopdesk.purchasing.digests import BUYING_TABLES
from shopdesk.purchasing.steps import LEGAL
from shopdesk.system.invariants import canonical_bytes

_DOCUMENTS = {
    kind: (
        query(
            "SELECT "
            + ", ".join(f"d.{name}" for name in tables[0][1])
            + f", j.payload, j.till_id FROM {tables[0][0]} d LEFT JOIN journal j ON j.kind = '{kind}' "
            "AND j.number = d.number "
            + {"receipt": "WHERE d.reverses_id IS NULL ", "receipt_reversal": "WHERE d.reverses_id IS NOT NULL "}.get(
                kind, ""
            )
            + "ORDER BY d.id"
        ),
        query(
            "SELECT " + ", ".join(f"i.{name}" for name in tables[1][1]) + f" FROM {tables[1][0]} i "
            f"ORDER BY i.{tables[1][1][1]}, i.id"
        )
        if len(tables) > 1
        else None,
    )
    for kind, tables in BUYING_TABLES.items()
}


class _Payload(msgspec.Struct):
    rows: str
    key: str
    lines: int


_decode = msgspec.json.Decoder(_Payload).decode


def walk_buying_documents(connection: sa.Connection, found: Found) -> None:
    """Orders as sent, deliveries, reversals and goods sent back against the journal's digests (I17, I19)."""
    for kind, (documents, rows) in _DOCUMENTS.items():
        (table, columns), *rest = BUYING_TABLES[kind]
        number, till, uid = (columns.index(name) for name in ("number", "till_id", "uid"))
        lines = None if rows is None else Rows(stream(connection, rows, {}), 1)
        for row in stream(connection, documents, {}):
            document, (payload, till_id) = row[: len(columns)], row[len(columns) :]
            own = [] if lines is None else lines.of(row[0])
            name = f"{kind} {document[number]}"
            if payload is None or till_id != document[till]:
                found.add("I17", f"{name}: has no journal entry")
                continue
            try:
                says = _decode(payload)
                tables = [[table, [_plain(document)]]]
                tables += [[line_table, [_plain(line) for line in own]] for line_table, _columns in rest]
                hashed = sha256(canonical_bytes(tables)).hexdigest()
            except UNREADABLE as error:
                found.add("I19", f"{name}: cannot be read ({error})")
                continue
            if (says.rows, says.key, says.lines) != (hashed, document[uid], len(own)):
                found.add("I19", f"{name}: is not what the journal vouches for")


def _plain(row: tuple[object, ...]) -> list[object]:
    """A row as the journal's digest has it: PostgreSQL gives truth values where SQLite gives 0 and 1."""
    return [int(value) if isinstance(value, bool) else value for value in row]


_STEPS = query(
    "SELECT p.id, p.status, h.position, h.event, h.status, h.note, h.user_id, h.created_at FROM purchase_orders p "
    "LEFT JOIN purchase_order_history h ON h.purchase_order_id = p.id ORDER BY p.id, h.position"
)
_STEP_AUDITS = query(
    "SELECT a.target_id, a.action, a.actor_id, a.created_at, a.metadata FROM audit_log a "
    "WHERE a.target_type <> 'order' AND a.target_type = 'purchase_order' AND a.action <> 'purchase_order.note'"
)
_STEP_RECEIPTS = query(
    "SELECT r.purchase_order_id, r.number, r.user_id, r.created_at, r.reverses_id FROM receipts r "
    "WHERE r.purchase_order_id IS NOT NULL"
)
_ACTIONS = {
    "created": ("purchase_order.draft", ""),
    "ordered": ("purchase_order.place", ""),
    "sent": ("purchase_order.sent", "to"),
    "cancelled": ("purchase_order.cancel", "reason"),
}
"""The audit line of each step, and which of its details the step's note repeats."""
_MOMENT = 10 * 1_000_000
"""Microseconds between the writing of a step and of the line that tells of it: both are in one transaction."""
Told = tuple[str, int, str, int]  # event, who, note, when


def walk_orders(connection: sa.Connection, found: Found) -> None:
    """Every order went through allowed steps from a draft to where it stands (I30), and each step is told elsewhere (I37)."""
    told = _told_steps(connection)
    order, now, before, place = 0, "", "", 0

    def finish() -> None:
        if order and before != now:
            found.add("I30", f"purchase order {order}: is {now}, its history ends with {before or 'nothing'}")

    for order_id, status, position, event, step, note, user, at in stream(connection, _STEPS, {}):
        if order_id != order:
            finish()
            order, now, before, place = order_id, status, "", 0
        place += 1
        allowed = {"draft"} if place == 1 else LEGAL.get(before, frozenset())
        if position != place or step not in allowed or (place == 1) != (event == "created"):
            found.add(
                "I30", f"purchase order {order_id}: step {position} ({event}) to {step} after {before or 'nothing'}"
            )
        if event is not None and not _take(told.get(order_id, []), (event, user, note, at)):
            found.add("I37", f"purchase order {order_id}: step {position} ({event}) is told nowhere else")
        before = step
    finish()
    for order_id, left in told.items():
        for event, _user, note, _at in left:
            if event != "created":  # a draft is saved as often as people like
                found.add("I37", f"purchase order {order_id}: the step {event} {note} is missing")


def _take(told: list[Told], step: Told) -> bool:
    """Whether a step is told, by a line that tells of no other step."""
    for place, one in enumerate(told):
        if one[:3] == step[:3] and abs(one[3] - step[3]) <= _MOMENT:
            del told[place]
            return True
    return False


def _told_steps(connection: sa.Connection) -> dict[int, list[Told]]:
    """What the audit log and the deliveries say of each order's steps."""
    told: dict[int, list[Told]] = {}
    events = {action: (event, key) for event, (action, key) in _ACTIONS.items()}
    for target, action, user, at, details in stream(connection, _STEP_AUDITS, {}):
        event, key = events.get(action, ("", ""))
        note = str(msgspec.json.decode(details).get(key, "")) if key else ""
        if event and target.isdecimal():
            told.setdefault(int(target), []).append((event, user, note, at))
    for order, number, user, at, reverses in stream(connection, _STEP_RECEIPTS, {}):
        event = "received" if reverses is None else "reversed"
        told.setdefault(order, []).append((event, user, number, at))
    return told


_SENT_LINES = query(
    "SELECT i.purchase_order_id, i.position, i.variant_id, i.sku, i.name, i.supplier_code, i.quantity, i.pack_quantity, "
    "i.pack_cost_cents FROM purchase_order_lines i JOIN purchase_order_papers d "
    "ON d.purchase_order_id = i.purchase_order_id ORDER BY i.purchase_order_id, i.position"
)
_SENT_ORDERS = query(
    "SELECT d.purchase_order_id, p.number, d.number, d.content, p.total_cents, p.supplier_id, p.warehouse_id "
    "FROM purchase_order_papers d "
    "JOIN purchase_orders p ON p.id = d.purchase_order_id ORDER BY d.purchase_order_id"
)
_LINE_NAMES = ("position", "variant_id", "sku", "name", "supplier_code", "quantity", "pack_quantity", "pack_cost_cents")


def compare_sent(connection: sa.Connection, found: Found) -> None:
    """A placed order still asks for what was sent (I19): its lines, number and total are those of its frozen paper."""
    lines = Rows(stream(connection, _SENT_LINES, {}), 0)
    for order_id, number, paper_number, content, total, supplier, warehouse in stream(connection, _SENT_ORDERS, {}):
        own = [dict(zip(_LINE_NAMES, row[1:], strict=True)) for row in lines.of(order_id)]
        try:
            says = msgspec.json.decode(content)
            same = (says["number"], says["lines"], says["total_cents"]) == (number, own, total)
            same = same and (says["supplier_id"], says["warehouse_id"]) == (supplier, warehouse)
        except UNREADABLE:
            same = False
        if not same or number != paper_number:
            found.add("I19", f"purchase order {number}: is not what was sent")


def buying_checks() -> Iterator[Check]:
    """Lines against their moves of stock, counts against deliveries, and the documents' own sums (I05, I06, I07, I17, I37)."""
    yield check(
        "I05",
        N_("line of a delivery or return without its move of stock"),
        "SELECT d.number, i.sku FROM receipt_lines i JOIN receipts d ON d.id = i.receipt_id LEFT JOIN inventory_ledger l "
        "ON l.reference_type = 'receipt' AND l.reference_id = d.id AND l.line_id = i.id "
        "AND l.type = CASE WHEN i.quantity > 0 THEN 'receive' ELSE 'adjust' END "
        "WHERE i.track_stock AND (l.id IS NULL OR l.quantity_change <> i.quantity) "
        "UNION ALL SELECT d.number, i.sku FROM supplier_return_lines i JOIN supplier_returns d "
        "ON d.id = i.supplier_return_id LEFT JOIN inventory_ledger l ON l.reference_type = 'supplier_return' "
        "AND l.reference_id = d.id AND l.line_id = i.id AND l.type = 'adjust' "
        "WHERE i.track_stock AND (l.id IS NULL OR l.quantity_change <> -i.quantity)",
        fast=False,
    )
    shown = "SELECT l.variant_id, l.warehouse_id, l.seq, l.type FROM inventory_ledger l "
    unlike = "i.id IS NULL OR l.variant_id <> i.variant_id OR l.warehouse_id <> d.warehouse_id"
    yield check(
        "I06",
        N_("delivery's move without its line, or unlike it"),
        shown + "LEFT JOIN receipts d ON d.id = l.reference_id LEFT JOIN receipt_lines i ON i.id = l.line_id "
        "AND i.receipt_id = d.id AND i.track_stock WHERE l.reference_type = 'receipt' AND l.id > :ledger_floor "
        f"AND ({unlike} OR l.quantity_change <> i.quantity OR l.type = 'receive' AND l.quantity_change < 0 "
        "OR l.type = 'adjust' AND (l.quantity_change > 0 OR d.reverses_id IS NULL) OR l.type NOT IN ('receive', 'adjust'))",
    )
    yield check(
        "I06",
        N_("move of goods sent back without its line, or unlike it"),
        shown + "LEFT JOIN supplier_returns d ON d.id = l.reference_id LEFT JOIN supplier_return_lines i "
        "ON i.id = l.line_id AND i.supplier_return_id = d.id AND i.track_stock WHERE l.reference_type = 'supplier_return' "
        f"AND l.id > :ledger_floor AND ({unlike} OR l.quantity_change <> -i.quantity OR l.type <> 'adjust')",
    )
    yield check(
        "I06",
        N_("received with another type or for another kind of document"),
        shown + "WHERE l.type = 'receive' AND l.id > :ledger_floor AND (l.quantity_change < 0 "
        "OR l.reference_type NOT IN ('receipt', 'adjustment'))",
    )
    yield check(
        "I05",
        N_("ordered line whose received count is not that of its deliveries"),
        "SELECT p.number, i.sku, i.received FROM purchase_order_lines i JOIN purchase_orders p "
        "ON p.id = i.purchase_order_id WHERE i.received <> (SELECT coalesce(sum(r.quantity), 0) FROM receipt_lines r "
        "WHERE r.order_line_id = i.id)",
        fast=False,
    )
    yield check(
        "I05",
        N_("delivered line of another order, variant or supplier"),
        "SELECT d.number, i.sku FROM receipt_lines i JOIN receipts d ON d.id = i.receipt_id JOIN purchase_order_lines o "
        "ON o.id = i.order_line_id JOIN purchase_orders p ON p.id = o.purchase_order_id "
        "WHERE d.purchase_order_id IS DISTINCT FROM p.id OR o.variant_id <> i.variant_id OR p.supplier_id <> d.supplier_id",
        fast=False,
    )
    yield check(
        "I05",
        N_("delivery taken back otherwise than it came"),
        "SELECT d.number, i.sku FROM receipt_lines i JOIN receipts d ON d.id = i.receipt_id "
        "LEFT JOIN receipt_lines w ON w.id = i.reverses_line_id "
        "WHERE d.reverses_id IS NOT NULL AND (w.id IS NULL OR w.receipt_id <> d.reverses_id OR w.quantity <> -i.quantity "
        "OR w.variant_id <> i.variant_id OR w.total_cents <> -i.total_cents) "
        "OR d.reverses_id IS NULL AND i.reverses_line_id IS NOT NULL "
        "UNION ALL SELECT d.number, w.sku FROM receipts d JOIN receipt_lines w ON w.receipt_id = d.reverses_id "
        "WHERE NOT EXISTS (SELECT 1 FROM receipt_lines i WHERE i.receipt_id = d.id AND i.reverses_line_id = w.id)",
        fast=False,
    )
    yield check(
        "I05",
        N_("more sent back of a delivery than it brought"),
        "SELECT d.number, i.sku, i.quantity FROM receipt_lines i JOIN receipts d ON d.id = i.receipt_id "
        "JOIN supplier_return_lines b ON b.receipt_line_id = i.id GROUP BY d.number, i.id, i.sku, i.quantity "
        "HAVING sum(b.quantity) > i.quantity "
        "UNION ALL SELECT d.number, b.sku, b.quantity FROM supplier_return_lines b JOIN supplier_returns d "
        "ON d.id = b.supplier_return_id LEFT JOIN receipt_lines i ON i.id = b.receipt_line_id "
        "WHERE (b.receipt_line_id IS NULL) <> (d.receipt_id IS NULL) "
        "OR i.id IS NOT NULL AND (i.receipt_id <> d.receipt_id OR i.variant_id <> b.variant_id) "
        "OR EXISTS (SELECT 1 FROM receipts w WHERE w.reverses_id = d.receipt_id)",
        fast=False,
    )
    for lines, heads, parent in (
        ("receipt_lines", "receipts", "receipt_id"),
        ("supplier_return_lines", "supplier_returns", "supplier_return_id"),
        ("purchase_order_lines", "purchase_orders", "purchase_order_id"),
    ):
        yield _total(lines, heads, parent)
    yield check(
        "I07",
        N_("ordered line whose cost of a unit is not that of its pack"),
        "SELECT i.id, i.sku, i.unit_cost_cents FROM purchase_order_lines i "
        "WHERE i.unit_cost_cents <> (2000 * i.pack_cost_cents + i.pack_quantity) / (2 * i.pack_quantity)",
        fast=False,
    )
    yield check(
        "I30",
        N_("order whose status is not that of its lines"),
        "SELECT p.id, p.number, p.status FROM purchase_orders p LEFT JOIN (SELECT i.purchase_order_id AS id, "
        "sum(CASE WHEN i.quantity > i.received + i.cancelled THEN 1 ELSE 0 END) AS waiting, "
        "sum(CASE WHEN i.received > 0 THEN 1 ELSE 0 END) AS came FROM purchase_order_lines i GROUP BY 1) s ON s.id = p.id "
        "WHERE p.number IS NOT NULL AND p.status <> CASE WHEN s.waiting > 0 THEN CASE WHEN s.came > 0 "
        "THEN 'part_received' ELSE 'ordered' END WHEN s.came > 0 THEN 'received' ELSE 'cancelled' END",
        fast=False,
    )
    yield check(
        "I17",
        N_("numbered order without its paper, or draft with one"),
        "SELECT p.id, p.number FROM purchase_orders p LEFT JOIN purchase_order_papers d ON d.purchase_order_id = p.id "
        "WHERE p.number IS DISTINCT FROM d.number OR p.till_id IS DISTINCT FROM d.till_id "
        "OR p.ordered_at IS DISTINCT FROM d.created_at",
        fast=False,
    )
    for kind, table in (
        ("purchase_order", "purchase_order_papers"),
        ("receipt", "receipts"),
        ("receipt_reversal", "receipts"),
        ("supplier_return", "supplier_returns"),
    ):
        yield check(
            "I17",
            N_("journal entry without its document"),
            f"SELECT j.kind, j.number FROM journal j LEFT JOIN {table} d ON d.number = j.number AND d.till_id = j.till_id "
            f"WHERE j.kind = '{kind}' AND j.id > :journal_floor AND d.id IS NULL",
        )
    for table, target, name in (
        ("receipts", "receipt", "d.number"),
        ("supplier_returns", "supplier_return", "d.number"),
        ("purchase_order_papers", "purchase_order", "CAST(d.purchase_order_id AS TEXT)"),
    ):
        yield check(
            "I37",
            N_("document without its audit row"),
            f"SELECT d.number FROM {table} d WHERE NOT EXISTS (SELECT 1 FROM audit_log a "
            f"WHERE a.target_type <> 'order' AND a.target_type = '{target}' AND a.target_id = {name})",
            fast=False,
        )


def _total(lines: str, heads: str, parent: str) -> Check:
    """A document's total is the sum of its lines, each rounded half away from zero from the cost of its pack."""
    size = "2 * abs(i.quantity) * i.pack_cost_cents + i.pack_quantity"
    exact = f"(CASE WHEN i.quantity < 0 THEN -1 ELSE 1 END) * (({size}) / (2 * i.pack_quantity))"
    post = (
        "(CASE WHEN i.quantity < 0 THEN -1 ELSE 1 END) * div(2 * CAST(abs(i.quantity) AS NUMERIC) * i.pack_cost_cents "
        "+ i.pack_quantity, 2 * i.pack_quantity)"
    )
    told = (
        f"SELECT d.id, d.total_cents, coalesce(sum({{line}}), 0) AS lines FROM {heads} d LEFT JOIN {lines} i "
        f"ON i.{parent} = d.id GROUP BY d.id, d.total_cents HAVING d.total_cents <> coalesce(sum({{line}}), 0)"
    )
    return check(
        "I07",
        N_("document of purchasing whose total is not that of its lines"),
        told.replace("{line}", exact),
        postgresql=told.replace("{line}", post),
        fast=False,
    )
