"""The arrival of a transfer: what was sent reaches the target by the books, and each difference is a move with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.saving import save_row
from shopdesk.core.errors import BadAmount, BadField, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MAX_MILLI
from shopdesk.core.permissions import Permission
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.freezing import journal_grown
from shopdesk.inventory.goods import DocumentBegun, StockGoods, begin_document, counted_goods, goods_by_id
from shopdesk.inventory.stock import lock_stock
from shopdesk.inventory.transfer_models import (
    TransferDocument,
    TransferDocumentLine,
    TransferReceipt,
    TransferReceiptLine,
)
from shopdesk.inventory.transfers import OpenTransfer, TransferDone, open_transfer, transit_place

REASONS = (N_("Missing"), N_("Broken on the way"), N_("Packed wrongly"), N_("Miscounted when sent"))
"""What the form offers for a difference; any other text may be typed."""


class DifferenceReasonNeeded(ShopError):
    """Something arrived otherwise than it was sent, and nobody said why."""

    code = "reason_needed"
    sentence = N_("{name} arrived otherwise than it was sent. Say why.")


@dataclass(frozen=True, slots=True)
class ArrivedLine:
    """What arrived of a variant, in thousandths: sound and damaged; a reason where that is not what was sent."""

    variant_id: int
    received_milli: int
    damaged_milli: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReceiveTransfer:
    """The arrival of a transfer's goods; what is not named arrived as it was sent. ``key`` is the idempotency key."""

    key: str
    document_id: int
    lines: tuple[ArrivedLine, ...] = ()
    notes: str = ""
    till: str | None = None


def receive_transfer(uow: UnitOfWork, command: ReceiveTransfer) -> TransferDone:
    """Book what arrived. Raises TransferNotOpen (also for the second of two who receive it), reason_needed, BadAmount."""
    uow.require(Permission.STOCK_TRANSFER)
    notes = checked_text(command.notes, field="notes")
    content = {
        "document": command.document_id,
        "lines": [[line.variant_id, line.received_milli, line.damaged_milli, line.reason] for line in command.lines],
        "notes": notes,
    }
    begun = begin_document(uow, "receive_transfer", command.key, command.till, content)
    if begun.answer is not None:
        return TransferDone(str(begun.answer["number"]), int(str(begun.answer["differences"])))
    document = open_transfer(uow, command.document_id, ("sent",))
    sent = uow.connection.execute(
        sa.select(TransferDocumentLine.variant_id, TransferDocumentLine.quantity)
        .where(TransferDocumentLine.document_id == document.id, TransferDocumentLine.is_sent)
        .order_by(TransferDocumentLine.id)
    )
    lines = _arrived(uow, {row.variant_id: row.quantity for row in sent}, command.lines)
    done = _book_arrival(uow, begun, document, lines, notes)
    uow.changed("TransferDocument", "TransferReceipt", "StockLevel")
    return done


@dataclass(frozen=True, slots=True)
class _Arrived:
    good: StockGoods
    sent: int
    received: int
    damaged: int
    reason: str

    @property
    def differs(self) -> bool:
        return self.received != self.sent or self.damaged != 0


def _arrived(uow: UnitOfWork, sent: Mapping[int, int], given: Sequence[ArrivedLine]) -> list[_Arrived]:
    told: dict[int, ArrivedLine] = {}
    for line in given:
        if line.variant_id in told:
            raise BadField("lines", _("names the same goods twice."))
        for value in (line.received_milli, line.damaged_milli):
            if type(value) is not int or not 0 <= value <= MAX_MILLI:
                raise BadAmount("received_milli")
        told[line.variant_id] = line
    known = {**goods_by_id(uow, sent), **counted_goods(uow, [variant for variant in told if variant not in sent])}
    found = []
    for variant in (*sent, *(variant for variant in told if variant not in sent)):
        quantity = sent.get(variant, 0)
        line = told.get(variant, ArrivedLine(variant, quantity))
        reason = checked_text(line.reason, field="reason", longest=200)
        good = known[variant]
        arrived = _Arrived(good, quantity, line.received_milli, line.damaged_milli, reason)
        if arrived.differs and not reason:
            raise DifferenceReasonNeeded(field="lines", name=good.name)
        if quantity or arrived.received or arrived.damaged:
            found.append(arrived)
    return found


def _book_arrival(
    uow: UnitOfWork, begun: DocumentBegun, document: OpenTransfer, lines: Sequence[_Arrived], notes: str
) -> TransferDone:
    book = begun.book
    number = book.number("E")
    transit, target = transit_place(uow), document.to_warehouse_id
    stock = lock_stock(uow, (line.good.variant_id for line in lines), [transit, target])
    receipt_id = reserve_ids(uow, "transfer_receipts", 1)[0]
    head = {
        "id": receipt_id,
        "uid": begun.key,
        "number": number,
        "document_id": document.id,
        "till_id": book.till_id,
        "notes": notes,
        "user_id": uow.actor.user_id,
        "created_at": book.now,
    }
    uow.connection.execute(sa.insert(TransferReceipt).values(head))
    rows = []
    for line_id, line in zip(reserve_ids(uow, "transfer_receipt_lines", len(lines)), lines, strict=True):
        for place, change, kind in _moves(line, transit, target):
            stock.move(
                line.good.variant_id,
                place,
                change,
                type=kind,
                reference_type="transfer_receipt",
                reference_id=receipt_id,
                line_id=line_id,
                name=line.good.name,
                may_go_negative=True,  # what is not there cannot have arrived: the difference says so itself
                reason=line.reason,
            )
        rows.append(
            {
                "id": line_id,
                "receipt_id": receipt_id,
                "variant_id": line.good.variant_id,
                "sent": line.sent,
                "received": line.received,
                "damaged": line.damaged,
                "reason": line.reason,
            }
        )
    uow.connection.execute(sa.insert(TransferReceiptLine), rows)
    save_row(uow, TransferDocument, document.id, document.version, {"state": "received"}, name=_("The transfer"))
    differences = sum(line.differs for line in lines)
    stock.queue(book.batch)
    journal_grown(book, "transfer_received", receipt_id, number)
    details = {"transfer": document.number, "lines": len(lines), "differences": differences}
    book.audit("transfer.receive", target_type="transfer_received", target_id=number, details=details)
    begun.keep({"number": number, "differences": differences})
    book.send()
    stock.check()
    return TransferDone(number, differences)


def _moves(line: _Arrived, transit: int, target: int) -> list[tuple[int, int, str]]:
    """All that was sent leaves transit and reaches the target by the books; what differs is put right there, by its kind."""
    moves = [(transit, -line.sent, "transfer_out"), (target, line.sent, "transfer_in")]
    moves.append((target, line.received + line.damaged - line.sent, "adjust"))
    moves.append((target, -line.damaged, "damage"))
    return [move for move in moves if move[1]]
