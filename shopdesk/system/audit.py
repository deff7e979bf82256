"""The audit log: how it is written where no till's book is open, what is written when somebody is refused, and its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import msgspec
import sqlalchemy as sa

from shopdesk.core.errors import BadField, NotPermitted
from shopdesk.core.i18n import _
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.audit_names import ACTION_NAMES
from shopdesk.system.models import AuditEntry, User
from shopdesk.system.records import audit_office, open_book

TILLS = sa.table("tills", sa.column("id"), sa.column("code"), sa.column("is_active"), sa.column("device_hash"))
"""The few columns of a higher area's table that people and access need: who sits at which till."""


@dataclass(frozen=True, slots=True)
class Denied:
    """A use case that was refused for want of a permission."""

    use_case: str
    permission: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the audit log; ``details`` is what was written with it, by field."""

    id: int
    created_at: datetime
    action: str
    actor_id: int | None
    actor: str
    target_type: str
    target_id: str
    till: str
    details: Mapping[str, object]

    @property
    def action_name(self) -> str:
        """The action in words."""
        return _(ACTION_NAMES.get(self.action, self.action))


def record(
    uow: UnitOfWork,
    action: str,
    *,
    target_type: str | None = None,
    target_id: object = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Append to the audit chain of the actor's till, or of the office, who did what; never a secret.

    Not for a use case that holds the till's Book: that has ``audit`` of its own.
    """
    target = None if target_id is None else str(target_id)
    till_id = uow.actor.till_id
    code = uow.connection.execute(sa.select(TILLS.c.code).where(TILLS.c.id == till_id)).scalar() if till_id else None
    if till_id is None or code is None:
        audit_office(uow, action, target_type=target_type, target_id=target, details=details)
        return
    book = open_book(uow, till_id, code)
    book.audit(action, target_type=target_type, target_id=target, details=details)
    book.send()


def record_denied(uow: UnitOfWork, denied: Denied) -> None:
    """Write down that the actor was refused (S17); run after the refused transaction was rolled back."""
    details = {"permission": denied.permission, "reason": denied.reason}
    record(uow, "access.denied", target_type="use_case", target_id=denied.use_case, details=details)


def note_denied(uow: UnitOfWork, use_case: str, error: NotPermitted) -> None:
    """What the shop's door calls when a use case refused the actor for want of a permission or an approval."""
    permission, why = str(error.values.get("permission", "")), str(error.values.get("why", error.code))
    record_denied(uow, Denied(use_case, permission, why))


_SELECT = (
    sa.select(
        AuditEntry.id,
        AuditEntry.created_at,
        AuditEntry.action,
        AuditEntry.actor_id,
        User.username,
        AuditEntry.target_type,
        AuditEntry.target_id,
        TILLS.c.code,
        AuditEntry.details,
    )
    .select_from(AuditEntry)
    .outerjoin(User, User.id == AuditEntry.actor_id)
    .outerjoin(TILLS, TILLS.c.id == AuditEntry.till_id)
)
_COLUMNS = cast("dict[str, Any]", {"created_at": (AuditEntry.id,)})
AUDIT_SORTS = Sorts(_COLUMNS, default="created_at")


def audit_page(reader: Reader, request: PageRequest) -> Page[AuditRow]:
    """A page of the audit log. Sorted by ``created_at``, that is in the order written (by id).

    Filters: ``actor`` (user id), ``action`` (code, or its beginning up to the dot), ``till`` (id), ``target_type``, ``from``
    and ``to`` (aware moments, ``to`` not included). The search finds what was done to a target by its exact number or name.
    """
    statement = _SELECT
    if request.search.strip():
        statement = statement.where(AuditEntry.target_id == request.search.strip())
    for name, value in request.filters:
        if value is None or value == "":
            continue
        statement = statement.where(_condition(name, value))
    return keyset_page(reader, cast("Any", statement), AUDIT_SORTS, request, _row)


def audit_actions(reader: Reader) -> tuple[tuple[str, str], ...]:
    """The actions that occur, with their names, for the filter's choice."""
    found = reader.connection.execute(sa.select(AuditEntry.action).distinct().order_by(AuditEntry.action)).scalars()
    return tuple((code, _(ACTION_NAMES.get(code, code))) for code in found)


def _condition(name: str, value: object) -> sa.ColumnElement[bool]:
    if name == "actor":
        return AuditEntry.actor_id == value
    if name == "action":
        text = str(value)
        begins = (
            AuditEntry.action.startswith(text, autoescape=True) if text.endswith(".") else AuditEntry.action == text
        )
        return begins
    if name == "till":
        return AuditEntry.till_id == value
    if name == "target_type":
        return AuditEntry.target_type == value
    if name == "from":
        return AuditEntry.created_at >= cast("datetime", value)
    if name == "to":
        return AuditEntry.created_at < cast("datetime", value)
    raise BadField(name, _("is no filter of this list."))


def _row(row: Sequence[Any]) -> AuditRow:
    return AuditRow(
        id=row[0],
        created_at=row[1],
        action=row[2],
        actor_id=row[3],
        actor=row[4] or "",
        target_type=row[5] or "",
        target_id=row[6] or "",
        till=row[7] or "",
        details=msgspec.json.decode(row[8]),
    )
