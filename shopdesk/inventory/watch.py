"""What somebody has to look at: thresholds of low stock, and goods sold below zero."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.errors import BadAmount, NotFound, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MAX_MILLI
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.models import OversellException, StockLevel
from shopdesk.system.records import audit_office


class NothingBookedYet(ShopError):
    """The variant never lay in the warehouse, so there is no level to watch."""

    code = "nothing_booked_yet"
    sentence = N_("Book stock of it in this warehouse first; then it can be watched.")


@dataclass(frozen=True, slots=True)
class SetThreshold:
    """From which quantity downwards (thousandths) a variant counts as low in a warehouse; None stops watching."""

    variant_id: int
    warehouse_id: int
    threshold_milli: int | None


@dataclass(frozen=True, slots=True)
class ResolveOversold:
    """The entry that was looked at."""

    exception_id: int


def set_threshold(uow: UnitOfWork, command: SetThreshold) -> None:
    """Set or clear the threshold of a level; a level is never made for it alone, since it needs its ledger."""
    uow.require(Permission.STOCK_ADJUST)
    threshold = command.threshold_milli
    if threshold is not None and (type(threshold) is not int or not 0 <= threshold <= MAX_MILLI):
        raise BadAmount("threshold")
    changed = uow.connection.execute(
        sa.update(StockLevel)
        .where(StockLevel.variant_id == command.variant_id, StockLevel.warehouse_id == command.warehouse_id)
        .values(low_stock_threshold=threshold)
    )
    if not changed.rowcount:
        raise NothingBookedYet(field="threshold_milli")
    audit_office(
        uow,
        "stock.threshold",
        target_type="variant",
        target_id=str(command.variant_id),
        details={"warehouse": command.warehouse_id, "threshold_milli": threshold},
    )
    uow.changed("StockLevel")


def resolve_oversold(uow: UnitOfWork, command: ResolveOversold) -> None:
    """Mark goods sold below zero as looked at; doing it again is refused as not found."""
    uow.require(Permission.STOCK_ADJUST)
    changed = uow.connection.execute(
        sa.update(OversellException)
        .where(OversellException.id == command.exception_id, OversellException.state == "open")
        .values(state="resolved", resolved_at=uow.clock.now(), resolved_by=uow.actor.user_id or None)
    )
    if not changed.rowcount:
        raise NotFound(_("Open entry"), command.exception_id)
    audit_office(uow, "stock.oversold_resolved", target_type="oversell", target_id=str(command.exception_id))
    uow.changed("OversellException")
