"""Opening and closing a drawer (R11): one shift open a till, counted blind, a numbered and immutable Z at the end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa

from shopdesk.core.clock import iso_utc, shop_time, to_micros
from shopdesk.core.errors import BadAmount, BadField, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import checked_cents
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared, insert_into
from shopdesk.db.unit import UnitOfWork
from shopdesk.sales.digests_counter import Z_REPORT, closing_rows, opening_rows
from shopdesk.sales.models import CashCount, Shift, ZReport
from shopdesk.sales.paper import queue_paper
from shopdesk.sales.request import OpenShiftFacts, ReasonNeeded, Request, allowed, begin, open_shift_at
from shopdesk.sales.shift_report import ShiftTotals, opening_entry, opening_number, running_totals, totals_json
from shopdesk.sales.tills import till_at
from shopdesk.system.records import canonical, open_book, rows_digest
from shopdesk.system.settings import shop_settings

_MAX_PIECES = 1_000_000


class ShiftAlreadyOpen(ShopError):
    """A till has one drawer and so one open shift."""

    code = "shift_already_open"
    sentence = N_("A shift is already open at till {till}.")


@dataclass(frozen=True, slots=True)
class CountedPieces:
    """How many pieces of a coin or note were counted."""

    denomination_cents: int
    pieces: int


@dataclass(frozen=True, slots=True)
class OpenShift:
    """Open a till's drawer with what lies in it; ``counts``, if given, must add up to ``float_cents``."""

    key: str
    float_cents: int
    till: str | None = None
    counts: tuple[CountedPieces, ...] = ()


@dataclass(frozen=True, slots=True)
class ShiftOpened:
    """The shift's number at its till, from 1."""

    shift: int


@dataclass(frozen=True, slots=True)
class CloseShift:
    """Count a till's drawer and close its shift: a sum, or pieces by denomination, or both if they agree.

    ``left_cents`` stays in the drawer for the next shift; None leaves all of it. A difference needs a reason, and above the
    shop's limit the permission SHIFT_DIFFERENCE or an approval of it (subject: the shift's uid, amount: the difference
    without its sign).
    """

    key: str
    counted_cents: int | None = None
    till: str | None = None
    counts: tuple[CountedPieces, ...] = ()
    left_cents: int | None = None
    reason: str = ""
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShiftClosed:
    """The Z's number; difference = counted - expected."""

    z: str
    expected_cents: int
    difference_cents: int


@dataclass(frozen=True, slots=True)
class PrintXReport:
    """Print how the open shift stands; the expected cash only with SHIFT_DIFFERENCE where the shop counts blind."""

    till: str | None = None
    with_expected: bool = False


_LAST_LEFT = Prepared(
    sa.select(Shift.left_cents)
    .where(Shift.till_id == sa.bindparam("till_id"), Shift.status == "closed")
    .order_by(Shift.number.desc())
    .limit(1)
)
_OPENING = (
    "uid",
    "till_id",
    "number",
    "status",
    "business_date",
    "opened_at",
    "opened_by",
    "opening_float_cents",
    "opening_difference_cents",
)
_ADD_SHIFT = Prepared(sa.insert(Shift).values({name: sa.bindparam(name) for name in _OPENING}).returning(Shift.id))
_ADD_COUNTS = insert_into(CashCount, "shift_id", "kind", "denomination_cents", "pieces")
_CLOSING = (
    "closed_at",
    "closed_by",
    "expected_cents",
    "counted_cents",
    "left_cents",
    "difference_cents",
    "difference_reason",
    "approved_by",
)
_CLOSE = Prepared(
    sa.text(
        "UPDATE shifts SET status = 'closed', "
        + ", ".join(f"{name} = :{name}" for name in _CLOSING)
        + " WHERE id = :shift_id AND status = 'open'"
    )
)
_ADD_Z = insert_into(ZReport, *Z_REPORT[1:])  # the id is the database's


def open_shift(uow: UnitOfWork, command: OpenShift) -> ShiftOpened:
    """Open a shift; what lies in the drawer against what the last close left is recorded as a difference of its own.

    Raises ShiftAlreadyOpen, UnknownTill, BadAmount, NotPermitted.
    """
    uow.require(Permission.SHIFT_OPEN)
    float_cents = _cash(command.float_cents, "float_cents")
    counts = _checked_counts(command.counts, float_cents)
    content = {"float_cents": float_cents, "counts": counts}
    request = begin(uow, "open_shift", command.key, command.till, content)
    if request.answer is not None:
        return ShiftOpened(int(str(request.answer["shift"])))
    if request.shift is not None:
        raise ShiftAlreadyOpen(till=request.till.code)
    book, now = request.book, uow.clock.now()
    batch = uow.batch()
    last = batch.add(_LAST_LEFT, {"till_id": request.till.id})
    batch.send()
    difference = float_cents - last.one[0] if last.one is not None else 0
    number = book.next_value("SHIFT")
    added = batch.add(
        _ADD_SHIFT,
        {
            "uid": request.key,
            "till_id": request.till.id,
            "number": number,
            "status": "open",
            "business_date": shop_time(now, shop_settings(uow).timezone).date().isoformat(),
            "opened_at": to_micros(now),
            "opened_by": uow.actor.user_id,
            "opening_float_cents": float_cents,
            "opening_difference_cents": difference,
        },
    )
    batch.send()
    assert added.one is not None
    shift_id: int = added.one[0]
    _write_counts(uow, shift_id, "open", counts)
    facts = {"shift": number, "float": float_cents, "difference": difference}
    body = {"key": request.key, "rows": rows_digest(opening_rows(uow, shift_id)), "approver": 0, **facts}
    book.journal("shift_open", opening_number(request.till.code, number), 0, body)
    book.audit("shift.opened", target_type="shift", target_id=str(shift_id), details=facts)
    request.keep({"shift": number})
    uow.changed("Shift")
    return ShiftOpened(number)


def close_shift(uow: UnitOfWork, command: CloseShift) -> ShiftClosed:
    """Close a till's shift with its Z. Raises ShiftNotOpen, ReasonNeeded, NotPermitted, BadAmount, UnknownTill."""
    uow.require(Permission.SHIFT_CLOSE)
    counted, counts = _counted(command)
    left = counted if command.left_cents is None else _cash(command.left_cents, "left_cents")
    if left > counted:
        raise BadField("left_cents", _("cannot be more than was counted."))
    reason = checked_text(command.reason, field="reason")
    content = {"counted_cents": counted, "counts": counts, "left_cents": left, "reason": reason}
    request = begin(uow, "close_shift", command.key, command.till, content)
    if (kept := request.answer) is not None:
        return ShiftClosed(str(kept["z"]), int(str(kept["expected_cents"])), int(str(kept["difference_cents"])))
    shift = request.open_shift()
    totals = running_totals(uow, shift.id)
    difference = counted - totals.expected_cents
    approver = _check_difference(uow, command, shift, difference, reason)
    totals = replace(totals, counted_cents=counted, left_cents=left, difference_cents=difference)
    z = _write_z(uow, request, shift, totals, counts, reason, approver)
    return ShiftClosed(z, totals.expected_cents, difference)


def print_x_report(uow: UnitOfWork, command: PrintXReport) -> None:
    """Print the X report of a till's open shift. Raises ShiftNotOpen, NotPermitted."""
    uow.require(Permission.SHIFT_REPORT)
    till = till_at(uow, command.till, uow.actor)
    book = open_book(uow, till.id, till.code)
    with_expected = not shop_settings(uow).blind_close
    if command.with_expected and not with_expected:
        uow.require(Permission.SHIFT_DIFFERENCE)
        with_expected = True
    shift = open_shift_at(uow, till)
    options = {"shift": shift.id, "kind": "X", "expected": int(with_expected)}
    queue_paper(book.batch, uow, till, "shift_report", f"{till.code}-X{shift.number:06d}", options)
    book.audit("shift.x_printed", target_type="shift", target_id=str(shift.id))
    book.send()


def _write_z(
    uow: UnitOfWork,
    request: Request,
    shift: OpenShiftFacts,
    totals: ShiftTotals,
    counts: list[list[int]],
    reason: str,
    approver: int | None,
) -> str:
    book, till, now = request.book, request.till, uow.clock.now()
    first_seq, before_cents = opening_entry(uow, till.code, shift.number)
    head, perpetual = book.head, book.perpetual_cents
    assert perpetual - before_cents == totals.turnover_cents, "the journal of a shift is the sum of its documents"
    number = book.number("Z")
    figures = {
        "expected_cents": totals.expected_cents,
        "counted_cents": totals.counted_cents,
        "difference_cents": totals.difference_cents,
    }
    batch = uow.batch()
    closed = batch.add(
        _CLOSE,
        {
            **figures,
            "shift_id": shift.id,
            "closed_at": to_micros(now),
            "closed_by": uow.actor.user_id,
            "left_cents": totals.left_cents,
            "difference_reason": reason or None,
            "approved_by": approver,
        },
    )
    journal: dict[str, object] = {"first": first_seq, "last": head.seq, "head": str(head), "perpetual": perpetual}
    batch.add(
        _ADD_Z,
        {
            **figures,
            "number": number,
            "shift_id": shift.id,
            "till_id": till.id,
            "totals": canonical(totals_json(totals, shop_settings(uow).currency, journal)),
            "first_seq": first_seq,
            "last_seq": head.seq,
            "head": str(head),
            "perpetual_cents": perpetual,
            "created_at": to_micros(now),
            "created_by": uow.actor.user_id,
        },
    )
    batch.send()
    assert closed.rowcount == 1, "the till's lock keeps its shift open until here"
    _write_counts(uow, shift.id, "close", counts)
    facts = {
        "shift": shift.number,
        "first": first_seq,
        "last": head.seq,
        "head": str(head),
        "turnover": totals.turnover_cents,
        "expected": totals.expected_cents,
        "counted": totals.counted_cents,
        "difference": totals.difference_cents,
        "left": totals.left_cents,
    }
    body = {"key": request.key, "rows": rows_digest(closing_rows(uow, shift.id)), "approver": approver or 0, **facts}
    book.journal("z", number, 0, body)
    details = {"z": number, "at": iso_utc(now), "difference": totals.difference_cents, "approver": approver or 0}
    book.audit("shift.closed", target_type="shift", target_id=str(shift.id), details=details)
    queue_paper(book.batch, uow, till, "shift_report", number, {"shift": shift.id, "kind": "Z"})
    request.keep({"z": number, **{name: figures[name] for name in ("expected_cents", "difference_cents")}})
    uow.changed("Shift", "ZReport")
    return number


def _check_difference(
    uow: UnitOfWork, command: CloseShift, shift: OpenShiftFacts, difference: int, reason: str
) -> int | None:
    if difference == 0:
        return None
    if not reason:
        raise ReasonNeeded(field="reason", difference_cents=difference)
    if abs(difference) <= shop_settings(uow).difference_limit_cents:
        return None
    return allowed(
        uow,
        Permission.SHIFT_DIFFERENCE,
        subject_uid=shift.uid,
        amount_cents=abs(difference),
        approvals=command.approvals,
    )


def _write_counts(uow: UnitOfWork, shift_id: int, kind: str, counts: list[list[int]]) -> None:
    batch = uow.batch()
    batch.add(
        _ADD_COUNTS,
        [
            {"shift_id": shift_id, "kind": kind, "denomination_cents": worth, "pieces": pieces}
            for worth, pieces in counts
        ],
    )
    batch.send()


def _counted(command: CloseShift) -> tuple[int, list[list[int]]]:
    if command.counted_cents is None:
        if not command.counts:
            raise BadField("counted_cents", _("the drawer must be counted."))
        total = sum(count.denomination_cents * count.pieces for count in command.counts)
        return _cash(total, "counted_cents"), _checked_counts(command.counts, total)
    counted = _cash(command.counted_cents, "counted_cents")
    return counted, _checked_counts(command.counts, counted)


def _cash(cents: int, field: str) -> int:
    if checked_cents(cents, field=field) < 0:
        raise BadAmount(field)
    return cents


def _checked_counts(counts: tuple[CountedPieces, ...], total: int) -> list[list[int]]:
    """Counts as [denomination, pieces], the largest first, those of no pieces left out."""
    for count in counts:
        worth = checked_cents(count.denomination_cents, field="counts")
        if worth <= 0 or not 0 <= checked_cents(count.pieces, field="counts") <= _MAX_PIECES:
            raise BadAmount("counts")
    if len({count.denomination_cents for count in counts}) != len(counts):
        raise BadField("counts", _("a denomination is named twice."))
    if counts and sum(count.denomination_cents * count.pieces for count in counts) != total:
        raise BadField("counts", _("the pieces do not add up to the sum."))
    return sorted(([count.denomination_cents, count.pieces] for count in counts if count.pieces), reverse=True)
