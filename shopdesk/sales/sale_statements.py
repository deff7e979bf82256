"""The statements of a sale, compiled once: one that reads everything about till and shop, and the inserts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from shopdesk.db.batch import Batch, Outcome, Prepared, insert_into
from shopdesk.sales import digests
from shopdesk.sales.models import Order, OrderAdjustment, OrderItem, OrderStatusStep, OrderTax, Payment, PriceStep
from shopdesk.system.settings import ShopSettings, parse_settings

_TILL = """
  (CASE WHEN CAST(:till_code AS text) IS NOT NULL
     THEN (SELECT t.id FROM tills t WHERE t.code = :till_code AND t.is_active)
     ELSE coalesce(CAST(:till_id AS bigint), (SELECT min(t.id) FROM tills t WHERE t.is_active)) END)
"""
_CONTEXT = """
SELECT till.id, till.code, till.name, till.warehouse_id, till.printer, s.id, s.number, s.business_date,
  (SELECT CAST({list}({array}(x.key, x.value)) AS text) FROM settings x),
  (SELECT CAST({list}({array}(p.code, p.id, p.kind, p.opens_drawer)) AS text) FROM payment_types p WHERE p.is_active),
  (SELECT CAST({array}(k.use_case, k.request_hash, k.answer) AS text) FROM idempotency_keys k WHERE k.key = :key),
  (SELECT CAST({array}(c.id, c.status, c.tax_exempt, c.salt, c.uid) AS text) FROM customers c
     WHERE c.deleted_at IS NULL AND c.id = (SELECT coalesce(m.merged_into, m.id) FROM customers m WHERE m.{customer})),
  {ids},
  {state}
FROM tills till LEFT JOIN shifts s ON s.till_id = till.id AND s.status = 'open'
WHERE till.id = {till}
"""
_SERIES = "series IN ('S', 'TR', 'answers', 'audit', 'journal')"
"""What a sale, real or for training, moves of a till's two dozen series: the others are neither read nor locked."""
_STATE = f"""
  (SELECT json_group_array(json_array(n.series, n.value, n.hash, n.perpetual_cents, n.last_at))
     FROM counters n WHERE n.scope = till.code AND n.{_SERIES})
"""
_SQLITE = {
    "list": "json_group_array",
    "array": "json_array",
    "till": _TILL,
    "ids": "(SELECT coalesce(max(id), 0) + 1 FROM orders), (SELECT coalesce(max(id), 0) + 1 FROM order_items)",
    "state": _STATE,
}
_POSTGRESQL = {
    "list": "json_agg",
    "array": "json_build_array",
    "till": _TILL,
    "ids": "nextval('orders_id_seq'), (SELECT CAST(json_agg(nextval('order_items_id_seq')) AS text) "
    "FROM generate_series(1, CAST(:lines AS integer)))",
    "state": "NULL",
}


def _contexts(customer: str) -> Prepared:
    return Prepared(
        sqlite=_CONTEXT.format(customer=customer, **_SQLITE),
        postgresql=_CONTEXT.format(customer=customer, **_POSTGRESQL),
    )


_BY_ID = _contexts("id = CAST(:customer AS bigint)")
_BY_MAIL = _contexts("email = CAST(:customer AS text)")
_LOCK_TILL = Prepared(
    postgresql="SELECT series, value, hash, perpetual_cents, last_at FROM counters "
    f"WHERE scope = (SELECT code FROM tills WHERE id = {_TILL}) AND {_SERIES} ORDER BY series FOR UPDATE"
)
CHANGING = ("status", "customer_id", "staff_note", "actual_ship_at", "actual_delivery_at")
"""The columns of an order that later steps may set; the journal does not vouch for them."""
ADD_ORDER = insert_into(Order, *digests.ORDER, *CHANGING)
ADD_ITEMS = insert_into(OrderItem, *digests.ITEM)
ADD_STEPS = insert_into(PriceStep, *digests.STEP)
ADD_ADJUSTMENTS = insert_into(OrderAdjustment, *digests.ADJUSTMENT)
ADD_TAXES = insert_into(OrderTax, *digests.TAX)
ADD_PAYMENTS = insert_into(Payment, *digests.PAYMENT)
ADD_HISTORY = insert_into(OrderStatusStep, "order_id", "position", "status", "at", "user_id")
CLOSE_CART = Prepared(
    sqlite="UPDATE carts SET status = 'converted', converted_at = :now, updated_at = :now "
    "WHERE uid = :uid AND status = 'active'",
    postgresql="UPDATE carts SET status = 'converted', converted_at = :now, updated_at = :now "
    "WHERE uid = :uid AND status = 'active'",
)


_decode = msgspec.json.decode


class Context(msgspec.Struct, frozen=True):
    """What a sale needs to know before it looks at its lines; ``till_id`` 0 means that no such till is in use."""

    till_id: int
    till_code: str
    till_name: str
    warehouse_id: int
    printer_json: str | None
    shift_id: int | None
    shift_number: int | None
    business_date: str | None
    settings: ShopSettings
    tenders: Mapping[str, tuple[int, str, bool]]
    answered: Outcome
    customer: tuple[Any, ...] | None
    order_id: int
    item_ids: Sequence[int]
    state: Sequence[Sequence[object]]


def read_context(
    batch: Batch, *, key: str, till_code: str | None, till_id: int | None, customer: int | str | None, lines: int
) -> Context | None:
    """Lock the till's numbers and read till, shift, settings, tenders, customer, the key's answer, and ids to use.

    One round trip; one statement on SQLite, two on PostgreSQL, where the lock comes first so that everything read after it is
    as the last writer left it. None when no such till is in use.
    """
    values = {"till_code": till_code, "till_id": till_id, "key": key, "customer": customer, "lines": lines}
    locked: Outcome | None = None
    if batch.dialect == "postgresql":
        locked = batch.add(_LOCK_TILL, {"till_code": till_code, "till_id": till_id})
    found = batch.add(_BY_MAIL if isinstance(customer, str) else _BY_ID, values)
    batch.send()
    row = found.one
    if row is None:
        return None
    answered = Outcome()
    if row[10] is not None:
        answered.rows = [tuple(_decode(row[10]))]
    first = row[13]
    return Context(
        till_id=row[0],
        till_code=row[1],
        till_name=row[2],
        warehouse_id=row[3],
        printer_json=row[4],
        shift_id=row[5],
        shift_number=row[6],
        business_date=row[7],
        settings=_settings(row[8]),
        tenders=_tenders(row[9]),
        answered=answered,
        customer=tuple(_decode(row[11])) if row[11] is not None else None,
        order_id=row[12],
        item_ids=range(first, first + lines) if isinstance(first, int) else _decode(first),
        state=locked.rows if locked is not None else _decode(row[14]),
    )


@lru_cache(maxsize=32)
def _settings(text: str | None) -> ShopSettings:
    return parse_settings(tuple((key, value) for key, value in _decode(text or "[]")))


@lru_cache(maxsize=32)
def _tenders(text: str | None) -> Mapping[str, tuple[int, str, bool]]:
    return {code: (type_id, kind, bool(drawer)) for code, type_id, kind, drawer in _decode(text or "[]")}
