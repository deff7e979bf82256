"""Ringing up a sale: one transaction from the cart's key to the journal's head (R1-R3, R7, R10-R12, SAFE-DESIGN D1-D6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shopdesk.catalogue.lookup import Counter, Goods, ask_goods
from shopdesk.catalogue.sellable import Sellable, fit_total
from shopdesk.core.clock import shop_time, to_micros
from shopdesk.core.errors import NotPermitted
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_
from shopdesk.core.money import MAX_MILLI, MILLI, decimals, round_half_away
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Batch
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.stock import StockBook, ask_levels
from shopdesk.sales.basket import (
    BadLine,
    Basket,
    DiscountTooLarge,
    LineInput,
    TaxPart,
    TaxRules,
    price_basket,
)
from shopdesk.sales.card_intents import claim_intent
from shopdesk.sales.limits import approvals_needed
from shopdesk.sales.request import ShiftNotOpen
from shopdesk.sales.sale_command import (
    CartClosed,
    CommitSale,
    CouponNotValid,
    CustomerBlocked,
    SaleAnswer,
    SaleLine,
    TotalChanged,
    UnknownCustomer,
    UnknownTender,
)
from shopdesk.sales.sale_rows import PaidBy, SaleFacts, SoldLine, write_sale
from shopdesk.sales.sale_statements import CLOSE_CART, Context, read_context
from shopdesk.sales.settle import BadPayment, Settlement, Tender, settle
from shopdesk.sales.tills import TillAt, UnknownTill
from shopdesk.system.approvals import use_approval
from shopdesk.system.records import Book, request_hash, stored_answer


def commit_sale(uow: UnitOfWork, command: CommitSale) -> SaleAnswer:
    """Make a sale: price, tax, take stock, take money, number, journal, paper; all or nothing.

    Raises the refusals of CLI.md; the same key and content again returns the stored answer.
    """
    uow.require(Permission.SELL)
    content = sale_content(command)
    batch = uow.batch()
    context = read_context(
        batch,
        key=command.key,
        till_code=command.till,
        till_id=uow.actor.till_id,
        customer=command.customer,
        lines=max(1, len(command.lines)),
    )
    if context is None:
        raise UnknownTill(command.till or "")
    hashed = request_hash("sell", content)
    known = stored_answer(context.answered, "sell", hashed)
    if known is not None:
        return SaleAnswer(known)
    goods, sellables, basket = price_sale(uow, batch, command, context)
    approved = approve_basket(uow, command, basket)
    if command.expected_total_cents not in (None, basket.due_cents):
        raise TotalChanged(basket.due_cents)
    tenders = tenders_given(command, context)
    settlement = settle(basket.due_cents, tenders, context.settings.cash_rounding_cents, cash_type(context))
    stock: StockBook | None = None
    if uow.dialect == "sqlite":  # the transaction is alone: what was read holds, and a refusal writes nothing
        stock = StockBook(uow, goods.levels())
        _take_stock(uow, command, context, stock, basket, sellables)
    book = Book(uow, context.till_id, context.till_code, batch, context.state)
    facts = SaleFacts(
        key=command.key,
        content_hash=hashed,
        context=context,
        basket=basket,
        settlement=settlement,
        lines=tuple(SoldLine(good, line.note) for good, line in zip(sellables, command.lines, strict=True)),
        paid_by=_paid_by(uow, command, context, settlement),
        business_date=context.business_date or today(uow.clock.now(), context.settings.timezone),
        note=command.note,
        approved=approved,
    )
    return SaleAnswer(_write(uow, command, book, stock, facts))


def price_sale(
    uow: UnitOfWork, batch: Batch, command: CommitSale, context: Context
) -> tuple[Goods, list[Sellable], Basket]:
    """Look the lines up and work the sale out; one round trip. Raises the refusals that come before money and stock."""
    _check(command, context)
    goods = _look_up(batch, command, context, uow)
    sellables = [_sellable(number, line, goods) for number, line in enumerate(command.lines, 1)]
    exempt = context.customer is not None and bool(context.customer[2])
    inputs = [
        _line_input(number, line, good, exempt=exempt)
        for number, (line, good) in enumerate(zip(command.lines, sellables, strict=True), 1)
    ]
    rules = TaxRules(context.settings.prices_include_tax, context.settings.tax_rounding == "order")
    return goods, sellables, price_basket(inputs, rules, command.order_discount)


_CONTENT = tuple(
    name
    for name in CommitSale.__struct_fields__
    if name not in {"key", "approvals", "from_cart", "expected_total_cents"}
)


def sale_content(command: CommitSale) -> dict[str, object]:
    """What makes two requests the same: everything but the key, the approvals and what only the screen knew."""
    return {name: getattr(command, name) for name in _CONTENT}


def _check(command: CommitSale, context: Context) -> None:
    if not command.lines:
        raise BadLine(0, N_("a sale needs at least one line."))
    if command.coupon is not None:
        raise CouponNotValid(command.coupon)
    if command.customer is not None:
        if context.customer is None or context.customer[1] == "erased":
            raise UnknownCustomer(command.customer)
        if context.customer[1] == "blocked":
            raise CustomerBlocked(field="customer")
    if context.shift_id is None and not context.settings.sell_without_shift:
        raise ShiftNotOpen(till=context.till_code)
    typed = [command.note, *(line.note for line in command.lines)]
    typed += [
        discount.label for discount in (command.order_discount, *(line.discount for line in command.lines)) if discount
    ]
    for text in typed:
        if text:
            checked_text(text, field="note")


def _look_up(batch: Batch, command: CommitSale, context: Context, uow: UnitOfWork) -> Goods:
    goods = ask_goods(
        batch,
        Counter(
            warehouse_id=context.warehouse_id,
            now=uow.clock.now(),
            customer_id=context.customer[0] if context.customer else None,
            country=context.settings.country,
            places=decimals(context.settings.currency),
        ),
        codes=[line.barcode for line in command.lines if line.barcode is not None],
        skus=[line.sku for line in command.lines if line.sku is not None],
        variant_ids=[line.variant_id for line in command.lines if line.variant_id is not None],
    )
    batch.send()
    return goods


def _sellable(number: int, line: SaleLine, goods: Goods) -> Sellable:
    if sum(name is not None for name in (line.sku, line.barcode, line.variant_id)) != 1:
        raise BadLine(number, N_("name the article by one of SKU, barcode and variant."))
    if not 0 < line.quantity_milli <= MAX_MILLI:
        raise BadLine(number, N_("the quantity must be more than nothing."))
    if line.barcode is not None:
        return goods.by_code(line.barcode)
    if line.sku is not None:
        return goods.by_sku(line.sku)
    assert line.variant_id is not None
    return goods.by_variant(line.variant_id)


def line_input(line: SaleLine, good: Sellable, *, exempt: bool = False) -> LineInput:
    """A line as the basket wants it: quantity of units, price by list, price list, label or hand, taxes."""
    return _line_input(1, line, good, exempt=exempt)


def _line_input(number: int, line: SaleLine, good: Sellable, *, exempt: bool) -> LineInput:
    quantity = round_half_away(line.quantity_milli * good.quantity_milli, MILLI)
    unit, offer = good.price_at(quantity)
    source, label = ("price_list", offer.label) if offer is not None and unit != good.price_cents else ("", "")
    if line.price_cents is not None:
        if line.price_cents != unit:
            source, label = "override", ""
        unit = line.price_cents
    elif good.fixed_total_cents is not None:
        if line.quantity_milli % MILLI:
            raise BadLine(number, N_("a label with a printed price is sold whole."))
        times = line.quantity_milli // MILLI
        if times == 1 and good.fixed_unit_cents is not None:
            quantity, unit = good.quantity_milli, good.fixed_unit_cents
        else:
            quantity, unit = fit_total(good.fixed_total_cents * times, unit)
        source, label = ("printed", "") if unit != good.price_cents else ("", "")
    if line.discount is not None and not (line.discount.cents >= 0 and 0 <= line.discount.ppm <= 1_000_000):
        raise DiscountTooLarge(number, line.discount.cents, 0)
    return LineInput(
        quantity_milli=quantity,
        list_price_cents=good.price_cents,
        unit_price_cents=unit,
        taxes=() if exempt else _tax_parts(good.taxes),
        discount=line.discount,
        price_source=source,
        price_label=label,
    )


def _tax_parts(taxes: tuple[tuple[int, str, int, bool], ...]) -> tuple[TaxPart, ...]:
    return tuple(TaxPart(*part) for part in taxes)


def approve_basket(uow: UnitOfWork, command: CommitSale, basket: Basket) -> dict[int, int]:
    """Who approved what: user ids by line, 0 for the order's discount. Raises what is not approved."""
    if basket.discount_cents:
        uow.require(Permission.DISCOUNT)
    approved: dict[int, int] = {}
    for need in approvals_needed(basket, uow.actor):
        try:
            approved[need.line] = use_approval(
                uow,
                action=need.permission,
                subject_uid=command.key,
                amount_cents=need.amount_cents,
                approvals=command.approvals,
            )
        except NotPermitted:
            if need.permission is Permission.DISCOUNT_OVER_CAP:
                raise DiscountTooLarge(need.line, need.amount_cents, need.most_cents) from None
            raise
    return approved


def cash_type(context: Context) -> str:
    """The code of the shop's cash tender."""
    return next((code for code, (_, kind, _) in context.tenders.items() if kind == "cash"), "cash")


def tenders_given(command: CommitSale, context: Context) -> list[Tender] | None:
    """What was handed over, by kind; None for exact cash. Raises UnknownTender."""
    if command.payments is None:
        return None
    tenders: list[Tender] = []
    for payment in command.payments:
        known = context.tenders.get(payment.type)
        if known is None:
            raise UnknownTender(payment.type)
        tenders.append(Tender(payment.type, known[1], payment.amount_cents))
    return tenders


def _paid_by(uow: UnitOfWork, command: CommitSale, context: Context, settlement: Settlement) -> tuple[PaidBy, ...]:
    """Each kept tender with the terminal's answer where it came from one; the intent is claimed for this sale."""
    given = command.payments or ()
    paid: list[PaidBy] = []
    for place, kept in enumerate(settlement.kept):
        intent = given[place].card_intent_uid if place < len(given) else None
        if intent is None:
            paid.append(PaidBy(kept))
            continue
        if kept.tender.kind != "card":
            raise BadPayment(field="payments")
        claimed = claim_intent(uow, intent, command.key, kept.tender.amount_cents, context.order_id)
        paid.append(PaidBy(kept, claimed.transaction_id, claimed.card_brand, claimed.card_last4, claimed.raw_response))
    return tuple(paid)


def _take_stock(
    uow: UnitOfWork,
    command: CommitSale,
    context: Context,
    stock: StockBook,
    basket: Basket,
    sellables: Sequence[Sellable],
) -> None:
    eat = bool(command.approvals) or uow.actor.may(Permission.EAT_RESERVED)
    for line, good in zip(basket.lines, sellables, strict=True):
        if good.track_stock:
            eats = eat and stock.short_of_free(good.variant_id, context.warehouse_id, line.quantity_milli)
            if eats and good.inventory_policy == "deny" and not uow.actor.may(Permission.EAT_RESERVED):
                use_approval(
                    uow,
                    action=Permission.EAT_RESERVED,
                    subject_uid=command.key,
                    amount_cents=line.total_cents,
                    approvals=command.approvals,
                )
            stock.move(
                good.variant_id,
                context.warehouse_id,
                -line.quantity_milli,
                type="sale",
                reference_type="order",
                reference_id=context.order_id,
                line_id=context.item_ids[line.line - 1],
                name=good.name,
                may_go_negative=good.inventory_policy == "continue",
                may_eat_reserved=eats,
            )


def _write(
    uow: UnitOfWork, command: CommitSale, book: Book, stock: StockBook | None, facts: SaleFacts
) -> dict[str, object]:
    """Write everything. On PostgreSQL the levels are locked as late as can be, behind all that does not depend on them.

    Eight tills sell the same best-sellers: what lies between that lock and COMMIT is what the others wait for.
    """
    context = facts.context
    till = TillAt(context.till_id, context.till_code, context.till_name, context.warehouse_id, context.printer_json)
    answer = write_sale(book, till, facts)
    if stock is None:
        goods = [sold.good for sold in facts.lines]
        book.prepare()
        levels = ask_levels(book.batch, (good.variant_id for good in goods if good.track_stock), [context.warehouse_id])
        book.batch.send()
        stock = StockBook(uow, levels.rows)
        _take_stock(uow, command, context, stock, facts.basket, goods)
    stock.queue(book.batch, order_id=context.order_id)
    closed = None
    if command.from_cart:
        closed = book.batch.add(CLOSE_CART, {"uid": command.key, "now": to_micros(book.now)})
    book.send()
    stock.check()
    if closed is not None and closed.rowcount != 1:
        raise CartClosed
    uow.changed("Order", "StockLevel", "Payment", "PrintJob", "Cart")
    return answer


def today(now: datetime, timezone: str) -> str:
    """The date on the shop's wall."""
    return shop_time(now, timezone).date().isoformat()
