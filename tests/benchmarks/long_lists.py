"""A shop whose back-office lists are long: a copy of the bench's big shop with orders, a price list, customers, purchase orders.

The rows are made by SQL, good enough to be listed and no more: the books of such a copy do not add up, so nothing else uses it.
"""

from __future__ import annotations

import contextlib
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import PriceList, PriceListItem
from shopdesk.db.shop import Shop
from shopdesk.parties.models import Customer, CustomerGroup, CustomerGroupMember
from shopdesk.purchasing.models import PurchaseOrderLine, Supplier
from shopdesk.sales.models import Order
from tests.benchmarks.ground import Ground

ORDERS = 30_000
"""How many orders are to be sent or fetched, among all the sales over the counter."""


def long_shop(ground: Ground) -> Shop:
    """The copy, made when first asked for."""
    if "long" not in ground.kept:
        import sqlcipher3.dbapi2 as driver

        path, origin = ground.file("long.db"), ground.traded().database.file
        with contextlib.closing(driver.connect(str(origin), isolation_level=None)) as plain:
            plain.execute("VACUUM INTO ?", (path,))
        shop = ground.open(path)
        ground.say(f"making {ORDERS:,} orders, and as many customers and purchase orders")
        with shop.database.write_engine.begin() as connection:
            _fill(connection)
        with shop.database.write_engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
        ground.kept["long"] = shop
    made: Shop = ground.kept["long"]
    return made


def _fill(connection: sa.Connection) -> None:
    """Everything, made from rows that are there and numbers that run from 1."""
    run = connection.exec_driver_sql
    run("CREATE TEMP TABLE n (i INTEGER PRIMARY KEY)")
    connection.exec_driver_sql("INSERT INTO n VALUES (?)", [(number,) for number in range(1, ORDERS + 1)])
    _copies(
        connection,
        Order,
        {
            "id": "(SELECT max(id) FROM orders) + n.i",
            "number": "printf('T1-O%06d', n.i)",
            "uid": "printf('00000000-0000-7000-8000-%012d', n.i)",
            "fulfilment": "CASE WHEN n.i % 3 THEN 'ship' ELSE 'pickup' END",
            "channel": "CASE WHEN n.i % 2 THEN 'web' ELSE 'phone' END",
            "status": "CASE n.i % 50 WHEN 0 THEN 'pending' WHEN 1 THEN 'processing' ELSE 'delivered' END",
            "placed_at": "x.placed_at + n.i * 1000003",
            "total_cents": "(n.i * 7919) % 100000",
            "expected_ship_at": "x.placed_at",
            "shift_id": "NULL",
            "customer_id": "(SELECT min(id) FROM customers) + n.i % 100",
        },
    )
    _copies(
        connection,
        Customer,
        {
            "id": "(SELECT max(id) FROM customers) + n.i",
            "uid": "printf('00000000-0000-7000-9000-%012d', n.i)",
            "first_name": "x.first_name || n.i",
            "last_name": "printf('%s%d', substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 1 + n.i % 26, 1), (n.i * 7919) % 100000)",
            "email": "NULL",
            "card_number": "NULL",
            "phone": "NULL",
            "status": "CASE WHEN n.i % 500 THEN 'active' ELSE 'blocked' END",
            "price_list_id": "NULL",
        },
    )
    _one(connection, CustomerGroup, {"id": 1, "code": "'all'", "name": "'All'"})
    run(
        f"INSERT INTO {CustomerGroupMember.__tablename__} (customer_id, group_id) "
        "SELECT id, 1 FROM customers WHERE id % 100 = 0"
    )
    for list_id, step in ((1, 1), (2, 500)):
        _one(connection, PriceList, {"id": list_id, "code": f"'L{list_id}'", "name": f"'List {list_id}'"})
        run(
            f"INSERT INTO {PriceListItem.__tablename__} (price_list_id, variant_id, min_quantity, price_cents) "
            f"SELECT {list_id}, id, 0, price_cents FROM product_variants WHERE id % {step} = 0"
        )
    for supplier_id in (1, 2):
        _one(connection, Supplier, {"id": supplier_id, "name": f"'Supplier {supplier_id}'"})
    run(
        "INSERT INTO purchase_orders (id, uid, number, supplier_id, warehouse_id, status, expected_on, supplier_reference, "
        "notes, staff_notes, total_cents, sent_to, version, created_at, updated_at) "
        "SELECT i, printf('00000000-0000-7000-a000-%012d', i), printf('T1-P%06d', i), 1 + (i % 500 = 0), 1, "
        "CASE WHEN i % 300 THEN 'received' ELSE 'ordered' END, date('2020-01-01', '+' || ((i * 7919) % 2000) || ' days'), "
        "'', '', '', i, '', 1, i, i FROM n"
    )
    goods = _columns(PurchaseOrderLine)
    given = {
        "purchase_order_id": "i",
        "position": "1",
        "variant_id": "(SELECT min(id) FROM product_variants)",
        "sku": "'x'",
        "name": "'x'",
        "quantity": "1000",
        "received": "1000",
        "pack_quantity": "1000",
    }
    named = {name: given.get(name, empty) for name, empty in goods.items() if name != "id"}
    run(f"INSERT INTO purchase_order_lines ({', '.join(named)}) SELECT {', '.join(named.values())} FROM n")


def _copies(connection: sa.Connection, model: Any, changed: dict[str, str]) -> None:
    """Rows like the first one of a table, one for each number, with some columns of their own."""
    names = [column.name for column in model.__table__.columns]
    values = ", ".join(changed.get(name, f'x."{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    table = model.__tablename__
    connection.exec_driver_sql(
        f"INSERT INTO {table} ({quoted}) SELECT {values} FROM n "
        f"CROSS JOIN (SELECT * FROM {table} WHERE id = (SELECT min(id) FROM {table})) x"
    )


def _one(connection: sa.Connection, model: Any, given: dict[str, object]) -> None:
    """A row with what is given and else nothing in its columns."""
    values = {name: str(given.get(name, empty)) for name, empty in _columns(model).items()}
    connection.exec_driver_sql(
        f"INSERT INTO {model.__tablename__} ({', '.join(values)}) VALUES ({', '.join(values.values())})"
    )


def _columns(model: Any) -> dict[str, str]:
    """The columns of a table with an empty value of each, as SQL."""
    empty = {}
    for column in model.__table__.columns:
        text = isinstance(column.type, sa.String)
        empty[column.name] = "NULL" if column.nullable else "''" if text else "1" if column.name == "is_active" else "0"
    return empty
