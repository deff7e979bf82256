"""A customer's wish list: what they would like to have, moved into a sale when they take it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from shopdesk.catalogue.models import Product, ProductVariant
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7
from shopdesk.core.money import MILLI
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.marketing.wish_models import Wishlist, WishlistItem
from shopdesk.parties.people_rows import locked_customer, note_change
from shopdesk.sales.carts import CartLine, HoldCart, SaveCart, hold_cart, save_cart
from shopdesk.system.models import User


class VariantNeeded(ShopError):
    """A wish for a product that comes in several variants: which one is to be sold?"""

    code = "variant_needed"
    sentence = N_("{name} comes in several variants. Choose one.")


class NotOnSale(ShopError):
    """A wish for something that is not sold any more."""

    code = "not_on_sale"
    sentence = N_("{name} is not on sale now.")


@dataclass(frozen=True, slots=True)
class WishRow:
    """A wish. ``variant_id`` is None while any variant will do; prices are those of the variants that are on sale.

    ``only_variant_id`` is the variant that a sale would take without asking, None when there is a choice or nothing.
    """

    id: int
    product_id: int
    product: str
    variant_id: int | None
    variant: str
    price_from_cents: int | None
    price_to_cents: int | None
    only_variant_id: int | None
    on_sale: bool
    added_at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class AddWish:
    """A product that a customer wishes for; without ``variant_id`` any variant will do."""

    customer_id: int
    product_id: int
    variant_id: int | None = None


@dataclass(frozen=True, slots=True)
class WishChosen:
    """The wish to take off the list."""

    item_id: int


@dataclass(frozen=True, slots=True)
class WishTaken:
    """A wish that is to be sold, with the variant where the wish leaves it open."""

    item_id: int
    variant_id: int | None = None


@dataclass(frozen=True, slots=True)
class MoveWishes:
    """Wishes that become a held sale of the customer's; they leave the list."""

    customer_id: int
    wishes: tuple[WishTaken, ...]


def wishes_of(reader: Reader, customer_id: int) -> tuple[WishRow, ...]:
    """A customer's wishes, the newest first; one statement."""
    chosen = aliased(ProductVariant)
    offered = aliased(ProductVariant)
    sold = sa.and_(Product.is_active, Product.deleted_at.is_(None), Product.status == "approved")
    rows = reader.connection.execute(
        sa.select(
            WishlistItem.id,
            Product.id,
            Product.title,
            WishlistItem.variant_id,
            sa.func.coalesce(sa.func.min(chosen.name), ""),
            sa.func.min(offered.price_cents),
            sa.func.max(offered.price_cents),
            sa.func.min(offered.id),
            sa.func.count(offered.id),
            sa.case((sold, 1), else_=0),
            WishlistItem.added_at,
            sa.func.coalesce(User.username, ""),
        )
        .select_from(WishlistItem)
        .join(Wishlist, Wishlist.id == WishlistItem.wishlist_id)
        .join(Product, Product.id == WishlistItem.product_id)
        .outerjoin(chosen, chosen.id == WishlistItem.variant_id)
        .outerjoin(
            offered,
            sa.and_(
                offered.product_id == Product.id,
                offered.is_active,
                sa.or_(WishlistItem.variant_id.is_(None), offered.id == WishlistItem.variant_id),
            ),
        )
        .outerjoin(User, User.id == WishlistItem.added_by)
        .where(Wishlist.customer_id == customer_id)
        .group_by(WishlistItem.id, Product.id, User.username)
        .order_by(WishlistItem.id.desc())
    )
    return tuple(
        WishRow(
            id=row[0],
            product_id=row[1],
            product=row[2],
            variant_id=row[3],
            variant=row[4],
            price_from_cents=row[5],
            price_to_cents=row[6],
            only_variant_id=row[7] if row[8] == 1 and row[9] else None,
            on_sale=bool(row[9]) and row[8] > 0,
            added_at=row[10],
            author=row[11],
        )
        for row in rows
    )


def add_wish(uow: UnitOfWork, command: AddWish) -> int:
    """Put a product on a customer's list and return the wish's id; what is on it already stays. Raises NotFound, BadField."""
    uow.require(Permission.CUSTOMER_EDIT)
    customer = locked_customer(uow, command.customer_id)
    product = uow.connection.execute(
        sa.select(Product.title).where(Product.id == command.product_id, Product.deleted_at.is_(None))
    ).scalar()
    if product is None:
        raise NotFound(_("Product"), command.product_id)
    if command.variant_id is not None:
        _belongs(uow, command.product_id, command.variant_id)
    list_id = _list_of(uow, command.customer_id)
    same = sa.func.coalesce(WishlistItem.variant_id, 0) == (command.variant_id or 0)
    known = uow.connection.execute(
        sa.select(WishlistItem.id).where(
            WishlistItem.wishlist_id == list_id, WishlistItem.product_id == command.product_id, same
        )
    ).scalar()
    if known is not None:
        return int(known)
    made = uow.connection.execute(
        sa.insert(WishlistItem).values(
            wishlist_id=list_id,
            product_id=command.product_id,
            variant_id=command.variant_id,
            added_at=uow.clock.now(),
            added_by=uow.actor.user_id or None,
        )
    )
    note_change(uow, "customer.wish_added", customer, article=product)
    uow.changed("Wishlist")
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def remove_wish(uow: UnitOfWork, command: WishChosen) -> None:
    """Take a wish off its list; raises NotFound."""
    uow.require(Permission.CUSTOMER_EDIT)
    row = _wish(uow, command.item_id)
    customer = locked_customer(uow, row.customer_id)
    uow.connection.execute(sa.delete(WishlistItem).where(WishlistItem.id == command.item_id))
    title = uow.connection.execute(sa.select(Product.title).where(Product.id == row.product_id)).scalar()
    note_change(uow, "customer.wish_removed", customer, article=title)
    uow.changed("Wishlist")


def move_wishes(uow: UnitOfWork, command: MoveWishes) -> str:
    """Make a held sale of wishes, one piece each, and return its key; any till recalls it. Raises VariantNeeded, NotOnSale."""
    uow.require(Permission.CART_HOLD)
    locked_customer(uow, command.customer_id)
    if not command.wishes:
        raise BadField("wishes", _("choose at least one wish."))
    lines = [
        _line(uow, command.customer_id, place, wish) for place, wish in enumerate(dict.fromkeys(command.wishes), 1)
    ]
    uid = uuid7()
    save_cart(uow, SaveCart(uid=uid, customer_id=command.customer_id, changed=tuple(lines)))
    hold_cart(uow, HoldCart(uid, _("Wish list")))
    taken = [wish.item_id for wish in command.wishes]
    uow.connection.execute(sa.delete(WishlistItem).where(WishlistItem.id.in_(taken)))
    uow.changed("Wishlist", "Cart")
    return uid


def _line(uow: UnitOfWork, customer_id: int, place: int, wish: WishTaken) -> CartLine:
    row = _wish(uow, wish.item_id)
    if row.customer_id != customer_id:
        raise NotFound(_("Wish"), wish.item_id)
    wanted = row.variant_id or wish.variant_id
    if wanted is not None:
        _belongs(uow, row.product_id, wanted)
    offered = (
        sa.select(ProductVariant.id, ProductVariant.name, ProductVariant.price_cents, Product.title)
        .join(Product, Product.id == ProductVariant.product_id)
        .where(
            Product.id == row.product_id,
            ProductVariant.is_active,
            Product.is_active,
            Product.deleted_at.is_(None),
            Product.status == "approved",
        )
        .order_by(ProductVariant.position, ProductVariant.id)
    )
    variants = [variant for variant in uow.connection.execute(offered) if wanted is None or variant.id == wanted]
    if not variants:
        title = uow.connection.execute(sa.select(Product.title).where(Product.id == row.product_id)).scalar()
        raise NotOnSale(name=title)
    if len(variants) > 1:
        raise VariantNeeded(field="variant_id", name=variants[0].title)
    (variant,) = variants
    name = f"{variant.title} {variant.name}".strip()
    return CartLine(place, variant.id, MILLI, variant.price_cents, name)


def _wish(uow: UnitOfWork, item_id: int) -> sa.Row[int, int, int | None]:
    row = uow.connection.execute(
        sa.select(Wishlist.customer_id, WishlistItem.product_id, WishlistItem.variant_id)
        .join_from(WishlistItem, Wishlist, Wishlist.id == WishlistItem.wishlist_id)
        .where(WishlistItem.id == item_id)
    ).first()
    if row is None:
        raise NotFound(_("Wish"), item_id)
    return row


def _belongs(uow: UnitOfWork, product_id: int, variant_id: int) -> None:
    known = sa.select(ProductVariant.id).where(ProductVariant.id == variant_id, ProductVariant.product_id == product_id)
    if uow.connection.execute(known).first() is None:
        raise BadField("variant_id", _("is no variant of this product."))


def _list_of(uow: UnitOfWork, customer_id: int) -> int:
    """The customer's list, made when first needed; the customer's row is locked, so there is one."""
    known = uow.connection.execute(sa.select(Wishlist.id).where(Wishlist.customer_id == customer_id)).scalar()
    if known is not None:
        return int(known)
    made = uow.connection.execute(sa.insert(Wishlist).values(customer_id=customer_id, created_at=uow.clock.now()))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])
