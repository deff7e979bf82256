"""What a customer is given: quote, order confirmation, invoice, credit note, packing slip, as PDFs in the shop's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from shopdesk.core.clock import shop_time
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import extend
from shopdesk.db.unit import Reader
from shopdesk.orders.commands import AddressGiven
from shopdesk.orders.models import Invoice, Shipment, ShipmentItem
from shopdesk.orders.queries import OrderCard, order_card
from shopdesk.printing.documents import Letterhead
from shopdesk.printing.figures import Figures, figures, words
from shopdesk.printing.office_document import OfficeDocument, PaperColumn, PaperTable, Party, Section, Total, office_pdf
from shopdesk.sales.models import Order, OrderItem, OrderTax
from shopdesk.sales.return_models import Return, ReturnItem, ReturnTax
from shopdesk.system.settings import ShopSettings, shop_settings

Say = Callable[[str], str]


def confirmation_pdf(reader: Reader, order: str) -> bytes:
    """The confirmation of an order as it stands. Raises UnknownOrder."""
    settings, card = shop_settings(reader), order_card(reader, order)
    say, write = words(settings.language), figures(settings.language, settings.currency)
    rows = [
        (
            f"{line.name}\n{line.sku}",
            write.quantity(line.quantity_milli),
            write.amount(line.unit_price_cents),
            write.amount(extend(line.quantity_milli, line.unit_price_cents)),
        )
        for line in card.lines
    ]
    return office_pdf(
        _paper(
            settings,
            card,
            title=say(N_("Order confirmation")),
            number=card.number,
            date=write.moment(shop_time(card.placed_at, settings.timezone)),
            table=_table(say, rows),
            totals=_totals(say, write, card),
            notes=card.customer_note,
        )
    )


def invoice_pdf(reader: Reader, number: str) -> bytes:
    """An invoice or credit note by its number, from what was fixed when it was issued. Raises NotFound."""
    found = reader.connection.execute(
        sa.select(Invoice.kind, Order.number, Invoice.return_id, Invoice.created_at, Invoice.due_at, Order.id)
        .join(Order, Order.id == Invoice.order_id)
        .where(Invoice.number == number)
    ).first()
    if found is None:
        raise NotFound(_("Invoice"), number)
    settings, card = shop_settings(reader), order_card(reader, found[1])
    say, write = words(settings.language), figures(settings.language, settings.currency)
    credit = found.kind == "credit_note"
    rows, totals = (
        _credited(reader, int(found[2] or 0), say, write) if credit else _invoiced(reader, found[5], say, write, card)
    )
    facts = [(say(N_("Order")), card.number)]
    if found.due_at is not None and not credit:
        facts.append((say(N_("To be paid by")), write.moment(shop_time(found.due_at, settings.timezone))))
    return office_pdf(
        _paper(
            settings,
            card,
            title=say(N_("Credit note") if credit else N_("Invoice")),
            number=number,
            date=write.moment(shop_time(found.created_at, settings.timezone)),
            table=_table(say, rows),
            totals=totals,
            facts=facts,
        )
    )


def packing_slip_pdf(reader: Reader, parcel: str) -> bytes:
    """What lies in a parcel, without prices. Raises NotFound."""
    found = reader.connection.execute(
        sa.select(Shipment.id, Order.number, Shipment.created_at, Shipment.carrier, Shipment.tracking)
        .join(Order, Order.id == Shipment.order_id)
        .where(Shipment.number == parcel)
    ).first()
    if found is None:
        raise NotFound(_("Parcel"), parcel)
    settings, card = shop_settings(reader), order_card(reader, found[1])
    say, write = words(settings.language), figures(settings.language, settings.currency)
    items = reader.connection.execute(
        sa.select(OrderItem.product_name, OrderItem.variant_name, OrderItem.sku, ShipmentItem.quantity)
        .join(OrderItem, OrderItem.id == ShipmentItem.order_item_id)
        .where(ShipmentItem.shipment_id == found[0])
        .order_by(OrderItem.line)
    )
    rows = tuple((_name(row[0], row[1]), row[2], write.quantity(row[3])) for row in items)
    columns = (
        PaperColumn(say(N_("Item")), share=3),
        PaperColumn(say(N_("SKU"))),
        PaperColumn(say(N_("Quantity")), "end"),
    )
    facts = [(say(N_("Order")), card.number), (say(N_("Sent by")), found.carrier)]
    if found.tracking:
        facts.append((say(N_("Tracking number")), found.tracking))
    return office_pdf(
        _paper(
            settings,
            card,
            title=say(N_("Packing slip")),
            number=parcel,
            date=write.moment(shop_time(found.created_at, settings.timezone)),
            table=PaperTable(columns, rows),
            facts=facts,
        )
    )


def _paper(
    settings: ShopSettings,
    card: OrderCard,
    *,
    title: str,
    number: str,
    date: str,
    table: PaperTable,
    totals: tuple[Total, ...] = (),
    facts: list[tuple[str, str]] | None = None,
    notes: str = "",
) -> OfficeDocument:
    say = words(settings.language)
    parties = [
        _party(say(title_), address)
        for title_, address in ((N_("Bill to"), card.billing or card.shipping), (N_("Deliver to"), card.shipping))
        if address is not None
    ]
    if not parties:
        parties = [Party(say(N_("Customer")), (card.customer,))]
    return OfficeDocument(
        letterhead=Letterhead(
            shop_name=settings.name,
            address_lines=tuple(line.strip() for line in settings.address.splitlines() if line.strip()),
            tax_id=settings.tax_id,
            footer=settings.receipt_footer,
        ),
        title=title,
        number=number,
        language=settings.language,
        parties=tuple(parties),
        facts=((say(N_("Date")), date), *(facts or ())),
        sections=(Section(table=table, totals=totals),),
        notes=notes,
        code="code128",
    )


def _party(title: str, address: AddressGiven) -> Party:
    person = f"{address.first_name} {address.last_name}".strip()
    town = f"{address.postal_code} {address.city}".strip()
    lines = (address.company, person, address.line1, address.line2, town, address.state, address.country_code)
    return Party(title, tuple(line for line in lines if line))


def _table(say: Say, rows: Sequence[tuple[str, ...]]) -> PaperTable:
    columns = (
        PaperColumn(say(N_("Item")), share=3),
        PaperColumn(say(N_("Quantity")), "end"),
        PaperColumn(say(N_("Price")), "end"),
        PaperColumn(say(N_("Amount")), "end"),
    )
    return PaperTable(columns, tuple(rows))


def _totals(say: Say, write: Figures, card: OrderCard) -> tuple[Total, ...]:
    lines = [(N_("Subtotal"), card.subtotal_cents)]
    if card.discount_cents:
        lines.append((N_("Discount"), -card.discount_cents))
    if card.shipping_cents:
        lines.append((N_("Shipping"), card.shipping_cents))
    if card.tax_cents:
        lines.append((N_("Tax"), card.tax_cents))
    made = [Total(say(label), write.money(cents)) for label, cents in lines]
    made.append(Total(say(N_("Total")), write.money(card.total_cents), strong=True))
    if card.paid_cents:
        made.append(Total(say(N_("Paid")), write.money(card.paid_cents)))
        made.append(Total(say(N_("Still to be paid")), write.money(card.open_cents), strong=True))
    return tuple(made)


def _invoiced(
    reader: Reader, order_id: int, say: Say, write: Figures, card: OrderCard
) -> tuple[list[tuple[str, ...]], tuple[Total, ...]]:
    items = reader.connection.execute(
        sa.select(OrderItem).where(OrderItem.order_id == order_id).order_by(OrderItem.line)
    )
    rows = [_row(write, row, row.total_cents) for row in items]
    taxes = reader.connection.execute(sa.select(OrderTax).where(OrderTax.order_id == order_id))
    totals = [Total(say(N_("Subtotal")), write.money(card.subtotal_cents))]
    if card.discount_cents:
        totals.append(Total(say(N_("Discount")), write.money(-card.discount_cents)))
    if card.shipping_cents:
        totals.append(Total(say(N_("Shipping")), write.money(card.shipping_cents)))
    totals += [_tax(say, write, row) for row in taxes]
    totals.append(Total(say(N_("Total")), write.money(card.total_cents), strong=True))
    return rows, tuple(totals)


def _credited(
    reader: Reader, return_id: int, say: Say, write: Figures
) -> tuple[list[tuple[str, ...]], tuple[Total, ...]]:
    items = reader.connection.execute(
        sa.select(ReturnItem).where(ReturnItem.return_id == return_id).order_by(ReturnItem.line)
    )
    rows = [_row(write, row, -row.total_cents) for row in items]
    head = reader.connection.execute(sa.select(Return).where(Return.id == return_id)).one()
    totals = []
    if head.shipping_cents:
        totals.append(Total(say(N_("Shipping")), write.money(-head.shipping_cents)))
    if head.fee_cents:
        totals.append(Total(say(N_("Restocking fee")), write.money(head.fee_cents)))
    taxes = reader.connection.execute(sa.select(ReturnTax).where(ReturnTax.return_id == return_id))
    totals += [_tax(say, write, row, sign=-1) for row in taxes]
    totals.append(Total(say(N_("Total")), write.money(head.total_cents), strong=True))
    return rows, tuple(totals)


def _row(write: Figures, row: Any, total_cents: int) -> tuple[str, ...]:  # Any: a row of items of either kind
    name = f"{_name(row.product_name, row.variant_name)}\n{row.sku}"
    return name, write.quantity(row.quantity), write.amount(row.unit_price_cents), write.amount(total_cents)


def _tax(say: Say, write: Figures, row: Any, sign: int = 1) -> Total:  # Any: a row of taxes of either kind
    label = say(N_("{name} {rate} of {net}")).format(
        name=row.name, rate=write.rate(row.rate_ppm), net=write.money(sign * row.taxable_cents)
    )
    return Total(label, write.money(sign * row.tax_cents))


def _name(product: str, variant: str) -> str:
    return f"{product}, {variant}" if variant else product
