"""Goods found as one types: beginnings of words, inner fragments, and the nearest words when nothing else is found (V6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from shopdesk.catalogue.models import VariantSearch
from shopdesk.catalogue.price_now import price_now
from shopdesk.catalogue.search_index import LONGEST_FORM, SHORTEST_FORM, spellings
from shopdesk.core.clock import to_micros
from shopdesk.core.folding import folded, folded_words
from shopdesk.db.batch import Prepared, array
from shopdesk.db.paging import SortColumn
from shopdesk.db.unit import Reader

MOST_WORDS = 8
_TRIGRAM = 3
_CODE_TAIL = 6
"""Codes of a maker share their beginning: the last digits alone find few enough goods to look at."""
_MANY = 3_000
"""From so many matches on, a list is not sorted anew but filtered in its own order."""
_FEW_WORDS = 2
"""Whoever types more words than these means their beginnings; fragments are looked for only when nothing begins so."""
_LOOKED_AT = 3
"""How many times the asked number of goods is looked at to put the best ones first."""


@dataclass(frozen=True, slots=True)
class FoundGoods:
    """A variant that search found, with the price that everybody pays now.

    ``match`` is ``words`` (beginnings of words), ``inside`` or ``similar`` (a typing mistake).
    """

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
_NAMED = """v.id AS a, p.id AS b, v.sku AS c, p.title AS d, v.name AS e, v.price_cents AS f, p.unit AS g, v.track_stock AS h,
  coalesce(s.on_hand - s.reserved, 0) AS i, i.blob_id AS j"""
_GOODS = """{join} product_variants v ON v.id = {id} {join} products p ON p.id = v.product_id
  LEFT JOIN stock_levels s ON s.variant_id = v.id AND s.warehouse_id = :warehouse_id
  LEFT JOIN product_images i ON i.product_id = p.id AND i.is_primary"""
_ON_SALE = "v.is_active AND p.is_active AND p.status = 'approved' AND p.deleted_at IS NULL"

_HITS = "hits(a, b, c, d, e, f, g, h, i, j, rank)"
_SHOWN = f"SELECT a, b, c, d, e, {price_now('hits.a', 'hits.f')}, g, h, i, j, rank FROM hits"
"""What is answered of the hits of all arms: the price is looked up for these alone."""

_NOTHING = "'\"0none0\"'"
"""A query that no word fulfils."""
_SQLITE_ARM = (
    "SELECT * FROM (SELECT {columns}, {rank} FROM {table} f "
    + _GOODS.format(join="CROSS JOIN", id="f.rowid")
    + " {more} WHERE {table} MATCH {query} AND "
    + _ON_SALE
    + " {and_more} LIMIT :most)"
)
_BEGINNINGS = _SQLITE_ARM.format(
    columns=_COLUMNS, rank="0", table="variant_words_fts", query=":words", more="", and_more=""
)
_BARCODES = (
    "SELECT * FROM (SELECT {columns}, 0 FROM variant_barcodes b "
    + _GOODS.format(join="CROSS JOIN", id="b.variant_id")
    + " WHERE b.barcode >= :code AND b.barcode < :code_end AND "
    + _ON_SALE
    + " LIMIT :most) UNION ALL "
).format(columns=_COLUMNS)
_FOUND_LESS_THAN = "(SELECT count(*) FROM first) < "
_WORDS_WITH = """coalesce((SELECT group_concat('"' || form || '"', ' OR ') FROM (SELECT form FROM search_forms
  WHERE key = '' AND instr(form, :inside{index}) > 0 LIMIT 64)), {nothing})"""


@lru_cache(maxsize=64)
def _sqlite_search(is_number: bool, fragments: int, only_codes: bool) -> Prepared:
    """The search on SQLite.

    Beginnings of words and of barcodes come first. Then, while there are too few, inner fragments: each is looked for among the
    catalogue's distinct words, and those words in the goods. Codes are not words of a language: only for a text of nothing else,
    and only when nothing was found at all, their inner digits are looked for by trigrams.
    """
    text = (
        f"WITH first AS MATERIALIZED ({{barcodes}}{{beginnings}} LIMIT :most), {_HITS} AS (SELECT * FROM first".format(
            barcodes=_BARCODES if is_number else "", beginnings=_BEGINNINGS
        )
    )
    if fragments:
        groups = [_WORDS_WITH.format(index=index, nothing=_NOTHING) for index in range(fragments)]
        query = "'(' || " + " || ') AND (' || ".join(groups) + " || ')' || :also"
        text += " UNION ALL " + _SQLITE_ARM.format(
            columns=_COLUMNS,
            rank="1",
            table="variant_words_fts",
            query=f"(CASE WHEN {_FOUND_LESS_THAN} :enough THEN {query} ELSE {_NOTHING} END)",
            more="",
            and_more="",
        )
    if only_codes:
        text += " UNION ALL " + _SQLITE_ARM.format(
            columns=_COLUMNS,
            rank="1",
            table="variant_trigrams_fts",
            query=f"(CASE WHEN {_FOUND_LESS_THAN} 1 THEN :trigrams ELSE {_NOTHING} END)",
            more="CROSS JOIN variant_search t ON t.variant_id = f.rowid",
            and_more="AND NOT EXISTS (SELECT 1 FROM json_each(:all_words) k WHERE instr(t.words, k.value) = 0)",
        )
    return Prepared(sqlite=f"{text} LIMIT :all) {_SHOWN}")


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
        only = _PG_ARM.format(columns=_COLUMNS, rank="0", condition=condition)
        return Prepared(replan=True, postgresql=f"WITH {_HITS} AS {only} {_SHOWN}")
    beginnings = " AND ".join(f"f.words LIKE :beginning{index}" for index in range(count))
    inside = " AND ".join(f"f.words LIKE :inside{index}" for index in range(count))
    first = _PG_ARM.format(columns=_NAMED, rank="0 AS rank", condition=beginnings)
    second = _PG_ARM.format(columns=_COLUMNS, rank="1", condition=f"{_FOUND_LESS_THAN} :enough AND {inside}")
    both = f"SELECT * FROM first UNION ALL {second} LIMIT :all"
    text = f"WITH first AS MATERIALIZED {first}, {_HITS} AS ({both}) {_SHOWN}"
    return Prepared(replan=True, postgresql=text)


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
    found = _find(reader, words, warehouse_id, limit, enough=limit if len(words) <= _FEW_WORDS else 1)
    if found:
        return _answer(found, words, limit)
    nearest = _nearest(reader, words)
    if nearest is None:
        return SearchAnswer(())
    corrected = _find(reader, nearest, warehouse_id, limit, enough=1)
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


def searched(reader: Reader, text: str, variant_id: SortColumn) -> sa.ColumnElement[bool] | None:
    """A condition for lists: the variant's words begin with all words of a text. None when the text holds no word.

    Few goods are looked up and then sorted by the list. Many are too many to sort: there the list is read in its own order and
    each row's words are looked at, which comes to a page soon just because so many fit.
    """
    words = folded_words(text)[:MOST_WORDS]
    if not words:
        return None
    if reader.dialect == "sqlite":
        text_of_query = "SELECT rowid FROM variant_words_fts WHERE variant_words_fts MATCH :words"
        values: dict[str, object] = {"words": _match(words, prefix=True)}
        if _are_many(reader, text_of_query, values):
            begins = (sa.func.instr(VariantSearch.words, f" {word}") > 0 for word in words)
            return sa.exists().where(VariantSearch.variant_id == variant_id, *begins)
    elif has_trigrams(reader):
        conditions = " AND ".join(f"words LIKE :word{index}" for index in range(len(words)))
        text_of_query = f"SELECT variant_id FROM variant_search WHERE {conditions}"
        values = {f"word{index}": f"% {word}%" for index, word in enumerate(words)}
    else:
        text_of_query = f"SELECT variant_id FROM variant_search WHERE {_TSQUERY.format(table='')}"
        values = {"words": _tsquery(words)}
    found = sa.text(text_of_query).bindparams(**values).columns(variant_id=sa.BigInteger)
    return variant_id.in_(found)


def _are_many(reader: Reader, query: str, values: dict[str, object]) -> bool:
    counted = "SELECT count(*) FROM (" + query + " LIMIT :many)"
    found = reader.connection.execute(sa.text(counted).bindparams(**values, many=_MANY)).scalar_one()
    return bool(found >= _MANY)


def _find(reader: Reader, words: Sequence[str], warehouse_id: int, limit: int, *, enough: int) -> list[tuple[Any, ...]]:
    """Rows of goods, each variant once, more than ``limit`` if there are: beginnings of words, and while these are fewer than
    ``enough``, inner fragments."""
    most = limit * _LOOKED_AT
    values: dict[str, object] = {"warehouse_id": warehouse_id, "most": most, "all": most, "enough": enough}
    values["now"] = to_micros(reader.clock.now())
    if reader.dialect == "sqlite":
        statement = _sqlite_statement(words, values)
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


def _sqlite_statement(words: Sequence[str], values: dict[str, object]) -> Prepared:
    """The statement for some words; their parameters are put into ``values``."""
    fragments = [word for word in words if word.isalpha() and len(word) >= _shortest_fragment(word)]
    only_codes = all(not word.isalpha() and len(word) >= _TRIGRAM for word in words)
    is_number = len(words) == 1 and words[0].isdigit()
    values["words"] = _match(words, prefix=True)
    values |= {f"inside{index}": word for index, word in enumerate(fragments)}
    values["also"] = "".join(f' AND "{word}"*' for word in words if word not in fragments)
    values["trigrams"] = _match([word[-_CODE_TAIL:] for word in words], prefix=False)
    values["all_words"] = array("sqlite", words)
    if is_number:
        values |= {"code": words[0], "code_end": words[0] + ":"}  # the sign after the digit 9
    return _sqlite_search(is_number, len(fragments), only_codes)


def _shortest_fragment(word: str) -> int:
    return _TRIGRAM if word.isascii() else 2  # a word of two signs says much in some scripts


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
