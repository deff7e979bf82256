"""Lists of what is set aside, transferred and counted, and the documents as their screens show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm

from shopdesk.catalogue.models import Product, ProductVariant
from shopdesk.core.actor import Actor
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.inventory.models import Warehouse
from shopdesk.inventory.reservation_models import Reservation
from shopdesk.inventory.transfer_models import (
    TransferDocument,
    TransferDocumentLine,
    TransferReceipt,
    TransferReceiptLine,
)
from shopdesk.parties.models import Customer
from shopdesk.system.models import User


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """Something set aside, in thousandths; ``customer`` is empty where a note says for whom."""

    id: int
    variant_id: int
    warehouse_id: int
    customer_id: int | None
    sku: str
    name: str
    unit: str
    warehouse: str
    customer: str
    note: str
    quantity_milli: int
    state: str
    expires_at: datetime | None
    at: datetime
    username: str


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer in the list; ``receipt_number`` is empty until it was received."""

    id: int
    number: str
    state: str
    source: str
    target: str
    notes: str
    lines: int
    at: datetime
    sent_at: datetime | None
    received_at: datetime | None
    receipt_number: str
    version: int


@dataclass(frozen=True, slots=True)
class TransferItem:
    """A line of a transfer, in thousandths; what arrived is None until it was received."""

    variant_id: int
    sku: str
    name: str
    unit: str
    quantity_milli: int
    received_milli: int | None = None
    damaged_milli: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TransferCard:
    """A transfer with everything its page shows."""

    id: int
    version: int
    number: str
    state: str
    from_warehouse_id: int
    to_warehouse_id: int
    source: str
    target: str
    notes: str
    at: datetime
    sent_at: datetime | None
    sent_by: str
    receipt_number: str
    received_at: datetime | None
    received_by: str
    receipt_notes: str
    items: tuple[TransferItem, ...]


RESERVATION_SORTS = Sorts({"newest": (Reservation.id,)}, default="newest")
TRANSFER_SORTS = Sorts({"newest": (TransferDocument.id,)}, default="newest")


def reservations_page(reader: Reader, request: PageRequest, actor: Actor) -> Page[ReservationRow]:
    """What is or was set aside. Filters: ``state``, ``warehouse``, ``variant``, ``customer`` (ids); one statement.

    Customers are named to those who may see customers.
    """
    customer: Any = sa.func.trim(Customer.first_name + " " + Customer.last_name)
    named = sa.case((customer != "", customer), else_=Customer.company)
    selected: Any = (
        sa.select(
            Reservation.id,
            Reservation.variant_id,
            Reservation.warehouse_id,
            Reservation.customer_id,
            ProductVariant.sku,
            Product.title,
            ProductVariant.name,
            Product.unit,
            Warehouse.name,
            sa.func.coalesce(named, ""),
            Reservation.note,
            Reservation.quantity,
            Reservation.state,
            Reservation.expires_at,
            Reservation.created_at,
            User.username,
        )
        .join(ProductVariant, ProductVariant.id == Reservation.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .join(Warehouse, Warehouse.id == Reservation.warehouse_id)
        .join(User, User.id == Reservation.user_id)
        .outerjoin(Customer, Customer.id == Reservation.customer_id)
    )
    columns = {
        "state": Reservation.state,
        "warehouse": Reservation.warehouse_id,
        "variant": Reservation.variant_id,
        "customer": Reservation.customer_id,
    }
    for name, column in columns.items():
        if (value := request.filter(name)) is not None:
            selected = selected.where(column == value)
    sees = actor.may(Permission.CUSTOMER_VIEW)

    def row(found: Any) -> ReservationRow:  # Any: SQLAlchemy's row
        values: list[Any] = list(found[:16])
        title, variant = values[5:7]
        values[5:7] = [f"{title}, {variant}" if variant else title]
        if not sees:
            values[8] = ""
        return ReservationRow(*values)

    return keyset_page(reader, selected, RESERVATION_SORTS, request, row)


def transfers_page(reader: Reader, request: PageRequest) -> Page[TransferRow]:
    """Transfers of more than one step, the newest last. Filters: ``state``, ``from``, ``to`` (warehouse ids); one statement."""
    source, target = sa.orm.aliased(Warehouse), sa.orm.aliased(Warehouse)
    count = (
        sa.select(sa.func.count())
        .where(TransferDocumentLine.document_id == TransferDocument.id, TransferDocumentLine.quantity > 0)
        .scalar_subquery()
    )
    selected: Any = (
        sa.select(
            TransferDocument.id,
            sa.func.coalesce(TransferDocument.number, ""),
            TransferDocument.state,
            source.name,
            target.name,
            TransferDocument.notes,
            count,
            TransferDocument.created_at,
            TransferDocument.sent_at,
            TransferReceipt.created_at,
            sa.func.coalesce(TransferReceipt.number, ""),
            TransferDocument.version,
        )
        .join(source, source.id == TransferDocument.from_warehouse_id)
        .join(target, target.id == TransferDocument.to_warehouse_id)
        .outerjoin(TransferReceipt, TransferReceipt.document_id == TransferDocument.id)
    )
    columns = {
        "state": TransferDocument.state,
        "from": TransferDocument.from_warehouse_id,
        "to": TransferDocument.to_warehouse_id,
    }
    for name, column in columns.items():
        if (value := request.filter(name)) is not None:
            selected = selected.where(column == value)
    return keyset_page(reader, selected, TRANSFER_SORTS, request, lambda row: TransferRow(*row[:12]))


def transfer_card(reader: Reader, document_id: int) -> TransferCard:
    """A transfer with its lines and what arrived; two statements. Raises NotFound."""
    source, target = sa.orm.aliased(Warehouse), sa.orm.aliased(Warehouse)
    sender, receiver = sa.orm.aliased(User), sa.orm.aliased(User)
    head = reader.connection.execute(
        sa.select(
            TransferDocument.id,
            TransferDocument.version,
            sa.func.coalesce(TransferDocument.number, ""),
            TransferDocument.state,
            TransferDocument.from_warehouse_id,
            TransferDocument.to_warehouse_id,
            source.name,
            target.name,
            TransferDocument.notes,
            TransferDocument.created_at,
            TransferDocument.sent_at,
            sa.func.coalesce(sender.username, ""),
            sa.func.coalesce(TransferReceipt.number, ""),
            TransferReceipt.created_at,
            sa.func.coalesce(receiver.username, ""),
            sa.func.coalesce(TransferReceipt.notes, ""),
        )
        .join(source, source.id == TransferDocument.from_warehouse_id)
        .join(target, target.id == TransferDocument.to_warehouse_id)
        .outerjoin(sender, sender.id == TransferDocument.sent_by)
        .outerjoin(TransferReceipt, TransferReceipt.document_id == TransferDocument.id)
        .outerjoin(receiver, receiver.id == TransferReceipt.user_id)
        .where(TransferDocument.id == document_id)
    ).first()
    if head is None:
        raise NotFound(_("Transfer"), document_id)
    values: list[Any] = [*head, _items(reader, document_id)]
    return TransferCard(*values)


def _items(reader: Reader, document_id: int) -> tuple[TransferItem, ...]:
    """What was sent, and what came besides."""
    receipt = sa.select(TransferReceipt.id).where(TransferReceipt.document_id == document_id).scalar_subquery()
    sent = sa.select(
        TransferDocumentLine.variant_id, TransferDocumentLine.quantity, TransferDocumentLine.id.label("place")
    ).where(TransferDocumentLine.document_id == document_id, TransferDocumentLine.quantity > 0)
    besides = sa.select(
        TransferReceiptLine.variant_id, sa.literal(0, sa.BigInteger), sa.literal(2**62, sa.BigInteger)
    ).where(TransferReceiptLine.receipt_id == receipt, TransferReceiptLine.sent == 0)
    named = sent.union_all(besides).subquery()
    arrived = TransferReceiptLine
    rows = reader.connection.execute(
        sa.select(
            named.c.variant_id,
            ProductVariant.sku,
            Product.title,
            ProductVariant.name,
            Product.unit,
            named.c.quantity,
            arrived.received,
            arrived.damaged,
            sa.func.coalesce(arrived.reason, ""),
        )
        .join(ProductVariant, ProductVariant.id == named.c.variant_id)
        .join(Product, Product.id == ProductVariant.product_id)
        .outerjoin(arrived, (arrived.receipt_id == receipt) & (arrived.variant_id == named.c.variant_id))
        .order_by(named.c.place, ProductVariant.sku)
    )
    return tuple(TransferItem(row[0], row[1], f"{row[2]}, {row[3]}" if row[3] else row[2], *row[4:9]) for row in rows)


def count_under_way(reader: Reader, most: int = 100) -> int:
    """How many transfers are under way, counted no further than ``most``."""
    sent = sa.select(TransferDocument.id).where(TransferDocument.state == "sent").limit(most).subquery()
    return int(reader.connection.execute(sa.select(sa.func.count()).select_from(sent)).scalar_one())
