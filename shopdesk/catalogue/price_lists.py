"""Price lists: other prices for everybody or for some customers, from a quantity, between two moments (R3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shopdesk.catalogue.models import PriceList, PriceListItem, Product, ProductVariant
from shopdesk.catalogue.product_fields import check_code
from shopdesk.catalogue.saving import save_row
from shopdesk.core.errors import BadField, NotFound
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.money import MAX_MILLI, checked_cents
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest, SortColumn, Sorts, keyset_page
from shopdesk.db.saving import values_now
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office


@dataclass(frozen=True, slots=True)
class PriceListRow:
    """A price list; a higher ``priority`` wins where two hold a price for the same goods."""

    id: int
    code: str
    name: str
    for_everybody: bool
    priority: int
    starts_at: datetime | None
    ends_at: datetime | None
    is_active: bool
    version: int


@dataclass(frozen=True, slots=True)
class ListedPriceRow:
    """A price of a list beside the shelf price; ``min_quantity_milli`` is the quantity from which it holds."""

    id: int
    variant_id: int
    sku: str
    name: str
    min_quantity_milli: int
    price_cents: int
    shelf_price_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePriceList:
    """A new list (``price_list_id`` None), or one as it should be; without ``for_everybody`` customers are given it."""

    code: str
    name: str
    for_everybody: bool = False
    priority: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_active: bool = True
    price_list_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class SetListPrice:
    """The price of a variant in a list from a quantity (thousandths) upwards; ``price_cents`` None takes it out."""

    price_list_id: int
    sku: str
    price_cents: int | None
    min_quantity_milli: int = 0


_LONG = 5_000
"""Prices that are sorted in a few milliseconds; of so many among a million variants a page is found in about the same time."""
PRICE_SORTS = Sorts({"sku": (ProductVariant.sku, PriceListItem.id)}, default="sku")


def price_lists(reader: Reader) -> tuple[PriceListRow, ...]:
    """All lists, the winning ones first."""
    columns = (getattr(PriceList, name) for name in PriceListRow.__dataclass_fields__)
    rows = reader.connection.execute(sa.select(*columns).order_by(PriceList.priority.desc(), PriceList.id))
    return tuple(PriceListRow(*row) for row in rows)


def listed_prices_page(reader: Reader, request: PageRequest, price_list_id: int) -> Page[ListedPriceRow]:
    """The prices of a list by SKU; two statements. Search: every word in SKU or name."""
    mine = PriceListItem.price_list_id == price_list_id
    variant_id: SortColumn = PriceListItem.variant_id + 0
    if reader.dialect == "sqlite" and _is_long(reader, mine):
        # by the variants' index, which has the list's order; the sum hides the way by the list, which would sort all its prices
        mine, variant_id = PriceListItem.price_list_id + 0 == price_list_id, PriceListItem.variant_id
        if request.after is None:
            mine = sa.and_(
                mine, ProductVariant.sku >= ""
            )  # leads SQLite to the index that the cursor leads it to later
    selected = (
        sa.select(
            PriceListItem.id,
            PriceListItem.variant_id,
            ProductVariant.sku,
            Product.title + sa.case((ProductVariant.name == "", ""), else_=", " + ProductVariant.name),
            PriceListItem.min_quantity,
            PriceListItem.price_cents,
            ProductVariant.price_cents,
        )
        .join(
            ProductVariant,
            ProductVariant.id == (variant_id if reader.dialect == "sqlite" else PriceListItem.variant_id),
        )
        .join(Product, Product.id == ProductVariant.product_id)
        .where(mine)
    )
    for word in request.search.casefold().split():
        text = sa.func.lower(ProductVariant.sku + " " + Product.title)
        selected = selected.where(text.contains(word, autoescape=True))
    return keyset_page(reader, selected, PRICE_SORTS, request, lambda row: ListedPriceRow(*row[:7]))


def _is_long(reader: Reader, mine: sa.ColumnElement[bool]) -> bool:
    """Whether a list has so many prices that sorting them takes longer than passing over the variants without one."""
    some = sa.select(PriceListItem.variant_id).where(mine).limit(_LONG).subquery()
    return reader.connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one() == _LONG


def save_price_list(uow: UnitOfWork, command: SavePriceList) -> int:
    """Write a list and return its id."""
    uow.require(Permission.CATALOGUE_EDIT)
    check_code(command.code, "code")
    checked_text(command.code, field="code", longest=64)
    name = checked_text(command.name, field="name", longest=60, required=True)
    if command.starts_at and command.ends_at and command.starts_at >= command.ends_at:
        raise BadField("ends_at", _("must be after the start."))
    taken = sa.select(PriceList.id).where(PriceList.code == command.code, PriceList.id != (command.price_list_id or 0))
    if uow.connection.execute(taken).first() is not None:
        raise BadField("code", _("is there already."))
    values: dict[str, object] = {
        "code": command.code,
        "name": name,
        "for_everybody": command.for_everybody,
        "priority": command.priority,
        "starts_at": command.starts_at,
        "ends_at": command.ends_at,
        "is_active": command.is_active,
    }
    before = values_now(uow, PriceList, command.price_list_id, values)
    list_id = save_row(uow, PriceList, command.price_list_id, command.version, values, name=name)
    audit_office(
        uow,
        "price_list.save",
        target_type="price_list",
        target_id=str(list_id),
        details={"code": command.code, **what_changed(before, values)},
    )
    uow.changed("PriceList")
    return list_id


def set_list_price(uow: UnitOfWork, command: SetListPrice) -> None:
    """Put a variant's price into a list, change it or take it out."""
    uow.require(Permission.CATALOGUE_EDIT)
    if uow.connection.execute(sa.select(PriceList.id).where(PriceList.id == command.price_list_id)).first() is None:
        raise NotFound(_("Price list"), command.price_list_id)
    variant = sa.select(ProductVariant.id).where(ProductVariant.sku == command.sku)
    variant_id = uow.connection.execute(variant).scalar()
    if variant_id is None:
        raise NotFound(_("Product"), command.sku)
    if not 0 <= command.min_quantity_milli <= MAX_MILLI:
        raise BadField("min_quantity_milli", _("must not be negative."))
    place = (
        PriceListItem.price_list_id == command.price_list_id,
        PriceListItem.variant_id == variant_id,
        PriceListItem.min_quantity == command.min_quantity_milli,
    )
    price = f"price_cents@{command.sku}"
    before = uow.connection.execute(sa.select(PriceListItem.price_cents).where(*place).with_for_update()).scalar()
    if command.price_cents is None:
        uow.connection.execute(sa.delete(PriceListItem).where(*place))
    elif checked_cents(command.price_cents, field="price_cents") < 0:
        raise BadField("price_cents", _("must not be negative."))
    elif before is None:
        uow.connection.execute(
            sa.insert(PriceListItem).values(
                price_list_id=command.price_list_id,
                variant_id=variant_id,
                min_quantity=command.min_quantity_milli,
                price_cents=command.price_cents,
            )
        )
    else:
        uow.connection.execute(sa.update(PriceListItem).where(*place).values(price_cents=command.price_cents))
    audit_office(
        uow,
        "price_list.price",
        target_type="price_list",
        target_id=str(command.price_list_id),
        details={
            "from_milli": command.min_quantity_milli,
            **what_changed({price: before}, {price: command.price_cents}),
        },
    )
    uow.changed("PriceList")
