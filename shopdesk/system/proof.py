"""Proving who somebody is: each try is announced, looked at outside any transaction, then settled (S09)."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system import misses, passwords
from shopdesk.system.audit import record
from shopdesk.system.misses import Counted, StillLooking, TooManyTries
from shopdesk.system.models import AuthProvider, User
from shopdesk.system.records import digest

C = TypeVar("C")
R = TypeVar("R")

PASSWORD = "password"
PIN = "pin"

_LOOK_AGAIN_SECONDS = 0.05
_WAIT_SECONDS = 20


class BadCredentials(ShopError):
    """The name and the secret do not belong together; whether the name exists is not said."""

    code = "bad_credentials"
    sentence = N_("The name or the secret is wrong.")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody is about to prove that they are ``username``; ``place`` is the till (``till:T1``) or machine (``host:pc``)."""

    username: str
    by: str
    place: str

    @property
    def of_person(self) -> Counted:
        """Where the tries of this name and kind are counted."""
        return Counted("pin" if self.by == PIN else "account", name_hash(self.username))

    @property
    def of_place(self) -> Counted:
        """Where the tries of this till or machine are counted."""
        return Counted("till", self.place)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A try that was announced: the hash to compare with, None for nobody."""

    attempt: Attempt
    user_id: int | None
    provider_id: int | None
    hashed: str | None
    set_at: datetime | None


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

    Raises BadCredentials, TooManyTries, AccountBlocked or PasswordNeeded. What follows goes through ``let_in`` and calls
    ``settle`` in its own transaction, else the try is counted as a miss in the end. When several tills sign the same person in
    at once, some wait here for the others.
    """
    gate = gate_actor(shop, till_id)
    claimed = _claimed(shop, attempt, gate)
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


def let_in(shop: Shop, proven: Proven, use_case: Callable[[UnitOfWork, C], R], command: C, person: Actor) -> R:
    """Run the use case that ``settle``s a proof; when it refuses, the announced try is taken back, so that nobody waits."""
    try:
        return shop.execute(use_case, command, person)
    except ShopError:
        with contextlib.suppress(ShopError):
            shop.execute(take_back, proven.attempt, gate_actor(shop, person.till_id))
        raise


def _claimed(shop: Shop, attempt: Attempt, gate: Actor) -> Claimed:
    end = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            return shop.execute(claim_attempt, attempt, gate)
        except StillLooking:
            if time.monotonic() > end:
                raise TooManyTries(seconds=1) from None
            time.sleep(_LOOK_AGAIN_SECONDS)


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


def claim_attempt(uow: UnitOfWork, attempt: Attempt) -> Claimed:
    """Announce a try and tell what to compare with; raises TooManyTries, AccountBlocked, PasswordNeeded, StillLooking."""
    misses.announce(uow, attempt.of_person)
    misses.announce(uow, attempt.of_place)
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
    return Claimed(attempt, user_id, provider_id, hashed, set_at)


def record_miss(uow: UnitOfWork, claimed: Claimed) -> None:
    """Count a miss and write it into the audit log, and that it blocked somebody.

    A name that does not exist is not written: it may be a password typed into the wrong field.
    """
    attempt = claimed.attempt
    person, place = misses.count_miss(uow, attempt.of_person), misses.count_miss(uow, attempt.of_place)
    known = claimed.user_id is not None
    name = account_name(attempt.username) if known else None
    details = {"by": attempt.by, "place": attempt.place, "misses": person, "known": known}
    record(uow, "sign_in.failed", target_type="user", target_id=name, details=details)
    if person >= attempt.of_person.limit or place >= attempt.of_place.limit:
        record(uow, "sign_in.blocked", target_type="user", target_id=name, details=details)


def settle(uow: UnitOfWork, proven: Proven) -> None:
    """End the announced try of somebody who proved who they are; part of the transaction that lets them in.

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
    misses.count_hit(uow, proven.attempt.of_person)
    misses.count_hit(uow, proven.attempt.of_place)
    if proven.attempt.by == PASSWORD:
        # A password brings back the PIN that five misses blocked; a PIN forgives no missed password.
        misses.forgive(uow, Counted("pin", name_hash(proven.attempt.username)))


def take_back(uow: UnitOfWork, attempt: Attempt) -> None:
    """An announced try of somebody who proved who they are came to nothing (they were disabled meanwhile, or may not)."""
    misses.take_back(uow, attempt.of_person)
    misses.take_back(uow, attempt.of_place)


def forgive(uow: UnitOfWork, username: str) -> bool:
    """Forget the misses of a name; whether there were any."""
    hashed = name_hash(username)
    by_password = misses.forgive(uow, Counted("account", hashed))
    by_pin = misses.forgive(uow, Counted("pin", hashed))
    return by_password or by_pin


def name_hash(username: str) -> str:
    """How a typed name is kept among the misses."""
    return digest(account_name(username)[:200])


def _builtin_user(reader: Reader) -> int:
    found = reader.connection.execute(sa.select(User.id).where(User.is_builtin).order_by(User.id).limit(1)).scalar()
    assert found is not None, "install_roles was not called for this shop"
    return found
