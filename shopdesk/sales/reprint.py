"""Paper again: a copy of any document, marked COPY and recorded, and the gift receipt of a sale."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import UnitOfWork
from shopdesk.sales.models import Order, TrainingSale, Void, ZReport
from shopdesk.sales.paper import queue_paper
from shopdesk.sales.request import allowed
from shopdesk.sales.return_models import Return
from shopdesk.sales.tills import till_at
from shopdesk.system.records import open_book


@dataclass(frozen=True, slots=True)
class Reprint:
    """Print a document again: sale, void, return, Z, training. An approval has its number as the subject and no amount."""

    number: str
    till: str | None = None
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintGiftReceipt:
    """Print a receipt without prices for a sale."""

    number: str
    till: str | None = None


@dataclass(frozen=True, slots=True)
class PrintTestPage:
    """Print a till's test page."""

    till: str | None = None


_number: sa.BindParameter[str] = sa.bindparam("number")
_WHAT = Prepared(
    sa.union_all(
        sa.select(sa.literal_column("'receipt'")).where(sa.exists().where(Order.number == _number)),
        sa.select(sa.literal_column("'void'")).where(sa.exists().where(Void.number == _number)),
        sa.select(sa.literal_column("'return'")).where(sa.exists().where(Return.number == _number)),
        sa.select(sa.literal_column("'shift_report'")).where(sa.exists().where(ZReport.number == _number)),
        sa.select(sa.literal_column("'training'")).where(sa.exists().where(TrainingSale.number == _number)),
    )
)


def reprint(uow: UnitOfWork, command: Reprint) -> None:
    """Print a document again, marked COPY; who and what is recorded. Raises NotFound, NotPermitted."""
    if not command.approvals:
        uow.require(Permission.REPRINT)
    document = _document_of(uow, command.number)
    till = till_at(uow, command.till, uow.actor)
    book = open_book(uow, till.id, till.code)
    approver = allowed(uow, Permission.REPRINT, subject_uid=command.number, amount_cents=0, approvals=command.approvals)
    queue_paper(book.batch, uow, till, document, command.number, {"copy": 1})
    details = {"document": document, "approver": approver or 0}
    book.audit("reprinted", target_type=document, target_id=command.number, details=details)
    book.send()


def print_gift_receipt(uow: UnitOfWork, command: PrintGiftReceipt) -> None:
    """Print a sale's gift receipt, which tells no price and gives no money back. Raises NotFound, NotPermitted."""
    uow.require(Permission.SELL)
    if _document_of(uow, command.number) != "receipt":
        raise NotFound(_("Sale"), command.number)
    till = till_at(uow, command.till, uow.actor)
    book = open_book(uow, till.id, till.code)
    queue_paper(book.batch, uow, till, "gift_receipt", command.number)
    book.audit("gift_receipt.printed", target_type="order", target_id=command.number)
    book.send()


def print_test_page(uow: UnitOfWork, command: PrintTestPage) -> None:
    """Print the test page on a till's printer. Raises NotPermitted, UnknownTill."""
    uow.require(Permission.TILL_EDIT)
    till = till_at(uow, command.till, uow.actor)
    batch = uow.batch()
    queue_paper(batch, uow, till, "test_page", till.code)
    batch.send()


def _document_of(uow: UnitOfWork, number: str) -> str:
    batch = uow.batch()
    found = batch.add(_WHAT, {"number": number})
    batch.send()
    if found.one is None:
        raise NotFound(_("Document"), number[:64])
    kind: str = found.one[0]
    return kind
