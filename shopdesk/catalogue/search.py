"""Goods found as one types: beginnings of words, inner fragments, and the nearest words when nothing else is found (V6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from shopdesk.catalogue.search_index import LONGEST_FORM, SHORTEST_FORM, spellings
from shopdesk.core.folding import folded, folded_words
from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader

MOST_WORDS = 8
_TRIGRAM = 3
_LOOKED_AT = 3
"""How many times the asked number of goods is looked at to put the best ones first."""


@dataclass(frozen=True, slots=True)
class FoundGoods:
    """A variant that search found. ``match`` is ``words`` (beginnings of words), ``inside`` or ``similar`` (a typing mistake)."""

    variant_id: int
    product_id: int
    sku: str
    name: str
    variant_name: str
    price_cents: int
    unit: str
    track_stock: bool
    available_milli: int
    image_blob_id: int | None
    match: str


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The best goods for a text; ``more`` says that there are others, ``corrected`` what was searched instead of a mistake."""

    goods: tuple[FoundGoods, ...]
    more: bool = False
    corrected: str = ""


_COLUMNS = """v.id, p.id, v.sku, p.title, v.name, v.price_cents, p.unit, v.track_stock,
  coalesce(s.on_hand - s.reserved, 0), i.blob_id"""
_GOODS = """{join} product_variants v ON v.id = {id} {join} products p ON p.id = v.product_id
  LEFT JOIN stock_levels s ON s.variant_id = v.id AND s.warehouse_id = :warehouse_id
  LEFT JOIN product_images i ON i.product_id = p.id AND i.is_primary"""
_ON_SALE = "v.is_active AND p.is_active AND p.status = 'approved' AND p.deleted_at IS NULL"

_SQLITE_ARM = (
    "SELECT * FROM (SELECT {columns}, {rank} FROM {table} f "
    + _GOODS.format(join="CROSS JOIN", id="f.rowid")
    + " {more} WHERE {table} MATCH :{query} AND "
    + _ON_SALE
    + " {and_more} LIMIT :most)"
)
_BEGINNINGS = _SQLITE_ARM.format(
    columns=_COLUMNS, rank="0", table="variant_words_fts", query="words", more="", and_more=""
)
_INSIDE = _SQLITE_ARM.format(
    columns=_COLUMNS,
    rank="1",
    table="variant_trigrams_fts",
    query="trigrams",
    more="CROSS JOIN variant_search t ON t.variant_id = f.rowid",
    and_more="AND NOT EXISTS (SELECT 1 FROM json_each(:short) k WHERE instr(t.words, k.value) = 0)",
)
_CODES = (
    "SELECT * FROM (SELECT {columns}, 0 FROM variant_barcodes b "
    + _GOODS.format(join="CROSS JOIN", id="b.variant_id")
    + " WHERE b.barcode >= :code AND b.barcode < :code_end AND "
    + _ON_SALE
    + " LIMIT :most)"
).format(columns=_COLUMNS)
_LIMIT = " LIMIT :all"
_SQLITE = {
    (codes, inside): Prepared(
        sqlite=" UNION ALL ".join(
            arm for arm, wanted in ((_CODES, codes), (_BEGINNINGS, True), (_INSIDE, inside)) if wanted
        )
        + _LIMIT
    )
    for codes in (False, True)
    for inside in (False, True)
}
"""The search on SQLite, with the range of barcodes for a single number, and with fragments where a word is long enough."""
_PG_ARM = (
    "(SELECT {columns}, {rank} FROM variant_search f "
    + _GOODS.format(join="JOIN", id="f.variant_id")
    + " WHERE {condition} AND "
    + _ON_SALE
    + " LIMIT :most)"
)
_TSQUERY = "to_tsvector('simple', {table}words) @@ to_tsquery('simple', :words)"


@lru_cache(maxsize=32)
def _pg_search(count: int, trigrams: bool) -> Prepared:
    """The search for a number of words: an AND of LIKEs, since an index of trigrams cannot serve LIKE ALL."""
    if not trigrams:
        condition = _TSQUERY.format(table="f.")
        return Prepared(replan=True, postgresql=_PG_ARM.format(columns=_COLUMNS, rank="0", condition=condition))
    arms = []
    for rank, name in enumerate(("beginning", "inside")):
        condition = " AND ".join(f"f.words LIKE :{name}{index}" for index in range(count))
        arms.append(_PG_ARM.format(columns=_COLUMNS, rank=str(rank), condition=condition))
    return Prepared(replan=True, postgresql=" UNION ALL ".join(arms) + " LIMIT :all")


_FORMS = Prepared(
    sqlite="SELECT DISTINCT form FROM search_forms WHERE key IN (SELECT value FROM json_each(:keys))",
    postgresql="SELECT DISTINCT form FROM search_forms WHERE key = ANY(CAST(:keys AS text[]))",
)
_kinds: WeakKeyDictionary[sa.Engine, bool] = WeakKeyDictionary()


def search_goods(reader: Reader, text: str, warehouse_id: int, limit: int = 20) -> SearchAnswer:
    """The goods on sale whose name, SKU or barcode hold every word of a text; at most three statements.

    Beginnings of words come before inner fragments; only when nothing is found at all, each word is replaced by the nearest
    words of the catalogue. Nothing in the text is special to the database: it is cut into plain words first.
    """
    words = folded_words(text)[:MOST_WORDS]
    if not words:
        return SearchAnswer(())
    found = _find(reader, words, warehouse_id, limit)
    if found:
        return _answer(found, words, limit)
    nearest = _nearest(reader, words)
    if nearest is None:
        return SearchAnswer(())
    corrected = _find(reader, nearest, warehouse_id, limit)
    answer = _answer(corrected, nearest, limit, similar=True)
    return SearchAnswer(answer.goods, answer.more, " ".join(nearest))


def has_trigrams(reader: Reader) -> bool:
    """Whether inner fragments are found: always on SQLite, on PostgreSQL where pg_trgm could be created."""
    if reader.dialect == "sqlite":
        return True
    engine = reader.connection.engine
    known = _kinds.get(engine)
    if known is None:
        exists = sa.text("SELECT to_regclass('ix_variant_search_words_trgm') IS NOT NULL")
        known = _kinds[engine] = bool(reader.connection.execute(exists).scalar())
    return known


def matching_variants(reader: Reader, text: str) -> tuple[str, dict[str, object]] | None:
    """A SELECT of the variants whose words begin with the words of a text, and its values, for lists that are searched.

    None when the text holds no word.
    """
    words = folded_words(text)[:MOST_WORDS]
    if not words:
        return None
    if reader.dialect == "sqlite":
        query = "SELECT rowid FROM variant_words_fts WHERE variant_words_fts MATCH :words"
        return query, {"words": _match(words, prefix=True)}
    if not has_trigrams(reader):
        condition = _TSQUERY.format(table="")
        return f"SELECT variant_id FROM variant_search WHERE {condition}", {"words": _tsquery(words)}
    condition = " AND ".join(f"words LIKE :word{index}" for index in range(len(words)))
    values: dict[str, object] = {f"word{index}": f"% {word}%" for index, word in enumerate(words)}
    return f"SELECT variant_id FROM variant_search WHERE {condition}", values


def _find(reader: Reader, words: Sequence[str], warehouse_id: int, limit: int) -> list[tuple[Any, ...]]:
    """Rows of goods, beginnings of words first, each variant once; more than ``limit`` if there are."""
    most = limit * _LOOKED_AT
    values: dict[str, object] = {"warehouse_id": warehouse_id, "most": most, "all": most}
    if reader.dialect == "sqlite":
        long = [word for word in words if len(word) >= _TRIGRAM]
        is_code = len(words) == 1 and words[0].isdigit()
        statement = _SQLITE[is_code, bool(long)]
        values["words"] = _match(words, prefix=True)
        values["trigrams"] = _match(long, prefix=False)
        values["short"] = array("sqlite", [word for word in words if len(word) < _TRIGRAM])
        if is_code:
            values |= {"code": words[0], "code_end": words[0] + ":"}  # the sign after the digit 9
    elif has_trigrams(reader):
        statement = _pg_search(len(words), True)
        values |= {f"beginning{index}": f"% {word}%" for index, word in enumerate(words)}
        values |= {f"inside{index}": f"%{word}%" for index, word in enumerate(words)}
    else:
        statement = _pg_search(len(words), False)
        values["words"] = _tsquery(words)
    batch = reader.batch()
    found = batch.add(statement, values)
    batch.send()
    rows: dict[int, tuple[Any, ...]] = {}
    for row in found.rows:
        rows.setdefault(row[0], row)
    return list(rows.values())


def _tsquery(words: Sequence[str]) -> str:
    return " & ".join(f"'{word}':*" for word in words)


def _match(words: Sequence[str], *, prefix: bool) -> str:
    """An FTS5 query of quoted words, all of which must be there; the words hold letters and digits only."""
    return " ".join(f'"{word}"*' if prefix else f'"{word}"' for word in words)


def _answer(rows: list[tuple[Any, ...]], words: Sequence[str], limit: int, *, similar: bool = False) -> SearchAnswer:
    ranked = sorted(rows, key=lambda row: _rank(row, words))
    goods = tuple(
        FoundGoods(
            variant_id=row[0],
            product_id=row[1],
            sku=row[2],
            name=row[3],
            variant_name=row[4],
            price_cents=row[5],
            unit=row[6],
            track_stock=bool(row[7]),
            available_milli=row[8],
            image_blob_id=row[9],
            match="similar" if similar else "inside" if row[10] else "words",
        )
        for row in ranked[:limit]
    )
    return SearchAnswer(goods, more=len(rows) > limit)


def _rank(row: tuple[Any, ...], words: Sequence[str]) -> tuple[int, int, str, str]:
    """The same SKU, then names that begin with the text, then beginnings of words, then fragments; then by name."""
    title = folded(row[3])
    typed = " ".join(words)
    if folded(row[2]) == typed:
        place = 0
    elif title.startswith(typed):
        place = 1
    else:
        place = 2
    return row[10], place, title, row[4]


def _nearest(reader: Reader, words: Sequence[str]) -> tuple[str, ...] | None:
    """Each word replaced by the nearest beginning of a word that the catalogue knows; None when no word gets better.

    A word and its mistaken spelling share a key of ``search_forms``; the distance is then measured.
    """
    from rapidfuzz.distance import OSA  # only when nothing was found: off the start path

    heads = [word[:LONGEST_FORM] for word in words]
    keys = {key for head in heads if len(head) >= SHORTEST_FORM for key in spellings(head)}
    if not keys:
        return None
    batch = reader.batch()
    found = batch.add(_FORMS, {"keys": array(reader.dialect, sorted(keys))})
    batch.send()
    forms = [row[0] for row in found.rows]
    nearest = []
    for word, head in zip(words, heads, strict=True):
        allowed = 1 if len(head) < LONGEST_FORM else 2
        near = [(OSA.distance(head, form), abs(len(form) - len(head)), form) for form in forms]
        best = min((item for item in near if item[0] <= allowed), default=None)
        nearest.append(word if best is None or len(head) < SHORTEST_FORM else best[2])
    return tuple(nearest) if tuple(nearest) != tuple(words) else None
