"""A customer's addresses: several, one default a type."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.parties.countries import states_of
from shopdesk.parties.customer_search import respell
from shopdesk.parties.models import Address, Country, PaymentMethod
from shopdesk.parties.people_rows import locked_customer, note_change

ADDRESS_TYPES = ("shipping", "billing")


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An address as it is shown and edited."""

    id: int
    type: str
    line1: str
    line2: str
    postal_code: str
    city: str
    state: str
    country_code: str
    is_default: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAddress:
    """A new address (``address_id`` None), or one as it should be; ``state`` is a code of the country's, or empty."""

    customer_id: int
    type: str
    line1: str
    country_code: str
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    is_default: bool = False
    address_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class RemoveAddress:
    """The address to remove."""

    address_id: int


def addresses_of(reader: Reader, customer_id: int) -> tuple[AddressRow, ...]:
    """A customer's addresses, the default ones first."""
    columns = (getattr(Address, name) for name in AddressRow.__dataclass_fields__)
    rows = reader.connection.execute(
        sa.select(*columns)
        .where(Address.customer_id == customer_id)
        .order_by(Address.type, Address.is_default.desc(), Address.id)
    )
    return tuple(AddressRow(*row) for row in rows)


def save_address(uow: UnitOfWork, command: SaveAddress) -> int:
    """Write an address and return its id. The first one of a type is its default; a new default replaces the old one."""
    uow.require(Permission.CUSTOMER_EDIT)
    values = _checked(uow, command)
    customer = locked_customer(uow, command.customer_id)
    before = _shown(uow, command.address_id) if command.address_id is not None else {}
    same = (Address.customer_id == command.customer_id, Address.type == command.type)
    others = sa.select(Address.id).where(*same, Address.is_default, Address.id != (command.address_id or 0))
    has_other_default = uow.connection.execute(others).first() is not None
    is_default = command.is_default or not has_other_default
    if is_default:
        uow.connection.execute(sa.update(Address).where(*same).values(is_default=False))
    now, user = uow.clock.now(), uow.actor.user_id or None
    if command.address_id is None:
        stamps = {"created_at": now, "updated_at": now, "created_by": user, "updated_by": user}
        made = uow.connection.execute(
            sa.insert(Address).values(**values, **stamps, customer_id=command.customer_id, is_default=is_default)
        )
        assert made.inserted_primary_key is not None
        address_id = int(made.inserted_primary_key[0])
    else:
        _keep_type_default(uow, command)
        address_id = command.address_id
        changed = uow.connection.execute(
            sa.update(Address)
            .where(
                Address.id == address_id,
                Address.customer_id == command.customer_id,
                Address.version == command.version,
            )
            .values(**values, is_default=is_default, updated_at=now, updated_by=user, version=Address.version + 1)
        )
        if not changed.rowcount:
            raise ChangedMeanwhile(_("This address"))
    respell(uow, command.customer_id)
    note_change(uow, "customer.address", customer, personal=(before, _shown(uow, address_id)), address=address_id)
    uow.changed("Customer")
    return address_id


def remove_address(uow: UnitOfWork, command: RemoveAddress) -> None:
    """Remove an address; another one of its type becomes the default if this was it."""
    uow.require(Permission.CUSTOMER_EDIT)
    row = uow.connection.execute(
        sa.select(Address.customer_id, Address.type, Address.is_default).where(Address.id == command.address_id)
    ).first()
    if row is None:
        raise NotFound(_("Address"), command.address_id)
    customer = locked_customer(uow, row.customer_id)
    before = _shown(uow, command.address_id)
    billed = PaymentMethod.billing_address_id == command.address_id
    uow.connection.execute(sa.update(PaymentMethod).where(billed).values(billing_address_id=None))
    uow.connection.execute(sa.delete(Address).where(Address.id == command.address_id))
    if row.is_default:
        _first_becomes_default(uow, row.customer_id, row.type)
    respell(uow, row.customer_id)
    gone = dict.fromkeys(before)
    note_change(uow, "customer.address", customer, personal=(before, gone), address=command.address_id)
    uow.changed("Customer")


def _shown(uow: UnitOfWork, address_id: int) -> dict[str, object]:
    """An address as the history of its customer tells it."""
    columns = (getattr(Address, name) for name in AddressRow.__dataclass_fields__ if name not in ("id", "version"))
    row = uow.connection.execute(sa.select(*columns).where(Address.id == address_id)).first()
    return dict(row._mapping) if row is not None else {}


def _keep_type_default(uow: UnitOfWork, command: SaveAddress) -> None:
    """An address that changes its type leaves its old type with a default."""
    old = uow.connection.execute(
        sa.select(Address.type, Address.is_default).where(
            Address.id == command.address_id, Address.customer_id == command.customer_id
        )
    ).first()
    if old is not None and old.type != command.type and old.is_default:
        uow.connection.execute(
            sa.update(Address).where(Address.id == command.address_id).values(is_default=False, type=command.type)
        )
        _first_becomes_default(uow, command.customer_id, old.type)


def _first_becomes_default(uow: UnitOfWork, customer_id: int, kind: str) -> None:
    first = sa.select(sa.func.min(Address.id)).where(Address.customer_id == customer_id, Address.type == kind)
    uow.connection.execute(sa.update(Address).where(Address.id == first.scalar_subquery()).values(is_default=True))


def _checked(uow: UnitOfWork, command: SaveAddress) -> dict[str, object]:
    if command.type not in ADDRESS_TYPES:
        raise BadField("type", _("must be shipping or billing."))
    known = sa.select(Country.code).where(Country.code == command.country_code)
    if uow.connection.execute(known).first() is None:
        raise BadField("country_code", _("is no country."))
    state = checked_text(command.state, field="state", longest=60)
    states = {code for code, _name in states_of(uow, command.country_code)}
    if state and states and state not in states:
        raise BadField("state", _("is no state of this country."))
    return {
        "type": command.type,
        "line1": checked_text(command.line1, field="line1", longest=200, required=True),
        "line2": checked_text(command.line2, field="line2", longest=200),
        "postal_code": checked_text(command.postal_code, field="postal_code", longest=20),
        "city": checked_text(command.city, field="city", longest=100),
        "state": state,
        "country_code": command.country_code,
    }
