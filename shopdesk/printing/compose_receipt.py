"""What stands on a receipt, on its copy, gift, training and void variants, and on the printer's test page."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.printing.blocks import (
    BarCode,
    Block,
    Centred,
    Composer,
    Gap,
    Heading,
    Mark,
    Pair,
    Paragraph,
    Rule,
    SquareCode,
)
from shopdesk.printing.documents import JOURNAL_SHORT_DIGITS, ReceiptDocument, ReceiptLine, TestPageDocument

TRAINING = N_("TRAINING")
COPY = N_("COPY")
VOID = N_("VOID")
RETURN = N_("RETURN")
GIFT = N_("GIFT RECEIPT")


def compose_receipt(document: ReceiptDocument, code_page: str | None = None) -> list[Block]:
    """The blocks of a receipt, in the characters of a code page (None: all of Unicode)."""
    paper = Composer(document.language, document.currency, code_page)
    marks = [Mark(paper.say(word)) for word in _marks(document)]
    paper.add_head(document.letterhead)
    paper.add(*marks)
    paper.add(Rule())
    _identity(paper, document)
    paper.add(Rule())
    for line in document.lines:
        (_gift_line if document.gift else _line)(paper, line)
    paper.add(Rule())
    if not document.gift:
        _sums(paper, document)
    if document.note:
        paper.add(Paragraph(paper.say(N_("Note: {note}"), note=document.note[:240])))
    paper.add_foot(document.letterhead)
    paper.add(Gap(), BarCode(paper.data(document.number)), SquareCode(paper.data(document.code_text)))
    if document.journal_short:
        paper.add(Centred(paper.say(N_("Journal {hash}"), hash=document.journal_short[:JOURNAL_SHORT_DIGITS])))
    paper.add(*marks)
    return paper.blocks


def compose_test_page(document: TestPageDocument, code_page: str | None = None) -> list[Block]:
    """The blocks of the test page: width, characters, sizes, codes."""
    paper = Composer(document.language, document.currency, code_page)
    paper.add_head(document.letterhead)
    paper.add(Gap(), Heading(paper.say(N_("Printer test"))), Rule())
    paper.add_pair(paper.say(N_("Till")), paper.data(document.till))
    paper.add_pair(paper.say(N_("Printer")), paper.data(document.printer))
    paper.add_pair(paper.say(N_("Printed")), paper.moment(document.printed_at))
    paper.add(Rule(), Paragraph(paper.data("0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz")))
    paper.add(Paragraph(paper.data("ÄÖÜ äöü ß àâçéèêëîïôùû áíñóú ąćęłńśźż čďěňřšťůž åæø € £ §")))
    paper.add(Paragraph(paper.data("АБВГДЕЖЗИЙ абвгдежзий ΑΒΓΔΕ αβγδε")))
    paper.add_pair(paper.say(N_("Amount")), paper.money(123456), bold=True)
    paper.add_pair(paper.say(N_("Total")), paper.money(-9995), bold=True, large=True)
    paper.add(Rule(), Mark(paper.say(N_("TEST"))))
    paper.add(BarCode(paper.data("TEST-128-000042")), SquareCode(paper.data("SD1:TEST:0123456789ABCDEF")))
    paper.add(Centred(paper.say(N_("If both codes scan and no line is cut off, the printer is set rightly."))))
    return paper.blocks


def _marks(document: ReceiptDocument) -> list[str]:
    shown = (
        (document.training, TRAINING),
        (document.kind == "void", VOID),
        (document.kind == "return", RETURN),
        (document.copy, COPY),
        (document.gift, GIFT),
    )
    return [word for wanted, word in shown if wanted]


def _identity(paper: Composer, document: ReceiptDocument) -> None:
    title = {"void": N_("Void"), "return": N_("Return")}.get(document.kind, N_("Receipt"))
    paper.add_pair(paper.say(title), paper.data(document.number), bold=True)
    if document.voids_number:
        paper.add_pair(paper.say(N_("Voids receipt")), paper.data(document.voids_number), bold=True)
    if document.returns_number:
        paper.add_pair(paper.say(N_("Of receipt")), paper.data(document.returns_number), bold=True)
    if document.reason:
        paper.add(Paragraph(paper.say(N_("Reason: {reason}"), reason=document.reason[:240])))
    paper.add_pair(paper.say(N_("Date")), paper.moment(document.sold_at))
    paper.add_pair(paper.say(N_("Till")), paper.data(document.till))
    paper.add_pair(paper.say(N_("Served by")), paper.data(document.clerk))
    if document.customer:
        paper.add_pair(paper.say(N_("Customer")), paper.data(document.customer))


def _line(paper: Composer, line: ReceiptLine) -> None:
    paper.add(Pair(paper.data(line.name), paper.amount(line.gross_cents)))
    quantity = paper.figures.quantity(line.quantity_milli, line.unit[:20])
    price = paper.figures.amount(line.unit_price_cents)
    detail = f"{quantity} × {price}  {line.sku}" if line.sku else f"{quantity} × {price}"
    paper.add(Paragraph(paper.data(detail), indent=2))
    for step in line.discounts:
        paper.add(Paragraph(paper.data(f"{paper.figures.amount(step.amount_cents)}  {step.label}"), indent=2))


def _gift_line(paper: Composer, line: ReceiptLine) -> None:
    quantity = paper.figures.quantity(line.quantity_milli, line.unit[:20])
    paper.add(Pair(paper.data(line.name), paper.data(f"× {quantity}")))
    if line.sku:
        paper.add(Paragraph(paper.data(line.sku), indent=2))


def _sums(paper: Composer, document: ReceiptDocument) -> None:
    taxed_on_top = not document.prices_include_tax and bool(document.taxes)
    if document.discount_cents or document.rounding_cents or document.fee_cents or taxed_on_top:
        paper.add_pair(paper.say(N_("Subtotal")), paper.amount(document.subtotal_cents))
    if document.discount_cents:
        paper.add_pair(paper.say(N_("Discounts")), paper.amount(-document.discount_cents))
    if taxed_on_top:
        paper.add_pair(paper.say(N_("Tax")), paper.amount(sum(row.tax_cents for row in document.taxes)))
    if document.fee_cents:
        paper.add_pair(paper.say(N_("Restocking fee")), paper.amount(document.fee_cents))
    if document.rounding_cents:
        paper.add_pair(paper.say(N_("Rounding")), paper.amount(document.rounding_cents))
    paper.add_pair(paper.say(N_("TOTAL")), paper.money(document.total_cents), bold=True, large=True)
    for tender in document.tenders:
        paper.add_pair(paper.data(tender.name), paper.amount(tender.amount_cents))
        if tender.detail:
            paper.add(Paragraph(paper.data(tender.detail), indent=2))
    if document.change_cents:
        paper.add_pair(paper.say(N_("Change")), paper.amount(document.change_cents), bold=True)
    if document.taxes:
        paper.add(Gap())
        paper.add_taxes(
            N_("Tax included") if document.prices_include_tax else N_("Tax added"),
            tuple((row.name, row.rate_ppm, row.net_cents, row.tax_cents, row.gross_cents) for row in document.taxes),
        )
