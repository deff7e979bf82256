"""The places that hold stock: added, renamed, taken out of use when they are empty."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.saving import save_row
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.saving import values_now
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.models import StockLevel, Warehouse
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office


class WarehouseInUse(ShopError):
    """A till sells from the warehouse, or something still lies there."""

    code = "warehouse_in_use"
    sentence = N_("{name} cannot be closed: a till sells from it, or goods lie there. Move both elsewhere first.")


@dataclass(frozen=True, slots=True)
class WarehouseRow:
    """A warehouse in the list; ``tills`` names the tills that sell from it."""

    id: int
    name: str
    location: str
    is_active: bool
    tills: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveWarehouse:
    """A new warehouse (``warehouse_id`` None), or one as it should be."""

    name: str
    location: str = ""
    is_active: bool = True
    warehouse_id: int | None = None
    version: int = 1


_TILLS = sa.table("tills", sa.column("id"), sa.column("code"), sa.column("warehouse_id"), sa.column("is_active"))


def warehouses_list(reader: Reader) -> tuple[WarehouseRow, ...]:
    """All warehouses but the one where goods under way lie, the oldest first; two statements."""
    tills: dict[int, list[str]] = {}
    for till in reader.connection.execute(sa.select(_TILLS.c.code, _TILLS.c.warehouse_id).order_by(_TILLS.c.id)):
        tills.setdefault(till.warehouse_id, []).append(till.code)
    rows = reader.connection.execute(
        sa.select(Warehouse.id, Warehouse.name, Warehouse.location, Warehouse.is_active, Warehouse.version)
        .where(~Warehouse.is_transit)
        .order_by(Warehouse.id)
    )
    return tuple(
        WarehouseRow(row.id, row.name, row.location, row.is_active, ", ".join(tills.get(row.id, ())), row.version)
        for row in rows
    )


def save_warehouse(uow: UnitOfWork, command: SaveWarehouse) -> int:
    """Write a warehouse and return its id. Raises BadField for a name that is there, WarehouseInUse, ChangedMeanwhile."""
    uow.require(Permission.SETTINGS_EDIT)
    name = checked_text(command.name, field="name", longest=60, required=True)
    same = sa.select(Warehouse.id).where(Warehouse.name == name, Warehouse.id != (command.warehouse_id or 0))
    if uow.connection.execute(same).first() is not None:
        raise BadField("name", _("there is a warehouse {name} already.").format(name=name))
    if command.warehouse_id is not None:
        known = (
            sa.select(Warehouse.id).where(Warehouse.id == command.warehouse_id, ~Warehouse.is_transit).with_for_update()
        )
        if uow.connection.execute(known).first() is None:
            raise NotFound(_("Warehouse"), command.warehouse_id)
        if not command.is_active:
            _refuse_in_use(uow, command.warehouse_id, name)
    values: dict[str, object] = {
        "name": name,
        "location": checked_text(command.location, field="location", longest=200),
        "is_active": command.is_active,
    }
    before = values_now(uow, Warehouse, command.warehouse_id, values)
    row_id = save_row(uow, Warehouse, command.warehouse_id, command.version, values, name=name)
    audit_office(
        uow,
        "warehouse.save",
        target_type="warehouse",
        target_id=str(row_id),
        details={"name": name, **what_changed(before, values)},
    )
    uow.changed("Warehouse")
    return row_id


def _refuse_in_use(uow: UnitOfWork, warehouse_id: int, name: str) -> None:
    used = sa.or_(
        sa.exists(sa.select(_TILLS.c.id).where(_TILLS.c.warehouse_id == warehouse_id, _TILLS.c.is_active)),
        sa.exists().where(StockLevel.warehouse_id == warehouse_id, StockLevel.on_hand != 0),
    )
    if uow.connection.execute(sa.select(used)).scalar():
        raise WarehouseInUse(name=name)
