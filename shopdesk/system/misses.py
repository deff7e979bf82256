"""Counting tries: how many are looked at together, how many may miss, and how long one waits then (S09).

A try is announced before it is looked at, so that a thousand guesses at once are not a thousand hashes: a few are looked at
together, the others wait for their outcome, and from the third miss on everybody waits. An announced try whose program died
counts as a miss.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from shopdesk.core.clock import from_micros, to_micros
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.models import SignInMiss

FREE_MISSES = 2
ACCOUNT_LIMIT = 10
ACCOUNT_LAST = 100
PIN_LIMIT = 5
TILL_LIMIT = 30
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
DIED_AFTER = timedelta(seconds=30)
"""An announced try that nobody settled for so long is a miss of a program that died."""
UNTIL_FORGIVEN = from_micros(to_micros(datetime(9000, 1, 1, tzinfo=from_micros(0).tzinfo)))


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


class StillLooking(ShopError):
    """As many tries as may are being looked at; whoever asks again in a moment knows more."""

    code = "still_looking"
    sentence = N_("Somebody is signing in at this moment. Try again.")


@dataclass(frozen=True, slots=True)
class Counted:
    """What tries are counted together: ``scope`` is ``account``, ``pin`` or ``till``."""

    scope: str
    subject: str

    @property
    def row(self) -> sa.ColumnElement[bool]:
        """The counter's row."""
        return (SignInMiss.scope == self.scope) & (SignInMiss.subject == self.subject)

    @property
    def limit(self) -> int:
        """How many misses lock."""
        return {"account": ACCOUNT_LIMIT, "pin": PIN_LIMIT}.get(self.scope, TILL_LIMIT)


_LOCK = sa.text(
    "INSERT INTO sign_in_misses (scope, subject, count, pending, blocked_until, last_at) "
    "VALUES (:scope, :subject, 0, 0, NULL, :now) "
    "ON CONFLICT (scope, subject) DO UPDATE SET last_at = sign_in_misses.last_at "
    "RETURNING count, pending, blocked_until, last_at"
)


def announce(uow: UnitOfWork, counted: Counted) -> None:
    """Say that a try will be looked at; raises TooManyTries, AccountBlocked, PasswordNeeded or StillLooking."""
    now = uow.clock.now()
    misses, pending, blocked_until, last_at = _locked(uow, counted)
    if pending and now - last_at > DIED_AFTER:
        misses, pending = misses + pending, 0
        blocked_until = block_after(counted.scope, misses, last_at)
    if blocked_until is not None and blocked_until > now:
        if blocked_until >= UNTIL_FORGIVEN:
            raise PasswordNeeded if counted.scope == "pin" else AccountBlocked(seconds=0)
        raise TooManyTries(seconds=int((blocked_until - now).total_seconds()) + 1)
    together = TILL_LIMIT if counted.scope == "till" else FREE_MISSES + 1
    if pending and misses + pending >= together:
        raise StillLooking
    _write(uow, counted, misses, pending + 1, None, now)


def count_miss(uow: UnitOfWork, counted: Counted) -> int:
    """An announced try missed; returns how many did in a row."""
    now = uow.clock.now()
    misses, pending, _until, _last = _locked(uow, counted)
    misses += 1
    _write(uow, counted, misses, max(pending - 1, 0), block_after(counted.scope, misses, now), now)
    return misses


def count_hit(uow: UnitOfWork, counted: Counted) -> None:
    """An announced try was right: the misses before it are forgiven."""
    _misses, pending, _until, last_at = _locked(uow, counted)
    _write(uow, counted, 0, max(pending - 1, 0), None, last_at)
    _drop_empty(uow, counted)


def take_back(uow: UnitOfWork, counted: Counted) -> None:
    """An announced try came to nothing, neither right nor wrong."""
    misses, pending, until, last_at = _locked(uow, counted)
    _write(uow, counted, misses, max(pending - 1, 0), until, last_at)
    _drop_empty(uow, counted)


def forgive(uow: UnitOfWork, counted: Counted) -> bool:
    """Forget all misses; whether there were any."""
    return uow.connection.execute(sa.delete(SignInMiss).where(counted.row)).rowcount > 0


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


def _locked(uow: UnitOfWork, counted: Counted) -> tuple[int, int, datetime | None, datetime]:
    """The counter's figures, its row locked until the end of the transaction; misses, pending, blocked until, last."""
    now = to_micros(uow.clock.now())
    found = uow.connection.execute(_LOCK, {"scope": counted.scope, "subject": counted.subject, "now": now}).one()
    return found[0], found[1], None if found[2] is None else from_micros(found[2]), from_micros(found[3])


def _drop_empty(uow: UnitOfWork, counted: Counted) -> None:
    empty = (SignInMiss.count == 0) & (SignInMiss.pending == 0)
    uow.connection.execute(sa.delete(SignInMiss).where(counted.row, empty))


def _write(
    uow: UnitOfWork, counted: Counted, misses: int, pending: int, until: datetime | None, last_at: datetime
) -> None:
    values = {"count": misses, "pending": pending, "blocked_until": until, "last_at": last_at}
    uow.connection.execute(sa.update(SignInMiss).where(counted.row).values(**values))
