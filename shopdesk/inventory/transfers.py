"""Transfers that take time: a draft is gathered, sent into transit, and received with whatever differs (R7, I06).

See ``transfer_models`` for where the goods lie meanwhile. Each difference at the target is a move of its own with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.saving import save_row
from shopdesk.core.errors import BadAmount, BadField, ChangedMeanwhile, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.core.money import MAX_MILLI
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.freezing import journal_grown
from shopdesk.inventory.goods import (
    MOST_LINES,
    begin_document,
    counted_goods,
    place_named,
    places,
)
from shopdesk.inventory.models import Warehouse
from shopdesk.inventory.stock import lock_stock
from shopdesk.inventory.transfer_models import (
    TransferDocument,
    TransferDocumentLine,
)
from shopdesk.system.records import audit_office


class TransferNotOpen(ShopError):
    """The transfer is in another state than the step needs."""

    code = "transfer_state"
    sentence = N_("This transfer is no longer waiting for that: {state}.")


STATE_WORDS = {
    "draft": N_("it is still a draft"),
    "sent": N_("it was sent"),
    "received": N_("it was received"),
    "cancelled": N_("it was cancelled"),
}


@dataclass(frozen=True, slots=True)
class TransferLine:
    """A variant and how much of it goes, in thousandths."""

    variant_id: int
    quantity_milli: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveTransfer:
    """A new draft (``document_id`` None), or a draft as it should be."""

    from_warehouse_id: int
    to_warehouse_id: int
    lines: tuple[TransferLine, ...] = ()
    notes: str = ""
    document_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class TransferStep:
    """A draft that is sent or given up, as it was shown."""

    document_id: int
    version: int


@dataclass(frozen=True, slots=True)
class SendTransfer:
    """Send a draft as it was shown; ``key`` is the idempotency key."""

    key: str
    document_id: int
    version: int
    till: str | None = None


@dataclass(frozen=True, slots=True)
class OpenTransfer:
    """A transfer that is held until the transaction ends."""

    id: int
    version: int
    state: str
    number: str | None
    from_warehouse_id: int
    to_warehouse_id: int


@dataclass(frozen=True, slots=True)
class TransferDone:
    """The number of a step, and how many of its lines differed."""

    number: str
    differences: int = 0


def save_transfer(uow: UnitOfWork, command: SaveTransfer) -> int:
    """Write a draft and return its id. Raises BadField, unknown product or warehouse, NotTracked, ChangedMeanwhile."""
    uow.require(Permission.STOCK_TRANSFER)
    known = places(uow)
    source = place_named(known, command.from_warehouse_id, "from_warehouse_id")
    target = place_named(known, command.to_warehouse_id, "to_warehouse_id")
    if source == target:
        raise BadField("to_warehouse_id", _("must be another warehouse."))
    wanted = _checked(uow, command.lines)
    if command.document_id is not None:
        open_transfer(uow, command.document_id, ("draft",))
    values: dict[str, object] = {
        "from_warehouse_id": command.from_warehouse_id,
        "to_warehouse_id": command.to_warehouse_id,
        "notes": checked_text(command.notes, field="notes"),
    }
    if command.document_id is None:
        values |= {"uid": uuid7(), "state": "draft"}
    name = _("The transfer")
    document_id = save_row(uow, TransferDocument, command.document_id, command.version, values, name=name)
    _write_lines(uow, document_id, wanted)
    details = {"from": source, "to": target, "lines": len(wanted)}
    audit_office(uow, "transfer.save", target_type="transfer", target_id=str(document_id), details=details)
    uow.changed("TransferDocument")
    return document_id


def cancel_transfer(uow: UnitOfWork, command: TransferStep) -> None:
    """Give a draft up; it stays in the list. Raises TransferNotOpen once it was sent, ChangedMeanwhile."""
    uow.require(Permission.STOCK_TRANSFER)
    open_transfer(uow, command.document_id, ("draft",))
    save_row(
        uow, TransferDocument, command.document_id, command.version, {"state": "cancelled"}, name=_("The transfer")
    )
    audit_office(uow, "transfer.cancel", target_type="transfer", target_id=str(command.document_id))
    uow.changed("TransferDocument")


def send_transfer(uow: UnitOfWork, command: SendTransfer) -> TransferDone:
    """Number a draft and take its goods out of the source. Raises OutOfStock, TransferNotOpen, ChangedMeanwhile, KeyReused."""
    uow.require(Permission.STOCK_TRANSFER)
    content = {"document": command.document_id, "version": command.version}
    begun = begin_document(uow, "send_transfer", command.key, command.till, content)
    if begun.answer is not None:
        return TransferDone(str(begun.answer["number"]))
    document = open_transfer(uow, command.document_id, ("draft",))
    if document.version != command.version:
        raise ChangedMeanwhile(_("The transfer"))
    lines = uow.connection.execute(
        sa.select(TransferDocumentLine.id, TransferDocumentLine.variant_id, TransferDocumentLine.quantity)
        .where(TransferDocumentLine.document_id == document.id, TransferDocumentLine.quantity > 0)
        .order_by(TransferDocumentLine.id)
    ).all()
    if not lines:
        raise BadField("lines", _("there is nothing in it yet."))
    goods = counted_goods(uow, [line.variant_id for line in lines])
    transit = transit_place(uow)
    book = begun.book
    number = book.number("D")
    stock = lock_stock(uow, goods, [document.from_warehouse_id, transit])
    for line in lines:
        for place, sign, kind in ((document.from_warehouse_id, -1, "transfer_out"), (transit, 1, "transfer_in")):
            stock.move(
                line.variant_id,
                place,
                sign * line.quantity,
                type=kind,
                reference_type="transfer_document",
                reference_id=document.id,
                line_id=line.id,
                name=goods[line.variant_id].name,
            )
    uow.connection.execute(
        sa.update(TransferDocumentLine)
        .where(TransferDocumentLine.document_id == document.id, TransferDocumentLine.quantity > 0)
        .values(is_sent=True)
    )
    stamps = {"number": number, "till_id": book.till_id, "sent_at": book.now, "sent_by": uow.actor.user_id or None}
    save_row(uow, TransferDocument, document.id, document.version, {"state": "sent", **stamps}, name=_("The transfer"))
    stock.queue(book.batch)
    journal_grown(book, "transfer_sent", document.id, number)
    book.audit("transfer.send", target_type="transfer_sent", target_id=number, details={"lines": len(lines)})
    begun.keep({"number": number})
    book.send()
    stock.check()
    uow.changed("TransferDocument", "StockLevel")
    return TransferDone(number)


def transit_place(uow: UnitOfWork) -> int:
    """The warehouse where goods lie that are under way; made when it is first needed."""
    found = uow.connection.execute(sa.select(Warehouse.id).where(Warehouse.is_transit)).scalar()
    if found is not None:
        return int(found)
    taken = set(uow.connection.execute(sa.select(Warehouse.name)).scalars())
    names = (name for name in ("In transit", "Goods in transit", f"In transit {uuid7()[:8]}") if name not in taken)
    values: dict[str, object] = {"name": next(names), "location": "", "is_active": False, "is_transit": True}
    return save_row(uow, Warehouse, None, 1, values, name="In transit")


def _checked(uow: UnitOfWork, lines: Sequence[TransferLine]) -> dict[int, int]:
    if len(lines) > MOST_LINES:
        raise BadField("lines", _("has at most {most} lines.").format(most=MOST_LINES))
    wanted: dict[int, int] = {}
    for line in lines:
        if type(line.quantity_milli) is not int or not 0 < line.quantity_milli <= MAX_MILLI:
            raise BadAmount("quantity_milli")
        if line.variant_id in wanted:
            raise BadField("lines", _("names the same goods twice."))
        wanted[line.variant_id] = line.quantity_milli
    counted_goods(uow, list(wanted))
    return wanted


def _write_lines(uow: UnitOfWork, document_id: int, wanted: Mapping[int, int]) -> None:
    """The draft's lines as they should be; a line is never deleted, it holds nothing instead."""
    here = TransferDocumentLine.document_id == document_id
    known = {
        row.variant_id: row.quantity
        for row in uow.connection.execute(
            sa.select(TransferDocumentLine.variant_id, TransferDocumentLine.quantity).where(here)
        )
    }
    for variant in known.keys() | wanted.keys():
        quantity = wanted.get(variant, 0)
        if variant in known and known[variant] != quantity:
            uow.connection.execute(
                sa.update(TransferDocumentLine)
                .where(here, TransferDocumentLine.variant_id == variant)
                .values(quantity=quantity)
            )
    new = [
        {"document_id": document_id, "variant_id": variant, "quantity": quantity}
        for variant, quantity in wanted.items()
        if variant not in known
    ]
    if new:
        uow.connection.execute(sa.insert(TransferDocumentLine), new)


def open_transfer(uow: UnitOfWork, document_id: int, states: tuple[str, ...]) -> OpenTransfer:
    """A transfer in one of these states, held until the transaction ends."""
    document = TransferDocument.__table__.c
    row = uow.connection.execute(
        sa.select(
            document.id,
            document.version,
            document.state,
            document.number,
            document.from_warehouse_id,
            document.to_warehouse_id,
        )
        .where(document.id == document_id)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound(_("Transfer"), document_id)
    if row.state not in states:
        raise TransferNotOpen(state=_(STATE_WORDS[row.state]))
    return OpenTransfer(*row)
