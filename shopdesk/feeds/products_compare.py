"""The difference between a product file and the shop: what is new, what changes, what is refused and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shopdesk.core.i18n import _
from shopdesk.db.unit import Reader
from shopdesk.feeds.entries import Change, Entry, Fault, Values, Verdict
from shopdesk.feeds.names import LOST_BARCODE, PRICE_JUMP
from shopdesk.feeds.products_state import Found, ProductState, VariantState, find_products
from shopdesk.feeds.values import shown

Pairs = dict[str, tuple[object, object]]
"""Meaning to its value before and after."""


@dataclass(slots=True)
class ProductPlan:
    """What a changed product needs: its own differences, those of its variants, and variants that it does not have yet."""

    state: ProductState | None
    product: Pairs = field(default_factory=dict)
    variants: list[tuple[VariantState, Pairs]] = field(default_factory=list)
    added: list[Values] = field(default_factory=list)
    freed: ProductState | None = None
    """A deleted product that still has the handle."""


class ProductComparer:
    """Compares entries of one file; ``columns`` names the file's column of each meaning for faults."""

    def __init__(self, keys: frozenset[str], columns: Mapping[str, str], *, jump_percent: int) -> None:
        self.keys = keys
        self._columns = columns
        self._jump = jump_percent

    def compare(
        self, reader: Reader, entries: Sequence[Entry], categories: dict[int, tuple[str, ...]], *, lock: bool
    ) -> list[Verdict]:
        """A verdict for each entry; faults are added to the entries."""
        sound = [entry for entry in entries if not entry.faults]
        handles = [handle for entry in sound if (handle := entry.values.get("handle")) is not None]
        skus, codes = [], []
        for entry in sound:
            for _row, part in entry.parts:
                if "sku" in part:
                    skus.append(part["sku"])
                if "barcodes" in part:
                    codes += [barcode for barcode, _pack in part["barcodes"]]  # type: ignore[attr-defined]
        found = find_products(reader, handles, skus, codes, keys=self.keys, categories=categories, lock=lock)
        return [None if entry.faults else self._one(entry, found) for entry in entries]

    def _one(self, entry: Entry, found: Found) -> Verdict:
        state = self._matched(entry, found)
        if entry.faults:
            return None
        freed = None
        if state is not None and state.deleted:
            freed, state = state, None
        if state is None:
            return self._new(entry, found, freed)
        return self._changed(entry, found, state)

    def _matched(self, entry: Entry, found: Found) -> ProductState | None:
        """The product that the entry is about, by handle or by the SKUs of its variants."""
        handle = entry.values.get("handle")
        state = found.by_handle.get(handle) if handle is not None else None
        live = state if state is not None and not state.deleted else None
        for row, part in entry.parts:
            known = found.by_sku.get(part.get("sku"))
            if known is None:
                continue
            owner = found.products[known.product_id]
            if live is None:
                live = owner
            elif owner is not live:
                problem = _("“{sku}” belongs to {title}, not to the product of this row.")
                told = problem.format(sku=shown(str(part["sku"])), title=shown(str(owner.values["title"])))
                self._fault(entry, row, "sku", "code_taken", told)
        return live or state

    def _new(self, entry: Entry, found: Found, freed: ProductState | None) -> Verdict:
        if not entry.values.get("title"):
            self._fault(entry, entry.row, "title", "missing", _("a new product needs a name."))
        for row, part in entry.parts:
            self._complete(entry, row, part)
            if found.owners:
                self._free_codes(entry, row, part, found, None)
        if entry.faults:
            return None
        return Change(entry, None, None, ProductPlan(None, freed=freed))

    def _complete(self, entry: Entry, row: int, part: Values) -> None:
        if "sku" in part and part.get("price") is not None and "tracked" not in part:
            return
        if "sku" not in part:
            told = _("a new product needs a SKU, or a handle to make one from.")
            self._fault(entry, row, "sku", "missing", told)
        if part.get("price") is None:
            self._fault(entry, row, "price", "missing", _("new goods need a price."))
        if part.get("stock") and part.get("tracked") is False:
            self._fault(entry, row, "stock", "not_tracked", _("there is stock, but it is not counted for these goods."))

    def _free_codes(self, entry: Entry, row: int, part: Values, found: Found, own: int | None) -> None:
        for barcode, _pack in part.get("barcodes") or ():  # type: ignore[attr-defined]
            owner = found.owners.get(barcode)
            if owner is not None and owner[0] != own:
                told = _("“{code}” already belongs to {other}.").format(code=barcode, other=shown(owner[1]))
                self._fault(entry, row, "barcodes", "code_taken", told)

    def _changed(self, entry: Entry, found: Found, state: ProductState) -> Verdict:
        plan = ProductPlan(state)
        entry.title = entry.title or str(state.values["title"])
        plan.product = self._product_pairs(entry.values, state)
        flags = 0
        seen: set[int] = set()
        for row, part in entry.parts:
            variant = self._variant_of(part, found, state, only=len(entry.parts) == 1 == len(state.variants))
            if variant is None:
                self._complete(entry, row, part)
                self._free_codes(entry, row, part, found, None)
                plan.added.append(part)
                continue
            if variant.id in seen:
                self._fault(entry, row, "sku", "twice", _("two rows are the same variant."))
            seen.add(variant.id)
            self._free_codes(entry, row, part, found, variant.id)
            pairs = self._variant_pairs(entry, row, part, variant)
            if pairs:
                plan.variants.append((variant, pairs))
                flags |= self._flags(pairs)
        if entry.faults or not (plan.product or plan.variants or plan.added):
            return None
        change = Change(entry, state.id, _details(plan), plan)
        change.flags = flags
        return change

    def _variant_of(self, part: Values, found: Found, state: ProductState, *, only: bool) -> VariantState | None:
        known = found.by_sku.get(part.get("sku"))
        if known is not None:
            return known
        if part.get("traits"):
            alike = [one for one in state.variants if set(one.values.get("traits") or ()) == set(part["traits"])]  # type: ignore[call-overload]
            if len(alike) == 1:
                return _named(part, alike[0])
        return _named(part, state.variants[0]) if only else None

    def _product_pairs(self, values: Values, state: ProductState) -> Pairs:
        pairs: Pairs = {}
        known = state.values
        for key, value in values.items():
            if key == "more_attributes":
                before: tuple[tuple[str, str, str], ...] = known.get("attributes", ())  # type: ignore[assignment]
                after = _merged(before, value)  # type: ignore[arg-type]
                if after != before:
                    pairs["attributes"] = (before, after)
            elif key == "images":
                self._image_pairs(pairs, known.get("images", ()), value)  # type: ignore[arg-type]
            elif key == "category":
                if not _same_shelves(known[key], value):  # type: ignore[arg-type]
                    pairs[key] = (known[key], value)
            elif known.get(key) != value:
                pairs[key] = (known.get(key), value)
        return pairs

    @staticmethod
    def _image_pairs(pairs: Pairs, before: tuple[tuple[str, str], ...], given: tuple[tuple[str, str], ...]) -> None:
        """Pictures of the file are added, and their texts written anew; no picture is taken away."""
        texts = dict(given)
        after = tuple((link, texts.get(link) or alt) for link, alt in before)
        known = {link for link, _alt in before}
        after += tuple(picture for picture in given if picture[0] not in known)
        if after != before:
            pairs["images"] = (before, after)

    def _variant_pairs(self, entry: Entry, row: int, part: Values, variant: VariantState) -> Pairs:
        pairs: Pairs = {}
        known = variant.values
        for key, value in part.items():
            if key == "stock":
                self._stock_pairs(entry, row, pairs, part, variant)
            elif key == "barcodes":
                if set(known[key]) != set(value):  # type: ignore[call-overload]
                    pairs[key] = (known[key], value)
            elif key == "made":
                continue
            elif known.get(key) != value:
                pairs[key] = (known.get(key), value)
        return pairs

    def _stock_pairs(self, entry: Entry, row: int, pairs: Pairs, part: Values, variant: VariantState) -> None:
        wanted: dict[int, int] = part["stock"]  # type: ignore[assignment]
        different = {place: milli for place, milli in wanted.items() if variant.stock.get(place, 0) != milli}
        tracked = part.get("tracked", variant.values["tracked"])
        if not tracked and "tracked" in part:
            told = _("there is stock, but it is not counted for these goods.")
            self._fault(entry, row, "stock", "not_tracked", told)
        elif not tracked:
            pairs["tracked"] = (False, True)
        if different:
            pairs["stock"] = ({place: variant.stock.get(place, 0) for place in different}, different)

    def _flags(self, pairs: Pairs) -> int:
        flags = 0
        if "price" in pairs and is_jump(pairs["price"][0], pairs["price"][1], self._jump):
            flags |= PRICE_JUMP
        if "barcodes" in pairs:
            before, after = pairs["barcodes"]
            if {code for code, _pack in before} - {code for code, _pack in after}:  # type: ignore[attr-defined]
                flags |= LOST_BARCODE
        return flags

    def _fault(self, entry: Entry, row: int, key: str, code: str, message: str) -> None:
        entry.faults.append(Fault(row, self._columns.get(key, ""), code, message))


def _named(part: Values, variant: VariantState) -> VariantState:
    """A variant found otherwise than by its SKU: one that the file gives is its new one, else it keeps its own."""
    if part.get("made") or "sku" not in part:
        part["sku"] = variant.values["sku"]
    return variant


def is_jump(before: object, after: object, percent: int) -> bool:
    """Whether a price moves by more than so many per cent."""
    if not isinstance(before, int) or not isinstance(after, int) or not before:
        return False
    return abs(after - before) * 100 > percent * before


def _merged(
    before: tuple[tuple[str, str, str], ...], given: tuple[tuple[str, str, str], ...]
) -> tuple[tuple[str, str, str], ...]:
    """Facts with some given anew by name; the others stay, and so does a unit."""
    new = {name: value for name, value, _unit in given}
    after = tuple((name, new.pop(name, value), unit) for name, value, unit in before)
    return after + tuple((name, value, "") for name, value in new.items())


def _same_shelves(before: tuple[object, ...], after: tuple[object, ...]) -> bool:
    return before[:1] == after[:1] and set(before) == set(after)


def _details(plan: ProductPlan) -> list[list[object]]:
    details: list[list[object]] = [
        ["", key, before, after] for key, (before, after) in plan.product.items() if key != "origin"
    ]
    if "origin" in plan.product and not details:
        details.append(["", "origin", None, None])
    for variant, pairs in plan.variants:
        details += [[variant.values["sku"], key, before, after] for key, (before, after) in pairs.items()]
    for part in plan.added:
        details += [[part["sku"], key, None, value] for key, value in part.items() if key not in {"sku", "made"}]
    return details
