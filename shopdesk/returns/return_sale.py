"""Taking goods of a sale back at a till: money to the tenders that paid, goods to their place, one document (R4, R5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import insert_into
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.models import Warehouse
from shopdesk.inventory.stock import StockBook, lock_stock
from shopdesk.orders.processing import add_invoice
from shopdesk.orders.writing import note_event
from shopdesk.returns.returnable import Returnable, ReturnLine, ReturnPlan, plan_return, returnable
from shopdesk.sales.digests_return import REFUND, RETURN, RETURN_ITEM, RETURN_TAX, return_digest
from shopdesk.sales.models import CardIntent
from shopdesk.sales.paper import queue_paper
from shopdesk.sales.request import ReasonNeeded, Request, ShiftNotOpen, allowed, begin, business_date
from shopdesk.sales.return_models import Refund, Return, ReturnItem, ReturnTax
from shopdesk.sales.tills import UnknownWarehouse
from shopdesk.system.records import canonical
from shopdesk.system.settings import shop_settings


@dataclass(frozen=True, slots=True)
class ReturnSale:
    """Goods of a sale come back. ``warehouse`` is where those in stock or damaged go: None for the till's own.

    An approval has the sale's uid as its subject and the refund, positive, as its amount. ``expected_cents`` is the refund that
    the screen showed; another one is refused.
    """

    key: str
    sale: str
    lines: tuple[ReturnLine, ...]
    reason: str
    warehouse: str | None = None
    fee_cents: int = 0
    till: str | None = None
    expected_cents: int | None = None
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SaleReturned:
    """The return's number, what the customer gets, and through which tenders."""

    number: str
    refund_cents: int
    refunds: tuple[tuple[str, int], ...]


_ADD_RETURN = insert_into(Return, *RETURN)
_ADD_ITEMS = insert_into(ReturnItem, *RETURN_ITEM)
_ADD_TAXES = insert_into(ReturnTax, *RETURN_TAX)
_ADD_REFUNDS = insert_into(Refund, *REFUND, "status", "processed_at")
Row = dict[str, Any]  # Any: raw values of a table's columns


def return_sale(uow: UnitOfWork, command: ReturnSale) -> SaleReturned:
    """Take goods back: all or nothing, once. What a card terminal brought is given back by ``CardDesk.refund_due`` afterwards.

    Raises UnknownSale, AlreadyVoided, NothingLeft, BadReturnLine, ReasonNeeded, NotPermitted, UnknownTill, UnknownWarehouse,
    BadField, and ShiftNotOpen where the shop sells in shifts only.
    """
    if not command.approvals:
        uow.require(Permission.RETURN)
    reason = checked_text(command.reason, field="reason")
    if not reason:
        raise ReasonNeeded(field="reason")
    content = {
        "sale": command.sale,
        "lines": [[line.line, line.quantity_milli, line.condition] for line in command.lines],
        "reason": reason,
        "warehouse": command.warehouse or "",
        "fee": command.fee_cents,
    }
    request = begin(uow, "return", command.key, command.till, content)
    if request.answer is not None:
        return _told(request.answer)
    settings = shop_settings(uow)
    sale = returnable(uow, command.sale, lock=True)
    plan = plan_return(sale, command.lines, command.fee_cents, settings)
    if command.expected_cents not in (None, plan.total_cents):
        raise BadField("expected_cents", _("is no longer what is given back: somebody returned goods of this sale."))
    if request.shift is None and not settings.sell_without_shift:
        raise ShiftNotOpen(till=request.till.code)
    approver = allowed(
        uow,
        Permission.RETURN,
        subject_uid=sale.uid,
        amount_cents=plan.total_cents,
        approvals=command.approvals,
    )
    stock, number = post_return(uow, request, sale, plan, reason, approver, warehouse=command.warehouse)
    refunds = tuple((refund.type, refund.amount_cents) for refund in plan.refund.refunds)
    request.keep(
        {
            "number": number,
            "refund_cents": plan.total_cents,
            "refunds": [{"type": kind, "amount_cents": cents} for kind, cents in refunds],
        }
    )
    stock.check()
    uow.changed("Return", "Order", "StockLevel", "Shift", "Refund")
    return SaleReturned(number, plan.total_cents, refunds)


def post_return(
    uow: UnitOfWork,
    request: Request,
    sale: Returnable,
    plan: ReturnPlan,
    reason: str,
    approver: int | None,
    *,
    warehouse: str | None = None,
) -> tuple[StockBook, str]:
    """Queue a planned return whole; returns the stock to be checked once the book was sent, and the return's number.

    What comes back of an order gets a credit note.
    """
    date = business_date(uow, request.shift, shop_settings(uow).timezone)
    place = _warehouse(uow, warehouse, request.till.warehouse_id)
    rows = _rows(uow, request, sale, plan, reason, approver, date, place)
    stock = _move_stock(uow, rows)
    stock.queue(request.book.batch)
    _write(request, rows)
    _record(uow, request, sale, plan, rows)
    head = rows["returns"][0]
    if sale.is_order:
        add_invoice(uow, request, "credit_note", sale.order_id, head["total_cents"], return_id=head["id"])
        note_event(uow, sale.order_id, "returned", {"return": head["number"], "credit": plan.credit_cents})
    return stock, str(head["number"])


def _told(answer: dict[str, Any]) -> SaleReturned:  # Any: a stored answer
    refunds = tuple((str(one["type"]), int(one["amount_cents"])) for one in answer["refunds"])
    return SaleReturned(str(answer["number"]), int(answer["refund_cents"]), refunds)


def _rows(
    uow: UnitOfWork,
    request: Request,
    sale: Returnable,
    plan: ReturnPlan,
    reason: str,
    approver: int | None,
    date: str,
    warehouse: int,
) -> dict[str, list[Row]]:
    """Every row of the return by table, with its ids."""
    now, till = to_micros(uow.clock.now()), request.till
    return_id = reserve_ids(uow, "returns", 1)[0]
    item_ids = reserve_ids(uow, "return_items", len(plan.parts))
    refund_ids = reserve_ids(uow, "refunds", len(plan.refund.refunds))
    shift_id = None if request.shift is None else request.shift.id
    head: Row = {
        "id": return_id,
        "uid": request.key,
        "number": request.book.number("R"),
        "order_id": sale.order_id,
        "till_id": till.id,
        "shift_id": shift_id,
        "reason": reason,
        "currency": sale.currency,
        "prices_include_tax": sale.prices_include_tax,
        "gross_cents": sum(part.gross_cents for _item, part, _condition in plan.parts),
        "discount_cents": sum(part.discount_cents for _item, part, _condition in plan.parts),
        "tax_cents": sum(part.tax_cents for _item, part, _condition in plan.parts),
        "shipping_cents": plan.shipping_cents,
        "fee_cents": plan.fee_cents,
        "rounding_cents": plan.refund.rounding_cents,
        "total_cents": -plan.credit_cents,
        "set_off_cents": plan.set_off_cents,
        "user_id": uow.actor.user_id,
        "approved_by": approver,
        "created_at": now,
        "business_date": date,
    }
    items: list[Row] = [
        {
            "id": item_id,
            "return_id": return_id,
            "line": item.part.line,
            "order_item_id": item.id,
            "variant_id": item.variant_id,
            "product_name": item.product_name,
            "variant_name": item.variant_name,
            "sku": item.sku,
            "unit": item.unit,
            "quantity": part.quantity_milli,
            "unit_price_cents": item.unit_price_cents,
            "gross_cents": part.gross_cents,
            "discount_cents": part.discount_cents,
            "tax_cents": part.tax_cents,
            "tax_rates": canonical([list(rate) for rate in part.rates]),
            "total_cents": part.total_cents,
            "condition": condition,
            "warehouse_id": warehouse if item.track_stock and item.variant_id and condition == "stock" else None,
            "track_stock": item.track_stock,
        }
        for item_id, (item, part, condition) in zip(item_ids, plan.parts, strict=True)
    ]
    taxes: list[Row] = [
        dict(zip(RETURN_TAX, (return_id, rate_id, name, ppm, net, tax), strict=True))
        for rate_id, name, ppm, net, tax in plan.taxes
    ]
    owed = by_terminal(uow, sale)
    refunds: list[Row] = [
        {
            "id": refund_id,
            "uid": uuid7(),
            "order_id": sale.order_id,
            "payment_id": back.payment_id,
            "return_id": return_id,
            "payment_type_id": sale.payment_types[back.payment_id],
            "type": back.type,
            "kind": back.kind,
            "amount_cents": back.amount_cents,
            "reason": reason,
            "staff_notes": "",
            "till_id": till.id,
            "shift_id": shift_id,
            "user_id": uow.actor.user_id,
            "requested_at": now,
            "status": "pending" if back.payment_id in owed else "processed",
            "processed_at": None if back.payment_id in owed else now,
        }
        for refund_id, back in zip(refund_ids, plan.refund.refunds, strict=True)
    ]
    return {"returns": [head], "return_items": items, "return_taxes": taxes, "refunds": refunds}


def _warehouse(uow: UnitOfWork, name: str | None, own: int) -> int:
    """The warehouse that takes the goods; raises UnknownWarehouse."""
    if name is None:
        return own
    found = uow.connection.execute(sa.select(Warehouse.id).where(Warehouse.name == name, Warehouse.is_active)).scalar()
    if found is None:
        raise UnknownWarehouse(name)
    return int(found)


def by_terminal(reader: Reader, sale: Returnable) -> set[int]:
    """Payments that a terminal made: it has to give them back itself."""
    known = [transaction for transaction in sale.transactions.values() if transaction is not None]
    if not known:
        return set()
    asked = sa.select(CardIntent.transaction_id).where(CardIntent.transaction_id.in_(known))
    made = set(reader.connection.execute(asked).scalars())
    return {id for id, transaction in sale.transactions.items() if transaction in made}


def _move_stock(uow: UnitOfWork, rows: dict[str, list[Row]]) -> StockBook:
    """What goes back to stock is one row of the ledger; damaged goods are told by the return's line and are no stock."""
    items = [item for item in rows["return_items"] if item["warehouse_id"] is not None]
    stock = lock_stock(uow, {item["variant_id"] for item in items}, {item["warehouse_id"] for item in items})
    reason = rows["returns"][0]["reason"]
    for item in items:
        stock.move(
            item["variant_id"],
            item["warehouse_id"],
            item["quantity"],
            type="return",
            reference_type="return",
            reference_id=item["return_id"],
            line_id=item["id"],
            name=item["product_name"],
            reason=reason,
        )
    return stock


def _write(request: Request, rows: dict[str, list[Row]]) -> None:
    batch = request.book.batch
    batch.add(_ADD_RETURN, rows["returns"][0])
    batch.add(_ADD_ITEMS, rows["return_items"])
    if rows["return_taxes"]:
        batch.add(_ADD_TAXES, rows["return_taxes"])
    if rows["refunds"]:
        batch.add(_ADD_REFUNDS, rows["refunds"])


def _record(uow: UnitOfWork, request: Request, sale: Returnable, plan: ReturnPlan, rows: dict[str, list[Row]]) -> None:
    head, book = rows["returns"][0], request.book
    cash = sum(refund.amount_cents for refund in plan.refund.refunds if refund.kind == "cash")
    body = {
        "key": request.key,
        "rows": return_digest(rows),
        "approver": head["approved_by"] or 0,
        "sale": sale.number,
        "shift": 0 if request.shift is None else request.shift.number,
        "cash": cash,
        "tenders": [[refund.type, -refund.amount_cents] for refund in plan.refund.refunds],
        "tax": [[ppm, -net, -tax] for _id, _name, ppm, net, tax in plan.taxes],
        "fee": plan.fee_cents,
        "shipping": plan.shipping_cents,
        "set_off": plan.set_off_cents,
        "rounding": plan.refund.rounding_cents,
        "lines": len(plan.parts),
    }
    book.journal("return", head["number"], head["total_cents"], body)
    details = {"sale": sale.number, "total": head["total_cents"], "approver": head["approved_by"] or 0}
    book.audit("sale.returned", target_type="return", target_id=head["number"], details=details)
    queue_paper(book.batch, uow, request.till, "return", head["number"])
    if cash:
        queue_paper(book.batch, uow, request.till, "drawer", head["number"])
