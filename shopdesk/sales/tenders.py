"""Ways of paying: cash and card are built in, a shop adds its own, orders and retires them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.sales.models import PaymentType
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office

BUILT_IN: dict[str, tuple[str, str, bool]] = {"cash": (N_("Cash"), "cash", True), "card": (N_("Card"), "card", False)}
"""Code to name, kind, and whether the drawer opens."""
KINDS = ("other", "card", "cash")
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,30}[a-z0-9])?")


class TenderTaken(ShopError):
    """Two ways of paying cannot share a code."""

    code = "tender_taken"
    sentence = N_("There is already a way of paying {tender}.")


class BuiltInTender(ShopError):
    """Cash and card stay what they are."""

    code = "built_in_tender"
    sentence = N_("Cash and card belong to every shop and stay in use.")


@dataclass(frozen=True, slots=True)
class TenderRow:
    """A way of paying. ``kind`` is cash (gives change), card (may use a terminal) or other."""

    id: int
    code: str
    name: str
    description: str
    kind: str
    opens_drawer: bool
    position: int
    is_active: bool
    version: int


@dataclass(frozen=True, slots=True)
class AddTender:
    """A new way of paying, put last; ``code`` never changes: documents carry it."""

    code: str
    name: str
    description: str = ""
    kind: str = "other"
    opens_drawer: bool = False


@dataclass(frozen=True, slots=True)
class EditTender:
    """What may change of a way of paying; ``version`` is the one that was read."""

    tender_id: int
    version: int
    name: str
    description: str = ""
    opens_drawer: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class OrderTenders:
    """Every way of paying in the order of the pay panel."""

    tender_ids: tuple[int, ...]


def begin_tenders(uow: UnitOfWork) -> None:
    """Write the built-in ones without asking for a permission (for the making of a shop)."""
    for position, (code, (name, kind, opens_drawer)) in enumerate(BUILT_IN.items()):
        _insert(uow, code, name, "", kind, opens_drawer, position)


def add_tender(uow: UnitOfWork, command: AddTender) -> TenderRow:
    """Add a way of paying. Raises TenderTaken, BadField, NotPermitted."""
    uow.require(Permission.SETTINGS_EDIT)
    if not _CODE.fullmatch(command.code):
        raise BadField("code", _("must be 1 to 32 small letters, digits and dashes."))
    if command.kind not in KINDS:
        raise BadField("kind", _("must be one of {choices}.").format(choices=", ".join(KINDS)))
    if uow.connection.execute(sa.select(PaymentType.id).where(PaymentType.code == command.code)).first():
        raise TenderTaken(field="code", tender=command.code)
    last = uow.connection.execute(sa.select(sa.func.max(PaymentType.position))).scalar()
    name, description = _texts(command.name, command.description)
    position = 0 if last is None else last + 1
    tender_id = _insert(uow, command.code, name, description, command.kind, command.opens_drawer, position)
    audit_office(uow, "tender.added", target_type="payment_type", target_id=command.code)
    return _one(uow, tender_id)


def edit_tender(uow: UnitOfWork, command: EditTender) -> TenderRow:
    """Change a way of paying, or take it out of use. Raises BuiltInTender, ChangedMeanwhile, NotFound, NotPermitted."""
    uow.require(Permission.SETTINGS_EDIT)
    before = _one(uow, command.tender_id)
    if before.code in BUILT_IN and not command.is_active:
        raise BuiltInTender(field="is_active")
    name, description = _texts(command.name, command.description)
    changed = uow.connection.execute(
        sa.update(PaymentType)
        .where(PaymentType.id == command.tender_id, PaymentType.version == command.version)
        .values(
            name=name,
            description=description,
            opens_drawer=command.opens_drawer,
            is_active=command.is_active,
            version=command.version + 1,
            updated_at=uow.clock.now(),
            updated_by=uow.actor.user_id or None,
        )
    )
    if not changed.rowcount:
        raise ChangedMeanwhile(_("Way of paying {tender}").format(tender=before.name))
    was = {field: getattr(before, field) for field in ("name", "description", "opens_drawer", "is_active")}
    now = {
        "name": name,
        "description": description,
        "opens_drawer": command.opens_drawer,
        "is_active": command.is_active,
    }
    details = what_changed(was, now)
    audit_office(uow, "tender.edited", target_type="payment_type", target_id=before.code, details=details)
    uow.changed("PaymentType")
    return _one(uow, command.tender_id)


def order_tenders(uow: UnitOfWork, command: OrderTenders) -> tuple[TenderRow, ...]:
    """Set the order of the pay panel; every way of paying must be named once. Raises BadField, NotPermitted."""
    uow.require(Permission.SETTINGS_EDIT)
    if sorted(command.tender_ids) != sorted(row.id for row in tenders_list(uow)):
        raise BadField("tender_ids", _("must name every way of paying once."))
    for position, tender_id in enumerate(command.tender_ids):
        uow.connection.execute(sa.update(PaymentType).where(PaymentType.id == tender_id).values(position=position))
    audit_office(uow, "tender.ordered", target_type="payment_type", details={"order": list(command.tender_ids)})
    uow.changed("PaymentType")
    return tenders_list(uow)


def pay_panel(reader: Reader) -> tuple[TenderRow, ...]:
    """The ways of paying in use, in their order; one statement."""
    return tuple(row for row in tenders_list(reader) if row.is_active)


def tenders_list(reader: Reader) -> tuple[TenderRow, ...]:
    """Every way of paying, in the order of the pay panel; one statement."""
    rows = reader.connection.execute(_ROWS.order_by(PaymentType.position, PaymentType.id))
    return tuple(_row(row) for row in rows)


_ROWS = sa.select(
    PaymentType.id,
    PaymentType.code,
    PaymentType.name,
    PaymentType.description,
    PaymentType.kind,
    PaymentType.opens_drawer,
    PaymentType.position,
    PaymentType.is_active,
    PaymentType.version,
)


def _row(row: Sequence[Any]) -> TenderRow:
    tender_id, code, name, description, kind, opens_drawer, position, is_active, version = row
    if code in BUILT_IN and name == BUILT_IN[code][0]:
        name = _(name)
    return TenderRow(tender_id, code, name, description, kind, opens_drawer, position, is_active, version)


def _one(reader: Reader, tender_id: int) -> TenderRow:
    found = reader.connection.execute(_ROWS.where(PaymentType.id == tender_id)).first()
    if found is None:
        raise NotFound(_("Way of paying"), tender_id)
    return _row(found)


def _insert(
    uow: UnitOfWork, code: str, name: str, description: str, kind: str, opens_drawer: bool, position: int
) -> int:
    now = uow.clock.now()
    made = uow.connection.execute(
        sa.insert(PaymentType)
        .values(
            code=code,
            name=name,
            description=description,
            kind=kind,
            is_active=True,
            opens_drawer=opens_drawer,
            position=position,
            created_at=now,
            updated_at=now,
            created_by=uow.actor.user_id or None,
        )
        .returning(PaymentType.id)
    )
    uow.changed("PaymentType")
    tender_id: int = made.scalar_one()
    return tender_id


def _texts(name: str, description: str) -> tuple[str, str]:
    return (
        checked_text(name, field="name", longest=40, required=True),
        checked_text(description, field="description", longest=200),
    )
