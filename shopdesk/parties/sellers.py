"""Sellers: whose goods the shop sells beside its own, and whether it does now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.core.bulk_report import BulkRefusal, BulkReport
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.folding import folded, folded_words
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.saving import save_row
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.parties.customer_fields import checked_mail, checked_phone, one_line
from shopdesk.parties.models import SELLER_STATUSES, Seller
from shopdesk.system.history import what_changed
from shopdesk.system.models import User
from shopdesk.system.records import audit_office

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_STEPS = {"pending": {"approved", "suspended"}, "approved": {"suspended"}, "suspended": {"approved"}}
_FIELDS = (
    "store_name",
    "slug",
    "description",
    "business_email",
    "business_phone",
    "is_verified",
    "commission_ppm",
    "user_id",
)


class SellerTaken(ShopError):
    """Two sellers with one short name, or one person behind two."""

    code = "seller_taken"
    sentence = N_("{value} already belongs to {other}.")


class BadSellerStep(ShopError):
    """A seller cannot go from this state to that one."""

    code = "bad_step"
    sentence = N_("{name} cannot be changed that way now.")


@dataclass(frozen=True, slots=True)
class SellerRow:
    """A seller of the list, and as the form shows it; ``commission_ppm`` is what the shop keeps, in parts per million."""

    id: int
    store_name: str
    slug: str
    description: str
    logo_blob_id: int | None
    business_email: str | None
    business_phone: str | None
    status: str
    is_verified: bool
    commission_ppm: int
    user_id: int | None
    username: str
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveSeller:
    """A new seller (``seller_id`` None), or one as it should be; an empty ``slug`` is made of the name."""

    store_name: str
    slug: str = ""
    description: str = ""
    business_email: str | None = None
    business_phone: str | None = None
    is_verified: bool = False
    commission_ppm: int = 0
    user_id: int | None = None
    seller_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class SetSellerStatus:
    """Sellers to approve or to suspend."""

    seller_ids: tuple[int, ...]
    status: str


SELLER_SORTS = Sorts({"store_name": (Seller.store_name, Seller.id), "newest": (Seller.id,)}, default="store_name")
_COLUMNS = [name for name in SellerRow.__dataclass_fields__ if name != "username"]


def sellers_page(reader: Reader, request: PageRequest) -> Page[SellerRow]:
    """Sellers by name or newest; one statement. Filter: ``status``. Search: every word in name, short name or contacts."""
    selected: Any = (
        sa.select(*(getattr(Seller, name) for name in _COLUMNS), sa.func.coalesce(User.username, "").label("username"))
        .select_from(Seller)
        .outerjoin(User, User.id == Seller.user_id)
    )
    if (seller_id := request.filter("id")) is not None:
        selected = selected.where(Seller.id == seller_id)
    if (status := request.filter("status")) is not None:
        selected = selected.where(Seller.status == status)
    for word in folded_words(request.search):
        text = (
            Seller.store_name
            + " "
            + Seller.slug
            + " "
            + sa.func.coalesce(Seller.business_email, "")
            + " "
            + sa.func.coalesce(Seller.business_phone, "")
        )
        selected = selected.where(sa.func.lower(text).contains(word, autoescape=True))
    return keyset_page(reader, selected, SELLER_SORTS, request, _row)


def seller_card(reader: Reader, seller_id: int) -> SellerRow:
    """One seller as the form shows it; raises NotFound."""
    found = sellers_page(reader, PageRequest(filters=(("id", seller_id),))).rows
    if not found:
        raise NotFound(_("Seller"), seller_id)
    return found[0]


def seller_choices(reader: Reader) -> tuple[tuple[int, str], ...]:
    """Sellers that are not suspended, for a choice: (id, name)."""
    rows = reader.connection.execute(
        sa.select(Seller.id, Seller.store_name).where(Seller.status != "suspended").order_by(Seller.store_name)
    )
    return tuple((row.id, row.store_name) for row in rows)


def person_choices(reader: Reader) -> tuple[tuple[int, str], ...]:
    """People who can sign in, for the seller's own account: (id, user name)."""
    rows = reader.connection.execute(sa.select(User.id, User.username).where(User.is_active).order_by(User.username))
    return tuple((row.id, row.username) for row in rows)


def save_seller(uow: UnitOfWork, command: SaveSeller) -> int:
    """Write a seller and return the id; a new one is pending. Verified and commission need CATALOGUE_APPROVE as well.

    Raises BadField, CardNumberRefused, SellerTaken, NotFound, ChangedMeanwhile.
    """
    uow.require(Permission.CATALOGUE_EDIT)
    before: dict[str, object] = {"is_verified": False, "commission_ppm": 0}
    if command.seller_id is not None:
        before = dict(_seller(uow, command.seller_id)._mapping)
    values = _checked(command)
    if any(values[name] != before[name] for name in ("is_verified", "commission_ppm")):
        uow.require(Permission.CATALOGUE_APPROVE)
    _free(uow, command.seller_id, values)
    if command.seller_id is None:
        values["status"] = "pending"
    seller_id = save_row(uow, Seller, command.seller_id, command.version, values, name=_("This seller"))
    audit_office(
        uow,
        "seller.save",
        target_type="seller",
        target_id=str(seller_id),
        details=what_changed(before if command.seller_id else {}, {name: values[name] for name in _FIELDS}),
    )
    uow.changed("Seller")
    return seller_id


def set_seller_status(uow: UnitOfWork, command: SetSellerStatus) -> BulkReport:
    """Approve or suspend sellers; who cannot go that step is named and the others are changed."""
    uow.require(Permission.CATALOGUE_APPROVE)
    if command.status not in SELLER_STATUSES:
        raise BadField("status", _("is no state of a seller."))
    changed, refused = 0, []
    for seller_id in sorted(set(command.seller_ids)):
        row = _seller(uow, seller_id)
        if row.status == command.status:
            continue
        if command.status not in _STEPS[row.status]:
            refused.append(BulkRefusal(row.store_name, str(BadSellerStep(name=row.store_name))))
            continue
        uow.connection.execute(
            sa.update(Seller)
            .where(Seller.id == seller_id)
            .values(
                status=command.status,
                version=Seller.version + 1,
                updated_at=uow.clock.now(),
                updated_by=uow.actor.user_id or None,
            )
        )
        told = what_changed({"status": row.status}, {"status": command.status})
        audit_office(uow, "seller.status", target_type="seller", target_id=str(seller_id), details=told)
        changed += 1
    uow.changed("Seller")
    return BulkReport(changed, tuple(refused))


def _row(row: Any) -> SellerRow:  # Any: SQLAlchemy's row
    return SellerRow(**{name: row._mapping[name] for name in SellerRow.__dataclass_fields__})


def _seller(uow: UnitOfWork, seller_id: int) -> sa.Row[*tuple[Any, ...]]:
    row = uow.connection.execute(sa.select(Seller).where(Seller.id == seller_id).with_for_update()).first()
    if row is None:
        raise NotFound(_("Seller"), seller_id)
    return row


def _checked(command: SaveSeller) -> dict[str, object]:
    name = one_line(command.store_name, field="store_name", longest=100, required=True)
    slug = command.slug.strip().lower() or folded(name).replace(" ", "-")
    one_line(slug, field="slug", longest=100)
    if not _SLUG.fullmatch(slug):
        raise BadField("slug", _("is made of small letters a to z and digits, with single dashes between them."))
    if not 0 <= command.commission_ppm <= 1_000_000:
        raise BadField("commission_ppm", _("is between 0 and 100 percent."))
    return {
        "store_name": name,
        "slug": slug,
        "description": checked_text(command.description, field="description", longest=2_000),
        "business_email": checked_mail(command.business_email, field="business_email"),
        "business_phone": checked_phone(command.business_phone, field="business_phone"),
        "is_verified": command.is_verified,
        "commission_ppm": command.commission_ppm,
        "user_id": command.user_id,
    }


def _free(uow: UnitOfWork, seller_id: int | None, values: dict[str, object]) -> None:
    if values["user_id"] is not None:
        known = uow.connection.execute(sa.select(User.username).where(User.id == values["user_id"])).scalar()
        if known is None:
            raise BadField("user_id", _("there is no such user."))
    for name in ("slug", "user_id"):
        if values[name] is None:
            continue
        other = uow.connection.execute(
            sa.select(Seller.store_name).where(getattr(Seller, name) == values[name], Seller.id != (seller_id or 0))
        ).scalar()
        if other is not None:
            raise SellerTaken(field=name, value=values["slug"] if name == "slug" else _("This user"), other=other)
