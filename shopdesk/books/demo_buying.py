"""Suppliers of the demo shop, with orders in every state, deliveries, one taken back, and goods sent back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.core.money import MILLI
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.models import Warehouse
from shopdesk.purchasing.orders import OrderLineFields, SaveOrder, save_order, shop_today
from shopdesk.purchasing.placing import CancelOrder, MarkSent, PlaceOrder, cancel_order, mark_sent, place_order
from shopdesk.purchasing.receive import ReceivedLine, ReceiveGoods, receive_goods
from shopdesk.purchasing.reverse import ReverseReceipt, reverse_receipt
from shopdesk.purchasing.send_back import SendBack, SentBackLine, send_back
from shopdesk.purchasing.steps import lock_order
from shopdesk.purchasing.supplier_items import SaveSupplierItem, save_supplier_item
from shopdesk.purchasing.suppliers import SaveSupplier, SetSupplierActive, save_supplier, set_supplier_active

_SUPPLIERS = (
    SaveSupplier(
        name="Havelland Orchards",
        code="HAVEL",
        contact_name="Jonas Petersen",
        email="orders@havelland.example",
        phone="+49 33201 5550",
        line1="Obstallee 4",
        postal_code="14542",
        city="Werder",
        country_code="DE",
        our_number="K-20417",
        payment_terms="14 days net",
        lead_time_days=2,
        minimum_order_cents=8_000,
    ),
    SaveSupplier(
        name="Brandt Coffee & Tea",
        code="BRANDT",
        contact_name="Amira Brandt",
        email="sales@brandt.example",
        phone="+49 40 555 212",
        line1="Speicherstraße 12",
        postal_code="20457",
        city="Hamburg",
        country_code="DE",
        our_number="7715",
        payment_terms="30 days net, 2 % within 10 days",
        lead_time_days=5,
        minimum_order_cents=15_000,
    ),
    SaveSupplier(
        name="Cantina Sole",
        code="SOLE",
        contact_name="Paolo Ricci",
        email="ordini@cantinasole.example",
        line1="Via Roma 8",
        postal_code="53024",
        city="Montalcino",
        country_code="IT",
        payment_terms="In advance",
        lead_time_days=12,
    ),
    SaveSupplier(
        name="Kaas & Vis", code="KAAS", contact_name="Els de Wit", city="Venlo", country_code="NL", lead_time_days=3
    ),
    SaveSupplier(name="Old Mill Bakery", city="Potsdam", country_code="DE", lead_time_days=1),
)
_GOODS: tuple[tuple[str, str, int, int], ...] = (
    # supplier's code, SKU, pieces in a pack, cost of the pack
    ("HAVEL", "APPLE", 1, 155),
    ("HAVEL", "PEAR", 1, 182),
    ("HAVEL", "LEMON", 60, 1_440),
    ("HAVEL", "STRAWB", 10, 2_180),
    ("HAVEL", "LETTUCE", 12, 930),
    ("BRANDT", "GREENTEA", 12, 1_740),
    ("BRANDT", "BLACKTEA", 12, 1_650),
    ("BRANDT", "CREME", 12, 2_490),
    ("SOLE", "REDWINE", 6, 2_520),
    ("SOLE", "WHITEWINE", 6, 2_340),
    ("KAAS", "BRIE", 1, 1_290),
    ("KAAS", "GOUDA", 1, 960),
    ("KAAS", "SALMON", 1, 2_150),
)


def fill_buying(shop: Shop, actor: Actor) -> None:
    """Suppliers and a few weeks of ordering, by the real use cases; the goods must stand in the catalogue."""
    shop.execute(_fill, None, actor)


def _fill(uow: UnitOfWork, _nothing: None) -> None:
    suppliers = {one.name: save_supplier(uow, one) for one in _SUPPLIERS}
    by_code = {one.code: suppliers[one.name] for one in _SUPPLIERS}
    for code, sku, pieces, cents in _GOODS:
        item = SaveSupplierItem(
            supplier_id=by_code[code],
            sku=sku,
            supplier_code=f"{code[:3]}-{sku.replace('-', '')}",
            pack_quantity_milli=pieces * MILLI,
            pack_cost_cents=cents,
            is_preferred=True,
        )
        save_supplier_item(uow, item)
    set_supplier_active(uow, SetSupplierActive(suppliers["Old Mill Bakery"], False))
    shelf, back = uow.connection.execute(sa.select(Warehouse.id).order_by(Warehouse.id).limit(2)).scalars()
    fruit, coffee, wine = by_code["HAVEL"], by_code["BRANDT"], by_code["SOLE"]
    came = _placed(uow, fruit, shelf, (("APPLE", 20), ("PEAR", 15), ("LEMON", 60)), days=-4)
    _receive(uow, came, (("APPLE", 20), ("PEAR", 15), ("LEMON", 60)), note="L-88121")
    part = _placed(uow, coffee, back, (("GREENTEA", 24), ("BLACKTEA", 12)), days=3)
    first = _receive(uow, part, (("GREENTEA", 12),), note="B 4410")
    wrong = _receive(uow, part, (("BLACKTEA", 6),), note="B 4411")
    reverse_receipt(uow, ReverseReceipt(key=uuid7(), receipt_id=wrong, reason="Counted for the wrong shop"))
    send_back(
        uow,
        SendBack(
            key=uuid7(),
            receipt_id=first,
            lines=(SentBackLine(sku="GREENTEA", quantity_milli=2 * MILLI),),
            reason="Damaged",
        ),
    )
    late = _placed(uow, fruit, shelf, (("STRAWB", 20), ("LETTUCE", 24)), days=-1)
    mark_sent(uow, MarkSent(late, "orders@havelland.example"))
    _placed(uow, wine, back, (("REDWINE", 36), ("WHITEWINE", 24)), days=9)
    given_up = _placed(uow, coffee, back, (("BLACKTEA", 30),), days=6)
    version = lock_order(uow, given_up).version
    cancel_order(uow, CancelOrder(order_id=given_up, version=version, reason="Ordered twice"))
    _draft(uow, fruit, shelf, (("LEMON", 60), ("APPLE", 40)), days=2)


def _draft(uow: UnitOfWork, supplier: int, warehouse: int, lines: Sequence[tuple[str, int]], *, days: int) -> int:
    wanted = tuple(OrderLineFields(sku=sku, quantity_milli=pieces * MILLI) for sku, pieces in lines)
    day = shop_today(uow) + timedelta(days=days)
    draft = SaveOrder(supplier_id=supplier, warehouse_id=warehouse, lines=wanted, expected_on=day)
    return save_order(uow, draft).order_id


def _placed(uow: UnitOfWork, supplier: int, warehouse: int, lines: Sequence[tuple[str, int]], *, days: int) -> int:
    order_id = _draft(uow, supplier, warehouse, lines, days=days)
    place_order(uow, PlaceOrder(key=uuid7(), order_id=order_id, version=1, below_minimum=True))
    return order_id


def _receive(uow: UnitOfWork, order_id: int, lines: Sequence[tuple[str, int]], *, note: str) -> int:
    came = tuple(ReceivedLine(sku=sku, quantity_milli=pieces * MILLI) for sku, pieces in lines)
    return receive_goods(uow, ReceiveGoods(key=uuid7(), lines=came, order_id=order_id, delivery_note=note)).receipt_id
