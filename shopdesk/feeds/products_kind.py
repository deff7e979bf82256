"""Product files at work: read, compared, written, taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from shopdesk.core.i18n import _
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.feeds.entries import Change, Done, Entry, Values, Verdict
from shopdesk.feeds.products_compare import ProductComparer, ProductPlan
from shopdesk.feeds.products_read import ProductReader, ProductTerms
from shopdesk.feeds.products_remove import remove_products
from shopdesk.feeds.products_state import Found, read_products
from shopdesk.feeds.products_write import ProductValues, add_variants, insert_new, put_values, shelf_ids
from shopdesk.feeds.setup import FeedOptions, Known
from shopdesk.feeds.shopify import keep_cells
from shopdesk.feeds.stock_moves import LevelChange, ledger_places, post_stock
from shopdesk.feeds.table import Row
from shopdesk.feeds.targets import STOCK_OF
from shopdesk.feeds.uses import sold_since, used_elsewhere


class KnownForms(set[str]):
    """Forms of words that search has by now; those of a transaction that was not committed are forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[str] | None = None

    def add(self, form: str) -> None:
        """Take a form for known, until the transaction turns out not to be committed."""
        super().add(form)
        if self._open is not None:
            self._open.append(form)

    def begin(self, uow: UnitOfWork) -> None:
        """A transaction begins; what an earlier one left open was rolled back."""
        if self._open:
            self.difference_update(self._open)
        self._open = []
        uow.after_commit(self._settle)

    def _settle(self) -> None:
        self._open = None


class ProductKind:
    """One product file; ``shape`` is ``shopify`` for that shop's export, whose other cells are kept as they came."""

    entities: tuple[str, ...] = ("Product", "Variant", "Category", "StockLevel")

    def __init__(
        self,
        header: Sequence[str],
        mapping: Mapping[str, str],
        options: FeedOptions,
        known: Known,
        *,
        mark: str = ".",
        shape: str = "table",
        since: datetime | None = None,
        reason: str = "",
    ) -> None:
        warehouse = known.warehouses.get(options.warehouse) or next(iter(known.warehouses.values()), None)
        terms = ProductTerms(known.places, mark, known.taxes, known.warehouses, warehouse, options.clear_empty)
        self._reader = ProductReader(header, mapping, terms, raw=shape == "shopify")
        columns = {key: name for name, key in mapping.items()}
        keys = set(mapping.values())
        if any(key == "stock" or key.startswith(STOCK_OF) for key in keys):
            keys.add("stock")
        if any(key.startswith("option") for key in keys):
            keys.add("traits")
        if any(key.startswith("attribute:") for key in keys):
            keys.add("attributes")
        if shape == "shopify":
            keys.add("origin")
        self._keys = frozenset(keys)
        self._comparer = ProductComparer(self._keys, columns, jump_percent=options.jump_percent)
        self._known = known
        self._header = header
        self._shape = shape
        self._tax = known.taxes.get(options.tax)
        self._since = since
        self._reason = reason or _("Import")
        self._forms = KnownForms()

    def entries(self, rows: Iterator[Row]) -> Iterator[Entry]:
        """Products in the order of the file."""
        for entry in self._reader.entries(rows):
            if self._shape == "shopify" and not entry.faults:
                keep_cells(self._header, entry, self._known.places)
            yield entry

    def compare(self, reader: Reader, entries: Sequence[Entry], *, lock: bool) -> list[Verdict]:
        """What each product changes; new ones without a tax class get the one that was chosen."""
        verdicts = self._comparer.compare(reader, entries, self._known.shelf_names, lock=lock)
        if self._tax is not None:
            for verdict in verdicts:
                if verdict is not None and verdict.target_id is None and "tax" not in verdict.entry.values:
                    verdict.entry.values["tax"] = self._tax
        return verdicts

    def write(self, uow: UnitOfWork, changes: Sequence[Change]) -> None:
        """Write new products, then changed ones, then stock."""
        paths = [path for change in changes for path in self._paths(change)]
        shelves = shelf_ids(uow, paths, self._known.shelves)
        if shelves is not self._known.shelves:
            uow.after_commit(lambda: self._learn(shelves))
        self._forms.begin(uow)
        insert_new(uow, [change for change in changes if _plan(change).state is None], shelves, self._forms)
        changed = [change for change in changes if _plan(change).state is not None]
        self._change(uow, changed, shelves)
        self._stock(uow, changes)

    def _learn(self, shelves: dict[tuple[str, ...], int]) -> None:
        self._known.shelves = shelves
        self._known.shelf_names = {category_id: path for path, category_id in shelves.items()}

    @staticmethod
    def _paths(change: Change) -> Sequence[tuple[str, ...]]:
        plan = _plan(change)
        if plan.state is None:
            return change.entry.values.get("category", ())  # type: ignore[return-value]
        return plan.product["category"][1] if "category" in plan.product else ()  # type: ignore[return-value]

    def _change(self, uow: UnitOfWork, changes: Sequence[Change], shelves: dict[tuple[str, ...], int]) -> None:
        values: list[ProductValues] = []
        added: list[tuple[int, int, str, Values]] = []
        for change in changes:
            plan = _plan(change)
            state = plan.state
            assert state is not None
            variants = [
                (variant.id, variant.version, {key: pair[1] for key, pair in pairs.items() if key != "stock"})
                for variant, pairs in plan.variants
            ]
            own = {key: pair[1] for key, pair in plan.product.items()}
            kept = [row for row in variants if row[2]]
            if own or kept or plan.added:
                values.append(ProductValues(state.id, state.version, own, kept))
            first = len(state.variants)
            added += [(state.id, place, change.entry.title, part) for place, part in enumerate(plan.added, first)]
        put_values(uow, values, shelves)
        ids = iter(add_variants(uow, added))
        for change in changes:
            plan = _plan(change)
            assert plan.state is not None
            new = [next(ids) for _part in plan.added]
            touched = bool(plan.product or plan.added or any(_beside_stock(pairs) for _variant, pairs in plan.variants))
            change.before = {
                "product": {key: pair[0] for key, pair in plan.product.items()},
                "variants": [
                    [variant.id, {key: pair[0] for key, pair in pairs.items() if key != "stock"}]
                    for variant, pairs in plan.variants
                ],
            }
            change.mark = {"version": plan.state.version + touched, "variants": new}

    def _stock(self, uow: UnitOfWork, changes: Sequence[Change]) -> None:
        """Stock that new variants begin with, and that others are set to."""
        moves: list[LevelChange] = []
        owners: dict[tuple[int, int], tuple[Change, int]] = {}
        for change in changes:
            plan = _plan(change)
            mark: dict[str, list[int]] = change.mark  # type: ignore[assignment]
            parts = plan.added if plan.state is not None else [part for _row, part in change.entry.parts]
            wanted = [
                (variant_id, place, milli)
                for variant_id, part in zip(mark["variants"], parts, strict=True)
                for place, milli in part.get("stock", {}).items()  # type: ignore[attr-defined]
            ]
            for variant, pairs in plan.variants:
                if "stock" in pairs:
                    before, after = pairs["stock"]
                    wanted += [(variant.id, place, milli - before[place]) for place, milli in after.items()]  # type: ignore[attr-defined, index]
            for variant_id, place, milli in wanted:
                if milli:
                    moves.append(LevelChange(variant_id, place, milli, change.entry.title, self._reason))
                    owners[variant_id, place] = (change, milli)
        for place, seq in post_stock(uow, moves).items():
            change, milli = owners[place]
            change.mark.setdefault("stock", []).append([*place, milli, seq])  # type: ignore[attr-defined]

    def take_back(self, uow: UnitOfWork, changes: Sequence[Done]) -> list[str]:
        """Give changed products their earlier values and take new ones out of the catalogue, unless they were used since."""
        reasons = dict.fromkeys((change.position for change in changes), "")
        ids = [change.target_id for change in changes]
        found = Found()
        read_products(uow, found, sorted(ids), keys=self._keys, categories=self._known.shelf_names, lock=True)
        variants = [variant.id for state in found.products.values() for variant in state.variants]
        sold = sold_since(uow, variants, self._since) if self._since is not None else set()
        new = [vid for change in changes for vid in change.mark["variants"]]  # type: ignore[index]
        used = used_elsewhere(uow, new) if new else set()
        seqs = ledger_places(uow, variants)
        back: list[Done] = []
        for change in changes:
            state = found.products.get(change.target_id)
            reason = _kept(change, state, sold, used, seqs)
            reasons[change.position] = reason
            if not reason:
                back.append(change)
        moves = [
            LevelChange(variant_id, place, -milli, change.title, _("Import taken back"))
            for change in back
            for variant_id, place, milli, _seq in change.mark.get("stock", ())  # type: ignore[attr-defined]
        ]
        post_stock(uow, moves)
        self._put_back(uow, [change for change in back if change.action == "changed"], found)
        remove_products(uow, [change.target_id for change in back if change.action == "new"])
        return [reasons[change.position] for change in changes]

    def _put_back(self, uow: UnitOfWork, changes: Sequence[Done], found: Found) -> None:
        values = []
        paths: list[tuple[str, ...]] = []
        for change in changes:
            state = found.products[change.target_id]
            versions = {variant.id: variant.version for variant in state.variants}
            before: dict[str, object] = change.before  # type: ignore[assignment]
            own = {key: _tuples(value) for key, value in before["product"].items()}  # type: ignore[attr-defined]
            paths += own.get("category", ())  # type: ignore[arg-type]
            variants = [
                (variant_id, versions[variant_id], {key: _tuples(value) for key, value in earlier.items()})
                for variant_id, earlier in before["variants"]  # type: ignore[attr-defined]
                if earlier and variant_id in versions
            ]
            mark: dict[str, list[int]] = change.mark  # type: ignore[assignment]
            gone = [
                (made, versions[made], {"variant_active": False, "sku": f"undone:{made}", "barcodes": ()})
                for made in mark["variants"]
                if made in versions
            ]
            if own or variants or gone:
                values.append(ProductValues(state.id, state.version, own, [*variants, *gone]))
        put_values(uow, values, shelf_ids(uow, paths, self._known.shelves))


def _kept(change: Done, state: object, sold: set[int], used: set[int], seqs: Mapping[tuple[int, int], int]) -> str:
    """Why a change stays; empty when it can be taken back."""
    from shopdesk.feeds.products_state import ProductState

    if not isinstance(state, ProductState) or state.deleted:
        return _("It was deleted since.")
    mark: dict[str, object] = change.mark  # type: ignore[assignment]
    if state.version != mark.get("version", 1):
        return _("It was changed since.")
    if any(variant.id in sold for variant in state.variants):
        return _("It was sold since.")
    if any(variant_id in used for variant_id in mark["variants"]):  # type: ignore[attr-defined]
        return _("Another document speaks of it.")
    moved = {(row[0], row[1]): row[3] for row in mark.get("stock", ())}  # type: ignore[attr-defined]
    if any(seqs.get(place) != seq for place, seq in moved.items()):
        return _("Its stock was moved since.")
    new = set(mark["variants"])  # type: ignore[call-overload]
    if any(place[0] in new and place not in moved for place in seqs):
        return _("Its stock was moved since.")
    return ""


def _beside_stock(pairs: Mapping[str, object]) -> bool:
    return any(key != "stock" for key in pairs)


def _tuples(value: object) -> object:
    """What JSON made a list of, as the tuples it was."""
    return tuple(_tuples(part) for part in value) if isinstance(value, list) else value


def _plan(change: Change) -> ProductPlan:
    plan = change.plan
    assert isinstance(plan, ProductPlan)
    return plan
