"""The search tables and indexes that mapped classes cannot say: FTS5 on SQLite, trigram indexes on PostgreSQL.

They are made after their tables, so that the migration and ``create_all`` have them too. Names with ``_fts`` or ``_trgm``
belong to this module: a comparison of metadata and database leaves them out.
"""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa

from shopdesk.catalogue.models import VariantSearch
from shopdesk.parties.models import Customer

_WORDS = "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\""
_VARIANTS_SQLITE = (
    "CREATE VIRTUAL TABLE variant_words_fts USING fts5("
    f"words, content='', contentless_delete=1, detail=none, prefix='1 2 3 4 5 6 7', {_WORDS})",
    "CREATE VIRTUAL TABLE variant_trigrams_fts USING fts5("
    "words, content='', contentless_delete=1, tokenize='trigram case_sensitive 1')",
)
_CUSTOMERS_SQLITE = (
    "CREATE VIRTUAL TABLE customer_trigrams_fts USING fts5("
    "words, content='', contentless_delete=1, tokenize='trigram case_sensitive 1')",
)
"""FTS5 without content of its own: rows are deleted and written by rowid, which is the variant's or customer's id."""


def _trigrams(table: str, column: str) -> str:
    """A trigram index, or an index of words where pg_trgm is missing or the login may not create it."""
    return (
        "DO $search$ BEGIN\n"
        "CREATE EXTENSION IF NOT EXISTS pg_trgm;\n"
        f"CREATE INDEX ix_{table}_{column}_trgm ON {table} USING gin ({column} gin_trgm_ops);\n"
        "EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN\n"
        "RAISE NOTICE 'pg_trgm cannot be used: search finds the beginnings of words only';\n"
        f"CREATE INDEX ix_{table}_{column}_fts ON {table} USING gin (to_tsvector('simple', {column}));\n"
        "END $search$"
    )


def _after(model: type[VariantSearch] | type[Customer], dialect: str, statements: tuple[str, ...]) -> None:
    table = cast("sa.Table", model.__table__)
    for statement in statements:
        ddl = sa.DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
        sa.event.listen(table, "after_create", ddl)


_after(VariantSearch, "sqlite", _VARIANTS_SQLITE)
_after(Customer, "sqlite", _CUSTOMERS_SQLITE)
_after(VariantSearch, "postgresql", (_trigrams("variant_search", "words"),))
_after(Customer, "postgresql", (_trigrams("customers", "search_text"),))
