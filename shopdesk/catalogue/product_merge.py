"""Two people changed one product at once: what each changed is put together; only what both changed must be chosen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from shopdesk.catalogue.product_fields import ProductFields, VariantFields

Key = tuple[int, str]
"""A field: of the product itself (0) or of the stored variant with this id."""
_HEAD = tuple(field.name for field in fields(ProductFields) if field.name not in {"variants", "status"})
_VARIANT = tuple(field.name for field in fields(VariantFields) if field.name not in {"variant_id", "keep_cost"})


@dataclass(frozen=True, slots=True)
class BothChanged:
    """A field that both changed, each to something else."""

    key: Key
    was: Any  # Any: fields of every type
    theirs: Any
    mine: Any


def both_changed(base: ProductFields, theirs: ProductFields, mine: ProductFields) -> tuple[BothChanged, ...]:
    """The fields that both changed from ``base``, each to something else."""
    was, other, own = _flat(base), _flat(theirs), _flat(mine)
    return tuple(
        BothChanged(key, was.get(key), other[key], value)
        for key, value in own.items()
        if key in other and key in was and was[key] != other[key] and was[key] != value and other[key] != value
    )


def merged(
    base: ProductFields, theirs: ProductFields, mine: ProductFields, take_theirs: Collection[Key] = ()
) -> ProductFields:
    """The product with what either changed; where both did, mine, unless ``take_theirs`` names the field.

    A variant that either removed is gone; those that either added are there, mine behind theirs. The status is theirs: it
    has steps of its own.
    """
    was, other = _flat(base), _flat(theirs)
    own = _flat(mine)

    def settled(key: Key) -> Any:
        if key not in own:
            return other[key]
        if own[key] == was.get(key) or key in take_theirs:
            return other[key]
        return own[key]

    head = {name: settled((0, name)) for name in _HEAD}
    known = {variant.variant_id: variant for variant in base.variants}
    mine_by_id = {variant.variant_id: variant for variant in mine.variants if variant.variant_id is not None}
    variants: list[VariantFields] = []
    for variant in theirs.variants:
        number = variant.variant_id
        assert number is not None
        if number in known and number not in mine_by_id:
            continue  # I removed it
        if number not in mine_by_id:
            variants.append(variant)  # they added it
            continue
        values = {name: settled((number, name)) for name in _VARIANT}
        keep = mine_by_id[number].keep_cost
        variants.append(VariantFields(variant_id=number, keep_cost=keep, **values))
    variants += [variant for variant in mine.variants if variant.variant_id is None]
    return ProductFields(**head, status=theirs.status, variants=tuple(variants) or mine.variants)


def without_ids(product: ProductFields) -> ProductFields:
    """A product to begin a new one from: its variants are new ones, without the codes that belong to the old."""
    variants = tuple(
        replace(variant, variant_id=None, sku="", barcodes=(), keep_cost=False, is_active=True)
        for variant in product.variants
        if variant.is_active
    )
    return replace(product, slug=None, variants=variants, status="approved", is_active=True)


def _flat(product: ProductFields) -> Mapping[Key, Any]:
    found: dict[Key, Any] = {(0, name): getattr(product, name) for name in _HEAD}
    for variant in product.variants:
        if variant.variant_id is not None:
            found |= {(variant.variant_id, name): getattr(variant, name) for name in _VARIANT}
    return found
