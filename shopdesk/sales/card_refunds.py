"""Refunds that a card terminal owes: posted with their return, done by the terminal after it, asked again until it did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.sales.card_intents import kept_answer, kept_message
from shopdesk.sales.models import CardIntent, Payment
from shopdesk.sales.return_models import Refund, Return
from shopdesk.sales.terminal import TerminalAnswer
from shopdesk.sales.tills import till_at
from shopdesk.system.records import open_book


@dataclass(frozen=True, slots=True)
class CardRefundRow:
    """A refund at a terminal. ``reference`` is the payment that it gives back of; ``message`` the terminal's last words."""

    uid: str
    reference: str
    number: str
    amount_cents: int
    status: str
    message: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class DecideRefund:
    """What the terminal said of a refund."""

    uid: str
    answer: TerminalAnswer


def pending_refunds(reader: Reader, till_id: int | None = None) -> tuple[CardRefundRow, ...]:
    """What terminals still owe, oldest first: of a till, or of the shop."""
    place = () if till_id is None else (Refund.till_id == till_id,)
    return _find(reader, Refund.status == "pending", *place)


def decide_refund(uow: UnitOfWork, command: DecideRefund) -> CardRefundRow:
    """Store that the terminal gave money back, once; any other answer is kept beside a refund that stays pending."""
    uow.require(Permission.SELL)
    answer, now = command.answer, uow.clock.now()
    values: dict[str, object] = {"raw_response": kept_answer(answer)}
    if answer.outcome == "refunded":
        values |= {"status": "processed", "processed_at": now, "transaction_id": answer.transaction_id}
    changed = uow.connection.execute(
        sa.update(Refund).where(Refund.uid == command.uid, Refund.status == "pending").values(**values)
    )
    found = _find(uow, Refund.uid == command.uid)
    if not found:
        raise NotFound(_("Refund"), command.uid)
    if changed.rowcount and answer.outcome == "refunded":
        till = till_at(uow, None, uow.actor)
        book = open_book(uow, till.id, till.code)
        details = {
            "return": found[0].number,
            "amount": found[0].amount_cents,
            "transaction": answer.transaction_id or "",
        }
        book.audit("card.refunded", target_type="refund", target_id=command.uid, details=details)
        book.send()
    uow.changed("Refund")
    return found[0]


def _find(reader: Reader, *where: sa.ColumnElement[bool]) -> tuple[CardRefundRow, ...]:
    rows = reader.connection.execute(
        sa.select(
            Refund.uid,
            CardIntent.uid,
            Return.number,
            Refund.amount_cents,
            Refund.status,
            Refund.raw_response,
            Refund.requested_at,
        )
        .join(Return, Return.id == Refund.return_id)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(CardIntent, CardIntent.transaction_id == Payment.transaction_id)
        .where(*where)
        .order_by(Refund.id)
    )
    return tuple(CardRefundRow(*row[:5], kept_message(row[5]), row[6]) for row in rows)
