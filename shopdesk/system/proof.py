"""Proving who somebody is: each try is counted before it is looked at, looked at outside any transaction, then settled (S09).

Counting first is what keeps a thousand guesses at once from being looked at: they queue on the counter's row, and a miss that
crashes the program has been counted all the same. A success takes the count back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import from_micros, to_micros
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system import passwords
from shopdesk.system.audit import record
from shopdesk.system.models import AuthProvider, SignInMiss, User
from shopdesk.system.records import digest

PASSWORD = "password"
PIN = "pin"

FREE_MISSES = 2
ACCOUNT_LIMIT = 10
ACCOUNT_LAST = 100
PIN_LIMIT = 5
TILL_LIMIT = 30
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
UNTIL_FORGIVEN = datetime.max.replace(year=9000, tzinfo=from_micros(0).tzinfo)


class BadCredentials(ShopError):
    """The name and the secret do not belong together; whether the name exists is not said."""

    code = "bad_credentials"
    sentence = N_("The name or the secret is wrong.")


class TooManyTries(ShopError):
    """Tries are not looked at for a while. ``seconds`` is how long."""

    code = "too_many_tries"
    sentence = N_("Too many tries. Wait {seconds} s and try again.")


class AccountBlocked(TooManyTries):
    """So many misses in a row that only somebody with the right to edit users can lift the block."""

    code = "account_blocked"
    sentence = N_("This account is blocked after too many misses. A manager can unblock it.")


class PasswordNeeded(ShopError):
    """A PIN does not do here: five misses in a row, or the person was not yet at this till."""

    code = "password_needed"
    sentence = N_("The PIN does not do here. Sign in with your password.")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody is about to prove that they are ``username``; ``place`` is the till (``till:T1``) or machine (``host:pc``)."""

    username: str
    by: str
    place: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A try that was counted: the hash to compare with (None for nobody), and the counts it brought."""

    attempt: Attempt
    user_id: int | None
    provider_id: int | None
    hashed: str | None
    set_at: datetime | None
    misses: int
    place_misses: int


@dataclass(frozen=True, slots=True)
class Proven:
    """Somebody who proved who they are; ``renewed`` is the hash at today's cost when the stored one is outdated.

    ``set_at`` is when the secret was last set: it tells a change of the secret from a hash that was only renewed.
    """

    user_id: int
    username: str
    attempt: Attempt
    provider_id: int
    set_at: datetime
    renewed: str | None


def prove(shop: Shop, attempt: Attempt, secret: str, *, till_id: int | None = None) -> Proven:
    """Check a password or PIN; 0.1 to 0.5 s, no transaction is open meanwhile.

    Raises BadCredentials, TooManyTries, AccountBlocked or PasswordNeeded. What follows must call ``settle`` in its own
    transaction, else the try stays counted as a miss.
    """
    gate = gate_actor(shop, till_id)
    claimed = shop.execute(claim_attempt, attempt, gate)
    if not passwords.verify(claimed.hashed, secret):
        shop.execute(record_miss, claimed, gate)
        raise BadCredentials
    assert claimed.hashed is not None
    assert claimed.user_id is not None
    assert claimed.provider_id is not None
    assert claimed.set_at is not None
    renewed = passwords.hash_secret(secret) if passwords.is_outdated(claimed.hashed) else None
    name = account_name(attempt.username)
    return Proven(claimed.user_id, name, attempt, claimed.provider_id, claimed.set_at, renewed)


def account_name(typed: str) -> str:
    """The one spelling of a user's name."""
    return passwords.normal(typed).strip().casefold()


def gate_actor(shop: Shop, till_id: int | None) -> Actor:
    """Who acts before anybody is known: the built-in user with no permission at all."""
    user_id = shop.ask(_builtin_user)
    return Actor(user_id, "local", "owner", till_id=till_id, scopes=frozenset())


def as_person(user_id: int, username: str, till_id: int | None) -> Actor:
    """A person who proved who they are, before they have a session: named in the audit log, permitted nothing."""
    return Actor(user_id, username, "", till_id=till_id, scopes=frozenset())


_COUNT = sa.text(
    "INSERT INTO sign_in_misses (scope, subject, count, blocked_until, last_at) VALUES (:scope, :subject, 1, NULL, :now) "
    "ON CONFLICT (scope, subject) DO UPDATE SET count = sign_in_misses.count + 1, last_at = excluded.last_at "
    "WHERE sign_in_misses.blocked_until IS NULL OR sign_in_misses.blocked_until <= :now RETURNING count"
)


def claim_attempt(uow: UnitOfWork, attempt: Attempt) -> Claimed:
    """Count a try as a miss and tell what to compare with; raises TooManyTries, AccountBlocked or PasswordNeeded."""
    scope = "pin" if attempt.by == PIN else "account"
    misses = _count(uow, scope, name_hash(attempt.username))
    place_misses = _count(uow, "till", attempt.place)
    found = uow.connection.execute(
        sa.select(User.id, AuthProvider.id, AuthProvider.secret_hash, AuthProvider.updated_at)
        .join_from(User, AuthProvider)
        .where(
            User.username == account_name(attempt.username),
            User.is_active,
            ~User.is_builtin,
            AuthProvider.provider == attempt.by,
        )
    ).first()
    user_id, provider_id, hashed, set_at = (None, None, None, None) if found is None else found
    return Claimed(attempt, user_id, provider_id, hashed, set_at, misses, place_misses)


def record_miss(uow: UnitOfWork, claimed: Claimed) -> None:
    """Write a miss into the audit log, and that it blocked somebody. A name that does not exist is not written: it may be
    a password typed into the wrong field."""
    known = claimed.user_id is not None
    name = account_name(claimed.attempt.username) if known else None
    details = {"by": claimed.attempt.by, "place": claimed.attempt.place, "misses": claimed.misses, "known": known}
    record(uow, "sign_in.failed", target_type="user", target_id=name, details=details)
    limit = PIN_LIMIT if claimed.attempt.by == PIN else ACCOUNT_LIMIT
    if claimed.misses >= limit or claimed.place_misses >= TILL_LIMIT:
        record(uow, "sign_in.blocked", target_type="user", target_id=name, details=details)


def settle(uow: UnitOfWork, proven: Proven) -> None:
    """Take back the counted try of somebody who proved who they are; part of the transaction that lets them in.

    Raises BadCredentials when the secret was changed in the meantime.
    """
    values: dict[str, object] = {"last_used_at": uow.clock.now()}
    if proven.renewed is not None:
        values["secret_hash"] = proven.renewed
    kept = uow.connection.execute(
        sa.update(AuthProvider)
        .where(AuthProvider.id == proven.provider_id, AuthProvider.updated_at == proven.set_at)
        .values(**values)
    )
    if not kept.rowcount:
        raise BadCredentials
    # A password also brings back the PIN that was blocked after five misses; a PIN forgives no missed password.
    scopes = ("pin",) if proven.attempt.by == PIN else ("account", "pin")
    _forget(uow, scopes, name_hash(proven.attempt.username))
    _forget(uow, ("till",), proven.attempt.place)


def forgive(uow: UnitOfWork, username: str) -> bool:
    """Forget the misses of a name; whether there were any."""
    return _forget(uow, ("account", "pin"), name_hash(username))


def name_hash(username: str) -> str:
    """How a typed name is kept among the misses."""
    return digest(account_name(username)[:200])


def block_after(scope: str, misses: int, now: datetime) -> datetime | None:
    """Until when tries are not looked at after so many misses in a row; None for at once again.

    From the third miss 2, 4, 8 ... seconds; an account is locked after 10 for 15 minutes, doubling to a day, and after 100
    until forgiven; a PIN after 5 until the password is given; a till after 30 for 15 minutes at a time.
    """
    if scope == "till":
        return now + FIRST_LOCK if misses >= TILL_LIMIT else None
    if misses <= FREE_MISSES:
        return None
    if (scope == "pin" and misses >= PIN_LIMIT) or misses >= ACCOUNT_LAST:
        return UNTIL_FORGIVEN
    if misses >= ACCOUNT_LIMIT:
        return now + min(FIRST_LOCK * (1 << min(misses - ACCOUNT_LIMIT, 10)), LONGEST_LOCK)
    return now + timedelta(seconds=1 << (misses - FREE_MISSES))


def _count(uow: UnitOfWork, scope: str, subject: str) -> int:
    now = uow.clock.now()
    counted = uow.connection.execute(_COUNT, {"scope": scope, "subject": subject, "now": to_micros(now)}).scalar()
    row = (SignInMiss.scope == scope) & (SignInMiss.subject == subject)
    if counted is None:
        until = uow.connection.execute(sa.select(SignInMiss.blocked_until).where(row)).scalar()
        if until is not None and until >= UNTIL_FORGIVEN:
            raise PasswordNeeded if scope == "pin" else AccountBlocked(seconds=0)
        raise TooManyTries(seconds=1 if until is None else int((until - now).total_seconds()) + 1)
    until = block_after(scope, counted, now)
    if until is not None:
        uow.connection.execute(sa.update(SignInMiss).where(row).values(blocked_until=until))
    return int(counted)


def _forget(uow: UnitOfWork, scopes: tuple[str, ...], subject: str) -> bool:
    found = sa.delete(SignInMiss).where(SignInMiss.scope.in_(scopes), SignInMiss.subject == subject)
    return uow.connection.execute(found).rowcount > 0


def _builtin_user(reader: Reader) -> int:
    found = reader.connection.execute(sa.select(User.id).where(User.is_builtin).order_by(User.id).limit(1)).scalar()
    assert found is not None, "install_roles was not called for this shop"
    return found
