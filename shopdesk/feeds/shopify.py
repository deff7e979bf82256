"""Shopify's product export: how a product is written in it, and what of a file's cells the shop has no other place for.

A product's rows are made from what the shop holds. Of a file that came in, only the cells that such a row would have otherwise
are kept, each beside what would have stood there. When the product is written again, a cell that would still be the same is
written as it came, and one that was changed since is written anew: so an unchanged file comes back cell by cell.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shopdesk.core.folding import folded
from shopdesk.core.money import plain_amount, plain_quantity
from shopdesk.feeds.entries import Entry
from shopdesk.feeds.table import Row

HEADER = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Option1 Name",
    "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value", "Variant SKU", "Variant Grams",
    "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Fulfillment Service",
    "Variant Price", "Variant Compare At Price", "Variant Requires Shipping", "Variant Taxable", "Variant Barcode",
    "Image Src", "Image Position", "Image Alt Text", "Gift Card", "SEO Title", "SEO Description",
    "Google Shopping / Google Product Category", "Google Shopping / Gender", "Google Shopping / Age Group",
    "Google Shopping / MPN", "Google Shopping / Condition", "Google Shopping / Custom Product",
    "Google Shopping / Custom Label 0", "Google Shopping / Custom Label 1", "Google Shopping / Custom Label 2",
    "Google Shopping / Custom Label 3", "Google Shopping / Custom Label 4", "Variant Image", "Variant Weight Unit",
    "Variant Tax Code", "Cost per item",
)  # fmt: skip
"""The columns when no file of this shape came in before."""
_KEPT_TEXT = 2_000
_IMAGE_COLUMNS = frozenset({"image src", "image position", "image alt text"})


@dataclass(slots=True)
class ShopifyVariant:
    """A variant as its row shows it; ``options`` are its values in the order of the product's option names."""

    sku: str
    price_cents: int
    compare_at_cents: int | None = None
    cost_cents: int | None = None
    tracked: bool = True
    policy: str = "deny"
    barcode: str = ""
    stock_milli: int | None = None
    options: tuple[str, ...] = ()


@dataclass(slots=True)
class ShopifyProduct:
    """A product as its rows show it; ``facts`` are its attributes by name, ``pictures`` (link, text)."""

    handle: str
    title: str
    description: str
    category: str
    active: bool
    grams: int | None
    facts: Mapping[str, str]
    option_names: tuple[str, ...]
    variants: list[ShopifyVariant]
    pictures: Sequence[tuple[str, str]] = ()
    kept: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: int = 0


def shopify_rows(header: Sequence[str], product: ShopifyProduct, places: int) -> list[list[str]]:
    """The rows of a product under a header, kept cells as they came."""
    rows = _plain_rows(header, product, places)
    names = [folded(name) for name in header]
    for place, row in enumerate(rows):
        for column, name in enumerate(names):
            kept = product.kept.get(_key(product, place, header[column], name))
            if kept is not None and kept[0] == row[column]:
                row[column] = kept[1]
    return rows


def keep_cells(header: Sequence[str], entry: Entry, places: int) -> None:
    """Put into an entry's ``origin`` the cells of its rows that the shop would write otherwise, and take its facts in."""
    numbered: list[Row] = entry.origin  # type: ignore[assignment]
    _note_tracking(header, numbered, entry)
    given = [cells for _number, cells in numbered]
    product = _of_entry(entry, len(given))
    rows = _plain_rows(header, product, places)
    kept: dict[str, list[str]] = {}
    for place, cells in enumerate(given):
        for column, name in enumerate(header):
            cell, own = cells[column], rows[place][column]
            if cell != own and len(cell) <= _KEPT_TEXT + len(own):
                kept[_key(product, place, name, folded(name))] = [own, cell]
    entry.values["origin"] = json.dumps({"rows": len(given), "cells": kept}, ensure_ascii=False, sort_keys=True)
    entry.origin = None


def _note_tracking(header: Sequence[str], rows: Sequence[Row], entry: Entry) -> None:
    """Goods without a figure are counted if the file's tracker says so; those with one are counted in any case."""
    names = [folded(name) for name in header]
    if "variant inventory tracker" not in names:
        return
    column = names.index("variant inventory tracker")
    trackers = {number: cells[column].strip() for number, cells in rows}
    for number, part in entry.parts:
        if "stock" not in part:
            part["tracked"] = bool(trackers.get(number))


def kept_of(origin: str) -> tuple[int, Mapping[str, Sequence[str]]]:
    """How many rows a product had in its file, and the cells kept of them."""
    if not origin:
        return 0, {}
    read = json.loads(origin)
    return read["rows"], read["cells"]


def _key(product: ShopifyProduct, place: int, column: str, name: str) -> str:
    """A cell's name: of the product, of a variant by its SKU, or of a row by its place."""
    if name.startswith(("variant ", "option")) and not name.endswith(" name") and place < len(product.variants):
        return f"v:{product.variants[place].sku}:{column}"
    if name == "cost per item" and place < len(product.variants):
        return f"v:{product.variants[place].sku}:{column}"
    if place == 0 and name not in _IMAGE_COLUMNS:
        return f"p:{column}"
    return f"r:{place}:{column}"


def _of_entry(entry: Entry, rows: int) -> ShopifyProduct:
    values = entry.values
    first = entry.parts[0][1]
    names = tuple(name for name, _value in first.get("traits", ()))  # type: ignore[attr-defined]
    variants = []
    for _row, part in entry.parts:
        stock: Mapping[int, int] = part.get("stock", {})  # type: ignore[assignment]
        codes: Sequence[tuple[str, int]] = part.get("barcodes", ())  # type: ignore[assignment]
        traits: Sequence[tuple[str, str]] = part.get("traits", ())  # type: ignore[assignment]
        variants.append(
            ShopifyVariant(
                sku=str(part.get("sku", "")),
                price_cents=int(str(part.get("price", 0))),
                compare_at_cents=part.get("compare_at"),  # type: ignore[arg-type]
                cost_cents=part.get("cost"),  # type: ignore[arg-type]
                tracked=True,
                policy=str(part.get("policy", "deny")),
                barcode=codes[0][0] if codes else "",
                stock_milli=sum(stock.values()) if stock else None,
                options=tuple(value for _name, value in traits),
            )
        )
    facts: Sequence[tuple[str, str, str]] = values.get("more_attributes", ())  # type: ignore[assignment]
    shelves: Sequence[Sequence[str]] = values.get("category", ())  # type: ignore[assignment]
    return ShopifyProduct(
        handle=str(values.get("handle", "")),
        title=str(values.get("title", "")),
        description=str(values.get("description", "")),
        category=" > ".join(shelves[0]) if shelves else "",
        active=bool(values.get("active", True)),
        grams=values.get("weight"),  # type: ignore[arg-type]
        facts={name: value for name, value, _unit in facts},
        option_names=names,
        variants=variants,
        pictures=values.get("images", ()),  # type: ignore[arg-type]
        rows=rows,
    )


def _plain_rows(header: Sequence[str], product: ShopifyProduct, places: int) -> list[list[str]]:
    """The rows as the shop alone would write them."""
    count = max(len(product.variants), len(product.pictures), product.rows)
    names = [folded(name) for name in header]
    common = _common_cells(product)
    rows = []
    for place in range(count):
        cells: dict[str, str] = {"handle": product.handle}
        if place == 0:
            cells |= common
        if place < len(product.variants):
            cells |= _variant_cells(product, product.variants[place], places)
        if place < len(product.pictures):
            link, text = product.pictures[place]
            cells |= {"image src": link, "image position": str(place + 1), "image alt text": text}
        rows.append([cells.get(name, "") for name in names])
        if place == 0:
            for column, name in enumerate(header):
                if names[column] not in cells and name in product.facts:
                    rows[0][column] = product.facts[name]
    return rows


def _common_cells(product: ShopifyProduct) -> dict[str, str]:
    cells = {
        "title": product.title,
        "body html": product.description,
        "product category": product.category,
        "published": "true" if product.active else "false",
        "status": "active" if product.active else "draft",
        "gift card": "false",
        "option1 name": "Title",
    }
    cells |= {f"option{number} name": name for number, name in enumerate(product.option_names, 1)}
    return cells


def _variant_cells(product: ShopifyProduct, variant: ShopifyVariant, places: int) -> dict[str, str]:
    cells = {
        "variant sku": variant.sku,
        "variant grams": str(product.grams or 0),
        "variant inventory tracker": "shopify" if variant.tracked else "",
        "variant inventory qty": "" if variant.stock_milli is None else str(plain_quantity(variant.stock_milli)),
        "variant inventory policy": variant.policy,
        "variant fulfillment service": "manual",
        "variant price": short_amount(variant.price_cents, places),
        "variant compare at price": ""
        if variant.compare_at_cents is None
        else short_amount(variant.compare_at_cents, places),
        "variant requires shipping": "true",
        "variant taxable": "true",
        "variant barcode": variant.barcode,
        "variant weight unit": "kg",
        "cost per item": "" if variant.cost_cents is None else short_amount(variant.cost_cents, places),
        "option1 value": "Default Title",
    }
    cells |= {f"option{number} value": value for number, value in enumerate(variant.options, 1)}
    return cells


def short_amount(cents: int, places: int) -> str:
    """A figure as Shopify's files have it: whole ones without decimals."""
    text = plain_amount(cents, places)
    return text.removesuffix(f".{'0' * places}") if places else text
