"""Setting goods aside for somebody (R7): a promise on what is free, kept until it is fetched, given up or too old.

What is set aside stays on hand; only what is free gets less. One conditional UPDATE both checks and takes, so that two people
never promise the same last piece. The till then sells it to others only with a manager's approval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadAmount, BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import canonical_uuid
from shopdesk.core.money import MAX_MILLI, plain_quantity
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.events import StockRanLow
from shopdesk.inventory.goods import goods_by_id
from shopdesk.inventory.models import StockLevel, Warehouse
from shopdesk.inventory.posting import NotTracked, UnknownStockProduct, UnknownWarehouse
from shopdesk.inventory.reservation_models import Reservation
from shopdesk.inventory.stock import OutOfStock
from shopdesk.parties.models import Customer
from shopdesk.system.jobs_run import JobAtWork
from shopdesk.system.records import answered, audit_office, keep_answer

EXPIRY_JOB = "expire_set_aside"
EXPIRY_EVERY = timedelta(minutes=10)
LONGEST = timedelta(days=366)
_AT_ONCE = 500


class NoLongerSetAside(ShopError):
    """The goods were fetched, given up or ran out of time before."""

    code = "no_longer_set_aside"
    sentence = N_("These goods are no longer set aside. Nothing was changed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Set thousandths of a variant aside in a warehouse, for a customer or with a note, until a moment or without end."""

    key: str
    variant_id: int
    warehouse_id: int
    quantity_milli: int
    customer_id: int | None = None
    expires_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class GoodsSetAside:
    """The reservation, and how much is free then, in thousandths."""

    reservation_id: int
    available_milli: int


@dataclass(frozen=True, slots=True)
class EndSetAside:
    """A reservation that ends."""

    reservation_id: int


@dataclass(frozen=True, slots=True)
class ExtendSetAside:
    """Keep a reservation until another moment."""

    reservation_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ExpireSetAside:
    """Give up every reservation whose time is over."""


def set_aside(uow: UnitOfWork, command: SetAside) -> GoodsSetAside:
    """Set goods aside. Raises OutOfStock when fewer are free, unknown product or warehouse, NotTracked, BadField, KeyReused."""
    uow.require(Permission.STOCK_RESERVE)
    quantity = command.quantity_milli
    if type(quantity) is not int or not 0 < quantity <= MAX_MILLI:
        raise BadAmount("quantity_milli")
    note = checked_text(command.note, field="note", longest=200)
    if command.customer_id is None and not note:
        raise BadField("customer_id", _("say for whom: choose a customer or write a note."))
    _check_time(uow, command.expires_at)
    try:
        key = canonical_uuid(command.key)
    except ValueError:
        raise BadField("key", _("must be a UUID.")) from None
    content = {
        "variant": command.variant_id,
        "warehouse": command.warehouse_id,
        "quantity": quantity,
        "customer": command.customer_id,
        "until": None if command.expires_at is None else to_micros(command.expires_at),
        "note": note,
    }
    known = answered(uow, key, "set_aside", content)
    if known is not None:
        return GoodsSetAside(int(str(known["reservation_id"])), int(str(known["available_milli"])))
    free = _take(uow, command)
    made = uow.connection.execute(
        sa.insert(Reservation).values(
            uid=key,
            variant_id=command.variant_id,
            warehouse_id=command.warehouse_id,
            customer_id=command.customer_id,
            quantity=quantity,
            expires_at=command.expires_at,
            note=note,
            user_id=uow.actor.user_id,
            created_at=uow.clock.now(),
        )
    )
    assert made.inserted_primary_key is not None
    done = GoodsSetAside(int(made.inserted_primary_key[0]), free)
    details = {"variant": command.variant_id, "warehouse": command.warehouse_id}
    _audit(uow, "stock.set_aside", done.reservation_id, {**details, "quantity": str(plain_quantity(quantity))})
    answer = {"reservation_id": done.reservation_id, "available_milli": free}
    keep_answer(uow, key, "set_aside", content, answer)
    return done


def hand_over_set_aside(uow: UnitOfWork, command: EndSetAside) -> None:
    """The customer is here: the goods are free for the till to sell them now. Raises NoLongerSetAside."""
    uow.require(Permission.STOCK_RESERVE)
    _end(uow, command.reservation_id, "used", "stock.set_aside_fetched")


def release_set_aside(uow: UnitOfWork, command: EndSetAside) -> None:
    """Nobody comes: give the goods back to everybody. Raises NoLongerSetAside."""
    uow.require(Permission.STOCK_RESERVE)
    _end(uow, command.reservation_id, "released", "stock.set_aside_released")


def extend_set_aside(uow: UnitOfWork, command: ExtendSetAside) -> None:
    """Keep goods aside for longer, or shorter. Raises NoLongerSetAside, BadField for a time that cannot be."""
    uow.require(Permission.STOCK_RESERVE)
    _check_time(uow, command.expires_at)
    changed = uow.connection.execute(
        sa.update(Reservation)
        .where(Reservation.id == command.reservation_id, Reservation.state == "open")
        .values(expires_at=command.expires_at)
    )
    if not changed.rowcount:
        raise NoLongerSetAside
    _audit(uow, "stock.set_aside_extended", command.reservation_id, {"until": to_micros(command.expires_at)})


def expire_set_aside(uow: UnitOfWork, command: ExpireSetAside) -> int:  # noqa: ARG001 - it names nothing
    """Give up what was set aside for too long, at most some hundred at a time; returns how many.

    It carries out what was agreed when the goods were set aside, so that whoever is signed in may let it run.
    """
    uow.require(Permission.STOCK_VIEW)
    return _expire(uow)


def run_expiry(job: JobAtWork) -> Mapping[str, object]:
    """The job: give up what was set aside for too long, some hundred in one transaction."""
    given_up = 0
    while ended := job.execute(expire_set_aside, ExpireSetAside()):
        given_up += ended
        job.stop_if_cancelled()
    return {"given_up": given_up, "quiet": True}


def _expire(uow: UnitOfWork, *of: sa.ColumnElement[bool]) -> int:
    due = (
        sa.select(Reservation.id, Reservation.variant_id, Reservation.warehouse_id, Reservation.quantity)
        .where(Reservation.state == "open", Reservation.expires_at <= uow.clock.now(), *of)
        .order_by(Reservation.variant_id, Reservation.warehouse_id, Reservation.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = uow.connection.execute(due).all()
    for row in rows:
        _give_back(uow, row.id, row.variant_id, row.warehouse_id, row.quantity, "expired")
        _audit(uow, "stock.set_aside_expired", row.id, {})
    return len(rows)


def _check_time(uow: UnitOfWork, moment: datetime | None) -> None:
    if moment is not None and not uow.clock.now() < moment <= uow.clock.now() + LONGEST:
        raise BadField("expires_at", _("must be a time to come, within a year."))


def _take(uow: UnitOfWork, command: SetAside) -> int:
    """The guard: what is free becomes reserved or nothing happens; returns what is free then.

    What is overdue there is given up first: it must not keep goods from anybody until the next routine.
    """
    _expire(uow, Reservation.variant_id == command.variant_id, Reservation.warehouse_id == command.warehouse_id)
    place = (StockLevel.variant_id == command.variant_id, StockLevel.warehouse_id == command.warehouse_id)
    free = StockLevel.on_hand - StockLevel.reserved
    taken = uow.connection.execute(
        sa.update(StockLevel)
        .where(*place, free >= command.quantity_milli)
        .values(reserved=StockLevel.reserved + command.quantity_milli)
        .returning(free, StockLevel.on_hand, StockLevel.low_stock_threshold)
    ).first()
    if taken is None:
        raise _refusal(uow, command)
    if command.customer_id is not None:
        customer = sa.select(Customer.status).where(Customer.id == command.customer_id)
        if uow.connection.execute(customer).scalar() in {None, "erased", "deleted"}:
            raise NotFound(_("Customer"), command.customer_id)
    left, on_hand, threshold = taken
    if threshold is not None and left <= threshold < left + command.quantity_milli:
        uow.publish(StockRanLow(command.variant_id, command.warehouse_id, on_hand, threshold))
    return int(left)


def _refusal(uow: UnitOfWork, command: SetAside) -> ShopError:
    """Why nothing could be set aside."""
    good = goods_by_id(uow, [command.variant_id]).get(command.variant_id)
    if good is None:
        return UnknownStockProduct(name=str(command.variant_id))
    if not good.track_stock:
        return NotTracked(name=good.name)
    place = sa.select(Warehouse.id).where(Warehouse.id == command.warehouse_id, Warehouse.is_active)
    if uow.connection.execute(place).first() is None:
        return UnknownWarehouse(name=str(command.warehouse_id))
    level = uow.connection.execute(
        sa.select(StockLevel.on_hand, StockLevel.reserved).where(
            StockLevel.variant_id == command.variant_id, StockLevel.warehouse_id == command.warehouse_id
        )
    ).first()
    on_hand, reserved = (level.on_hand, level.reserved) if level else (0, 0)
    return OutOfStock(good.name, on_hand - reserved, reserved)


def _end(uow: UnitOfWork, reservation_id: int, state: str, action: str) -> None:
    row = uow.connection.execute(
        sa.select(Reservation.variant_id, Reservation.warehouse_id, Reservation.quantity).where(
            Reservation.id == reservation_id
        )
    ).first()
    if row is None:
        raise NotFound(_("Reservation"), reservation_id)
    if not _give_back(uow, reservation_id, row.variant_id, row.warehouse_id, row.quantity, state):
        raise NoLongerSetAside
    _audit(uow, action, reservation_id, {})


def _give_back(uow: UnitOfWork, reservation_id: int, variant: int, warehouse: int, quantity: int, state: str) -> bool:
    """End an open reservation and free its goods; False when somebody ended it before."""
    ended = uow.connection.execute(
        sa.update(Reservation)
        .where(Reservation.id == reservation_id, Reservation.state == "open")
        .values(state=state, closed_at=uow.clock.now(), closed_by=uow.actor.user_id or None)
    )
    if not ended.rowcount:
        return False
    uow.connection.execute(
        sa.update(StockLevel)
        .where(StockLevel.variant_id == variant, StockLevel.warehouse_id == warehouse)
        .values(reserved=StockLevel.reserved - quantity)
    )
    return True


def _audit(uow: UnitOfWork, action: str, reservation_id: int, details: dict[str, object]) -> None:
    audit_office(uow, action, target_type="reservation", target_id=str(reservation_id), details=details)
    uow.changed("Reservation", "StockLevel")
