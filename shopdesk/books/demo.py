"""The demo shop: goods with pictures, people, stock in two places and a week of trade, all made by the real use cases."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from shopdesk.books.demo_buying import fill_buying
from shopdesk.books.demo_desk import fill_desk
from shopdesk.books.demo_files import fill_files
from shopdesk.books.demo_goods import CUSTOMERS, DEMO_GOODS, DemoGoods
from shopdesk.books.demo_goods_more import fill_goods
from shopdesk.books.demo_orders import fill_orders
from shopdesk.books.demo_people import fill_people
from shopdesk.books.demo_stock import fill_stock
from shopdesk.books.demo_system import fill_system
from shopdesk.books.demo_week import trade_week
from shopdesk.books.drawings import food, packs, things
from shopdesk.books.drawings.canvas import Canvas
from shopdesk.books.founding import found_shop
from shopdesk.books.spec import ShopSpec, TaxRateSpec, TillSpec, UserSpec
from shopdesk.catalogue.barcode_rules import SaveBarcodeRule, save_barcode_rule
from shopdesk.catalogue.bulk import NewProduct, insert_products
from shopdesk.catalogue.codes import check_digit
from shopdesk.catalogue.favourites import SetFavourite, set_favourite
from shopdesk.catalogue.models import ProductVariant
from shopdesk.catalogue.pictures import CleanPicture, attach_picture
from shopdesk.catalogue.price_list_bulk import SetListPrices, set_list_prices
from shopdesk.catalogue.price_lists import SavePriceList, SetListPrice, save_price_list, set_list_price
from shopdesk.catalogue.product_fields import BarcodeFields, VariantFields
from shopdesk.core.actor import Actor
from shopdesk.core.clock import Clock, ManualClock, SystemClock
from shopdesk.core.folding import folded
from shopdesk.core.i18n import N_
from shopdesk.core.money import MILLI
from shopdesk.core.permissions import Permission
from shopdesk.db.database import Database
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Handlers, Reader, UnitOfWork
from shopdesk.db.upkeep import SchemaState, schema_state
from shopdesk.inventory.models import Warehouse
from shopdesk.inventory.posting import open_stock
from shopdesk.inventory.watch import SetThreshold, set_threshold
from shopdesk.parties.customer_fields import CustomerFields
from shopdesk.parties.customers import insert_customers
from shopdesk.system.models import Setting, User
from shopdesk.system.rights import rights_now
from shopdesk.system.settings import shop_settings, store_settings

DAYS = 7
_ZONE = "Europe/Berlin"
_FAVOURITES = (
    "COFFEE",
    "CAPPU",
    "CROISSANT",
    "ROLL",
    "RYE",
    "MILK",
    "EGGS",
    "APPLE",
    "BANANA",
    "CAKE",
    "WATER",
    "CARD",
)
_REGULARS = ("COFFEE-1", "COFFEE-2", "CAPPU", "RYE", "CROISSANT")


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to try the shop as; the secrets are meant to be shown on the demo's own sign-in screen.

    ``title`` is what the role is called there (translatable).
    """

    username: str
    title: str
    first_name: str
    last_name: str
    role: str
    password: str
    pin: str


DEMO_PEOPLE = (
    DemoPerson("clerk", N_("Clerk"), "Carla", "Kent", "clerk", "demo-clerk-window", "481592"),
    DemoPerson("office", N_("Back office"), "Bela", "Olsen", "back_office", "demo-office-window", "730164"),
    DemoPerson("manager", N_("Manager"), "Mona", "Ager", "manager", "demo-manager-window", "925817"),
)


def demo_shop_at(address: str) -> bool:
    """Whether a demo shop with today's schema stands at an address; raises DatabaseTrouble for one that cannot be reached."""
    database = Database(address)
    try:
        if not database.exists or schema_state(database) is not SchemaState.CURRENT:
            return False
        with database.reading() as connection:
            return shop_settings(Reader(connection, SystemClock())).is_demo
    finally:
        database.close()


def make_demo_shop(
    address: str, *, replace: bool = False, clock: Clock | None = None, handlers: Handlers = MappingProxyType({})
) -> None:
    """Make the demo shop; its week of trade ends yesterday. The same day always gives the same goods, sales and totals.

    ``handlers`` is the wiring's table of events. ``replace`` takes an older demo shop's file away first. Raises ShopExists
    for anything else that is there.
    """
    if replace and _is_old_demo(address):
        _remove(Database(address).file)
    now = (clock or SystemClock()).now()
    first_day = (now.astimezone(ZoneInfo(_ZONE)) - timedelta(days=DAYS)).replace(
        hour=7, minute=30, second=0, microsecond=0
    )
    past = ManualClock(first_day)
    found_shop(address, _spec(), clock=past, is_demo=True)
    shop = Shop(Database(address), authorise=rights_now, handlers=handlers, clock=past)
    try:
        shop.execute(_fill_demo, _draw_all(), shop.ask(_local))
        trade_week(shop, past, first_day, DAYS, random.Random(20))
        fill_people(shop, shop.ask(_local))
        fill_buying(shop, shop.ask(_local))
        fill_stock(shop, shop.ask(_local))
        fill_goods(shop, shop.ask(_local))
        fill_desk(shop, *next((one.username, one.password) for one in DEMO_PEOPLE if one.role == "manager"))
        fill_orders(shop, shop.ask(_local))
        fill_files(shop, shop.ask(_local))
        fill_system(shop)
    except BaseException:
        shop.close()
        _remove(shop.database.file)  # half a demo shop would not be made anew the next time
        raise
    shop.close()


def _is_old_demo(address: str) -> bool:
    """Whether the file at an address says of itself that it is a demo shop, whatever its schema."""
    database = Database(address)
    try:
        if database.file is None or not database.exists:
            return False
        with database.reading() as connection:
            flag = connection.execute(sa.select(Setting.value).where(Setting.key == "is_demo")).scalar()
            return flag == "true"
    except sa.exc.DatabaseError:
        return False
    finally:
        database.close()


def _remove(file: Path | None) -> None:
    if file is not None:
        for suffix in ("", "-wal", "-shm", "-queue"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)


def _spec() -> ShopSpec:
    return ShopSpec(
        name="Corner & Co",
        currency="EUR",
        country="DE",
        timezone=_ZONE,
        tax_rates=(TaxRateSpec(code="std", name="VAT", rate="0.19"), TaxRateSpec(code="red", name="VAT", rate="0.07")),
        warehouses=("Shop", "Stockroom"),
        tills=(
            TillSpec(code="T1", warehouse="Shop", name="Front till"),
            TillSpec(code="T2", warehouse="Shop", name="Café till"),
        ),
        users=tuple(
            UserSpec(
                username=person.username,
                role=person.role,
                password=person.password,
                pin=person.pin,
                first_name=person.first_name,
                last_name=person.last_name,
            )
            for person in DEMO_PEOPLE
        ),
    )


def _local(reader: Reader) -> Actor:
    """The built-in user, who fills the shop."""
    user_id = reader.connection.execute(sa.select(User.id).where(User.is_builtin)).scalar_one()
    return Actor(user_id, "local", "owner", frozenset(Permission), None)


def _draw_all() -> dict[str, CleanPicture]:
    """The picture of each product, drawn outside of any transaction."""
    pictures = {}
    for goods in DEMO_GOODS:
        canvas = Canvas(goods.ground)
        _drawing(goods.drawing)(canvas, goods.colour)
        pictures[goods.sku] = CleanPicture(canvas.webp())
    return pictures


def _drawing(name: str) -> Callable[[Canvas, str], None]:
    for module in (food, packs, things):
        found: Callable[[Canvas, str], None] | None = getattr(module, name, None)
        if found is not None:
            return found
    raise KeyError(name)


def _fill_demo(uow: UnitOfWork, pictures: dict[str, CleanPicture]) -> None:
    store_settings(
        uow,
        {
            "address": "Lindenstraße 12\n10969 Berlin",
            "tax_id": "DE 123456789",
            "receipt_footer": "Thank you, and see you soon!",
            "sell_without_shift": False,
        },
    )
    made = insert_products(uow, [_product(place, goods) for place, goods in enumerate(DEMO_GOODS)])
    shelf, back = uow.connection.execute(sa.select(Warehouse.id).order_by(Warehouse.id)).scalars()
    first_variants = [variant_ids[0] for variant_ids in made]
    product_ids = dict(
        zip(
            [goods.sku for goods in DEMO_GOODS],
            _products_of(uow, first_variants),
            strict=True,
        )
    )
    for goods in DEMO_GOODS:
        attach_picture(uow, product_ids[goods.sku], pictures[goods.sku], goods.title)
    _fill_shelves(uow, made, shelf, back)
    for sku in _FAVOURITES:
        set_favourite(uow, SetFavourite(product_ids[sku], True))
    _rules(uow)
    regulars = _prices(uow)
    people = [_customer(place, *names, regulars) for place, names in enumerate(CUSTOMERS)]
    insert_customers(uow, people)


def _products_of(uow: UnitOfWork, variant_ids: list[int]) -> list[int]:
    rows = uow.connection.execute(
        sa.select(ProductVariant.id, ProductVariant.product_id).where(ProductVariant.id.in_(variant_ids))
    )
    products = {row.id: row.product_id for row in rows}
    return [products[variant_id] for variant_id in variant_ids]


def _product(place: int, goods: DemoGoods) -> NewProduct:
    weighed = goods.unit == "kg"
    sizes = goods.sizes or (("", 0),)
    variants = tuple(
        VariantFields(
            sku=f"{goods.sku}-{index}" if goods.sizes else goods.sku,
            price_cents=goods.price_cents + extra,
            cost_cents=goods.cost_cents + extra // 2,
            inventory_policy=goods.policy,
            barcodes=_barcodes(place, index, weighed=weighed, packs=goods.category.startswith("Drinks > Wine")),
            traits=((goods.trait, value),) if goods.trait else (),
        )
        for index, (value, extra) in enumerate(sizes, 1)
    )
    return NewProduct(
        title=goods.title,
        variants=variants,
        tax=goods.tax,
        category=goods.category,
        description=goods.text,
        unit=goods.unit,
        is_weighed=weighed,
        badge=goods.badge or None,
    )


def _barcodes(place: int, index: int, *, weighed: bool, packs: bool) -> tuple[BarcodeFields, ...]:
    """An article number of five digits for the scales' labels, an EAN for all else, a six-pack's own EAN for wine and beer."""
    if weighed:
        return (BarcodeFields(f"{10_000 + place}"),)
    body = f"4099990{place:03d}{index:02d}"
    codes = [BarcodeFields(body + check_digit(body))]
    if packs:
        case = f"4099999{place:03d}{index:02d}"
        codes.append(BarcodeFields(case + check_digit(case), 6 * MILLI))
    return tuple(codes)


def _fill_shelves(uow: UnitOfWork, made: list[tuple[int, ...]], shelf: int, back: int) -> None:
    stock = []
    for goods, variant_ids in zip(DEMO_GOODS, made, strict=True):
        for variant_id in variant_ids:
            stock.append((variant_id, shelf, goods.stock * MILLI))
            stock.append((variant_id, back, goods.stock // 2 * MILLI))
    open_stock(uow, stock)
    for goods, variant_ids in zip(DEMO_GOODS, made, strict=True):
        for variant_id in variant_ids:
            set_threshold(uow, SetThreshold(variant_id, shelf, max(3, goods.stock // 5) * MILLI))


def _rules(uow: UnitOfWork) -> None:
    """What the scales print: 20 + article + price, 29 + article + grams."""
    save_barcode_rule(
        uow, SaveBarcodeRule(name="Scale label, price", prefix="20", item_digits=5, value_digits=5, position=1)
    )
    save_barcode_rule(
        uow,
        SaveBarcodeRule(
            name="Scale label, weight",
            prefix="29",
            item_digits=5,
            value_digits=5,
            value_decimals=3,
            kind="weight",
            position=2,
        ),
    )


def _prices(uow: UnitOfWork) -> int:
    """Lists for regulars, for everybody from six bottles, and for a sale to come; returns the regulars' id."""
    regulars = save_price_list(uow, SavePriceList(code="regulars", name="Regulars", priority=10))
    prices = sa.select(ProductVariant.sku, ProductVariant.price_cents)
    shelf_prices = {row.sku: row.price_cents for row in uow.connection.execute(prices)}
    for sku in _REGULARS:
        set_list_price(uow, SetListPrice(regulars, sku, shelf_prices[sku] * 90 // 100))
    six = save_price_list(uow, SavePriceList(code="six", name="Six bottles", for_everybody=True))
    for sku in ("REDWINE", "WHITEWINE", "BEER-1", "BEER-2", "BEER-3"):
        set_list_price(uow, SetListPrice(six, sku, shelf_prices[sku] * 92 // 100, 6 * MILLI))
    begins = uow.clock.now() + timedelta(days=14)
    sale = SavePriceList(
        code="winter", name="Winter sale", for_everybody=True, starts_at=begins, ends_at=begins + timedelta(days=28)
    )
    winter = SetListPrices(price_list_id=save_price_list(uow, sale), change_ppm=-100_000, rounding="9")
    set_list_prices(uow, winter)
    return regulars


def _customer(place: int, first: str, last: str, company: str, regulars: int) -> CustomerFields:
    mail = f"{folded(first).replace(' ', '')}.{folded(last).replace(' ', '')}@example.org"
    return CustomerFields(
        first_name=first,
        last_name=last,
        company=company,
        email=mail,
        phone=f"+4930555{1000 + place * 37:04d}",
        card_number=f"C{place + 1:05d}",
        price_list_id=regulars if place % 5 == 0 else None,
    )
