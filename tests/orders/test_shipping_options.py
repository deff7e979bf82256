"""Ways of sending: written once, versioned and told; what each costs for an order is what the order then costs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from shopdesk.cli.do import answer_line
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.orders.commands import AddressGiven, CreateOrder, OrderContent
from shopdesk.orders.placing import create_order
from shopdesk.orders.shipping_options import (
    RetireShippingOption,
    SaveShippingOption,
    retire_shipping_option,
    save_shipping_option,
    shipping_offers,
    shipping_options,
)
from shopdesk.sales.sale_command import SaleLine
from shopdesk.system.models import AuditEntry
from tests.orders.test_orders import refusal, sound
from tests.support.statements import counted

BERLIN = AddressGiven("Lime Street 4", "DE", city="Berlin", postal_code="10115")
VIENNA = AddressGiven("Ring 1", "AT", city="Wien", postal_code="1010")
WEIGHED = SaveShippingOption(
    name="Parcel",
    basis="weight",
    rate_cents=490,
    steps=((5000, 890), (2000, 690)),
    free_from_cents=5000,
    countries="at,de",
)


def save(shop, actor, command):
    return shop.execute(save_shipping_option, command, actor)


def content(qty=1000, address=BERLIN, **more):
    lines = (SaleLine(qty, sku="TEA"),)
    return OrderContent(customer="kim@example.org", lines=lines, shipping=address, **more)


def offers(shop, actor, asked):
    return {one.name: one.rate_cents for one in shop.ask(shipping_offers, asked, actor)}


def weigh(shop, sku, grams):
    """Say what a piece weighs."""
    from shopdesk.catalogue.models import Product, ProductVariant

    def work(uow, _none):
        of = sa.select(ProductVariant.product_id).where(ProductVariant.sku == sku).scalar_subquery()
        uow.connection.execute(sa.update(Product).where(Product.id == of).values(weight_grams=grams))

    from tests.support.small_shop import actor_of

    shop.execute(work, None, actor_of(shop, "olga"))


def test_what_is_offered_is_what_the_order_costs(shop, actor):
    weigh(shop, "TEA", 500)
    weighed = save(shop, actor, WEIGHED)
    flat = save(shop, actor, SaveShippingOption(name="Letter", rate_cents=160, countries="DE", position=1))
    value = SaveShippingOption(name="Courier", basis="value", rate_cents=1500, steps=((2000, 900),), position=2)
    save(shop, actor, value)
    assert offers(shop, actor, content()) == {"Parcel": 490, "Letter": 160, "Courier": 1500}
    assert offers(shop, actor, content(4000)) == {"Parcel": 690, "Letter": 160, "Courier": 1500}
    assert offers(shop, actor, content(10_000)) == {"Parcel": 890, "Letter": 160, "Courier": 900}
    assert offers(shop, actor, content(20_000, VIENNA)) == {"Parcel": 0, "Courier": 900}
    assert offers(shop, actor, replace(content(), lines=())) == {}
    assert offers(shop, actor, replace(content(), shipping=None)) == {}
    for qty, cents in ((1000, 490), (4000, 690), (20_000, 0)):
        order = CreateOrder(key=uuid7(), content=content(qty, shipping_option_id=weighed))
        taken = shop.execute(create_order, order, actor)
        assert (taken.shipping_cents, taken.total_cents) == (cents, qty * 350 // 1000 + cents)
    abroad = CreateOrder(key=uuid7(), content=content(address=VIENNA, shipping_option_id=flat))
    assert refusal(lambda: shop.execute(create_order, abroad, actor)) == "shipping_not_offered"
    unknown = CreateOrder(key=uuid7(), content=content(shipping_option_id=999, shipping_cents=100))
    assert refusal(lambda: shop.execute(create_order, unknown, actor)) == "not_found"
    with counted(shop) as statements:
        shop.ask(shipping_options)
    assert len(statements) <= 3
    sound(shop)


def test_a_retired_one_is_not_offered_but_stays_with_its_orders(shop, actor):
    option = save(shop, actor, WEIGHED)
    shop.execute(retire_shipping_option, RetireShippingOption(option, 1), actor)
    assert offers(shop, actor, content()) == {}
    (row,) = shop.ask(shipping_options)
    assert (row.is_active, row.version, row.steps) == (False, 2, ((2000, 690), (5000, 890)))
    late = CreateOrder(key=uuid7(), content=content(shipping_option_id=option))
    assert refusal(lambda: shop.execute(create_order, late, actor)) == "not_found"
    agreed = CreateOrder(key=uuid7(), content=content(shipping_option_id=option, shipping_cents=300))
    assert shop.execute(create_order, agreed, actor).shipping_cents == 300
    again = lambda: shop.execute(retire_shipping_option, RetireShippingOption(option, 1), actor)  # noqa: E731
    assert refusal(again) == "changed_meanwhile"


def test_a_change_names_what_was_seen_and_is_told_with_before_and_after(shop, actor):
    option = save(shop, actor, WEIGHED)
    changed = replace(WEIGHED, option_id=option, rate_cents=520, steps=((2000, 720),))
    assert save(shop, actor, changed) == option
    assert refusal(lambda: save(shop, actor, changed)) == "changed_meanwhile"
    (row,) = shop.ask(shipping_options)
    assert (row.rate_cents, row.steps, row.countries, row.version) == (520, ((2000, 720),), "AT DE", 2)
    told = sa.select(AuditEntry.details).where(AuditEntry.action == "shipping_option.save").order_by(AuditEntry.id)
    last = shop.ask(lambda reader: reader.connection.execute(told).scalars().all())[-1]
    last = json.loads(last) if isinstance(last, str) else last
    assert last["changed"]["rate_cents"] == [490, 520]
    assert last["changed"]["steps"] == ["2000: 690, 5000: 890", "2000: 720"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("name", "x" * 65), ("basis", "mood"), ("rate_cents", -1), ("free_from_cents", -5),
     ("countries", "DE XX"), ("steps", ((0, 5),)), ("steps", ((100, 5), (100, 6))), ("steps", ((100, -5),)),
     ("service", "a\nb"), ("position", -1)],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(shop, actor, field, value):
    with pytest.raises(ShopError) as caught:
        save(shop, actor, replace(WEIGHED, **{field: value}))
    assert caught.value.field == field


def test_names_are_taken_once_and_flat_ones_have_no_steps(shop, actor):
    save(shop, actor, WEIGHED)
    assert refusal(lambda: save(shop, actor, WEIGHED)) == "shipping_option_taken"
    assert refusal(lambda: save(shop, actor, replace(WEIGHED, name="Flat", basis="flat"))) == "bad_field"
    assert refusal(lambda: save(shop, actor, replace(WEIGHED, name="Gone", option_id=99))) == "not_found"


def test_headless(shop, actor):
    request = {"do": "save_shipping_option", "key": uuid7(), "name": "Parcel", "basis": "value", "steps": [[100, 50]]}
    made = answer_line(shop, actor, json.dumps(request).encode())
    assert made["status"] == "committed"
    gone = {"do": "retire_shipping_option", "key": uuid7(), "option_id": made["result"], "version": 1}
    assert answer_line(shop, actor, json.dumps(gone).encode())["status"] == "committed"
