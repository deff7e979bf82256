"""Signing in by password, and by PIN at an enrolled till; unlocking; proving oneself again before what cannot be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.audit import TILLS
from shopdesk.system.enrolment import PinNotHere, enrolled_code
from shopdesk.system.misses import PasswordNeeded
from shopdesk.system.models import AuthProvider, SessionRow, User
from shopdesk.system.proof import PASSWORD, PIN, Attempt, Proven, account_name, as_person, let_in, prove, settle
from shopdesk.system.rights import SignedOut
from shopdesk.system.sessions import (
    OpenedSession,
    OpenSession,
    ReopenSession,
    open_session,
    reopen_session,
    session_of_token,
)
from shopdesk.system.tokens import SESSION, new_token, token_hash

PIN_TRUST = timedelta(days=30)
"""How long after their last session at a till a person may come back to it by PIN alone."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who wants in, and how. ``by`` is ``password`` or ``pin``; a PIN needs the till's ``device`` secret.

    ``replaces`` is the token of the session that is left (another person takes over the till).
    """

    username: str
    secret: str
    by: str = PASSWORD
    till_id: int | None = None
    device: str | None = None
    host: str = ""
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Unlock:
    """The person of a locked session proves again who they are."""

    token: str
    secret: str
    by: str = PASSWORD
    device: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session of this program. ``token`` stays in memory; ``lock_seconds`` of idleness lock it.

    ``must_change_password`` is set after a one-time password; ``locked`` when a kept session came back and must be unlocked.
    """

    actor: Actor
    token: str
    session_uid: str
    display_name: str
    expires_at: datetime
    lock_seconds: int
    must_change_password: bool = False
    locked: bool = False


def sign_in(shop: Shop, command: SignIn) -> SignedIn:
    """Let somebody in; slow (0.1 to 0.5 s), so never on the GUI thread.

    Raises BadCredentials, TooManyTries, AccountBlocked, PinNotHere (no enrolled till) or PasswordNeeded (the PIN missed five
    times, or the person was not at this till in the last thirty days).
    """
    place = shop.ask(place_of, command.till_id, command.host)
    if command.by == PIN:
        check_device(shop, command.till_id, command.device)
        assert command.till_id is not None
        if not shop.ask(was_here, command.username, command.till_id):
            raise PasswordNeeded
    attempt = Attempt(command.username, command.by, place)
    proven = prove(shop, attempt, command.secret, till_id=command.till_id)
    token = new_token(SESSION)
    replaces = None if command.replaces is None else token_hash(command.replaces)
    person = as_person(proven.user_id, proven.username, command.till_id)
    session = OpenSession(proven, token_hash(token), command.host, replaces)
    opened = let_in(shop, proven, open_session, session, person)
    return signed_in(shop, opened, token)


def unlock(shop: Shop, command: Unlock) -> SignedIn:
    """Go on with a locked session, under a new token; raises what ``sign_in`` raises, and SignedOut when it is over."""
    known = shop.ask(session_of_token, token_hash(command.token))
    if known is None:
        raise SignedOut
    if command.by == PIN:
        check_device(shop, known.till_id, command.device)
    place = shop.ask(place_of, known.till_id, "")
    attempt = Attempt(known.username, command.by, place)
    proven = prove(shop, attempt, command.secret, till_id=known.till_id)
    token = new_token(SESSION)
    person = as_person(known.user_id, known.username, known.till_id)
    opened = let_in(shop, proven, reopen_session, ReopenSession(proven, known.uid, token_hash(token)), person)
    return signed_in(shop, opened, token)


def prove_again(shop: Shop, actor: Actor, password: str) -> None:
    """The acting person's own password, before a restore, a purge or another step that cannot be undone (S42)."""
    confirm_password(shop, actor, password)


def confirm_password(shop: Shop, actor: Actor, password: str) -> Proven:
    """Check the acting person's password and settle the try; raises BadCredentials or TooManyTries."""
    place = shop.ask(place_of, actor.till_id, "")
    proven = prove(shop, Attempt(actor.username, PASSWORD, place), password, till_id=actor.till_id)
    let_in(shop, proven, settle_proof, proven, as_person(proven.user_id, proven.username, actor.till_id))
    if proven.user_id != actor.user_id:
        raise SignedOut
    return proven


def settle_proof(uow: UnitOfWork, proven: Proven) -> None:
    """Take back the counted try of somebody who proved who they are, and nothing else."""
    settle(uow, proven)


def check_device(shop: Shop, till_id: int | None, device: str | None) -> None:
    """Raise PinNotHere unless this machine is enrolled as the till."""
    if till_id is None or shop.ask(enrolled_code, till_id, device) is None:
        raise PinNotHere


def place_of(reader: Reader, till_id: int | None, host: str) -> str:
    """Where tries are counted together: the till, or the machine of an office."""
    if till_id is None:
        return f"host:{host[:60] or 'office'}"
    code = reader.connection.execute(sa.select(TILLS.c.code).where(TILLS.c.id == till_id)).scalar()
    if code is None:
        raise NotFound(_("Till"), till_id)
    return f"till:{code}"


def was_here(reader: Reader, username: str, till_id: int) -> bool:
    """Whether a person had a session at a till lately, so that their PIN re-opens one (S10).

    An unknown name was not, like somebody who never worked here.
    """
    found = (
        sa.select(SessionRow.id)
        .join(User, User.id == SessionRow.user_id)
        .where(
            User.username == account_name(username),
            SessionRow.till_id == till_id,
            SessionRow.created_at >= reader.clock.now() - PIN_TRUST,
        )
    )
    return reader.connection.execute(found.limit(1)).first() is not None


def must_change_password(reader: Reader, user_id: int) -> bool:
    """Whether a person still has the one-time password that somebody gave them."""
    found = sa.select(AuthProvider.must_change).where(
        AuthProvider.user_id == user_id, AuthProvider.provider == PASSWORD
    )
    return bool(reader.connection.execute(found).scalar())


def signed_in(shop: Shop, opened: OpenedSession, token: str) -> SignedIn:
    """What the program is told of a session that was opened."""
    return SignedIn(
        actor=opened.actor,
        token=token,
        session_uid=opened.uid,
        display_name=opened.display_name,
        expires_at=opened.expires_at,
        lock_seconds=opened.lock_seconds,
        must_change_password=shop.ask(must_change_password, opened.actor.user_id),
        locked=opened.locked,
    )
