"""Sessions: opened by a proof of who one is, locked when idle, over after twelve hours whatever the machine's clock says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import Clock
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.audit import TILLS, record
from shopdesk.system.models import SessionRow, User
from shopdesk.system.proof import Proven, as_person, settle
from shopdesk.system.rights import SignedOut, rights_now
from shopdesk.system.settings import shop_settings
from shopdesk.system.tokens import token_hash

LONGEST_SESSION = timedelta(hours=12)
ACTIVITY_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session that stands in the database; ``locked`` when its person must first unlock it."""

    uid: str
    actor: Actor
    display_name: str
    expires_at: datetime
    lock_seconds: int
    locked: bool = False


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A new session for somebody who proved who they are; ``replaces`` is the hash of the token of the one they leave."""

    proven: Proven
    token_hash: str
    host: str = ""
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class ReopenSession:
    """A locked session whose own person proved who they are again; the token is changed."""

    proven: Proven
    session_uid: str
    new_token_hash: str


@dataclass(frozen=True, slots=True)
class EndSession:
    """End somebody's session at once."""

    session_uid: str


@dataclass(frozen=True, slots=True)
class KnownSession:
    """What a token stands for, whether it is locked or not."""

    uid: str
    user_id: int
    username: str
    till_id: int | None
    locked: bool


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that somebody has open, for the list of sessions."""

    uid: str
    username: str
    display_name: str
    till: str
    host: str
    created_at: datetime
    last_activity_at: datetime
    expires_at: datetime
    locked: bool


def open_session(uow: UnitOfWork, command: OpenSession) -> OpenedSession:
    """Let in somebody who proved who they are; needs no permission but the proof, which is settled here."""
    settle(uow, command.proven)
    end_expired(uow)
    if command.replaces is not None:
        _end(uow, SessionRow.token_hash == command.replaces, "switched")
    opened = add_session(uow, command.proven.user_id, command.token_hash, host=command.host)
    details = {"by": command.proven.attempt.by, "place": command.proven.attempt.place}
    record(uow, "sign_in.done", target_type="user", target_id=command.proven.username, details=details)
    return opened


def reopen_session(uow: UnitOfWork, command: ReopenSession) -> OpenedSession:
    """Unlock a session for its own person; needs no permission but the proof, which is settled here."""
    settle(uow, command.proven)
    reopened = uow.connection.execute(
        sa.update(SessionRow)
        .where(
            SessionRow.uid == command.session_uid,
            SessionRow.user_id == command.proven.user_id,
            SessionRow.ended_at.is_(None),
            SessionRow.expires_at > uow.clock.now(),
        )
        .values(locked_at=None, token_hash=command.new_token_hash, last_activity_at=uow.clock.now())
        .returning(SessionRow.expires_at, SessionRow.till_id)
    ).first()
    if reopened is None:
        raise SignedOut
    details = {"by": command.proven.attempt.by}
    record(uow, "session.unlocked", target_type="user", target_id=command.proven.username, details=details)
    uow.changed("Session")
    return _opened(uow, command.proven.user_id, command.session_uid, reopened[0], locked=False)


def add_session(
    uow: UnitOfWork,
    user_id: int,
    hashed_token: str,
    *,
    host: str = "",
    expires_at: datetime | None = None,
    family_uid: str | None = None,
    locked: bool = False,
) -> OpenedSession:
    """Write a session of the actor's till, at most twelve hours long; the caller has made sure of the person."""
    now = uow.clock.now()
    # Whoever disables this person waits for this row and then ends this session too, or was first and is seen here.
    active = sa.select(User.id).where(User.id == user_id, User.is_active).with_for_update(read=True)
    if uow.connection.execute(active).first() is None:
        raise SignedOut
    until = min(expires_at or now + LONGEST_SESSION, now + LONGEST_SESSION)
    uid = uuid7()
    uow.connection.execute(
        sa.insert(SessionRow).values(
            uid=uid,
            token_hash=hashed_token,
            user_id=user_id,
            till_id=uow.actor.till_id,
            device_type="desktop",
            host=host[:100],
            user_agent="",
            created_at=now,
            last_activity_at=now,
            locked_at=now if locked else None,
            expires_at=until,
            family_uid=family_uid,
        )
    )
    uow.changed("Session")
    return _opened(uow, user_id, uid, until, locked=locked)


def end_session(uow: UnitOfWork, command: EndSession) -> None:
    """End a session by somebody who may; its person is signed out at their next step."""
    uow.require(Permission.SESSION_END)
    found = uow.connection.execute(
        sa.select(User.username).join_from(SessionRow, User).where(SessionRow.uid == command.session_uid)
    ).scalar()
    if found is None:
        raise NotFound(_("Session"), command.session_uid)
    if _end(uow, SessionRow.uid == command.session_uid, "ended"):
        details = {"session": command.session_uid}
        record(uow, "session.ended", target_type="user", target_id=found, details=details)


def end_sessions_of(uow: UnitOfWork, user_id: int, reason: str, *, but: str | None = None) -> None:
    """End every session of a user, except the one of this uid."""
    mine = SessionRow.user_id == user_id
    _end(uow, mine if but is None else mine & (SessionRow.uid != but), reason)


def end_family(uow: UnitOfWork, family_uid: str, reason: str) -> None:
    """End the sessions that a family of refresh tokens keeps."""
    _end(uow, SessionRow.family_uid == family_uid, reason)


def end_expired(uow: UnitOfWork) -> None:
    """Close the sessions that are past their time, as of that time."""
    uow.connection.execute(
        sa.update(SessionRow)
        .where(SessionRow.ended_at.is_(None), SessionRow.expires_at <= uow.clock.now())
        .values(ended_at=SessionRow.expires_at, end_reason="expired")
    )


@dataclass(frozen=True, slots=True)
class ByToken:
    """A step of the session itself, shown by its token."""

    token_hash: str


def note_lock(uow: UnitOfWork, command: ByToken) -> None:
    """Lock a session; whoever holds its token may."""
    now = uow.clock.now()
    found = (
        (SessionRow.token_hash == command.token_hash) & SessionRow.ended_at.is_(None) & SessionRow.locked_at.is_(None)
    )
    if uow.connection.execute(sa.update(SessionRow).where(found).values(locked_at=now)).rowcount:
        uow.changed("Session")


def note_activity(uow: UnitOfWork, command: ByToken) -> None:
    """Write down that a session is in use; whoever holds its token may."""
    found = (
        (SessionRow.token_hash == command.token_hash) & SessionRow.ended_at.is_(None) & SessionRow.locked_at.is_(None)
    )
    uow.connection.execute(sa.update(SessionRow).where(found).values(last_activity_at=uow.clock.now()))


def close_session(uow: UnitOfWork, command: ByToken) -> None:
    """Sign out; whoever holds the token may."""
    if _end(uow, SessionRow.token_hash == command.token_hash, "signed_out"):
        details = {"reason": "signed_out"}
        record(uow, "session.ended", target_type="user", target_id=uow.actor.username, details=details)


def lock_session(shop: Shop, token: str) -> None:
    """Lock the session of a token; nothing happens when it is locked or over."""
    _step(shop, token, "lock")


def touch_session(shop: Shop, token: str) -> None:
    """Write down that the session of a token is in use: at most once a minute, see SessionWatch."""
    _step(shop, token, "touch")


def sign_out(shop: Shop, token: str) -> None:
    """End the session of a token, also a locked one."""
    _step(shop, token, "close")


def _step(shop: Shop, token: str, step: Literal["lock", "touch", "close"]) -> None:
    known = shop.ask(session_of_token, token_hash(token))
    if known is None:
        return
    use_case = {"lock": note_lock, "touch": note_activity, "close": close_session}[step]
    person = as_person(known.user_id, known.username, known.till_id)
    try:
        shop.execute(use_case, ByToken(token_hash(token)), person)
    except SignedOut:
        return  # disabled in the meantime: every session of theirs was ended by that


def session_of_token(reader: Reader, hashed: str) -> KnownSession | None:
    """The live session of a token's hash, locked or not; None when it is over."""
    row = reader.connection.execute(
        sa.select(SessionRow.uid, SessionRow.user_id, User.username, SessionRow.till_id, SessionRow.locked_at)
        .join_from(SessionRow, User)
        .where(
            SessionRow.token_hash == hashed,
            SessionRow.ended_at.is_(None),
            SessionRow.expires_at > reader.clock.now(),
            User.is_active,
        )
    ).first()
    return None if row is None else KnownSession(row[0], row[1] or 0, row[2], row[3], row[4] is not None)


def live_sessions(reader: Reader) -> tuple[LiveSession, ...]:
    """Who is signed in where, the latest first."""
    rows = reader.connection.execute(
        sa.select(
            SessionRow.uid,
            User.username,
            User.first_name,
            User.last_name,
            TILLS.c.code,
            SessionRow.host,
            SessionRow.created_at,
            SessionRow.last_activity_at,
            SessionRow.expires_at,
            SessionRow.locked_at,
        )
        .join_from(SessionRow, User)
        .outerjoin(TILLS, TILLS.c.id == SessionRow.till_id)
        .where(SessionRow.ended_at.is_(None), SessionRow.expires_at > reader.clock.now())
        .order_by(SessionRow.created_at.desc())
    )
    return tuple(
        LiveSession(
            uid=row[0],
            username=row[1],
            display_name=full_name(row[1], row[2], row[3]),
            till=row[4] or "",
            host=row[5],
            created_at=row[6],
            last_activity_at=row[7],
            expires_at=row[8],
            locked=row[9] is not None,
        )
        for row in rows
    )


def full_name(username: str, first_name: str, last_name: str) -> str:
    """How a person is called on a screen: their name, else the name they sign in with."""
    return f"{first_name} {last_name}".strip() or username


class SessionWatch:
    """Tells within the program when to lock and when a session is over.

    Measured by the monotonic clock, so that setting the machine's clock back gains nothing, and by the wall clock as well,
    because the monotonic one stands still while a laptop sleeps; whichever says more counts. Costs nothing: call ``used``
    at every key.
    """

    def __init__(self, clock: Clock, lock_seconds: int, expires_at: datetime) -> None:
        self._clock = clock
        self._lock_after = lock_seconds
        self._length = min((expires_at - clock.now()).total_seconds(), LONGEST_SESSION.total_seconds())
        self._start = self._last = self._written = self._moment()

    def used(self) -> bool:
        """Somebody touched something; True when ``touch_session`` is due (at most once a minute)."""
        self._last = self._moment()
        if self._since(self._written) < ACTIVITY_EVERY.total_seconds():
            return False
        self._written = self._last
        return True

    def state(self) -> Literal["open", "lock", "expired"]:
        """What to do now; ask every few seconds."""
        if self._since(self._start) >= self._length:
            return "expired"
        return "lock" if self._since(self._last) >= self._lock_after else "open"

    def _moment(self) -> tuple[float, datetime]:
        return self._clock.monotonic(), self._clock.now()

    def _since(self, then: tuple[float, datetime]) -> float:
        monotonic, wall = self._moment()
        return max(monotonic - then[0], (wall - then[1]).total_seconds())


def _end(uow: UnitOfWork, which: sa.ColumnElement[bool], reason: str) -> bool:
    ended = uow.connection.execute(
        sa.update(SessionRow)
        .where(which, SessionRow.ended_at.is_(None))
        .values(ended_at=uow.clock.now(), end_reason=reason)
    )
    if ended.rowcount:
        uow.changed("Session")
    return ended.rowcount > 0


def _opened(uow: UnitOfWork, user_id: int, uid: str, expires_at: datetime, *, locked: bool) -> OpenedSession:
    name = uow.connection.execute(
        sa.select(User.username, User.first_name, User.last_name).where(User.id == user_id)
    ).one()
    settings = shop_settings(uow)
    seconds = settings.lock_office_seconds if uow.actor.till_id is None else settings.lock_till_seconds
    person = rights_now(uow.connection, Actor(user_id, name[0], "", till_id=uow.actor.till_id), uow.clock)
    actor = replace(person, session_uid=uid)
    return OpenedSession(uid, actor, full_name(*name), expires_at, seconds, locked)
