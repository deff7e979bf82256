"""Tables of customers and what belongs to them: addresses, groups, stored methods, notes, consent; sellers; countries."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Edited, Flag, Id, Uid, one_of, ref, where

CUSTOMER_STATUSES = ("active", "blocked", "erased", "merged")
CONSENT_KINDS = ("news_by_mail", "news_by_phone", "profile")
CONSENT_SOURCES = ("in_person", "in_writing", "by_mail", "by_phone", "online")
SELLER_STATUSES = ("pending", "approved", "suspended")


class Country(Base):
    """A country by its ISO code, with its states as a JSON list of [code, name]."""

    __tablename__ = "countries"
    code: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    name: Mapped[str]
    states: Mapped[str] = mapped_column(default="[]")


class Customer(Edited, Base):
    """Somebody who buys; ``salt`` hides the person in the journal. One that was merged leads to who they are now."""

    __tablename__ = "customers"
    id: Mapped[Id]
    uid: Mapped[Uid]
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    company: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str | None] = mapped_column(index=True)
    card_number: Mapped[str | None] = mapped_column(unique=True)
    status: Mapped[Code] = mapped_column(default="active")
    block_reason: Mapped[str] = mapped_column(default="", server_default=sa.text("''"))
    merged_into: Mapped[int | None] = ref("customers.id")
    user_id: Mapped[int | None] = ref("users.id")
    price_list_id: Mapped[int | None] = ref("price_lists.id")
    tax_exempt: Mapped[Flag] = mapped_column(default=False)
    language: Mapped[str | None]
    notes: Mapped[str] = mapped_column(default="")
    account_limit_cents: Mapped[int] = mapped_column(default=0)
    consent_at: Mapped[datetime | None]
    salt: Mapped[str | None]
    search_text: Mapped[str] = mapped_column(default="")
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    __table_args__ = (
        one_of("status", *CUSTOMER_STATUSES),
        sa.Index("ix_customers_name", "last_name", "first_name", "id"),
        sa.Index("ix_customers_status", "status", "id"),
        sa.Index("ix_customers_status_name", "status", "last_name", "first_name", "id"),
    )


class Address(Edited, Base):
    """Where a customer lives or is billed; one default a type."""

    __tablename__ = "addresses"
    id: Mapped[Id]
    customer_id: Mapped[int] = ref("customers.id")
    type: Mapped[Code]
    line1: Mapped[str]
    line2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    country_code: Mapped[str] = mapped_column(sa.ForeignKey("countries.code"), index=True)
    is_default: Mapped[Flag] = mapped_column(default=False)
    __table_args__ = (
        one_of("type", "shipping", "billing"),
        sa.Index("uq_addresses_default", "customer_id", "type", unique=True, **where("is_default")),
    )


class CustomerGroup(Edited, Base):
    """Customers who are treated alike; its price list holds for all of them."""

    __tablename__ = "customer_groups"
    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str]
    price_list_id: Mapped[int | None] = ref("price_lists.id")
    __table_args__ = (sa.Index("ix_customer_groups_name", "name", "id"),)


class CustomerGroupMember(Base):
    """A customer is in a group."""

    __tablename__ = "customer_group_members"
    customer_id: Mapped[int] = ref("customers.id", primary_key=True, index=False)
    group_id: Mapped[int] = ref("customer_groups.id", primary_key=True)


class PaymentMethod(Edited, Base):
    """A way of paying that is kept for a customer: the reference that the provider gave, and never a full number."""

    __tablename__ = "payment_methods"
    id: Mapped[Id]
    customer_id: Mapped[int] = ref("customers.id")
    payment_type_id: Mapped[int] = ref("payment_types.id", index=False)
    token: Mapped[str]
    last4: Mapped[str | None] = mapped_column(sa.String(4))
    card_type: Mapped[str] = mapped_column(default="")
    expiry_month: Mapped[int | None]
    expiry_year: Mapped[int | None]
    holder: Mapped[str] = mapped_column(default="")
    billing_address_id: Mapped[int | None] = ref("addresses.id")
    is_default: Mapped[Flag] = mapped_column(default=False)
    is_active: Mapped[Flag] = mapped_column(default=True)
    __table_args__ = (
        sa.Index("uq_payment_methods_default", "customer_id", unique=True, **where("is_default")),
        sa.UniqueConstraint("payment_type_id", "token"),
        sa.CheckConstraint("expiry_month BETWEEN 1 AND 12", name="month_exists"),
        sa.CheckConstraint("expiry_year BETWEEN 2000 AND 2200", name="year_plausible"),
        sa.CheckConstraint("is_active OR NOT is_default", name="default_is_active"),
    )


class CustomerNote(Base):
    """What somebody wrote down about a customer, with when and who."""

    __tablename__ = "customer_notes"
    id: Mapped[Id]
    customer_id: Mapped[int] = ref("customers.id")
    text: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = ref("users.id", index=False)


class CustomerConsent(Base):
    """A consent given or withdrawn; the newest of a kind holds. Append-only: it is the proof, and says nothing personal."""

    __tablename__ = "customer_consents"
    id: Mapped[Id]
    customer_id: Mapped[int] = ref("customers.id")
    kind: Mapped[Code]
    is_given: Mapped[Flag]
    source: Mapped[Code]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = ref("users.id", index=False)
    __table_args__ = (one_of("kind", *CONSENT_KINDS), one_of("source", *CONSENT_SOURCES))


class DistinctCustomers(Base):
    """Two customers who look alike and are two people: somebody said so."""

    __tablename__ = "distinct_customers"
    first_id: Mapped[int] = ref("customers.id", primary_key=True, index=False)
    second_id: Mapped[int] = ref("customers.id", primary_key=True)
    said_at: Mapped[datetime]
    said_by: Mapped[int | None] = ref("users.id", index=False)
    __table_args__ = (sa.CheckConstraint("first_id < second_id", name="in_order"),)


class Seller(Edited, Base):
    """Somebody whose goods the shop sells for them; what they are paid comes with the marketplace."""

    __tablename__ = "sellers"
    id: Mapped[Id]
    user_id: Mapped[int | None] = ref("users.id", unique=True, index=False)
    store_name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    logo_blob_id: Mapped[int | None] = ref("blobs.id")
    business_email: Mapped[str | None]
    business_phone: Mapped[str | None]
    status: Mapped[Code] = mapped_column(default="pending")
    is_verified: Mapped[Flag] = mapped_column(default=False)
    commission_ppm: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        one_of("status", *SELLER_STATUSES),
        sa.Index("ix_sellers_store_name", "store_name", "id"),
        sa.CheckConstraint("commission_ppm BETWEEN 0 AND 1000000", name="commission_range"),
    )
