"""Card payments as rows: stored before the terminal is asked, decided once, used by one sale, reversed when unused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadAmount, BadField, NotFound, ShopError
from shopdesk.core.free_text import holds_card_number
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import canonical_uuid
from shopdesk.core.money import checked_cents
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared, insert_into
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.sales.models import CardIntent, Void
from shopdesk.sales.terminal import TerminalAnswer
from shopdesk.sales.tills import till_at
from shopdesk.system.records import KeyReused, canonical, open_book

UNDECIDED = ("pending", "timed_out")
"""Intents of which the till does not know whether the customer was charged."""


class CardNotApproved(ShopError):
    """The sale names a card payment that is not approved for it, or was used before."""

    code = "card_not_approved"
    sentence = N_("The card payment is not approved for this sale.")


@dataclass(frozen=True, slots=True)
class CardIntentRow:
    """A card payment as the till knows it.

    ``status`` is one of pending, approved, declined, timed_out, cancelled, used, reversed. ``voided`` tells that the sale
    which used it was voided, so that it is to be given back.
    """

    uid: str
    cart_uid: str
    till_id: int
    amount_cents: int
    status: str
    transaction_id: str | None
    card_brand: str | None
    card_last4: str | None
    message: str
    created_at: datetime
    voided: bool = False

    @property
    def is_approved(self) -> bool:
        """Whether a sale may use it."""
        return self.status == "approved"

    @property
    def is_undecided(self) -> bool:
        """Whether the terminal has to be asked what became of it."""
        return self.status in UNDECIDED


@dataclass(frozen=True, slots=True)
class StoreIntent:
    """Ask for a card payment; ``uid`` is the reference that the terminal knows it by."""

    uid: str
    cart_uid: str
    amount_cents: int
    till: str | None = None


@dataclass(frozen=True, slots=True)
class DecideIntent:
    """What the terminal said of a payment."""

    uid: str
    answer: TerminalAnswer


@dataclass(frozen=True, slots=True)
class BeginReversal:
    """A payment that is to be given back."""

    uid: str


@dataclass(frozen=True, slots=True)
class ClaimedIntent:
    """What a sale keeps of the card payment it uses."""

    transaction_id: str | None
    card_brand: str | None
    card_last4: str | None
    raw_response: str | None


_ADD = insert_into(
    CardIntent, "uid", "cart_uid", "till_id", "user_id", "amount_cents", "status", "created_at", "updated_at"
)
_CLAIM_TEXT = (
    "UPDATE card_intents SET status = 'used', order_id = :order_id, updated_at = :now "
    "WHERE uid = :uid AND cart_uid = :cart_uid AND amount_cents = :amount_cents AND status = 'approved' "
    "RETURNING transaction_id, card_brand, card_last4, raw_response"
)
_CLAIM = Prepared(sqlite=_CLAIM_TEXT, postgresql=_CLAIM_TEXT)
_CART_PAYS_TEXT = "UPDATE carts SET paying_at = :now WHERE uid = :cart_uid AND status = 'active'"
_CART_PAYS = Prepared(sqlite=_CART_PAYS_TEXT, postgresql=_CART_PAYS_TEXT)
_MESSAGE_LENGTH = 200


def store_intent(uow: UnitOfWork, command: StoreIntent) -> CardIntentRow:
    """Write an intent before the terminal is asked; the same request again finds the first one. Raises KeyReused."""
    uow.require(Permission.SELL)
    amount = checked_cents(command.amount_cents)
    if amount <= 0:
        raise BadAmount("amount_cents")
    uid, cart_uid = _uuid(command.uid, "uid"), _uuid(command.cart_uid, "cart_uid")
    till = till_at(uow, command.till, uow.actor)
    now = to_micros(uow.clock.now())
    known = _find(uow, CardIntent.uid == uid)
    if known:
        if (known[0].cart_uid, known[0].amount_cents) != (cart_uid, amount):
            raise KeyReused
        return known[0]
    batch = uow.batch()
    batch.add(
        _ADD,
        {
            "uid": uid,
            "cart_uid": cart_uid,
            "till_id": till.id,
            "user_id": uow.actor.user_id,
            "amount_cents": amount,
            "status": "pending",
            "created_at": now,
            "updated_at": now,
        },
    )
    batch.add(_CART_PAYS, {"cart_uid": cart_uid, "now": now})
    batch.send()
    return _one(uow, uid)


def decide_intent(uow: UnitOfWork, command: DecideIntent) -> CardIntentRow:
    """Store what the terminal said. The first final answer stands: a second one for the same payment changes nothing.

    ``unknown`` means that the terminal never got the request: the intent is cancelled.
    """
    uow.require(Permission.SELL)
    answer = command.answer
    status = {"unknown": "cancelled"}.get(answer.outcome, answer.outcome)
    before = (*UNDECIDED, "approved", "used") if status == "reversed" else UNDECIDED
    values: dict[str, object] = {"status": status, "updated_at": uow.clock.now()}
    if status in ("approved", "declined", "cancelled"):
        values |= {
            "transaction_id": answer.transaction_id,
            "card_brand": (answer.brand or "")[:40] or None,
            "card_last4": _last4(answer.last4),
        }
    if status != "reversed":
        values["raw_response"] = kept_answer(answer)
    changed = uow.connection.execute(
        sa.update(CardIntent).where(CardIntent.uid == command.uid, CardIntent.status.in_(before)).values(**values)
    )
    row = _one(uow, command.uid)
    if changed.rowcount and status == "reversed":
        _audit_reversal(uow, row)
    uow.changed("CardIntent")
    return row


def begin_reversal(uow: UnitOfWork, command: BeginReversal) -> CardIntentRow:
    """Take an approved payment away from any sale before the terminal is asked to give it back.

    It is undecided meanwhile, so that a crash in between is looked up. One that a sale used stays used.
    """
    uow.require(Permission.SELL)
    uow.connection.execute(
        sa.update(CardIntent)
        .where(CardIntent.uid == command.uid, CardIntent.status == "approved")
        .values(status="pending", updated_at=uow.clock.now())
    )
    return _one(uow, command.uid)


def claim_intent(uow: UnitOfWork, intent_uid: str, cart_uid: str, amount_cents: int, order_id: int) -> ClaimedIntent:
    """Mark an approved intent as used by a sale, in the sale's transaction; raises CardNotApproved. One statement."""
    batch = uow.batch()
    found = batch.add(
        _CLAIM,
        {
            "uid": intent_uid,
            "cart_uid": cart_uid,
            "amount_cents": amount_cents,
            "order_id": order_id,
            "now": to_micros(uow.clock.now()),
        },
    )
    batch.send()
    if found.one is None:
        raise CardNotApproved(field="payments")
    return ClaimedIntent(*found.one)


def intents_of_cart(reader: Reader, cart_uid: str) -> tuple[CardIntentRow, ...]:
    """Every card payment asked for a cart, oldest first."""
    return _find(reader, CardIntent.cart_uid == cart_uid)


def undecided_intents(reader: Reader, till_id: int) -> tuple[CardIntentRow, ...]:
    """Payments of a till that the terminal must be asked about, oldest first."""
    return _find(reader, CardIntent.till_id == till_id, CardIntent.status.in_(UNDECIDED))


def intents_to_reverse(
    reader: Reader, till_id: int | None = None, *, unused_for: timedelta = timedelta(minutes=30)
) -> tuple[CardIntentRow, ...]:
    """Money to be given back: payments of voided sales, and approved ones that no sale used for a while."""
    old = reader.clock.now() - unused_for
    due = sa.or_(
        sa.and_(CardIntent.status == "approved", CardIntent.updated_at <= old),
        sa.and_(CardIntent.status == "used", Void.id.is_not(None)),
    )
    place = () if till_id is None else (CardIntent.till_id == till_id,)
    return _find(reader, due, *place)


def _find(reader: Reader, *where: sa.ColumnElement[bool]) -> tuple[CardIntentRow, ...]:
    rows = reader.connection.execute(
        sa.select(
            CardIntent.uid,
            CardIntent.cart_uid,
            CardIntent.till_id,
            CardIntent.amount_cents,
            CardIntent.status,
            CardIntent.transaction_id,
            CardIntent.card_brand,
            CardIntent.card_last4,
            CardIntent.raw_response,
            CardIntent.created_at,
            Void.id.is_not(None),
        )
        .outerjoin(Void, Void.order_id == CardIntent.order_id)
        .where(*where)
        .order_by(CardIntent.id)
    )
    return tuple(
        CardIntentRow(*row[:8], message=kept_message(row[8]), created_at=row[9], voided=row[10]) for row in rows
    )


def _one(reader: Reader, uid: str) -> CardIntentRow:
    found = _find(reader, CardIntent.uid == uid)
    if not found:
        raise NotFound(_("Card payment"), uid)
    return found[0]


def _audit_reversal(uow: UnitOfWork, row: CardIntentRow) -> None:
    till = till_at(uow, None, uow.actor)
    book = open_book(uow, till.id, till.code)
    details = {"amount": row.amount_cents, "transaction": row.transaction_id or "", "voided": int(row.voided)}
    book.audit("card.reversed", target_type="card_intent", target_id=row.uid, details=details)
    book.send()


def kept_answer(answer: TerminalAnswer) -> str:
    """The part of an answer that is kept as it came: never more than code and sentence."""
    message = "".join(char for char in answer.message if char.isprintable())[:_MESSAGE_LENGTH]
    if holds_card_number(message):
        message = ""
    return canonical({"outcome": answer.outcome, "auth_code": answer.auth_code[:40], "message": message})


def kept_message(raw: str | None) -> str:
    """The sentence of a kept answer."""
    return str(json.loads(raw)["message"]) if raw else ""


def _last4(text: str | None) -> str | None:
    return text if text is not None and len(text) == 4 and text.isdecimal() and text.isascii() else None


def _uuid(text: str, field: str) -> str:
    try:
        return canonical_uuid(text)
    except ValueError:
        raise BadField(field, _("must be a UUID.")) from None
