"""Product files: what is new, changed and refused; the same file twice; taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from shopdesk.books.doctor import run_doctor
from shopdesk.catalogue.products import as_edit, edit_product
from shopdesk.catalogue.queries import product_card
from shopdesk.catalogue.search import search_goods
from shopdesk.core.errors import BadField, NotPermitted
from shopdesk.core.ids import uuid7
from shopdesk.feeds.chunks import apply_chunk
from shopdesk.feeds.names import CHANGED_MEANWHILE, LOST_BARCODE, PRICE_JUMP
from shopdesk.feeds.queries import differences
from shopdesk.feeds.run import import_feed, started, taken_file
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from tests.feeds.importing import (
    bring,
    changes,
    check,
    goods_digest,
    refused,
    table,
    take_back,
    write,
)
from tests.support.small_shop import actor_of

HEADER = ["Handle", "Name", "SKU", "Price", "Cost", "EAN", "Category", "Tax", "Option1 Name", "Option1 Value", "Stock"]
SHIRT = [
    ["shirt", "Linen shirt", "SH-S", "39.90", "14", "4012345000016", "Wear > Shirts", "std", "Size", "S", "4"],
    ["shirt", "", "SH-M", "39.90", "14", "4012345000023", "", "", "", "M", "7"],
]
TOWEL = ["towel", "Towel", "TOW", "12.50", "", "4012345000030", "Home", "std", "", "", "0"]


def ok(shop) -> bool:
    report = run_doctor(shop.database, clock=shop.clock)
    return report.ok or [(one.id, one.samples) for one in report.findings if one.violations]


def test_a_file_makes_products_that_are_found_and_sold(shop, manager, tmp_path) -> None:
    path = write(tmp_path / "goods.csv", [HEADER, *SHIRT, TOWEL])
    card = bring(shop, manager, path, "products")
    assert (card.status, card.rows_good, card.rows_bad, card.made, card.changed) == ("done", 3, 0, 2, 0)
    rows = table(
        shop, "SELECT sku, name, price_cents, cost_cents FROM product_variants WHERE sku LIKE 'SH-%' ORDER BY sku"
    )
    assert rows == [("SH-M", "M", 3990, 1400), ("SH-S", "S", 3990, 1400)]
    stock = "SELECT v.sku, s.on_hand FROM stock_levels s JOIN product_variants v ON v.id = s.variant_id WHERE v.sku LIKE 'SH-%'"
    assert sorted(table(shop, stock)) == [("SH-M", 7000), ("SH-S", 4000)]
    assert {found.sku for found in shop.ask(search_goods, "linen", 1).goods} == {"SH-S", "SH-M"}
    sold = shop.execute(commit_sale, CommitSale(uuid7(), (SaleLine(barcode="4012345000023"),), till="T1"), manager)
    assert sold.total_cents == 3990
    assert ok(shop) is True


def test_the_same_file_twice_changes_nothing(shop, manager, tmp_path) -> None:
    path = write(tmp_path / "goods.csv", [HEADER, *SHIRT, TOWEL])
    bring(shop, manager, path, "products")
    before = goods_digest(shop)
    card = bring(shop, manager, path, "products")
    assert (card.made, card.changed, card.unchanged, card.rows_bad) == (0, 0, 2, 0)
    assert goods_digest(shop) == before
    assert changes(shop, card.id) == ()


def test_a_dry_run_shows_the_exact_difference_and_changes_nothing(shop, manager, tmp_path) -> None:
    bring(shop, manager, write(tmp_path / "goods.csv", [HEADER, *SHIRT, TOWEL]), "products")
    before = goods_digest(shop)
    dearer = [*SHIRT[0]]
    dearer[3], dearer[5] = "59.90", "4012345000047"
    path = write(
        tmp_path / "next.csv", [HEADER, dearer, SHIRT[1], ["", "New thing", "NEW", "5", "", "", "", "", "", "", ""]]
    )
    card = check(shop, manager, path, "products")
    assert (card.status, card.made, card.changed, card.unchanged, card.jumps, card.lost_codes) == (
        "checked",
        1,
        1,
        0,
        1,
        1,
    )
    assert goods_digest(shop) == before
    shirt, new = changes(shop, card.id)
    assert shirt.flags == PRICE_JUMP | LOST_BARCODE
    assert differences(shirt.details) == (
        ("SH-S", "price", 3990, 5990),
        ("SH-S", "barcodes", [["4012345000016", 1000]], [["4012345000047", 1000]]),
    )
    assert (new.action, new.name, new.state, new.target_id) == ("new", "NEW", "planned", None)
    run = started(shop, card.id, manager)
    done = import_feed(shop, card.id, run)
    assert (done.status, done.made, done.changed, done.meanwhile) == ("done", 1, 1, 0)
    assert [row.details for row in changes(shop, card.id)] == [shirt.details, new.details]
    assert ok(shop) is True


def test_what_somebody_changed_after_the_check_is_compared_again_and_told(shop, manager, tmp_path) -> None:
    path = write(tmp_path / "p.csv", [["SKU", "Price"], ["TEA", "3.60"], ["MUG", "8.20"]])
    card = check(shop, manager, path, "products")
    assert card.changed == 2
    product_id = table(shop, "SELECT product_id FROM product_variants WHERE sku = 'TEA'")[0][0]
    shown = shop.ask(product_card, product_id)
    fields = shown.product
    variant = fields.variants[0]
    edited = replace(fields, variants=(replace(variant, price_cents=360),))
    shop.execute(edit_product, as_edit(product_id, shown.version, edited), manager)
    done = import_feed(shop, card.id, started(shop, card.id, manager))
    assert (done.changed, done.unchanged, done.meanwhile) == (1, 1, 1)
    assert table(shop, "SELECT price_cents FROM product_variants WHERE sku = 'TEA'") == [(360,)]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (["", "Thing", "X1", "many", "", "", "", "", "", "", ""], "Price", "no figure"),
        (["", "Thing", "X1", "-1", "", "", "", "", "", "", ""], "Price", "negative"),
        (["", "Thing", "X1", "1.234", "", "", "", "", "", "", ""], "Price", "more than 2 decimals"),
        (["", "Thing", "X1", "", "", "", "", "", "", "", ""], "Price", "need a price"),
        (["", "", "X1", "1", "", "", "", "", "", "", ""], "Name", "needs a name"),
        (["", "Thing", "", "1", "", "", "", "", "", "", ""], "SKU", "needs a SKU"),
        (["", "Thing", "X1", "1", "", "4006381333931", "", "", "", "", ""], "EAN", "already belongs to Green tea"),
        (["", "Thing", "X1", "1", "", "", "", "luxury", "", "", ""], "Tax", "none of"),
        (["", "Thing", "X1", "1", "", "", "Food > ", "", "", "", ""], "Category", "without a name"),
        (["", "T" * 201, "X1", "1", "", "", "", "", "", "", ""], "Name", "at most 200"),
        (["", "Pay 4111 1111 1111 1111", "X1", "1", "", "", "", "", "", "", ""], "Name", "card number"),
        (["", "Thing", "X" * 65, "1", "", "", "", "", "", "", ""], "SKU", "64"),
        (["???", "Thing", "X1", "1", "", "", "", "", "", "", ""], "Handle", "cannot be a handle"),
        (["", "Thing", "X1", "1", "", "", "", "", "", ""], "", "cut short"),
        (["", "Thing", "X1", "1", "", "", "", "", "", "", "", "more"], "", "unquoted"),
    ],
)
def test_a_bad_row_is_refused_with_row_column_and_reason(sqlite_shop, tmp_path, row, column, words) -> None:
    actor = actor_of(sqlite_shop, "max")
    card = bring(sqlite_shop, actor, write(tmp_path / "g.csv", [HEADER, TOWEL, row]), "products")
    assert (card.rows_good, card.rows_bad, card.made) == (1, 1, 1)
    ((number, named, message),) = refused(sqlite_shop, card.id)
    assert (number, named) == (3, column)
    assert words in message
    assert message[0].isupper() or not message[0].isalpha()


def test_what_stands_twice_in_a_file_is_refused_with_both_rows(sqlite_shop, tmp_path) -> None:
    rows = [HEADER, TOWEL, ["other", "Other", "TOW", "1", "", "", "", "", "", "", ""]]
    rows += [
        ["third", "Third", "T3", "1", "", "4012345000030", "", "", "", "", ""],
        ["towel", "Again", "T4", "1", *[""] * 7],
    ]
    card = bring(sqlite_shop, actor_of(sqlite_shop, "max"), write(tmp_path / "g.csv", rows), "products")
    assert card.made == 1
    assert [(row, column) for row, column, _message in refused(sqlite_shop, card.id)] == [
        (3, "SKU"),
        (4, "EAN"),
        (5, "Handle"),
    ]
    assert all("row 2" in message for _row, _column, message in refused(sqlite_shop, card.id))


def test_a_sku_of_another_product_is_refused_by_name(sqlite_shop, tmp_path) -> None:
    actor = actor_of(sqlite_shop, "max")
    bring(sqlite_shop, actor, write(tmp_path / "a.csv", [HEADER, TOWEL, *SHIRT]), "products")
    wrong = ["towel", "Towel", "SH-S", "1", *[""] * 7]
    card = bring(sqlite_shop, actor, write(tmp_path / "b.csv", [HEADER, wrong]), "products")
    assert card.rows_bad == 1
    assert "belongs to Linen shirt" in refused(sqlite_shop, card.id)[0][2]


def test_all_or_nothing_refuses_the_whole_file(shop, manager, tmp_path) -> None:
    before = goods_digest(shop)
    path = write(tmp_path / "g.csv", [HEADER, TOWEL, ["", "Thing", "X1", "many", *[""] * 7]])
    card = bring(shop, manager, path, "products", all_or_nothing=True)
    assert (card.status, card.made, card.rows_processed) == ("failed", 0, 0)
    assert refused(shop, card.id)[0][:2] == (3, "Price")
    assert goods_digest(shop) == before


def test_all_or_nothing_is_rolled_back_when_rows_turn_bad_on_the_way(sqlite_shop, tmp_path, monkeypatch) -> None:
    actor = actor_of(sqlite_shop, "max")
    rows = [["SKU", "Name", "Price"], *([f"R{number}", f"Row {number}", "1"] for number in range(900))]
    path = write(tmp_path / "g.csv", rows)
    before = goods_digest(sqlite_shop)
    with taken_file(sqlite_shop, path, actor, kind="products") as taken:
        run = started(sqlite_shop, taken.feed_id, actor)
        with sqlite_shop.database.writing() as connection, connection.begin():
            text = connection.execute(sa.text("SELECT options FROM product_feeds")).scalar_one()
            connection.execute(
                sa.text("UPDATE product_feeds SET options = :o"),
                {"o": text.replace('"all_or_nothing":false', '"all_or_nothing":true')},
            )
        done = []

        def execute(use_case, command):
            if use_case is apply_chunk and len(done) == 1:  # somebody takes a SKU of the next rows
                entry = command.entries[0]
                entry.values["title"] = ""
            done.append(use_case) if use_case is apply_chunk else None
            return run(use_case, command)

        card = import_feed(sqlite_shop, taken.feed_id, execute, table=taken.table)
    assert card.status == "failed"
    assert "refused" in card.error
    assert card.undone == card.made > 0
    assert goods_digest(sqlite_shop) == before
    assert ok(sqlite_shop) is True


def test_an_import_is_taken_back_except_what_was_used_since(shop, manager, tmp_path) -> None:
    before = goods_digest(shop)
    rows = [HEADER, *SHIRT, TOWEL, ["", "Mug, large", "MUG", "9.90", *[""] * 7], ["", "", "TEA", "4.10", *[""] * 7]]
    rows += [["", "Soap bar", "SOAP", "2.59", *[""] * 7]]
    card = bring(shop, manager, write(tmp_path / "g.csv", rows), "products")
    assert (card.made, card.changed) == (2, 3)
    shop.execute(commit_sale, CommitSale(uuid7(), (SaleLine(sku="SH-S"), SaleLine(sku="TEA")), till="T1"), manager)
    back = take_back(shop, manager, card.id)
    assert (back.status, back.undone, back.kept) == ("undone", 3, 2)
    kept = {row.name: row.note for row in changes(shop, card.id) if row.state == "kept"}
    assert kept == {"shirt": "It was sold since.", "TEA": "It was sold since."}
    prices = dict(table(shop, "SELECT sku, price_cents FROM product_variants"))
    assert (prices["TEA"], prices["MUG"], prices["SOAP"], prices["SH-S"]) == (410, 799, 249, 3990)
    assert "TOW" not in prices
    after = goods_digest(shop)
    assert len(after[0]) == len(before[0]) + 2
    assert ok(shop) is True


def test_after_undo_everything_is_as_before_and_the_file_comes_in_again(shop, manager, tmp_path) -> None:
    before = goods_digest(shop)
    rows = [
        HEADER,
        *SHIRT,
        TOWEL,
        ["", "Mug, large", "MUG", "9.90", "3", "4002385002017 | 4012345000047*6", "Kitchen | Gifts", "red", *[""] * 3],
    ]
    path = write(tmp_path / "g.csv", rows)
    card = bring(shop, manager, path, "products")
    take_back(shop, manager, card.id)
    assert goods_digest(shop) == before
    again = bring(shop, manager, path, "products")
    assert (again.made, again.changed, again.rows_bad) == (2, 1, 0)
    assert ok(shop) is True


def test_later_changes_stay_when_an_import_is_taken_back(shop, manager, tmp_path) -> None:
    card = bring(shop, manager, write(tmp_path / "a.csv", [["SKU", "Price"], ["TEA", "4.10"]]), "products")
    bring(shop, manager, write(tmp_path / "b.csv", [["SKU", "Price"], ["TEA", "4.20"]]), "products")
    back = take_back(shop, manager, card.id)
    assert (back.undone, back.kept) == (0, 1)
    assert changes(shop, card.id)[0].note == "It was changed since."
    assert table(shop, "SELECT price_cents FROM product_variants WHERE sku = 'TEA'") == [(420,)]


def test_a_clerk_may_not_import(sqlite_shop, tmp_path, allow_log) -> None:
    clerk = actor_of(sqlite_shop, "ann")
    with pytest.raises(NotPermitted):
        bring(sqlite_shop, clerk, write(tmp_path / "g.csv", [HEADER, TOWEL]), "products")
    assert table(sqlite_shop, "SELECT count(*) FROM product_feeds") == [(0,)]


def test_columns_that_do_not_fit_are_refused_before_anything(sqlite_shop, tmp_path) -> None:
    actor = actor_of(sqlite_shop, "max")
    path = write(tmp_path / "g.csv", [["foo", "bar"], ["1x", "2"]])
    with taken_file(sqlite_shop, path, actor, kind="stock") as taken, pytest.raises(BadField, match="SKU"):
        started(sqlite_shop, taken.feed_id, actor)


def test_meanwhile_is_a_flag_on_the_change(sqlite_shop, tmp_path) -> None:
    actor = actor_of(sqlite_shop, "max")
    card = check(sqlite_shop, actor, write(tmp_path / "p.csv", [["SKU", "Price"], ["TEA", "3.60"]]), "products")
    bring(sqlite_shop, actor, write(tmp_path / "q.csv", [["SKU", "Price"], ["TEA", "3.70"]]), "products")
    done = import_feed(sqlite_shop, card.id, started(sqlite_shop, card.id, actor))
    assert done.meanwhile == 1
    (row,) = changes(sqlite_shop, card.id)
    assert row.flags & CHANGED_MEANWHILE
    assert differences(row.details) == (("TEA", "price", 370, 360),)


def test_swapped_columns_change_nothing_and_name_the_column(shop, manager, tmp_path) -> None:
    before = goods_digest(shop)
    rows = [
        ["SKU", "Price", "Name"],
        *([f"S{number}", f"Thing {number}", "4.50"] for number in range(30)),
        ["S99", "1", "2"],
    ]
    card = bring(shop, manager, write(tmp_path / "g.csv", rows), "products")
    assert (card.status, card.made, card.rows_processed) == ("failed", 0, 0)
    assert "column “Price”" in card.error
    assert len(refused(shop, card.id)) == 30
    assert goods_digest(shop) == before
    assert ok(shop) is True
