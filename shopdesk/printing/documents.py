"""What gets printed, as plain frozen data: receipts, shift reports and the printer's test page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

JOURNAL_SHORT_DIGITS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who speaks: the head and foot of every paper of the shop."""

    shop_name: str
    address_lines: tuple[str, ...] = ()
    tax_id: str = ""
    footer: str = ""  # may hold several lines


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountStep:
    """One step that lowered a line's price: its name and the amount taken off, as a negative figure."""

    label: str
    amount_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """A sold line: quantity in thousandths, unit price as on the shelf, total as paid with tax."""

    name: str
    sku: str = ""
    quantity_milli: int = 1000
    unit: str = ""
    unit_price_cents: int
    gross_cents: int  # quantity times unit price, before any discount
    discounts: tuple[DiscountStep, ...] = ()
    total_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRow:
    """One row of the tax table."""

    name: str
    rate_ppm: int
    net_cents: int
    tax_cents: int
    gross_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """Money handed over by one means of payment; ``detail`` is what the terminal wants printed."""

    name: str
    amount_cents: int
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDocument:
    """A sale or its void as the customer gets it.

    ``sold_at`` is aware and in the shop's zone. ``gift`` leaves out every price. All amounts are minor units of
    ``currency``; a void carries negative ones, the number of the sale that it undoes and the reason.
    """

    letterhead: Letterhead
    number: str
    kind: Literal["sale", "void", "return"] = "sale"
    copy: bool = False
    gift: bool = False
    training: bool = False
    till: str
    clerk: str
    sold_at: datetime
    customer: str = ""
    note: str = ""
    voids_number: str = ""
    returns_number: str = ""
    fee_cents: int = 0
    reason: str = ""
    lines: tuple[ReceiptLine, ...]
    subtotal_cents: int
    discount_cents: int = 0
    taxes: tuple[TaxRow, ...] = ()
    prices_include_tax: bool = True
    rounding_cents: int = 0
    total_cents: int
    tenders: tuple[Tender, ...] = ()
    change_cents: int = 0
    currency: str
    language: str = "en"
    journal_short: str = ""

    @property
    def code_text(self) -> str:
        """What the QR says: number, moment, total and short hash, enough to check the paper against the journal.

        Capitals keep it in QR's alphanumeric mode; a gift receipt does not give the total away.
        """
        moment = self.sold_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        total = "GIFT" if self.gift else f"{self.currency}{self.total_cents}"
        return f"SD1:{self.number}:{moment}:{total}:{self.journal_short[:JOURNAL_SHORT_DIGITS].upper()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderTotal:
    """What one means of payment brought in a shift, change and refunds taken off."""

    name: str
    count: int
    amount_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CashMove:
    """Cash put into the drawer (positive) or taken out (negative) outside a sale."""

    amount_cents: int
    reason: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedCash:
    """Pieces counted of one coin or note."""

    denomination_cents: int
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftReportDocument:
    """An X report (the shift so far) or a Z report (the shift closed).

    ``expected_cents`` is None where the count is blind; counted figures are None on an X report. Times are aware and in
    the shop's zone.
    """

    letterhead: Letterhead
    kind: Literal["X", "Z"]
    copy: bool = False
    training: bool = False
    till: str
    shift_number: str
    z_number: str = ""
    printed_at: datetime
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None = None
    closed_by: str = ""
    sales_count: int = 0
    sales_cents: int = 0
    voids_count: int = 0
    voids_cents: int = 0
    returns_count: int = 0
    returns_cents: int = 0
    discounts_cents: int = 0
    rounding_cents: int = 0
    no_sale_count: int = 0
    tenders: tuple[TenderTotal, ...] = ()
    taxes: tuple[TaxRow, ...] = ()
    float_cents: int = 0
    cash_moves: tuple[CashMove, ...] = ()
    cash_taken_cents: int = 0  # cash of sales less change and cash given back
    expected_cents: int | None = None
    counted: tuple[CountedCash, ...] = ()
    counted_cents: int | None = None
    left_cents: int | None = None  # stays in the drawer for the next shift
    difference_cents: int | None = None
    difference_reason: str = ""
    perpetual_cents: int | None = None
    head: str = ""
    currency: str
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPageDocument:
    """Shows whether a printer's width, characters, codes and cut are set rightly."""

    __test__ = False  # pytest collects classes called Test...

    letterhead: Letterhead
    till: str
    printer: str
    printed_at: datetime
    currency: str = "EUR"
    language: str = "en"


Document = ReceiptDocument | ShiftReportDocument | TestPageDocument
