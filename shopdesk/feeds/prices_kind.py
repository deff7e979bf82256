"""Price files at work: shelf prices, or prices of a list from a quantity on.

Plans and marks are this module's own, so that they pass through as Any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopdesk.core.i18n import _
from shopdesk.core.money import MAX_MILLI
from shopdesk.db.batch import Batch, Prepared, array
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.feeds.entries import Change, Done, Entry, Fault, Values, Verdict
from shopdesk.feeds.goods import Good, find_goods_named
from shopdesk.feeds.names import PRICE_JUMP
from shopdesk.feeds.products_compare import is_jump
from shopdesk.feeds.products_write import ProductValues, put_values
from shopdesk.feeds.setup import FeedOptions, Known
from shopdesk.feeds.single_rows import SingleRows
from shopdesk.feeds.table import Row
from shopdesk.feeds.values import code, figure, one_of_words

_LISTED = Prepared(
    sqlite="SELECT price_list_id, variant_id, min_quantity, price_cents FROM price_list_items WHERE variant_id IN "
    "(SELECT value FROM json_each(:ids))",
    postgresql="SELECT price_list_id, variant_id, min_quantity, price_cents FROM price_list_items "
    "WHERE variant_id = ANY(CAST(:ids AS bigint[]))",
)
_PUT_TEXT = (
    "INSERT INTO price_list_items (price_list_id, variant_id, min_quantity, price_cents) "
    "VALUES (:list, :variant, :least, :price) "
    "ON CONFLICT (price_list_id, variant_id, min_quantity) DO UPDATE SET price_cents = excluded.price_cents"
)
_DROP_TEXT = (
    "DELETE FROM price_list_items WHERE price_list_id = :list AND variant_id = :variant AND min_quantity = :least"
)
_PUT = Prepared(sqlite=_PUT_TEXT, postgresql=_PUT_TEXT)
_DROP = Prepared(sqlite=_DROP_TEXT, postgresql=_DROP_TEXT)
_VARIANTS_TEXT = (
    "SELECT v.id, v.product_id, v.version, p.version, v.price_cents, v.compare_at_cents, v.cost_cents, p.deleted_at IS NULL "
    "FROM product_variants v JOIN products p ON p.id = v.product_id WHERE v.id IN {keys} ORDER BY p.id, v.id"
)
_VARIANTS = Prepared(
    sqlite=_VARIANTS_TEXT.format(keys="(SELECT value FROM json_each(:ids))"),
    postgresql=_VARIANTS_TEXT.format(keys="(SELECT unnest(CAST(:ids AS bigint[])))") + " FOR UPDATE OF p, v",
)
_OWN = ("price", "compare_at", "cost")


class PricesKind:
    """One price file."""

    entities: tuple[str, ...] = ("Variant", "PriceList")

    def __init__(
        self, header: Sequence[str], mapping: Mapping[str, str], options: FeedOptions, known: Known, *, mark: str
    ) -> None:
        money = figure(known.places, mark)
        parses = {
            "sku": code(),
            "barcode": code(),
            "price_list": one_of_words(dict(known.price_lists)),
            "from": figure(3, mark, most=MAX_MILLI),
            "price": money,
            "compare_at": money,
            "cost": money,
        }
        self._list = known.price_lists.get(options.price_list)
        self._jump = options.jump_percent
        self._rows = SingleRows(header, mapping, parses, ("sku", "barcode", "price_list", "from"))

    def entries(self, rows: Iterator[Row]) -> Iterator[Entry]:
        """An entry a row."""
        return self._rows.entries(rows)

    def compare(self, reader: Reader, entries: Sequence[Entry], *, lock: bool) -> list[Verdict]:
        """Which prices move."""
        goods = find_goods_named(reader, entries, lock=lock)
        ids = {good.id for good in (*goods.by_sku.values(), *goods.by_code.values())}
        batch = reader.batch()
        found = batch.add(_LISTED, {"ids": array(reader.dialect, sorted(ids))})
        batch.send()
        listed = {tuple(row[:3]): row[3] for row in found.rows}
        verdicts: list[Verdict] = []
        for entry in entries:
            good = None if entry.faults else goods.of(entry, self._rows.columns)
            verdicts.append(None if good is None or entry.faults else self._one(entry, good, listed))
        return verdicts

    def _one(self, entry: Entry, good: Good, listed: dict[tuple[int, ...], int]) -> Verdict:
        entry.title = good.title
        values = entry.values
        if "price" not in values:
            self._tell(entry, "price", _("the cell must not be empty."))
            return None
        price_list = values.get("price_list", self._list)
        least = int(str(values.get("from", 0)))
        if price_list is None:
            if least:
                self._tell(entry, "from", _("a price from a quantity on belongs into a price list."))
                return None
            pairs = {key: (good.values[key], values[key]) for key in _OWN if key in values}
            pairs = {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
            if not pairs:
                return None
            change = Change(entry, good.id, [[good.sku, key, *pair] for key, pair in pairs.items()], (good, pairs))
            if "price" in pairs and is_jump(*pairs["price"], self._jump):
                change.flags = PRICE_JUMP
            return change
        place = (int(str(price_list)), good.id, least)
        before = listed.get(place)
        after = int(str(values["price"]))
        if before == after:
            return None
        change = Change(entry, good.id, [[good.sku, "listed_price", before, after]], (place, before, after))
        change.is_new = before is None
        change.flags = PRICE_JUMP if is_jump(before, after, self._jump) else 0
        return change

    def _tell(self, entry: Entry, key: str, message: str) -> None:
        entry.faults.append(Fault(entry.row, self._rows.columns.get(key, ""), "missing", message))

    def write(self, uow: UnitOfWork, changes: Sequence[Change]) -> None:
        """Write prices; goods of one product are written together."""
        shelf: list[tuple[Good, Values]] = []
        lists = []
        for change in changes:
            plan: Any = change.plan
            if isinstance(plan[0], Good):
                good, pairs = plan
                shelf.append((good, {key: pair[1] for key, pair in pairs.items()}))
                change.before = {"values": {key: pair[0] for key, pair in pairs.items()}}
                change.mark = {key: pair[1] for key, pair in pairs.items()}
            else:
                place, before, after = plan
                lists.append({"list": place[0], "variant": place[1], "least": place[2], "price": after})
                change.before = {"place": place, "price": before}
                change.mark = {"price": after}
        put_values(
            uow,
            _by_product([(good.product_id, good.product_version, good.id, good.version, own) for good, own in shelf]),
            {},
        )
        batch = uow.batch()
        batch.add(_PUT, lists)
        batch.send()

    def take_back(self, uow: UnitOfWork, changes: Sequence[Done]) -> list[str]:
        """Write the earlier prices where they still are what the file made them."""
        batch = uow.batch()
        ids = {"ids": array(uow.dialect, sorted({change.target_id for change in changes}))}
        variants = batch.add(_VARIANTS, ids)
        listed = batch.add(_LISTED, ids)
        batch.send()
        now = {row[0]: row for row in variants.rows}
        prices = {tuple(row[:3]): row[3] for row in listed.rows}
        reasons, shelf = [], []
        for change in changes:
            before: Any = change.before
            mark: Any = change.mark
            row = now.get(change.target_id)
            if row is None or not row[7]:
                reasons.append(_("It was deleted since."))
            elif "place" in before:
                place = tuple(before["place"])
                reasons.append(self._unlist(batch, prices.get(place), place, before["price"], mark["price"]))
            elif any(dict(zip(_OWN, row[4:7], strict=True))[key] != value for key, value in mark.items()):
                reasons.append(_("It was changed since."))
            else:
                reasons.append("")
                shelf.append((row[1], row[3], row[0], row[2], before["values"]))
        batch.send()
        put_values(uow, _by_product(shelf), {})
        return reasons

    @staticmethod
    def _unlist(batch: Batch, now: object, place: tuple[int, ...], before: object, after: object) -> str:

        if now != after:
            return _("It was changed since.")
        named = {"list": place[0], "variant": place[1], "least": place[2]}
        if before is None:
            batch.add(_DROP, named)
        else:
            batch.add(_PUT, {**named, "price": before})
        return ""


def _by_product(rows: Sequence[tuple[int, int, int, int, Values]]) -> list[ProductValues]:
    """One entry a product: (product, its version, variant, its version, values)."""
    made: dict[int, ProductValues] = {}
    for product_id, version, variant_id, variant_version, values in rows:
        known = made.setdefault(product_id, ProductValues(product_id, version, {}, []))
        known.variants = [*known.variants, (variant_id, variant_version, values)]
    return list(made.values())
