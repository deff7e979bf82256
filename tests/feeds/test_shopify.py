"""Two real exports of Shopify come in whole and go out again as they came (issue 3, done when 2)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import xlsxwriter

from shopdesk.books.doctor import run_doctor
from shopdesk.core.cell_text import unguarded
from shopdesk.feeds.exports import Export, export_file
from shopdesk.feeds.products_read import made_sku
from tests.feeds.importing import SHOPIFY, bring, changes, refused, table, write
from tests.support.small_shop import actor_of

FILES = ["apparel.csv", "home-and-garden.csv"]
pytestmark = pytest.mark.skipif(not SHOPIFY.is_dir(), reason="the two files lie beside the checkout")


def cells(path: Path) -> list[list[str]]:
    """Header and cells: what equality of two files means here; the guard of S25 belongs to writing, not to a cell."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return [[unguarded(cell) for cell in row] for row in csv.reader(file)]


@pytest.mark.parametrize("name", FILES)
def test_a_real_export_comes_in_whole(shop, manager, name) -> None:
    source = cells(SHOPIFY / name)
    header, rows = source[0], source[1:]
    card = bring(shop, manager, SHOPIFY / name, "products")
    assert (card.status, card.shape, card.rows_bad, card.rows_good, card.made) == ("done", "shopify", 0, len(rows), 20)
    at = {column: place for place, column in enumerate(header)}
    current = {}
    for row in rows:
        for column in ("Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name"):
            if row[at["Title"]]:
                current[column] = row[at[column]]
        handle = row[at["Handle"]]
        option = row[at["Option1 Value"]]
        single = (current["Option1 Name"], option) == ("Title", "Default Title")
        sku = made_sku(handle, [] if single else [option])
        ((product_id, title, body, active, variant_id, price, compare, policy, tracked, cost),) = table(
            shop,
            "SELECT p.id, p.title, p.description, p.is_active, v.id, v.price_cents, v.compare_at_cents, v.inventory_policy, "
            "v.track_stock, v.cost_cents FROM products p JOIN product_variants v ON v.product_id = p.id "
            "WHERE p.slug = :handle AND v.sku = :sku",
            handle=handle,
            sku=sku,
        )
        assert (title, body, bool(active)) == (
            current["Title"],
            current["Body (HTML)"].strip(),
            current["Published"] == "true",
        )
        assert price == round(float(row[at["Variant Price"]]) * 100)
        given = row[at["Variant Compare At Price"]]
        assert compare == (round(float(given) * 100) if given else None)
        assert (policy, bool(tracked), cost) == (row[at["Variant Inventory Policy"]], True, None)
        on_hand = table(shop, "SELECT coalesce(sum(on_hand), 0) FROM stock_levels WHERE variant_id = :v", v=variant_id)[
            0
        ][0]
        assert on_hand == 1000 * int(row[at["Variant Inventory Qty"]])
        traits = table(shop, "SELECT type, value FROM variant_traits WHERE variant_id = :v", v=variant_id)
        assert traits == ([] if single else [(current["Option1 Name"], option)])
        facts = dict(table(shop, "SELECT name, value FROM product_attributes WHERE product_id = :p", p=product_id))
        wanted = {column: current[column] for column in ("Vendor", "Type", "Tags") if current[column]}
        assert facts == wanted
        link = row[at["Image Src"]]
        if link:
            sql = "SELECT position, alt_text, is_primary, blob_id FROM product_images WHERE product_id = :p AND source_url = :u"
            ((place, alt, primary, blob),) = table(shop, sql, p=product_id, u=link)
            assert (alt, bool(primary), blob) == (row[at["Image Alt Text"]], place == 0, None)
            if row[at["Image Position"]]:
                assert place + 1 == int(row[at["Image Position"]])
    assert run_doctor(shop.database, clock=shop.clock).ok


@pytest.mark.parametrize("name", FILES)
def test_it_goes_out_as_it_came_and_comes_in_again_unchanged(shop, manager, tmp_path, name) -> None:
    card = bring(shop, manager, SHOPIFY / name, "products")
    export_file(shop, Export("shopify", str(tmp_path / name), "csv", card.id), manager)
    assert cells(tmp_path / name) == cells(SHOPIFY / name)
    assert (tmp_path / name).read_bytes() == (SHOPIFY / name).read_bytes()
    again = bring(shop, manager, SHOPIFY / name, "products")
    back = bring(shop, manager, tmp_path / name, "products")
    for seen in (again, back):
        assert (seen.made, seen.changed, seen.unchanged, seen.rows_bad) == (0, 0, 20, 0)


def test_both_files_in_one_shop_go_out_apart_and_together(sqlite_shop, tmp_path) -> None:
    actor = actor_of(sqlite_shop, "max")
    cards = [bring(sqlite_shop, actor, SHOPIFY / name, "products") for name in FILES]
    for name, card in zip(FILES, cards, strict=True):
        export_file(sqlite_shop, Export("shopify", str(tmp_path / name), "csv", card.id), actor)
        assert cells(tmp_path / name) == cells(SHOPIFY / name)
    export_file(sqlite_shop, Export("shopify", str(tmp_path / "all.csv")), actor)
    whole = cells(tmp_path / "all.csv")
    assert whole[0] == cells(SHOPIFY / FILES[1])[0]  # the header of the last one
    assert len(whole) == 1 + 22 + 21 + 6  # and the corner shop's own goods


def test_only_what_the_shop_changed_since_is_written_otherwise(sqlite_shop, tmp_path) -> None:
    actor = actor_of(sqlite_shop, "max")
    card = bring(sqlite_shop, actor, SHOPIFY / FILES[1], "products")
    header = cells(SHOPIFY / FILES[1])[0]
    prices = write(tmp_path / "p.csv", [["SKU", "Price"], ["clay-plant-pot-large", "17.50"]])
    bring(sqlite_shop, actor, prices, "prices")
    export_file(sqlite_shop, Export("shopify", str(tmp_path / "out.csv"), "csv", card.id), actor)
    different = [
        (row, header[column], before, after)
        for row, (old, new) in enumerate(zip(cells(SHOPIFY / FILES[1]), cells(tmp_path / "out.csv"), strict=True))
        for column, (before, after) in enumerate(zip(old, new, strict=True))
        if before != after
    ]
    assert different == [(2, "Variant Price", "15.99", "17.50")]


def test_columns_that_the_shop_has_no_place_for_count_as_differences(sqlite_shop, tmp_path) -> None:
    actor = actor_of(sqlite_shop, "max")
    bring(sqlite_shop, actor, SHOPIFY / FILES[0], "products")
    text = (SHOPIFY / FILES[0]).read_text(encoding="utf-8").replace("ocean-blue-shirt,Ocean", "Ocean-Blue-Shirt,Ocean")
    text = text.replace(
        ",true,true,,https://burst.shopifycdn.com/photos/young-man",
        ",false,true,,https://burst.shopifycdn.com/photos/young-man",
    )
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    card = bring(sqlite_shop, actor, tmp_path / "a.csv", "products")
    assert (card.changed, card.unchanged, refused(sqlite_shop, card.id)) == (1, 19, [])
    assert changes(sqlite_shop, card.id)[0].name == "ocean-blue-shirt"
    export_file(sqlite_shop, Export("shopify", str(tmp_path / "out.csv"), "csv"), actor)
    row = next(row for row in cells(tmp_path / "out.csv") if row[0] == "Ocean-Blue-Shirt")
    assert row[cells(tmp_path / "out.csv")[0].index("Variant Requires Shipping")] == "false"


def test_it_is_the_same_as_a_workbook(sqlite_shop, tmp_path) -> None:
    actor = actor_of(sqlite_shop, "max")
    bring(sqlite_shop, actor, SHOPIFY / FILES[0], "products")
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(cells(SHOPIFY / FILES[0])):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    card = bring(sqlite_shop, actor, tmp_path / "a.xlsx", "products")
    assert (card.unchanged, card.changed, card.rows_bad) == (20, 0, 0)


def test_a_made_sku_is_always_the_same_and_fits() -> None:
    assert made_sku("clay-plant-pot", ["Large"]) == "clay-plant-pot-large"
    long = made_sku("x" * 80, ["Größe M"])
    assert long == made_sku("x" * 80, ["Größe M"]) != made_sku("x" * 80, ["Größe L"])
    assert len(long) == 64
