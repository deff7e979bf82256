"""Writing what a product file makes and changes: tuples into prepared statements, search words in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shopdesk.catalogue.categories import ensure_category_paths
from shopdesk.catalogue.models import (
    Product,
    ProductAttribute,
    ProductCategory,
    ProductImage,
    ProductVariant,
    VariantBarcode,
    VariantTrait,
)
from shopdesk.catalogue.product_fields import slug_of, variant_name
from shopdesk.catalogue.search_index import add_to_search, refresh_search, search_words
from shopdesk.core.clock import to_micros
from shopdesk.db.batch import Prepared, array
from shopdesk.db.keys import reserve_ids
from shopdesk.db.shop import TryAgain
from shopdesk.db.unit import UnitOfWork
from shopdesk.feeds.entries import Change, Values
from shopdesk.feeds.models import ProductOrigin
from shopdesk.feeds.products_compare import ProductPlan
from shopdesk.feeds.products_state import PRODUCT_COLUMNS, VARIANT_COLUMNS
from shopdesk.feeds.row_maker import RowMaker

_STAMPS = ("created_at", "updated_at", "created_by", "updated_by")
_PRODUCT_KEYS = tuple(key for key in PRODUCT_COLUMNS if key != "handle")
_VARIANT_KEYS = tuple(key for key in VARIANT_COLUMNS if key not in {"sku", "variant"})
_ADD_PRODUCT = RowMaker(
    Product,
    "id",
    "slug",
    every=_STAMPS,
    defaults=dict.fromkeys(PRODUCT_COLUMNS[key] for key in _PRODUCT_KEYS)
    | {"description": "", "status": "approved", "is_active": True, "unit": "pc", "is_weighed": False, "title": ""},
)
_ADD_VARIANT = RowMaker(
    ProductVariant,
    "id",
    "product_id",
    "position",
    "sku",
    "name",
    every=_STAMPS,
    defaults=dict.fromkeys(VARIANT_COLUMNS[key] for key in _VARIANT_KEYS)
    | {"price_cents": 0, "track_stock": True, "inventory_policy": "deny", "is_active": True},
)
_ADD_BARCODE = RowMaker(VariantBarcode, "variant_id", "barcode", "pack_quantity")
_ADD_TRAIT = RowMaker(VariantTrait, "variant_id", "type", "value", "position")
_ADD_SHELF = RowMaker(ProductCategory, "product_id", "category_id", "is_primary", "position")
_ADD_FACT = RowMaker(ProductAttribute, "product_id", "name", "value", "unit", "position")
_ADD_IMAGE = RowMaker(ProductImage, "product_id", "source_url", "alt_text", "position", "is_primary")
_ADD_ORIGIN = RowMaker(ProductOrigin, "product_id", "shape", "cells")


def _both(text: str) -> Prepared:
    return Prepared(
        sqlite=text.format(ids="(SELECT value FROM json_each(:ids))"),
        postgresql=text.format(ids="(SELECT unnest(CAST(:ids AS bigint[])))"),
    )


_FREE_HANDLES = _both(
    "UPDATE products SET slug = slug || '-deleted-' || id WHERE id IN {ids} AND deleted_at IS NOT NULL"
)
_DROP_SHELVES = _both("DELETE FROM product_categories WHERE product_id IN {ids}")
_DROP_FACTS = _both("DELETE FROM product_attributes WHERE product_id IN {ids}")
_DROP_BARCODES = _both("DELETE FROM variant_barcodes WHERE variant_id IN {ids}")
_DROP_TRAITS = _both("DELETE FROM variant_traits WHERE variant_id IN {ids}")
_DROP_ORIGINS = _both("DELETE FROM product_origins WHERE product_id IN {ids}")
_FIND_IMAGES = _both(
    "SELECT id, product_id, source_url, position FROM product_images WHERE product_id IN {ids} ORDER BY product_id, position, id"
)
_DROP_IMAGES = _both("DELETE FROM product_images WHERE id IN {ids}")
_NAME_IMAGE = Prepared(
    sqlite="UPDATE product_images SET alt_text = :alt WHERE id = :id AND alt_text <> :alt",
    postgresql="UPDATE product_images SET alt_text = :alt WHERE id = :id AND alt_text <> :alt",
)
_ONE_PRIMARY = _both(
    "UPDATE product_images SET is_primary = true WHERE id IN (SELECT (SELECT i.id FROM product_images i "
    "WHERE i.product_id = p.id ORDER BY i.position, i.id LIMIT 1) FROM products p WHERE p.id IN {ids} AND NOT EXISTS "
    "(SELECT 1 FROM product_images j WHERE j.product_id = p.id AND j.is_primary))"
)
_updates: dict[tuple[str, tuple[str, ...]], Prepared] = {}


def _update(table: str, columns: tuple[str, ...]) -> Prepared:
    """An UPDATE of some columns of a row that still has the version it was read with; columns come from the tables above."""
    known = _updates.get((table, columns))
    if known is None:
        sets = "".join(f"{column} = :{column}, " for column in columns)
        text = (
            f"UPDATE {table} SET {sets}version = version + 1, updated_at = :at, updated_by = :by "
            "WHERE id = :id AND version = :version"
        )
        known = _updates[table, columns] = Prepared(sqlite=text, postgresql=text)
    return known


@dataclass(slots=True)
class ProductValues:
    """What a product and some of its variants are to be: by id, meaning to value; versions as they were read."""

    id: int
    version: int
    values: Mapping[str, object]
    variants: Sequence[tuple[int, int, Mapping[str, object]]]


def insert_new(
    uow: UnitOfWork, changes: Sequence[Change], shelves: dict[tuple[str, ...], int], forms: set[str]
) -> None:
    """Write new products whole; sets each change's target and the ids of its variants as its mark."""
    if not changes:
        return
    freed = [plan.freed.id for change in changes if (plan := _plan(change)).freed is not None]
    if freed:
        _send(uow, _FREE_HANDLES, freed)
    out = _Out(uow)
    product_ids = reserve_ids(uow, "products", len(changes))
    given = out.use_product_keys({key for change in changes for key in change.entry.values})
    for product_id, change in zip(product_ids, changes, strict=True):
        values = change.entry.values
        change.target_id = product_id
        slug = values.get("handle") or slug_of(str(values["title"]), product_id)
        get = values.get
        out.products.append((product_id, slug, *[get(key, default) for key, default in given]))
        out.lists(product_id, values, shelves)
        if "images" in values:
            out.pictures(product_id, values["images"], 0, primary=True)  # type: ignore[arg-type]
    places = [(change, place, part) for change in changes for place, (_row, part) in enumerate(change.entry.parts)]
    out.variants_of(
        uow, [(change.target_id or 0, place, str(change.entry.values["title"]), part) for change, place, part in places]
    )
    ids = iter(out.variant_ids)
    for change in changes:
        change.mark = {"variants": [next(ids) for _part in change.entry.parts]}
        change.before = None
    out.send(uow, forms)


def add_variants(
    uow: UnitOfWork, rows: Sequence[tuple[int, int, str, Values]], forms: set[str] | None = None
) -> list[int]:
    """Further variants of products: (product id, place, product's title, values); returns their ids."""
    if not rows:
        return []
    out = _Out(uow)
    out.variants_of(uow, rows)
    out.send(uow, forms)
    return out.variant_ids


class _Out:
    """Rows of all tables of products, collected and sent at once."""

    def __init__(self, uow: UnitOfWork) -> None:
        at, user = to_micros(uow.clock.now()), uow.actor.user_id or None
        self.stamps = (at, at, user, user)
        self.products: list[tuple[object, ...]] = []
        self.variants: list[tuple[object, ...]] = []
        self.barcodes: list[tuple[object, ...]] = []
        self.traits: list[tuple[object, ...]] = []
        self.shelves: list[tuple[object, ...]] = []
        self.facts: list[tuple[object, ...]] = []
        self.images: list[tuple[object, ...]] = []
        self.origins: list[tuple[object, ...]] = []
        self.search: list[tuple[int, str]] = []
        self.variant_ids: list[int] = []
        self._product_columns: tuple[str, ...] = ()
        self._variant_columns: tuple[str, ...] = ()

    def use_product_keys(self, keys: set[str]) -> list[tuple[str, object]]:
        """Which columns new products are given: those that some row speaks of, each with what a row without it has."""
        chosen = [key for key in _PRODUCT_KEYS if key in keys]
        self._product_columns = tuple(PRODUCT_COLUMNS[key] for key in chosen)
        return [(key, _ADD_PRODUCT.defaults[PRODUCT_COLUMNS[key]]) for key in chosen]

    def lists(self, product_id: int, values: Mapping[str, object], shelves: Mapping[tuple[str, ...], int]) -> None:
        """Categories, facts and the kept cells of another shop."""
        if "category" in values:
            for place, path in enumerate(values["category"]):  # type: ignore[arg-type, var-annotated]
                self.shelves.append((product_id, shelves[path], place == 0, place))
        if "attributes" in values or "more_attributes" in values:
            facts = (*values.get("attributes", ()), *values.get("more_attributes", ()))  # type: ignore[misc]
            for place, (name, value, unit) in enumerate(facts):
                self.facts.append((product_id, name, value, unit or None, place))
        if values.get("origin"):
            self.origins.append((product_id, "shopify", values["origin"]))

    def pictures(self, product_id: int, links: Iterable[tuple[str, str]], first: int, *, primary: bool) -> None:
        """Pictures by their links, from a place on."""
        for place, (link, alt) in enumerate(links, first):
            self.images.append((product_id, link, alt, place, primary and place == first))

    def variants_of(self, uow: UnitOfWork, rows: Sequence[tuple[int, int, str, Values]]) -> None:
        """Variants: (product id, place, product's title, values)."""
        ids = reserve_ids(uow, "product_variants", len(rows))
        keys = {key for _product, _place, _title, part in rows for key in part}
        chosen = [key for key in _VARIANT_KEYS if key in keys]
        self._variant_columns = tuple(VARIANT_COLUMNS[key] for key in chosen)
        given = [(key, _ADD_VARIANT.defaults[VARIANT_COLUMNS[key]]) for key in chosen]
        for variant_id, (product_id, place, title, part) in zip(ids, rows, strict=True):
            traits: tuple[tuple[str, str], ...] = part.get("traits", ())  # type: ignore[assignment]
            codes: tuple[tuple[str, int], ...] = part.get("barcodes", ())  # type: ignore[assignment]
            sku, name = part["sku"], part.get("variant") or variant_name(traits)
            get = part.get
            kept = [get(key, default) for key, default in given]
            self.variants.append((variant_id, product_id, place, sku, name, *kept))
            for barcode, pack in codes:
                self.barcodes.append((variant_id, barcode, pack))
            if traits:
                self.traits_of(variant_id, traits)
            words = search_words(title, str(name), str(sku), [code for code, _pack in codes])
            self.search.append((variant_id, words))
            self.variant_ids.append(variant_id)

    def codes_of(self, variant_id: int, codes: Iterable[tuple[str, int]]) -> None:
        """Barcodes of a variant."""
        for barcode, pack in codes:
            self.barcodes.append((variant_id, barcode, pack))

    def traits_of(self, variant_id: int, traits: Iterable[tuple[str, str]]) -> None:
        """Traits of a variant."""
        for place, (kind, value) in enumerate(traits):
            self.traits.append((variant_id, kind, value, place))

    def send(self, uow: UnitOfWork, forms: set[str] | None = None) -> None:
        """Write everything, parents first."""
        batch = uow.batch()
        _ADD_PRODUCT.add(batch, self.products, *self._product_columns, every=self.stamps)
        _ADD_VARIANT.add(batch, self.variants, *self._variant_columns, every=self.stamps)
        _ADD_SHELF.add(batch, self.shelves)
        _ADD_BARCODE.add(batch, self.barcodes)
        _ADD_TRAIT.add(batch, self.traits)
        _ADD_FACT.add(batch, self.facts)
        _ADD_IMAGE.add(batch, self.images)
        _ADD_ORIGIN.add(batch, self.origins)
        batch.send()
        if self.search:
            add_to_search(uow, self.search, forms)


def put_values(uow: UnitOfWork, changes: Sequence[ProductValues], shelves: dict[tuple[str, ...], int]) -> None:
    """Give products and variants that are there other values; each product's version rises once.

    Raises TryAgain when somebody else wrote one of them since it was read.
    """
    if not changes:
        return
    at, user = to_micros(uow.clock.now()), uow.actor.user_id or None
    updates: dict[tuple[str, tuple[str, ...]], list[dict[str, object]]] = {}
    stale: set[int] = set()
    for change in changes:
        plain = {PRODUCT_COLUMNS[key]: value for key, value in change.values.items() if key in PRODUCT_COLUMNS}
        row = {**plain, "id": change.id, "version": change.version, "at": at, "by": user}
        updates.setdefault(("products", tuple(plain)), []).append(row)
        if not change.values.keys().isdisjoint({"title"}):
            stale.add(change.id)
        for variant_id, version, values in change.variants:
            own = {VARIANT_COLUMNS[key]: value for key, value in values.items() if key in VARIANT_COLUMNS}
            if "traits" in values and "name" not in own:
                own["name"] = variant_name(values["traits"])  # type: ignore[arg-type]
            row = {**own, "id": variant_id, "version": version, "at": at, "by": user}
            updates.setdefault(("product_variants", tuple(own)), []).append(row)
            if values.keys() & {"sku", "variant", "traits", "barcodes"}:
                stale.add(change.id)
    batch = uow.batch()
    sent = [(batch.add(_update(table, columns), rows), len(rows)) for (table, columns), rows in updates.items()]
    batch.send()
    if any(outcome.rowcount != count for outcome, count in sent):
        raise TryAgain("a product was changed by somebody else")
    _put_lists(uow, changes, shelves)
    if stale:
        variants = _read(uow, "SELECT id FROM product_variants WHERE product_id IN {ids}", sorted(stale))
        refresh_search(uow, [row[0] for row in variants])


def _put_lists(uow: UnitOfWork, changes: Sequence[ProductValues], shelves: dict[tuple[str, ...], int]) -> None:
    """Categories, facts, barcodes, traits and pictures written anew where they change."""
    out = _Out(uow)
    drops: dict[int, tuple[Prepared, list[int]]] = {}
    pictures: list[tuple[int, tuple[tuple[str, str], ...]]] = []

    def drop(statement: Prepared, key: int) -> None:
        drops.setdefault(id(statement), (statement, []))[1].append(key)

    for change in changes:
        out.lists(change.id, change.values, shelves)
        for key, statement in (("category", _DROP_SHELVES), ("attributes", _DROP_FACTS), ("origin", _DROP_ORIGINS)):
            if key in change.values:
                drop(statement, change.id)
        if "images" in change.values:
            pictures.append((change.id, change.values["images"]))  # type: ignore[arg-type]
        for variant_id, _version, values in change.variants:
            if "barcodes" in values:
                drop(_DROP_BARCODES, variant_id)
                out.codes_of(variant_id, values["barcodes"])  # type: ignore[arg-type]
            if "traits" in values:
                drop(_DROP_TRAITS, variant_id)
                out.traits_of(variant_id, values["traits"])  # type: ignore[arg-type]
    for statement, ids in drops.values():
        _send(uow, statement, ids)
    if pictures:
        _put_pictures(uow, out, pictures)
    out.send(uow)
    if pictures:
        _send(uow, _ONE_PRIMARY, [product_id for product_id, _links in pictures])


def _put_pictures(uow: UnitOfWork, out: _Out, wanted: Sequence[tuple[int, tuple[tuple[str, str], ...]]]) -> None:
    """Exactly these pictures by link, beside those that were put in by hand."""
    there: dict[int, list[tuple[int, str | None, int]]] = {}
    batch = uow.batch()
    found = batch.add(_FIND_IMAGES, {"ids": array(uow.dialect, [product_id for product_id, _links in wanted])})
    batch.send()
    for image_id, product_id, link, place in found.rows:
        there.setdefault(product_id, []).append((image_id, link, place))
    gone: list[int] = []
    for product_id, links in wanted:
        own = there.get(product_id, [])
        texts = dict(links)
        known = {link for _id, link, _place in own if link}
        gone += [image_id for image_id, link, _place in own if link and link not in texts]
        named = [{"id": image_id, "alt": texts[link]} for image_id, link, _place in own if link and link in texts]
        batch.add(_NAME_IMAGE, named)
        last = max((place for _id, _link, place in own), default=-1)
        fresh = [picture for picture in links if picture[0] not in known]
        out.pictures(product_id, fresh, last + 1, primary=False)
    batch.add(_DROP_IMAGES, {"ids": array(uow.dialect, gone)})
    batch.send()


def shelf_ids(
    uow: UnitOfWork, paths: Iterable[tuple[str, ...]], known: dict[tuple[str, ...], int]
) -> dict[tuple[str, ...], int]:
    """The id of each path of categories; those that are missing are made."""
    missing = {path for path in paths if path not in known}
    if not missing:
        return known
    made = ensure_category_paths(uow, [" > ".join(path) for path in sorted(missing)])
    return {**known, **{tuple(path.split(" > ")): category_id for path, category_id in made.items()}}


def _plan(change: Change) -> ProductPlan:
    plan = change.plan
    assert isinstance(plan, ProductPlan)
    return plan


def _send(uow: UnitOfWork, statement: Prepared, ids: Sequence[int]) -> None:
    batch = uow.batch()
    batch.add(statement, {"ids": array(uow.dialect, ids)})
    batch.send()


def _read(uow: UnitOfWork, text: str, ids: Sequence[int]) -> list[tuple[int, ...]]:
    batch = uow.batch()
    found = batch.add(_both(text), {"ids": array(uow.dialect, ids)})
    batch.send()
    return found.rows
