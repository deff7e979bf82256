"""What is kept for customers: methods, notes, consents, groups, wishes, favourites, sellers."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from shopdesk.catalogue.product_fields import VariantFields
from shopdesk.catalogue.products import CreateProduct, create_product
from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, NotPermitted
from shopdesk.core.free_text import CardNumberRefused
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.marketing.wish_favourites import FavouriteMark, customer_tiles, favourites_of, mark_favourite
from shopdesk.marketing.wish_lists import (
    AddWish,
    MoveWishes,
    VariantNeeded,
    WishChosen,
    WishTaken,
    add_wish,
    move_wishes,
    remove_wish,
    wishes_of,
)
from shopdesk.parties.customers import (
    CreateCustomer,
    create_customer,
)
from shopdesk.parties.groups import (
    GroupChosen,
    GroupTaken,
    Membership,
    SaveGroup,
    groups_of,
    groups_page,
    join_group,
    leave_group,
    members_page,
    remove_group,
    save_group,
)
from shopdesk.parties.notes import (
    AddNote,
    NoteChosen,
    RecordConsent,
    add_note,
    consents_in_force,
    consents_of,
    notes_of,
    record_consent,
    remove_note,
)
from shopdesk.parties.payment_methods import (
    MethodChosen,
    MethodTaken,
    SavePaymentMethod,
    payment_methods_of,
    remove_payment_method,
    save_payment_method,
)
from shopdesk.parties.queries import customer_card, customers_page
from shopdesk.parties.sellers import (
    SaveSeller,
    SellerTaken,
    SetSellerStatus,
    save_seller,
    sellers_page,
    set_seller_status,
)
from shopdesk.sales.cart_queries import held_carts
from tests.support.small_shop import actor_of
from tests.support.statements import counted

KIM, ZOE = 1, 2
CARD = SavePaymentMethod(customer_id=KIM, payment_type_id=2, token="tok-1", last4="4242")


# ------------------------------------------------------------------ methods


def test_one_default_method_of_the_active_ones(shop: Shop, clerk: Actor) -> None:
    def kept() -> list[tuple[str, bool, bool]]:
        return [(row.token, row.is_default, row.is_active) for row in shop.ask(payment_methods_of, KIM)]

    first = shop.execute(save_payment_method, CARD, clerk)
    shop.execute(save_payment_method, replace(CARD, token="tok-2"), clerk)
    assert kept() == [("tok-1", True, True), ("tok-2", False, True)]
    shop.execute(save_payment_method, replace(CARD, payment_method_id=first, is_active=False), clerk)
    assert kept() == [("tok-2", True, True), ("tok-1", False, False)]
    with pytest.raises(ChangedMeanwhile):
        shop.execute(save_payment_method, replace(CARD, payment_method_id=first, version=1), clerk)
    with pytest.raises(MethodTaken):
        shop.execute(save_payment_method, replace(CARD, customer_id=ZOE), clerk)
    shop.execute(remove_payment_method, MethodChosen(2), clerk)
    assert kept() == [("tok-1", False, False)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"last4": "42424"}, "last4"),
        ({"last4": "42a2"}, "last4"),
        ({"token": " "}, "token"),
        ({"expiry_month": 13, "expiry_year": 2030}, "expiry_month"),
        ({"expiry_month": 1}, "expiry_year"),
        ({"expiry_month": 1, "expiry_year": 30}, "expiry_year"),
        ({"payment_type_id": 99}, "payment_type_id"),
        ({"billing_address_id": 99}, "billing_address_id"),
    ],
)
def test_bad_methods_are_named(sqlite_shop: Shop, clerk: Actor, changes: dict[str, object], field: str) -> None:
    with pytest.raises(BadField) as refusal:
        sqlite_shop.execute(save_payment_method, replace(CARD, **changes), clerk)  # type: ignore[arg-type]
    assert refusal.value.field == field


@pytest.mark.parametrize("field", ["token", "card_type", "holder"])
def test_a_method_never_holds_a_full_number(sqlite_shop: Shop, clerk: Actor, field: str) -> None:
    with pytest.raises(CardNumberRefused):
        sqlite_shop.execute(save_payment_method, replace(CARD, **{field: "4111111111111111"}), clerk)  # type: ignore[arg-type]


def test_a_phone_that_is_a_card_is_refused_and_a_mobile_is_not(shop: Shop, clerk: Actor) -> None:
    for phone in ("378282246310005", "3782 822463 10005"):
        with pytest.raises(CardNumberRefused):
            shop.execute(create_customer, CreateCustomer(last_name="A", phone=phone), clerk)
    # +49 151 2345671x: one of the ten passes the check of card numbers, and all are phones.
    for last in range(10):
        shop.execute(create_customer, CreateCustomer(last_name="A", phone=f"+49 1512 345671{last}"), clerk)
    with pytest.raises(CardNumberRefused):
        shop.execute(create_customer, CreateCustomer(email="4111111111111111@example.org"), clerk)


# ------------------------------------------------------------------ notes and consents


def test_notes_are_dated_and_go_with_a_word_of_the_office(shop: Shop, actor: Actor, clerk: Actor) -> None:
    note = shop.execute(add_note, AddNote(KIM, " likes tea\nand cake "), clerk)
    (row,) = shop.ask(notes_of, KIM)
    assert (row.text, row.author) == ("likes tea\nand cake", "ann")
    with pytest.raises(NotPermitted):
        shop.execute(remove_note, NoteChosen(note), clerk)
    shop.execute(remove_note, NoteChosen(note), actor)
    assert shop.ask(notes_of, KIM) == ()
    with pytest.raises(BadField):
        shop.execute(add_note, AddNote(KIM, " "), clerk)


def test_consents_are_a_history_that_nobody_changes(shop: Shop, actor: Actor, clerk: Actor) -> None:
    shop.execute(record_consent, RecordConsent(KIM, "news_by_mail", True, "in_writing"), clerk)
    assert shop.execute(record_consent, RecordConsent(KIM, "news_by_mail", True), clerk) == 0
    shop.execute(record_consent, RecordConsent(KIM, "profile", True), clerk)
    shop.execute(record_consent, RecordConsent(KIM, "news_by_mail", False, "by_phone"), clerk)
    assert [(row.kind, row.is_given) for row in shop.ask(consents_of, KIM)] == [
        ("news_by_mail", False),
        ("profile", True),
        ("news_by_mail", True),
    ]
    assert set(shop.ask(consents_in_force, KIM)) == {"profile"}
    assert shop.ask(customer_card, KIM, actor).consent_at is not None
    for change in ("UPDATE customer_consents SET is_given = true", "DELETE FROM customer_consents"):
        with (
            pytest.raises(sa.exc.DBAPIError, match="never changed"),
            shop.database.writing() as connection,
            connection.begin(),
        ):
            connection.execute(sa.text(change))
    for bad in (RecordConsent(KIM, "everything", True), RecordConsent(KIM, "profile", True, "in_a_dream")):
        with pytest.raises(BadField):
            shop.execute(record_consent, bad, clerk)


# ------------------------------------------------------------------ groups


def test_groups_with_their_members(shop: Shop, actor: Actor, clerk: Actor) -> None:
    with pytest.raises(NotPermitted):
        shop.execute(save_group, SaveGroup(code="club", name="Club"), clerk)
    club = shop.execute(save_group, SaveGroup(code="club", name="Club"), actor)
    with pytest.raises(GroupTaken):
        shop.execute(save_group, SaveGroup(code="club", name="Other"), actor)
    for bad in (
        SaveGroup(code="a b", name="X"),
        SaveGroup(code="x", name=" "),
        SaveGroup(code="x", name="X", price_list_id=9),
    ):
        with pytest.raises(BadField):
            shop.execute(save_group, bad, actor)
    for _time in range(2):
        shop.execute(join_group, Membership(KIM, club), actor)
    shop.execute(join_group, Membership(ZOE, club), actor)
    with counted(shop) as statements:
        (row,) = shop.ask(groups_page, PageRequest()).rows
    assert (len(statements), row.members) == (1, 2)
    assert [member.id for member in shop.ask(members_page, PageRequest(), club).rows] == [KIM, ZOE]
    assert [one.id for one in shop.ask(customers_page, PageRequest(filters=(("group", club),)), actor).rows] == [
        KIM,
        ZOE,
    ]
    shop.execute(leave_group, Membership(ZOE, club), actor)
    shop.execute(save_group, SaveGroup(code="club", name="Tea club", group_id=club), actor)
    with pytest.raises(ChangedMeanwhile):
        shop.execute(save_group, SaveGroup(code="club", name="Club", group_id=club), actor)
    assert shop.ask(groups_of, KIM) == ((club, "Tea club"),)
    shop.execute(remove_group, GroupChosen(club), actor)
    assert shop.ask(groups_of, KIM) == ()


# ------------------------------------------------------------------ wishes and favourites


def test_a_wish_without_a_variant_asks_for_one_when_it_is_sold(shop: Shop, actor: Actor, clerk: Actor) -> None:
    shirt = CreateProduct(
        title="Shirt",
        variants=tuple(
            VariantFields(sku=f"SHIRT-{size}", price_cents=1_900, traits=(("Size", size),)) for size in "SM"
        ),
    )
    made = shop.execute(create_product, shirt, actor)
    wish = shop.execute(add_wish, AddWish(KIM, made.product_id), clerk)
    assert shop.execute(add_wish, AddWish(KIM, made.product_id), clerk) == wish
    only = shop.execute(add_wish, AddWish(KIM, made.product_id, made.variant_ids[1]), clerk)
    shop.execute(add_wish, AddWish(KIM, 1), clerk)
    with counted(shop) as statements:
        rows = {row.id: row for row in shop.ask(wishes_of, KIM)}
    assert len(statements) == 1
    assert [row.only_variant_id for row in rows.values()] == [1, made.variant_ids[1], None]
    with pytest.raises(VariantNeeded):
        shop.execute(move_wishes, MoveWishes(KIM, (WishTaken(wish),)), clerk)
    with pytest.raises(BadField):
        shop.execute(move_wishes, MoveWishes(KIM, (WishTaken(wish, 1),)), clerk)
    with pytest.raises(NotFound):
        shop.execute(move_wishes, MoveWishes(ZOE, (WishTaken(only),)), clerk)
    shop.execute(move_wishes, MoveWishes(KIM, (WishTaken(wish, made.variant_ids[0]), WishTaken(only))), clerk)
    (held,) = shop.ask(held_carts)
    assert (held.customer, held.lines, held.total_cents) == ("Kim Lee", 2, 3_800)
    (left,) = shop.ask(wishes_of, KIM)
    shop.execute(remove_wish, WishChosen(left.id), clerk)
    assert shop.ask(wishes_of, KIM) == ()
    with pytest.raises(NotFound):
        shop.execute(remove_wish, WishChosen(left.id), clerk)


def test_favourites_are_tiles_of_what_is_on_sale(shop: Shop, actor: Actor, clerk: Actor) -> None:
    for variant in (1, 2, 2):
        shop.execute(mark_favourite, FavouriteMark(KIM, variant, is_favourite=True), clerk)
    with counted(shop) as statements:
        tiles = shop.ask(customer_tiles, KIM, 1, clerk)
    assert len(statements) == 1
    assert [(tile.name, tile.variant_id, tile.in_stock) for tile in tiles] == [("Green tea", 1, True), ("Mug", 2, True)]
    with shop.database.writing() as connection, connection.begin():
        connection.execute(sa.text("UPDATE products SET is_active = false WHERE id = 2"))
    assert [tile.name for tile in shop.ask(customer_tiles, KIM, 1, clerk)] == ["Green tea"]
    assert [row.on_sale for row in shop.ask(favourites_of, KIM)] == [True, False]
    shop.execute(mark_favourite, FavouriteMark(KIM, 1, is_favourite=False), clerk)
    assert [row.sku for row in shop.ask(favourites_of, KIM)] == ["MUG"]
    with pytest.raises(NotFound):
        shop.execute(mark_favourite, FavouriteMark(KIM, 99, is_favourite=True), clerk)


# ------------------------------------------------------------------ sellers


def test_sellers_go_their_steps(shop: Shop, actor: Actor) -> None:
    office = actor_of(shop, "bo")
    seller = shop.execute(save_seller, SaveSeller(store_name="Café Ünder"), office)
    (row,) = shop.ask(sellers_page, PageRequest(search="under")).rows
    assert (row.slug, row.status, row.is_verified) == ("cafe-under", "pending", False)
    with pytest.raises(NotPermitted):
        shop.execute(save_seller, SaveSeller(store_name="Honey", is_verified=True), office)
    with pytest.raises(NotPermitted):
        shop.execute(set_seller_status, SetSellerStatus((seller,), "approved"), office)
    with pytest.raises(SellerTaken):
        shop.execute(save_seller, SaveSeller(store_name="Other", slug="cafe-under"), actor)
    report = shop.execute(set_seller_status, SetSellerStatus((seller,), "approved"), actor)
    assert (report.changed, report.refused) == (1, ())
    refused = shop.execute(set_seller_status, SetSellerStatus((seller,), "pending"), actor)
    assert [one.name for one in refused.refused] == ["Café Ünder"]
    for bad in ({"slug": "A b!"}, {"commission_ppm": 1_000_001}, {"business_phone": "call"}, {"user_id": 99}):
        with pytest.raises(BadField):
            shop.execute(save_seller, SaveSeller(store_name="X", **bad), actor)  # type: ignore[arg-type]
