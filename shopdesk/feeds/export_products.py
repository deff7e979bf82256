"""Products as files: in the shop's own shape, a row a variant, and in Shopify's; read in pages from one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from shopdesk.catalogue.categories import category_tree
from shopdesk.catalogue.models import Product, TaxClass
from shopdesk.catalogue.product_fields import variant_name
from shopdesk.core.money import decimals, plain_quantity
from shopdesk.db.unit import Reader
from shopdesk.feeds.models import FeedChange
from shopdesk.feeds.products_read import OPTIONS, attributes_cell, barcodes_cell, categories_cell
from shopdesk.feeds.products_state import Found, ProductState, VariantState, read_products
from shopdesk.feeds.shopify import ShopifyProduct, ShopifyVariant, kept_of, shopify_rows
from shopdesk.feeds.targets import STOCK_OF
from shopdesk.feeds.values import escaped
from shopdesk.inventory.models import Warehouse
from shopdesk.printing.table_files import FileColumn
from shopdesk.system.settings import shop_settings

PAGE = 500
_KEYS = frozenset({"barcodes", "traits", "stock", "category", "attributes", "images"})
_COMMON = (
    "handle",
    "title",
    "description",
    "category",
    "tax",
    "unit",
    "weighed",
    "badge",
    "status",
    "active",
    "weight",
    "length",
    "width",
    "height",
    "attributes",
    "images",
    "image_alt",
)
_NUMBERS = frozenset({"weight", "length", "width", "height"})
_MONEY = frozenset({"price", "compare_at", "cost"})


def product_columns(reader: Reader, *, with_cost: bool) -> tuple[FileColumn, ...]:
    """The columns of the shop's own shape; their names are what an import reads, whatever the language."""
    longest = reader.connection.execute(sa.text("SELECT coalesce(max(position), -1) FROM variant_traits")).scalar_one()
    options = [f"option{number}{part}" for number in OPTIONS[: max(3, longest + 1)] for part in ("_name", "")]
    own = ["sku", *options, "variant", "price", "compare_at", *(["cost"] if with_cost else [])]
    own += ["tracked", "policy", "variant_active", "barcodes"]
    columns = [FileColumn(key, key, "number" if key in _NUMBERS else "text") for key in _COMMON]
    columns += [FileColumn(key, key, "money" if key in _MONEY else "text") for key in own]
    stock = [FileColumn(f"{STOCK_OF}{name}", f"{STOCK_OF} {name}", "quantity") for name in _warehouses(reader).values()]
    return (*columns, *stock)


def product_rows(reader: Reader, columns: Sequence[FileColumn]) -> Iterator[list[object]]:
    """A row a variant, product by product; what belongs to the product stands in its first row."""
    taxes = {row.id: row.code for row in reader.connection.execute(sa.select(TaxClass.id, TaxClass.code))}
    warehouses = _warehouses(reader)
    keys = [column.key for column in columns]
    for state in _products(reader, _KEYS):
        common = _common(state, taxes)
        for place, variant in enumerate(state.variants):
            cells = _variant(variant, warehouses)
            cells |= common if place == 0 else {"handle": common["handle"]}
            yield [cells.get(key) for key in keys]


def shopify_export(reader: Reader, header: Sequence[str], feed_id: int | None = None) -> Iterator[list[object]]:
    """Rows of Shopify's shape under a header: all products, or those that one import spoke of, in its order."""
    places = decimals(shop_settings(reader).currency)
    for state in _products(reader, _KEYS | {"origin"}, feed_id):
        yield from shopify_rows(header, _shopify(state), places)  # type: ignore[misc]  # texts are objects


def _products(reader: Reader, keys: frozenset[str], feed_id: int | None = None) -> Iterator[ProductState]:
    names = {row.id: tuple(row.path.split(" > ")) for row in category_tree(reader)}
    for ids in _pages(reader, feed_id):
        found = Found()
        read_products(reader, found, ids, keys=keys, categories=names)
        yield from (found.products[product_id] for product_id in ids)


def _pages(reader: Reader, feed_id: int | None) -> Iterator[list[int]]:
    after = 0
    while True:
        if feed_id is None:
            chosen = sa.select(Product.id, Product.id).where(Product.id > after).order_by(Product.id)
        else:
            chosen = (
                sa.select(Product.id, FeedChange.position)
                .join(FeedChange, FeedChange.target_id == Product.id)
                .where(FeedChange.feed_id == feed_id, FeedChange.position > after, FeedChange.state == "applied")
                .order_by(FeedChange.position)
            )
        rows = reader.connection.execute(chosen.where(Product.deleted_at.is_(None)).limit(PAGE)).all()
        if not rows:
            return
        after = rows[-1][1]
        yield [row[0] for row in rows]


def _warehouses(reader: Reader) -> dict[int, str]:
    rows = reader.connection.execute(
        sa.select(Warehouse.id, Warehouse.name).where(Warehouse.is_active).order_by(Warehouse.id)
    )
    return {row.id: row.name for row in rows}


def _common(state: ProductState, taxes: dict[object, str]) -> dict[str, object]:
    values = dict(state.values)
    images: Sequence[tuple[str, str]] = values["images"]  # type: ignore[assignment]
    values["tax"] = taxes.get(values["tax"], "none")
    values["category"] = categories_cell(values["category"])  # type: ignore[arg-type]
    values["attributes"] = attributes_cell(values["attributes"])  # type: ignore[arg-type]
    values["images"] = " | ".join(link for link, _alt in images)
    values["image_alt"] = " | ".join(escaped(alt, "|") for _link, alt in images) if any(a for _l, a in images) else ""
    values["weighed"], values["active"] = _flag(values["weighed"]), _flag(values["active"])
    return values


def _variant(variant: VariantState, warehouses: dict[int, str]) -> dict[str, object]:
    values = dict(variant.values)
    traits: Sequence[tuple[str, str]] = values["traits"]  # type: ignore[assignment]
    for number, (name, value) in enumerate(traits, 1):
        values[f"option{number}_name"], values[f"option{number}"] = name, value
    if values["variant"] == variant_name(traits):
        values["variant"] = ""
    values["barcodes"] = barcodes_cell(values["barcodes"], lambda milli: str(plain_quantity(milli)))  # type: ignore[arg-type]
    if values["tracked"]:
        values |= {f"{STOCK_OF}{name}": variant.stock.get(place, 0) for place, name in warehouses.items()}
    values["tracked"], values["variant_active"] = _flag(values["tracked"]), _flag(values["variant_active"])
    return values


def _flag(value: object) -> str:
    return "yes" if value else "no"


def _shopify(state: ProductState) -> ShopifyProduct:
    values = state.values
    rows, kept = kept_of(str(values["origin"]))
    facts: Iterable[tuple[str, str, str]] = values["attributes"]  # type: ignore[assignment]
    shelves: Sequence[Sequence[str]] = values["category"]  # type: ignore[assignment]
    active = [variant for variant in state.variants if variant.values["variant_active"]] or state.variants
    first: Sequence[tuple[str, str]] = active[0].values["traits"] if active else ()  # type: ignore[assignment]
    names = tuple(name for name, _value in first)
    return ShopifyProduct(
        handle=str(values["handle"]),
        title=str(values["title"]),
        description=str(values["description"]),
        category=" > ".join(shelves[0]) if shelves else "",
        active=bool(values["active"]),
        grams=values["weight"],  # type: ignore[arg-type]
        facts={name: f"{value} {unit}".strip() for name, value, unit in facts},
        option_names=names,
        variants=[_shopify_variant(variant, names) for variant in active],
        pictures=values["images"],  # type: ignore[arg-type]
        kept=kept,
        rows=rows,
    )


def _shopify_variant(variant: VariantState, names: Sequence[str]) -> ShopifyVariant:
    values = variant.values
    traits = dict(values["traits"])  # type: ignore[call-overload]
    codes: Sequence[tuple[str, int]] = values["barcodes"]  # type: ignore[assignment]
    single = [code for code, pack in codes if pack == 1000]
    return ShopifyVariant(
        sku=str(values["sku"]),
        price_cents=values["price"],  # type: ignore[arg-type]
        compare_at_cents=values["compare_at"],  # type: ignore[arg-type]
        cost_cents=values["cost"],  # type: ignore[arg-type]
        tracked=bool(values["tracked"]),
        policy=str(values["policy"]),
        barcode=single[0] if single else "",
        stock_milli=sum(variant.stock.values()) if values["tracked"] else None,
        options=tuple(traits.get(name, "") for name in names),
    )
