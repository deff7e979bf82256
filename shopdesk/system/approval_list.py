"""The yeses that managers gave on the spot, as a list: who, for whom, what for, and whether it was used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from shopdesk.core.i18n import _
from shopdesk.core.permissions import PERMISSION_NAMES, Permission
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.system.audit import TILLS
from shopdesk.system.models import Approval, User


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """A yes; ``used_for`` is the number of the document it was used for, empty while it was not."""

    id: int
    created_at: datetime
    action: str
    approver: str
    clerk: str
    till: str
    amount_cents: int
    used_for: str

    @property
    def action_name(self) -> str:
        """What was approved, in words."""
        return _(PERMISSION_NAMES[Permission(self.action)])

    @property
    def is_used(self) -> bool:
        """Whether it was used in time."""
        return bool(self.used_for)


_CLERK = aliased(User)
_SELECT = (
    sa.select(
        Approval.id,
        Approval.created_at,
        Approval.action,
        User.username,
        _CLERK.username,
        sa.func.coalesce(TILLS.c.code, ""),
        Approval.amount_cents,
        sa.func.coalesce(Approval.used_by_ref, ""),
    )
    .join(User, User.id == Approval.approver_id)
    .join(_CLERK, _CLERK.id == Approval.actor_id)
    .outerjoin(TILLS, TILLS.c.id == Approval.till_id)
)
APPROVAL_SORTS = Sorts(cast("dict[str, Any]", {"created_at": (Approval.id,)}), default="created_at")


def approvals_page(reader: Reader, request: PageRequest) -> Page[ApprovalRow]:
    """A page of approvals in the order given. Filters: ``action`` (permission), ``unused`` (true). Search: a user's name."""
    statement = _SELECT
    if name := request.search.casefold():
        either = (column.startswith(name, autoescape=True) for column in (User.username, _CLERK.username))
        statement = statement.where(sa.or_(*either))
    if (action := request.filter("action")) is not None:
        statement = statement.where(Approval.action == action)
    if request.filter("unused"):
        statement = statement.where(Approval.used_at.is_(None))
    return keyset_page(reader, cast("Any", statement), APPROVAL_SORTS, request, lambda row: ApprovalRow(*row[:8]))


def approved_actions(reader: Reader) -> tuple[tuple[str, str], ...]:
    """What was ever approved, with its name, for the filter's choice."""
    found = reader.connection.execute(sa.select(Approval.action).distinct().order_by(Approval.action)).scalars()
    return tuple((code, _(PERMISSION_NAMES[Permission(code)])) for code in found)
