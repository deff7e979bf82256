"""Training mode: rung up like a sale, priced like a sale, and nothing real is touched (S41).

No order, no stock, no payment, no real number: one row of its own under the series TR, and a journal entry of kind
``training`` without turnover, so that nothing can hide as training either.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import insert_into
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.sales.basket import Basket
from shopdesk.sales.checkout import approve_basket, cash_type, price_sale, sale_content, tenders_given
from shopdesk.sales.digests_counter import document_rows
from shopdesk.sales.models import TrainingSale
from shopdesk.sales.paper import queue_paper
from shopdesk.sales.sale_command import CommitSale, SaleAnswer, TotalChanged
from shopdesk.sales.sale_rows import sale_answer
from shopdesk.sales.sale_statements import CLOSE_CART, Context, read_context
from shopdesk.sales.settle import BadPayment, Settlement, settle
from shopdesk.sales.tills import TillAt, UnknownTill
from shopdesk.system.records import Book, canonical, request_hash, rows_digest, stored_answer

_ADD = insert_into(TrainingSale, "uid", "number", "till_id", "user_id", "total_cents", "answer", "created_at")


def sell_training(uow: UnitOfWork, command: CommitSale) -> SaleAnswer:
    """Ring a sale up in training: the same refusals and the same answer as a sale, numbered ``T1-TR000001``.

    A card payment of a real terminal is refused: training takes no money.
    """
    uow.require(Permission.TRAINING)
    if any(payment.card_intent_uid for payment in command.payments or ()):
        raise BadPayment(field="payments")
    batch = uow.batch()
    context = read_context(
        batch,
        key=command.key,
        till_code=command.till,
        till_id=uow.actor.till_id,
        customer=command.customer,
        lines=max(1, len(command.lines)),
    )
    if context is None:
        raise UnknownTill(command.till or "")
    hashed = request_hash("sell_training", sale_content(command))
    known = stored_answer(context.answered, "sell_training", hashed)
    if known is not None:
        return SaleAnswer(known)
    _goods, sellables, basket = price_sale(uow, batch, command, context)
    approve_basket(uow, command, basket)
    if command.expected_total_cents not in (None, basket.due_cents):
        raise TotalChanged(basket.due_cents)
    settled = settle(
        basket.due_cents, tenders_given(command, context), context.settings.cash_rounding_cents, cash_type(context)
    )
    book = Book(uow, context.till_id, context.till_code, batch, context.state)
    number = book.number("TR")
    answer = sale_answer(number, basket, settled, [good.sku for good in sellables], "")
    told = {**answer, "paper": _paper(basket, settled, [(good.name, good.unit) for good in sellables], command.note)}
    row = {
        "uid": command.key,
        "number": number,
        "till_id": context.till_id,
        "user_id": uow.actor.user_id,
        "total_cents": settled.total_cents,
        "answer": canonical(told),
        "created_at": to_micros(book.now),
    }
    return SaleAnswer(_write(uow, command, context, book, hashed, answer, row))


def training_told(reader: Reader, number: str) -> tuple[dict[str, Any], int, int, int]:
    """What a training sale kept: its figures with what its paper shows, till id, user id, moment; raises NotFound."""
    found = reader.connection.execute(
        sa.select(
            TrainingSale.answer,
            TrainingSale.till_id,
            TrainingSale.user_id,
            sa.type_coerce(TrainingSale.created_at, sa.BigInteger),
        ).where(TrainingSale.number == number)
    ).first()
    if found is None:
        raise NotFound(_("Training sale"), number)
    return json.loads(found[0]), found[1], found[2], found[3]


def _write(
    uow: UnitOfWork,
    command: CommitSale,
    context: Context,
    book: Book,
    hashed: str,
    answer: dict[str, object],
    row: dict[str, object],
) -> dict[str, object]:
    number = str(row["number"])
    batch = uow.batch()
    batch.add(_ADD, row)
    if command.from_cart:
        batch.add(CLOSE_CART, {"uid": command.key, "now": row["created_at"]})
    batch.send()
    rows = rows_digest(document_rows(uow, "training", number))
    body = {"key": command.key, "rows": rows, "approver": 0, "total": row["total_cents"]}
    head = book.journal("training", number, 0, body)
    book.audit("training", target_type="training_sale", target_id=number, details={"total": row["total_cents"]})
    till = TillAt(context.till_id, context.till_code, context.till_name, context.warehouse_id, context.printer_json)
    queue_paper(book.batch, uow, till, "training", number)
    kept = {**answer, "head": str(head)}
    book.answer(command.key, "sell_training", hashed, kept)
    book.send()
    uow.changed("TrainingSale", "Cart")
    return kept


def _paper(basket: Basket, settled: Settlement, goods: list[tuple[str, str]], note: str) -> dict[str, object]:
    """What the receipt of a training sale shows beside the answer's figures."""
    return {
        "note": note,
        "lines": [
            [
                name,
                unit,
                line.quantity_milli,
                line.extended_cents,
                [[step.kind, step.label, step.amount_cents] for step in line.steps if step.kind.endswith("discount")],
            ]
            for line, (name, unit) in zip(basket.lines, goods, strict=True)
        ],
        "taxes": [[tax.name, tax.rate_ppm, tax.taxable_cents, tax.tax_cents] for tax in basket.taxes],
        "tenders": [[kept.tender.type, kept.tender.amount_cents] for kept in settled.kept],
    }
