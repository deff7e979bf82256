"""The corner shop that most tests sell in: two tills, two warehouses, five people, a handful of goods."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from shopdesk.catalogue.models import (
    Category,
    Product,
    ProductCategory,
    ProductVariant,
    TaxClass,
    TaxClassRate,
    TaxRate,
    VariantBarcode,
)
from shopdesk.core.actor import Actor
from shopdesk.core.clock import Clock
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import (
    ROLE_DEFAULTS,
    ROLE_DISCOUNT_CAP_PPM,
    ROLE_NAMES,
    Permission,
)
from shopdesk.db.database import Database
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.models import StockAdjustment, StockAdjustmentLine, Warehouse
from shopdesk.inventory.stock import lock_stock
from shopdesk.parties.models import Country, Customer
from shopdesk.sales.models import PaymentType, Till
from shopdesk.system.models import PermissionRow, Role, RolePermission, Setting, User
from shopdesk.system.records import OFFICE, begin_chains, canonical, open_book

OPENING = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
"""When the shop was founded; a test's clock starts an hour later."""
SETTINGS = {
    "name": "Corner shop",
    "currency": "EUR",
    "country": "DE",
    "timezone": "Europe/Berlin",
    "prices_include_tax": True,
    "tax_rounding": "line",
    "cash_rounding_cents": 0,
    "language": "en",
    "shop_uid": "01935f00-0000-7000-8000-000000000001",
}
PEOPLE = {"olga": "owner", "max": "manager", "bo": "back_office", "ann": "clerk", "ben": "clerk"}
TAXES = {"std": ("VAT", 190_000), "red": ("Reduced VAT", 70_000)}
GOODS = (
    # sku, title, cents, tax, barcode, category, stock in Main (milli), policy, weighed
    ("TEA", "Green tea", 350, "red", "4006381333931", "Drinks", 1_000_000, "deny", False),
    ("MUG", "Mug", 799, "std", "4002385002017", "Kitchen", 10_000, "deny", False),
    ("SOAP", "Soap", 249, "std", "5000159407236", "Bath", 3_000, "continue", False),
    ("APPLE", "Apples", 299, "red", "2100001", "Fruit", 50_000, "deny", True),
    ("BOOK", "Untaxed book", 1000, None, "9780306406157", "Books", 5_000, "deny", False),
    ("LAST", "Last piece", 500, "std", "4012345678901", "Kitchen", 1_000, "deny", False),
)
CUSTOMERS = (("Kim", "Lee", "kim@example.org"), ("Zoë", "Müller", "zoe@example.org"))


def found(database: Database, clock: Clock) -> None:
    """Fill an empty schema with the corner shop."""
    owner = Actor(user_id=1, username="olga", role="owner", permissions=frozenset(Permission), discount_cap_ppm=None)
    with database.writing() as connection, connection.begin():
        uow = UnitOfWork(connection, clock, owner, {})
        _people(uow)
        _place_and_money(uow)
        _goods(uow)
        uow.flush()


def actor_of(shop: Shop, username: str, till: str | None = "T1") -> Actor:
    """A person of the shop at a till, with the rights they hold now."""
    with shop.database.reading() as connection:
        row = connection.execute(
            sa.select(User.id, Role.code, Role.id, Role.discount_cap_ppm).join(Role).where(User.username == username)
        ).one()
        codes = connection.execute(
            sa.select(PermissionRow.code).join(RolePermission).where(RolePermission.role_id == row[2])
        ).scalars()
        till_id = connection.execute(sa.select(Till.id).where(Till.code == till)).scalar()
        return Actor(row[0], username, row[1], frozenset(codes), row[3], till_id)


def _people(uow: UnitOfWork) -> None:
    now, session = uow.clock.now(), uow.session
    permissions = {code: PermissionRow(code=code.value, name=code.value) for code in Permission}
    session.add_all(permissions.values())
    roles = {}
    for code, name in ROLE_NAMES.items():
        cap = ROLE_DISCOUNT_CAP_PPM[code]
        role = Role(code=code, name=name, created_at=now, updated_at=now, discount_cap_ppm=cap, is_builtin=True)
        roles[code] = role
    session.add_all(roles.values())
    session.flush()
    for code, held in ROLE_DEFAULTS.items():
        session.add_all(RolePermission(role_id=roles[code].id, permission_id=permissions[may].id) for may in held)
    for username, role_code in PEOPLE.items():
        first = username.capitalize()
        session.add(
            User(username=username, first_name=first, role_id=roles[role_code].id, created_at=now, updated_at=now)
        )
        session.flush()


def _place_and_money(uow: UnitOfWork) -> None:
    now, session = uow.clock.now(), uow.session
    session.add_all(Setting(key=key, value=canonical(value), updated_at=now) for key, value in SETTINGS.items())
    session.add_all([Country(code="DE", name="Germany"), Country(code="AT", name="Austria")])
    places = [Warehouse(name=name, created_at=now, updated_at=now) for name in ("Main", "Cellar")]
    session.add_all(places)
    session.flush()
    tills = [Till(code=code, warehouse_id=places[0].id, created_at=now, updated_at=now) for code in ("T1", "T2")]
    session.add_all(tills)
    for position, (code, kind) in enumerate((("cash", "cash"), ("card", "card"), ("voucher", "other"))):
        session.add(
            PaymentType(
                code=code,
                name=code.capitalize(),
                kind=kind,
                opens_drawer=code == "cash",
                position=position,
                created_at=now,
                updated_at=now,
            )
        )
    for first, last, email in CUSTOMERS:
        folded = f"{first} {last} {email}".lower()
        session.add(
            Customer(
                uid=uuid7(),
                first_name=first,
                last_name=last,
                email=email,
                salt="00" * 16,
                search_text=folded,
                created_at=now,
                updated_at=now,
            )
        )
    session.flush()
    begin_chains(uow, OFFICE, None)
    for till in tills:
        begin_chains(uow, till.code, till.id)


def _goods(uow: UnitOfWork) -> None:
    now, session = uow.clock.now(), uow.session
    stamps = {"created_at": now, "updated_at": now}
    classes = {}
    for code, (name, rate_ppm) in TAXES.items():
        classes[code] = TaxClass(code=code, name=name, **stamps)
        rate = TaxRate(code=code, name=name, rate_ppm=rate_ppm, **stamps)
        session.add_all([classes[code], rate])
        session.flush()
        session.add(TaxClassRate(tax_class_id=classes[code].id, tax_rate_id=rate.id))
    shelves: dict[str, Category] = {}
    variants = []
    for sku, title, cents, tax, barcode, shelf, stock, policy, weighed in GOODS:
        if shelf not in shelves:
            shelves[shelf] = Category(name=shelf, slug=shelf.lower(), **stamps)
            session.add(shelves[shelf])
        product = Product(
            title=title,
            slug=sku.lower(),
            tax_class_id=classes[tax].id if tax else None,
            is_weighed=weighed,
            unit="kg" if weighed else "pc",
            **stamps,
        )
        session.add(product)
        session.flush()
        session.add(ProductCategory(product_id=product.id, category_id=shelves[shelf].id, is_primary=True))
        variant = ProductVariant(product_id=product.id, sku=sku, price_cents=cents, inventory_policy=policy, **stamps)
        session.add(variant)
        session.flush()
        session.add(VariantBarcode(variant_id=variant.id, barcode=barcode))
        variants.append((variant.id, title, stock))
    session.flush()
    _stock(uow, variants)


def _stock(uow: UnitOfWork, variants: list[tuple[int, str, int]]) -> None:
    """The opening stock, as the adjustment that it is."""
    book = open_book(uow, 1, "T1")
    levels = lock_stock(uow, [variant for variant, _, _ in variants], [1])
    document = StockAdjustment(
        uid=uuid7(),
        number=book.number("A"),
        warehouse_id=1,
        till_id=1,
        reason="Opening stock",
        user_id=uow.actor.user_id,
        created_at=uow.clock.now(),
    )
    uow.session.add(document)
    uow.session.flush()
    for variant_id, title, milli in variants:
        line = StockAdjustmentLine(adjustment_id=document.id, variant_id=variant_id, quantity_change=milli)
        uow.session.add(line)
        uow.session.flush()
        levels.move(
            variant_id,
            1,
            milli,
            type="adjust",
            reference_type="adjustment",
            reference_id=document.id,
            line_id=line.id,
            name=title,
        )
    book.journal("adjustment", document.number, 0, {"lines": len(variants)})
    levels.queue(book.batch)
    book.send()
    levels.check()
