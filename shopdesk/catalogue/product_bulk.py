"""The same change for many products or variants at once: what can be changed is, the rest is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Category, Product, ProductCategory, ProductVariant, TaxClass
from shopdesk.catalogue.product_fields import POLICIES
from shopdesk.catalogue.product_history import told_by_name
from shopdesk.catalogue.product_lock import touch_product
from shopdesk.catalogue.products import DeleteProduct, RestoreProduct, delete_product, restore_product
from shopdesk.core.bulk_report import BulkRefusal, BulkReport
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.money import PPM, checked_cents, round_half_away
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office

_SELLERS = sa.table("sellers", sa.column("id"))
MOST_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeProducts:
    """What is not None becomes so for all of these products.

    ``category_id`` becomes the primary category (the others stay); ``add_category_id`` one more.
    """

    product_ids: tuple[int, ...]
    is_active: bool | None = None
    tax_class_id: int | None = None
    seller_id: int | None = None
    badge: str | None = None
    category_id: int | None = None
    add_category_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeVariants:
    """What is not None becomes so for all of these variants; ``price_change_ppm`` raises (or lowers) each price by a share."""

    variant_ids: tuple[int, ...]
    price_cents: int | None = None
    price_change_ppm: int | None = None
    compare_at_cents: int | None = None
    cost_cents: int | None = None
    track_stock: bool | None = None
    inventory_policy: str | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True)
class DeleteProducts:
    """The products to delete together."""

    product_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RestoreProducts:
    """The deleted products to bring back together."""

    product_ids: tuple[int, ...]


def delete_products(uow: UnitOfWork, command: DeleteProducts) -> None:
    """Delete several products, all or none; ``restore_products`` undoes it as one."""
    uow.require(Permission.CATALOGUE_EDIT)
    for product_id in sorted(set(command.product_ids)):
        delete_product(uow, DeleteProduct(product_id))


def restore_products(uow: UnitOfWork, command: RestoreProducts) -> None:
    """Bring several deleted products back, all or none; raises CodeTaken for a code that another product has by now."""
    uow.require(Permission.CATALOGUE_EDIT)
    for product_id in sorted(set(command.product_ids)):
        restore_product(uow, RestoreProduct(product_id))


def change_products(uow: UnitOfWork, command: ChangeProducts) -> BulkReport:
    """Change many products in one transaction; those that cannot be are named. Raises NotFound for a tax class or the like."""
    uow.require(Permission.CATALOGUE_EDIT)
    _known(uow, TaxClass.id, command.tax_class_id, _("Tax class"))
    _known(uow, _SELLERS.c.id, command.seller_id, _("Seller"))
    _known(uow, Category.id, command.category_id, _("Category"))
    _known(uow, Category.id, command.add_category_id, _("Category"))
    values: dict[str, object] = {
        name: value
        for name in ("is_active", "tax_class_id", "seller_id")
        if (value := getattr(command, name)) is not None
    }
    if command.badge is not None:
        values["badge"] = checked_text(command.badge, field="badge", longest=40) or None

    def change(product_id: int) -> None:
        columns = (Product.title, *(getattr(Product, name) for name in values))
        before = uow.connection.execute(sa.select(*columns).where(Product.id == product_id)).first()
        touched = touch_product(uow, product_id, values)
        details: dict[str, object] = {}
        if before is not None:
            details = {"title": touched.title, **told_by_name(uow, before._asdict(), values)}
        for category_id, primary in ((command.category_id, True), (command.add_category_id, False)):
            if category_id is not None:
                _put_into(uow, product_id, category_id, primary)
                details["category"] = category_id
        audit_office(uow, "product.edit", target_type="product", target_id=str(product_id), details=details)

    return _each(uow, command.product_ids, change, sa.select(Product.id, Product.title))


def change_variants(uow: UnitOfWork, command: ChangeVariants) -> BulkReport:
    """Change prices and the like of many variants in one transaction; those that cannot be are named."""
    uow.require(Permission.CATALOGUE_EDIT)
    if command.cost_cents is not None:
        uow.require(Permission.COST_VIEW)
    for field in ("price_cents", "compare_at_cents", "cost_cents"):
        cents = getattr(command, field)
        if cents is not None and checked_cents(cents, field=field) < 0:
            raise BadField(field, _("must not be negative."))
    if command.price_cents is not None and command.price_change_ppm is not None:
        raise BadField("price_change_ppm", _("a price is either set or changed by a share."))
    if command.price_change_ppm is not None and not -PPM <= command.price_change_ppm <= 10 * PPM:
        raise BadField("price_change_ppm", _("must be between -100 % and 1,000 %."))
    if command.inventory_policy is not None and command.inventory_policy not in POLICIES:
        raise BadField("inventory_policy", _("must be deny or continue."))
    names = ("price_cents", "compare_at_cents", "cost_cents", "track_stock", "inventory_policy", "is_active")
    fixed = {name: value for name in names if (value := getattr(command, name)) is not None}

    def change(variant_id: int) -> None:
        columns = [getattr(ProductVariant, name) for name in names]
        owner = uow.connection.execute(
            sa.select(ProductVariant.product_id).where(ProductVariant.id == variant_id)
        ).scalar()
        if owner is None:
            raise NotFound(_("Variant"), variant_id)
        touch_product(uow, owner)  # before the variant, as the editor does: nobody waits in a circle
        before = uow.connection.execute(
            sa.select(ProductVariant.sku, *columns).where(ProductVariant.id == variant_id).with_for_update()
        ).one()
        values: dict[str, Any] = dict(fixed)  # Any: columns of several types
        if command.price_change_ppm is not None:
            price = before.price_cents + round_half_away(before.price_cents * command.price_change_ppm, PPM)
            values["price_cents"] = checked_cents(price, field="price_cents")
        uow.connection.execute(
            sa.update(ProductVariant)
            .where(ProductVariant.id == variant_id)
            .values(
                **values,
                version=ProductVariant.version + 1,
                updated_at=uow.clock.now(),
                updated_by=uow.actor.user_id or None,
            )
        )
        _tell_variant(uow, owner, before.sku, before._asdict(), values)

    return _each(uow, command.variant_ids, change, sa.select(ProductVariant.id, ProductVariant.sku))


def _each(
    uow: UnitOfWork, ids: Iterable[int], change: Callable[[int], None], names: sa.Select[*tuple[Any, ...]]
) -> BulkReport:
    wanted = sorted(set(ids))
    if len(wanted) > MOST_AT_ONCE:
        raise BadField("ids", _("at most {most} at once.").format(most=MOST_AT_ONCE))
    key = names.selected_columns[0]
    called: dict[int, str] = {row[0]: row[1] for row in uow.connection.execute(names.where(key.in_(wanted)))}
    refused: list[BulkRefusal] = []
    for one in wanted:
        try:
            with uow.connection.begin_nested():
                change(one)
        except ShopError as error:
            refused.append(BulkRefusal(called.get(one, str(one)), error.message))
    uow.changed("Product")
    return BulkReport(len(wanted) - len(refused), tuple(refused))


def _tell_variant(
    uow: UnitOfWork, product_id: int, sku: str, before: Mapping[str, object], values: Mapping[str, object]
) -> None:
    was = {f"{name}@{sku}": before[name] for name in values}
    now = {f"{name}@{sku}": value for name, value in values.items()}
    details = what_changed(was, now)
    audit_office(uow, "product.edit", target_type="product", target_id=str(product_id), details=details)


def _known(uow: UnitOfWork, column: sa.ColumnElement[int] | Any, wanted: int | None, what: str) -> None:  # Any: mapped
    if wanted is not None and uow.connection.execute(sa.select(column).where(column == wanted)).first() is None:
        raise NotFound(what, wanted)


def _put_into(uow: UnitOfWork, product_id: int, category_id: int, primary: bool) -> None:
    """Put a product into a category; as its primary one if wanted, or if it has none."""
    rows = uow.connection.execute(
        sa.select(ProductCategory.category_id, ProductCategory.is_primary, ProductCategory.position).where(
            ProductCategory.product_id == product_id
        )
    ).all()
    there = any(row.category_id == category_id for row in rows)
    primary = primary or not rows
    if primary:
        uow.connection.execute(
            sa.update(ProductCategory).where(ProductCategory.product_id == product_id).values(is_primary=False)
        )
    mine = sa.and_(ProductCategory.product_id == product_id, ProductCategory.category_id == category_id)
    if not there:
        place = max((row.position for row in rows), default=-1) + 1
        values = {"product_id": product_id, "category_id": category_id, "is_primary": primary, "position": place}
        uow.connection.execute(sa.insert(ProductCategory).values(**values))
    elif primary:
        uow.connection.execute(sa.update(ProductCategory).where(mine).values(is_primary=True))
