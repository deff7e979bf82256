"""A product's fields as its history tells them: the product's own, and each variant's under its SKU."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from shopdesk.catalogue.models import Category, TaxClass
from shopdesk.catalogue.product_fields import ProductFields, VariantFields
from shopdesk.core.money import format_quantity
from shopdesk.db.unit import Reader
from shopdesk.system.history import what_changed

_SELLERS = sa.table("sellers", sa.column("id"), sa.column("store_name"))
_NAMED = {
    "tax_class_id": ("tax", TaxClass.id, TaxClass.name),
    "seller_id": ("seller", _SELLERS.c.id, _SELLERS.c.store_name),
    "category_ids": ("categories", Category.id, Category.name),
}
"""What is told by its name, not by its number: the history's field, and where the names stand."""

_HEAD = (
    "title",
    "slug",
    "description",
    "status",
    "badge",
    "is_active",
    "unit",
    "is_weighed",
    "tax_class_id",
    "seller_id",
    "weight_grams",
    "length_mm",
    "width_mm",
    "height_mm",
    "category_ids",
)
_VARIANT = (
    "name",
    "price_cents",
    "compare_at_cents",
    "cost_cents",
    "track_stock",
    "inventory_policy",
    "is_active",
)


def product_changes(before: ProductFields, after: ProductFields) -> tuple[dict[str, object], dict[str, object]]:
    """Before and after of a product for ``system.history.what_changed``; a variant's field is ``price_cents@SKU``.

    A variant is told by the SKU it has afterwards; one that is gone by the one it had.
    """
    old = {variant.variant_id: variant for variant in before.variants}
    new = {variant.variant_id: variant for variant in after.variants}
    was, now = _head(before), _head(after)
    for variant_id, variant in new.items():
        now |= _variant(variant, variant.sku)
        if variant_id in old:
            was |= _variant(old[variant_id], variant.sku)
    for variant_id, variant in old.items():
        if variant_id not in new:
            was |= _variant(variant, variant.sku)
            now |= dict.fromkeys(_variant(variant, variant.sku))
    return was, now


def told_by_name(reader: Reader, before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    """``what_changed`` with the names of tax classes, sellers and categories in place of their numbers."""
    was, now = dict(before), dict(after)
    for key, (told, number, name) in _NAMED.items():
        if key not in now:
            continue
        old, new = was.pop(key, None), now.pop(key)
        if old == new:
            continue
        numbers = {one for value in (old, new) for one in (value if isinstance(value, tuple) else (value,))}
        rows = reader.connection.execute(sa.select(number, name).where(number.in_(numbers - {None})))
        names = {row[0]: row[1] for row in rows}
        was[told], now[told] = (
            [names.get(one, str(one)) for one in value] if isinstance(value, tuple) else names.get(value)
            for value in (old, new)
        )
    return what_changed(was, now)


def _head(product: ProductFields) -> dict[str, object]:
    found: dict[str, object] = {name: getattr(product, name) for name in _HEAD}
    found["attributes"] = [f"{name}: {value} {unit}".strip() for name, value, unit in product.attributes]
    return found


def _variant(variant: VariantFields, sku: str) -> dict[str, object]:
    found: dict[str, object] = {f"{name}@{sku}": getattr(variant, name) for name in _VARIANT}
    found[f"sku@{sku}"] = variant.sku
    found[f"barcodes@{sku}"] = [
        code.barcode
        if code.pack_quantity_milli == 1000
        else f"{code.barcode} x {format_quantity(code.pack_quantity_milli)}"
        for code in variant.barcodes
    ]
    found[f"traits@{sku}"] = [f"{kind}: {value}" for kind, value in variant.traits]
    return found
