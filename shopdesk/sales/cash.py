"""Cash put into and taken out of a drawer outside a sale, numbered and with its reason (R11)."""

from __future__ import annotations

from dataclasses import dataclass

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadAmount
from shopdesk.core.free_text import checked_text
from shopdesk.core.money import checked_cents
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import insert_into
from shopdesk.db.unit import UnitOfWork
from shopdesk.sales.digests_counter import document_rows
from shopdesk.sales.models import CashMovement
from shopdesk.sales.paper import queue_paper
from shopdesk.sales.request import ReasonNeeded, allowed, begin
from shopdesk.system.records import rows_digest


@dataclass(frozen=True, slots=True)
class CashIn:
    """Put cash into the drawer; an approval has the key as its subject and the amount."""

    key: str
    amount_cents: int
    reason: str
    till: str | None = None
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CashOut:
    """Take cash out of the drawer; an approval has the key as its subject and the amount."""

    key: str
    amount_cents: int
    reason: str
    till: str | None = None
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CashMoved:
    """Done; the movement's number is in the shift's list of movements."""


_ADD_MOVEMENT = insert_into(
    CashMovement,
    "uid",
    "number",
    "till_id",
    "shift_id",
    "type",
    "amount_cents",
    "reason",
    "user_id",
    "approved_by",
    "created_at",
)


def cash_in(uow: UnitOfWork, command: CashIn) -> CashMoved:
    """Put cash into the drawer of an open shift. Raises ShiftNotOpen, ReasonNeeded, BadAmount, NotPermitted, UnknownTill."""
    return _move(uow, command, "in", Permission.CASH_IN)


def cash_out(uow: UnitOfWork, command: CashOut) -> CashMoved:
    """Take cash out of the drawer of an open shift. Raises ShiftNotOpen, ReasonNeeded, BadAmount, NotPermitted, UnknownTill."""
    return _move(uow, command, "out", Permission.CASH_OUT)


def _move(uow: UnitOfWork, command: CashIn | CashOut, direction: str, permission: Permission) -> CashMoved:
    if not command.approvals:
        uow.require(permission)
    amount = checked_cents(command.amount_cents)
    if amount <= 0:
        raise BadAmount("amount_cents")
    reason = checked_text(command.reason, field="reason")
    if not reason:
        raise ReasonNeeded(field="reason")
    kind = f"cash_{direction}"
    request = begin(uow, kind, command.key, command.till, {"amount_cents": amount, "reason": reason})
    if request.answer is not None:
        return CashMoved()
    shift, book = request.open_shift(), request.book
    approver = allowed(uow, permission, subject_uid=request.key, amount_cents=amount, approvals=command.approvals)
    number = book.number("C")
    batch = uow.batch()
    batch.add(
        _ADD_MOVEMENT,
        {
            "uid": request.key,
            "number": number,
            "till_id": request.till.id,
            "shift_id": shift.id,
            "type": direction,
            "amount_cents": amount,
            "reason": reason,
            "user_id": uow.actor.user_id,
            "approved_by": approver,
            "created_at": to_micros(uow.clock.now()),
        },
    )
    batch.send()
    rows = rows_digest(document_rows(uow, kind, number))
    body = {"key": request.key, "rows": rows, "approver": approver or 0, "shift": shift.number, "amount": amount}
    book.journal(kind, number, 0, body)
    details = {"amount": amount, "reason": reason, "approver": approver or 0}
    book.audit(f"cash.{direction}", target_type="cash_movement", target_id=number, details=details)
    queue_paper(book.batch, uow, request.till, "drawer", number)
    request.keep({})
    uow.changed("CashMovement", "Shift")
    return CashMoved()
