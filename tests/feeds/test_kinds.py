"""Stock, price and customer files."""

from __future__ import annotations

import pytest

from shopdesk.books.doctor import run_doctor
from shopdesk.catalogue.price_lists import SavePriceList, save_price_list
from shopdesk.core.ids import uuid7
from shopdesk.feeds.feed import StartImport, start_import
from shopdesk.feeds.run import import_feed, started
from shopdesk.feeds.states import AlreadyImported
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.parties.groups import SaveGroup, save_group
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from tests.feeds.importing import bring, changes, check, goods_digest, refused, table, take_back, write
from tests.support.small_shop import actor_of


def levels(shop) -> dict[tuple[str, str], int]:
    rows = table(
        shop,
        "SELECT v.sku, w.name, s.on_hand FROM stock_levels s JOIN product_variants v ON v.id = s.variant_id "
        "JOIN warehouses w ON w.id = s.warehouse_id",
    )
    return {(sku, name): milli for sku, name, milli in rows}


def sound(shop) -> bool:
    return run_doctor(shop.database, clock=shop.clock).ok


def test_stock_is_set_by_journalled_adjustments_and_taken_back(shop, manager, tmp_path) -> None:
    before = levels(shop)
    rows = [
        ["SKU", "Warehouse", "Quantity"],
        ["TEA", "Main", "990"],
        ["MUG", "Cellar", "4"],
        ["APPLE", "Main", "12.5"],
        ["BOOK", "Main", "5"],
    ]
    path = write(tmp_path / "s.csv", rows)
    card = bring(shop, manager, path, "stock")
    assert (card.status, card.changed, card.unchanged, card.rows_bad) == ("done", 3, 1, 0)
    now = levels(shop)
    assert (now["TEA", "Main"], now["MUG", "Cellar"], now["APPLE", "Main"]) == (990_000, 4_000, 12_500)
    assert table(shop, "SELECT count(*) FROM stock_adjustments WHERE reason LIKE 'Import of%'") == [(2,)]
    again = bring(shop, manager, path, "stock")
    assert (again.changed, again.unchanged) == (0, 4)
    shop.execute(commit_sale, CommitSale(uuid7(), (SaleLine(sku="TEA"),), till="T1"), manager)
    back = take_back(shop, manager, card.id)
    assert (back.undone, back.kept) == (2, 1)
    assert [row.note for row in changes(shop, card.id) if row.state == "kept"] == ["Its stock was moved since."]
    now = levels(shop)
    assert (now["TEA", "Main"], now["APPLE", "Main"]) == (989_000, before["APPLE", "Main"])
    assert now["MUG", "Cellar"] == 0
    assert sound(shop)


def test_a_file_of_changes_is_not_booked_twice_unless_that_is_wanted(shop, manager, tmp_path) -> None:
    path = write(tmp_path / "s.csv", [["SKU", "Change"], ["TEA", "5"], ["TEA", "-2"], ["MUG", "-1"]])
    before = levels(shop)
    card = bring(shop, manager, path, "stock", stock_mode="change")
    assert (card.changed, card.rows_bad) == (3, 0)
    now = levels(shop)
    assert now["TEA", "Main"] == before["TEA", "Main"] + 3_000
    assert now["MUG", "Main"] == before["MUG", "Main"] - 1_000
    with pytest.raises(AlreadyImported):
        bring(shop, manager, path, "stock", stock_mode="change")
    assert levels(shop) == now
    waiting = table(shop, "SELECT max(id) FROM product_feeds")[0][0]
    assert shop.execute(start_import, StartImport(waiting, in_background=False, again=True), manager) is None
    assert sound(shop)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (["NOPE", "", "1"], "SKU", "no goods"),
        (["", "", "1"], "SKU", "names no goods"),
        (["TEA", "Attic", "1"], "Warehouse", "none of"),
        (["TEA", "", ""], "Quantity", "empty"),
        (["MUG", "", "-3"], "Quantity", "only 10 of Mug"),
        (["TEA", "", "1.2345"], "Quantity", "more than 3 decimals"),
        (["TEA", "", "9999999999"], "Quantity", "bounds"),
    ],
)
def test_stock_rows_are_refused_with_their_reason(sqlite_shop, tmp_path, row, column, words) -> None:
    path = write(tmp_path / "s.csv", [["SKU", "Warehouse", "Quantity"], row])
    card = bring(sqlite_shop, actor_of(sqlite_shop, "max"), path, "stock")
    ((_number, named, message),) = refused(sqlite_shop, card.id)
    assert named == column
    assert words in message[:1].lower() + message[1:]


def test_prices_of_shelf_and_lists_come_in_and_go_back(shop, manager, tmp_path) -> None:
    shop.execute(save_price_list, SavePriceList(code="club", name="Club"), manager)
    rows = [
        ["SKU", "Price list", "From", "Price", "Compare-at price"],
        ["TEA", "", "", "3.95", "4.50"],
        ["TEA", "club", "", "3.10", ""],
    ]
    rows += [["TEA", "club", "10", "2.90", ""], ["MUG", "", "", "12.00", ""]]
    before = goods_digest(shop)
    path = write(tmp_path / "p.csv", rows)
    card = bring(shop, manager, path, "prices")
    assert (card.made, card.changed, card.jumps, card.rows_bad) == (2, 2, 1, 0)
    listed = table(shop, "SELECT min_quantity, price_cents FROM price_list_items ORDER BY min_quantity")
    assert listed == [(0, 310), (10_000, 290)]
    assert table(shop, "SELECT price_cents, compare_at_cents FROM product_variants WHERE sku = 'TEA'") == [(395, 450)]
    again = bring(shop, manager, path, "prices")
    assert (again.made, again.changed, again.unchanged) == (0, 0, 4)
    back = take_back(shop, manager, card.id)
    assert (back.undone, back.kept) == (4, 0)
    assert goods_digest(shop) == before
    assert sound(shop)


def test_goods_are_named_by_barcode_too(sqlite_shop, tmp_path) -> None:
    path = write(tmp_path / "p.csv", [["EAN", "Preis"], ["4006381333931", "3,99"]], delimiter=";")
    card = bring(sqlite_shop, actor_of(sqlite_shop, "max"), path, "prices")
    assert card.changed == 1
    assert table(sqlite_shop, "SELECT price_cents FROM product_variants WHERE sku = 'TEA'") == [(399,)]


def test_customers_come_in_with_addresses_and_groups(shop, manager, tmp_path) -> None:
    shop.execute(save_group, SaveGroup(code="vip", name="Very important"), manager)
    head = ["First name", "Last name", "E-mail", "Phone", "Groups", "Address", "Postal code", "City", "Country"]
    rows = [
        ["Ada", "Byron", "Ada@Example.org", "+49 30 1234567", "vip", "Lange Straße 1", "10115", "Berlin", "Germany"],
        ["", "", "ada@example.org", "", "", "Kurze Straße 2", "10117", "Berlin", "DE"],
        ["Kim", "Leeds", "kim@example.org", "", "", "", "", "", ""],
        ["Nobody", "Known", "", "0176 555", "", "", "", "", ""],
    ]
    before = goods_digest(shop)
    path = write(tmp_path / "c.csv", [head, *rows])
    card = bring(shop, manager, path, "customers")
    assert (card.status, card.made, card.changed, card.rows_bad) == ("done", 2, 1, 0), refused(shop, card.id)
    ((ada, phone),) = table(shop, "SELECT id, phone FROM customers WHERE email = 'ada@example.org'")
    assert phone == "+49301234567"
    addresses = table(
        shop, "SELECT line1, is_default, country_code FROM addresses WHERE customer_id = :c ORDER BY id", c=ada
    )
    assert [(line, bool(usual), country) for line, usual, country in addresses] == [
        ("Lange Straße 1", True, "DE"),
        ("Kurze Straße 2", False, "DE"),
    ]
    assert table(shop, "SELECT last_name FROM customers WHERE email = 'kim@example.org'") == [("Leeds",)]
    again = bring(shop, manager, path, "customers")
    assert (again.made, again.changed, again.unchanged) == (0, 0, 3)
    back = take_back(shop, manager, card.id)
    assert (back.undone, back.kept) == (3, 0)
    after = goods_digest(shop)
    assert after[6] == before[6]
    assert sound(shop)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (["", "", "no-mail", "", ""], "E-mail", "no mail address"),
        (["X", "Y", "", "12", ""], "Phone", "no phone number"),
        (["X", "Y", "", "4111 1111 1111 1111", ""], "Phone", "card number"),
        (["X", "Y 4111111111111111", "", "", ""], "Last name", "card number"),
        (["", "", "", "", "-"], "", "give a name"),
        (["X", "Y", "", "", "red"], "Groups", "not known"),
    ],
)
def test_customer_rows_are_refused_with_their_reason(sqlite_shop, tmp_path, row, column, words) -> None:
    path = write(
        tmp_path / "c.csv",
        [
            ["First name", "Last name", "E-mail", "Phone", "Groups", "Language"],
            [*(one.strip("-") for one in row), "de"],
        ],
    )
    card = bring(sqlite_shop, actor_of(sqlite_shop, "max"), path, "customers")
    assert card.made == 0
    found = refused(sqlite_shop, card.id)
    told = [message[:1].lower() + message[1:] for _row, named, message in found if not column or named == column]
    assert any(words in message for message in told), found


def test_a_dry_run_of_stock_moves_nothing(sqlite_shop, tmp_path) -> None:
    actor = actor_of(sqlite_shop, "max")
    before = levels(sqlite_shop)
    card = check(sqlite_shop, actor, write(tmp_path / "s.csv", [["SKU", "Quantity"], ["TEA", "1"]]), "stock")
    assert (card.changed, levels(sqlite_shop)) == (1, before)


def test_stock_that_moves_between_check_and_import_is_set_to_what_the_file_says(shop, manager, tmp_path) -> None:
    path = write(tmp_path / "s.csv", [["SKU", "Quantity"], ["TEA", "40"]])
    card = check(shop, manager, path, "stock")
    shop.execute(adjust_stock, AdjustStock(uuid7(), "TEA", "Main", -5_000, "Broken"), manager)
    done = import_feed(shop, card.id, started(shop, card.id, manager))
    assert (done.meanwhile, levels(shop)["TEA", "Main"]) == (1, 40_000)
    assert sound(shop)
