"""The history of one thing from the audit log: who changed it, when, what stood there before and after.

Every use case that edits writes its change in one form, ``what_changed``: ``{"changed": {field: [before, after]}}``. What
names a customer is sealed with the customer's own salt (``sealed_change``): erasing the salt erases the words, and the
chain still verifies (S30).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import msgspec
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import iso_utc
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.system.audit_names import ACTION_NAMES
from shopdesk.system.models import AuditEntry, User
from shopdesk.system.sealed import seal, unseal

CHANGED, SEALED, VEILED = "changed", "sealed", "veiled"
_CUSTOMERS = sa.table("customers", sa.column("id"), sa.column("salt"))
"""The two columns of a higher area's table that open what was sealed for a customer."""
_SEES: dict[str, Permission] = {
    "product": Permission.CATALOGUE_VIEW,
    "category": Permission.CATALOGUE_VIEW,
    "price_list": Permission.CATALOGUE_VIEW,
    "tax_rate": Permission.CATALOGUE_VIEW,
    "tax_class": Permission.CATALOGUE_VIEW,
    "barcode_rule": Permission.CATALOGUE_VIEW,
    "customer": Permission.CUSTOMER_LIST,
    "user": Permission.USER_VIEW,
    "role": Permission.ROLE_EDIT,
    "till": Permission.TILL_EDIT,
    "payment_type": Permission.SETTINGS_EDIT,
    "shop": Permission.SETTINGS_EDIT,
    "warehouse": Permission.STOCK_VIEW,
    "supplier": Permission.SUPPLIER_VIEW,
    "purchase_order": Permission.SUPPLIER_VIEW,
    "customer_group": Permission.CUSTOMER_LIST,
    "seller": Permission.CATALOGUE_VIEW,
    "variant": Permission.STOCK_VIEW,
    "transfer": Permission.STOCK_VIEW,
    "count": Permission.STOCK_COUNT,
}
"""Who may read the history of a kind of thing: those who see the thing. Any other kind is for who reads the audit log."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changed. ``subject`` names the part it belongs to (a variant's SKU), empty for the thing itself.

    A ``veiled`` one says only that it changed.
    """

    field: str
    before: object = None
    after: object = None
    subject: str = ""
    veiled: bool = False


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """Something that was done to a thing; ``facts`` are what was written beside the changes."""

    id: int
    created_at: datetime
    actor: str
    action: str
    changes: tuple[Change, ...]
    facts: Mapping[str, object]

    @property
    def action_name(self) -> str:
        """The action in words."""
        return _(ACTION_NAMES.get(self.action, self.action))


def what_changed(
    before: Mapping[str, object], after: Mapping[str, object], *, veiled: Collection[str] = ()
) -> dict[str, object]:
    """The part of an audit line that tells a change: the fields of ``after`` that ``before`` had otherwise.

    Keys are field names (``_cents``, ``_milli`` and ``_ppm`` say their unit); ``price_cents@TEA`` is the price of the part TEA.
    Empty when nothing differs. ``veiled`` fields are named without their values.
    """
    changed: dict[str, object] = {}
    hidden: list[str] = []
    for name, value in after.items():
        was, now = _plain(before.get(name)), _plain(value)
        if was == now:
            continue
        if name in veiled:
            hidden.append(name)
        else:
            changed[name] = [was, now]
    found: dict[str, object] = {CHANGED: changed} if changed else {}
    return found | ({VEILED: hidden} if hidden else {})


def sealed_change(before: Mapping[str, object], after: Mapping[str, object], salt: str | None) -> dict[str, object]:
    """``what_changed`` that only the customer's salt opens; without a salt (erased) the fields are named and no more."""
    told = what_changed(before, after)
    if not told:
        return {}
    if not salt:
        return {VEILED: sorted(cast("dict[str, object]", told[CHANGED]))}
    return {SEALED: seal(msgspec.json.encode(told), salt)}


_COLUMNS = cast("dict[str, Any]", {"created_at": (AuditEntry.id,)})
HISTORY_SORTS = Sorts(_COLUMNS, default="created_at")


def history_page(
    reader: Reader, request: PageRequest, *, target_type: str, target_id: str, actor: Actor
) -> Page[HistoryRow]:
    """A page of what was done to one thing, in the order of the log; costs only for who may see costs.

    Raises NotPermitted for who may not see the thing.
    """
    actor.require(_SEES.get(target_type, Permission.AUDIT_VIEW))
    key = _salt(reader, target_type, target_id)
    # The index is a partial one: SQLite takes it only when its condition stands in the question word for word.
    selected = (
        sa.select(AuditEntry.id, AuditEntry.created_at, User.username, AuditEntry.action, AuditEntry.details)
        .select_from(AuditEntry)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(AuditEntry.target_type == target_type, AuditEntry.target_id == target_id)
        .where(sa.text("target_type <> 'order'"))
    )
    costs = actor.may(Permission.COST_VIEW)

    def row(found: sa.Row[*tuple[Any, ...]]) -> HistoryRow:
        details = msgspec.json.decode(found[4])
        changes, facts = _read(details, key, costs=costs)
        return HistoryRow(found[0], found[1], found[2] or "", found[3], changes, facts)

    return keyset_page(reader, selected, HISTORY_SORTS, request, row)


def changes_of(details: Mapping[str, object]) -> tuple[Change, ...]:
    """The changes that an audit line tells openly."""
    return _read(details, None, costs=True)[0]


def _read(details: Mapping[str, Any], salt: str | None, *, costs: bool) -> tuple[tuple[Change, ...], dict[str, object]]:
    facts = {name: value for name, value in details.items() if name not in (CHANGED, SEALED, VEILED)}
    told: dict[str, Any] = {}
    if isinstance(found := details.get(CHANGED), Mapping):
        told |= found
    elif found is not None:
        facts[CHANGED] = found  # an import counts its changed rows under this name
    veiled = list(details.get(VEILED, ()))
    if SEALED in details:
        opened = unseal(str(details[SEALED]), salt) if salt else None
        if opened is None:
            veiled.append("")
        else:
            told |= msgspec.json.decode(opened).get(CHANGED, {})
    changes = []
    for name, pair in told.items():
        field, _at, subject = name.partition("@")
        if not costs and "cost" in field:
            changes.append(Change(field, subject=subject, veiled=True))
        else:
            changes.append(Change(field, pair[0], pair[1], subject))
    changes += [Change(name, veiled=True) for name in veiled]
    if not costs:
        facts = {name: value for name, value in facts.items() if "cost" not in name}
    return tuple(changes), facts


def _salt(reader: Reader, target_type: str, target_id: str) -> str | None:
    if target_type != "customer" or not target_id.isdecimal():
        return None
    found = reader.connection.execute(sa.select(_CUSTOMERS.c.salt).where(_CUSTOMERS.c.id == int(target_id))).scalar()
    return str(found) if found else None


def _plain(value: object) -> object:
    """A value as JSON keeps it, so that before and after compare as they are stored."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, datetime):
        return iso_utc(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        listed = [_plain(one) for one in value]
        return sorted(listed, key=str) if isinstance(value, (set, frozenset)) else listed
    return str(value)
