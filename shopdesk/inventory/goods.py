"""What stock documents need to know of the goods they name, and how a document of many lines begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shopdesk.catalogue.lookup import Counter, UnknownProduct, sellable_by_code
from shopdesk.catalogue.search import search_goods
from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.core.ids import canonical_uuid
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.posting import NotTracked, StockMove, UnknownStockProduct, UnknownWarehouse, stock_till
from shopdesk.system.records import FIND_ANSWER, Book, open_book, request_hash, stored_answer

MOST_LINES = 2_000
"""A document of more lines is two documents."""


@dataclass(frozen=True, slots=True)
class StockGoods:
    """A variant as stock documents see it."""

    variant_id: int
    sku: str
    name: str
    unit: str
    track_stock: bool
    may_go_negative: bool

    def move(self, quantity_milli: int, *, may_go_negative: bool | None = None) -> StockMove:
        """So much of it in a document; by default its own policy says whether it may go below zero."""
        free = self.may_go_negative if may_go_negative is None else may_go_negative
        return StockMove(self.variant_id, quantity_milli, self.name, free)


@dataclass(frozen=True, slots=True)
class DocumentBegun:
    """A request of many lines that holds its till's lock. ``answer`` is what was answered before, None for a new one."""

    book: Book
    key: str
    use_case: str
    content_hash: str
    answer: dict[str, object] | None

    def keep(self, answer: Mapping[str, object]) -> None:
        """Keep the answer under the request's key, with the book."""
        self.book.answer(self.key, self.use_case, self.content_hash, answer)


_GOODS = (
    "SELECT v.id, v.sku, p.title, v.name, p.unit, v.track_stock, v.inventory_policy FROM product_variants v "
    "JOIN products p ON p.id = v.product_id WHERE p.deleted_at IS NULL AND v.id "
)
_FIND_GOODS = Prepared(
    sqlite=_GOODS + "IN (SELECT value FROM json_each(:variants))", postgresql=_GOODS + "= ANY(:variants)"
)
_PLACES = Prepared(
    sqlite="SELECT id, name FROM warehouses WHERE is_active",
    postgresql="SELECT id, name FROM warehouses WHERE is_active",
)


def goods_by_id(reader: Reader, variants: Iterable[int]) -> dict[int, StockGoods]:
    """Variants by id, those that exist; one statement."""
    batch = reader.batch()
    found = batch.add(_FIND_GOODS, {"variants": array(reader.dialect, sorted(set(variants)))})
    batch.send()
    return {
        row[0]: StockGoods(
            row[0], row[1], f"{row[2]}, {row[3]}" if row[3] else row[2], row[4], bool(row[5]), row[6] == "continue"
        )
        for row in found.rows
    }


def counted_goods(reader: Reader, variants: Sequence[int]) -> dict[int, StockGoods]:
    """Variants that stock documents may name; raises UnknownStockProduct and NotTracked for the first that they may not."""
    found = goods_by_id(reader, variants)
    for variant in variants:
        good = found.get(variant)
        if good is None:
            raise UnknownStockProduct(field="lines", name=str(variant))
        if not good.track_stock:
            raise NotTracked(field="lines", name=good.name)
    return found


def places(reader: Reader) -> dict[int, str]:
    """The warehouses in use: id to name."""
    batch = reader.batch()
    found = batch.add(_PLACES)
    batch.send()
    return dict(found.rows)


def place_named(known: Mapping[int, str], warehouse_id: int, field: str) -> str:
    """The name of a warehouse in use; raises UnknownWarehouse."""
    name = known.get(warehouse_id)
    if name is None:
        raise UnknownWarehouse(field=field, name=str(warehouse_id))
    return name


def begin_document(
    uow: UnitOfWork, use_case: str, key: str, till: str | None, content: Mapping[str, object]
) -> DocumentBegun:
    """Lock the till's book and look the key up behind the lock; raises UnknownTill, KeyReused, BadField for no UUID."""
    try:
        key = canonical_uuid(key)
    except ValueError:
        raise BadField("key", _("must be a UUID.")) from None
    book = open_book(uow, *stock_till(uow, till))
    hashed = request_hash(use_case, {**content, "till": till or ""})
    batch = uow.batch()
    found = batch.add(FIND_ANSWER, {"key": key})
    batch.send()
    return DocumentBegun(book, key, use_case, hashed, stored_answer(found, use_case, hashed))


def variant_of(reader: Reader, code: str) -> tuple[StockGoods, int]:
    """What a scanned or typed code stands for, and how much of it: a piece, a pack, a printed weight.

    Goods that are no longer for sale are found too. Raises UnknownStockProduct and NotTracked.
    """
    wanted = code.strip()
    batch = reader.batch()
    found = batch.add(_BY_CODE, {"code": wanted})
    batch.send()
    if found.one is not None:
        variant_id, milli = found.one
    else:
        try:
            read = sellable_by_code(reader, wanted, Counter(warehouse_id=0, now=reader.clock.now()))
        except UnknownProduct:
            raise UnknownStockProduct(field="code", name=wanted[:64]) from None
        variant_id, milli = read.variant_id, read.quantity_milli
    good = goods_by_id(reader, [variant_id]).get(variant_id)
    if good is None:
        raise UnknownStockProduct(field="code", name=wanted[:64])
    if not good.track_stock:
        raise NotTracked(field="code", name=good.name)
    return good, milli


_CODES = (
    "SELECT variant_id, pack FROM (SELECT b.variant_id, b.pack_quantity AS pack, 0 AS how FROM variant_barcodes b "
    "WHERE b.barcode = :code UNION ALL SELECT v.id, 1000, 1 FROM product_variants v WHERE v.sku = :code) f "
    "ORDER BY how LIMIT 1"
)
_BY_CODE = Prepared(sqlite=_CODES, postgresql=_CODES)


@dataclass(frozen=True, slots=True)
class GoodsHit:
    """Goods found for a document: exactly the code that was scanned, or something like the words that were typed."""

    good: StockGoods
    quantity_milli: int
    exact: bool
    available_milli: int | None = None


def find_for_stock(reader: Reader, text: str, warehouse_id: int = 0) -> tuple[GoodsHit, ...]:
    """What a scan or typed words may mean: the code's own goods alone, else up to eight whose words fit.

    Only goods whose stock is counted.
    """
    try:
        good, milli = variant_of(reader, text)
    except UnknownStockProduct:
        found = search_goods(reader, text, warehouse_id, 8).goods
        known = goods_by_id(reader, [hit.variant_id for hit in found])
        return tuple(
            GoodsHit(known[hit.variant_id], 1_000, exact=False, available_milli=hit.available_milli)
            for hit in found
            if hit.variant_id in known and hit.track_stock
        )
    return (GoodsHit(good, milli, exact=True),)
