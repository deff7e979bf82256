"""What must hold of orders, their payments, invoices and parcels (I03, I05-I09, I11, I14, I17, I19, I30)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import msgspec
import sqlalchemy as sa

from shopdesk.core.i18n import N_
from shopdesk.db.batch import Prepared
from shopdesk.db.invariants import UNREADABLE, Check, Found, Rows, check, query, stream
from shopdesk.orders.digests import INVOICE, ORDER_PAYMENT, PLAN, PLAN_LINE, SHIPMENT, SHIPMENT_ITEM
from shopdesk.sales.digests import ADJUSTMENT, ITEM, ORDER, SALE_TABLES, STEP, TAX
from shopdesk.system.invariants import canonical_bytes

Row = tuple[Any, ...]  # Any: rows as the driver gives them
_TRUTHS = frozenset({"prices_include_tax", "track_stock"})
_NEXT = {"pending": {"processing", "cancelled"}, "processing": {"shipped", "cancelled"}, "shipped": {"delivered"}}


def _columns(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"CAST({alias}.{name} AS INTEGER)" if name in _TRUTHS else f"{alias}.{name}" for name in names)


_ORDERED = "JOIN orders o ON o.id = {key} AND o.fulfilment <> 'counter'"


def _of_orders(table: str, columns: Sequence[str], order: str, key: str = "t.order_id", more: str = "") -> Prepared:
    return query(
        f"SELECT {key}, "
        + _columns("t", columns)
        + f" FROM {table} t {more}{_ORDERED.format(key=key)} ORDER BY {key}, {order}"
    )


_ORDERS = query(
    "SELECT " + _columns("o", ORDER) + ", o.status, o.fulfilment, " + _columns("p", PLAN) + ", p.state, p.order_id, "
    "(SELECT j.payload FROM journal j WHERE j.kind = 'sale' AND j.number = o.number), "
    "(SELECT j.payload FROM journal j WHERE j.kind = 'order' AND j.number = o.number), "
    "(SELECT j.payload FROM journal j WHERE j.kind = 'order_change' AND j.number = o.number || '/' || CAST("
    "(SELECT max(CAST(substr(x.number, length(o.number) + 2) AS BIGINT)) FROM journal x WHERE x.kind = 'order_change' "
    "AND x.number > o.number || '/' AND x.number < o.number || '0') AS TEXT)) "
    "FROM orders o LEFT JOIN order_plans p ON p.order_id = o.id WHERE o.fulfilment <> 'counter' ORDER BY o.id"
)
_PLAN_LINES = query(
    "SELECT p.order_id, "
    + _columns("t", PLAN_LINE)
    + " FROM order_plan_lines t JOIN order_plans p ON p.id = t.plan_id "
    "WHERE p.order_id IS NOT NULL ORDER BY p.order_id, t.id"
)
_ITEMS = _of_orders("order_items", ITEM, "t.line")
_STEPS = _of_orders(
    "price_steps", STEP, "i.line, t.position", "i.order_id", "JOIN order_items i ON i.id = t.order_item_id "
)
_ADJUSTMENTS = _of_orders("order_adjustments", ADJUSTMENT, "t.id")
_TAXES = _of_orders("order_taxes", TAX, "t.tax_rate_id")
_HISTORY = _of_orders("order_status_history", ("position", "status", "at", "user_id"), "t.position")
_EVENTS = _of_orders("order_events", ("kind", "at", "user_id"), "t.id")
_TOLD_AS = {
    "pending": {"created"},
    "processing": {"processed"},
    "shipped": {"sent", "delivered"},
    "delivered": {"delivered"},
    "cancelled": {"cancelled"},
}
"""A status to the events of the time line that tell of it, written in the same transaction at the same moment."""
_N, _P = len(ORDER), len(PLAN)
_O = {name: place for place, name in enumerate(ORDER)}
_I = {name: place for place, name in enumerate(ITEM)}
_FULFILMENT = PLAN.index("fulfilment")


class _Says(msgspec.Struct):
    rows: str
    gross: int = 0


_says = msgspec.json.Decoder(_Says).decode


def walk_customer_orders(connection: sa.Connection, found: Found) -> None:
    """Every order that is no counter sale, beside what the journal says of it."""
    lines, items = Rows(stream(connection, _PLAN_LINES, {})).of, Rows(stream(connection, _ITEMS, {})).of
    steps, adjustments = Rows(stream(connection, _STEPS, {})).of, Rows(stream(connection, _ADJUSTMENTS, {})).of
    taxes, history = Rows(stream(connection, _TAXES, {})).of, Rows(stream(connection, _HISTORY, {})).of
    events = Rows(stream(connection, _EVENTS, {})).of
    for row in stream(connection, _ORDERS, {}):
        id, name = row[0], f"order {row[_O['number']]}"
        parts = [[one[1:] for one in of(id)] for of in (lines, items, steps, adjustments, taxes, history, events)]
        try:
            _check(name, row, parts, found)
        except UNREADABLE as error:
            found.add("I07", f"{name}: figures that are none ({error})")


def _check(name: str, row: Row, parts: list[list[Row]], found: Found) -> None:
    lines, items, steps, adjustments, taxes, history, events = parts
    order, status, fulfilment, plan = row[:_N], row[_N], row[_N + 1], row[_N + 2 : _N + 2 + _P]
    state, _order_id, sale, created, changed = row[_N + 2 + _P :]
    if state is None:
        found.add("I17", f"{name}: nothing was agreed for it")
        return
    told = [one[1] for one in history]
    if (
        not told
        or told[0] != "pending"
        or told[-1] != status
        or [one[0] for one in history] != list(range(1, len(told) + 1))
    ):
        found.add("I30", f"{name}: is {status}, its history says {' > '.join(map(str, told)) or 'nothing'}")
    if any(after not in _NEXT.get(before, ()) for before, after in pairwise(told)):
        found.add("I30", f"{name}: steps that may not follow each other: {' > '.join(map(str, told))}")
    _moments(name, order, history, events, found)
    if fulfilment != plan[_FULFILMENT]:
        found.add("I19", f"{name}: is for {fulfilment}, {plan[_FULFILMENT]} was agreed")
    if created is None:
        found.add("I17", f"{name}: has no journal entry")
    elif not _vouched(changed or created, [("order_plans", [plan]), ("order_plan_lines", lines)]):
        found.add("I19", f"{name}: what was agreed is not what the journal vouches for")
    processed = "processing" in told
    if processed != (sale is not None) or (not processed and items):
        found.add("I17", f"{name}: is {status}, and its turnover is {'not ' if sale is None else ''}in the journal")
        return
    if state != {"pending": "ordered", "cancelled": "cancelled"}.get(status, "invoiced"):
        found.add("I30", f"{name}: is {status}, its plan says {state}")
    if not processed:
        return
    tables = [[order], items, steps, adjustments, taxes, []]
    rows = [(table, part) for (table, _columns_), part in zip(SALE_TABLES, tables, strict=True)]
    if not _vouched(sale, rows) or _says(sale).gross != order[_O["total_cents"]]:
        found.add("I19", f"{name}: is not what the journal vouches for")
    _sums(name, order, items, adjustments, taxes, found)


def _moments(name: str, order: Row, history: list[Row], events: list[Row], found: Found) -> None:
    told = set(events)
    for _position, status, at, user in history:
        if not any((kind, at, user) in told for kind in _TOLD_AS.get(status, ())):
            found.add("I30", f"{name}: became {status} when and by whom its time line does not say")
    if history and history[0][2:] != (order[_O["placed_at"]], order[_O["user_id"]]):
        found.add("I30", f"{name}: was not placed when and by whom its history says")


def _sums(name: str, order: Row, items: list[Row], adjustments: list[Row], taxes: list[Row], found: Found) -> None:
    inclusive = order[_O["prices_include_tax"]]
    subtotal = discount = tax = total = 0
    for item in items:
        extended = (2 * item[_I["quantity"]] * item[_I["unit_price_cents"]] + 1000) // 2000
        due = extended - item[_I["discount_cents"]] + (0 if inclusive else item[_I["tax_cents"]])
        if item[_I["total_cents"]] != due:
            found.add("I08", f"{name}: line {item[_I['line']]} costs {item[_I['total_cents']]}, its figures make {due}")
        subtotal, discount = subtotal + extended, discount + item[_I["discount_cents"]]
        tax, total = tax + item[_I["tax_cents"]], total + item[_I["total_cents"]]
    shipping = order[_O["shipping_cents"]]
    if (order[_O["subtotal_cents"]], order[_O["total_cents"]]) != (subtotal, total + shipping):
        found.add("I07", f"{name}: total {order[_O['total_cents']]}, its parts make {total + shipping}")
    if (
        not order[_O["discount_cents"]]
        == discount
        == -sum(one[ADJUSTMENT.index("amount_cents")] for one in adjustments)
    ):
        found.add("I10", f"{name}: discount {order[_O['discount_cents']]}, lines {discount}")
    if not order[_O["tax_cents"]] == tax == sum(one[TAX.index("tax_cents")] for one in taxes):
        found.add("I09", f"{name}: tax {order[_O['tax_cents']]}, lines {tax}")


def _vouched(payload: str, rows: Sequence[tuple[str, Sequence[Row]]]) -> bool:
    return _says(payload).rows == hashlib.sha256(canonical_bytes(rows)).hexdigest()


_ONE_ROW = (
    (("payment",), "payments", ORDER_PAYMENT, "d.number IS NOT NULL"),
    (("invoice", "credit_note"), "invoices", INVOICE, "1 = 1"),
)
_PARCELS = query(
    "SELECT " + _columns("d", SHIPMENT) + ", j.payload FROM shipments d LEFT JOIN journal j ON j.kind = 'shipment' "
    "AND j.number = d.number ORDER BY d.id"
)
_PARCEL_ITEMS = query("SELECT " + _columns("t", SHIPMENT_ITEM) + " FROM shipment_items t ORDER BY t.shipment_id, t.id")


def walk_order_papers(connection: sa.Connection, found: Found) -> None:
    """Payments, invoices and parcels against the journal's digests (I17, I19)."""
    for kinds, table, names, which in _ONE_ROW:
        words = ", ".join(f"'{kind}'" for kind in kinds)
        statement = query(
            "SELECT " + _columns("d", names) + f", j.payload FROM {table} d LEFT JOIN journal j ON j.number = d.number "
            f"AND j.kind IN ({words}) WHERE {which} ORDER BY d.id"
        )
        for row in stream(connection, statement, {}):
            _compare(f"{kinds[0]} {row[names.index('number')]}", row[-1], [(table, [row[:-1]])], found)
    items = Rows(stream(connection, _PARCEL_ITEMS, {}), 1).of
    for row in stream(connection, _PARCELS, {}):
        rows = [("shipments", [row[:-1]]), ("shipment_items", items(row[0]))]
        _compare(f"parcel {row[2]}", row[-1], rows, found)


def _compare(name: str, payload: str | None, rows: Sequence[tuple[str, Sequence[Row]]], found: Found) -> None:
    if payload is None:
        found.add("I17", f"{name}: has no journal entry")
        return
    try:
        same = _vouched(payload, rows)
    except UNREADABLE:
        same = False
    if not same:
        found.add("I19", f"{name}: is not what the journal vouches for")


def order_checks() -> Iterator[Check]:
    """What is seen across documents."""
    for kind, table in (("order", "orders"), ("payment", "payments"), ("shipment", "shipments")):
        yield check(
            "I17",
            N_("journal entry without its document"),
            f"SELECT j.kind, j.number FROM journal j LEFT JOIN {table} d ON d.number = j.number WHERE j.kind = '{kind}' "
            "AND j.id > :journal_floor AND d.id IS NULL",
        )
    yield check(
        "I17",
        N_("journal entry without its document"),
        "SELECT j.kind, j.number FROM journal j LEFT JOIN invoices d ON d.number = j.number AND d.kind = j.kind "
        "WHERE j.kind IN ('invoice', 'credit_note') AND j.id > :journal_floor AND d.id IS NULL",
    )
    yield check(
        "I17",
        N_("processed order without its one invoice, or return of an order without its credit note"),
        "SELECT o.number, count(i.id) AS invoices FROM orders o LEFT JOIN invoices i ON i.order_id = o.id AND i.kind = 'invoice' "
        "WHERE o.fulfilment <> 'counter' AND EXISTS (SELECT 1 FROM order_items t WHERE t.order_id = o.id) "
        "GROUP BY o.id, o.number, o.total_cents HAVING count(i.id) <> 1 OR max(i.total_cents) <> o.total_cents "
        "UNION ALL SELECT r.number, count(i.id) FROM returns r JOIN orders o ON o.id = r.order_id AND o.fulfilment <> 'counter' "
        "LEFT JOIN invoices i ON i.return_id = r.id AND i.kind = 'credit_note' AND i.total_cents = r.total_cents "
        "GROUP BY r.id, r.number HAVING count(i.id) <> 1",
        fast=False,
    )
    yield check(
        "I11",
        N_("more paid than an order costs"),
        "SELECT o.number, o.total_cents, sum(p.amount_cents) AS paid FROM orders o JOIN payments p ON p.order_id = o.id "
        "AND p.status = 'succeeded' WHERE o.fulfilment <> 'counter' AND o.status <> 'cancelled' "
        "GROUP BY o.id, o.number, o.total_cents HAVING sum(p.amount_cents) > o.total_cents",
        fast=False,
    )
    yield check(
        "I14",
        N_("more in parcels than was sold"),
        "SELECT i.order_id, i.line, i.quantity, sum(t.quantity) AS packed FROM shipment_items t JOIN shipments s "
        "ON s.id = t.shipment_id AND s.status <> 'cancelled' JOIN order_items i ON i.id = t.order_item_id "
        "GROUP BY i.id, i.order_id, i.line, i.quantity HAVING sum(t.quantity) > i.quantity",
    )
    yield check(
        "I14",
        N_("parcel with goods of another order"),
        "SELECT s.number FROM shipment_items t JOIN shipments s ON s.id = t.shipment_id LEFT JOIN order_items i "
        "ON i.id = t.order_item_id WHERE i.id IS NULL OR i.order_id <> s.order_id",
    )
    yield check(
        "I05",
        N_("sent line without its move of stock"),
        "SELECT s.number, i.line, i.sku FROM shipment_items t JOIN shipments s ON s.id = t.shipment_id "
        "AND s.status IN ('shipped', 'delivered') JOIN order_items i ON i.id = t.order_item_id LEFT JOIN inventory_ledger l "
        "ON l.reference_type = 'shipment' AND l.reference_id = s.id AND l.line_id = t.id AND l.type = 'sale' "
        "WHERE i.track_stock AND i.variant_id IS NOT NULL AND (l.id IS NULL OR l.quantity_change <> -t.quantity)",
        fast=False,
    )
    yield check(
        "I06",
        N_("parcel's move without its line, or unlike it"),
        "SELECT l.variant_id, l.warehouse_id, l.seq, l.type FROM inventory_ledger l LEFT JOIN shipments s "
        "ON s.id = l.reference_id AND s.status IN ('shipped', 'delivered') LEFT JOIN shipment_items t ON t.id = l.line_id "
        "AND t.shipment_id = s.id LEFT JOIN order_items i ON i.id = t.order_item_id "
        "WHERE l.reference_type = 'shipment' AND l.id > :ledger_floor "
        "AND (i.id IS NULL OR l.type <> 'sale' OR l.variant_id <> i.variant_id OR l.warehouse_id <> i.warehouse_id "
        "OR l.quantity_change <> -t.quantity)",
    )
    yield check(
        "I03",
        N_("set aside for an order that does not wait for it"),
        "SELECT r.id, r.variant_id, r.quantity FROM reservations r LEFT JOIN order_plan_lines t ON t.id = r.plan_line_id "
        "LEFT JOIN order_plans p ON p.id = t.plan_id LEFT JOIN orders o ON o.id = p.order_id WHERE r.state = 'open' "
        "AND r.plan_line_id IS NOT NULL AND (o.id IS NULL OR o.status NOT IN ('pending', 'processing') "
        "OR t.variant_id <> r.variant_id)",
    )
    yield check(
        "I37",
        N_("document without its audit row"),
        "SELECT s.number FROM shipments s WHERE NOT EXISTS (SELECT 1 FROM audit_log a WHERE a.target_type <> 'order' "
        "AND a.target_type = 'shipment' AND a.target_id = s.number) UNION ALL SELECT p.number FROM payments p "
        "WHERE p.number IS NOT NULL AND NOT EXISTS (SELECT 1 FROM audit_log a WHERE a.target_type <> 'order' "
        "AND a.target_type = 'payment' AND a.target_id = p.number)",
        fast=False,
    )
