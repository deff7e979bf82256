"""Customers: made, found, shortened for the till, listed for the office, erased (S19, S31, R19)."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, NotPermitted, ShopError
from shopdesk.core.free_text import CardNumberRefused
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.parties.addresses import (
    RemoveAddress,
    SaveAddress,
    addresses_of,
    remove_address,
    save_address,
)
from shopdesk.parties.countries import country_choices, shipped_countries, states_of
from shopdesk.parties.customer_fields import CustomerFields
from shopdesk.parties.customers import (
    CreateCustomer,
    CustomerChosen,
    CustomerTaken,
    EditCustomer,
    create_customer,
    delete_customer,
    edit_customer,
    insert_customers,
)
from shopdesk.parties.erasing import erase_customer
from shopdesk.parties.queries import TooFewLetters, customer_card, customers_page, find_customers
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from tests.support.small_shop import actor_of
from tests.support.statements import counted

AYSE = CreateCustomer(
    first_name="Ayşe",
    last_name="Yılmaz",
    company="Café Kante",
    email="Ayse@Example.org",
    phone="+49 (30) 555-1234",
    card_number="C-0042",
)


def names(shop: Shop, text: str, actor: Actor) -> list[str]:
    return [person.name for person in shop.ask(find_customers, text, actor)]


def test_a_clerk_makes_a_customer_on_the_spot_and_finds_them(shop: Shop, clerk: Actor) -> None:
    shop.execute(create_customer, AYSE, clerk)
    for text in ("ayse", "yilm", "kante", "ayse@example", "5551234", "+49 30 555", "C-0042", "yse yil"):
        assert names(shop, text, clerk) == ["Ayşe Yılmaz"], text
    assert names(shop, "nobody", clerk) == []
    assert set(names(shop, "example.org", clerk)) == {"Ayşe Yılmaz", "Kim Lee", "Zoë Müller"}
    assert names(shop, "mul", clerk) == ["Zoë Müller"]


def test_a_clerk_sees_shortened_contacts_and_never_more_than_twenty(shop: Shop, actor: Actor, clerk: Actor) -> None:
    def write(uow: UnitOfWork, _command: None) -> None:
        insert_customers(uow, [CustomerFields(first_name="Many", last_name=f"People{number}") for number in range(30)])

    shop.execute(create_customer, AYSE, clerk)
    shop.execute(write, None, actor)
    (short,) = shop.ask(find_customers, "ayse", clerk)
    (whole,) = shop.ask(find_customers, "ayse", actor)
    assert (short.email, short.phone) == ("a…@example.org", "…234")
    assert (whole.email, whole.phone) == ("ayse@example.org", "+49305551234")
    assert len(shop.ask(find_customers, "many", clerk, 500)) == 20
    assert len(shop.ask(find_customers, "many", actor, 500)) == 20


@pytest.mark.parametrize("text", ["", "  ", "a", "ab", "a b", "@", "%%%", "__", "*", '""', "a' OR"])
def test_a_search_needs_three_letters(shop: Shop, clerk: Actor, text: str) -> None:
    with pytest.raises(TooFewLetters):
        shop.ask(find_customers, text, clerk)


def test_who_may_not_see_customers_finds_none(shop: Shop, actor: Actor, clerk: Actor) -> None:
    seller = replace(clerk, permissions=frozenset())
    with pytest.raises(NotPermitted):
        shop.ask(find_customers, "kim", seller)
    with pytest.raises(NotPermitted):
        shop.ask(customers_page, PageRequest(), clerk)
    with pytest.raises(NotPermitted):
        shop.execute(delete_customer, CustomerChosen(1), clerk)
    assert len(shop.ask(customers_page, PageRequest(), actor).rows) == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "last_name"),
        ({"last_name": "x" * 101}, "last_name"),
        ({"last_name": "a\nb"}, "last_name"),
        ({"last_name": "a\x1b[31m"}, "last_name"),
        ({"email": "no mail"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"email": "a@b.c\nBcc: x@y.z"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"phone": "123"}, "phone"),
        ({"last_name": "A", "account_limit_cents": -1}, "account_limit_cents"),
    ],
)
def test_bad_fields_are_named(sqlite_shop: Shop, actor: Actor, fields: dict[str, object], field: str) -> None:
    with pytest.raises(BadField) as refusal:
        sqlite_shop.execute(create_customer, CreateCustomer(**fields), actor)  # type: ignore[arg-type]
    assert refusal.value.field == field


@pytest.mark.parametrize("field", ["first_name", "last_name", "company", "notes", "card_number"])
def test_a_full_card_number_is_refused_in_every_field(sqlite_shop: Shop, actor: Actor, field: str) -> None:
    for number in ("4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004"):
        fields = {"last_name": "A", field: number}
        with pytest.raises(CardNumberRefused):
            sqlite_shop.execute(create_customer, CreateCustomer(**fields), actor)  # type: ignore[arg-type]


def test_mail_and_card_belong_to_one_customer(shop: Shop, clerk: Actor) -> None:
    first = shop.execute(create_customer, AYSE, clerk)
    for taken in ({"email": "AYSE@example.org "}, {"card_number": "C-0042"}):
        with pytest.raises(CustomerTaken, match="Ayşe Yılmaz"):
            shop.execute(create_customer, CreateCustomer(last_name="B", **taken), clerk)
    same = EditCustomer(
        customer_id=first, version=1, last_name="Yılmaz", email="ayse@example.org", card_number="C-0042"
    )
    shop.execute(edit_customer, same, clerk)


def test_prices_and_limits_are_the_offices(shop: Shop, actor: Actor, clerk: Actor) -> None:
    with pytest.raises(NotPermitted):
        shop.execute(create_customer, replace(AYSE, tax_exempt=True), clerk)
    customer = shop.execute(create_customer, replace(AYSE, tax_exempt=True, account_limit_cents=5_000), actor)
    card = shop.ask(customer_card, customer, actor)
    kept = EditCustomer(customer_id=customer, version=1, **_fields(card.customer))
    shop.execute(edit_customer, replace(kept, first_name="Aysha"), clerk)
    with pytest.raises(NotPermitted):
        shop.execute(edit_customer, replace(kept, version=2, tax_exempt=False), clerk)
    assert shop.ask(customer_card, customer, actor).customer.tax_exempt


def _fields(customer: CustomerFields) -> dict[str, object]:
    return {name: getattr(customer, name) for name in CustomerFields.__dataclass_fields__}


def test_an_edit_is_found_and_nothing_is_overwritten(shop: Shop, actor: Actor, clerk: Actor) -> None:
    edit = EditCustomer(customer_id=1, version=1, first_name="Kimberly", last_name="Leigh", email="kim@example.org")
    shop.execute(edit_customer, edit, clerk)
    assert names(shop, "leigh", clerk) == ["Kimberly Leigh"]
    assert names(shop, "kim lee", clerk) == []
    with pytest.raises(ChangedMeanwhile):
        shop.execute(edit_customer, edit, clerk)
    with pytest.raises(NotFound):
        shop.execute(edit_customer, replace(edit, customer_id=99), clerk)
    blocked = replace(edit, version=2, is_blocked=True, block_reason="owes us")
    with pytest.raises(NotPermitted):
        shop.execute(edit_customer, blocked, clerk)
    with pytest.raises(BadField, match="why"):
        shop.execute(edit_customer, replace(blocked, block_reason=" "), actor)
    shop.execute(edit_customer, blocked, actor)
    with pytest.raises(NotPermitted):
        shop.execute(edit_customer, replace(edit, version=3), clerk)
    with pytest.raises(ShopError) as refusal:
        shop.execute(
            commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),), customer="kim@example.org"), clerk
        )
    assert refusal.value.code == "customer_blocked"


def test_a_deleted_customer_is_gone_from_every_list_but_not_from_documents(shop: Shop, actor: Actor) -> None:
    shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),), customer="kim@example.org"), actor)
    shop.execute(delete_customer, CustomerChosen(1), actor)
    assert names(shop, "kim", actor) == []
    assert [row.name for row in shop.ask(customers_page, PageRequest(), actor).rows] == ["Zoë Müller"]
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT customer_id FROM orders")).scalar() == 1
    shop.execute(create_customer, CreateCustomer(last_name="Other", email="kim@example.org"), actor)


def test_an_erased_customer_leaves_no_trace_of_the_person(shop: Shop, actor: Actor) -> None:
    customer = shop.execute(create_customer, replace(AYSE, notes="likes tea"), actor)
    shop.execute(
        save_address, SaveAddress(customer_id=customer, type="billing", line1="Secret Lane 1", country_code="DE"), actor
    )
    shop.execute(erase_customer, CustomerChosen(customer), actor)
    with shop.database.reading() as connection:
        row = connection.execute(sa.text("SELECT * FROM customers WHERE id = :id"), {"id": customer}).one()
        assert connection.execute(sa.text("SELECT count(*) FROM addresses")).scalar() == 0
    left = " ".join(str(value) for value in row)
    for trace in ("Ay", "Y\u0131lmaz", "example", "5551234", "C-0042", "Kante", "tea"):
        assert trace not in left
    assert row.salt is None
    assert names(shop, "ayse", actor) == []


def test_the_list_by_name_by_newest_and_searched(shop: Shop, actor: Actor) -> None:
    shop.execute(create_customer, AYSE, actor)
    for sort, expected in (
        ("name", ["Kim Lee", "Zoë Müller", "Ayşe Yılmaz"]),
        ("newest", ["Kim Lee", "Zoë Müller", "Ayşe Yılmaz"]),
    ):
        seen: list[str] = []
        request = PageRequest(sort=sort, limit=1)
        while True:
            with counted(shop) as statements:
                page = shop.ask(customers_page, request, actor)
            assert len(statements) == 1
            seen += [row.name for row in page.rows]
            if page.next is None:
                break
            request = replace(request, after=page.next)
        assert seen == expected
    assert [row.name for row in shop.ask(customers_page, PageRequest(search="yilmaz ka"), actor).rows] == [
        "Ayşe Yılmaz"
    ]
    assert [row.name for row in shop.ask(customers_page, PageRequest(search="mü"), actor).rows] == ["Zoë Müller"]


def test_one_default_address_a_type(shop: Shop, clerk: Actor) -> None:
    def defaults() -> dict[str, str]:
        return {row.type: row.line1 for row in shop.ask(addresses_of, 1) if row.is_default}

    home = SaveAddress(customer_id=1, type="shipping", line1="Home 1", country_code="DE", state="BE", city="Berlin")
    first = shop.execute(save_address, home, clerk)
    work = shop.execute(save_address, replace(home, line1="Work 2"), clerk)
    shop.execute(save_address, replace(home, type="billing", line1="Bill 3"), clerk)
    assert defaults() == {"shipping": "Home 1", "billing": "Bill 3"}
    shop.execute(save_address, replace(home, line1="Work 2b", address_id=work, is_default=True), clerk)
    assert defaults() == {"shipping": "Work 2b", "billing": "Bill 3"}
    shop.execute(
        save_address, replace(home, type="billing", line1="Work 2c", address_id=work, version=2, is_default=True), clerk
    )
    assert defaults() == {"shipping": "Home 1", "billing": "Work 2c"}
    shop.execute(remove_address, RemoveAddress(work), clerk)
    assert defaults() == {"shipping": "Home 1", "billing": "Bill 3"}
    with pytest.raises(ChangedMeanwhile):
        shop.execute(save_address, replace(home, address_id=first, version=9), clerk)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type": "home"}, "type"),
        ({"country_code": "XX"}, "country_code"),
        ({"state": "CA"}, "state"),
        ({"line1": " "}, "line1"),
        ({"city": "x" * 101}, "city"),
    ],
)
def test_bad_addresses_are_named(sqlite_shop: Shop, actor: Actor, changes: dict[str, str], field: str) -> None:
    good = SaveAddress(customer_id=1, type="shipping", line1="Home 1", country_code="DE")
    with pytest.raises(BadField) as refusal:
        sqlite_shop.execute(save_address, replace(good, **changes), actor)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_countries_ship_filled_with_states(shop: Shop) -> None:
    assert len(shop.ask(country_choices)) == len(shipped_countries()) > 240
    assert ("BY", "Bayern") in shop.ask(states_of, "DE")
    assert len(shop.ask(states_of, "US")) > 50
    assert shop.ask(states_of, "VA") == ()


def test_a_back_office_person_sees_whole_cards(shop: Shop) -> None:
    office = actor_of(shop, "bo")
    card = shop.ask(customer_card, 2, office)
    assert (card.customer.email, card.status) == ("zoe@example.org", "active")
    with pytest.raises(NotFound):
        shop.ask(customer_card, 99, office)
