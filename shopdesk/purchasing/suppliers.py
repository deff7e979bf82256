"""Suppliers: added, changed, taken out of use and back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from shopdesk.core.errors import BadAmount, BadField, NotFound
from shopdesk.core.folding import folded
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.saving import save_row
from shopdesk.db.unit import UnitOfWork
from shopdesk.parties.models import Country
from shopdesk.purchasing.costs import checked_cost
from shopdesk.purchasing.models import Supplier
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office

LONGEST_LEAD = 730
"""Days: what takes longer than two years is no lead time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierFields:
    """A supplier as the form gives it; ``lead_time_days`` from order to delivery, ``our_number`` is our customer number."""

    name: str
    code: str | None = None
    contact_name: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country_code: str | None = None
    tax_id: str = ""
    our_number: str = ""
    payment_terms: str = ""
    lead_time_days: int = 7
    minimum_order_cents: int = 0
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveSupplier(SupplierFields):
    """A new supplier (``supplier_id`` None), or one as it should be; ``version`` is the one that was shown."""

    supplier_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class SetSupplierActive:
    """A supplier out of use keeps its history and is no longer offered."""

    supplier_id: int
    is_active: bool


SUPPLIER_FIELDS = tuple(field.name for field in fields(SupplierFields))
_LONGEST = {"notes": 5_000, "payment_terms": 500, "name": 120, "email": 254, "website": 300}


def save_supplier(uow: UnitOfWork, command: SaveSupplier) -> int:
    """Write a supplier and return its id. Raises BadField for a name or code that is taken, NotFound, ChangedMeanwhile."""
    uow.require(Permission.SUPPLIER_EDIT)
    values = _checked(uow, command)
    before: dict[str, Any] = {}
    if command.supplier_id is not None:
        before = supplier_values(uow, command.supplier_id)
    search = " ".join(
        str(values[name] or "") for name in ("name", "code", "contact_name", "email", "city", "our_number")
    )
    row_id = save_row(
        uow,
        Supplier,
        command.supplier_id,
        command.version,
        {**values, "search_text": f" {folded(search)} "},
        name=str(values["name"]),
    )
    audit_office(
        uow,
        "supplier.create" if command.supplier_id is None else "supplier.edit",
        target_type="supplier",
        target_id=str(row_id),
        details=what_changed(before, values),
    )
    uow.changed("Supplier")
    return row_id


def set_supplier_active(uow: UnitOfWork, command: SetSupplierActive) -> None:
    """Take a supplier out of use, or back into it; what was ordered goes on. Raises NotFound."""
    uow.require(Permission.SUPPLIER_EDIT)
    changed = uow.connection.execute(
        sa.update(Supplier)
        .where(Supplier.id == command.supplier_id, Supplier.is_active != command.is_active)
        .values(
            is_active=command.is_active,
            updated_at=uow.clock.now(),
            updated_by=uow.actor.user_id or None,
            version=Supplier.version + 1,
        )
    )
    if not changed.rowcount:
        supplier_values(uow, command.supplier_id)  # NotFound; else it is as wanted already
        return
    audit_office(
        uow,
        "supplier.reopen" if command.is_active else "supplier.retire",
        target_type="supplier",
        target_id=str(command.supplier_id),
    )
    uow.changed("Supplier")


def supplier_values(uow: UnitOfWork, supplier_id: int) -> dict[str, Any]:
    """The fields of a supplier by name; raises NotFound."""
    columns = [getattr(Supplier, name) for name in SUPPLIER_FIELDS]
    row = uow.connection.execute(sa.select(*columns).where(Supplier.id == supplier_id)).first()
    if row is None:
        raise NotFound(_("Supplier"), supplier_id)
    return dict(zip(SUPPLIER_FIELDS, row, strict=True))


def _checked(uow: UnitOfWork, command: SupplierFields) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in SUPPLIER_FIELDS:
        given = getattr(command, name)
        if isinstance(given, str):
            given = checked_text(given, field=name, longest=_LONGEST.get(name, 200), required=name == "name")
        values[name] = given
    values["code"] = values["code"] or None
    values["country_code"] = values["country_code"] or None
    if values["code"] is not None and len(values["code"]) > 64:
        raise BadField("code", _("has at most {longest} characters.").format(longest=64))
    if values["email"] and (values["email"].count("@") != 1 or " " in values["email"]):
        raise BadField("email", _("is no mail address."))
    if type(command.lead_time_days) is not int or not 0 <= command.lead_time_days <= LONGEST_LEAD:
        raise BadAmount("lead_time_days")
    checked_cost(command.minimum_order_cents, "minimum_order_cents")
    own = getattr(command, "supplier_id", None) or 0
    for name, sentence in (
        ("name", _("there is a supplier {name} already.")),
        ("code", _("another supplier has the code {name}.")),
    ):
        column = getattr(Supplier, name)
        taken = sa.select(Supplier.id).where(column == values[name], Supplier.id != own)
        if values[name] is not None and uow.connection.execute(taken).first() is not None:
            raise BadField(name, sentence.format(name=values[name]))
    if values["country_code"] is not None:
        known = sa.select(Country.code).where(Country.code == values["country_code"])
        if uow.connection.execute(known).first() is None:
            raise BadField("country_code", _("is no country."))
    return values
