"""What goes out comes in again unchanged, and goes out again byte for byte."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import replace

import pytest

from shopdesk.catalogue.price_lists import SavePriceList, SetListPrice, save_price_list, set_list_price
from shopdesk.core.errors import BadField, NotPermitted
from shopdesk.feeds.exports import Export, export_file
from shopdesk.printing.table_files import WritingStopped
from tests.feeds.importing import bring, goods_digest, refused, table, write
from tests.support.small_shop import actor_of

HARD = [
    ["Handle", "SKU", "Price", "Category", "EAN"],
    ["hard-one", "H-1", "1.00", "Food > Tea | Gifts", "99\\*9 | 4012345000016*6"],
    ["hard-one", "H-2", "0", "", ""],
    ["ünïcode-ß", "@H-3", "12.34", "", ""],
]
WORDS = [
    ["Name", "Description", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Badge", "Image alt"],
    [
        '=2+5 "quoted", with comma',
        "Two\nlines; and | bars",
        "Size",
        "S/M",
        "Colour",
        "Blue | grey",
        "-50%",
        "one | two",
    ],
    ["", "", "", "L", "", "Grün", "", ""],
    ["Ünïcode ß", "+plain", "", "", "", "", "", ""],
]
FACTS = [
    ["Attributes", "Images"],
    ["Weight=5 [kg] | A\\=B=C\\|D", "https://x.example/a.jpg | https://x.example/b.jpg"],
    ["", ""],
    ["", ""],
]


def fill(shop, actor, folder) -> None:
    card = bring(
        shop,
        actor,
        write(folder / "hard.csv", [[*one, *two, *three] for one, two, three in zip(HARD, WORDS, FACTS, strict=True)]),
        "products",
    )
    assert (card.rows_bad, card.made) == (0, 2), refused(shop, card.id)
    club = shop.execute(save_price_list, SavePriceList(code="club", name="Club"), actor)
    shop.execute(set_list_price, SetListPrice(club, "TEA", 300, 0), actor)
    shop.execute(set_list_price, SetListPrice(club, "APPLE", 250, 2_500), actor)
    rows = [["First name", "E-mail", "Address", "City", "Country", "Address type"]]
    rows += [
        ["Ada", "ada@example.org", "Street 1", "Berlin", "DE", "shipping"],
        ["", "ada@example.org", "Box 7", "Bonn", "DE", "billing"],
    ]
    assert bring(shop, actor, write(folder / "people.csv", rows), "customers").made == 1


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["products", "stock", "prices", "customers"])
def test_a_round_trip_changes_nothing_and_gives_the_same_file(shop, manager, tmp_path, kind, format) -> None:
    fill(shop, manager, tmp_path)
    before = goods_digest(shop)
    first, second = tmp_path / f"one.{format}", tmp_path / f"two.{format}"
    export_file(shop, Export(kind, str(first), format), manager)
    card = bring(shop, manager, first, kind)
    assert (card.made, card.changed, card.rows_bad) == (0, 0, 0), refused(shop, card.id)
    assert card.unchanged > 0
    assert goods_digest(shop) == before
    export_file(shop, Export(kind, str(second), format), manager)
    if format == "csv":
        assert first.read_bytes() == second.read_bytes()


def test_an_export_makes_the_same_goods_in_an_empty_catalogue(shop, manager, tmp_path) -> None:
    fill(shop, manager, tmp_path)
    export_file(shop, Export("products", str(tmp_path / "all.csv")), manager)
    before = goods_digest(shop)
    with shop.database.writing() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE products SET deleted_at = 1, slug = slug || '-gone'")
        connection.exec_driver_sql("UPDATE product_variants SET sku = 'gone:' || id")
        connection.exec_driver_sql("DELETE FROM variant_barcodes")
    card = bring(shop, manager, tmp_path / "all.csv", "products")
    assert (card.made, card.rows_bad) == (8, 0), refused(shop, card.id)
    after = goods_digest(shop)
    for place in range(6):
        assert after[place] == before[place]


def test_no_cell_of_an_export_is_a_formula(sqlite_shop, tmp_path) -> None:
    actor = actor_of(sqlite_shop, "max")
    fill(sqlite_shop, actor, tmp_path)
    for kind in ("products", "stock", "prices", "customers", "shopify"):
        export_file(sqlite_shop, Export(kind, str(tmp_path / "x.csv")), actor)
        with (tmp_path / "x.csv").open(newline="", encoding="utf-8-sig") as file:
            assert not [
                cell for row in csv.reader(file) for cell in row if cell[:1] in set("=+@\t\r") or cell[:1] == "-"
            ]


def test_everything_is_a_zip_of_all_that_one_may_see(sqlite_shop, tmp_path) -> None:
    olga = actor_of(sqlite_shop, "olga")
    done = export_file(sqlite_shop, Export("everything", str(tmp_path / "all.zip")), olga)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert sorted(archive.namelist()) == ["customers.csv", "prices.csv", "products.csv", "stock.csv"]
    assert done.rows["customers"] == 2
    assert table(sqlite_shop, "SELECT count(*) FROM audit_log WHERE action = 'export.file'") == [(1,)]


def test_who_may_not_export_gets_nothing(sqlite_shop, tmp_path) -> None:
    with pytest.raises(NotPermitted):
        export_file(sqlite_shop, Export("products", str(tmp_path / "a.csv")), actor_of(sqlite_shop, "ann"))
    assert not list(tmp_path.glob("a.csv*"))


def test_costs_are_left_out_for_who_may_not_see_them(sqlite_shop, tmp_path) -> None:
    actor = actor_of(sqlite_shop, "olga")
    blind = replace(actor, scopes=actor.permissions - {"cost.view"})
    export_file(sqlite_shop, Export("products", str(tmp_path / "a.csv")), blind)
    assert ",cost," not in (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[0]


def test_a_stopped_export_leaves_no_file(sqlite_shop, tmp_path) -> None:
    with pytest.raises(WritingStopped):
        export_file(
            sqlite_shop, Export("products", str(tmp_path / "a.csv")), actor_of(sqlite_shop, "olga"), stop=lambda: True
        )
    assert not [path for path in tmp_path.iterdir() if not path.name.startswith("shop.db")]


def test_unknown_kinds_and_formats_are_refused(sqlite_shop, tmp_path) -> None:
    olga = actor_of(sqlite_shop, "olga")
    for command in (Export("shoes", str(tmp_path / "a.csv")), Export("products", str(tmp_path / "a.doc"), "doc")):
        with pytest.raises(BadField):
            export_file(sqlite_shop, command, olga)
