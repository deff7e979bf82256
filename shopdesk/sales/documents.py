"""From the books to paper: receipts, voids, training slips, X and Z, as the documents that printing lays out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from shopdesk.core.clock import from_micros, shop_time
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import extend
from shopdesk.db.unit import Reader
from shopdesk.printing.documents import (
    DiscountStep,
    Document,
    ReceiptDocument,
    ReceiptLine,
    ShiftReportDocument,
    TaxRow,
    Tender,
    TestPageDocument,
)
from shopdesk.sales.models import Till
from shopdesk.sales.return_detail import return_detail
from shopdesk.sales.sale_detail import DetailLine, SaleDetail, sale_and_settings
from shopdesk.sales.shift_paper import letterhead, shift_report_document, z_document
from shopdesk.sales.tenders import tenders_list
from shopdesk.sales.tills import printer_of
from shopdesk.sales.training import training_told
from shopdesk.sales.void import UnknownSale
from shopdesk.system.models import User
from shopdesk.system.settings import ShopSettings, shop_settings

DISCOUNT_WORDS = {"line_discount": N_("Discount"), "order_discount": N_("Discount on the sale")}


@dataclass(frozen=True, slots=True)
class PaperJob:
    """What a row of ``print_jobs`` asks for."""

    document: str
    number: str
    till_id: int
    options: Mapping[str, object] = field(default_factory=dict)

    def option(self, name: str) -> bool:
        """Whether a switch is set."""
        return bool(self.options.get(name))


def receipt_document(reader: Reader, number: str, *, copy: bool = False, gift: bool = False) -> ReceiptDocument:
    """The receipt of a sale, or of a void by its own number; three statements. Raises UnknownSale."""
    sale, settings = sale_and_settings(reader, number)
    if sale.void is not None and sale.void.number == number:
        return _void_receipt(sale, settings, copy=copy)
    return ReceiptDocument(
        letterhead=letterhead(settings),
        number=sale.number,
        copy=copy,
        gift=gift,
        till=sale.till,
        clerk=sale.clerk,
        sold_at=shop_time(sale.placed_at, settings.timezone),
        customer=sale.customer,
        note=sale.note,
        lines=tuple(_receipt_line(line, 1) for line in sale.lines),
        subtotal_cents=sale.subtotal_cents,
        discount_cents=sale.discount_cents,
        taxes=_taxes(sale, 1),
        prices_include_tax=sale.prices_include_tax,
        rounding_cents=sale.rounding_cents,
        total_cents=sale.total_cents,
        tenders=tuple(Tender(name=_(p.name), amount_cents=p.tendered_cents, detail=p.card) for p in sale.payments),
        change_cents=sale.change_cents,
        currency=sale.currency,
        language=settings.language,
        journal_short=sale.head,
    )


def numbered_document(reader: Reader, number: str) -> ReceiptDocument | ShiftReportDocument:
    """Whatever paper has this number: a sale's or void's receipt, a training slip, a Z; raises UnknownSale.

    The number's own series tells which, so that nothing is looked for twice.
    """
    series = re.search(r"-([A-Z]+)\d+$", number)
    try:
        if series is not None and series[1] == "Z":
            return z_document(reader, number)
        if series is not None and series[1] == "TR":
            return training_document(reader, number)
        if series is not None and series[1] == "R":
            return return_document(reader, number)
    except NotFound:
        raise UnknownSale(number[:64]) from None
    return receipt_document(reader, number)


def training_document(reader: Reader, number: str, *, copy: bool = False) -> ReceiptDocument:
    """The slip of a training sale, marked TRAINING. Raises NotFound."""
    told, till_id, user_id, moment = training_told(reader, number)
    settings, paper = shop_settings(reader), told["paper"]
    names = {row.code: row.name for row in tenders_list(reader)}
    till, clerk = _till_and_clerk(reader, till_id, user_id)
    return ReceiptDocument(
        letterhead=letterhead(settings),
        number=number,
        copy=copy,
        training=True,
        till=till,
        clerk=clerk,
        sold_at=shop_time(from_micros(moment), settings.timezone),
        note=paper["note"],
        lines=tuple(
            ReceiptLine(
                name=name,
                sku=line["sku"],
                quantity_milli=milli,
                unit=_unit(unit),
                unit_price_cents=line["unit_price_cents"],
                gross_cents=gross,
                discounts=tuple(
                    DiscountStep(label=label or _(DISCOUNT_WORDS[kind]), amount_cents=cents)
                    for kind, label, cents in steps
                ),
                total_cents=line["total_cents"],
            )
            for line, (name, unit, milli, gross, steps) in zip(told["lines"], paper["lines"], strict=True)
        ),
        subtotal_cents=told["subtotal_cents"],
        discount_cents=told["discount_cents"],
        taxes=tuple(_tax_row(name, rate, net, tax) for name, rate, net, tax in paper["taxes"]),
        prices_include_tax=settings.prices_include_tax,
        rounding_cents=told["rounding_cents"],
        total_cents=told["total_cents"],
        tenders=tuple(Tender(name=names.get(code, code), amount_cents=cents) for code, cents in paper["tenders"]),
        change_cents=told["change_cents"],
        currency=settings.currency,
        language=settings.language,
    )


def return_document(reader: Reader, number: str, *, copy: bool = False) -> ReceiptDocument:
    """The receipt of a return by its number, its amounts as those of a sale turned round. Raises UnknownSale."""
    told, settings = return_detail(reader, number), shop_settings(reader)
    return ReceiptDocument(
        letterhead=letterhead(settings),
        number=told.number,
        kind="return",
        copy=copy,
        till=told.till,
        clerk=told.clerk,
        sold_at=shop_time(told.returned_at, settings.timezone),
        returns_number=told.sale,
        reason=told.reason,
        lines=tuple(
            ReceiptLine(
                name=line.name,
                sku=line.sku,
                quantity_milli=line.quantity_milli,
                unit=_unit(line.unit),
                unit_price_cents=line.unit_price_cents,
                gross_cents=-line.gross_cents,
                discounts=(DiscountStep(label=_("Discount"), amount_cents=line.discount_cents),)
                if line.discount_cents
                else (),
                total_cents=-line.total_cents,
            )
            for line in told.lines
        ),
        subtotal_cents=-told.gross_cents,
        discount_cents=-told.discount_cents,
        fee_cents=told.fee_cents,
        taxes=tuple(_tax_row(tax.name, tax.rate_ppm, -tax.net_cents, -tax.tax_cents) for tax in told.taxes),
        prices_include_tax=told.prices_include_tax,
        rounding_cents=-told.rounding_cents,
        total_cents=-told.refund_cents,
        tenders=tuple(Tender(name=_(refund.name), amount_cents=-refund.amount_cents) for refund in told.refunds),
        currency=told.currency,
        language=settings.language,
        journal_short=told.head.rpartition(":")[2],
    )


def test_page_document(reader: Reader, till_id: int) -> TestPageDocument:
    """The printer's test page of a till."""
    settings = shop_settings(reader)
    printer = printer_of(reader, till_id)
    till = reader.connection.execute(sa.select(Till.code).where(Till.id == till_id)).scalar_one()
    return TestPageDocument(
        letterhead=letterhead(settings),
        till=till,
        printer="" if printer is None else printer.name,
        printed_at=shop_time(reader.clock.now(), settings.timezone),
        currency=settings.currency,
        language=settings.language,
    )


def document_of(reader: Reader, job: PaperJob) -> Document:
    """The document that a print job asks for; raises NotFound or UnknownSale when its number does not exist."""
    return DOCUMENTS[job.document](reader, job)


def _shift_paper(reader: Reader, job: PaperJob) -> ShiftReportDocument:
    shift_id = job.options.get("shift")
    if not isinstance(shift_id, int):
        return z_document(reader, job.number, copy=job.option("copy"))
    if job.options.get("kind") == "X":
        return shift_report_document(
            reader, shift_id, "X", copy=job.option("copy"), with_expected=job.option("expected")
        )
    return shift_report_document(reader, shift_id, "Z", copy=job.option("copy"), with_expected=True)


DOCUMENTS: Mapping[str, Callable[[Reader, PaperJob], Document]] = {
    "receipt": lambda reader, job: receipt_document(reader, job.number, copy=job.option("copy")),
    "gift_receipt": lambda reader, job: receipt_document(reader, job.number, gift=True),
    "void": lambda reader, job: receipt_document(reader, job.number, copy=job.option("copy")),
    "return": lambda reader, job: return_document(reader, job.number, copy=job.option("copy")),
    "training": lambda reader, job: training_document(reader, job.number, copy=job.option("copy")),
    "shift_report": _shift_paper,
    "test_page": lambda reader, job: test_page_document(reader, job.till_id),
}
"""Kind of print job to what makes its document; a ``drawer`` job has none."""


def _void_receipt(sale: SaleDetail, settings: ShopSettings, *, copy: bool) -> ReceiptDocument:
    assert sale.void is not None
    return ReceiptDocument(
        letterhead=letterhead(settings),
        number=sale.void.number,
        kind="void",
        copy=copy,
        till=sale.void.till,
        clerk=sale.void.by,
        sold_at=shop_time(sale.void.at, settings.timezone),
        voids_number=sale.number,
        reason=sale.void.reason,
        lines=tuple(_receipt_line(line, -1) for line in sale.lines),
        subtotal_cents=-sale.subtotal_cents,
        discount_cents=-sale.discount_cents,
        taxes=_taxes(sale, -1),
        prices_include_tax=sale.prices_include_tax,
        rounding_cents=-sale.rounding_cents,
        total_cents=-sale.total_cents,
        tenders=tuple(Tender(name=_(p.name), amount_cents=-p.amount_cents, detail=p.card) for p in sale.payments),
        currency=sale.currency,
        language=settings.language,
        journal_short=sale.void.head,
    )


def _receipt_line(line: DetailLine, sign: int) -> ReceiptLine:
    return ReceiptLine(
        name=f"{line.name} {line.variant}".strip() if line.variant else line.name,
        sku=line.sku,
        quantity_milli=line.quantity_milli,
        unit=_unit(line.unit),
        unit_price_cents=line.unit_price_cents,
        gross_cents=sign * extend(line.quantity_milli, line.unit_price_cents),
        discounts=tuple(
            DiscountStep(label=step.label or _(DISCOUNT_WORDS[step.kind]), amount_cents=sign * step.amount_cents)
            for step in line.steps
            if step.kind in DISCOUNT_WORDS
        ),
        total_cents=sign * line.total_cents,
    )


def _unit(unit: str) -> str:
    """Pieces need no unit on paper."""
    return "" if unit == "pc" else unit


def _taxes(sale: SaleDetail, sign: int) -> tuple[TaxRow, ...]:
    return tuple(_tax_row(tax.name, tax.rate_ppm, sign * tax.net_cents, sign * tax.tax_cents) for tax in sale.taxes)


def _tax_row(name: str, rate_ppm: int, net_cents: int, tax_cents: int) -> TaxRow:
    return TaxRow(
        name=name, rate_ppm=rate_ppm, net_cents=net_cents, tax_cents=tax_cents, gross_cents=net_cents + tax_cents
    )


def _till_and_clerk(reader: Reader, till_id: int, user_id: int) -> tuple[str, str]:
    found = reader.connection.execute(
        sa.select(Till.code, User.username).join_from(Till, User, User.id == user_id).where(Till.id == till_id)
    ).first()
    if found is None:
        raise NotFound(_("Till"), till_id)
    return found[0], found[1]
