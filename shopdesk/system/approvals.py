"""A manager's yes on the spot (S14): another person's own PIN, bound to one action, subject, amount and till, good once for
sixty seconds; the clerk stays signed in and both are written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import NotPermitted
from shopdesk.core.i18n import N_
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import PERMISSION_NAMES, Permission
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.audit import Denied, record, record_denied
from shopdesk.system.models import Approval, User
from shopdesk.system.proof import PIN, Attempt, Proven, account_name, as_person, let_in, prove, settle
from shopdesk.system.sign_in import check_device, place_of

GOOD_FOR = timedelta(seconds=60)


class ApprovalRefused(NotPermitted):
    """Nobody approved exactly this: ``values["why"]`` says what was missing, for the log."""

    sentence = N_("This needs a manager's approval for exactly this action and amount. Ask for it again.")

    def __init__(self, permission: str, why: str) -> None:
        super().__init__(permission)
        self.values["why"] = why


class OwnApproval(ApprovalRefused):
    """Somebody tried to approve for themselves."""

    sentence = N_("Nobody approves for themselves. Ask somebody else.")


@dataclass(frozen=True, slots=True)
class Approve:
    """What a manager approves, and how they prove who they are.

    ``subject_uid`` is the cart, sale or shift it is about; ``amount_cents`` the most it may cost; ``till_id`` None is the
    clerk's till. A PIN (``by`` "pin") needs the till's ``device`` secret; a password does everywhere.
    """

    action: Permission
    subject_uid: str
    amount_cents: int
    approver: str
    secret: str
    by: str = PIN
    device: str | None = None
    till_id: int | None = None


@dataclass(frozen=True, slots=True)
class GrantApproval:
    """A yes of the acting person, who just proved who they are, for somebody else."""

    proven: Proven
    action: Permission
    subject_uid: str
    amount_cents: int
    for_user_id: int


def approve(shop: Shop, command: Approve, actor: Actor) -> str:
    """Get a manager's yes for the acting clerk; returns its uid for the command's ``approvals``. Slow (0.1 to 0.5 s).

    Raises OwnApproval, ApprovalRefused (the other may not approve this either), BadCredentials, TooManyTries, PinNotHere.
    """
    till_id = actor.till_id if command.till_id is None else command.till_id
    clerk = replace(actor, session_uid=None, scopes=frozenset(), till_id=till_id)
    if account_name(command.approver) == account_name(actor.username):
        _note(shop, clerk, command, "approver is the same person")
        raise OwnApproval(command.action.value, "same person")
    if command.by == PIN:
        check_device(shop, till_id, command.device)
    attempt = Attempt(command.approver, command.by, shop.ask(place_of, till_id, ""))
    proven = prove(shop, attempt, command.secret, till_id=till_id)
    person = replace(
        as_person(proven.user_id, proven.username, till_id), scopes=frozenset({Permission.APPROVE, command.action})
    )
    grant = GrantApproval(proven, command.action, command.subject_uid, command.amount_cents, actor.user_id)
    try:
        return let_in(shop, proven, grant_approval, grant, person)
    except NotPermitted as error:
        raise ApprovalRefused(command.action.value, "approver lacks the right") from error


def grant_approval(uow: UnitOfWork, command: GrantApproval) -> str:
    """Write the approver's yes; the approver is the acting person and must hold both rights themselves."""
    uow.require(Permission.APPROVE)
    uow.require(command.action)
    settle(uow, command.proven)
    if command.for_user_id == uow.actor.user_id:
        raise OwnApproval(command.action.value, "same person")
    now = uow.clock.now()
    uid = uuid7()
    uow.connection.execute(
        sa.insert(Approval).values(
            uid=uid,
            action=command.action.value,
            subject_uid=command.subject_uid,
            amount_cents=command.amount_cents,
            till_id=uow.actor.till_id,
            approver_id=uow.actor.user_id,
            actor_id=command.for_user_id,
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
    )
    for_whom = uow.connection.execute(sa.select(User.username).where(User.id == command.for_user_id)).scalar()
    details = {
        "action": command.action.value,
        "amount": command.amount_cents,
        "approver": uow.actor.user_id,
        "for": command.for_user_id,
        "for_name": for_whom,
        "uid": uid,
    }
    record(uow, "approval.given", target_type="approval", target_id=command.subject_uid, details=details)
    uow.changed("Approval")
    return uid


def use_approval(
    uow: UnitOfWork,
    *,
    action: Permission,
    subject_uid: str,
    amount_cents: int,
    approvals: Sequence[str],
    till_id: int | None = None,
    used_by: str = "",
) -> int:
    """Use up a yes for the acting clerk; returns the approver's user id, for the document and the audit row.

    Exactly one of ``approvals`` must fit: this action, this subject, an amount at least as large, this clerk, this till
    (``till_id`` None is the clerk's), unused, not older than sixty seconds, by somebody still active. One conditional UPDATE
    each, so that two users of one yes cannot both have it. ``used_by`` is the number of the document. Raises ApprovalRefused,
    with which the whole use case ends.
    """
    now = uow.clock.now()
    till = uow.actor.till_id if till_id is None else till_id
    still_active = sa.select(User.id).where(User.id == Approval.approver_id, User.is_active).exists()
    for uid in approvals:
        approver = uow.connection.execute(
            sa.update(Approval)
            .where(
                Approval.uid == uid,
                Approval.action == action.value,
                Approval.subject_uid == subject_uid,
                Approval.amount_cents >= amount_cents,
                Approval.till_id.is_not_distinct_from(till),
                Approval.actor_id == uow.actor.user_id,
                Approval.approver_id != uow.actor.user_id,
                Approval.used_at.is_(None),
                Approval.expires_at > now,
                still_active,
            )
            .values(used_at=now, used_by_ref=used_by or subject_uid)
            .returning(Approval.approver_id)
        ).scalar()
        if approver is not None:
            return int(approver)
    raise ApprovalRefused(action.value, "no approval given" if not approvals else "approval does not fit")


def _note(shop: Shop, clerk: Actor, command: Approve, why: str) -> None:
    words = f"{PERMISSION_NAMES[command.action]}: {why}"
    shop.execute(record_denied, Denied("approve", command.action.value, words), clerk)
