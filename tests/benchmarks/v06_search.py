"""V6: search as one types in a large catalogue: beginnings, inner fragments, SKUs, codes and typing mistakes."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator

import sqlalchemy as sa

from shopdesk.catalogue.search import search_goods
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from tests.benchmarks.figures import Figure, at_most, median, quantile, timed
from tests.benchmarks.ground import Ground

_RAW = sa.text(
    "SELECT v.id, v.sku FROM variant_words_fts f CROSS JOIN product_variants v ON v.id = f.rowid "
    "WHERE variant_words_fts MATCH :words LIMIT 20"
)


def measure(ground: Ground) -> Iterator[Figure]:
    """The figures of V6 on both databases."""
    for shop, limit, size in (
        (ground.big(), 5, ground.products),
        (ground.big_postgres(), 10, ground.postgres_products),
    ):
        dialect = shop.database.dialect
        typed = shop.ask(_typed, 60)
        raw = 0.0
        if dialect == "sqlite":
            words = [text for kind, text in typed if kind == "words" and text.isalnum()][:200]
            raw = median([timed_raw(shop, text) for text in words])
        worst: list[float] = []
        gc.collect()
        gc.freeze()
        for kind in ("words", "inside", "code", "mistake"):
            spent = [_keystroke(shop, text) for of, text in typed if of == kind]
            worst += spent
            yield Figure(
                "V6",
                f"{kind}, {dialect}",
                f"median {median(spent):.2f} ms, p99 {quantile(spent, 0.99):.2f} ms",
                note="scale",
            )
        what = f"p99 of a keystroke, {size:,} products, {dialect}"
        gc.unfreeze()
        yield at_most("V6", what, quantile(worst, 0.99), limit, yardstick=f"raw prefix {raw:.3f} ms" if raw else "")


def timed_raw(shop: Shop, text: str) -> float:
    """Milliseconds of the bare FTS5 query."""

    def ask(reader: Reader) -> None:
        reader.connection.execute(_RAW, {"words": f'"{text.lower()}"*'}).all()

    return min(timed(lambda: shop.ask(ask)) for _again in range(3))


def _keystroke(shop: Shop, text: str) -> float:
    return timed(lambda: shop.ask(search_goods, text, 1))


def _typed(reader: Reader, count: int) -> list[tuple[str, str]]:
    """What the field holds after each key while names, fragments, SKUs, codes and misspelt names are typed."""
    rng = random.Random(5)
    rows = reader.connection.execute(
        sa.text(
            "SELECT p.title, v.sku, b.barcode FROM product_variants v JOIN products p ON p.id = v.product_id "
            "JOIN variant_barcodes b ON b.variant_id = v.id WHERE v.id % :step = 1"
        ),
        {
            "step": max(
                1, reader.connection.execute(sa.text("SELECT max(id) FROM product_variants")).scalar_one() // count
            )
        },
    ).all()
    typed: list[tuple[str, str]] = []
    for title, sku, barcode in rows[:count]:
        typed += [("words", title[:length]) for length in range(2, min(len(title), 14) + 1)]
        long = max(title.split(), key=len)
        if len(long) >= 6:
            typed += [("inside", long[2 : 2 + length]) for length in (3, 4)]
            place = rng.randrange(1, len(long) - 2)
            typed.append(("mistake", long[:place] + long[place + 1] + long[place] + long[place + 2 :]))
        typed += [("code", sku[: len(sku) // 2]), ("code", sku), ("code", barcode[:8]), ("code", barcode[-5:])]
    return [(kind, text.strip()) for kind, text in typed if len(text.strip()) >= 2]
