"""The life of a purchase order: which step may follow which, and where each one is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.core.errors import ChangedMeanwhile, NotFound, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.purchasing.models import PurchaseOrder, PurchaseOrderLine, PurchaseOrderStep

LEGAL: dict[str, frozenset[str]] = {
    "draft": frozenset({"draft", "ordered", "cancelled"}),
    "ordered": frozenset({"ordered", "part_received", "received", "cancelled"}),
    "part_received": frozenset({"part_received", "received", "ordered"}),
    "received": frozenset({"part_received", "ordered"}),
    "cancelled": frozenset(),
}
"""What may follow each status. Only the reversal of a receipt leads back; cancelled is the end."""
OPEN_STATES = frozenset({"ordered", "part_received"})
"""The states in which goods are on their way."""


class OrderNotSo(ShopError):
    """The order is not in a state that allows this."""

    code = "wrong_status"
    sentence = N_("Order {name} is {status}: this cannot be done any more.")


STATUS_WORDS = {
    "draft": N_("a draft"),
    "ordered": N_("ordered"),
    "part_received": N_("received in part"),
    "received": N_("received"),
    "cancelled": N_("cancelled"),
}


@dataclass(slots=True)
class FoundOrder:
    """What decides what can be done with an order; the row is held until the transaction ends if ``lock_order`` gave it."""

    id: int
    number: str | None
    supplier_id: int
    warehouse_id: int
    status: str
    version: int

    @property
    def name(self) -> str:
        """What people call it: its number, or the draft's id."""
        return self.number or _("Draft {id}").format(id=self.id)


_FIND = sa.select(
    PurchaseOrder.id,
    PurchaseOrder.number,
    PurchaseOrder.supplier_id,
    PurchaseOrder.warehouse_id,
    PurchaseOrder.status,
    PurchaseOrder.version,
)


def find_order(reader: Reader, order_id: int) -> FoundOrder:
    """An order as it is now; raises NotFound."""
    return _found(reader, _FIND.where(PurchaseOrder.id == order_id), order_id)


def lock_order(uow: UnitOfWork, order_id: int, *, version: int | None = None) -> FoundOrder:
    """Hold an order's row. Raises NotFound, and ChangedMeanwhile when it is not the version that was shown."""
    order = _found(uow, _FIND.where(PurchaseOrder.id == order_id).with_for_update(), order_id)
    if version is not None and order.version != version:
        raise ChangedMeanwhile(order.name)
    return order


def _found(reader: Reader, statement: Any, order_id: int) -> FoundOrder:  # Any: the selection above
    row = reader.connection.execute(statement).first()
    if row is None:
        raise NotFound(_("Purchase order"), order_id)
    return FoundOrder(*row)


def require_status(order: FoundOrder, allowed: Iterable[str]) -> None:
    """Raise OrderNotSo unless the order is in one of these states."""
    if order.status not in set(allowed):
        raise OrderNotSo(name=order.name, status=_(STATUS_WORDS[order.status]))


def write_step(
    uow: UnitOfWork, order: FoundOrder, event: str, status: str, note: str = "", **values: Any
) -> None:  # Any: columns of the order
    """Write what happened to a held order, its status then, and other columns with it; raises OrderNotSo for a step that
    does not follow."""
    if status not in LEGAL[order.status]:
        raise OrderNotSo(name=order.name, status=_(STATUS_WORDS[order.status]))
    now, user = uow.clock.now(), uow.actor.user_id
    uow.connection.execute(
        sa.update(PurchaseOrder)
        .where(PurchaseOrder.id == order.id)
        .values(status=status, updated_at=now, updated_by=user or None, version=PurchaseOrder.version + 1, **values)
    )
    order.status = status
    order.version += 1
    add_step(uow, order.id, event, status, note)


def add_step(uow: UnitOfWork, order_id: int, event: str, status: str, note: str = "") -> None:
    """Append to an order's history; the order's row is held by the caller, so that no place is taken twice."""
    last = sa.select(sa.func.coalesce(sa.func.max(PurchaseOrderStep.position), 0)).where(
        PurchaseOrderStep.purchase_order_id == order_id
    )
    uow.connection.execute(
        sa.insert(PurchaseOrderStep).values(
            purchase_order_id=order_id,
            position=uow.connection.execute(last).scalar_one() + 1,
            event=event,
            status=status,
            note=note,
            user_id=uow.actor.user_id,
            created_at=uow.clock.now(),
        )
    )


_CHANGE = "UPDATE purchase_order_lines SET received = received + {milli} {given} WHERE {id} AND received = {seen}"
_CHANGE_RECEIVED = Prepared(
    sqlite=_CHANGE.format(milli=":milli", given="", id="id = :id", seen=":seen"),
    postgresql="WITH given (line, milli, seen) AS (SELECT * FROM unnest(CAST(:id AS bigint[]), CAST(:milli AS bigint[]), "
    "CAST(:seen AS bigint[]))) "
    + _CHANGE.format(milli="g.milli", given="FROM given g", id="id = g.line", seen="g.seen"),
)


def change_received(uow: UnitOfWork, changes: Sequence[tuple[int, int, int]]) -> bool:
    """Count goods on lines of orders, or take them off: (line id, thousandths, what the line was seen with).

    False when a line is not as it was seen: of two who book the same, one is refused. One statement.
    """
    if not changes:
        return True
    batch = uow.batch()
    names = ("id", "milli", "seen")
    if uow.dialect == "sqlite":
        done = batch.add(_CHANGE_RECEIVED, [dict(zip(names, change, strict=True)) for change in changes])
    else:
        lists = {name: [change[place] for change in changes] for place, name in enumerate(names)}
        done = batch.add(_CHANGE_RECEIVED, lists)
    batch.send()
    return done.rowcount == len(changes)


def status_of_lines(uow: UnitOfWork, order_id: int) -> str:
    """The status that an order's lines say: what still waits, and whether anything came."""
    line = PurchaseOrderLine
    waiting = line.quantity - line.received - line.cancelled
    row = uow.connection.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(sa.case((waiting > 0, 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((line.received > 0, 1), else_=0)), 0),
        ).where(line.purchase_order_id == order_id)
    ).one()
    if row[0]:
        return "part_received" if row[1] else "ordered"
    return "received" if row[1] else "cancelled"
