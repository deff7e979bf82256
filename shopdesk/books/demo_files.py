"""Files that came into the demo shop: a supplier's new goods imported, and a price file checked with rows it refuses."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, ProductVariant
from shopdesk.core.actor import Actor
from shopdesk.core.money import plain_amount
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.feeds.run import check_feed, import_feed, started, taken_file

_GOODS = (
    ("SKU", "Name", "Option1 Name", "Option1 Value", "Price", "Cost", "Category", "EAN", "Stock"),
    ("LIN-TOWEL-W", "Linen towel", "Colour", "White", "14.90", "6.20", "Home > Linen", "4012345000016", "12"),
    ("LIN-TOWEL-G", "Linen towel", "Colour", "Grey", "14.90", "6.20", "Home > Linen", "4012345000023", "8"),
    ("LIN-APRON", "Linen apron", "", "", "29.50", "13.00", "Home > Linen", "4012345000030", "5"),
    ("LIN-BREAD", "Bread bag", "", "", "9.90", "3.75", "Home > Linen", "4012345000047", "20"),
)
_REFUSED = (("NO-SUCH-SKU", "4.50"), ("", "3.20"))


def fill_files(shop: Shop, actor: Actor) -> None:
    """Import one small file and check another."""

    def execute(use_case: Any, command: Any) -> Any:  # Any: each use case its own
        return shop.execute(use_case, command, actor)

    with tempfile.TemporaryDirectory() as folder:
        goods = _written(Path(folder) / "linen-supplier.csv", _GOODS)
        with taken_file(shop, goods, actor, kind="products") as taken:
            import_feed(shop, taken.feed_id, started(shop, taken.feed_id, actor), table=taken.table)
        prices = _written(Path(folder) / "new-prices.csv", (("SKU", "Price"), *shop.ask(_new_prices), *_REFUSED))
        with taken_file(shop, prices, actor, kind="prices") as taken:
            check_feed(shop, taken.feed_id, execute, table=taken.table)


def _written(path: Path, rows: tuple[tuple[str, ...], ...]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def _new_prices(reader: Reader) -> tuple[tuple[str, str], ...]:
    """Some goods a little dearer, one of them by half."""
    rows = reader.connection.execute(
        sa.select(ProductVariant.sku, ProductVariant.price_cents)
        .join(Product, Product.id == ProductVariant.product_id)
        .where(Product.deleted_at.is_(None))
        .order_by(ProductVariant.id)
        .limit(9)
    ).all()
    return tuple(
        (row.sku, plain_amount(row.price_cents + (row.price_cents // 2 if place == 3 else 20 * (place % 3)), 2))
        for place, row in enumerate(rows)
    )
