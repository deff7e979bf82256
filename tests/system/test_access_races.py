"""Two at once: owners who disable each other, a disabled person who signs in, two uses of one refresh token or approval."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from shopdesk.books.doctor import run_doctor
from shopdesk.core.errors import ShopError
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.system import passwords
from shopdesk.system.approvals import Approve, approve, use_approval
from shopdesk.system.enrolment import kept_under
from shopdesk.system.misses import StillLooking
from shopdesk.system.models import RefreshToken, SessionRow, SignInMiss, User
from shopdesk.system.proof import Attempt, claim_attempt, gate_actor
from shopdesk.system.refresh import keep_signed_in, resume
from shopdesk.system.users import SetUserActive, SetUserRole, set_user_active, set_user_role
from tests.system.conftest import PINS


def together(*calls: Callable[[], object]) -> list[str]:
    """Run calls at once; the code of each refusal, empty for none."""
    gate, codes = threading.Barrier(len(calls)), [""] * len(calls)

    def run(place: int, call: Callable[[], object]) -> None:
        gate.wait()
        try:
            call()
        except ShopError as error:
            codes[place] = error.code

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return codes


def test_two_owners_who_disable_each_other_leave_one(counter):
    shop, olga, max_ = counter.shop, counter.id_of("olga"), counter.id_of("max")
    shop.execute(set_user_role, SetUserRole(max_, "owner"), counter.actor("olga"))
    for _ in range(5):
        codes = together(
            lambda: shop.execute(set_user_active, SetUserActive(max_, False), counter.actor("olga")),
            lambda: shop.execute(set_user_active, SetUserActive(olga, False), counter.actor("max")),
        )
        left = counter.rows(sa.select(User.username).where(User.id.in_((olga, max_)), User.is_active))
        assert len(left) == 1
        assert sorted(codes)[0] == ""
        assert sorted(codes)[1] in {"last_owner", "signed_out"}
        other = max_ if left == [("olga",)] else olga
        shop.execute(set_user_active, SetUserActive(other, True), counter.actor(left[0][0]))


def test_who_is_disabled_while_signing_in_has_no_session(counter):
    shop, ann = counter.shop, counter.id_of("ann")
    for _ in range(6):
        together(
            lambda: counter.sign_in("ann"),
            lambda: shop.execute(set_user_active, SetUserActive(ann, False), counter.actor("max")),
        )
        assert counter.rows(sa.select(SessionRow.uid).where(SessionRow.ended_at.is_(None))) == []
        assert counter.rows(sa.select(SignInMiss.pending).where(SignInMiss.pending > 0)) == []
        shop.execute(set_user_active, SetUserActive(ann, True), counter.actor("max"))


def test_two_sign_ins_that_both_renew_an_old_hash_both_succeed(one_counter):
    passwords.use_profile(passwords.Profile(16, 1, 1))
    codes = together(lambda: one_counter.sign_in("ann"), lambda: one_counter.sign_in("ann"))
    assert codes == ["", ""]


def test_one_refresh_token_shown_twice_at_once_opens_nothing_that_lasts(counter, secrets):
    keep_signed_in(counter.shop, counter.sign_in("ann"), secrets)
    kept = secrets.get(counter.shop.ask(kept_under, "refresh", counter.shop))

    class Copy:
        """Somebody else's copy of the secret store."""

        kind = "file"
        description = ""

        def get(self, name: str) -> str | None:
            return kept

        def put(self, name: str, secret: str) -> None:
            """What comes back is of no use to the test."""

        def forget(self, name: str) -> None:
            """Nor is this."""

    together(lambda: resume(counter.shop, Copy()), lambda: resume(counter.shop, Copy()))
    assert counter.rows(sa.select(SessionRow.uid).where(SessionRow.ended_at.is_(None))) == []
    assert counter.rows(sa.select(RefreshToken.id).where(RefreshToken.revoked_at.is_(None))) == []


def test_one_approval_used_twice_at_once_is_used_once(counter):
    clerk = counter.actor("ann")
    asked = Approve(Permission.VOID, "sale-1", 900, "max", PINS["max"], device=counter.till.device)
    uid = approve(counter.shop, asked, clerk)

    def use(uow: UnitOfWork, number: str) -> int:
        return use_approval(
            uow, action=Permission.VOID, subject_uid="sale-1", amount_cents=900, approvals=(uid,), used_by=number
        )

    codes = together(*(lambda n=n: counter.shop.execute(use, f"V{n}", clerk) for n in range(6)))
    assert sorted(codes) == [""] + ["not_permitted"] * 5


def test_the_doctor_finds_nothing_after_a_day_of_access(counter, secrets):
    signed = counter.sign_in("ann")
    keep_signed_in(counter.shop, signed, secrets)
    counter.pin("ann", replaces=signed.token)
    with pytest.raises(ShopError):
        counter.sign_in("ben", "wrong")
    asked = Approve(Permission.VOID, "sale-1", 900, "max", PINS["max"], device=counter.till.device)
    approve(counter.shop, asked, counter.actor("ann"))
    counter.shop.execute(set_user_active, SetUserActive(counter.id_of("ann"), False), counter.actor("max"))
    report = run_doctor(counter.shop.database, clock=counter.clock)
    wrong = {finding.id: finding.samples for finding in report.findings if finding.violations}
    assert {id: wrong.get(id, ()) for id in ("I35", "I36", "I37")} == {"I35": (), "I36": (), "I37": ()}


def test_many_tills_sign_one_person_in_at_once(counter):
    """They wait for each other instead of being taken for a guesser."""
    assert together(*(lambda: counter.sign_in("ann") for _ in range(8))) == [""] * 8
    assert counter.rows(sa.select(SignInMiss.scope)) == []


def test_a_try_whose_program_died_counts_as_a_miss(counter):
    attempt = Attempt("ann", "password", "till:T1")
    for _ in range(3):
        counter.shop.execute(claim_attempt, attempt, gate_actor(counter.shop, None))
    with pytest.raises(StillLooking):
        counter.shop.execute(claim_attempt, attempt, gate_actor(counter.shop, None))
    counter.clock.advance(seconds=31)
    counter.shop.execute(claim_attempt, attempt, gate_actor(counter.shop, None))
    assert counter.rows(sa.select(SignInMiss.count, SignInMiss.pending).where(SignInMiss.scope == "account")) == [
        (3, 1)
    ]
    assert counter.rows(sa.select(SignInMiss.count, SignInMiss.pending).where(SignInMiss.scope == "till")) == [(3, 1)]
