"""The statements and rows that write products, shared by the form's use cases and the bulk path."""

from __future__ import annotations

from shopdesk.catalogue.models import (
    Product,
    ProductAttribute,
    ProductCategory,
    ProductVariant,
    VariantBarcode,
    VariantTrait,
)
from shopdesk.catalogue.product_fields import ProductFields, VariantFields
from shopdesk.core.clock import to_micros
from shopdesk.db.batch import insert_into
from shopdesk.db.unit import UnitOfWork

PRODUCT_COLUMNS = (
    "title",
    "description",
    "status",
    "badge",
    "is_active",
    "unit",
    "is_weighed",
    "weight_grams",
    "length_mm",
    "width_mm",
    "height_mm",
    "tax_class_id",
    "seller_id",
)
VARIANT_COLUMNS = (
    "sku",
    "price_cents",
    "compare_at_cents",
    "cost_cents",
    "track_stock",
    "inventory_policy",
    "is_active",
)
_STAMPS = ("created_at", "updated_at", "created_by", "updated_by", "version")
ADD_PRODUCT = insert_into(Product, "id", "slug", *PRODUCT_COLUMNS, *_STAMPS)
ADD_VARIANT = insert_into(ProductVariant, "id", "product_id", "name", "position", *VARIANT_COLUMNS, *_STAMPS)
ADD_BARCODE = insert_into(VariantBarcode, "variant_id", "barcode", "pack_quantity")
ADD_TRAIT = insert_into(VariantTrait, "variant_id", "type", "value", "position")
ADD_PRODUCT_CATEGORY = insert_into(ProductCategory, "product_id", "category_id", "is_primary", "position")
ADD_ATTRIBUTE = insert_into(ProductAttribute, "product_id", "name", "value", "unit", "position")


def stamps(uow: UnitOfWork) -> dict[str, object]:
    """Who made a row and when, as the database holds it."""
    at, user = to_micros(uow.clock.now()), uow.actor.user_id or None
    return {"created_at": at, "updated_at": at, "created_by": user, "updated_by": user, "version": 1}


def product_row(uow: UnitOfWork, product: ProductFields, product_id: int, slug: str) -> dict[str, object]:
    """A new row of ``products``."""
    values = {name: getattr(product, name) for name in PRODUCT_COLUMNS}
    return {**values, "id": product_id, "slug": slug, **stamps(uow)}


def variant_row(
    uow: UnitOfWork, variant: VariantFields, variant_id: int, product_id: int, name: str, position: int
) -> dict[str, object]:
    """A new row of ``product_variants``."""
    values = {column: getattr(variant, column) for column in VARIANT_COLUMNS}
    return {**values, "id": variant_id, "product_id": product_id, "name": name, "position": position, **stamps(uow)}
