"""Reviews: what a customer says of a product, looked at by somebody before it counts, averaged on the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Product
from shopdesk.core.bulk_report import BulkReport
from shopdesk.core.errors import BadField, NotFound
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.money import round_half_away
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.saving import save_row
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.marketing.review_models import REVIEW_STATUSES, Review
from shopdesk.parties.customer_fields import name_of, one_line
from shopdesk.parties.models import Customer
from shopdesk.parties.people_rows import locked_customer, note_change
from shopdesk.sales.models import Order, OrderItem, Void
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review with its product and who wrote it."""

    id: int
    product_id: int
    product: str
    customer_id: int
    customer: str
    rating: int
    title: str
    text: str
    is_verified_purchase: bool
    status: str
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class ProductRating:
    """How many approved reviews a product has, and their average in tenths of a star (0 without any)."""

    count: int
    average_tenths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReview:
    """A review (``review_id`` None), or one as it should be; writing it again puts it before somebody's eyes again."""

    customer_id: int
    product_id: int
    rating: int
    title: str = ""
    text: str = ""
    review_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class SetReviewStatus:
    """Reviews to approve or to reject."""

    review_ids: tuple[int, ...]
    status: str


@dataclass(frozen=True, slots=True)
class ReviewChosen:
    """The review to remove."""

    review_id: int


REVIEW_SORTS = Sorts({"newest": (Review.id,)}, default="newest")


def reviews_page(
    reader: Reader, request: PageRequest, customer_id: int | None = None, product_id: int | None = None
) -> Page[ReviewRow]:
    """Reviews by age, of a customer or of a product where one is named; one statement. Filters: ``status``, ``rating``."""
    selected: Any = (
        sa.select(
            Review.id,
            Review.product_id,
            Product.title.label("product"),
            Review.customer_id,
            Customer.first_name,
            Customer.last_name,
            Customer.company,
            Review.rating,
            Review.title,
            Review.text,
            Review.is_verified_purchase,
            Review.status,
            Review.created_at,
            Review.version,
        )
        .join(Product, Product.id == Review.product_id)
        .join(Customer, Customer.id == Review.customer_id)
    )
    for column, value in (
        (Review.customer_id, customer_id),
        (Review.product_id, product_id),
        (Review.status, request.filter("status")),
        (Review.rating, request.filter("rating")),
    ):
        if value is not None:
            selected = selected.where(column == value)
    return keyset_page(reader, selected, REVIEW_SORTS, request, _row)


def product_rating(reader: Reader, product_id: int) -> ProductRating:
    """What the approved reviews of a product come to; one statement."""
    count, total = reader.connection.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Review.rating), 0)).where(
            Review.product_id == product_id, Review.status == "approved"
        )
    ).one()
    return ProductRating(count, round_half_away(10 * int(total), count) if count else 0)


def bought_products(reader: Reader, customer_id: int) -> tuple[tuple[int, str], ...]:
    """The products that a customer bought, for a choice: (id, title), by title."""
    rows = reader.connection.execute(
        sa.select(Product.id, Product.title)
        .where(
            Product.id.in_(
                sa.select(OrderItem.product_id)
                .join(Order, Order.id == OrderItem.order_id)
                .where(Order.customer_id == customer_id, _sold())
            )
        )
        .order_by(Product.title)
    )
    return tuple((row.id, row.title) for row in rows)


def pending_reviews(reader: Reader) -> int:
    """How many reviews wait to be looked at."""
    waiting = sa.select(sa.func.count()).select_from(Review).where(Review.status == "pending")
    return int(reader.connection.execute(waiting).scalar_one())


def write_review(uow: UnitOfWork, command: WriteReview) -> int:
    """Write a customer's review down and return its id; it waits for approval, and whether the customer bought the product
    is read from the sales. Raises BadField, CardNumberRefused, NotFound, ChangedMeanwhile."""
    uow.require(Permission.CUSTOMER_EDIT)
    customer = locked_customer(uow, command.customer_id)
    if type(command.rating) is not int or not 1 <= command.rating <= 5:
        raise BadField("rating", _("is from 1 to 5 stars."))
    product = uow.connection.execute(
        sa.select(Product.title).where(Product.id == command.product_id, Product.deleted_at.is_(None))
    ).scalar()
    if product is None:
        raise NotFound(_("Product"), command.product_id)
    values: dict[str, object] = {
        "customer_id": command.customer_id,
        "product_id": command.product_id,
        "rating": command.rating,
        "title": one_line(command.title, field="title", longest=120),
        "text": checked_text(command.text, field="text", longest=4_000),
        "is_verified_purchase": _bought(uow, command.customer_id, command.product_id),
        "status": "pending",
    }
    if command.review_id is not None:
        known = uow.connection.execute(sa.select(Review.customer_id).where(Review.id == command.review_id)).scalar()
        if known != command.customer_id:
            raise NotFound(_("Review"), command.review_id)
    review_id = save_row(uow, Review, command.review_id, command.version, values, name=_("This review"))
    words = {"review": values["text"], "title": values["title"]}
    note_change(uow, "customer.review", customer, personal=({}, words), article=product, stars=command.rating)
    uow.changed("Review")
    return review_id


def set_review_status(uow: UnitOfWork, command: SetReviewStatus) -> BulkReport:
    """Approve or reject reviews; those that are so already stay."""
    uow.require(Permission.CATALOGUE_APPROVE)
    if command.status not in REVIEW_STATUSES:
        raise BadField("status", _("is no state of a review."))
    changed = 0
    for review_id in sorted(set(command.review_ids)):
        row = _review(uow, review_id)
        if row.status == command.status:
            continue
        uow.connection.execute(
            sa.update(Review)
            .where(Review.id == review_id)
            .values(
                status=command.status,
                version=Review.version + 1,
                updated_at=uow.clock.now(),
                updated_by=uow.actor.user_id or None,
            )
        )
        told = what_changed({"status": row.status}, {"status": command.status})
        audit_office(uow, "review.status", target_type="review", target_id=str(review_id), details=told)
        changed += 1
    uow.changed("Review")
    return BulkReport(changed)


def remove_review(uow: UnitOfWork, command: ReviewChosen) -> None:
    """Remove a review for good; raises NotFound."""
    uow.require(Permission.CATALOGUE_APPROVE)
    row = _review(uow, command.review_id)
    uow.connection.execute(sa.delete(Review).where(Review.id == command.review_id))
    audit_office(
        uow,
        "review.remove",
        target_type="review",
        target_id=str(command.review_id),
        details={"stars": row.rating, "status": row.status},
    )
    uow.changed("Review")


def _row(row: Any) -> ReviewRow:  # Any: SQLAlchemy's row
    known = row._mapping
    names = [name for name in ReviewRow.__dataclass_fields__ if name != "customer"]
    writer = name_of(known["first_name"], known["last_name"], known["company"])
    return ReviewRow(customer=writer, **{name: known[name] for name in names})


def _review(uow: UnitOfWork, review_id: int) -> sa.Row[*tuple[Any, ...]]:
    row = uow.connection.execute(sa.select(Review).where(Review.id == review_id).with_for_update()).first()
    if row is None:
        raise NotFound(_("Review"), review_id)
    return row


def _sold() -> sa.ColumnElement[bool]:
    """A sale that still stands."""
    return sa.and_(Order.status != "cancelled", ~sa.exists().where(Void.order_id == Order.id))


def _bought(uow: UnitOfWork, customer_id: int, product_id: int) -> bool:
    sold = (
        sa.select(OrderItem.id)
        .join(Order, Order.id == OrderItem.order_id)
        .where(Order.customer_id == customer_id, OrderItem.product_id == product_id, _sold())
        .limit(1)
    )
    return uow.connection.execute(sold).first() is not None
