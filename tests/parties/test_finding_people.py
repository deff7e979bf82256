"""People found by any scrap, told when they are typed twice, shown whole, exported."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pypdfium2
import pytest
import sqlalchemy as sa

from shopdesk.books.customer_export import ExportCustomer, export_customer
from shopdesk.cli.do import answer_line
from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, NotFound, NotPermitted, ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.marketing.wish_favourites import FavouriteMark, mark_favourite
from shopdesk.marketing.wish_lists import (
    AddWish,
    add_wish,
)
from shopdesk.parties.addresses import AddressRow, RemoveAddress, SaveAddress, remove_address, save_address
from shopdesk.parties.customer_fields import CustomerFields
from shopdesk.parties.customers import (
    CreateCustomer,
    CustomerChosen,
    create_customer,
    delete_customer,
    insert_customers,
    restore_customer,
)
from shopdesk.parties.doubles import DistinctPair, doubles_page, forget_distinct, likely_doubles, set_distinct
from shopdesk.parties.erasing import erasure_plan
from shopdesk.parties.groups import (
    Membership,
    SaveGroup,
    join_group,
    save_group,
)
from shopdesk.parties.notes import (
    AddNote,
    RecordConsent,
    add_note,
    record_consent,
)
from shopdesk.parties.payment_methods import (
    SavePaymentMethod,
    save_payment_method,
)
from shopdesk.parties.postal import postal_lines
from shopdesk.parties.queries import customer_at_till, customer_card, customers_page, find_customers
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.sales.void import VoidSale, void_sale
from tests.support.statements import counted

KIM, ZOE = 1, 2
HOME = SaveAddress(
    customer_id=KIM, type="shipping", line1="Home 1", postal_code="86150", city="Augsburg", country_code="DE"
)
CARD = SavePaymentMethod(customer_id=KIM, payment_type_id=2, token="tok-1", last4="4242")


def found(shop: Shop, text: str, actor: Actor) -> list[int]:
    return [person.id for person in shop.ask(find_customers, text, actor)]


# ------------------------------------------------------------------ any scrap


def test_a_customer_is_found_by_any_scrap(shop: Shop, actor: Actor, clerk: Actor) -> None:
    person = CreateCustomer(
        first_name="Ayşe", last_name="Yılmaz", company="Kante", phone="+49 (30) 555-1234", card_number="C-0042"
    )
    ayse = shop.execute(create_customer, person, clerk)
    shop.execute(save_address, replace(HOME, customer_id=ayse), clerk)
    sale = shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),), customer=ayse), clerk)
    scraps = ("ayse", "yilm kant", "augsb", "86150", "C-0042", sale.number, sale.number.lower())
    phones = ("5551234", "030 555 1234", "0049 30 5551234", "+49-30-555-1234", "(030) 5551234", "49305551234")
    for text in (*scraps, *phones):
        assert found(shop, text, clerk) == [ayse], text
        if len(text) > 2:
            page = shop.ask(customers_page, PageRequest(search=text), actor)
            assert [row.id for row in page.rows] == [ayse], text
    shop.execute(remove_address, RemoveAddress(1), clerk)
    assert found(shop, "augsburg", clerk) == []


def test_a_clerk_learns_no_whole_contact_whatever_they_ask(shop: Shop, actor: Actor, clerk: Actor) -> None:
    (person,) = shop.ask(find_customers, "kim", clerk)
    assert person.email == "k…@example.org"
    with pytest.raises(NotPermitted):
        shop.ask(customer_card, KIM, clerk)
    with pytest.raises(NotPermitted):
        shop.ask(doubles_page, PageRequest(), clerk)
    (double,) = shop.ask(likely_doubles, CustomerFields(email="kim@example.org"), clerk)
    assert (double.customer.email, double.refused) == ("k…@example.org", True)


# ------------------------------------------------------------------ doubles


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"email": "OLD@example.org "}, "same_mail"),
        ({"card_number": "C-1"}, "same_card"),
        ({"first_name": "Jan", "phone": "030 777 1234"}, "same_phone"),
        ({"first_name": "Johann", "last_name": "Maier"}, "same_name"),
        ({"first_name": "Johan", "last_name": "Maier"}, "name_and_town"),
        ({"first_name": "Maier", "last_name": "Johannn", "email": "old@gmail.example"}, "name_and_mail"),
        ({"first_name": "Johann", "last_name": "Huber"}, ""),
        ({"first_name": "Johann", "last_name": "Maier", "phone": "+49 89 99999999"}, ""),
        ({}, ""),
    ],
)
def test_who_is_typed_twice_is_told(shop: Shop, clerk: Actor, typed: dict[str, str], reason: str) -> None:
    old = CreateCustomer(
        first_name="Johann", last_name="Maier", email="old@example.org", phone="+49307771234", card_number="C-1"
    )
    known = shop.execute(create_customer, old, clerk)
    if reason == "same_name":
        with shop.database.writing() as connection, connection.begin():
            connection.execute(sa.text("UPDATE customers SET phone = NULL, email = NULL WHERE id = :id"), {"id": known})
    postal = ""
    if reason == "name_and_town":
        shop.execute(save_address, replace(HOME, customer_id=known), clerk)
        postal = "86150"
    with counted(shop) as statements:
        doubles = shop.ask(likely_doubles, CustomerFields(**typed), clerk, postal)
    assert len(statements) <= 2
    assert [(double.customer.id, double.reason) for double in doubles] == ([(known, reason)] if reason else [])


def test_doubles_are_listed_paged_told_apart_and_back(shop: Shop, actor: Actor) -> None:
    def write(uow: UnitOfWork, _command: None) -> None:
        people = [CustomerFields(first_name="Ada", last_name=f"Unlike{chr(97 + place) * 6}") for place in range(12)]
        insert_customers(uow, [*people, *people])

    shop.execute(write, None, actor)
    seen: list[str] = []
    request = PageRequest(limit=5)
    while True:
        with counted(shop) as statements:
            page = shop.ask(doubles_page, request, actor)
        assert len(statements) <= 3
        seen += [row.id for row in page.rows]
        if page.next is None:
            break
        request = replace(request, after=page.next)
    assert len(seen) == len(set(seen)) == 12
    assert shop.ask(doubles_page, PageRequest(search="unlikeaaa"), actor).rows[0].first == "Ada Unlikeaaaaaa"
    first = shop.ask(doubles_page, PageRequest(), actor).rows[0]
    pair = DistinctPair(first.second_id, first.first_id)
    for _time in range(2):
        shop.execute(set_distinct, pair, actor)
    assert len(shop.ask(doubles_page, PageRequest(), actor).rows) == 11
    shop.execute(forget_distinct, pair, actor)
    assert len(shop.ask(doubles_page, PageRequest(), actor).rows) == 12
    with pytest.raises(BadField):
        shop.execute(set_distinct, DistinctPair(1, 1), actor)
    with pytest.raises(NotFound):
        shop.execute(set_distinct, DistinctPair(1, 999), actor)


# ------------------------------------------------------------------ the customer whole


def test_a_page_costs_three_statements_and_a_deleted_customer_comes_back(shop: Shop, actor: Actor) -> None:
    shop.execute(save_address, HOME, actor)
    for _time in range(2):
        sale = CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),), customer=KIM)
        number = shop.execute(commit_sale, sale, actor).number
    shop.execute(void_sale, VoidSale(uuid7(), number, "wrong"), actor)
    with counted(shop) as statements:
        card = shop.ask(customer_card, KIM, actor)
    assert len(statements) == 3
    assert (card.sales, card.turnover_cents) == (1, 350), "the voided one does not count"
    with counted(shop) as statements:
        shop.ask(erasure_plan, KIM, actor)
    assert len(statements) == 2
    shop.execute(delete_customer, CustomerChosen(KIM), actor)
    assert shop.ask(customer_at_till, KIM, actor) is None
    with pytest.raises(NotFound):
        shop.execute(delete_customer, CustomerChosen(KIM), actor)
    shop.execute(restore_customer, CustomerChosen(KIM), actor)
    assert found(shop, "kim", actor) == [KIM]
    with pytest.raises(NotFound):
        shop.execute(restore_customer, CustomerChosen(KIM), actor)


@pytest.mark.parametrize(
    ("country", "state", "lines"),
    [
        ("DE", "BE", ("Home 1", "10115 Town")),
        ("US", "NY", ("Home 1", "Town, NY 10115")),
        ("GB", "", ("Home 1", "Town", "10115")),
        ("IT", "MI", ("Home 1", "10115 Town MI")),
        ("IN", "Goa", ("Home 1", "Town 10115", "Goa")),
    ],
)
def test_addresses_are_written_as_their_post_wants_them(country: str, state: str, lines: tuple[str, ...]) -> None:
    row = AddressRow(1, "billing", "Home 1", "", "10115", "Town", state, country, is_default=True, version=1)
    assert postal_lines(row) == lines
    assert postal_lines(row, country="Narnia")[-1] == "NARNIA"


def test_an_export_holds_everything_and_is_written_down(shop: Shop, actor: Actor, clerk: Actor, tmp_path: Path) -> None:
    shop.execute(save_address, HOME, actor)
    shop.execute(save_payment_method, CARD, actor)
    shop.execute(add_note, AddNote(KIM, "likes tea"), actor)
    shop.execute(record_consent, RecordConsent(KIM, "profile", True), actor)
    shop.execute(add_wish, AddWish(KIM, 1), actor)
    shop.execute(mark_favourite, FavouriteMark(KIM, 2, is_favourite=True), actor)
    club = shop.execute(save_group, SaveGroup(code="club", name="Club"), actor)
    shop.execute(join_group, Membership(KIM, club), actor)
    shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),), customer=KIM), actor)
    with pytest.raises(NotPermitted):
        export_customer(shop, ExportCustomer(KIM, str(tmp_path / "no.json")), clerk)
    export_customer(shop, ExportCustomer(KIM, str(tmp_path / "kim.json")), actor)
    told = json.loads((tmp_path / "kim.json").read_text())
    parts = {
        "customers",
        "addresses",
        "payment_methods",
        "customer_notes",
        "customer_consents",
        "customer_group_members",
        "wishlists",
        "wishlist_items",
        "favorites",
        "orders",
        "order_items",
        "payments",
        "audit",
    }
    assert parts <= told.keys()
    assert "salt" not in told["customers"][0]
    assert "tok-1" not in (tmp_path / "kim.json").read_text()
    assert told["audit"][-1]["action"] == "customer.export"
    export_customer(shop, ExportCustomer(KIM, str(tmp_path / "kim.pdf"), "pdf"), actor)
    pages = pypdfium2.PdfDocument(tmp_path / "kim.pdf")
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    for words in ("Kim Lee", "kim@example.org", "86150 Augsburg", "likes tea", "Green tea", "Mug", "Club", "4242"):
        assert words in text, words
    assert "2026-11-20 10:00" in text, "the sale, in the shop's own time"
    request = {"do": "export_customer", "key": uuid7(), "customer_id": KIM, "path": str(tmp_path / "headless.json")}
    answer = answer_line(shop, actor, msgspec.json.encode(request))
    assert answer["status"] == "committed"
    assert json.loads((tmp_path / "headless.json").read_text())["customer_id"] == KIM
    with pytest.raises(ShopError):
        export_customer(shop, ExportCustomer(KIM, str(tmp_path / "nowhere" / "x.json")), actor)
    for bad in (ExportCustomer(KIM, "x", "docx"), ExportCustomer(KIM, " ")):
        with pytest.raises(BadField):
            export_customer(shop, bad, actor)
    with pytest.raises(NotFound):
        export_customer(shop, ExportCustomer(99, str(tmp_path / "x.json")), actor)
