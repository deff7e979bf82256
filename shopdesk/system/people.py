"""What screens show of people: the list of users, one user, the names on the sign-in screen, who could approve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.system.models import AuthProvider, PermissionRow, Role, RolePermission, SessionRow, SignInMiss, User
from shopdesk.system.proof import PASSWORD, PIN, name_hash
from shopdesk.system.sessions import full_name
from shopdesk.system.sign_in import PIN_TRUST


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user in the list of users. ``last_seen_at`` is the last sign-in by password, None for never."""

    id: int
    username: str
    display_name: str
    role: str
    role_name: str
    email: str
    is_active: bool
    has_pin: bool
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class UserDetail:
    """One user for the form. ``blocked_until`` is set while misses keep them out."""

    id: int
    version: int
    username: str
    first_name: str
    last_name: str
    email: str
    phone: str
    language: str
    role: str
    role_name: str
    is_active: bool
    has_pin: bool
    must_change_password: bool
    blocked_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """A name to choose on the sign-in screen. ``pin_ready``: their PIN does at this till, else the password is asked."""

    user_id: int
    username: str
    display_name: str
    initials: str
    role_name: str
    pin_ready: bool


def _proof(kind: str, column: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """A column of a user's way of proving who they are, for the list."""
    mine = sa.select(column).where(AuthProvider.user_id == User.id, AuthProvider.provider == kind)
    return mine.correlate(User).scalar_subquery()


_PIN_ID = _proof(PIN, cast("Any", AuthProvider.id))
_LAST_SEEN = _proof(PASSWORD, cast("Any", AuthProvider.last_used_at))
_USERS = sa.select(
    User.id,
    User.username,
    User.first_name,
    User.last_name,
    Role.code,
    Role.name,
    User.email,
    User.is_active,
    _PIN_ID,
    sa.type_coerce(_LAST_SEEN, cast("Any", AuthProvider.last_used_at.type)),
).join_from(User, Role)
USER_SORTS = Sorts(cast("dict[str, Any]", {"username": (User.username,)}), default="username")


def users_page(reader: Reader, request: PageRequest) -> Page[UserRow]:
    """A page of users by ``username``. Filters: ``role`` (code), ``active`` (bool). The search finds the name's parts."""
    statement = _USERS.where(~User.is_builtin)
    for word in request.search.split():
        parts = (User.username, User.first_name, User.last_name, User.email)
        statement = statement.where(sa.or_(*(column.icontains(word, autoescape=True) for column in parts)))
    if (role := request.filter("role")) is not None:
        statement = statement.where(Role.code == role)
    if (active := request.filter("active")) is not None:
        statement = statement.where(User.is_active == active)
    return keyset_page(reader, cast("Any", statement), USER_SORTS, request, _user_row)


def user_detail(reader: Reader, user_id: int) -> UserDetail:
    """One user; raises NotFound."""
    row = reader.connection.execute(
        sa.select(
            User.id,
            User.version,
            User.username,
            User.first_name,
            User.last_name,
            User.email,
            User.phone,
            User.language,
            Role.code,
            Role.name,
            User.is_active,
            _PIN_ID,
            _proof(PASSWORD, cast("Any", AuthProvider.must_change)),
            User.created_at,
        )
        .join_from(User, Role)
        .where(User.id == user_id, ~User.is_builtin)
    ).first()
    if row is None:
        raise NotFound(_("User"), user_id)
    blocked = reader.connection.execute(
        sa.select(sa.func.max(SignInMiss.blocked_until)).where(
            SignInMiss.scope.in_(("account", "pin")),
            SignInMiss.subject == name_hash(row[2]),
            SignInMiss.blocked_until > reader.clock.now(),
        )
    ).scalar()
    return UserDetail(
        id=row[0],
        version=row[1],
        username=row[2],
        first_name=row[3],
        last_name=row[4],
        email=row[5] or "",
        phone=row[6] or "",
        language=row[7] or "",
        role=row[8],
        role_name=_(row[9]),
        is_active=row[10],
        has_pin=row[11] is not None,
        must_change_password=bool(row[12]),
        blocked_until=blocked,
        created_at=row[13],
    )


def sign_in_choices(reader: Reader, till_id: int | None = None) -> tuple[PersonChoice, ...]:
    """Who could sign in here, by name: no addresses, no rights."""
    seen = (
        sa.select(SessionRow.id)
        .where(
            SessionRow.user_id == User.id,
            SessionRow.till_id == till_id,
            SessionRow.created_at >= reader.clock.now() - PIN_TRUST,
        )
        .correlate(User)
        .exists()
    )
    return _choices(reader, [_PIN_ID.is_not(None) & seen])


def approvers(reader: Reader, action: Permission) -> tuple[PersonChoice, ...]:
    """Who may approve an action for others and has a PIN or a password, by name."""
    return _choices(reader, [_PIN_ID.is_not(None)], needs=(Permission.APPROVE, action))


def _choices(
    reader: Reader, ready: Sequence[sa.ColumnElement[bool]], needs: tuple[Permission, ...] = ()
) -> tuple[PersonChoice, ...]:
    statement = (
        sa.select(User.id, User.username, User.first_name, User.last_name, Role.name, *ready)
        .join_from(User, Role)
        .where(User.is_active, ~User.is_builtin)
        .order_by(User.first_name, User.last_name, User.username)
    )
    for permission in needs:
        held = sa.select(RolePermission.role_id).join(PermissionRow).where(PermissionRow.code == permission.value)
        statement = statement.where(User.role_id.in_(held))
    return tuple(
        PersonChoice(row[0], row[1], full_name(*row[1:4]), _initials(*row[1:4]), _(row[4]), bool(row[5]))
        for row in reader.connection.execute(statement)
    )


def _initials(username: str, first_name: str, last_name: str) -> str:
    letters = "".join(part[:1] for part in (first_name, last_name) if part) or username[:2]
    return letters.upper()


def _user_row(row: Sequence[Any]) -> UserRow:
    return UserRow(
        id=row[0],
        username=row[1],
        display_name=full_name(*row[1:4]),
        role=row[4],
        role_name=_(row[5]),
        email=row[6] or "",
        is_active=row[7],
        has_pin=row[8] is not None,
        last_seen_at=row[9],
    )
