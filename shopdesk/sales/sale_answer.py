"""A finished sale told again from its rows in the words of the headless ``sell``; the doctor compares it with what was kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopdesk.core.clock import from_micros, iso_utc
from shopdesk.core.money import plain_quantity
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader
from shopdesk.sales.return_detail import return_told


def _both(text: str) -> Prepared:
    return Prepared(sqlite=text, postgresql=text)


_SALE = _both(
    "SELECT o.id, o.number, o.subtotal_cents, o.discount_cents, o.tax_cents, o.rounding_cents, o.total_cents, t.code, "
    "o.placed_at, v.number, j.seq, j.hash FROM orders o JOIN tills t ON t.id = o.till_id "
    "LEFT JOIN voids v ON v.order_id = o.id LEFT JOIN journal j ON j.kind = 'sale' AND j.number = o.number "
    "WHERE o.number = :number"
)
_LINES = _both(
    "SELECT i.line, i.sku, i.quantity, i.unit_price_cents, i.discount_cents, i.tax_cents, i.total_cents "
    "FROM order_items i JOIN orders o ON o.id = i.order_id WHERE o.number = :number ORDER BY i.line"
)
_PAYMENTS = _both(
    "SELECT p.type, p.tendered_cents, p.change_cents FROM payments p JOIN orders o ON o.id = p.order_id "
    "WHERE o.number = :number ORDER BY p.id"
)
_VOID = _both(
    "SELECT v.number, o.number, t.code, v.created_at, v.total_cents, v.reason, j.seq, j.hash FROM voids v "
    "JOIN orders o ON o.id = v.order_id JOIN tills t ON t.id = v.till_id "
    "LEFT JOIN journal j ON j.kind = 'void' AND j.number = v.number WHERE v.number = :number"
)


def told_lines(rows: Sequence[Sequence[Any]]) -> list[dict[str, object]]:
    """Lines as answers give them, from (line, sku, quantity, unit price, discount, tax, total)."""
    return [
        {
            "line": line,
            "sku": sku,
            "qty": plain_quantity(quantity),
            "unit_price_cents": unit_price,
            "discount_cents": discount,
            "tax_cents": tax,
            "total_cents": total,
        }
        for line, sku, quantity, unit_price, discount, tax, total in rows
    ]


def document_told(reader: Reader, number: str) -> dict[str, object]:
    """A sale, void or return by its number; raises UnknownSale.

    A sale is told in ``sell``'s fields with kind, till, time, payments and the void's number; ``payments``
    hold what was handed over, as they do in the request. One round trip for a sale.
    """
    batch = reader.batch()
    values = {"number": number}
    sale, lines = batch.add(_SALE, values), batch.add(_LINES, values)
    payments, void = batch.add(_PAYMENTS, values), batch.add(_VOID, values)
    batch.send()
    if sale.one is not None:
        _, number, subtotal, discount, tax, rounding, total, till, placed, voided_by, seq, hashed = sale.one
        return {
            "number": number,
            "subtotal_cents": subtotal,
            "discount_cents": discount,
            "tax_cents": tax,
            "rounding_cents": rounding,
            "total_cents": total,
            "change_cents": sum(change for _, _, change in payments.rows),
            "lines": told_lines(lines.rows),
            "head": f"{till}:{seq}:{hashed}",
            "kind": "sale",
            "till": till,
            "created_at": iso_utc(from_micros(placed)),
            "payments": [{"type": type_, "amount_cents": tendered} for type_, tendered, _ in payments.rows],
            "voided_by": voided_by,
        }
    if void.one is not None:
        number, undone, till, created, total, reason, seq, hashed = void.one
        return {
            "number": number,
            "sale": undone,
            "total_cents": total,
            "reason": reason,
            "head": f"{till}:{seq}:{hashed}",
            "kind": "void",
            "till": till,
            "created_at": iso_utc(from_micros(created)),
        }
    return return_told(reader, number)
