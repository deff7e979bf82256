"""Sales in hand, kept as the till works: restored after a crash, held, and recalled at any till."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import canonical_uuid
from shopdesk.core.money import MAX_MILLI, checked_cents
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Outcome, Prepared, array, insert_into
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.sales.models import Cart, CartItem
from shopdesk.sales.sale_command import CartClosed
from shopdesk.sales.tills import till_at
from shopdesk.system.records import canonical, open_book

OPEN_FOR = timedelta(days=1)
"""How long a cart that nobody finished stays open."""
HELD_FOR = timedelta(days=30)
"""How long a held cart waits to be recalled."""
_MAX_DETAILS = 8_000
_TYPED = frozenset({"note", "label", "reason", "name"})


class CartTaken(ShopError):
    """Another till recalled the held sale first."""

    code = "cart_taken"
    sentence = N_("This sale was already recalled at another till.")


@dataclass(frozen=True, slots=True)
class CartLine:
    """A line of a cart. ``position`` is the screen's own line id, rising and never used again.

    ``price_cents`` and ``name`` are what it showed; ``details`` is whatever the till needs to build the line again
    (discount, price typed, approvals, barcode, note), as plain JSON.
    """

    position: int
    variant_id: int
    quantity_milli: int
    price_cents: int
    name: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SaveCart:
    """What changed in a cart since it was last saved; ``uid`` is the key that the sale will be made under.

    ``changed`` are new and altered lines, ``removed`` the positions of lines taken away. ``replace`` throws every line away
    first, so that ``changed`` is the whole cart.
    """

    uid: str
    till: str | None = None
    customer_id: int | None = None
    note: str = ""
    order_discount: Mapping[str, object] | None = None
    is_training: bool = False
    changed: tuple[CartLine, ...] = ()
    removed: tuple[int, ...] = ()
    replace: bool = False


@dataclass(frozen=True, slots=True)
class HoldCart:
    """Put a cart aside under a label (a name, a table, the blue coat)."""

    uid: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class RecallCart:
    """Take a held cart up again at a till."""

    uid: str
    till: str | None = None


@dataclass(frozen=True, slots=True)
class AbandonCart:
    """Give a cart up: nothing was sold."""

    uid: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AgeOutCarts:
    """Give up carts that nobody finished for a day, or recalled for thirty."""


@dataclass(frozen=True, slots=True)
class CartContent:
    """A cart as it was saved; lines by position. ``is_paying`` tells that a card payment was asked for it."""

    uid: str
    status: str
    customer_id: int | None
    label: str
    note: str
    order_discount: Mapping[str, object] | None
    is_training: bool
    is_paying: bool
    lines: tuple[CartLine, ...]


_SAVE_TEXT = """
INSERT INTO carts (uid, status, till_id, user_id, session_id, customer_id, label, note, order_discount, is_training,
    created_at, updated_at)
VALUES (:uid, 'active', coalesce((SELECT id FROM tills WHERE code = :till), :till_id), :user_id,
    (SELECT id FROM sessions WHERE uid = :session_uid),
    (SELECT coalesce(m.merged_into, m.id) FROM customers m WHERE m.id = :customer_id), '', :note, :order_discount,
    :is_training, :now, :now)
ON CONFLICT (uid) DO UPDATE SET till_id = excluded.till_id, user_id = excluded.user_id, session_id = excluded.session_id,
    customer_id = excluded.customer_id, note = excluded.note, order_discount = excluded.order_discount,
    is_training = excluded.is_training, updated_at = excluded.updated_at, paying_at = NULL
WHERE carts.status = 'active' AND carts.held_at IS NULL
RETURNING id
"""
_SAVE = Prepared(sqlite=_SAVE_TEXT, postgresql=_SAVE_TEXT)
_DROP_TEXT = (
    "DELETE FROM cart_items WHERE cart_id = (SELECT id FROM carts WHERE uid = :uid) AND (:everything OR {some}) "
    "RETURNING position, variant_id, quantity, price_cents, added_at"
)
_DROP = Prepared(
    sqlite=_DROP_TEXT.format(some="position IN (SELECT value FROM json_each(:positions))"),
    postgresql=_DROP_TEXT.format(some="position = ANY(:positions)"),
)
_ADD_LINE = insert_into(
    CartItem,
    "cart_id",
    "position",
    "variant_id",
    "quantity",
    "price_cents",
    "name",
    "metadata",
    "added_at",
    "updated_at",
)


def save_cart(uow: UnitOfWork, command: SaveCart) -> None:
    """Keep a cart as it now stands; three statements, whatever the cart's length. Raises CartClosed, BadField.

    Lines that were removed or made smaller are recorded in the till's audit, which takes a few statements more.
    """
    uow.require(Permission.SELL)
    uid = _uid(command.uid)
    for line in command.changed:
        _check_line(line)
    now = to_micros(uow.clock.now())
    batch = uow.batch()
    saved = batch.add(
        _SAVE,
        {
            "uid": uid,
            "till": command.till,
            "till_id": uow.actor.till_id,
            "user_id": uow.actor.user_id,
            "session_uid": uow.actor.session_uid,
            "customer_id": command.customer_id,
            "note": checked_text(command.note, field="note"),
            "order_discount": _discount(command.order_discount),
            "is_training": command.is_training,
            "now": now,
        },
    )
    positions = [*(line.position for line in command.changed), *command.removed]
    dropped = Outcome()
    if positions or command.replace:
        values = {"uid": uid, "everything": command.replace, "positions": array(uow.dialect, positions)}
        dropped = batch.add(_DROP, values)
    batch.send()
    if saved.one is None:
        raise CartClosed
    before = {row[0]: row for row in dropped.rows}
    batch.add(
        _ADD_LINE,
        [
            {
                "cart_id": saved.one[0],
                "position": line.position,
                "variant_id": line.variant_id,
                "quantity": line.quantity_milli,
                "price_cents": line.price_cents,
                "name": line.name,
                "metadata": _json(line.details),
                "added_at": before[line.position][4] if line.position in before else now,
                "updated_at": now,
            }
            for line in command.changed
        ],
    )
    batch.send()
    if not command.is_training:
        _record_shrinking(uow, command, uid, before)


def hold_cart(uow: UnitOfWork, command: HoldCart) -> None:
    """Put a cart aside, so that any till may take it up. Raises CartClosed."""
    uow.require(Permission.CART_HOLD)
    now = uow.clock.now()
    _move(
        uow,
        command.uid,
        Cart.held_at.is_(None),
        CartClosed(),
        held_at=now,
        paying_at=None,
        updated_at=now,
        label=checked_text(command.label, field="label", longest=60),
    )


def recall_cart(uow: UnitOfWork, command: RecallCart) -> CartContent:
    """Take a held cart up at this till; of two tills at once one gets it, the other is told CartTaken."""
    uow.require(Permission.CART_HOLD)
    till = till_at(uow, command.till, uow.actor)
    values = {"held_at": None, "till_id": till.id, "user_id": uow.actor.user_id, "updated_at": uow.clock.now()}
    _move(uow, command.uid, Cart.held_at.is_not(None), CartTaken(), **values)
    content = cart_content(uow, command.uid)
    assert content is not None
    return content


def abandon_cart(uow: UnitOfWork, command: AbandonCart) -> None:
    """Give a cart up; what was in it is recorded. Giving it up twice changes nothing. Raises CartClosed for a paid one."""
    uow.require(Permission.SELL)
    reason = checked_text(command.reason, field="reason")
    content = cart_content(uow, command.uid)
    if content is None or content.status == "abandoned":
        return
    now = uow.clock.now()
    _move(uow, command.uid, sa.true(), CartClosed(), status="abandoned", abandoned_at=now, updated_at=now)
    if content.lines and not content.is_training:
        lines = [[line.variant_id, line.quantity_milli, line.price_cents] for line in content.lines]
        _audit(uow, None, [("cart.abandoned", content.uid, {"lines": lines, "reason": reason})])


def age_out_carts(uow: UnitOfWork, _command: AgeOutCarts) -> int:
    """Give up carts that grew old; how many there were."""
    uow.require(Permission.SELL)
    now = uow.clock.now()
    forgotten = sa.and_(Cart.held_at.is_(None), Cart.updated_at < now - OPEN_FOR)
    never_recalled = sa.and_(Cart.held_at.is_not(None), Cart.updated_at < now - HELD_FOR)
    changed = uow.connection.execute(
        sa.update(Cart)
        .where(Cart.status == "active", sa.or_(forgotten, never_recalled))
        .values(status="abandoned", abandoned_at=now, updated_at=now)
    )
    if changed.rowcount:
        uow.changed("Cart")
    return changed.rowcount


def cart_content(reader: Reader, uid: str) -> CartContent | None:
    """A cart with its lines, None if it was never saved; one statement."""
    batch = reader.batch()
    found = batch.add(_CONTENT, {"uid": _uid(uid)})
    batch.send()
    if found.one is None:
        return None
    head = found.one
    return CartContent(
        uid=head[0],
        status=head[1],
        customer_id=head[2],
        label=head[3],
        note=head[4],
        order_discount=None if head[5] is None else json.loads(head[5]),
        is_training=bool(head[6]),
        is_paying=head[7] is not None,
        lines=tuple(
            CartLine(row[8], row[9], row[10], row[11], row[12], json.loads(row[13]))
            for row in found.rows
            if row[8] is not None
        ),
    )


_CONTENT = Prepared(
    sa.select(
        Cart.uid,
        Cart.status,
        Cart.customer_id,
        Cart.label,
        Cart.note,
        Cart.order_discount,
        Cart.is_training,
        Cart.paying_at,
        CartItem.position,
        CartItem.variant_id,
        CartItem.quantity,
        CartItem.price_cents,
        CartItem.name,
        CartItem.details,
    )
    .outerjoin_from(Cart, CartItem, CartItem.cart_id == Cart.id)
    .where(Cart.uid == sa.bindparam("uid"))
    .order_by(CartItem.position)
)


def _move(uow: UnitOfWork, uid: str, where: sa.ColumnElement[bool], refusal: ShopError, **values: object) -> None:
    """One conditional change of an active cart; whoever comes second is refused."""
    changed = uow.connection.execute(
        sa.update(Cart).where(Cart.uid == _uid(uid), Cart.status == "active", where).values(**values)
    )
    if not changed.rowcount:
        raise refusal
    uow.changed("Cart")


def _record_shrinking(uow: UnitOfWork, command: SaveCart, uid: str, before: Mapping[int, tuple[Any, ...]]) -> None:
    kept = {line.position: line.quantity_milli for line in command.changed}
    entries: list[tuple[str, str, Mapping[str, object]]] = []
    for position, (_at, variant_id, quantity, price_cents, _added) in sorted(before.items()):
        left = kept.get(position, 0)
        if left < quantity:
            action = "cart.line_reduced" if left else "cart.line_removed"
            facts = {"variant": variant_id, "quantity": quantity, "left": left, "price": price_cents}
            entries.append((action, uid, facts))
    if entries:
        _audit(uow, command.till, entries)


def _audit(uow: UnitOfWork, till_code: str | None, entries: list[tuple[str, str, Mapping[str, object]]]) -> None:
    till = till_at(uow, till_code, uow.actor)
    book = open_book(uow, till.id, till.code)
    for action, uid, facts in entries:
        book.audit(action, target_type="cart", target_id=uid, details=facts)
    book.send()


def _check_line(line: CartLine) -> None:
    if not 0 < line.quantity_milli <= MAX_MILLI:
        raise BadField("quantity_milli", _("must be more than nothing."))
    checked_cents(line.price_cents, field="price_cents")
    for text in (line.name, *_typed(line.details)):
        checked_text(text, field="details")


def _typed(details: Mapping[str, object]) -> Iterator[str]:
    """What somebody typed in a line's details, also inside its discount; codes that were scanned are none of it."""
    for name, value in details.items():
        if isinstance(value, Mapping):
            yield from _typed(value)
        elif isinstance(value, str) and name in _TYPED:
            yield value


def _json(value: Mapping[str, object]) -> str:
    text = canonical(dict(value))
    if len(text) > _MAX_DETAILS:
        raise BadField("details", _("is too long."))
    return text


def _discount(discount: Mapping[str, object] | None) -> str | None:
    if discount is None:
        return None
    for text in _typed(discount):
        checked_text(text, field="order_discount")
    return _json(discount)


def _uid(text: str) -> str:
    try:
        return canonical_uuid(text)
    except ValueError:
        raise BadField("uid", _("must be a UUID.")) from None
