"""Groups of customers: who belongs to them and which prices they get."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.folding import folded_words
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.saving import save_row
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.parties.customer_fields import one_line
from shopdesk.parties.models import Customer, CustomerGroup, CustomerGroupMember
from shopdesk.parties.people_rows import check_price_list, locked_customer, note_change
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_LISTS = sa.table("price_lists", sa.column("id"), sa.column("name"))


class GroupTaken(ShopError):
    """Two groups with one code."""

    code = "group_taken"
    sentence = N_("There is already a group with the code {value}.")


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of the list; ``members`` counts its customers."""

    id: int
    code: str
    name: str
    price_list_id: int | None
    price_list: str
    members: int
    version: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A customer of a group."""

    id: int
    name: str
    company: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveGroup:
    """A new group (``group_id`` None), or one as it should be."""

    code: str
    name: str
    price_list_id: int | None = None
    group_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class GroupChosen:
    """The group to remove."""

    group_id: int


@dataclass(frozen=True, slots=True)
class Membership:
    """A customer who joins or leaves a group."""

    customer_id: int
    group_id: int


GROUP_SORTS = Sorts({"name": (CustomerGroup.name, CustomerGroup.id)}, default="name")
MEMBER_SORTS = Sorts({"name": (Customer.last_name, Customer.first_name, Customer.id)}, default="name")


def groups_page(reader: Reader, request: PageRequest) -> Page[GroupRow]:
    """Groups by name with the number of their members; one statement. Search: every word in code or name."""
    count = (
        sa.select(sa.func.count())
        .where(CustomerGroupMember.group_id == CustomerGroup.id)
        .correlate(CustomerGroup)
        .scalar_subquery()
    )
    selected = (
        sa.select(
            CustomerGroup.id,
            CustomerGroup.code,
            CustomerGroup.name,
            CustomerGroup.price_list_id,
            sa.func.coalesce(_LISTS.c.name, ""),
            count,
            CustomerGroup.version,
        )
        .select_from(CustomerGroup)
        .outerjoin(_LISTS, _LISTS.c.id == CustomerGroup.price_list_id)
    )
    if (group_id := request.filter("id")) is not None:
        selected = selected.where(CustomerGroup.id == group_id)
    for word in folded_words(request.search):
        text = sa.func.lower(CustomerGroup.code + " " + CustomerGroup.name)
        selected = selected.where(text.contains(word, autoescape=True))
    return keyset_page(reader, selected, GROUP_SORTS, request, lambda row: GroupRow(*row[:7]))


def group_card(reader: Reader, group_id: int) -> GroupRow | None:
    """One group as the list shows it, None when it is gone; one statement."""
    found = groups_page(reader, PageRequest(filters=(("id", group_id),))).rows
    return found[0] if found else None


def members_page(reader: Reader, request: PageRequest, group_id: int) -> Page[MemberRow]:
    """The customers of a group by name; one statement."""
    selected = (
        sa.select(Customer.id, Customer.first_name, Customer.last_name, Customer.company, Customer.status)
        .join(CustomerGroupMember, CustomerGroupMember.customer_id == Customer.id)
        .where(CustomerGroupMember.group_id == group_id, Customer.deleted_at.is_(None))
    )
    return keyset_page(
        reader,
        selected,
        MEMBER_SORTS,
        request,
        lambda row: MemberRow(row[0], f"{row[1]} {row[2]}".strip(), row[3], row[4]),
    )


def group_choices(reader: Reader) -> tuple[tuple[int, str], ...]:
    """Groups for a choice: (id, name)."""
    rows = reader.connection.execute(sa.select(CustomerGroup.id, CustomerGroup.name).order_by(CustomerGroup.name))
    return tuple((row.id, row.name) for row in rows)


def price_list_choices(reader: Reader) -> tuple[tuple[int, str], ...]:
    """Price lists for a choice: (id, name)."""
    rows = reader.connection.execute(sa.select(_LISTS.c.id, _LISTS.c.name).order_by(_LISTS.c.name))
    return tuple((row.id, row.name) for row in rows)


def groups_of(reader: Reader, customer_id: int) -> tuple[tuple[int, str], ...]:
    """The groups of a customer: (id, name), by name."""
    rows = reader.connection.execute(
        sa.select(CustomerGroup.id, CustomerGroup.name)
        .join(CustomerGroupMember, CustomerGroupMember.group_id == CustomerGroup.id)
        .where(CustomerGroupMember.customer_id == customer_id)
        .order_by(CustomerGroup.name)
    )
    return tuple((row.id, row.name) for row in rows)


def save_group(uow: UnitOfWork, command: SaveGroup) -> int:
    """Write a group and return its id; raises BadField, GroupTaken, NotFound, ChangedMeanwhile."""
    uow.require(Permission.CUSTOMER_LIST)
    code = command.code.strip()
    if not _CODE.fullmatch(code):
        raise BadField("code", _("is made of 1 to 40 letters, digits, dots, dashes and underscores."))
    one_line(code, field="code", longest=40)
    values: dict[str, object] = {
        "code": code,
        "name": one_line(command.name, field="name", longest=100, required=True),
        "price_list_id": command.price_list_id,
    }
    check_price_list(uow, command.price_list_id)
    taken = sa.select(CustomerGroup.id).where(CustomerGroup.code == code, CustomerGroup.id != (command.group_id or 0))
    if uow.connection.execute(taken).first() is not None:
        raise GroupTaken(field="code", value=code)
    before: dict[str, object] = {}
    if command.group_id is not None:
        before = dict(_group(uow, command.group_id)._mapping)
    group_id = save_row(uow, CustomerGroup, command.group_id, command.version, values, name=_("This group"))
    told = what_changed(before, values)
    audit_office(uow, "customer_group.save", target_type="customer_group", target_id=str(group_id), details=told)
    uow.changed("CustomerGroup")
    return group_id


def remove_group(uow: UnitOfWork, command: GroupChosen) -> None:
    """Remove a group; its members stay customers and lose its prices."""
    uow.require(Permission.CUSTOMER_LIST)
    group = _group(uow, command.group_id)
    left = uow.connection.execute(
        sa.delete(CustomerGroupMember).where(CustomerGroupMember.group_id == command.group_id)
    ).rowcount
    uow.connection.execute(sa.delete(CustomerGroup).where(CustomerGroup.id == command.group_id))
    details: dict[str, object] = {"code": group.code, "name": group.name, "members": left}
    audit_office(
        uow, "customer_group.remove", target_type="customer_group", target_id=str(command.group_id), details=details
    )
    uow.changed("CustomerGroup", "Customer")


def join_group(uow: UnitOfWork, command: Membership) -> None:
    """Put a customer into a group; who is in it already stays."""
    uow.require(Permission.CUSTOMER_LIST)
    customer = locked_customer(uow, command.customer_id)
    group = _group(uow, command.group_id)
    if add_member(uow, command.customer_id, command.group_id):
        note_change(uow, "customer.group_joined", customer, group=group.code)
        uow.changed("CustomerGroup", "Customer")


def leave_group(uow: UnitOfWork, command: Membership) -> None:
    """Take a customer out of a group; who is not in it stays out."""
    uow.require(Permission.CUSTOMER_LIST)
    customer = locked_customer(uow, command.customer_id)
    group = _group(uow, command.group_id)
    member = (
        CustomerGroupMember.customer_id == command.customer_id,
        CustomerGroupMember.group_id == command.group_id,
    )
    if uow.connection.execute(sa.delete(CustomerGroupMember).where(*member)).rowcount:
        note_change(uow, "customer.group_left", customer, group=group.code)
        uow.changed("CustomerGroup", "Customer")


def add_member(uow: UnitOfWork, customer_id: int, group_id: int) -> bool:
    """Whether the customer was not in the group before; asks for no permission."""
    member = {"customer_id": customer_id, "group_id": group_id}
    if uow.connection.execute(sa.select(CustomerGroupMember.group_id).filter_by(**member)).first() is not None:
        return False
    uow.connection.execute(sa.insert(CustomerGroupMember).values(**member))
    return True


def _group(uow: UnitOfWork, group_id: int) -> sa.Row[*tuple[object, ...]]:
    row = uow.connection.execute(sa.select(CustomerGroup).where(CustomerGroup.id == group_id).with_for_update()).first()
    if row is None:
        raise NotFound(_("Group"), group_id)
    return row
