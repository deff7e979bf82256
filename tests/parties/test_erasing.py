"""An erased customer leaves no trace in the raw file, in a dump, or for the doctor to find (R19, S30, I41)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa

from shopdesk.books.doctor import run_doctor
from shopdesk.core.actor import Actor
from shopdesk.core.errors import NotFound, NotPermitted
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.feeds.run import check_feed, import_feed, started, taken_file
from shopdesk.marketing.wish_favourites import FavouriteMark, mark_favourite
from shopdesk.marketing.wish_lists import AddWish, add_wish
from shopdesk.parties.addresses import SaveAddress, save_address
from shopdesk.parties.customers import (
    CreateCustomer,
    CustomerChosen,
    EditCustomer,
    create_customer,
    edit_customer,
)
from shopdesk.parties.erasing import erase_customer, erasure_plan
from shopdesk.parties.merging import MergeCustomers, merge_customers
from shopdesk.parties.notes import AddNote, RecordConsent, add_note, consents_in_force, record_consent
from shopdesk.parties.payment_methods import SavePaymentMethod, save_payment_method
from shopdesk.parties.queries import customers_page, find_customers
from shopdesk.sales.carts import CartLine, HoldCart, SaveCart, hold_cart, save_cart
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.system.history import history_page
from tests.support.tampering import Tampering, drop_guards

PLANTED = (
    "Xanthippe",
    "Quillfeather",
    "Glockenguss",
    "xq@planted.example",
    "4955501900",
    "CARD-PLANTED",
    "Nightingale Alley",
    "Ottobrunn",
    "allergic to zinnias",
    "owes for bassoons",
    "tok-planted",
    "Theodolinde",
)


def plant(shop: Shop, actor: Actor) -> int:
    """A customer with something of theirs in every place where a person can be named; returns the id."""
    person = {
        "first_name": "Xanthippe",
        "last_name": "Quillfeather",
        "company": "Glockenguss",
        "email": "xq@planted.example",
        "phone": "+49 5550 1900",
        "card_number": "CARD-PLANTED",
    }
    customer = shop.execute(create_customer, CreateCustomer(**person), actor)
    shop.execute(
        edit_customer,
        EditCustomer(customer_id=customer, version=1, **{**person, "first_name": "Theodolinde"}),
        actor,
    )
    shop.execute(
        edit_customer,
        EditCustomer(customer_id=customer, version=2, **person, is_blocked=True, block_reason="owes for bassoons"),
        actor,
    )
    shop.execute(edit_customer, EditCustomer(customer_id=customer, version=3, **person), actor)
    other = shop.execute(create_customer, CreateCustomer(last_name="Quillfeather", phone="49555019001"), actor)
    shop.execute(
        merge_customers,
        MergeCustomers(survivor_id=customer, loser_id=other, survivor_version=4, loser_version=1),
        actor,
    )
    address = SaveAddress(
        customer_id=customer, type="billing", line1="Nightingale Alley 3", country_code="DE", city="Ottobrunn"
    )
    billing = shop.execute(save_address, address, actor)
    shop.execute(
        save_payment_method,
        SavePaymentMethod(
            customer_id=customer,
            payment_type_id=2,
            token="tok-planted",
            last4="4242",
            holder="Xanthippe Quillfeather",
            billing_address_id=billing,
        ),
        actor,
    )
    shop.execute(add_note, AddNote(customer, "allergic to zinnias"), actor)
    shop.execute(record_consent, RecordConsent(customer, "news_by_mail", True), actor)
    shop.execute(add_wish, AddWish(customer, 1), actor)
    shop.execute(mark_favourite, FavouriteMark(customer, 2, is_favourite=True), actor)
    sale = CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),), customer="xq@planted.example")
    shop.execute(commit_sale, sale, actor)
    uid = uuid7()
    cart = SaveCart(
        uid=uid, customer_id=customer, changed=(CartLine(1, 1, 1000, 350, "Green tea"),), note="for Xanthippe"
    )
    shop.execute(save_cart, cart, actor)
    shop.execute(hold_cart, HoldCart(uid, "Quillfeather"), actor)
    return customer


def bring_file(shop: Shop, actor: Actor, folder: Path) -> None:
    """A file of customers that names the person and is imported, with a row that is refused."""
    file = folder / "people.csv"
    file.write_text(
        "First name,Last name,Company,Email,Phone\n"
        "Xanthippe,Quillfeather,Glockenguss,xq@planted.example,+49 5550 1902\n"
        "Theodolinde,Quillfeather,Glockenguss,not a mail xq@planted.example,\n",
        encoding="utf-8",
    )
    with taken_file(shop, file, actor, kind="customers") as taken:
        feed_id = taken.feed_id
    card = check_feed(shop, feed_id, lambda use_case, command: shop.execute(use_case, command, actor))
    assert (card.changed, card.rows_bad) == (1, 1)
    import_feed(shop, feed_id, started(shop, feed_id, actor))


def left_in(shop: Shop, tmp_path: Path, programs: Path | None) -> set[str]:
    """Which planted words stand anywhere in the compacted file or in a dump."""
    url = shop.database.url
    if shop.database.dialect == "sqlite":
        with shop.database.write_engine.connect() as connection:
            driver = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        content = b"".join(path.read_bytes() for path in Path(str(url.database)).parent.glob("*.db*"))
    else:
        assert programs is not None
        target = url.set(drivername="postgresql").render_as_string(hide_password=False)
        done = subprocess.run([str(programs / "pg_dump"), target], capture_output=True, check=True, timeout=60)
        content = done.stdout
    lowered = content.lower()
    return {word for word in PLANTED if word.lower().encode() in lowered}


def test_nothing_of_an_erased_person_is_left(
    shop: Shop, actor: Actor, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    programs = None
    if shop.database.dialect == "postgresql":
        programs = request.getfixturevalue("postgres").programs
        if programs is None:
            pytest.skip("the server's own pg_dump is not known here")
    customer = plant(shop, actor)
    sealed = {"Theodolinde", "owes for bassoons"}  # stood only in edits: the audit log has them, sealed
    assert left_in(shop, tmp_path, programs) == set(PLANTED) - sealed
    bring_file(shop, actor, tmp_path)
    plan = shop.ask(erasure_plan, customer, actor)
    assert (plan.name, plan.also) == ("Xanthippe Quillfeather", ("Quillfeather",))
    counts = (plan.addresses, plan.payment_methods, plan.notes, plan.wishes, plan.favourites, plan.consents, plan.sales)
    assert counts == (1, 1, 1, 1, 1, 1, 1)
    shop.execute(erase_customer, CustomerChosen(customer), actor)
    assert left_in(shop, tmp_path, programs) == set()
    assert shop.ask(find_customers, "quillfeather", actor) == ()
    assert shop.ask(consents_in_force, customer) == {}
    assert len(shop.ask(customers_page, PageRequest(), actor).rows) == 2
    report = run_doctor(shop.database, clock=shop.clock)
    assert [finding for finding in report.findings if finding.violations] == []
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT customer_id FROM orders")).scalar() == customer
        kept = connection.execute(sa.text("SELECT sum(size_bytes) FROM blobs WHERE provider = 'pieces'")).scalar()
        assert kept == 0, "the file that named the person is empty"
    with pytest.raises(NotFound):
        shop.execute(erase_customer, CustomerChosen(customer), actor)
    shop.execute(create_customer, CreateCustomer(email="xq@planted.example", card_number="CARD-PLANTED"), actor)


def test_history_tells_values_until_the_person_is_erased(shop: Shop, actor: Actor) -> None:
    customer = plant(shop, actor)

    def told() -> list[tuple[object, object]]:
        page = shop.ask(history_page, PageRequest(), target_type="customer", target_id=str(customer), actor=actor)
        return [
            (change.before, change.after)
            for row in page.rows
            if row.action == "customer.edit"
            for change in row.changes
            if change.field == "first_name"
        ]

    assert told() == [("Xanthippe", "Theodolinde"), ("Theodolinde", "Xanthippe")]
    shop.execute(erase_customer, CustomerChosen(customer), actor)
    assert told() == []


def test_erasing_is_for_who_may(shop: Shop, actor: Actor, clerk: Actor) -> None:
    with pytest.raises(NotPermitted):
        shop.execute(erase_customer, CustomerChosen(1), clerk)
    with pytest.raises(NotPermitted):
        shop.ask(erasure_plan, 1, clerk)
    with pytest.raises(NotFound):
        shop.ask(erasure_plan, 99, actor)


LEFTOVERS = (
    ("UPDATE customers SET first_name = 'Xanthippe' WHERE id = :id", "I41"),
    ("UPDATE customers SET salt = 'abc' WHERE id = :id", "I41"),
    ("UPDATE customers SET search_text = ' x ' WHERE id = :id", "I41"),
    ("UPDATE customers SET block_reason = 'x' WHERE id = :id", "I41"),
    ("UPDATE customers SET deleted_at = NULL WHERE id = :id", "I41"),
    (
        "INSERT INTO customer_notes (customer_id, text, created_at) VALUES (:id, 'x', 1)",
        "I41",
    ),
    (
        "INSERT INTO addresses (customer_id, type, line1, line2, city, state, postal_code, country_code, is_default, "
        "created_at, updated_at, version) VALUES (:id, 'billing', 'x', '', '', '', '', 'DE', true, 1, 1, 1)",
        "I41",
    ),
    ("INSERT INTO favorites (customer_id, variant_id, added_at) VALUES (:id, 1, 1)", "I41"),
    ("INSERT INTO wishlists (customer_id, created_at) VALUES (:id, 1)", "I41"),
    ("UPDATE carts SET label = 'Quillfeather' WHERE customer_id = :id", "I41"),
    ("DELETE FROM customer_consents WHERE customer_id = :id AND NOT is_given", "I41"),
    ("UPDATE customers SET merged_into = NULL WHERE status = 'merged'", "I34"),
    ("UPDATE orders SET customer_id = (SELECT id FROM customers WHERE status = 'merged')", "I34"),
    ("UPDATE addresses SET is_default = false WHERE customer_id = 1", "I34"),
    ("UPDATE payment_methods SET is_default = false WHERE customer_id = 1", "I34"),
    ("UPDATE payment_methods SET last4 = '42x' WHERE customer_id = 1", "I39"),
    ("UPDATE payment_methods SET token = '4111 1111 1111 1111' WHERE customer_id = 1", "I39"),
    ("UPDATE payment_methods SET billing_address_id = (SELECT id FROM addresses WHERE customer_id = 2)", "I34"),
    ("UPDATE wishlist_items SET variant_id = 2", "I34"),
)


def test_the_doctor_finds_what_is_left_over(shop: Shop, actor: Actor) -> None:
    for customer in (1, 2):
        shop.execute(
            save_address,
            SaveAddress(customer_id=customer, type="billing", line1="Home", country_code="DE"),
            actor,
        )
    shop.execute(
        save_payment_method, SavePaymentMethod(customer_id=1, payment_type_id=2, token="tok", last4="4242"), actor
    )
    shop.execute(add_wish, AddWish(1, 1), actor)
    erased = plant(shop, actor)
    shop.execute(erase_customer, CustomerChosen(erased), actor)
    loser = shop.execute(create_customer, CreateCustomer(last_name="Old"), actor)
    shop.execute(
        merge_customers, MergeCustomers(survivor_id=1, loser_id=loser, survivor_version=1, loser_version=1), actor
    )
    drop_guards(shop.database)
    with Tampering((shop.database, (), shop.clock)) as tampering:
        assert tampering.noticed() == set()
        for statement, id in LEFTOVERS:
            values = {"id": erased} if ":id" in statement else {}
            noticed = tampering.noticed_after(statement, values)
            assert noticed is not None, statement
            assert id in noticed, statement
        if shop.database.dialect == "sqlite":
            forgotten = f"INSERT INTO customer_trigrams_fts (rowid, words) VALUES ({erased}, ' xanthippe ')"
            assert tampering.noticed_after(forgotten, {}) == {"I41"}
