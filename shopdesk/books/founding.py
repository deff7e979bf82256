"""Making a shop: schema, roles, places, people and goods of a description, all in one transaction."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

import sqlalchemy as sa

from shopdesk.books.spec import BadSpec, ProductSpec, ShopSpec, UserSpec, machine_timezone, stock_milli
from shopdesk.catalogue.bulk import NewProduct, insert_products
from shopdesk.catalogue.product_fields import BarcodeFields, VariantFields
from shopdesk.catalogue.taxes import SaveTaxClass, SaveTaxRate, save_tax_class, save_tax_rate
from shopdesk.core.actor import Actor
from shopdesk.core.clock import Clock
from shopdesk.core.errors import BadField, DatabaseTrouble, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.core.money import parse_rate
from shopdesk.core.permissions import Permission
from shopdesk.db.database import Database
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Handlers, UnitOfWork
from shopdesk.db.upkeep import SchemaState, ShopExists, check_schema, create_schema, place_of, schema_state
from shopdesk.inventory.models import Warehouse
from shopdesk.inventory.posting import StockMove, post_adjustment
from shopdesk.parties.countries import insert_countries
from shopdesk.parties.customer_fields import CustomerFields, checked_customer
from shopdesk.parties.customers import insert_customers
from shopdesk.sales.tenders import begin_tenders
from shopdesk.sales.tills import make_till
from shopdesk.system.models import Setting, User
from shopdesk.system.records import OFFICE, begin_chains, open_book
from shopdesk.system.roles import founding, install_roles
from shopdesk.system.settings import store_settings
from shopdesk.system.users import NewUser, PreparedUser, insert_user, prepare_user

FOUNDER = Actor(0, "founder", "owner", frozenset(Permission), None)
"""Acts while there is nobody yet; once the built-in ``local`` user exists, what is written is written by that one."""


_ADMIN = UserSpec(username="admin", role="owner")
"""Made when the description names no owner."""


@dataclass(frozen=True, slots=True)
class Founded:
    """A shop that was made. One-time passwords by username, for whoever was given none."""

    one_time_passwords: dict[str, str]

    @property
    def admin_password(self) -> str | None:
        """The owner's one-time password, None when the description named an owner with a password."""
        return self.one_time_passwords.get("admin")


@dataclass(frozen=True, slots=True)
class FoundShop:
    """A checked description with its people's secrets hashed."""

    spec: ShopSpec
    people: tuple[PreparedUser, ...]
    is_demo: bool = False


def found_shop(
    address: str,
    spec: ShopSpec,
    *,
    clock: Clock | None = None,
    is_demo: bool = False,
    handlers: Handlers = MappingProxyType({}),
) -> Founded:
    """Make the shop that a description tells of; raises ShopExists, BadSpec and what the areas refuse.

    ``handlers`` is the wiring's table of events. Secrets are hashed before the transaction. A shop file that was new and could
    not be filled is taken away again.
    """
    people = tuple(_prepared(spec))
    database = Database(address)
    made_file = database.file is not None and not database.exists
    if schema_state(database) is SchemaState.NEW:
        create_schema(database)
    else:
        check_schema(database)
    shop = Shop(database, authorise=founding, handlers=handlers, clock=clock)
    try:
        shop.execute(fill_shop, FoundShop(spec, people, is_demo), FOUNDER)
    except BaseException:
        shop.close()
        if made_file and database.file is not None:
            for suffix in ("", "-wal", "-shm", "-queue"):
                database.file.with_name(database.file.name + suffix).unlink(missing_ok=True)
        raise
    shop.close()
    if database.file is not None:
        database.file.chmod(stat.S_IRUSR | stat.S_IWUSR)
    secrets = {person.user.username: person.one_time_password for person in people if person.one_time_password}
    return Founded(secrets)


def fill_shop(uow: UnitOfWork, command: FoundShop) -> None:
    """Fill an empty schema; raises ShopExists when somebody was first."""
    spec = command.spec
    if uow.connection.execute(sa.select(Setting.key).where(Setting.key == "shop_uid")).first():
        raise ShopExists(place=place_of(Database(uow.connection.engine.url)))
    begin_chains(uow, OFFICE, None)
    install_roles(uow)
    local = uow.connection.execute(sa.select(User.id).where(User.is_builtin)).scalar_one()
    uow.actor = Actor(local, "local", "owner", frozenset(Permission), None)
    _settings(uow, command)
    insert_countries(uow)
    warehouses = {name: _warehouse(uow, name, f"warehouses[{place}]") for place, name in enumerate(spec.warehouses)}
    tills: list[tuple[int, str]] = []
    for place, till in enumerate(spec.tills):
        with _at(f"tills[{place}]"):
            warehouse_id = warehouses[till.warehouse or spec.warehouses[0]]
            tills.append((make_till(uow, till.code, warehouse_id, till.name), till.code))
    begin_tenders(uow)
    for person in command.people:
        insert_user(uow, person)
    for place, rate in enumerate(spec.tax_rates):
        with _at(f"tax_rates[{place}]"):
            name = rate.name or rate.code
            rate_id = save_tax_rate(uow, SaveTaxRate(code=rate.code, name=name, rate_ppm=parse_rate(rate.rate)))
            save_tax_class(uow, SaveTaxClass(code=rate.code, name=name, rates=((rate_id, False),)))
    products = [_product(product, place) for place, product in enumerate(spec.products)]
    variants = [made[0] for made in insert_products(uow, products)]
    _stock(uow, spec, variants, warehouses, tills[0])
    customers = [
        CustomerFields(
            email=customer.email,
            first_name=customer.first_name,
            last_name=customer.last_name,
            phone=customer.phone,
        )
        for customer in spec.customers
    ]
    for place, customer in enumerate(customers):
        with _at(f"customers[{place}]"):
            checked_customer(customer)
    insert_customers(uow, customers)


@contextmanager
def _at(path: str) -> Iterator[None]:
    """What the areas refuse within is refused with its path in the description."""
    try:
        yield
    except (BadSpec, DatabaseTrouble):
        raise
    except ShopError as error:
        problem = str(error.values["problem"]) if isinstance(error, BadField) else str(error)
        raise BadSpec(f"{path}.{error.field}" if error.field else path, problem) from error


def _prepared(spec: ShopSpec) -> list[PreparedUser]:
    people = [] if any(user.role == "owner" for user in spec.users) else [_ADMIN]
    seen = {user.username for user in people} | {"local"}
    prepared = [_person(user) for user in people]
    pins: set[str] = set()
    for place, user in enumerate(spec.users):
        path = f"users[{place}]"
        if user.username.strip().lower() in seen:
            raise BadSpec(f"{path}.username", _("this name is taken by the program itself."))
        if user.pin is not None and user.pin in pins:
            raise BadSpec(f"{path}.pin", _("this PIN belongs to somebody else."))
        pins |= {user.pin} if user.pin is not None else set()
        with _at(path):
            prepared.append(_person(user))
    return prepared


def _person(user: UserSpec) -> PreparedUser:
    return prepare_user(
        NewUser(
            username=user.username,
            role=user.role,
            password=user.password,
            pin=user.pin,
            first_name=user.first_name,
            last_name=user.last_name,
            email=user.email,
        )
    )


def _settings(uow: UnitOfWork, command: FoundShop) -> None:
    spec = command.spec
    store_settings(
        uow,
        {
            "name": spec.name.strip(),
            "currency": spec.currency,
            "country": spec.country,
            "timezone": spec.timezone or machine_timezone(),
            "prices_include_tax": spec.prices_include_tax,
            "tax_rounding": spec.tax_rounding,
            "cash_rounding_cents": spec.cash_rounding_cents,
            "language": spec.language,
            "shop_uid": uuid7(),
            "is_demo": command.is_demo,
        },
    )


def _warehouse(uow: UnitOfWork, name: str, path: str) -> int:
    with _at(path):
        checked_text(name, field="", longest=100, required=True)
    now = uow.clock.now()
    made = sa.insert(Warehouse).values(name=name, location="", is_active=True, created_at=now, updated_at=now)
    warehouse_id: int = uow.connection.execute(made.returning(Warehouse.id)).scalar_one()
    return warehouse_id


def _product(product: ProductSpec, place: int) -> NewProduct:
    variant = VariantFields(
        sku=product.sku,
        price_cents=product.price_cents,
        inventory_policy=product.policy,
        barcodes=tuple(BarcodeFields(code) for code in product.barcodes),
    )
    return NewProduct(
        title=product.title or product.sku,
        variants=(variant,),
        tax=product.tax,
        category=product.category,
        path=f"products[{place}].",
    )


def _stock(
    uow: UnitOfWork, spec: ShopSpec, variants: list[int], warehouses: dict[str, int], till: tuple[int, str]
) -> None:
    """The first stock as one adjustment a warehouse, journalled at the first till."""
    for name, warehouse_id in warehouses.items():
        moves = [
            StockMove(variant_id, stock_milli(product, name), product.sku)
            for variant_id, product in zip(variants, spec.products, strict=True)
            if name in product.stock and stock_milli(product, name)
        ]
        if moves:
            book = open_book(uow, *till)
            number, stock = post_adjustment(uow, book, warehouse_id, moves, reason="Opening stock")
            details = {"reason": "Opening stock"}
            book.audit("stock.adjust", target_type="stock_adjustment", target_id=number, details=details)
            book.send()
            stock.check()
