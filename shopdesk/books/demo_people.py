"""The people of the demo shop beyond their names: addresses, groups, notes, wishes, doubles, sellers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.marketing.reviews import SetReviewStatus, WriteReview, set_review_status, write_review
from shopdesk.marketing.wish_favourites import FavouriteMark, mark_favourite
from shopdesk.marketing.wish_lists import AddWish, add_wish
from shopdesk.parties.addresses import SaveAddress, save_address
from shopdesk.parties.customer_fields import CustomerFields
from shopdesk.parties.customers import EditCustomer, edit_customer, insert_customers
from shopdesk.parties.groups import Membership, SaveGroup, join_group, save_group
from shopdesk.parties.models import Customer
from shopdesk.parties.notes import AddNote, RecordConsent, add_note, record_consent
from shopdesk.parties.payment_methods import SavePaymentMethod, save_payment_method
from shopdesk.parties.sellers import SaveSeller, SetSellerStatus, save_seller, set_seller_status

_PLACES = (
    ("Bergmannstraße 12", "10961", "Berlin", "DE", "BE"),
    ("Kastanienallee 81", "10435", "Berlin", "DE", "BE"),
    ("Leopoldstraße 44", "80802", "München", "DE", "BY"),
    ("Rue des Martyrs 9", "75009", "Paris", "FR", ""),
    ("48 Valley Road", "07052", "West Orange", "US", "NJ"),
    ("17 Rose Lane", "CB2 1TN", "Cambridge", "GB", ""),
)
_NOTES = (
    "Likes to be told when the olive oil is in.",
    "Collects on Fridays after six.",
    "Wants the invoice by e-mail, never on paper.",
)
_SELLERS = (
    ("Honey from Lübars", "Five kinds of honey from hives at the edge of town.", "bees@example.org", 200_000, True),
    ("Clay & Kiln", "Cups and bowls, each one thrown by hand.", "clay@example.org", 300_000, True),
    ("Paper Boat Cards", "Postcards printed with lead type.", "boat@example.org", 350_000, False),
)


def fill_people(shop: Shop, actor: Actor) -> None:
    """Give the demo shop's customers something on every part of their pages."""
    shop.execute(_fill, None, actor)


def _fill(uow: UnitOfWork, _command: None) -> None:
    ids = list(uow.connection.execute(sa.select(Customer.id).order_by(Customer.id)).scalars())
    _addresses(uow, ids)
    _groups(uow, ids)
    _kept(uow, ids)
    _goods(uow, ids)
    _reviews(uow)
    _doubles(uow, ids)
    _sellers(uow)


def _addresses(uow: UnitOfWork, ids: Sequence[int]) -> None:
    for place, (customer_id, (street, code, city, country, state)) in enumerate(
        zip(ids[:24], cycle(_PLACES), strict=False)
    ):
        address = SaveAddress(
            customer_id=customer_id,
            type="shipping",
            line1=street,
            postal_code=code,
            city=city,
            country_code=country,
            state=state,
        )
        save_address(uow, address)
        if place % 3 == 0:
            billed = SaveAddress(
                customer_id=customer_id, type="billing", line1="Postfach 1204", city="Berlin", country_code="DE"
            )
            save_address(uow, billed)


def _groups(uow: UnitOfWork, ids: Sequence[int]) -> None:
    rows = uow.connection.execute(sa.text("SELECT code, id FROM price_lists"))
    lists: dict[str, int] = {row.code: row.id for row in rows}
    for code, name, price_list, members in (
        ("regulars", "Regulars", lists.get("regulars"), ids[::4]),
        ("trade", "Cafés and restaurants", None, ids[1::7]),
        ("wine", "Wine club", lists.get("six"), ids[2::6]),
    ):
        group_id = save_group(uow, SaveGroup(code=code, name=name, price_list_id=price_list))
        for customer_id in members:
            join_group(uow, Membership(customer_id, group_id))


def _kept(uow: UnitOfWork, ids: Sequence[int]) -> None:
    card = uow.connection.execute(sa.text("SELECT min(id) FROM payment_types WHERE kind = 'card'")).scalar_one()
    for place, customer_id in enumerate(ids[:9]):
        method = SavePaymentMethod(
            customer_id=customer_id,
            payment_type_id=card,
            token=f"demo-{place:04d}",
            last4=f"{4242 + place * 7:04d}",
            card_type=("Visa", "Mastercard", "girocard")[place % 3],
            expiry_month=place % 12 + 1,
            expiry_year=2029,
        )
        save_payment_method(uow, method)
        add_note(uow, AddNote(customer_id, _NOTES[place % len(_NOTES)]))
        record_consent(uow, RecordConsent(customer_id, "news_by_mail", is_given=True, source="in_writing"))
        if place % 3 == 1:
            record_consent(uow, RecordConsent(customer_id, "news_by_mail", is_given=False, source="by_phone"))


def _goods(uow: UnitOfWork, ids: Sequence[int]) -> None:
    variants = uow.connection.execute(
        sa.text("SELECT id, product_id FROM product_variants WHERE is_active ORDER BY product_id, id LIMIT 40")
    ).all()
    for place, customer_id in enumerate(ids[:8]):
        for step in range(4):
            variant = variants[(place * 5 + step * 3) % len(variants)]
            mark_favourite(uow, FavouriteMark(customer_id, variant.id, is_favourite=True))
        for step in range(3):
            variant = variants[(place * 7 + step * 11) % len(variants)]
            add_wish(uow, AddWish(customer_id, variant.product_id, variant.id if step == 0 else None))


_WORDS = (
    (5, "Always again", "Fresh, and they keep for a week."),
    (4, "Good", ""),
    (2, "Smaller than I thought", "The taste is fine, the pack could be larger."),
)


def _reviews(uow: UnitOfWork) -> None:
    """Some say what they think of what they bought; not everything was looked at yet."""
    bought = uow.connection.execute(
        sa.text(
            "SELECT o.customer_id, min(i.product_id) AS product_id FROM orders o JOIN order_items i ON i.order_id = o.id "
            "WHERE o.customer_id IS NOT NULL AND o.status <> 'cancelled' GROUP BY o.customer_id ORDER BY 1 LIMIT 9"
        )
    ).all()
    made = []
    for place, row in enumerate(bought):
        stars, title, text = _WORDS[place % len(_WORDS)]
        review = WriteReview(
            customer_id=row.customer_id, product_id=row.product_id, rating=stars, title=title, text=text
        )
        made.append(write_review(uow, review))
    set_review_status(uow, SetReviewStatus(tuple(made[:5]), "approved"))


def _doubles(uow: UnitOfWork, ids: Sequence[int]) -> None:
    """Two customers typed a second time, a little differently; one customer who may not buy."""
    known = {row.id: row for row in uow.connection.execute(sa.select(Customer).where(Customer.id.in_(ids[:6])))}
    first, second, owing = known[ids[0]], known[ids[3]], known[ids[5]]
    insert_customers(
        uow,
        [
            CustomerFields(first_name=first.first_name, last_name=f"{first.last_name}s", phone=first.phone),
            CustomerFields(first_name=second.first_name, last_name=second.last_name, company="Home"),
        ],
    )
    fields = {name: getattr(owing, name) for name in CustomerFields.__dataclass_fields__}
    edit_customer(
        uow,
        EditCustomer(
            customer_id=owing.id,
            version=owing.version,
            is_blocked=True,
            block_reason="Two invoices are unpaid since spring.",
            **fields,
        ),
    )


def _sellers(uow: UnitOfWork) -> None:
    made = [
        save_seller(
            uow,
            SaveSeller(
                store_name=name,
                description=text,
                business_email=mail,
                business_phone=f"+493055577{place:02d}",
                commission_ppm=keeps,
                is_verified=verified,
            ),
        )
        for place, (name, text, mail, keeps, verified) in enumerate(_SELLERS)
    ]
    set_seller_status(uow, SetSellerStatus(tuple(made[:2]), "approved"))
