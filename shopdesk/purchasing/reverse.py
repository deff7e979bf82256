"""Taking a wrong receipt back: a document of its own that moves the same goods the other way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import ProductVariant
from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import insert_into
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.stock import lock_stock
from shopdesk.purchasing.digests import RECEIPT, RECEIPT_LINE
from shopdesk.purchasing.models import PurchaseOrderLine, Receipt, ReceiptLine, SupplierReturnLine
from shopdesk.purchasing.posting import begin, journal
from shopdesk.purchasing.steps import change_received, lock_order, status_of_lines, write_step


class ReversedAlready(ShopError):
    """The receipt was taken back before, or is itself a reversal."""

    code = "reversed_already"
    sentence = N_("{name} was taken back already.")


class SentBackAlready(ShopError):
    """Goods of the receipt went back to the supplier: the rest cannot be taken back as if it had never come."""

    code = "sent_back_already"
    sentence = N_("Goods of {name} went back to the supplier already. Send the rest back as well instead.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseReceipt:
    """The receipt that was wrong, and why; ``key`` is the idempotency key."""

    key: str
    receipt_id: int
    reason: str
    till: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptReversed:
    """The reversing document's id and number."""

    receipt_id: int
    number: str


_ADD_RECEIPT = insert_into(Receipt, *RECEIPT)
_ADD_LINES = insert_into(ReceiptLine, *RECEIPT_LINE)


def reverse_receipt(uow: UnitOfWork, command: ReverseReceipt) -> ReceiptReversed:
    """Take a whole receipt back: its goods leave stock, its order waits for them again.

    The average cost stays as the receipt left it. Raises OutOfStock when the goods are not there any more, ReversedAlready,
    SentBackAlready, NotFound, BadField without a reason, KeyReused.
    """
    uow.require(Permission.RECEIVE)
    reason = checked_text(command.reason, field="reason", longest=300)
    if not reason:
        raise BadField("reason", _("must not be empty."))
    content = {"receipt": command.receipt_id, "reason": reason}
    request = begin(uow, "reverse_receipt", command.key, command.till, content)
    if request.answer is not None:
        return ReceiptReversed(int(str(request.answer["receipt_id"])), str(request.answer["number"]))
    wrong = uow.connection.execute(sa.select(Receipt).where(Receipt.id == command.receipt_id)).first()
    if wrong is None:
        raise NotFound(_("Delivery"), command.receipt_id)
    order = None if wrong.purchase_order_id is None else lock_order(uow, wrong.purchase_order_id)
    lock_receipt(uow, wrong.id)
    _refuse(uow, wrong)
    book = request.book
    receipt_id = reserve_ids(uow, "receipts", 1)[0]
    document: dict[str, Any] = {
        "id": receipt_id,
        "uid": request.key,
        "number": book.number("G"),
        "supplier_id": wrong.supplier_id,
        "purchase_order_id": wrong.purchase_order_id,
        "reverses_id": wrong.id,
        "warehouse_id": wrong.warehouse_id,
        "till_id": book.till_id,
        "delivery_note": wrong.delivery_note,
        "reason": reason,
        "notes": "",
        "total_cents": -wrong.total_cents,
        "user_id": uow.actor.user_id,
        "created_at": to_micros(book.now),
    }
    lines, may_go_negative = _lines(uow, wrong.id, receipt_id)
    stock = lock_stock(uow, (line["variant_id"] for line in lines if line["track_stock"]), [wrong.warehouse_id])
    _take_off(uow, lines)
    for line in lines:
        if line["track_stock"]:
            stock.move(
                line["variant_id"],
                wrong.warehouse_id,
                line["quantity"],
                type="adjust",
                reference_type="receipt",
                reference_id=receipt_id,
                line_id=line["id"],
                name=line["name"],
                may_go_negative=line["variant_id"] in may_go_negative,
                reason=reason,
            )
    book.batch.add(_ADD_RECEIPT, document)
    book.batch.add(_ADD_LINES, lines)
    stock.queue(book.batch)
    journal(book, "receipt_reversal", document, lines)
    details = {"number": document["number"], "reverses": wrong.number, "reason": reason}
    book.audit("receipt.reverse", target_type="receipt", target_id=document["number"], details=details)
    if order is not None:
        write_step(uow, order, "reversed", status_of_lines(uow, order.id), document["number"])
    request.finish({"receipt_id": receipt_id, "number": document["number"]})
    stock.check()
    uow.changed("Receipt", "StockLevel", "PurchaseOrder")
    return ReceiptReversed(receipt_id, document["number"])


def lock_receipt(uow: UnitOfWork, receipt_id: int) -> None:
    """Hold a receipt's row: what is taken back or sent back of it is decided one after the other."""
    uow.connection.execute(sa.select(Receipt.id).where(Receipt.id == receipt_id).with_for_update())


def _refuse(uow: UnitOfWork, wrong: Any) -> None:  # Any: a row of the receipts
    taken_back = sa.select(Receipt.id).where(Receipt.reverses_id == wrong.id)
    if wrong.reverses_id is not None or uow.connection.execute(taken_back).first() is not None:
        raise ReversedAlready(name=wrong.number)
    sent_back = (
        sa.select(SupplierReturnLine.id)
        .join(ReceiptLine, ReceiptLine.id == SupplierReturnLine.receipt_line_id)
        .where(ReceiptLine.receipt_id == wrong.id)
    )
    if uow.connection.execute(sent_back.limit(1)).first() is not None:
        raise SentBackAlready(name=wrong.number)


def _lines(uow: UnitOfWork, wrong_id: int, receipt_id: int) -> tuple[list[dict[str, Any]], set[int]]:
    rows = uow.connection.execute(
        sa.select(ReceiptLine, ProductVariant.inventory_policy)
        .join(ProductVariant, ProductVariant.id == ReceiptLine.variant_id)
        .where(ReceiptLine.receipt_id == wrong_id)
        .order_by(ReceiptLine.id)
    ).all()
    ids = reserve_ids(uow, "receipt_lines", len(rows))
    lines = [
        {
            "id": line_id,
            "receipt_id": receipt_id,
            "variant_id": row.variant_id,
            "order_line_id": row.order_line_id,
            "reverses_line_id": row.id,
            "sku": row.sku,
            "name": row.name,
            "track_stock": row.track_stock,
            "quantity": -row.quantity,
            "pack_quantity": row.pack_quantity,
            "pack_cost_cents": row.pack_cost_cents,
            "total_cents": -row.total_cents,
        }
        for line_id, row in zip(ids, rows, strict=True)
    ]
    return lines, {row.variant_id for row in rows if row.inventory_policy == "continue"}


def _take_off(uow: UnitOfWork, lines: list[dict[str, Any]]) -> None:
    """Lower what the order's lines received; the order is held."""
    ids = [line["order_line_id"] for line in lines if line["order_line_id"] is not None]
    found = uow.connection.execute(
        sa.select(PurchaseOrderLine.id, PurchaseOrderLine.received).where(PurchaseOrderLine.id.in_(ids))
    )
    received = {row.id: row.received for row in found}
    changes = [
        (line["order_line_id"], line["quantity"], received[line["order_line_id"]])
        for line in lines
        if line["order_line_id"] is not None
    ]
    if not change_received(uow, changes):
        raise ChangedMeanwhile(lines[0]["name"])
