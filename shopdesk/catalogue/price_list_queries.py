"""Price lists as screens show them: in force or not, for whom, how many prices; and why a price is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from shopdesk.catalogue.models import PriceList, PriceListItem, Product, ProductVariant
from shopdesk.catalogue.sellable import precedence
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.money import MILLI
from shopdesk.db.paging import Page, PageRequest, Sorts, keyset_page
from shopdesk.db.unit import Reader
from shopdesk.parties.models import Customer, CustomerGroup, CustomerGroupMember

Standing = Literal["now", "later", "over", "off"]
Verdict = Literal["holds", "beaten", "off", "later", "over", "not_given", "quantity"]


@dataclass(frozen=True, slots=True)
class PriceListLine:
    """A list with how it stands at this moment: in force (now), beginning later, over, or switched off."""

    id: int
    code: str
    name: str
    for_everybody: bool
    priority: int
    starts_at: datetime | None
    ends_at: datetime | None
    is_active: bool
    version: int
    prices: int
    groups: int
    customers: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Who is given a list: a group (with its number of members) or a customer."""

    kind: Literal["group", "customer"]
    id: int
    name: str
    members: int | None


@dataclass(frozen=True, slots=True)
class PriceReason:
    """A price that some list has for the goods, and what comes of it: it holds, or why it does not."""

    price_list_id: int
    name: str
    price_cents: int
    min_quantity_milli: int
    verdict: Verdict
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class PriceExplained:
    """What one unit costs for somebody at a moment; without a list the shelf price holds."""

    name: str
    sku: str
    price_cents: int
    shelf_price_cents: int
    reasons: tuple[PriceReason, ...]


LIST_SORTS = Sorts(
    {
        "name": (PriceList.name, PriceList.id),
        "priority": (PriceList.priority, PriceList.id),
        "code": (PriceList.code,),
    },
    default="name",
)


def price_lists_page(reader: Reader, request: PageRequest) -> Page[PriceListLine]:
    """Lists with their counts; filters standing (now, later, over, off) and id; one statement."""
    now = reader.clock.now()
    later = sa.and_(PriceList.starts_at.is_not(None), PriceList.starts_at > now)
    over = sa.and_(PriceList.ends_at.is_not(None), PriceList.ends_at <= now)
    standing = sa.case((~PriceList.is_active, "off"), (over, "over"), (later, "later"), else_="now")
    counts = [
        sa.select(sa.func.count()).where(column == PriceList.id).correlate(PriceList).scalar_subquery()
        for column in (PriceListItem.price_list_id, CustomerGroup.price_list_id, Customer.price_list_id)
    ]
    shown = [getattr(PriceList, name) for name in list(PriceListLine.__dataclass_fields__)[:9]]
    selected = sa.select(*shown, *counts, standing)
    if (list_id := request.filter("id")) is not None:
        selected = selected.where(PriceList.id == list_id)
    if (wanted := request.filter("standing")) is not None:
        selected = selected.where(standing == wanted)
    for word in request.search.casefold().split():
        text = sa.func.lower(PriceList.code + " " + PriceList.name)
        selected = selected.where(text.contains(word, autoescape=True))
    return keyset_page(reader, selected, LIST_SORTS, request, lambda row: PriceListLine(*row[:13]))


def price_list_card(reader: Reader, list_id: int) -> PriceListLine | None:
    """One list as the page shows it, None when it is gone."""
    found = price_lists_page(reader, PageRequest(filters=(("id", list_id),))).rows
    return found[0] if found else None


def list_holders(reader: Reader, price_list_id: int) -> tuple[HolderRow, ...]:
    """The groups and customers that are given a list, groups first, at most 1,000; one statement."""
    members = (
        sa.select(sa.func.count())
        .where(CustomerGroupMember.group_id == CustomerGroup.id)
        .correlate(CustomerGroup)
        .scalar_subquery()
    )
    full = sa.func.trim(sa.func.coalesce(Customer.first_name, "") + " " + sa.func.coalesce(Customer.last_name, ""))
    person = sa.func.coalesce(sa.func.nullif(full, ""), Customer.company, "")
    groups = sa.select(
        sa.literal("group").label("kind"),
        CustomerGroup.id.label("id"),
        CustomerGroup.name.label("name"),
        members.label("n"),
    ).where(CustomerGroup.price_list_id == price_list_id)
    customers = sa.select(sa.literal("customer"), Customer.id, person, sa.null()).where(
        Customer.price_list_id == price_list_id
    )
    both = sa.union_all(groups, customers).subquery()
    rows = reader.connection.execute(
        sa.select(both.c.kind, both.c.id, both.c.name, both.c.n)
        .order_by(both.c.kind.desc(), both.c.name, both.c.id)
        .limit(1000)
    )
    return tuple(HolderRow(*row) for row in rows)


def explain_price(
    reader: Reader,
    variant_id: int,
    at: datetime,
    customer_id: int | None = None,
    quantity_milli: int = MILLI,
) -> PriceExplained:
    """What a customer (None: nobody in particular) pays for a unit at a moment, and what every list says about it.

    The rule is the till's (``Sellable.price_at``); two statements.
    """
    goods = reader.connection.execute(
        sa.select(Product.title, ProductVariant.name, ProductVariant.sku, ProductVariant.price_cents)
        .join(Product, Product.id == ProductVariant.product_id)
        .where(ProductVariant.id == variant_id)
    ).first()
    if goods is None:
        raise NotFound(_("Product"), variant_id)
    title, variant, sku, shelf = goods
    own = sa.select(Customer.price_list_id).where(Customer.id == customer_id)
    in_groups = (
        sa.select(CustomerGroup.price_list_id)
        .join(CustomerGroupMember, CustomerGroupMember.group_id == CustomerGroup.id)
        .where(CustomerGroupMember.customer_id == customer_id)
    )
    meant = sa.case(
        (PriceList.for_everybody, 0), (PriceList.id.in_(own), 2), (PriceList.id.in_(in_groups), 1), else_=-1
    )
    rows = reader.connection.execute(
        sa.select(
            meant,
            PriceList.priority,
            PriceList.id,
            PriceListItem.min_quantity,
            PriceListItem.price_cents,
            PriceList.name,
            PriceList.is_active,
            PriceList.starts_at,
            PriceList.ends_at,
        )
        .join(PriceListItem, PriceListItem.price_list_id == PriceList.id)
        .where(PriceListItem.variant_id == variant_id)
    ).all()
    reasons = []
    holds: PriceReason | None = None
    for row in sorted(rows, key=lambda row: precedence(row[0], row[1], row[2], row[3], row[4])):
        verdict = _verdict(row, at, quantity_milli)
        if verdict == "holds" and holds is not None:
            verdict = "beaten"
        reason = PriceReason(row[2], row[5], row[4], row[3], verdict, row[7], row[8])
        if verdict == "holds":
            holds = reason
        reasons.append(reason)
    order = {"holds": 0, "beaten": 1, "quantity": 2, "later": 3, "not_given": 4, "over": 5, "off": 6}
    return PriceExplained(
        f"{title}, {variant}" if variant else title,
        sku,
        shelf if holds is None else holds.price_cents,
        shelf,
        tuple(sorted(reasons, key=lambda reason: order[reason.verdict])),
    )


def _verdict(
    row: sa.Row[int, int, int, int, int, str, bool, datetime | None, datetime | None], at: datetime, quantity_milli: int
) -> Verdict:
    meant, least, is_active, starts_at, ends_at = row[0], row[3], row[6], row[7], row[8]
    if not is_active:
        return "off"
    if ends_at is not None and ends_at <= at:
        return "over"
    if starts_at is not None and starts_at > at:
        return "later"
    if meant < 0:
        return "not_given"
    return "quantity" if least > quantity_milli else "holds"
