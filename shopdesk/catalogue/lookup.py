"""From codes to goods: the hot look-up of till and checkout, at most two statements whatever the number of codes (R13).

Order for a code: exact barcode, exact SKU, the shop's barcode rules, GS1 element strings and other spellings of a GTIN. Each
step is an equality on a unique index, joined by UNION ALL, never an OR.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shopdesk.catalogue.codes import Reading, Rule, gtin_forms, read_by_rule, read_gs1
from shopdesk.catalogue.sellable import Sellable, fit_total, list_prices, tax_parts
from shopdesk.core.clock import to_micros
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.core.money import MAX_MILLI, MILLI, extend, round_half_away
from shopdesk.db.batch import Batch, Outcome, Prepared
from shopdesk.db.unit import Reader


class UnknownProduct(ShopError):
    """No product has this code."""

    code = "unknown_product"
    sentence = N_("Unknown product: {name}")

    def __init__(self, name: str) -> None:
        super().__init__(name=name[:64])


class NotForSale(UnknownProduct):
    """The code belongs to a product that is retired, not yet approved or switched off."""

    sentence = N_("{name} is not for sale any more.")


_BARCODE, _SKU, _VARIANT, _RULE_PREFIXED, _RULE_ITEM, _RULE_SKU, _GTIN = range(7)

_EXACT = """
  SELECT k.value AS code, 0 AS how, b.barcode, b.pack_quantity AS pack, b.variant_id, NULL AS rule
    FROM {codes} {join} variant_barcodes b ON b.barcode = k.value
  UNION ALL SELECT k.value, 1, NULL, 1000, x.id, NULL FROM {skus} {join} product_variants x ON x.sku = k.value
  UNION ALL SELECT NULL, 2, NULL, 1000, k.value, NULL FROM {ids}
"""
_READ = """
  SELECT c.code, 3 AS how, b.barcode, b.pack_quantity AS pack, b.variant_id, c.rule
    FROM asked c {join} variant_barcodes b ON b.barcode = c.prefix || c.item
  UNION ALL SELECT c.code, 4, b.barcode, b.pack_quantity, b.variant_id, c.rule
    FROM asked c {join} variant_barcodes b ON b.barcode = c.item
  UNION ALL SELECT c.code, 5, NULL, 1000, x.id, c.rule FROM asked c {join} product_variants x ON x.sku = c.item
  UNION ALL SELECT k.value, 6, b.barcode, b.pack_quantity, b.variant_id, NULL
    FROM {gtins} {join} variant_barcodes b ON b.barcode = k.value
"""
_ASKED = """
  asked AS (
    SELECT k.value AS code, r.prefix, substr(k.value, length(r.prefix) + 1, CAST(r.item_digits AS INTEGER)) AS item,
      CAST({array}(r.position, r.id, r.prefix, r.item_digits, r.verifier_digits, r.value_digits, r.value_decimals,
        r.kind, r.check_digit) AS text) AS rule
    FROM {codes} CROSS JOIN barcode_rules r
    WHERE r.is_active AND substr(k.value, 1, length(r.prefix)) = r.prefix
      AND length(k.value) = length(r.prefix) + r.item_digits + r.verifier_digits + r.value_digits + 1),
"""
_GOODS = """
WITH {asked} hit AS ({hits})
SELECT hit.code, hit.how, hit.barcode, hit.pack, hit.rule, v.id, p.id, v.sku, p.title, v.name, p.unit, p.is_weighed,
  v.price_cents, v.cost_cents, v.track_stock, v.inventory_policy,
  (SELECT CAST({list}({array}(t.id, t.name, t.rate_ppm, c.is_compound) ORDER BY c.position, t.id) AS text)
     FROM tax_class_rates c JOIN tax_rates t ON t.id = c.tax_rate_id
     WHERE c.tax_class_id = p.tax_class_id AND t.is_active
       AND coalesce(t.valid_from, 0) <= :now AND coalesce(t.valid_to, 9223372036854775807) > :now
       AND (t.region IS NULL OR t.region = :country OR t.region = :region)),
  (SELECT CAST({list}({array}(
       {whose}, l.priority, i.min_quantity, i.price_cents, l.name, l.id)) AS text)
     FROM price_list_items i JOIN price_lists l ON l.id = i.price_list_id
     WHERE i.variant_id = v.id AND l.is_active
       AND coalesce(l.starts_at, 0) <= :now AND coalesce(l.ends_at, 9223372036854775807) > :now
       AND ({given})),
  s.on_hand, s.reserved, v.is_active AND p.is_active AND p.deleted_at IS NULL AND p.status = 'approved',
  s.ledger_seq, s.ledger_hash, s.low_stock_threshold
FROM hit {join} product_variants v ON v.id = hit.variant_id {join} products p ON p.id = v.product_id
  LEFT JOIN stock_levels s ON s.variant_id = v.id AND s.warehouse_id = :warehouse_id
"""
# The customer's own list comes before the lists of their groups, and those before the lists for everybody.
_OWN = """
  SELECT u.price_list_id FROM customers u WHERE u.id = :customer_id
  UNION ALL SELECT u.price_list_id FROM customers u WHERE u.email = :customer_email"""
_GROUP = """
  SELECT g.price_list_id FROM customer_group_members m JOIN customer_groups g ON g.id = m.group_id
  WHERE m.customer_id = :customer_id
  UNION ALL SELECT g.price_list_id FROM customers u JOIN customer_group_members m ON m.customer_id = u.id
    JOIN customer_groups g ON g.id = m.group_id
  WHERE u.email = :customer_email"""
_FOR_NOBODY = {"whose": "0", "given": "l.for_everybody"}
_FOR_SOMEBODY = {
    "whose": f"CASE WHEN l.for_everybody THEN 0 WHEN l.id IN ({_OWN}) THEN 2 ELSE 1 END",
    "given": f"l.for_everybody OR l.id IN ({_OWN} UNION ALL {_GROUP})",
}
_WORDS = {
    "sqlite": {
        "codes": "json_each(:codes) k",
        "skus": "json_each(:skus) k",
        "ids": "json_each(:ids) k",
        "gtins": "json_each(:gtins) k",
        "list": "json_group_array",
        "array": "json_array",
        "join": "CROSS JOIN",  # keeps SQLite to this order of joins, whatever its statistics say
    },
    "postgresql": {
        "codes": "unnest(CAST(:codes AS text[])) AS k(value)",
        "skus": "unnest(CAST(:skus AS text[])) AS k(value)",
        "ids": "unnest(CAST(:ids AS bigint[])) AS k(value)",
        "gtins": "unnest(CAST(:gtins AS text[])) AS k(value)",
        "list": "json_agg",
        "array": "json_build_array",
        "join": "JOIN",
    },
}


def _statements(hits: str, asked: str = "") -> dict[bool, Prepared]:
    """The statement for nobody in particular (False), as short as it can be, and the one for a customer (True)."""
    made = {}
    for known, lists in ((False, _FOR_NOBODY), (True, _FOR_SOMEBODY)):
        texts = {
            dialect: _GOODS.format(asked=asked.format(**words), hits=hits.format(**words), **lists, **words)
            for dialect, words in _WORDS.items()
        }
        made[known] = Prepared(sqlite=texts["sqlite"], postgresql=texts["postgresql"])
    return made


_FIND_EXACT = _statements(_EXACT)
_FIND_READ = _statements(_READ, _ASKED)


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """Where and for whom goods are looked up: stock of which warehouse, whose price lists, which tax region, when.

    A customer is named by id or by mail. ``region`` is a finer tax region than the country (``US-NY``). ``places`` are the
    decimals of the shop's currency, needed to read a printed price.
    """

    warehouse_id: int
    now: datetime
    customer_id: int | None = None
    customer_email: str | None = None
    country: str = ""
    region: str = ""
    places: int = 2


class Goods:
    """The answer for some codes, SKUs and variants: queued on a batch when made, readable once that was sent.

    Codes that no barcode or SKU is equal to are read by rule in a second statement, sent when first asked for.
    """

    def __init__(
        self,
        batch: Batch,
        counter: Counter,
        *,
        codes: Iterable[str] = (),
        skus: Iterable[str] = (),
        variant_ids: Iterable[int] = (),
    ) -> None:
        self._batch = batch
        self._counter = counter
        self._codes = list(dict.fromkeys(codes))
        known = dict.fromkeys(self._codes)
        known.update(dict.fromkeys(skus))
        self._values: dict[str, object] = {
            "now": to_micros(counter.now),
            "country": counter.country,
            "region": counter.region,
            "warehouse_id": counter.warehouse_id,
        }
        self._known = counter.customer_id is not None or counter.customer_email is not None
        if self._known:
            self._values["customer_id"] = counter.customer_id
            self._values["customer_email"] = counter.customer_email
        lists = self._lists(codes=self._codes, skus=list(known), ids=list(dict.fromkeys(variant_ids)))
        self._found: Outcome | None = batch.add(_FIND_EXACT[self._known], {**self._values, **lists})
        self._by_code: dict[str, Sellable | str] = {}
        self._by_sku: dict[str, Sellable | str] = {}
        self._by_variant: dict[int, Sellable | str] = {}
        self._levels: list[tuple[Any, ...]] = []

    def by_code(self, code: str) -> Sellable:
        """What a scanned or typed code stands for; raises UnknownProduct or NotForSale."""
        self._settle()
        return _sold(self._by_code.get(code), code)

    def by_sku(self, sku: str) -> Sellable:
        """The variant of a SKU; raises UnknownProduct or NotForSale."""
        self._settle()
        return _sold(self._by_sku.get(sku), sku)

    def by_variant(self, variant_id: int) -> Sellable:
        """The variant of an id; raises UnknownProduct or NotForSale."""
        self._settle()
        return _sold(self._by_variant.get(variant_id), str(variant_id))

    def levels(self) -> list[tuple[Any, ...]]:
        """The stock levels met so far, as inventory.stock reads them; unlocked, so only SQLite's writer may move them."""
        self._settle()
        return self._levels

    def _lists(self, **lists: Sequence[object]) -> dict[str, object]:
        if self._batch.dialect == "sqlite":
            return {name: msgspec.json.encode(values).decode() for name, values in lists.items()}
        return dict(lists)

    def _settle(self) -> None:
        if self._found is None:
            return
        rows, self._found = self._found.rows, None
        self._note_levels(rows)
        for row in rows:
            how = row[1]
            if how == _BARCODE:
                self._by_code[row[0]] = _made(row, row[0], row[3])
            elif how == _SKU:
                self._by_sku[row[0]] = _made(row, row[0], MILLI)
            else:
                self._by_variant[row[5]] = _made(row, row[7], MILLI)
        missing = []
        for code in self._codes:
            if code not in self._by_code:
                if code in self._by_sku:
                    self._by_code[code] = self._by_sku[code]
                else:
                    missing.append(code)
        if missing:
            self._read(missing)

    def _note_levels(self, rows: Sequence[tuple[Any, ...]]) -> None:
        place = self._counter.warehouse_id
        self._levels.extend(
            (row[5], place, row[18], row[19], row[21], row[22], row[23]) for row in rows if row[21] is not None
        )

    def _read(self, codes: list[str]) -> None:
        """Codes without an equal: by the shop's rules first, then as GS1 strings and other spellings of a GTIN."""
        places = self._counter.places
        readings = {code: read_gs1(code, places) for code in codes}
        spellings = {code: gtin_forms(reading.item if reading else code) for code, reading in readings.items()}
        found = self._batch.add(
            _FIND_READ[self._known],
            {
                **self._values,
                **self._lists(codes=codes, gtins=sorted({form for forms in spellings.values() for form in forms})),
            },
        )
        self._batch.send()
        self._note_levels(found.rows)
        by_rule = [row for row in found.rows if row[1] != _GTIN]
        by_gtin = {row[0]: row for row in found.rows if row[1] == _GTIN}
        for row in sorted(by_rule, key=_rule_order):
            if row[0] not in self._by_code:
                reading = read_by_rule(Rule(*json.loads(row[4])[1:]), row[0], places)
                made = None if reading is None else _measured(_made(row, row[0], row[3]), reading)
                if made is not None:
                    self._by_code[row[0]] = made
        for code, forms in spellings.items():
            match = next((by_gtin[form] for form in forms if form in by_gtin), None)
            if match is not None and code not in self._by_code:
                reading = readings[code]
                made = _made(match, code, match[3])
                made = made if reading is None else _measured(made, reading)
                if made is not None:
                    self._by_code[code] = made


def ask_goods(
    batch: Batch,
    counter: Counter,
    *,
    codes: Iterable[str] = (),
    skus: Iterable[str] = (),
    variant_ids: Iterable[int] = (),
) -> Goods:
    """Queue the look-up of many lines on a batch; the answer can be read once the batch was sent."""
    return Goods(batch, counter, codes=codes, skus=skus, variant_ids=variant_ids)


def find_goods(
    reader: Reader,
    counter: Counter,
    *,
    codes: Iterable[str] = (),
    skus: Iterable[str] = (),
    variant_ids: Iterable[int] = (),
) -> Goods:
    """Look many lines up at once: one statement, a second one only for codes that must be read by rule."""
    batch = reader.batch()
    goods = Goods(batch, counter, codes=codes, skus=skus, variant_ids=variant_ids)
    batch.send()
    return goods


def sellable_by_code(reader: Reader, code: str, counter: Counter) -> Sellable:
    """What a scan stands for; raises UnknownProduct or NotForSale."""
    return find_goods(reader, counter, codes=(code,)).by_code(code)


def _sold(found: Sellable | str | None, asked: str) -> Sellable:
    if found is None:
        raise UnknownProduct(asked)
    if isinstance(found, str):
        raise NotForSale(found)
    return found


def _made(row: tuple[Any, ...], code: str, quantity: int) -> Sellable | str:
    """A row as the value that is sold; only the product's name for one that is not."""
    if not row[20]:
        return str(row[8])
    return Sellable(
        code=code,
        variant_id=row[5],
        product_id=row[6],
        sku=row[7],
        product_name=row[8],
        variant_name=row[9],
        unit=row[10],
        is_weighed=bool(row[11]),
        price_cents=row[12],
        cost_cents=row[13],
        track_stock=bool(row[14]),
        inventory_policy=row[15],
        taxes=tax_parts(row[16]),
        list_prices=list_prices(row[17]),
        on_hand_milli=row[18] or 0,
        reserved_milli=row[19] or 0,
        barcode=row[2],
        quantity_milli=quantity,
    )


def _rule_order(row: tuple[Any, ...]) -> tuple[int, int, int]:
    position, rule_id, *_rest = json.loads(row[4])
    return position, rule_id, row[1]


def _measured(made: Sellable | str, reading: Reading) -> Sellable | str | None:
    """The goods with the weight, count or printed price of their code; None for one that says zero or too much."""
    if isinstance(made, str):
        return made
    changes: dict[str, Any] = {"doubtful": reading.doubtful, "lot": reading.lot}
    if reading.expires_on is not None:
        changes["expires_on"] = reading.expires_on.isoformat()
    quantity = _measure(made, reading)
    if quantity is not None:
        if not 0 < quantity <= MAX_MILLI:
            return None
        changes["quantity_milli"] = quantity
    if reading.price_cents == 0:
        return None
    if reading.price_cents is not None:
        unit, _offer = made.price_at(MILLI)
        fitted, price = fit_total(reading.price_cents, unit)
        if quantity is not None and extend(quantity, unit) == reading.price_cents:
            fitted, price = quantity, unit
        changes |= {
            "quantity_milli": fitted,
            "fixed_total_cents": reading.price_cents,
            "fixed_unit_cents": price,
        }
    return msgspec.structs.replace(made, **changes)


def _measure(made: Sellable, reading: Reading) -> int | None:
    """The read weight or count in thousandths of the product's unit; None where the unit has no such measure."""
    measure = reading.measure_milli
    if measure is None:
        return None
    if not reading.is_kilograms:
        return round_half_away(measure * made.quantity_milli, MILLI)
    return {"kg": measure, "g": measure * MILLI}.get(made.unit)
