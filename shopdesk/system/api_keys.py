"""API keys: shown once, kept as a hash, acting as their owner less what their scopes leave out (S16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shopdesk.core.errors import BadField, NotFound
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.audit import record
from shopdesk.system.models import ApiKey, User
from shopdesk.system.roles import AboveOwnRights, permissions_of
from shopdesk.system.tokens import API_KEY, new_token, token_hash
from shopdesk.system.users import load_subject


@dataclass(frozen=True, slots=True)
class IssueApiKey:
    """A key for somebody. ``scopes`` are permissions, or ``group.*`` for all of a group (``stock.*``).

    ``user_id`` None is the acting person; another person must be within the acting person's own rights.
    """

    name: str
    scopes: frozenset[str]
    expires_at: datetime | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """The new key; ``key`` is never shown again."""

    id: int
    key: str


@dataclass(frozen=True, slots=True)
class RevokeApiKey:
    """End a key at once."""

    key_id: int


@dataclass(frozen=True, slots=True)
class NoteKeyUse:
    """A key is in use."""

    key_id: int


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """A key in the list of keys; never the key itself."""

    id: int
    name: str
    username: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


def issue_api_key(uow: UnitOfWork, command: IssueApiKey) -> IssuedKey:
    """Make a key that acts as its person, within scopes that both that person and the acting one hold."""
    uow.require(Permission.API_KEY)
    scopes = checked_scopes(command.scopes)
    held = uow.actor.effective
    user_id = uow.actor.user_id if command.user_id is None else command.user_id
    if user_id != uow.actor.user_id:
        held &= permissions_of(uow, load_subject(uow, user_id).role_id)
    if beyond := scopes - held:
        raise AboveOwnRights(min(beyond))
    now = uow.clock.now()
    if command.expires_at is not None and command.expires_at <= now:
        raise BadField("expires_at", _("must be in the future."))
    name = checked_text(command.name, field="name", longest=80, required=True)
    key = new_token(API_KEY)
    key_id: int = uow.connection.execute(
        sa.insert(ApiKey)
        .values(
            user_id=user_id,
            key_hash=token_hash(key),
            name=name,
            scopes=" ".join(sorted(scopes)),
            is_active=True,
            is_revoked=False,
            created_at=now,
            expires_at=command.expires_at,
        )
        .returning(ApiKey.id)
    ).scalar_one()
    record(
        uow, "api_key.issued", target_type="api_key", target_id=key_id, details={"name": name, "scopes": sorted(scopes)}
    )
    uow.changed("ApiKey")
    return IssuedKey(key_id, key)


def revoke_api_key(uow: UnitOfWork, command: RevokeApiKey) -> None:
    """End a key; whoever uses it is refused at their next step."""
    uow.require(Permission.API_KEY)
    name = uow.connection.execute(
        sa.update(ApiKey)
        .where(ApiKey.id == command.key_id, ~ApiKey.is_revoked)
        .values(is_revoked=True, is_active=False, revoked_at=uow.clock.now())
        .returning(ApiKey.name)
    ).scalar()
    if name is None:
        raise NotFound(_("API key"), command.key_id)
    record(uow, "api_key.revoked", target_type="api_key", target_id=command.key_id, details={"name": name})
    uow.changed("ApiKey")


def note_key_use(uow: UnitOfWork, command: NoteKeyUse) -> None:
    """Write down that a key is in use; whoever holds it may."""
    uow.connection.execute(sa.update(ApiKey).where(ApiKey.id == command.key_id).values(last_used_at=uow.clock.now()))


def api_keys_list(reader: Reader) -> tuple[ApiKeyRow, ...]:
    """Every key, the latest first."""
    rows = reader.connection.execute(
        sa.select(
            ApiKey.id,
            ApiKey.name,
            User.username,
            ApiKey.scopes,
            ApiKey.created_at,
            ApiKey.expires_at,
            ApiKey.last_used_at,
            ApiKey.revoked_at,
        )
        .join_from(ApiKey, User)
        .order_by(ApiKey.id.desc())
    )
    return tuple(ApiKeyRow(row[0], row[1], row[2], tuple(row[3].split()), *row[4:]) for row in rows)


def checked_scopes(scopes: frozenset[str]) -> frozenset[str]:
    """Scopes as permissions, ``group.*`` spelt out; raises BadField for an unknown or no scope."""
    known = {code.value for code in Permission}
    plain: set[str] = set()
    for scope in scopes:
        fitting = {code for code in known if code.startswith(scope[:-1])} if scope.endswith(".*") else {scope} & known
        if not fitting:
            raise BadField("scopes", _("{name} is no permission.").format(name=scope))
        plain |= fitting
    if not plain:
        raise BadField("scopes", _("at least one is needed."))
    return frozenset(plain)


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whom a valid key acts as."""

    key_id: int
    user_id: int
    username: str
    scopes: frozenset[str]
    last_used_at: datetime | None


def key_holder(reader: Reader, hashed: str) -> KeyHolder | None:
    """Whom the key of a hash acts as; None for an unknown, revoked or expired one, and for a disabled person."""
    row = reader.connection.execute(
        sa.select(ApiKey.id, User.id, User.username, ApiKey.scopes, ApiKey.last_used_at)
        .select_from(ApiKey)
        .join(User, User.id == ApiKey.user_id)
        .where(
            ApiKey.key_hash == hashed,
            ApiKey.is_active,
            ~ApiKey.is_revoked,
            User.is_active,
            sa.or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > reader.clock.now()),
        )
    ).first()
    return None if row is None else KeyHolder(row[0], row[1], row[2], frozenset(row[3].split()), row[4])
