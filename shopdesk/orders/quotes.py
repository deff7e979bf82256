"""Quotes: numbered offers at fixed prices until a moment; accepted they become orders, declined they are kept."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.orders.commands import (
    AcceptQuote,
    AddressGiven,
    CreateQuote,
    DeclineQuote,
    OrderContent,
    OrderSaved,
    QuoteOver,
    UnknownQuote,
)
from shopdesk.orders.models import OrderPlan, QuoteAddress
from shopdesk.orders.placing import answer_of, line_rows, place, told
from shopdesk.orders.pricing import as_agreed, given_discount
from shopdesk.orders.writing import Prepared, check_account, customer_of, new_line_ids, plan_rows, prepare, write_lines
from shopdesk.sales.request import begin
from shopdesk.sales.sale_command import SaleLine
from shopdesk.system.records import audit_office
from shopdesk.system.settings import shop_settings

VALID_FOR = timedelta(days=30)


def create_quote(uow: UnitOfWork, command: CreateQuote) -> OrderSaved:
    """Offer something; raises what ``create_order`` raises but for stock and account limit."""
    uow.require(Permission.ORDER_EDIT)
    from msgspec import to_builtins

    until = command.valid_until or uow.clock.now() + VALID_FOR
    if until <= uow.clock.now():
        raise BadField("valid_until", _("must be a time to come."))
    content = {
        "content": to_builtins(command.content),
        "until": None if command.valid_until is None else to_micros(until),
    }
    request = begin(uow, "create_quote", command.key, command.till, content)
    if request.answer is not None:
        return told(request.answer)
    ready = prepare(uow, request, command.content, request.key, command.approvals)
    number = request.book.number("Q")
    plan_id = reserve_ids(uow, "order_plans", 1)[0]
    plan, lines = plan_rows(uow, ready, request, plan_id, request.key, new_line_ids(uow, len(ready.agreed.goods)))
    now = uow.clock.now()
    uow.connection.execute(
        sa.insert(OrderPlan).values(
            **plan,
            state="quoted",
            quote_number=number,
            valid_until=until,
            created_at=now,
            created_by=uow.actor.user_id or None,
            version=1,
        )
    )
    write_lines(uow, plan_id, lines)
    for kind, address in (("shipping", ready.shipping), ("billing", ready.billing)):
        if address is not None:
            values = {name: getattr(address, name) for name in AddressGiven.__slots__}
            uow.connection.execute(sa.insert(QuoteAddress).values(plan_id=plan_id, kind=kind, **values))
    basket = ready.agreed.basket
    request.book.audit(
        "quote.created", target_type="quote", target_id=number, details={"total": ready.agreed.total_cents}
    )
    saved = OrderSaved(
        number,
        "quoted",
        basket.subtotal_cents,
        basket.discount_cents,
        basket.tax_cents,
        ready.agreed.shipping_cents,
        ready.agreed.total_cents,
    )
    request.keep(answer_of(saved))
    uow.changed("OrderPlan")
    return saved


def accept_quote(uow: UnitOfWork, command: AcceptQuote) -> OrderSaved:
    """Make an order of a quote at the prices that were offered; raises UnknownQuote, QuoteOver, AccountLimit, OutOfStock."""
    uow.require(Permission.ORDER_EDIT)
    request = begin(uow, "accept_quote", command.key, command.till, {"quote": command.quote})
    if request.answer is not None:
        return told(request.answer)
    asked = sa.select(OrderPlan.__table__).where(OrderPlan.quote_number == command.quote).with_for_update()
    kept = uow.connection.execute(asked).first()
    if kept is None:
        raise UnknownQuote(command.quote)
    if kept.state != "quoted" or (kept.valid_until is not None and kept.valid_until <= uow.clock.now()):
        raise QuoteOver(quote=command.quote)
    settings = shop_settings(uow)
    party = customer_of(uow, kept.customer_id)
    addresses = _addresses(uow, kept.id)
    shipping = addresses.get("shipping")
    country = shipping.country_code if shipping is not None and kept.fulfilment == "ship" else settings.country
    rows = line_rows(uow, kept.id)
    discount = given_discount(kept.discount_cents, kept.discount_ppm, kept.discount_label)
    agreed = as_agreed(
        uow,
        rows,
        settings,
        discount=discount,
        shipping_cents=kept.shipping_cents,
        customer_id=party.id,
        exempt=party.tax_exempt,
        warehouse_id=kept.warehouse_id,
        country=country,
        at=uow.clock.now(),
    )
    content = OrderContent(
        customer=party.id,
        lines=tuple(SaleLine(row.quantity, variant_id=row.variant_id) for row in rows),
        channel=kept.channel,
        fulfilment=kept.fulfilment,
        shipping_option_id=kept.shipping_option_id,
        order_discount=discount,
        terms=kept.terms,
        deposit_cents=kept.deposit_cents,
        promised_at=kept.promised_at,
        customer_note=kept.customer_note,
        staff_note=kept.staff_note,
    )
    ready = Prepared(settings, party, shipping, addresses.get("billing"), kept.warehouse_id, agreed, content)
    check_account(uow, ready, request.key, ())
    plan, lines = plan_rows(uow, ready, request, kept.id, kept.uid, new_line_ids(uow, len(rows)))
    return place(uow, request, ready, plan, lines)


def decline_quote(uow: UnitOfWork, command: DeclineQuote) -> None:
    """Note that a quote came to nothing; raises UnknownQuote, QuoteOver."""
    uow.require(Permission.ORDER_EDIT)
    known = sa.select(OrderPlan.state).where(OrderPlan.quote_number == command.quote)
    if uow.connection.execute(known).first() is None:
        raise UnknownQuote(command.quote)
    changed = uow.connection.execute(
        sa.update(OrderPlan)
        .where(OrderPlan.quote_number == command.quote, OrderPlan.state == "quoted")
        .values(state="declined", updated_at=uow.clock.now(), version=OrderPlan.version + 1)
    )
    if not changed.rowcount:
        raise QuoteOver(quote=command.quote)
    audit_office(uow, "quote.declined", target_type="quote", target_id=command.quote, details={})
    uow.changed("OrderPlan")


def _addresses(uow: UnitOfWork, plan_id: int) -> dict[str, AddressGiven]:
    asked = sa.select(QuoteAddress.__table__).where(QuoteAddress.plan_id == plan_id)
    return {
        row.kind: AddressGiven(**{name: row._mapping[name] for name in AddressGiven.__slots__})
        for row in uow.connection.execute(asked)
    }
