"""Sessions: idle ones lock, all end after twelve hours, a manager ends them, a stolen refresh token betrays itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import NotPermitted
from shopdesk.core.secrets import FileStore
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.actors import actor_for_session
from shopdesk.system.enrolment import kept_under
from shopdesk.system.models import RefreshToken, SessionRow
from shopdesk.system.proof import BadCredentials
from shopdesk.system.refresh import forget_kept, keep_signed_in, resume
from shopdesk.system.rights import SignedOut
from shopdesk.system.sessions import (
    EndSession,
    SessionWatch,
    end_session,
    live_sessions,
    lock_session,
    sign_out,
    touch_session,
)
from shopdesk.system.sign_in import Unlock, unlock
from shopdesk.system.users import SetUserActive, SetUserRole, set_user_active, set_user_role
from tests.support.small_shop import OPENING
from tests.system.conftest import PINS, SECRETS


def look(uow: UnitOfWork, _command: object) -> frozenset[str]:
    """A use case that tells what the actor may do."""
    return uow.actor.permissions


def test_a_locked_session_does_nothing_until_its_person_unlocks_it(counter):
    signed = counter.sign_in("ann")
    lock_session(counter.shop, signed.token)
    with pytest.raises(SignedOut):
        counter.shop.execute(look, None, signed.actor)
    with pytest.raises(SignedOut):
        actor_for_session(counter.shop, signed.token)
    with pytest.raises(BadCredentials):
        unlock(counter.shop, Unlock(signed.token, PINS["ben"], "pin", counter.till.device))
    back = unlock(counter.shop, Unlock(signed.token, PINS["ann"], "pin", counter.till.device))
    assert back.session_uid == signed.session_uid
    assert back.expires_at == signed.expires_at  # unlocking gives no more time
    assert "sell" in counter.shop.execute(look, None, back.actor)


def test_unlocking_changes_the_token(counter):
    signed = counter.sign_in("ann")
    lock_session(counter.shop, signed.token)
    back = unlock(counter.shop, Unlock(signed.token, SECRETS["ann"]))
    with pytest.raises(SignedOut):
        actor_for_session(counter.shop, signed.token)
    assert actor_for_session(counter.shop, back.token).session_uid == signed.session_uid


def test_only_hashes_of_tokens_are_stored(counter, secrets):
    signed = counter.sign_in("ann")
    keep_signed_in(counter.shop, signed, secrets)
    kept = counter.rows(sa.select(SessionRow.token_hash)) + counter.rows(sa.select(RefreshToken.token_hash))
    for (hashed,) in kept:
        assert len(hashed) == 64
        assert set(hashed) <= set("0123456789abcdef")
    assert len(signed.token) >= 4 + 43  # 256 bits


def test_after_twelve_hours_it_is_over(counter):
    signed = counter.sign_in("ann")
    counter.clock.advance(hours=11, minutes=59)
    counter.shop.execute(look, None, signed.actor)
    counter.clock.advance(minutes=1)
    with pytest.raises(SignedOut):
        counter.shop.execute(look, None, signed.actor)
    with pytest.raises(SignedOut):
        unlock(counter.shop, Unlock(signed.token, SECRETS["ann"]))
    counter.sign_in("ben")
    assert ("expired",) in counter.rows(sa.select(SessionRow.end_reason))


def test_setting_the_clock_back_gains_nothing():
    """The watch within the program goes by the monotonic clock, and by the wall clock too (a sleeping laptop)."""
    clock = ManualClock(OPENING)
    watch = SessionWatch(clock, 120, OPENING + timedelta(hours=12))
    clock.advance(hours=11)
    clock.set(OPENING - timedelta(days=1))
    watch.used()
    assert watch.state() == "open"
    clock.advance(seconds=121)
    assert watch.state() == "lock"
    clock.advance(hours=1)
    assert watch.state() == "expired"
    asleep = SessionWatch(clock, 120, clock.now() + timedelta(hours=12))
    clock.set(clock.now() + timedelta(minutes=3))
    assert asleep.state() == "lock"


def test_activity_is_written_once_a_minute_at_most(counter):
    signed = counter.sign_in("ann")
    watch = SessionWatch(counter.clock, signed.lock_seconds, signed.expires_at)
    due = []
    for _ in range(30):
        counter.clock.advance(seconds=5)
        if watch.used():
            due.append(counter.clock.now())
            touch_session(counter.shop, signed.token)
    assert len(due) == 2
    assert counter.rows(sa.select(SessionRow.last_activity_at)) == [(due[-1],)]


def test_signing_out_ends_also_a_locked_session(counter):
    signed = counter.sign_in("ann")
    lock_session(counter.shop, signed.token)
    sign_out(counter.shop, signed.token)
    assert counter.shop.ask(live_sessions) == ()
    assert ("session.ended", "ann", "ann") in counter.audit()
    sign_out(counter.shop, signed.token)  # twice is once
    assert counter.actions().count("session.ended") == 1


def test_a_manager_sees_and_ends_what_is_open(counter):
    signed = counter.sign_in("ann", host="front desk")
    (seen,) = counter.shop.ask(live_sessions)
    assert (seen.uid, seen.username, seen.till, seen.host) == (signed.session_uid, "ann", "T1", "front desk")
    with pytest.raises(NotPermitted):
        counter.shop.execute(end_session, EndSession(signed.session_uid), counter.actor("ben"))
    counter.shop.execute(end_session, EndSession(signed.session_uid), counter.actor("max"))
    with pytest.raises(SignedOut):
        counter.shop.execute(look, None, signed.actor)


def test_disabling_somebody_takes_effect_in_the_middle_of_their_session(counter):
    signed = counter.sign_in("ann")
    assert counter.shop.execute(look, None, signed.actor)
    counter.shop.execute(set_user_active, SetUserActive(counter.id_of("ann"), False), counter.actor("max"))
    with pytest.raises(SignedOut):
        counter.shop.execute(look, None, signed.actor)
    counter.shop.execute(set_user_active, SetUserActive(counter.id_of("ann"), True), counter.actor("max"))
    with pytest.raises(SignedOut):  # the session does not come back to life
        counter.shop.execute(look, None, signed.actor)


def test_another_role_takes_effect_in_the_middle_of_a_session(counter):
    signed = counter.sign_in("ann")
    assert "void" not in counter.shop.execute(look, None, signed.actor)
    counter.shop.execute(set_user_role, SetUserRole(counter.id_of("ann"), "manager"), counter.actor("olga"))
    assert "void" in counter.shop.execute(look, None, signed.actor)
    assert "void" in actor_for_session(counter.shop, signed.token).permissions


# ------------------------------------------------------------------ keep this till signed in


def test_a_kept_session_comes_back_open_only_if_it_was_in_use(counter, secrets):
    signed = counter.sign_in("ann")
    keep_signed_in(counter.shop, signed, secrets)
    counter.clock.advance(seconds=30)
    back = resume(counter.shop, secrets, till_id=counter.till.till_id)
    assert back is not None
    assert not back.locked
    assert back.expires_at == signed.expires_at
    assert "sell" in counter.shop.execute(look, None, back.actor)
    with pytest.raises(SignedOut):  # the session of the program that ended is over
        counter.shop.execute(look, None, signed.actor)
    counter.clock.advance(seconds=200)
    idle = resume(counter.shop, secrets, till_id=counter.till.till_id)
    assert idle is not None
    assert idle.locked
    with pytest.raises(SignedOut):
        counter.shop.execute(look, None, idle.actor)
    again = unlock(counter.shop, Unlock(idle.token, PINS["ann"], "pin", counter.till.device))
    assert "sell" in counter.shop.execute(look, None, again.actor)


def test_starting_the_program_anew_is_no_way_around_the_lock(counter, secrets):
    signed = counter.sign_in("ann")
    keep_signed_in(counter.shop, signed, secrets)
    lock_session(counter.shop, signed.token)
    back = resume(counter.shop, secrets, till_id=counter.till.till_id)
    assert back is not None
    assert back.locked


def test_the_day_after_a_kept_session_comes_back_locked_with_a_day_of_its_own(counter, secrets):
    keep_signed_in(counter.shop, counter.sign_in("ann"), secrets)
    counter.clock.advance(days=1)
    back = resume(counter.shop, secrets, till_id=counter.till.till_id)
    assert back is not None
    assert back.locked
    assert back.expires_at == counter.clock.now() + timedelta(hours=12)


def test_a_stolen_refresh_token_ends_both(counter, secrets, tmp_path):
    keep_signed_in(counter.shop, counter.sign_in("ann"), secrets)
    name = counter.shop.ask(kept_under, "refresh", counter.shop)
    thief = FileStore(tmp_path / "thief.json")
    thief.put(name, secrets.get(name))

    stolen = resume(counter.shop, thief, till_id=counter.till.till_id)
    assert stolen is not None
    assert resume(counter.shop, secrets, till_id=counter.till.till_id) is None  # the owner shows the used token
    with pytest.raises(SignedOut):
        counter.shop.execute(look, None, stolen.actor)
    assert resume(counter.shop, thief, till_id=counter.till.till_id) is None
    assert "refresh.reused" in counter.actions()
    assert counter.shop.ask(live_sessions) == ()


def test_a_kept_sign_in_ends_after_thirty_days_or_when_forgotten(counter, secrets):
    keep_signed_in(counter.shop, counter.sign_in("ann"), secrets)
    for _ in range(29):
        counter.clock.advance(days=1)
        assert resume(counter.shop, secrets) is not None
    counter.clock.advance(days=2)
    assert resume(counter.shop, secrets) is None
    keep_signed_in(counter.shop, counter.sign_in("ann"), secrets)
    forget_kept(counter.shop, secrets)
    assert resume(counter.shop, secrets) is None
    assert counter.rows(
        sa.select(RefreshToken.id).where(RefreshToken.revoked_at.is_(None), RefreshToken.used_at.is_(None))
    )


def test_nobody_disabled_comes_back(counter, secrets):
    keep_signed_in(counter.shop, counter.sign_in("ann"), secrets)
    counter.shop.execute(set_user_active, SetUserActive(counter.id_of("ann"), False), counter.actor("max"))
    assert resume(counter.shop, secrets) is None
