"""Many products at once: the bulk path of a shop's description, of the seed and of the demo shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from shopdesk.catalogue.categories import ensure_category_paths
from shopdesk.catalogue.codes_taken import refuse_taken_codes
from shopdesk.catalogue.models import TaxClass
from shopdesk.catalogue.product_fields import ProductFields, VariantFields, check_product, slug_of, variant_name
from shopdesk.catalogue.product_statements import (
    ADD_BARCODE,
    ADD_PRODUCT,
    ADD_PRODUCT_CATEGORY,
    ADD_TRAIT,
    ADD_VARIANT,
    product_row,
    variant_row,
)
from shopdesk.catalogue.search_index import add_to_search, search_words
from shopdesk.core.errors import BadField
from shopdesk.core.free_text import CardNumberRefused, checked_text
from shopdesk.core.i18n import _
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork

CHUNK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProduct:
    """A product for the bulk path: ``tax`` is a tax class's code (None: untaxed), ``category`` a path like ``Food > Tea``.

    ``path`` is put before a field's name in refusals, such as ``products[3].``.
    """

    title: str
    variants: tuple[VariantFields, ...]
    tax: str | None = None
    category: str | None = None
    description: str = ""
    unit: str = "pc"
    is_weighed: bool = False
    badge: str | None = None
    path: str = ""


@dataclass(slots=True)
class _Rows:
    products: list[dict[str, object]] = field(default_factory=list)
    variants: list[dict[str, object]] = field(default_factory=list)
    barcodes: list[dict[str, object]] = field(default_factory=list)
    traits: list[dict[str, object]] = field(default_factory=list)
    shelves: list[dict[str, object]] = field(default_factory=list)
    search: list[tuple[int, str]] = field(default_factory=list)


def insert_products(
    uow: UnitOfWork, rows: Sequence[NewProduct], *, known_forms: set[str] | None = None, trusted: bool = False
) -> list[tuple[int, ...]]:
    """Write products with variants, barcodes, categories and search words; returns each product's variant ids, in order.

    Asks for no permission: callers found a shop or fill one. ``trusted`` skips the checks of rows that a generator made;
    ``known_forms`` carries what search knows from one call to the next. Raises BadField with the row's path, and CodeTaken.
    """
    made: list[tuple[int, ...]] = []
    forms = set() if known_forms is None else known_forms
    if not trusted:
        _check(uow, rows)
    taxes = {row.code: row.id for row in uow.connection.execute(sa.select(TaxClass.code, TaxClass.id))}
    shelves = ensure_category_paths(uow, [row.category for row in rows if row.category])
    for start in range(0, len(rows), CHUNK):
        made += _insert(uow, rows[start : start + CHUNK], taxes, shelves, forms)
    uow.changed("Product")
    return made


def _insert(
    uow: UnitOfWork,
    rows: Sequence[NewProduct],
    taxes: dict[str, int],
    shelves: dict[str, int],
    forms: set[str],
) -> list[tuple[int, ...]]:
    product_ids = reserve_ids(uow, "products", len(rows))
    variant_ids = iter(reserve_ids(uow, "product_variants", sum(len(row.variants) for row in rows)))
    out = _Rows()
    made = []
    for product_id, row in zip(product_ids, rows, strict=True):
        if row.tax is not None and row.tax not in taxes:
            raise BadField(f"{row.path}tax", _("{code} is no tax of this shop.").format(code=row.tax))
        fields = _fields(row, taxes.get(row.tax or ""))
        out.products.append(product_row(uow, fields, product_id, slug_of(row.title, product_id)))
        if row.category:
            out.shelves.append(
                {"product_id": product_id, "category_id": shelves[row.category], "is_primary": True, "position": 0}
            )
        own = []
        for position, variant in enumerate(row.variants):
            variant_id = next(variant_ids)
            own.append(variant_id)
            name = variant.name or variant_name(variant.traits)
            out.variants.append(variant_row(uow, variant, variant_id, product_id, name, position))
            out.barcodes += [
                {"variant_id": variant_id, "barcode": code.barcode, "pack_quantity": code.pack_quantity_milli}
                for code in variant.barcodes
            ]
            out.traits += [
                {"variant_id": variant_id, "type": kind, "value": value, "position": place}
                for place, (kind, value) in enumerate(variant.traits)
            ]
            words = search_words(row.title, name, variant.sku, [code.barcode for code in variant.barcodes])
            out.search.append((variant_id, words))
        made.append(tuple(own))
    batch = uow.batch()
    batch.add(ADD_PRODUCT, out.products)
    batch.add(ADD_PRODUCT_CATEGORY, out.shelves)
    batch.add(ADD_VARIANT, out.variants)
    batch.add(ADD_BARCODE, out.barcodes)
    batch.add(ADD_TRAIT, out.traits)
    batch.send()
    add_to_search(uow, out.search, forms)
    return made


def _check(uow: UnitOfWork, rows: Sequence[NewProduct]) -> None:
    """Every row alone, then codes against each other, then against what the shop has."""
    paths: dict[str, str] = {}
    barcode_paths: dict[str, str] = {}
    for row in rows:
        try:
            check_product(_fields(row, None))
            for name in row.category.split(">") if row.category else ():
                checked_text(name, field="category", longest=100, required=True)
        except BadField as error:
            raise BadField(f"{row.path}{error.field}", str(error.values["problem"])) from error
        except CardNumberRefused as error:
            raise BadField(f"{row.path}{error.field}", str(error)) from error
        for variant in row.variants:
            _once(paths, variant.sku, f"{row.path}sku")
            for code in variant.barcodes:
                _once(barcode_paths, code.barcode, f"{row.path}barcodes")
    skus, barcodes = list(paths), list(barcode_paths)
    for start in range(0, max(len(skus), len(barcodes)), CHUNK):
        part = slice(start, start + CHUNK)
        refuse_taken_codes(uow, skus[part], barcodes[part], paths={**barcode_paths, **paths})


def _once(paths: dict[str, str], code: str, path: str) -> None:
    if code in paths:
        raise BadField(path, _("{value} is there twice.").format(value=code))
    paths[code] = path


def _fields(row: NewProduct, tax_class_id: int | None) -> ProductFields:
    return ProductFields(
        title=row.title.strip(),
        variants=row.variants,
        description=row.description,
        unit=row.unit,
        is_weighed=row.is_weighed,
        tax_class_id=tax_class_id,
        badge=row.badge,
    )
