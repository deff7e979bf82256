"""Ways of paying kept for a customer: the provider's reference and the last four digits, never a full number (S19)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.saving import save_row
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.parties.customer_fields import one_line
from shopdesk.parties.models import Address, PaymentMethod
from shopdesk.parties.people_rows import locked_customer, note_change

_TYPES = sa.table("payment_types", sa.column("id"), sa.column("name"), sa.column("is_active"), sa.column("position"))
_TOLD = ("last4", "card_type", "expiry_month", "expiry_year", "holder", "is_default", "is_active")


class MethodTaken(ShopError):
    """The same reference is kept already."""

    code = "method_taken"
    sentence = N_("This reference is already kept for a customer.")


@dataclass(frozen=True, slots=True)
class MethodRow:
    """A stored way of paying as it is shown and edited; ``reference`` is the provider's token."""

    id: int
    payment_type_id: int
    payment_type: str
    token: str
    last4: str
    card_type: str
    expiry_month: int | None
    expiry_year: int | None
    holder: str
    billing_address_id: int | None
    is_default: bool
    is_active: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePaymentMethod:
    """A way of paying to keep (``payment_method_id`` None), or one as it should be; ``last4`` is four digits or empty."""

    customer_id: int
    payment_type_id: int
    token: str
    last4: str = ""
    card_type: str = ""
    expiry_month: int | None = None
    expiry_year: int | None = None
    holder: str = ""
    billing_address_id: int | None = None
    is_default: bool = False
    is_active: bool = True
    payment_method_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class MethodChosen:
    """The stored way of paying to remove."""

    payment_method_id: int


def payment_methods_of(reader: Reader, customer_id: int) -> tuple[MethodRow, ...]:
    """What is kept for a customer, the default one first; one statement."""
    names = [name for name in MethodRow.__dataclass_fields__ if name not in ("payment_type", "last4")]
    rows = reader.connection.execute(
        sa.select(
            *(getattr(PaymentMethod, name) for name in names),
            _TYPES.c.name.label("payment_type"),
            sa.func.coalesce(PaymentMethod.last4, "").label("last4"),
        )
        .join_from(PaymentMethod, _TYPES, _TYPES.c.id == PaymentMethod.payment_type_id)
        .where(PaymentMethod.customer_id == customer_id)
        .order_by(PaymentMethod.is_default.desc(), PaymentMethod.is_active.desc(), PaymentMethod.id)
    )
    return tuple(MethodRow(**row._mapping) for row in rows)


def payment_type_choices(reader: Reader) -> tuple[tuple[int, str], ...]:
    """The shop's ways of paying for a choice: (id, name)."""
    rows = reader.connection.execute(
        sa.select(_TYPES.c.id, _TYPES.c.name).where(_TYPES.c.is_active).order_by(_TYPES.c.position, _TYPES.c.id)
    )
    return tuple((row.id, row.name) for row in rows)


def save_payment_method(uow: UnitOfWork, command: SavePaymentMethod) -> int:
    """Keep a way of paying and return its id. The first active one is the default; a new default replaces the old one.

    Raises BadField, CardNumberRefused, MethodTaken, NotFound, ChangedMeanwhile.
    """
    uow.require(Permission.CUSTOMER_EDIT)
    customer = locked_customer(uow, command.customer_id)
    values = _checked(uow, command)
    own = PaymentMethod.customer_id == command.customer_id
    before: dict[str, object] = {}
    if command.payment_method_id is not None:
        known = uow.connection.execute(
            sa.select(PaymentMethod).where(PaymentMethod.id == command.payment_method_id, own)
        ).first()
        if known is None:
            raise NotFound(_("Payment method"), command.payment_method_id)
        before = dict(known._mapping)
    others = sa.select(PaymentMethod.id).where(
        own, PaymentMethod.is_default, PaymentMethod.id != (command.payment_method_id or 0)
    )
    alone = uow.connection.execute(others).first() is None
    values["is_default"] = command.is_active and (command.is_default or alone)
    if values["is_default"]:
        uow.connection.execute(sa.update(PaymentMethod).where(own).values(is_default=False))
    method_id = save_row(
        uow, PaymentMethod, command.payment_method_id, command.version, values, name=_("This payment method")
    )
    if not values["is_default"]:
        _first_becomes_default(uow, command.customer_id)
    told = {name: values[name] for name in _TOLD}
    note_change(uow, "customer.payment_method", customer, personal=(before, told), payment_method=method_id)
    uow.changed("Customer")
    return method_id


def remove_payment_method(uow: UnitOfWork, command: MethodChosen) -> None:
    """Forget a stored way of paying; another active one becomes the default if this was it."""
    uow.require(Permission.CUSTOMER_EDIT)
    row = uow.connection.execute(sa.select(PaymentMethod).where(PaymentMethod.id == command.payment_method_id)).first()
    if row is None:
        raise NotFound(_("Payment method"), command.payment_method_id)
    customer = locked_customer(uow, row.customer_id)
    uow.connection.execute(sa.delete(PaymentMethod).where(PaymentMethod.id == command.payment_method_id))
    _first_becomes_default(uow, row.customer_id)
    before = {name: row._mapping[name] for name in _TOLD}
    gone = dict.fromkeys(_TOLD)
    note_change(uow, "customer.payment_method", customer, personal=(before, gone), payment_method=row.id)
    uow.changed("Customer")


def _first_becomes_default(uow: UnitOfWork, customer_id: int) -> None:
    """Where active ones are left and none is the default, the oldest is."""
    own = PaymentMethod.customer_id == customer_id
    if uow.connection.execute(sa.select(PaymentMethod.id).where(own, PaymentMethod.is_default)).first() is None:
        first = sa.select(sa.func.min(PaymentMethod.id)).where(own, PaymentMethod.is_active)
        uow.connection.execute(
            sa.update(PaymentMethod).where(PaymentMethod.id == first.scalar_subquery()).values(is_default=True)
        )


def _checked(uow: UnitOfWork, command: SavePaymentMethod) -> dict[str, object]:
    known = uow.connection.execute(sa.select(_TYPES.c.id).where(_TYPES.c.id == command.payment_type_id))
    if known.first() is None:
        raise BadField("payment_type_id", _("there is no such payment type."))
    token = one_line(command.token, field="token", longest=200, required=True)
    taken = sa.select(PaymentMethod.id).where(
        PaymentMethod.payment_type_id == command.payment_type_id,
        PaymentMethod.token == token,
        PaymentMethod.id != (command.payment_method_id or 0),
    )
    if uow.connection.execute(taken).first() is not None:
        raise MethodTaken(field="token")
    last4 = command.last4.strip()
    if last4 and not re.fullmatch(r"[0-9]{4}", last4):
        raise BadField("last4", _("must be the last four digits, and no more."))
    month, year = command.expiry_month, command.expiry_year
    if (month is None) != (year is None):
        raise BadField("expiry_year" if year is None else "expiry_month", _("give month and year, or neither."))
    if month is not None and not 1 <= month <= 12:
        raise BadField("expiry_month", _("must be from 1 to 12."))
    if year is not None and not 2000 <= year <= 2200:
        raise BadField("expiry_year", _("must be a year with four digits."))
    if command.billing_address_id is not None:
        mine = sa.select(Address.id).where(
            Address.id == command.billing_address_id, Address.customer_id == command.customer_id
        )
        if uow.connection.execute(mine).first() is None:
            raise BadField("billing_address_id", _("is no address of this customer."))
    return {
        "customer_id": command.customer_id,
        "payment_type_id": command.payment_type_id,
        "token": token,
        "last4": last4 or None,
        "card_type": one_line(command.card_type, field="card_type", longest=40),
        "expiry_month": month,
        "expiry_year": year,
        "holder": one_line(command.holder, field="holder", longest=100),
        "billing_address_id": command.billing_address_id,
        "is_active": command.is_active,
    }
