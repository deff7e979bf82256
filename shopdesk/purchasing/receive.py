"""Receiving goods: a delivery is counted, booked into stock at its cost, and set against the order it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.margin import taxes_now
from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import format_quantity
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import insert_into
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.costing import ReceivedCost, receive_cost
from shopdesk.inventory.models import Warehouse
from shopdesk.inventory.stock import lock_stock
from shopdesk.purchasing.costs import checked_cost, checked_quantity, line_cost, unit_cost
from shopdesk.purchasing.digests import RECEIPT, RECEIPT_LINE
from shopdesk.purchasing.goods import Article, chosen_articles
from shopdesk.purchasing.models import PurchaseOrderLine, Receipt, ReceiptLine, Supplier
from shopdesk.purchasing.orders import MOST_LINES
from shopdesk.purchasing.placing import NothingOpen, close_short
from shopdesk.purchasing.posting import begin, journal
from shopdesk.purchasing.steps import (
    OPEN_STATES,
    FoundOrder,
    change_received,
    lock_order,
    require_status,
    status_of_lines,
    write_step,
)
from shopdesk.purchasing.supplier_items import note_costs


class NothingReceived(ShopError):
    """A delivery without goods."""

    code = "nothing_received"
    sentence = N_("Nothing was counted yet. Scan what came first.")


class MoreThanOrdered(ShopError):
    """More came than was ordered, or something that was not; may be confirmed. ``values["extra"]`` says what."""

    code = "more_than_ordered"
    sentence = N_("More came than was ordered: {extra}.")


class CostNeeded(ShopError):
    """Nobody knows what the goods cost."""

    code = "cost_needed"
    sentence = N_("What does {name} cost? Type its cost; 0 only for what is really free.")


class ReceivedMeanwhile(ShopError):
    """Somebody else booked goods of the same line since the delivery was opened."""

    code = "received_meanwhile"
    sentence = N_("{name}: somebody else booked goods of this order in the meantime. Look at what is left and repeat.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLine:
    """A variant (by id or SKU) that came, and how much of it, in thousandths.

    ``seen_milli`` is what the person saw as received before: if that is no longer so, somebody else was faster. Without a
    pack and its cost, those of the order count, else what the supplier sells it as.
    """

    quantity_milli: int
    variant_id: int | None = None
    sku: str = ""
    seen_milli: int | None = None
    pack_quantity_milli: int | None = None
    pack_cost_cents: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveGoods:
    """A delivery of an order, or of a supplier without one; ``key`` is the idempotency key.

    ``accept_over`` confirms goods beyond the order. ``close_short`` waits no longer for what is still missing then.
    """

    key: str
    lines: tuple[ReceivedLine, ...]
    order_id: int | None = None
    supplier_id: int | None = None
    warehouse_id: int | None = None
    delivery_note: str = ""
    notes: str = ""
    accept_over: bool = False
    close_short: bool = False
    till: str | None = None


@dataclass(frozen=True, slots=True)
class Dear:
    """A variant whose cost rose and is no longer below what its price leaves without tax; minor units of one unit."""

    variant_id: int
    sku: str
    name: str
    cost_cents: int
    price_cents: int


@dataclass(frozen=True, slots=True)
class GoodsReceived:
    """The receipt's number, the order's status then (empty without one), and what costs as much as it sells for."""

    receipt_id: int
    number: str
    order_status: str
    total_cents: int
    dear: tuple[Dear, ...]


@dataclass(frozen=True, slots=True)
class _Came:
    """A line with its article and, if it was ordered, the order's line."""

    article: Article
    quantity: int
    pack: int
    cents: int
    total: int
    order_line: int | None


_ADD_RECEIPT = insert_into(Receipt, *RECEIPT)
_ADD_LINES = insert_into(ReceiptLine, *RECEIPT_LINE)


def receive_goods(uow: UnitOfWork, command: ReceiveGoods) -> GoodsReceived:
    """Book a delivery. What an order has not asked for needs ``accept_over``; a delivery without an order needs the right to
    buy.

    Raises NothingReceived, MoreThanOrdered, ReceivedMeanwhile, OrderNotSo, UnknownStockProduct, BadField, BadAmount,
    NotFound, KeyReused.
    """
    uow.require(Permission.RECEIVE)
    if command.order_id is None:
        uow.require(Permission.PURCHASE)
    if not command.lines:
        raise NothingReceived
    if len(command.lines) > MOST_LINES:
        raise BadField("lines", _("an order has at most {most} lines.").format(most=MOST_LINES))
    texts = {
        "delivery_note": checked_text(command.delivery_note, field="delivery_note", longest=100),
        "notes": checked_text(command.notes, field="notes", longest=2_000),
    }
    request = begin(uow, "receive_goods", command.key, command.till, _asked(command, texts))
    if request.answer is not None:
        return _answered(request.answer)
    order = None
    if command.order_id is not None:
        order = lock_order(uow, command.order_id)
        require_status(order, OPEN_STATES)
    supplier_id, warehouse_id = _place(uow, command, order)
    came = _came(uow, command, order, supplier_id)
    receipt_id = reserve_ids(uow, "receipts", 1)[0]
    _cost(uow, came, receipt_id)
    document, lines = _document(request.book.number("G"), receipt_id, supplier_id, warehouse_id, order, came, texts)
    document |= {
        "uid": request.key,
        "till_id": request.book.till_id,
        "user_id": uow.actor.user_id,
        "created_at": to_micros(request.book.now),
    }
    for line, line_id in zip(lines, reserve_ids(uow, "receipt_lines", len(lines)), strict=True):
        line["id"] = line_id
    stock = lock_stock(uow, (one.article.variant_id for one in came if one.article.track_stock), [warehouse_id])
    for one, line in zip(came, lines, strict=True):
        if one.article.track_stock:
            stock.move(
                one.article.variant_id,
                warehouse_id,
                one.quantity,
                type="receive",
                reference_type="receipt",
                reference_id=receipt_id,
                line_id=line["id"],
                name=one.article.name,
            )
    book = request.book
    book.batch.add(_ADD_RECEIPT, document)
    book.batch.add(_ADD_LINES, lines)
    stock.queue(book.batch)
    journal(book, "receipt", document, lines)
    details = {"number": document["number"], "lines": len(lines), "total_cents": document["total_cents"]}
    book.audit("receipt.post", target_type="receipt", target_id=document["number"], details=details)
    note_costs(uow, supplier_id, ((one.article.variant_id, one.pack, one.cents) for one in came))
    status = _step(uow, order, document["number"], close=command.close_short) if order is not None else ""
    done = GoodsReceived(receipt_id, document["number"], status, document["total_cents"], _dear(uow, came))
    request.finish(_told(done))
    stock.check()
    uow.changed("Receipt", "StockLevel", "PurchaseOrder")
    return done


def _asked(command: ReceiveGoods, texts: dict[str, str]) -> dict[str, object]:
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
        **texts,
        "order": command.order_id or 0,
        "supplier": command.supplier_id or 0,
        "warehouse": command.warehouse_id or 0,
        "lines": lines,
        "close_short": int(command.close_short),
    }


def _place(uow: UnitOfWork, command: ReceiveGoods, order: FoundOrder | None) -> tuple[int, int]:
    """Supplier and warehouse: those of the order, unless the goods went to another warehouse."""
    supplier_id = command.supplier_id if order is None else order.supplier_id
    warehouse_id = command.warehouse_id
    if warehouse_id is None and order is not None:
        warehouse_id = order.warehouse_id
    if supplier_id is None:
        raise BadField("supplier_id", _("must not be empty."))
    if warehouse_id is None:
        raise BadField("warehouse_id", _("must not be empty."))
    if uow.connection.execute(sa.select(Supplier.id).where(Supplier.id == supplier_id)).first() is None:
        raise NotFound(_("Supplier"), supplier_id)
    known = sa.select(Warehouse.id).where(Warehouse.id == warehouse_id, Warehouse.is_active)
    if uow.connection.execute(known).first() is None:
        raise NotFound(_("Warehouse"), warehouse_id)
    return supplier_id, warehouse_id


def _came(uow: UnitOfWork, command: ReceiveGoods, order: FoundOrder | None, supplier_id: int) -> list[_Came]:
    articles = chosen_articles(uow, supplier_id, command.lines)
    ordered: dict[int, Any] = {}
    if order is not None:
        rows = uow.connection.execute(
            sa.select(PurchaseOrderLine).where(PurchaseOrderLine.purchase_order_id == order.id)
        )
        ordered = {row.variant_id: row for row in rows}
    came: list[_Came] = []
    beyond: list[str] = []
    counts: list[tuple[int, int, int]] = []
    for place, (line, article) in enumerate(zip(command.lines, articles, strict=True)):
        quantity = checked_quantity(line.quantity_milli, f"lines[{place}].quantity_milli")
        known = ordered.get(article.variant_id)
        pack, cents = _pack(line, article, known, f"lines[{place}]")
        total = line_cost(quantity, pack, cents, field=f"lines[{place}].pack_cost_cents")
        came.append(_Came(article, quantity, pack, cents, total, None if known is None else known.id))
        if order is None:
            continue
        left = 0 if known is None else max(0, known.quantity - known.received - known.cancelled)
        if quantity > left:
            beyond.append(f"{article.sku} +{format_quantity(quantity - left)}")
        if known is not None:
            if line.seen_milli is not None and line.seen_milli != known.received:
                raise ReceivedMeanwhile(name=article.name)
            counts.append((known.id, quantity, known.received))
    if not change_received(uow, counts):
        raise ReceivedMeanwhile(name=came[0].article.name)
    if beyond and not command.accept_over:
        raise MoreThanOrdered(extra=", ".join(beyond))
    return came


def _pack(line: ReceivedLine, article: Article, known: Any, field: str) -> tuple[int, int]:
    """The pack and its cost: as given, as ordered, as the supplier sells it, at our own cost.

    What nobody knows must be said: a delivery at nothing would make everything that lies there look cheaper.
    """
    pack, cents = article.pack_milli, article.likely_pack_cents
    if known is not None and (known.pack_cost_cents or cents is None):
        pack, cents = known.pack_quantity, known.pack_cost_cents or None
    if line.pack_quantity_milli is not None:
        pack = checked_quantity(line.pack_quantity_milli, f"{field}.pack_quantity_milli")
    if line.pack_cost_cents is not None:
        cents = checked_cost(line.pack_cost_cents, f"{field}.pack_cost_cents")
    if cents is None:
        raise CostNeeded(field=f"{field}.pack_cost_cents", name=article.name)
    return pack, cents


def _cost(uow: UnitOfWork, came: Sequence[_Came], receipt_id: int) -> None:
    receive_cost(
        uow,
        [ReceivedCost(one.article.variant_id, one.quantity, one.total) for one in came],
        reference_type="receipt",
        reference_id=receipt_id,
    )


def _document(
    number: str,
    receipt_id: int,
    supplier_id: int,
    warehouse_id: int,
    order: FoundOrder | None,
    came: Sequence[_Came],
    texts: dict[str, str],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    document = {
        "id": receipt_id,
        "number": number,
        "supplier_id": supplier_id,
        "purchase_order_id": None if order is None else order.id,
        "reverses_id": None,
        "warehouse_id": warehouse_id,
        "reason": "",
        "total_cents": checked_cost(sum(one.total for one in came), "lines"),
        **texts,
    }
    lines = [
        {
            "receipt_id": receipt_id,
            "variant_id": one.article.variant_id,
            "order_line_id": one.order_line,
            "reverses_line_id": None,
            "sku": one.article.sku,
            "name": one.article.name,
            "track_stock": one.article.track_stock,
            "quantity": one.quantity,
            "pack_quantity": one.pack,
            "pack_cost_cents": one.cents,
            "total_cents": one.total,
        }
        for one in came
    ]
    return document, lines


def _step(uow: UnitOfWork, order: FoundOrder, number: str, *, close: bool) -> str:
    if close:
        with suppress(NothingOpen):  # all of it came
            close_short(uow, order)
    write_step(uow, order, "received", status_of_lines(uow, order.id), number)
    return order.status


def _dear(reader: Reader, came: Sequence[_Came]) -> tuple[Dear, ...]:
    rose = [one for one in came if unit_cost(one.pack, one.cents) > (one.article.cost_cents or 0)]
    if not rose:
        return ()
    taxes = taxes_now(reader)
    dear = []
    for one in rose:
        article, cost = one.article, unit_cost(one.pack, one.cents)
        if article.price_cents and cost >= taxes.net_cents(article.price_cents, article.tax_class_id):
            dear.append(Dear(article.variant_id, article.sku, article.name, cost, article.price_cents))
    return tuple(dear)


def _told(done: GoodsReceived) -> dict[str, object]:
    dear = [[one.variant_id, one.sku, one.name, one.cost_cents, one.price_cents] for one in done.dear]
    return {
        "receipt_id": done.receipt_id,
        "number": done.number,
        "order_status": done.order_status,
        "total_cents": done.total_cents,
        "dear": dear,
    }


def _answered(answer: dict[str, Any]) -> GoodsReceived:
    dear = tuple(Dear(*one) for one in answer["dear"])
    return GoodsReceived(answer["receipt_id"], answer["number"], answer["order_status"], answer["total_cents"], dear)
