"""Parcels: packed from an order's lines, sent (the goods leave stock then), delivered; never more than was sold (R7, R17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.money import MAX_MILLI, checked_cents, format_quantity
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import insert_into
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.fulfilment.commands import (
    CancelShipment,
    DeliverShipment,
    PackShipment,
    ShipmentSaved,
    ShipShipment,
    ShipsTooMuch,
    TrackingTaken,
    TrackShipment,
    UnknownShipment,
)
from shopdesk.fulfilment.left import LeftToSend, left_to_send
from shopdesk.inventory.order_reservations import use_for_order
from shopdesk.inventory.stock import StockBook, lock_stock
from shopdesk.orders.commands import UnknownOrder, WrongStep
from shopdesk.orders.digests import SHIPMENT, SHIPMENT_ITEM, order_digest
from shopdesk.orders.models import OrderAddress, OrderPlan, OrderPlanLine, Shipment, ShipmentItem, TrackingStep
from shopdesk.orders.placing import step_to
from shopdesk.orders.writing import note_event
from shopdesk.sales.models import Order, OrderItem
from shopdesk.sales.request import Request, begin
from shopdesk.system.records import canonical

_ADD = insert_into(
    Shipment, *SHIPMENT, "service", "tracking", "status", "address", "weight_grams", "cost_cents", "notes"
)
_ADD_ITEMS = insert_into(ShipmentItem, *SHIPMENT_ITEM)


def pack_shipment(uow: UnitOfWork, command: PackShipment) -> ShipmentSaved:
    """Pack a parcel with its own copy of the address; the goods stay in stock until it leaves.

    Raises UnknownOrder, WrongStep before it is processed, ShipsTooMuch, TrackingTaken, BadField, KeyReused.
    """
    uow.require(Permission.ORDER_SHIP)
    content = {
        "order": command.order,
        "lines": [list(line) for line in command.lines],
        "carrier": command.carrier,
        "tracking": command.tracking or "",
    }
    request = begin(uow, "pack_shipment", command.key, command.till, content)
    if request.answer is not None:
        return _told(request.answer)
    order = _locked_order(uow, command.order)
    if order.status not in ("processing", "shipped"):
        raise WrongStep(command.order, order.status)
    wanted = _wanted(left_to_send(uow, order.id), command.lines)
    _check_tracking(uow, command.tracking)
    now = to_micros(uow.clock.now())
    row = {
        "id": reserve_ids(uow, "shipments", 1)[0],
        "uid": request.key,
        "number": request.book.number("W"),
        "order_id": order.id,
        "till_id": request.till.id,
        "warehouse_id": _warehouse(uow, order.id),
        "carrier": _short(command.carrier, "carrier"),
        "user_id": uow.actor.user_id,
        "created_at": now,
        "service": _short(command.service, "service"),
        "tracking": command.tracking,
        "status": "packed",
        "address": _address(uow, order.id),
        "weight_grams": command.weight_grams,
        "cost_cents": checked_cents(command.cost_cents, field="cost_cents"),
        "notes": checked_text(command.notes, field="notes"),
    }
    ids = reserve_ids(uow, "shipment_items", len(wanted))
    items = [
        {"id": id, "shipment_id": row["id"], "order_item_id": line.item_id, "quantity": milli}
        for id, (line, milli) in zip(ids, wanted, strict=True)
    ]
    request.book.batch.add(_ADD, row)
    request.book.batch.add(_ADD_ITEMS, items)
    body = {
        "key": request.key,
        "rows": order_digest("shipment", {"shipments": [row], "shipment_items": items}),
        "order": command.order,
    }
    request.book.journal("shipment", str(row["number"]), 0, body)
    number = str(row["number"])
    request.book.audit("shipment.packed", target_type="shipment", target_id=number, details={"order": command.order})
    note_event(uow, order.id, "packed", {"shipment": number})
    saved = ShipmentSaved(number, "packed", order.status)
    request.keep({"number": number, "status": "packed", "order_status": order.status})
    uow.changed("Shipment", "Order")
    return saved


def ship_shipment(uow: UnitOfWork, command: ShipShipment) -> ShipmentSaved:
    """A packed parcel leaves: its goods leave stock and are set aside no longer. Raises UnknownShipment, WrongStep, KeyReused."""
    uow.require(Permission.ORDER_SHIP)
    content = {"shipment": command.shipment, "tracking": command.tracking or ""}
    request = begin(uow, "ship_shipment", command.key, command.till, content)
    if request.answer is not None:
        return _told(request.answer)
    parcel = locked_shipment(uow, command.shipment)
    if parcel.status != "packed":
        raise WrongStep(parcel.number, parcel.status)
    if command.tracking is not None and command.tracking != parcel.tracking:
        _check_tracking(uow, command.tracking)
        uow.connection.execute(sa.update(Shipment).where(Shipment.id == parcel.id).values(tracking=command.tracking))
    stock = _take_goods(uow, request, parcel)
    moment = uow.clock.now()
    uow.connection.execute(
        sa.update(Shipment).where(Shipment.id == parcel.id).values(status="shipped", shipped_at=moment)
    )
    _track(uow, parcel.id, "shipped", "")
    status = _order_after(uow, parcel.order_id, moment)
    request.book.audit("shipment.sent", target_type="shipment", target_id=parcel.number, details={})
    note_event(uow, parcel.order_id, "sent", {"shipment": parcel.number}, at=moment)
    request.keep({"number": parcel.number, "status": "shipped", "order_status": status})
    stock.check()
    uow.changed("Shipment", "Order", "StockLevel")
    return ShipmentSaved(parcel.number, "shipped", status)


def deliver_shipment(uow: UnitOfWork, command: DeliverShipment) -> ShipmentSaved:
    """A parcel arrived; with the last one the order is delivered. Raises UnknownShipment, WrongStep, KeyReused."""
    uow.require(Permission.ORDER_SHIP)
    request = begin(uow, "deliver_shipment", command.key, command.till, {"shipment": command.shipment})
    if request.answer is not None:
        return _told(request.answer)
    parcel = locked_shipment(uow, command.shipment)
    if parcel.status != "shipped":
        raise WrongStep(parcel.number, parcel.status)
    moment = uow.clock.now()
    uow.connection.execute(
        sa.update(Shipment).where(Shipment.id == parcel.id).values(status="delivered", delivered_at=moment)
    )
    _track(uow, parcel.id, "delivered", "")
    status = _order_after(uow, parcel.order_id, moment)
    request.book.audit("shipment.delivered", target_type="shipment", target_id=parcel.number, details={})
    note_event(uow, parcel.order_id, "delivered", {"shipment": parcel.number}, at=moment)
    request.keep({"number": parcel.number, "status": "delivered", "order_status": status})
    uow.changed("Shipment", "Order")
    return ShipmentSaved(parcel.number, "delivered", status)


def cancel_shipment(uow: UnitOfWork, command: CancelShipment) -> None:
    """Unpack a parcel that has not left. Raises UnknownShipment, WrongStep."""
    from shopdesk.system.records import audit_office

    uow.require(Permission.ORDER_SHIP)
    parcel = locked_shipment(uow, command.shipment)
    if parcel.status != "packed":
        raise WrongStep(parcel.number, parcel.status)
    uow.connection.execute(
        sa.update(Shipment).where(Shipment.id == parcel.id).values(status="cancelled", tracking=None)
    )
    audit_office(uow, "shipment.cancelled", target_type="shipment", target_id=parcel.number, details={})
    note_event(uow, parcel.order_id, "unpacked", {"shipment": parcel.number})
    uow.changed("Shipment", "Order")


def track_shipment(uow: UnitOfWork, command: TrackShipment) -> None:
    """Note where a parcel is. Raises UnknownShipment, BadField."""
    uow.require(Permission.ORDER_SHIP)
    parcel = locked_shipment(uow, command.shipment)
    status = _short(command.status, "status")
    if not status:
        raise BadField("status", _("is needed."))
    _track(uow, parcel.id, status, checked_text(command.details, field="details"))
    uow.changed("Shipment")


def locked_shipment(uow: UnitOfWork, name: str) -> Any:  # Any: a row of a parcel's columns
    """A parcel by its number or tracking code, behind its order's lock; raises UnknownShipment."""
    by = sa.or_(Shipment.number == name, Shipment.tracking == name)
    found = uow.connection.execute(sa.select(Shipment.order_id).where(by)).first()
    if found is None:
        raise UnknownShipment(name)
    uow.connection.execute(sa.select(Order.id).where(Order.id == found.order_id).with_for_update())
    return uow.connection.execute(sa.select(Shipment.__table__).where(by)).one()


def _locked_order(uow: UnitOfWork, number: str) -> Any:  # Any: id and status
    asked = sa.select(Order.id, Order.status).where(Order.number == number, Order.fulfilment != "counter")
    found = uow.connection.execute(asked.with_for_update()).first()
    if found is None:
        raise UnknownOrder(number)
    return found


def _wanted(lines: Sequence[LeftToSend], named: Sequence[tuple[int, int]]) -> list[tuple[LeftToSend, int]]:
    by_line = {line.line: line for line in lines}
    if not named:
        wanted = [(line, line.left_milli) for line in lines if line.left_milli]
    else:
        wanted = []
        for number, milli in named:
            line = by_line.get(number)
            if line is None or any(number == one.line for one, _milli in wanted):
                raise BadField("lines", _("line {line} is not in this order, or named twice.").format(line=number))
            if type(milli) is not int or not 0 < milli <= MAX_MILLI:
                raise BadField("lines", _("a quantity must be more than nothing."))
            wanted.append((line, milli))
    for line, milli in wanted:
        if milli > line.left_milli:
            left = format_quantity(line.left_milli)
            raise ShipsTooMuch(field="lines", line=line.line, name=line.name, left=left, left_milli=line.left_milli)
    if not wanted:
        raise BadField("lines", _("nothing is left to be sent."))
    return wanted


def _take_goods(uow: UnitOfWork, request: Request, parcel: Any) -> StockBook:  # Any: a row of a parcel
    items = uow.connection.execute(
        sa.select(
            ShipmentItem.id,
            ShipmentItem.quantity,
            OrderItem.variant_id,
            OrderItem.warehouse_id,
            OrderItem.product_name,
            OrderItem.track_stock,
            OrderPlanLine.id.label("plan_line"),
        )
        .join(OrderItem, OrderItem.id == ShipmentItem.order_item_id)
        .join(OrderPlan, OrderPlan.order_id == OrderItem.order_id)
        .join(OrderPlanLine, sa.and_(OrderPlanLine.plan_id == OrderPlan.id, OrderPlanLine.line == OrderItem.line))
        .where(ShipmentItem.shipment_id == parcel.id)
        .order_by(ShipmentItem.id)
    ).all()
    tracked = [item for item in items if item.track_stock and item.variant_id is not None]
    use_for_order(uow, [(item.plan_line, item.quantity) for item in tracked])
    stock = lock_stock(uow, {item.variant_id for item in tracked}, {item.warehouse_id for item in tracked})
    for item in tracked:
        stock.move(
            item.variant_id,
            item.warehouse_id,
            -item.quantity,
            type="sale",
            reference_type="shipment",
            reference_id=parcel.id,
            line_id=item.id,
            name=item.product_name,
            may_go_negative=_may_go_negative(uow, item.variant_id),
        )
    stock.queue(request.book.batch, order_id=parcel.order_id)
    return stock


def _may_go_negative(uow: UnitOfWork, variant_id: int) -> bool:
    from shopdesk.catalogue.models import ProductVariant

    asked = sa.select(ProductVariant.inventory_policy).where(ProductVariant.id == variant_id)
    return uow.connection.execute(asked).scalar() == "continue"


def _order_after(uow: UnitOfWork, order_id: int, moment: datetime) -> str:
    """Move the order on once all of it has left, and once all of it has arrived."""
    status = str(uow.connection.execute(sa.select(Order.status).where(Order.id == order_id)).scalar_one())
    waiting = sa.select(Shipment.id).where(Shipment.order_id == order_id, Shipment.status == "packed")
    all_left = not any(line.left_milli for line in left_to_send(uow, order_id))
    if status == "processing" and all_left and uow.connection.execute(waiting).first() is None:
        step_to(uow, order_id, "shipped", moment)
        uow.connection.execute(sa.update(Order).where(Order.id == order_id).values(actual_ship_at=moment))
        status = "shipped"
    under_way = sa.select(Shipment.id).where(Shipment.order_id == order_id, Shipment.status.in_(("packed", "shipped")))
    if status == "shipped" and uow.connection.execute(under_way).first() is None:
        step_to(uow, order_id, "delivered", moment)
        uow.connection.execute(sa.update(Order).where(Order.id == order_id).values(actual_delivery_at=moment))
        status = "delivered"
    return status


def _track(uow: UnitOfWork, shipment_id: int, status: str, details: str) -> None:
    uow.connection.execute(
        sa.insert(TrackingStep).values(
            shipment_id=shipment_id, status=status, details=details, at=uow.clock.now(), user_id=uow.actor.user_id
        )
    )


def _check_tracking(uow: UnitOfWork, tracking: str | None) -> None:
    if tracking is None:
        return
    _short(tracking, "tracking")
    taken = uow.connection.execute(sa.select(Shipment.number).where(Shipment.tracking == tracking)).scalar()
    if taken is not None:
        raise TrackingTaken(field="tracking", tracking=tracking, shipment=taken)


def _warehouse(uow: UnitOfWork, order_id: int) -> int:
    asked = sa.select(OrderPlan.warehouse_id).where(OrderPlan.order_id == order_id)
    return int(uow.connection.execute(asked).scalar_one())


def _address(uow: UnitOfWork, order_id: int) -> str:
    asked = sa.select(OrderAddress.__table__).where(OrderAddress.order_id == order_id, OrderAddress.kind == "shipping")
    row = uow.connection.execute(asked).first()
    kept = (
        {}
        if row is None
        else {name: value for name, value in row._mapping.items() if name not in ("id", "order_id", "kind")}
    )
    return canonical(kept)


def _short(text: str, field: str) -> str:
    cleaned = checked_text(text, field=field, longest=64).strip()
    if any(ord(letter) < 32 for letter in cleaned):
        raise BadField(field, _("must be plain text."))
    return cleaned


def _told(answer: dict[str, object]) -> ShipmentSaved:
    return ShipmentSaved(str(answer["number"]), str(answer["status"]), str(answer["order_status"]))
