"""Goods of confirmed orders: set aside by one conditional UPDATE each, given back or used when they leave (R7).

Levels are taken in key order, so that two orders never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.ids import uuid7
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.models import StockLevel
from shopdesk.inventory.reservation_models import Reservation
from shopdesk.inventory.stock import OutOfStock


@dataclass(frozen=True, slots=True)
class Promise:
    """Thousandths of a variant promised to an order's line; ``beyond`` when the variant may be sold below nothing."""

    plan_line_id: int
    variant_id: int
    warehouse_id: int
    quantity_milli: int
    name: str
    beyond: bool = False


def reserve_for_order(uow: UnitOfWork, promises: Iterable[Promise], customer_id: int, number: str) -> None:
    """Set goods aside for an order; raises OutOfStock for the first line of which fewer are free."""
    rows = []
    for promise in sorted(promises, key=lambda one: (one.variant_id, one.warehouse_id, one.plan_line_id)):
        place = (StockLevel.variant_id == promise.variant_id, StockLevel.warehouse_id == promise.warehouse_id)
        guard = () if promise.beyond else (StockLevel.on_hand - StockLevel.reserved >= promise.quantity_milli,)
        taken = uow.connection.execute(
            sa.update(StockLevel).where(*place, *guard).values(reserved=StockLevel.reserved + promise.quantity_milli)
        )
        if not taken.rowcount:
            level = uow.connection.execute(sa.select(StockLevel.on_hand, StockLevel.reserved).where(*place)).first()
            if level is None and promise.beyond:
                continue  # nothing of it ever lay here: there is no level to promise from
            on_hand, reserved = (0, 0) if level is None else (level[0], level[1])
            raise OutOfStock(promise.name, on_hand - reserved, reserved)
        rows.append(
            {
                "uid": uuid7(),
                "variant_id": promise.variant_id,
                "warehouse_id": promise.warehouse_id,
                "customer_id": customer_id,
                "plan_line_id": promise.plan_line_id,
                "quantity": promise.quantity_milli,
                "state": "open",
                "note": number,
                "user_id": uow.actor.user_id,
                "created_at": uow.clock.now(),
            }
        )
    if rows:
        uow.connection.execute(sa.insert(Reservation), rows)
        uow.changed("Reservation", "StockLevel")


def release_for_order(uow: UnitOfWork, plan_line_ids: Sequence[int]) -> None:
    """Give back what is still set aside for some lines."""
    for row in _open(uow, plan_line_ids):
        _close(uow, row.id, row.variant_id, row.warehouse_id, row.quantity, "released")


def use_for_order(uow: UnitOfWork, leaving: Sequence[tuple[int, int]]) -> None:
    """Goods leave: (plan line id, thousandths) of what was set aside for them is reserved no longer.

    A reservation's quantity never changes: one of which a part leaves is closed for two others. Call before the stock moves.
    """
    wanted = dict(leaving)
    for row in _open(uow, list(wanted)):
        going = min(wanted[row.plan_line_id], row.quantity)
        if going <= 0:
            continue
        wanted[row.plan_line_id] -= going
        whole = going == row.quantity
        _close(uow, row.id, row.variant_id, row.warehouse_id, going, "used" if whole else "released")
        if not whole:
            now, by = uow.clock.now(), uow.actor.user_id
            rest = {
                "variant_id": row.variant_id,
                "warehouse_id": row.warehouse_id,
                "customer_id": row.customer_id,
                "plan_line_id": row.plan_line_id,
                "note": row.note,
                "user_id": by,
                "created_at": now,
            }
            used = {"uid": uuid7(), "quantity": going, "state": "used", "closed_at": now, "closed_by": by or None}
            left = {
                "uid": uuid7(),
                "quantity": row.quantity - going,
                "state": "open",
                "closed_at": None,
                "closed_by": None,
            }
            uow.connection.execute(sa.insert(Reservation), [{**rest, **used}, {**rest, **left}])


def _open(uow: UnitOfWork, plan_line_ids: Sequence[int]) -> Sequence[sa.Row[tuple[object, ...]]]:
    asked = (
        sa.select(
            Reservation.id,
            Reservation.variant_id,
            Reservation.warehouse_id,
            Reservation.quantity,
            Reservation.plan_line_id,
            Reservation.customer_id,
            Reservation.note,
        )
        .where(Reservation.plan_line_id.in_(list(plan_line_ids)), Reservation.state == "open")
        .order_by(Reservation.variant_id, Reservation.warehouse_id, Reservation.id)
        .with_for_update()
    )
    return uow.connection.execute(asked).all()  # type: ignore[return-value]  # rows of named columns


def _close(uow: UnitOfWork, id: int, variant_id: int, warehouse_id: int, milli: int, state: str) -> None:
    """End a reservation; ``milli`` of it are reserved no longer."""
    ended = {"state": state, "closed_at": uow.clock.now(), "closed_by": uow.actor.user_id or None}
    uow.connection.execute(sa.update(Reservation).where(Reservation.id == id).values(**ended))
    uow.connection.execute(
        sa.update(StockLevel)
        .where(StockLevel.variant_id == variant_id, StockLevel.warehouse_id == warehouse_id)
        .values(reserved=StockLevel.reserved - milli)
    )
    uow.changed("Reservation", "StockLevel")
