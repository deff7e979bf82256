"""Held sales of the whole shop, and the one that a till was at when it stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shopdesk.core.clock import from_micros
from shopdesk.db.unit import Reader
from shopdesk.parties.models import Customer
from shopdesk.sales.carts import CartContent, cart_content
from shopdesk.sales.models import Cart, CartItem, Till
from shopdesk.system.models import User


@dataclass(frozen=True, slots=True)
class HeldCart:
    """A held sale in the list; ``total_cents`` is what its lines showed, before discounts."""

    uid: str
    label: str
    till: str
    clerk: str
    customer: str
    lines: int
    total_cents: int
    held_at: datetime


def held_carts(reader: Reader) -> tuple[HeldCart, ...]:
    """Held sales of every till, the longest waiting first; one statement."""
    worth = sa.func.coalesce(sa.func.sum((CartItem.quantity * CartItem.price_cents + 500) // 1000), 0)
    customer = sa.func.coalesce(Customer.first_name + " " + Customer.last_name, "")
    rows = reader.connection.execute(
        sa.select(
            Cart.uid,
            Cart.label,
            sa.func.coalesce(Till.code, ""),
            sa.func.coalesce(User.username, ""),
            customer,
            sa.func.count(CartItem.id),
            sa.cast(worth, sa.BigInteger),
            sa.type_coerce(Cart.held_at, sa.BigInteger),
        )
        .outerjoin_from(Cart, CartItem, CartItem.cart_id == Cart.id)
        .outerjoin(Till, Till.id == Cart.till_id)
        .outerjoin(User, User.id == Cart.user_id)
        .outerjoin(Customer, Customer.id == Cart.customer_id)
        .where(Cart.status == "active", Cart.held_at.is_not(None))
        .group_by(Cart.id, Till.code, User.username, Customer.first_name, Customer.last_name)
        .order_by(Cart.held_at, Cart.id)
    )
    return tuple(
        HeldCart(row[0], row[1], row[2], row[3], row[4].strip(), row[5], row[6], from_micros(row[7])) for row in rows
    )


def unfinished_cart(reader: Reader, till_id: int) -> CartContent | None:
    """The cart that a till was at when it last stopped, None for none; two statements."""
    newest = (
        sa.select(Cart.uid)
        .where(
            Cart.till_id == till_id,
            Cart.status == "active",
            Cart.held_at.is_(None),
            sa.exists().where(CartItem.cart_id == Cart.id),
        )
        .order_by(Cart.updated_at.desc(), Cart.id.desc())
        .limit(1)
    )
    uid = reader.connection.execute(newest).scalar()
    return None if uid is None else cart_content(reader, uid)
