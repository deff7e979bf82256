"""The life of a product: made, edited, taken off sale, deleted, brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import sqlalchemy as sa

from shopdesk.catalogue.codes_taken import refuse_taken_codes
from shopdesk.catalogue.models import (
    Category,
    FreedCode,
    Product,
    ProductAttribute,
    ProductCategory,
    ProductVariant,
    TaxClass,
    VariantBarcode,
)
from shopdesk.catalogue.product_fields import (
    ProductFields,
    barcode_doubt,
    check_product,
    slug_of,
)
from shopdesk.catalogue.product_history import product_changes, told_by_name
from shopdesk.catalogue.product_lock import forbid_stale, touch_product
from shopdesk.catalogue.product_statements import (
    ADD_ATTRIBUTE,
    ADD_PRODUCT,
    ADD_PRODUCT_CATEGORY,
    PRODUCT_COLUMNS,
    product_row,
)
from shopdesk.catalogue.product_status import REJECTED, allowed_at_first, check_step
from shopdesk.catalogue.product_variants import add_variants, write_variants
from shopdesk.catalogue.queries import product_card
from shopdesk.catalogue.search_index import refresh_search
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound
from shopdesk.core.folding import folded
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office

_SELLERS = sa.table("sellers", sa.column("id"), sa.column("status"))
"""Who the goods may belong to; the area of parties keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateProduct(ProductFields):
    """A new product with at least one variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditProduct(ProductFields):
    """The whole product as it should be; ``version`` is the one that was shown.

    Variants left out are removed, or taken off sale if anything was done with them. Without the permission to see costs
    those of existing variants stay.
    """

    product_id: int
    version: int


@dataclass(frozen=True, slots=True)
class SetProductActive:
    """Put a product on sale or take it off (retire it)."""

    product_id: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class DeleteProduct:
    """Remove a product from the catalogue; what was sold of it keeps its own copy."""

    product_id: int


@dataclass(frozen=True, slots=True)
class RestoreProduct:
    """The deleted product to bring back."""

    product_id: int


@dataclass(frozen=True, slots=True)
class ProductSaved:
    """What was written; ``doubts`` are sentences about barcodes whose check digit is wrong, ``approval`` is its status."""

    product_id: int
    variant_ids: tuple[int, ...]
    doubts: tuple[str, ...] = ()
    approval: str = "approved"


def create_product(uow: UnitOfWork, command: CreateProduct) -> ProductSaved:
    """Make a product; raises BadField, CodeTaken (names the other product), NotFound for a tax class or category.

    It waits for approval (``pending``) if its maker may not approve.
    """
    uow.require(Permission.CATALOGUE_EDIT)
    check_product(command)
    _check_references(uow, command)
    _check_codes(uow, command, set())
    status = allowed_at_first(uow, command.status)
    product_id = reserve_ids(uow, "products", 1)[0]
    slug = _slug(uow, command, product_id)
    batch = uow.batch()
    batch.add(ADD_PRODUCT, {**product_row(uow, command, product_id, slug), "status": status})
    batch.send()
    variant_ids = add_variants(uow, product_id, tuple(enumerate(command.variants)))
    _put_categories(uow, product_id, command.category_ids)
    _put_attributes(uow, product_id, command.attributes)
    details = {"title": command.title.strip(), "skus": [v.sku for v in command.variants], "status": status}
    audit_office(uow, "product.create", target_type="product", target_id=str(product_id), details=details)
    uow.changed("Product")
    refresh_search(uow, variant_ids)
    return ProductSaved(product_id, tuple(variant_ids), _doubts(command), status)


def edit_product(uow: UnitOfWork, command: EditProduct) -> ProductSaved:
    """Write a product as given; raises ChangedMeanwhile when somebody else wrote it since it was shown."""
    uow.require(Permission.CATALOGUE_EDIT)
    check_product(command)
    card = product_card(uow, command.product_id)
    if card.version != command.version:  # said before anything else: what it names may be gone by now
        raise ChangedMeanwhile(card.product.title)
    before = {v.variant_id: v for v in card.product.variants if v.variant_id is not None}
    strange = [v.variant_id for v in command.variants if v.variant_id is not None and v.variant_id not in before]
    if strange:
        raise NotFound(_("Variant"), strange[0])
    twice = [v.variant_id for v in command.variants if v.variant_id is not None]
    if len(set(twice)) != len(twice):
        raise BadField("variants", _("a variant is there twice."))
    command = _with_kept_costs(uow, command)
    _check_references(uow, command)
    if command.status != card.product.status:
        check_step(uow, card.product.status, command.status, card.product.title)
    _write_head(uow, command)
    ids = write_variants(uow, command.product_id, command.variants, before, lambda own: _check_codes(uow, command, own))
    if command.category_ids != card.product.category_ids:
        _put_categories(uow, command.product_id, command.category_ids)
    if command.attributes != card.product.attributes:
        _put_attributes(uow, command.product_id, command.attributes)
    after = product_card(uow, command.product_id).product
    details = {"title": after.title, **told_by_name(uow, *product_changes(card.product, after))}
    audit_office(uow, "product.edit", target_type="product", target_id=str(command.product_id), details=details)
    uow.changed("Product")
    refresh_search(uow, {*before, *ids})
    return ProductSaved(command.product_id, ids, _doubts(command, card.product), after.status)


def set_product_active(uow: UnitOfWork, command: SetProductActive) -> None:
    """Put a product on sale again or take it off; nothing of it is lost."""
    uow.require(Permission.CATALOGUE_EDIT)
    before = touch_product(uow, command.product_id, {"is_active": command.is_active})
    action = "product.activate" if command.is_active else "product.retire"
    changed = what_changed({"is_active": before.is_active}, {"is_active": command.is_active})
    audit_office(uow, action, target_type="product", target_id=str(command.product_id), details=changed)
    uow.changed("Product")


def delete_product(uow: UnitOfWork, command: DeleteProduct) -> None:
    """Take a product out of the catalogue; its codes may be given to others, and ``restore_product`` undoes it."""
    uow.require(Permission.CATALOGUE_EDIT)
    product_id = command.product_id
    before = touch_product(uow, product_id, {"deleted_at": uow.clock.now(), "deleted_by": uow.actor.user_id or None})
    variants = sa.select(ProductVariant.id, ProductVariant.sku, ProductVariant.is_active)
    mine = uow.connection.execute(
        variants.where(ProductVariant.product_id == product_id).order_by(ProductVariant.id)
    ).all()
    ids = [row.id for row in mine]
    codes = sa.select(VariantBarcode.variant_id, VariantBarcode.barcode, VariantBarcode.pack_quantity)
    barcodes = uow.connection.execute(codes.where(VariantBarcode.variant_id.in_(ids)).order_by(VariantBarcode.id)).all()
    freed = [
        {"variant_id": row.id, "kind": "sku", "code": row.sku, "pack_quantity": 1000, "was_active": row.is_active}
        for row in mine
    ]
    freed += [
        {"variant_id": row[0], "kind": "barcode", "code": row[1], "pack_quantity": row[2], "was_active": True}
        for row in barcodes
    ]
    if freed:
        uow.connection.execute(sa.insert(FreedCode), freed)
    uow.connection.execute(sa.delete(VariantBarcode).where(VariantBarcode.variant_id.in_(ids)))
    uow.connection.execute(  # a freed SKU: the row stays for what was sold of it
        sa.update(ProductVariant)
        .where(ProductVariant.id.in_(ids))
        .values(sku=sa.literal("deleted:") + sa.cast(ProductVariant.id, sa.Text), is_active=False)
    )
    refresh_search(uow, ids)
    details = {"title": before.title, "skus": [row.sku for row in mine]}
    audit_office(uow, "product.delete", target_type="product", target_id=str(product_id), details=details)
    uow.changed("Product")


def restore_product(uow: UnitOfWork, command: RestoreProduct) -> ProductSaved:
    """Undo the deletion of a product with all its codes; raises CodeTaken if another product has one of them by now."""
    uow.require(Permission.CATALOGUE_EDIT)
    product_id = command.product_id
    head = sa.select(Product.title, Product.status).where(Product.id == product_id, Product.deleted_at.is_not(None))
    found = uow.connection.execute(head.with_for_update()).first()
    if found is None:
        raise NotFound(_("Deleted product"), product_id)
    variants = sa.select(ProductVariant.id).where(ProductVariant.product_id == product_id)
    ids = tuple(uow.connection.execute(variants.order_by(ProductVariant.position, ProductVariant.id)).scalars())
    freed = uow.connection.execute(
        sa.select(FreedCode.variant_id, FreedCode.kind, FreedCode.code, FreedCode.pack_quantity, FreedCode.was_active)
        .where(FreedCode.variant_id.in_(ids))
        .order_by(FreedCode.id)
    ).all()
    skus = [row for row in freed if row.kind == "sku"]
    barcodes = [row for row in freed if row.kind == "barcode"]
    refuse_taken_codes(uow, [row.code for row in skus], [row.code for row in barcodes], own=ids)
    for row in skus:
        uow.connection.execute(
            sa.update(ProductVariant)
            .where(ProductVariant.id == row.variant_id)
            .values(sku=row.code, is_active=row.was_active)
        )
    if barcodes:
        values = [
            {"variant_id": row.variant_id, "barcode": row.code, "pack_quantity": row.pack_quantity} for row in barcodes
        ]
        uow.connection.execute(sa.insert(VariantBarcode), values)
    uow.connection.execute(sa.delete(FreedCode).where(FreedCode.variant_id.in_(ids)))
    touch_product(uow, product_id, {"deleted_at": None, "deleted_by": None}, deleted=True)
    refresh_search(uow, ids)
    details = {"title": found.title, "skus": [row.code for row in skus]}
    audit_office(uow, "product.restore", target_type="product", target_id=str(product_id), details=details)
    uow.changed("Product")
    return ProductSaved(product_id, ids, (), found.status)


def _with_kept_costs(uow: UnitOfWork, command: EditProduct) -> EditProduct:
    """Who may not see costs was shown none, and so writes none over those that are there."""
    if uow.actor.may(Permission.COST_VIEW):
        return command
    kept = tuple(v if v.variant_id is None else replace(v, keep_cost=True) for v in command.variants)
    return replace(command, variants=kept)


def _check_references(uow: UnitOfWork, product: ProductFields) -> None:
    tax = product.tax_class_id
    if tax is not None and uow.connection.execute(sa.select(TaxClass.id).where(TaxClass.id == tax)).first() is None:
        raise NotFound(_("Tax class"), tax)
    seller = product.seller_id
    if seller is not None:
        known = sa.select(_SELLERS.c.id).where(_SELLERS.c.id == seller)
        if uow.connection.execute(known).first() is None:
            raise NotFound(_("Seller"), seller)
    wanted = set(product.category_ids)
    if len(wanted) != len(product.category_ids):
        raise BadField("category_ids", _("a category is there twice."))
    if wanted:
        found = set(uow.connection.execute(sa.select(Category.id).where(Category.id.in_(wanted))).scalars())
        if wanted - found:
            raise NotFound(_("Category"), min(wanted - found))


def _check_codes(uow: UnitOfWork, product: ProductFields, own: set[int]) -> None:
    skus = {variant.sku: f"variants[{place}].sku" for place, variant in enumerate(product.variants)}
    barcodes = {
        code.barcode: f"variants[{place}].barcodes"
        for place, variant in enumerate(product.variants)
        for code in variant.barcodes
    }
    refuse_taken_codes(uow, list(skus), list(barcodes), own=own, paths=skus, barcode_paths=barcodes)


def _slug(uow: UnitOfWork, product: ProductFields, product_id: int) -> str:
    if not product.slug:
        return slug_of(product.title, product_id)
    slug = "-".join(folded(product.slug).split())
    if not slug or len(slug) > 120:
        raise BadField("slug", _("must have letters or digits, and at most 120 of them."))
    other = sa.select(Product.title).where(Product.slug == slug, Product.id != product_id)
    taken = uow.connection.execute(other).scalar()
    if taken is not None:
        raise BadField("slug", _("already belongs to {other}.").format(other=taken))
    return slug


def _write_head(uow: UnitOfWork, command: EditProduct) -> None:
    """Write the product's own row if it still is the one that was shown."""
    values: dict[str, object] = {name: getattr(command, name) for name in PRODUCT_COLUMNS}
    values |= {"title": command.title.strip(), "description": command.description.strip()}
    values["badge"] = (command.badge or "").strip() or None
    if command.status != REJECTED:
        values["rejection_reason"] = None
    if command.slug:
        values["slug"] = _slug(uow, command, command.product_id)
    changed = uow.connection.execute(
        sa.update(Product)
        .where(Product.id == command.product_id, Product.version == command.version, Product.deleted_at.is_(None))
        .values(
            **values,
            version=Product.version + 1,
            updated_at=uow.clock.now(),
            updated_by=uow.actor.user_id or None,
        )
    )
    if not changed.rowcount:
        forbid_stale(uow, command.product_id, command.title)


def _put_categories(uow: UnitOfWork, product_id: int, category_ids: Sequence[int]) -> None:
    """Categories, written anew: the first one is the primary one."""
    uow.connection.execute(sa.delete(ProductCategory).where(ProductCategory.product_id == product_id))
    batch = uow.batch()
    batch.add(
        ADD_PRODUCT_CATEGORY,
        [
            {"product_id": product_id, "category_id": category_id, "is_primary": place == 0, "position": place}
            for place, category_id in enumerate(category_ids)
        ],
    )
    batch.send()


def _put_attributes(uow: UnitOfWork, product_id: int, attributes: Sequence[tuple[str, str, str]]) -> None:
    uow.connection.execute(sa.delete(ProductAttribute).where(ProductAttribute.product_id == product_id))
    batch = uow.batch()
    batch.add(
        ADD_ATTRIBUTE,
        [
            {
                "product_id": product_id,
                "name": name.strip(),
                "value": value.strip(),
                "unit": unit.strip() or None,
                "position": place,
            }
            for place, (name, value, unit) in enumerate(attributes)
        ],
    )
    batch.send()


def _doubts(product: ProductFields, before: ProductFields | None = None) -> tuple[str, ...]:
    """What is odd about barcodes that were not there before."""
    known = {code.barcode for variant in before.variants for code in variant.barcodes} if before is not None else set()
    codes = [code.barcode for variant in product.variants for code in variant.barcodes if code.barcode not in known]
    return tuple(doubt for doubt in map(barcode_doubt, codes) if doubt)


_OWN_FIELDS = tuple(field.name for field in fields(ProductFields))


def as_edit(product_id: int, version: int, product: ProductFields) -> EditProduct:
    """The command that writes ``product`` over the one shown as ``version``."""
    return EditProduct(product_id=product_id, version=version, **{name: getattr(product, name) for name in _OWN_FIELDS})
