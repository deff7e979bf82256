"""Writing a product's variants: added, changed, removed, or retired where something was done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from shopdesk.catalogue.models import ProductImage, ProductVariant, VariantBarcode, VariantTrait
from shopdesk.catalogue.product_fields import VariantFields, variant_name
from shopdesk.catalogue.product_statements import ADD_BARCODE, ADD_TRAIT, ADD_VARIANT, VARIANT_COLUMNS, variant_row
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork

_SOLD_MANY = 50_000
"""Lines sold from which a variant is no longer removed but retired: the proof that nothing names it reads all of them."""
_LAST_LINE = sa.text("SELECT coalesce(max(id), 0) FROM order_items")
PASSING = "changing:"
"""What stands before a variant's id while SKUs change places: a name that nobody has."""


def write_variants(
    uow: UnitOfWork,
    product_id: int,
    variants: Sequence[VariantFields],
    before: Mapping[int, VariantFields],
    check_codes: Callable[[set[int]], None],
) -> tuple[int, ...]:
    """Make a product's variants those given, and return their ids in the same order.

    ``before`` are the ones it has, by id. One that is left out is removed; if anything was ever done with it (sold, counted,
    ordered, put on a price list), it is kept and taken off sale, and keeps its codes. ``check_codes`` is then asked with
    the ids whose codes may be given anew. Only what differs is written.
    """
    wanted = {variant.variant_id for variant in variants if variant.variant_id is not None}
    for variant_id, old in before.items():
        if variant_id not in wanted:
            remove_variant(uow, variant_id, old)
    check_codes(wanted)
    changed = [
        (place, variant, before[variant.variant_id])
        for place, variant in enumerate(variants)
        if variant.variant_id is not None
    ]
    places = {variant_id: place for place, variant_id in enumerate(before)}
    changed = [
        (place, new, old)
        for place, new, old in changed
        if stored(new, old) != old or place != places[new.variant_id or 0]
    ]
    _clear_the_way(uow, changed)
    for place, new, old in changed:
        _change(uow, place, stored(new, old), old)
    new_ids = iter(add_variants(uow, product_id, [one for one in enumerate(variants) if one[1].variant_id is None]))
    return tuple(next(new_ids) if variant.variant_id is None else variant.variant_id for variant in variants)


def stored(new: VariantFields, old: VariantFields) -> VariantFields:
    """A variant as it will stand there: its name made of its traits if it has none, its cost kept if that was asked."""
    name = new.name.strip() or variant_name(new.traits)
    return replace(new, name=name, cost_cents=old.cost_cents if new.keep_cost else new.cost_cents, keep_cost=False)


def add_variants(uow: UnitOfWork, product_id: int, variants: Sequence[tuple[int, VariantFields]]) -> Sequence[int]:
    """Write new variants, each with its place, and return their ids."""
    ids = reserve_ids(uow, "product_variants", len(variants))
    batch = uow.batch()
    batch.add(
        ADD_VARIANT,
        [
            variant_row(
                uow, variant, variant_id, product_id, variant.name.strip() or variant_name(variant.traits), place
            )
            for variant_id, (place, variant) in zip(ids, variants, strict=True)
        ],
    )
    batch.send()
    for variant_id, (_place, variant) in zip(ids, variants, strict=True):
        _add_barcodes(uow, variant_id, variant)
        _add_traits(uow, variant_id, variant)
    return ids


def remove_variant(uow: UnitOfWork, variant_id: int, variant: VariantFields) -> bool:
    """Remove a variant; True if it is gone, False if something still names it and it was taken off sale instead.

    The database itself says whether anything names it, so that every area's documents count, also those to come.
    """
    if int(uow.connection.execute(_LAST_LINE).scalar() or 0) > _SOLD_MANY:
        return _retire(uow, variant_id, variant)
    try:
        with uow.connection.begin_nested():
            _drop_codes(uow, variant_id)
            uow.connection.execute(
                sa.update(ProductImage).where(ProductImage.variant_id == variant_id).values(variant_id=None)
            )
            uow.connection.execute(sa.delete(ProductVariant).where(ProductVariant.id == variant_id))
    except sa.exc.IntegrityError:
        return _retire(uow, variant_id, variant)
    return True


def _retire(uow: UnitOfWork, variant_id: int, variant: VariantFields) -> bool:
    if variant.is_active:
        _touch(uow, variant_id, {"is_active": False})
    return False


def _clear_the_way(uow: UnitOfWork, changed: Sequence[tuple[int, VariantFields, VariantFields]]) -> None:
    """SKUs that change places pass through names that nobody has; barcodes that move are taken off everywhere first."""
    skus = [old.variant_id for _place, new, old in changed if new.sku != old.sku]
    if skus:
        passing = sa.literal(PASSING) + sa.cast(ProductVariant.id, sa.Text)
        uow.connection.execute(sa.update(ProductVariant).where(ProductVariant.id.in_(skus)).values(sku=passing))
    codes = [old.variant_id for _place, new, old in changed if new.barcodes != old.barcodes]
    if codes:
        uow.connection.execute(sa.delete(VariantBarcode).where(VariantBarcode.variant_id.in_(codes)))


def _change(uow: UnitOfWork, place: int, new: VariantFields, old: VariantFields) -> None:
    assert new.variant_id is not None
    values = {name: getattr(new, name) for name in VARIANT_COLUMNS}
    _touch(uow, new.variant_id, {**values, "name": new.name, "position": place})
    if new.barcodes != old.barcodes:
        _add_barcodes(uow, new.variant_id, new)
    if new.traits != old.traits:
        uow.connection.execute(sa.delete(VariantTrait).where(VariantTrait.variant_id == new.variant_id))
        _add_traits(uow, new.variant_id, new)


def _touch(uow: UnitOfWork, variant_id: int, values: Mapping[str, object]) -> None:
    stamps = {"updated_at": uow.clock.now(), "updated_by": uow.actor.user_id or None}
    uow.connection.execute(
        sa.update(ProductVariant)
        .where(ProductVariant.id == variant_id)
        .values(**values, **stamps, version=ProductVariant.version + 1)
    )


def _drop_codes(uow: UnitOfWork, variant_id: int) -> None:
    uow.connection.execute(sa.delete(VariantBarcode).where(VariantBarcode.variant_id == variant_id))
    uow.connection.execute(sa.delete(VariantTrait).where(VariantTrait.variant_id == variant_id))


def _add_barcodes(uow: UnitOfWork, variant_id: int, variant: VariantFields) -> None:
    batch = uow.batch()
    batch.add(
        ADD_BARCODE,
        [
            {"variant_id": variant_id, "barcode": code.barcode, "pack_quantity": code.pack_quantity_milli}
            for code in variant.barcodes
        ],
    )
    batch.send()


def _add_traits(uow: UnitOfWork, variant_id: int, variant: VariantFields) -> None:
    batch = uow.batch()
    batch.add(
        ADD_TRAIT,
        [
            {"variant_id": variant_id, "type": kind, "value": value, "position": place}
            for place, (kind, value) in enumerate(variant.traits)
        ],
    )
    batch.send()
