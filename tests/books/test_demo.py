"""The demo shop looks like a shop, opens for its people, is the same each time, and passes the doctor."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from shopdesk.app import open_shop
from shopdesk.books.demo import DEMO_PEOPLE, demo_shop_at, make_demo_shop
from shopdesk.books.demo_goods import DEMO_GOODS
from shopdesk.books.doctor import run_doctor
from shopdesk.catalogue.pictures import pictures
from shopdesk.catalogue.search import search_goods
from shopdesk.catalogue.tiles import category_tiles, favourite_tiles, tile_categories
from shopdesk.core.clock import ManualClock
from shopdesk.db.shop import Shop
from shopdesk.db.upkeep import ShopExists
from shopdesk.system.sign_in import SignIn, sign_in

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo_shop(str(file), clock=ManualClock(NOW))
    shop = open_shop(str(file), clock=ManualClock(NOW))
    yield shop  # type: ignore[misc]
    shop.close()


def numbers(shop: Shop) -> dict[str, int]:
    tables = (
        "products",
        "product_variants",
        "blobs",
        "orders",
        "voids",
        "z_reports",
        "customers",
        "stock_transfers",
        "cash_movements",
    )
    with shop.database.reading() as connection:
        return {name: connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}


def test_it_is_a_whole_shop(demo: Shop) -> None:
    made = numbers(demo)
    assert made["products"] >= 60
    assert made["product_variants"] > made["products"]
    assert made["blobs"] >= len(DEMO_GOODS)
    assert made["orders"] > 150
    assert all(made[name] > 0 for name in ("voids", "customers", "stock_transfers", "cash_movements"))
    with demo.database.reading() as connection:
        places = connection.execute(sa.text("SELECT count(DISTINCT warehouse_id) FROM stock_levels")).scalar()
        days = connection.execute(sa.text("SELECT count(DISTINCT business_date) FROM orders")).scalar()
        open_shifts = connection.execute(sa.text("SELECT count(*) FROM shifts WHERE status = 'open'")).scalar()
        rates = connection.execute(sa.text("SELECT count(DISTINCT tax_rate_id) FROM order_taxes")).scalar()
    assert (places, days, open_shifts, rates) == (3, 7, 0, 2)  # with what is under way between the two


def test_it_passes_the_doctor(demo: Shop) -> None:
    report = run_doctor(demo.database, clock=ManualClock(NOW))
    assert [(finding.id, finding.samples) for finding in report.findings if finding.violations] == []


def test_every_tile_has_a_picture_that_opens(demo: Shop) -> None:
    top = [row for row in demo.ask(tile_categories) if row.parent_id is None]
    tiles = [tile for category in top for tile in demo.ask(category_tiles, category.id, 1)]
    drawn = {goods.title for goods in DEMO_GOODS} | {"Linen shirt"}
    tiles = [tile for tile in tiles if tile.name in drawn]
    assert len(tiles) == len(drawn)  # imported goods have no pictures yet
    shown = demo.ask(pictures, [tile.image_blob_id for tile in tiles if tile.image_blob_id is not None])
    assert len(shown) == len(tiles)
    for content in shown.values():
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.size == (320, 320)
            assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 20
    assert len(demo.ask(favourite_tiles, 1)) == 12
    assert demo.ask(search_goods, "creme brulee", 1).goods[0].sku == "CREME"


@pytest.mark.parametrize("person", DEMO_PEOPLE, ids=lambda person: person.username)
def test_its_people_sign_in_with_the_secrets_that_are_shown(demo: Shop, person: object) -> None:
    username, password = person.username, person.password  # type: ignore[attr-defined]
    signed = sign_in(demo, SignIn(username, password))
    assert signed.actor.role == person.role  # type: ignore[attr-defined]


def test_a_demo_shop_is_replaced_by_the_same_one(demo: Shop, tmp_path: Path) -> None:
    file = tmp_path / "demo.db"
    demo.database.checkpoint()
    shutil.copyfile(str(demo.database.file), file)
    old = open_shop(str(file))
    with old.database.writing() as connection, connection.begin():
        connection.execute(sa.text("UPDATE products SET title = 'Old'"))
    old.close()
    assert demo_shop_at(str(file))
    with pytest.raises(ShopExists):
        make_demo_shop(str(file))
    make_demo_shop(str(file), replace=True, clock=ManualClock(NOW))
    new = open_shop(str(file))
    totals = sa.text(
        "SELECT count(*), sum(total_cents), sum(tax_cents), max(placed_at), "
        "(SELECT count(*) FROM products WHERE title = 'Old') FROM orders"
    )
    with demo.database.reading() as one, new.database.reading() as two:
        assert tuple(one.execute(totals).one()) == tuple(two.execute(totals).one())
    new.close()


def test_no_other_shop_is_ever_replaced(tmp_path: Path, sqlite_shop_url: str) -> None:
    assert not demo_shop_at(str(tmp_path / "nothing.db"))
    assert not demo_shop_at(sqlite_shop_url)
    for replace in (False, True):
        with pytest.raises(ShopExists):
            make_demo_shop(sqlite_shop_url, replace=replace)


def test_it_is_made_on_postgresql_too(postgres_url: str) -> None:
    make_demo_shop(postgres_url, clock=ManualClock(NOW))
    shop = open_shop(postgres_url, clock=ManualClock(NOW))
    assert run_doctor(shop.database, clock=ManualClock(NOW)).ok
    shop.close()
