"""Rows of a product file, one a variant, grouped to products."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shopdesk.catalogue.product_fields import PRODUCT_STATUSES, UNITS
from shopdesk.core.folding import folded
from shopdesk.core.i18n import _
from shopdesk.core.money import MAX_MILLI
from shopdesk.feeds.entries import Entry, Fault, Values
from shopdesk.feeds.refusals import BadCell
from shopdesk.feeds.row_reader import RowReader, TwoPartReader, fitted
from shopdesk.feeds.table import Row
from shopdesk.feeds.targets import ATTRIBUTE, STOCK_OF
from shopdesk.feeds.values import (
    Parse,
    apart,
    code,
    escaped,
    figure,
    joined,
    one_of_words,
    plain,
    quantity,
    shown,
    words,
    yes_or_no,
)

OPTIONS = (1, 2, 3, 4, 5, 6)
"""The numbers of the columns of options; shops rarely have more than three."""
VARIANT_KEYS = frozenset(
    {"sku", "variant", "price", "compare_at", "cost", "tracked", "policy", "variant_active", "barcodes", "stock"}
    | {f"option{number}{part}" for number in OPTIONS for part in ("", "_name")}
)
_LONGEST_SKU = 64
_MOST_LINES = 10_000


@dataclass(frozen=True, slots=True)
class ProductTerms:
    """What the cells of a product file are read against: the currency's decimals and what the shop has, by name."""

    places: int
    mark: str
    taxes: Mapping[str, int]
    warehouses: Mapping[str, int]
    warehouse: int | None
    clear_empty: bool


def product_parses(terms: ProductTerms, keys: Sequence[str]) -> dict[str, Parse]:
    """How each meaning of a product file is read."""
    money = figure(terms.places, terms.mark)
    whole = figure(0, terms.mark, most=MAX_MILLI)
    parses: dict[str, Parse] = {
        "handle": _handle,
        "title": words("title", 200),
        "description": words("description", _MOST_LINES),
        "category": _categories,
        "tax": one_of_words({**terms.taxes, "none": None}),
        "unit": one_of_words({unit: unit for unit in UNITS}),
        "weighed": yes_or_no,
        "badge": words("badge", 40),
        "status": one_of_words({status: status for status in PRODUCT_STATUSES}),
        "active": yes_or_no,
        "weight": whole,
        "length": whole,
        "width": whole,
        "height": whole,
        "attributes": _attributes,
        "images": _images,
        "image_alt": words("alt_text", 200),
        "image_position": whole,
        "sku": code(),
        "variant": words("name", 200),
        "price": money,
        "compare_at": money,
        "cost": money,
        "tracked": yes_or_no,
        "policy": one_of_words({"deny": "deny", "continue": "continue"}),
        "variant_active": yes_or_no,
        "barcodes": _barcodes,
        "stock": quantity(terms.mark, signed=True),
    }
    for number in OPTIONS:
        parses[f"option{number}"] = words("traits", 60, lines=False)
        parses[f"option{number}_name"] = words("traits", 60, lines=False)
    amount = parses["stock"]
    for key in keys:
        if key.startswith(ATTRIBUTE):
            parses[key] = words("attributes", 500)
        elif key.startswith(STOCK_OF) and key.removeprefix(STOCK_OF) in terms.warehouses:
            parses[key] = amount
    return parses


class ProductReader:
    """Rows to products. Rows with the same handle stand together; without handles, rows with the same name and options do."""

    def __init__(
        self, header: Sequence[str], mapping: Mapping[str, str], terms: ProductTerms, *, raw: bool = False
    ) -> None:
        parses = product_parses(terms, tuple(mapping.values()))
        emptied: Values = {}
        if terms.clear_empty:
            emptied = {"description": "", "badge": None, "weight": None, "length": None, "width": None, "height": None}
            emptied |= {"compare_at": None, "cost": None, "barcodes": (), "tax": None}
        common = {name: key for name, key in mapping.items() if not _of_variant(key)}
        own = {name: key for name, key in mapping.items() if _of_variant(key)}
        self._common = RowReader(header, common, parses, emptied)
        self._own = RowReader(header, own, parses, emptied)
        self._both = TwoPartReader(self._common, self._own)
        self._width = len(header)
        self._columns = {key: name for name, key in mapping.items()}
        self._handles: dict[object, int] = {}
        self._skus: dict[object, int] = {}
        self._codes: dict[object, int] = {}
        keys = self._common.keys
        self._same: str | None = "handle" if "handle" in keys else None
        if self._same is None and "title" in keys and any(key.startswith("option") for key in self._own.keys):
            self._same = "title"
        self._place = _place_of(header, self._columns.get(self._same)) if self._same else -1
        self._raw = raw
        self._options = any(key.startswith("option") for key in self._own.keys)
        self._images = "images" in keys
        self._facts = [key for key in keys if key.startswith(ATTRIBUTE)]
        self._stocked = [
            (key, terms.warehouses[key.removeprefix(STOCK_OF)]) for key in self._own.keys if key.startswith(STOCK_OF)
        ]
        if "stock" in self._own.keys and terms.warehouse is not None:
            self._stocked.append(("stock", terms.warehouse))

    def entries(self, rows: Iterator[Row]) -> Iterator[Entry]:
        """Products in the order of the file."""
        entry: Entry | None = None
        same: str | None = None
        for row in rows:
            faults: list[Fault] = []
            fit = fitted(row, self._width, faults)
            if fit is None:
                if entry is not None:
                    yield self._finished(entry)
                    entry = None
                broken = Entry(row[0], "", "", {})
                broken.faults = faults
                yield broken
                continue
            mark = fit[1][self._place].strip() if self._place >= 0 else ""
            if entry is not None and mark and (mark == same or (self._same == "title" and not mark)):
                self._add(entry, fit)
                continue
            if entry is not None:
                yield self._finished(entry)
            values, part = self._both.read(fit, faults)
            if self._images:
                _collect_images(values)
            entry, same = Entry(row[0], "", str(values.get("title") or ""), values), mark
            entry.faults = faults
            if self._raw:
                entry.origin = [fit]
            entry.parts.append((row[0], part))
        if entry is not None:
            yield self._finished(entry)

    def _add(self, entry: Entry, row: Row) -> None:
        """A further row of a product: a variant, or only another picture."""
        entry.rows += 1
        entry.last = row[0]
        if self._raw:
            entry.origin.append(row)  # type: ignore[attr-defined]  # a list of rows
        more: list[Fault] = []
        values = self._common.read(row, more)
        columns = {self._columns.get(key) for key in ("images", "image_alt", "image_position")}
        entry.faults += [fault for fault in more if fault.column in columns]
        _collect_images(values)
        if "images" in values:
            known = entry.values.get("images", ())
            entry.values["images"] = (*known, *values["images"])  # type: ignore[misc]  # tuples of pictures
        self._part(entry, row)

    def _part(self, entry: Entry, row: Row) -> None:
        values = self._own.read(row, entry.faults)
        if entry.parts and not any(value for key, value in values.items() if not key.endswith("_name")):
            return
        entry.parts.append((row[0], values))

    def _finished(self, entry: Entry) -> Entry:
        """Options become traits, missing SKUs are made, and what stands twice in the file is told."""
        values, parts = entry.values, entry.parts
        handle = values.get("handle")
        if self._images and "images" in values:
            pictures: tuple[tuple[int, str, str], ...] = values["images"]  # type: ignore[assignment]
            links = {link: alt for _place, link, alt in sorted(pictures, key=lambda picture: picture[0])}
            values["images"] = tuple(links.items())
        first = parts[0][1]
        names = [first.get(f"option{number}_name") for number in OPTIONS] if self._options else []
        for row, part in parts:
            if names:
                self._put_traits(entry, row, part, names)
            if "sku" not in part and (handle or self._same == "title"):
                traits: tuple[tuple[str, str], ...] = part.get("traits", ())  # type: ignore[assignment]
                part["sku"] = made_sku(str(handle or entry.title), [value for _name, value in traits])
                part["made"] = True
            if self._stocked:
                self._put_stock(part)
            sku = part.get("sku")
            if sku is not None and self._skus.setdefault(sku, row) != row:
                self._twice(entry, row, self._skus, sku, "sku")
            for barcode, _pack in part.get("barcodes") or ():  # type: ignore[attr-defined]  # pairs
                if self._codes.setdefault(barcode, row) != row:
                    self._twice(entry, row, self._codes, barcode, "barcodes")
        if handle is not None and self._handles.setdefault(handle, entry.row) != entry.row:
            self._twice(entry, entry.row, self._handles, handle, "handle")
        entry.name = str(handle or first.get("sku") or "")
        if self._facts:
            facts = [(key.removeprefix(ATTRIBUTE), values.pop(key), "") for key in self._facts if key in values]
            if facts:
                values["more_attributes"] = tuple(facts)
        return entry

    def _put_traits(self, entry: Entry, row: int, part: Values, names: Sequence[object]) -> None:
        traits = _traits(names, part, single=len(entry.parts) == 1)
        if traits is None:
            column = self._columns.get("option1", "")
            entry.faults.append(Fault(row, column, "bad_cell", _("an option stands twice.")))
        elif traits:
            part["traits"] = traits

    def _put_stock(self, part: Values) -> None:
        """Stock by warehouse."""
        stock = {}
        for key, warehouse in self._stocked:
            if key in part:
                stock[warehouse] = part.pop(key)
        if stock:
            part["stock"] = stock

    def _twice(self, entry: Entry, row: int, seen: dict[object, int], value: object, key: str) -> None:
        if key == "handle":
            problem = _("“{value}” was in row {row} already; rows of one product must stand together.")
        else:
            problem = _("“{value}” was in row {row} already.")
        told = problem.format(value=shown(str(value)), row=seen[value])
        entry.faults.append(Fault(row, self._columns.get(key, ""), "twice", told))


def made_sku(name: str, options: Sequence[object]) -> str:
    """The SKU of a variant that a file gives none: its product's handle and options, always the same for the same."""
    text = "-".join("-".join(folded(str(part)).split()) for part in (name, *options))
    if len(text) <= _LONGEST_SKU and text:
        return text
    return f"{text[: _LONGEST_SKU - 9]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _collect_images(values: Values) -> None:
    """The pictures of a row as (place, link, text); without a place they follow in the order of the file."""
    alts, place = values.pop("image_alt", None), values.pop("image_position", None)
    if "images" in values:
        links: tuple[str, ...] = values["images"]  # type: ignore[assignment]
        texts = [plain(part) for part in apart(str(alts), keep_empty=True)] if alts else []
        texts += [""] * (len(links) - len(texts))
        at = place if isinstance(place, int) and place else 1_000_000
        values["images"] = tuple((at, link, text) for link, text in zip(links, texts, strict=False))


def _of_variant(key: str) -> bool:
    return key in VARIANT_KEYS or key.startswith(STOCK_OF)


def _place_of(header: Sequence[str], name: str | None) -> int:
    return list(header).index(name) if name is not None else -1


def _traits(names: Sequence[object], part: Values, *, single: bool) -> tuple[tuple[str, str], ...] | None:
    """Name and value of each option; None when a name stands twice. Another shop's “Title: Default Title” is no option."""
    traits: list[tuple[str, str]] = []
    for number, first in enumerate(names, 1):
        name = part.pop(f"option{number}_name", None) or first
        value = part.pop(f"option{number}", None)
        if value is None or (single and number == 1 and (name, value) == ("Title", "Default Title")):
            continue
        traits.append((str(name or _("Option")), str(value)))
    return tuple(traits) if len({name for name, _value in traits}) == len(traits) else None


def _handle(text: str) -> object:
    slug = "-".join(folded(text).split())
    if not slug or len(text) > 200:
        raise BadCell(_("“{text}” cannot be a handle: letters and digits, at most 200.").format(text=shown(text)))
    return slug


_category = words("category", 100)


@lru_cache(maxsize=4096)
def _categories(text: str) -> object:
    """Paths of categories, the primary one first: ``Food > Tea | Offers``."""
    paths = []
    for path in apart(text):
        names = [str(_category(name.strip())) for name in plain(path).split(">")]
        if not all(names):
            raise BadCell(_("“{text}” has a category without a name.").format(text=shown(text)))
        paths.append(tuple(names))
    return tuple(dict.fromkeys(paths))


def categories_cell(paths: Sequence[Sequence[str]]) -> str:
    """What ``category`` cells hold."""
    return joined([" > ".join(path) for path in paths])


_barcode = code()


def _barcodes(text: str) -> object:
    """Barcodes, each with how many it stands for when that is not one: ``4006381333931 | 4006381333948*6``."""
    if "|" not in text and "*" not in text and "\\" not in text:
        return ((_barcode(text), 1000),)
    pairs = []
    for part in apart(text):
        star = part.rfind("*")
        if star > 0 and part[star - 1] != "\\":
            count = figure(3, ".", most=MAX_MILLI, least=1)(part[star + 1 :].strip())
            pairs.append((_barcode(plain(part[:star].strip())), count))
        else:
            pairs.append((_barcode(plain(part)), 1000))
    if len({barcode for barcode, _pack in pairs}) != len(pairs):
        raise BadCell(_("a barcode stands twice."))
    return tuple(pairs)


def barcodes_cell(codes: Sequence[tuple[str, int]], quantity_text: Callable[[int], str]) -> str:
    """What ``barcodes`` cells hold."""
    return " | ".join(
        escaped(barcode, "|*") + ("" if pack == 1000 else f"*{quantity_text(pack)}") for barcode, pack in codes
    )


_attribute = words("attributes", 500)


def _attributes(text: str) -> object:
    """Facts: ``Colour=Red | Weight=5 [kg]``."""
    facts = []
    for part in apart(text):
        name, equals, value = _cut(part, "=")
        if not equals or not name:
            raise BadCell(_("“{text}” is not written as Name=Value.").format(text=shown(part)))
        value, _bracket, unit = _cut(value, "[")
        unit = unit.removesuffix("]") if _bracket else ""
        facts.append(
            tuple(str(_attribute(each)) if each else "" for each in map(plain, map(str.strip, (name, value, unit))))
        )
    return tuple(facts)


def attributes_cell(facts: Sequence[tuple[str, str, str]]) -> str:
    """What ``attributes`` cells hold."""
    return " | ".join(
        f"{escaped(name, '|=[]')}={escaped(value, '|[]')}" + (f" [{escaped(unit, '|[]')}]" if unit else "")
        for name, value, unit in facts
    )


def _cut(text: str, sign: str) -> tuple[str, str, str]:
    """The text before and behind the first such sign that no backslash takes as it is."""
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == sign:
            return text[:at], sign, text[at + 1 :]
        at += 1
    return text, "", ""


def _images(text: str) -> object:
    links = []
    for part in text.split(" | "):
        link = part.strip()
        if not link.startswith(("https://", "http://")) or len(link) > 2_000 or not link.isprintable() or " " in link:
            raise BadCell(_("“{text}” is no link to a picture.").format(text=shown(link)))
        links.append(link)
    return tuple(links)
