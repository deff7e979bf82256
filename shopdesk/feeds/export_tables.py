"""Stock, prices and customers as files that an import takes back."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from shopdesk.catalogue.models import PriceList, PriceListItem, Product, ProductVariant
from shopdesk.db.unit import Reader
from shopdesk.feeds.customers_state import CustomerState, people_by_id
from shopdesk.feeds.values import joined
from shopdesk.inventory.models import StockLevel, Warehouse
from shopdesk.parties.models import Customer, CustomerGroup
from shopdesk.printing.table_files import FileColumn

_PAGE = 500
STOCK_COLUMNS = (
    FileColumn("sku", "sku"),
    FileColumn("name", "name"),
    FileColumn("warehouse", "warehouse"),
    FileColumn("quantity", "quantity", "quantity"),
)
PRICE_COLUMNS = (
    FileColumn("sku", "sku"),
    FileColumn("name", "name"),
    FileColumn("price_list", "price_list"),
    FileColumn("from", "from", "quantity"),
    FileColumn("price", "price", "money"),
    FileColumn("compare_at", "compare_at", "money"),
    FileColumn("cost", "cost", "money"),
)
_OWN = (
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
    "card_number",
    "language",
    "notes",
    "groups",
    "price_list",
    "tax_exempt",
    "account_limit",
)
_ADDRESS = ("address_type", "line1", "line2", "postal_code", "city", "state", "country", "default")
CUSTOMER_COLUMNS = tuple(
    FileColumn(key, key, "money" if key == "account_limit" else "text") for key in ("customer", *_OWN, *_ADDRESS)
)


def stock_rows(reader: Reader) -> Iterator[list[object]]:
    """What lies of each counted variant in each warehouse that holds some of it."""
    after = (0, 0)
    while True:
        rows = reader.connection.execute(
            sa.select(
                StockLevel.variant_id,
                StockLevel.warehouse_id,
                ProductVariant.sku,
                Product.title,
                ProductVariant.name,
                Warehouse.name.label("warehouse"),
                StockLevel.on_hand,
            )
            .join(ProductVariant, ProductVariant.id == StockLevel.variant_id)
            .join(Product, Product.id == ProductVariant.product_id)
            .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
            .where(
                sa.tuple_(StockLevel.variant_id, StockLevel.warehouse_id) > sa.tuple_(*map(sa.literal, after)),
                ProductVariant.track_stock,
                Product.deleted_at.is_(None),
                Warehouse.is_active,
            )
            .order_by(StockLevel.variant_id, StockLevel.warehouse_id)
            .limit(_PAGE)
        ).all()
        if not rows:
            return
        after = (rows[-1].variant_id, rows[-1].warehouse_id)
        for row in rows:
            yield [row.sku, _full_name(row.title, row.name), row.warehouse, row.on_hand]


def price_rows(reader: Reader, *, with_cost: bool) -> Iterator[list[object]]:
    """Each variant's shelf price, then what it costs in each price list."""
    lists = {row.id: row.code for row in reader.connection.execute(sa.select(PriceList.id, PriceList.code))}
    after = 0
    while True:
        variants = reader.connection.execute(
            sa.select(
                ProductVariant.id,
                ProductVariant.sku,
                ProductVariant.name,
                Product.title,
                ProductVariant.price_cents,
                ProductVariant.compare_at_cents,
                ProductVariant.cost_cents,
            )
            .join(Product, Product.id == ProductVariant.product_id)
            .where(ProductVariant.id > after, Product.deleted_at.is_(None))
            .order_by(ProductVariant.id)
            .limit(_PAGE)
        ).all()
        if not variants:
            return
        listed: dict[int, list[list[object]]] = {}
        items = sa.select(PriceListItem).where(PriceListItem.variant_id.between(variants[0].id, variants[-1].id))
        for item in reader.connection.execute(items.order_by(PriceListItem.price_list_id, PriceListItem.min_quantity)):
            row = [lists[item.price_list_id], item.min_quantity, item.price_cents]
            listed.setdefault(item.variant_id, []).append(row)
        after = variants[-1].id
        for variant in variants:
            name = _full_name(variant.title, variant.name)
            cost = variant.cost_cents if with_cost else None
            yield [variant.sku, name, None, None, variant.price_cents, variant.compare_at_cents, cost]
            for code, least, price in listed.get(variant.id, ()):
                yield [variant.sku, name, code, least, price, None, None]


def customer_rows(reader: Reader) -> Iterator[list[object]]:
    """Everybody who was neither deleted, merged nor erased; a row an address."""
    groups = {row.id: row.code for row in reader.connection.execute(sa.select(CustomerGroup.id, CustomerGroup.code))}
    lists = {row.id: row.code for row in reader.connection.execute(sa.select(PriceList.id, PriceList.code))}
    after = 0
    while True:
        ids = list(
            reader.connection.execute(
                sa.select(Customer.id)
                .where(
                    Customer.id > after,
                    Customer.deleted_at.is_(None),
                    Customer.status.in_(("active", "blocked")),
                )
                .order_by(Customer.id)
                .limit(_PAGE)
            ).scalars()
        )
        if not ids:
            return
        after = ids[-1]
        people = people_by_id(reader, ids)
        for customer_id in ids:
            yield from _person(people[customer_id], groups, lists)


def _person(state: CustomerState, groups: dict[int, str], lists: dict[object, str]) -> Iterator[list[object]]:
    values = {**state.values, "groups": joined([groups[group] for group in state.groups])}
    values["price_list"] = lists.get(values["price_list"])
    values["tax_exempt"] = "yes" if values["tax_exempt"] else "no"
    own = [state.uid, *(values[key] for key in _OWN)]
    blank: list[object] = [None] * len(_ADDRESS)
    addresses = [[_cell(address[key]) for key in _ADDRESS] for _id, address in state.addresses] or [blank]
    for place, address in enumerate(addresses):
        yield [*(own if place == 0 else [state.uid, *[None] * len(_OWN)]), *address]


def _cell(value: object) -> object:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _full_name(title: str, variant: str) -> str:
    return f"{title}, {variant}" if variant else title
