"""What every idempotent request at a till begins with: its till, the till's lock, and whether it was done before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.clock import shop_time
from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import canonical_uuid
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.sales.models import Shift
from shopdesk.sales.tills import TillAt, till_at
from shopdesk.system.approvals import use_approval
from shopdesk.system.records import FIND_ANSWER, Book, open_book, request_hash, stored_answer


class ReasonNeeded(ShopError):
    """A reason must be given. ``values`` may hold figures that the screen shows beside the question."""

    code = "reason_needed"
    sentence = N_("A reason must be given for this.")


class ShiftNotOpen(ShopError):
    """The drawer of a till has no shift."""

    code = "shift_not_open"
    sentence = N_("No shift is open at till {till}.")


@dataclass(frozen=True, slots=True)
class OpenShiftFacts:
    """The open shift of a till as its use cases need it."""

    id: int
    uid: str
    number: int
    business_date: str
    opening_float_cents: int


_OPEN_SHIFT = sa.select(Shift.id, Shift.uid, Shift.number, Shift.business_date, Shift.opening_float_cents).where(
    Shift.till_id == sa.bindparam("till_id"), Shift.status == "open"
)
OPEN_SHIFT = Prepared(_OPEN_SHIFT)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that holds its till's lock. ``answer`` is what was answered before, None for a new one."""

    uow: UnitOfWork
    till: TillAt
    book: Book
    key: str
    use_case: str
    content_hash: str
    answer: dict[str, object] | None
    shift: OpenShiftFacts | None

    def keep(self, answer: Mapping[str, object]) -> None:
        """Keep the answer and send everything that the book and its batch hold."""
        self.book.answer(self.key, self.use_case, self.content_hash, answer)
        self.book.send()

    def open_shift(self) -> OpenShiftFacts:
        """The till's open shift; raises ShiftNotOpen."""
        if self.shift is None:
            raise ShiftNotOpen(till=self.till.code)
        return self.shift


def begin(uow: UnitOfWork, use_case: str, key: str, till: str | None, content: Mapping[str, object]) -> Request:
    """Find the till, lock its book, and look the key up behind the lock, so that of two at once the second is told.

    Three statements. Raises UnknownTill, KeyReused, and BadField for a key that is no UUID.
    """
    try:
        key = canonical_uuid(key)
    except ValueError:
        raise BadField("key", _("must be a UUID.")) from None
    place = till_at(uow, till, uow.actor)
    book = open_book(uow, place.id, place.code)
    hashed = request_hash(use_case, {**content, "till": till or ""})
    batch = uow.batch()
    found = batch.add(FIND_ANSWER, {"key": key})
    shift = batch.add(OPEN_SHIFT, {"till_id": place.id})
    batch.send()
    answer = stored_answer(found, use_case, hashed)
    now = None if shift.one is None else OpenShiftFacts(*shift.one)
    return Request(uow, place, book, key, use_case, hashed, answer, now)


def open_shift_at(reader: Reader, till: TillAt) -> OpenShiftFacts:
    """The open shift of a till; raises ShiftNotOpen."""
    batch = reader.batch()
    found = batch.add(OPEN_SHIFT, {"till_id": till.id})
    batch.send()
    if found.one is None:
        raise ShiftNotOpen(till=till.code)
    return OpenShiftFacts(*found.one)


def allowed(
    uow: UnitOfWork, permission: Permission, *, subject_uid: str, amount_cents: int, approvals: tuple[str, ...]
) -> int | None:
    """None when the actor may, else the id of who approved it; raises NotPermitted (R18, S14)."""
    if uow.actor.may(permission):
        return None
    return use_approval(uow, action=permission, subject_uid=subject_uid, amount_cents=amount_cents, approvals=approvals)


def business_date(uow: UnitOfWork, shift: OpenShiftFacts | None, timezone: str) -> str:
    """The shop's date of a document: its shift's, else the date on the shop's wall (SAFE-DESIGN D11)."""
    return shift.business_date if shift is not None else shop_time(uow.clock.now(), timezone).date().isoformat()
