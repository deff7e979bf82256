"""What an actor may do at this very moment, read inside the transaction that asks (R18, S13)."""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import Clock, to_micros
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.db.batch import Batch, Prepared
from shopdesk.system.models import ApiKey, PermissionRow, Role, RolePermission, SessionRow, User


class SignedOut(ShopError):
    """The session ended, expired or is locked, the API key was revoked, or the user was disabled."""

    code = "signed_out"
    sentence = N_("You are signed out. Sign in again to go on.")


_session = (
    sa.select(SessionRow.id)
    .where(
        SessionRow.uid == sa.bindparam("session_uid"),
        SessionRow.user_id == sa.bindparam("user_id"),
        SessionRow.ended_at.is_(None),
        SessionRow.locked_at.is_(None),
        sa.type_coerce(SessionRow.expires_at, sa.BigInteger) > sa.bindparam("now"),
    )
    .exists()
)
_key = (
    sa.select(ApiKey.id)
    .where(
        ApiKey.id == sa.bindparam("api_key_id"),
        ApiKey.user_id == sa.bindparam("user_id"),
        ApiKey.is_active,
        ~ApiKey.is_revoked,
        sa.or_(ApiKey.expires_at.is_(None), sa.type_coerce(ApiKey.expires_at, sa.BigInteger) > sa.bindparam("now")),
    )
    .exists()
)
_rights = (
    sa.select(User.username, User.is_active, Role.id, Role.version, Role.code, Role.discount_cap_ppm)
    .join_from(User, Role)
    .where(User.id == sa.bindparam("user_id"))
)
_NOW = Prepared(_rights)
_NOW_IN_SESSION = Prepared(_rights.where(_session))
_NOW_WITH_KEY = Prepared(_rights.where(_key))
_PERMISSIONS = (
    sa.select(PermissionRow.code).join(RolePermission).where(RolePermission.role_id == sa.bindparam("role_id"))
)

_known_permissions: WeakKeyDictionary[sa.Engine, dict[tuple[int, int], frozenset[str]]] = WeakKeyDictionary()
"""Permissions by engine, role and the role's version, which rises with each edit."""


def rights_now(connection: sa.Connection, actor: Actor, clock: Clock) -> Actor:
    """The actor with the role, permissions and discount cap of this moment; raises SignedOut.

    One statement; the list of permissions is remembered for as long as the role's version stays.
    """
    batch = Batch(connection)
    values = {"user_id": actor.user_id, "now": to_micros(clock.now())}
    if actor.api_key_id is not None:
        found = batch.add(_NOW_WITH_KEY, {**values, "api_key_id": actor.api_key_id})
    elif actor.session_uid is not None:
        found = batch.add(_NOW_IN_SESSION, {**values, "session_uid": actor.session_uid})
    else:
        found = batch.add(_NOW, {"user_id": actor.user_id})
    batch.send()
    if found.one is None or not found.one[1]:
        raise SignedOut
    username, _active, role_id, version, role, cap = found.one
    known = _known_permissions.setdefault(connection.engine, {})
    held = known.get((role_id, version))
    if held is None:
        rows = connection.execute(_PERMISSIONS, {"role_id": role_id}).scalars()
        held = known[role_id, version] = frozenset(rows)
    if held == actor.permissions and (username, role, cap) == (actor.username, actor.role, actor.discount_cap_ppm):
        return actor
    return replace(actor, username=username, role=role, permissions=held, discount_cap_ppm=cap)
