"""Tills: made with their numbers and chains, edited, and found by their code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared
from shopdesk.db.saving import values_now
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.models import Warehouse
from shopdesk.printing.config import PrinterConfig, config_from_json, config_to_json
from shopdesk.sales.models import Shift, Till
from shopdesk.system.history import what_changed
from shopdesk.system.records import OFFICE, audit_office, begin_chains

_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,14}[A-Za-z0-9])?")


class UnknownTill(ShopError):
    """No active till has this code, or the shop has none."""

    code = "unknown_till"
    sentence = N_("Till {till} does not exist or is not in use.")

    def __init__(self, till: str) -> None:
        super().__init__(field="till", till=till)


class UnknownWarehouse(ShopError):
    """No active warehouse has this name."""

    code = "unknown_warehouse"
    sentence = N_("Warehouse {warehouse} does not exist or is not in use.")

    def __init__(self, warehouse: object) -> None:
        super().__init__(field="warehouse", warehouse=warehouse)


class TillCodeTaken(ShopError):
    """Two tills cannot share a code: it is part of their numbers."""

    code = "till_code_taken"
    sentence = N_("There is already a till {till}.")


class TillHasOpenShift(ShopError):
    """A till cannot be retired with money in its drawer."""

    code = "till_has_open_shift"
    sentence = N_("The till's shift is open. Close it first.")


class LastTill(ShopError):
    """A shop needs a till."""

    code = "last_till"
    sentence = N_("This is the shop's only till in use.")


@dataclass(frozen=True, slots=True)
class TillAt:
    """The till that a use case works at. ``printer_json`` is None for a till without a printer."""

    id: int
    code: str
    name: str
    warehouse_id: int
    printer_json: str | None

    @property
    def print_state(self) -> str:
        """The state in which a print job of this till is written."""
        return "skipped" if self.printer_json is None else "queued"

    @property
    def printer(self) -> PrinterConfig | None:
        """The till's printer, None for none."""
        return None if self.printer_json is None else config_from_json(self.printer_json)


@dataclass(frozen=True, slots=True)
class TillRow:
    """A till in the list of tills."""

    id: int
    code: str
    name: str
    warehouse_id: int
    warehouse: str
    printer: PrinterConfig | None
    is_active: bool
    version: int


@dataclass(frozen=True, slots=True)
class CreateTill:
    """A new till: its code stands in all of its numbers. ``warehouse`` is a name, None for the shop's first."""

    code: str
    name: str = ""
    warehouse: str | None = None
    printer: PrinterConfig | None = None


@dataclass(frozen=True, slots=True)
class TillCreated:
    """The new till."""

    till_id: int
    code: str


@dataclass(frozen=True, slots=True)
class EditTill:
    """What may change of a till; its code never does. ``version`` is the one that was read."""

    till_id: int
    version: int
    name: str
    warehouse_id: int
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class SetPrinter:
    """A till's printer, None for none."""

    till_id: int
    version: int
    printer: PrinterConfig | None


_TILL = sa.select(Till.id, Till.code, Till.name, Till.warehouse_id, Till.printer)
_BY_CODE = Prepared(_TILL.where(Till.code == sa.bindparam("code"), Till.is_active))
_BY_ID = Prepared(_TILL.where(Till.id == sa.bindparam("till_id"), Till.is_active))
_FIRST = Prepared(_TILL.where(Till.is_active).order_by(Till.id).limit(1))


def till_at(reader: Reader, code: str | None, actor: Actor | None = None) -> TillAt:
    """The till named, else the actor's, else the shop's first; raises UnknownTill. One statement."""
    batch = reader.batch()
    if code is not None:
        found = batch.add(_BY_CODE, {"code": code})
    elif actor is not None and actor.till_id is not None:
        found = batch.add(_BY_ID, {"till_id": actor.till_id})
    else:
        found = batch.add(_FIRST)
    batch.send()
    if found.one is None:
        raise UnknownTill(code or "?")
    return TillAt(*found.one)


def create_till(uow: UnitOfWork, command: CreateTill) -> TillCreated:
    """Make a till with its number series and chains."""
    uow.require(Permission.TILL_EDIT)
    place = sa.select(Warehouse.id).where(Warehouse.is_active).order_by(Warehouse.id).limit(1)
    if command.warehouse is not None:
        place = place.where(Warehouse.name == command.warehouse)
    warehouse_id = uow.connection.execute(place).scalar()
    if warehouse_id is None:
        raise UnknownWarehouse(command.warehouse or "?")
    till_id = make_till(uow, command.code, warehouse_id, command.name, command.printer)
    audit_office(uow, "till.created", target_type="till", target_id=command.code)
    return TillCreated(till_id, command.code)


def make_till(
    uow: UnitOfWork, code: str, warehouse_id: int, name: str = "", printer: PrinterConfig | None = None
) -> int:
    """Write a till and begin its chains without asking for a permission (for the making of a shop); its id."""
    if not _CODE.fullmatch(code) or code.lower() == OFFICE:
        raise BadField("code", _("must be 1 to 16 letters, digits, dots or dashes."))
    if uow.connection.execute(sa.select(Till.id).where(sa.func.lower(Till.code) == code.lower())).first():
        raise TillCodeTaken(field="code", till=code)
    now = uow.clock.now()
    made = uow.connection.execute(
        sa.insert(Till)
        .values(
            code=code,
            name=checked_text(name, field="name", longest=60),
            warehouse_id=warehouse_id,
            printer=None if printer is None else config_to_json(printer),
            is_active=True,
            created_at=now,
            updated_at=now,
            created_by=uow.actor.user_id or None,
        )
        .returning(Till.id)
    )
    till_id: int = made.scalar_one()
    begin_chains(uow, code, till_id)
    uow.changed("Till")
    return till_id


def edit_till(uow: UnitOfWork, command: EditTill) -> TillRow:
    """Change a till's name, warehouse or whether it is in use; refuses a till whose shift is open to be retired."""
    uow.require(Permission.TILL_EDIT)
    warehouse = sa.select(Warehouse.id).where(Warehouse.id == command.warehouse_id, Warehouse.is_active)
    if uow.connection.execute(warehouse).first() is None:
        raise UnknownWarehouse(command.warehouse_id)
    if not command.is_active:
        _check_may_retire(uow, command.till_id)
    values = {
        "name": checked_text(command.name, field="name", longest=60),
        "warehouse_id": command.warehouse_id,
        "is_active": command.is_active,
    }
    return _edit(uow, command.till_id, command.version, values, "till.edited")


def set_printer(uow: UnitOfWork, command: SetPrinter) -> TillRow:
    """Give a till another printer, or none."""
    uow.require(Permission.TILL_EDIT)
    printer = None if command.printer is None else config_to_json(command.printer)
    return _edit(uow, command.till_id, command.version, {"printer": printer}, "till.printer_set")


def tills_list(reader: Reader) -> tuple[TillRow, ...]:
    """Every till of the shop, by code; one statement."""
    rows = reader.connection.execute(_LIST.order_by(Till.code))
    return tuple(_row(row) for row in rows)


def printer_of(reader: Reader, till_id: int) -> PrinterConfig | None:
    """The printer of a till, None for none; raises UnknownTill."""
    found = reader.connection.execute(sa.select(Till.printer).where(Till.id == till_id)).first()
    if found is None:
        raise UnknownTill(str(till_id))
    return None if found[0] is None else config_from_json(found[0])


_LIST = sa.select(
    Till.id, Till.code, Till.name, Till.warehouse_id, Warehouse.name, Till.printer, Till.is_active, Till.version
).join_from(Till, Warehouse)


def _row(row: Sequence[Any]) -> TillRow:
    printer = None if row[5] is None else config_from_json(row[5])
    return TillRow(row[0], row[1], row[2], row[3], row[4], printer, row[6], row[7])


def _edit(uow: UnitOfWork, till_id: int, version: int, values: dict[str, object], action: str) -> TillRow:
    before = values_now(uow, Till, till_id, values)
    changed = uow.connection.execute(
        sa.update(Till)
        .where(Till.id == till_id, Till.version == version)
        .values(**values, version=version + 1, updated_at=uow.clock.now(), updated_by=uow.actor.user_id or None)
    )
    found = uow.connection.execute(_LIST.where(Till.id == till_id)).first()
    if found is None:
        raise NotFound(_("Till"), till_id)
    row = _row(found)
    if not changed.rowcount:
        raise ChangedMeanwhile(_("Till {till}").format(till=row.code))
    audit_office(uow, action, target_type="till", target_id=row.code, details=what_changed(before, values))
    uow.changed("Till")
    return row


def _check_may_retire(uow: UnitOfWork, till_id: int) -> None:
    if uow.connection.execute(sa.select(Shift.id).where(Shift.till_id == till_id, Shift.status == "open")).first():
        raise TillHasOpenShift
    others = sa.select(Till.id).where(Till.is_active, Till.id != till_id).limit(1)
    if uow.connection.execute(others).first() is None:
        raise LastTill
