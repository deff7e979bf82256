"""The drawer opened without a sale: allowed to few, numbered, journalled and with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from shopdesk.core.clock import to_micros
from shopdesk.core.free_text import checked_text
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import insert_into
from shopdesk.db.unit import UnitOfWork
from shopdesk.sales.digests_counter import document_rows
from shopdesk.sales.models import DrawerOpening
from shopdesk.sales.paper import queue_paper
from shopdesk.sales.request import ReasonNeeded, allowed, begin
from shopdesk.system.records import rows_digest


@dataclass(frozen=True, slots=True)
class OpenDrawer:
    """Open the drawer without a sale; an approval has the key as its subject and no amount."""

    key: str
    reason: str
    till: str | None = None
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DrawerOpened:
    """The number under which it is recorded."""

    number: str


_ADD_OPENING = insert_into(
    DrawerOpening, "uid", "number", "till_id", "shift_id", "reason", "user_id", "approved_by", "created_at"
)


def open_drawer(uow: UnitOfWork, command: OpenDrawer) -> DrawerOpened:
    """Open the drawer and record it. Raises ReasonNeeded, NotPermitted, UnknownTill."""
    if not command.approvals:
        uow.require(Permission.NO_SALE)
    reason = checked_text(command.reason, field="reason")
    if not reason:
        raise ReasonNeeded(field="reason")
    request = begin(uow, "open_drawer", command.key, command.till, {"reason": reason})
    if request.answer is not None:
        return DrawerOpened(str(request.answer["number"]))
    approver = allowed(uow, Permission.NO_SALE, subject_uid=request.key, amount_cents=0, approvals=command.approvals)
    book, shift = request.book, request.shift
    number = book.number("N")
    batch = uow.batch()
    batch.add(
        _ADD_OPENING,
        {
            "uid": request.key,
            "number": number,
            "till_id": request.till.id,
            "shift_id": None if shift is None else shift.id,
            "reason": reason,
            "user_id": uow.actor.user_id,
            "approved_by": approver,
            "created_at": to_micros(uow.clock.now()),
        },
    )
    batch.send()
    rows = rows_digest(document_rows(uow, "no_sale", number))
    shift_number = 0 if shift is None else shift.number
    body = {"key": request.key, "rows": rows, "approver": approver or 0, "shift": shift_number}
    book.journal("no_sale", number, 0, body)
    details = {"reason": reason, "approver": approver or 0}
    book.audit("drawer.opened", target_type="drawer_opening", target_id=number, details=details)
    queue_paper(book.batch, uow, request.till, "drawer", number)
    request.keep({"number": number})
    uow.changed("DrawerOpening")
    return DrawerOpened(number)
