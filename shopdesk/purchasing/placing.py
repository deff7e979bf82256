"""Placing an order, noting that it was sent, and giving up what has not come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField, ChangedMeanwhile, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import insert_into
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.models import Warehouse
from shopdesk.purchasing.digests import PAPER
from shopdesk.purchasing.models import PurchaseOrder, PurchaseOrderLine, PurchaseOrderPaper, Supplier
from shopdesk.purchasing.orders import SupplierNotUsed
from shopdesk.purchasing.posting import begin, journal
from shopdesk.purchasing.steps import (
    OPEN_STATES,
    FoundOrder,
    add_step,
    lock_order,
    require_status,
    status_of_lines,
    write_step,
)
from shopdesk.system.records import audit_office, canonical
from shopdesk.system.settings import shop_settings


class NothingOrdered(ShopError):
    """An order without lines."""

    code = "nothing_ordered"
    sentence = N_("This order has no lines yet. Add what you want to order first.")


class BelowMinimum(ShopError):
    """The order comes to less than the supplier delivers for; may be confirmed."""

    code = "below_minimum"
    sentence = N_("{name} delivers from a minimum order value that this order does not reach.")

    def __init__(self, name: str, total_cents: int, minimum_cents: int) -> None:
        super().__init__(name=name, total_cents=total_cents, minimum_cents=minimum_cents)


class NothingOpen(ShopError):
    """None of the lines still waits for goods."""

    code = "nothing_open"
    sentence = N_("Nothing is waited for any more on order {name}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """Order what the draft says; ``key`` is the idempotency key. ``below_minimum`` confirms a small order."""

    key: str
    order_id: int
    version: int
    below_minimum: bool = False
    till: str | None = None


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """The number that the order bears from now on."""

    order_id: int
    number: str


@dataclass(frozen=True, slots=True)
class MarkSent:
    """An order was given to the supplier: printed, saved or mailed. ``sent_to`` says where (a mail address, "by phone")."""

    order_id: int
    sent_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Wait no longer for what has not come: of these lines (ids), or of the whole order."""

    order_id: int
    version: int
    reason: str = ""
    line_ids: tuple[int, ...] = ()


_ADD_PAPER = insert_into(PurchaseOrderPaper, *PAPER)
_ON_PAPER = (
    "name",
    "code",
    "contact_name",
    "email",
    "phone",
    "line1",
    "line2",
    "city",
    "state",
    "postal_code",
    "country_code",
    "our_number",
    "payment_terms",
    "minimum_order_cents",
    "is_active",
)


def place_order(uow: UnitOfWork, command: PlaceOrder) -> OrderPlaced:
    """Number a draft and freeze what it says. Raises NothingOrdered, BelowMinimum, SupplierNotUsed, OrderNotSo,
    ChangedMeanwhile, KeyReused."""
    uow.require(Permission.PURCHASE)
    content = {"order": command.order_id, "version": command.version, "below_minimum": int(command.below_minimum)}
    request = begin(uow, "place_order", command.key, command.till, content)
    if request.answer is not None:
        return OrderPlaced(command.order_id, str(request.answer["number"]))
    order = lock_order(uow, command.order_id)
    require_status(order, ("draft",))
    if order.version != command.version:
        raise ChangedMeanwhile(order.name)
    paper = order_content(uow, order)
    supplier, lines = paper["supplier"], paper["lines"]
    if not lines:
        raise NothingOrdered
    if not supplier.pop("is_active"):
        raise SupplierNotUsed(name=supplier["name"])
    minimum = supplier.pop("minimum_order_cents")
    if paper["total_cents"] < minimum and not command.below_minimum:
        raise BelowMinimum(supplier["name"], paper["total_cents"], minimum)
    book = request.book
    number = book.number("P")
    row = {
        "id": reserve_ids(uow, "purchase_order_papers", 1)[0],
        "purchase_order_id": order.id,
        "uid": request.key,
        "number": number,
        "till_id": book.till_id,
        "content": canonical({**paper, "number": number}),
        "user_id": uow.actor.user_id,
        "created_at": to_micros(book.now),
    }
    write_step(
        uow,
        order,
        "ordered",
        "ordered",
        number=number,
        till_id=book.till_id,
        ordered_at=book.now,
        ordered_by=uow.actor.user_id or None,
    )
    book.batch.add(_ADD_PAPER, row)
    journal(book, "purchase_order", row)
    book.audit(
        "purchase_order.place",
        target_type="purchase_order",
        target_id=str(order.id),
        details={"number": number, "lines": len(lines), "total_cents": paper["total_cents"]},
    )
    request.finish({"number": number})
    uow.changed("PurchaseOrder")
    return OrderPlaced(order.id, number)


def mark_sent(uow: UnitOfWork, command: MarkSent) -> None:
    """Note that the supplier was given the order, and where it went. Raises OrderNotSo for a draft, BadField."""
    uow.require(Permission.PURCHASE)
    sent_to = checked_text(command.sent_to, field="sent_to", longest=254, required=True)
    order = lock_order(uow, command.order_id)
    require_status(order, ("ordered", "part_received", "received"))
    now = uow.clock.now()
    uow.connection.execute(
        sa.update(PurchaseOrder)
        .where(PurchaseOrder.id == order.id)
        .values(sent_at=now, sent_to=sent_to, version=PurchaseOrder.version + 1, updated_at=now)
    )
    add_step(uow, order.id, "sent", order.status, sent_to)
    audit_office(
        uow,
        "purchase_order.sent",
        target_type="purchase_order",
        target_id=str(order.id),
        details={"number": order.name, "to": sent_to},
    )
    uow.changed("PurchaseOrder")


def cancel_order(uow: UnitOfWork, command: CancelOrder) -> str:
    """Cancel a draft, or what has not come of a placed order, and return the status then.

    What was received stays received: an order that got something ends as received. Raises NothingOpen, OrderNotSo,
    ChangedMeanwhile, BadField for a placed order without a reason.
    """
    uow.require(Permission.PURCHASE)
    reason = checked_text(command.reason, field="reason", longest=300)
    order = lock_order(uow, command.order_id, version=command.version)
    require_status(order, ("draft", *OPEN_STATES))
    status = "cancelled"
    if order.status != "draft":
        if not reason:
            raise BadField("reason", _("must not be empty."))
        close_short(uow, order, command.line_ids)
        status = status_of_lines(uow, order.id)
    write_step(uow, order, "cancelled", status, reason)
    audit_office(
        uow,
        "purchase_order.cancel",
        target_type="purchase_order",
        target_id=str(order.id),
        details={"number": order.name, "status": status, "reason": reason},
    )
    uow.changed("PurchaseOrder")
    return status


def close_short(uow: UnitOfWork, order: FoundOrder, line_ids: tuple[int, ...] = ()) -> None:
    """Wait no longer for what is open on these lines of a held order, or on all; raises NothingOpen when nothing is."""
    line = PurchaseOrderLine
    chosen = [line.purchase_order_id == order.id, line.quantity > line.received + line.cancelled]
    if line_ids:
        chosen.append(line.id.in_(line_ids))
    changed = uow.connection.execute(sa.update(line).where(*chosen).values(cancelled=line.quantity - line.received))
    if not changed.rowcount:
        raise NothingOpen(name=order.name)


def order_content(reader: Reader, order: FoundOrder) -> dict[str, Any]:  # Any: what the paper says, as JSON has it
    """What the order says, whole: nothing that is printed of it is looked up again."""
    shop = shop_settings(reader)
    supplier = reader.connection.execute(
        sa.select(*(getattr(Supplier, name) for name in _ON_PAPER)).where(Supplier.id == order.supplier_id)
    ).one()
    head = reader.connection.execute(
        sa.select(PurchaseOrder.expected_on, PurchaseOrder.notes, Warehouse.name, Warehouse.location)
        .join(Warehouse, Warehouse.id == PurchaseOrder.warehouse_id)
        .where(PurchaseOrder.id == order.id)
    ).one()
    columns = ("position", "variant_id", "sku", "name", "supplier_code", "quantity", "pack_quantity", "pack_cost_cents")
    lines = reader.connection.execute(
        sa.select(*(getattr(PurchaseOrderLine, name) for name in columns))
        .where(PurchaseOrderLine.purchase_order_id == order.id)
        .order_by(PurchaseOrderLine.position)
    )
    total = reader.connection.execute(
        sa.select(PurchaseOrder.total_cents).where(PurchaseOrder.id == order.id)
    ).scalar_one()
    return {
        "supplier_id": order.supplier_id,
        "warehouse_id": order.warehouse_id,
        "supplier": {name: value for name, value in zip(_ON_PAPER, supplier, strict=True) if value not in (None, "")},
        "warehouse": {"name": head[2], "location": head[3]},
        "expected_on": head[0],
        "notes": head[1],
        "currency": shop.currency,
        "lines": [dict(zip(columns, line, strict=True)) for line in lines],
        "total_cents": total,
    }
