"""Tables of customers, their addresses, and countries."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Edited, Flag, Id, Uid, one_of, ref


class Country(Base):
    """A country by its ISO code, with its states as a JSON list of [code, name]."""

    __tablename__ = "countries"
    code: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    name: Mapped[str]
    states: Mapped[str] = mapped_column(default="[]")


class Customer(Edited, Base):
    """Somebody who buys; ``salt`` hides the person in the journal."""

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
        one_of("status", "active", "blocked", "erased"),
        sa.Index("ix_customers_name", "last_name", "first_name", "id"),
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
        sa.Index(
            "uq_addresses_default",
            "customer_id",
            "type",
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        ),
    )
