"""Reviews: stars that are whole, verified by the sales, counted once approved, kept through a merge, silenced by an erasure."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, NotPermitted
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.marketing.reviews import (
    ProductRating,
    ReviewChosen,
    SetReviewStatus,
    WriteReview,
    bought_products,
    pending_reviews,
    product_rating,
    remove_review,
    reviews_page,
    set_review_status,
    write_review,
)
from shopdesk.parties.customers import CustomerChosen
from shopdesk.parties.erasing import erase_customer
from shopdesk.parties.merging import MergeCustomers, merge_customers
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.sales.void import VoidSale, void_sale
from tests.support.statements import counted

KIM, ZOE, TEA, MUG = 1, 2, 1, 2
GOOD = WriteReview(customer_id=KIM, product_id=TEA, rating=5, title="Always again", text="Smells of summer.")


def buy(shop: Shop, actor: Actor, customer: int) -> str:
    command = CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),), customer=customer)
    return str(shop.execute(commit_sale, command, actor).number)


def test_a_review_is_verified_by_the_sales_and_counts_when_approved(shop: Shop, actor: Actor, clerk: Actor) -> None:
    buy(shop, clerk, KIM)
    assert shop.ask(bought_products, KIM) == ((TEA, "Green tea"),)
    first = shop.execute(write_review, GOOD, clerk)
    second = shop.execute(write_review, replace(GOOD, customer_id=ZOE, rating=2, title=""), clerk)
    with counted(shop) as statements:
        rows = shop.ask(reviews_page, PageRequest(), product_id=TEA).rows
    assert len(statements) == 1
    assert [(row.customer, row.is_verified_purchase, row.status) for row in rows] == [
        ("Kim Lee", True, "pending"),
        ("Zoë Müller", False, "pending"),
    ]
    assert shop.ask(product_rating, TEA) == ProductRating(0, 0)
    assert shop.ask(pending_reviews) == 2
    with pytest.raises(NotPermitted):
        shop.execute(set_review_status, SetReviewStatus((first,), "approved"), clerk)
    assert shop.execute(set_review_status, SetReviewStatus((first, second), "approved"), actor).changed == 2
    assert shop.ask(product_rating, TEA) == ProductRating(2, 35)
    shop.execute(write_review, replace(GOOD, rating=4, review_id=first, version=2), clerk)
    assert shop.ask(product_rating, TEA) == ProductRating(1, 20), "a changed review waits again"
    shop.execute(remove_review, ReviewChosen(second), actor)
    with pytest.raises(NotFound):
        shop.execute(remove_review, ReviewChosen(second), actor)


def test_a_voided_sale_proves_nothing(shop: Shop, actor: Actor) -> None:
    number = buy(shop, actor, KIM)
    shop.execute(void_sale, VoidSale(uuid7(), number, "wrong"), actor)
    shop.execute(write_review, GOOD, actor)
    assert not shop.ask(reviews_page, PageRequest()).rows[0].is_verified_purchase


@pytest.mark.parametrize("rating", [0, 6, -1, True])
def test_stars_are_one_to_five(sqlite_shop: Shop, actor: Actor, rating: int) -> None:
    with pytest.raises(BadField):
        sqlite_shop.execute(write_review, replace(GOOD, rating=rating), actor)


def test_nobody_writes_over_another_or_for_somebody_else(shop: Shop, actor: Actor) -> None:
    review = shop.execute(write_review, GOOD, actor)
    with pytest.raises(NotFound):
        shop.execute(write_review, replace(GOOD, customer_id=ZOE, review_id=review), actor)
    shop.execute(write_review, replace(GOOD, review_id=review), actor)
    with pytest.raises(ChangedMeanwhile):
        shop.execute(write_review, replace(GOOD, review_id=review), actor)
    with pytest.raises(NotFound):
        shop.execute(write_review, replace(GOOD, product_id=99), actor)
    with pytest.raises(BadField):
        shop.execute(set_review_status, SetReviewStatus((review,), "liked"), actor)


def test_a_merge_keeps_reviews_and_an_erasure_takes_their_words(shop: Shop, actor: Actor) -> None:
    shop.execute(write_review, GOOD, actor)
    shop.execute(write_review, replace(GOOD, customer_id=ZOE), actor)
    merge = MergeCustomers(survivor_id=KIM, loser_id=ZOE, survivor_version=1, loser_version=1)
    shop.execute(merge_customers, merge, actor)
    assert len(shop.ask(reviews_page, PageRequest(), customer_id=KIM).rows) == 2
    shop.execute(erase_customer, CustomerChosen(KIM), actor)
    with shop.database.reading() as connection:
        words = connection.execute(sa.text("SELECT title || text, rating FROM reviews")).all()
    assert [tuple(row) for row in words] == [("", 5), ("", 5)]
