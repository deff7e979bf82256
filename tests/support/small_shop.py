"""The corner shop that most tests sell in: two tills, two warehouses, five people, a handful of goods."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from shopdesk.app import open_shop
from shopdesk.books.founding import found_shop
from shopdesk.books.spec import parse_spec
from shopdesk.catalogue.models import Product, ProductVariant
from shopdesk.core.actor import Actor
from shopdesk.core.clock import Clock
from shopdesk.db.shop import Shop
from shopdesk.sales.models import Till
from shopdesk.sales.tenders import AddTender, add_tender
from shopdesk.system.models import PermissionRow, Role, RolePermission, User

OPENING = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
"""When the shop was founded; a test's clock starts an hour later."""
PEOPLE = {"olga": "owner", "max": "manager", "bo": "back_office", "ann": "clerk", "ben": "clerk"}
PINS = {"olga": "482913", "max": "735182", "ann": "916374", "ben": "628405"}
TAXES = {"std": ("VAT", "0.19"), "red": ("Reduced VAT", "0.07")}
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


def password_of(username: str) -> str:
    """What a person of the shop signs in with."""
    return f"{username} counts the teacups twice"


def corner_shop() -> dict[str, Any]:
    """The description of the shop, as ``init --spec`` reads it."""
    return {
        "name": "Corner shop",
        "currency": "EUR",
        "country": "DE",
        "timezone": "Europe/Berlin",
        "prices_include_tax": True,
        "tax_rounding": "line",
        "tax_rates": [{"code": code, "name": name, "rate": rate} for code, (name, rate) in TAXES.items()],
        "warehouses": ["Main", "Cellar"],
        "tills": [{"code": code, "warehouse": "Main"} for code in ("T1", "T2")],
        "users": [
            {
                "username": name,
                "role": role,
                "first_name": name.capitalize(),
                "password": password_of(name),
                "pin": PINS.get(name),
            }
            for name, role in PEOPLE.items()
        ],
        "products": [
            {
                "sku": sku,
                "title": title,
                "price_cents": cents,
                "tax": tax,
                "barcodes": [barcode],
                "category": category,
                "stock": {"Main": stock // 1000},
                "policy": policy,
            }
            for sku, title, cents, tax, barcode, category, stock, policy, _weighed in GOODS
        ],
        "customers": [{"first_name": first, "last_name": last, "email": email} for first, last, email in CUSTOMERS],
    }


def found(address: str, clock: Clock) -> None:
    """Make the corner shop at an empty address; the voucher and the weighed goods are beyond a description."""
    found_shop(address, parse_spec(msgspec.json.encode(corner_shop())), clock=clock)
    shop = open_shop(address, clock=clock)
    shop.execute(add_tender, AddTender(code="voucher", name="Voucher"), actor_of(shop, "olga"))
    weighed = [sku for sku, *_others, by_weight in GOODS if by_weight]
    of_them = sa.select(ProductVariant.product_id).where(ProductVariant.sku.in_(weighed))
    with shop.database.writing() as connection, connection.begin():
        connection.execute(sa.update(Product).where(Product.id.in_(of_them)).values(is_weighed=True, unit="kg"))
    shop.close()


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
