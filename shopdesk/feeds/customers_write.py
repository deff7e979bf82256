"""Writing people of a customer file and taking them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.i18n import _
from shopdesk.core.ids import canonical_uuid
from shopdesk.db.shop import TryAgain
from shopdesk.db.unit import UnitOfWork
from shopdesk.feeds.customers_state import ADDRESS_COLUMNS, CustomerState, Pair, people_by_id
from shopdesk.feeds.entries import Change, Done, Values
from shopdesk.parties.customer_fields import CustomerFields
from shopdesk.parties.customer_search import refresh_customer_search, respell
from shopdesk.parties.customers import insert_customers
from shopdesk.parties.models import Address, Customer, CustomerGroupMember

_ORDERS = sa.table("orders", sa.column("customer_id"), sa.column("placed_at"))


def insert_people(uow: UnitOfWork, changes: Sequence[Change]) -> None:
    """New customers with groups and addresses."""
    if not changes:
        return
    fields: list[CustomerFields] = [change.plan[1] for change in changes]  # type: ignore[index]
    _free_codes(uow, fields)
    ids = insert_customers(uow, fields)
    for customer_id, change in zip(ids, changes, strict=True):
        change.target_id = customer_id
        values = change.entry.values
        given = values.get("customer")
        if given is not None and _is_uid(str(given)):
            uow.connection.execute(sa.update(Customer).where(Customer.id == customer_id).values(uid=str(given)))
        _join(uow, customer_id, values.get("groups", ()))  # type: ignore[arg-type]
        for _row, address in change.entry.parts:
            _put_address(uow, customer_id, None, address)
        if change.entry.parts:
            respell(uow, customer_id)
        change.mark = {"version": 1}


def update_person(uow: UnitOfWork, change: Change, columns: Mapping[str, str]) -> None:
    """What a row changes of a customer; raises TryAgain when somebody else was quicker."""
    plan: tuple[CustomerState, dict[str, Pair], list[int], list[tuple[int | None, dict[str, Pair]]]] = change.plan  # type: ignore[assignment]
    state, pairs, joined, addresses = plan
    _write(uow, state.id, state.version, {columns[key]: pair[1] for key, pair in pairs.items()})
    _join(uow, state.id, joined)
    made, changed = [], []
    for address_id, values in addresses:
        after = {key: pair[1] for key, pair in values.items()}
        written = _put_address(uow, state.id, address_id, after)
        if address_id is None:
            made.append(written)
        else:
            changed.append([address_id, {key: pair[0] for key, pair in values.items()}])
    respell(uow, state.id)
    change.before = {"values": {key: pair[0] for key, pair in pairs.items()}, "addresses": changed}
    change.mark = {"version": state.version + 1, "joined": joined, "addresses": made}


def take_people_back(
    uow: UnitOfWork, changes: Sequence[Done], columns: Mapping[str, str], since: datetime | None
) -> list[str]:
    """Undo; the reason for each customer who stays."""
    ids = [change.target_id for change in changes]
    people = people_by_id(uow, ids, lock=True)
    bought = _bought(uow, ids, since)
    reasons = []
    for change in changes:
        state = people.get(change.target_id)
        mark: dict[str, Any] = change.mark  # type: ignore[assignment]
        reason = ""
        if state is None or state.gone:
            reason = _("It was deleted since.")
        elif state.version != mark["version"]:
            reason = _("It was changed since.")
        elif state.id in bought:
            reason = _("It was sold to since.")
        elif change.action == "changed" and change.before is None:
            reason = _("What was before was forgotten when somebody was erased.")
        reasons.append(reason)
        if reason or state is None:
            continue
        if change.action == "new":
            now, user = uow.clock.now(), uow.actor.user_id or None
            _write(uow, state.id, state.version, {"deleted_at": now, "deleted_by": user})
            refresh_customer_search(uow, [state.id])
            continue
        before: dict[str, Any] = change.before  # type: ignore[assignment]
        _write(uow, state.id, state.version, {columns[key]: value for key, value in before["values"].items()})
        for address_id, values in before["addresses"]:
            _put_address(uow, state.id, address_id, values)
        uow.connection.execute(
            sa.delete(Address).where(Address.id.in_(mark["addresses"]), Address.customer_id == state.id)
        )
        uow.connection.execute(
            sa.delete(CustomerGroupMember).where(
                CustomerGroupMember.customer_id == state.id, CustomerGroupMember.group_id.in_(mark["joined"])
            )
        )
        _one_default(uow, state.id)
        respell(uow, state.id)
    return reasons


def _write(uow: UnitOfWork, customer_id: int, version: int, values: Mapping[str, object]) -> None:
    changed = uow.connection.execute(
        sa.update(Customer)
        .where(Customer.id == customer_id, Customer.version == version)
        .values(
            **values,
            version=Customer.version + 1,
            updated_at=uow.clock.now(),
            updated_by=uow.actor.user_id or None,
        )
    )
    if not changed.rowcount:
        raise TryAgain("a customer was changed by somebody else")


def _put_address(uow: UnitOfWork, customer_id: int, address_id: int | None, values: Values) -> int:
    """Write an address; the first of its kind is the usual one, a new usual one takes the place of the old."""
    now, user = uow.clock.now(), uow.actor.user_id or None
    own = {column: values[key] for key, column in ADDRESS_COLUMNS.items() if key in values}
    if address_id is not None:
        kind = uow.connection.execute(sa.select(Address.type).where(Address.id == address_id)).scalar_one()
    else:
        kind = str(values["address_type"])
    same = (Address.customer_id == customer_id, Address.type == kind)
    if own.get("is_default"):
        uow.connection.execute(sa.update(Address).where(*same).values(is_default=False))
    if address_id is not None:
        uow.connection.execute(
            sa.update(Address)
            .where(Address.id == address_id)
            .values(**own, updated_at=now, updated_by=user, version=Address.version + 1)
        )
        return address_id
    if not own.get("is_default"):
        usual = uow.connection.execute(sa.select(Address.id).where(*same, Address.is_default)).first()
        own["is_default"] = usual is None
    made = uow.connection.execute(
        sa.insert(Address).values(
            **own,
            customer_id=customer_id,
            type=kind,
            line1=values["line1"],
            created_at=now,
            updated_at=now,
            created_by=user,
            updated_by=user,
        )
    )
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def _one_default(uow: UnitOfWork, customer_id: int) -> None:
    """Each kind of address that is left has its usual one."""
    rows = uow.connection.execute(
        sa.select(Address.id, Address.type, Address.is_default)
        .where(Address.customer_id == customer_id)
        .order_by(Address.id)
    ).all()
    for kind in {row.type for row in rows}:
        own = [row for row in rows if row.type == kind]
        if not any(row.is_default for row in own):
            uow.connection.execute(sa.update(Address).where(Address.id == own[0].id).values(is_default=True))


def _join(uow: UnitOfWork, customer_id: int, groups: Sequence[int]) -> None:
    if groups:
        rows = [{"customer_id": customer_id, "group_id": group_id} for group_id in groups]
        uow.connection.execute(sa.insert(CustomerGroupMember), rows)


def _free_codes(uow: UnitOfWork, people: Sequence[CustomerFields]) -> None:
    """What only a deleted customer still holds is free again, as in the form."""
    for column, values in (
        (Customer.email, [person.email for person in people if person.email]),
        (Customer.card_number, [person.card_number for person in people if person.card_number]),
    ):
        if values:
            uow.connection.execute(
                sa.update(Customer)
                .where(column.in_(values), Customer.deleted_at.is_not(None), Customer.merged_into.is_(None))
                .values({column: None})
            )


def _bought(uow: UnitOfWork, ids: Sequence[int], since: datetime | None) -> set[int]:
    if since is None:
        return set()
    rows = uow.connection.execute(
        sa.select(_ORDERS.c.customer_id).where(_ORDERS.c.customer_id.in_(ids), _ORDERS.c.placed_at >= to_micros(since))
    )
    return {row.customer_id for row in rows}


def _is_uid(text: str) -> bool:
    try:
        return canonical_uuid(text) == text
    except ValueError:
        return False
