"""The rows of a sale: from priced basket and tenders to what is inserted, vouched for in the journal, and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from shopdesk.catalogue.sellable import Sellable
from shopdesk.core.ids import uuid7
from shopdesk.core.money import plain_quantity
from shopdesk.sales import sale_statements as sql
from shopdesk.sales.basket import Basket, PricedLine
from shopdesk.sales.digests import sale_digest
from shopdesk.sales.paper import ADD_PRINT_JOB, print_job
from shopdesk.sales.sale_statements import Context
from shopdesk.sales.settle import Kept, Settlement
from shopdesk.sales.tills import TillAt
from shopdesk.system.records import Book, canonical, digest

Rows = list[tuple[object, ...]]
"""Rows of a table in the order of its columns in ``digests``: what is inserted is the very tuple that is vouched for."""


class SoldLine(msgspec.Struct, frozen=True):
    """What a line was made of: the goods as they were looked up, and the clerk's note."""

    good: Sellable
    note: str = ""


class PaidBy(msgspec.Struct, frozen=True):
    """A kept tender, with the terminal's answer where there was a terminal."""

    kept: Kept
    transaction_id: str | None = None
    card_brand: str | None = None
    card_last4: str | None = None
    raw_response: str | None = None


class SaleFacts(msgspec.Struct, frozen=True):
    """Everything that a sale's rows are made from. ``approved`` gives the approver's user id by line, 0 for the order."""

    key: str
    content_hash: str
    context: Context
    basket: Basket
    settlement: Settlement
    lines: tuple[SoldLine, ...]
    paid_by: tuple[PaidBy, ...]
    business_date: str
    note: str
    approved: Mapping[int, int]


def write_sale(book: Book, till: TillAt, facts: SaleFacts) -> dict[str, object]:
    """Queue every row of a sale on the book's batch and return the answer that is stored under its key."""
    number = book.number("S")
    rows = sale_rows(book, number, facts)
    batch = book.batch
    batch.add_each(
        (sql.ADD_ORDER, (*rows["orders"][0], *_changing(book, facts))),
        (sql.ADD_HISTORY, (facts.context.order_id, 1, "delivered", book.micros, book.uow.actor.user_id)),
    )
    batch.add(sql.ADD_ITEMS, rows["order_items"])
    batch.add(sql.ADD_STEPS, rows["price_steps"])
    batch.add(sql.ADD_ADJUSTMENTS, rows["order_adjustments"])
    batch.add(sql.ADD_TAXES, rows["order_taxes"])
    batch.add(sql.ADD_PAYMENTS, rows["payments"])
    head = book.journal("sale", number, facts.settlement.total_cents, journal_body(facts, rows))
    book.audit("sale", target_type="order", target_id=number, details=_audit_details(facts))
    jobs = [print_job(book.uow, till, "receipt", number)] if facts.context.settings.print_receipts else []
    if any(facts.context.tenders[paid.kept.tender.type][2] for paid in facts.paid_by):
        jobs.append(print_job(book.uow, till, "drawer", number))
    batch.add(ADD_PRINT_JOB, jobs)
    answer = sale_answer(number, facts.basket, facts.settlement, [sold.good.sku for sold in facts.lines], str(head))
    book.answer(facts.key, "sell", facts.content_hash, answer)
    return answer


def sale_rows(book: Book, number: str, facts: SaleFacts) -> dict[str, Rows]:
    """The rows by table, each with the columns that the journal vouches for."""
    return {
        "orders": [_order_row(book, number, facts)],
        **line_tables(facts),
        "payments": [_payment_row(book, facts, paid) for paid in facts.paid_by],
    }


def line_tables(facts: SaleFacts) -> dict[str, Rows]:
    """The rows of a sale's lines, with their steps, adjustments and taxes."""
    order_id = facts.context.order_id
    return {
        "order_items": [
            _item_row(facts, line, sold) for line, sold in zip(facts.basket.lines, facts.lines, strict=True)
        ],
        "price_steps": [row for line in facts.basket.lines if line.steps for row in _step_rows(facts, line)],
        "order_adjustments": _adjustment_rows(facts),
        "order_taxes": [
            (order_id, tax.rate_id, tax.name, tax.rate_ppm, tax.taxable_cents, tax.tax_cents)
            for tax in facts.basket.taxes
        ],
    }


def journal_body(facts: SaleFacts, rows: Mapping[str, Rows]) -> dict[str, object]:
    """What the journal says of a sale: figures and a digest of every row, no person's name."""
    customer = facts.context.customer
    person = digest(f"{customer[3]}:{customer[4]}") if customer is not None and customer[3] else ""
    return {
        "key": facts.key,
        "rows": sale_digest(rows),
        "tax": [[tax.rate_ppm, tax.taxable_cents, tax.tax_cents] for tax in facts.basket.taxes],
        "tenders": [[paid.kept.tender.type, paid.kept.amount_cents] for paid in facts.paid_by],
        "lines": len(facts.basket.lines),
        "shift": facts.context.shift_number or 0,
        "person": person,
    }


def sale_answer(
    number: str, basket: Basket, settlement: Settlement, skus: Sequence[str], head: str
) -> dict[str, object]:
    """The fields of the headless ``sell`` (CLI.md)."""
    return {
        "number": number,
        "subtotal_cents": basket.subtotal_cents,
        "discount_cents": basket.discount_cents,
        "tax_cents": basket.tax_cents,
        "rounding_cents": settlement.rounding_cents,
        "total_cents": settlement.total_cents,
        "change_cents": settlement.change_cents,
        "lines": [
            {
                "line": line.line,
                "sku": sku,
                "qty": plain_quantity(line.quantity_milli),
                "unit_price_cents": line.unit_price_cents,
                "discount_cents": line.discount_cents,
                "tax_cents": line.tax_cents,
                "total_cents": line.total_cents,
            }
            for line, sku in zip(basket.lines, skus, strict=True)
        ],
        "head": head,
    }


def _changing(book: Book, facts: SaleFacts) -> tuple[object, ...]:
    """The order's columns that may change later (sale_statements.CHANGING): handed over at once, so delivered now (R17)."""
    customer = facts.context.customer
    return ("delivered", customer[0] if customer is not None else None, "", book.micros, book.micros)


def _order_row(book: Book, number: str, facts: SaleFacts) -> tuple[object, ...]:
    context, basket = facts.context, facts.basket
    return (
        context.order_id,
        number,
        facts.key,
        "till",
        context.till_id,
        context.shift_id,
        book.uow.actor.user_id,
        context.settings.currency,
        context.settings.prices_include_tax,
        context.settings.tax_rounding,
        basket.subtotal_cents,
        basket.discount_cents,
        basket.tax_cents,
        0,  # shipping
        facts.settlement.rounding_cents,
        facts.settlement.total_cents,
        facts.note,
        book.micros,
        facts.business_date,
        None,  # expected to be shipped
        None,  # expected to be delivered
    )


def _item_row(facts: SaleFacts, line: PricedLine, sold: SoldLine) -> tuple[object, ...]:
    good, context = sold.good, facts.context
    rate_ppm, rates = 0, "[]"
    if line.taxes:
        parts = zip(good.taxes, line.taxes, strict=True)
        rate_ppm = good.tax_rate_ppm
        rates = canonical([[rate_id, part[2], int(part[3]), cents] for part, (rate_id, cents) in parts])
    return (
        context.item_ids[line.line - 1],
        context.order_id,
        line.line,
        good.product_id,
        good.variant_id,
        good.product_name,
        good.variant_name,
        good.sku,
        good.barcode,
        good.unit,
        line.quantity_milli,
        line.list_price_cents,
        line.unit_price_cents,
        line.discount_cents,
        rate_ppm,
        rates,
        line.tax_cents,
        line.total_cents,
        good.cost_cents,
        context.warehouse_id if good.track_stock else None,
        good.track_stock,
        canonical({"note": sold.note}) if sold.note else "{}",
    )


def _step_rows(facts: SaleFacts, line: PricedLine) -> Rows:
    item_id = facts.context.item_ids[line.line - 1]
    by_line, by_order = facts.approved.get(line.line), facts.approved.get(0)
    return [
        (
            item_id,
            position,
            step.kind,
            step.label,
            step.before_cents,
            step.amount_cents,
            step.after_cents,
            by_order if step.kind == "order_discount" else by_line,
        )
        for position, step in enumerate(line.steps, 1)
    ]


def _adjustment_rows(facts: SaleFacts) -> Rows:
    """One row for each line's own discount, one for the order's; the spread of the latter is in the price steps."""
    rows: Rows = []
    for line in facts.basket.lines:
        if line.own_discount_cents:
            label = next(step.label for step in line.steps if step.kind == "line_discount")
            item_id = facts.context.item_ids[line.line - 1]
            rows.append(_adjustment(facts, item_id, label, -line.own_discount_cents, line.line))
    if facts.basket.order_discount_cents:
        label = next(
            (step.label for line in facts.basket.lines for step in line.steps if step.kind == "order_discount"), ""
        )
        rows.append(_adjustment(facts, None, label, -facts.basket.order_discount_cents, 0))
    return rows


def _adjustment(facts: SaleFacts, item_id: int | None, label: str, amount: int, line: int) -> tuple[object, ...]:
    source = "order_discount" if item_id is None else "line_discount"
    return (facts.context.order_id, item_id, label, amount, source, None, facts.approved.get(line))


def _payment_row(book: Book, facts: SaleFacts, paid: PaidBy) -> tuple[object, ...]:
    context, kept = facts.context, paid.kept
    return (
        uuid7(),
        context.order_id,
        context.tenders[kept.tender.type][0],
        kept.tender.type,
        kept.tender.kind,
        kept.amount_cents,
        kept.tender.amount_cents,
        kept.change_cents,
        "succeeded",
        paid.transaction_id,
        paid.card_brand,
        paid.card_last4,
        paid.raw_response,
        context.till_id,
        context.shift_id,
        book.uow.actor.user_id,
        book.micros,
    )


def _audit_details(facts: SaleFacts) -> dict[str, object]:
    details: dict[str, object] = {"total": facts.settlement.total_cents}
    if facts.basket.discount_cents:
        details["discount"] = facts.basket.discount_cents
    if facts.approved:
        details["approved"] = [[line, user_id] for line, user_id in sorted(facts.approved.items())]
    return details
