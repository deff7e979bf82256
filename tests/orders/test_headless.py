"""Orders without a window: the same use cases, one JSON line each."""

from __future__ import annotations

import json

import pytest

from shopdesk.cli.do import answer_line
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.orders.parcel_queries import parcels_page
from shopdesk.orders.queries import order_card, orders_page
from shopdesk.sales.queries import all_documents, sales_page


@pytest.fixture
def do(shop, actor):
    """Send one line, get the answer."""

    def send(name: str, **fields: object) -> dict[str, object]:
        fields.setdefault("key", uuid7())
        return answer_line(shop, actor, json.dumps({"do": name, **fields}).encode())

    return send


HOME = {"line1": "Lime Street 4", "country_code": "DE", "city": "Berlin", "postal_code": "10115"}


def test_from_order_to_delivery(shop, do):
    key = uuid7()
    fields = {
        "customer": "kim@example.org",
        "lines": [{"sku": "TEA", "qty": 2}],
        "shipping": HOME,
        "shipping_cents": 490,
    }
    made = do("create_order", key=key, **fields)
    assert (made["status"], made["number"], made["state"], made["total_cents"]) == (
        "committed",
        "T1-O000001",
        "pending",
        1190,
    )
    assert do("create_order", key=key, **fields) == made
    assert do("create_order", key=key, **{**fields, "shipping_cents": 0})["reason"] == "key_reused"
    assert shop.ask(lambda reader: list(all_documents(reader))) == []  # an order is no turnover yet
    assert do("process_order", order="T1-O000001")["invoice"] == "T1-I000001"
    assert [row.number for row in shop.ask(lambda reader: list(all_documents(reader)))] == ["T1-O000001"]
    assert [row.number for row in shop.ask(sales_page, PageRequest()).rows] == ["T1-O000001"]
    paid = do("pay_order", order="T1-O000001", payments=[{"type": "cash", "amount_cents": 2000}])
    assert (paid["change_cents"], paid["open_cents"]) == (810, 0)
    assert do("pack", order="T1-O000001", lines=[{"line": 1, "qty": 3}])["reason"] == "ships_too_much"
    parcel = do("pack", order="T1-O000001", tracking="00340434161094")["number"]
    assert do("ship", shipment="00340434161094")["order_status"] == "shipped"
    assert do("deliver", shipment=parcel)["order_status"] == "delivered"
    (row,) = shop.ask(orders_page, PageRequest()).rows
    assert (row.status, row.open_cents, row.customer) == ("delivered", 0, "Kim Lee")
    assert [one.number for one in shop.ask(parcels_page, PageRequest()).rows] == [parcel]
    card = shop.ask(order_card, "T1-O000001")
    assert [line.sent_milli for line in card.lines] == [2000]
    assert [event.kind for event in card.events] == ["created", "processed", "paid", "packed", "sent", "delivered"]


def test_what_cannot_be_is_refused_with_its_reason(do):
    lines = [{"sku": "TEA", "qty": 1}]
    assert do("create_order", customer="nobody@example.org", lines=lines)["reason"] == "unknown_customer"
    assert do("create_order", customer="kim@example.org", lines=lines)["reason"] == "address_needed"
    assert do("create_order", customer="kim@example.org", lines=[], shipping=HOME)["reason"] == "bad_line"
    nowhere = {**HOME, "country_code": "XX"}
    assert do("create_order", customer="kim@example.org", lines=lines, shipping=nowhere)["reason"] == "bad_field"
    too_many = [{"sku": "LAST", "qty": 2}]
    assert do("create_order", customer="kim@example.org", lines=too_many, shipping=HOME)["reason"] == "out_of_stock"
    assert do("process_order", order="T1-O000009")["reason"] == "unknown_order"
    assert do("void", sale="T1-O000001", reason="x")["reason"] == "unknown_sale"


def test_pages_walk_every_order_once(shop, do):
    for _order in range(7):
        do("create_order", customer="kim@example.org", lines=[{"sku": "TEA", "qty": 1}], shipping=HOME)
    for sort in ("placed", "number", "total"):
        seen, after = [], None
        while True:
            page = shop.ask(orders_page, PageRequest(sort=sort, limit=3, after=after))
            seen += [row.number for row in page.rows]
            after = page.next
            if after is None:
                break
        assert sorted(seen) == [f"T1-O00000{number}" for number in range(1, 8)]
