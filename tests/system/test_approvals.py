"""A manager's yes on the spot: for exactly one thing, once, for a minute, by another person (S14)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa

from shopdesk.core.errors import ShopError
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.approvals import ApprovalRefused, Approve, OwnApproval, approve, use_approval
from shopdesk.system.enrolment import PinNotHere
from shopdesk.system.models import Approval, AuditEntry, SignInMiss
from shopdesk.system.people import approvers
from shopdesk.system.proof import BadCredentials
from shopdesk.system.users import SetUserActive, set_user_active
from tests.system.conftest import PINS, SECRETS


@dataclass(frozen=True)
class Void:
    """A sale that a clerk voids with approvals."""

    approvals: tuple[str, ...]
    sale: str = "sale-1"
    amount_cents: int = 900


def void_it(uow: UnitOfWork, command: Void) -> int:
    """A use case that needs a right or an approval; returns who approved."""
    return use_approval(
        uow,
        action=Permission.VOID,
        subject_uid=command.sale,
        amount_cents=command.amount_cents,
        approvals=command.approvals,
        used_by="T1-V000001",
    )


def ask_for(counter, approver: str = "max", **rest) -> str:
    """Ann asks for a yes to void sale-1 up to 10.00."""
    given = {
        "action": Permission.VOID,
        "subject_uid": "sale-1",
        "amount_cents": 1000,
        "approver": approver,
        "secret": PINS.get(approver, ""),
        "device": counter.till.device,
        **rest,
    }
    return approve(counter.shop, Approve(**given), counter.actor("ann"))


def test_a_manager_approves_with_a_pin_and_the_clerk_stays(counter):
    signed = counter.sign_in("ann")
    uid = approve(
        counter.shop,
        Approve(Permission.VOID, "sale-1", 1000, "max", PINS["max"], device=counter.till.device),
        signed.actor,
    )
    assert counter.shop.execute(void_it, Void((uid,)), signed.actor) == counter.id_of("max")
    assert counter.rows(sa.select(Approval.used_by_ref, Approval.actor_id)) == [("T1-V000001", counter.id_of("ann"))]


def test_both_people_are_in_the_audit_log(counter):
    ask_for(counter)
    ((actor_id, details, chain),) = counter.rows(
        sa.select(AuditEntry.actor_id, AuditEntry.details, AuditEntry.chain).where(
            AuditEntry.action == "approval.given"
        )
    )
    assert actor_id == counter.id_of("max")
    assert f'"for":{counter.id_of("ann")}' in details
    assert '"amount":1000' in details
    assert chain == "T1"


def refused(counter, command: Void, actor=None) -> str:
    """The reason in the audit log of a refused use."""
    with pytest.raises(ApprovalRefused) as error:
        counter.shop.execute(void_it, command, actor or counter.actor("ann"))
    assert error.value.code == "not_permitted"
    denied = counter.rows(sa.select(AuditEntry.details).where(AuditEntry.action == "access.denied"))
    assert '"permission":"void"' in denied[-1][0]
    return denied[-1][0]


def test_an_approval_is_used_once(counter):
    uid = ask_for(counter)
    counter.shop.execute(void_it, Void((uid,)), counter.actor("ann"))
    assert "does not fit" in refused(counter, Void((uid,)))


@pytest.mark.parametrize(
    "other",
    [{"sale": "sale-2"}, {"amount_cents": 1001}],
    ids=["another sale", "a larger amount"],
)
def test_an_approval_is_for_one_thing(counter, other):
    uid = ask_for(counter)
    refused(counter, Void((uid,), **other))
    assert counter.shop.execute(void_it, Void((uid,)), counter.actor("ann"))  # the refusal did not use it up


def test_an_approval_is_for_one_action(counter):
    refused(counter, Void((ask_for(counter, action=Permission.REPRINT),)))


def test_an_approval_is_for_one_clerk_and_one_till(counter):
    uid = ask_for(counter)
    refused(counter, Void((uid,)), counter.actor("ben"))
    refused(counter, Void((uid,)), counter.actor("ann", "T2"))
    refused(counter, Void((uid,)), replace(counter.actor("ann"), till_id=None))


def test_an_approval_is_good_for_a_minute(counter):
    uid = ask_for(counter)
    counter.clock.advance(seconds=59)
    late = ask_for(counter)
    assert counter.shop.execute(void_it, Void((uid,)), counter.actor("ann"))
    counter.clock.advance(seconds=61)
    refused(counter, Void((late,)))


def test_nothing_approved_is_refused(counter):
    assert "no approval given" in refused(counter, Void(()))
    refused(counter, Void(("made up",)))


def test_nobody_approves_for_themselves(counter):
    with pytest.raises(OwnApproval):
        approve(
            counter.shop,
            Approve(Permission.VOID, "sale-1", 1000, " MAX ", PINS["max"], device=counter.till.device),
            counter.actor("max"),
        )
    assert "access.denied" in counter.actions()
    assert counter.rows(sa.select(Approval.id)) == []


def test_the_database_itself_refuses_ones_own_approval(counter):
    ask_for(counter)
    with pytest.raises(sa.exc.IntegrityError), counter.shop.database.writing() as connection, connection.begin():
        connection.execute(sa.update(Approval).values(actor_id=Approval.approver_id))


def test_who_may_not_do_it_cannot_approve_it_and_that_is_no_miss(counter):
    with pytest.raises(ApprovalRefused):
        ask_for(counter, "ben")
    with pytest.raises(ApprovalRefused):
        ask_for(counter, "max", action=Permission.ROLE_EDIT)
    assert counter.actions().count("access.denied") == 2
    assert counter.rows(sa.select(SignInMiss.count)) == []


def test_a_wrong_pin_is_a_miss(counter):
    for code in ("bad_credentials", "bad_credentials", "bad_credentials", "too_many_tries"):
        with pytest.raises(ShopError) as error:
            ask_for(counter, secret="999111")
        assert error.value.code == code


def test_the_pin_does_only_at_the_enrolled_till_but_the_password_everywhere(counter):
    with pytest.raises(PinNotHere):
        ask_for(counter, device=None)
    assert ask_for(counter, secret=SECRETS["max"], by="password", device=None)
    with pytest.raises(BadCredentials):
        ask_for(counter, secret=SECRETS["max"])


def test_an_approver_disabled_in_the_meantime_has_approved_nothing(counter):
    uid = ask_for(counter)
    counter.shop.execute(set_user_active, SetUserActive(counter.id_of("max"), False), counter.actor("olga"))
    refused(counter, Void((uid,)))


def test_the_dialog_offers_who_could_approve(counter):
    assert [person.username for person in counter.shop.ask(approvers, Permission.VOID)] == ["max", "olga"]
    assert [person.username for person in counter.shop.ask(approvers, Permission.RESTORE)] == ["olga"]


def test_two_uses_at_once_of_one_approval_are_one(counter):
    """The second of two transactions finds it used, whichever database: one conditional UPDATE decides."""
    uid = ask_for(counter)
    done = []

    def both(uow: UnitOfWork, command: Void) -> None:
        done.append(void_it(uow, command))
        void_it(uow, command)

    with pytest.raises(ApprovalRefused):
        counter.shop.execute(both, Void((uid,)), counter.actor("ann"))
    assert len(done) == 1
    assert counter.shop.execute(void_it, Void((uid,)), counter.actor("ann"))  # all of it was undone
