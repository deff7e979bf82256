"""Two customers become one: nothing is lost, whatever table refers to them, and a sale in between finds the survivor."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, NotPermitted
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.marketing.wish_favourites import FavouriteMark, mark_favourite
from shopdesk.marketing.wish_lists import AddWish, add_wish
from shopdesk.parties.addresses import SaveAddress, addresses_of, save_address
from shopdesk.parties.customers import CreateCustomer, CustomerTaken, EditCustomer, create_customer, edit_customer
from shopdesk.parties.doubles import DistinctPair, set_distinct
from shopdesk.parties.erasing import ERASES
from shopdesk.parties.groups import Membership, SaveGroup, groups_of, join_group, save_group
from shopdesk.parties.merging import (
    CLASHES,
    MERGEABLE,
    CustomersMerged,
    MergeCustomers,
    customer_references,
    merge_customers,
)
from shopdesk.parties.notes import AddNote, RecordConsent, add_note, consents_in_force, notes_of, record_consent
from shopdesk.parties.payment_methods import SavePaymentMethod, payment_methods_of, save_payment_method
from shopdesk.parties.queries import customer_at_till, customer_card, customers_page, find_customers
from shopdesk.sales.carts import CartLine, SaveCart, save_cart
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.schema import METADATA
from tests.support.small_shop import actor_of

KIM, ZOE = 1, 2
BOTH = MergeCustomers(survivor_id=KIM, loser_id=ZOE, survivor_version=1, loser_version=1)


def sell(shop: Shop, actor: Actor, customer: str | int, key: str = "") -> None:
    shop.execute(commit_sale, CommitSale(key=key or uuid7(), lines=(SaleLine(sku="TEA"),), customer=customer), actor)


def everything_for(shop: Shop, actor: Actor, customer: int) -> None:
    """A row in every table that belongs to a customer, alike for both."""
    address = SaveAddress(customer_id=customer, type="billing", line1=f"Lane {customer}", country_code="DE", city="Ulm")
    shop.execute(save_address, address, actor)
    shop.execute(
        save_payment_method,
        SavePaymentMethod(customer_id=customer, payment_type_id=2, token=f"tok-{customer}", last4="4242"),
        actor,
    )
    shop.execute(add_note, AddNote(customer, f"note of {customer}"), actor)
    shop.execute(record_consent, RecordConsent(customer, "news_by_mail", True), actor)
    group = 1
    if customer == KIM:
        group = shop.execute(save_group, SaveGroup(code="club", name="Club"), actor)
    shop.execute(join_group, Membership(customer, group), actor)
    for product in (1, 2 if customer == KIM else 3):
        shop.execute(add_wish, AddWish(customer, product), actor)
        shop.execute(mark_favourite, FavouriteMark(customer, product, is_favourite=True), actor)
    sell(shop, actor, customer)
    cart = SaveCart(uid=uuid7(), customer_id=customer, changed=(CartLine(1, 1, 1000, 350, "Green tea"),))
    shop.execute(save_cart, cart, actor)


def rows_of(shop: Shop, customer: int) -> dict[str, int]:
    with shop.database.reading() as connection:
        return {
            f"{table}.{column}": connection.execute(
                sa.text(f"SELECT count(*) FROM {table} WHERE {column} = :id"), {"id": customer}
            ).scalar_one()
            for table, column in customer_references()
        }


def test_every_table_that_names_a_customer_is_known_to_merging_and_erasing() -> None:
    tables = {table for table, _column in customer_references()}
    assert {"orders", "carts", "addresses", "wishlists", "favorites", "customers"} <= tables
    assert tables == set(ERASES), "say in ERASES what becomes of the rows of an erased customer"
    for name in tables - {"customers"}:
        table = METADATA.tables[name]
        named = {column for of_table, column in customer_references() if of_table == name}
        keys = [set(table.primary_key.columns.keys())]
        keys += [set(one.columns.keys()) for one in table.constraints if isinstance(one, sa.UniqueConstraint)]
        keys += [{column.name for column in index.columns} for index in table.indexes if index.unique]
        assert name in CLASHES or not any(key & named for key in keys), f"{name}: merged customers clash"


def test_everything_of_both_is_the_survivors(shop: Shop, actor: Actor) -> None:
    everything_for(shop, actor, KIM)
    everything_for(shop, actor, ZOE)
    shop.execute(create_customer, CreateCustomer(last_name="Third"), actor)
    shop.execute(set_distinct, DistinctPair(ZOE, 3), actor)
    before = {id: rows_of(shop, id) for id in (KIM, ZOE)}
    done = shop.execute(merge_customers, BOTH, actor)
    after, left = rows_of(shop, KIM), rows_of(shop, ZOE)
    assert set(left.values()) == {0}
    joined = {"customer_group_members.customer_id", "wishlists.customer_id"}
    for name, count in after.items():
        expected = before[KIM][name] + before[ZOE][name]
        expected -= name in joined  # one list, one membership
        expected -= name == "favorites.customer_id"  # the tea, which both like
        expected += name == "customers.merged_into"
        assert count == expected, name
    assert done.moved["orders"] == 1
    assert done.moved["carts"] == 1
    with shop.database.reading() as connection:
        wishes = connection.execute(sa.text("SELECT product_id FROM wishlist_items ORDER BY 1")).scalars().all()
    assert wishes == [1, 2, 3]
    assert [row.is_default for row in shop.ask(addresses_of, KIM)] == [True, False]
    assert [row.is_default for row in shop.ask(payment_methods_of, KIM)] == [True, False]
    assert shop.ask(groups_of, KIM) == ((1, "Club"),)
    assert {note.text for note in shop.ask(notes_of, KIM)} == {"note of 1", "note of 2"}
    assert set(shop.ask(consents_in_force, KIM)) == {"news_by_mail"}


def test_field_by_field_and_the_old_mail_still_finds_them(shop: Shop, actor: Actor, clerk: Actor) -> None:
    shop.execute(
        edit_customer,
        EditCustomer(
            customer_id=ZOE,
            version=1,
            first_name="Zoë",
            last_name="Müller",
            email="zoe@example.org",
            notes="likes tea",
            account_limit_cents=5_000,
        ),
        actor,
    )
    merged = replace(BOTH, loser_version=2, take=("email", "last_name", "account_limit_cents"))
    shop.execute(merge_customers, merged, actor)
    card = shop.ask(customer_card, KIM, actor)
    assert (card.customer.first_name, card.customer.last_name) == ("Kim", "Müller")
    assert (card.customer.email, card.customer.account_limit_cents) == ("zoe@example.org", 5_000)
    assert [note.text for note in shop.ask(notes_of, KIM)] == ["likes tea"]
    for mail in ("kim@example.org", "zoe@example.org"):
        sell(shop, clerk, mail)
    sell(shop, clerk, ZOE)
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT DISTINCT customer_id FROM orders")).scalars().all() == [KIM]
    assert [found.id for found in shop.ask(find_customers, "muller", clerk)] == [KIM]
    assert len(shop.ask(customers_page, PageRequest(), actor).rows) == 1
    at_till = shop.ask(customer_at_till, ZOE, clerk)
    assert at_till is not None
    assert at_till.id == KIM
    with pytest.raises(CustomerTaken) as refusal:
        shop.execute(create_customer, CreateCustomer(email="kim@example.org"), clerk)
    assert refusal.value.values["customer_id"] == KIM
    with pytest.raises(NotFound):
        shop.execute(edit_customer, EditCustomer(customer_id=ZOE, version=3, last_name="X"), actor)


def test_who_was_merged_before_leads_to_the_last_survivor(shop: Shop, actor: Actor) -> None:
    third = shop.execute(create_customer, CreateCustomer(last_name="Third"), actor)
    shop.execute(merge_customers, BOTH, actor)
    again = MergeCustomers(survivor_id=third, loser_id=KIM, survivor_version=1, loser_version=2)
    shop.execute(merge_customers, again, actor)
    sell(shop, actor, ZOE)
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT customer_id FROM orders")).scalar() == third
    assert rows_of(shop, KIM)["customers.merged_into"] == 0


def test_refusals_change_nothing(shop: Shop, actor: Actor, clerk: Actor) -> None:
    with pytest.raises(NotPermitted):
        shop.execute(merge_customers, BOTH, clerk)
    with pytest.raises(ChangedMeanwhile):
        shop.execute(merge_customers, replace(BOTH, loser_version=2), actor)
    with pytest.raises(BadField):
        shop.execute(merge_customers, replace(BOTH, loser_id=KIM), actor)
    with pytest.raises(BadField):
        shop.execute(merge_customers, replace(BOTH, take=("salt",)), actor)
    with pytest.raises(NotFound):
        shop.execute(merge_customers, replace(BOTH, loser_id=99), actor)
    assert rows_of(shop, KIM)["customers.merged_into"] == 0
    assert "status" in MERGEABLE


def test_two_merges_of_one_pair_at_once_make_one(shop: Shop, actor: Actor) -> None:
    everything_for(shop, actor, KIM)
    everything_for(shop, actor, ZOE)
    swapped = MergeCustomers(survivor_id=ZOE, loser_id=KIM, survivor_version=1, loser_version=1)
    outcomes: list[object] = []
    start = threading.Barrier(2)

    def run(command: MergeCustomers) -> None:
        start.wait()
        try:
            outcomes.append(shop.execute(merge_customers, command, actor))
        except (NotFound, ChangedMeanwhile) as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=(command,)) for command in (BOTH, swapped)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(outcomes) == 2
    (done,) = [one for one in outcomes if isinstance(one, CustomersMerged)]
    loser = ZOE if done.survivor_id == KIM else KIM
    assert set(rows_of(shop, loser).values()) == {0}


def test_sales_rung_up_during_a_merge_are_the_survivors(shop: Shop, actor: Actor) -> None:
    sellers = [actor_of(shop, "ann", "T1"), actor_of(shop, "ben", "T2")]
    begin, sold, troubles = threading.Barrier(3), [], []

    def ring_up(clerk: Actor) -> None:
        begin.wait()
        for _place in range(12):
            try:
                sell(shop, clerk, "zoe@example.org")
                sold.append(1)
            except Exception as error:  # shown below
                troubles.append(error)

    threads = [threading.Thread(target=ring_up, args=(clerk,)) for clerk in sellers]
    for thread in threads:
        thread.start()
    begin.wait()
    shop.execute(merge_customers, BOTH, actor)
    for thread in threads:
        thread.join(60)
    assert troubles == []
    assert len(sold) == 24
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT DISTINCT customer_id FROM orders")).scalars().all() == [KIM]
