""" "Keep this till signed in": refresh tokens that change at each use, so that a stolen copy betrays itself (S11).

A session that comes back is open only if it would still be open had the program not ended; else it comes back locked, so that
starting the program anew is no way around the lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.core.secrets import SecretStore
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.audit import record
from shopdesk.system.enrolment import kept_under
from shopdesk.system.models import RefreshToken, SessionRow, User
from shopdesk.system.proof import gate_actor
from shopdesk.system.rights import SignedOut
from shopdesk.system.sessions import OpenedSession, add_session, end_family
from shopdesk.system.settings import shop_settings
from shopdesk.system.sign_in import SignedIn, signed_in
from shopdesk.system.tokens import REFRESH, SESSION, new_token, token_hash

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class KeepSignedIn:
    """Keep the acting person's session beyond the end of the program."""

    token_hash: str
    device_info: str = ""


@dataclass(frozen=True, slots=True)
class Redeem:
    """A refresh token is shown; the next one and the new session's token are given with it."""

    token_hash: str
    next_hash: str
    session_hash: str
    host: str = ""


@dataclass(frozen=True, slots=True)
class ForgetKept:
    """End what a refresh token keeps."""

    token_hash: str


def keep_signed_in(shop: Shop, session: SignedIn, secrets: SecretStore, *, device_info: str = "") -> None:
    """Keep a session: the token goes into the keyring, its hash into the database, for thirty days at most."""
    token = new_token(REFRESH)
    shop.execute(note_kept, KeepSignedIn(token_hash(token), device_info), session.actor)
    secrets.put(shop.ask(kept_under, "refresh", shop), token)


def resume(shop: Shop, secrets: SecretStore, *, till_id: int | None = None, host: str = "") -> SignedIn | None:
    """The session that was kept, under new tokens; None when none was, or it ended, or its token was used before.

    A token used twice means that somebody has a copy: every token and session of its family is ended.
    """
    name = shop.ask(kept_under, "refresh", shop)
    kept = secrets.get(name)
    if kept is None:
        return None
    following, session = new_token(REFRESH), new_token(SESSION)
    redeem = Redeem(token_hash(kept), token_hash(following), token_hash(session), host)
    opened = shop.execute(redeem_refresh, redeem, gate_actor(shop, till_id))
    if opened is None:
        secrets.forget(name)
        return None
    secrets.put(name, following)
    return signed_in(shop, opened, session)


def forget_kept(shop: Shop, secrets: SecretStore) -> None:
    """This machine keeps nobody signed in any more."""
    name = shop.ask(kept_under, "refresh", shop)
    kept = secrets.get(name)
    if kept is not None:
        shop.execute(forget_refresh, ForgetKept(token_hash(kept)), gate_actor(shop, None))
        secrets.forget(name)


def note_kept(uow: UnitOfWork, command: KeepSignedIn) -> None:
    """Begin a family of refresh tokens for the acting person's own session."""
    now = uow.clock.now()
    family = uuid7()
    if uow.actor.session_uid is None:
        raise SignedOut
    _add(uow, command.token_hash, family, uow.actor.user_id, command.device_info, now + KEPT_FOR)
    uow.connection.execute(
        sa.update(SessionRow).where(SessionRow.uid == uow.actor.session_uid).values(family_uid=family)
    )
    record(uow, "session.kept", target_type="user", target_id=uow.actor.username)


def redeem_refresh(uow: UnitOfWork, command: Redeem) -> OpenedSession | None:
    """Use up a refresh token and open its session anew; whoever holds the token may. None when it is worth nothing."""
    now = uow.clock.now()
    used = uow.connection.execute(
        sa.update(RefreshToken)
        .where(
            RefreshToken.token_hash == command.token_hash,
            RefreshToken.used_at.is_(None),
            RefreshToken.revoked_at.is_(None),
            RefreshToken.expires_at > now,
        )
        .values(used_at=now)
        .returning(RefreshToken.family_uid, RefreshToken.user_id, RefreshToken.expires_at, RefreshToken.device_info)
    ).first()
    if used is None:
        _betray(uow, command.token_hash)
        return None
    family, user_id, kept_until, device_info = used
    person = uow.connection.execute(sa.select(User.username).where(User.id == user_id, User.is_active)).scalar()
    if person is None:
        return None
    _add(uow, command.next_hash, family, user_id, device_info, kept_until)
    last = uow.connection.execute(
        sa.select(SessionRow.locked_at, SessionRow.last_activity_at, SessionRow.expires_at)
        .where(SessionRow.family_uid == family)
        .order_by(SessionRow.id.desc())
        .limit(1)
    ).first()
    locked, until = True, None
    if last is not None and last[2] > now:
        settings = shop_settings(uow)
        idle = settings.lock_office_seconds if uow.actor.till_id is None else settings.lock_till_seconds
        locked = last[0] is not None or now - last[1] >= timedelta(seconds=idle)
        until = last[2]
    end_family(uow, family, "resumed")
    opened = add_session(
        uow, user_id, command.session_hash, host=command.host, expires_at=until, family_uid=family, locked=locked
    )
    record(uow, "session.resumed", target_type="user", target_id=person, details={"locked": locked})
    return opened


def forget_refresh(uow: UnitOfWork, command: ForgetKept) -> None:
    """Revoke the family of a refresh token; whoever holds the token may."""
    family = uow.connection.execute(
        sa.select(RefreshToken.family_uid).where(RefreshToken.token_hash == command.token_hash)
    ).scalar()
    if family is not None and _revoke(uow, RefreshToken.family_uid == family):
        record(uow, "refresh.forgotten", target_type="refresh_family", target_id=family)


def revoke_refresh_of(uow: UnitOfWork, user_id: int) -> None:
    """Nobody is kept signed in as this user any more."""
    _revoke(uow, RefreshToken.user_id == user_id)


def _betray(uow: UnitOfWork, hashed: str) -> None:
    """A token came that does not open: if it was used before, there are two holders, and neither is believed."""
    row = uow.connection.execute(
        sa.select(RefreshToken.family_uid, RefreshToken.used_at, User.username)
        .join_from(RefreshToken, User)
        .where(RefreshToken.token_hash == hashed)
    ).first()
    if row is None or row[1] is None:
        return
    _revoke(uow, RefreshToken.family_uid == row[0])
    end_family(uow, row[0], "refresh_reused")
    record(uow, "refresh.reused", target_type="user", target_id=row[2], details={"family": row[0]})


def _revoke(uow: UnitOfWork, which: sa.ColumnElement[bool]) -> bool:
    revoked = sa.update(RefreshToken).where(which, RefreshToken.revoked_at.is_(None)).values(revoked_at=uow.clock.now())
    return uow.connection.execute(revoked).rowcount > 0


def _add(uow: UnitOfWork, hashed: str, family: str, user_id: int, device_info: str, until: datetime) -> None:
    uow.connection.execute(
        sa.insert(RefreshToken).values(
            token_hash=hashed,
            family_uid=family,
            user_id=user_id,
            till_id=uow.actor.till_id,
            device_info=device_info[:100] or _("this machine"),
            created_at=uow.clock.now(),
            expires_at=until,
        )
    )
