"""Sending goods back to a supplier: a document with its lines, out of stock at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import format_quantity
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import insert_into
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.models import Warehouse
from shopdesk.inventory.stock import lock_stock
from shopdesk.purchasing.costs import checked_cost, checked_quantity, line_cost
from shopdesk.purchasing.digests import SENT_BACK, SENT_BACK_LINE
from shopdesk.purchasing.goods import Article, chosen_articles
from shopdesk.purchasing.models import Receipt, ReceiptLine, Supplier, SupplierReturn, SupplierReturnLine
from shopdesk.purchasing.orders import MOST_LINES
from shopdesk.purchasing.posting import begin, journal
from shopdesk.purchasing.reverse import ReversedAlready, lock_receipt

REASONS = (
    N_("Damaged"),
    N_("Wrong goods"),
    N_("Too many"),
    N_("Past its date"),
    N_("Recalled by the supplier"),
)
"""What the form offers; any other text may be typed."""


class NothingToSendBack(ShopError):
    """A return without goods."""

    code = "nothing_to_send_back"
    sentence = N_("Choose what goes back first.")


class MoreThanCame(ShopError):
    """More is sent back than the delivery brought, less what went back before."""

    code = "more_than_came"
    sentence = N_("Only {left} of {name} are left of this delivery.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBackLine:
    """A variant (by id or SKU) that goes back, in thousandths. Without a cost: what it came for, else what it costs now."""

    quantity_milli: int
    variant_id: int | None = None
    sku: str = ""
    pack_quantity_milli: int | None = None
    pack_cost_cents: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack:
    """Goods for a supplier, of a delivery (``receipt_id``) or from stock; ``key`` is the idempotency key."""

    key: str
    lines: tuple[SentBackLine, ...]
    reason: str
    receipt_id: int | None = None
    supplier_id: int | None = None
    warehouse_id: int | None = None
    notes: str = ""
    till: str | None = None


@dataclass(frozen=True, slots=True)
class GoodsSentBack:
    """The document's id, its number and what it comes to in minor units."""

    supplier_return_id: int
    number: str
    total_cents: int


@dataclass(frozen=True, slots=True)
class _Goes:
    article: Article
    quantity: int
    pack: int
    cents: int
    total: int
    receipt_line: int | None


_ADD_RETURN = insert_into(SupplierReturn, *SENT_BACK)
_ADD_LINES = insert_into(SupplierReturnLine, *SENT_BACK_LINE)


def send_back(uow: UnitOfWork, command: SendBack) -> GoodsSentBack:
    """Book goods out of stock and back to their supplier. The average cost stays as it is.

    Raises NothingToSendBack, MoreThanCame, ReversedAlready, OutOfStock, UnknownStockProduct, BadField, BadAmount, NotFound,
    KeyReused.
    """
    uow.require(Permission.SUPPLIER_RETURN)
    if not command.lines:
        raise NothingToSendBack
    if len(command.lines) > MOST_LINES:
        raise BadField("lines", _("an order has at most {most} lines.").format(most=MOST_LINES))
    reason = checked_text(command.reason, field="reason", longest=300)
    if not reason:
        raise BadField("reason", _("must not be empty."))
    notes = checked_text(command.notes, field="notes", longest=2_000)
    request = begin(uow, "send_back", command.key, command.till, _asked(command, reason, notes))
    if request.answer is not None:
        kept = [int(str(request.answer[name])) for name in ("supplier_return_id", "total_cents")]
        return GoodsSentBack(kept[0], str(request.answer["number"]), kept[1])
    supplier_id, warehouse_id, brought = _source(uow, command)
    goes = _goes(uow, command, supplier_id, brought)
    book = request.book
    document_id = reserve_ids(uow, "supplier_returns", 1)[0]
    document: dict[str, Any] = {
        "id": document_id,
        "uid": request.key,
        "number": book.number("B"),
        "supplier_id": supplier_id,
        "receipt_id": command.receipt_id,
        "warehouse_id": warehouse_id,
        "till_id": book.till_id,
        "reason": reason,
        "notes": notes,
        "total_cents": checked_cost(sum(one.total for one in goes), "lines"),
        "user_id": uow.actor.user_id,
        "created_at": to_micros(book.now),
    }
    lines = _lines(uow, document_id, goes)
    stock = lock_stock(uow, (one.article.variant_id for one in goes if one.article.track_stock), [warehouse_id])
    for one, line in zip(goes, lines, strict=True):
        if one.article.track_stock:
            stock.move(
                one.article.variant_id,
                warehouse_id,
                -one.quantity,
                type="adjust",
                reference_type="supplier_return",
                reference_id=document_id,
                line_id=line["id"],
                name=one.article.name,
                may_go_negative=one.article.may_go_negative,
                reason=reason,
            )
    book.batch.add(_ADD_RETURN, document)
    book.batch.add(_ADD_LINES, lines)
    stock.queue(book.batch)
    journal(book, "supplier_return", document, lines)
    details = {"number": document["number"], "lines": len(lines), "total_cents": document["total_cents"]}
    book.audit("supplier_return.post", target_type="supplier_return", target_id=document["number"], details=details)
    done = GoodsSentBack(document_id, document["number"], document["total_cents"])
    request.finish(
        {"supplier_return_id": document_id, "number": document["number"], "total_cents": document["total_cents"]}
    )
    stock.check()
    uow.changed("SupplierReturn", "StockLevel")
    return done


def _asked(command: SendBack, reason: str, notes: str) -> dict[str, object]:
    lines = [
        [
            line.variant_id or 0,
            line.sku.strip(),
            line.quantity_milli,
            -1 if line.pack_quantity_milli is None else line.pack_quantity_milli,
            -1 if line.pack_cost_cents is None else line.pack_cost_cents,
        ]
        for line in command.lines
    ]
    return {
        "lines": lines,
        "reason": reason,
        "notes": notes,
        "receipt": command.receipt_id or 0,
        "supplier": command.supplier_id or 0,
        "warehouse": command.warehouse_id or 0,
    }


def _source(uow: UnitOfWork, command: SendBack) -> tuple[int, int, dict[int, Any]]:
    """Supplier, warehouse, and the delivery's lines by variant; what is sent back of it is decided one after the other."""
    if command.receipt_id is not None:
        lock_receipt(uow, command.receipt_id)
        receipt = uow.connection.execute(sa.select(Receipt).where(Receipt.id == command.receipt_id)).first()
        if receipt is None:
            raise NotFound(_("Delivery"), command.receipt_id)
        reversal = sa.select(Receipt.id).where(Receipt.reverses_id == receipt.id)
        if receipt.reverses_id is not None or uow.connection.execute(reversal).first() is not None:
            raise ReversedAlready(name=receipt.number)
        gone = (
            sa.select(sa.func.coalesce(sa.func.sum(SupplierReturnLine.quantity), 0))
            .where(SupplierReturnLine.receipt_line_id == ReceiptLine.id)
            .scalar_subquery()
        )
        rows = uow.connection.execute(
            sa.select(ReceiptLine, gone.label("gone")).where(ReceiptLine.receipt_id == receipt.id)
        )
        warehouse_id = command.warehouse_id or receipt.warehouse_id
        return receipt.supplier_id, warehouse_id, {row.variant_id: row for row in rows}
    if command.supplier_id is None:
        raise BadField("supplier_id", _("must not be empty."))
    if command.warehouse_id is None:
        raise BadField("warehouse_id", _("must not be empty."))
    if uow.connection.execute(sa.select(Supplier.id).where(Supplier.id == command.supplier_id)).first() is None:
        raise NotFound(_("Supplier"), command.supplier_id)
    known = sa.select(Warehouse.id).where(Warehouse.id == command.warehouse_id)
    if uow.connection.execute(known).first() is None:
        raise NotFound(_("Warehouse"), command.warehouse_id)
    return command.supplier_id, command.warehouse_id, {}


def _goes(uow: UnitOfWork, command: SendBack, supplier_id: int, brought: dict[int, Any]) -> list[_Goes]:
    articles = chosen_articles(uow, supplier_id, command.lines)
    goes = []
    for place, (line, article) in enumerate(zip(command.lines, articles, strict=True)):
        field = f"lines[{place}]"
        quantity = checked_quantity(line.quantity_milli, f"{field}.quantity_milli")
        pack, cents = article.pack_milli, article.likely_pack_cents or 0
        came = brought.get(article.variant_id)
        if command.receipt_id is not None:
            left = 0 if came is None else came.quantity - int(came.gone)
            if quantity > left or came is None:
                raise MoreThanCame(field=f"{field}.quantity_milli", left=format_quantity(left), name=article.name)
            pack, cents = came.pack_quantity, came.pack_cost_cents
        if line.pack_quantity_milli is not None:
            pack = checked_quantity(line.pack_quantity_milli, f"{field}.pack_quantity_milli")
        if line.pack_cost_cents is not None:
            cents = checked_cost(line.pack_cost_cents, f"{field}.pack_cost_cents")
        total = line_cost(quantity, pack, cents, field=f"{field}.pack_cost_cents")
        goes.append(_Goes(article, quantity, pack, cents, total, None if came is None else came.id))
    return goes


def _lines(uow: UnitOfWork, document_id: int, goes: Sequence[_Goes]) -> list[dict[str, Any]]:
    ids = reserve_ids(uow, "supplier_return_lines", len(goes))
    return [
        {
            "id": line_id,
            "supplier_return_id": document_id,
            "variant_id": one.article.variant_id,
            "receipt_line_id": one.receipt_line,
            "sku": one.article.sku,
            "name": one.article.name,
            "track_stock": one.article.track_stock,
            "quantity": one.quantity,
            "pack_quantity": one.pack,
            "pack_cost_cents": one.cents,
            "total_cents": one.total,
        }
        for line_id, one in zip(ids, goes, strict=True)
    ]
