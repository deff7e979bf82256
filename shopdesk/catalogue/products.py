"""The life of a product: made, edited, taken off sale, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import sqlalchemy as sa

from shopdesk.catalogue.codes_taken import refuse_taken_codes
from shopdesk.catalogue.models import (
    Category,
    Product,
    ProductAttribute,
    ProductCategory,
    ProductVariant,
    TaxClass,
    VariantBarcode,
    VariantTrait,
)
from shopdesk.catalogue.product_fields import (
    ProductFields,
    VariantFields,
    barcode_doubt,
    check_product,
    slug_of,
    variant_name,
)
from shopdesk.catalogue.product_statements import (
    ADD_ATTRIBUTE,
    ADD_BARCODE,
    ADD_PRODUCT,
    ADD_PRODUCT_CATEGORY,
    ADD_TRAIT,
    ADD_VARIANT,
    PRODUCT_COLUMNS,
    VARIANT_COLUMNS,
    product_row,
    variant_row,
)
from shopdesk.catalogue.search_index import refresh_search
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound
from shopdesk.core.folding import folded
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.records import audit_office


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateProduct(ProductFields):
    """A new product with at least one variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditProduct(ProductFields):
    """The whole product as it should be; ``version`` is the one that was shown. Variants left out are taken off sale."""

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
class ProductSaved:
    """What was written; ``doubts`` are sentences about barcodes whose check digit is wrong."""

    product_id: int
    variant_ids: tuple[int, ...]
    doubts: tuple[str, ...] = ()


def create_product(uow: UnitOfWork, command: CreateProduct) -> ProductSaved:
    """Make a product; raises BadField, CodeTaken (names the other product), NotFound for a tax class or category."""
    uow.require(Permission.CATALOGUE_EDIT)
    _check(uow, command, own=())
    product_id = reserve_ids(uow, "products", 1)[0]
    slug = _slug(uow, command, product_id)
    batch = uow.batch()
    batch.add(ADD_PRODUCT, product_row(uow, command, product_id, slug))
    batch.send()
    variant_ids = _add_variants(uow, product_id, tuple(enumerate(command.variants)))
    _put_lists(uow, product_id, command)
    _finish(uow, "product.create", product_id, {"title": command.title, "skus": [v.sku for v in command.variants]})
    refresh_search(uow, variant_ids)
    return ProductSaved(product_id, tuple(variant_ids), _doubts(command))


def edit_product(uow: UnitOfWork, command: EditProduct) -> ProductSaved:
    """Write a product as given; raises ChangedMeanwhile when somebody else wrote it since it was shown."""
    uow.require(Permission.CATALOGUE_EDIT)
    before = uow.connection.execute(
        sa.select(ProductVariant.id, ProductVariant.sku, ProductVariant.price_cents).where(
            ProductVariant.product_id == command.product_id
        )
    ).all()
    own = {row.id for row in before}
    strange = [v.variant_id for v in command.variants if v.variant_id is not None and v.variant_id not in own]
    if strange:
        raise NotFound(_("Variant"), strange[0])
    _check(uow, command, own=own)
    values = {name: getattr(command, name) for name in PRODUCT_COLUMNS}
    _raise_version(uow, command, values)
    kept = {v.variant_id for v in command.variants if v.variant_id is not None}
    _drop_codes(uow, own)
    _change_variants(uow, command, own - kept)
    new = _add_variants(
        uow,
        command.product_id,
        tuple((place, v) for place, v in enumerate(command.variants) if v.variant_id is None),
    )
    _put_lists(uow, command.product_id, command)
    prices = {row.id: row.price_cents for row in before}
    _finish(
        uow, "product.edit", command.product_id, {"title": command.title, "prices": _price_changes(command, prices)}
    )
    refresh_search(uow, own | set(new))
    places = iter(new)
    ids = tuple(v.variant_id if v.variant_id is not None else next(places) for v in command.variants)
    return ProductSaved(command.product_id, ids, _doubts(command))


def set_product_active(uow: UnitOfWork, command: SetProductActive) -> None:
    """Put a product on sale again or take it off; nothing of it is lost."""
    uow.require(Permission.CATALOGUE_EDIT)
    _touch(uow, command.product_id, {"is_active": command.is_active})
    action = "product.activate" if command.is_active else "product.retire"
    _finish(uow, action, command.product_id, {})


def delete_product(uow: UnitOfWork, command: DeleteProduct) -> None:
    """Take a product out of the catalogue for good; its codes may be given to others."""
    uow.require(Permission.CATALOGUE_EDIT)
    at = uow.clock.now()
    _touch(
        uow,
        command.product_id,
        {"deleted_at": at, "deleted_by": uow.actor.user_id or None, "is_active": False},
    )
    variants = sa.select(ProductVariant.id).where(ProductVariant.product_id == command.product_id)
    ids = list(uow.connection.execute(variants).scalars())
    uow.connection.execute(sa.delete(VariantBarcode).where(VariantBarcode.variant_id.in_(ids)))
    for variant_id in ids:  # a freed SKU: the row stays for what was sold of it
        uow.connection.execute(
            sa.update(ProductVariant)
            .where(ProductVariant.id == variant_id)
            .values(sku=f"deleted:{variant_id}", is_active=False)
        )
    refresh_search(uow, ids)
    _finish(uow, "product.delete", command.product_id, {})


def _check(uow: UnitOfWork, product: ProductFields, own: Sequence[int] | set[int]) -> None:
    check_product(product)
    skus = [variant.sku for variant in product.variants]
    barcodes = [code.barcode for variant in product.variants for code in variant.barcodes]
    refuse_taken_codes(uow, skus, barcodes, own=own)
    tax = product.tax_class_id
    if tax is not None and uow.connection.execute(sa.select(TaxClass.id).where(TaxClass.id == tax)).first() is None:
        raise NotFound(_("Tax class"), tax)
    wanted = set(product.category_ids)
    if len(wanted) != len(product.category_ids):
        raise BadField("category_ids", _("a category is there twice."))
    found = set(uow.connection.execute(sa.select(Category.id).where(Category.id.in_(wanted))).scalars())
    if wanted - found:
        raise NotFound(_("Category"), min(wanted - found))


def _slug(uow: UnitOfWork, product: ProductFields, product_id: int) -> str:
    if not product.slug:
        return slug_of(product.title, product_id)
    slug = "-".join(folded(product.slug).split())
    other = sa.select(Product.title).where(Product.slug == slug, Product.id != product_id)
    taken = uow.connection.execute(other).scalar()
    if taken is not None or not slug:
        raise BadField(
            "slug", _("already belongs to {other}.").format(other=taken) if slug else _("must not be empty.")
        )
    return slug


def _raise_version(uow: UnitOfWork, command: EditProduct, values: dict[str, object]) -> None:
    """Write the product's own row if it still is the one that was shown."""
    if command.slug:
        values["slug"] = _slug(uow, command, command.product_id)
    changed = uow.connection.execute(
        sa.update(Product)
        .where(Product.id == command.product_id, Product.version == command.version, Product.deleted_at.is_(None))
        .values(
            **{**values, "title": command.title.strip()},
            version=Product.version + 1,
            updated_at=uow.clock.now(),
            updated_by=uow.actor.user_id or None,
        )
    )
    if not changed.rowcount:
        known = sa.select(Product.id).where(Product.id == command.product_id, Product.deleted_at.is_(None))
        if uow.connection.execute(known).first() is None:
            raise NotFound(_("Product"), command.product_id)
        raise ChangedMeanwhile(command.title)


def _touch(uow: UnitOfWork, product_id: int, values: dict[str, object]) -> None:
    changed = uow.connection.execute(
        sa.update(Product)
        .where(Product.id == product_id, Product.deleted_at.is_(None))
        .values(
            **values,
            version=Product.version + 1,
            updated_at=uow.clock.now(),
            updated_by=uow.actor.user_id or None,
        )
    )
    if not changed.rowcount:
        raise NotFound(_("Product"), product_id)


def _drop_codes(uow: UnitOfWork, variant_ids: set[int]) -> None:
    """Barcodes and traits are written anew; SKUs that change places pass through names that nobody has."""
    uow.connection.execute(sa.delete(VariantBarcode).where(VariantBarcode.variant_id.in_(variant_ids)))
    uow.connection.execute(sa.delete(VariantTrait).where(VariantTrait.variant_id.in_(variant_ids)))


def _change_variants(uow: UnitOfWork, command: EditProduct, left_out: set[int]) -> None:
    now, user = uow.clock.now(), uow.actor.user_id or None
    kept = [(place, v) for place, v in enumerate(command.variants) if v.variant_id is not None]
    passing = sa.update(ProductVariant).where(ProductVariant.id.in_([v.variant_id for _place, v in kept]))
    uow.connection.execute(passing.values(sku=sa.literal("changing:") + sa.cast(ProductVariant.id, sa.Text)))
    for place, variant in kept:
        uow.connection.execute(
            sa.update(ProductVariant)
            .where(ProductVariant.id == variant.variant_id)
            .values(
                **{name: getattr(variant, name) for name in VARIANT_COLUMNS},
                name=variant.name or variant_name(variant.traits),
                position=place,
                updated_at=now,
                updated_by=user,
                version=ProductVariant.version + 1,
            )
        )
        _add_codes(uow, variant.variant_id or 0, variant)
    uow.connection.execute(
        sa.update(ProductVariant)
        .where(ProductVariant.id.in_(left_out))
        .values(is_active=False, updated_at=now, updated_by=user, version=ProductVariant.version + 1)
    )


def _add_variants(uow: UnitOfWork, product_id: int, variants: Sequence[tuple[int, VariantFields]]) -> Sequence[int]:
    ids = reserve_ids(uow, "product_variants", len(variants))
    batch = uow.batch()
    rows = [
        variant_row(uow, variant, variant_id, product_id, variant.name or variant_name(variant.traits), place)
        for variant_id, (place, variant) in zip(ids, variants, strict=True)
    ]
    batch.add(ADD_VARIANT, rows)
    batch.send()
    for variant_id, (_place, variant) in zip(ids, variants, strict=True):
        _add_codes(uow, variant_id, variant)
    return ids


def _add_codes(uow: UnitOfWork, variant_id: int, variant: VariantFields) -> None:
    batch = uow.batch()
    batch.add(
        ADD_BARCODE,
        [
            {"variant_id": variant_id, "barcode": code.barcode, "pack_quantity": code.pack_quantity_milli}
            for code in variant.barcodes
        ],
    )
    batch.add(
        ADD_TRAIT,
        [
            {"variant_id": variant_id, "type": kind, "value": value, "position": place}
            for place, (kind, value) in enumerate(variant.traits)
        ],
    )
    batch.send()


def _put_lists(uow: UnitOfWork, product_id: int, product: ProductFields) -> None:
    """Categories and attributes, written anew."""
    uow.connection.execute(sa.delete(ProductCategory).where(ProductCategory.product_id == product_id))
    uow.connection.execute(sa.delete(ProductAttribute).where(ProductAttribute.product_id == product_id))
    batch = uow.batch()
    batch.add(
        ADD_PRODUCT_CATEGORY,
        [
            {"product_id": product_id, "category_id": category_id, "is_primary": place == 0, "position": place}
            for place, category_id in enumerate(product.category_ids)
        ],
    )
    batch.add(
        ADD_ATTRIBUTE,
        [
            {"product_id": product_id, "name": name, "value": value, "unit": unit or None, "position": place}
            for place, (name, value, unit) in enumerate(product.attributes)
        ],
    )
    batch.send()


def _price_changes(command: EditProduct, before: dict[int, int]) -> list[list[object]]:
    """[SKU, before, after] of each price that changed, for the audit log."""
    return [
        [variant.sku, before[variant.variant_id], variant.price_cents]
        for variant in command.variants
        if variant.variant_id in before and before[variant.variant_id] != variant.price_cents
    ]


def _doubts(product: ProductFields) -> tuple[str, ...]:
    codes = (code.barcode for variant in product.variants for code in variant.barcodes)
    return tuple(doubt for doubt in map(barcode_doubt, codes) if doubt)


def _finish(uow: UnitOfWork, action: str, product_id: int, details: dict[str, object]) -> None:
    audit_office(uow, action, target_type="product", target_id=str(product_id), details=details)
    uow.changed("Product")


_OWN_FIELDS = tuple(field.name for field in fields(ProductFields))


def as_edit(product_id: int, version: int, product: ProductFields) -> EditProduct:
    """The command that writes ``product`` over the one shown as ``version``."""
    return EditProduct(product_id=product_id, version=version, **{name: getattr(product, name) for name in _OWN_FIELDS})
