"""Notes about a customer, and the consents that they gave or withdrew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shopdesk.core.errors import BadField, NotFound
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.parties.models import CONSENT_KINDS, CONSENT_SOURCES, Customer, CustomerConsent, CustomerNote
from shopdesk.parties.people_rows import locked_customer, note_change
from shopdesk.system.models import User


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note with when and by whom it was written."""

    id: int
    text: str
    created_at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class AddNote:
    """Something to remember about a customer."""

    customer_id: int
    text: str


@dataclass(frozen=True, slots=True)
class NoteChosen:
    """The note to remove."""

    note_id: int


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent given or withdrawn, and how the customer said so."""

    id: int
    kind: str
    is_given: bool
    source: str
    at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """A customer gives a consent or withdraws it; ``source`` is how they said so."""

    customer_id: int
    kind: str
    is_given: bool
    source: str = "in_person"


def notes_of(reader: Reader, customer_id: int) -> tuple[NoteRow, ...]:
    """A customer's notes, the newest first; one statement."""
    rows = reader.connection.execute(
        sa.select(CustomerNote.id, CustomerNote.text, CustomerNote.created_at, sa.func.coalesce(User.username, ""))
        .select_from(CustomerNote)
        .outerjoin(User, User.id == CustomerNote.created_by)
        .where(CustomerNote.customer_id == customer_id)
        .order_by(CustomerNote.id.desc())
    )
    return tuple(NoteRow(*row) for row in rows)


def add_note(uow: UnitOfWork, command: AddNote) -> int:
    """Write a note down and return its id; raises BadField, CardNumberRefused, NotFound."""
    uow.require(Permission.CUSTOMER_EDIT)
    text = checked_text(command.text, field="text", longest=2_000, required=True)
    customer = locked_customer(uow, command.customer_id)
    made = uow.connection.execute(
        sa.insert(CustomerNote).values(
            customer_id=command.customer_id,
            text=text,
            created_at=uow.clock.now(),
            created_by=uow.actor.user_id or None,
        )
    )
    assert made.inserted_primary_key is not None
    note_id = int(made.inserted_primary_key[0])
    note_change(uow, "customer.note_added", customer, personal=({}, {"note": text}), note_id=note_id)
    uow.changed("Customer")
    return note_id


def remove_note(uow: UnitOfWork, command: NoteChosen) -> None:
    """Remove a note; the audit log tells that there was one."""
    uow.require(Permission.CUSTOMER_LIST)
    row = uow.connection.execute(sa.select(CustomerNote).where(CustomerNote.id == command.note_id)).first()
    if row is None:
        raise NotFound(_("Note"), command.note_id)
    customer = locked_customer(uow, row.customer_id)
    uow.connection.execute(sa.delete(CustomerNote).where(CustomerNote.id == command.note_id))
    gone = ({"note": row.text}, {"note": None})
    note_change(uow, "customer.note_removed", customer, personal=gone, note_id=command.note_id)
    uow.changed("Customer")


def consents_of(reader: Reader, customer_id: int) -> tuple[ConsentRow, ...]:
    """Every consent that a customer gave or withdrew, the newest first: the first of a kind holds. One statement."""
    rows = reader.connection.execute(
        sa.select(
            CustomerConsent.id,
            CustomerConsent.kind,
            CustomerConsent.is_given,
            CustomerConsent.source,
            CustomerConsent.at,
            sa.func.coalesce(User.username, ""),
        )
        .select_from(CustomerConsent)
        .outerjoin(User, User.id == CustomerConsent.user_id)
        .where(CustomerConsent.customer_id == customer_id)
        .order_by(CustomerConsent.at.desc(), CustomerConsent.id.desc())
    )
    return tuple(ConsentRow(*row) for row in rows)


def record_consent(uow: UnitOfWork, command: RecordConsent) -> int:
    """Add to the history of a customer's consents; returns the entry's id. What holds already is not written twice (0)."""
    uow.require(Permission.CUSTOMER_EDIT)
    if command.kind not in CONSENT_KINDS:
        raise BadField("kind", _("is no kind of consent."))
    if command.source not in CONSENT_SOURCES:
        raise BadField("source", _("is no way in which a consent is given."))
    customer = locked_customer(uow, command.customer_id)
    held = command.kind in consents_in_force(uow, command.customer_id)
    if held == command.is_given:
        return 0
    entry = write_consent(uow, command.customer_id, command.kind, command.source, is_given=command.is_given)
    change = ({command.kind: held}, {command.kind: command.is_given})
    note_change(uow, "customer.consent", customer, plain=change, source=command.source)
    uow.changed("Customer")
    return entry


def consents_in_force(reader: Reader, customer_id: int) -> dict[str, datetime]:
    """The kinds of consent that hold now, each with the moment it was given."""
    held: dict[str, datetime] = {}
    for row in reversed(consents_of(reader, customer_id)):
        if row.is_given:
            held[row.kind] = row.at
        else:
            held.pop(row.kind, None)
    return held


def write_consent(uow: UnitOfWork, customer_id: int, kind: str, source: str, *, is_given: bool) -> int:
    """The entry itself, and on the customer the moment of the newest consent in force."""
    made = uow.connection.execute(
        sa.insert(CustomerConsent).values(
            customer_id=customer_id,
            kind=kind,
            is_given=is_given,
            source=source,
            at=uow.clock.now(),
            user_id=uow.actor.user_id or None,
        )
    )
    refresh_consent(uow, customer_id)
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def refresh_consent(uow: UnitOfWork, customer_id: int) -> None:
    """Set the customer's ``consent_at`` to the newest consent in force, or to nothing."""
    newest = max(consents_in_force(uow, customer_id).values(), default=None)
    uow.connection.execute(sa.update(Customer).where(Customer.id == customer_id).values(consent_at=newest))
