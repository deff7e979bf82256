"""Finding the row of a customer to whom something is to be added, and telling what was added without naming anybody."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from shopdesk.core.errors import BadField, NotFound
from shopdesk.core.i18n import _
from shopdesk.db.unit import UnitOfWork
from shopdesk.parties.models import Customer
from shopdesk.system.history import sealed_change, what_changed
from shopdesk.system.records import audit_office

_LIVING = ("active", "blocked")
_PRICE_LISTS = sa.table("price_lists", sa.column("id"))
_NOTHING: Mapping[str, object] = {}


def locked_customer(uow: UnitOfWork, customer_id: int) -> sa.Row[*tuple[object, ...]]:
    """The customer's row as it is, kept from being merged or erased meanwhile; raises NotFound for one that is gone."""
    row = uow.connection.execute(
        sa.select(Customer)
        .where(Customer.id == customer_id, Customer.deleted_at.is_(None), Customer.status.in_(_LIVING))
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound(_("Customer"), customer_id)
    return row


def note_change(
    uow: UnitOfWork,
    action: str,
    customer: sa.Row[*tuple[object, ...]],
    *,
    plain: tuple[Mapping[str, object], Mapping[str, object]] = (_NOTHING, _NOTHING),
    personal: tuple[Mapping[str, object], Mapping[str, object]] = (_NOTHING, _NOTHING),
    **facts: object,
) -> None:
    """Write to the audit log what changed of a customer, before and after; what is personal is sealed with their salt (S30)."""
    details: dict[str, object] = {
        **facts,
        **what_changed(*plain),
        **sealed_change(*personal, customer._mapping["salt"]),
    }
    target = str(customer._mapping["id"])
    audit_office(uow, action, target_type="customer", target_id=target, details=details)


def check_price_list(uow: UnitOfWork, price_list_id: int | None) -> None:
    """Refuse a price list that does not exist."""
    if price_list_id is None:
        return
    known = sa.select(_PRICE_LISTS.c.id).where(_PRICE_LISTS.c.id == price_list_id)
    if uow.connection.execute(known).first() is None:
        raise BadField("price_list_id", _("there is no such price list."))
