"""Keeping the search tables in step with the catalogue, in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from shopdesk.catalogue.models import ProductVariant, VariantSearch
from shopdesk.core.folding import folded
from shopdesk.db.batch import Prepared, array, insert_into
from shopdesk.db.unit import UnitOfWork

SHORTEST_FORM, LONGEST_FORM = 3, 8

_SEPARATOR = "\x1f"
_JOINED = {"sqlite": f"group_concat(b.barcode, '{_SEPARATOR}')", "postgresql": f"string_agg(b.barcode, '{_SEPARATOR}')"}
_SOURCE = """
SELECT v.id, p.title, v.name, v.sku, (SELECT {joined} FROM variant_barcodes b WHERE b.variant_id = v.id)
FROM product_variants v JOIN products p ON p.id = v.product_id WHERE {chosen} AND p.deleted_at IS NULL ORDER BY v.id
"""
_CHOSEN = {
    "sqlite": "v.id IN (SELECT value FROM json_each(:ids))",
    "postgresql": "v.id = ANY(CAST(:ids AS bigint[]))",
}
_READ = Prepared(
    sqlite=_SOURCE.format(joined=_JOINED["sqlite"], chosen=_CHOSEN["sqlite"]),
    postgresql=_SOURCE.format(joined=_JOINED["postgresql"], chosen=_CHOSEN["postgresql"]),
)
_FORGET = {
    name: Prepared(
        sqlite=f"DELETE FROM {name} WHERE rowid IN (SELECT value FROM json_each(:ids))",
        postgresql=f"DELETE FROM {name} WHERE variant_id = ANY(CAST(:ids AS bigint[]))",
    )
    for name in ("variant_words_fts", "variant_trigrams_fts", "variant_search")
}
_TABLES = {
    "sqlite": ("variant_words_fts", "variant_trigrams_fts", "variant_search"),
    "postgresql": ("variant_search",),
}
_CLEAR = {
    name: Prepared(sqlite=f"DELETE FROM {name}", postgresql=f"DELETE FROM {name}")
    for name in (*_TABLES["sqlite"], "search_forms")
}
_ALL_IDS = Prepared(sa.select(ProductVariant.id).order_by(ProductVariant.id))
_ADD_WORDS = Prepared(sqlite="INSERT INTO variant_words_fts (rowid, words) VALUES (:variant_id, :plain)")
_ADD_TRIGRAMS = Prepared(sqlite="INSERT INTO variant_trigrams_fts (rowid, words) VALUES (:variant_id, :codes)")
_ADD_TEXT = insert_into(VariantSearch, "variant_id", "words")
_ADD_FORM = Prepared(
    sqlite="INSERT OR IGNORE INTO search_forms (key, form) VALUES (:key, :form)",
    postgresql="INSERT INTO search_forms (key, form) VALUES (:key, :form) ON CONFLICT DO NOTHING",
)


def search_words(title: str, variant: str, sku: str, barcodes: Iterable[str]) -> str:
    """The words by which a variant is found, each once, parted and surrounded by single spaces."""
    code = folded(sku)
    named = folded(title) if not variant else f"{folded(title)} {folded(variant)}"
    words = dict.fromkeys(f"{named} {code}".split())
    words[code.replace(" ", "")] = None
    for barcode in barcodes:
        plain = barcode if barcode.isascii() and barcode.isdigit() else folded(barcode).replace(" ", "")
        words[plain] = None
    return f" {' '.join(words)} "


def forms_of(words: str, known: set[str] | None = None) -> list[dict[str, str]]:
    """Rows of ``search_forms`` for the plain words of a text; ``known`` collects words done before, to leave them out.

    A whole word stands under the empty key: so its inner fragments are found among the distinct words of the catalogue.
    """
    return _forms(words.split(), known)


def _forms(words: Iterable[str], known: set[str] | None) -> list[dict[str, str]]:
    rows = []
    for word in words:
        if len(word) < SHORTEST_FORM or not word.isalpha():
            continue
        if known is not None:
            if (whole := f" {word}") in known:
                continue
            known.add(whole)
        rows.append({"key": "", "form": word})
        for length in range(SHORTEST_FORM, min(LONGEST_FORM, len(word)) + 1):
            form = word[:length]
            if known is not None:
                if form in known:
                    continue
                known.add(form)
            rows += [{"key": key, "form": form} for key in spellings(form)]
    return rows


def spellings(form: str) -> set[str]:
    """A form itself and each with one letter left out."""
    return {form, *(form[:index] + form[index + 1 :] for index in range(len(form)))}


def add_to_search(uow: UnitOfWork, rows: Sequence[tuple[int, str]], known_forms: set[str] | None = None) -> None:
    """Index variants that search does not know yet: (variant id, ``search_words``), by rising id.

    A barcode's run of digits is left out of the words: they share beginnings by the ten thousand and are found by their index.
    """
    batch = uow.batch()
    batch.add(_ADD_TEXT, rows)
    apart = [(variant_id, words.split()) for variant_id, words in rows]
    if uow.dialect == "sqlite":
        plain = [
            (variant_id, " ".join([word for word in words if len(word) < 8 or not word.isdigit()]))
            for variant_id, words in apart
        ]
        codes = [(variant_id, " ".join([word for word in words if not word.isalpha()])) for variant_id, words in apart]
        batch.add(_ADD_WORDS, plain)
        batch.add(_ADD_TRIGRAMS, codes)
    forms = {(row["key"], row["form"]): row for _id, words in apart for row in _forms(words, known_forms)}
    batch.add(_ADD_FORM, [forms[key] for key in sorted(forms)])
    batch.send()


def refresh_search(uow: UnitOfWork, variant_ids: Iterable[int]) -> None:
    """Write the words of variants anew after a change; a variant of a deleted product is found no more."""
    ids = sorted(set(variant_ids))
    if not ids:
        return
    uow.flush()
    batch = uow.batch()
    chosen = {"ids": array(uow.dialect, ids)}
    for name in _TABLES[uow.dialect]:
        batch.add(_FORGET[name], chosen)
    found = batch.add(_READ, chosen)
    batch.send()
    rows = [
        (variant_id, search_words(title, variant, sku, (barcodes or "").split(_SEPARATOR)))
        for variant_id, title, variant, sku, barcodes in found.rows
    ]
    add_to_search(uow, rows)


def rebuild_search(uow: UnitOfWork, chunk: int = 5_000) -> int:
    """Throw the search tables away and write them anew from the catalogue; returns how many variants are found by search."""
    batch = uow.batch()
    for name in (*_TABLES[uow.dialect], "search_forms"):
        batch.add(_CLEAR[name])
    found = batch.add(_ALL_IDS)
    batch.send()
    ids = [row[0] for row in found.rows]
    for start in range(0, len(ids), chunk):
        refresh_search(uow, ids[start : start + chunk])
    return uow.connection.execute(sa.select(sa.func.count()).select_from(VariantSearch)).scalar_one()
