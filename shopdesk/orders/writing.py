"""What creating and changing an order share: who it is for, where it goes, its rows, its goods set aside, its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.money import checked_cents
from shopdesk.core.permissions import Permission
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.models import Warehouse
from shopdesk.inventory.order_reservations import Promise, reserve_for_order
from shopdesk.orders.commands import AccountLimit, AddressGiven, AddressNeeded, OrderContent
from shopdesk.orders.digests import order_digest
from shopdesk.orders.models import OrderAddress, OrderEvent, OrderPlan, OrderPlanLine
from shopdesk.orders.owed import owed_cents
from shopdesk.orders.pricing import Agreed, agree
from shopdesk.parties.models import Address, Country, Customer
from shopdesk.sales.basket import Discount
from shopdesk.sales.checkout import approve_basket
from shopdesk.sales.request import Request
from shopdesk.sales.sale_command import CommitSale, CustomerBlocked, UnknownCustomer
from shopdesk.sales.tills import UnknownWarehouse
from shopdesk.system.approvals import use_approval
from shopdesk.system.records import canonical
from shopdesk.system.settings import ShopSettings, shop_settings

Row = dict[str, Any]  # Any: raw values of a table's columns


@dataclass(frozen=True, slots=True)
class Party:
    """Who an order is for."""

    id: int
    tax_exempt: bool
    account_limit_cents: int
    first_name: str
    last_name: str
    company: str
    phone: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """An order ready to be written."""

    settings: ShopSettings
    party: Party
    shipping: AddressGiven | None
    billing: AddressGiven | None
    warehouse_id: int
    agreed: Agreed
    content: OrderContent


def prepare(uow: UnitOfWork, request: Request, content: OrderContent, key: str, approvals: tuple[str, ...]) -> Prepared:
    """Check who, where and what; price it; ask for the approvals that it needs."""
    settings = shop_settings(uow)
    content = _checked(content)
    party = customer_of(uow, content.customer)
    shipping = content.shipping or kept_address(uow, party, "shipping")
    if content.fulfilment == "ship" and shipping is None:
        raise AddressNeeded(field="shipping")
    shipping = None if shipping is None else _named(shipping, party)
    billing = content.billing or kept_address(uow, party, "billing")
    for address in (shipping, billing):
        if address is not None:
            _check_address(uow, address)
    warehouse = _warehouse(uow, content.warehouse, request.till.warehouse_id)
    country = shipping.country_code if shipping is not None and content.fulfilment == "ship" else settings.country
    agreed = agree(
        uow,
        content,
        settings,
        customer_id=party.id,
        exempt=party.tax_exempt,
        warehouse_id=warehouse,
        country=country,
    )
    asked = CommitSale(key=key, lines=content.lines, order_discount=content.order_discount, approvals=approvals)
    approve_basket(uow, asked, agreed.basket)
    if not 0 <= content.deposit_cents <= agreed.total_cents:
        raise BadField("deposit_cents", _("must not be more than the order costs."))
    return Prepared(
        settings, party, shipping, None if billing is None else _named(billing, party), warehouse, agreed, content
    )


def check_account(
    uow: UnitOfWork, ready: Prepared, key: str, approvals: tuple[str, ...], *, without_order: int | None = None
) -> None:
    """On account only up to the customer's limit; above it somebody who may approves (S34)."""
    if ready.content.terms != "account" or uow.actor.may(Permission.ORDER_ACCOUNT):
        return
    owed = owed_cents(uow, ready.party.id, without_order=without_order)
    over = owed + ready.agreed.total_cents - ready.content.deposit_cents - ready.party.account_limit_cents
    if over <= 0:
        return
    if approvals:
        use_approval(
            uow,
            action=Permission.ORDER_ACCOUNT,
            subject_uid=key,
            amount_cents=ready.agreed.total_cents,
            approvals=approvals,
        )
        return
    from shopdesk.core.money import format_money  # only to say no

    figures = {
        name: format_money(cents, ready.settings.currency, ready.settings.language)
        for name, cents in (("limit", ready.party.account_limit_cents), ("owed", owed))
    }
    raise AccountLimit(field="terms", open_cents=owed, limit_cents=ready.party.account_limit_cents, **figures)


def customer_of(reader: Reader, who: int | str) -> Party:
    """A customer by id or mail address; raises UnknownCustomer, CustomerBlocked."""
    by = Customer.id == who if isinstance(who, int) else Customer.email == who.strip().lower()
    row = reader.connection.execute(
        sa.select(
            Customer.id,
            Customer.tax_exempt,
            Customer.account_limit_cents,
            Customer.first_name,
            Customer.last_name,
            Customer.company,
            Customer.phone,
            Customer.status,
        ).where(by, Customer.deleted_at.is_(None))
    ).first()
    if row is None or row.status in ("erased", "merged"):
        raise UnknownCustomer(who)
    if row.status == "blocked":
        raise CustomerBlocked(field="customer")
    return Party(row[0], bool(row[1]), row[2], row[3], row[4], row[5], row[6] or "")


def plan_rows(
    uow: UnitOfWork, ready: Prepared, request: Request, plan_id: int, uid: str, line_ids: Sequence[int]
) -> tuple[Row, list[Row]]:
    """The plan's row and its lines', without what is the plan's state."""
    content, agreed = ready.content, ready.agreed
    off = content.order_discount or Discount()
    plan: Row = {
        "id": plan_id,
        "uid": uid,
        "customer_id": ready.party.id,
        "channel": content.channel,
        "fulfilment": content.fulfilment,
        "terms": content.terms,
        "till_id": request.till.id,
        "warehouse_id": ready.warehouse_id,
        "shipping_option_id": content.shipping_option_id,
        "shipping_cents": agreed.shipping_cents,
        "discount_cents": off.cents,
        "discount_ppm": off.ppm,
        "discount_label": off.label,
        "subtotal_cents": agreed.basket.subtotal_cents,
        "total_cents": agreed.total_cents,
        "deposit_cents": content.deposit_cents,
        "promised_at": content.promised_at,
        "customer_note": content.customer_note,
        "staff_note": content.staff_note,
        "updated_at": uow.clock.now(),
        "updated_by": uow.actor.user_id or None,
    }
    lines: list[Row] = []
    for number, (line_id, good, line, note) in enumerate(
        zip(line_ids, agreed.goods, agreed.inputs, agreed.notes, strict=True), 1
    ):
        less = line.discount or Discount()
        lines.append(
            {
                "id": line_id,
                "plan_id": plan_id,
                "line": number,
                "variant_id": good.variant_id,
                "quantity": line.quantity_milli,
                "list_price_cents": line.list_price_cents,
                "unit_price_cents": line.unit_price_cents,
                "price_source": line.price_source,
                "price_label": line.price_label,
                "discount_cents": less.cents,
                "discount_ppm": less.ppm,
                "discount_label": less.label,
                "note": note,
            }
        )
    return plan, lines


def write_lines(uow: UnitOfWork, plan_id: int, lines: Sequence[Row]) -> None:
    """Put a plan's lines in place of what it had."""
    uow.connection.execute(sa.delete(OrderPlanLine).where(OrderPlanLine.plan_id == plan_id))
    uow.connection.execute(sa.insert(OrderPlanLine), list(lines))


def new_line_ids(uow: UnitOfWork, count: int) -> Sequence[int]:
    """Ids for a plan's lines."""
    return reserve_ids(uow, "order_plan_lines", count)


def write_addresses(uow: UnitOfWork, order_id: int, ready: Prepared) -> None:
    """The order's own copies of where it goes and who pays."""
    uow.connection.execute(sa.delete(OrderAddress).where(OrderAddress.order_id == order_id))
    for kind, address in (("shipping", ready.shipping), ("billing", ready.billing)):
        if address is not None:
            values = {name: getattr(address, name) for name in AddressGiven.__slots__}
            uow.connection.execute(sa.insert(OrderAddress).values(order_id=order_id, kind=kind, **values))


def set_goods_aside(uow: UnitOfWork, ready: Prepared, lines: Sequence[Row], number: str) -> None:
    """Reserve every counted article of an order; raises OutOfStock."""
    promises = [
        Promise(
            row["id"],
            good.variant_id,
            ready.warehouse_id,
            row["quantity"],
            good.name,
            good.inventory_policy == "continue",
        )
        for row, good in zip(lines, ready.agreed.goods, strict=True)
        if good.track_stock
    ]
    reserve_for_order(uow, promises, ready.party.id, number)


def vouch(request: Request, kind: str, number: str, rows: Mapping[str, Sequence[Row]], **more: object) -> None:
    """Journal a document of an order; it is no turnover."""
    body = {"key": request.key, "rows": order_digest(kind, rows), **more}
    request.book.journal(kind, number, 0, body)


def note_event(
    uow: UnitOfWork,
    order_id: int,
    kind: str,
    details: Mapping[str, object] | None = None,
    *,
    at: datetime | None = None,
) -> None:
    """Add to an order's time line; ``at`` is the moment of the status step that it tells, to the microsecond."""
    uow.connection.execute(
        sa.insert(OrderEvent).values(
            order_id=order_id,
            kind=kind,
            details=canonical(dict(details or {})),
            user_id=uow.actor.user_id,
            at=at or uow.clock.now(),
        )
    )


def plan_of_order(reader: Reader, number: str, *, lock: bool = False) -> sa.Row[Any] | None:
    """The plan of an order by the order's number, with the order's id and status."""
    from shopdesk.sales.models import Order

    asked = (
        sa.select(OrderPlan.__table__, Order.number.label("order_number"), Order.status.label("order_status"))
        .join(Order, Order.id == OrderPlan.order_id)
        .where(Order.number == number)
    )
    return reader.connection.execute(asked.with_for_update() if lock else asked).first()


def _checked(content: OrderContent) -> OrderContent:
    if content.channel not in ("till", "phone", "web"):
        raise BadField("channel", _("must be till, phone or web."))
    if content.fulfilment not in ("ship", "pickup"):
        raise BadField("fulfilment", _("must be ship or pickup."))
    if content.terms not in ("now", "account"):
        raise BadField("terms", _("must be now or account."))
    checked_cents(content.deposit_cents, field="deposit_cents")
    return replace(
        content,
        customer_note=checked_text(content.customer_note, field="customer_note"),
        staff_note=checked_text(content.staff_note, field="staff_note"),
    )


def _named(address: AddressGiven, party: Party) -> AddressGiven:
    if address.first_name or address.last_name or address.company:
        return address
    return replace(
        address,
        first_name=party.first_name,
        last_name=party.last_name,
        company=party.company,
        phone=address.phone or party.phone,
    )


def kept_address(reader: Reader, party: Party, kind: str) -> AddressGiven | None:
    """The customer's own address of a kind, the default one first; None without one."""
    row = reader.connection.execute(
        sa.select(Address.__table__)
        .where(Address.customer_id == party.id, Address.type == kind)
        .order_by(Address.is_default.desc(), Address.id)
        .limit(1)
    ).first()
    if row is None:
        return None
    names = ("line1", "country_code", "line2", "city", "state", "postal_code")
    return AddressGiven(**{name: row._mapping[name] for name in names})


def _check_address(reader: Reader, address: AddressGiven) -> None:
    for name in AddressGiven.__slots__:
        checked_text(getattr(address, name), field=name, longest=200)
    if not address.line1.strip():
        raise BadField("line1", _("is needed."))
    known = sa.select(Country.code).where(Country.code == address.country_code)
    if reader.connection.execute(known).first() is None:
        raise BadField("country_code", _("is no country."))


def _warehouse(reader: Reader, name: str | None, own: int) -> int:
    if name is None:
        return own
    asked = sa.select(Warehouse.id).where(Warehouse.name == name, Warehouse.is_active)
    found = reader.connection.execute(asked).scalar()
    if found is None:
        raise UnknownWarehouse(name)
    return int(found)


def micros(uow: UnitOfWork) -> int:
    """Now, as raw rows hold it."""
    return to_micros(uow.clock.now())
