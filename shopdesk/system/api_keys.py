"""API keys: shown once, kept as a hash, acting as their owner less what their scopes leave out (S16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.audit import record
from shopdesk.system.models import ApiKey, Role, User
from shopdesk.system.proof import as_person
from shopdesk.system.roles import AboveOwnRights
from shopdesk.system.tokens import API_KEY, new_token, token_hash

USED_EVERY = timedelta(minutes=1)


class BadApiKey(ShopError):
    """The key is unknown, revoked or over; which of these is not said."""

    code = "bad_api_key"
    sentence = N_("This API key is not valid.")


@dataclass(frozen=True, slots=True)
class IssueApiKey:
    """A key for the acting person. ``scopes`` are permissions, or ``group.*`` for all of a group (``stock.*``)."""

    name: str
    scopes: frozenset[str]
    expires_at: datetime | None = None


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
    """Make a key that acts as the acting person within scopes that they hold themselves."""
    uow.require(Permission.API_KEY)
    scopes = checked_scopes(command.scopes)
    beyond = scopes - uow.actor.effective
    if beyond:
        raise AboveOwnRights(min(beyond))
    now = uow.clock.now()
    if command.expires_at is not None and command.expires_at <= now:
        raise BadField("expires_at", _("must be in the future."))
    name = checked_text(command.name, field="name", longest=80, required=True)
    key = new_token(API_KEY)
    key_id: int = uow.connection.execute(
        sa.insert(ApiKey)
        .values(
            user_id=uow.actor.user_id,
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


def actor_from_api_key(shop: Shop, key: str, *, till_id: int | None = None) -> Actor:
    """Who acts with a key, narrowed by its scopes; notes the use at most once a minute. Raises BadApiKey."""
    found = shop.ask(_by_hash, token_hash(key))
    if found is None:
        raise BadApiKey
    key_id, user_id, username, role, scopes, last_used = found
    if last_used is None or shop.clock.now() - last_used >= USED_EVERY:
        shop.execute(note_key_use, NoteKeyUse(key_id), as_person(user_id, username, till_id))
    return Actor(user_id, username, role, till_id=till_id, scopes=frozenset(scopes.split()), api_key_id=key_id)


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


def _by_hash(reader: Reader, hashed: str) -> tuple[int, int, str, str, str, datetime | None] | None:
    row = reader.connection.execute(
        sa.select(ApiKey.id, User.id, User.username, Role.code, ApiKey.scopes, ApiKey.last_used_at)
        .select_from(ApiKey)
        .join(User, User.id == ApiKey.user_id)
        .join(Role, Role.id == User.role_id)
        .where(
            ApiKey.key_hash == hashed,
            ApiKey.is_active,
            ~ApiKey.is_revoked,
            User.is_active,
            sa.or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > reader.clock.now()),
        )
    ).first()
    return None if row is None else (row[0], row[1], row[2], row[3], row[4], row[5])
