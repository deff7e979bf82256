"""Goods that a file names by SKU or barcode: found many at once, with their prices and levels."""

from __future__ import annotations

from collections.abc import Sequence

from shopdesk.core.i18n import _
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader
from shopdesk.feeds.entries import Entry, Fault, Values
from shopdesk.feeds.values import shown


def _texts(text: str, lists: str, lock: str = "") -> Prepared:
    return Prepared(
        sqlite=text.format(keys=f"(SELECT value FROM json_each(:{lists}))"),
        postgresql=text.format(keys=f"(SELECT unnest(CAST(:{lists} AS text[])))") + lock,
    )


_COLUMNS = (
    "v.id, v.product_id, v.version, p.version, p.title, v.name, v.sku, v.price_cents, v.compare_at_cents, v.cost_cents, "
    "v.track_stock, v.inventory_policy"
)
_JOINED = " FROM product_variants v JOIN products p ON p.id = v.product_id "
_BY_SKU_TEXT = f"SELECT v.sku, {_COLUMNS}{_JOINED}WHERE v.sku IN {{keys}} AND p.deleted_at IS NULL ORDER BY p.id, v.id"
_BY_CODE_TEXT = (
    f"SELECT b.barcode, {_COLUMNS}{_JOINED}JOIN variant_barcodes b ON b.variant_id = v.id "
    "WHERE b.barcode IN {keys} AND p.deleted_at IS NULL ORDER BY p.id, v.id"
)
_BY_SKU, _BY_CODE = _texts(_BY_SKU_TEXT, "skus"), _texts(_BY_CODE_TEXT, "codes")
_BY_SKU_LOCKED = _texts(_BY_SKU_TEXT, "skus", " FOR UPDATE OF p, v")
_BY_CODE_LOCKED = _texts(_BY_CODE_TEXT, "codes", " FOR UPDATE OF p, v")


class Good:
    """A variant as the shop has it."""

    __slots__ = (
        "id",
        "is_tracked",
        "policy",
        "product_id",
        "product_version",
        "sku",
        "title",
        "values",
        "version",
    )

    def __init__(self, row: Sequence[object]) -> None:
        variant_id, product_id, version, product_version, title, name, sku, price, compare_at, cost, tracked, policy = (
            row
        )
        self.id = int(str(variant_id))
        self.product_id = int(str(product_id))
        self.version = int(str(version))
        self.product_version = int(str(product_version))
        self.title = f"{title}, {name}" if name else str(title)
        self.sku = str(sku)
        self.values: Values = {"price": price, "compare_at": compare_at, "cost": cost}
        self.is_tracked = bool(tracked)
        self.policy = str(policy)


class Goods:
    """Variants by SKU and by barcode."""

    def __init__(self) -> None:
        self.by_sku: dict[str, Good] = {}
        self.by_code: dict[str, Good] = {}

    def of(self, entry: Entry, columns: dict[str, str]) -> Good | None:
        """The goods that a row names; faults for unknown ones and for a SKU and barcode of different goods."""
        sku, barcode = entry.values.get("sku"), entry.values.get("barcode")
        by_sku = self.by_sku.get(str(sku)) if sku is not None else None
        by_code = self.by_code.get(str(barcode)) if barcode is not None else None
        found = by_sku or by_code
        if found is None:
            key, given = ("sku", sku) if sku is not None else ("barcode", barcode)
            if given is None:
                _tell(entry, columns.get("sku", columns.get("barcode", "")), "missing", _("the row names no goods."))
            else:
                told = _("there are no goods “{code}”.").format(code=shown(str(given)))
                _tell(entry, columns.get(key, ""), "unknown_product", told)
        elif by_sku is not None and by_code is not None and by_sku.id != by_code.id:
            told = _("“{code}” belongs to {title}.").format(code=shown(str(barcode)), title=shown(by_code.title))
            _tell(entry, columns.get("barcode", ""), "code_taken", told)
        return found


def _tell(entry: Entry, column: str, code: str, message: str) -> None:
    entry.faults.append(Fault(entry.row, column, code, message))


def find_goods_named(reader: Reader, entries: Sequence[Entry], *, lock: bool = False) -> Goods:
    """The goods of some rows; two statements."""
    skus = sorted({str(entry.values["sku"]) for entry in entries if "sku" in entry.values})
    codes = sorted({str(entry.values["barcode"]) for entry in entries if "barcode" in entry.values})
    batch = reader.batch()
    by_sku = batch.add(_BY_SKU_LOCKED if lock else _BY_SKU, {"skus": array(reader.dialect, skus)})
    by_code = batch.add(_BY_CODE_LOCKED if lock else _BY_CODE, {"codes": array(reader.dialect, codes)})
    batch.send()
    goods = Goods()
    for outcome, into in ((by_sku, goods.by_sku), (by_code, goods.by_code)):
        for row in outcome.rows:
            into[row[0]] = Good(row[1:])
    return goods
