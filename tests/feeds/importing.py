"""Bringing files into the test shop as the command line and the windows do."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.feeds.feed import FeedCard, StartImport, start_undo
from shopdesk.feeds.queries import ChangeRow, RefusedRow, changes_page, errors_page
from shopdesk.feeds.run import check_feed, import_feed, started, taken_file, undo_feed
from shopdesk.feeds.setup import FeedOptions

SHOPIFY = Path(__file__).parents[3] / "shared" / "data" / "shopify"
"""Two real exports of Shopify; they lie beside the checkout."""


def write(path: Path, rows: Sequence[Sequence[object]], *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """A CSV file of these rows."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def executing(shop: Shop, actor: Actor) -> Any:
    """What runs the transactions of an import."""
    return lambda use_case, command: shop.execute(use_case, command, actor)


def bring(shop: Shop, actor: Actor, path: Path, kind: str, **options: Any) -> FeedCard:
    """Import a file."""
    with taken_file(shop, path, actor, kind=kind, options=FeedOptions(**options)) as taken:
        return import_feed(shop, taken.feed_id, started(shop, taken.feed_id, actor), table=taken.table)


def check(shop: Shop, actor: Actor, path: Path, kind: str, **options: Any) -> FeedCard:
    """The dry run of a file."""
    with taken_file(shop, path, actor, kind=kind, options=FeedOptions(**options)) as taken:
        return check_feed(shop, taken.feed_id, executing(shop, actor), table=taken.table)


def take_back(shop: Shop, actor: Actor, feed_id: int) -> FeedCard:
    """Undo an import."""
    shop.execute(start_undo, StartImport(feed_id, in_background=False), actor)
    return undo_feed(shop, feed_id, executing(shop, actor))


def changes(shop: Shop, feed_id: int) -> tuple[ChangeRow, ...]:
    """What an import makes and changes."""
    return shop.ask(changes_page, PageRequest(sort="row", limit=500), feed_id).rows


def refused(shop: Shop, feed_id: int) -> list[tuple[int, str, str]]:
    """Row, column and reason of what an import refuses."""
    rows: tuple[RefusedRow, ...] = shop.ask(errors_page, PageRequest(sort="row", limit=500), feed_id).rows
    return [(row.row, row.column, row.message) for row in rows]


def table(shop: Shop, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Rows of a question in SQL."""
    return shop.ask(lambda reader: [tuple(row) for row in reader.connection.execute(sa.text(sql), values)])


def goods_digest(shop: Shop) -> list[Any]:
    """Everything of the catalogue, stock, people and prices that an import might change, except stamps."""
    return [
        table(shop, sql)
        for sql in (
            "SELECT p.slug, p.title, p.description, p.status, p.is_active, p.weight_grams, p.tax_class_id, v.sku, v.name, "
            "v.price_cents, v.compare_at_cents, v.cost_cents, v.track_stock, v.inventory_policy, v.is_active "
            "FROM products p JOIN product_variants v ON v.product_id = p.id WHERE p.deleted_at IS NULL ORDER BY v.sku",
            "SELECT v.sku, b.barcode, b.pack_quantity FROM variant_barcodes b JOIN product_variants v ON v.id = b.variant_id "
            "ORDER BY b.barcode",
            "SELECT v.sku, s.warehouse_id, s.on_hand FROM stock_levels s JOIN product_variants v ON v.id = s.variant_id "
            "JOIN products p ON p.id = v.product_id WHERE p.deleted_at IS NULL AND s.on_hand <> 0 ORDER BY v.sku, s.warehouse_id",
            "SELECT p.slug, a.name, a.value FROM product_attributes a JOIN products p ON p.id = a.product_id "
            "WHERE p.deleted_at IS NULL ORDER BY p.slug, a.position",
            "SELECT p.slug, c.name FROM product_categories x JOIN products p ON p.id = x.product_id "
            "JOIN categories c ON c.id = x.category_id WHERE p.deleted_at IS NULL ORDER BY p.slug, x.position",
            "SELECT v.sku, t.type, t.value FROM variant_traits t JOIN product_variants v ON v.id = t.variant_id "
            "JOIN products p ON p.id = v.product_id WHERE p.deleted_at IS NULL ORDER BY v.sku, t.position",
            "SELECT first_name, last_name, email, phone, company FROM customers WHERE deleted_at IS NULL ORDER BY id",
            "SELECT customer_id, type, line1, city, is_default FROM addresses ORDER BY id",
            "SELECT price_list_id, variant_id, min_quantity, price_cents FROM price_list_items ORDER BY 1, 2, 3",
        )
    ]


def many_rows(path, count: int = 700):
    """A file of so many new goods, and a change of the tea."""
    rows = [["SKU", "Name", "Price", "EAN", "Stock"]]
    rows += [[f"R{number:04d}", f"Row {number}", "2.50", f"20{number:011d}", number % 4] for number in range(count)]
    rows += [["TEA", "", "3.77", "", ""]]
    return write(path, rows)
