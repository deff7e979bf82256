"""News for the people of the shop: written where something happened, read under the bell."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
import sqlalchemy as sa

from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.marketing.models import Notification, NotificationType
from shopdesk.system.audit import record
from shopdesk.system.models import PermissionRow, RolePermission, User

NEWS = cast("sa.Table", Notification.__table__)
TYPES = cast("sa.Table", NotificationType.__table__)
KEPT = timedelta(days=180)
"""How long news is kept, read or not."""


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """One piece of news as its reader sees it; ``type`` is its kind by code, ``type_name`` in the shop's words."""

    id: int
    type: str
    type_name: str
    content: str
    details: Mapping[str, object] | None
    target_type: str | None
    target_id: str | None
    created_at: datetime
    read_at: datetime | None

    @property
    def text(self) -> str:
        """The sentence in the language of the moment."""
        return _(self.content).format(**self.details) if self.details is not None else self.content

    @property
    def state(self) -> str:
        """``read`` or ``unread``."""
        return "unread" if self.read_at is None else "read"


@dataclass(frozen=True, slots=True)
class NotificationTypeRow:
    """A kind of news and whether the shop wants it."""

    id: int
    code: str
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class MarkRead:
    """News that its reader has seen (or, with ``read`` false, wants to see again)."""

    notification_ids: tuple[int, ...]
    read: bool = True


@dataclass(frozen=True, slots=True)
class MarkAllRead:
    """Everything of the acting person."""


@dataclass(frozen=True, slots=True)
class SetNewsWanted:
    """Whether a kind of news, by its code, is told to anybody."""

    code: str
    wanted: bool


def notify(
    uow: UnitOfWork,
    type_code: str,
    content: str,
    *,
    details: Mapping[str, object] | None = None,
    user_ids: Collection[int] | None = None,
    permission: Permission | None = None,
    target: tuple[str, object] | None = None,
) -> int:
    """Tell people something, in the caller's transaction; returns how many are told. One statement.

    ``content`` is a translatable sentence that ``details`` (plain JSON) fills, or without them a text that stands as it is.
    The people are ``user_ids``, else all who hold ``permission``, else all who hold the one of the news's type. Nobody is told
    again of the same ``target`` (what it is, and its id) before they read it, and nobody at all of a type the shop silenced.
    """
    target_type, target_id = (None, None) if target is None else (target[0], str(target[1]))
    told = (
        sa.select(
            TYPES.c.id,
            User.id,
            sa.literal(content),
            sa.literal(None if details is None else msgspec.json.encode(dict(details)).decode(), sa.Text()),
            sa.literal(target_type, sa.Text()),
            sa.literal(target_id, sa.Text()),
            sa.literal(uow.clock.now(), NEWS.c.created_at.type),
        )
        .select_from(sa.join(User, TYPES, sa.true()))
        .where(TYPES.c.code == type_code, TYPES.c.is_active, User.is_active, ~User.is_builtin)
    )
    if user_ids is not None:
        told = told.where(User.id.in_(tuple(user_ids)))
    else:
        wanted = TYPES.c.permission if permission is None else sa.literal(permission.value)
        holds = (
            sa.select(RolePermission.role_id)
            .join(PermissionRow, PermissionRow.id == RolePermission.permission_id)
            .where(RolePermission.role_id == User.role_id, PermissionRow.code == wanted)
        )
        told = told.where(holds.exists())
    if target is not None:
        known = sa.select(NEWS.c.id).where(
            NEWS.c.user_id == User.id,
            NEWS.c.type_id == TYPES.c.id,
            NEWS.c.read_at.is_(None),
            NEWS.c.target_type == target_type,
            NEWS.c.target_id == target_id,
        )
        told = told.where(~known.exists())
    columns = ["type_id", "user_id", "content", "details", "target_type", "target_id", "created_at"]
    count = len(uow.connection.execute(sa.insert(NEWS).from_select(columns, told).returning(NEWS.c.id)).all())
    if count:
        uow.changed("Notification")
    return count


SORTS = Sorts({"newest": (NEWS.c.id,)}, "newest")


def notifications_page(reader: Reader, request: PageRequest, user_id: int) -> Page[NotificationRow]:
    """A person's news, newest first; filter ``unread`` leaves out what they read."""
    select = _select().where(NEWS.c.user_id == user_id)
    if request.filter("unread"):
        select = select.where(NEWS.c.read_at.is_(None))
    return keyset_page(reader, select, SORTS, request, _row)


def unread_count(reader: Reader, user_id: int) -> int:
    """How much news a person has not read."""
    count = sa.select(sa.func.count()).where(NEWS.c.user_id == user_id, NEWS.c.read_at.is_(None))
    return int(reader.connection.execute(count).scalar_one())


def notification_types(reader: Reader) -> tuple[NotificationTypeRow, ...]:
    """Every kind of news by name."""
    columns = (TYPES.c.id, TYPES.c.code, TYPES.c.name, TYPES.c.is_active)
    rows = reader.connection.execute(sa.select(*columns).order_by(TYPES.c.name))
    return tuple(NotificationTypeRow(*row) for row in rows)


def mark_read(uow: UnitOfWork, command: MarkRead) -> int:
    """Mark news of the acting person read or unread; returns how many changed. Nobody touches another's."""
    now = uow.clock.now() if command.read else None
    mine = (NEWS.c.user_id == uow.actor.user_id, NEWS.c.id.in_(command.notification_ids))
    changed = uow.connection.execute(
        sa.update(NEWS).where(*mine, NEWS.c.read_at.is_(None) == command.read).values(read_at=now)
    )
    uow.changed("Notification")
    return changed.rowcount


def mark_all_read(uow: UnitOfWork, command: MarkAllRead) -> int:  # noqa: ARG001 - the shape of a use case
    """Mark all news of the acting person read; returns how many were not."""
    mine = (NEWS.c.user_id == uow.actor.user_id, NEWS.c.read_at.is_(None))
    changed = uow.connection.execute(sa.update(NEWS).where(*mine).values(read_at=uow.clock.now()))
    uow.changed("Notification")
    return changed.rowcount


def set_news_wanted(uow: UnitOfWork, command: SetNewsWanted) -> None:
    """Switch a kind of news off or on for the whole shop; raises NotFound."""
    uow.require(Permission.SETTINGS_EDIT)
    before = uow.connection.execute(sa.select(TYPES.c.is_active).where(TYPES.c.code == command.code)).scalar()
    if before is None:
        raise NotFound(_("Kind of news"), command.code)
    uow.connection.execute(sa.update(TYPES).where(TYPES.c.code == command.code).values(is_active=command.wanted))
    details = {"changed": {"is_active": [bool(before), command.wanted]}}
    record(uow, "notification_type.set", target_type="notification_type", target_id=command.code, details=details)
    uow.changed("NotificationType")


def forget_old_news(uow: UnitOfWork) -> int:
    """Delete news that is older than it is kept; returns how many."""
    old = sa.delete(NEWS).where(NEWS.c.created_at < uow.clock.now() - KEPT)
    return uow.connection.execute(old).rowcount


def _select() -> sa.Select[Any]:  # Any: the columns of a Core table
    return sa.select(
        NEWS.c.id,
        TYPES.c.code,
        TYPES.c.name,
        NEWS.c.content,
        NEWS.c.details,
        NEWS.c.target_type,
        NEWS.c.target_id,
        NEWS.c.created_at,
        NEWS.c.read_at,
    ).join_from(NEWS, TYPES, TYPES.c.id == NEWS.c.type_id)


def _row(found: Any) -> NotificationRow:  # Any: a row of _select
    code, name, content, details = found[1], found[2], found[3], found[4]
    filled = None if details is None else json.loads(details)
    return NotificationRow(found[0], code, name, content, filled, *found[5:9])
