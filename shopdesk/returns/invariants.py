"""What must hold of returns: shares of what was sold, refunds within what paid, rows as the journal vouches for them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from shopdesk.core.i18n import N_
from shopdesk.db.invariants import UNREADABLE, Check, Found, Rows, check, query, stream
from shopdesk.returns.share import SoldPart, take_back
from shopdesk.sales.digests_return import REFUND, RETURN, RETURN_ITEM, RETURN_TABLES, RETURN_TAX
from shopdesk.system.invariants import canonical_bytes

Row = tuple[Any, ...]  # Any: rows as the driver gives them
_TRUTHS = frozenset({"prices_include_tax", "track_stock"})


def _columns(alias: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"CAST({alias}.{name} AS INTEGER)" if name in _TRUTHS else f"{alias}.{name}" for name in names)


_RETURNS = query(
    "SELECT " + _columns("r", RETURN) + ", j.payload, j.till_id, j.created_at, k.use_case FROM returns r "
    "LEFT JOIN journal j ON j.kind = 'return' AND j.number = r.number "
    "LEFT JOIN idempotency_keys k ON k.key = r.uid ORDER BY r.id"
)
_ITEMS = query(
    "SELECT "
    + _columns("i", RETURN_ITEM)
    + ", s.order_id, s.line, s.quantity, s.discount_cents, s.total_cents, s.tax_rates, "
    "coalesce((SELECT sum(e.quantity) FROM return_items e WHERE e.order_item_id = i.order_item_id AND e.id < i.id), 0) "
    "FROM return_items i LEFT JOIN order_items s ON s.id = i.order_item_id ORDER BY i.return_id, i.line"
)
_TAXES = query("SELECT " + _columns("t", RETURN_TAX) + " FROM return_taxes t ORDER BY t.return_id, t.tax_rate_id")
_REFUNDS = query(
    "SELECT " + _columns("f", REFUND) + " FROM refunds f WHERE f.return_id IS NOT NULL ORDER BY f.return_id, f.id"
)
_R = {name: place for place, name in enumerate(RETURN)}
_I = {name: place for place, name in enumerate(RETURN_ITEM)}
_N = len(RETURN)
_rates = msgspec.json.Decoder(list[tuple[int, int, int, int]]).decode


class _Payload(msgspec.Struct):
    """What the journal says of a return."""

    key: str
    rows: str
    gross: int
    clerk: int
    fee: int
    shipping: int
    set_off: int
    rounding: int
    lines: int
    cash: int
    tenders: list[tuple[str, int]]
    tax: list[list[int]]


_payload = msgspec.json.Decoder(_Payload).decode


def walk_returns(connection: sa.Connection, found: Found) -> None:
    """Every return with its rows, in one pass over four ordered streams."""
    items = Rows(stream(connection, _ITEMS, {}), _I["return_id"]).of
    taxes = Rows(stream(connection, _TAXES, {})).of
    refunds = Rows(stream(connection, _REFUNDS, {}), REFUND.index("return_id")).of
    for head in stream(connection, _RETURNS, {}):
        id = head[0]
        name = f"return {head[_R['number']]}"
        rows = items(id), taxes(id), refunds(id)
        try:
            _check(name, head, *rows, found)
        except UNREADABLE as error:
            found.add("I13", f"{name}: figures that are none ({error})")


_CANCELLED = query(
    "SELECT o.id, o.number, j.payload FROM orders o LEFT JOIN journal j ON j.kind = 'order_cancelled' AND j.number = o.number "
    "WHERE j.id IS NOT NULL OR o.id IN (SELECT f.order_id FROM refunds f WHERE f.return_id IS NULL) ORDER BY o.id"
)
_DEPOSITS_BACK = query(
    "SELECT " + _columns("f", REFUND) + " FROM refunds f WHERE f.return_id IS NULL ORDER BY f.order_id, f.id"
)


def walk_cancelled_orders(connection: sa.Connection, found: Found) -> None:
    """What went back of orders that were cancelled before they became turnover, against the journal (I17, I19)."""
    refunds = Rows(stream(connection, _DEPOSITS_BACK, {}), REFUND.index("order_id")).of
    for id, number, payload in stream(connection, _CANCELLED, {}):
        rows = refunds(id)
        if payload is None:
            found.add("I17", f"order {number}: gave money back without a journal entry")
            continue
        try:
            same = (
                msgspec.json.decode(payload)["rows"] == hashlib.sha256(canonical_bytes([("refunds", rows)])).hexdigest()
            )
        except UNREADABLE:
            same = False
        if not same:
            found.add("I19", f"order {number}: what it gave back is not what the journal vouches for")


def _check(name: str, head: Row, items: list[Row], taxes: list[Row], refunds: list[Row], found: Found) -> None:
    inclusive = bool(head[_R["prices_include_tax"]])
    goods = 0
    by_rate: dict[int, list[int]] = {}
    for row in items:
        order_id, line, quantity, discount, total, rates, before = row[len(RETURN_ITEM) :]
        item = {column: row[place] for column, place in _I.items()}
        if order_id != head[_R["order_id"]] or line != item["line"]:
            found.add("I13", f"{name}: line {item['line']} is no line of its sale")
            continue
        if before + item["quantity"] > quantity:
            found.add("I13", f"{name}: line {line} brings back {before + item['quantity']} of {quantity}")
            continue
        sold = SoldPart(line, quantity, before, discount, total, tuple(_rates(rates)), inclusive)
        due = take_back(sold, item["quantity"])
        told = (item["gross_cents"], item["discount_cents"], item["tax_cents"], item["total_cents"])
        if told != (due.gross_cents, due.discount_cents, due.tax_cents, due.total_cents):
            found.add("I13", f"{name}: line {line} is not the share of what was sold")
        if tuple(_rates(item["tax_rates"])) != due.rates:
            found.add("I13", f"{name}: the rates of line {line} are not their share")
        goods += due.total_cents
        for rate_id, _ppm, _compound, cents in due.rates:
            sums = by_rate.setdefault(rate_id, [0, 0])
            sums[0] += due.net_cents
            sums[1] += cents
    if {row[1]: [row[4], row[5]] for row in taxes} != by_rate:
        found.add("I09", f"{name}: its taxes are not those of its lines")
    for column in ("gross_cents", "discount_cents", "tax_cents"):
        if head[_R[column]] != sum(row[_I[column]] for row in items):
            found.add("I07", f"{name}: {column} is not the sum of its lines")
    given = sum(row[REFUND.index("amount_cents")] for row in refunds)
    credit = goods + head[_R["shipping_cents"]] - head[_R["fee_cents"]] + head[_R["rounding_cents"]]
    if not given + head[_R["set_off_cents"]] == -head[_R["total_cents"]] == credit:
        found.add("I12", f"{name}: gives back {given}, its lines make {goods}")
    payload, till_id, at, use_case = head[_N:]
    if use_case not in ("return", "cancel_order"):
        found.add("I15", f"{name}: its key has no stored answer")
    if payload is None or till_id != head[_R["till_id"]]:
        found.add("I17", f"{name}: has no journal entry")
        return
    says = _payload(payload)
    tables = (head[:_N],), [row[: len(RETURN_ITEM)] for row in items], taxes, refunds
    rows = [(table, list(part)) for (table, _columns_), part in zip(RETURN_TABLES, tables, strict=True)]
    kind, amount = REFUND.index("type"), REFUND.index("amount_cents")
    cash = sum(row[amount] for row in refunds if row[REFUND.index("kind")] == "cash")
    vouched = (
        hashlib.sha256(canonical_bytes(rows)).hexdigest() == says.rows,
        (says.key, says.gross, says.clerk) == tuple(head[_R[name]] for name in ("uid", "total_cents", "user_id")),
        (says.fee, says.rounding, says.shipping, says.set_off)
        == tuple(head[_R[name]] for name in ("fee_cents", "rounding_cents", "shipping_cents", "set_off_cents")),
        (says.lines, says.cash, at) == (len(items), cash, head[_R["created_at"]]),
        says.tenders == [(row[kind], -row[amount]) for row in refunds],
        says.tax == [[row[3], -row[4], -row[5]] for row in taxes],
    )
    if not all(vouched):
        found.add("I19", f"{name}: is not what the journal vouches for")


def return_checks() -> Iterator[Check]:
    """What is seen across documents: refunds per payment and sale, stock moves, journal, audit, approvals."""
    yield check(
        "I12",
        N_("payment that gave back more than it brought"),
        "SELECT p.id, p.amount_cents, sum(f.amount_cents) AS refunded FROM refunds f JOIN payments p ON p.id = f.payment_id "
        "GROUP BY p.id, p.amount_cents HAVING sum(f.amount_cents) > p.amount_cents",
    )
    yield check(
        "I12",
        N_("refund of another sale's payment, or without its return"),
        "SELECT f.id FROM refunds f LEFT JOIN payments p ON p.id = f.payment_id LEFT JOIN returns r ON r.id = f.return_id "
        "WHERE p.id IS NULL OR f.return_id IS NOT NULL AND r.id IS NULL OR p.order_id <> f.order_id OR r.order_id <> f.order_id "
        "OR p.type <> f.type OR p.kind <> f.kind OR f.till_id <> r.till_id OR f.return_id IS NOT NULL "
        "AND coalesce(f.shift_id, 0) <> coalesce(r.shift_id, 0) "
        "OR f.status = 'processed' AND f.processed_at IS NULL",
    )
    yield check(
        "I12",
        N_("sale that was voided and came back as well"),
        "SELECT r.number, v.number AS void FROM returns r JOIN voids v ON v.order_id = r.order_id",
    )
    yield check(
        "I13",
        N_("returned line that did not go back to stock once"),
        "SELECT i.return_id, i.line, i.sku FROM return_items i LEFT JOIN inventory_ledger l ON l.reference_type = 'return' "
        "AND l.reference_id = i.return_id AND l.line_id = i.id AND l.type = 'return' WHERE i.warehouse_id IS NOT NULL "
        "AND (l.id IS NULL OR l.quantity_change <> i.quantity OR i.condition <> 'stock') "
        "OR i.warehouse_id IS NULL AND i.condition = 'stock' AND i.track_stock AND i.variant_id IS NOT NULL",
    )
    yield check(
        "I06",
        N_("return's move without its line, or unlike it"),
        "SELECT l.variant_id, l.warehouse_id, l.seq, l.type FROM inventory_ledger l LEFT JOIN return_items i "
        "ON i.id = l.line_id AND i.return_id = l.reference_id WHERE l.reference_type = 'return' AND l.id > :ledger_floor "
        "AND (i.id IS NULL OR l.type <> 'return' OR l.variant_id <> i.variant_id OR i.warehouse_id IS NULL "
        "OR l.warehouse_id <> i.warehouse_id OR l.quantity_change <> i.quantity)",
    )
    yield check(
        "I17",
        N_("journal entry without its document"),
        "SELECT j.kind, j.number FROM journal j LEFT JOIN returns r ON r.number = j.number AND r.till_id = j.till_id "
        "WHERE j.kind = 'return' AND j.id > :journal_floor AND r.id IS NULL",
    )
    yield check(
        "I37",
        N_("document without its audit row"),
        "SELECT r.number FROM returns r WHERE NOT EXISTS (SELECT 1 FROM audit_log a WHERE a.target_type <> 'order' "
        "AND a.target_type = 'return' AND a.target_id = r.number)",
        fast=False,
    )
    yield check(
        "I36",
        N_("approved by nobody else"),
        "SELECT r.number FROM returns r WHERE r.approved_by IS NOT NULL AND (r.approved_by = r.user_id "
        "OR NOT EXISTS (SELECT 1 FROM approvals a WHERE a.approver_id = r.approved_by AND a.actor_id = r.user_id "
        "AND a.used_at BETWEEN r.created_at - 5000000 AND r.created_at + 5000000))",
    )
    yield check(
        "I36",
        N_("done without the permission and without an approval"),
        "SELECT r.number, u.username AS user_name FROM returns r JOIN users u ON u.id = r.user_id "
        "JOIN roles o ON o.id = u.role_id WHERE r.approved_by IS NULL AND u.updated_at < r.created_at "
        "AND o.updated_at < r.created_at AND NOT EXISTS (SELECT 1 FROM role_permissions g JOIN permissions p "
        "ON p.id = g.permission_id WHERE g.role_id = o.id AND p.code = 'return')",
    )
    yield check(
        "I22",
        N_("document in a shift of another till"),
        "SELECT r.number FROM returns r JOIN shifts s ON s.id = r.shift_id WHERE s.till_id <> r.till_id",
    )
